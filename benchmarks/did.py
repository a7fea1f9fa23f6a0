"""Difference-in-differences: one affected unit among 50 and 2,000."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import shiftexp as sx
from benchmarks.data import Study, parallel_panel
from benchmarks.harness import Answer, Contender, Runs, Task
from benchmarks.ours import ours


def diff_diff(study: Callable[[], Study]) -> Runs:
    """Return the two-by-two regression of diff-diff, errors clustered by unit."""
    import diff_diff as dd

    frame = study().for_peers

    def ready() -> Answer:
        fit = dd.DifferenceInDifferences(cluster="unit").fit(
            frame, outcome="y", treatment="affected", post="after"
        )
        fit.to_dataframe()
        return Answer(float(fit.att))

    return Runs(ready)


def pyfixest(study: Callable[[], Study]) -> Runs:
    """Return the fixed-effects regression of pyfixest, errors clustered by unit."""
    import pyfixest as pf

    frame = study().for_peers

    def ready() -> Answer:
        fit = pf.feols("y ~ exposed | unit + period", frame, vcov={"CRV1": "unit"})
        return Answer(float(fit.tidy()["Estimate"]["exposed"]))

    return Runs(ready)


def _task(units: int, periods: int, reason: str) -> Task:
    """Return the task of one size."""
    study = partial(parallel_panel, units, periods, seed=1)
    return Task(
        name=f"Difference-in-differences, {units:,} x {periods}",
        setting=(
            f"A balanced panel of {units:,} units and {periods} periods with unit and period "
            "effects and AR(1) errors (.4); one unit is affected from the middle on. We study it "
            "together with an origin, one unit more, which the peers do not see, and give the "
            "effects of both, the net effect and the offset ratio with p-values and intervals."
        ),
        reason=reason,
        draws=0,
        ours=ours(study, sx.DifferenceInDifferences()),
        peers=(
            Contender("diff-diff", partial(diff_diff, study)),
            Contender("pyfixest", partial(pyfixest, study)),
        ),
    )


TASKS = (
    _task(
        50,
        40,
        "The peers' time is one regression and a standard error clustered by unit, which with one "
        "affected unit is too small whatever the effect. Ours is the inversion of a test that "
        "holds its level under unknown serial correlation: three intervals are roots of its "
        "p-value in the two directions, and the set of offset ratios is an arc of 361 directions, "
        "each its own test; least squares itself is about a thousandth of it.",
    ),
    _task(
        2_000,
        60,
        "Four intervals by test inversion, as above, whatever the number of units; reading 2,000 "
        "donors into the window of the design (flags, gaps, names) comes on top.",
    ),
)
