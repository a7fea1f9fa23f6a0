"""Scenario: one study with a known truth, from which data sets are drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import (
    COUNT_SIZE,
    COUNTED,
    LUMPY,
    LUMPY_SIGMA,
    Marginal,
    Process,
    draw_values,
    standard_errors,
)
from shiftexp.panel import Panel
from shiftexp.simulate.likeness import likeness

_FIRST_YEAR = 2001
_FREQUENCY = {1: "A", 4: "Q", 12: "M"}
_SIDES = ("O", "D")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    r"""Say one study with a known truth: effects, errors, and what goes wrong with the data.

    .. math:: y_{it} = r_{it}\,(base_i + slope\,t + \Delta_i 1[t \ge \tau]) + sd_i u_{it} + e_{it},
       \quad \Delta_O = X_O - F, \ \Delta_D = A_D + F

    Parameters
    ----------
    origin_effect, destination_effect : float, default 0
        Own changes of either side, X_O and A_D, in units per period.
    flow : float, default 0
        What moves from origin to destination, F, in units per period.
    periods : tuple of two ints, default (12, 8)
        Periods before the onset and from it on.
    per_year : {1, 4, 12}, default 1
        Periods in a year.
    base : tuple of two floats, default (100, 40)
        Levels before the onset, in units per period.
    slope : float, default 0
        Trend of both sides, in units per period and period.
    sd : tuple of two floats, default (4, 4)
        Standard deviation of the errors, in units per period; counts and kg have their own.
    process : {"AR(1)", "AR(2)", "local level", "random walk", "stochastic slope"}
        The errors, AR(1) by default.
    value : tuple of two floats, default (0.4, 0.4)
        Of either side: the autocorrelation, the variance ratio q of a local level, or the sd of a
        wandering slope.
    marginal : {"normal", "t5", "negative binomial", "lognormal"}, default "normal"
        Of one period: counts around the level, or lumpy amounts with sigma 1.5 in logs.
    correlation : float, default 0
        Of the errors of all units: a common factor with that share of their variance, and the
        destination's autocorrelation.
    donors : int, default 0
        Number of donors without effect, at the destination's level.
    detection : float, default 1
        Detection at the destination from the onset on, over detection before it; counts are thinned
        or multiplied in expectation, amounts as they are.
    detection_ramp : bool, default False
        Whether detection gets there on a straight line by the last period, rather than at once.
    missing : tuple of ints, default ()
        Positions of periods that the destination does not report, from 0.
    break_at : int, optional
        Position of a reporting break at the origin, declared and fitted as a step.
    break_size : float, default 0
        The step it makes, in units per period.
    sampling : float, default 0
        Mean sampling error, in units per period; it varies fourfold over the periods, is added to
        the values and given to the panel.

    Raises
    ------
    DesignError
        When a name is unknown or a number describes no study; all are listed.

    Notes
    -----
    It holds numbers, words and tuples only, so that it hashes and survives its own repr.

    When not to use it: to show that a method is right about your data. It shows what the method
    does where the truth is the one you wrote down.

    Examples
    --------
    >>> import numpy as np
    >>> scenario = Scenario(flow=20, sd=(1.0, 1.0))
    >>> scenario.truth
    (-20.0, 20.0)
    >>> scenario.draw(3, np.random.default_rng(1)).shape
    (3, 2, 20)
    """

    origin_effect: float = 0.0
    destination_effect: float = 0.0
    flow: float = 0.0
    periods: tuple[int, int] = (12, 8)
    per_year: int = 1
    base: tuple[float, float] = (100.0, 40.0)
    slope: float = 0.0
    sd: tuple[float, float] = (4.0, 4.0)
    process: Process = "AR(1)"
    value: tuple[float, float] = (0.4, 0.4)
    marginal: Marginal = "normal"
    correlation: float = 0.0
    donors: int = 0
    detection: float = 1.0
    detection_ramp: bool = False
    missing: tuple[int, ...] = ()
    break_at: int | None = None
    break_size: float = 0.0
    sampling: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what describes no study, everything at once."""
        problems = [*self._unknown_words(), *self._impossible_numbers()]
        if problems:
            raise DesignError(problems)

    @classmethod
    def like(cls, panel: Panel, design: Design, *, trend: bool = False) -> Scenario:
        """Return a scenario without effect whose levels and errors resemble a study's.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study; a one-unit study lends its one side to both.
        trend : bool, default False
            Whether errors are residuals about a straight line before the onset and another after
            it, for methods that fit a trend, rather than about two means.

        Raises
        ------
        DesignError
            When the design does not fit the panel.

        Notes
        -----
        Each side has its mean before the onset, the residual standard deviation, and an AR(1) whose
        autocorrelation is corrected for the bias of short series (Kendall: r + (1 + 4 r) / n),
        between 0 and .95; missing periods and breaks are not copied. Both are too small where
        errors persist: with 12 + 8 periods an sd of 4 is read as 3.7 at autocorrelation .4 and as
        2.8 at .8, so that smallest effects come out too small. Raise ``sd`` and ``value`` with
        ``dataclasses.replace`` and look at both.

        References
        ----------
        Kendall, M. G. (1954). Note on bias in the estimation of autocorrelation. Biometrika, 41,
        403-404. https://doi.org/10.1093/biomet/41.3-4.403
        """
        found = likeness(panel, design, trend=trend)
        return cls(
            periods=found.periods,
            per_year=found.per_year,
            base=found.level,
            sd=found.sd,
            value=found.autocorrelation,
            correlation=found.correlation,
        )

    @property
    def truth(self) -> tuple[float, float]:
        """True changes of activity (Delta_O, Delta_D), in level units per year."""
        return (
            (self.origin_effect - self.flow) * self.per_year,
            (self.destination_effect + self.flow) * self.per_year,
        )

    def with_effect(self, estimand: str, effect: float) -> Scenario:
        """Return the same study in which an estimand has this true effect.

        Parameters
        ----------
        estimand : {"origin", "destination", "net"}
            Whose effect. The origin's own change makes that of the origin, the destination's own
            change the others.
        effect : float
            The effect, in level units per year.

        Raises
        ------
        DesignError
            When the estimand is unknown, or the effect does not fit the scenario.
        """
        known = ("origin", "destination", "net")
        if estimand not in known:
            needed = "origin, destination or net"
            raise DesignError(Problem(f"estimand {estimand!r}", needed, suggest(estimand, known)))
        change = effect / self.per_year
        if estimand == "origin":
            return replace(self, origin_effect=change + self.flow)
        others = self.truth[0] / self.per_year if estimand == "net" else 0.0
        return replace(self, destination_effect=change - self.flow - others)

    @property
    def period_sd(self) -> tuple[float, float]:
        """Standard deviation of one period's noise at either side, in units per period."""
        sampled = [np.hypot(sd, self.sampling) for sd in self._marginal_sd()]
        return float(sampled[0]), float(sampled[1])

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        """Return data sets, shape (count, units, T), in units per period; sampling errors included.

        Parameters
        ----------
        count : int
            Data sets.
        rng : numpy Generator
            Source of the draws.
        """
        size = sum(self.periods)
        units = 2 + self.donors
        shares = np.array([*self.value, *[self.value[1]] * self.donors])
        own = standard_errors(self.process, shares, self.marginal, (count, units, size), rng)
        if self.correlation:
            common = standard_errors(
                self.process, shares[1:2], self.marginal, (count, 1, size), rng
            )
            own = np.sqrt(1 - self.correlation) * own + np.sqrt(self.correlation) * common
        sd = np.array([*self.sd, *[self.sd[1]] * self.donors])
        levels, found = self._levels(), self._found()
        if self.marginal == COUNTED:
            levels[1] *= found
        values = draw_values(levels, sd, own, self.marginal)
        if self.marginal != COUNTED:
            values[:, 1] *= found
        if self.break_at is not None:
            values[:, 0, self.break_at :] += self.break_size
        if self.sampling:
            values = values + rng.standard_normal(values.shape) * self._sampling_errors()
        values[:, 1, list(self.missing)] = np.nan
        return values

    def study(self, values: Floats) -> tuple[Panel, Design]:
        """Return one data set as a panel, and the design that studies it.

        Parameters
        ----------
        values : array of shape (units, T)
            One data set of :meth:`draw`.
        """
        names = (*_SIDES, *(f"C{j}" for j in range(1, self.donors + 1)))
        labels = self._labels()
        frame = pd.DataFrame(
            {
                "unit": np.repeat(names, len(labels)),
                "period": np.tile(labels, len(names)),
                "y": values.ravel(),
                "error": np.tile(self._sampling_errors(), len(names)),
            }
        )
        panel = Panel.from_frame(
            frame[frame["y"].notna()],
            unit="unit",
            period="period",
            value="y",
            std_error="error" if self.sampling else None,
            unit_of_measure="count" if self.marginal == COUNTED else "units",
        )
        breaks = () if self.break_at is None else (f"{labels[self.break_at]}:O:dummy",)
        design = Design(
            origin="O",
            destination="D",
            onset=labels[self.periods[0]],
            donors=names[2:],
            breaks=breaks or "refuse",
        )
        return panel, design

    @property
    def _after(self) -> np.ndarray:
        """Periods from the onset on."""
        return np.arange(sum(self.periods)) >= self.periods[0]

    def _levels(self) -> Floats:
        """Return expected values without detection changes, shape (units, T)."""
        time = np.arange(sum(self.periods))
        effects = np.array([*self.truth, *[0.0] * self.donors]) / self.per_year
        base = np.array([*self.base, *[self.base[1]] * self.donors])
        return np.asarray(base[:, None] + self.slope * time + effects[:, None] * self._after)

    def _found(self) -> Floats:
        """Return detection at the destination over that before the onset, shape (T,)."""
        before, after = self.periods
        ramp = np.linspace(1, self.detection, after + 1)[1:]
        return np.append(np.ones(before), ramp if self.detection_ramp else [self.detection] * after)

    def _marginal_sd(self) -> tuple[float, float]:
        """Return standard deviations without sampling error, in units per period."""
        if self.marginal == COUNTED:
            origin, destination = (np.sqrt(m + m**2 / COUNT_SIZE) for m in self.base)
        elif self.marginal == LUMPY:
            spread = np.sqrt(np.expm1(LUMPY_SIGMA**2))
            origin, destination = (m * spread for m in self.base)
        else:
            origin, destination = self.sd
        return float(origin), float(destination)

    def _sampling_errors(self) -> Floats:
        """Return known standard errors, shape (T,): they rise and fall fourfold."""
        time = np.arange(sum(self.periods))
        return np.asarray(self.sampling * (1 + 0.6 * np.cos(2 * np.pi * time / 5)))

    def _labels(self) -> list[str]:
        """Return the periods' labels."""
        size = sum(self.periods)
        first = pd.Period(str(_FIRST_YEAR), freq="Y")
        if self.per_year == 1:
            return [str(_FIRST_YEAR + t) for t in range(size)]
        start = first.asfreq(_FREQUENCY[self.per_year], "start")
        return [str(start + t) for t in range(size)]

    def _unknown_words(self) -> list[Problem]:
        """Return names that are not known."""
        given = (
            ("process", self.process, get_args(Process)),
            ("marginal", self.marginal, get_args(Marginal)),
        )
        return [
            Problem(f"{name} = {value!r}", f"a known {name}", suggest(value, known))
            for name, value, known in given
            if value not in known
        ]

    def _impossible_numbers(self) -> list[Problem]:
        """Return numbers that describe no study."""
        size = sum(self.periods)
        skewed = self.marginal in {COUNTED, LUMPY}
        checks = [
            (min(self.periods) >= 1, "periods", "at least one on each side of the onset"),
            (self.per_year in _FREQUENCY, "per_year", "1, 4 or 12"),
            (min(self.sd) > 0, "sd", "positive numbers"),
            (0 <= self.correlation < 1, "correlation", "a number from 0 to below 1"),
            (self.donors >= 0, "donors", "0 or more"),
            (self.detection > 0, "detection", "a positive ratio"),
            (self.sampling >= 0, "sampling", "0 or more"),
            (min(self.value) >= 0, "value", "numbers from 0 on"),
            (
                not self.process.startswith("AR(1)") or max(self.value) < 1,
                "value",
                "autocorrelations below 1",
            ),
            (
                all(0 <= t < size for t in self.missing),
                "missing",
                f"positions from 0 to {size - 1}",
            ),
            (
                self.break_at is None or 0 < self.break_at < size,
                "break_at",
                f"a position from 1 to {size - 1}",
            ),
            (
                not skewed or self.process in {"AR(1)", "AR(2)"},
                "marginal",
                "a stationary process beneath counts and amounts",
            ),
            (not skewed or self._least_level() > 0, "base", "levels above zero, with every effect"),
            (
                self.marginal != COUNTED or not (self.sampling or self.break_size % 1),
                "marginal",
                "counts without sampling errors, and a break of a whole number",
            ),
        ]
        return [
            Problem(f"{name} = {getattr(self, name)!r}", needed, "change it")
            for holds, name, needed in checks
            if not holds
        ]

    def _least_level(self) -> float:
        """Return the lowest expected value of any side."""
        fits = min(self.periods) >= 1 and self.donors >= 0 and self.per_year in _FREQUENCY
        return float(self._levels().min()) if fits else 1.0
