"""Unit tests of chunks: numbers do not depend on workers, and nothing is done twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.power.chunks import CHUNK, Record, chunks_of, run_chunks

SCENARIOS = (sx.Scenario(), sx.Scenario(flow=3))
N = CHUNK + 7


@dataclass(frozen=True)
class Sums:
    """Asks for the sum of every data set, and counts how often it is asked."""

    asked: list[int] = field(default_factory=list, repr=False, compare=False)

    def __call__(self, scenario: sx.Scenario, values: np.ndarray) -> list[Record]:
        self.asked.append(len(values))
        return [{"sum": float(v.sum()), "truth": scenario.truth[1]} for v in values]


def run(ask: Sums, store: Path | None = None, *, n_jobs: int = 1, seed: int = 1) -> object:
    """Run the task of these tests."""
    return run_chunks(chunks_of(SCENARIOS, N, seed), ask, n_jobs=n_jobs, store=store)


def test_every_scenario_gets_its_data_sets_in_order() -> None:
    first, second = run_chunks(chunks_of(SCENARIOS, N, 1), Sums(), n_jobs=1, store=None)
    assert len(first) == len(second) == N
    assert {r["truth"] for r in second} == {3.0}
    assert len({r["sum"] for r in first}) == N


@pytest.mark.slow
def test_workers_and_seeds() -> None:
    assert run(Sums()) == run(Sums(), n_jobs=2)
    assert run(Sums()) != run(Sums(), seed=2)


def test_the_first_data_sets_do_not_depend_on_how_many_follow() -> None:
    few, many = (
        run_chunks(chunks_of(SCENARIOS[:1], n, 1), Sums(), n_jobs=1, store=None)[0]
        for n in (CHUNK, 2 * CHUNK)
    )
    assert many[:CHUNK] == few


def test_a_killed_task_goes_on_from_what_is_kept(tmp_path: Path) -> None:
    first = Sums()
    whole = run(first, tmp_path)
    assert len(first.asked) == 4
    gone, cut, *_ = sorted(tmp_path.iterdir())
    gone.unlink()
    cut.write_text(cut.read_text("utf-8")[:40], "utf-8")
    again = Sums()
    assert run(again, tmp_path) == whole
    assert len(again.asked) == 2
    assert not list(tmp_path.glob("*.partial"))


def test_another_seed_or_question_finds_nothing_kept(tmp_path: Path) -> None:
    run(Sums(), tmp_path)
    other = Sums()
    run(other, tmp_path, seed=2)
    assert len(other.asked) == 4


@pytest.mark.parametrize("words", ["[]", "{}", '["x"]', "nonsense"])
def test_a_file_that_is_something_else_is_not_believed(tmp_path: Path, words: str) -> None:
    whole = run(Sums(), tmp_path)
    for path in tmp_path.iterdir():
        path.write_text(words, "utf-8")
    assert run(Sums(), tmp_path) == whole
