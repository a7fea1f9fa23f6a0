"""What a fit must say of itself: few periods, persistent errors, flagged values, steps."""

from __future__ import annotations

import warnings

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import DIRECTIONS, Effects
from shiftexp.errors import QualityWarning, SmallSampleWarning
from shiftexp.estimators.error_laws import SeriesPosterior
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.power_bounds import PowerBounds
from shiftexp.kernels.scale import Scale
from shiftexp.panel import Panel, told_runs
from shiftexp.result import SIDES, Paths
from shiftexp.scalars import error_rate, plural

LEAST_BEFORE, LEAST_AFTER, LEAST_WITH_TREND = 6, 3, 15
_USED_BY = {
    "sampling errors": " (CommunicatingVessels takes them)",
    "exposures": " (CountDiD and CommunicatingVessels take them: effort='offset')",
}
PERSISTENT = 0.5
# Residuals that spread this much more after the onset than before it.
SPREAD_CHANGE = 1.5
# Log Bayes factor of a wandering slope: reached in 1 to 6 % of data sets without one.
BENDS = 2.0
# Donors of equal sd exceed it in 1 to 23 % of draws, donors of two thirds of it in 73 to 89 %.
MORE_SPREAD = 1.3
# Beyond it placebo donors say nothing of the pair: at 3, half of true nulls are rejected.
FAR_MORE_SPREAD = 3.0
NOMINAL = 0.05
_NOT_SEPARABLE = "persistent errors: level shift and drift are not separable"
_SPREAD = "residuals vary"
_WITHHELD = (
    "withheld: the data speak for a trend that bends by itself; no test of an effect against a "
    "straight trend holds its level then, so there is no p-value and no interval (compare "
    "trend=False, or donors)"
)
_LEAST_SAME = 3  # periods: any two values are multiples of many others
_DOUBTFUL = ("suspect", "recalled")
_IN_LOGS = ", compare scale='log'"


def small_sample(
    before: int, after: int, *, trend: bool, posterior: SeriesPosterior | None
) -> tuple[str, ...]:
    """Warn, and note, where the method's own calibration shows too many false positives.

    Parameters
    ----------
    before, after : int
        Periods before and after the onset.
    trend : bool
        Whether a trend is fitted.
    posterior : SeriesPosterior or None
        The error law; None where there is none.
    """
    periods = before + after
    notes = []
    if posterior is None:
        notes.append(
            f"{plural(before, 'period')} before and {after} after: an estimate without inference; "
            f"a law of serial errors needs {LEAST_BEFORE} and {LEAST_AFTER}"
        )
    else:
        notes.append(
            "where the level itself drifts (a random walk with noise), up to 10 % of true nulls "
            "are rejected at nominal 5 %"
        )
    if posterior is not None and trend:
        notes.append(
            "where the trend itself bends (a slope that wanders), no test of this kind holds its "
            "level: up to 10 % of true nulls are rejected over 20 periods, 29 % over 40, 66 % over "
            "120"
        )
    if posterior is not None and trend and periods < LEAST_WITH_TREND:
        notes.append(f"{periods} periods with a trend: descriptive, its power is below one half")
    if posterior is not None and posterior.persistence > PERSISTENT:
        notes.append(_NOT_SEPARABLE)
    _warn(notes)
    return tuple(notes)


def of_the_test(posterior: SeriesPosterior, design: Design, errors: str) -> tuple[str, ...]:
    """Warn where the test is doubtful in these data, and note what power it can have.

    Parameters
    ----------
    posterior : SeriesPosterior
        The error law.
    design : Design
        The study, for the names of its sides.
    errors : {"any", "stationary"}
        The errors under which the test holds its level.
    """
    warned = []
    names = tuple(" + ".join(units) for units in design.sides)
    for name, ratio in zip(names, posterior.spread_ratios(), strict=True):
        if ratio > SPREAD_CHANGE:
            warned.append(
                f"{name}: {_SPREAD} {ratio:.1f} times as much after the onset as before it; "
                "a variance that doubles there lets up to 8 % of true nulls be rejected"
            )
    broad, narrow = posterior.two_sided_p("LL"), posterior.two_sided_p("AR")
    for name, p, q in zip(names, broad, narrow, strict=True):
        if (p <= NOMINAL) != (q <= NOMINAL):
            warned.append(
                f"{name}: the answer at 5 % hangs on the error process: p = {p:.2g} if levels may "
                f"drift, {q:.2g} if errors are a stationary AR(1)"
            )
    if errors == "stationary":
        warned.append(
            "errors declared stationary: where the level drifts instead, 10 to 30 % of true nulls "
            "are rejected at nominal 5 %"
        )
    _warn(warned)
    return (*warned, power_note(posterior.power))


def power_note(power: PowerBounds) -> str:
    """Say which power this design has, and how much any test could have."""
    found = "/".join(f"{value:.0%}".rstrip("%") for value in power.default)
    bound = "/".join(f"{value:.0%}".rstrip("%") for value in power.bound)
    size = "/".join(f"{value:.2g}" for value in power.effect)
    rho = "/".join(f"{value:g}" for value in power.rho)
    return (
        f"power of this design at 5 %, autocorrelation {rho}: an effect of {size} standard "
        f"deviations of one period's errors is found in {found} % of data sets; no test that keeps "
        f"its level under all these errors finds more than about {bound} %; knowing the errors "
        f"would find {power.seer:.0%}".replace("0%", "0 %")
    )


def trend_bends(posterior: SeriesPosterior | None, *, trend: bool) -> bool:
    """Tell whether the data speak for a trend that bends by itself: then nothing is tested."""
    return trend and posterior is not None and posterior.bend > BENDS


def withheld() -> tuple[str, ...]:
    """Warn, and note, that a bending trend withholds p-values and intervals."""
    _warn([_WITHHELD])
    return (_WITHHELD,)


def of_the_data(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the notes of a fit that are about its data, whatever law is put around it.

    Parameters
    ----------
    notes : tuple of str
        Notes of a fit.
    """
    return tuple(
        note for note in notes if note in {_NOT_SEPARABLE, _WITHHELD} or f": {_SPREAD} " in note
    )


def is_withheld(notes: tuple[str, ...]) -> bool:
    """Tell whether a fit withheld its test because the trend bends by itself."""
    return _WITHHELD in notes


def _warn(notes: list[str]) -> None:
    """Issue a warning for each note, at the line that called ``fit``."""
    for note in notes:
        warnings.warn(note, SmallSampleWarning, stacklevel=5)


def below_zero(paths: Paths, scale: Scale, remedy: str = _IN_LOGS) -> tuple[str, ...]:
    """Note counterfactuals of amounts below zero: a straight line does not suit them.

    Parameters
    ----------
    paths : Paths
        What was fitted.
    scale : {"level", "log"}
        Its scale.
    remedy : str
        What to compare with; empty where the method has no other scale.
    """
    notes = []
    for name, values in zip(paths.names, paths.counterfactual, strict=True):
        wrong = np.flatnonzero(paths.post & (values < 0))
        if scale == "level" and name and wrong.size and np.nanmin(paths.observed) >= 0:
            labels = told_runs(paths.labels, wrong)
            notes.append(
                f"the counterfactual of {name} falls below zero in {labels}: a straight line does "
                f"not suit these amounts{remedy}"
            )
    return tuple(notes)


def flagged_values(window: Window, *, donors: bool = False, stacklevel: int = 4) -> tuple[str, ...]:
    """Note used values that carry a flag, and warn of those that are doubtful.

    Parameters
    ----------
    window : Window
        What the design sees.
    donors : bool, default False
        Whether the donors' values are used too.
    stacklevel : int
        How far up the call of ``fit`` is, so that the warning names its line.
    """
    flagged = (*window.flagged, *(window.donor_flags if donors else ()))
    doubtful = [note for note in flagged if note.endswith(_DOUBTFUL)]
    if doubtful:
        message = f"doubtful values took part: {'; '.join(doubtful)}"
        warnings.warn(message, QualityWarning, stacklevel=stacklevel)
    return flagged


def same_series(window: Window, *, donors: bool) -> tuple[str, ...]:
    """Doubt series that are exact multiples of each other: one may be a copy, or computed.

    Parameters
    ----------
    window : Window
        What the design sees.
    donors : bool
        Whether the donors take part.
    """
    origin, destination = window.pair[:, window.usable]
    notes = []
    if _is_multiple(origin, destination):
        notes.append(
            "destination and origin are exact multiples of each other: two columns of one series "
            "say nothing of what moved between them; check where the values come from"
        )
    others = zip(window.donor_names, window.donors[:, window.usable], strict=True)
    notes += [
        f"donor {name} is an exact multiple of the {side}: a copy is no comparison, and hides what "
        "happened; leave it out of the donors"
        for name, values in (others if donors else ())
        for side, own in zip(SIDES, (origin, destination), strict=True)
        if _is_multiple(own, values)
    ]
    return tuple(notes)


def _is_multiple(one: Floats, other: Floats) -> bool:
    """Tell whether one series that varies is the other up to a factor, where both are seen."""
    seen = np.isfinite(one) & np.isfinite(other)
    a, b = one[seen], other[seen]
    if a.size < _LEAST_SAME or not (np.ptp(a) and np.ptp(b)):
        return False
    return bool(np.allclose(a * (b @ b), b * (a @ b), rtol=1e-10, atol=0))


def outside_itself(effects: Effects, level: float) -> tuple[str, ...]:
    """Note where an estimate lies outside its own interval: neither should be leaned on."""
    error = error_rate(level)
    notes = []
    for name, a in DIRECTIONS.items():
        if not effects.answers(a) or np.isnan(effects.estimate(a)):
            continue
        both = np.array([a, np.negative(a)])
        p = effects.law.limit_p(both, both @ np.nan_to_num(effects.mean), error)
        if (p <= error).any():
            notes.append(
                f"the estimate of the {name} effect lies outside its own interval: least squares "
                "and the error law disagree, so neither should be leaned on"
            )
    return tuple(notes)


def learnt_before_steps(window: Window, treated: Booleans, design: Design) -> tuple[str, ...]:
    """Note from which periods an effect is learnt where a later step takes up the rest."""
    notes = []
    for side, at in window.breaks:
        if at > window.onsets[-1]:
            learnt = np.flatnonzero(treated & (np.arange(len(window.joint)) < at))
            labels = told_runs(window.calendar.labels, learnt)
            notes.append(
                f"{' + '.join(design.sides[side])}: a free step from {window.calendar.labels[at]} "
                f"takes up what changes then, so its effect is learnt from {labels}"
            )
    return tuple(notes)


def sampling_errors(
    panel: Panel, design: Design, posterior: SeriesPosterior | None
) -> tuple[str, ...]:
    """Note whether known sampling errors took part, and that only their pattern does.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    posterior : SeriesPosterior or None
        The error law; None where there is none.
    """
    notes = []
    for side, units in enumerate(design.sides):
        rows = [panel.units.index(unit) for unit in units]
        if posterior is None or not np.isfinite(panel.std_error[0, rows]).any():
            continue
        name = " + ".join(units)
        notes.append(
            f"{name}: periods with larger sampling errors (of donors too, where given) count less; "
            "how large these are beside the other errors is learnt from the series"
            if posterior.designs[side].shaped
            else f"{name}: sampling errors are equal, or not given for every period used, so they "
            "change nothing here"
        )
    return tuple(notes)


def not_used(
    panel: Panel, design: Design, *, sampling: bool = True, exposure: bool = True
) -> tuple[str, ...]:
    """Note what the panel holds beside the values that the estimator does not use.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    sampling, exposure : bool, default True
        Whether sampling errors, and exposures, are among what it does not use.
    """
    rows = [panel.units.index(u) for u in (*design.origin_units, *design.destination_units)]
    held = {"sampling errors": panel.std_error} if sampling else {}
    if exposure:
        held["exposures"] = panel.exposure
    return tuple(
        f"{name} are carried along but not used by this estimator{_USED_BY[name]}"
        for name, values in held.items()
        if np.isfinite(values[0, rows]).any()
    )


def onset_assumption(design: Design) -> tuple[str, ...]:
    """Say what holds for an onset that is a range."""
    first, last = design.onset_range
    if first == last:
        return ()
    said = (
        f"the onset lies between {first} and {last}: the counterfactual learns before {first}, the "
        f"effect is averaged from {last} on, so it holds whichever candidate is true"
    )
    return (said,)


def spread_beside_donors(own: Floats, donors: Floats) -> Floats:
    """Return residual sds of the pair over those of the median donor, shape (2,).

    Parameters
    ----------
    own : array of shape (2,)
        Mean squared residuals of origin and destination before the onset; NaN on an absent side.
    donors : array of shape (n, 2)
        Those of the donors in either role, in the same unit.
    """
    usual = np.maximum(np.median(donors, axis=0), np.finfo(float).tiny)
    return np.asarray(np.sqrt(own / usual))


def quieter_donors(own: Floats, donors: Floats) -> tuple[str, ...]:
    """Say where donors vary less than the study before the onset: then too much is rejected.

    Parameters
    ----------
    own : array of shape (2,)
        Mean squared residuals of origin and destination before the onset; NaN on an absent side.
    donors : array of shape (n, 2)
        Those of the donors in either role, in the same unit.
    """
    ratios = spread_beside_donors(own, donors)
    if not np.sqrt(np.nanmean(ratios**2)) > MORE_SPREAD:
        return ()
    shown = " and ".join(
        f"at the {side} {ratio:.2g}"
        for side, ratio in zip(SIDES, ratios, strict=True)
        if np.isfinite(ratio)
    )
    said = (
        f"before the onset residuals {shown} times as large as those of the median donor: where "
        "donors vary less, 15 to 20 % of true nulls are rejected at nominal 10 % with donors of "
        "four fifths of the standard deviation, 50 to 60 % with a third; compare "
        "Permutation(..., studentized=True)"
    )
    return (said,)
