"""Flows of unknown date: how large a share is found, how often, and whether its limits hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.flow_shares import flow_posterior, share_quantile
from shiftexp.kernels.flow_test import chi_bar_p, flow_statistics
from shiftexp.kernels.flow_variance import FlowLikelihood, VariableFlow, flow_likelihood, ratio_grid
from shiftexp.kernels.vessel_grid import SdPrior, fixed_terms, prior_on_sds, walks_dominate
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN, Cuts, change_scales
from tests.recovery.measure import COVERAGE, NOMINAL, Cell, Rate, average, share
from tests.recovery.recovery_designs import MONTHS

TABLE, METHOD = "stochastic", "stochastic_flow"
REJECTED, COVERED, WIDTH = "rejected", "share covered", "share width"
MEDIAN, LIKELIEST = "median share", "likeliest share"
PARTS = {"10 %": 0.1, "median": 0.5, "90 %": 0.9}
SHARES = (0.0, 1 / 3, 2 / 3)


@dataclass(frozen=True, kw_only=True)
class Undated:
    """A pair, its donors, and a flow that no push sets off.

    Attributes
    ----------
    years, seasons : int
        Years, and periods in each.
    donors : int
        Places without a flow.
    lag, told : int
        Periods after which what leaves arrives, and what the analyst says.
    noise : float
        Standard deviation of the noise of a year; as large in every period as makes that mean.
    own : tuple of three float
        Standard deviations of own walks a year, of origin, destination and donors.
    unequal : float
        The destination's noise over the origin's.
    shares : tuple of float
        Parts of the flow in the destination's innovations.
    """

    years: int = 20
    seasons: int = 1
    donors: int = 0
    lag: int = 1
    told: int = 1
    noise: float = 4.0
    own: tuple[float, float, float] = (1.5, 1.5, 1.5)
    unequal: float = 1.0
    shares: tuple[float, ...] = SHARES

    @property
    def periods(self) -> int:
        """T."""
        return self.years * self.seasons

    @property
    def draws(self) -> int:
        """Data sets of a cell."""
        return 400 if self.seasons == MONTHS else 1000


COMMON = 1.5
_LARGE, _NONE = SHARES[2:], SHARES[:1]
_MONTHS = Undated(years=10, seasons=MONTHS, lag=3, told=3)
_PRECISE = replace(_MONTHS, noise=0.8)
UNDATED = {
    "annual, one donor": Undated(donors=1),
    "annual": Undated(),
    "monthly, one donor": replace(_MONTHS, donors=1),
    "monthly, precise, one donor": replace(_PRECISE, donors=1),
    "monthly, precise": _PRECISE,
    "monthly, precise, one donor, told 6 months": replace(
        _PRECISE, donors=1, told=6, shares=_LARGE
    ),
    "annual, at once, one donor": Undated(donors=1, lag=0, told=0),
    "annual, destination twice as variable": Undated(
        own=(1.5, 3.0, 1.5), unequal=2.0, shares=_NONE
    ),
    "annual, 5 donors with walks of a tenth": Undated(donors=5, own=(3.0, 3.0, 0.3), shares=_NONE),
}


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells of the table: every share of every design."""
    for name, design in UNDATED.items():
        for part in design.shares:
            yield Cell(
                table=TABLE,
                method=METHOD,
                before=design.periods,
                after=0,
                process=name,
                rho=(0.0,),
                setting=f"{part:.2f}",
                draws=design.draws,
                seed=seed,
            )


def stochastic(cell: Cell) -> tuple[Rate, ...]:
    """Measure the share that is found, its limits and the test."""
    design = UNDATED[cell.process]
    (part,) = (s for s in design.shares if f"{s:.2f}" == cell.setting)
    y = undated_series(design, part, cell.draws, cell.random())
    found = asked(design, y)
    covered = (found.low <= part) & (part <= found.high)
    parts = [
        _quantile(f"{measure}, {word}", values, at, cell.setting)
        for measure, values in ((MEDIAN, found.median), (LIKELIEST, found.likeliest))
        for word, at in PARTS.items()
    ]
    return (
        share(REJECTED, found.rejected, effect=cell.setting, nominal=np.nan if part else NOMINAL),
        share(COVERED, covered, effect=cell.setting, nominal=COVERAGE),
        average(WIDTH, found.high - found.low, effect=cell.setting),
        *parts,
    )


def undated_series(design: Undated, part: float, count: int, rng: np.random.Generator) -> Floats:
    """Return series of the places, shape (count, n, T); the flow had gone on before the first."""
    places, root = 2 + design.donors, np.sqrt(design.seasons)
    shape = (count, places, design.periods)
    own = np.array([*design.own[:2], *[design.own[2]] * design.donors])[:, None]
    innovations = design.own[DESTINATION] ** 2 + COMMON**2
    flow = np.sqrt(part / (1 - part) * innovations)
    steps = own * rng.standard_normal(shape)
    steps += COMMON * rng.standard_normal((count, 1, design.periods))
    left = flow * rng.standard_normal((count, design.periods + design.lag))
    steps[:, ORIGIN] -= left[:, design.lag :]
    steps[:, DESTINATION] += left[:, : design.periods]
    noise = np.full((places, 1), design.noise * root)
    noise[DESTINATION] *= design.unequal
    return np.asarray(steps.cumsum(axis=2) / root + noise * rng.standard_normal(shape))


@dataclass(frozen=True, eq=False)
class Asked:
    """What is found in data sets, each of shape (count,)."""

    rejected: Booleans
    median: Floats
    low: Floats
    high: Floats
    likeliest: Floats


def asked(design: Undated, y: Floats) -> Asked:
    """Ask all data sets at once: those with like priors have one grid, off which the test is read.

    A study has a grid of its own, and its test looks between the nodes.
    """
    walking = walks_dominate(y[:, :2], Cuts(design.periods, design.seasons))
    found = np.empty((5, len(y)))
    for group in (walking, ~walking):
        if group.any():
            prior = prior_on_sds(walking=bool(walking[group][0]))
            found[:, group] = _of_group(design, y[group], prior)
    return Asked(found[0] > 0, *found[1:])


def _of_group(design: Undated, y: Floats, prior: SdPrior) -> Floats:
    """Return what is found in data sets with one prior, shape (5, count)."""
    walk, noise = change_scales(y[:, :2], Cuts(design.periods, design.seasons))
    z = y / walk[:, None, None]
    for donor in range(2, y.shape[1]):
        own = change_scales(y[:, [donor]], Cuts(design.periods, 1))[0]
        z[:, donor] *= (noise / own)[:, None]
    grid = ratio_grid(float(np.median(noise / walk)), prior)
    told = flow_likelihood(_model(design), z, grid)
    cells_of_shares = flow_posterior(told, noise / walk, prior).cells(grid)
    tail = (1 - COVERAGE) / 2
    low, median, high = (share_quantile(cells_of_shares, p) for p in (tail, 0.5, 1 - tail))
    rejected = chi_bar_p(flow_statistics(told)) <= NOMINAL
    return np.stack([rejected, median, np.where(rejected, low, 0.0), high, _likeliest(told)])


def _model(design: Undated) -> VariableFlow:
    """Return what the analyst knows before the data."""
    season = np.eye(design.seasons)[np.arange(design.periods) % design.seasons][:, 1:]
    places = 2 + design.donors
    nothing = np.zeros((places, design.periods, 0))
    return VariableFlow(places, fixed_terms(season, drift=True), nothing, design.told)


def _likeliest(told: FlowLikelihood) -> Floats:
    """Return the shares at which the restricted likelihood of a node is largest."""
    profile, squares = told.profile, told.grid.walk**2
    flat = profile.reshape(len(profile), -1)
    own, common, flow = np.unravel_index(flat.argmax(axis=1), profile.shape[1:])
    moved = told.grid.flow[flow] ** 2
    return np.asarray(moved / (squares[own] + squares[common] + moved))


def _quantile(measure: str, values: Floats, at: float, effect: str) -> Rate:
    """Return a quantile over data sets, its error by how far ranks scatter."""
    apart = np.sqrt(at * (1 - at) / len(values))
    low, value, high = np.quantile(values, np.clip([at - apart, at, at + apart], 0, 1))
    return Rate(measure=measure, effect=effect, value=float(value), error=float(high - low) / 2)
