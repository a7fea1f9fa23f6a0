"""Exact accounts of a change: shift-share, and the logarithmic mean Divisia index (LMDI-I)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from shiftexp.errors import Problem
from shiftexp.kernels.accounting import lmdi_effects, shift_share_terms
from shiftexp.kernels.cases import Floats, lock
from shiftexp.scalars import refuse
from shiftexp.table import Table

ACCOUNTING = "accounting"
SUMS_TO_ZERO = (
    "the relative shifts of a segment add up to zero by construction: they call any difference in "
    "growth a shift, and are no evidence that anything moved"
)
OUTSIDE = "growth beyond that of the reference, whatever its cause: no evidence that anything moved"
Amounts = pd.DataFrame | ArrayLike


@dataclass(frozen=True, eq=False, repr=False)
class ShiftShare(Table):
    """The change of every unit and segment in three parts that add up to it: accounting.

    Attributes
    ----------
    units, segments : tuple of str
        Names of the rows and columns.
    before, after, national, mix, relative_shift : array of shape (U, K)
        Amounts, and the three parts of the change.
    reference : str
        What growth is compared with.
    note : str
        What the relative shift is not.
    """

    units: tuple[str, ...]
    segments: tuple[str, ...]
    before: Floats
    after: Floats
    national: Floats
    mix: Floats
    relative_shift: Floats
    reference: str
    note: str

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each unit and segment, labelled as accounting."""
        shape = self.before.shape
        return pd.DataFrame(
            {
                "unit": np.repeat(self.units, shape[1]),
                "segment": np.tile(self.segments, shape[0]),
                "before": self.before.ravel(),
                "after": self.after.ravel(),
                "change": (self.after - self.before).ravel(),
                "national": self.national.ravel(),
                "mix": self.mix.ravel(),
                "relative_shift": self.relative_shift.ravel(),
                "reference": self.reference,
                "reads_as": ACCOUNTING,
            }
        )


@dataclass(frozen=True, eq=False, repr=False)
class LogMeanDecomposition(Table):
    """The effects of factors on the change of a total, which they add up to exactly: accounting.

    Attributes
    ----------
    factors : tuple of str
        Names of the F factors.
    effects : array of shape (F,)
        Their effects, in the unit of the total.
    before, after : float
        The total.
    """

    factors: tuple[str, ...]
    effects: Floats
    before: float
    after: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def change(self) -> float:
        """What the total changed by."""
        return self.after - self.before

    @property
    def residual(self) -> float:
        """What no factor accounts for: zero up to rounding."""
        return self.change - float(self.effects.sum())

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each factor and one for the total, labelled as accounting."""
        rows = {"factor": [*self.factors, "total"], "effect": [*self.effects, self.change]}
        return pd.DataFrame(rows).assign(reads_as=ACCOUNTING)


def shift_share(
    before: Amounts, after: Amounts, *, reference: tuple[ArrayLike, ArrayLike] | None = None
) -> ShiftShare:
    r"""Return the change of every unit and segment as national growth, mix and relative shift.

    .. math:: y_{i1k} - y_{i0k} = y_{i0k} G + y_{i0k} (G_k - G) + (y_{i1k} - y_{i0k} (1 + G_k))

    with G and G_k the growth of the reference, overall and in a segment. Not to be taken for the
    shift share of `shift_share_bounds`, which is about a flow; this is accounting.

    Parameters
    ----------
    before, after : DataFrame or array of shape (U, K)
        Amounts of U units in K segments; a frame has the units as index, the segments as columns.
    reference : tuple of two arrays of shape (K,), optional
        Amounts of a reference before and after. Without it the sum of the units is the reference,
        and the relative shifts of a segment add up to zero whatever the data; with another they are
        free.

    Returns
    -------
    ShiftShare
        A row for each unit and segment.

    Raises
    ------
    DesignError
        When amounts are not numbers from 0 on, shapes or names do not agree, or a segment of the
        reference was empty before; all are listed.

    References
    ----------
    Dunn, E. S. (1960). A statistical and analytical technique for regional analysis. Papers in
    Regional Science, 6(1), 97-112. https://doi.org/10.1111/j.1435-5597.1960.tb01705.x

    Examples
    --------
    >>> found = shift_share([[100, 50], [20, 30]], [[90, 60], [50, 40]])
    >>> found.relative_shift.sum(axis=0).round(9) + 0.0
    array([0., 0.])
    """
    first, last = _table(before), _table(after)
    base = (first.sum(axis=0), last.sum(axis=0)) if reference is None else _pair(reference)
    refuse(*_not_amounts(before, after, (first, last), base))
    terms = shift_share_terms(first, last, None if reference is None else base)
    units, segments = _names(before, first.shape)
    return ShiftShare(
        units=units,
        segments=segments,
        before=first,
        after=last,
        national=terms.national,
        mix=terms.mix,
        relative_shift=terms.competitive,
        reference="the sum of the units" if reference is None else "the reference given",
        note=SUMS_TO_ZERO if reference is None else OUTSIDE,
    )


def _table(amounts: Amounts) -> Floats:
    """Return amounts as numbers, without any where they are none."""
    try:
        return np.asarray(amounts, dtype=float)
    except (TypeError, ValueError):
        return np.empty(0)


def _pair(reference: Sequence[ArrayLike]) -> tuple[Floats, Floats]:
    """Return the two rows of a reference, without numbers where it is none."""
    rows = [np.atleast_1d(_table(row)) for row in reference] if len(reference) == 2 else []
    return (rows[0], rows[1]) if rows else (np.empty(0), np.empty(0))


def _names(amounts: Amounts, shape: tuple[int, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names of units and segments: those of a frame, or numbers."""
    if isinstance(amounts, pd.DataFrame):
        return tuple(map(str, amounts.index)), tuple(map(str, amounts.columns))
    return tuple(map(str, range(shape[0]))), tuple(map(str, range(shape[1])))


def _not_amounts(
    before: Amounts, after: Amounts, amounts: tuple[Floats, Floats], base: tuple[Floats, Floats]
) -> list[Problem]:
    """Return what keeps amounts from being decomposed."""
    shapes = f"before of shape {amounts[0].shape}, after of shape {amounts[1].shape}"
    needed = "numbers, one row for each unit and one column for each segment"
    if amounts[0].ndim != 2 or amounts[0].shape != amounts[1].shape or not amounts[0].size:
        return [Problem(shapes, needed, "give both in one shape")]
    problems = []
    if isinstance(before, pd.DataFrame) and isinstance(after, pd.DataFrame):
        same = before.index.equals(after.index) and before.columns.equals(after.columns)
        if not same:
            given = "units or segments of before and after that differ"
            problems.append(Problem(given, "the same names in one order", "reindex one of them"))
    for name, table in (("before", amounts[0]), ("after", amounts[1])):
        if not (np.isfinite(table) & (table >= 0)).all():
            given = f"{name} holds amounts that are missing, infinite or below 0"
            problems.append(Problem(given, "numbers from 0 on", "leave those segments out"))
    wanted = (amounts[0].shape[1],)
    if any(row.shape != wanted for row in base):
        given = f"a reference of shapes {base[0].shape} and {base[1].shape}"
        problems.append(Problem(given, f"two rows of shape {wanted}", "give (before, after)"))
    elif not (np.isfinite(base[0]) & (base[0] > 0) & np.isfinite(base[1]) & (base[1] >= 0)).all():
        given = f"a reference of {base[0].tolist()} before and {base[1].tolist()} after"
        problems.append(Problem(given, "segments above 0 before", "leave empty segments out"))
    return problems


def lmdi(before: Mapping[str, ArrayLike], after: Mapping[str, ArrayLike]) -> LogMeanDecomposition:
    r"""Return the effect of each factor on the change of a total, exactly (LMDI-I).

    .. math:: V = \sum_i \prod_k x_{ki}, \qquad
       \Delta V_k = \sum_i L(V_{i1}, V_{i0}) \ln(x_{k1i} / x_{k0i}), \qquad
       L(a, b) = (a - b) / \ln(a / b)

    Parameters
    ----------
    before, after : mapping of str to number or array of shape (N,)
        The factors by name, such as controls, seizures per control, kg per seizure; a single number
        holds for all N groups.

    Returns
    -------
    LogMeanDecomposition
        The effects, which add up to the change without a rest: accounting, no evidence of a cause.

    Raises
    ------
    DesignError
        When the factors of both do not have the same names, are not numbers above zero, or do not
        have the same number of groups; all are listed.

    References
    ----------
    Ang, B. W. (2005). The LMDI approach to decomposition analysis: a practical guide. Energy
    Policy, 33(7), 867-871. https://doi.org/10.1016/j.enpol.2003.10.010

    Examples
    --------
    >>> found = lmdi({"seizures": 100, "kg each": 2.0}, {"seizures": 150, "kg each": 3.0})
    >>> found.effects.round(1), round(found.residual, 9)
    (array([125., 125.]), 0.0)
    """
    refuse(*_not_factors(before, after))
    first, last = (_factors(given, tuple(before)) for given in (before, after))
    refuse(*_not_groups(first, last))
    start, end = (np.stack(np.broadcast_arrays(*factors), axis=-1) for factors in (first, last))
    return LogMeanDecomposition(
        factors=tuple(map(str, before)),
        effects=lmdi_effects(start, end),
        before=float(start.prod(axis=-1).sum()),
        after=float(end.prod(axis=-1).sum()),
    )


def _factors(given: Mapping[str, ArrayLike], names: tuple[str, ...]) -> list[Floats]:
    """Return the factors in one order, each of shape (N,) or (1,)."""
    return [np.atleast_1d(np.asarray(given[name], dtype=float)) for name in names]


def _not_factors(before: object, after: object) -> list[Problem]:
    """Return what keeps two mappings from being the same factors, all of them above zero."""
    remedy = 'write {"seizures": 100, "kg each": 2.0}'
    sides = (("before", before), ("after", after))
    problems = [
        Problem(f"{name} = {side!r}", "factors by name", remedy)
        for name, side in sides
        if not isinstance(side, Mapping) or not side
    ]
    if problems:
        return problems
    for name, side in sides:
        for factor, values in side.items() if isinstance(side, Mapping) else ():
            numbers = _table(values)
            if not numbers.size or not (np.isfinite(numbers) & (numbers > 0)).all():
                given, needed = f"{name}[{factor!r}] = {values!r}", "numbers above zero"
                problems.append(Problem(given, needed, "leave groups without any out"))
    if isinstance(before, Mapping) and isinstance(after, Mapping) and set(before) != set(after):
        given = f"factors {list(before)} before and {list(after)} after"
        problems.append(Problem(given, "the same factors", "name them alike"))
    return problems


def _not_groups(first: list[Floats], last: list[Floats]) -> list[Problem]:
    """Return the problem of factors with different numbers of groups."""
    shapes = {factor.shape for factor in (*first, *last)} - {(1,)}
    if len(shapes) < 2 and all(factor.ndim == 1 for factor in (*first, *last)):
        return []
    given = f"factors of shapes {sorted(shapes)}"
    return [Problem(given, "one number for each group, or one for all", "give one row each")]
