"""A study in pieces finds, warns and refuses the same on any number of workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.errors import DesignError, Problem, StudyError
from shiftexp.study import Study, pieces
from shiftexp.study.pieces import Part, Piece
from shiftexp.study.running import Runner
from tests.studies import STILL, small_study, write_values

_CURVE = """
[cell.curve]
scales = ["level"]
onsets = [-1, 0, 1]
"""
_TWO = STILL + _CURVE + STILL.replace('"trade"', '"again"').replace("2013", "2012") + _CURVE


def _files(folder: Path) -> dict[str, bytes]:
    """Return everything that a run left behind."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _found(number: int, _draw: bool) -> Part:  # noqa: FBT001 - as a piece is asked
    """Find a number."""
    return Part({"number": number})


def _warning(_draw: bool) -> Part:  # noqa: FBT001 - likewise
    """Warn, and find nothing."""
    warnings.warn("few periods", sx.SmallSampleWarning, stacklevel=1)
    return Part({})


def _refusing(words: str, _draw: bool) -> Part:  # noqa: FBT001 - likewise
    """Refuse."""
    raise StudyError(Problem(words, "something else", "write it"), key="cell")


def _failing(_draw: bool) -> Part:  # noqa: FBT001 - likewise
    """Fail as nobody foresaw."""
    message = "not foreseen"
    raise RuntimeError(message)


@pytest.mark.slow
def test_two_workers_write_the_same_bytes_as_one(tmp_path: Path) -> None:
    write_values(tmp_path)
    study = small_study(tmp_path, cells=_TWO)
    cut = [p for c in study.spec.cells for p in pieces._cut(Runner(study.spec, tmp_path), c)]
    assert pieces._workers(cut, 2) == 2
    for jobs in (1, 2):
        study.run(tmp_path / str(jobs), n_jobs=jobs)
    one, two = (_files(tmp_path / str(jobs)) for jobs in (1, 2))
    assert "figures/trade_curve.svg" in one
    assert one == two


def test_a_small_study_starts_no_worker(tmp_path: Path) -> None:
    write_values(tmp_path)
    study = small_study(tmp_path)
    cut = pieces._cut(Runner(study.spec, tmp_path), study.spec.cells[0])
    assert pieces._workers(cut, -1) <= 1


def test_pieces_come_back_in_order_whatever_turn_they_have() -> None:
    asked = [Piece(partial(_found, k), turn=3 - k) for k in range(4)]
    found = pieces._spread(asked, 2, lambda: None, drawn=False)
    assert [part.fields["number"] for part in found if isinstance(part, Part)] == [0, 1, 2, 3]


def test_warnings_and_refusals_arrive_from_workers() -> None:
    asked = [
        Piece(_warning, 3),
        Piece(partial(_refusing, "the first wrong word"), 3),
        Piece(partial(_refusing, "the second"), 0),
    ]
    with (
        pytest.warns(sx.SmallSampleWarning, match="few periods"),
        pytest.raises(StudyError) as refused,
    ):
        pieces._spread(asked, 2, lambda: None, drawn=False)
    assert refused.value.key == "cell"
    assert refused.value.problems[0].given == "the first wrong word"


def test_what_nobody_foresaw_says_where_it_happened() -> None:
    with pytest.raises(RuntimeError, match="not foreseen") as failed:
        pieces._spread([Piece(_failing, 0)], 2, lambda: None, drawn=False)
    assert "_failing" in failed.value.__notes__[0]


def test_no_number_of_workers_is_refused() -> None:
    with pytest.raises(DesignError, match="n_jobs = 0"):
        Study.demo().run(n_jobs=0)


@pytest.mark.slow
def test_the_bundled_study_is_the_same_on_two_workers(tmp_path: Path) -> None:
    for jobs in (1, 2):
        Study.demo().run(tmp_path / str(jobs), n_jobs=jobs)
    assert _files(tmp_path / "1") == _files(tmp_path / "2")


def _children(process: int) -> int:
    """Return how many processes one has started that have not ended."""
    return len(Path(f"/proc/{process}/task/{process}/children").read_text().split())


def _any_left(group: int) -> bool:
    """Tell whether a process of a group is there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_an_interrupt_stops_the_workers(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "shiftexp", "demo", "--out", str(tmp_path), "--jobs", "2"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as begun:
        latest = time.monotonic() + 120
        while _children(begun.pid) < 2:
            assert begun.poll() is None
            assert time.monotonic() < latest
            time.sleep(0.1)
        begun.send_signal(signal.SIGINT)
        assert begun.wait(timeout=60) != 0
    latest = time.monotonic() + 30
    while _any_left(begun.pid):
        assert time.monotonic() < latest
        time.sleep(0.1)
