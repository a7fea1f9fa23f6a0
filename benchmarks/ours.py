"""Our side of a task: an estimator on a ready panel, up to the table of effects."""

from __future__ import annotations

import re
from collections.abc import Callable

import shiftexp as sx
from benchmarks.data import Study
from benchmarks.harness import Answer, Contender, Runs
from shiftexp.inference.placebo_law import LogPlaceboLaw, PlaceboLaw

_COUNTED = re.compile(r"(\d+) (?:of them|draws|simulated)")


def ours(study: Callable[[], Study], estimator: sx.Estimator) -> Contender:
    """Return the contender that fits an estimator to a study.

    Parameters
    ----------
    study : callable
        Makes the data.
    estimator : Estimator
        What is timed, from ``fit`` to the end of ``tidy``.
    """

    def prepare() -> Runs:
        made = study()
        panel, design = made.panel, made.design
        return Runs(
            ready=lambda: answer(estimator.fit(panel, design)),
            framed=lambda: answer(estimator.fit(made.read(), design)),
        )

    return Contender("shiftexp", prepare)


def answer(result: sx.Result) -> Answer:
    """Return the destination's effect and the draws behind its law; the clock stops here."""
    tidy = result.tidy()
    row = tidy["estimand"].tolist().index("destination")
    return Answer(float(tidy["estimate"][row]), _draws(result))


def _draws(result: sx.Result) -> int:
    """Return the placebos or draws of a result."""
    law = result.effects.law
    if isinstance(law, PlaceboLaw):
        return len(law.placebos)
    if isinstance(law, LogPlaceboLaw):
        return len(law.ranks.placebos)
    counted = _COUNTED.search(result.inference)
    return int(counted.group(1)) if counted else 0
