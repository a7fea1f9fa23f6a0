"""A power curve: how effects of each size fare, and the smallest one found often enough."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

import pandas as pd

from shiftexp.scalars import error_rate
from shiftexp.table import Table, format_number

Limit: TypeAlias = Literal["", "at most", "more than"]
EXACT: Limit = ""
AT_MOST: Limit = "at most"
MORE_THAN: Limit = "more than"
_RATIO = "offset_ratio"


@dataclass(frozen=True)
class PowerRow:
    """How an effect of one size fares.

    Attributes
    ----------
    effect : float
        The effect, in level units per year (of rates, in their unit); negative for a fall.
    share : float
        The same over the level before the onset; NaN where that is not above zero.
    offset_ratio : float
        Of a fall at the origin, what share of the destination's growth it offsets; NaN without
        growth, at the destination, and where effects of both sides may not be divided.
    power, error : float
        Share of all data sets in which it is found, and its Monte Carlo standard deviation.
    silent : float
        Share of data sets without an answer, refused or withheld: counted as not found.
    type_s : float
        Among the data sets in which it is found, the share whose estimate has the wrong sign.
    type_m : float
        Among them, the mean size of the estimate over the true size: how much it exaggerates.
    """

    effect: float
    share: float
    offset_ratio: float
    power: float
    error: float
    silent: float
    type_s: float
    type_m: float


@dataclass(frozen=True)
class Power(Table):
    """Power by effect, and the smallest effect that is found often enough.

    Attributes
    ----------
    rows : tuple of PowerRow
        By size of the effect, no effect first.
    estimand : str
        "origin", "destination" or "net".
    target : float
        The power asked for.
    mde, mde_share, mde_offset_ratio : float
        The minimum detectable effect in size, as the effects of the rows are told, as a share of
        the level before the onset, and as an offset ratio; infinity where even the largest effect
        tried is found less often, NaN where the method never answers.
    limit : {"", "at most", "more than"}
        "at most" where the smallest effect given already reaches the target: it is ``mde``, and a
        smaller one may do. "more than" where none reaches it: the largest tried is not enough.
    base, growth : float
        Level before the onset, and the destination's growth that an offset ratio refers to, both
        as the effects of the rows are told.
    level : float
        Tests are two-sided at 1 minus it.
    n : int
        Data sets for each effect, the same for all but for the effect.
    method, scenario : str
        The estimator, and what of the scenario differs from its defaults.
    seed : int
        The seed.
    unit : str
        The unit of the effects, such as "kg per year"; rates are not per year.
    refusal : str
        What the method said when it first refused a data set; empty where it refused none.
    least_p : float
        The smallest p that the method can give in this study; 0 where it knows no such limit.
    """

    rows: tuple[PowerRow, ...]
    estimand: str
    target: float
    mde: float
    mde_share: float
    mde_offset_ratio: float
    limit: Limit
    base: float
    growth: float
    level: float
    n: int
    method: str
    scenario: str
    seed: int
    unit: str
    refusal: str
    least_p: float

    @property
    def at_most(self) -> bool:
        """Whether the smallest effect tried reaches the target: smaller ones may as well."""
        return self.limit == AT_MOST

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each effect; offset ratios only where there are any."""
        frame = pd.DataFrame([asdict(row) for row in self.rows])
        return frame.drop(columns=_RATIO) if frame[_RATIO].isna().all() else frame

    def summary(self) -> str:
        """Return in words the smallest effect that is found, and what is said of it then."""
        test = f"two-sided at {1 - self.level:.3g}, {self.n:,} data sets for each effect"
        head = f"{self.method}; {self.scenario}: {self.estimand}, {test}"
        told = [self.smallest_words(), *self.silence_words(), *self._exaggeration()]
        return "\n".join([head, *(f"- {words}" for words in told), "", str(self)])

    def size_words(self, size: float) -> str:
        """Return a size with its unit."""
        return f"{format_number(size)} {self.unit}"

    def smallest_words(self) -> str:
        """Say the minimum detectable effect, or the limit that is known of it."""
        aim = f"with {100 * self.target:g} % power"
        if self.least_p > error_rate(self.level):
            return (
                f"the smallest p that can come out is {self.least_p:.3g}: no effect of any size "
                f"can be found at {error_rate(self.level):g}"
            )
        if all(row.silent == 1 for row in self.rows):
            words = "the method refuses or withholds every data set: no effect can be found"
            return words + self._refused()
        if self.limit == MORE_THAN:
            most = max(self.rows, key=lambda row: abs(row.effect))
            return (
                f"no effect up to {self.size_words(abs(most.effect))}"
                f"{_share_words(most.share, brackets=True)} is found {aim}: the smallest that is "
                f"would be more than that; the largest tried is found in {100 * most.power:.0f} %"
            )
        ratio = (
            f", an offset ratio of {self.mde_offset_ratio:.2f}"
            if math.isfinite(self.mde_offset_ratio)
            else ""
        )
        limit = f"{self.limit} " if self.limit else ""
        why = " (the smallest effect given is found as often)" if self.limit else ""
        return (
            f"smallest effect found {aim}: {limit}{self.size_words(self.mde)}"
            f"{_share_words(self.mde_share)}{ratio}{why}"
        )

    def silence_words(self) -> list[str]:
        """Say how many data sets have no answer, if any, and what they count as."""
        most = max(row.silent for row in self.rows)
        if most in {0, 1}:
            return []
        words = (
            f"up to {100 * most:.0f} % of data sets have no answer (refused or withheld) and count "
            "as not found"
        )
        return [words + self._refused()]

    def _refused(self) -> str:
        """Quote the first refusal, if there was one."""
        return f' (the first refusal: "{self.refusal}")' if self.refusal else ""

    def _exaggeration(self) -> list[str]:
        """Say what estimates that are found are worth, at half the smallest effect or below."""
        small = [r for r in self.rows if 0 < abs(r.effect) <= self.mde / 2 and r.power > 0]
        if not small:
            return []
        row = max(small, key=lambda r: abs(r.effect))
        words = (
            f"of effects of {self.size_words(abs(row.effect))} {100 * row.power:.0f} % are "
            f"found, and then exaggerated {row.type_m:.1f} times, with the wrong sign in "
            f"{100 * row.type_s:.1f} %"
        )
        return [words]


def _share_words(share: float, *, brackets: bool = False) -> str:
    """Say a share of the level before; nothing where there is none."""
    if not math.isfinite(share):
        return ""
    words = f"{100 * abs(share):.0f} % of the level before"
    return f" ({words})" if brackets else f", {words}"
