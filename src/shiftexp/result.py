"""The contract: what every estimator takes, what it gives back, and what a wrapper may build on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from shiftexp.design import Design, Gate
from shiftexp.effects import DIRECTIONS, Effects
from shiftexp.errors import EstimandNotIdentified, suggest
from shiftexp.kernels.cases import Answers, Booleans, Cases, Fit, Floats, lock
from shiftexp.kernels.scale import Scale
from shiftexp.panel import Indicator, Panel
from shiftexp.plane import NO_SET, ConfidenceSet
from shiftexp.table import Table

SIDES = ("origin", "destination")
ESTIMANDS = (*DIRECTIONS, "offset_ratio")
_PATHS = ("observed", "counterfactual", "effect", "conf_low", "conf_high")
_MEANING = {
    "origin": "mean of observed minus counterfactual at the origin over the post periods",
    "destination": "mean of observed minus counterfactual at the destination over the post periods",
    "net": "net expansion of both together, origin + destination",
    "offset_ratio": "share of destination growth matched by origin decline, -origin / destination",
}


@dataclass(frozen=True)
class Estimate:
    """One number of a fit with its inference.

    Attributes
    ----------
    estimand : str
        "origin", "destination", "net" or "offset_ratio".
    estimate, std_error, statistic, p_value : float
        NaN where the method does not yield it; the p-value is two-sided, of no effect.
    conf_low, conf_high : float
        Ends of the confidence set.
    conf_kind : str
        "interval", "hull" (of a set in pieces), "complement", "line" or "none".
    inference : str
        Where the set comes from.
    unit : str
        Unit of the estimate.
    """

    estimand: str
    estimate: float
    std_error: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    conf_kind: str
    inference: str
    unit: str


@dataclass(frozen=True, eq=False)
class Paths:
    """Both sides over the window, in level units per period.

    Attributes
    ----------
    labels : tuple of str
        The T periods.
    names : tuple of two str
        Origin and destination; "" for an absent side.
    observed, counterfactual, effect, conf_low, conf_high : array of shape (2, T)
        What was seen, what would have been, the difference after the onset and its pointwise
        interval.
    pre, post : array of shape (T,)
        Periods the counterfactual learned from, and periods the effect is averaged over.
    breaks : tuple of (side, period)
        Reporting breaks that were fitted as steps.
    joint_low, joint_high : array of shape (2, T), optional
        A band that holds the effects of all post periods together.
    """

    labels: tuple[str, ...]
    names: tuple[str, str]
    observed: Floats
    counterfactual: Floats
    effect: Floats
    conf_low: Floats
    conf_high: Floats
    pre: Booleans
    post: Booleans
    breaks: tuple[tuple[str, str], ...] = ()
    joint_low: Floats | None = None
    joint_high: Floats | None = None

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each side and period."""
        role = np.where(self.pre, "pre", np.where(self.post, "post", "left out"))
        frames = [
            pd.DataFrame(
                {"side": side, "unit": name, "period": self.labels, "role": role}
                | {column: getattr(self, column)[i] for column in _PATHS}
                | self._band(i)
            )
            for i, (side, name) in enumerate(zip(SIDES, self.names, strict=True))
            if name
        ]
        return pd.concat(frames, ignore_index=True)

    def _band(self, side: int) -> dict[str, Floats]:
        """Return the columns of the band of one side, where there is one."""
        bands = {"joint_low": self.joint_low, "joint_high": self.joint_high}
        return {name: band[side] for name, band in bands.items() if band is not None}


@dataclass(frozen=True)
class Weights(Table):
    """Weights that a counterfactual gives to donors and to periods before the onset.

    Attributes
    ----------
    rows : tuple of (side, kind, name, weight)
        Side "origin" or "destination", kind "donor" or "period"; empty for methods without weights.
    """

    rows: tuple[tuple[str, str, str, float], ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each side and donor, or period, the heaviest first."""
        frame = pd.DataFrame(self.rows, columns=["side", "kind", "name", "weight"])
        return frame.sort_values(
            ["side", "kind", "weight"], ascending=[False, True, False], ignore_index=True
        )


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was fitted to what: with the design it makes the same result again.

    Attributes
    ----------
    estimator : Estimator
        The estimator, wrapper included.
    panel : Panel
        All that it was given.
    """

    estimator: Estimator
    panel: Panel


@dataclass(frozen=True, eq=False, repr=False)
class Result(Table):
    """What one estimator says of one panel under one design.

    Attributes
    ----------
    estimator : str
        The estimator with its settings; it can be evaluated to build it again.
    name : str
        Its name in words.
    inference : str
        Where p-values and sets come from.
    level : float
        Confidence level of the sets shown.
    effects : Effects
        The pair with its joint law.
    paths : Paths
        Both sides over the window.
    design : Design
        The study as declared.
    gate : Gate
        Whether the data can carry model-based claims.
    indicator : Indicator
        What is measured.
    assumptions : tuple of str
        What must be true for the numbers to mean what they say.
    notes : tuple of str
        Warnings, flagged values used, regions where the method is known to fail.
    dropped : tuple of str
        What was left out, and why.
    weights : Weights
        Of donors and periods, where the method gives any.
    indicators : int
        How many indicators of one level were fitted together.
    fitted : Fitted or None
        Estimator and panel, so that the study can be fitted again.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(rng=1)
    >>> result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    >>> list(result.tidy()["estimand"])
    ['origin', 'destination', 'net', 'offset_ratio']
    """

    estimator: str
    name: str
    inference: str
    level: float
    effects: Effects
    paths: Paths
    design: Design
    gate: Gate
    indicator: Indicator
    assumptions: tuple[str, ...]
    notes: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    weights: Weights = Weights()
    indicators: int = 1
    fitted: Fitted | None = field(default=None, repr=False)

    def __getitem__(self, estimand: str) -> Estimate:
        """Return one estimand: "origin", "destination", "net" or "offset_ratio".

        Raises
        ------
        KeyError
            When there is no estimand of that name.
        EstimandNotIdentified
            When these data or this study cannot answer it.
        """
        if estimand not in ESTIMANDS:
            message = f"estimand {estimand!r}; {suggest(estimand, ESTIMANDS)}"
            raise KeyError(message)
        if estimand == "offset_ratio":
            ratio = self.effects.offset_ratio
            answer = self.effects.offset_ratio_set(self.level)
            return self._estimate(estimand, ratio, math.nan, answer, "ratio")
        a = DIRECTIONS[estimand]
        value, answer = self.effects.estimate(a), self.effects.interval(a, self.level)
        return self._estimate(
            estimand, value, self.effects.two_sided_p(a, self.level), answer, self.effects.unit
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row for each estimand; NaN where there is no answer.

        The p-value is two-sided, of no effect; the set has the level of the estimator.
        """
        return pd.DataFrame(self.estimates)

    @cached_property
    def estimates(self) -> tuple[Estimate, ...]:
        """All estimands, NaN where there is no answer; a law is inverted once, as it takes time."""
        asked = [a for a in DIRECTIONS.values() if self.effects.answers(a)]
        self.effects.intervals(asked, self.level)  # in one search, and kept
        self.effects.two_sided_ps(asked, self.level)
        return tuple(map(self.estimate, ESTIMANDS))

    def estimate(self, estimand: str) -> Estimate:
        """Return one estimand, NaN where there is no answer.

        Parameters
        ----------
        estimand : {"origin", "destination", "net", "offset_ratio"}
            Which; the set of the offset ratio takes longest to find.

        Raises
        ------
        KeyError
            When there is no estimand of that name.
        """
        try:
            return self[estimand]
        except EstimandNotIdentified:
            unit = "ratio" if estimand == "offset_ratio" else self.effects.unit
            return self._estimate(estimand, math.nan, math.nan, NO_SET, unit)

    def to_frame(self) -> pd.DataFrame:
        """Return the same as :meth:`tidy`."""
        return self.tidy()

    def glance(self) -> pd.DataFrame:
        """Return one row about the fit: method, periods, gate, units."""
        row = {
            "estimator": self.estimator,
            "inference": self.inference,
            "indicator": self.indicator.name,
            **dict(zip(SIDES, self.paths.names, strict=True)),
            "n_pre": int(self.paths.pre.sum()),
            "n_post": int(self.paths.post.sum()),
            "n_donors": len(self.design.donors),
            "gate": str(self.gate),
            "level": self.level,
            "unit": self.effects.unit,
        }
        return pd.DataFrame([row])

    def augment(self) -> pd.DataFrame:
        """Return observed, counterfactual, effect and its interval, a row per side and period."""
        return self.paths.to_frame()

    def summary(self) -> str:
        """Return the result in words: estimands, numbers, assumptions, rows used and dropped."""
        origin, destination = (name or "none" for name in self.paths.names)
        labels = np.array(self.paths.labels)
        pre, post = (", ".join(labels[used]) for used in (self.paths.pre, self.paths.post))
        lines = [
            f"{self.name}: {self.indicator.name}, origin {origin}, destination {destination}",
            f"inference: {self.inference}; data gate: {self.gate}",
            "",
            str(self),
            "",
            "Estimands:",
            *(f"  {name}: {meaning}" for name, meaning in _MEANING.items()),
            "Identifying assumptions:",
            *(f"  - {text}" for text in self.assumptions),
            f"Periods used before: {pre}",
            f"Periods used after: {post}",
            *(("Left out:", *(f"  - {text}" for text in self.dropped)) if self.dropped else ()),
            *(("Notes:", *(f"  - {text}" for text in self.notes)) if self.notes else ()),
        ]
        return "\n".join(lines)

    def _estimate(
        self, estimand: str, value: float, p: float, answer: ConfidenceSet, unit: str
    ) -> Estimate:
        """Return an estimate with what the law yields."""
        error = self._std_error(estimand)
        return Estimate(
            estimand=estimand,
            estimate=value,
            std_error=error,
            statistic=value / error if error > 0 else math.nan,
            p_value=p,
            conf_low=answer.low,
            conf_high=answer.high,
            conf_kind=answer.kind,
            inference=self.inference,
            unit=unit,
        )

    def _std_error(self, estimand: str) -> float:
        """Return the standard error of a linear estimand where the law has a covariance."""
        a = DIRECTIONS.get(estimand)
        if a is None or not self.effects.answers(a):
            return math.nan
        try:
            cov = self.effects.cov
        except EstimandNotIdentified:
            return math.nan
        weights = np.outer(a, a)
        variance = float(np.where(weights == 0, 0.0, cov * weights).sum())
        return math.sqrt(variance) if variance > 0 else math.nan


class Estimator(Protocol):
    """Anything that can be fitted: frozen settings, ``fit`` changes nothing."""

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return what the method says of this panel under this design."""


class Model(Estimator, Protocol):
    """An estimator with one pure batched function, so that wrappers solve many cases at once."""

    def prepare(self, panel: Panel, design: Design) -> Cases:
        """Return the study as one case, after checking that the model is defined."""

    def solve(self, cases: Cases) -> Fit:
        """Return counterfactual paths and effects for a batch of cases."""


@runtime_checkable
class Batched(Estimator, Protocol):
    """An estimator that answers many data sets of one study at once, on the level scale."""

    scale: Scale

    def answers(
        self, panel: Panel, design: Design, y: Floats, a: Floats, level: float, *, sets: bool
    ) -> Answers:
        """Return what ``fit`` would say of each data set."""


def check_inputs(panel: object, design: object) -> None:
    """Refuse what is no panel or no design.

    Raises
    ------
    TypeError
        When the two are exchanged, or of another type.
    """
    for name, value, kind in (("panel", panel, Panel), ("design", design, Design)):
        if not isinstance(value, kind):
            remedy = {
                "panel": "read a frame with Panel.from_frame(...)",
                "design": "declare one with Design(origin=..., destination=..., onset=...)",
            }[name]
            message = f"{name} is a {type(value).__name__}, not a {kind.__name__}; {remedy}"
            raise TypeError(message)
