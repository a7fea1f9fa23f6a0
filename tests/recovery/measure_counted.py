"""How often intervals of capture-recapture and of counted cases hold the truth that was drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.casework import case_files, combine_sources
from shiftexp.kernels.capture_recapture import (
    Limits,
    PopulationSize,
    chao,
    chao_bias_corrected,
    chapman,
    lincoln_petersen,
    log_normal_limits,
    ratio_limits,
    zelterman,
)
from shiftexp.kernels.case_shares import independent_limits
from shiftexp.kernels.cases import Booleans, Integers

LEVEL, JEFFREYS = 0.95, (0.5, 0.5)
# Share of those found again whose later finds never happen; shape of a gamma law of rates.
ONE_INFLATION, SHAPE = 0.3, 2.0
TWO_LISTS = {"lincoln-petersen": lincoln_petersen, "chapman": chapman}
REPEATED = {"chao": chao, "chao bias-corrected": chao_bias_corrected, "zelterman": zelterman}
SOURCES = (59, 55, 25)  # files, informants, detainees of one market
WORLDS = ("as assumed", "persons differ", "one-inflation")


@dataclass(frozen=True)
class Coverage:
    """What was measured of one kind of interval in one world.

    Attributes
    ----------
    held, below, above : float
        Shares of answers that hold the truth, lie below it, and lie above it.
    silent : float
        Share of data sets without an answer.
    bias : float
        Median estimate over the truth.
    """

    held: float
    below: float
    above: float
    silent: float
    bias: float


def lists(
    method: str, size: int, chances: tuple[float, float], odds: float, draws: int, seed: int
) -> Coverage:
    """Return the coverage of N from two lists, whose dependence has an odds ratio.

    Parameters
    ----------
    method : str
        A key of TWO_LISTS.
    size : int
        Persons there are.
    chances : tuple of two float
        Chance of being on the first list, and on the second for who is not on the first.
    odds : float
        Odds of being on the second list for who is on the first, over those of others.
    draws, seed : int
        Data sets, and where they start.
    """
    rng = np.random.default_rng(seed)
    first = rng.binomial(size, chances[0], draws)
    again = odds * chances[1] / (1 - chances[1] + odds * chances[1])
    both = rng.binomial(first, again)
    second = both + rng.binomial(size - first, chances[1])
    usable = (both > 0) & (both < np.minimum(first, second))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = TWO_LISTS[method](first, second, both)
        wide = log_normal_limits(lincoln_petersen(first, second, both), LEVEL)
        limits = Limits(found.size, wide.low, wide.high)
        return coverage(limits, np.full(draws, size), usable)


def repeats(
    method: str, size: int, rate: float, world: str, draws: int, seed: int
) -> tuple[Limits, Integers, Booleans]:
    """Return limits of N from repeated finds, persons found, and which data sets are usable.

    Parameters
    ----------
    method : str
        A key of REPEATED.
    size : int
        Persons there are.
    rate : float
        Mean number of finds of one.
    world : str
        One of WORLDS.
    draws, seed : int
        Data sets, and where they start.
    """
    rng = np.random.default_rng(seed)
    shape = (draws, size)
    own = rate * rng.gamma(SHAPE, 1 / SHAPE, shape) if world == WORLDS[1] else np.full(shape, rate)
    finds = rng.poisson(own)
    if world == WORLDS[2]:
        finds = np.where(rng.random(shape) < ONE_INFLATION, np.minimum(finds, 1), finds)
    once, twice, found = ((finds == 1).sum(1), (finds == 2).sum(1), (finds > 0).sum(1))
    usable = (once > 1) & (twice > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        answer: PopulationSize = REPEATED[method](once, twice, found)
        return log_normal_limits(answer, LEVEL), found, usable


def repeats_coverage(
    method: str, size: int, rate: float, world: str, draws: int, seed: int
) -> Coverage:
    """Return the coverage of N from repeated finds; parameters as for ``repeats``."""
    limits, _, usable = repeats(method, size, rate, world, draws, seed)
    return coverage(limits, np.full(draws, size), usable)


def ratio_coverage(
    method: str,
    size: int,
    rates: tuple[float, float],
    worlds: tuple[str, str],
    draws: int,
    seed: int,
) -> Coverage:
    """Return the coverage of detection after over before, persons as many; as for ``repeats``."""
    sides = [
        repeats(method, size, rate, world, draws, seed + k)
        for k, (rate, world) in enumerate(zip(rates, worlds, strict=True))
    ]
    usable = sides[0][2] & sides[1][2]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [Limits(n / x.value, n / x.high, n / x.low) for x, n, _ in sides]
        truth = sides[1][1] / sides[0][1]
        return coverage(ratio_limits(*shares), truth, usable)


def cases_coverage(total: int, share: float) -> float:
    """Return the exact coverage of limits from independent cases.

    Parameters
    ----------
    total : int
        Cases read.
    share : float
        The truth.
    """
    from scipy import stats

    held = 0.0
    for k in range(total + 1):
        limits = case_files(k, total, link=(1, 1), arrived=(1, 1))
        held += (limits.low <= share <= limits.high) * float(stats.binom.pmf(k, total, share))
    return held


def clusters_coverage(
    sizes: tuple[int, ...],
    share: float,
    correlation: float,
    draws: int,
    seed: int,
) -> tuple[float, float]:
    """Return the coverage of limits that know of clusters, and of those that pool all cases.

    Parameters
    ----------
    sizes : tuple of int
        Cases read in each cluster.
    share : float
        The truth.
    correlation : float
        Of two cases of one cluster.
    draws, seed : int
        Data sets, and where they start.
    """
    rng = np.random.default_rng(seed)
    totals = np.array(sizes)
    own = np.full((draws, len(sizes)), share)
    if correlation > 0:
        strength = 1 / correlation - 1
        own = rng.beta(share * strength, (1 - share) * strength, own.shape)
    knowing, pooling = 0, 0
    for cases in rng.binomial(totals, own):
        limits = case_files(cases.tolist(), totals.tolist(), link=(1, 1), arrived=(1, 1))
        naive = independent_limits(int(cases.sum()), int(totals.sum()), JEFFREYS, LEVEL)
        knowing += limits.low <= share <= limits.high
        pooling += naive.low <= share <= naive.high
    return knowing / draws, pooling / draws


def sources_coverage(
    share: float, alike: float, bias: float, draws: int, seed: int
) -> dict[str, float]:
    """Return the coverage of three sources together, and of one sum that takes them as independent.

    Parameters
    ----------
    share : float
        The truth.
    alike : float
        Share of answers of informants and detainees that only repeat what a file says.
    bias : float
        What is added to the share that detainees tell.
    draws, seed : int
        Data sets, and where they start.
    """
    rng = np.random.default_rng(seed)
    held = dict.fromkeys(("widest", "majority", "as if independent"), 0)
    for _ in range(draws):
        files = rng.random(SOURCES[0]) < share
        counts = [int(files.sum())]
        for n, more in zip(SOURCES[1:], (0.0, bias), strict=True):
            repeated, fresh = files[:n], rng.random(n) < share + more
            counts.append(int(np.where(rng.random(n) < alike, repeated, fresh).sum()))
        bounds = {
            str(n): case_files(k, n, link=(1, 1), arrived=(1, 1))
            for k, n in zip(counts, SOURCES, strict=True)
        }
        for how in ("widest", "majority"):
            found = combine_sources(bounds, how=how).bound
            held[how] += found.low <= share <= found.high
        summed = independent_limits(sum(counts), sum(SOURCES), JEFFREYS, LEVEL)
        held["as if independent"] += summed.low <= share <= summed.high
    return {name: count / draws for name, count in held.items()}


def coverage(limits: Limits, truth: np.ndarray, usable: Booleans) -> Coverage:
    """Return how often limits hold the truth, among data sets that are usable."""
    low, high, value = (x[usable] for x in (limits.low, limits.high, limits.value))
    at = truth[usable]
    below, above = float((high < at).mean()), float((low > at).mean())
    bias = float(np.median(value / at))
    return Coverage(1 - below - above, below, above, 1 - float(usable.mean()), bias)
