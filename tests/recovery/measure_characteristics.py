"""Operating characteristics: what verdicts keep, declare and claim where the truth is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.sector_weights import (
    Piece,
    SectorMasses,
    prior_masses,
    sector_masses,
    smallest_set,
    under_prior,
)
from shiftexp.kernels.vessel_ends import EndLevels, end_models
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import fixed_terms, nodes_of_changes
from shiftexp.kernels.vessel_nodes import NodePosterior
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN, Cuts, VesselTerms, vessel_terms
from shiftexp.plane import OFFSET_MOST, OFFSET_SOME, SECTOR_NAMES
from shiftexp.sector_weights import (
    LEAST_MASS,
    MANY_PERIODS,
    PRIOR_SCALE,
    Bars,
    bars,
    pieces,
)
from shiftexp.verdict.claims import ALPHA_NET
from shiftexp.verdict.readings import ALPHA
from tests.recovery.characteristics_designs import (
    DONOR_DRIFT,
    DONOR_LEVEL,
    DRIFTS,
    HAD,
    LENGTHS,
    LEVELS,
    ROWS,
    TRUTHS,
    Evidence,
    Length,
    Noise,
    Truth,
)
from tests.recovery.measure import COVERAGE, NOMINAL, Cell, Rate, average, share

TABLE = "operating-characteristics"
METHOD = "sector weights of CommunicatingVessels"
LAGS = (0, 1)
STEP_SD = 0.10
MOST, MANY, FEW = 300, 100, 50  # data sets of a cell: noise r3 and 20 years, 20 years, all others
_MANY_AT, _MOST_AT = "20", "r3"
_KEPT_MASS = 1 - 1e-3  # of the posterior: lighter nodes cost time and move no mass by more
# Columns of what is said of the truth, in the order of the rates.
SAID = ("kept", "right", "wrong", "silent", "sectors")
_NEAR = 1e-9
_SUM, _GREW = (1.0, 1.0), ((0.0, 1.0),)
# Claims by the half-planes a . Delta > 0 that must all hold, and the error each is made at.
CLAIMS: dict[str, tuple[tuple[tuple[float, float], ...], float]] = {
    "destination grew": (_GREW, ALPHA),
    "origin fell": (((-1.0, 0.0),), ALPHA),
    "net expansion": ((_SUM,), ALPHA_NET),
    "not mainly shift": (((1.0, OFFSET_MOST), *_GREW), ALPHA),
    "some offset": (((-1.0, -OFFSET_SOME), *_GREW), ALPHA),
    "mostly offset": (((-1.0, -OFFSET_MOST), *_GREW), ALPHA),
}


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells of the table: every truth, length, noise, and what the analyst has."""
    for length, had in ((n, h) for n in LENGTHS for h in HAD):
        for row, truth in ((r, t) for r in ROWS for t in TRUTHS):
            about = LENGTHS[length]
            yield Cell(
                table=TABLE,
                method=METHOD,
                before=about.before * about.seasons,
                after=about.after * about.seasons,
                process=row,
                rho=(0.0,),
                setting=f"{had}; {truth}",
                draws=(MOST if row == _MOST_AT else MANY) if length == _MANY_AT else FEW,
                seed=seed,
            )


@dataclass(frozen=True, eq=False)
class Asked:
    """A cell with what its words stand for."""

    cell: Cell

    @property
    def had(self) -> Evidence:
        """What the analyst has."""
        return HAD[self.cell.setting.split("; ")[0]]

    @property
    def truth(self) -> Truth:
        """What happened."""
        return TRUTHS[self.cell.setting.split("; ")[1]]

    @property
    def noise(self) -> Noise:
        """Noise, and how large effects are."""
        return ROWS[self.cell.process]

    @property
    def length(self) -> Length:
        """Years and seasons."""
        return LENGTHS[str(self.cell.periods)]

    @property
    def size(self) -> float:
        """Size of an effect by the end of the window."""
        return self.length.size * self.noise.times

    @property
    def places(self) -> int:
        """Origin, destination and donors."""
        return 2 + self.had.donors

    @cached_property
    def terms(self) -> tuple[VesselTerms, ...]:
        """Regressors of a step that arrives so many years later."""
        push = np.where(np.arange(self.cell.periods) >= self.cell.before, 1.0, 0.0)
        onsets = np.array([self.cell.before])
        lags = [np.eye(n + 1)[n] for n in (lag * self.length.seasons for lag in LAGS)]
        return tuple(vessel_terms(push, lag, onsets, self.places) for lag in lags)


def series(asked: Asked) -> Floats:
    """Return the mean of the indicators of every place, shape (draws, n, T)."""
    rng, cell, noise, had = asked.cell.random(), asked.cell, asked.noise, asked.had
    shape, seasons = (cell.draws, asked.places, cell.periods), asked.length.seasons
    walk, month = 1 / math.sqrt(seasons), math.sqrt(seasons)
    true = levels(asked) + noise.own * walk * rng.standard_normal(shape).cumsum(axis=2)
    common = rng.standard_normal((cell.draws, 1, cell.periods)).cumsum(axis=2)
    true = true + noise.common * walk * common
    seen = np.zeros(shape)
    since = np.maximum(np.arange(cell.periods) - cell.before + 1.0, 0) / cell.after
    for _ in range(had.indicators):
        found = np.ones(shape)
        drifts = had.drift * rng.standard_normal((cell.draws, asked.places, 1))
        found[:, :2] = np.exp(drifts[:, :2] * since)
        seen += found * true + month * noise.noise * rng.standard_normal(shape)
    unseen = asked.truth.detection ** (since if asked.truth.ramp else np.ceil(since))
    seen[:, DESTINATION] += had.indicators * (unseen - 1) * true[:, DESTINATION]
    return seen / had.indicators


def levels(asked: Asked, *, happened: bool = True) -> Floats:
    """Return expected levels (n, T), or those without what happened; a flow arrives later."""
    donors = asked.had.donors
    years = np.arange(asked.cell.periods) / asked.length.seasons
    level = np.array([*LEVELS, *[DONOR_LEVEL] * donors])
    drift = np.array([*DRIFTS, *[DONOR_DRIFT] * donors])
    expected = level[:, None] + drift[:, None] * years
    if not happened:
        return np.asarray(expected)
    return np.asarray(expected + asked.size * (_jumped if asked.truth.at_once else _grown)(asked))


def _grown(asked: Asked) -> Floats:
    """Return what grows from the onset on, in sizes of an effect, shape (n, T)."""
    truth, now, later = asked.truth, asked.terms[0], asked.terms[1]
    added = truth.flow * later.flow[..., 0]
    added = added + truth.left * now.breaks[:, :, ORIGIN, 0]
    return np.asarray(added + truth.grown * now.breaks[:, :, DESTINATION, 0])


def _jumped(asked: Asked) -> Floats:
    """Return what is there at once, in sizes of an effect, shape (n, T)."""
    truth, since = asked.truth, np.arange(asked.cell.periods) - asked.cell.before
    now, later = (np.where(since >= lag, 1.0, 0.0) for lag in (0, asked.length.seasons))
    added = np.zeros((asked.places, asked.cell.periods))
    added[ORIGIN] = (truth.left - truth.flow) * now
    added[DESTINATION] = truth.grown * now + truth.flow * later
    return added


def totals(asked: Asked, y: Floats) -> NodePosterior:
    """Return changes of both sides by the end of the window, over nodes and lags."""
    line, cuts = line_of(asked), Cuts(asked.cell.before, asked.length.seasons)
    engine = Grid(y, nodes_of_changes(y[:, :2], cuts))
    levels = EndLevels.of(y[:, :2], asked.cell.before, asked.length.seasons)
    nothing = np.zeros((*y.shape[1:], 0))
    return end_models(engine, asked.terms, line, nothing, levels, STEP_SD).averaged


def line_of(asked: Asked) -> Floats:
    """Return what every place has of its own: level, drift and seasons, shape (T, r)."""
    seasons = np.eye(asked.length.seasons)[np.arange(asked.cell.periods) % asked.length.seasons]
    return fixed_terms(seasons[:, 1:], drift=True)


@dataclass(frozen=True, eq=False)
class Said:
    """What was said of every data set of a cell.

    Attributes
    ----------
    kept : array of shape (draws, 9)
        The sectors left.
    declared : array of shape (draws,)
        Position of the sector declared; -1 for none.
    claims : dict of str to array of shape (draws,)
        Whether each weak claim is made.
    """

    kept: Booleans
    declared: Floats
    claims: dict[str, Booleans]


Law = tuple[Floats, Floats, Floats]  # weights, means and covariances of a mixture
Told = tuple[Booleans, int, Floats]  # the sectors kept, the one declared, the p of every claim


def said(asked: Asked, y: Floats) -> Said:
    """Return what sector weights and claims say of changes by the end of the window."""
    posterior, smallest = totals(asked, y), np.full(2, asked.length.smallest)
    spread, asks = _detection(asked, y, posterior), _bars(asked, posterior)
    return together(
        told(law_of(posterior, case, spread[case]), smallest, asks[case]) for case in range(len(y))
    )


def together(each: Iterable[Told]) -> Said:
    """Return what was said of every data set as arrays."""
    kept, declared, p = (np.array(part) for part in zip(*each, strict=True))
    claims = {name: p[:, k] <= CLAIMS[name][1] for k, name in enumerate(CLAIMS)}
    return Said(kept, declared, claims)


def law_of(posterior: NodePosterior, case: int, spread: Floats) -> Law:
    """Return the law of one data set's changes, with variances (2,) of what detection adds."""
    weight = posterior.weight[case]
    heavy = _heaviest(weight)
    cov = posterior.cov[case][heavy] + np.diag(spread)
    return weight[heavy] / weight[heavy].sum(), posterior.mean[case][heavy], cov


def told(law: Law, smallest: Floats, asks: Bars) -> Told:
    """Return what is said of one data set, m (2,) being the smallest changes that matter."""
    found = weighed(law, smallest)
    best = int(found.weight.argmax())
    least = asks.least(SECTOR_NAMES[best])
    sure = found.weight[best] >= least and found.posterior[best] >= LEAST_MASS
    return smallest_set(found.weight, asks.left), best if sure else -1, below(*law)


def weighed(law: Law, smallest: Floats) -> SectorMasses:
    """Return the masses of sectors, m (2,) being the smallest changes that matter."""
    parts, prior = _before_the_data(*map(float, smallest))
    masses = sector_masses(*under_prior(*law, PRIOR_SCALE * smallest), parts)
    return SectorMasses(masses, prior)


@lru_cache(maxsize=4)
def _before_the_data(
    origin: float, destination: float
) -> tuple[tuple[tuple[Piece, ...], ...], Floats]:
    """Return the sectors for these smallest changes, and their prior masses."""
    parts = pieces(origin, destination)
    return parts, prior_masses(PRIOR_SCALE * np.array([origin, destination]), parts)


def _bars(asked: Asked, posterior: NodePosterior) -> list[Bars]:
    """Return what is asked of sectors in every data set."""
    m, had = asked.length.smallest, asked.had
    mean = np.einsum("cg,cgi->ci", posterior.weight, posterior.mean)
    return [
        bars(
            strict=bool(had.donors) or asked.cell.periods >= MANY_PERIODS,
            indicators=had.indicators,
            drift=had.pooled,
            mean=change,
            smallest=(m, m),
        )
        for change in mean
    ]


def _heaviest(weight: Floats) -> Booleans:
    """Return the heaviest nodes that hold nearly all of the mass."""
    order = np.argsort(-weight)
    held = np.zeros(len(weight), dtype=bool)
    held[order[: int(np.searchsorted(weight[order].cumsum(), _KEPT_MASS)) + 1]] = True
    return held


def below(weight: Floats, mean: Floats, cov: Floats) -> Floats:
    """Return for each claim the largest probability that one of its half-planes does not hold."""
    from scipy.special import ndtr

    found = []
    for directions, _ in CLAIMS.values():
        a = np.array(directions)
        sd = np.sqrt(np.einsum("ki,gij,kj->gk", a, cov, a))
        found.append(float((weight @ ndtr(-(mean @ a.T) / sd)).max()))
    return np.array(found)


def _detection(asked: Asked, y: Floats, posterior: NodePosterior) -> Floats:
    """Return variances (draws, 2) of what the declared drift adds by the end of the window."""
    last = y[:, :2, -asked.length.seasons :].mean(axis=2)
    change = np.einsum("cg,cgi->ci", posterior.weight, posterior.mean)
    level = np.maximum(np.maximum(last - change, 0), np.abs(last))
    return np.asarray((asked.had.pooled * level) ** 2)


def characteristics(cell: Cell) -> tuple[Rate, ...]:
    """Measure what is kept, declared and claimed in one cell."""
    asked = Asked(cell)
    right = np.array([sector in asked.truth.sectors for sector in SECTOR_NAMES])
    return rates(said(asked, series(asked)), right, asked.truth.effects, cell)


def rates(
    found: Said, right: Booleans, effects: tuple[float, float], cell: Cell
) -> tuple[Rate, ...]:
    """Return what a cell's data sets were told, put together.

    Parameters
    ----------
    found : Said
        What was said of each.
    right : array of shape (9,)
        The sectors that hold the truth.
    effects : tuple of two float
        True changes, in any unit.
    cell : Cell
        The cell.
    """
    name = cell.setting.split("; ")[1]
    sure = found.declared >= 0
    hit = sure & right[found.declared]
    left, held = found.kept.sum(axis=1), np.asarray((found.kept & right).any(axis=1))
    return (
        share("truth kept", held, effect=name, nominal=COVERAGE),
        share("declared rightly", hit, effect=name),
        share("declared wrongly", sure & ~hit, effect=name, nominal=NOMINAL),
        share("all nine kept", left == len(SECTOR_NAMES), effect=name),
        average("sectors kept", left.astype(float), effect=name),
        *(_claim(claim, made, name, effects) for claim, made in found.claims.items()),
    )


def _claim(claim: str, made: Booleans, name: str, effects: tuple[float, float]) -> Rate:
    """Return how often a weak claim is made, where it holds or does not."""
    directions, alpha = CLAIMS[claim]
    true = holds(directions, effects)
    words = f"claim '{claim}', {'true' if true else 'untrue'}"
    return share(words, made, effect=name, nominal=math.nan if true else alpha)


def holds(directions: tuple[tuple[float, float], ...], effects: tuple[float, float]) -> bool:
    """Tell whether every a . Delta of a claim is above zero."""
    return all(float(np.dot(a, effects)) > _NEAR for a in directions)
