"""What a structural fit says of itself: what it misses, how much moves, which errors took part."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Cases
from shiftexp.kernels.structural import Trend
from shiftexp.kernels.structural_paths import Fitted
from shiftexp.kernels.structural_series import StudySeries
from shiftexp.kernels.variances import LEAST_EFFECTIVE
from shiftexp.result import SIDES

_WANDERS = -0.25
_MISSES: dict[Trend, str] = {
    "level": (
        "where a slope of its own carries the level along, this model misses it: 8 % of true nulls "
        "are rejected at nominal 5 % over 20 periods, 35 % over 40; compare trend='linear'"
    ),
    "smooth": (
        "where the level itself moves, this model misses it: up to 20 % of true nulls are rejected "
        "at nominal 5 % over 12 to 20 periods; compare trend='linear'"
    ),
}


def doubts(trend: Trend, fitted: Fitted) -> list[str]:
    """Return what the law of a fit may miss, with the rates measured.

    Parameters
    ----------
    trend : {"level", "smooth", "linear"}
        The trend.
    fitted : Fitted
        The fit.
    """
    study, effective = fitted.study, fitted.posterior.effective
    found = [_MISSES[trend]] if trend in _MISSES else []
    found += [
        f"{SIDES[side]}: changes before the onset hardly take each other back (autocorrelation "
        f"{lag:.2f}; -0.5 where noise is all), so the level itself does most of the moving: "
        "without any noise up to 13 % of true nulls are rejected at nominal 5 %"
        for side, lag in zip(study.sides, study.lag, strict=True)
        if lag > _WANDERS
    ]
    if effective < LEAST_EFFECTIVE:
        found.append(
            f"the posterior of the variances rests on {effective:.0f} candidates: ends of "
            "intervals are rough"
        )
    return found


def components(fitted: Fitted) -> list[str]:
    """Say how much of the variation is noise, and how much the trend moves.

    Parameters
    ----------
    fitted : Fitted
        The fit.
    """
    names = fitted.model.names
    notes = [
        f"{SIDES[side]}: standard deviation per period of "
        + ", ".join(f"{name} {sd:.3g}" for name, sd in zip(names, sds, strict=True))
        for side, sds in zip(fitted.study.sides, fitted.sds(), strict=True)
    ]
    if len(fitted.study.sides) > 1:
        shared = fitted.posterior.variances.correlation @ fitted.posterior.weight
        shown = ", ".join(f"{name} {r:.2f}" for name, r in zip(names, shared, strict=True))
        notes.append(f"correlation between both sides: {shown}")
    return notes


def of_sampling(study: StudySeries, cases: Cases) -> list[str]:
    """Say whether known sampling errors take part.

    Parameters
    ----------
    study : StudySeries
        The series.
    cases : Cases
        The case they were made of.
    """
    notes = []
    for side, known in zip(study.sides, study.series.known.T, strict=True):
        if np.isfinite(cases.pair_sampling[0, side]).any():
            what = (
                "known sampling errors are part of the noise"
                if known.any()
                else "sampling errors are not given for every period used, so they count as none"
            )
            notes.append(f"{SIDES[side]}: {what}")
    return notes
