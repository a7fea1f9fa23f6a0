"""Size, coverage and power of the default test in bulk, with the designs that estimators build."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.errors import SmallSampleWarning
from shiftexp.estimators.cautions import BENDS, PERSISTENT, small_sample
from shiftexp.estimators.error_laws import SeriesPosterior, series_posterior
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.error_draws import AUTOREGRESSIVE, LOCAL_LEVEL, NORMAL, covariance, draw
from shiftexp.kernels.mixture import posterior
from shiftexp.kernels.optimal_store import OCTAGON, STANDARD
from shiftexp.kernels.segments import BOTH, DESTINATION_ONLY, ORIGIN_ONLY
from shiftexp.kernels.series_design import SeriesDesign, evidence
from shiftexp.kernels.stochastic_slope import slope_evidence
from tests.recovery.measure import (
    BAYES,
    COVERAGE,
    GLS_UNITS,
    NOMINAL,
    Cell,
    Rate,
    one_side,
    panel_of,
    share,
)
from tests.recovery.measure_engines import emw

DONORS = ("C1", "C2", "C3", "C4", "C5")
CANDIDATES = 4
SHIPPED = "candidate years left out (shipped)"
SHOCK_CORRELATION = 0.6
_CHUNK = 1000
_SHAPE = f"{GLS_UNITS:g} sd of GLS"


@dataclass(frozen=True, eq=False)
class Answer:
    """What the test says of a batch of series.

    Attributes
    ----------
    two_sided, above, below : array of shape (B,)
        The p of an effect equal to, at most, and at least the value asked about.
    persistence : array of shape (B,)
        Posterior mass on persistent errors.
    withheld : array of shape (B,)
        Series whose trend bends by itself: a fit gives no p and no interval then.
    """

    two_sided: Floats
    above: Floats
    below: Floats
    persistence: Floats
    withheld: Booleans

    @property
    def rejected(self) -> Booleans:
        """Series in which the two-sided test finds an effect at 5 %."""
        return (self.two_sided <= NOMINAL) & ~self.withheld


def ask(
    prepared: SeriesPosterior, series: Floats, kind: int = DESTINATION_ONLY, at: float = 0.0
) -> Answer:
    """Return what the default test says of many series with one design."""
    design = prepared.designs[kind]
    two, one = STANDARD[:2]
    persistence = [
        posterior(design.mixture, series[i : i + _CHUNK], design.functional).persistence
        for i in range(0, len(series), _CHUNK)
    ]
    return Answer(
        two_sided=emw(design, series, two, at),
        above=emw(design, series, one, at),
        below=emw(design, -series, one, -at),
        persistence=np.concatenate(persistence),
        withheld=bending(prepared, design, series, kind),
    )


def bending(prepared: SeriesPosterior, design: SeriesDesign, series: Floats, kind: int) -> Booleans:
    """Tell for which series a fit with a trend withholds its test; none without a trend."""
    if len(prepared.effect_columns(kind)) == 1:
        return np.zeros(len(series), dtype=bool)
    parts = [series[i : i + _CHUNK] for i in range(0, len(series), _CHUNK)]
    found = [slope_evidence(design, prepared.time, p, evidence(design, p)) for p in parts]
    return np.concatenate(found) > BENDS


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
        return draw(cell.process, rho, NORMAL, (count, cell.periods), rng)
    values = donor_values(cell, count, rng)
    reference = values[:, 1:].mean(axis=1)
    return np.asarray(values[:, 0] - (reference - reference.mean(axis=1, keepdims=True)))


def donor_values(cell: Cell, count: int, rng: np.random.Generator) -> Floats:
    """Return destination and donors: own errors and a common random walk, shape (B, 6, T)."""
    own = draw(cell.process, cell.rho[0], NORMAL, (count, 1 + len(DONORS), cell.periods), rng)
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
    added = noise + effect * step_of(prepared)
    told = ~null.withheld
    covered = ask(prepared, added, at=effect).two_sided > NOMINAL
    return (
        share("size", null.rejected, nominal=NOMINAL),
        share("coverage", covered[told], effect=_SHAPE, nominal=COVERAGE),
        share("power", ask(prepared, added).rejected, effect=_SHAPE),
        share("withheld", null.withheld),
        share("warned", warned(cell, prepared, null.persistence)),
        share("persistence noted", null.persistence > PERSISTENT),
    )


def pair_series(cell: Cell, count: int) -> Floats:
    """Return errors of a pair, shape (B, 2, T): AR(1) with correlated shocks, or local levels."""
    rng = cell.random()
    if cell.process == LOCAL_LEVEL:
        noise, steps = rng.standard_normal((2, count, 2, cell.periods))
        ratio = np.sqrt(cell.rho)[:, None]
        return np.asarray(noise + ratio * np.cumsum(steps, axis=-1))
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
    """Measure what is asked of a pair: each side, the net effect, half-planes, and both at once."""
    prepared = prepared_law(cell, pair=True)
    pair = pair_series(cell, cell.draws)
    origin, destination = np.swapaxes(pair, 0, 1)
    sides = [ask(prepared, z, side) for z, side in ((origin, 0), (destination, 1))]
    net = ask(prepared, origin + destination, BOTH)
    mostly = ask(prepared, origin + 0.75 * destination, BOTH)
    told = ~(sides[0].withheld | sides[1].withheld)
    persistence = np.maximum(sides[0].persistence, sides[1].persistence)
    questions = {
        "origin": sides[0].two_sided,
        "destination": sides[1].two_sided,
        "net": net.two_sided,
        "net > 0, one-sided": net.above,
        "O + .75 D > 0, one-sided": mostly.above,
        "O + .75 D < 0, one-sided": mostly.below,
    }
    return (
        *(
            share(f"size, {words}", (p <= NOMINAL) & told, nominal=NOMINAL)
            for words, p in questions.items()
        ),
        share("size, both (octagon)", outside_octagon(prepared, pair) & told, nominal=NOMINAL),
        share("withheld", ~told),
        share("warned", warned(cell, prepared, persistence)),
    )


def outside_octagon(prepared: SeriesPosterior, pair: Floats) -> Booleans:
    """Tell for pairs (B, 2, T) whether the joint region of both effects leaves out zero."""
    whiten = prepared.designs[BOTH].nodes.whiten[0]
    residual = np.einsum("mt,bst->bsm", whiten, pair)
    origin, destination = np.swapaxes(pair / residual.std(axis=2, keepdims=True), 0, 1)
    strips = (
        (origin, ORIGIN_ONLY),
        (destination, DESTINATION_ONLY),
        (origin + destination, BOTH),
        (origin - destination, BOTH),
    )
    rejected = [emw(prepared.designs[k], z, OCTAGON) <= OCTAGON.error for z, k in strips]
    return np.asarray(np.any(rejected, axis=0))


def onset_range(cell: Cell) -> tuple[Rate, ...]:
    """Measure the rule for four candidate onsets, the second one true, and alternatives to it."""
    shipped = prepared_law(cell, last=cell.onset + CANDIDATES - 1)
    laws = candidate_laws(cell)
    known = laws[1]
    noise = draw(AUTOREGRESSIVE, cell.rho[0], NORMAL, (cell.draws, cell.periods), cell.random())
    spread = gls_deviation(known, covariance(AUTOREGRESSIVE, cell.rho[0], cell.periods))
    rates = []
    for size in (0.0, GLS_UNITS, 2 * GLS_UNITS):
        y = noise + size * spread * step_of(known)
        kept = ask(shipped, of_used(shipped, y))
        each = np.stack([ask(law, y).two_sided for law in laws])
        name, nominal = ("power", math.nan) if size else ("size", NOMINAL)
        words = f"{size:g} sd of GLS" if size else "0"
        for given, p in (
            (SHIPPED, kept.two_sided),
            ("onset known", ask(known, y).two_sided),
            ("largest p over the candidates", each.max(axis=0)),
            ("most telling candidate picked", each.min(axis=0)),
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
