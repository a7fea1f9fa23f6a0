"""Several tests at once: adjusted p-values for a family, one p for what they have in common."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from shiftexp.effects import DIRECTIONS
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.combination import MOST_SCORED, cauchy_p, harmonic_mean, harmonic_p
from shiftexp.result import Result
from shiftexp.scalars import error_rate, is_between, is_number, plural
from shiftexp.table import Table, format_number

PValues: TypeAlias = "Mapping[str, float] | pd.Series[float] | Sequence[float] | Sequence[Result]"
_METHODS = {
    "bonferroni": ("bonferroni", "familywise error, any dependence"),
    "holm": ("holm", "familywise error, any dependence"),
    "hochberg": ("simes-hochberg", "familywise error, independent or positively dependent tests"),
    "hommel": ("hommel", "familywise error, independent or positively dependent tests"),
    "bh": ("fdr_bh", "false discovery rate, independent or positively dependent tests"),
    "by": ("fdr_by", "false discovery rate, any dependence"),
}
_COMBINATIONS = ("cauchy", "harmonic")


@dataclass(frozen=True, eq=False, repr=False)
class AdjustedPValues(Table):
    """A family of tests with p-values that hold for all of them together.

    Attributes
    ----------
    names : tuple of str
        The K tests.
    p_value, adjusted : array of shape (K,)
        Each test alone, and within the family; NaN where a test gave no answer.
    method : str
        How they were adjusted.
    controls : str
        The error rate that is held, and under which dependence.
    level : float
        A test is rejected when its adjusted p is at most 1 - ``level``.
    notes : tuple of str
        Tests without an answer, resolution, where the method is known to be weak.
    """

    names: tuple[str, ...]
    p_value: Floats
    adjusted: Floats
    method: str
    controls: str
    level: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def rejected(self) -> tuple[str, ...]:
        """Names of the tests that are rejected."""
        hits = self.adjusted <= error_rate(self.level)
        return tuple(name for name, hit in zip(self.names, hits, strict=True) if hit)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each test: name, p, adjusted p, what follows."""
        answers = [
            "no answer" if math.isnan(p) else "rejected" if n in self.rejected else "not rejected"
            for n, p in zip(self.names, self.p_value, strict=True)
        ]
        return pd.DataFrame(
            {
                "test": self.names,
                "p_value": self.p_value,
                "p_adjusted": self.adjusted,
                "answer": answers,
                "method": self.method,
            }
        )

    def summary(self) -> str:
        """Return the family in words."""
        alpha = format_number(error_rate(self.level))
        head = f"{len(self.names)} tests, {self.method} ({self.controls}), level {alpha}"
        lines = [head, "", str(self), "", *self.notes]
        return "\n".join([*lines, "not rejected is not the same as no effect: see equivalence"])


@dataclass(frozen=True)
class CombinedPValue(Table):
    """One p-value for the hypothesis that all of several tests have nothing to find.

    Attributes
    ----------
    method : str
        "cauchy" or "harmonic".
    p_value : float
        The combined p; NaN when no test gave an answer.
    raw : float
        The harmonic mean before its correction, no p-value by itself; NaN for Cauchy.
    count, silent : int
        Tests combined, and tests that gave no answer.
    notes : tuple of str
        What the number rests on.
    """

    method: str
    p_value: float
    raw: float
    count: int
    silent: int
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row."""
        fields = ("method", "p_value", "raw", "count", "silent")
        return pd.DataFrame([{name: getattr(self, name) for name in fields}])


def adjust(
    p_values: PValues,
    method: str = "holm",
    *,
    estimand: str = "destination",
    level: float = 0.95,
) -> AdjustedPValues:
    """Return p-values that hold for a whole family of tests, declared in advance.

    Parameters
    ----------
    p_values : mapping or Series of name to p, sequence of p, or sequence of Result
        The family. A NaN stays in it, shown as "no answer" and counted as a p of 1: a planned test
        that could not be made does not make the others easier.
    method : {"holm", "bonferroni", "hochberg", "hommel", "bh", "by"}, default "holm"
        The first four hold the familywise error, the last two the false discovery rate; Holm,
        Bonferroni and BY whatever the dependence.
    estimand : str, default "destination"
        Which p to take from results: "origin", "destination" or "net".
    level : float, default 0.95
        1 minus the error rate to be held.

    Raises
    ------
    DesignError
        When the family is none or empty, a name is given twice, a p is no number or lies outside
        (0, 1] (no test has a p of 0), ``method`` or ``estimand`` is unknown, or ``level`` is not
        strictly between 0 and 1: everything that is wrong, at once.
    EstimandNotIdentified
        When a result cannot answer ``estimand``.

    Notes
    -----
    When not to use it: to select after the fact which tests make the family.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics, 6, 65-70. https://www.jstor.org/stable/4615733
    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
    Statistical Society B, 57, 289-300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> family = {"labs": 0.01, "seizures": 0.02, "arrests": 0.2}
    >>> adjust(family).adjusted.round(2).tolist(), adjust(family).rejected
    ([0.03, 0.04, 0.2], ('labs', 'seizures'))
    """
    family = _family(p_values, estimand)
    problems = [*family.problems, *_word_problems("method", method, tuple(_METHODS))]
    if not is_between(level, 0, 1):
        needed = "a number strictly between 0 and 1"
        problems.append(Problem(f"level = {level!r}", needed, "write 0.95 for an error of 5 %"))
    if problems:
        raise DesignError(problems)
    p = np.array(family.p_values, dtype=float)
    silent = np.isnan(p)
    word, controls = _METHODS[method]
    counted = np.where(silent, 1.0, p)
    adjusted = _holm(counted) if method == "holm" else _other_steps(counted, word, level)
    return AdjustedPValues(
        names=tuple(family.names),
        p_value=p,
        adjusted=np.where(silent, np.nan, adjusted),
        method=method,
        controls=controls,
        level=level,
        notes=_silence(int(silent.sum()), len(p), "counted in the family as a p of 1"),
    )


def _holm(p: Floats) -> Floats:
    """Return p-values after Holm's steps; the other library collects garbage at every call."""
    order = p.argsort()
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def _other_steps(p: Floats, word: str, level: float) -> Floats:
    """Return p-values after the steps of another method."""
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p, alpha=error_rate(level), method=word)[1])


def combine(
    p_values: PValues,
    method: Literal["cauchy", "harmonic"] = "cauchy",
    *,
    weights: Sequence[float] | None = None,
    estimand: str = "destination",
) -> CombinedPValue:
    r"""Return one p for the hypothesis that none of several dependent tests has anything to find.

    .. math:: p_{Cauchy} = \frac12 - \frac1\pi \arctan \sum_i w_i \tan[(\tfrac12 - p_i) \pi]

    .. math:: \bar p = 1 / \sum_i (w_i / p_i)

    and the harmonic mean is referred to Landau's law, which makes it asymptotically exact.

    Parameters
    ----------
    p_values : mapping or Series of name to p, sequence of p, or sequence of Result
        One-sided p-values of one hypothesis, or two-sided ones. A NaN is left out, counted and
        noted.
    method : {"cauchy", "harmonic"}, default "cauchy"
        Both allow for dependence when the combined p is small.
    weights : sequence of float, optional
        One for each p, not negative; equal by default. They are scaled to sum to 1.
    estimand : str, default "destination"
        Which p to take from results: "origin", "destination" or "net".

    Raises
    ------
    DesignError
        When the family is none or empty, a p is no number or lies outside (0, 1], ``method`` or
        ``estimand`` is unknown, or the weights do not fit the p-values: everything at once.
    EstimandNotIdentified
        When a result cannot answer ``estimand``.

    Notes
    -----
    A p near 1 has a Cauchy score so low that it hides all others, and one of exactly 1 has none:
    scores are truncated (Fang et al., 2023), at .99 by our choice, and a note says so.

    When not to use it: on specifications of one indicator (they are one test asked several ways);
    to say which test found something (see :func:`adjust`). Under strong dependence and at p-values
    that are not small both may be too small.

    References
    ----------
    Liu, Y. & Xie, J. (2020). Cauchy combination test. Journal of the American Statistical
    Association, 115, 393-402. https://doi.org/10.1080/01621459.2018.1554485
    Fang, Y., Chang, C., Park, Y. & Tseng, G. C. (2023). Heavy-tailed distribution for combining
    dependent p-values. Statistica Sinica, 33, 1115-1142. https://doi.org/10.5705/ss.202022.0046
    Wilson, D. J. (2019). The harmonic mean p-value for combining dependent tests. Proceedings of
    the National Academy of Sciences, 116, 1195-1200. https://doi.org/10.1073/pnas.1814092116

    Examples
    --------
    >>> round(combine([0.01, 0.02, 0.03, 0.2, 0.6]).p_value, 7)
    0.0267552
    >>> found = combine([0.01, 0.02, 0.03, 0.2, 0.6], "harmonic")
    >>> round(found.raw, 7), round(found.p_value, 4)
    (0.0263158, 0.0303)
    """
    family = _family(p_values, estimand)
    share, wrong = _shares(weights, len(family.names))
    problems = [*family.problems, *wrong, *_word_problems("method", method, _COMBINATIONS)]
    if problems:
        raise DesignError(problems)
    p = np.array(family.p_values, dtype=float)
    kept = np.isfinite(p) & (share > 0)
    silent = int(np.isnan(p).sum())
    notes = _silence(silent, len(p), "left out")
    count = int(kept.sum())
    if not count:
        return CombinedPValue(method, math.nan, math.nan, 0, silent, notes)
    used, scaled = p[kept], share[kept] / share[kept].sum()
    raw = float(harmonic_mean(used, scaled)) if method == "harmonic" else math.nan
    if count == 1:
        answer = float(used[0])
    elif method == "harmonic":
        # Landau's law is a limit for many tests; of few and large ones it can fall below the mean.
        answer = max(float(harmonic_p(np.array(raw), count)), raw)
    else:
        answer = float(cauchy_p(used, scaled))
        if (used > MOST_SCORED).any():
            notes = (*notes, f"p above {MOST_SCORED:g} counts as that: Cauchy scores are truncated")
    return CombinedPValue(method, answer, raw, count, silent, notes)


@dataclass
class _Family:
    """Tests by name, and what is wrong with them."""

    problems: list[Problem]
    names: list[str] = field(default_factory=list)
    p_values: list[Any] = field(default_factory=list)


def _family(given: Any, estimand: str) -> _Family:  # noqa: ANN401 - whatever the user gives
    """Return p-values by name: as given, by number, or by the indicator of a result."""
    family = _Family(_word_problems("estimand", estimand, tuple(DIRECTIONS)))
    if not _is_family(given):
        what = "a single Result" if isinstance(given, Result) else f"p-values {reprlib.repr(given)}"
        needed = "a mapping, Series or list of p-values, or a list of results"
        family.problems.append(Problem(what, needed, "put the whole family in a list"))
        return family
    unasked = bool(family.problems)  # results have no p of an estimand that is none
    labelled = isinstance(given, Mapping | pd.Series)
    for label, value in given.items() if labelled else enumerate(given, start=1):
        is_result = isinstance(value, Result)
        unnamed = is_result and not labelled
        family.names.append(_result_name(value, label, family.names) if unnamed else str(label))
        asked = value[estimand].p_value if is_result and not unasked else value
        family.p_values.append(math.nan if asked is pd.NA or (is_result and unasked) else asked)
    family.problems += _p_problems(family)
    return family


def _is_family(given: object) -> bool:
    """Tell whether something holds several tests, one after the other."""
    single = isinstance(given, str | bytes | Result) or not isinstance(given, Iterable)
    return not single and getattr(given, "ndim", 1) == 1


def _result_name(result: Result, number: int, taken: Sequence[str]) -> str:
    """Return the indicator of a result, with the method or its number where that is not enough."""
    indicator = result.indicator.name
    several = (indicator, f"{indicator}, {result.name}", f"{indicator}, {result.name}, {number}")
    return next((name for name in several if name not in taken), several[-1])


def _p_problems(family: _Family) -> list[Problem]:
    """Return what cannot be a family of p-values."""
    if not family.names:
        return [Problem("no p-values", "at least one", "give the tests declared in advance")]
    problems = []
    if twice := tuple(sorted({n for n in family.names if family.names.count(n) > 1})):
        given = f"{plural(len(twice), 'name')} given twice"
        problems.append(Problem(given, "names that differ", "rename the tests", twice))
    members = list(zip(family.names, family.p_values, strict=True))
    other = tuple(f"{name}: {reprlib.repr(p)}" for name, p in members if not is_number(p))
    if other:
        needed = "numbers above 0, at most 1"
        remedy = "write nan for a test without an answer"
        problems.append(
            Problem(f"{len(other)} p-values that are no numbers", needed, remedy, other)
        )
    numbers = [(name, float(p)) for name, p in members if is_number(p)]
    wrong = tuple(f"{name}: {p:g}" for name, p in numbers if not (0 < p <= 1 or math.isnan(p)))
    if wrong:
        remedy = "write the smallest p the test can give in place of 0"
        given = f"{len(wrong)} p-values"
        problems.append(Problem(given, "numbers above 0, at most 1", remedy, wrong))
    return problems


def _word_problems(name: str, word: object, known: tuple[str, ...]) -> list[Problem]:
    """Return what is wrong with a word that should be one of a few."""
    if word in known:
        return []
    return [Problem(f"{name} = {word!r}", f"one of {', '.join(known)}", suggest(str(word), known))]


def _shares(weights: Sequence[float] | None, count: int) -> tuple[Floats, list[Problem]]:
    """Return weights of so many p-values, and what is wrong with them."""
    if weights is None:
        return np.ones(count), []
    try:
        found = np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        found = np.array(math.nan)
    if found.shape == (count,) and (found >= 0).all() and 0 < found.sum() < np.inf:
        return found, []
    given = f"weights = {reprlib.repr(weights)}"
    needed = f"{count} finite numbers >= 0, not all 0"
    return found, [Problem(given, needed, "leave them out for equal weights")]


def _silence(silent: int, count: int, fate: str) -> tuple[str, ...]:
    """Say how many tests gave no answer and what became of them."""
    return (f"{silent} of {count} tests gave no answer: {fate}",) if silent else ()
