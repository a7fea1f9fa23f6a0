"""Sign-restricted vector autoregression: which responses and shares the signs of shocks leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.dynamics.pair import Scale, donors_mean
from shiftexp.dynamics.timing import TimingPair, TimingSettings, timing_pair
from shiftexp.errors import Problem, suggest
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.sign_rotations import RotationSet, fitting_rotations, rotations
from shiftexp.kernels.var_process import fitted_process
from shiftexp.kernels.vector_autoregression import VarFit, fit_var, impulse_responses
from shiftexp.panel import Panel
from shiftexp.scalars import error_rate, is_between, not_whole, plural, refuse
from shiftexp.table import Table, format_number

_LEAST, _LEAST_DF, _REFITS, _FEW = 15, 5, 199, 100
SIGNS = {
    "shift": (-1, 1, 0),
    "expansion": (0, 1, 0),
    "common": (1, 1, 1),
    "origin": (-1, 0, 0),
}
NOT_TOLD = "a set of what is possible: no shock in it is likelier than another, and none is a test"


@dataclass(frozen=True, eq=False, repr=False)
class SignRestricted(Table):
    """The set of responses and variance shares that the signs of named shocks leave.

    Attributes
    ----------
    names : tuple of str
        Origin, destination, and the donors' mean where there is one.
    shocks : tuple of str
        Named shocks.
    low, high : array of shape (S, H + 1, K)
        Ends of the set of responses to a shock of one standard deviation, at the fitted
        autoregression, in the unit of the indicator, or in logs of it.
    share_low, share_high : array of shape (S, K)
        Ends of the set of parts of the forecast variance at horizon H.
    share_outer_low, share_outer_high : array of shape (S, K)
        The same with the uncertainty of the autoregression: lower quantile of the lower ends and
        upper quantile of the upper ends over refits.
    accepted, tried : int
        Rotations that fit, and those tried.
    lags, periods : int
        Lags of the autoregression, and T.
    tolerance : float
        How much of an innovation standard deviation is about nothing.
    scale : {"level", "log"}
        Scale of all series.
    level : float
        Level of the outer ends.
    notes : tuple of str
        What to know before reading them.
    """

    names: tuple[str, ...]
    shocks: tuple[str, ...]
    low: Floats
    high: Floats
    share_low: Floats
    share_high: Floats
    share_outer_low: Floats
    share_outer_high: Floats
    accepted: int
    tried: int
    lags: int
    periods: int
    tolerance: float
    scale: Scale
    level: float
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def evidence(self) -> Evidence:
        """The set as evidence without a p-value and without power: it is no test."""
        fits = "compatible" if self.accepted else "no rotation fits"
        source = (
            f"sign-restricted autoregression of {' and '.join(self.names)} with shocks "
            f"{', '.join(self.shocks)}, {self.periods} periods: {fits}; {NOT_TOLD}"
        )
        return Evidence(about="shift", source=source)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each shock and series: impact, last response and variance share."""
        rows = [
            {
                "shock": shock,
                "series": name,
                "impact_low": self.low[s, 0, k],
                "impact_high": self.high[s, 0, k],
                "last_low": self.low[s, -1, k],
                "last_high": self.high[s, -1, k],
                "share_low": self.share_low[s, k],
                "share_high": self.share_high[s, k],
                "share_outer_low": self.share_outer_low[s, k],
                "share_outer_high": self.share_outer_high[s, k],
            }
            for s, shock in enumerate(self.shocks)
            for k, name in enumerate(self.names)
        ]
        return pd.DataFrame(rows)

    def responses_frame(self) -> pd.DataFrame:
        """Return one row for each shock, series and horizon, with the ends of the set."""
        horizons = self.low.shape[1]
        index = pd.MultiIndex.from_product(
            [self.shocks, range(horizons), self.names], names=["shock", "horizon", "series"]
        )
        both = {"low": self.low.ravel(), "high": self.high.ravel()}
        return pd.DataFrame(both, index=index).reset_index()

    def summary(self) -> str:
        """Return the set in words."""
        share = plural(self.accepted, "rotation")
        lines = [f"{share} of {self.tried:,} fit the signs of {', '.join(self.shocks)}"]
        for s, shock in enumerate(self.shocks):
            ends = (self.share_low[s, 1], self.share_high[s, 1])
            outer = (self.share_outer_low[s, 1], self.share_outer_high[s, 1])
            low, high, least, most = (format_number(float(v), 2) for v in (*ends, *outer))
            lines.append(
                f"{shock}: {low} to {high} of what cannot be foreseen at {self.names[1]} "
                f"({least} to {most} with the uncertainty of the autoregression)"
            )
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])


@dataclass(frozen=True)
class _Question:
    """What is asked of every autoregression."""

    shocks: tuple[str, ...]
    horizon: int
    lags: int
    tolerance: float
    q: Floats

    def answer(self, fit: VarFit) -> RotationSet:
        """Return the set of one fitted autoregression, the first of its batch."""
        residual = fit.residual[0]
        psi = impulse_responses(fit.lag_coef[:1], self.horizon)[0]
        signs = np.array([SIGNS[shock][: len(residual)] for shock in self.shocks])
        covariance = residual @ residual.T / fit.df
        return fitting_rotations(psi, covariance, self.q, signs, self.tolerance)


def sign_restricted(  # noqa: PLR0913 - one name for each setting, all keyword-only
    panel: Panel,
    design: Design,
    *,
    shocks: Sequence[str] = ("shift", "common"),
    lags: int = 1,
    horizon: int = 4,
    tolerance: float = 0.2,
    scale: Scale = "log",
    trend: bool = True,
    level: float = 0.95,
    draws: int = 10000,
    rng: int | np.random.Generator = 1,
) -> SignRestricted:
    r"""Return all responses and variance shares of shocks that are known by their signs alone.

    .. math:: y_t = c + \sum_j A_j y_{t-j} + P Q \varepsilon_t, \qquad P P' = \Sigma, \quad Q Q' = I

    over all rotations Q under which every named shock has its signs on impact: "shift" origin down,
    destination up; "expansion" destination up, origin about nothing; "common" both up; "origin"
    origin down, destination about nothing. With donors their mean is a third series: up under
    "common", about nothing under the others.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study; its onset plays no part, its donors do.
    shocks : sequence of str, default ("shift", "common")
        Named shocks, at most as many as series: two, or three with donors.
    lags : int, default 1
        Lags of the autoregression.
    horizon : int, default 4
        Largest horizon, that of the variance shares.
    tolerance : float, default 0.2
        How much of an innovation standard deviation is about nothing.
    scale : {"log", "level"}, default "log"
        Scale of all series.
    trend : bool, default True
        Whether equations have a trend.
    level : float, default 0.95
        Level of the outer ends of the shares.
    draws : int, default 10,000
        Rotations that are tried.
    rng : int or numpy Generator, default 1
        Seed of these and of 199 refits.

    Returns
    -------
    SignRestricted
        Ends of the set of responses and of variance shares; no median, no p-value.

    Raises
    ------
    DesignError
        When settings are none, a shock is unknown, named twice, or there are more shocks than
        series; or when no rotation fits.
    DesignError
        When a side is missing or never changes, fewer than 15 periods in a row are observed on
        both sides (two more for each season beside the first), or logs meet values that are not
        above zero.
    DesignError
        When the donors' mean never changes, follows from its past without error, or is a side.

    Notes
    -----
    The set is not a distribution: rotations are drawn uniformly only to find its ends, which are a
    little too near each other. Outer ends add the uncertainty of the autoregression by a residual
    bootstrap; refits that no rotation fits are left out and counted in the notes.

    When not to use it: to decide between shift and expansion with two series. The signs are assumed
    and not tested, and a shift shock fits most pairs of series.

    References
    ----------
    Uhlig, H. (2005). What are the effects of monetary policy on output? Results from an agnostic
    identification procedure. Journal of Monetary Economics, 52, 381-419.
    https://doi.org/10.1016/j.jmoneco.2004.05.007

    Granziera, E., Moon, H. R., & Schorfheide, F. (2018). Inference for VARs identified with sign
    restrictions. Quantitative Economics, 9, 1087-1121. https://doi.org/10.3982/QE978

    Examples
    --------
    >>> from shiftexp import simulate_pair
    >>> panel, design = simulate_pair(rng=1)
    >>> found = sign_restricted(panel, design, draws=500)
    >>> found.shocks, found.evidence.p_value is None
    (('shift', 'common'), True)
    """
    settings = TimingSettings(
        scale=scale, trend=trend, offset=1.0, level=level, draws=draws, rng=rng
    )
    others = _problems(shocks, lags, horizon, tolerance)
    timing = timing_pair(panel, design, settings, least=_LEAST, others=others)
    names, y, unit = _series(timing)
    refuse(*_too_many(tuple(shocks), len(y), timing, lags))
    generator = settings.generator()
    q = rotations(draws, len(y), generator)
    question = _Question(tuple(shocks), horizon, lags, tolerance, q)
    return _found(timing, names, y, unit, question, settings, generator)


def _problems(shocks: object, lags: int, horizon: int, tolerance: float) -> list[Problem]:
    """Return the problems of settings that are none."""
    found = [
        *not_whole("lags", lags, 1, "leave it at 1"),
        *not_whole("horizon", horizon, 1, "leave it at 4"),
    ]
    if not is_between(tolerance, 0, 1):
        given = f"tolerance = {tolerance!r}"
        found.append(Problem(given, "a number strictly between 0 and 1", "leave it at 0.2"))
    if isinstance(shocks, str) or not isinstance(shocks, Sequence) or not shocks:
        found.append(Problem(f"shocks = {shocks!r}", "names in a tuple", 'write ("shift",)'))
        return found
    found += [
        Problem(f"shock {name!r}", "a known shock", suggest(str(name), SIGNS))
        for name in shocks
        if not isinstance(name, str) or name not in SIGNS
    ]
    if len(set(map(str, shocks))) < len(shocks):
        found.append(Problem(f"shocks = {tuple(shocks)!r}", "each shock once", "name it once"))
    return found


def _series(timing: TimingPair) -> tuple[tuple[str, ...], Floats, Floats]:
    """Return names of both sides and the donors' mean, if any; the series; what one of each is."""
    if not timing.pair.donor_names:
        return timing.pair.names, timing.y, timing.sd
    mean = donors_mean(timing.pair)
    sd = float(mean.std())
    y = np.concatenate([timing.y, (mean - mean.mean())[None] / sd])
    return (*timing.pair.names, "donors"), y, np.append(timing.sd, sd)


def _too_many(shocks: tuple[str, ...], series: int, timing: TimingPair, lags: int) -> list[Problem]:
    """Return the problems of more shocks than series, or more coefficients than periods bear."""
    problems = []
    if len(shocks) > series:
        remedy = "name fewer shocks" + (", or declare donors" if series == 2 else "")
        needed = f"at most {series}: more shocks than series are not identified"
        problems.append(Problem(f"{plural(len(shocks), 'shock')}", needed, remedy))
    left = timing.count - lags - timing.fixed.shape[1] - series * lags
    if left < _LEAST_DF:
        given = f"{max(left, 0)} degrees of freedom with {plural(lags, 'lag')}"
        problems.append(Problem(given, f"at least {_LEAST_DF}", "take fewer lags"))
    return problems


def _found(
    timing: TimingPair,
    names: tuple[str, ...],
    y: Floats,
    unit: Floats,
    question: _Question,
    settings: TimingSettings,
    rng: np.random.Generator,
) -> SignRestricted:
    """Return the set and its outer ends.

    Raises
    ------
    DesignError
        When no rotation fits.
    """
    own = question.answer(fit_var(y[None], question.lags, timing.fixed))
    if not len(own.responses):
        given = f"no rotation of {own.tried} has the signs of {', '.join(question.shocks)}"
        refuse(Problem(given, "at least one", "name fewer shocks, or allow a larger tolerance"))
    outer, left_out = _outer(timing, y, question, settings, rng)
    return SignRestricted(
        names=names,
        shocks=question.shocks,
        low=own.responses.min(axis=0) * unit,
        high=own.responses.max(axis=0) * unit,
        share_low=own.shares.min(axis=0),
        share_high=own.shares.max(axis=0),
        share_outer_low=np.fmin(outer[0], own.shares.min(axis=0)),
        share_outer_high=np.fmax(outer[1], own.shares.max(axis=0)),
        accepted=own.accepted,
        tried=own.tried,
        lags=question.lags,
        periods=timing.count,
        tolerance=question.tolerance,
        scale=settings.scale,
        level=settings.level,
        notes=(*timing.pair.notes, NOT_TOLD, *_notes(len(y), own.accepted, left_out)),
    )


def _outer(
    timing: TimingPair,
    y: Floats,
    question: _Question,
    settings: TimingSettings,
    rng: np.random.Generator,
) -> tuple[Floats, int]:
    """Return outer ends of the shares, (2, S, K), and how many refits no rotation fits."""
    free = np.ones((len(y), timing.fixed.shape[1] + len(y) * question.lags), dtype=bool)
    process = fitted_process(y, question.lags, timing.fixed, free)
    ends = []
    for drawn in process.draw(_REFITS, rng):
        shares = question.answer(fit_var(drawn[None], question.lags, timing.fixed)).shares
        if len(shares):
            ends.append((shares.min(axis=0), shares.max(axis=0)))
    if not ends:
        return np.full((2, len(question.shocks), len(y)), np.nan), _REFITS
    error = error_rate(settings.level)
    every = np.array(ends)
    low = np.quantile(every[:, 0], error / 2, axis=0)
    high = np.quantile(every[:, 1], 1 - error / 2, axis=0)
    return np.stack([low, high]), _REFITS - len(ends)


def _notes(series: int, accepted: int, left_out: int) -> list[str]:
    """Return what to know before reading the set."""
    notes = []
    if series == 2:
        notes.append("two series and no donors: at most two of the four shocks can be named")
    if accepted < _FEW:
        notes.append(f"only {plural(accepted, 'rotation')}: the ends are rough, try more draws")
    if left_out:
        notes.append(f"{left_out} of {_REFITS} refits left out: no rotation fits their signs")
    return notes
