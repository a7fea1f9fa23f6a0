"""The type of responses to a shock at the origin, with dynamic offset ratios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.dynamics.pair import Scale
from shiftexp.dynamics.timing import NOT_A_FLOW, said_p, said_power, timing_evidence
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.ratio import fieller_set
from shiftexp.plane import ConfidenceSet, SetKind
from shiftexp.scalars import error_rate, plural
from shiftexp.table import Table, format_number


@dataclass(frozen=True, eq=False, repr=False)
class LocalProjections(Table):
    """Responses of both sides to a shock at the origin, by horizon.

    Attributes
    ----------
    names : tuple of two str
        Origin and destination.
    shock : str
        What the shock is: own innovations, which are rises of the origin, or one that lowers it.
    response : array of shape (2, H + 1)
        Responses of origin and destination to a shock of one, h = 0 to H.
    std_error : array of shape (2, H + 1)
        Newey-West standard errors.
    critical : array of shape (2, H + 1)
        Critical values of the distance to the truth in standard errors.
    offsets : tuple of ConfidenceSet
        For each horizon the set of rho_h = -b_D / b_O; "none" where the ratio has no meaning,
        "line" or "complement" where its denominator may be zero: the ratio is not identified.
    first : int
        First horizon that takes part in the test.
    p_value : float
        One-sided p of H0: no response of the destination, against one opposed to the origin's at
        any horizon.
    power, offset : float
        Power of that test, and the part of the origin's loss that arrives one period later in the
        alternative it is stated for.
    periods : int
        T.
    scale : {"level", "log"}
        Scale of both sides.
    level : float
        Level of limits and sets; the test is of size 1 - level.
    draws : int
        Data sets that p, power and critical values are counted in.
    notes : tuple of str
        What to know before reading them.
    """

    names: tuple[str, str]
    shock: str
    response: Floats
    std_error: Floats
    critical: Floats
    offsets: tuple[ConfidenceSet, ...]
    first: int
    p_value: float
    power: float
    offset: float
    periods: int
    scale: Scale
    level: float
    draws: int
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def offset_ratio(self) -> Floats:
        """Estimates of rho_h, shape (H + 1,); NaN where it has no meaning or is not identified."""
        meant = [found.kind == "interval" for found in self.offsets]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = -self.response[1] / self.response[0]
        return np.where(meant, ratio, np.nan)

    @property
    def evidence(self) -> Evidence:
        """The joint one-sided test as evidence for a shift; it never has a bound."""
        source = (
            f"local projections of {self.names[1]} on a shock to {self.names[0]} ({self.shock}), "
            f"{self.periods} periods, {self.scale} scale; {NOT_A_FLOW}"
        )
        return timing_evidence(self.p_value, self.power, source)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each horizon."""
        columns: dict[str, object] = {"horizon": np.arange(self.response.shape[1])}
        reach = self.critical * self.std_error
        for side, name in enumerate(("origin", "destination")):
            columns[name] = self.response[side]
            columns[f"{name}_low"] = self.response[side] - reach[side]
            columns[f"{name}_high"] = self.response[side] + reach[side]
        columns["offset_ratio"] = self.offset_ratio
        columns["offset_low"] = [found.low for found in self.offsets]
        columns["offset_high"] = [found.high for found in self.offsets]
        columns["offset_kind"] = [found.kind for found in self.offsets]
        return pd.DataFrame(columns)

    def summary(self) -> str:
        """Return the finding in words: never that nothing moved."""
        o, d = self.names
        horizons = f"horizons {self.first} to {self.response.shape[1] - 1}"
        said = said_p(self.p_value, error_rate(self.level))
        lines = [
            f"{d} against {o} after a shock ({self.shock}), {horizons}: {said}",
            *self._ratio(),
            said_power(self.power, self.offset, 1),
        ]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def _ratio(self) -> list[str]:
        """Return the offset ratio one period after the shock in words, if it has a meaning."""
        found = self.offsets[1]
        if found.kind == "none":
            return []
        if found.kind == "interval":
            ratio = format_number(float(self.offset_ratio[1]), 2)
        else:
            ratio = f"not identified (what left {self.names[0]} may be nothing)"
        said = f"offset ratio {plural(1, 'period')} later {ratio}"
        return [f"{said}, {100 * self.level:g} % set {found}"]


def offset_set(response: Floats, cov: Floats, critical: float, *, meant: bool) -> ConfidenceSet:
    """Return Fieller's set of -b_D / b_O at one horizon.

    Parameters
    ----------
    response : array of shape (2,)
        Responses of origin and destination.
    cov : array of shape (2, 2)
        Their covariance.
    critical : float
        Critical value of the distance in standard errors.
    meant : bool
        Whether the ratio has a meaning; else there is no set.
    """
    if not meant or cov[0, 0] <= 0:
        return ConfidenceSet("none", np.nan, np.nan)
    found = fieller_set(
        -response[1], response[0], cov[1, 1], cov[0, 0], -cov[0, 1], critical=critical
    )
    names: dict[str, SetKind] = {"complement": "complement", "line": "line"}
    kind = names.get(str(found.names), "interval")
    return ConfidenceSet(kind, float(found.low), float(found.high))
