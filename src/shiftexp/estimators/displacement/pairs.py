"""Reads before/after count pairs with their settings, refusing everything wrong at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shiftexp.errors import DesignError, Problem

FloatArray = NDArray[np.float64]

Pair = Sequence[float] | NDArray[np.generic]

OPTIONAL_AREAS = ("displacement_control", "displacement")

_NUMBERS = "iuf"
_ROUNDING = 1e-10
_IN_WORDS = {(2,): "a pair (before, after) of counts", (): "one count"}
_FRACTION_REMEDY = (
    "give counts of events; divide by window or area with the weights, "
    "and use an estimator on series for amounts and rates"
)
_ZERO_REMEDY = "widen the windows, or pass add_half=True to add 0.5 to every count"


class PairReader:
    """Collects the problems of one call, so that the user sees all of them together.

    Each method returns an array of the expected shape, filled with NaN where the input cannot be
    read; nothing may be computed from it before :meth:`finish` has passed.

    Examples
    --------
    >>> reader = PairReader()
    >>> reader.counts("control", (130, 150)).tolist()
    [130.0, 150.0]
    >>> reader.finish()
    """

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(self, given: str, needed: str, remedy: str) -> None:
        """Note a problem that only the caller can see."""
        self._problems.append(Problem(given, needed, remedy))

    def counts(self, name: str, value: object, shape: tuple[int, ...] = (2,)) -> FloatArray:
        """Read counts: finite, not negative, whole; shape (2,) is a pair (before, after)."""
        needed = _IN_WORDS.get(shape, f"counts of shape {shape}, columns (before, after)")
        found = self._numbers(name, value, shape, needed)
        if found is None:
            return np.full(shape, np.nan)
        quoted = f"{name}={value!r}"
        if not np.all(np.isfinite(found)):
            self.add(f"{quoted} is not finite", needed, "fill it from the source or leave it out")
        elif np.any(found < 0):
            self.add(f"{quoted} is negative", needed, "give counts of events, not changes")
        elif np.any(found != np.floor(found)):
            self.add(f"{quoted} is not whole", needed, _FRACTION_REMEDY)
        return found

    def table(self, areas: Mapping[str, object], *, add_half: bool) -> FloatArray:
        """Read one pair per area, shape (areas, 2), with 0.5 added to each count on request."""
        found = np.stack([self.counts(name, value) for name, value in areas.items()])
        return found + 0.5 if add_half else found

    def refuse_zeros(self, areas: Mapping[str, FloatArray]) -> None:
        """Refuse a count of 0 in areas that a ratio divides by or takes the logarithm of."""
        for name, pair in areas.items():
            if np.any(pair == 0):
                shown = tuple(int(count) for count in pair)
                self.add(f"{name}={shown} holds a 0", "counts above 0", _ZERO_REMEDY)

    def refuse_empty(self, areas: Mapping[str, FloatArray]) -> None:
        """Refuse an area without a single event, which would have variance 0."""
        for name, pair in areas.items():
            if np.all(pair == 0):
                self.add(f"{name}=(0, 0)", "at least one event", _ZERO_REMEDY)

    def positive(self, name: str, value: object, size: int) -> FloatArray:
        """Read positive finite numbers, shape (size,)."""
        needed = f"{size} positive finite number{'s' if size > 1 else ''}"
        found = self._numbers(name, value, (size,), needed)
        if found is None:
            return np.full(size, np.nan)
        if not np.all(np.isfinite(found) & (found > 0)):
            self.add(f"{name}={value!r}", needed, "give sizes or lengths above 0")
        return found

    def finite(self, name: str, value: object, shape: tuple[int, ...]) -> FloatArray:
        """Read finite numbers of one shape."""
        needed = f"finite numbers of shape {shape}"
        found = self._numbers(name, value, shape, needed)
        if found is None:
            return np.full(shape, np.nan)
        if not np.all(np.isfinite(found)):
            self.add(f"{name}={value!r}", needed, "replace or leave out what is not finite")
        return found

    def level(self, value: object) -> float:
        """Read a confidence level."""
        needed = "a confidence level between 0 and 1, both excluded"
        found = self._numbers("level", value, (), needed)
        if found is None:
            return float("nan")
        if not 0 < float(found) < 1:
            self.add(f"level={value!r}", needed, "give e.g. 0.95, not 95")
        return float(found)

    def overdispersion(self, value: object) -> float:
        """Read an overdispersion factor."""
        needed = "a variance-to-mean ratio above 0; 1 is Poisson"
        found = self._numbers("overdispersion", value, (), needed)
        if found is None:
            return float("nan")
        if not (np.isfinite(found) and found > 0):
            self.add(
                f"overdispersion={value!r}",
                needed,
                "estimate it as Pearson X^2 / df from sub-periods, and vary it",
            )
        return float(found)

    def covariance(self, name: str, value: object, size: int) -> FloatArray:
        """Read a covariance matrix, shape (size, size)."""
        found = self.finite(name, value, (size, size))
        if np.all(np.isfinite(found)):
            slack = _ROUNDING * np.abs(found).max(initial=0.0)
            symmetric = np.allclose(found, found.T, rtol=0.0, atol=slack)
            if not symmetric or np.any(np.linalg.eigvalsh(found) < -slack):
                self.add(
                    f"{name}={value!r}",
                    "a symmetric, positive semidefinite matrix",
                    "check that rows and columns follow the outcomes",
                )
        return found

    def both_or_neither(self, names: tuple[str, str], values: tuple[object, ...]) -> bool:
        """Say whether an optional area was given, refusing half of it."""
        given = [value is not None for value in values]
        if given[0] != given[1]:
            there, missing = names if given[0] else names[::-1]
            self.add(
                f"{there} without {missing}",
                "both or neither",
                f"give {missing} as well; it is the comparison (or the area) that {there} needs",
            )
        return all(given)

    def finish(self) -> None:
        """Refuse, if anything was wrong.

        Raises
        ------
        DesignError
            If any problem was noted; it lists all of them.
        """
        if self._problems:
            raise DesignError(self._problems)

    def _numbers(
        self, name: str, value: object, shape: tuple[int, ...], needed: str
    ) -> FloatArray | None:
        """Read real numbers of one shape, or note the problem; text and truth values are none."""
        try:
            found = np.asarray(value)
        except ValueError:  # ragged nesting has no shape
            found = np.asarray(None)
        if found.dtype.kind not in _NUMBERS or found.shape != shape:
            self.add(f"{name}={value!r}", needed, "give plain numbers in this shape")
            return None
        return found.astype(np.float64)
