"""What a fit must say of itself: few periods, persistent errors, flagged values, steps."""

from __future__ import annotations

import warnings

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import Effects
from shiftexp.errors import QualityWarning, SmallSampleWarning
from shiftexp.estimators.error_laws import SeriesPosterior
from shiftexp.kernels.cases import Booleans
from shiftexp.kernels.scale import Scale
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Paths

LEAST_BEFORE, LEAST_AFTER, LEAST_WITH_TREND = 6, 3, 15
PERSISTENT = 0.5
# The shapes whose rows in docs/calibration exceed 1.5 times the nominal level: a level up to this
# length, a trend at any (a random walk with noise is measured at 11 % even over 120 periods).
SHORT = 40
_DOUBTFUL = ("suspect", "recalled")


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
            f"{before} periods before and {after} after: an estimate without inference; a law of "
            f"serial errors needs {LEAST_BEFORE} and {LEAST_AFTER}"
        )
    elif trend or periods <= SHORT:
        size = "14 %" if trend else "10 %"
        notes.append(
            f"{periods} periods{' with a trend' if trend else ''}: where errors are autocorrelated "
            f"by .8 to .9 or drift, up to {size} of true nulls are rejected at nominal 5 %"
        )
    if posterior is not None and trend and periods < LEAST_WITH_TREND:
        notes.append(
            f"{periods} periods with a trend: descriptive (power .29 to .42 where the best test "
            "has .70)"
        )
    if posterior is not None and posterior.persistence > PERSISTENT:
        notes.append("persistent errors: a level shift and a drift are hardly separable")
    for note in notes:
        warnings.warn(note, SmallSampleWarning, stacklevel=4)
    return tuple(notes)


def below_zero(paths: Paths, scale: Scale) -> tuple[str, ...]:
    """Note counterfactuals of amounts below zero: a straight line does not suit them."""
    notes = []
    for name, values in zip(paths.names, paths.counterfactual, strict=True):
        wrong = np.flatnonzero(paths.post & (values < 0))
        if scale == "level" and name and wrong.size and np.nanmin(paths.observed) >= 0:
            labels = ", ".join(paths.labels[t] for t in wrong)
            notes.append(
                f"the counterfactual of {name} falls below zero in {labels}: a straight line does "
                "not suit these amounts, compare scale='log'"
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


def outside_itself(effects: Effects, level: float) -> tuple[str, ...]:
    """Note where an estimate lies outside its own interval: neither should be leaned on."""
    error = (1 - level) * effects.law.tail
    notes = []
    for side, sign, mean in zip(SIDES, np.eye(2), effects.mean, strict=True):
        if np.isnan(mean):
            continue
        p = effects.law.p_value(np.array([sign, -sign]), np.array([mean, -mean]))
        if (p <= error).any():
            notes.append(
                f"the estimate at the {side} lies outside its own interval: least squares and the "
                "error law disagree, so neither should be leaned on"
            )
    return tuple(notes)


def learnt_before_steps(window: Window, treated: Booleans, design: Design) -> tuple[str, ...]:
    """Note from which periods an effect is learnt where a later step takes up the rest."""
    notes = []
    for side, at in window.breaks:
        if at > window.onsets[-1]:
            learnt = np.flatnonzero(treated & (np.arange(len(window.joint)) < at))
            labels = ", ".join(window.calendar.labels[t] for t in learnt)
            notes.append(
                f"{' + '.join(design.sides[side])}: a free step from {window.calendar.labels[at]} "
                f"takes up what changes then, so its effect is learnt from {labels}"
            )
    return tuple(notes)


def not_used(panel: Panel, design: Design) -> tuple[str, ...]:
    """Note what the panel holds beside the values that the estimator does not use."""
    rows = [panel.units.index(u) for u in (*design.origin_units, *design.destination_units)]
    held = {"sampling errors": panel.std_error, "exposure": panel.exposure}
    return tuple(
        f"{name} of the values are carried along but not used by this estimator"
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
