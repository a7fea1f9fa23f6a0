"""Structural time series as moving averages: once differenced, every component has a short memory.

A local level, a slope and a stochastic season start from anywhere. Differencing takes exactly these
starts away, and what is left of each component is a moving average whose covariance is banded and
linear in its variance. So the likelihood of the differences is that of the exact diffuse start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.banded import banded_root, whiten
from shiftexp.kernels.cases import Floats, Integers, lock

Trend: TypeAlias = Literal["level", "smooth", "linear"]
_DIFFERENCE = np.array([1.0, -1.0])


@dataclass(frozen=True, eq=False)
class Form:
    """What is differenced away, and what each component is once it is.

    Attributes
    ----------
    operator : array of shape (q + 1,)
        Coefficients of the differencing, nearest period first.
    names : tuple of str
        The components: noise, level, slope, season, as far as there are.
    memory : array of shape (K, q + 1)
        Autocovariances of the differenced components, for innovations of variance one.
    """

    operator: Floats
    names: tuple[str, ...]
    memory: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def order(self) -> int:
        """Periods that differencing takes away."""
        return len(self.operator) - 1


def form(trend: Trend, seasons: int = 1) -> Form:
    """Return the form of a model.

    Parameters
    ----------
    trend : {"level", "smooth", "linear"}
        A random walk; a trend whose slope is one; both.
    seasons : int, default 1
        Seasons of a pattern that wanders; 1 for none.

    Examples
    --------
    >>> form("level").names, form("level").operator.tolist()
    (('noise', 'level'), [1.0, -1.0])
    """
    one, slope = np.ones(1), np.convolve(_DIFFERENCE, _DIFFERENCE)
    pattern = np.ones(seasons)
    base = _DIFFERENCE if trend == "level" else slope
    parts = {"noise": np.convolve(base, pattern)}
    if trend != "smooth":
        parts["level"] = np.convolve(one if trend == "level" else _DIFFERENCE, pattern)
    if trend != "level":
        parts["slope"] = pattern
    if seasons > 1:
        parts["season"] = base
    operator = parts["noise"]
    memory = np.zeros((len(parts), len(operator)))
    for k, part in enumerate(parts.values()):
        memory[k, : len(part)] = np.correlate(part, part, "full")[len(part) - 1 :]
    return Form(operator, tuple(parts), memory)


@dataclass(frozen=True, eq=False)
class Variances:
    """N candidates for the standard deviations of p series' components, and their correlations.

    Attributes
    ----------
    sd : array of shape (p, K, N)
        Standard deviations of the innovations, in the unit of the series.
    correlation : array of shape (K, N)
        Correlation of a component's innovations between both series; without effect on one.
    """

    sd: Floats
    correlation: Floats


@dataclass(frozen=True, eq=False)
class Series:
    """p series before the onset with what they are regressed on, over n periods in all.

    Attributes
    ----------
    y : array of shape (m, p)
        Values of the m periods before the onset; zeros where missing.
    x : array of shape (n, p, K)
        Regressors of every period, the periods after the onset included; a missing value has a
        column of its own.
    precision : array of shape (K,)
        Prior precisions of their coefficients; 0 is flat.
    known : array of shape (n, p)
        Known sampling variances; 0 where there are none.
    """

    y: Floats
    x: Floats
    precision: Floats
    known: Floats

    def learnt(self) -> Series:
        """Return the same series without the periods after the onset."""
        before = len(self.y)
        return Series(self.y, self.x[:before], self.precision, self.known[:before])


@dataclass(frozen=True, eq=False)
class Filtered:
    """What N candidates make of the series.

    Attributes
    ----------
    loglik : array of shape (N,)
        Exact diffuse log-likelihood, coefficients integrated out.
    root : array of shape ((n - d) p, b + 1, N)
        Roots of the covariances of the differences, periods and series interleaved.
    residual : array of shape ((m - d) p, N)
        Whitened differences at the posterior means of the coefficients.
    columns : array of shape ((m - d) p, K, N)
        Whitened regressors.
    beta : array of shape (N, K)
        Posterior means of the coefficients.
    beta_root : array of shape (N, K, K)
        Lower triangular roots of their precisions.
    """

    loglik: Floats
    root: Floats
    residual: Floats
    columns: Floats
    beta: Floats
    beta_root: Floats


def differenced(values: Floats, operator: Floats) -> Floats:
    """Return differences along the first axis, which loses the operator's order."""
    rows = len(values) - len(operator) + 1
    parts = [c * values[len(operator) - 1 - lag :][:rows] for lag, c in enumerate(operator)]
    return np.asarray(sum(parts))


def filtered(model: Form, series: Series, variances: Variances) -> Filtered:
    """Return likelihoods and what forecasts need, for all candidates together.

    Parameters
    ----------
    model : Form
        The model.
    series : Series
        The data.
    variances : Variances
        The candidates.
    """
    width = series.y.shape[1]
    periods, learnt = len(series.x) - model.order, len(series.y) - model.order
    root = banded_root(_bands(model, variances, series.known, periods, width))
    x = differenced(series.x, model.operator).reshape(periods * width, -1)
    y = differenced(series.y, model.operator).reshape(-1, 1)
    rows = learnt * width
    white = whiten(root, np.hstack([y, x[:rows]]))
    moments = np.moveaxis(np.einsum("ian,ibn->abn", white, white), 2, 0)
    precision = moments[:, 1:, 1:] + np.diag(series.precision)
    beta_root = np.linalg.cholesky(precision)
    half = np.linalg.solve(beta_root, moments[:, 1:, :1])
    beta = np.linalg.solve(np.swapaxes(beta_root, 1, 2), half)[:, :, 0]
    flat = int((series.precision == 0).sum())
    proper = series.precision[series.precision > 0]
    log_roots = np.log(root[:rows, -1]).sum(axis=0)
    log_beta = np.log(np.einsum("nkk->nk", beta_root)).sum(axis=1)
    quadratic = moments[:, 0, 0] - (half[:, :, 0] ** 2).sum(axis=1)
    constant = np.log(proper).sum() / 2 - (rows - flat) * np.log(2 * np.pi) / 2
    return Filtered(
        loglik=constant - log_roots - log_beta - quadratic / 2,
        root=root,
        residual=white[:, 0] - np.einsum("ikn,nk->in", white[:, 1:], beta),
        columns=white[:, 1:],
        beta=beta,
        beta_root=beta_root,
    )


def predictions(model: Form, series: Series, found: Filtered) -> Floats:
    """Return one-step predictions of the periods before the onset, shape (m, p, N).

    The first periods, which differencing takes away, start the model: they are as observed.
    """
    width = series.y.shape[1]
    own = np.einsum("in,in->in", found.root[: len(found.residual), -1], found.residual)
    missed = own.reshape(-1, width, own.shape[1])
    for side in range(1, width):  # interleaved: a series' root also holds those before it
        for other in range(side):
            lag = -1 - (side - other)
            root = found.root[side : len(own) : width, lag]
            missed[:, side] += root * found.residual[other::width]
    path = np.repeat(series.y[:, :, None], own.shape[1], axis=2)
    path[model.order :] -= missed
    return path


def forecasts(
    model: Form,
    series: Series,
    found: Filtered,
    which: Integers,
    normals: tuple[Floats, Floats],
) -> Floats:
    """Return continuations of the series from the onset on, shape (n - m, p, S).

    Parameters
    ----------
    model : Form
        The model.
    series : Series
        The data.
    found : Filtered
        What the candidates make of them.
    which : array of shape (S,)
        The candidate of each continuation.
    normals : two arrays, of shape (S, K) and ((n - m) p, S)
        Standard normals for the coefficients and the innovations; zeros give means.
    """
    width, bandwidth = series.y.shape[1], found.root.shape[1] - 1
    upper = np.swapaxes(found.beta_root, 1, 2)[which]
    shift = np.linalg.solve(upper, normals[0][:, :, None])[:, :, 0]
    rows, last = len(found.root), max(len(found.residual) - bandwidth, 0)
    white = np.zeros((rows - last, len(which)))
    past = found.residual[last:, which] - np.einsum(
        "iks,sk->is", found.columns[last:, :, which], shift
    )
    white[: len(past)] = past
    white[len(past) :] = normals[1]
    fixed = differenced(series.x, model.operator).reshape(rows, -1) @ (found.beta[which] + shift).T
    ahead = np.empty((rows - len(found.residual), len(which)))
    for j in range(len(ahead)):
        row = len(found.residual) + j
        reach = min(row, bandwidth)
        recent = white[row - last - reach : row - last + 1]
        ahead[j] = fixed[row] + np.einsum(
            "bs,bs->s", found.root[row, bandwidth - reach :, which].T, recent
        )
    return _undifferenced(model.operator, series.y, ahead.reshape(-1, width, len(which)))


def _undifferenced(operator: Floats, y: Floats, ahead: Floats) -> Floats:
    """Return values that continue y (m, p) and have these differences (n - m, p, S)."""
    start = np.repeat(y[len(y) - len(operator) + 1 :, :, None], ahead.shape[2], axis=2)
    values = np.concatenate([start, ahead])
    order = len(operator) - 1
    for t in range(order, len(values)):
        for lag in range(1, order + 1):
            values[t] -= operator[lag] * values[t - lag]
    return values[order:]


def _bands(model: Form, variances: Variances, known: Floats, periods: int, width: int) -> Floats:
    """Return the covariances of the differences as bands, shape (periods p, b + 1, N)."""
    lags = model.order + 1
    bandwidth = width * lags - 1
    count = variances.sd.shape[2]
    bands = np.zeros((width, bandwidth + 1, count))
    extra = np.zeros((periods, width, bandwidth + 1, 1))
    for side in range(width):
        for back in range(side + (lags - 1) * width + 1):
            other = (side - back) % width
            lag = (back + other - side) // width
            both = variances.sd[side] * variances.sd[other]
            if other != side:
                both = both * variances.correlation
            bands[side, bandwidth - back] = model.memory[:, lag] @ both
            if other == side:
                weights = model.operator[lag:] * model.operator[: lags - lag]
                # Sampling error of the value b periods before the earlier one of both.
                extra[:, side, bandwidth - back, 0] = sum(
                    w * _before(known[:, side], lag + b, model.order) for b, w in enumerate(weights)
                )
    if not known.any():
        tiled = np.broadcast_to(bands, (periods, *bands.shape))
        return tiled.reshape(-1, *bands.shape[1:])
    return np.asarray((bands + extra).reshape(-1, *bands.shape[1:]))


def _before(values: Floats, lag: int, order: int) -> Floats:
    """Return values ``lag`` periods before those that differencing leaves."""
    return values[order - lag : len(values) - lag]
