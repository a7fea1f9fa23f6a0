"""Conformal inference for any Model: impose each null, learn from all periods, shift residuals."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace

import numpy as np

from shiftexp.design import Design
from shiftexp.effects import Effects, ShiftedLaw, SilentLaw
from shiftexp.errors import DesignError, Problem, QualityWarning, SmallSampleWarning
from shiftexp.estimators.cautions import (
    below_zero,
    flagged_values,
    is_withheld,
    learnt_before_steps,
    not_used,
    of_the_data,
)
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.inference.settings import check_model
from shiftexp.inference.wrapping import solve_every
from shiftexp.kernels.cases import Answers, Cases, Floats
from shiftexp.kernels.conformal import gaps, no_effect_p, null_axis, share_as_large, shifted_sums
from shiftexp.kernels.scale import Scale, from_scale, level_effect, to_scale
from shiftexp.panel import Panel
from shiftexp.result import Fitted, Model, Result
from shiftexp.scalars import no_seed, not_whole, refuse

_LEAST_POINTS = 9
_ABSENT = np.array([np.nan])
_WEAK = (
    "with a trend fitted the signed sum has little power: at 10 % none to a third of shifts of 3 "
    "standard deviations of a period are found (measured at 15 to 40 periods)"
)
# Persistence does not go away with length, and no short series rules it out: said of every window.
_OVERSIZED = (
    "too many true nulls are rejected where errors are persistent: at nominal 10 %, measured at 15 "
    "to 120 periods, up to 21 % where they are autocorrelated by .8, up to 27 % by .9, up to 45 % "
    "where the level itself drifts; compare with it, do not rest on it"
)


@dataclass(frozen=True)
class Conformal:
    r"""Test every pair of effects: impose it and see whether the post-onset residuals stand out.

    .. math:: p_a(\delta) = \frac{1}{n} \#\{\text{shifts } \pi : |S_\pi| \ge |S|\}, \qquad
       S = \textstyle\sum_{t \in post} a \cdot u_t(\delta)

    where u are the residuals of both sides, the model fitted on all periods with the null
    :math:`\delta` imposed; the p of a half-plane in direction a is the largest over its nulls.

    Parameters
    ----------
    model : Model
        What gives the counterfactual, such as ``InterruptedTimeSeries(trend=False)``.
    points : int, default 61
        Nulls on each axis of the grid, about the estimate; at least 9.
    rng : int, default 1
        Every wrapper takes a seed; here all n shifts are enumerated, so nothing is drawn.

    Raises
    ------
    TypeError
        When ``model`` is a class, or has no batched ``solve``, such as another wrapper.
    DesignError
        When ``points`` is no whole number from 9, or ``rng`` no seed.

    Notes
    -----
    The statistic is the signed sum, never the sum of absolute residuals: with a level fitted on all
    periods the latter has power below its size in balanced windows. The smallest p is 1/n, 2/n when
    n_pre = n_post; where it exceeds the error allowed the interval is the whole line.

    When not to use it: as the main test where errors may be persistent, which no short series can
    rule out (measured size at nominal 10 %, 15 to 120 periods: 4 to 12 % with autocorrelation up to
    .4, 11 to 21 % with .8, 13 to 27 % with .9, 16 to 45 % where the level drifts; it falls slowly
    with length where errors are autocorrelated, and not at all where the level drifts); with a
    trend (none to a third of shifts of 3 sd are found at 10 %).

    References
    ----------
    Chernozhukov, V., Wuthrich, K. & Zhu, Y. (2021). An exact and robust conformal inference method
    for counterfactual and synthetic controls. Journal of the American Statistical Association, 116,
    1849-1864. https://doi.org/10.1080/01621459.2021.1920957

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, autocorrelation=0.0, rng=3)
    >>> result = sx.Conformal(sx.InterruptedTimeSeries(trend=False)).fit(panel, design)
    >>> bool(result["destination"].p_value <= 0.1)
    True
    """

    model: Model
    points: int = field(default=61, kw_only=True)
    rng: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be wrapped."""
        check_model(self.model, "Conformal")
        refuse(
            *not_whole("points", self.points, _LEAST_POINTS, "leave it at 61"),
            *no_seed(self.rng),
        )

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the model's estimate with the conformal law of the pair.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design, or has no fit of an imposed
            null.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SmallSampleWarning)
            warnings.simplefilter("ignore", QualityWarning)  # given again below
            plain = self.model.fit(panel, design)
        case = self.model.prepare(panel, design)
        annual = float(case.seasons) if plain.effects.additive else 1.0
        inverted = self._law(case, annual, plain.effects)
        silent = is_withheld(plain.notes)
        window = design.window(panel)
        blank = np.full_like(plain.paths.conf_low, np.nan)
        return replace(
            plain,
            estimator=repr(self),
            fitted=Fitted(self, panel),
            name=f"{plain.name}, conformal",
            inference=plain.inference if silent else "conformal, moving block, signed sum",
            effects=replace(plain.effects, law=SilentLaw() if silent else inverted),
            paths=replace(plain.paths, conf_low=blank, conf_high=blank),
            notes=(
                *self._notes(
                    int(case.used[0].sum()), inverted.resolution, of_the_data(plain.notes)
                ),
                *learnt_before_steps(window, case.treated[0], design),
                *below_zero(plain.paths, getattr(self.model, "scale", "level")),
                *flagged_values(window, donors=bool(design.donors), stacklevel=3),
                *not_used(panel, design, exposure=getattr(self.model, "effort", "none") == "none"),
            ),
        )

    @property
    def together(self) -> bool:
        """Whether there are :meth:`answers`: a model whose residuals move as its values do."""
        return isinstance(self.model, SeriesModel) and self.model.proportional

    def answers(
        self, panel: Panel, design: Design, y: Floats, a: Floats, level: float, *, sets: bool
    ) -> Answers:
        """Return estimates and p-values of many data sets of one study, at once.

        Parameters
        ----------
        panel, design : Panel and Design
            The study; its own values only say what is observed.
        y : array of shape (B, U, T)
            Other values for origin, destination and donors, in units per period.
        a : array of shape (m, 2)
            Directions: (1, 0) asks for the origin, (1, 1) for the net effect.
        level : float
            Confidence level, which changes no p here.
        sets : bool
            Intervals are not found this way.

        Returns
        -------
        Answers
            NaN for p where the model withholds its own; where two nulls are one, too, for the grid
            of ``fit`` has one of them.

        Raises
        ------
        DesignError
            When intervals are wanted, or the model's residuals do not move in proportion to what is
            taken off a side.
        """
        if sets or not isinstance(self.model, SeriesModel) or not self.together:
            given = f"{self!r} for many data sets at once, sets={sets}"
            needed = "a model in levels whose regression is fixed, and p-values alone"
            raise DesignError(Problem(given, needed, "fit them one by one"))
        del level  # all shifts are enumerated: a p is the same at every level
        estimates, told = self.model.estimates(panel, design, y)
        case = self.model.prepare(panel, design)
        annual = float(case.seasons) if panel.indicators[0].additive else 1.0
        used, post = case.used[0], case.treated[0][case.used[0]]
        values = np.where(np.isfinite(case.y), y, np.nan)
        cases = case.repeat(len(y)).with_values(values).learn_from_all()
        residuals, step = _residuals(self.model, cases), _residuals_of_step(self.model, cases)
        axes = null_axis(cases.pair[:, :, used], post, estimates / annual, self.points)
        sums, steps = shifted_sums(residuals, post), shifted_sums(step, post)
        p = np.stack([no_effect_p(sums, steps, axes, one) for one in a], axis=1)
        apart = np.asarray((np.diff(axes) > 0).all(axis=(1, 2)))
        p[~(told & apart)] = np.nan
        none = np.full(p.shape, np.nan)
        return Answers(estimates @ a.T, p, none, none)

    def _law(self, case: Cases, annual: float, plain: Effects) -> ShiftedLaw:
        """Return the inverted test of every pair on a grid."""
        scale: Scale = getattr(self.model, "scale", "level")
        used, treated, post = case.used[0], case.treated[0], case.post[0]
        z, observed = to_scale(case.pair[0], scale), case.pair[0][:, post]
        present = np.isfinite(case.pair[0][:, used]).all(axis=1)
        on_level = scale == "level"
        centre = plain.mean / annual if on_level else np.log(plain.observed / plain.base)
        axes = [
            np.unique(null_axis(z[i, used], treated[used], centre[i], self.points))
            if present[i]
            else _ABSENT
            for i in (0, 1)
        ]
        levels = [
            level_effect(observed[i], axes[i][:, None], scale).mean(axis=1) * annual for i in (0, 1)
        ]
        nulls = _grid(axes)
        imposed = from_scale(z - np.nan_to_num(nulls)[:, :, None] * treated, scale)
        every = case.with_pair(imposed).learn_from_all()
        path = solve_every(self.model, every, "imposed nulls").path
        residuals = (to_scale(imposed, scale) - to_scale(path, scale))[:, :, used]
        sums = shifted_sums(residuals, treated[used])
        return ShiftedLaw(
            points=_grid(levels),
            sums=sums,
            cells=_grid([gaps(axis) for axis in levels]),
            slope=np.full(2, annual) if on_level else plain.base,
            resolution=self._far(sums[:, present]),
        )

    def _far(self, sums: Floats) -> float:
        """Return the p of a null far from the data, whose residuals are a step with tied shifts."""
        return float(share_as_large(sums[-1] - sums[0]).max())

    def _notes(self, periods: int, resolution: float, of_data: tuple[str, ...]) -> tuple[str, ...]:
        """Say, and warn of, where the method is known to be weak, and what the data caution."""
        notes = [f"{periods} periods: the smallest p that can come out is {resolution:.3g}"]
        notes.append(_WEAK if getattr(self.model, "trend", False) else _OVERSIZED)
        notes += of_data
        for note in notes[1:]:
            warnings.warn(note, SmallSampleWarning, stacklevel=3)
        return tuple(notes)


def _residuals(model: Model, cases: Cases) -> Floats:
    """Return residuals of fits on all periods, shape (C, 2, n)."""
    return np.asarray((cases.pair - model.solve(cases).path)[:, :, cases.used[0]])


def _residuals_of_step(model: Model, cases: Cases) -> Floats:
    """Return by how much residuals move with one unit of effect on each side, shape (2, n)."""
    first = cases.take(np.zeros(1, dtype=np.int64))
    moved = first.with_pair(first.pair + first.treated[:, None])
    return np.asarray((_residuals(model, moved) - _residuals(model, first))[0])


def _grid(axes: list[Floats]) -> Floats:
    """Return all pairs of two axes, shape (g, 2)."""
    first, second = np.meshgrid(*axes, indexing="ij")
    return np.stack([first.ravel(), second.ravel()], axis=1)
