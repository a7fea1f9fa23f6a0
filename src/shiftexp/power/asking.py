"""What is written down of one data set: estimates and sets of a fit, or what a verdict leaves."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.detection import Detection
from shiftexp.effects import DIRECTIONS, Effects
from shiftexp.errors import (
    DesignError,
    EstimandNotIdentified,
    Problem,
    ShiftexpError,
    SmallSampleWarning,
)
from shiftexp.kernels.cases import Answers
from shiftexp.plane import NO_SET, ConfidenceSet, sectors
from shiftexp.power.chunks import Record
from shiftexp.result import Batched, Estimator
from shiftexp.simulate import Scenario
from shiftexp.verdict import weigh

PAIR, OFFSET_RATIO = "pair", "offset_ratio"
ALONE = ("origin", "destination")
_ROUNDING = 1e-12
ASKABLE = (*DIRECTIONS, OFFSET_RATIO, PAIR)


@dataclass(frozen=True)
class Rule:
    """The whole verdict as something to calibrate: estimators, and what is declared with them.

    Parameters
    ----------
    estimators : tuple of Estimator
        The specifications that are weighed.
    detection : Detection, optional
        As in ``weigh``; without it the default drift is integrated.
    margin : float, default 0.10
        As in ``weigh``.

    Raises
    ------
    TypeError
        When the estimators stand in no sequence, or one is none (a class, say).
    DesignError
        When ``detection`` is no ``Detection``, or ``margin`` no positive number; both are listed.

    Examples
    --------
    >>> import shiftexp as sx
    >>> Rule((sx.InterruptedTimeSeries(trend=False),), sx.Detection(drift=0.0)).margin
    0.1
    """

    estimators: tuple[Estimator, ...]
    detection: Detection | None = None
    margin: float = 0.10

    def __post_init__(self) -> None:
        """Take several estimators as a tuple, and refuse what is no rule."""
        given: object = self.estimators
        if isinstance(given, str) or not isinstance(given, Iterable):
            message = f"Rule({given!r}): the estimators stand in a tuple, as in Rule((estimator,))"
            raise TypeError(message)
        for each in given:
            check_estimator(each)
        object.__setattr__(self, "estimators", tuple(given))
        problems = []
        if not (self.detection is None or isinstance(self.detection, Detection)):
            told = f"detection = {self.detection!r}"
            problems.append(Problem(told, "a Detection", "write sx.Detection(drift=0.10)"))
        margin: object = self.margin
        if not (isinstance(margin, int | float) and 0 < margin < math.inf):
            told = f"margin = {self.margin!r}"
            problems.append(Problem(told, "a positive share", "write 0.10 for 10 %"))
        if problems:
            raise DesignError(problems)


def check_estimator(method: object) -> None:
    """Refuse what cannot be fitted, classes among them.

    Raises
    ------
    TypeError
        When it is no estimator.
    """
    if isinstance(method, type):
        message = f"{method.__name__} is a class; build an estimator, as in {method.__name__}()"
        raise TypeError(message)
    if not callable(getattr(method, "fit", None)):
        what = type(method).__name__
        message = f"{what} is no estimator; give one, such as sx.InterruptedTimeSeries()"
        raise TypeError(message)


@dataclass(frozen=True)
class AskFit:
    """Fits an estimator and writes down what it says of some estimands.

    Attributes
    ----------
    estimator : Estimator
        The method.
    estimands : tuple of str
        Of ``ASKABLE``; "pair" is the joint region.
    level : float
        Confidence level.
    sets : bool
        Whether sets are asked for, which takes longer than a p-value.
    """

    estimator: Estimator
    estimands: tuple[str, ...]
    level: float
    sets: bool = True

    def __call__(self, scenario: Scenario, values: np.ndarray) -> list[Record]:
        """Return what each data set gives; a refusal is its words."""
        if (
            isinstance(self.estimator, Batched)
            and self.estimator.scale == "level"
            and not {PAIR, OFFSET_RATIO} & set(self.estimands)
        ):
            return self._together(self.estimator, scenario, values)
        return [self._one(scenario, each) for each in values]

    def _together(self, estimator: Batched, scenario: Scenario, values: np.ndarray) -> list[Record]:
        """Return what all data sets give, asked at once; warnings are those of the first."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            panel, design = scenario.study(values[0])
            try:
                estimator.fit(panel, design)
            except ShiftexpError as refusal:
                return [{"refused": words_of(refusal)}] * len(values)
        asked = identified(scenario, self.estimands)
        a = np.array([DIRECTIONS[estimand] for estimand in asked])
        found = estimator.answers(panel, design, values, a, self.level, sets=self.sets)
        truth = a @ scenario.truth
        warned = small_sample(caught)
        return [
            {"warned": warned}
            | {
                f"{estimand} {word}": plain(value)
                for k, estimand in enumerate(asked)
                for word, value in self._kept(found, i, k, float(truth[k])).items()
            }
            for i in range(len(values))
        ]

    def _kept(self, found: Answers, i: int, k: int, truth: float) -> dict[str, float | bool]:
        """Return estimate, answer and set of one data set in one direction."""
        said: dict[str, float | bool] = {"estimate": float(found.estimate[i, k])}
        p, low, high = (float(part[i, k]) for part in (found.p_value, found.low, found.high))
        if math.isnan(p):
            return said
        said["rejects"] = p <= 1 - self.level + _ROUNDING
        return said | (_of_set(_interval(low, high), truth) if self.sets else {})

    def _one(self, scenario: Scenario, values: np.ndarray) -> Record:
        """Return what one data set gives."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                effects = self.estimator.fit(*scenario.study(values)).effects
            except ShiftexpError as refusal:
                return {"refused": words_of(refusal)}
        record: Record = {"warned": small_sample(caught)}
        for estimand in self.estimands:
            try:
                said = self._said(effects, estimand, scenario.truth)
            except EstimandNotIdentified:
                said = {}
            record |= {f"{estimand} {word}": plain(value) for word, value in said.items()}
        return record

    def _said(
        self, effects: Effects, estimand: str, truth: tuple[float, float]
    ) -> dict[str, float | bool]:
        """Return estimate, p and set of one estimand."""
        if estimand == PAIR:
            corners = effects.region(self.level)
            if np.isnan(corners).any():
                return {}
            return {
                "covers": within(corners, truth),
                "rejects": not within(corners, (0.0, 0.0)),
            }
        if estimand == OFFSET_RATIO:
            found = effects.offset_ratio_set(self.level)
            known = {"estimate": effects.offset_ratio, "rejects": not found.contains(0.0)}
            return (known if found.kind != NO_SET.kind else {}) | _of_set(found, ratio(truth))
        a = DIRECTIONS[estimand]
        p = effects.two_sided_p(a, self.level)
        said: dict[str, float | bool] = {"estimate": effects.estimate(a)}
        if not math.isnan(p):
            said["rejects"] = p <= 1 - self.level + _ROUNDING
        if self.sets:
            said |= _of_set(effects.interval(a, self.level), float(np.dot(a, truth)))
        return said


@dataclass(frozen=True)
class AskRule:
    """Weighs the results of several estimators and writes down the sectors that are left."""

    rule: Rule

    def __call__(self, scenario: Scenario, values: np.ndarray) -> list[Record]:
        """Return what each data set gives; a refusal is its words."""
        return [self._one(scenario, each) for each in values]

    def _one(self, scenario: Scenario, values: np.ndarray) -> Record:
        """Return what one data set gives."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                panel, design = scenario.study(values)
                results = [e.fit(panel, design) for e in self.rule.estimators]
            except ShiftexpError as refusal:
                return {"refused": words_of(refusal)}
            verdict = weigh(results, detection=self.rule.detection, margin=self.rule.margin)
        return {
            "warned": small_sample(caught),
            "left": list(verdict.sectors),
            "declared": verdict.sector,
        }


def words_of(refusal: ShiftexpError) -> str:
    """Return all problems of a refusal in one line.

    Examples
    --------
    >>> words_of(DesignError(Problem("0 donors", "at least two", "name more")))
    '0 donors; needed: at least two; to do: name more'
    """
    return " | ".join(map(str, refusal.problems))


def identified(scenario: Scenario, estimands: Sequence[str]) -> tuple[str, ...]:
    """Return the estimands that have a meaning: of rates, and of levels that differ, each side's.

    Examples
    --------
    >>> identified(Scenario(additive=False), ("origin", "net"))
    ('origin',)
    """
    return tuple(e for e in estimands if scenario.mixes or e in ALONE)


def true_sector(scenario: Scenario, margin: float) -> str:
    """Return the sector that the true effects lie in, the first of them on a border.

    Parameters
    ----------
    scenario : Scenario
        The truth.
    margin : float
        Smallest effect of interest, as a share of the level without it.
    """
    smallest = margin * scenario.annual * np.array(scenario.base)
    return next(s.name for s in sectors(*smallest) if s.contains(*scenario.truth))


def ratio(truth: tuple[float, float]) -> float:
    """Return the true offset ratio; NaN without growth."""
    origin, destination = truth
    return -origin / destination if destination else math.nan


def small_sample(caught: Sequence[warnings.WarningMessage]) -> bool:
    """Tell whether a method warned of its own limits."""
    return any(issubclass(w.category, SmallSampleWarning) for w in caught)


def plain(value: float | bool) -> float | bool | None:  # noqa: FBT001 - any value of a record
    """Return a value as JSON can hold it: None for numbers that are not finite."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return float(value) if math.isfinite(value) else None


def within(corners: np.ndarray, point: Sequence[float]) -> bool:
    """Tell whether a point lies in a convex region given by its corners, counter-clockwise."""
    edges = np.roll(corners, -1, axis=0) - corners
    away = np.asarray(point) - corners
    return bool((edges[:, 0] * away[:, 1] - edges[:, 1] * away[:, 0] >= 0).all())


def _interval(low: float, high: float) -> ConfidenceSet:
    """Return the set between two ends that may be infinite."""
    if math.isinf(low) and math.isinf(high):
        return ConfidenceSet("line", low, high)
    return ConfidenceSet("interval", low, high)


def _of_set(found: ConfidenceSet, truth: float) -> dict[str, float | bool]:
    """Return what is kept of a confidence set; nothing where there is none, or no truth."""
    if found.kind == NO_SET.kind or math.isnan(truth):
        return {}
    return {
        "covers": found.contains(truth),
        "bounded": found.bounded,
        "length": found.high - found.low if found.bounded else math.inf,
    }
