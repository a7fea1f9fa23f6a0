"""Runs every benchmark, or those whose name holds a word, and writes RESULTS.md."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")


def main(words: list[str]) -> None:
    """Measure, print, and write the page unless only some tasks were asked for.

    Parameters
    ----------
    words : list of str
        Parts of the names of tasks; empty for all.
    """
    from benchmarks import (
        did,
        event_study,
        growth,
        import_time,
        permutations,
        results,
        structural,
        sweeps,
        synthetic_control,
        synthetic_did,
        two_units,
        vessels,
        whole,
    )
    from benchmarks.harness import compare

    rooms = (
        did,
        event_study,
        synthetic_control,
        synthetic_did,
        structural,
        permutations,
        two_units,
        vessels,
    )
    tasks = [task for room in rooms for task in room.TASKS]

    def wanted(name: str) -> bool:
        """Tell whether a task was asked for."""
        return not words or any(word.lower() in name.lower() for word in words)

    chosen = [task for task in tasks if wanted(task.name)]
    outcomes = []
    for task in chosen:
        print(task.name, flush=True)
        outcomes.append(compare(task))
        print(f"  {outcomes[-1].ratio:.2f} of the fastest peer's time", flush=True)
    alone: dict[str, Callable[[], str]] = {
        job.name: partial(whole.section, word) for word, job in whole.JOBS.items()
    }
    alone |= {sweeps.NAME: sweeps.section, growth.NAME: growth.section}
    sections = []
    for name in filter(wanted, alone):
        print(name, flush=True)
        sections.append(alone[name]())
    page = results.page(outcomes, import_time.sentence(), sections)
    if words:
        print(page)
    else:
        (Path(__file__).parent / "RESULTS.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    os.environ.update(dict.fromkeys(_THREADS, "1"))  # before numpy is loaded
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache  # so that a first call is one
        main(sys.argv[1:])
