"""How much power a design can have: the default test, the best that keeps its size, and a seer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.error_nodes import PROCESSES, Process
from shiftexp.kernels.optimal_tables import SEED, draw_series, fit_log_weights
from shiftexp.kernels.optimal_test import (
    Family,
    NullTable,
    TableKey,
    alternative_density,
    effect_p,
    null_densities,
    null_limits,
    nulls,
)
from shiftexp.kernels.series_design import Evidence, SeriesDesign, evidence, positions
from shiftexp.kernels.tails import normal_cdf

GLS_UNITS = 2.8
BOUND_AT = (0.0, 0.4, 0.8)
_DRAWS = 1500
_ERROR = 0.05
_NEAR_WALK = 0.95
_EFFECT_IN = "standard deviations of one period"
SETTINGS = (GLS_UNITS, BOUND_AT, _DRAWS, _ERROR, _NEAR_WALK, _EFFECT_IN)


@dataclass(frozen=True, eq=False)
class PowerBounds:
    """Power against an effect of 2.8 standard deviations of the best estimator, at 5 %.

    Attributes
    ----------
    rho : array of shape (3,)
        Autocorrelations of the errors.
    default, bound : array of shape (3,)
        Power of the default test, and of the test made for this one process that holds its size
        under all the others: a limit, up to a few points, for any such test.
    seer : float
        Power of the z test that knows the errors.
    effect : array of shape (3,)
        The effect, in standard deviations of one period's errors.
    """

    rho: Floats
    default: Floats
    bound: Floats
    effect: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def seer(self) -> float:
        """Power of the two-sided z test that knows the errors."""
        z = 1.959963984540054
        tails = normal_cdf(np.array([GLS_UNITS - z, -GLS_UNITS - z]))
        return float(tails.sum())


def power_bounds(
    design: SeriesDesign, table: NullTable, family: Family = "LL", draws: int = _DRAWS
) -> PowerBounds:
    """Return the power of the default test and its limit for one design.

    Parameters
    ----------
    design : SeriesDesign
        The regression and the effect.
    table : NullTable
        The two-sided table of the default test at 5 %.
    family : {"LL", "AR"}
        The errors under which size must hold; AR asks what knowing that would be worth.
    draws : int
        Series drawn under each process.
    """

    def simulated(process: Process, stream: int) -> Evidence:
        seed = np.random.SeedSequence(SEED, spawn_key=(stream, PROCESSES.index(process)))
        shape = (draws, design.nodes.whiten.shape[2])
        normals = np.random.default_rng(seed).standard_normal(shape)
        return evidence(design, draw_series(design, process, normals))

    held = tuple(
        process
        for process in nulls(family, shaped=design.shaped)
        if process.r >= 0 and process != Process(_NEAR_WALK) and process.share in {0.0, 1.0}
    )
    drawn = [simulated(process, 1) for process in held]
    effect, default, bound = [], [], []
    for rho in BOUND_AT:
        process = Process(rho)
        (k,) = positions((process,))
        size = GLS_UNITS * np.sqrt(design.variance[k])
        # kernels are scaled within the regression: one period's errors have this variance
        effect.append(size / np.sqrt(design.nodes.omega[k, 0, 0]))
        fresh = simulated(process, 2)
        moved = Evidence(fresh.rss, fresh.tau + size)
        p = effect_p(design, TableKey(family=family), table, moved, np.zeros(draws))
        default.append(float((p <= _ERROR).mean()))
        bound.append(_point_power(design, process, held, drawn, moved, family))
    return PowerBounds(
        rho=np.array(BOUND_AT),
        default=np.array(default),
        bound=np.array(bound),
        effect=np.array(effect),
    )


def _point_power(
    design: SeriesDesign,
    process: Process,
    held: tuple[Process, ...],
    drawn: list[Evidence],
    moved: Evidence,
    family: Family,
) -> float:
    """Return the power of the least favourable test against one process."""
    allowed = dict(
        zip(
            nulls(family, shaped=design.shaped),
            null_limits(family, _ERROR, shaped=design.shaped),
            strict=True,
        )
    )
    limits = np.array([allowed[p] for p in held])
    ratios = [_ratios(design, found, process, held) for found in drawn]
    counts = np.full(len(held), float(len(moved.rss)))
    null = np.repeat(np.arange(len(held)), len(moved.rss))
    weights = np.exp(fit_log_weights(np.concatenate(ratios), null, counts, limits))
    cuts = [np.quantile(r @ weights, limit) for r, limit in zip(ratios, limits, strict=True)]
    return float((_ratios(design, moved, process, held) @ weights < min(cuts)).mean())


def _ratios(
    design: SeriesDesign, found: Evidence, process: Process, held: tuple[Process, ...]
) -> Floats:
    """Return densities under each null over that under the one alternative, shape (B, n)."""
    zero = np.zeros(len(found.rss))
    alone = (positions((process,)), np.ones(1))
    against = alternative_density(design, found, zero, alone, "two")
    under = null_densities(design, found, zero, positions(held))
    return np.asarray(np.exp(under - against[:, None]))
