"""Whether what arrived is what left: the surplus, its test, and what that test could have found."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from shiftexp.kernels.tails import normal_cdf, t_quantile
from shiftexp.scalars import error_rate
from shiftexp.table import Table

_GOOD_POWER = 0.8


@dataclass(frozen=True, eq=False, repr=False)
class Conservation(Table):
    r"""The surplus of what arrived over what left, each with a coefficient of its own.

    .. math:: R = \Delta_D(end) - (-\Delta_O(end))

    A surplus speaks for growth of the destination's own, a deficit for a fall of the origin's own.
    None found is no proof of conservation: read the power first.

    Attributes
    ----------
    estimate, low, high : float
        The surplus by the end of the window and its limits, in level units per year.
    p_value : float
        Twice the smaller posterior probability of a surplus and of a deficit.
    sd : float
        Posterior standard deviation of the surplus, in level units per year.
    smallest : float
        The smallest change that matters, in level units per year.
    unit : str
        Unit of the surplus.
    level : float
        Level of the limits.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    sd: float
    smallest: float
    unit: str
    level: float

    @property
    def rejected(self) -> bool:
        """Whether the limits leave out zero."""
        return self.low > 0 or self.high < 0

    @property
    def power(self) -> float:
        """Probability of rejecting where the surplus is the smallest change that matters."""
        z, critical = self.smallest / self.sd, self._critical
        return float(normal_cdf(z - critical) + normal_cdf(-z - critical))

    @property
    def detectable(self) -> float:
        """Surplus that is found in 80 % of data sets, in level units per year."""
        return (self._critical + t_quantile(math.inf, _GOOD_POWER)) * self.sd

    @property
    def _critical(self) -> float:
        """Standard deviations from zero at which the test rejects."""
        return t_quantile(math.inf, 1 - error_rate(self.level) / 2)

    def to_frame(self) -> pd.DataFrame:
        """Return one row: the surplus, its p, and what the test could have found."""
        row = {
            "quantity": "what arrived beyond what left",
            "estimate": self.estimate,
            "conf_low": self.low,
            "conf_high": self.high,
            "p_value": self.p_value,
            "power_at_m": self.power,
            "found_in_80_percent": self.detectable,
            "unit": self.unit,
        }
        return pd.DataFrame([row])
