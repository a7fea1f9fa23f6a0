"""Data sets of the recovery study: what was added to origin and destination, and the noise."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN, VesselTerms, vessel_terms
from tests.recovery.recovery_designs import (
    DONOR_DRIFT,
    DONOR_LEVEL,
    DRIFTS,
    Design,
    Setting,
    Truth,
)

PULSE_YEARS, PAIRS = 3, 10
DISPERSION = 0.02  # variance of negative binomial counts: mean + this times its square
LUMPS = 5.0  # lumps a period, of log sd 1
_LOG_SD = 1.0


def pushed(design: Design, setting: Setting, late: int = 0) -> Floats:
    """Return the push, where it starts so many periods after the declared onset, shape (T,)."""
    start, second = setting.before + late, _second(setting) + late
    time, length = np.arange(setting.before + setting.after), PULSE_YEARS * design.seasons

    def on(first: int, periods: int = len(time)) -> Floats:
        return np.where((time >= first) & (time < first + periods), 1.0, 0.0)

    return {
        "step": on(start),
        "pulse": on(start, length),
        "two pulses": on(start, length) + on(second, length),
        "equal steps": on(start) + on(second),
        "unequal steps": on(start) + 3 * on(second),
    }[design.push]


def regressors(design: Design, setting: Setting, late: int = 0) -> VesselTerms:
    """Return what a push adds, where it starts so many periods after the declared onset."""
    start, second = setting.before + late, _second(setting) + late
    onsets = [start] if design.push in {"step", "pulse"} else [start, second]
    lags = np.eye(setting.lag + 1)[setting.lag]
    return vessel_terms(pushed(design, setting, late), lags, np.array(onsets), 2 + design.donors)


def _second(setting: Setting) -> int:
    """Return where a push starts that comes twice."""
    return setting.before + setting.after // 2


def added(design: Design, setting: Setting, truth: Truth) -> Floats:
    """Return what the flow and own changes added, shape (n, T); donors' own changes apart.

    Own changes have the same slope from every onset on.
    """
    terms = regressors(design, setting, design.late * design.seasons)
    slopes = _own_slopes(terms)
    total = truth.flow * terms.flow[..., 0]
    total = total + truth.left * slopes[..., ORIGIN] + truth.grown * slopes[..., DESTINATION]
    total[DESTINATION] += truth.jumped * terms.steps[DESTINATION, :, DESTINATION]
    if design.wave:
        total = total + slopes[..., DESTINATION:].sum(axis=2)
    return np.asarray(setting.size * total)


def series(
    design: Design, setting: Setting, truth: Truth, count: int, rng: np.random.Generator
) -> Floats:
    """Return series of the places, shape (count, n, T)."""
    what = added(design, setting, truth)
    places, periods = what.shape
    level, drift = _lines(design, setting, truth)
    line = level[:, None] + drift[:, None] * np.arange(periods) / design.seasons
    own, common, noise = _sds(design, setting, places)
    shape, root = (count, places, periods), np.sqrt(design.seasons)
    walks = own / root * rng.standard_normal(shape).cumsum(axis=2)
    walks += common / root * rng.standard_normal((count, 1, periods)).cumsum(axis=2)
    slopes = _own_slopes(regressors(design, setting))[..., DESTINATION + 1 :]
    sizes = design.donor_changes * setting.size * rng.standard_normal((count, design.donors))
    seen = np.ones((places, periods))
    seen[DESTINATION, setting.before + design.late * design.seasons :] = truth.detection
    mean = seen * (line + what + walks + np.einsum("utj,cj->cut", slopes, sizes))
    return _observed(design, mean, noise * root, rng)


def growth(design: Design, setting: Setting, truth: Truth) -> float:
    """Return all that the destination grew by from the declared onset to the end."""
    drift = _lines(design, setting, truth)[1][DESTINATION]
    return own_growth(design, setting, truth) + float(drift * setting.after / design.seasons)


def own_growth(design: Design, setting: Setting, truth: Truth) -> float:
    """Return what the destination grew by beyond its drift."""
    return setting.size * (truth.flow + truth.grown + truth.jumped + design.wave)


def _own_slopes(terms: VesselTerms) -> Floats:
    """Return own changes of each place with one slope from every onset on, shape (n, T, n)."""
    periods = terms.breaks.shape[1]
    after = np.array([periods - np.argmax(b > 0) for b in terms.breaks[0, :, 0].T])
    return np.asarray(terms.breaks @ (after / after.sum()))


def _lines(design: Design, setting: Setting, truth: Truth) -> tuple[Floats, Floats]:
    """Return levels and drifts a year; far places have the same, and cancel them."""
    level = np.array([*setting.levels, *[DONOR_LEVEL] * design.donors])
    drift = np.array([*DRIFTS, *[DONOR_DRIFT] * design.donors])
    drift[DESTINATION] *= truth.drifting
    cancelled = design.places == "near less far"
    return (0 * level, 0 * drift) if cancelled else (level, drift)


def _sds(design: Design, setting: Setting, places: int) -> tuple[Floats, float, Floats]:
    """Return standard deviations of own walks (n, 1), of the common walk, of the noise (n, 1).

    Of several pairs it is those of their mean: each place has a walk of its own beside its
    country's, as variable, and noise that leaves the mean that of one pair; less the mean of far
    places, countries' walks and the common one are gone.
    """
    own, common, noise = setting.sds
    if design.places == "near pairs":
        own *= np.sqrt(1 + 1 / PAIRS)
    if design.places == "near less far":
        own, common, noise = own * np.sqrt(2 / PAIRS), 0.0, noise * np.sqrt(2)
    times = np.ones((places, 1))
    times[DESTINATION] = design.unequal
    return own * times, common, noise * times


def _observed(design: Design, mean: Floats, noise: Floats, rng: np.random.Generator) -> Floats:
    """Return what is observed of means (count, n, T)."""
    if design.noise == "poisson":
        return rng.poisson(np.maximum(mean, 0)).astype(float)
    if design.noise == "negative binomial":
        rates = rng.gamma(1 / DISPERSION, DISPERSION, mean.shape)
        return rng.poisson(np.maximum(mean, 0) * rates).astype(float)
    if design.noise == "lumps":
        return mean + noise * lumps(mean.shape, rng)
    return mean + noise * rng.standard_normal(mean.shape)


def lumps(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Return sums of a Poisson number of lognormal lumps, of mean 0 and variance 1."""
    number = rng.poisson(LUMPS, shape)
    every = rng.lognormal(0.0, _LOG_SD, (number.max(), *shape))
    held = np.arange(number.max()).reshape(-1, *[1] * len(shape)) < number
    mean, variance = LUMPS * np.exp(_LOG_SD**2 / 2), LUMPS * np.exp(2 * _LOG_SD**2)
    return np.asarray(((every * held).sum(axis=0) - mean) / np.sqrt(variance))
