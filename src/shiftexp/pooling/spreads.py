"""How sure each indicator is, and what the errors of several have in common."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from shiftexp.effects import Effects
from shiftexp.errors import EstimandNotIdentified
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.tails import t_quantile
from shiftexp.plane import DESTINATION, NET, ORIGIN
from shiftexp.pooling.pooled import SIDES
from shiftexp.result import Result

LEAST_CORRELATION, MOST_CORRELATION = 0.5, 0.95
_FEWEST_SHARED = 6  # periods before the onset from which a correlation is read


def detection_covariance(drifts: Floats, common: Floats) -> Floats:
    """Return what the drift of detection adds, shape (2 K, 2 K): shared by side, and each own."""
    count = len(drifts)
    alike = np.outer(common, common)
    np.fill_diagonal(alike, 1.0)
    flat = drifts.ravel()
    return np.asarray(np.kron(alike, np.eye(SIDES)) * np.outer(flat, flat)).reshape(
        SIDES * count, SIDES * count
    )


def spread(result: Result) -> tuple[Floats, float]:
    """Return standard errors of both sides and the correlation between them, in level units."""
    effects = result.effects
    try:
        cov = effects.cov
    except EstimandNotIdentified:
        return _off_intervals(effects)
    sds = np.sqrt(np.diag(cov))
    return sds, float(cov[0, 1] / sds.prod())


def _off_intervals(effects: Effects) -> tuple[Floats, float]:
    """Return standard errors that 95 % intervals stand for; of sums where sides add."""
    z = -t_quantile(math.inf, 0.025)
    asked = [ORIGIN, DESTINATION, *([NET] if effects.answers(NET) else [])]
    found = effects.intervals(asked)
    sds = np.array([(one.high - one.low) / (2 * z) for one in found])
    if len(sds) == SIDES or not np.isfinite(sds[2]):
        return sds[:SIDES], 0.0
    crossed = (sds[2] ** 2 - sds[0] ** 2 - sds[1] ** 2) / (2 * sds[0] * sds[1])
    return sds[:SIDES], float(np.clip(crossed, -MOST_CORRELATION, MOST_CORRELATION))


def error_correlation(results: Sequence[Result]) -> float:
    """Return the correlation of what models left unexplained before the onset, at least .5."""
    gaps = [_gaps(result) for result in results]
    found: list[float] = []
    for one, other in itertools.combinations(gaps, 2):
        pair = one.dropna().align(other.dropna(), join="inner")
        if len(pair[0]) >= _FEWEST_SHARED:
            found += list(pair[0].corrwith(pair[1]))
    seen = [value for value in found if math.isfinite(value)]
    mean = sum(seen) / len(seen) if seen else LEAST_CORRELATION
    return float(np.clip(mean, LEAST_CORRELATION, MOST_CORRELATION))


def _gaps(result: Result) -> pd.DataFrame:
    """Return observed less fitted before the onset, a column for each side, by period."""
    paths = result.paths
    gaps = np.where(paths.pre, paths.observed - paths.counterfactual, np.nan)
    return pd.DataFrame(gaps.T, index=list(paths.labels), columns=["origin", "destination"])
