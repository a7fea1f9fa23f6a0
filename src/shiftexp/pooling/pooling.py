"""Pooling by random effects: from results of several indicators to one pair of effects."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from shiftexp.detection import Detection
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.pooling import error_covariance, pooled
from shiftexp.pooling.asked import (
    Correlation,
    bad_settings,
    declared_detection,
    given_twice,
    misfits,
    named_results,
    undeclared,
    unknown_names,
)
from shiftexp.pooling.pooled import PERCENT, SIDES, Plane, Pooled, noun_of
from shiftexp.pooling.spreads import detection_covariance, error_correlation, spread
from shiftexp.result import Result
from shiftexp.scalars import refuse


def pool(
    results: Mapping[str, Result] | Sequence[Result],
    *,
    plane: Plane = "offset",
    detection: Detection | Mapping[str, Detection] | None = None,
    correlation: Correlation = "auto",
    heterogeneity: float = 25.0,
    level: float = 0.95,
) -> Pooled:
    r"""Pool the effects of several indicators, or of segments of one market, by random effects.

    .. math:: x_k = \theta + u_k + e_k, \quad u_k \sim N(0, \tau^2 I), \quad
       x_k = 100\, (\Delta_O, \Delta_D)_k / b_{Dk}

    with b the destination's counterfactual level ("percent": each side over its own), theta flat
    and tau half-normal; errors e are correlated between indicators, and so is the country-wide part
    of the drift of detection, which no number of indicators averages away. An indicator free of
    effort (a drift of 0) beside others weighs more for that reason.

    Parameters
    ----------
    results : mapping from str to Result, or sequence of Result
        One for each indicator, of one origin and destination; where all are of one indicator, they
        are called segments.
    plane : {"offset", "percent"}, default "offset"
        Both effects in percent of the destination's level: offset ratios stay; "percent" for
        indicators whose levels differ between the sides, without net effects and ratios.
    detection : Detection or mapping from str to Detection, optional
        What is declared, for all or for each; by default a country-wide drift of .10.
    correlation : float or "auto", default "auto"
        Of the errors of a side between indicators, from 0 to .95: they share what really happened
        by chance. ``auto`` takes that of what the models left unexplained before the onset, at
        least .5.
    heterogeneity : float, default 25
        Scale of the half-normal prior on tau, in percent; 0 for one effect common to all.
    level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Pooled
        ``effects`` in percent, ``heterogeneity``, ``another`` (a prediction), ``of(name)``, table.

    Raises
    ------
    DesignError
        When fewer than two results are given, a name or a result stands twice, places differ, a
        result has one side only, its law is silent or its level not above zero, detection is
        declared of a name without a result, or a setting is none; all are listed.
    TypeError
        When something else than a result is given.

    Notes
    -----
    Standard errors are those of the law where it has a covariance, and else read off the intervals.
    Three indicators of one level whose walks are shared, each fitted alone (20 years, 150 data sets
    a cell): the default covers 94 to 99 % with precise data, 90 to 94 with noisy ones, 85 to 88
    where walks dominate (a single one does there as well); with independent errors 71 to 97.

    When not to use it: several indicators of *one* level, which ``CommunicatingVessels`` fits
    together and uses better; specifications of one indicator, which are no independent evidence.

    References
    ----------
    Higgins, J. P. T., Thompson, S. G. & Spiegelhalter, D. J. (2009). A re-evaluation of
    random-effects meta-analysis. Journal of the Royal Statistical Society A, 172, 137-159.
    https://doi.org/10.1111/j.1467-985X.2008.00552.x

    Examples
    --------
    >>> import shiftexp as sx
    >>> fits = {}
    >>> for k, name in enumerate(("labs", "seizures", "dumps")):
    ...     panel, design = sx.simulate_pair(destination_effect=20, rng=k)
    ...     fits[name] = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    >>> found = sx.pool(fits, detection=sx.Detection(drift=0.03))
    >>> found.effects.p_value((0, 1))[0] < 0.05
    np.True_
    """
    named = named_results(results)
    declared = declared_detection(detection, named)
    refuse(
        *misfits(named, plane),
        *given_twice(named),
        *unknown_names(detection, named),
        *bad_settings(plane, correlation, heterogeneity, level, declared),
    )
    chosen = tuple(named.values())
    levels = np.array([_levels(r, plane) for r in chosen])
    estimates = PERCENT * np.array([r.effects.mean for r in chosen]) / levels
    spreads = [spread(r) for r in chosen]
    errors = PERCENT * np.array([sds for sds, _ in spreads]) / levels
    shared = error_correlation(chosen) if correlation == "auto" else float(correlation)
    drifts = np.array(
        [r.effects.beyond(declared[name].drift) * _highest(r) for name, r in named.items()]
    )
    drifts = PERCENT * drifts / levels
    common = np.array([math.sqrt(declared[name].common) for name in named])
    matrix = np.full((len(chosen), len(chosen)), shared)
    np.fill_diagonal(matrix, 1.0)
    cov = error_covariance(errors, float(np.mean([r for _, r in spreads])), matrix)
    cov = cov + detection_covariance(drifts, common)
    return Pooled(
        results=chosen,
        names=tuple(named),
        plane=plane,
        estimates=estimates,
        errors=errors,
        drifts=drifts,
        correlation=shared,
        nodes=pooled(estimates[None], cov[None], heterogeneity),
        scale=float(heterogeneity),
        base=np.array(PERCENT * np.mean([r.effects.base for r in chosen] / levels, axis=0)),
        level=level,
        notes=_notes(
            declared, shared, correlation, undeclared(detection, named), noun=noun_of(chosen)
        ),
    )


def _levels(result: Result, plane: Plane) -> Floats:
    """Return what percent are of, for origin and destination."""
    base = result.effects.base
    return np.full(SIDES, base[1]) if plane == "offset" else base


def _highest(result: Result) -> Floats:
    """Return the levels that a drift of detection acts on, as verdicts do."""
    return np.asarray(np.maximum(result.effects.base, np.abs(result.effects.observed)))


def _notes(
    declared: Mapping[str, Detection],
    shared: float,
    correlation: object,
    silent: tuple[str, ...],
    *,
    noun: str,
) -> tuple[str, ...]:
    """Return what the numbers rest on."""
    how = "read off the periods before the onset" if correlation == "auto" else "stated"
    drifts = {name: f"{d.drift:g} ({d.common:.0%} country-wide)" for name, d in declared.items()}
    alike = set(drifts.values())
    said = alike.pop() if len(alike) == 1 else ", ".join(f"{n} {d}" for n, d in drifts.items())
    whose = "it" if len(silent) == len(declared) else f"that of {', '.join(silent)}"
    unsaid = f"; nobody declared {whose}" if silent else ""
    return (
        f"errors of a side are correlated by {shared:.2f} between {noun}s ({how}, at least .5)"
        if correlation == "auto"
        else f"errors of a side are correlated by {shared:.2f} between {noun}s ({how})",
        f"drift of detection integrated: {said}{unsaid}",
        f"a random effect for every {noun}, as variable on both sides",
    )
