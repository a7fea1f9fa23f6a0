"""Capture and recapture: how many there are of whom a part was found, and what was found of all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeGuard

import numpy as np
import pandas as pd

from shiftexp.errors import Problem
from shiftexp.kernels.capture_recapture import (
    Limits,
    PopulationSize,
    chao,
    chao_bias_corrected,
    chapman,
    lincoln_petersen,
    log_normal_limits,
    ratio_limits,
    zelterman,
)
from shiftexp.kernels.tails import t_quantile
from shiftexp.scalars import is_whole, no_level, not_among, refuse
from shiftexp.table import Table, format_number

Method: TypeAlias = Literal[
    "chapman", "lincoln-petersen", "chao", "chao bias-corrected", "zelterman"
]
_TWO_LISTS = {"chapman": chapman, "lincoln-petersen": lincoln_petersen}
_REPEATED = {"chao": chao, "chao bias-corrected": chao_bias_corrected, "zelterman": zelterman}
_METHODS = (*_TWO_LISTS, *_REPEATED)
_FEW_ON_BOTH, _MOST = 7, 10**12
_COUNT = f"a whole number, 0 to {_MOST:,}"
_CLOSED = "assumes a closed population: nobody comes, leaves or starts anew between the finds"
_INDEPENDENT = (
    "assumes that being on one list does not change the chance of being on the other: who is "
    "watched once found makes N too small, who hides or is locked up makes it too large"
)
_POISSON = "assumes finds of one person to be Poisson"
_UNLIKE = "where persons differ, N is a lower bound of their number, hence detection an upper one"
_UNLIKE_ZELTERMAN = "where persons differ, N may be too small or too large"
_ONE_INFLATED = (
    "who is found once and then never again (locked up, warned, gone: one-inflation) makes N too "
    "large: it is a lower bound only where a find does not change behaviour"
)


@dataclass(frozen=True)
class CaptureRecapture(Table):
    """How many there are, and the share of them that was found.

    Attributes
    ----------
    method : str
        The estimator.
    found : int
        Distinct persons or sites found, n.
    counted : int
        Those of them that the indicator counts; n unless said otherwise.
    size, se : float
        Estimated number of all of them, N, and its standard error.
    low, high : float
        Log-normal limits of N.
    level : float
        Their confidence level.
    notes : tuple of str
        What it assumes and how it fails.
    """

    method: str
    found: int
    counted: int
    size: float
    se: float
    low: float
    high: float
    level: float
    notes: tuple[str, ...] = ()

    @property
    def detection(self) -> float:
        """The share found, q = counted / N."""
        return self.counted / self.size

    @property
    def detection_limits(self) -> tuple[float, float]:
        """Limits of the share found."""
        return self.counted / self.high, self.counted / self.low

    def to_frame(self) -> pd.DataFrame:
        """Return one row for the number of all of them and one for detection."""
        rows = [
            ("population size", self.size, self.low, self.high, self.method),
            ("detection", self.detection, *self.detection_limits, self.method),
        ]
        return pd.DataFrame(rows, columns=["quantity", "estimate", "low", "high", "method"])

    def summary(self) -> str:
        """Return the table and what it assumes."""
        head = f"{self.found} found, {self.counted} counted, level {format_number(self.level)}"
        return "\n".join((head, "", str(self), "", *self.notes))


@dataclass(frozen=True)
class DetectionChange(Table):
    """Detection after over detection before, from two estimates by capture and recapture.

    Attributes
    ----------
    ratio : float
        r, detection after over before.
    low, high : float
        Its limits.
    level : float
        Their confidence level.
    because : str
        The counts behind it.
    """

    ratio: float
    low: float
    high: float
    level: float
    because: str

    @property
    def box(self) -> tuple[float, float]:
        """The limits, as ``Detection`` takes them for a side."""
        return self.low, self.high

    @property
    def error(self) -> float:
        """Standard deviation of log r: the drift that is left once finds were divided by r."""
        z = t_quantile(math.inf, (1 + self.level) / 2)
        return math.log(self.high / self.low) / (2 * z)

    @property
    def drift(self) -> float:
        """The drift of finds left as they are: root of (log r)^2 plus the square of its error."""
        return math.hypot(math.log(self.ratio), self.error)

    def to_frame(self) -> pd.DataFrame:
        """Return one row."""
        fields = ("ratio", "low", "high", "error", "drift")
        return pd.DataFrame([{name: getattr(self, name) for name in fields}])


def capture_recapture(
    *,
    first: int | None = None,
    second: int | None = None,
    both: int | None = None,
    frequencies: Sequence[int] | None = None,
    counted: int | None = None,
    method: Method = "chapman",
    level: float = 0.95,
) -> CaptureRecapture:
    r"""Return how many there are of whom a part was found, and detection q = n / N.

    Parameters
    ----------
    first, second, both : int, optional
        For "chapman" and "lincoln-petersen": distinct persons on each of two lists and on both.
    frequencies : sequence of int, optional
        For "chao", "chao bias-corrected" and "zelterman": how many persons were found exactly once,
        twice, three times and so on; the last may hold those found as often or more often.
    counted : int, optional
        How many of the persons found the indicator counts, such as those on the list of the police
        alone; by default all of them.
    method : str, default "chapman"
        The estimator.
    level : float, default 0.95
        Confidence level of the log-normal limits.

    Returns
    -------
    CaptureRecapture
        N and q with limits, and notes on what they assume.

    Raises
    ------
    DesignError
        When counts are no whole numbers, contradict each other, or say nothing of those not found:
        nobody on both lists, nobody found twice.

    Notes
    -----
    Lincoln-Petersen :math:`n_1 n_2 / m`; Chapman :math:`(n_1+1)(n_2+1)/(m+1) - 1`; Chao
    :math:`n + f_1^2 / (2 f_2)`, bias-corrected :math:`n + f_1 (f_1 - 1) / (2 (f_2 + 1))`; Zelterman
    :math:`n / (1 - e^{-\lambda})` with :math:`\lambda = 2 f_2 / f_1`. Limits are those of Chao
    (1987): :math:`N - n` is log-normal, so that N is never below what was found; of two lists they
    are those of Lincoln-Petersen, since about Chapman's estimate they are too narrow where few are
    on both. Detection is that of these persons in this window: what was counted over all there
    were.

    Examples
    --------
    Opiate users in Bangkok, 1991: in treatment, arrested, and both (Mastro and others, 1994).

    >>> import shiftexp as sx
    >>> users = sx.capture_recapture(first=4064, second=1540, both=171)
    >>> round(users.size), round(users.detection, 3)
    (36419, 0.149)
    """
    lists = {"first": first, "second": second, "both": both}
    refuse(*not_among(method=(method, _METHODS)), *no_level(level))
    if method in _TWO_LISTS:
        numbers = _list_counts(lists, frequencies, method)
        found, spread = _TWO_LISTS[method](*numbers), lincoln_petersen(*numbers)
        notes = (_CLOSED, _INDEPENDENT, *_few_notes(numbers[2]))
    else:
        once, twice, total = _repeat_counts(frequencies, lists, method)
        found = spread = _REPEATED[method](once, twice, total)
        unlike = _UNLIKE_ZELTERMAN if method == "zelterman" else _UNLIKE
        notes = (_CLOSED, _POISSON, unlike, _ONE_INFLATED)
    return _answer(method, found, spread, counted, level, notes)


def detection_change(before: CaptureRecapture, after: CaptureRecapture) -> DetectionChange:
    """Return detection after over before: the box of a side, and a measured drift.

    Parameters
    ----------
    before, after : CaptureRecapture
        By one method at one level, of separate windows. Of one place before and after the onset
        they give the box of that side; of origin and destination before it, the ratio of both.

    Raises
    ------
    DesignError
        When one of them is no such estimate, or methods or levels differ.

    Notes
    -----
    The limits of both are recovered on the log scale and added as squares (Zou & Donner 2008).
    What biases both alike, such as persons unlike each other, leaves the ratio in part.

    Examples
    --------
    >>> import shiftexp as sx
    >>> change = sx.detection_change(
    ...     sx.capture_recapture(frequencies=(200, 60, 20), method="chao"),
    ...     sx.capture_recapture(frequencies=(180, 80, 40), method="chao"),
    ... )
    >>> detection = sx.Detection(drift=change.drift, destination=change.box, because=change.because)
    >>> [round(end, 2) for end in detection.destination], round(change.drift, 2)
    ([1.01, 1.71], 0.3)
    """
    _check_pair(before, after)
    found = ratio_limits(_detection(before), _detection(after))
    because = (
        f"capture and recapture ({before.method}): {before.counted} of "
        f"{format_number(before.size)} found before, {after.counted} of "
        f"{format_number(after.size)} after"
    )
    return DetectionChange(
        float(found.value), float(found.low), float(found.high), before.level, because
    )


def _answer(
    method: str,
    found: PopulationSize,
    spread: PopulationSize,
    counted: int | None,
    level: float,
    notes: tuple[str, ...],
) -> CaptureRecapture:
    """Return the answer with the limits of another estimate, or refuse if none were missed."""
    n = int(found.found)
    problems = []
    if not found.size > n:
        given = f"an estimate of {n}, the number found"
        needed = "some who are on one list alone, or two or more found once"
        problems.append(Problem(given, needed, "report the number found; its error is not known"))
    if counted is not None and not (is_whole(counted) and 0 < counted <= n):
        needed = f"a whole number from 1 to {n}, the distinct persons found"
        problems.append(Problem(f"counted = {counted!r}", needed, "leave it out to count all"))
    refuse(*problems)
    limits = log_normal_limits(spread, level)
    return CaptureRecapture(
        method=method,
        found=n,
        counted=n if counted is None else int(counted),
        size=float(found.size),
        se=float(found.se),
        low=float(limits.low),
        high=float(limits.high),
        level=level,
        notes=notes,
    )


def _list_counts(
    lists: dict[str, int | None], frequencies: object, method: str
) -> tuple[int, int, int]:
    """Return the three counts of two lists, or refuse all that is wrong with them."""
    problems = _superfluous(method, frequencies=frequencies)
    counts = {}
    for name, value in lists.items():
        if _is_count(value):
            counts[name] = int(value)
        else:
            needed = f"{_COUNT} ({method} needs two lists)"
            problems.append(Problem(f"{name} = {value!r}", needed, "count distinct persons"))
    if len(counts) == len(lists):
        n1, n2, m = counts["first"], counts["second"], counts["both"]
        if m > min(n1, n2):
            given = f"both = {m} with first = {n1} and second = {n2}"
            problems.append(Problem(given, "both at most as large as either", "check the matching"))
        if m == 0:
            given, needed = "both = 0", "at least one person on both lists"
            problems.append(Problem(given, needed, "lengthen the window or take larger lists"))
    refuse(*problems)
    return counts["first"], counts["second"], counts["both"]


def _repeat_counts(
    frequencies: Sequence[int] | None, lists: dict[str, int | None], method: str
) -> tuple[int, int, int]:
    """Return f1, f2 and n, or refuse all that is wrong with the frequencies."""
    problems = _superfluous(method, **lists)
    listed = isinstance(frequencies, Sequence | np.ndarray) and not isinstance(frequencies, str)
    given = list(frequencies) if frequencies is not None and listed else []
    if len(given) < 2:
        needed = f"at least the numbers found once and twice ({method} needs them)"
        remedy = "write frequencies=(f1, f2, ...)"
        problems.append(Problem(f"frequencies = {frequencies!r}", needed, remedy))
    wrong = [f"f{k} = {value!r}" for k, value in enumerate(given, 1) if not _is_count(value)]
    problems += [Problem(text, _COUNT, "count distinct persons") for text in wrong]
    if len(given) >= 2 and not wrong:
        problems += _no_repeats(given, method)
    refuse(*problems)
    return int(given[0]), int(given[1]), int(sum(given))


def _no_repeats(frequencies: Sequence[int], method: str) -> list[Problem]:
    """Return the problems of frequencies that say nothing of those not found."""
    problems = []
    if sum(frequencies[1:]) == 0:
        needed = "somebody found twice or more often"
        problems.append(Problem(f"f1 = {frequencies[0]} alone", needed, "lengthen the window"))
    elif frequencies[1] == 0 and method != "chao bias-corrected":
        remedy = "write method='chao bias-corrected'"
        problems.append(Problem("f2 = 0", f"f2 > 0, by which {method} divides", remedy))
    if frequencies[0] == 0:
        needed = "somebody found exactly once"
        problems.append(Problem("f1 = 0", needed, "report the number found; all were found again"))
    return problems


def _is_count(value: object) -> TypeGuard[int]:
    """Tell whether a value is a whole number of persons, which is not negative."""
    return is_whole(value) and 0 <= value <= _MOST


def _superfluous(method: str, **given: object) -> list[Problem]:
    """Return the problems of settings that a method does not read."""
    return [
        Problem(f"{name} with method {method!r}", "what that method reads", f"leave {name} out")
        for name, value in given.items()
        if value is not None
    ]


def _few_notes(both: int) -> tuple[str, ...]:
    """Return the caution for few persons on both lists."""
    if both >= _FEW_ON_BOTH:
        return ()
    return (f"only {both} on both lists, fewer than {_FEW_ON_BOTH}: limits too low too often",)


def _detection(found: CaptureRecapture) -> Limits:
    """Return detection with its limits."""
    low, high = found.detection_limits
    return Limits(np.asarray(found.detection), np.asarray(low), np.asarray(high))


def _check_pair(before: object, after: object) -> None:
    """Refuse what cannot be compared."""
    problems = [
        Problem(f"{name} = {value!r}", "an estimate", "write sx.capture_recapture(...)")
        for name, value in (("before", before), ("after", after))
        if not isinstance(value, CaptureRecapture)
    ]
    refuse(*problems)
    for name in ("method", "level"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            given = f"{name} = {one!r} before and {other!r} after"
            problems.append(Problem(given, f"the same {name}", "estimate both in the same way"))
    refuse(*problems)
