"""What wrappers share: the wrapped fit, its one case, and the way back to a Result."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import Law, SilentLaw
from shiftexp.errors import QualityWarning, SmallSampleWarning
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
from shiftexp.kernels.scale import Scale
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Model, Result


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

    def factors(self, cases: Cases, fit: Fit) -> Floats:
        """Return what turns the units of other cases into the study's units per year, shape (C, 2).

        On a log scale effects are alike in relation to the counterfactual, so they are carried to
        the study's own.
        """
        if self.scale == "level":
            return np.full(fit.effect.shape, self.annual)
        base = post_means(self.case, self.case.pair) - self.fit.effect
        return np.asarray(self.annual * base / (post_means(cases, cases.pair) - fit.effect))


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
    wrapper: object,
    *,
    law: Law,
    inference: str,
    notes: tuple[str, ...],
    cautions: tuple[str, ...],
    assumptions: tuple[str, ...],
    serial: bool = True,
    stacklevel: int = 3,
) -> Result:
    """Return the model's estimate with another law, and warn of every caution.

    Parameters
    ----------
    wrapped : Wrapped
        The study.
    wrapper : object
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
    blank = np.full_like(plain.paths.conf_low, np.nan)
    effects = replace(plain.effects, law=law)
    return replace(
        plain,
        estimator=repr(wrapper),
        name=f"{plain.name}, {inference.split(',', maxsplit=1)[0]}",
        inference=plain.inference if silent else inference,
        effects=effects,
        paths=replace(plain.paths, conf_low=blank, conf_high=blank),
        assumptions=(*plain.assumptions, *assumptions),
        notes=(
            *notes,
            *cautions,
            *carried,
            *_other_estimate(wrapped),
            *outside_itself(effects, plain.level),
            *learnt_before_steps(wrapped.window, wrapped.case.treated[0], wrapped.design),
            *below_zero(plain.paths, wrapped.scale),
            *flagged_values(
                wrapped.window, donors=bool(wrapped.design.donors), stacklevel=stacklevel + 1
            ),
            *not_used(wrapped.panel, wrapped.design),
        ),
    )


def _other_estimate(wrapped: Wrapped) -> tuple[str, ...]:
    """Say the least-squares estimate where the model shows another, such as a posterior mean."""
    shown, solved = wrapped.plain.effects.mean, wrapped.effect
    if np.allclose(shown, solved, rtol=1e-3, equal_nan=True):
        return ()
    parts = [f"{side} {solved[row]:.4g}" for row, side in enumerate(SIDES) if wrapped.present[row]]
    return (f"p-values and intervals are those of the least-squares estimate: {', '.join(parts)}",)


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
