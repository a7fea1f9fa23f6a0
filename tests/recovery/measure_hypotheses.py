"""How often the heaviest hypothesis is the true one, and how often true ones are rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors
from shiftexp.rivals.hypotheses import COMMON, DIFFUSION, EXPANSION, MIXED, NULL, PARTIAL, SHIFT
from shiftexp.rivals.rival_models import CRITERIA
from tests.recovery.measure import NOMINAL

BASE_EFFECT = 20.0
AUTOCORRELATION = 0.4
# Effects at origin and destination.
TRUTHS = {
    NULL: (0.0, 0.0),
    SHIFT: (-20.0, 20.0),
    EXPANSION: (0.0, 20.0),
    MIXED: (-10.0, 20.0),
    PARTIAL: (-30.0, 20.0),
    COMMON: (20.0, 20.0),
    DIFFUSION: (-20.0, -20.0),
}
PERIODS = {20: (12, 8), 40: (24, 16)}
SHARES = (1 / 20, 1 / 10)
STILL = sx.Detection(drift=0)
_SURE = 0.9


# True effects beside the borders, what they are called, and a step of detection at the destination.
BESIDE = {
    "nearly a full offset": (MIXED, (-17.0, 20.0), 1.0),
    "nearly an expansion": (MIXED, (-2.0, 20.0), 1.0),
    "null, detection x1.25": (NULL, (0.0, 0.0), 1.25),
    "shift, detection x1.25": (SHIFT, (-20.0, 20.0), 1.25),
}


@dataclass(frozen=True)
class HypothesisCell:
    """One simulation: true effects, a length, errors as a share of 20, a trend or none.

    Attributes
    ----------
    truth : str
        The true hypothesis.
    effects : tuple of two float
        Effects at origin and destination.
    periods : int
        Years.
    share : float
        Standard deviation of the errors over 20.
    trend : bool
        Whether a trend is fitted.
    rho : float
        Autocorrelation of the errors.
    detection : float
        Detection after over before the onset, at the destination.
    draws, seed : int
        Data sets, and their seed.
    """

    truth: str
    effects: tuple[float, float]
    periods: int = 20
    share: float = 1 / 10
    trend: bool = True
    rho: float = AUTOCORRELATION
    detection: float = 1.0
    draws: int = 100
    seed: int = 1


@dataclass(frozen=True)
class Choices:
    """What was heaviest by one criterion: counts of names, and those with a weight of .9."""

    names: Counter[str]
    sure: Counter[str]

    def right(self, truth: str) -> float:
        """Return the share in which the true hypothesis was the heaviest."""
        return self.names[truth] / self.names.total()

    def surely_wrong(self, truth: str) -> float:
        """Return the share in which another one had a weight of .9 or more."""
        return (self.sure.total() - self.sure[truth]) / self.names.total()


def cells(draws: int = 100, seed: int = 1) -> Iterator[HypothesisCell]:
    """Yield the cells of the table."""
    for trend, periods, share, truth in product((False, True), PERIODS, SHARES, TRUTHS):
        yield HypothesisCell(truth, TRUTHS[truth], periods, share, trend, draws=draws, seed=seed)


def chosen(cell: HypothesisCell) -> dict[str, Choices]:
    """Return what is heaviest by each criterion."""
    rng = np.random.default_rng([cell.seed, cell.periods, round(1 / cell.share)])
    found = {criterion: Choices(Counter(), Counter()) for criterion in CRITERIA}
    for _ in range(cell.draws):
        rivals = sx.rival_models(*_study(cell, rng), trend=cell.trend, detection=STILL)
        for criterion, name in rivals.best.items():
            found[criterion].names[name] += 1
            if np.nanmax(rivals.weights[criterion]) >= _SURE:
                found[criterion].sure[name] += 1
    return found


def _study(cell: HypothesisCell, rng: np.random.Generator) -> tuple[sx.Panel, sx.Design]:
    """Return one data set and its design."""
    origin, destination = cell.effects
    base = np.array([100.0, 40.0])
    found = cell.detection * (base[1] + destination) - base[1]
    return sx.simulate_pair(
        origin_effect=origin,
        destination_effect=found,
        periods=PERIODS[cell.periods],
        sd=cell.share * BASE_EFFECT,
        autocorrelation=cell.rho,
        rng=rng,
    )


@dataclass(frozen=True)
class ErrorRates:
    """Shares of data sets in which a true regression, or no effect, is rejected at 5 %."""

    asymptotic: float
    bootstrap: float


def rejected_regressions(
    periods: int, terms: int, rho: float, errors: str, draws: int = 300, seed: int = 1
) -> dict[str, ErrorRates]:
    """Return how often J, Cox and F reject the true one of two regressions.

    Regressors are AR(1) with .5 and correlated by .5 between both; they explain half of the
    outcome's variance; errors are AR(1).
    """
    rng = np.random.default_rng([seed, periods, terms, int(10 * rho)])
    counts = {name: np.zeros(2) for name in ("J", "Cox", "encompassing F")}
    for _ in range(draws):
        x, z = _regressors(periods, terms, rng)
        noise = _autoregressive((1, periods), rho, rng)[0]
        y = x[:, 1:].sum(axis=1) / np.sqrt(terms) + noise
        tests = sx.non_nested(x, z, outcome=y, errors=errors, bootstrap=199, rng=1)  # type: ignore[arg-type]  # one of both words
        for name in counts:
            test = tests[name, "first"]
            counts[name] += np.array([test.p_value, test.p_bootstrap]) <= NOMINAL
    return {name: ErrorRates(*(count / draws)) for name, count in counts.items()}


def told_apart(
    periods: int, terms: int, *, equal: bool, rho: float = 0.4, draws: int = 300, seed: int = 1
) -> dict[str, ErrorRates]:
    """Return how often tests tell two regressions apart: equally near ones, or the second is true.

    Vuong and Clarke call one nearer; J, Cox and F reject the first. Regressors and errors as in
    :func:`rejected_regressions`.
    """
    rng = np.random.default_rng([seed, periods, terms, int(equal)])
    named = {"Vuong": "", "Clarke": ""} if equal else dict.fromkeys(("J", "Cox"), "first")
    named |= {} if equal else {"encompassing F": "first", "Vuong": "", "Clarke": ""}
    counts = {name: np.zeros(2) for name in named}
    for _ in range(draws):
        x, z = _regressors(periods, terms, rng)
        signal = z[:, 1:] + x[:, 1:] if equal else z[:, 1:]
        scale = np.sqrt(terms * (3 if equal else 1))  # of two that are correlated by one half
        noise = _autoregressive((1, periods), rho, rng)[0]
        tests = sx.non_nested(x, z, outcome=signal.sum(axis=1) / scale + noise, bootstrap=199)
        for name, null in named.items():
            test = tests[name, null]
            counts[name] += np.array([test.p_value, test.p_bootstrap]) <= NOMINAL
    return {name: ErrorRates(*(count / draws)) for name, count in counts.items()}


def rejected_nulls(
    periods: int, rho: float, *, trend: bool, draws: int = 200, seed: int = 1
) -> dict[str, float]:
    """Return how often the bootstrap of likelihood ratios rejects no effect where there is none."""
    rng = np.random.default_rng([seed, periods, int(10 * rho)])
    count = Counter[str]()
    for _ in range(draws):
        panel, design = sx.simulate_pair(periods=PERIODS[periods], autocorrelation=rho, rng=rng)
        found = sx.rival_models(panel, design, trend=trend, bootstrap=199)
        for fit in found.fits:
            count[fit.name] += fit.p_value <= NOMINAL
    return {name: count[name] / draws for name in TRUTHS if name != NULL}


def _regressors(periods: int, terms: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the regressors of both, a constant first."""
    own = _autoregressive((2, terms, periods), 0.5, rng)
    common = _autoregressive((terms, periods), 0.5, rng)
    one = np.ones((periods, 1))
    x, z = (np.column_stack([one, ((part + common) / np.sqrt(2)).T]) for part in own)
    return x, z


def _autoregressive(shape: tuple[int, ...], rho: float, rng: np.random.Generator) -> Floats:
    """Return AR(1) series of unit variance."""
    return autoregressive_errors(shape, rho, rng)
