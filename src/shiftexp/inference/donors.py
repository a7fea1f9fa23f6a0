"""Inference from donors one at a time: Conley and Taber, and Ferman and Pinto."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.estimators.cautions import quieter_donors
from shiftexp.inference.donor_effects import (
    DonorEffects,
    Variance,
    donor_effects,
    pair_effects,
    unit_sizes,
)
from shiftexp.inference.placebo_effects import FEW, rank_law
from shiftexp.inference.settings import check_model
from shiftexp.inference.wrapping import Wrapped, resolution_note, unwrap, wrap
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.resampling import variance_line
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Estimator, Model, Result
from shiftexp.scalars import no_seed, plural, refuse

_FAR = 1.5
_TINY = np.finfo(float).tiny


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
        When ``model`` is a class, or has no batched ``solve``, such as another wrapper.
    DesignError
        When ``rng`` is no seed.

    Notes
    -----
    Size is right whatever the serial correlation, as long as the donors' errors are like those of
    origin and destination. What asks for both sides is compared with ordered pairs of donors, which
    count as J, not as J (J - 1); with fewer than 19 each pair is studied anew against the rest,
    which takes 3 donors. A placebo has J - 1 controls, or J - 2, where the study has J.

    When not to use it: fewer than 19 donors for a test at 5 %; donors that vary less than origin
    and destination (warned of where residuals before the onset show it; see :class:`FermanPinto`,
    or ``Permutation(..., studentized=True)``).

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
        check_model(self.model, "ConleyTaber")
        refuse(*no_seed(self.rng))

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the least-squares estimate with the law of the donors' effects.

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
            When there are fewer than two donors, or three for both sides.
        """
        wrapped = wrap(self.model, panel, design)
        found = donor_effects(wrapped)
        return _against_donors(
            wrapped,
            self,
            found,
            np.ones_like(found.effects),
            name="Conley-Taber",
            assumption="donors' errors are distributed like those of origin and destination",
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
        When ``model`` is a class, or has no batched ``solve``, such as another wrapper.
    DesignError
        When ``variance`` is unknown, or ``rng`` is no seed.

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
        check_model(self.model, "FermanPinto")
        refuse(*no_seed(self.rng))
        known = get_args(Variance)
        if self.variance not in known:
            given = f"variance = {self.variance!r}"
            remedy = suggest(str(self.variance), known)
            raise DesignError(Problem(given, "level or exposure", remedy))

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the least-squares estimate with the law of the donors' rescaled effects.

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
            When there are fewer than two donors, or three for both sides.
        DesignError
            When a unit has no positive level, or no exposure, before the onset.
        """
        wrapped = wrap(self.model, panel, design)
        found = donor_effects(wrapped)
        own, donors = unit_sizes(wrapped, found.rows, self.variance)
        inverse = self.variance == "exposure" or wrapped.scale != "level"
        if inverse:
            own, donors = 1 / own, 1 / donors
        ratio, notes, weak = np.full(found.effects.shape, np.nan), [], []
        for row in np.flatnonzero(wrapped.present):
            side, squares = SIDES[row], found.effects[:, row] ** 2
            a, b = variance_line(donors, squares)
            ratio[:, row] = np.sqrt((a + b * own[row]) / np.maximum(a + b * donors, _TINY))
            notes.append(_fitted_line(side, a, b, "1 / M" if inverse else "M", self.variance))
            if own[row] > _FAR * np.median(donors):
                weak.append(_at_the_edge(side, self.variance, len(donors)))
        return _against_donors(
            wrapped,
            self,
            found,
            ratio,
            name="Ferman-Pinto",
            assumption=(
                "donors' errors differ from those of origin and destination by a variance that "
                f"goes with the {self.variance} of a unit"
            ),
            notes=tuple(notes),
            cautions=tuple(weak),
        )


def _fitted_line(side: str, a: float, b: float, size: str, variance: str) -> str:
    """Say the variance that was fitted, and where nothing is rescaled by it."""
    said = f"{side}: V = {a:.3g} + {b:.3g} {size}, M the {variance} of a unit"
    if b > 0:
        return said
    return f"{said}: squared effects of the donors do not grow with {size}, so nothing is rescaled"


def _at_the_edge(side: str, variance: str, donors: int) -> str:
    """Say that the variance of a side is an extrapolation."""
    return (
        f"the {side} is at the edge of the donors in {variance}: its variance is read off a line "
        f"through {donors} squared effects; with 20 donors 13 to 16 % of true nulls are rejected "
        "at nominal 10 %"
    )


def _against_donors(
    wrapped: Wrapped,
    wrapper: Estimator,
    found: DonorEffects,
    ratio: Floats,
    *,
    name: str,
    assumption: str,
    notes: tuple[str, ...] = (),
    cautions: tuple[str, ...] = (),
) -> Result:
    """Return the result whose law holds the donors' effects, pairs of them for both sides.

    Parameters
    ----------
    wrapped : Wrapped
        The study.
    wrapper : Estimator
        The wrapper.
    found : DonorEffects
        The donors.
    ratio : array of shape (J, 2)
        What takes the errors of a donor to the size of those of origin and destination.
    name : str
        The method.
    assumption : str
        What it takes donors for.
    notes, cautions : tuple of str
        What is said, and what is known to be weak besides few donors.
    """
    count = len(found.rows)
    pairs = pair_effects(wrapped, found, ratio)
    law = rank_law(wrapped, found.effects * ratio, count, pairs=pairs)
    few = (f"{plural(count, 'donor')}: a test at 5 % needs at least {FEW}",) if count < FEW else ()
    left_out = int(wrapped.case.donors.sum()) - count
    gone = (f"{plural(left_out, 'donor')} with too few observed periods: not among the placebos",)
    return unwrap(
        wrapped,
        wrapper,
        law=law,
        inference=f"{name}, donors one at a time, two-sided",
        notes=(
            resolution_note(count, "donors", law.resolution, wrapped.plain.level),
            *notes,
            *(gone if left_out else ()),
        ),
        cautions=(
            *few,
            *cautions,
            *quieter_donors(found.squares[0], found.squares[1:] * ratio**2),
        ),
        assumptions=(assumption, "donors are independent of each other and of both sides"),
        serial=False,
        stacklevel=4,
    )
