"""Permutation of the pair: the study among the same study where nothing happened."""

from __future__ import annotations

from dataclasses import dataclass, field

from shiftexp.design import Design
from shiftexp.inference.placebo_effects import (
    FEW,
    Over,
    PlaceboEffects,
    check_over,
    placebo_effects,
)
from shiftexp.inference.settings import check_model
from shiftexp.inference.wrapping import resolution_note, unwrap, wrap
from shiftexp.panel import Panel
from shiftexp.result import Model, Result
from shiftexp.scalars import no_seed, not_flag, plural, refuse


@dataclass(frozen=True)
class Permutation:
    r"""Test a pair of effects against pairs of units, or onsets, where nothing happened.

    .. math:: p_a(c) = \frac{1 + m s}{1 + m}, \qquad s = \frac{1}{n} \#\{j :
       |a \cdot \hat\Delta_j| \ge |a \cdot \hat\Delta - c|\}

    with :math:`\hat\Delta_j` the pair of effects of placebo j and m the number of donors (or of
    onsets); with ``studentized`` each is divided by the root mean square of its own residuals
    before the onset, RI(t) instead of RI(beta).

    Parameters
    ----------
    model : Model
        What gives the counterfactual, such as ``DifferenceInDifferences()``.
    over : {"units", "onsets"}, default "units"
        Ordered pairs of donors in the place of origin and destination, or onsets inside the
        pre-period.
    studentized : bool, default False
        Compare effects in units of their own residuals: for donors that vary more, or less, than
        origin and destination.
    rng : int, default 1
        Every wrapper takes a seed; here all placebos are enumerated, so nothing is drawn.

    Raises
    ------
    TypeError
        When ``model`` is a class, or has no batched ``solve``, such as another wrapper.
    DesignError
        When ``over`` is unknown, or ``rng`` is no seed.

    Notes
    -----
    The ordered pairs of J donors share their series, so they do not count as J (J - 1): the
    smallest p is 1 / (1 + J). Counted in full, 9 to 15 % of true nulls would be rejected at 5 %
    with 6 donors, 7 to 10 % with 10. On a log scale effects are compared in logs, so that a rise
    by a factor and a fall by the same factor are equally far from nothing.

    When not to use it: donors that vary less than origin and destination, unless ``studentized``
    (warned of where residuals before the onset show it); fewer than 19 donors for a test at 5 %;
    over onsets as a main test, for placebo onsets overlap, have fewer periods than the study, and
    reject too often.

    References
    ----------
    MacKinnon, J. G. & Webb, M. D. (2020). Randomization inference for difference-in-differences
    with few treated clusters. Journal of Econometrics, 218, 435-450.
    https://doi.org/10.1016/j.jeconom.2020.04.024

    Examples
    --------
    >>> import shiftexp as sx
    >>> from shiftexp.inference.permutation import Permutation
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=19, rng=1)
    >>> result = Permutation(sx.DifferenceInDifferences()).fit(panel, design)
    >>> round(result["destination"].p_value, 3)
    0.05
    """

    model: Model
    over: Over = field(default="units", kw_only=True)
    studentized: bool = field(default=False, kw_only=True)
    rng: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be wrapped."""
        check_model(self.model, "Permutation")
        check_over(self.over)
        refuse(*no_seed(self.rng), *not_flag(studentized=self.studentized))

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the least-squares estimate with the law of its rank among placebos.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study; with donors for ``over="units"``.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design.
        DesignError
            When there are too few donors, or periods, for a single placebo.
        """
        wrapped = wrap(self.model, panel, design)
        placebos = placebo_effects(wrapped, self.over)
        law = placebos.law(wrapped, studentized=self.studentized)
        how = "studentized, two-sided" if self.studentized else "two-sided"
        what = "donors" if self.over == "units" else "placebo onsets"
        return unwrap(
            wrapped,
            self,
            law=law,
            inference=f"permutation over {self.over}, {how}",
            notes=(
                resolution_note(placebos.independent, what, law.resolution, wrapped.plain.level),
                *placebos.notes,
            ),
            cautions=rank_cautions(placebos, self.over, studentized=self.studentized),
            serial=self.over == "onsets",
            assumptions=rank_assumptions(self.over, studentized=self.studentized),
        )


def rank_cautions(
    placebos: PlaceboEffects, over: Over, *, studentized: bool = False
) -> tuple[str, ...]:
    """Say where a rank among placebos is known to be weak."""
    independent = placebos.independent
    if over == "onsets":
        said = (
            f"{independent} placebo onsets share most of their periods and have fewer after them "
            "than the study: with 19 of them 13 to 17 % of true nulls are rejected at nominal 10 % "
            "where errors are autocorrelated by .4, 15 to 28 % at .8; no main test"
        )
        return (said,)
    few = (f"{plural(independent, 'donor')}: a test at 5 % needs at least {FEW}",)
    return (
        *(few if independent < FEW else ()),
        *(() if studentized else placebos.quieter),
    )


def rank_assumptions(over: Over, *, studentized: bool) -> tuple[str, ...]:
    """Say what must be true for a rank among placebos to be a p-value."""
    if over == "onsets":
        said = "without the event an effect at the onset would have been as likely as at any other"
        return (f"{said} before it, whatever the number of periods on either side",)
    alike = "up to the size of their residuals " if studentized else ""
    return (
        (
            f"without the event origin and destination would have moved like any two donors {alike}"
            "(exchangeable errors); pairs of donors share series and count as the donors they are "
            "made of"
        ),
    )
