"""Local projections: what follows a shock to the origin on both sides, and the dynamic offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.design import Design
from shiftexp.dynamics.pair import Scale
from shiftexp.dynamics.responses import LocalProjections, offset_set
from shiftexp.dynamics.timing import (
    NOT_A_FLOW,
    TimingPair,
    TimingSettings,
    independent_process,
    timing_pair,
)
from shiftexp.errors import Problem, suggest
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.local_projection import Projections, own_innovations, project
from shiftexp.kernels.resampling import power_against, upper_p
from shiftexp.kernels.tails import t_quantile
from shiftexp.kernels.var_process import fitted_process
from shiftexp.panel import Panel
from shiftexp.scalars import not_whole, refuse

_LEAST, _LEAST_DF, _PER_HORIZON, _YEARS = 15, 5, 5, 4
OWN = "own innovations"


@dataclass(frozen=True)
class _Setting:
    """How responses are projected: own shock (no array) or a given one, in units of the pair."""

    timing: TimingPair
    horizon: int
    controls: int
    order: int
    shock: Floats | None

    @property
    def first(self) -> int:
        """First horizon that is tested: what both share in a period of own shocks is not."""
        return 1 if self.shock is None else 0

    def shocks(self, y: Floats) -> Floats:
        """Return the shock of every data set, (B, T)."""
        if self.shock is None:
            return own_innovations(y[:, 0], self.order, self.timing.fixed)
        return np.broadcast_to(self.shock, (len(y), self.timing.count))

    def responses(self, y: Floats) -> Projections:
        """Return the responses of both sides."""
        return project(y, self.shocks(y), self.horizon, self.timing.fixed, self.controls)

    def statistic(self, y: Floats) -> Floats:
        """Return the largest t against the origin; of own shocks, beyond what their period shared.

        Own shocks are rises of the origin, given ones lower it.
        """
        given = y[:, 1:] if self.shock is None else None
        found = project(y, self.shocks(y), self.horizon, self.timing.fixed, self.controls, given)
        t = found.response[:, 1] / found.std_error[:, 1]
        against = -t if self.shock is None else t
        return np.asarray(against[:, self.first :].max(axis=1))


def local_projections(  # noqa: PLR0913 - one name for each setting, all keyword-only
    panel: Panel,
    design: Design,
    *,
    horizons: int | None = None,
    shock: str | Sequence[float] | Floats | None = None,
    controls: int = 1,
    scale: Scale = "level",
    trend: bool = True,
    offset: float = 1.0,
    level: float = 0.95,
    draws: int = 999,
    rng: int | np.random.Generator = 1,
) -> LocalProjections:
    r"""Return how both sides respond to a shock at the origin, and which share turns up elsewhere.

    .. math:: y_{i,t+h} - y_{i,t-1} = b_{i,h} s_t + \gamma_{i,h}' w_t + e_{i,t,h}, \qquad
       \rho_h = -b_{D,h} / b_{O,h}

    rho_h is the share of the origin's fall that is found at the destination h periods later; this
    meaning needs levels in units that may be compared.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study; its onset plays no part.
    horizons : int, optional
        Largest h, in periods; by default a year of months or quarters, or 4 years, at most a
        fifth of the periods and what leaves 5 degrees of freedom.
    shock : str or sequence of float, optional
        A unit of the panel, such as a count of raids, or a value for every period of the panel,
        coded so that more of it should lower the origin; by default the origin's own innovations,
        the residuals of its autoregression.
    controls : int, default 1
        Number of past values of either side among the regressors w.
    scale : {"level", "log"}, default "level"
        Scale of both sides.
    trend : bool, default True
        Whether regressions have a trend.
    offset : float, default 1
        Part of the origin's loss that arrives one period later, in level units, in the alternative
        that power is stated for.
    level : float, default 0.95
        Level of limits and sets; power is that of a test of size 1 - level.
    draws : int, default 999
        Data sets that p, power and critical values are counted in.
    rng : int or numpy Generator, default 1
        Seed of these.

    Returns
    -------
    LocalProjections
        Responses with limits, dynamic offset ratios with Fieller sets, one test, `evidence`.

    Raises
    ------
    DesignError
        When settings are none, a shock is unknown, incomplete or never changes, or horizons leave
        fewer than 5 degrees of freedom.
    DesignError
        When a side is missing or never changes, fewer than 15 periods in a row are observed on
        both sides (two more for each season beside the first), or logs meet values that are not
        above zero.

    Notes
    -----
    Newey-West covariance with lag h, of both responses jointly; in short series its t quantiles are
    too small, so that critical values are counted in series of a vector autoregression of both,
    about its own responses (for a given shock in series that do not respond), and are never below
    the t quantile. The test asks whether the destination moves against the origin at any horizon
    (the largest t), p counted in series in which either side follows its own past alone. Own
    innovations of the origin are asked about beyond what the destination did in the same period,
    since two sides that move apart in one period say nothing of who was first. Measured:
    METHODS.md, *Timing*.

    When not to use it: as an effect. Own innovations are not a policy; a common cause that reaches
    the origin first looks the same. A ratio whose denominator may be zero has no limits.

    References
    ----------
    Jorda, O. (2005). Estimation and inference of impulse responses by local projections. American
    Economic Review, 95, 161-182. https://doi.org/10.1257/0002828053828518

    Montiel Olea, J. L., & Plagborg-Moller, M. (2021). Local projection inference is simpler and
    more robust than you think. Econometrica, 89, 1789-1823. https://doi.org/10.3982/ECTA18756

    Examples
    --------
    >>> from shiftexp import simulate_pair
    >>> panel, design = simulate_pair(rng=1)
    >>> found = local_projections(panel, design, horizons=2, draws=199)
    >>> found.to_frame()["horizon"].tolist(), found.evidence.bound is None
    ([0, 1, 2], True)
    """
    settings = TimingSettings(
        scale=scale, trend=trend, offset=offset, level=level, draws=draws, rng=rng
    )
    others = _problems(horizons, controls)
    timing = timing_pair(panel, design, settings, least=_LEAST, others=others)
    values = None if shock is None else _shock(panel, timing, shock)
    setting = _setting(timing, horizons, controls, values)
    sums = panel.indicator.additive and panel.indicator.comparable
    return _found(setting, settings, sums=sums, name=shock if isinstance(shock, str) else "given")


def _problems(horizons: int | None, controls: int) -> list[Problem]:
    """Return the problems of numbers that are none."""
    found = list(not_whole("controls", controls, 1, "leave it at 1"))
    if horizons is not None:
        found += not_whole("horizons", horizons, 1, "leave it out")
    return found


def _shock(panel: Panel, timing: TimingPair, shock: str | Sequence[float] | Floats) -> Floats:
    """Return a given shock over the periods of the pair.

    Raises
    ------
    DesignError
        When it is unknown, does not fit the periods, or never changes.
    """
    labels = panel.calendar.labels
    if isinstance(shock, str):
        if shock not in panel.units:
            remedy = suggest(shock, panel.units)
            refuse(Problem(f"shock = {shock!r}", "a unit of the panel", remedy))
        every = panel.series(shock)
    else:
        every = np.asarray(shock, dtype=float).ravel()
        if len(every) != len(labels):
            given = f"a shock of {len(every)} values"
            refuse(Problem(given, f"one for each of {len(labels)} periods", "fill in zeros"))
    start = labels.index(timing.pair.labels[0])
    values = every[start : start + timing.count]
    if not np.isfinite(values).all():
        rows = tuple(np.array(timing.pair.labels)[~np.isfinite(values)])
        refuse(Problem("a shock with gaps", "a value for every period", "fill them in", rows))
    if np.ptp(values) == 0:
        refuse(Problem("a shock that never changes", "one that does", "take another"))
    return np.asarray(values, dtype=float)


def _setting(
    timing: TimingPair, horizons: int | None, controls: int, shock: Floats | None
) -> _Setting:
    """Return how responses are projected.

    Raises
    ------
    DesignError
        When too few degrees of freedom are left.
    """
    per_year = timing.pair.per_year
    _, (order, _) = independent_process(timing)
    terms = timing.fixed.shape[1] + 2 * controls + 2
    room = timing.count - max(controls, order) - terms - _LEAST_DF
    usual = min(_YEARS if per_year == 1 else per_year, timing.count // _PER_HORIZON, room)
    horizon = horizons or max(usual, 1)
    if horizon > room:
        given = f"{max(room - horizon + _LEAST_DF, 0)} degrees of freedom at horizon {horizon}"
        refuse(Problem(given, f"at least {_LEAST_DF}", "take fewer horizons or controls"))
    return _Setting(timing, horizon, controls, order, shock)


def _found(
    setting: _Setting, settings: TimingSettings, *, sums: bool, name: str
) -> LocalProjections:
    """Return responses, offset ratios, test and power."""
    timing = setting.timing
    process, _ = independent_process(timing)
    rng = settings.generator()
    below = setting.statistic(process.draw(settings.draws, rng))
    own = setting.responses(timing.y[None])
    critical = _critical(setting, own, settings, rng)
    passed = timing.passed(settings.offset)
    if setting.shock is None:
        moved = process.draw(settings.draws, rng, passed=passed, lag=1)
    else:
        moved = process.draw(settings.draws, rng)
        moved[:, 1] -= passed * _arriving(setting.shock, own.response[0, 0])
    unit = timing.sd / (timing.sd[0] if setting.shock is None else 1.0)
    cov = own.cov[0] * (unit[:, None] * unit[None, :])
    response = own.response[0] * unit[:, None]
    meant = sums and settings.scale == "level"
    return LocalProjections(
        names=timing.pair.names,
        shock=OWN if setting.shock is None else name,
        response=response,
        std_error=np.sqrt(np.diagonal(cov, axis1=1, axis2=2)).T,
        critical=critical,
        offsets=tuple(
            offset_set(response[:, h], cov[h], float(critical[:, h].max()), meant=meant)
            for h in range(setting.horizon + 1)
        ),
        first=setting.first,
        p_value=float(upper_p(setting.statistic(timing.y[None])[0], below)),
        power=power_against(below, setting.statistic(moved), settings.error),
        offset=settings.offset,
        periods=timing.count,
        scale=settings.scale,
        level=settings.level,
        draws=settings.draws,
        notes=(
            *timing.notes,
            NOT_A_FLOW,
            *_signs(setting, own),
            *_notes(settings.scale, sums=sums),
        ),
    )


def _critical(
    setting: _Setting, own: Projections, settings: TimingSettings, rng: np.random.Generator
) -> Floats:
    """Return critical values of |t| by side and horizon, (2, H + 1), at least those of Student.

    Own shocks: from a vector autoregression of both, about its own responses. Given shocks: from
    series that do not respond.
    """
    timing = setting.timing
    process, orders = independent_process(timing)
    if setting.shock is None:
        lags = max(orders)
        free = np.ones((2, timing.fixed.shape[1] + 2 * lags), dtype=bool)
        process = fitted_process(timing.y, lags, timing.fixed, free)
    drawn = setting.responses(process.draw(settings.draws, rng))
    if setting.shock is None:
        truth = process.responses(setting.horizon)
    else:
        truth = drawn.response.mean(axis=0)
    distance = np.abs(drawn.response - truth) / drawn.std_error
    student = [t_quantile(float(df), (1 + settings.level) / 2) for df in own.df]
    return np.maximum(np.quantile(distance, settings.level, axis=0), student)


def _arriving(shock: Floats, response: Floats) -> Floats:
    """Return the origin's response to all past shocks, one period later, shape (T,)."""
    path = np.convolve(shock - shock.mean(), response)[: len(shock) - 1]
    return np.asarray(np.concatenate([[0.0], path]))


def _signs(setting: _Setting, own: Projections) -> list[str]:
    """Return what the signs of the responses in the shock's own period keep from being said."""
    if setting.shock is not None:
        fell = own.response[0, 0].sum() < 0
        return [] if fell else ["the origin does not fall after the shock: nothing to be offset"]
    if own.response[0, 1, 0] >= 0:
        return []
    return ["within a period both sides move apart: who came first cannot be told of that part"]


def _notes(scale: Scale, *, sums: bool) -> list[str]:
    """Return what to know before reading offset ratios."""
    if scale != "level":
        return ["no offset ratio on a log scale: what leaves and what arrives are amounts"]
    if not sums:
        return ["no offset ratio: levels of the two sides may not be summed or compared"]
    return []
