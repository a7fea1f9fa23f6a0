"""What wrappers share: the wrapped fit, its one case, and the way back to a Result."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import Law, SilentLaw
from shiftexp.errors import DesignError, Problem, QualityWarning, SmallSampleWarning
from shiftexp.estimators.cautions import (
    below_zero,
    flagged_values,
    is_withheld,
    learnt_before_steps,
    not_used,
    of_the_data,
    outside_itself,
)
from shiftexp.kernels.cases import Booleans, Cases, Fit, Floats
from shiftexp.kernels.resampling import without_effect
from shiftexp.kernels.scale import Scale, level_effect, to_scale
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Estimator, Fitted, Model, Paths, Result


@dataclass(frozen=True, eq=False)
class Prepared:
    """A study as a model sees it, before anything is said of its errors.

    Attributes
    ----------
    model : Model
        What is wrapped.
    panel, design : Panel, Design
        What it was given.
    window : Window
        What the design sees.
    case : Cases
        The study as one case.
    fit : Fit
        The model's batched answer to it: the estimate that placebos and draws are compared with.
    """

    model: Model
    panel: Panel
    design: Design
    window: Window
    case: Cases
    fit: Fit

    @property
    def scale(self) -> Scale:
        """Scale of the model."""
        scale: Scale = getattr(self.model, "scale", "level")
        return scale

    @property
    def annual(self) -> float:
        """Periods in a year where values add up over it, 1 where they do not."""
        return float(self.case.seasons) if self.panel.indicators[0].additive else 1.0

    @property
    def effect(self) -> Floats:
        """The estimate, shape (2,), in level units per year."""
        return np.asarray(self.fit.effect[0] * self.annual)

    @property
    def present(self) -> Booleans:
        """Sides that the study has, shape (2,)."""
        return np.asarray(self.case.focal[0] >= 0)

    @property
    def compared(self) -> Floats:
        """The estimate where it is compared with others, shape (2,): per year, or in logs."""
        return np.asarray(self.effects_of(self.case, self.fit)[0])

    def gaps(self, cases: Cases, fit: Fit) -> Floats:
        """Return observed minus counterfactual, shape (C, 2, T), in level units per year or logs.

        On a log scale everything is compared in logs, where a rise by a factor and a fall by the
        same factor are equally large.
        """
        gaps = self._on_scale(cases, fit)
        return np.asarray(gaps * (self.annual if self.scale == "level" else 1.0))

    def effects_of(self, cases: Cases, fit: Fit) -> Floats:
        """Return the mean effects of cases, shape (C, 2), in the unit of :meth:`gaps`."""
        if self.scale == "level":
            return np.asarray(fit.effect * self.annual)
        return post_means(cases, self.gaps(cases, fit))

    def fitted(self, cases: Cases, fit: Fit) -> Floats:
        """Return the effect of every post period on the model's scale, shape (C, 2, n).

        What is left of the gaps without their errors: a mean, and a slope where the model has one.
        The cases have the periods of the study.
        """
        after = self.case.post[0]
        gaps = self._on_scale(cases, fit)
        flat = gaps[:, :, after].reshape(-1, int(after.sum()))
        trend = bool(getattr(self.model, "trend", False))
        effects = flat - without_effect(flat, self.case.time[after], trend=trend)
        return np.asarray(effects.reshape(len(gaps), 2, -1))

    def _on_scale(self, cases: Cases, fit: Fit) -> Floats:
        """Return observed minus counterfactual on the model's scale, per period."""
        with np.errstate(divide="ignore", invalid="ignore"):  # periods left out may hold zeros
            return np.asarray(to_scale(cases.pair, self.scale) - to_scale(fit.path, self.scale))

    def in_levels(self, fitted: Floats) -> Floats:
        """Return mean level effects, per year, of effects (C, 2, n) on the model's scale."""
        observed = self.case.pair[0][:, self.case.post[0]]
        return np.asarray(level_effect(observed, fitted, self.scale).mean(axis=-1) * self.annual)


@dataclass(frozen=True, eq=False)
class Wrapped(Prepared):
    """A study with the model's own result.

    Attributes
    ----------
    plain : Result
        What the model says by itself.
    """

    plain: Result


def prepare(model: Model, panel: Panel, design: Design) -> Prepared:
    """Solve the study's one case.

    Parameters
    ----------
    model : Model
        What is wrapped.
    panel : Panel
        One indicator.
    design : Design
        The study.
    """
    case = model.prepare(panel, design)
    return Prepared(model, panel, design, design.window(panel), case, model.solve(case))


def solve_every(model: Model, cases: Cases, what: str) -> Fit:
    """Return the model's answers to data sets that a wrapper made; each must have one.

    Parameters
    ----------
    model : Model
        What is wrapped.
    cases : Cases
        The data sets, all with the periods and sides of one study.
    what : str
        What they are, in the plural.

    Raises
    ------
    DesignError
        When the model has no fit of some of them: a law without them would be of others.
    """
    fit = model.solve(cases)
    present = cases.focal[0] >= 0
    paths = fit.path[:, present][:, :, cases.used[0]]
    lost = int((~np.isfinite(paths)).any(axis=(1, 2)).sum())
    if lost:
        raise DesignError(
            Problem(
                f"{lost} of {len(cases)} {what} without a fit by {model!r}",
                "a model that fits every one",
                "fit the model as it is, or wrap DifferenceInDifferences(scale='log_count')",
            )
        )
    return fit


def wrap(model: Model, panel: Panel, design: Design) -> Wrapped:
    """Fit the model and keep what a wrapper builds on; its own warnings are for its own law.

    Parameters
    ----------
    model : Model
        What is wrapped.
    panel : Panel
        One indicator.
    design : Design
        The study.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        warnings.simplefilter("ignore", QualityWarning)  # given again by unwrap
        plain = model.fit(panel, design)
    return Wrapped(**vars(prepare(model, panel, design)), plain=plain)


def unwrap(
    wrapped: Wrapped,
    wrapper: Estimator,
    *,
    law: Law,
    inference: str,
    notes: tuple[str, ...],
    cautions: tuple[str, ...],
    assumptions: tuple[str, ...],
    serial: bool = True,
    stacklevel: int = 3,
) -> Result:
    """Return the estimate that is tested with another law, and warn of every caution.

    Parameters
    ----------
    wrapped : Wrapped
        The study.
    wrapper : Estimator
        The wrapper, whose repr makes it again.
    law : Law
        The law of the pair.
    inference : str
        Where it comes from.
    notes, cautions : tuple of str
        What is said, and what is said and warned of.
    assumptions : tuple of str
        What must be true besides what the model assumes.
    serial : bool, default True
        Whether the law goes by the study's own periods: then a test that the model withholds,
        because its trend bends by itself, is withheld here too.
    stacklevel : int, default 3
        How far up the call of ``fit`` is, so that warnings name its line.
    """
    plain = wrapped.plain
    silent = serial and is_withheld(plain.notes)
    law = SilentLaw() if silent else law
    carried = of_the_data(plain.notes)
    if serial:  # ranks among donors do not rest on the errors of the study's own periods
        cautions, carried = (*cautions, *carried), ()
    for caution in cautions:
        warnings.warn(caution, SmallSampleWarning, stacklevel=stacklevel)
    mean, paths, others = _shown(wrapped)
    blank = np.full_like(paths.conf_low, np.nan)
    effects = replace(plain.effects, law=law, mean=mean, base=plain.effects.observed - mean)
    return replace(
        plain,
        estimator=repr(wrapper),
        fitted=Fitted(wrapper, wrapped.panel),
        name=f"{plain.name}, {inference.split(',', maxsplit=1)[0]}",
        inference=plain.inference if silent else inference,
        effects=effects,
        paths=replace(paths, conf_low=blank, conf_high=blank),
        assumptions=(*plain.assumptions, *assumptions),
        notes=(
            *notes,
            *cautions,
            *carried,
            *others,
            *outside_itself(effects, plain.level),
            *learnt_before_steps(wrapped.window, wrapped.case.treated[0], wrapped.design),
            *below_zero(paths, wrapped.scale),
            *flagged_values(
                wrapped.window, donors=bool(wrapped.design.donors), stacklevel=stacklevel + 1
            ),
            *not_used(
                wrapped.panel,
                wrapped.design,
                exposure=getattr(wrapped.model, "effort", "none") == "none",
            ),
        ),
    )


def _shown(wrapped: Wrapped) -> tuple[Floats, Paths, tuple[str, ...]]:
    """Return the estimate that is tested, its paths, and what the model itself says if not that.

    A model may show another estimate than the least-squares one that placebos and draws are
    compared with, such as a posterior mean: an interval belongs to the estimate it is about.
    """
    plain, solved = wrapped.plain, wrapped.effect
    own = plain.effects.mean
    scale = float(np.nanmax(np.abs(plain.effects.observed), initial=0.0))
    if np.allclose(own, solved, rtol=1e-6, atol=1e-9 * scale, equal_nan=True):
        return own, plain.paths, ()
    parts = [f"{side} {own[row]:.4g}" for row, side in enumerate(SIDES) if wrapped.present[row]]
    said = (
        f"the estimate shown is the one that is tested; the model by itself says {', '.join(parts)}"
    )
    return solved, _solved_paths(wrapped), (said,)


def _solved_paths(wrapped: Wrapped) -> Paths:
    """Return the paths of the least-squares fit; from the onset on the gap is the fitted effect."""
    case, paths = wrapped.case, wrapped.plain.paths
    post, pair = case.post[0], case.pair[0]
    gap = np.full_like(pair, np.nan)
    fitted = wrapped.fitted(case, wrapped.fit)[0]
    gap[:, post] = level_effect(pair[:, post], fitted, wrapped.scale)
    after = np.arange(pair.shape[1]) >= wrapped.window.onsets[0]
    path = np.where(after, pair - gap, wrapped.fit.path[0])
    return replace(paths, counterfactual=path, effect=pair - path)


def resolution_note(count: int, what: str, resolution: float, level: float) -> str:
    """Say the smallest p that can come out, and what it means for the intervals shown."""
    said = f"{count} {what}: the smallest p that can come out is {resolution:.3g}"
    if resolution <= 1 - level + 1e-12:
        return said
    return f"{said}, so {level:.0%} intervals are the whole line"


def post_means(cases: Cases, values: Floats) -> Floats:
    """Return means over the post periods, shape (C, 2); NaN where there are none."""
    post = cases.post[:, None, :]
    count = post.sum(axis=2).astype(float)
    total = np.where(post, values, 0.0).sum(axis=2)
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))
