"""What experts believe of a shift: a prior by quantiles, pooled, and what series leave of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from shiftexp.bounds import ShiftShareBounds
from shiftexp.errors import Problem
from shiftexp.evidence import Direction, Evidence, Quantity
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.piecewise_uniform import (
    PiecewiseUniform,
    by_quantiles,
    linear_pool,
    within,
)
from shiftexp.scalars import is_finite, no_level, not_among, plural, refuse
from shiftexp.table import Table, format_number

_QUANTITIES = ("shift_share", "flow")
_MOST = 1e100
_OVERSHOOT = 0.1  # of the range of all experts: what is possible beyond it (Cooke 1991)
_POOL = "linear pool"
_NO_OPINION = "no opinion"


@dataclass(frozen=True)
class ElicitedWithin(Table):
    """How the series' limits and the experts' priors meet.

    Attributes
    ----------
    names : tuple of str
        No opinion, every expert, the pool, and the pool without each expert.
    mass : tuple of float
        Probability that each had given to what the limits allow.
    low, median, high : tuple of float
        Quantiles of each given the limits; NaN where they leave nothing of it.
    limits : tuple of two float
        The limits.
    level : float
        Probability between low and high.
    """

    names: tuple[str, ...]
    mass: tuple[float, ...]
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]
    limits: tuple[float, float]
    level: float

    @property
    def moves(self) -> tuple[float, float]:
        """Lowest and highest median: how far the answer moves with the prior alone; NaN if none."""
        held = [median for median in self.median if not math.isnan(median)] or [math.nan]
        return min(held), max(held)

    @property
    def contradicted(self) -> tuple[str, ...]:
        """Priors of which the limits leave nothing."""
        held = zip(self.names, self.median, strict=True)
        return tuple(name for name, median in held if math.isnan(median))

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each prior."""
        fields = ("mass", "low", "median", "high")
        columns = {"prior": self.names} | {name: getattr(self, name) for name in fields}
        return pd.DataFrame(columns)

    def summary(self) -> str:
        """Return the table, and how far the answer moves with the prior."""
        low, high = map(format_number, self.limits)
        least, most = map(format_number, self.moves)
        lines = [
            f"limits of the series: {low} to {high}; between them a prior is not updated",
            "",
            str(self),
            "",
            f"the median moves from {least} to {most} with the prior alone",
            *(f"{name}: the limits leave nothing of it" for name in self.contradicted),
            "an opinion, not a bound: it supports nothing by itself",
        ]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, repr=False)
class Elicited(Table):
    """What experts believe of the shift share or the flow; a prior, and no bound.

    Attributes
    ----------
    experts : tuple of str
        The E experts.
    low, median, high : array of shape (E,)
        Their quantiles.
    weights : array of shape (E,)
        Weights in the pool; they sum to one.
    level : float
        Probability that each gives to what lies between low and high.
    quantity : {"shift_share", "flow"}
        What they spoke of.
    unit : str
        Unit of a flow.
    """

    experts: tuple[str, ...]
    low: Floats
    median: Floats
    high: Floats
    weights: Floats
    level: float
    quantity: Quantity
    unit: str

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @cached_property
    def laws(self) -> tuple[PiecewiseUniform, ...]:
        """The law of each expert: uniform between the quantiles, within what is possible."""
        tail = (1 - self.level) / 2
        quantiles = zip(self.low, self.median, self.high, strict=True)
        return tuple(by_quantiles(q, (tail, 0.5, 1 - tail), self.support) for q in quantiles)

    @cached_property
    def pool(self) -> PiecewiseUniform:
        """The linear pool: the weighted mean of the experts' distribution functions."""
        return linear_pool(self.laws, self.weights)

    @property
    def support(self) -> tuple[float, float]:
        """What is possible: 0 to 1 for a share, and a tenth of the range beyond for a flow."""
        if self.quantity == "shift_share":
            return 0.0, 1.0
        least, most = float(self.low.min()), float(self.high.max())
        more = _OVERSHOOT * (most - least)
        return max(0.0, least - more), most + more

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each expert and one for the pool."""
        tail = (1 - self.level) / 2
        together = self.pool.quantile([tail, 0.5, 1 - tail])
        quantiles = np.vstack([np.column_stack([self.low, self.median, self.high]), together])
        frame = pd.DataFrame(quantiles, columns=["low", "median", "high"])
        frame.insert(0, "expert", [*self.experts, _POOL])
        return frame.assign(weight=[*self.weights, 1.0])

    def within(self, bounds: ShiftShareBounds) -> ElicitedWithin:
        """Return what the limits of a verdict leave of each prior: how the answer hangs on it.

        Parameters
        ----------
        bounds : ShiftShareBounds
            Of ``shift_share_bounds`` or ``verdict.bounds``.

        Returns
        -------
        ElicitedWithin
            A row for no opinion (uniform between the limits), every expert, the pool, and the pool
            without each expert.

        Raises
        ------
        DesignError
            When these are no bounds, in no order, or a flow stands in another unit.

        Notes
        -----
        Within their limits the series say nothing: there the law after the data is the prior, cut
        off (Poirier 1998, doi 10.1017/S0266466698144043).

        Examples
        --------
        >>> import shiftexp as sx
        >>> bounds = sx.ShiftShareBounds(0.0, 0.5, 0.0, 20.0, "plants per year", 0.95, ("B1", "B2"))
        >>> found = sx.elicited((0.1, 0.3), (0.3, 0.6), (0.6, 0.9)).within(bounds)
        >>> [round(median, 2) for median in found.moves]
        [0.25, 0.38]
        """
        refuse(*self._not_comparable(bounds))
        limits = self._limits(bounds)
        tail = (1 - self.level) / 2
        names, mass, rows = [], [], []
        for name, law in self._priors(limits[1]):
            left = within(law, *limits)
            nothing = np.full(3, math.nan)
            quantiles = nothing if left.law is None else left.law.quantile([tail, 0.5, 1 - tail])
            names.append(name)
            mass.append(left.mass)
            rows.append(tuple(map(float, quantiles)))
        low, median, high = zip(*rows, strict=True)
        return ElicitedWithin(tuple(names), tuple(mass), low, median, high, limits, self.level)

    def evidence(self, direction: Direction, *, source: str) -> Evidence:
        """Return the opinion as evidence about a shift; it has no bound and supports nothing alone.

        Parameters
        ----------
        direction : {"for", "against"}
            The way the analyst reads it.
        source : str
            Who was asked, and where it stands.
        """
        tail = (1 - self.level) / 2
        low, median, high = map(format_number, self.pool.quantile([tail, 0.5, 1 - tail]).tolist())
        name = self.quantity.replace("_", " ")
        unit = f" {self.unit}" if self.unit else ""
        said = (
            f"{source}: {plural(len(self.experts), 'expert')}, {name} {low} to {high}{unit}, "
            f"median {median}; an opinion, not a bound"
        )
        return Evidence(about="shift", direction=direction, source=said)

    def _priors(self, limit: float) -> list[tuple[str, PiecewiseUniform]]:
        """Return every prior with its name; no opinion is uniform up to all that is possible."""
        most = max(self.support[1], limit if math.isfinite(limit) else 0.0)
        flat = PiecewiseUniform(np.array([0.0, most]), np.array([0.0, 1.0]))
        priors = [(_NO_OPINION, flat), *zip(self.experts, self.laws, strict=True)]
        if len(self.experts) == 1:
            return priors
        return [*priors, (_POOL, self.pool), *self._left_out()]

    def _left_out(self) -> list[tuple[str, PiecewiseUniform]]:
        """Return the pool without each expert; nothing where one alone has all the weight."""
        found = []
        for i, name in enumerate(self.experts):
            rest = np.delete(self.weights, i)
            if rest.sum() > 0:
                laws = self.laws[:i] + self.laws[i + 1 :]
                found.append((f"pool without {name}", linear_pool(laws, rest / rest.sum())))
        return found

    def _not_comparable(self, bounds: object) -> tuple[Problem, ...]:
        """Return the problem of limits that cannot be set beside the prior."""
        if not isinstance(bounds, ShiftShareBounds):
            remedy = "write verdict.bounds or sx.shift_share_bounds(effects)"
            return (Problem(f"bounds = {bounds!r}", "limits of the series", remedy),)
        if self.quantity == "flow" and self.unit != bounds.unit:
            given = f"experts on {self.unit!r}, series in {bounds.unit!r}"
            return (Problem(given, "one unit", "ask and count in the same unit"),)
        low, high = self._limits(bounds)
        if not low <= high:
            given = f"limits {low!r} to {high!r} of the {self.quantity.replace('_', ' ')}"
            return (Problem(given, "limits in order", "take bounds that identify it"),)
        return ()

    def _limits(self, bounds: ShiftShareBounds) -> tuple[float, float]:
        """Return the limits of what the experts spoke of."""
        if self.quantity == "shift_share":
            return bounds.low, bounds.high
        return bounds.flow_low, bounds.flow_high


def elicited(
    low: float | Sequence[float],
    median: float | Sequence[float],
    high: float | Sequence[float],
    *,
    level: float = 0.9,
    quantity: Quantity = "shift_share",
    unit: str = "",
    experts: Sequence[str] | None = None,
    weights: Sequence[float] | None = None,
) -> Elicited:
    """Return what one or several experts believe of the shift share or the flow, as a prior.

    Parameters
    ----------
    low, median, high : float or sequence of float
        Quantiles: the truth is as likely above as below the median, and between low and high with
        probability ``level``. One number an expert.
    level : float, default 0.9
        That probability, equal tails.
    quantity : {"shift_share", "flow"}, default "shift_share"
        What was asked.
    unit : str, default ""
        Unit of a flow, such as "plants per year".
    experts : sequence of str, optional
        Their names; by default expert 1, expert 2 and so on.
    weights : sequence of float, optional
        Their weights in the linear pool; equal by default.

    Returns
    -------
    Elicited
        Not a Bound: it shows how far the answer moves with what is believed, and never supports a
        shift.

    Raises
    ------
    DesignError
        When quantiles are not increasing or impossible, numbers of experts differ, two have one
        name, a flow has no unit or a share has one, or weights are negative or all zero.

    Notes
    -----
    Between the quantiles each law is uniform, which adds least to what was said (Cooke 1991). The
    pool is linear: it is as wide as the experts disagree, where a product would be narrower than
    any of them and take them for independent.

    Examples
    --------
    >>> import shiftexp as sx
    >>> asked = sx.elicited((0.1, 0.3), (0.3, 0.6), (0.6, 0.9))
    >>> asked.to_frame()["median"].round(2).tolist()
    [0.3, 0.6, 0.45]
    """
    columns = {name: _as_list(x) for name, x in (("low", low), ("median", median), ("high", high))}
    count = len(columns["low"])
    asked = range(1, count + 1) if experts is None else _as_list(experts)
    names = [f"expert {name}" if experts is None else str(name) for name in asked]
    given = [1.0] * count if weights is None else _as_list(weights)
    problems = [*no_level(level), *not_among(quantity=(quantity, _QUANTITIES))]
    lengths = {name: len(values) for name, values in columns.items()}
    lengths |= {"experts": len(names), "weights": len(given)}
    if len(set(lengths.values())) > 1 or count == 0:
        said = ", ".join(f"{number} in {name}" for name, number in lengths.items())
        problems.append(Problem(said, "one of each for every expert", "write them in one order"))
    else:
        problems += _wrong_quantiles(names, columns, quantity)
    problems += [*_wrong_weights(given), *_wrong_unit(quantity, unit), *_one_name(names)]
    refuse(*problems)
    shares = np.array(given, dtype=float)
    quantiles = {name: np.array(values, dtype=float) for name, values in columns.items()}
    return Elicited(
        tuple(map(str, names)),
        **quantiles,
        weights=shares / shares.sum(),
        level=level,
        quantity=quantity,
        unit=unit,
    )


def _as_list(given: object) -> list[float]:
    """Return a number or a sequence of numbers as a list."""
    if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str):
        return list(given)
    return [given]  # type: ignore[list-item]  # checked with the others, so that all is said at once


def _wrong_quantiles(
    names: list[str], columns: dict[str, list[float]], quantity: str
) -> list[Problem]:
    """Return the experts whose quantiles are none."""
    most, words = (1.0, " <= 1") if quantity == "shift_share" else (_MOST, f" <= {_MOST:g}")
    rows = zip(names, *columns.values(), strict=True)
    return [
        Problem(
            f"{name}: low, median, high = {low!r}, {median!r}, {high!r}",
            f"0 <= low < median < high{words}",
            "ask again; a share is a fraction, 0.5 for half",
        )
        for name, low, median, high in rows
        if not (all(map(is_finite, (low, median, high))) and 0 <= low < median < high <= most)
    ]


def _wrong_unit(quantity: str, unit: object) -> list[Problem]:
    """Return the problem of a flow without a unit, or of a share with one."""
    if not isinstance(unit, str) or (quantity == "flow") != bool(unit.strip()):
        given = f"unit = {unit!r} of a {quantity}"
        return [Problem(given, "a unit for a flow, none for a share", 'write unit="kg per year"')]
    return []


def _one_name(names: list[str]) -> list[Problem]:
    """Return the problem of experts that cannot be told apart."""
    twice = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
    if not twice:
        return []
    return [Problem(f"experts of one name: {', '.join(twice)}", "a name each", "rename them")]


def _wrong_weights(weights: list[float]) -> list[Problem]:
    """Return the problem of weights that cannot be made to sum to one."""
    if all(is_finite(w) and 0 <= w <= _MOST for w in weights) and sum(weights) > 1 / _MOST:
        return []
    needed = f"numbers from 0 to {_MOST:g}, not all of them 0"
    return [Problem(f"weights = {weights!r}", needed, "leave them out")]
