"""An event study: coefficients before and after the onset, their covariance, and what is asked."""

from __future__ import annotations

import math
import reprlib
from dataclasses import dataclass, field

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.kernels.cases import Booleans, Cases, Floats, lock
from shiftexp.kernels.scale import Scale, to_scale
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Model, check_inputs
from shiftexp.scalars import is_number, not_whole, refuse
from shiftexp.sensitivity.covariance import LikelyCovariance, likely_covariance
from shiftexp.wrappable import refuse_wrapping

_LEAST_DF = 4
_NOTHING = 1e-10


@dataclass(frozen=True, eq=False)
class EventCoefficients:
    r"""Differences from the last pre period, by event time, with their covariance.

    .. math:: \hat\beta_t = \tau_t + \delta_t + \text{error}, \qquad \tau_t = 0 \ (t < 0)

    Parameters
    ----------
    coef : array of shape (P + n,)
        Coefficients in order of time, in ``unit``; the reference period, the last before the
        onset, is left out.
    cov : array of shape (P + n, P + n)
        Their covariance, in ``unit`` squared.
    n_pre : int
        How many lie before the reference period, P.
    weights : array of shape (n,), optional
        The estimand as weights of the post periods; by default the first post period alone.
    unit : str, optional
        Unit of the coefficients.
    notes : tuple of str, optional
        Where coefficients and covariance come from.
    df : float, optional
        Degrees of freedom of the covariance; infinite, the default, where it is known. Intervals
        take t quantiles.

    Raises
    ------
    DesignError
        When shapes do not fit, there is no coefficient before or after, or all weights are 0.
    DesignError
        When a number is missing, or the covariance is not symmetric and positive definite.

    Notes
    -----
    When not to use it: with coefficients relative to a mean of several periods; the limits on
    steps are about neighbours in time, so there must be no gap.

    References
    ----------
    Rambachan, A. & Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
    Studies, 90, 2555-2591. https://doi.org/10.1093/restud/rdad018

    Examples
    --------
    >>> study = EventCoefficients(np.array([-0.1, 0.2, 1.0]), 0.04 * np.eye(3), n_pre=2)
    >>> study.estimate, study.n_post
    (1.0, 1)
    """

    coef: Floats
    cov: Floats
    n_pre: int
    weights: Floats = field(default_factory=lambda: np.zeros(0))
    unit: str = ""
    notes: tuple[str, ...] = ()
    df: float = math.inf

    def __post_init__(self) -> None:
        """Check the numbers, fill in the weights and make the arrays read-only."""
        _check_kinds(self)
        for name in ("coef", "cov", "weights"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))
        if not self.weights.size and self.coef.ndim == 1:
            first = np.arange(max(self.n_post, 0)) == 0
            object.__setattr__(self, "weights", first.astype(float))
        problems = _shape_problems(self) or _number_problems(self)
        if problems:
            raise DesignError(problems)
        lock(self)

    @property
    def n_post(self) -> int:
        """Coefficients after the reference period, n."""
        return len(self.coef) - self.n_pre

    @property
    def estimate(self) -> float:
        """The estimand under parallel trends, l'beta."""
        return float(self.weights @ self.coef[self.n_pre :])

    @property
    def std_error(self) -> float:
        """Its standard error."""
        after = self.cov[self.n_pre :, self.n_pre :]
        return math.sqrt(self.weights @ after @ self.weights)

    @classmethod
    def from_model(
        cls, model: Model, panel: Panel, design: Design, side: str = "destination"
    ) -> EventCoefficients:
        r"""Return one side of a study by event time, on the scale of the model.

        .. math:: \hat\beta_t = (z_t - \hat c_t) - (z_0 - \hat c_0), \qquad
           \Sigma = \sigma^2 D R D', \qquad
           R = \arg\max_{R: L(R) \ge L_{max} / 2} \operatorname{Var}_R(\hat\tau_{M = 0})

        z is the observed value and c the least-squares counterfactual on the model's scale, period
        0 the last before the onset, D subtracts it.

        Parameters
        ----------
        model : Model
            An estimator that can be solved in batches.
        panel : Panel
            One indicator.
        design : Design
            The study.
        side : {"origin", "destination"}, default "destination"
            Which side.

        Raises
        ------
        DesignError
            When the side is unknown or absent, or the model refuses the study.
        DesignError
            When there are fewer than 6 pre periods (more with seasons), no post period, a gap or a
            reporting break in the path, or nothing that the model does not fit.

        Notes
        -----
        The covariance is cautious, because few residuals cannot tell it: of AR(1) errors and random
        walks plus noise, those at least half as likely as the likeliest are kept (restricted
        likelihood, residuals about a line), and the one is taken under which a straight line is
        extrapolated worst. Its scale has the degrees of freedom of the residuals.

        Measured coverage of 95 % intervals at M = 0 / Mbar = 0, no effect, AR(1) errors of both
        sides, 8 post periods, 400 sides a cell (standard error .011 at .95):

        ===================================  =====  =========  =========  =========
        model                                n_pre  rho 0      rho .4     rho .8
        ===================================  =====  =========  =========  =========
        InterruptedTimeSeries(trend=False)       8  .998/.998  .998/1.00  .968/.978
        ..                                      12  .998/1.00  .990/.993  .960/.985
        ..                                      20  1.00/.988  .980/.990  .963/.968
        ..                                      40  .990/.965  .973/.965  .953/.960
        InterruptedTimeSeries(trend=True)        8  .998/.998  .998/.998  .968/.970
        ..                                      12  .998/1.00  .990/.983  .960/.963
        ..                                      20  1.00/.993  .980/.990  .963/.970
        ..                                      40  .990/.968  .973/.968  .953/.958
        DifferenceInDifferences, 5 donors        8  .998/.998  .990/.998  .955/.988
        ..                                      12  .993/.995  .990/.990  .935/.953
        ..                                      20  .995/.985  .983/.978  .960/.958
        ..                                      40  .980/.948  .980/.978  .960/.973
        ===================================  =====  =========  =========  =========

        At rho .9, 6 to 40 pre periods: .917 to .963 at M = 0, .940 to .980 at Mbar = 0.

        Of the rule alone, 10,000 draws a cell, 6 to 40 pre and 8 or 16 post periods: at least .940
        up to rho .9, .917 for noise plus a random walk of ratio 1, .919 for a random walk. The
        price is length: with 8 pre periods and independent errors the interval at M = 0 reaches
        7.3 standard deviations of an error either way, with 40 periods 1.5.

        When not to use it: after a method that chooses weights to fit the pre periods closely; its
        residuals before the onset are smaller than its errors after it.
        """
        refuse_wrapping(model, "EventCoefficients.from_model")
        check_inputs(panel, design)
        position = _position(design, side)
        cases = model.prepare(panel, design)
        scale: Scale = getattr(model, "scale", "level")
        fitted = model.solve(cases).path
        gap = (to_scale(cases.pair, scale) - to_scale(fitted, scale))[0, position]
        learn, post = cases.learn[0], cases.post[0]
        labels = design.window(panel).calendar.labels
        _check_path(gap, cases, position, labels)
        first, end = int(learn.argmax()), int(np.flatnonzero(post)[-1])
        whole = slice(first, end + 1)
        last = int(np.flatnonzero(learn)[-1])
        path, reference = gap[whole], last - first
        weights = post[last + 1 : end + 1] / post.sum()
        found = likely_covariance(path, learn[whole], weights, _regressors(cases)[whole])
        return cls(
            coef=np.delete(path - path[reference], reference),
            cov=found.cov,
            n_pre=reference,
            weights=weights,
            unit=_unit(panel) if scale == "level" else "log points",
            notes=_notes(f"{side}: observed minus", labels[last], int(learn.sum()), found),
            df=found.df,
        )


def check_study(given: object) -> EventCoefficients:
    """Return an event study as it is.

    Raises
    ------
    TypeError
        When ``given`` is none; a fit is told how to become one.
    """
    if isinstance(given, EventCoefficients):
        return given
    message = (
        f"{type(given).__name__} is no EventCoefficients; build one with "
        "EventCoefficients.from_model(model, panel, design): a fit shows its effect without the "
        "errors of the period"
    )
    raise TypeError(message)


def _unit(panel: Panel) -> str:
    """Return the unit of a path, such as "kg per quarter"; rates stay as they are."""
    indicator = panel.indicators[0]
    per_period = f" per {panel.calendar.frequency}" if indicator.additive else ""
    return f"{indicator.unit_of_measure}{per_period}"


def _notes(what: str, reference: str, count: int, found: LikelyCovariance) -> tuple[str, ...]:
    """Say where coefficients and covariance come from."""
    straightened = (
        "the method took a line off before the onset: a pre-test passes by construction, and "
        "violations are counted from that line"
    )
    return (
        f"{what} least-squares counterfactual, relative to {reference}",
        (
            f"covariance from {count} periods before the onset: of the likely errors those that "
            f"ask the most, {found.process}; t quantiles, {found.df} degrees of freedom"
        ),
        *((straightened,) if found.straightened else ()),
    )


def _position(design: Design, side: str) -> int:
    """Return the row of a side after making sure that it is there."""
    if side not in SIDES:
        problem = Problem(f"side = {side!r}", "origin or destination", suggest(side, SIDES))
        raise DesignError(problem)
    position = SIDES.index(side)
    if not design.sides[position]:
        other = SIDES[1 - position]
        raise DesignError(Problem(f"a study without {side}", "that side", f"ask for the {other}"))
    return position


def _regressors(cases: Cases) -> Floats:
    """Return constant, time and seasons, shape (T, k): what is no error."""
    seasons = [(cases.season == s).astype(float) for s in range(1, cases.seasons)]
    return np.stack([np.ones_like(cases.time), cases.time, *seasons], axis=1)


def _check_path(gap: Floats, cases: Cases, position: int, labels: tuple[str, ...]) -> None:
    """Refuse a path that is too short, has a gap or a step, or is fitted to the last, all at once.

    Steps are refused because the error of their size is in no covariance of ours.
    """
    side, learn, post = SIDES[position], cases.learn[0], cases.post[0]
    problems = []
    if not post.any():
        problems.append(Problem("0 post periods", "at least one", "declare a later end"))
    least = _regressors(cases).shape[1] + _LEAST_DF
    if learn.sum() < least:
        given, needed = f"{int(learn.sum())} pre periods", f"at least {least}"
        problems.append(
            Problem(given, needed, "give an EventCoefficients with a covariance of your own")
        )
    elif post.any():
        whole = np.flatnonzero(learn | post)[[0, -1]] + [0, 1]
        missing = np.flatnonzero(~np.isfinite(gap[slice(*whole)])) + whole[0]
        steps = [k for k in cases.breaks[0, position].T if np.ptp(k[slice(*whole)]) > 0]
        if missing.size:
            given = f"a gap in the path of the {side}"
            needed = "every period from the first before to the last after the onset"
            rows = tuple(labels[t] for t in missing)
            problems.append(Problem(given, needed, "fill it or cut the window there", rows))
        if steps:
            rows = tuple(labels[int(np.flatnonzero(np.diff(step))[0]) + 1] for step in steps)
            given = f"a reporting break of the {side} fitted as a step"
            problems.append(Problem(given, "a path without steps", "cut the window there", rows))
        if not missing.size and _all_fitted(gap, learn, _regressors(cases)):
            given = f"a path of the {side} that is straight before the onset"
            problems.append(Problem(given, "errors to learn from", "use a method that fits less"))
    if problems:
        raise DesignError(problems)


def _all_fitted(gap: Floats, learn: Booleans, regressors: Floats) -> bool:
    """Tell whether nothing is left before the onset once line and seasons are taken off."""
    x, y = regressors[learn], gap[learn]
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return bool(np.abs(left).max() <= _NOTHING * max(float(np.abs(gap).max()), _NOTHING))


def _check_kinds(study: EventCoefficients) -> None:
    """Refuse what holds no numbers, all at once."""
    problems = []
    for name in ("coef", "cov", "weights"):
        try:
            np.asarray(getattr(study, name), dtype=float)
        except (TypeError, ValueError):
            given = f"{name} = {reprlib.repr(getattr(study, name))}"
            problems.append(Problem(given, "an array of numbers", "give numpy arrays"))
    problems += not_whole("n_pre", study.n_pre, 1, "count the coefficients before the onset")
    if not is_number(study.df):
        problems.append(Problem(f"df = {study.df!r}", "a number", "leave it out if known"))
    refuse(*problems)


def _shape_problems(study: EventCoefficients) -> list[Problem]:
    """Return what does not fit together."""
    size = study.coef.size
    problems = []
    if study.coef.ndim != 1 or not 1 <= study.n_pre < size:
        given = f"coef of shape {study.coef.shape} with n_pre = {study.n_pre}"
        remedy = "leave out the reference period only"
        problems.append(Problem(given, "at least one before and one after", remedy))
    elif study.weights.shape != (study.n_post,):
        given = f"weights of shape {study.weights.shape}"
        problems.append(Problem(given, f"one for each of {study.n_post} post periods", "add 0s"))
    if study.cov.shape != (size, size):
        given = f"cov of shape {study.cov.shape}"
        problems.append(Problem(given, f"({size}, {size})", "leave out the reference period"))
    return problems


def _number_problems(study: EventCoefficients) -> list[Problem]:
    """Return which numbers are none."""
    problems = [
        Problem(f"{name} with missing values", "numbers", "cut those periods")
        for name in ("coef", "cov", "weights")
        if not np.isfinite(getattr(study, name)).all()
    ]
    if not study.df > 0:
        problems.append(Problem(f"df = {study.df}", "a positive number", "leave it out if known"))
    if problems:
        return problems
    if not study.weights.any():
        problems.append(Problem("weights that are all 0", "an estimand", "weigh a post period"))
    if not np.allclose(study.cov, study.cov.T) or np.linalg.eigvalsh(study.cov).min() <= 0:
        remedy = "pass the full covariance of the coefficients, not their standard errors"
        problems.append(Problem("cov", "a symmetric positive definite matrix", remedy))
    return problems
