"""What several indicators say together: the pooled pair, how far they differ, and the next one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from shiftexp.effects import Effects, MixtureLaw
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.pooling import PooledNodes
from shiftexp.kernels.tails import t_quantile
from shiftexp.plane import DESTINATION, NET, ORIGIN
from shiftexp.result import Result
from shiftexp.scalars import error_rate, plural
from shiftexp.table import Table, format_number

Plane: TypeAlias = Literal["offset", "percent"]
PERCENT, SIDES = 100.0, 2
UNITS: Mapping[Plane, str] = {
    "offset": "% of the destination's level",
    "percent": "% of each side's level",
}


class Heterogeneity(NamedTuple):
    """Standard deviation between indicators, in percent.

    Attributes
    ----------
    median : float
        Posterior median.
    low, high : float
        Ends of the interval; 0 where the data do not tell indicators apart.
    """

    median: float
    low: float
    high: float


def noun_of(results: Iterable[Result]) -> str:
    """Return what results are of: segments of one indicator, or indicators.

    Parameters
    ----------
    results : iterable of Result
        Those that are pooled.
    """
    return "segment" if len({r.indicator.name for r in results}) == 1 else "indicator"


@dataclass(frozen=True, eq=False, repr=False)
class Pooled(Table):
    """What several indicators say together, and how far they differ.

    Attributes
    ----------
    results : tuple of Result
        One for each of K indicators or segments.
    names : tuple of str
        What they are called.
    plane : {"offset", "percent"}
        Both effects in percent of the destination's level, so that offset ratios stay; or each side
        in percent of its own level.
    estimates, errors : arrays of shape (K, 2)
        Effects of origin and destination with their standard errors, in percent.
    drifts : array of shape (K, 2)
        Standard deviations that the drift of detection adds, in percent.
    correlation : float
        Of the errors of a side between indicators.
    nodes : PooledNodes
        The posterior, a case of its own.
    scale : float
        Scale of the half-normal prior on the standard deviation between indicators, in percent.
    base : array of shape (2,)
        Counterfactual levels, in percent.
    level : float
        Level of the intervals.
    notes : tuple of str
        What the numbers rest on.
    """

    results: tuple[Result, ...]
    names: tuple[str, ...]
    plane: Plane
    estimates: Floats
    errors: Floats
    drifts: Floats
    correlation: float
    nodes: PooledNodes
    scale: float
    base: Floats
    level: float
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @cached_property
    def effects(self) -> Effects:
        """What indicators have in common, detection drift integrated, in percent."""
        weight, mean, cov = (
            np.asarray(getattr(self.nodes, name)[0]) for name in ("weight", "mean", "cov")
        )
        return self._effects(MixtureLaw(weight, mean, cov))

    @cached_property
    def another(self) -> Effects:
        """What one more of the same kind would show but for its own error, in percent."""
        spread = self.nodes.tau[:, None, None] ** 2 * np.eye(SIDES)
        mean, cov = self.nodes.mean[0], self.nodes.cov[0] + spread
        return self._effects(MixtureLaw(self.nodes.weight[0], mean, cov))

    def of(self, name: str) -> Effects:
        """Return the effects of one indicator, drawn towards the others, in percent.

        Parameters
        ----------
        name : str
            What it is called.

        Raises
        ------
        DesignError
            When none is called so.
        """
        if name not in self.names:
            known = ", ".join(self.names)
            raise DesignError(Problem(f"indicator {name!r}", f"one of {known}", "name one of them"))
        k = self.names.index(name)
        mean, cov = self.nodes.own_mean[0, :, k], self.nodes.own_cov[0, :, k]
        return self._effects(MixtureLaw(self.nodes.weight[0], mean, cov))

    @property
    def noun(self) -> str:
        """What one of them is: a segment where all are of one indicator, else an indicator."""
        return noun_of(self.results)

    @property
    def heterogeneity(self) -> Heterogeneity:
        """Standard deviation between indicators, in percent: posterior median and limits."""
        tail = error_rate(self.level) / 2
        weight = self.nodes.weight[0]
        held = weight.cumsum() - weight / 2
        found = np.interp((0.5, tail, 1 - tail), held, self.nodes.tau)
        return Heterogeneity(*map(float, found))

    @property
    def shares(self) -> Floats:
        """Weights of the indicators in the pooled effects, shape (K, 2), summing to one."""
        return np.asarray(np.einsum("g,gki->ki", self.nodes.weight[0], self.nodes.share[0]))

    def to_frame(self) -> pd.DataFrame:
        """Return rows for every indicator alone and among the others, and for all together."""
        rows = []
        for k, name in enumerate(self.names):
            rows += self._alone(k, name)
            rows += self._rows(name, "among the others", self.of(name), self.shares[k])
        rows += self._rows("pooled", "in common", self.effects)
        rows += self._rows(f"one more {self.noun}", "prediction", self.another)
        columns = ["indicator", "kind", "side", "estimate", "conf_low", "conf_high", "weight"]
        return pd.DataFrame(rows, columns=columns).assign(unit=UNITS[self.plane])

    def summary(self) -> str:
        """Return the pooled effects, how far indicators differ, and what that rests on."""
        median, low, high = (format_number(value) for value in self.heterogeneity)
        share = f"{PERCENT * self.level:g} %"
        lines = [
            f"{plural(len(self.names), self.noun)} pooled: {', '.join(self.names)}",
            *(f"{side}: {self._words(a)}" for side, a in self._asked),
            (
                f"between {self.noun}s: sd {median} ({low} to {high}, {share}); prior half-normal "
                f"of {format_number(self.scale)}"
            ),
            *self._ratio(),
            *(f"- {note}" for note in self.notes),
        ]
        return "\n".join(lines)

    @property
    def _asked(self) -> tuple[tuple[str, tuple[float, float]], ...]:
        """What is told of the pooled pair."""
        sides = (("origin", ORIGIN), ("destination", DESTINATION))
        return sides if self.plane == "percent" else (*sides, ("net expansion", NET))

    def _words(self, a: tuple[float, float]) -> str:
        """Say one pooled number with its interval."""
        found = self.effects.interval(a, self.level)
        ends = " to ".join(format_number(end) for end in (found.low, found.high))
        said = f"{format_number(self.effects.estimate(a))} ({ends})"
        return f"{said} {UNITS[self.plane]}"

    def _ratio(self) -> tuple[str, ...]:
        """Say the offset ratio, where the plane has one."""
        if self.plane == "percent":
            return ()
        found = self.effects.offset_ratio_set(self.level)
        return (f"offset ratio: {self.effects.offset_ratio:.2f}, {found}",)

    def _effects(self, law: MixtureLaw) -> Effects:
        """Return a law on this plane as effects."""
        mean = np.asarray(law.weight @ law.means)
        return Effects(
            law,
            mean,
            self.base,
            self.base + mean,
            UNITS[self.plane],
            additive=self.plane == "offset",
        )

    def _rows(
        self, name: str, kind: str, effects: Effects, weight: Floats | None = None
    ) -> list[tuple[object, ...]]:
        """Return the rows of a pair."""
        rows: list[tuple[object, ...]] = []
        for i, (side, a) in enumerate((("origin", ORIGIN), ("destination", DESTINATION))):
            found = effects.interval(a, self.level)
            share = math.nan if weight is None else float(weight[i])
            rows.append((name, kind, side, effects.estimate(a), found.low, found.high, share))
        return rows

    def _alone(self, k: int, name: str) -> list[tuple[object, ...]]:
        """Return the rows of an indicator by itself, detection drift integrated."""
        z = -t_quantile(math.inf, error_rate(self.level) / 2)
        half = z * np.hypot(self.errors[k], self.drifts[k])
        return [
            (name, "alone", side, float(x), float(x - h), float(x + h), math.nan)
            for side, x, h in zip(("origin", "destination"), self.estimates[k], half, strict=True)
        ]
