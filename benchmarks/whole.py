"""Whole jobs without a peer: the bundled study with its report, a curve of 10,000 rows."""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import shiftexp as sx
from benchmarks.alone import Usage, measure, tell, used

WORKERS = 2


@dataclass(frozen=True)
class Job:
    """A whole job.

    Attributes
    ----------
    name : str
        Its heading.
    setting : str
        What it does.
    prepare : callable
        Makes what is given, and returns the work that is timed.
    most_seconds : float, optional
        What is wanted, where something is.
    """

    name: str
    setting: str
    prepare: Callable[[], Callable[[], dict[str, int]]]
    most_seconds: float | None = None


def _study() -> Callable[[], dict[str, int]]:
    """Return the run of the bundled study, its report, tables and figures written."""

    def work() -> dict[str, int]:
        """Run it from its file to its folder."""
        study = sx.Study.demo()
        with tempfile.TemporaryDirectory() as out:
            page = study.run(out)
            files = sum(len(names) for _, _, names in os.walk(out))
        designs = sum(len(cell.pages) for cell in page.cells)
        return {"designs": designs, "files": files}

    return work


def _curve() -> Callable[[], dict[str, int]]:
    """Return the fit of every specification of a synthetic control, verdicts included."""
    panel, design = sx.simulate_pair(
        destination_effect=30, donors=10, periods=(16, 8), base=(100.0, 100.0), rng=1
    )
    units = [unit for unit in panel.units if unit not in (design.origin, design.destination)]
    start = int(panel.calendar.labels[0])
    axes = sx.Specifications(
        estimators=(
            sx.SyntheticControl(),
            sx.SyntheticControl(intercept=True),
            sx.SyntheticControl(augment=1.0),
            sx.SyntheticControl(debias=False),
        ),
        scales=("log", "level"),
        windows=tuple((str(start + k), None) for k in range(10)),
        donors=tuple(
            (f"without {one} and {other}", tuple(u for u in units if u not in (one, other)))
            for one, other in itertools.combinations(units, 2)
        ),
    )

    def work() -> dict[str, int]:
        """Fit all of them."""
        rows = sx.specification_curve(panel, design, axes=axes, n_jobs=WORKERS).rows
        return {"specifications": len(rows), "refused": sum(bool(row.refusal) for row in rows)}

    return work


JOBS = {
    "study": Job(
        "The bundled study",
        "`Study.demo().run(out)` with as many workers as there are cores: every declared design, "
        "verdicts, curves, events, controls, the report, tables and figures, written to a folder; "
        "nothing is kept from an earlier run.",
        _study,
        20.0,
    ),
    "curve": Job(
        "A curve of 10,000 specifications",
        f"`specification_curve` with {WORKERS} workers: four synthetic controls x two scales x ten "
        "windows x three onsets x every pair of ten donors left out; each row has its estimates, "
        "intervals, p-values and its own verdict.",
        _curve,
    ),
}


def section(word: str) -> str:
    """Return what one job took, in words, under a heading.

    Parameters
    ----------
    word : str
        Which job.
    """
    job = JOBS[word]
    usage = measure("benchmarks.whole", word)
    done = ", ".join(f"{count:,} {what}" for what, count in usage.counts.items())
    return f"## {job.name}\n\n{job.setting}\n\n{done}: {_words(usage)}{_wanted(job, usage)}"


def _words(usage: Usage) -> str:
    """Say what was used."""
    return (
        f"{usage.seconds:.1f} s, {usage.processor:.0f} s of processor time; at most "
        f"{usage.own_mb:.0f} MB in the process that starts it and {usage.worker_mb:.0f} MB in a "
        f"worker (load {os.getloadavg()[0]:.1f} at the end)."
    )


def _wanted(job: Job, usage: Usage) -> str:
    """Say whether it was fast enough."""
    if job.most_seconds is None:
        return ""
    met = "met" if usage.seconds <= job.most_seconds else "missed"
    return f" At most {job.most_seconds:.0f} s wanted: {met}."


if __name__ == "__main__":
    warnings.simplefilter("ignore", sx.SmallSampleWarning)
    tell(used(JOBS[sys.argv[1]].prepare()))
