"""Scenario: one study with a known truth, from which data sets are drawn."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

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
from shiftexp.result import check_inputs
from shiftexp.scalars import no_seed, not_flag, not_whole, refuse
from shiftexp.simulate.checking import FREQUENCY, plain, scenario_problems
from shiftexp.simulate.likeness import likeness

_FIRST_YEAR = 2001
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
        Of either side: the autocorrelation of an AR(1), the variance ratio q of a local level, or
        the sd of a wandering slope; an AR(2) (.5, .3) and a random walk have none.
    marginal : {"normal", "t5", "negative binomial", "lognormal"}, default "normal"
        Of one period: counts around the level, or lumpy amounts with sigma 1.5 in logs.
    correlation : float, default 0
        Between what is new in the errors of any two units, above -1 / (units - 1). Every unit keeps
        its own value: sides that persist differently are correlated less in one period.
    donors : int, default 0
        Number of donors without effect, at the destination's level, with its sd and value.
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
    unit : str, default ""
        What is measured, such as "kg", for words and axes.
    additive, comparable : bool, default True
        Whether values of several periods and units may be summed (false for rates, prices, purity),
        and levels compared between units. Without either there is no net effect and no offset
        ratio; rates are not multiplied to years.

    Raises
    ------
    DesignError
        When a name is unknown, something has the wrong shape, or a number is not finite or
        describes no study; all are listed.

    Notes
    -----
    It holds numbers, words and tuples only, so that it hashes and survives its own repr; lists and
    arrays are taken as tuples.

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
    unit: str = ""
    additive: bool = True
    comparable: bool = True

    def __post_init__(self) -> None:
        """Take lists and arrays as tuples; refuse what describes no study, everything at once."""
        for field in fields(self):
            object.__setattr__(self, field.name, plain(getattr(self, field.name)))
        problems = scenario_problems(self)
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
        DesignError
            When there are fewer than 3 periods more than terms, or 3 pairs of neighbours in time,
            or a side is constant.

        Notes
        -----
        Errors are what the regression of the default model leaves: level, season, declared breaks
        and the effect, with ``trend`` a line and its change. Each side has its mean before the
        onset and an AR(1) of its own. The autocorrelation, between 0 and .95, is median-unbiased
        (Andrews): the one under which residuals of this window have the observed autocorrelation
        as their median; the standard deviation is that of the long run. Both are right in the
        middle, and far from certain: with 12 + 8 periods and a true autocorrelation of .8 half of
        the readings lie between .54 and .95. Vary ``value`` with ``dataclasses.replace`` and look
        at more than one. There are as many donors as the design names, each like the destination
        and correlated with the others as origin and destination are (never below -.95 / (donors +
        1)). Sampling errors are part of ``sd``. Periods that are not used are left out, not copied
        as missing: the scenario is as long as what is used, and neighbours in it correlate as those
        at the smallest distance in the study do. Trends, breaks, sampling errors of
        their own and the marginal of counts are not copied either: say them with
        ``dataclasses.replace``.

        References
        ----------
        Andrews, D. W. K. (1993). Exactly median-unbiased estimation of first order
        autoregressive/unit root models. Econometrica, 61, 139-165.
        https://doi.org/10.2307/2951781
        """
        check_inputs(panel, design)
        refuse(*not_flag(trend=trend))
        found = likeness(panel, design, trend=trend)
        return cls(
            periods=found.periods,
            per_year=found.per_year,
            base=found.level,
            sd=found.sd,
            value=found.autocorrelation,
            correlation=found.correlation,
            donors=found.donors,
            unit=found.indicator.unit_of_measure,
            additive=found.indicator.additive,
            comparable=found.indicator.comparable,
        )

    @property
    def annual(self) -> int:
        """Periods in a year for amounts that add, 1 for others: what a period's effect counts."""
        return self.per_year if self.additive else 1

    @property
    def mixes(self) -> bool:
        """Whether effects of both sides may be summed or divided: net effect and offset ratio."""
        return self.additive and self.comparable

    @property
    def truth(self) -> tuple[float, float]:
        """True changes (Delta_O, Delta_D), in level units per year; of rates, in their unit."""
        return (
            (self.origin_effect - self.flow) * self.annual,
            (self.destination_effect + self.flow) * self.annual,
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
        if estimand == "net" and not self.mixes:
            given = f"a net effect of {self.unit or 'values'} that {_unmixed(self)}"
            remedy = "ask for the origin and the destination, each for itself"
            raise DesignError(Problem(given, "amounts that may be summed and compared", remedy))
        if not np.isfinite(effect):
            raise DesignError(Problem(f"effect = {effect!r}", "a finite number", "write 10.0"))
        change = effect / self.annual
        if estimand == "origin":
            return replace(self, origin_effect=change + self.flow)
        others = self.truth[0] / self.annual if estimand == "net" else 0.0
        return replace(self, destination_effect=change - self.flow - others)

    @property
    def period_sd(self) -> tuple[float, float]:
        """Standard deviation of one period's noise at either side, in units per period."""
        sampled = [np.hypot(sd, self.sampling) for sd in self._marginal_sd()]
        return float(sampled[0]), float(sampled[1])

    def draw(self, count: int, rng: int | np.random.Generator) -> Floats:
        """Return data sets, shape (count, units, T), in units per period; sampling errors included.

        Parameters
        ----------
        count : int
            Data sets.
        rng : int or numpy Generator
            Seed or source of the draws.

        Raises
        ------
        DesignError
            When ``count`` is no whole number from 1, or ``rng`` no seed.
        """
        seed = () if isinstance(rng, np.random.Generator) else no_seed(rng)
        refuse(*not_whole("count", count, 1, "draw one data set at least"), *seed)
        rng = np.random.default_rng(rng)
        size = sum(self.periods)
        units = 2 + self.donors
        shares = np.array([*self.value, *[self.value[1]] * self.donors])
        shape = (count, units, size)
        errors = standard_errors(self.process, shares, self.marginal, shape, rng, self.correlation)
        sd = np.array([*self.sd, *[self.sd[1]] * self.donors])
        levels, found = self._levels(), self._found()
        if self.marginal == COUNTED:
            levels[1] *= found
        values = draw_values(levels, sd, errors, self.marginal)
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

        Raises
        ------
        DesignError
            When the values have another shape.
        """
        values, shape = np.asarray(values, dtype=float), (2 + self.donors, sum(self.periods))
        if np.shape(values) != shape:
            given = f"values of shape {np.shape(values)}"
            remedy = "give one data set, as in scenario.draw(1, rng=1)[0]"
            raise DesignError(Problem(given, f"shape {shape}: units and periods", remedy))
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
            additive=self.additive,
            comparable=self.comparable,
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
        effects = np.array([*self.truth, *[0.0] * self.donors]) / self.annual
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
        start = first.asfreq(FREQUENCY[self.per_year], "start")
        return [str(start + t) for t in range(size)]

    def least_level(self) -> float:
        """Return the lowest expected value of any side; 1 where there is no such study."""
        fits = min(self.periods) >= 1 and self.donors >= 0 and self.per_year in FREQUENCY
        return float(self._levels().min()) if fits else 1.0


def _unmixed(scenario: Scenario) -> str:
    """Say why effects of both sides cannot be taken together."""
    if not scenario.additive:
        return "may not be summed (additive=False)"
    return "may not be compared between units (comparable=False)"
