"""Inference from donors one at a time: Conley and Taber, and Ferman and Pinto."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Literal, TypeAlias, get_args

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.inference.placebo_effects import FEW, LARGER, smaller_donors, solve_observed
from shiftexp.inference.placebo_law import PlaceboLaw
from shiftexp.inference.wrapping import Prepared, Wrapped, resolution_note, unwrap, wrap
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.resampling import variance_line
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Model, Result, refuse_wrapping

Variance: TypeAlias = Literal["level", "exposure"]
_LEAST = 2


@dataclass(frozen=True)
class ConleyTaber:
    r"""Test each effect against the donors' effects, each donor studied against the others.

    .. math:: p_i(c) = \frac{1 + \#\{j : |W_j| \ge |\hat\Delta_i - c|\}}{1 + J}, \quad i = O, D

    with :math:`W_j` the effect of donor j, its controls the remaining donors.

    Parameters
    ----------
    model : Model
        What gives the counterfactual, such as ``DifferenceInDifferences()``.
    rng : int, default 1
        Every wrapper takes a seed; here all donors are enumerated, so nothing is drawn.

    Raises
    ------
    TypeError
        When ``model`` has no batched ``solve``, such as another wrapper.

    Notes
    -----
    Size is right whatever the serial correlation, as long as the donors' errors are like those of
    origin and destination. What asks for both sides is compared with ordered pairs of donors, which
    count as J, not as J (J - 1). A placebo has J - 1 controls where the study has J.

    When not to use it: fewer than 19 donors for a test at 5 %; donors that vary more or less than
    origin and destination (see :class:`FermanPinto`).

    References
    ----------
    Conley, T. G. & Taber, C. R. (2011). Inference with "difference in differences" with a small
    number of policy changes. Review of Economics and Statistics, 93, 113-125.
    https://doi.org/10.1162/REST_a_00049

    Examples
    --------
    >>> import shiftexp as sx
    >>> from shiftexp.inference.donors import ConleyTaber
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=19, rng=1)
    >>> result = ConleyTaber(sx.DifferenceInDifferences()).fit(panel, design)
    >>> round(result["destination"].p_value, 3)
    0.05
    """

    model: Model
    rng: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be wrapped."""
        refuse_wrapping(self.model, "ConleyTaber")

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the model's estimate with the law of the donors' effects.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study, with donors.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design.
        DesignError
            When there are fewer than two donors.
        """
        wrapped = wrap(self.model, panel, design)
        _, effects = _donor_effects(wrapped)
        assumption = "donors' errors are distributed like those of origin and destination"
        return _against_donors(
            wrapped, self, effects, "Conley-Taber", assumption, smaller_donors(wrapped)
        )


@dataclass(frozen=True)
class FermanPinto:
    r"""Test each effect against the donors' effects, rescaled to the variance of its own size.

    .. math:: p_i(c) = \frac{1 + \#\{j : |W_j| \sqrt{V(M_i) / V(M_j)} \ge |\hat\Delta_i - c|\}}{1 +
       J}, \quad V(M) = A + B M \ \text{or} \ A + B / M, \quad A, B \ge 0

    with :math:`W_j` the effect of donor j against the remaining donors and V fitted to its square.

    Parameters
    ----------
    model : Model
        What gives the counterfactual, such as ``DifferenceInDifferences()``.
    variance : {"level", "exposure"}, default "level"
        What a unit's variance goes with. ``level``: M is the mean before the onset and V = A + B M,
        as for counts (on a log scale A + B / M). ``exposure``: M is the mean exposure and V = A +
        B / M, as for rates.
    rng : int, default 1
        Every wrapper takes a seed; here all donors are enumerated, so nothing is drawn.

    Raises
    ------
    TypeError
        When ``model`` has no batched ``solve``, such as another wrapper.
    DesignError
        When ``variance`` is unknown.

    Notes
    -----
    The variances are estimated from J squared effects: with few donors, or donors on one side of
    the study in size, the line is an extrapolation (13 to 16 % of true nulls are rejected at
    nominal 10 % with 20 donors five eighths as large, 16 % without rescaling).

    When not to use it: fewer than 19 donors for a test at 5 %; sizes of donors that do not reach
    those of origin and destination.

    References
    ----------
    Ferman, B. & Pinto, C. (2019). Inference in differences-in-differences with few treated groups
    and heteroskedasticity. Review of Economics and Statistics, 101, 452-467.
    https://doi.org/10.1162/rest_a_00759

    Examples
    --------
    >>> import shiftexp as sx
    >>> from shiftexp.inference.donors import FermanPinto
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=19, rng=1)
    >>> result = FermanPinto(sx.DifferenceInDifferences()).fit(panel, design)
    >>> round(result["destination"].p_value, 3)
    0.05
    """

    model: Model
    variance: Variance = field(default="level", kw_only=True)
    rng: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be wrapped, and unknown variances."""
        refuse_wrapping(self.model, "FermanPinto")
        known = get_args(Variance)
        if self.variance not in known:
            given = f"variance = {self.variance!r}"
            raise DesignError(Problem(given, "level or exposure", suggest(self.variance, known)))

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the model's estimate with the law of the donors' rescaled effects.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study, with donors.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design.
        DesignError
            When there are fewer than two donors.
        DesignError
            When a unit has no positive level, or no exposure, before the onset.
        """
        wrapped = wrap(self.model, panel, design)
        cases, effects = _donor_effects(wrapped)
        own, donors = _sizes(wrapped, cases, self.variance)
        if self.variance == "exposure" or wrapped.scale != "level":
            own, donors = 1 / own, 1 / donors
        ratio = np.full(effects.shape, np.nan)
        for side in np.flatnonzero(wrapped.present):
            a, b = variance_line(donors, effects[:, side] ** 2)
            ratio[:, side] = np.sqrt((a + b * own[side]) / (a + b * donors))
        assumption = (
            "donors' errors differ from those of origin and destination by a variance that goes "
            f"with the {self.variance} of a unit"
        )
        weak = tuple(
            f"the {side} is at the edge of the donors in {self.variance}: its variance is read off "
            f"a line through {len(donors)} squared effects; with 20 donors 13 to 16 % of true "
            "nulls are rejected at nominal 10 %"
            for side, there, size in zip(SIDES, wrapped.present, own, strict=True)
            if there and size > LARGER * np.median(donors)
        )
        return _against_donors(wrapped, self, effects * ratio, "Ferman-Pinto", assumption, weak)


def _donor_effects(wrapped: Prepared) -> tuple[Cases, Floats]:
    """Return donors that can be studied against the others, and their effects, shape (J, 2).

    A donor has the steps of the side whose place it takes, so it has an effect for either.

    Raises
    ------
    DesignError
        When there are fewer than two.
    """
    study = wrapped.case
    rows = np.flatnonzero(study.donors[0])
    if len(rows) < _LEAST:
        raise DesignError(
            Problem(
                f"{len(rows)} donors",
                f"at least {_LEAST}, so that each can be studied against the others",
                "name more donors, or use a wrapper that needs none (Conformal, BlockBootstrap)",
            )
        )
    observed = np.isfinite(study.y[0][rows])
    many = study.repeat(len(rows))
    donor = np.arange(study.y.shape[1]) == rows[:, None]
    cases = replace(
        many,
        focal=np.where(wrapped.present, rows[:, None], -1),
        donors=many.donors & ~donor,
        learn=many.learn & observed,
        treated=many.treated & observed,
        post=many.post & observed,
    )
    kept, fit = solve_observed(wrapped, cases)
    effects = fit.effect * wrapped.factors(kept, fit)
    return kept, effects


def _against_donors(
    wrapped: Wrapped,
    wrapper: object,
    effects: Floats,
    name: str,
    assumption: str,
    cautions: tuple[str, ...] = (),
) -> Result:
    """Return the result whose law holds the donors' effects, pairs of them for both sides.

    Parameters
    ----------
    wrapped : Wrapped
        The study.
    wrapper : object
        The wrapper.
    effects : array of shape (J, 2)
        Effects of each donor in the role of origin and of destination.
    name : str
        The method.
    assumption : str
        What it takes donors for.
    cautions : tuple of str
        What is known to be weak besides few donors.
    """
    count = len(effects)
    pairs = effects
    if wrapped.present.all():
        chosen = np.array(list(permutations(range(count), 2))).reshape(-1, 2)
        pairs = np.stack([effects[chosen[:, 0], 0], effects[chosen[:, 1], 1]], axis=1)
    law = PlaceboLaw(wrapped.effect, pairs, count)
    few = (f"{count} donors: a test at 5 % needs at least {FEW}",) if count < FEW else ()
    left_out = int(wrapped.case.donors.sum()) - count
    gone = (f"{left_out} donors have too few observed periods: not among the placebos",)
    return unwrap(
        wrapped,
        wrapper,
        law=law,
        inference=f"{name}, donors one at a time, two-sided",
        notes=(
            resolution_note(count, "donors", law.resolution, wrapped.plain.level),
            *(gone if left_out else ()),
        ),
        cautions=(*few, *cautions),
        assumptions=(assumption, "donors are independent of each other and of both sides"),
        serial=False,
        stacklevel=4,
    )


def _sizes(wrapped: Prepared, cases: Cases, variance: Variance) -> tuple[Floats, Floats]:
    """Return M of origin and destination, shape (2,), and of the donors, shape (J,).

    Raises
    ------
    DesignError
        When a unit has no positive size before the onset; all are named.
    """
    study, window, sides = wrapped.case, wrapped.window, wrapped.design.sides
    rows = [0, 1, *cases.focal.max(axis=1)]
    donors = [(name,) for name in window.donor_names]
    units = [(*sides, *donors)[row] for row in rows]
    values = study.y[0][rows] if variance == "level" else _exposures(wrapped, units)
    seen = study.learn[0] & np.isfinite(values)
    sizes = np.where(seen, values, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    wrong = [" + ".join(u) for u, size in zip(units, sizes, strict=True) if u and not size > 0]
    if wrong:
        raise DesignError(
            Problem(
                f"{len(wrong)} units without a positive {variance} before the onset",
                f"a positive {variance} of every unit",
                "use ConleyTaber, or another variance",
                tuple(wrong),
            )
        )
    return sizes[:2], sizes[2:]


def _exposures(wrapped: Prepared, units: list[tuple[str, ...]]) -> Floats:
    """Return the exposure of each side or donor over the window, several units summed."""
    panel, calendar = wrapped.panel, wrapped.window.calendar
    start = calendar.first - panel.calendar.first
    inside = panel.exposure[0][:, start : start + calendar.size]
    return np.stack([inside[[panel.units.index(u) for u in names]].sum(axis=0) for names in units])
