"""From a study to a pair with donors in units of its changes, for a flow without a known push."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import Problem
from shiftexp.estimators.assembling import yearly
from shiftexp.estimators.contrasts import read_study
from shiftexp.estimators.vessel_checks import (
    names_of_places,
    not_amounts,
    still,
    too_few_years,
)
from shiftexp.estimators.vessel_series import are_unlike, break_steps
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.flow_variance import VariableFlow
from shiftexp.kernels.spread_priors import SpreadPriors
from shiftexp.kernels.vessel_grid import SdPrior, fixed_terms, prior_on_sds, walks_dominate
from shiftexp.kernels.vessel_rows import VesselRows
from shiftexp.kernels.vessel_stack import Stack, stack_nodes
from shiftexp.kernels.vessel_terms import Cuts, change_scales, change_sds, without_seasons
from shiftexp.panel import Calendar, Panel
from shiftexp.result import SIDES
from shiftexp.scalars import refuse

_LEAST_BEYOND = 10
_ALWAYS = ("constant-flow", "flow-variance", "detection")


@dataclass(frozen=True, eq=False)
class StochasticStudy:
    """A study as the model sees it, in units of the pair's changes.

    Attributes
    ----------
    y : array of shape (n, T)
        Origin, destination and donors; NaN where missing.
    steps : array of shape (n, T, k)
        Reporting breaks that are fitted.
    fixed : array of shape (T, r)
        Level, drift and seasons.
    noise_scale : float
        Scale of changes for the noise, over that for the walks.
    scale : float
        Scale for the walks, in the panel's unit per period.
    prior : SdPrior
        Priors on the standard deviations.
    calendar : Calendar
        The T periods.
    flags : tuple of str
        What is not identified, or contradicted.
    """

    y: Floats
    steps: Floats
    fixed: Floats
    noise_scale: float
    scale: float
    prior: SdPrior
    calendar: Calendar
    flags: tuple[str, ...]

    def model(self, lag: int) -> VariableFlow:
        """Return the model of a lag; every missing value has a coefficient of its own."""
        missing = np.argwhere(~np.isfinite(self.y))
        holes = np.zeros((*self.y.shape, len(missing)))
        holes[missing[:, 0], missing[:, 1], np.arange(len(missing))] = 1.0
        nuisance = np.concatenate([self.steps, holes], axis=2)
        return VariableFlow(len(self.y), self.fixed, nuisance, lag)

    @property
    def filled(self) -> Floats:
        """The series as one case, means where values are missing, shape (1, n, T)."""
        means = np.nanmean(self.y, axis=1, keepdims=True)
        return np.where(np.isfinite(self.y), self.y, means)[None]

    def stack(self, lag: int, donors: float) -> Stack:
        """Return what was observed, and the standard deviations that paths are averaged over.

        Donors are multiplied by a factor.
        """
        place, period = np.nonzero(np.isfinite(self.y))
        value = self.y[place, period]
        none = np.zeros(len(place), dtype=np.int64)
        places = len(self.y)
        rows = VesselRows(
            value=np.where(place < len(SIDES), value, donors * value),
            place=place,
            period=period,
            indicator=none,
            variance=none.astype(float),
            noise_group=none,
            loadings=np.ones(places),
            own_group=np.zeros(places, dtype=np.int64),
            periods=self.y.shape[1],
            flow_lag=lag,
        )
        scales = np.ones(rows.walk_sds), np.array([self.noise_scale])
        priors = SpreadPriors.of(*scales, self.prior)
        return Stack(rows, stack_nodes(rows, self.steps, self.fixed, priors), priors)


def stochastic_study(panel: Panel, design: Design, lags: tuple[int, ...]) -> StochasticStudy:
    """Return the study in units of the pair's changes, after checking it.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    lags : tuple of int
        Lags to look at.

    Raises
    ------
    DesignError
        As :func:`stochastic_flow` says.
    """
    window, cases = read_study("level", None, panel, design)
    used = np.flatnonzero(cases.used[0])
    part = slice(int(used[0]), int(used[-1]) + 1)
    pair, donors = (
        np.where(window.joint, v, np.nan)[:, part] for v in (window.pair, window.donors)
    )
    places, periods = np.concatenate([pair, donors]), pair.shape[1]
    refuse(
        *not_amounts(panel, design),
        *_unidentified(design, lags),
        *_too_short(len(used), cases.seasons, lags),
        *too_few_years([periods], cases.seasons),
        *still(places, names_of_places(design), Cuts(periods, 1), panel.indicator.name),
    )
    season = np.eye(cases.seasons)[cases.season[part]][:, 1:]
    calm, cuts = without_seasons(places, season, periods), Cuts(periods, cases.seasons)
    walk, noise = (float(s[0]) for s in change_scales(calm[None, :2], cuts))
    walking = bool(walks_dominate(calm[None, :2], cuts)[0])
    changes = change_sds(calm, cuts)
    steps = break_steps(cases, part, len(changes))
    return StochasticStudy(
        y=np.concatenate([pair, donors * (noise / changes[2:, None])]) / walk,
        steps=steps,
        fixed=fixed_terms(season, drift=True),
        noise_scale=noise / walk,
        scale=walk * yearly(panel, cases),
        prior=prior_on_sds(walking=walking),
        calendar=replace(window.calendar, first=window.calendar.first + part.start, size=periods),
        flags=_flags(changes, walking=walking),
    )


def _flags(changes: Floats, *, walking: bool) -> tuple[str, ...]:
    """Return what is never identified, and what the data contradict."""
    unlike = are_unlike(changes[:2])
    doubts = (("walks-dominate", walking), ("unlike-variances", unlike))
    return (*_ALWAYS, *(flag for flag, raised in doubts if raised))


def _unidentified(design: Design, lags: tuple[int, ...]) -> list[Problem]:
    """Return the problem of a flow that arrives at once, without donors."""
    if design.donors or 0 not in lags:
        return []
    given = f"lag = {lags!r} without donors"
    needed = "donors, or lags from 1: else a flow and shocks that both sides share are one"
    return [Problem(given, needed, "name donors, or write lag=1")]


def _too_short(used: int, seasons: int, lags: tuple[int, ...]) -> list[Problem]:
    """Return the problem of too few periods."""
    least = _LEAST_BEYOND + 1 + seasons + max(lags)
    if used >= least:
        return []
    given = f"{used} periods used, and a lag of {max(lags)}"
    return [Problem(given, f"at least {least} periods", "widen the window, or shorten the lag")]
