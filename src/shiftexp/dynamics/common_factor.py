"""What origin and destination hold in common, beside what they share with donors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.dynamics.pair import DynamicPair, read_pair
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.factor import (
    OneFactor,
    correlations_of,
    drawn_changes,
    factor_scores,
    one_factor,
    partial_correlation,
    repeated,
    standardised,
)
from shiftexp.kernels.resampling import upper_p
from shiftexp.panel import Panel
from shiftexp.scalars import error_rate, no_level, no_seed, not_whole, plural, refuse
from shiftexp.table import Table, format_number, quantity_frame

STATED = 0.5
_LEAST, _LEAST_DONORS, _LEAST_SIDE = 16, 2, 6
_LEAST_SIMULATIONS, _MOST_SLOPE = 99, 0.9


@dataclass(frozen=True, eq=False, repr=False)
class CommonFactor(Table):
    """Shares of a factor that all units have in common, and what the pair has beside it.

    Attributes
    ----------
    names : tuple of str
        Origin, destination and donors.
    periods : int
        Changes of one period to the next.
    shares : array of shape (N,)
        Parts of the variance of every unit's changes that are the factor's.
    low, high : arrays of shape (N,)
        Their limits.
    correlation : float
        Of the changes of origin and destination, the donors' main component held.
    expected : float
        What it would be on average if the pair had nothing but the factor in common: a component of
        few donors holds the factor only in part.
    critical : float
        The correlation from which on the test rejects.
    p_value : float
        One-sided p of the null that the pair has no more in common than the factor.
    power : float
        How often that is rejected of such series when what the factor leaves is correlated by .5.
    before, after : float
        Slope of the pair's mean change on the factor before the onset and from it on, in standard
        deviations; NaN where one side has fewer than six changes.
    p_rising : float
        One-sided p of the null that it did not rise.
    level : float
        Level of the limits.
    simulations : int
        Series that each p is counted in.
    notes : tuple of str
        What to know before reading it.
    """

    names: tuple[str, ...]
    periods: int
    shares: Floats
    low: Floats
    high: Floats
    correlation: float
    expected: float
    critical: float
    p_value: float
    power: float
    before: float
    after: float
    p_rising: float
    level: float
    simulations: int
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def excess(self) -> float:
        """What the pair's correlation is above what the factor makes expect."""
        return self.correlation - self.expected

    @property
    def found(self) -> bool:
        """Whether the pair is found to have more in common than the factor."""
        return self.p_value <= error_rate(self.level)

    @property
    def evidence(self) -> Evidence:
        """More in common than all units have speaks for integration; never a bound."""
        return Evidence(
            about="integration",
            p_value=self.p_value,
            power=self.power,
            source=f"changes of {self.names[0]} and {self.names[1]} beside a factor common with "
            f"{plural(len(self.names) - 2, 'donor')}",
        )

    def summary(self) -> str:
        """Return the finding in words: never that the pair has nothing in common."""
        said = "have more in common" if self.found else "are not shown to have more in common"
        found = (
            f"{self.names[0]} and {self.names[1]} {said} than the factor of all units "
            f"(correlation beside it {format_number(self.correlation, 2)}, expected "
            f"{format_number(self.expected, 2)}, p = {format_number(self.p_value, 3)})"
        )
        could = (
            f"a correlation of {STATED} of what it leaves is found in {self.power:.0%} of such "
            "series"
        )
        shares = ", ".join(
            f"{name} {share:.0%} ({low:.0%} to {high:.0%})"
            for name, share, low, high in zip(
                self.names[:2], self.shares, self.low, self.high, strict=False
            )
        )
        lines = [found, could, f"the factor's share of changes: {shares}"]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each quantity."""
        none = float("nan")
        rows = [
            (f"factor's share of the changes of {name}", *numbers, none)
            for name, *numbers in zip(self.names, self.shares, self.low, self.high, strict=True)
        ]
        rows += [
            ("correlation of the pair beside the donors", self.correlation, none, none, none),
            ("the same, expected of the factor alone", self.expected, none, none, none),
            ("excess", self.excess, none, none, self.p_value),
            ("slope on the factor before the onset", self.before, none, none, none),
            ("slope on the factor from the onset on", self.after, none, none, self.p_rising),
            (f"power at a correlation of {STATED}", self.power, none, none, none),
        ]
        return quantity_frame(rows)


def common_factor(
    panel: Panel,
    design: Design,
    *,
    level: float = 0.95,
    simulations: int = 499,
    rng: int = 1,
) -> CommonFactor:
    r"""Return what origin and destination have in common beside what they share with the donors.

    .. math:: \Delta \log y_{it} = \mu_i + \lambda_i f_t + e_{it}, \qquad
       corr(e_{Ot}, e_{Dt}) = r

    Parameters
    ----------
    panel : Panel
        One indicator, above zero.
    design : Design
        The study, with both sides and at least two donors.
    level : float, default 0.95
        Level of the limits; the test is of size 1 - level.
    simulations : int, default 499
        Series drawn for each p, at least 99.
    rng : int, default 1
        Seed of these.

    Returns
    -------
    CommonFactor
        The factor's shares with limits, the pair's excess with its p, the slope on the factor
        before and after the onset, and ``evidence`` of integration.

    Raises
    ------
    DesignError
        When a setting is none; all are listed.
    DesignError
        When a side is missing, a value is not above zero, the run without a gap has fewer than 16
        periods, or fewer than two donors are observed throughout: two series have three moments,
        which do not tell a factor, and with one donor any correlation of the pair fits a factor.
    DesignError
        When a unit never changes.

    Notes
    -----
    The statistic is the correlation of both sides' changes with the donors' main component held. It
    is referred to series drawn from the likeliest factor model with r = 0; the loadings of every
    series drawn are those of another series drawn from the model that was fitted, so that p knows
    how little short series say of them. Factor and residuals are AR(1). Size and power that were
    measured stand in METHODS.md.

    When not to use it: with donors from other markets, whose factor is another one; or to say that
    the pair is not integrated. A flow makes the changes of the pair move apart, so that shift and
    integration can hide each other.

    References
    ----------
    Rubin, D. B., & Thayer, D. T. (1982). EM algorithms for ML factor analysis. Psychometrika,
    47(1), 69-76. https://doi.org/10.1007/BF02293851

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(donors=3, periods=(15, 15), rng=1)
    >>> found = sx.common_factor(panel, design, simulations=99)
    >>> found.evidence.about, found.evidence.bound is None
    ('integration', True)
    """
    refuse(
        *no_level(level),
        *not_whole("simulations", simulations, _LEAST_SIMULATIONS, "leave it at 499"),
        *no_seed(rng),
    )
    pair = read_pair(panel, design, scale="log", least=_LEAST)
    refuse(*_problems(pair))
    return _found(pair, level, simulations, np.random.default_rng(rng))


def _problems(pair: DynamicPair) -> list[Problem]:
    """Return what keeps units from having a factor told."""
    problems = []
    if len(pair.donors) < _LEAST_DONORS:
        given = f"{plural(len(pair.donors), 'donor')} observed throughout"
        remedy = "name donors; a pair alone does not tell a factor from what only it has in common"
        problems.append(Problem(given, f"at least {_LEAST_DONORS}", remedy))
    names, values = (*pair.names, *pair.donor_names), np.vstack([pair.values, pair.donors])
    problems += [
        Problem(f"{name!r} changes by the same factor in every period", "a series that varies",
                "leave it out")
        for name, each in zip(names, values, strict=True)
        if np.ptp(np.diff(each)) < 1e-12
    ]  # fmt: skip
    return problems


def _found(
    pair: DynamicPair, level: float, simulations: int, rng: np.random.Generator
) -> CommonFactor:
    """Return the factor of units that tell one."""
    changes = _changes(pair)
    periods = changes.shape[1]
    model = one_factor(correlations_of(changes[None]), excess=True)
    slopes = _slopes(changes, model)
    again = drawn_changes(repeated(model, simulations), slopes, periods, rng)
    refitted = one_factor(correlations_of(again), excess=True)
    alone = repeated(refitted, 1, excess=0.0)
    null = drawn_changes(alone, slopes, periods, rng)
    under = partial_correlation(null)
    observed = float(partial_correlation(changes[None])[0])
    critical = float(np.sort(under)[-max(int(error_rate(level) * (simulations + 1)), 1)])
    stated = drawn_changes(repeated(model, simulations, excess=STATED), slopes, periods, rng)
    tail = error_rate(level) / 2
    low, high = np.quantile(refitted.loadings**2, [tail, 1 - tail], axis=0)
    shares = model.loadings[0] ** 2
    start = pair.onsets[1] - 1  # the first change into the onset's period
    sides = _side_slopes(changes[None], model, start)
    rise = np.diff(_side_slopes(null, alone, start), axis=0)[0]
    return CommonFactor(
        names=(*pair.names, *pair.donor_names),
        periods=periods,
        shares=shares,
        low=np.minimum(low, shares),
        high=np.maximum(high, shares),
        correlation=observed,
        expected=float(under.mean()),
        critical=critical,
        p_value=float(upper_p(observed, under)),
        power=float((partial_correlation(stated) >= critical).mean()),
        before=float(sides[0, 0]),
        after=float(sides[1, 0]),
        p_rising=float(upper_p(sides[1, 0] - sides[0, 0], rise)),
        level=level,
        simulations=simulations,
        notes=_notes(pair),
    )


def _changes(pair: DynamicPair) -> Floats:
    """Return standardised changes of origin, destination and donors, seasons taken out."""
    changes = np.diff(np.vstack([pair.values, pair.donors]), axis=1)
    season = pair.season[1:]
    for each in np.unique(season):
        changes[:, season == each] -= changes[:, season == each].mean(axis=1, keepdims=True)
    return np.asarray(standardised(changes[None])[0])


def _slopes(changes: Floats, model: OneFactor) -> Floats:
    """Return autocorrelations of the factor and of what it leaves of every unit."""
    factor = factor_scores(changes[None], model)
    parts = np.vstack([factor, changes - model.loadings[0][:, None] * factor])
    products = (parts[:, 1:] * parts[:, :-1]).sum(axis=1)
    slopes = products / (parts**2).sum(axis=1)
    return np.asarray(np.clip(slopes, -_MOST_SLOPE, _MOST_SLOPE))


def _side_slopes(changes: Floats, model: OneFactor, start: int) -> Floats:
    """Return slopes of the pair's mean on the factor before and from ``start`` on, (2, B)."""
    periods = changes.shape[2]
    if not _LEAST_SIDE <= start <= periods - _LEAST_SIDE:
        return np.full((2, len(changes)), np.nan)
    factor, mean = factor_scores(changes, model), changes[:, :2].mean(axis=1)
    parts = [(factor[:, s], mean[:, s]) for s in (slice(start), slice(start, None))]
    return np.array([
        ((f - f.mean(axis=1, keepdims=True)) * m).sum(axis=1)
        / ((f - f.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        for f, m in parts
    ])  # fmt: skip


def _notes(pair: DynamicPair) -> tuple[str, ...]:
    """Return what to know before reading a factor."""
    notes = ["moving together is evidence of integration, and says nothing of a flow"]
    if pair.per_year > 1:
        notes.append("seasons are taken out of the changes")
    return (*notes, *pair.notes)
