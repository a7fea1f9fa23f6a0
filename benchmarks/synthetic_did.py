"""Synthetic difference-in-differences on Proposition 99 with 200 placebos."""

from __future__ import annotations

import shiftexp as sx
from benchmarks.data import california
from benchmarks.harness import Answer, Contender, Runs, Task
from benchmarks.ours import ours

_PLACEBOS = 200


def mlsynth() -> Runs:
    """Return the estimator of mlsynth."""
    from mlsynth import SDID

    asked = {
        "df": california().for_peers,
        "outcome": "y",
        "treat": "exposed",
        "unitid": "unit",
        "time": "period",
        "B": _PLACEBOS,
        "display_graphs": False,
    }

    def ready() -> Answer:
        found = SDID(asked).fit().inference.details
        return Answer(float(found.att), len(found.placebo_att))

    return Runs(ready)


def diff_diff() -> Runs:
    """Return the estimator of diff-diff."""
    import diff_diff as dd

    made = california()
    frame, after = made.for_peers, made.periods_after

    def ready() -> Answer:
        fit = dd.SyntheticDiD(n_bootstrap=_PLACEBOS, seed=1).fit(
            frame,
            outcome="y",
            treatment="affected",
            unit="unit",
            time="period",
            post_periods=after,
        )
        return Answer(float(fit.att), len(fit.placebo_effects))

    return Runs(ready)


TASKS = (
    Task(
        name=f"Synthetic difference-in-differences, {_PLACEBOS} placebos",
        setting=(
            "California's Proposition 99: 39 states, 31 years. We take Nevada as the origin, and "
            "draw 200 ordered pairs of donors, each side of each pair studied anew: 400 studies, "
            "where the peers, who do not see Nevada, make 200 of single donors."
        ),
        reason="Twice as many problems as the peers solve, and to the exact solution.",
        draws=_PLACEBOS,
        ours=ours(california, sx.SyntheticDiD(placebos=_PLACEBOS)),
        peers=(
            Contender("mlsynth", mlsynth),
            Contender(
                "diff-diff",
                diff_diff,
                "its weights are where iterations stop early; ours are exact",
            ),
        ),
    ),
)
