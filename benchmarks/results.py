"""RESULTS.md: what was measured, where, with which versions, and why a target is missed."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import shiftexp as sx
from benchmarks.harness import REPEATS, TARGET, Outcome, Task, Timing

_ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "statsmodels",
    "augsynth-py",
    "bsts-causalimpact",
    "diff-diff",
    "mlsynth",
    "pyfixest",
    "synthdid-py",
)
_READING = f"""\
How to read it. Every time is the median of at least {REPEATS} runs in one process and one thread,
the tools taking turns,
after a first run that is not counted, from prepared input (ours: a ready `Panel` and `Design`;
theirs: the frame or matrix that they ask for) to the finished table of effects (`tidy()`). *from a
frame* adds our reading and checking of a DataFrame; peers that begin with one have the same time
twice. *first call* is the run that is not counted: it includes what is loaded, compiled or
simulated once - ours simulates the null table of a window that is not shipped, in an empty cache
here; it is kept on disk afterwards. *ratio* is over the fastest peer; the target is {TARGET:g}
unless the task has another, or a limit in seconds besides.
Estimates were equal to 1e-6 and draws equal in number before any ratio was made; where the peer
fits another model the difference stands beside it, with its reason."""
_LEFT_OUT = """\
Not timed: tools that an earlier comparison found slower than one that is here at the same task -
linearmodels and statsmodels (fixed effects), moderndid and differences (event study), pysyncon
(synthetic control), synthdid-py (placebos). pyfixest's `ritest` takes a minute and more for 5,000
permutations with fixed effects."""


def page(outcomes: Sequence[Outcome], imports: str, sections: Sequence[str] = ()) -> str:
    """Return the whole page.

    Parameters
    ----------
    outcomes : sequence of Outcome
        The tasks.
    imports : str
        What importing costs, in words.
    sections : sequence of str
        What was measured without a peer, each under its heading.
    """
    return "\n\n".join(
        [
            "# Benchmarks",
            f"Written by `make bench` on {datetime.now(UTC):%d %B %Y}; do not edit. {_where()}",
            f"Versions: {_versions()}.",
            _READING,
            "## All tasks",
            _overview(outcomes),
            imports,
            *(_section(outcome) for outcome in outcomes),
            *sections,
            "## Left out",
            _LEFT_OUT + "\n",
        ]
    )


def _where() -> str:
    """Say which code ran on which machine."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],  # noqa: S607 - git of the path
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    code = f"{sx.__version__} ({described or 'no repository'})"
    return (
        f"shiftexp {code}, Python {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f} at the end), "
        "one thread. Where others share the machine, ratios say more than seconds."
    )


def _versions() -> str:
    """Name the packages that are there."""
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return ", ".join(found)


def _overview(outcomes: Iterable[Outcome]) -> str:
    """Return a row for each task."""
    return _table(
        ("task", "shiftexp, s", "fastest peer", "its s", "ratio", "at most", "met"),
        [
            (
                outcome.task.name,
                _seconds(outcome.timings[0].seconds),
                outcome.fastest.name,
                _seconds(outcome.fastest.seconds),
                f"{outcome.ratio:.2f}",
                _target(outcome.task),
                "yes" if outcome.met else "no",
            )
            for outcome in outcomes
        ],
    )


def _target(task: Task) -> str:
    """Return the target of a task, with its limit in seconds if it has one."""
    limit = "" if task.most_seconds is None else f", {task.most_seconds:g} s"
    return f"{task.target:g}{limit}"


def _section(outcome: Outcome) -> str:
    """Return setting, times, differences, and where the target is missed the profile and why."""
    task = outcome.task
    parts = [f"## {task.name}", task.setting, _times(outcome)]
    own = outcome.timings[0].answer
    parts += [
        f"{timing.name}: {abs(timing.answer.estimate - own.estimate):.2g} away from our estimate, "
        f"{timing.answer.draws:,} draws against {own.draws:,}; {timing.differs}."
        for timing in outcome.timings
        if timing.differs
    ]
    if task.details:
        parts.append(task.details())
    if not outcome.met:
        shares = ", ".join(f"`{name}` {share:.0%}" for name, share in outcome.profile)
        parts += [f"Missed. {task.reason}", f"Profile of ours, with what is called: {shares}."]
    return "\n\n".join(parts)


def _times(outcome: Outcome) -> str:
    """Return a row for each contender."""
    return _table(
        ("tool", "median, s", "smallest to largest", "from a frame", "first call", "ratio"),
        [_row(timing, outcome.fastest.seconds) for timing in outcome.timings],
    )


def _row(timing: Timing, fastest: float) -> tuple[str, ...]:
    """Return what is shown of one contender."""
    return (
        timing.name,
        _seconds(timing.seconds),
        f"{_seconds(timing.low)} to {_seconds(timing.high)}",
        _seconds(timing.framed),
        _seconds(timing.first),
        f"{timing.seconds / fastest:.2f}",
    )


def _seconds(value: float) -> str:
    """Return three significant digits."""
    return f"{value:.3g}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
