"""One measurement in a process of its own: its time and its memory are nobody else's."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


@dataclass(frozen=True)
class Usage:
    """What a piece of work took.

    Attributes
    ----------
    seconds : float
        On the wall.
    processor : float
        Seconds of processor time, of this process and its workers.
    own_mb, worker_mb : float
        Most memory held at once, by this process and by the largest of its workers.
    counts : dict of str to int
        What was done, by name.
    """

    seconds: float
    processor: float
    own_mb: float
    worker_mb: float
    counts: dict[str, int]


def used(work: Callable[[], dict[str, int]]) -> Usage:
    """Do a piece of work, end its workers, and return what it took.

    Parameters
    ----------
    work : callable
        Does it, and returns what was done.
    """
    from joblib.externals.loky import get_reusable_executor

    begun, start = _processor(), time.perf_counter()
    counts = work()
    seconds = time.perf_counter() - start
    get_reusable_executor().shutdown(wait=True)  # only then is the workers' time known here
    own, workers = (resource.getrusage(who).ru_maxrss / 1024 for who in _WHO)
    return Usage(seconds, _processor() - begun, own, workers, counts)


def measure(module: str, *words: str) -> Usage:
    """Run a module of the benchmarks in a fresh process, and read what it prints.

    Parameters
    ----------
    module : str
        Its name.
    *words : str
        What it is given.
    """
    answer = subprocess.run(
        [sys.executable, "-m", module, *words], capture_output=True, text=True, check=True
    )
    return Usage(**json.loads(answer.stdout))


def tell(usage: Usage) -> None:
    """Print what was used, for ``measure`` to read."""
    told: dict[str, Any] = asdict(usage)
    print(json.dumps(told))


def _processor() -> float:
    """Return seconds of processor time of this process and of its workers that have ended."""
    spent = [resource.getrusage(who) for who in _WHO]
    return sum(each.ru_utime + each.ru_stime for each in spent)
