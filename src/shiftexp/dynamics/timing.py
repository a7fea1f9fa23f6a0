"""What tests of timing share: settings, fixed terms, the alternative that power is stated for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.design import Design
from shiftexp.dynamics.pair import DynamicPair, Scale, read_pair, without_own_variation
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.var_process import VarProcess, fitted_process, no_lead
from shiftexp.kernels.vector_autoregression import order_by_aicc
from shiftexp.panel import Panel
from shiftexp.result import check_inputs
from shiftexp.scalars import (
    error_rate,
    is_number,
    no_level,
    no_seed,
    not_among,
    not_flag,
    not_whole,
    plural,
    refuse,
)
from shiftexp.table import format_number

_LEAST_DRAWS, _PER_ORDER, _MOST_ORDER, _MOST_OFFSET = 99, 6, 4, 1000
NOT_A_FLOW = "a lead in time is compatible with a flow and with a common cause that hits one first"


@dataclass(frozen=True, kw_only=True)
class TimingSettings:
    """How a test of timing reads series and counts its p-value.

    Attributes
    ----------
    scale : {"level", "log"}
        Scale of both sides.
    trend : bool
        Whether a straight line is taken out.
    offset : float
        Part of the origin's innovations that arrives in the alternative that power is stated for.
    level : float
        Level of limits; the test is of size 1 - level.
    draws : int
        Data sets that p and power are counted in.
    rng : int or numpy Generator
        Seed of these.
    """

    scale: Scale
    trend: bool
    offset: float
    level: float
    draws: int
    rng: int | np.random.Generator

    def problems(self) -> list[Problem]:
        """Return the problems of settings that are none."""
        seed = () if isinstance(self.rng, np.random.Generator) else no_seed(self.rng)
        return [
            *not_among(scale=(self.scale, ("level", "log"))),
            *not_flag(trend=self.trend),
            *_not_offset(self.offset),
            *no_level(self.level),
            *not_whole("draws", self.draws, _LEAST_DRAWS, "leave it at 999"),
            *seed,
        ]

    @property
    def error(self) -> float:
        """Size of the test."""
        return error_rate(self.level)

    def generator(self) -> np.random.Generator:
        """Return the source of draws."""
        return np.random.default_rng(self.rng)


def _not_offset(offset: object) -> tuple[Problem, ...]:
    """Return the problem of an offset that is none."""
    if is_number(offset) and 0 < offset <= _MOST_OFFSET:
        return ()
    needed = f"a number above 0, at most {_MOST_OFFSET}"
    return (Problem(f"offset = {offset!r}", needed, "leave it at 1, all of it"),)


@dataclass(frozen=True, eq=False)
class TimingPair:
    """A pair with both sides in units of their own standard deviations, ready for regressions.

    Attributes
    ----------
    pair : DynamicPair
        The pair in its own units.
    y : array of shape (2, T)
        Both sides less their means, over their standard deviations.
    sd : array of shape (2,)
        These standard deviations.
    fixed : array of shape (T, m)
        Constant, trend where asked for, seasons.
    """

    pair: DynamicPair
    y: Floats
    sd: Floats
    fixed: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def count(self) -> int:
        """Number of periods, T."""
        return self.pair.count

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out of both sides; donors aside."""
        return tuple(note for note in self.pair.notes if not note.startswith("donor "))

    def passed(self, offset: float) -> float:
        """Return what an innovation of the origin does to the destination in these units.

        On a log scale an equal amount is a larger part of the smaller side.

        Parameters
        ----------
        offset : float
            Part that arrives, in level units.
        """
        o, d = self.pair.values.mean(axis=1)
        amount = float(np.exp(o - d)) if self.pair.scale == "log" else 1.0
        return offset * amount * float(self.sd[0] / self.sd[1])


def timing_pair(
    panel: Panel, design: Design, settings: TimingSettings, *, least: int, others: list[Problem]
) -> TimingPair:
    """Return both sides ready for regressions.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    settings : TimingSettings
        How it is read.
    least : int
        Periods needed of annual series; others need two more for each season beside the first.
    others : list of Problem
        What else is wrong with the settings.

    Raises
    ------
    DesignError
        When settings are none, the pair cannot be read, or a side has no variation of its own.
    """
    check_inputs(panel, design)
    refuse(*settings.problems(), *others)
    more = 2 * (panel.calendar.per_year - 1)
    pair = read_pair(panel, design, scale=settings.scale, least=least + more)
    refuse(*without_own_variation(pair))
    sd = pair.values.std(axis=1)
    y = (pair.values - pair.values.mean(axis=1, keepdims=True)) / sd[:, None]
    return TimingPair(pair, y, sd, fixed_terms(pair, trend=settings.trend))


def fixed_terms(pair: DynamicPair, *, trend: bool) -> Floats:
    """Return constant, trend and seasons, shape (T, m).

    Parameters
    ----------
    pair : DynamicPair
        Both sides.
    trend : bool
        Whether there is a trend.
    """
    time = (np.arange(pair.count) - (pair.count - 1) / 2) / pair.count
    columns = [np.ones(pair.count)]
    columns += [time] if trend else []
    seasons = np.unique(pair.season)
    columns += [(pair.season == s).astype(float) - 1 / len(seasons) for s in seasons[1:]]
    return np.column_stack(columns)


def independent_process(timing: TimingPair) -> tuple[VarProcess, tuple[int, int]]:
    """Return either side's own autoregression with joint innovations, and both orders by AICc.

    Parameters
    ----------
    timing : TimingPair
        Both sides.
    """
    most = max(1, min(_MOST_ORDER, timing.count // _PER_ORDER))
    o, d = (order_by_aicc(timing.y[s : s + 1], timing.fixed, most, 1) for s in (0, 1))
    free = no_lead((o, d), max(o, d), timing.fixed.shape[1])
    return fitted_process(timing.y, max(o, d), timing.fixed, free), (o, d)


def walking_process(timing: TimingPair) -> VarProcess:
    """Return both sides as random walks with drift and joint innovations.

    Least squares makes short series look less persistent than they are; this is the other end.

    Parameters
    ----------
    timing : TimingPair
        Both sides.
    """
    steps = np.zeros_like(timing.fixed)
    steps[1:] = np.diff(timing.fixed, axis=0)
    moves = np.diff(timing.y, axis=1)
    free = np.linalg.lstsq(steps[1:], moves.T, rcond=None)[0].T
    news = moves - free @ steps[1:].T
    larger = np.sqrt(moves.shape[1] / (moves.shape[1] - np.linalg.matrix_rank(steps)))
    coef = np.concatenate([free, np.eye(2)], axis=1)
    centred = news - news.mean(axis=1, keepdims=True)
    return VarProcess(coef, steps, centred * larger, timing.y[:, :1])


def said_power(power: float, offset: float, lag: int) -> str:
    """Return the power of a test with the alternative that it is stated for.

    Parameters
    ----------
    power, offset : float
        The power, and the part of the origin's innovations that arrives.
    lag : int
        How many periods later.
    """
    part = "all" if offset == 1 else f"{offset:.0%}"
    later = f"{plural(lag, 'period')} later"
    return f"power {power:.2f} were {part} of the origin's innovations to arrive {later}"


def said_p(p_value: float, error: float) -> str:
    """Return what a p-value says; a large one never says that nothing moved.

    Parameters
    ----------
    p_value, error : float
        The p-value and the size of the test.
    """
    number = format_number(p_value, 2)
    if p_value <= error:
        return f"p = {number}: not by chance alone at {100 * error:g} %"
    return f"p = {number}: not shown, which is not to say that nothing moved"


def timing_evidence(p_value: float, power: float, source: str) -> Evidence:
    """Return a test of timing as evidence for a shift, without a bound.

    Parameters
    ----------
    p_value, power : float
        Of the one-sided test.
    source : str
        What was tested, on what.
    """
    return Evidence(about="shift", direction="for", p_value=p_value, power=power, source=source)
