"""The result of every closed form on counts: rows of named numbers, and the notes on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from shiftexp.errors import suggest
from shiftexp.kernels.tails import t_cdf, t_quantile
from shiftexp.table import Table

RATIO_TRENDS = (
    "Assumes independent counts and parallel trends in ratios, which contradicts parallel trends "
    "in levels unless the areas start at the same level: report both."
)


@dataclass(frozen=True)
class CountEstimate:
    """One estimand: its estimate, test and confidence set.

    Attributes
    ----------
    estimand : str
        Name of the quantity.
    estimate, std_error : float
        Estimate and standard error, in ``unit``; NaN where there is none.
    statistic, p_value : float
        Test statistic and two-sided p-value of "no effect".
    conf_low, conf_high : float
        Ends of the confidence set.
    conf_kind : str
        ``interval``, ``complement`` (everything outside the two ends), ``line`` or ``none``.
    inference : str
        How the uncertainty was found.
    unit : str
        Unit of the estimate.
    """

    estimand: str
    estimate: float
    std_error: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    conf_kind: str
    inference: str
    unit: str


@dataclass(frozen=True, eq=False, repr=False)
class CountEffects(Table):
    """Effects read off before/after counts.

    Attributes
    ----------
    measure : str
        Name of the measure.
    rows : tuple of CountEstimate
        One row per estimand; ``effects["total"]`` picks one by name.
    level : float
        Confidence level.
    notes : tuple of str
        What the reader must know: assumptions, changes to the data, refusals to interpret.
    cov : array, shape (m, m)
        Covariance of the estimands in ``cov_names``.
    cov_names : tuple of str
        Order of ``cov``.
    """

    measure: str
    rows: tuple[CountEstimate, ...]
    level: float
    notes: tuple[str, ...]
    cov: NDArray[np.float64]
    cov_names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Close the covariance to writing."""
        self.cov.setflags(write=False)

    def __getitem__(self, estimand: str) -> CountEstimate:
        """Return one row by the name of its estimand."""
        for row in self.rows:
            if row.estimand == estimand:
                return row
        known = suggest(estimand, [row.estimand for row in self.rows])
        raise KeyError(f"no estimand {estimand!r}; {known}")

    def to_frame(self) -> pd.DataFrame:
        """Return one row per estimand."""
        return pd.DataFrame([asdict(row) for row in self.rows])

    def covariance(self) -> pd.DataFrame:
        """Return the covariance with its names on both axes."""
        return pd.DataFrame(self.cov, index=self.cov_names, columns=self.cov_names)


def two_sided(level: float) -> float:
    """Return the two-sided normal critical value of a confidence level.

    Examples
    --------
    >>> round(two_sided(0.95), 6)
    1.959964
    """
    return t_quantile(math.inf, 0.5 + level / 2)


def two_sided_p(statistic: float) -> float:
    """Return the two-sided normal p-value of a statistic; NaN stays NaN.

    Examples
    --------
    >>> round(two_sided_p(-1.959964), 4)
    0.05
    """
    return float(2 * t_cdf(math.inf, -abs(statistic)))


def normal_rows(
    names: Sequence[str],
    value: ArrayLike,
    std_error: ArrayLike,
    *,
    level: float,
    inference: str,
    unit: str,
) -> tuple[CountEstimate, ...]:
    """Write estimates with normal tests and intervals, one row each.

    Parameters
    ----------
    names : sequence of str
        Names of m estimands.
    value, std_error : array_like, shape (m,)
        Estimates and positive standard errors.
    level : float
        Confidence level.
    inference, unit : str
        Words for the two last columns.

    Returns
    -------
    tuple of CountEstimate
        One row per name.
    """
    critical = two_sided(level)
    pairs = zip(names, np.asarray(value).tolist(), np.asarray(std_error).tolist(), strict=True)
    return tuple(
        CountEstimate(
            estimand=name,
            estimate=estimate,
            std_error=spread,
            statistic=estimate / spread,
            p_value=two_sided_p(estimate / spread),
            conf_low=estimate - critical * spread,
            conf_high=estimate + critical * spread,
            conf_kind="interval",
            inference=inference,
            unit=unit,
        )
        for name, estimate, spread in pairs
    )


def exponentiated(row: CountEstimate) -> CountEstimate:
    """Carry a row from the log scale to the ratio scale; the test stays the log scale's.

    The interval is the exponentiated one, so the ratio has no standard error of its own.

    Parameters
    ----------
    row : CountEstimate
        An estimate on the log scale, its name starting with ``log_``.

    Returns
    -------
    CountEstimate
        The same finding as a ratio.
    """
    return replace(
        row,
        estimand=row.estimand.removeprefix("log_"),
        estimate=math.exp(row.estimate),
        std_error=math.nan,
        conf_low=math.exp(row.conf_low),
        conf_high=math.exp(row.conf_high),
        unit="ratio",
    )


def inference_words(phi: float) -> str:
    """Say where the variance comes from.

    Examples
    --------
    >>> inference_words(1.0), inference_words(2.5)
    ('Poisson', 'quasi-Poisson (overdispersion 2.5)')
    """
    return "Poisson" if phi == 1 else f"quasi-Poisson (overdispersion {phi:g})"


def half_note(*, add_half: bool) -> tuple[str, ...]:
    """Say that the counts were changed, if they were."""
    return ("0.5 was added to every count (add_half=True).",) if add_half else ()
