"""What is timed, how, and the checks that come first: the same estimate, the same draws."""

from __future__ import annotations

import cProfile
import logging
import pstats
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

REPEATS = 5
TARGET = 0.2
EQUAL = 1e-6
_A_TURN = 0.1  # seconds: what takes milliseconds is repeated within a turn
_AT_MOST = 10
_SHOWN = 8
_NEXT_TO_NOTHING = 0.05


@dataclass(frozen=True)
class Answer:
    """What a contender found: enough to see that all did the same work.

    Attributes
    ----------
    estimate : float
        The effect.
    draws : int, default 0
        Placebos, draws or replications made.
    """

    estimate: float
    draws: int = 0


Work = Callable[[], Answer]


@dataclass(frozen=True)
class Runs:
    """The work of one contender, from two starting points.

    Attributes
    ----------
    ready : callable
        From prepared input to the finished answer.
    framed : callable, optional
        From a DataFrame; None where ``ready`` begins there already.
    """

    ready: Work
    framed: Work | None = None


@dataclass(frozen=True)
class Contender:
    """One package at one task.

    Attributes
    ----------
    name : str
        Package, and method where it has several.
    prepare : callable
        Imports the package and returns its runs; a package that is not there is skipped.
    differs : str, default ""
        Why its estimate or its draws are not ours, where it fits another model.
    """

    name: str
    prepare: Callable[[], Runs]
    differs: str = ""


@dataclass(frozen=True)
class Task:
    """One comparison: ours first, then the peers.

    Attributes
    ----------
    name : str
        A heading.
    setting : str
        The data and the work, in a paragraph.
    reason : str
        What the numbers come from: read beside the profile where the target is missed.
    draws : int
        Draws that everyone makes who fits the same model.
    ours, peers : Contender, tuple of Contender
        Who takes part.
    details : callable, optional
        Measures what else is to be said.
    target : float, default TARGET
        The most of the fastest peer's time that ours should take.
    most_seconds : float, optional
        The most seconds that ours should take; None for no such limit.
    """

    name: str
    setting: str
    reason: str
    draws: int
    ours: Contender
    peers: tuple[Contender, ...]
    details: Callable[[], str] | None = None
    target: float = TARGET
    most_seconds: float | None = None


@dataclass(frozen=True)
class Timing:
    """What was measured of one contender, in seconds.

    Attributes
    ----------
    name : str
        The contender.
    seconds, low, high : float
        Median, smallest and largest time from prepared input.
    framed : float
        Median time from a DataFrame.
    first : float
        Time of the very first call, in this process: what is made once and kept is in it.
    answer : Answer
        What it found.
    differs : str
        Why that is not what we found, if so.
    """

    name: str
    seconds: float
    low: float
    high: float
    framed: float
    first: float
    answer: Answer
    differs: str


@dataclass(frozen=True)
class Outcome:
    """A task with its times, the first of them ours.

    Attributes
    ----------
    task : Task
        The comparison.
    timings : tuple of Timing
        Who took part.
    profile : tuple of (str, float)
        Where our own time goes: function, share with all that it calls.
    """

    task: Task
    timings: tuple[Timing, ...]
    profile: tuple[tuple[str, float], ...]

    @property
    def fastest(self) -> Timing:
        """The fastest peer."""
        return min(self.timings[1:], key=lambda timing: timing.seconds)

    @property
    def ratio(self) -> float:
        """Our time over that of the fastest peer."""
        return self.timings[0].seconds / self.fastest.seconds

    @property
    def met(self) -> bool:
        """Whether ours takes no more of the peer's time, and no more seconds, than it should."""
        most = self.task.most_seconds
        in_time = most is None or self.timings[0].seconds <= most
        return in_time and self.ratio <= self.task.target


def compare(task: Task) -> Outcome:
    """Return the times of everyone who is installed, after checking that all did the same.

    Raises
    ------
    RuntimeError
        When estimates or numbers of draws differ and no reason was given beforehand.
    ImportError
        When none of the peers is installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.INFO)  # augsynth-py reports every call
        runs = task.ours.prepare()
        there = [(peer, found) for peer in task.peers if (found := _runs_if_there(peer))]
        own, *peers = _time_all([(task.ours, runs), *there])
        if not peers:
            raise ImportError(f"no peer of {task.name!r} is installed")
        for timing in (own, *peers):
            _check(task, own.answer, timing)
        return Outcome(task, (own, *peers), profile(runs.ready))


def profile(work: Work) -> tuple[tuple[str, float], ...]:
    """Return our functions in which most of the time is spent, with what they call."""
    measured = cProfile.Profile()
    measured.runcall(work)
    found = pstats.Stats(measured).get_stats_profile()
    own = {
        f"{Path(entry.file_name).stem}.{name}": entry.cumtime / found.total_tt
        for name, entry in found.func_profiles.items()
        if "/shiftexp/" in entry.file_name and not name.startswith("<")
    }
    ranked = sorted(own.items(), key=lambda item: -item[1])
    return tuple(item for item in ranked if item[1] >= _NEXT_TO_NOTHING)[:_SHOWN]


def _runs_if_there(peer: Contender) -> Runs | None:
    """Return the runs of a peer; None, with the reason printed, where it is not installed."""
    try:
        return peer.prepare()
    except ImportError as error:
        print(f"  {peer.name}: skipped, {error}")
        return None


def _time_all(contenders: list[tuple[Contender, Runs]]) -> list[Timing]:
    """Return the times of all contenders, who take turns: what else the machine does hits all."""
    first = []
    for _, runs in contenders:
        start = time.perf_counter()
        answer = runs.ready()
        first.append((time.perf_counter() - start, answer))
    ready: list[list[float]] = [[] for _ in contenders]
    framed: list[list[float]] = [[] for _ in contenders]
    for _ in range(REPEATS):
        for k, (_, runs) in enumerate(contenders):
            ready[k] += seconds(runs.ready)
            framed[k] += seconds(runs.framed) if runs.framed else []
    found = []
    for k, (contender, _) in enumerate(contenders):
        taken, (once, answer) = ready[k], first[k]
        print(f"  {contender.name}: {median(taken):.4f} s, estimate {answer.estimate:.8g}")
        found.append(
            Timing(
                name=contender.name,
                seconds=median(taken),
                low=min(taken),
                high=max(taken),
                framed=median(framed[k] or taken),
                first=once,
                answer=answer,
                differs=contender.differs,
            )
        )
    return found


def seconds(work: Callable[[], object]) -> list[float]:
    """Return the times of one turn: one run, or several of what takes milliseconds."""
    taken: list[float] = []
    while not taken or (sum(taken) < _A_TURN and len(taken) < _AT_MOST):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken


def _check(task: Task, own: Answer, timing: Timing) -> None:
    """Refuse to compare the times of unequal work."""
    if timing.differs:
        return
    apart = abs(timing.answer.estimate - own.estimate)
    if not apart <= EQUAL:
        raise RuntimeError(f"{task.name}: {timing.name} is {apart:.3g} away from our estimate")
    if timing.answer.draws != task.draws:
        made = timing.answer.draws
        raise RuntimeError(f"{task.name}: {timing.name} made {made} draws, not {task.draws}")
