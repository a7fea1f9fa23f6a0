"""Count regressions as contrast series: settings, what stands in their way, notes, laws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np

from shiftexp.effects import LogSeriesLaw, SilentLaw, StudentLaw
from shiftexp.errors import Problem, suggest
from shiftexp.estimators.contrasts import Contrasts
from shiftexp.estimators.count_laws import CountsLaw
from shiftexp.kernels.cases import Cases
from shiftexp.kernels.count_sides import (
    PRIOR_ALPHA,
    PRIOR_PERIODS,
    CountTerms,
    Family,
    SideFits,
    fit_sides,
)
from shiftexp.result import SIDES
from shiftexp.scalars import is_finite, plural, refuse

_NORMAL_95 = 1.959963984540054
_LEAST_PHI = {"quasi": 1.0, "negative_binomial": 0.0}


@dataclass(frozen=True)
class CountRegression:
    """The regressions of both sides on their controls, seen as contrast series."""

    terms: CountTerms

    @property
    def donors(self) -> bool:
        """Whether the design's donors take part."""
        return not self.terms.paired

    @property
    def exposed(self) -> bool:
        """Whether exposures take part."""
        return self.terms.effort != "none"

    def contrasts(self, cases: Cases) -> Contrasts:
        """Return contrast series: the effect, plus what the working response leaves."""
        fits = fit_sides(cases, self.terms)
        return Contrasts(
            z=fits.effect + fits.residual,
            path=fits.path,
            effect=fits.effect,
            noise=np.full_like(fits.residual, np.nan),
            beside=fits.beside if self.terms.effort == "coefficient" else None,
        )

    def said(self, cases: Cases) -> tuple[str, ...]:
        """Return what is said of dispersion and effort.

        Raises
        ------
        DesignError
            When the counts have no largest likelihood, or do not tell the effect from other terms.
        """
        fits = fit_sides(cases, self.terms)
        sides = present(cases)
        refuse(*(_no_fit(fits, s, self.terms) for s in sides if not fits.told[0, s]))
        ratios = " and ".join(
            f"{np.exp(fits.step[0, s]):.3g} at the {SIDES[s]} (log {fits.step[0, s]:.3g})"
            for s in sides
        )
        notes = [f"rates went by the factor {ratios}", self._dispersion(fits, sides)]
        if self.terms.effort == "coefficient":
            notes += [_effort(SIDES[s], fits, s) for s in sides]
        return tuple(notes)

    def law(self, cases: Cases, annual: float) -> CountsLaw:
        """Return the law of independent counts, in level units per year.

        Parameters
        ----------
        cases : Cases
            The study as one case.
        annual : float
            Periods in a year for amounts that add, 1 for others.
        """
        fits = fit_sides(cases, self.terms)
        sides, post = present(cases), cases.post[0]
        step, cov = fits.step[0], fits.cov[0]
        periods, df = int(cases.used[0].sum()), self._df(fits, sides)
        if df < 1:
            bare = " and ".join(SIDES[s] for s in sides if fits.df[0, s] < 1)
            stated = "0.1" if self.terms.family == "negative_binomial" else "2"
            note = (
                f"{periods} periods leave no degree of freedom for the dispersion ({bare}): no "
                f"p-values; drop terms, add periods, or state it, as in dispersion={stated}, and "
                "vary it"
            )
            return CountsLaw(lambda _: SilentLaw(), "none (dispersion unknown)", note)
        law = LogSeriesLaw(
            law=StudentLaw(step, cov, df),
            centre=step,
            log_cov=cov,
            observed=cases.pair[0][:, post] * annual,
            tilt=fits.effect[0][:, post] - step[:, None],
            scale="log",
            unit=annual,
        )
        note = (
            f"{periods} periods taken as independent counts: where intensities are autocorrelated, "
            "p-values and intervals are too small"
        )
        return CountsLaw(lambda _: law, _INFERENCE[self.terms.family], note)

    def _df(self, fits: SideFits, sides: tuple[int, ...]) -> float:
        """Return the degrees of freedom behind the dispersion; infinity where it is known."""
        known = self.terms.family == "poisson" or self.terms.dispersion is not None
        return math.inf if known else float(min(fits.df[0, s] for s in sides))

    def _dispersion(self, fits: SideFits, sides: tuple[int, ...]) -> str:
        """Say how widely counts vary beyond Poisson."""
        stated = "stated" if self.terms.dispersion is not None else "estimated"
        if self.terms.family == "negative_binomial":
            how = f"{stated}, alpha {fits.alpha[0, sides[0]]:.3g}"
            if stated == "estimated":
                how += (
                    f" (moments of both contrasts, with {PRIOR_ALPHA:g} as the guess of "
                    f"{PRIOR_PERIODS} further periods)"
                )
            return f"negative binomial counts, overdispersion {how}"
        if self.terms.family == "poisson":
            return "Poisson counts: their variance is taken to be their mean"
        told = {s: fits.phi[0, s] for s in sides}
        values = " and ".join(
            f"{'unknown' if np.isnan(phi) else format(phi, '.3g')} at the {SIDES[s]}"
            for s, phi in told.items()
        )
        return f"overdispersion of the contrast with the controls {stated}: {values}"


_INFERENCE: dict[Family, str] = {
    "poisson": "Poisson regression, independent counts",
    "quasi": "quasi-Poisson regression, independent counts",
    "negative_binomial": "negative binomial regression, independent counts",
}


def present(cases: Cases) -> tuple[int, ...]:
    """Return the sides of a study."""
    return tuple(s for s in (0, 1) if cases.focal[0, s] >= 0)


def not_family(family: object, dispersion: object) -> tuple[Problem, ...]:
    """Return the problems of a family that is none, and of a dispersion that it does not have."""
    known = get_args(Family)
    if not isinstance(family, str) or family not in known:
        return (Problem(f"family = {family!r}", "a known family", suggest(str(family), known)),)
    if dispersion is None:
        return ()
    given = f"dispersion = {dispersion!r}"
    least = _LEAST_PHI.get(family)
    if least is None:
        remedy = "leave it out, or write family='quasi'"
        return (Problem(given, "no dispersion: Poisson counts have none", remedy),)
    if is_finite(dispersion) and dispersion >= least:
        return ()
    needed = f"a number >= {least:g} for family={family!r}"
    return (Problem(given, needed, "leave it out to have it estimated"),)


def zero_problems(
    cases: Cases, terms: CountTerms, names: tuple[str, str], labels: tuple[str, ...]
) -> list[Problem]:
    """Return windows and periods without a single count, where a ratio has no finite value.

    Parameters
    ----------
    cases : Cases
        The study as one case.
    terms : CountTerms
        What is fitted.
    names : tuple of two str
        Origin and destination.
    labels : tuple of str
        The T periods.
    """
    controls, problems = terms.controls(cases)[0], []
    windows = {"before": cases.learn[0], "after": cases.post[0]}
    for s in present(cases):
        own = np.nan_to_num(cases.pair[0, s])
        others = np.nan_to_num(cases.y[0, controls[s]]).sum(axis=0)
        rows = {names[s]: own, f"controls of {names[s]}": others}
        problems += [
            Problem(
                f"{name}: not one count {when} the onset",
                "counts above zero in both windows: a ratio to nothing is infinite",
                "widen the window, or compare levels (WeightedDisplacementDifference)",
                (name,),
            )
            for name, values in rows.items()
            for when, window in windows.items()
            if not values[window].any()
        ]
        silent = cases.used[0] & (own + others == 0)
        if silent.any() and not terms.paired:
            places = tuple(labels[t] for t in np.flatnonzero(silent))
            problems.append(
                Problem(
                    f"{names[s]}: {plural(len(places), 'period')} without a single count, controls "
                    "included",
                    "a count somewhere in every period",
                    "exclude the periods, or name donors with more counts",
                    places,
                )
            )
    return problems


def stated_in_vain(terms: CountTerms) -> tuple[str, ...]:
    """Note a stated dispersion that a law of the series, and estimates with it, do without."""
    if terms.family != "quasi" or terms.dispersion is None:
        return ()
    said = "the stated dispersion is not used: p-values and intervals come from the series itself"
    return (f"{said} (variance='counts' uses it)",)


def _no_fit(fits: SideFits, side: int, terms: CountTerms) -> Problem:
    """Say why a side has no fit: no maximum, or none that tells effect and effort apart."""
    name = SIDES[side]
    if not fits.converged[0, side]:
        return Problem(
            f"{name}: no maximum of the likelihood was found",
            "counts that have one",
            "leave out periods far off the others, or use "
            "DifferenceInDifferences(scale='log_count')",
        )
    beside = ", and exposures that vary" if terms.effort == "coefficient" else ""
    return Problem(
        f"{name}: the likelihood has no maximum that tells the effect apart",
        f"counts above zero in every regime, and terms that differ{beside}",
        "drop terms, leave out periods"
        + (", or write effort='offset'" if terms.effort == "coefficient" else ""),
    )


def _effort(name: str, fits: SideFits, side: int) -> str:
    """Say what power of the exposure was estimated, and whether the exposure can tell it."""
    value, error = fits.exponent[0, side], fits.exponent_error[0, side]
    said = f"{name}: counts go with exposure to the power {value:.2f}"
    if np.isnan(error):
        return f"{said}, how surely is unknown: no degree of freedom is left"
    low, high = value - _NORMAL_95 * error, value + _NORMAL_95 * error
    said = f"{said} ({low:.2f} to {high:.2f} if periods were independent)"
    if high - low > 1:
        return (
            f"{said}: exposures vary too little beside the other terms to tell it; compare "
            "effort='offset' with exponent=0, 0.5 and 1"
        )
    if low <= 1 and high >= 0:
        return said
    return f"{said}: outside 0 to 1, so more than effort speaks in it; compare effort='offset'"
