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
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import fixed_terms, nodes_of_changes
from shiftexp.kernels.vessel_push import push_shape
from shiftexp.kernels.vessel_state_space import vessel_state_space
from shiftexp.kernels.vessel_terms import DESTINATION, change_scales, vessel_terms
from shiftexp.kernels.vessels import Vessels, VesselShape

# Per year: levels, drifts, and standard deviations of own walks, common walk and noise.
_LEVELS, _DRIFTS, _SDS = (100.0, 40.0), (1.0, 2.0), (1.5, 1.5, 4.0)
_FLOW_A_YEAR = 2.0
_LAGS = (0, 1)  # the default: both are tried
_AT_LEAST_TIMES = 20
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
    """

    periods: int
    per_year: int
    seed: int

    @property
    def onset(self) -> int:
        """Position of the first period of the push."""
        return self.periods // 2

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

    @cached_property
    def values(self) -> Floats:
        """Amounts per period, shape (2, T)."""
        rng, years = np.random.default_rng(self.seed), np.arange(self.periods) / self.per_year
        own, common, noise = (
            sd * rng.standard_normal((n, self.periods))
            for sd, n in zip(_SDS, (2, 1, 2), strict=True)
        )
        walks = (own + common).cumsum(axis=1) / np.sqrt(self.per_year)
        lines = np.array(_LEVELS)[:, None] + np.outer(_DRIFTS, years)
        moved = vessel_terms(self.push, np.eye(2)[1], np.array([self.onset]), 2).flow[..., 0]
        total = _FLOW_A_YEAR * (years[-1] - years[self.onset])
        yearly = lines + walks + total * moved + np.sqrt(self.per_year) * noise
        return np.asarray(yearly / self.per_year)

    def effect(self, totals: Floats, z: Floats) -> float:
        """Return the mean effect on the destination, per year, of totals (2,) at the end."""
        path = z[DESTINATION, self.post] @ totals
        return float(path.mean() * self.per_year)

    def grid(self, lags: tuple[int, ...]) -> Answer:
        """Return our effect: the mean over all nodes and lags."""
        scale = change_scales(self.values[None], self.onset, self.per_year)[0]
        y = self.values[None] / scale
        found = Vessels(
            engine=Grid(y, nodes_of_changes(y, self.onset, self.per_year)),
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
        return Answer(float(mean[DESTINATION] * scale[0] * self.per_year))

    def maximum_likelihood(self, lags: tuple[int, ...]) -> Answer:
        """Return the effect of the state space: that of the likeliest lag."""
        best, effect = -np.inf, np.nan
        for lag in lags:
            z = vessel_terms(self.push, np.eye(lag + 1)[lag], np.array([self.onset]), 2).free
            model = vessel_state_space(self.values, z, fixed_terms(self.seasons, drift=True))
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


TASKS = (*_tasks(20, 1, 0.003), *_tasks(120, 12, 0.005))
