"""Synthetic control of each side by the same clean donors, both together."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from shiftexp.design import Window
from shiftexp.errors import Problem
from shiftexp.estimators.assembling import CLEAN, UNCHANGED
from shiftexp.estimators.cautions import LEAST_BEFORE
from shiftexp.estimators.contrasts import Errors, SeriesSpec, check_settings
from shiftexp.estimators.controls import no_steps
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.scale import Scale
from shiftexp.kernels.synthetic import (
    DonorFit,
    Weighting,
    complete_donors,
    donor_fit,
    weighted_paths,
)
from shiftexp.result import SIDES, Weights
from shiftexp.scalars import is_between, plural, refuse

LEAST_DONORS = 5
FOLDS = 3
# Of the spread about the side's own mean: donors that carry nothing reach 1.1, 5 of them.
_IDLE, _POOR = 1.0, 1.5
_SHOWN, _NOTHING = 0.001, 1e-9


@dataclass(frozen=True, kw_only=True)
class SyntheticControl(SeriesModel):
    r"""Compare each side with the weighted mean of donors that it resembled before the onset.

    .. math:: \hat w_i = \arg\min_{w \ge 0,\ 1'w = 1} \|y_{i,pre} - Y_{0,pre} w\|^2, \qquad
       \hat\Delta_i = \overline{(y_i - Y_0 \hat w_i)}_{post} - \overline{(y_i - Y_0 \hat
       w_i^{(-k)})}_{pre}, \quad i = O, D

    with :math:`w^{(-k)}` the weights fitted without the third of the periods before the onset that
    a period lies in.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where the donors are weighted.
    intercept : bool, default False
        Whether a constant gap before the onset is allowed: changes are fitted, not levels.
    augment : float, optional
        Penalty of a ridge regression that takes up what the simplex leaves (augmented synthetic
        control), relative to the mean square of the donors about each other; weights may then be
        negative. None leaves it out.
    debias : bool, default True
        Whether the gap that weights leave in periods they were not fitted to is taken off. Without
        it the estimate is the plain mean gap, which has no inference of its own: wrap it.
    level : float, default 0.95
        Confidence level of the sets shown.
    errors : {"any", "stationary"}, default "any"
        Errors under which p-values and intervals hold their level, as in InterruptedTimeSeries.
    rng : int, default 1
        Seed of the posterior draws.

    Raises
    ------
    DesignError
        When ``scale`` or ``errors`` is unknown, ``level`` is not strictly between 0 and 1, or
        ``augment`` is no positive number.

    Notes
    -----
    Weights that are fitted to the periods before the onset make gaps there that are too small to
    judge the gaps after it by. So each third of them has the gaps of weights that were fitted to
    the other two (Chernozhukov, Wuthrich & Zhu), and the contrast series made of these goes through
    the EMW-LL test of an effect that may grow or shrink along a line. A side never serves as a
    donor of the other. Weights are exact, and listed in ``result.weights``; those shown are fitted
    to all periods before the onset.

    When not to use it: reporting breaks fitted as steps (refused: split there, or use
    DifferenceInDifferences); fewer than 5 complete donors, or donors that miss a side by half as
    much again as its own mean does (both refused); donors no nearer than that mean, or a side
    outside their hull without ``intercept`` (noted).

    References
    ----------
    Abadie, A., Diamond, A. & Hainmueller, J. (2010). Synthetic control methods for comparative case
    studies. Journal of the American Statistical Association, 105, 493-505.
    https://doi.org/10.1198/jasa.2009.ap08746
    Chernozhukov, V., Wuthrich, K. & Zhu, Y. (2025). Debiasing and t-tests for synthetic control
    inference on average causal effects. https://doi.org/10.48550/arXiv.1812.10820
    Ben-Michael, E., Feller, A. & Rothstein, J. (2021). The augmented synthetic control method.
    Journal of the American Statistical Association, 116, 1789-1803.
    https://doi.org/10.1080/01621459.2021.1929245

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=8, rng=2)
    >>> result = sx.SyntheticControl(intercept=True).fit(panel, design)
    >>> result["destination"].conf_low < 40 < result["destination"].conf_high
    True
    """

    scale: Scale = "level"
    intercept: bool = False
    augment: float | None = None
    debias: bool = True
    level: float = 0.95
    errors: Errors = "any"
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        flags = {"intercept": self.intercept, "debias": self.debias}
        problems = []
        if self.augment is not None and not is_between(self.augment, 0, math.inf):
            given = f"augment = {self.augment!r}"
            problems.append(Problem(given, "a positive penalty", "write augment=1.0, or None"))
        check_settings(self.scale, self.level, self.errors, self.rng, *problems, **flags)

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        how = "with intercept" if self.intercept else "levels matched"
        ridge = "" if self.augment is None else f", ridge {self.augment:g}"
        return SeriesSpec(
            estimator=self,
            title=f"Synthetic control ({self.scale} scale, {how}{ridge})",
            scale=self.scale,
            trend=False,
            seasonal=False,
            growing=True,
            controls=WeightedDonors(
                Weighting(
                    intercept=self.intercept,
                    augment=math.inf if self.augment is None else self.augment,
                    folds=FOLDS if self.debias else 1,
                ),
                anchored=not self.debias,
            ),
            least_squares=True,
            level=self.level,
            errors=self.errors,
            rng=self.rng,
            assumptions=(
                (
                    "without the event each side would have moved as its weighted donors did "
                    f"({self.scale} scale)"
                ),
                CLEAN,
                UNCHANGED,
            ),
        )


@dataclass(frozen=True)
class WeightedDonors:
    """Donors on the simplex of weights, for each side its own."""

    how: Weighting
    anchored: bool
    by_period: bool = field(default=True, init=False)

    def paths(self, values: Floats, cases: Cases) -> Floats:
        """Return weighted donors' paths, shape (C, 2, T)."""
        return weighted_paths(values, cases, self.how)

    def weights(self, values: Floats, cases: Cases) -> Floats:
        """Return the weights fitted to all periods before the onset, shape (C, 2, U)."""
        found = np.zeros((len(cases), 2, values.shape[1]))
        for case, side in np.argwhere(cases.focal >= 0):
            rows = complete_donors(values, cases, case)
            fit = donor_fit(values, cases, case, side, cases.learn[case], self.how)
            found[case, side, rows] = fit.weights
        return found

    def problems(self, window: Window) -> list[Problem]:
        """Return steps, and why these donors are too few, with those that are incomplete."""
        complete = np.asarray(np.isfinite(window.donors[:, window.joint]).all(axis=1))
        if complete.sum() >= LEAST_DONORS:
            return [*no_steps(window), *too_short(window)]
        gaps = tuple(n for n, whole in zip(window.donor_names, complete, strict=True) if not whole)
        return [
            *no_steps(window),
            Problem(
                f"{plural(int(complete.sum()), 'donor')} observed in every used period",
                f"at least {LEAST_DONORS} for a synthetic control",
                "name more donors, exclude the periods that donors lack, or use "
                "DifferenceInDifferences, which takes donors with gaps",
                gaps,
            ),
        ]

    def said(self, values: Floats, cases: Cases, window: Window) -> tuple[tuple[str, ...], Weights]:
        """Return how near donors come, what lies outside their hull, and their weights."""
        rows = complete_donors(values, cases, 0)
        names = [window.donor_names[row - len(SIDES)] for row in rows]
        sides = [side for side in (0, 1) if cases.focal[0, side] >= 0]
        fits = {s: donor_fit(values, cases, 0, s, cases.learn[0], self.how) for s in sides}
        refuse_poor(fits)
        notes = [nearness(side, fit, names) for side, fit in fits.items()]
        for side in sides:
            notes += _outside(values[0], cases, side, rows, intercept=self.how.intercept)
        notes += incomplete_donors(values, cases, window)
        weights = Weights(
            tuple(
                (SIDES[side], "donor", name, float(weight))
                for side, fit in fits.items()
                for name, weight in zip(names, fit.weights, strict=True)
            )
        )
        return tuple(notes), weights


def too_short(window: Window) -> list[Problem]:
    """Return the problem of so few periods that weighted donors can meet them all."""
    before = int(window.joint[: window.onsets[0]].sum())
    if before >= LEAST_BEFORE:
        return []
    given = f"{plural(before, 'period')} before the onset"
    remedy = "widen the window, or use DifferenceInDifferences"
    return [Problem(given, f"at least {LEAST_BEFORE} to weight donors by", remedy)]


def nearness(side: int, fit: DonorFit, names: list[str]) -> str:
    """Say who makes up the synthetic control of a side, and how near it comes."""
    heavy = sorted(zip(fit.weights, names, strict=True), reverse=True)
    shown = ", ".join(f"{name} {weight:.2f}" for weight, name in heavy if weight >= _SHOWN)
    idle = ": no nearer than a flat line" if fit.error > _IDLE * fit.spread else ""
    return (
        f"{SIDES[side]}: {shown}; before the onset the gap has a root mean square of "
        f"{fit.error / fit.spread:.2f} standard deviations of the {SIDES[side]} itself{idle}"
    )


def incomplete_donors(values: Floats, cases: Cases, window: Window) -> tuple[str, ...]:
    """Say which donors are left out for their gaps, if any."""
    kept = complete_donors(values, cases, 0) - len(SIDES)
    names = [n for i, n in enumerate(window.donor_names) if i not in kept]
    return (f"not among the donors, for their gaps: {', '.join(names)}",) if names else ()


def refuse_poor(fits: dict[int, DonorFit]) -> None:
    """Refuse donors that are farther from a side than its own mean.

    Raises
    ------
    DesignError
        With every side concerned.
    """
    level = {side: float(np.abs(fit.path).max()) for side, fit in fits.items()}
    refuse(
        *(
            Problem(
                f"{SIDES[side]} does not vary before the onset",
                "a series that donors can be fitted to",
                "use InterruptedTimeSeries, or WindowContrast for counts",
            )
            for side, fit in fits.items()
            if fit.spread <= _NOTHING * level[side]
        ),
        *(
            Problem(
                f"the weighted donors equal the {SIDES[side]} in every period before the onset",
                "donors that are other places",
                "look for it among the donors, under another name; or name fewer donors",
            )
            for side, fit in fits.items()
            if fit.error <= _NOTHING * level[side] < fit.spread
        ),
    )
    poor = [
        Problem(
            f"{SIDES[side]}: the weighted donors miss it before the onset by {fit.error:.4g} (root "
            f"mean square), its own mean by {fit.spread:.4g}",
            f"donors that miss it by at most {_POOR:g} times as much as a flat line does",
            "write intercept=True when levels differ, name other donors, or use "
            "InterruptedTimeSeries",
        )
        for side, fit in fits.items()
        if fit.error > _POOR * fit.spread
    ]
    refuse(*poor)


def _outside(
    values: Floats, cases: Cases, side: int, rows: np.ndarray, *, intercept: bool
) -> list[str]:
    """Note where a side lies above, or below, every donor before the onset."""
    learn = cases.learn[0]
    own, donors = values[cases.focal[0, side], learn], values[rows][:, learn]
    if intercept:
        own, donors = own - own.mean(), donors - donors.mean(axis=1, keepdims=True)
    beyond = [
        f"{int(outside.sum())} ({word} every donor)"
        for word, outside in (
            ("above", own > donors.max(axis=0)),
            ("below", own < donors.min(axis=0)),
        )
        if outside.any()
    ]
    if not beyond:
        return []
    note = (
        f"{SIDES[side]}: outside the hull of the donors in {' and '.join(beyond)} of {len(own)} "
        "periods before the onset: no weights reach it there"
    )
    return [note]
