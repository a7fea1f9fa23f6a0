"""How likely a study finds an effect, the smallest it would find, and what it then says of it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from shiftexp.effects import DIRECTIONS
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.plane import check_level
from shiftexp.power.asking import AskFit, check_estimator
from shiftexp.power.chunks import Record, chunks_of, run_chunks
from shiftexp.power.naming import described, named, seed_of
from shiftexp.power.rows import share_error
from shiftexp.result import Estimator
from shiftexp.simulate import Scenario
from shiftexp.table import Table, format_number

_FIRST_UNITS = 1.4
_DOUBLINGS, _HALVINGS = 10, 5
# The origin cannot lose more than it has.
_MOST_OF_BASE = 0.99


@dataclass(frozen=True)
class PowerRow:
    """How an effect of one size fares.

    Attributes
    ----------
    effect : float
        The effect, in level units per year; negative at the origin.
    share : float
        The same over the level before the onset.
    offset_ratio : float
        Of an effect at the origin, what share of the destination's growth it offsets; NaN without
        growth, and at the destination.
    power, error : float
        Share of data sets in which it is found, and its Monte Carlo standard deviation.
    silent : float
        Share of data sets without an answer, refused or withheld: counted as not found.
    type_s : float
        Among the data sets in which it is found, the share whose estimate has the wrong sign.
    type_m : float
        Among them, the mean size of the estimate over the true size: how much it exaggerates.
    """

    effect: float
    share: float
    offset_ratio: float
    power: float
    error: float
    silent: float
    type_s: float
    type_m: float


@dataclass(frozen=True)
class Power(Table):
    """Power by effect, and the smallest effect that is found often enough.

    Attributes
    ----------
    rows : tuple of PowerRow
        By size of the effect, no effect first.
    estimand : str
        "origin", "destination" or "net".
    target : float
        The power asked for.
    mde, mde_share, mde_offset_ratio : float
        The minimum detectable effect in size, in level units per year, as a share of the level
        before the onset, and as an offset ratio; infinity where even the largest effect tried is
        found less often, NaN where effects were given and none reaches the target, or the method
        never answers. Where the smallest effect given reaches it, the smallest may be smaller yet.
    base, growth : float
        Level before the onset, and the destination's growth that an offset ratio refers to, in
        level units per year.
    level : float
        Tests are two-sided at 1 minus it.
    n : int
        Data sets for each effect, the same for all but for the effect.
    method, scenario : str
        The estimator, and what of the scenario differs from its defaults.
    seed : int
        The seed.
    unit : str
        The unit of the effects.
    """

    rows: tuple[PowerRow, ...]
    estimand: str
    target: float
    mde: float
    mde_share: float
    mde_offset_ratio: float
    base: float
    growth: float
    level: float
    n: int
    method: str
    scenario: str
    seed: int
    unit: str = "level units per year"

    @property
    def at_most(self) -> bool:
        """Whether the smallest effect tried reaches the target: smaller ones may as well."""
        return self.rows[0].effect != 0 and self.rows[0].power >= self.target

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each effect."""
        return pd.DataFrame([asdict(row) for row in self.rows])

    def summary(self) -> str:
        """Return in words the smallest effect that is found, and what is said of it then."""
        test = f"two-sided at {1 - self.level:.3g}, {self.n:,} data sets for each effect"
        head = f"{self.method}; {self.scenario}: {self.estimand}, {test}"
        return "\n".join([head, f"- {self._smallest()}", *self._exaggeration(), "", str(self)])

    def _smallest(self) -> str:
        """Say the minimum detectable effect."""
        aim = f"with {100 * self.target:g} % power"
        if all(row.silent == 1 for row in self.rows):
            return "the method refuses or withholds every data set: no effect can be found"
        if math.isnan(self.mde):
            return f"no effect given is found {aim}"
        if math.isinf(self.mde):
            most = max(self.rows, key=lambda row: abs(row.effect))
            return (
                f"no effect up to {format_number(abs(most.effect))} {self.unit} "
                f"({100 * abs(most.share):.0f} % of the level before) is found {aim}: the largest "
                f"one in {100 * most.power:.0f} %"
            )
        ratio = (
            f", an offset ratio of {self.mde_offset_ratio:.2f}"
            if math.isfinite(self.mde_offset_ratio)
            else ""
        )
        size = f"{'at most ' if self.at_most else ''}{format_number(self.mde)} {self.unit}"
        return (
            f"smallest effect found {aim}: {size}, "
            f"{100 * self.mde_share:.0f} % of the level before{ratio}"
        )

    def _exaggeration(self) -> list[str]:
        """Say what estimates that are found are worth, at half the smallest effect or below."""
        small = [r for r in self.rows if 0 < abs(r.effect) <= self.mde / 2 and r.power > 0]
        if not small:
            return []
        row = max(small, key=lambda r: abs(r.effect))
        words = (
            f"- of effects of {format_number(abs(row.effect))} {self.unit} "
            f"{100 * row.power:.0f} % are found, and then exaggerated "
            f"{row.type_m:.1f} times, with the wrong sign in {100 * row.type_s:.1f} %"
        )
        return [words]


def power(
    method: Estimator,
    scenario: Scenario,
    *,
    estimand: str = "destination",
    effects: Sequence[float] | None = None,
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
        What is tested. The origin's effects are falls; net effects are growth of the destination.
    effects : sequence of float, optional
        Effects to try, in level units per year; by default doubled until the target is reached,
        then halved in between. The origin's go no further than .99 of its level.
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
        When ``method`` is no estimator (a class is none) or ``scenario`` no scenario.
    DesignError
        When the estimand is unknown, ``target`` or ``level`` is not strictly between 0 and 1, there
        are no data sets, or ``effects`` are none, not finite, or of both signs.
    DesignError
        When an effect does not fit the scenario, such as a fall of counts below zero.

    Notes
    -----
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
    _check(method, scenario, estimand, effects, target, level, n)
    seed = seed_of(rng)
    ask = AskFit(method, (estimand,), level, sets=False)
    base = _base(scenario, estimand)
    grown = scenario.truth[1] if scenario.truth[1] > 0 and scenario.mixes else math.nan

    def at(effect: float) -> PowerRow:
        moved = scenario.with_effect(estimand, effect)
        chunks = chunks_of([moved], n, seed)
        kept = None if store is None else Path(store)
        (records,) = run_chunks(chunks, ask, n_jobs=n_jobs, store=kept)
        return _row(records, estimand, effect, base, grown)

    if effects is None:
        sign = -1.0 if estimand == "origin" else 1.0
        rows = _searched(
            lambda size: at(sign * size), _scale(scenario, estimand), base, target, sign
        )
    else:
        rows = [at(float(effect)) for effect in effects]
    rows.sort(key=lambda row: abs(row.effect))
    mde = _smallest(rows, target, given=effects is not None)
    return Power(
        rows=tuple(rows),
        estimand=estimand,
        target=target,
        mde=mde,
        mde_share=mde / base,
        mde_offset_ratio=mde / grown if estimand == "origin" else math.nan,
        base=base,
        growth=grown,
        level=level,
        n=n,
        method=named(method),
        scenario=described(scenario),
        seed=seed,
        unit=_unit(scenario),
    )


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
        share=effect / base,
        offset_ratio=-effect / grown if estimand == "origin" else math.nan,
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
    most = _MOST_OF_BASE * base if sign < 0 else math.inf
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


def _smallest(rows: list[PowerRow], target: float, *, given: bool) -> float:
    """Return the size at which power first reaches the target, between two rows on a line."""
    for before, after in itertools.pairwise(rows):
        if after.power >= target > before.power:
            share = (target - before.power) / (after.power - before.power)
            return abs(before.effect) + share * (abs(after.effect) - abs(before.effect))
    if rows[0].power >= target:
        return abs(rows[0].effect)
    return math.nan if given or rows[-1].silent == 1 else math.inf


def _base(scenario: Scenario, estimand: str) -> float:
    """Return the level before the onset that a share refers to, in level units per year."""
    levels = dict(zip(("origin", "destination"), scenario.base, strict=True))
    return scenario.annual * levels.get(estimand, sum(scenario.base))


def _unit(scenario: Scenario) -> str:
    """Return the unit of effects: amounts add up over a year, rates do not."""
    return f"{scenario.unit or 'level units'}{' per year' if scenario.additive else ''}"


def _scale(scenario: Scenario, estimand: str) -> float:
    """Return a first guess at an effect's standard error: that of independent errors."""
    before, after = scenario.periods
    sd = scenario.period_sd
    wide = {"origin": sd[0], "destination": sd[1]}.get(estimand, math.hypot(*sd))
    return float(scenario.annual * wide * math.sqrt(1 / before + 1 / after))


def _one_sided(effects: Sequence[float]) -> bool:
    """Tell whether effects can lie on one curve: numbers, and falls or rises."""
    sizes = np.array(effects, dtype=float)
    return bool(sizes.size and np.isfinite(sizes).all() and sizes.min() * sizes.max() >= 0)


def _check(
    method: object,
    scenario: object,
    estimand: str,
    effects: Sequence[float] | None,
    target: float,
    level: float,
    n: int,
) -> None:
    """Refuse a task that is none, all at once."""
    check_estimator(method)
    if not isinstance(scenario, Scenario):
        message = f"{type(scenario).__name__} is no Scenario; see Scenario.like(panel, design)"
        raise TypeError(message)
    check_level(level)
    checks = (
        (estimand in DIRECTIONS, "estimand", estimand, suggest(estimand, tuple(DIRECTIONS))),
        (0 < target < 1, "target", target, "a number strictly between 0 and 1"),
        (n >= 1, "n", n, "at least one data set"),
        (
            effects is None or _one_sided(effects),
            "effects",
            effects,
            "at least one finite number, all of one sign",
        ),
    )
    problems = [
        Problem(f"{name} = {value!r}", needed, "change it")
        for holds, name, value, needed in checks
        if not holds
    ]
    if problems:
        raise DesignError(problems)
