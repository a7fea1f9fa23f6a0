"""From cases to what a structural model is fitted to: series, regressors, scales of priors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Booleans, Cases, Floats, Integers
from shiftexp.kernels.scale import Scale, scaled_variance, to_scale
from shiftexp.kernels.structural import Form, Series
from shiftexp.kernels.variances import Prior

Seasonal: TypeAlias = Literal["fixed", "stochastic", "none"]

_NOISE = 0.8
_SLOPE = 0.125
_YEARS = 5
# Of the changes from period to period: yearly means may happen to be alike.
_LEAST = 0.05
_NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class StudySeries:
    """One case as a structural model sees it.

    Attributes
    ----------
    series : Series
        The sides that are present, from their first period on.
    sides : array of int
        Which sides these are.
    periods : slice
        Where the series lie in the window.
    seen : array of shape (m,)
        Periods before the onset that are observed and used.
    donors : slice
        The donors' regressors among all, side by side for each donor.
    changes : array of shape (p,)
        Standard deviations of changes from period to period, regressors taken off.
    lag : array of shape (p,)
        First autocorrelations of these changes.
    yearly : array of shape (p,)
        What yearly means change by, per period; as ``changes`` where there are few years.
    seasons : int
        Seasons in a year.
    length : int
        Periods T of the window.
    """

    series: Series
    sides: Integers
    periods: slice
    seen: Booleans
    donors: slice
    changes: Floats
    lag: Floats
    yearly: Floats
    seasons: int
    length: int

    def prior(self, model: Form, scale: float) -> Prior:
        """Return priors whose exponential means are ``scale`` times the changes."""
        means = {
            "level": scale * self.yearly,
            "slope": _SLOPE * scale * self.yearly / self.seasons,
            "season": _SLOPE * scale * self.changes,
        }
        return Prior(
            noise=_NOISE * self.changes,
            moving=np.stack([means[name] for name in model.names[1:]], axis=1),
        )

    @property
    def terms(self) -> int:
        """Regressors of a side, what stands for missing values not counted."""
        return int(self.series.x.shape[2] // len(self.sides) - (~self.seen).sum())

    @property
    def still(self) -> Booleans:
        """Sides whose regressors leave no change before the onset, shape (p,)."""
        size = np.abs(self.series.y).max(axis=0)
        return np.asarray(self.changes <= _NOTHING * size)

    @property
    def tells(self) -> bool:
        """Whether the regressors that have no prior can be told apart before the onset."""
        flat = self.series.x[: len(self.seen), :, self.series.precision == 0]
        periods, width, columns = flat.shape
        rows = np.diff(flat, axis=0).reshape((periods - 1) * width, columns)
        return columns == 0 or bool(np.linalg.matrix_rank(rows) == columns)


def study_series(cases: Cases, scale: Scale, *, seasonal: Seasonal, donors: Floats) -> StudySeries:
    """Return the series of a single case.

    Parameters
    ----------
    cases : Cases
        The one case.
    scale : Scale
        The model's scale.
    seasonal : {"fixed", "stochastic", "none"}
        Fixed season effects are among the regressors; a season of either kind is no change.
    donors : array of shape (T, k)
        Donors' series on the model's scale, to be regressed on.
    """
    learn = np.flatnonzero(cases.learn[0])
    start, end = learn[0], learn[-1] + 1
    last = np.flatnonzero(cases.used[0])[-1] + 1
    seen = cases.learn[0, start:end]
    sides = np.flatnonzero(cases.focal[0] >= 0)
    values = to_scale(np.where(cases.used[0], cases.pair[0][sides], np.nan), scale)
    y = np.where(cases.learn[0], values, 0.0)[:, start:end].T
    whole = slice(start, last)
    season = _for_each(_seasons(cases, whole), len(sides))
    none = season[:, :, :0]
    outside = np.nan_to_num(donors[whole])
    fixed = [
        _missing(seen, last - start, len(sides)),
        season if seasonal == "fixed" else none,
        _steps(cases, sides, whole, seen),
    ]
    pattern = season if seasonal == "stochastic" else none
    alone = np.concatenate([*fixed, pattern], axis=2)
    beside = _for_each(outside, len(sides))
    changes = _changes(y, np.concatenate([alone, beside], axis=2)[: end - start], seen)
    by_itself = _changes(y, alone[: end - start], seen).sd
    precision = _precision(outside[: end - start], seen, by_itself)
    flat = sum(block.shape[2] for block in fixed)
    x = np.concatenate([*fixed, beside], axis=2)
    variance = np.nan_to_num(_known(cases, scale)[sides][:, whole])
    return StudySeries(
        series=Series(
            y=y,
            x=x,
            precision=np.concatenate([np.zeros(flat), precision.ravel()]),
            known=variance.T,
        ),
        sides=sides,
        periods=whole,
        seen=seen,
        donors=slice(flat, x.shape[2]),
        changes=changes.sd,
        lag=changes.lag,
        yearly=_yearly(y, seen, changes.sd, cases.seasons),
        seasons=cases.seasons,
        length=cases.y.shape[2],
    )


def _known(cases: Cases, scale: Scale) -> Floats:
    """Return known sampling variances, shape (2, T): of a side none, or those of all its periods.

    Those of periods that are not observed count as none.
    """
    pair = np.where(cases.used[0], cases.pair[0], np.nan)
    variance = scaled_variance(cases.pair_sampling[0], pair, scale)
    whole = np.isfinite(variance[:, cases.used[0]]).all(axis=1, keepdims=True)
    return np.where(whole & cases.used[0], variance, 0.0)


def _missing(seen: Booleans, periods: int, width: int) -> Floats:
    """Return a regressor for every missing value before the onset, shape (n, p, k)."""
    columns = np.zeros((periods, int((~seen).sum())))
    columns[np.flatnonzero(~seen), np.arange(columns.shape[1])] = 1.0
    return _for_each(columns, width)


def _for_each(columns: Floats, width: int) -> Floats:
    """Return columns (n, k) with coefficients of their own for each of p series: (n, p, k p)."""
    own = columns[:, None, :, None] * np.eye(width)[None, :, None, :]
    return own.reshape(len(columns), width, -1)


def _seasons(cases: Cases, whole: slice) -> Floats:
    """Return season dummies but the first, shape (n, seasons - 1)."""
    return np.equal(cases.season[whole, None], np.arange(1, cases.seasons)).astype(float)


def _steps(cases: Cases, sides: Integers, whole: slice, seen: Booleans) -> Floats:
    """Return the reporting steps that fall before the onset, each for its own side."""
    columns = cases.breaks[0][sides][:, whole]
    own = columns.transpose(1, 0, 2)
    varies = np.ptp(own[: len(seen)][seen], axis=0).any(axis=0)
    return np.asarray(own[:, :, varies])


@dataclass(frozen=True, eq=False)
class _Changes:
    """Changes between observed neighbours, regressors taken off."""

    sd: Floats
    lag: Floats


def _changes(y: Floats, x: Floats, seen: Booleans) -> _Changes:
    """Return standard deviations and first autocorrelations of changes, each of shape (p,).

    Changes of a noisy series take each other back (-0.5), those of a level that wanders do not (0).
    """
    both = seen[1:] & seen[:-1]
    found = []
    for side in range(y.shape[1]):
        change = np.diff(y[:, side])[both]
        columns = np.diff(x[:, side], axis=0)[both]
        columns = np.column_stack([np.ones(len(change)), columns[:, columns.any(axis=0)]])
        rest = np.zeros(len(both))
        rest[both] = change - columns @ np.linalg.lstsq(columns, change, rcond=None)[0]
        spare = max(len(change) - np.linalg.matrix_rank(columns), 1)
        squares = max(float((rest**2).sum()), np.finfo(float).tiny)
        found.append((np.sqrt((rest**2).sum() / spare), (rest[1:] * rest[:-1]).sum() / squares))
    sd, lag = np.array(found).T
    return _Changes(sd, lag)


def _precision(outside: Floats, seen: Booleans, changes: Floats) -> Floats:
    """Return prior precisions of donors' coefficients, shape (k, p).

    A coefficient of one prior standard deviation lets a donor make all the changes of a side.
    """
    moved = np.diff(outside, axis=0)[seen[1:] & seen[:-1]]
    spread = np.maximum(moved.std(axis=0), np.finfo(float).tiny)
    return np.asarray((spread[:, None] / np.maximum(changes, np.finfo(float).tiny)) ** 2)


def _yearly(y: Floats, seen: Booleans, changes: Floats, seasons: int) -> Floats:
    """Return standard deviations of changes of yearly means, carried to one period."""
    years = len(y) // seasons
    if seasons == 1 or years < _YEARS:
        return changes
    weight = seen[-years * seasons :].reshape(years, seasons, 1)
    values = y[-years * seasons :].reshape(years, seasons, -1)
    means = (values * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1)
    means = means[weight.sum(axis=(1, 2)) > 0]
    change = np.diff(means, axis=0).std(axis=0, ddof=1) / np.sqrt(seasons)
    return np.asarray(np.clip(change, _LEAST * changes, changes))
