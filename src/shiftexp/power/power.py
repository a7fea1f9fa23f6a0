"""How likely a study finds an effect, the smallest it would find, and what it then says of it."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from shiftexp.errors import ShiftexpError
from shiftexp.power.asking import AskFit
from shiftexp.power.chunks import Record, chunks_of, run_chunks
from shiftexp.power.curve import AT_MOST, EXACT, MORE_THAN, Limit, Power, PowerRow
from shiftexp.power.naming import described, named, seed_of
from shiftexp.power.rows import first_refusal, share_error
from shiftexp.power.tasks import check_kinds, check_power, listed
from shiftexp.result import Estimator
from shiftexp.scalars import error_rate
from shiftexp.simulate import Scenario

_FIRST_UNITS = 1.4
_DOUBLINGS, _HALVINGS = 10, 5
# The origin cannot lose more than it has.
_MOST_OF_BASE = 0.99


def power(
    method: Estimator,
    scenario: Scenario,
    *,
    estimand: str = "destination",
    effects: float | Sequence[float] | None = None,
    target: float = 0.8,
    level: float = 0.95,
    n: int = 400,
    rng: int | np.random.Generator = 1,
    n_jobs: int = 1,
    store: str | Path | None = None,
) -> Power:
    r"""Return how likely an effect is found, and the smallest one found often enough.

    .. math:: \text{power}(\Delta) = P(p \le \alpha \mid \Delta), \qquad
       \text{MDE} = \min\{|\Delta| : \text{power}(\Delta) \ge \text{target}\}

    Parameters
    ----------
    method : Estimator
        The method; its own two-sided p decides.
    scenario : Scenario
        The errors, the window and the levels; ``Scenario.like(panel, design)`` reads them off data.
        Its growth of the destination is what an offset ratio refers to.
    estimand : {"destination", "origin", "net"}, default "destination"
        What is tested. The origin's effects are falls, unless rises are given; net effects are
        growth of the destination.
    effects : float or sequence of float, optional
        Effects to try, in level units per year (of rates, in their unit), all in one direction: a
        fall is below zero. By default doubled until the target is reached, then halved in between;
        the origin's go no further than .99 of its level.
    target : float, default 0.8
        Power of the minimum detectable effect.
    level : float, default 0.95
        Tests are at 1 minus it.
    n : int, default 400
        Data sets for each effect: the Monte Carlo error of a power of .8 is then .02.
    rng : int or numpy Generator, default 1
        Seed, or a source that one is drawn from. Every effect meets the same errors.
    n_jobs : int, default 1
        Workers, as joblib counts them.
    store : str or Path, optional
        Folder in which finished chunks are kept, so that a task that was killed goes on from there.

    Returns
    -------
    Power
        A row for each effect; exaggeration (type M) and wrong signs (type S) beside the power.

    Raises
    ------
    TypeError
        When ``method`` is no estimator (a class is none) or ``scenario`` no scenario; both are
        listed.
    DesignError
        When the estimand is unknown or has no meaning for rates, ``target`` or ``level`` is not
        strictly between 0 and 1, there are no data sets, ``rng`` is no seed, or ``effects`` are
        none, not finite, all zero, of both signs or falls by more than there is, ``n_jobs`` or
        ``store`` is none; all are listed.
    DesignError
        When an effect does not fit the scenario, such as a fall of counts below zero.

    Notes
    -----
    InterruptedTimeSeries and DifferenceInDifferences answer all data sets together on the level
    scale, in about a second; on a log scale and in wrappers each is a fit of its own, and a search
    with 400 data sets an effect takes a minute or more.

    When not to use it: after a test, at the effect that was estimated. That number restates the
    p-value; ask for effects that would matter.

    References
    ----------
    Gelman, A. & Carlin, J. (2014). Beyond power calculations: assessing type S (sign) and type M
    (magnitude) errors. Perspectives on Psychological Science, 9, 641-651.
    https://doi.org/10.1177/1745691614551642

    Examples
    --------
    >>> import shiftexp as sx
    >>> found = sx.power(
    ...     sx.InterruptedTimeSeries(trend=False), sx.Scenario(), effects=[0, 20], n=50
    ... )
    >>> found.rows[0].power < 0.2 < 0.8 < found.rows[1].power
    True
    """
    check_kinds(method, (scenario,), rules=False)
    running = {"n_jobs": n_jobs, "store": store}
    check_power(scenario, estimand, effects, target, level, n, rng, running)
    seed = seed_of(rng)
    ask = AskFit(method, (estimand,), level, sets=False)
    base = _base(scenario, estimand)
    refusals: list[str] = []
    grown = scenario.truth[1] if scenario.truth[1] > 0 and scenario.mixes else math.nan

    def at(effect: float) -> PowerRow:
        moved = scenario.with_effect(estimand, effect)
        chunks = chunks_of([moved], n, seed)
        kept = None if store is None else Path(store)
        (records,) = run_chunks(chunks, ask, n_jobs=n_jobs, store=kept)
        refusals.append(first_refusal(records))
        return _row(records, estimand, effect, base, grown)

    least_p = _least_p(method, scenario, seed)
    if effects is None and least_p > error_rate(level):
        rows = [at(0.0)]
    elif effects is None:
        sign = -1.0 if estimand == "origin" else 1.0
        rows = _searched(
            lambda size: at(sign * size), _scale(scenario, estimand), base, target, sign
        )
    else:
        rows = [at(effect) for effect in np.array(listed(effects), dtype=float).tolist()]
    rows.sort(key=lambda row: abs(row.effect))
    mde, limit = _smallest(rows, target)
    falls = estimand == "origin" and min(row.effect for row in rows) < 0
    return Power(
        rows=tuple(rows),
        estimand=estimand,
        target=target,
        mde=mde,
        mde_share=_share(mde, base),
        mde_offset_ratio=mde / grown if falls else math.nan,
        limit=limit,
        base=base,
        growth=grown,
        level=level,
        n=n,
        method=named(method),
        scenario=described(scenario),
        seed=seed,
        unit=_unit(scenario),
        refusal=next(filter(None, refusals), ""),
        least_p=least_p,
    )


def _least_p(method: Estimator, scenario: Scenario, seed: int) -> float:
    """Return the smallest p that a method can give in a study; 0 where it knows no such limit."""
    (one,) = chunks_of([scenario], 1, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            law = method.fit(*scenario.study(one.values()[0])).effects.law
        except ShiftexpError:
            return 0.0
    return float(getattr(law, "resolution", 0.0) / law.tail)


def _row(
    records: list[Record], estimand: str, effect: float, base: float, grown: float
) -> PowerRow:
    """Return what the data sets say of one effect."""
    found = [r for r in records if r.get(f"{estimand} rejects")]
    estimates = np.array([r[f"{estimand} estimate"] for r in found], dtype=float)
    share = len(found) / len(records)
    told = sum(f"{estimand} rejects" in r for r in records)
    judged = bool(found) and effect != 0
    return PowerRow(
        effect=effect + 0.0,  # no minus zero
        share=_share(effect, base),
        offset_ratio=-effect / grown if estimand == "origin" and effect <= 0 else math.nan,
        power=share,
        error=share_error(share, len(records)),
        silent=1 - told / len(records),
        type_s=float((estimates * effect < 0).mean()) if judged else math.nan,
        type_m=float(np.abs(estimates).mean() / abs(effect)) if judged else math.nan,
    )


def _searched(
    at: Callable[[float], PowerRow], scale: float, base: float, target: float, sign: float
) -> list[PowerRow]:
    """Return rows of growing effects until the target is met, and of some between the last two."""
    most = _MOST_OF_BASE * base if sign < 0 < base else math.inf
    rows = [at(0.0)]
    if rows[0].silent == 1:
        return rows
    for doubling in range(_DOUBLINGS):
        size = min(_FIRST_UNITS * scale * 2.0**doubling, most)
        rows.append(at(size))
        if rows[-1].power >= target or size >= most:
            break
    low, high = (abs(row.effect) for row in rows[-2:])
    for _ in range(_HALVINGS if rows[-1].power >= target else 0):
        rows.append(at((low + high) / 2))
        low, high = (
            (low, (low + high) / 2) if rows[-1].power >= target else ((low + high) / 2, high)
        )
    return rows


def _smallest(rows: list[PowerRow], target: float) -> tuple[float, Limit]:
    """Return the size at which power first reaches the target, and whether it is only a limit.

    It lies between two rows, on a line.
    """
    if all(row.silent == 1 for row in rows):
        return math.nan, EXACT
    if rows[0].power >= target:
        return abs(rows[0].effect), AT_MOST
    for before, after in itertools.pairwise(rows):
        if after.power >= target > before.power:
            share = (target - before.power) / (after.power - before.power)
            return abs(before.effect) + share * (abs(after.effect) - abs(before.effect)), EXACT
    return math.inf, MORE_THAN


def _share(effect: float, base: float) -> float:
    """Return an effect over the level before; NaN where there is none to speak of."""
    return effect / base if base > 0 else math.nan


def _base(scenario: Scenario, estimand: str) -> float:
    """Return the level before the onset that a share refers to, in level units per year."""
    levels = dict(zip(("origin", "destination"), scenario.base, strict=True))
    return scenario.annual * levels.get(estimand, sum(scenario.base))


def _unit(scenario: Scenario) -> str:
    """Return the unit of effects: amounts add up over a year, rates do not."""
    return f"{scenario.unit or 'units of the series'}{' per year' if scenario.additive else ''}"


def _scale(scenario: Scenario, estimand: str) -> float:
    """Return a first guess at an effect's standard error: that of independent errors."""
    before, after = scenario.periods
    sd = scenario.period_sd
    wide = {"origin": sd[0], "destination": sd[1]}.get(estimand, math.hypot(*sd))
    return float(scenario.annual * wide * math.sqrt(1 / before + 1 / after))
