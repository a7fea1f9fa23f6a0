"""Pairs of effects for tests of verdicts: exact normal laws, and fits of simulated pairs."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

import shiftexp as sx
from shiftexp.effects import Effects, SilentLaw, StudentLaw
from shiftexp.kernels.scale import Scale

BASE = (100.0, 40.0)
STILL = sx.Detection(drift=0)


def normal_pair(
    origin: float,
    destination: float,
    sd: float = 1.0,
    **fields: Any,  # noqa: ANN401 - fields of Effects, passed on as they are
) -> Effects:
    """Return effects that are normal and independent, each with the same standard deviation."""
    mean, base = np.array([origin, destination]), np.array(BASE)
    law = StudentLaw(mean, np.eye(2) * sd**2)
    return Effects(law, mean, base, base + mean, "units per year", **fields)


def silent_pair(origin: float, destination: float) -> Effects:
    """Return effects whose method has no inference of its own."""
    mean, base = np.array([origin, destination]), np.array(BASE)
    return Effects(SilentLaw(), mean, base, base + mean, "units per year")


@cache
def fitted(
    origin: float = 0.0,
    destination: float = 0.0,
    *,
    scale: Scale = "level",
    sd: float = 1.0,
    rng: int = 1,
    periods: tuple[int, int] = (12, 8),
) -> sx.Result:
    """Return a fit of a simulated pair of effects, errors independent over time."""
    panel, design = sx.simulate_pair(
        origin_effect=origin,
        destination_effect=destination,
        sd=sd,
        autocorrelation=0.0,
        periods=periods,
        rng=rng,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        return sx.InterruptedTimeSeries(scale=scale, trend=False).fit(panel, design)


def several(*results: sx.Result) -> list[sx.Result]:
    """Return results as specifications that differ by next to nothing, so that each has a vote."""
    return [_apart(result, k) for k, result in enumerate(results)]


def _apart(result: sx.Result, k: int) -> sx.Result:
    """Return the k-th of specifications that are alike but for their name and a rounded base."""
    base = result.effects.base
    moved = replace(result.effects, base=base + 1e-6 * k * np.maximum(1.0, np.abs(base)))
    return replace(result, estimator=f"{result.estimator} #{k}", effects=moved)


def status(verdict: sx.Verdict) -> dict[str, str]:
    """Return the status of every claim by name."""
    return {claim.name: claim.status for claim in verdict.claims}
