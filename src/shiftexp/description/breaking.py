"""Structural breaks of one series: tested, dated, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.description.dating import ERRORS, BrokenLine, Errors, error_autocorrelation
from shiftexp.description.observed import NOT_EVIDENCE, SCALES, Observed, Scale, too_short
from shiftexp.description.reading import SeriesLike, position_of, read_series
from shiftexp.description.structural import BreakDate, BreakTest, Partition, StructuralBreaks
from shiftexp.errors import Problem
from shiftexp.kernels.break_dates import Partitions, partitions
from shiftexp.kernels.breaks import (
    TESTS,
    BreakDesign,
    asymptotic_p,
    break_design,
    break_statistics,
    correlation_root,
    shortest_segment,
    simulated_p,
)
from shiftexp.kernels.cases import Floats
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

LEAST = 12
_SHORT, _MOST = 30, 5
_LEAST_SIMULATIONS = 99
_SIZES = {
    "autoregressive": "; where errors are very persistent they are too small",
    "persistent": " that a break makes larger: few breaks are found",
}
_LEAST_TRIMMING, _MOST_TRIMMING = 0.05, 0.35


@dataclass(frozen=True, kw_only=True)
class BreakSettings:
    """How breaks are looked for.

    Attributes
    ----------
    scale, trend, errors, trimming, level, simulations, rng
        As in `structural_breaks`.
    """

    scale: Scale
    trend: bool
    errors: Errors
    trimming: float
    level: float
    simulations: int
    rng: int

    @property
    def said(self) -> str:
        """What the tests are about, in words."""
        values = "logs" if self.scale == "log" else "levels"
        return f"of {values} {'with' if self.trend else 'without'} a trend"

    def problems(self) -> list[Problem]:
        """Return the problems of settings that are none."""
        return [
            *not_among(scale=(self.scale, SCALES), errors=(self.errors, ERRORS)),
            *not_flag(trend=self.trend),
            *_not_trimming(self.trimming),
            *no_level(self.level),
            *not_whole("simulations", self.simulations, _LEAST_SIMULATIONS, "leave it at 999"),
            *no_seed(self.rng),
        ]


def structural_breaks(
    series: SeriesLike,
    unit: str | None = None,
    *,
    at: object = None,
    scale: Scale = "level",
    trend: bool = False,
    errors: Errors = "persistent",
    trimming: float = 0.15,
    level: float = 0.95,
    simulations: int = 999,
    rng: int = 1,
) -> StructuralBreaks:
    r"""Return whether and where the level, or the trend, of one series breaks: a description.

    .. math:: z_t = x_t' \beta_j + u_t, \quad \tau_{j-1} \le t < \tau_j, \qquad
       F(\tau) = (T - 2k) \frac{RSS_0 - RSS(\tau)}{RSS(\tau)}

    with x a constant, or a constant and a trend; seasons of monthly and quarterly series are taken
    out beforehand and do not break.

    Parameters
    ----------
    series : Panel, pandas.Series, array or sequence of numbers
        One indicator of a panel with ``unit``, or values in order of time, NaN where missing.
    unit : str, optional
        The unit of the panel.
    at : period, optional
        First period after a break at a date known beforehand, for the Chow test; for values
        without a calendar a label of the index, or a position counted from 0.
    scale : {"level", "log"}, default "level"
        Where the line is fitted.
    trend : bool, default False
        Whether a slope breaks too.
    errors : {"autoregressive", "persistent", "independent"}, default "persistent"
        Errors under which p-values are simulated: AR(1), as persistent as residuals look halfway
        between an unbroken line and one broken where sup-F is largest; as persistent as those about
        the unbroken line, which keeps the level and finds little; or independent. Limits of dates
        allow for AR(1) errors unless they are independent.
    trimming : float, default 0.15
        Share of the observations that a segment must have.
    level : float, default 0.95
        Level of the limits of dates; breaks are dated where sup-F rejects at 1 - level.
    simulations : int, default 999
        Series that each p is counted in.
    rng : int, default 1
        Seed of these.

    Returns
    -------
    StructuralBreaks
        Chow (with ``at``), sup-F, exp-F, ave-F, OLS-CUSUM and Rec-CUSUM; breaks with limits of
        their dates; the best partitions by number of breaks, with BIC and LWZ.

    Raises
    ------
    DesignError
        When settings are none, values or their index cannot be read, the unit is unknown, the
        series has fewer than 12 values beside its seasons or never changes, a log scale meets
        values that are not above zero, or ``at`` leaves too few values on a side; all that one step
        can see are listed.

    Notes
    -----
    p-values are counted among series without a break, so that they hold in short ones; the
    autocorrelation is median-unbiased (Andrews, 1993), between 0 and .95. Asymptotic ones, where
    the law is known, stand beside them. Partitions minimise the residual sum of squares by dynamic
    programming; series of fewer than 30 values have one break at most. There is no break unless
    sup-F rejects, then as many as LWZ says and at least one: alone the criteria find breaks in most
    series whose errors persist. Dates are limited by Bai's (1997) law with the errors' long-run
    variance.

    When not to use it: as evidence of displacement. Two breaks in one year, or one after another,
    do not say that anything moved. Nor to say that nothing broke: with autoregressive errors a
    break looks like persistence, and few are found in short series. Sizes and powers that were
    measured stand in METHODS.md.

    References
    ----------
    Andrews, D. W. K. (1993). Tests for parameter instability and structural change with unknown
    change point. Econometrica, 61(4), 821-856. https://doi.org/10.2307/2951764

    Bai, J., & Perron, P. (2003). Computation and analysis of multiple structural change models.
    Journal of Applied Econometrics, 18(1), 1-22. https://doi.org/10.1002/jae.659

    Zeileis, A., Kleiber, C., Kraemer, W., & Hornik, K. (2003). Testing and dating of structural
    changes in practice. Computational Statistics & Data Analysis, 44(1-2), 109-123.
    https://doi.org/10.1016/S0167-9473(03)00030-6

    Examples
    --------
    >>> values = [10.1, 9.7, 10.3, 9.9, 10.2, 9.8, 10.0, 20.2, 19.9, 20.1, 19.8, 20.3, 20.0]
    >>> found = structural_breaks(values)
    >>> found["sup-F"].period, found["sup-F"].p_value < 0.05
    ('7', True)
    >>> found.dates_frame()["period"].tolist()
    ['7']
    """
    settings = BreakSettings(
        scale=scale, trend=trend, errors=errors, trimming=trimming, level=level,
        simulations=simulations, rng=rng,
    )  # fmt: skip
    refuse(*settings.problems())
    found = read_series(series, unit)
    known = None if at is None else position_of(series, found, at)
    refuse(*series_problems(found, known, settings))
    return breaks_of(found, known, settings)


def _not_trimming(trimming: object) -> tuple[Problem, ...]:
    """Return the problem of a trimming that is none."""
    if is_number(trimming) and _LEAST_TRIMMING <= trimming <= _MOST_TRIMMING:
        return ()
    needed = f"a number from {_LEAST_TRIMMING} to {_MOST_TRIMMING}"
    return (Problem(f"trimming = {trimming!r}", needed, "leave it at 0.15"),)


def series_problems(series: Observed, known: int | None, settings: BreakSettings) -> list[Problem]:
    """Return what keeps a series from having its breaks tested.

    Parameters
    ----------
    series : Observed
        The series.
    known : int, optional
        Position of the first period after a break at a known date.
    settings : BreakSettings
        How breaks are looked for.
    """
    problems = list(too_short(series, LEAST, trend=settings.trend))
    if settings.scale == "log" and not series.positive:
        low = np.flatnonzero(series.seen & (np.nan_to_num(series.values) <= 0))
        rows = tuple(f"{series.name}, {series.labels[t]}" for t in low)
        given = f"{plural(len(low), 'value')} not above zero on a log scale"
        problems.append(Problem(given, "values above zero", "take scale='level'", rows))
    if known is not None:
        least = 2 + int(settings.trend)
        before = int(series.seen[:known].sum())
        after = series.count - before
        if min(before, after) < least:
            given = (
                f"{plural(before, 'value')} before {series.labels[known]} and {after} from it on"
            )
            needed = f"at least {least} on both sides"
            problems.append(Problem(given, needed, "choose another date, or leave it out"))
    return problems


def testable_date(series: Observed, known: int | None, settings: BreakSettings) -> int | None:
    """Return a known date, or none where it leaves too few values on a side to test it.

    Parameters
    ----------
    series : Observed
        A series that has none of the problems of `series_problems`.
    known : int, optional
        Position of the first period after a break at a known date.
    settings : BreakSettings
        How breaks are looked for.
    """
    return None if series_problems(series, known, settings) else known


def breaks_of(series: Observed, known: int | None, settings: BreakSettings) -> StructuralBreaks:
    """Return the breaks of one series that has none of the problems of `series_problems`.

    Parameters
    ----------
    series : Observed
        The series.
    known : int, optional
        Position of the first period after a break at a known date.
    settings : BreakSettings
        How breaks are looked for.
    """
    x, seasons = series.regressors(trend=settings.trend)
    z = (series.logged() if settings.scale == "log" else series).values[series.seen]
    shortest = shortest_segment(series.count, x.shape[1], settings.trimming)
    first = None if known is None else int(series.seen[:known].sum())
    design = break_design(x, shortest, seasons=seasons, known=first)
    statistics = break_statistics(design, z[None])
    start = int(design.positions[statistics.f[0].argmax()])
    rho = error_autocorrelation(z, x, seasons, series.time, start, settings.errors)
    most = 1 if series.count < _SHORT else min(_MOST, series.count // shortest - 1)
    adjusted = design.adjust @ z
    found = partitions(x, adjusted[None], shortest, most)
    tests = _tests(series, design, statistics.values[0], (known, start), rho, settings)
    chosen = _number(tests, found, error_rate(settings.level))
    line = BrokenLine.fit(
        x,
        adjusted,
        found.breaks[0, chosen, :chosen],
        series.time,
        persistent=settings.errors != "independent",
    )
    return StructuralBreaks(
        series=series,
        scale=settings.scale,
        trend=settings.trend,
        errors=settings.errors,
        autocorrelation=rho,
        tests=tests,
        dates=_dates(series, line, settings),
        partitions=_partitions(series, found),
        fitted=_fitted(series, line.fitted + z - adjusted, settings.scale),
        level=settings.level,
        simulations=settings.simulations,
        notes=_notes(series, settings, rho, seasonal=seasons is not None),
    )


def _tests(
    series: Observed,
    design: BreakDesign,
    values: Floats,
    starts: tuple[int | None, int],
    rho: float,
    settings: BreakSettings,
) -> tuple[BreakTest, ...]:
    """Return the tests that there are, each with its p-values; starts are known and likeliest."""
    rng = np.random.default_rng(settings.rng)
    root = correlation_root(rho, series.time)
    p = simulated_p(design, values, root, settings.simulations, rng)
    law = asymptotic_p(design, values)
    known, likeliest = starts
    dated = {"Chow": known, "sup-F": int(series.time[likeliest])}
    return tuple(
        BreakTest(
            test=test,
            statistic=float(values[k]),
            period="" if (at := dated.get(test)) is None else series.labels[at],
            p_value=float(p[k]),
            p_asymptotic=float(law[k]),
        )
        for k, test in enumerate(TESTS)
        if np.isfinite(values[k])
    )


def _number(tests: tuple[BreakTest, ...], found: Partitions, error: float) -> int:
    """Return how many breaks there are: none unless sup-F rejects, then as LWZ says, at least one.

    The criteria alone find breaks in most series whose errors persist.
    """
    (largest,) = (test for test in tests if test.test == "sup-F")
    return max(int(found.lwz[0].argmin()), 1) if largest.p_value <= error else 0


def _dates(series: Observed, line: BrokenLine, settings: BreakSettings) -> tuple[BreakDate, ...]:
    """Return the breaks of a line with the limits of their dates, within the observed periods."""
    at = series.time.astype(int)
    found = []
    for k, start in enumerate(line.starts):
        low, high = line.limits(k, settings.level)
        jump = float(line.jumps[k])
        found.append(
            BreakDate(
                period=series.labels[at[start]],
                low=series.labels[at[low]],
                high=series.labels[at[high]],
                jump=float(np.exp(jump)) if settings.scale == "log" else jump,
            )
        )
    return tuple(found)


def _partitions(series: Observed, found: Partitions) -> tuple[Partition, ...]:
    """Return the best partitions of one series by the number of breaks."""
    at = series.time.astype(int)
    return tuple(
        Partition(
            breaks=count,
            periods=tuple(series.labels[at[k]] for k in found.breaks[0, count, :count]),
            rss=float(found.rss[0, count]),
            bic=float(found.bic[0, count]),
            lwz=float(found.lwz[0, count]),
        )
        for count in range(found.rss.shape[1])
    )


def _fitted(series: Observed, line: Floats, scale: Scale) -> Floats:
    """Return the broken line with its seasons in the series' unit, NaN where nothing was seen."""
    fitted = np.full(len(series.values), np.nan)
    fitted[series.seen] = np.exp(line) if scale == "log" else line
    return fitted


def _notes(
    series: Observed, settings: BreakSettings, rho: float, *, seasonal: bool
) -> tuple[str, ...]:
    """Return what to know before reading breaks."""
    notes = [NOT_EVIDENCE]
    if settings.errors == "independent":
        notes.append("p-values and limits of dates are too small where errors persist")
    else:
        said = f"p-values allow for AR(1) errors of autocorrelation {rho:.2f}, an estimate"
        notes.append(said + _SIZES[settings.errors])
    if series.count < _SHORT:
        notes.append(
            f"{plural(series.count, 'value')}: one break at most, and asymptotic p-values are rough"
        )
    if series.count < series.seen.size:
        notes.append(f"{plural(int((~series.seen).sum()), 'period')} without a value")
    if seasonal:
        notes.append("seasons are taken out beforehand and do not break")
    return tuple(notes)
