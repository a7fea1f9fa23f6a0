"""A sweep outlives its process, says the same wherever it runs, and needs no more memory for more.

MUST SHOW: SIGKILL at 20 random times loses nothing finished and repeats nothing; byte-identical
tables with 1, 2 or Dask workers; memory stays flat.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sweep_runs import KILLS, single, small
from tests.sweeps import digests

ROOT = Path(__file__).resolve().parents[3]
SHARDS = 90
MORE_MEGABYTES = 8.0  # for four times the work: what the allocator keeps, not the rows


def run(what: str, out: Path, number: int = 0) -> dict[str, Any]:
    """Run one of the sweeps in a process of its own; return what it says."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    environment["SHIFTEXP_CACHE"] = f"{out}-cache"  # empty: each simulates its own null tables
    environment.pop("OPENBLAS_NUM_THREADS", None)  # so that it is the sweep that holds them back
    answer = subprocess.run(
        [sys.executable, "-m", "tests.sweep_runs", what, str(out), str(number)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_twenty_kills_lose_nothing_finished_and_repeat_nothing(tmp_path: Path) -> None:
    single(tmp_path / "undisturbed")
    found = run("killed", tmp_path / "killed", 7)
    signals, left = zip(*found["left"], strict=True)
    assert signals == (9,) * KILLS
    assert list(left) == sorted(left)
    assert 0 < left[-1] < SHARDS
    assert found["repeated"] == []
    assert found["spoilt"] == []
    assert found["computed last"] == SHARDS - left[-1]
    assert found["digests"] == digests(tmp_path / "undisturbed")


@pytest.mark.slow
def test_one_two_and_dask_workers_write_the_same_bytes(tmp_path: Path) -> None:
    small(tmp_path / "one", 1)
    two, dask = run("small", tmp_path / "two", 2), run("dask", tmp_path / "dask")
    assert dask["computed"] == 45
    assert len(dask["tasks"]) == 2
    assert min(dask["tasks"]) > 0
    assert sum(dask["tasks"]) >= 45
    assert digests(tmp_path / "one") == two["digests"] == dask["digests"]


@pytest.mark.slow
def test_four_times_the_work_takes_no_more_memory(tmp_path: Path) -> None:
    once, more = (run("weighed", tmp_path / str(n), n) for n in (2, 8))
    assert (once["rows"], more["rows"]) == (2520, 10080)
    assert more["counts"] == {"answered": 10080}
    assert more["peak MB"] < once["peak MB"] + MORE_MEGABYTES
