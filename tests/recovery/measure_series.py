"""Size, coverage and power of Bayes-AN in bulk, with the matrices that the estimators build."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.errors import SmallSampleWarning
from shiftexp.estimators.cautions import PERSISTENT, small_sample
from shiftexp.estimators.error_laws import SeriesPosterior, series_posterior
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.mixture import posterior
from shiftexp.kernels.segments import BOTH, DESTINATION_ONLY
from tests.recovery.measure import (
    AUTOREGRESSIVE,
    BAYES,
    COVERAGE,
    GLS_UNITS,
    NOMINAL,
    Cell,
    Rate,
    covariance,
    errors,
    one_side,
    panel_of,
    share,
)

DONORS = ("C1", "C2", "C3", "C4", "C5")
CANDIDATES = 4
SHIPPED = "candidate years left out (shipped)"
SHOCK_CORRELATION = 0.6
_CHUNK = 1000
_SHAPE = f"{GLS_UNITS:g} sd of GLS"


@dataclass(frozen=True, eq=False)
class Answer:
    """What the law says of a batch of series.

    Attributes
    ----------
    below : array of shape (B,)
        Posterior probability of an effect at most the value asked about.
    persistence : array of shape (B,)
        Posterior mass on persistent errors.
    """

    below: Floats
    persistence: Floats

    @property
    def two_sided(self) -> Floats:
        """Two-sided p."""
        return 2 * np.minimum(self.below, 1 - self.below)


def ask(
    prepared: SeriesPosterior, series: Floats, kind: int = DESTINATION_ONLY, at: float = 0.0
) -> Answer:
    """Return what the law says of many series with one design."""
    design, functional = prepared.designs[kind], prepared.functional(kind)
    below, persistence = [], []
    for start in range(0, len(series), _CHUNK):
        some = series[start : start + _CHUNK]
        mixture = posterior(design, some, functional)
        below.append(mixture.cdf(np.full(len(some), at)))
        persistence.append(mixture.persistence)
    return Answer(np.concatenate(below), np.concatenate(persistence))


def prepared_law(cell: Cell, *, pair: bool = False, last: int | None = None) -> SeriesPosterior:
    """Return the law of a study, as the estimator makes it; ``last`` makes the onset a range."""
    estimator = BAYES[cell.method]
    against = cell.method.startswith("DifferenceInDifferences")
    donors = DONORS if against else ()
    names = ("D", "O", *donors)
    filler = np.random.default_rng(0).standard_normal((len(names), cell.periods)) + 50
    panel = panel_of(filler, names, cell.years)
    design = one_side(cell, donors, last)
    if pair:
        design = replace(design, origin="O")
    cases = estimator.prepare(panel, design)
    trend = getattr(estimator, "trend", False)
    return series_posterior(cases.pair[0], cases, 0, trend=trend, seasonal=False)


def gls_deviation(prepared: SeriesPosterior, errors_covariance: Floats) -> float:
    """Return the standard deviation of the estimator that knows the covariance."""
    x = prepared.matrices.active(DESTINATION_ONLY)
    weights = prepared.functional(DESTINATION_ONLY)
    information = x.T @ np.linalg.solve(errors_covariance, x)
    return float(np.sqrt(weights @ np.linalg.solve(information, weights)))


def step_of(prepared: SeriesPosterior) -> Floats:
    """Return the step that a constant effect adds."""
    return np.asarray(prepared.matrices.x[DESTINATION_ONLY][:, prepared.matrices.effect])


@dataclass(frozen=True, eq=False)
class _OfMass(SeriesPosterior):
    """A law whose mass on persistent errors is given, to hear what is said of such a law."""

    mass: float

    @property
    def persistence(self) -> float:
        """The mass as given."""
        return self.mass


def warned(cell: Cell, prepared: SeriesPosterior, persistence: Floats) -> Booleans:
    """Tell for which data sets the estimator issues a SmallSampleWarning."""
    trend = bool(getattr(BAYES[cell.method], "trend", False))
    after = int(prepared.post.sum())
    before = len(prepared.post) - after
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        persistent, calm = (
            bool(
                small_sample(
                    before, after, trend=trend, posterior=_OfMass(**vars(prepared), mass=m)
                )
            )
            for m in (1.0, 0.0)
        )
    return np.where(persistence > PERSISTENT, persistent, calm)


def destination_series(cell: Cell, count: int) -> Floats:
    """Return contrast series under no effect: the errors, or those less the donors."""
    rng, rho = cell.random(), cell.rho[0]
    if not cell.method.startswith("DifferenceInDifferences"):
        return errors(cell.process, rho, (count, cell.periods), rng)
    values = donor_values(cell, count, rng)
    reference = values[:, 1:].mean(axis=1)
    return np.asarray(values[:, 0] - (reference - reference.mean(axis=1, keepdims=True)))


def donor_values(cell: Cell, count: int, rng: np.random.Generator) -> Floats:
    """Return destination and donors: own errors and a common random walk, shape (B, 6, T)."""
    own = errors(cell.process, cell.rho[0], (count, 1 + len(DONORS), cell.periods), rng)
    walk = np.cumsum(rng.standard_normal((count, 1, cell.periods)), axis=-1)
    return own + walk


def one_series(cell: Cell) -> tuple[Rate, ...]:
    """Measure size, coverage, power, and how often the method warns."""
    prepared = prepared_law(cell)
    noise = destination_series(cell, cell.draws)
    spread = 1 + 1 / len(DONORS) if cell.method.startswith("Difference") else 1.0
    effect = GLS_UNITS * gls_deviation(
        prepared, spread * covariance(cell.process, cell.rho[0], cell.periods)
    )
    null = ask(prepared, noise)
    moved = noise + effect * step_of(prepared)
    rejected = null.two_sided <= NOMINAL
    noted = null.persistence > PERSISTENT
    covered = ask(prepared, moved, at=effect).two_sided > NOMINAL
    return (
        share("size", rejected, nominal=NOMINAL),
        share("coverage", covered, effect=_SHAPE, nominal=COVERAGE),
        share("power", ask(prepared, moved).two_sided <= NOMINAL, effect=_SHAPE),
        share("warned", warned(cell, prepared, null.persistence)),
        share("persistence noted", noted),
        share("size where persistence is noted", rejected[noted], nominal=NOMINAL),
        share("size where it is not", rejected[~noted], nominal=NOMINAL),
    )


def pair_series(cell: Cell, count: int) -> Floats:
    """Return AR(1) errors of a pair whose shocks are correlated, shape (B, 2, T)."""
    rng = cell.random()
    first, second = rng.standard_normal((2, count, cell.periods))
    shocks = (first, SHOCK_CORRELATION * first + np.sqrt(1 - SHOCK_CORRELATION**2) * second)
    return np.stack([_filtered(w, rho) for w, rho in zip(shocks, cell.rho, strict=True)], axis=1)


def _filtered(shocks: Floats, rho: float) -> Floats:
    """Return AR(1) series of unit variance made of given shocks."""
    series = shocks.copy()
    for t in range(1, shocks.shape[-1]):
        series[..., t] = rho * series[..., t - 1] + np.sqrt(1 - rho**2) * shocks[..., t]
    return series


def two_series(cell: Cell) -> tuple[Rate, ...]:
    """Measure what is asked of a pair: the net effect, and the half-plane of "not mainly shift"."""
    prepared = prepared_law(cell, pair=True)
    origin, destination = np.swapaxes(pair_series(cell, cell.draws), 0, 1)
    net = ask(prepared, origin + destination, BOTH)
    mostly = ask(prepared, origin + 0.75 * destination, BOTH)
    sides = [ask(prepared, z, side) for z, side in ((origin, 0), (destination, 1))]
    persistence = np.maximum(sides[0].persistence, sides[1].persistence)
    return (
        share("size, net, two-sided", net.two_sided <= NOMINAL, nominal=NOMINAL),
        share("size, net > 0, one-sided", net.below <= NOMINAL, nominal=NOMINAL),
        share("size, O + .75 D > 0, one-sided", mostly.below <= NOMINAL, nominal=NOMINAL),
        share("size, O + .75 D < 0, one-sided", mostly.below >= 1 - NOMINAL, nominal=NOMINAL),
        share("warned", warned(cell, prepared, persistence)),
    )


def onset_range(cell: Cell) -> tuple[Rate, ...]:
    """Measure the rule for four candidate onsets, the second one true, and alternatives to it."""
    shipped = prepared_law(cell, last=cell.onset + CANDIDATES - 1)
    laws = candidate_laws(cell)
    known = laws[1]
    noise = errors(AUTOREGRESSIVE, cell.rho[0], (cell.draws, cell.periods), cell.random())
    spread = gls_deviation(known, covariance(AUTOREGRESSIVE, cell.rho[0], cell.periods))
    rates = []
    for size in (0.0, GLS_UNITS, 2 * GLS_UNITS):
        y = noise + size * spread * step_of(known)
        kept = ask(shipped, of_used(shipped, y))
        below = np.stack([ask(law, y).below for law in laws])
        picked = (2 * np.minimum(below, 1 - below)).min(axis=0)
        name, nominal = ("power", math.nan) if size else ("size", NOMINAL)
        words = f"{size:g} sd of GLS" if size else "0"
        for given, p in (
            (SHIPPED, kept.two_sided),
            ("onset known", ask(known, y).two_sided),
            ("largest p over the candidates", least_favourable(below)),
            ("most telling candidate picked", picked),
        ):
            rates.append(share(name, p <= NOMINAL, effect=words, nominal=nominal, given=given))
        if not size:
            rates.append(share("warned", warned(cell, shipped, kept.persistence), given=SHIPPED))
    return tuple(rates)


def candidate_laws(cell: Cell) -> tuple[SeriesPosterior, ...]:
    """Return the law of every candidate, each declared as if it were the onset known."""
    return tuple(
        prepared_law(replace(cell, before=cell.before + k, after=cell.after - k))
        for k in range(CANDIDATES)
    )


def of_used(prepared: SeriesPosterior, series: Floats) -> Floats:
    """Return series at the periods that a study uses."""
    return series[..., prepared.time.astype(int)]


def least_favourable(below: Floats) -> Floats:
    """Return the two-sided p of several candidate onsets, shape (candidates, B) in."""
    largest = np.minimum(below.max(axis=0), (1 - below).max(axis=0))
    return np.asarray(np.minimum(2 * largest, 1.0))
