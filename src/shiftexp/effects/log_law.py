"""The law of effects in level units when the series are tested in logs: mass is counted in levels.

A half-plane of level effects has a curved border in logs. What is tested is its point nearest to
the estimate, in the direction in which the level effects change there: the first-order answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.laws import Directional, StudentLaw, questions
from shiftexp.effects.series_law import SeriesLaw
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.scale import Scale, logged
from shiftexp.kernels.tails import t_quantile

_REACH, _STEPS, _FAR_STEPS = 10.0, 81, 120
_FINE = np.linspace(-1.0, 1.0, _STEPS)[:, None] * _REACH / (_STEPS / 4)
_LEAST_P = 2e-4
_AT_ONCE = 1024

_Question: TypeAlias = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, eq=False)
class LogSeriesLaw(Directional):
    """The nearly optimal test in logs, asked of effects in level units per year.

    Attributes
    ----------
    law : SeriesLaw or StudentLaw
        The law of the mean effects in logs.
    centre, log_cov : arrays of shape (2,) and (2, 2)
        Posterior mean and covariance of the mean effects in logs: where the nearest point is
        looked for; NaN on an absent side.
    observed : array of shape (2, n)
        Observed values of the n post periods, in level units per year.
    tilt : array of shape (2, n)
        What each period's effect in logs adds to the mean one (a change of slope).
    scale : {"log", "log_count"}
        The model's scale.
    unit : float
        What one observed count is in the unit of ``observed``: log counts add one half to it.
    """

    law: SeriesLaw | StudentLaw
    centre: Floats
    log_cov: Floats
    observed: Floats
    tilt: Floats
    scale: Scale
    unit: float = 1.0

    @property
    def draws(self) -> Floats | None:
        """Bayes-AN draws of the pair, shape (n, 2), in level units per year."""
        return self.law.draws if isinstance(self.law, SeriesLaw) else None

    @property
    def cov(self) -> Floats | None:
        """Covariance in level units, to first order, where the law in logs has one."""
        if isinstance(self.law, SeriesLaw):
            return None
        slopes = self._slopes(self.centre[None, :])[0]
        return np.asarray(self.law.cov * np.outer(slopes, slopes))

    @property
    def strip_share(self) -> float:
        """As of the law in logs."""
        return self.law.strip_share

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the one-sided p of H0: a . Delta <= at."""
        return self._in_turns(self.law.p_value, a, at)

    def limit_p(self, a: ArrayLike, at: ArrayLike, error: float) -> Floats:
        """Return the two-sided p of a . Delta = at below the estimate, 1 above it."""
        return self._in_turns(partial(self.law.limit_p, error=error), a, at)

    def _in_turns(self, question: _Question, a: ArrayLike, at: ArrayLike) -> Floats:
        """Ask the law in logs, so many at a time that the nearest points stay in the cache."""
        directions, thresholds = questions(a, at)
        turns = range(0, max(len(directions), 1), _AT_ONCE)
        rows = [slice(start, start + _AT_ONCE) for start in turns]
        return np.concatenate([self._asked(question, directions[r], thresholds[r]) for r in rows])

    def _asked(self, question: _Question, directions: Floats, thresholds: Floats) -> Floats:
        """Ask the law in logs at the nearest point of each border."""
        weights, border, everywhere, nowhere = self._nearest(directions, thresholds)
        p = question(weights, border)
        return self._settle(directions, np.where(everywhere, 1.0, np.where(nowhere, _LEAST_P, p)))

    def spread(self, a: ArrayLike) -> Floats:
        """Return posterior standard deviations at the estimate, to first order."""
        directions, _ = questions(a, 0.0)
        slopes = self._slopes(self._known_centre[None, :])
        weights = np.where(directions == 0, 0.0, directions * slopes)
        known = np.where(np.isnan(self.log_cov), 0.0, self.log_cov)
        spread = np.sqrt(np.einsum("mi,ij,mj->m", weights, known, weights))
        return self._settle(directions, spread)

    def level(self, side: int, c: Floats) -> Floats:
        """Return level effects of one side, per year, of mean effects c in logs, any shape."""
        top, without = self._ends[side]
        return np.asarray(top - without * np.exp(-np.asarray(c)))

    @cached_property
    def _ends(self) -> Floats:
        """Mean of what is observed, and of what would be without a mean effect, shape (2, 2).

        A counterfactual is y exp(-c) of an observed y: level effects are the first less the second
        times exp(-c), and the first is what no effect exceeds.
        """
        y = logged(self.observed, self.scale, self.unit)
        return np.stack([y.mean(axis=1), (y * np.exp(-self.tilt)).mean(axis=1)], axis=1)

    def _settle(self, directions: Floats, p: Floats) -> Floats:
        """Return NaN where a side is asked for of which nothing is known."""
        if not self._silent.any():
            return p
        return np.where((self._silent & (directions != 0)).any(axis=1), np.nan, p)

    @cached_property
    def _silent(self) -> Booleans:
        """Sides of which nothing is known."""
        return np.asarray(~np.isfinite(self.centre) | ~np.isfinite(np.diagonal(self.log_cov)))

    @cached_property
    def _spread(self) -> Floats:
        """Posterior standard deviations in logs."""
        return np.sqrt(np.diagonal(self.log_cov))

    def _nearest(self, a: Floats, at: Floats) -> tuple[Floats, Floats, Booleans, Booleans]:
        """Return the direction in logs and its threshold at the nearest point of each border.

        Directions have length one, so that all thresholds of one side are asked in the same one.
        Two masks follow: where every effect satisfies the null, and where none does.
        """
        points = np.full((len(a), 2), np.nan)
        for side in (0, 1):
            other = 1 - side
            alone = (a[:, side] != 0) & (a[:, other] == 0)
            if alone.any():
                points[alone, side] = self._solve(side, at[alone] / a[alone, side])
        both = (a != 0).all(axis=1) & ~np.isnan(self.centre).any()
        if both.any():
            points[both] = self._on_border(a[both], at[both])
        reached = ((a == 0) | np.isfinite(points)).all(axis=1)
        safe = np.where(np.isfinite(points), points, self._known_centre)
        weights = np.where(a == 0, 0.0, a * self._slopes(safe))
        weights /= np.maximum(np.hypot(*weights.T), np.finfo(float).tiny)[:, None]
        satisfied = np.asarray((a * self._known_level).sum(axis=1) <= at)
        border = (weights * np.where(a == 0, 0.0, safe)).sum(axis=1)
        return weights, border, ~reached & satisfied, ~reached & ~satisfied

    @cached_property
    def _known_centre(self) -> Floats:
        """The estimate in logs; zero on an absent side, of which nothing is asked."""
        return np.nan_to_num(self.centre)

    @cached_property
    def _known_level(self) -> Floats:
        """Level effects at the estimate in logs, likewise."""
        return np.nan_to_num([float(self.level(i, self.centre[i])) for i in (0, 1)])

    def _solve(self, side: int, level: Floats) -> Floats:
        """Return the mean effect in logs that makes a level effect; not finite where none does."""
        top, without = self._ends[side]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.log(without) - np.log(top - level))

    def _slopes(self, points: Floats) -> Floats:
        """Return how fast the level effects change with those in logs, shape (m, 2)."""
        return np.asarray(self._ends[:, 1] * np.exp(-points))

    @cached_property
    def _offsets(self) -> Floats:
        """Where nearest points are looked for, in sds: farther out where the law has long tails."""
        near = _REACH * np.linspace(-1.0, 1.0, _STEPS)
        if isinstance(self.law, SeriesLaw):
            return near
        reach = t_quantile(self.law.df, 1 - _LEAST_P / 2)
        if reach <= _REACH:
            return near
        far = np.geomspace(_REACH, reach, _FAR_STEPS + 1)[1:]
        return np.concatenate([-far[::-1], near, far])

    def _on_border(self, a: Floats, at: Floats) -> Floats:
        """Return the nearest points of borders that involve both sides; NaN out of reach."""
        nowhere = (np.full((len(a), 2), np.nan), np.full(len(a), np.inf))
        every = np.broadcast_to(self._offsets[None, :, None], (1, len(self._offsets), 2))
        best, distance = self._scan(a, at, every, *nowhere)
        away = ((best - self.centre) / self._spread)[:, None]
        about = away + _FINE * np.maximum(np.abs(away) / _REACH, 1.0)
        return self._scan(a, at, about, best, distance)[0]

    def _scan(
        self, a: Floats, at: Floats, offsets: Floats, best: Floats, distance: Floats
    ) -> tuple[Floats, Floats]:
        """Return the nearest border points after offsets (m or 1, g, 2), in sds of sides."""
        with np.errstate(over="ignore", invalid="ignore"):  # far out there may be no border
            for side in (0, 1):
                given = self.centre[side] + self._spread[side] * offsets[..., side]
                best, distance = self._closer(a, at, side, given, best, distance)
        return best, distance

    def _closer(
        self, a: Floats, at: Floats, side: int, given: Floats, best: Floats, distance: Floats
    ) -> tuple[Floats, Floats]:
        """Return the nearest border points so far, after trying values of one side."""
        other = 1 - side
        rest = (at[:, None] - a[:, side, None] * self.level(side, given)) / a[:, other, None]
        found = self._solve(other, rest)
        pair = (given, found) if side == 0 else (found, given)
        metric = self._distance(*(x - centre for x, centre in zip(pair, self.centre, strict=True)))
        metric = np.where(np.isnan(metric), np.inf, metric)
        where = metric.argmin(axis=1)
        row = np.arange(len(a))
        nearest, points = metric[row, where], np.empty_like(best)
        points[:, side] = np.broadcast_to(given, rest.shape)[row, where]
        points[:, other] = found[row, where]
        nearer = nearest < distance
        return np.where(nearer[:, None], points, best), np.where(nearer, nearest, distance)

    def _distance(self, origin: Floats, destination: Floats) -> Floats:
        """Return squared distances from the estimate in the law's own metric, term by term."""
        (own, cross), (_, other) = self._inverse
        half = own * origin + (2 * cross) * destination
        return np.asarray(half * origin + other * destination * destination)

    @cached_property
    def _inverse(self) -> Floats:
        """Inverse of the covariance in logs."""
        return np.asarray(np.linalg.inv(self.log_cov))
