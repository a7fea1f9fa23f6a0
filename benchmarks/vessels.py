"""The communicating vessels: a grid over the standard deviations beside maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from statistics import median

import numpy as np

import shiftexp as sx
from benchmarks.harness import Answer, Contender, Runs, Task, seconds
from benchmarks.ours import answer
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.vessel_engines import Engine, Grid
from shiftexp.kernels.vessel_flow import OwnChanges, flow_model
from shiftexp.kernels.vessel_grid import fixed_terms, nodes_of_changes
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessel_push import push_shape
from shiftexp.kernels.vessel_state_space import vessel_state_space
from shiftexp.kernels.vessel_terms import (
    DESTINATION,
    Cuts,
    VesselTerms,
    change_scales,
    vessel_terms,
)
from shiftexp.kernels.vessels import Vessels, VesselShape

# Per year: levels, drifts, and standard deviations of own walks, common walk and noise.
_LEVELS, _DRIFTS, _SDS = (100.0, 40.0), (1.0, 2.0), (1.5, 1.5, 4.0)
_FLOW_A_YEAR = 2.0
_DONORS, _DONOR_LEVEL, _DONOR_DRIFT = 5, 60.0, 1.5
_OWN_CHANGES = 4.0  # in units of the smallest change that matters
_MODEL = sx.CommunicatingVessels()
_LAGS = (0, 1)  # the default: both are tried
_AT_LEAST_TIMES = 20
_AS_LONG = 1.0  # what the limits of the flow may take: as long as the peer without them
_ANNUAL = 20, 1  # periods, and how many of them make a year
# Maximum likelihood takes more steps with some data than with others.
_DATA_SETS = 5


@dataclass(frozen=True)
class _Pair:
    """Two vessels, with a flow that a step in the middle sets off and that arrives a period later.

    Attributes
    ----------
    periods, per_year : int
        Periods, and how many of them make a year.
    seed : int
        Seed of walks and noise.
    donors : int
        Places where nothing happens.
    """

    periods: int
    per_year: int
    seed: int
    donors: int = 0

    @property
    def onset(self) -> int:
        """Position of the first period of the push."""
        return self.periods // 2

    @property
    def places(self) -> int:
        """Origin, destination and donors."""
        return 2 + self.donors

    @property
    def post(self) -> Booleans:
        """Periods from the onset on."""
        return np.arange(self.periods) >= self.onset

    @property
    def push(self) -> Floats:
        """Intensity of the push."""
        return push_shape("step", self.onset, self.periods - 1, self.periods)

    @property
    def seasons(self) -> Floats:
        """Season dummies without the first."""
        return np.eye(self.per_year)[np.arange(self.periods) % self.per_year][:, 1:]

    @property
    def line(self) -> Floats:
        """What every place has: level, drift, seasons."""
        return fixed_terms(self.seasons, drift=True)

    @cached_property
    def values(self) -> Floats:
        """Amounts per period, shape (n, T)."""
        rng, years = np.random.default_rng(self.seed), np.arange(self.periods) / self.per_year
        own, common, noise = (
            sd * rng.standard_normal((n, self.periods))
            for sd, n in zip(_SDS, (self.places, 1, self.places), strict=True)
        )
        walks = (own + common).cumsum(axis=1) / np.sqrt(self.per_year)
        levels = np.array([*_LEVELS, *[_DONOR_LEVEL] * self.donors])
        lines = levels[:, None] + np.outer([*_DRIFTS, *[_DONOR_DRIFT] * self.donors], years)
        moved = self.terms(1).flow[..., 0]
        total = _FLOW_A_YEAR * (years[-1] - years[self.onset])
        yearly = lines + walks + total * moved + np.sqrt(self.per_year) * noise
        return np.asarray(yearly / self.per_year)

    def terms(self, lag: int) -> VesselTerms:
        """Return the regressors of the push at a lag."""
        return vessel_terms(self.push, np.eye(lag + 1)[lag], np.array([self.onset]), self.places)

    @property
    def cuts(self) -> Cuts:
        """Where changes are cut."""
        return Cuts(self.onset, self.per_year)

    def scale(self) -> float:
        """Return the standard deviation of changes, in the unit of the amounts."""
        return float(change_scales(self.values[None, :2], self.cuts)[0][0])

    def engine(self, scale: float) -> Grid:
        """Return the grid, with amounts in units of their changes."""
        y = self.values[None] / scale
        return Grid(y, nodes_of_changes(y[:, :2], self.cuts))

    def heaviest(self, lag: int) -> Engine:
        """Return the grid with the nodes to which the pair of effects gives nearly all mass."""
        terms, line, engine = self.terms(lag), self.line, self.engine(self.scale())
        free = engine.fit(terms.free, line).coefficients(np.full(2, FLAT))
        return engine.heaviest(free.weight)

    def layer(self, engine: Engine, lag: int) -> Answer:
        """Return the lower limit of the flow: own changes like donors', or of 4 m without any."""
        scale = self.scale()
        level = self.values[:2, : self.onset].mean(axis=1) / scale
        smallest = float(_MODEL.margin * level[DESTINATION])
        stated = OwnChanges.stated(_OWN_CHANGES * smallest)
        own = OwnChanges.like_donors(smallest) if self.donors else stated
        model = flow_model(
            engine,
            self.terms(lag),
            own,
            fixed=fixed_terms(self.seasons, drift=False),
            nuisance=np.zeros((self.places, self.periods, 0)),
            span=self.periods - self.onset,
            detection=_MODEL.detection * level,
        )
        found = model.draws(own, _MODEL.draws, np.random.default_rng(self.seed))
        low = float(found.quantile(found.flow, (1 - _MODEL.level) / 2)[0])
        return Answer(low * scale * self.per_year)

    def conserved(self, lag: int) -> Answer:
        """Return the flow of the state space if nothing else changed."""
        model = vessel_state_space(self.values, self.terms(lag).flow, self.line)
        flow = model.fit(disp=False).filtered_state[model.regressors, -1][0]
        return Answer(float(flow * self.per_year))

    def effect(self, totals: Floats, z: Floats) -> float:
        """Return the mean effect on the destination, per year, of totals (2,) at the end."""
        path = z[DESTINATION, self.post] @ totals
        return float(path.mean() * self.per_year)

    def grid(self, lags: tuple[int, ...]) -> Answer:
        """Return our effect: the mean over all nodes and lags."""
        scale = self.scale()
        found = Vessels(
            engine=self.engine(scale),
            shapes=tuple(
                VesselShape(self.push, np.eye(lag + 1)[lag], np.array([self.onset]), self.onset)
                for lag in lags
            ),
            post=self.post,
            seasons=self.seasons,
            nuisance=np.zeros((2, self.periods, 0)),
            steps=0,
        ).effects
        mean = found.weight[0] @ found.mean[0]
        return Answer(float(mean[DESTINATION] * scale * self.per_year))

    def maximum_likelihood(self, lags: tuple[int, ...]) -> Answer:
        """Return the effect of the state space: that of the likeliest lag."""
        best, effect = -np.inf, np.nan
        for lag in lags:
            z = self.terms(lag).free
            model = vessel_state_space(self.values, z, self.line)
            fit = model.fit(disp=False)
            if fit.llf > best:
                best = fit.llf
                effect = self.effect(fit.filtered_state[model.regressors, -1], z)
        return Answer(effect)


def pair_of_effects(pairs: tuple[_Pair, ...], lags: tuple[int, ...]) -> Runs:
    """Return the default engine, up to the law of the pair of effects, for every data set."""
    return Runs(lambda: _mean([pair.grid(lags) for pair in pairs]))


def state_space(pairs: tuple[_Pair, ...], lags: tuple[int, ...]) -> Runs:
    """Return maximum likelihood by the Kalman filter of statsmodels, a fit for every lag."""
    import statsmodels.api  # noqa: F401 - loading it is not timed

    return Runs(lambda: _mean([pair.maximum_likelihood(lags) for pair in pairs]))


def _mean(answers: list[Answer]) -> Answer:
    """Return the mean effect of several data sets."""
    return Answer(float(np.mean([found.estimate for found in answers])))


def limits_of_flow(pair: _Pair, lag: int) -> Runs:
    """Return the lower limit of the flow, from a grid whose heavy nodes are known."""
    engine = pair.heaviest(lag)
    return Runs(lambda: pair.layer(engine, lag))


def conserved_flow(pair: _Pair, lag: int) -> Runs:
    """Return maximum likelihood of the flow alone, as a state space."""
    import statsmodels.api  # noqa: F401 - loading it is not timed

    return Runs(lambda: pair.conserved(lag))


def whole_fit(pair: _Pair) -> Runs:
    """Return the estimator with all its defaults, up to the table."""
    half = pair.onset, pair.periods - pair.onset
    panel, design = sx.Scenario(periods=half, per_year=pair.per_year).study(pair.values)
    return Runs(lambda: answer(sx.CommunicatingVessels().fit(panel, design)))


def _details(pair: _Pair) -> str:
    """Say what the default lags cost."""
    taken = median(seconds(lambda: pair.grid(_LAGS)))
    return f"One data set with both lags of the default, a grid for each, takes {taken:.3g} s."


def _peers(pairs: tuple[_Pair, ...], lags: tuple[int, ...]) -> tuple[Contender, ...]:
    """Return the state space as the only peer."""
    return (
        Contender(
            "statsmodels, MLEModel",
            partial(state_space, pairs, lags),
            "its standard deviations and its lag are the likeliest ones, ours are averaged over",
        ),
    )


def _tasks(periods: int, per_year: int, most_seconds: float) -> tuple[Task, Task]:
    """Return the pair of effects at one lag, and the whole fit with the default lags.

    Parameters
    ----------
    periods, per_year : int
        Periods, and how many of them make a year.
    most_seconds : float
        The most that one pair of effects should take.
    """
    pairs = tuple(_Pair(periods, per_year, seed) for seed in range(1, _DATA_SETS + 1))
    lag, size = _LAGS[-1:], f"T = {periods}"
    data = (
        f"Origin and destination, {periods} periods, {per_year} in a year, random walks of their "
        "own and in common, noise, and a flow from the middle on"
    )
    return (
        Task(
            name=f"Communicating vessels, {_DATA_SETS} pairs of effects, {size}",
            setting=(
                f"{data}; {_DATA_SETS} data sets, one after another. The lag is given. Ours is the "
                "grid of standard deviations with its law of the pair of effects; the peer is the "
                "same model as a state space, fitted by maximum likelihood with `fit()` and its "
                f"defaults. The limit in seconds is {most_seconds:g} for each."
            ),
            reason=(
                "For each of 864 nodes we make weighted cross products of series, regressors and "
                "fixed terms - a level, a drift and, of months, eleven seasons - and take the "
                "fixed terms out, with a small matrix to be inverted."
            ),
            draws=0,
            ours=Contender("shiftexp, the grid", partial(pair_of_effects, pairs, lag)),
            peers=_peers(pairs, lag),
            details=partial(_details, pairs[0]),
            target=1 / _AT_LEAST_TIMES,
            most_seconds=_DATA_SETS * most_seconds,
        ),
        Task(
            name=f"Communicating vessels, one whole fit, {size}",
            setting=(
                f"{data}. Ours is `CommunicatingVessels().fit` up to the table: checks, a grid for "
                "each of two lags, the fitted paths, and limits of the flow at every scale of own "
                "changes. The peer is two fits by maximum likelihood and no limits."
            ),
            reason=(
                "Most of our time makes what the peer does not have: the limits of the flow, and "
                "the set of offset ratios in the table."
            ),
            draws=0,
            ours=Contender("shiftexp", partial(whole_fit, pairs[0])),
            peers=_peers(pairs[:1], _LAGS),
        ),
    )


def _layer(donors: int, most_seconds: float) -> Task:
    """Return the limits of the flow once the grid is there.

    Parameters
    ----------
    donors : int
        Places that tell the scale of own changes; without any it is stated.
    most_seconds : float
        The most that they should take.
    """
    pair, lag = _Pair(*_ANNUAL, seed=1, donors=donors), _LAGS[-1]
    places = f"origin, destination and {donors} donors" if donors else "origin and destination"
    believed = "exchangeable with those of donors" if donors else f"of {_OWN_CHANGES:g} m"
    return Task(
        name=f"Communicating vessels, limits of the flow, {donors} donors",
        setting=(
            f"The same data, {pair.periods} years, {places}, one lag. Ours is the model with own "
            f"changes {believed} and steps in detection, from nodes of the grid that hold nearly "
            f"all mass: {_MODEL.draws:,} draws for every scale of own changes, and the lower limit "
            "of the flow. The peer is the flow alone, fitted by maximum likelihood."
        ),
        reason="Coefficients are solved for at every node and scale, and most draws are of them.",
        draws=0,
        ours=Contender("shiftexp, the layer of own changes", partial(limits_of_flow, pair, lag)),
        peers=(
            Contender(
                "statsmodels, MLEModel",
                partial(conserved_flow, pair, lag),
                "its flow is an estimate without own changes, ours a lower limit beside them",
            ),
        ),
        target=_AS_LONG,
        most_seconds=most_seconds,
    )


TASKS = (
    *_tasks(*_ANNUAL, 0.003),
    *_tasks(120, 12, 0.005),
    _layer(0, 0.01),
    _layer(_DONORS, 0.05),
)
