"""The type of what is said of a long-run relation of origin and destination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from shiftexp.dynamics.pair import Scale
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.reduced_rank import Terms
from shiftexp.scalars import error_rate
from shiftexp.table import Table, format_number, quantity_frame

Sign: TypeAlias = Literal["substitution", "common growth"]


@dataclass(frozen=True)
class RankTest:
    """Johansen's tests of the null that there are at most so many relations.

    Attributes
    ----------
    relations : int
        0 or 1.
    trace, largest : float
        Trace and largest-eigenvalue statistics.
    corrected : float
        The trace with the correction of Reinsel and Ahn, (n - 2 K) / n of it.
    p_trace, p_largest : float
        By bootstrap under a vector autoregression with that many relations.
    p_corrected : float
        Of the corrected trace, by the law of long series.
    """

    relations: int
    trace: float
    largest: float
    corrected: float
    p_trace: float
    p_largest: float
    p_corrected: float


@dataclass(frozen=True, eq=False, repr=False)
class Cointegration(Table):
    """A long-run relation O + beta D of origin and destination, its tests and its sign.

    Attributes
    ----------
    names : tuple of two str
        Origin and destination.
    labels : tuple of str
        Names of the T periods.
    values : array of shape (2, T)
        Both sides, on the scale that was chosen.
    unit : str
        Unit of measurement of their levels.
    scale : {"level", "log"}
        That scale.
    terms : {"constant", "drift", "trend"}
        What stands beside them.
    lags : int
        Lags of the levels.
    ranks : tuple of two RankTest
        No relation, and at most one.
    p_noisy : float
        p of no relation under two walks with noise.
    beta, conf_low, conf_high : float
        Coefficient of the destination beside 1 for the origin, and the hull of those that the
        likelihood ratio does not reject; infinite where it accepts the destination alone.
    adjustment : array of shape (2,)
        Parts of a deviation that origin and destination take back in a period.
    p_sign : float
        One-sided p of the null that the relation has the other sign, or is one series alone.
    p_unit : float
        p of the null that beta is 1, or -1 if it is negative.
    power : float
        How often series of this length with such innovations, and a relation of this sign whose
        deviations halve in a period, have it found with its sign.
    conserved : bool
        Whether a relation can be one of amounts that move: levels of an indicator that adds up.
    level : float
        Level of the limits; tests are of size 1 - level.
    simulations : int
        Series drawn under every null.
    deviations : array of shape (T,)
        O + beta D less its mean, period by period.
    notes : tuple of str
        What to know before reading it.
    """

    names: tuple[str, str]
    labels: tuple[str, ...]
    values: Floats
    unit: str
    scale: Scale
    terms: Terms
    lags: int
    ranks: tuple[RankTest, RankTest]
    p_noisy: float
    beta: float
    conf_low: float
    conf_high: float
    adjustment: Floats
    p_sign: float
    p_unit: float
    power: float
    conserved: bool
    level: float
    simulations: int
    deviations: Floats
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def periods(self) -> int:
        """Number of periods, T."""
        return len(self.labels)

    @property
    def sign(self) -> Sign:
        """Which sign the estimate has: one side grows as the other shrinks, or both grow."""
        return "substitution" if self.beta > 0 else "common growth"

    @property
    def p_none(self) -> float:
        """The larger p of no relation: under an autoregression, and under walks with noise."""
        return max(self.ranks[0].p_trace, self.p_noisy)

    @property
    def relations(self) -> int:
        """How many relations the tests leave: 2 where both series are stationary by themselves."""
        error = error_rate(self.level)
        if self.p_none > error:
            return 0
        return 1 if self.ranks[1].p_trace > error else 2

    @property
    def p_value(self) -> float:
        """The p of one relation of this sign: the largest of its tests; 1 with two relations."""
        return 1.0 if self.relations == 2 else max(self.p_none, self.p_sign)

    @property
    def found(self) -> bool:
        """Whether one relation is found, with its sign."""
        return self.p_value <= error_rate(self.level)

    @property
    def evidence(self) -> Evidence:
        """A substitution of amounts speaks for a shift, common growth for integration; no bound.

        A substitution of anything else cannot show a shift: its p is 1 and its power 0.
        """
        tested = self.conserved or self.sign == "common growth"
        return Evidence(
            about="shift" if self.sign == "substitution" else "integration",
            p_value=self.p_value if tested else 1.0,
            power=self.power if tested else 0.0,
            source=f"long-run relation of {self.names[0]} and {self.names[1]} over "
            f"{self.periods} periods ({self.scale}s): "
            f"{self.sign if self.relations == 1 else 'not one found'}",
        )

    def summary(self) -> str:
        """Return the finding in words: never that there is no relation."""
        return "\n".join([self._finding(), self._relation(), *(f"- {n}" for n in self.notes)])

    def _relation(self) -> str:
        """Say the relation and its sign, or that without one its coefficient has no meaning."""
        if self.relations != 1:
            return "beta and its sign have no meaning without one long-run relation"
        low, high = (format_number(x, 3) for x in (self.conf_low, self.conf_high))
        return (
            f"{self.names[0]} + beta {self.names[1]} with beta = {format_number(self.beta, 3)} "
            f"({low} to {high}): {self.sign}; p of beta = {1 if self.beta > 0 else -1}: "
            f"{format_number(self.p_unit, 3)}"
        )

    def _finding(self) -> str:
        """Say what the tests found, and how much they could have."""
        could = (
            f"one whose deviations halve in a period is found with its sign in {self.power:.0%} of "
            "such series"
        )
        test = f"p = {format_number(self.p_value, 3)}"
        if self.found:
            return f"a long-run relation is found, of {self.sign} ({test}); {could}"
        if self.relations == 2:
            return f"both series look stationary, so that any combination is one; {could}"
        if self.relations == 1:
            return f"a long-run relation is found, but not its sign ({test}); {could}"
        return f"undecided: no long-run relation is found ({test}); {could}"

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each test and quantity."""
        rows: list[tuple[str, float, float, float, float]] = []
        none = float("nan")
        for each, said in zip(self.ranks, ("no relation", "at most one relation"), strict=True):
            rows += [
                (f"trace, {said}", each.trace, none, none, each.p_trace),
                (f"largest eigenvalue, {said}", each.largest, none, none, each.p_largest),
                (f"corrected trace, {said}", each.corrected, none, none, each.p_corrected),
            ]
        trace, sign = self.ranks[0].trace, f" of {self.sign}" if self.relations == 1 else ""
        rows += [
            ("trace, no relation, walks with noise", trace, none, none, self.p_noisy),
            *(self._of_relation() if self.relations == 1 else ()),
            (f"one relation{sign}", none, none, none, self.p_value),
            ("power", self.power, none, none, none),
        ]
        return quantity_frame(rows)

    def _of_relation(self) -> list[tuple[str, float, float, float, float]]:
        """Return the rows that have a meaning only where there is one relation."""
        none = float("nan")
        return [
            ("beta", self.beta, self.conf_low, self.conf_high, self.p_unit),
            ("sign of beta", 1.0 if self.beta > 0 else -1.0, none, none, self.p_sign),
            ("adjustment of the origin", float(self.adjustment[0]), none, none, none),
            ("adjustment of the destination", float(self.adjustment[1]), none, none, none),
        ]
