"""Vector autoregressions by least squares, many at once: coefficients, Wald tests, responses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock


@dataclass(frozen=True, eq=False)
class VarFit:
    """Fitted vector autoregressions, one per batch member.

    Attributes
    ----------
    coef : array of shape (B, K, q)
        Coefficients of each equation: m fixed terms, then K values one period before, K values two
        periods before, and so on.
    residual : array of shape (B, K, n)
        Observed minus fitted, n = T - p.
    inverse : array of shape (B, q, q)
        (x'x)^-1, the same for all equations.
    fixed : int
        m, number of fixed terms.
    """

    coef: Floats
    residual: Floats
    inverse: Floats
    fixed: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def df(self) -> int:
        """Residual degrees of freedom, n - q."""
        return int(self.residual.shape[-1] - self.coef.shape[-1])

    @property
    def lag_coef(self) -> Floats:
        """Coefficients on the past, shape (B, p, K, K): lag, equation, variable."""
        batch, k, _ = self.coef.shape
        past = self.coef[..., self.fixed :]
        return past.reshape(batch, k, past.shape[-1] // k, k).swapaxes(1, 2)


def lagged(y: Floats, lags: int) -> Floats:
    """Return the past as regressors, shape (B, T - p, K p): K values of lag 1, K of lag 2, ...

    Parameters
    ----------
    y : array of shape (B, K, T)
        The series.
    lags : int
        p.

    Examples
    --------
    >>> lagged(np.arange(4.0)[None, None], 2)[0].tolist()
    [[1.0, 0.0], [2.0, 1.0]]
    """
    batch, k, periods = y.shape
    past = np.empty((batch, periods - lags, k * lags))
    for lag in range(1, lags + 1):
        columns = slice(k * (lag - 1), k * lag)
        past[..., columns] = y[:, :, lags - lag : periods - lag].swapaxes(1, 2)
    return past


def lag_columns(variable: int, lags: int, variables: int, fixed: int) -> Integers:
    """Return the columns of the first lags of one variable among the regressors.

    Examples
    --------
    >>> lag_columns(0, 2, variables=2, fixed=3).tolist()
    [3, 5]
    """
    return fixed + variable + variables * np.arange(lags, dtype=np.int64)


def fit_var(y: Floats, lags: int, fixed: Floats) -> VarFit:
    """Regress every series on fixed terms and the past of all.

    Parameters
    ----------
    y : array of shape (B, K, T)
        The series, of like size: normal equations are solved.
    lags : int
        p >= 0.
    fixed : array of shape (T, m)
        Constant, trend, seasons; rows of the first p periods are not used.
    """
    batch, _, periods = y.shape
    terms = np.broadcast_to(fixed[lags:], (batch, periods - lags, fixed.shape[1]))
    x = np.concatenate([terms, lagged(y, lags)], axis=2)
    outcome = y[:, :, lags:]
    turned = x.swapaxes(1, 2)
    inverse = np.linalg.inv(turned @ x)
    coef = (outcome @ x) @ inverse
    return VarFit(coef, outcome - coef @ turned, inverse, fixed.shape[1])


def wald_f(fit: VarFit, equation: int, columns: Integers) -> Floats:
    r"""Return F = W / r for H0: r coefficients of one equation are zero, shape (B,).

    .. math:: W = \beta_r' \{ s^2 [(x'x)^{-1}]_{rr} \}^{-1} \beta_r

    Parameters
    ----------
    fit : VarFit
        The regressions.
    equation : int
        Which one.
    columns : array of shape (r,)
        The coefficients that are tested.
    """
    beta = fit.coef[:, equation, columns]
    block = fit.inverse[:, columns[:, None], columns[None, :]]
    variance = (fit.residual[:, equation] ** 2).sum(axis=-1) / fit.df
    scaled = np.linalg.solve(block, beta[..., None])[..., 0]
    tiny = np.finfo(float).tiny
    return np.asarray((beta * scaled).sum(axis=-1) / (len(columns) * np.maximum(variance, tiny)))


def impulse_responses(lag_coef: Floats, horizon: int) -> Floats:
    """Return responses of every variable to a unit innovation of each, shape (B, H + 1, K, K).

    Parameters
    ----------
    lag_coef : array of shape (B, p, K, K)
        Coefficients on the past.
    horizon : int
        H.

    Examples
    --------
    >>> impulse_responses(np.full((1, 1, 1, 1), 0.5), 2)[0, :, 0, 0].tolist()
    [1.0, 0.5, 0.25]
    """
    batch, lags, k, _ = lag_coef.shape
    found = np.zeros((batch, horizon + 1, k, k))
    found[:, 0] = np.eye(k)
    for h in range(1, horizon + 1):
        for lag in range(1, min(lags, h) + 1):
            found[:, h] += lag_coef[:, lag - 1] @ found[:, h - lag]
    return found


def order_by_aicc(y: Floats, fixed: Floats, most: int, least: int = 0) -> int:
    r"""Return the order with the smallest corrected Akaike criterion, all on the same periods.

    .. math:: n \log |S_p| + \frac{2 n K q}{n - q - K - 1}

    with S the residual covariance, q terms an equation (Hurvich & Tsai, 1993; for one series the
    AICc of 1989 up to a constant).

    Parameters
    ----------
    y : array of shape (K, T)
        The series.
    fixed : array of shape (T, m)
        Fixed terms.
    most, least : int
        Largest and smallest order.
    """
    k, periods = y.shape
    n = periods - most
    criteria = []
    for order in range(least, most + 1):
        start = most - order
        fit = fit_var(y[None, :, start:], order, fixed[start:])
        residual = fit.residual[0]
        room = n - fit.coef.shape[-1] - k - 1
        _, size = np.linalg.slogdet(residual @ residual.T / n)
        penalty = 2 * n * k * fit.coef.shape[-1] / room if room > 0 else np.inf
        criteria.append(n * size + penalty)
    return least + int(np.argmin(criteria))


def restricted_coef(y: Floats, lags: int, fixed: Floats, free: Booleans) -> Floats:
    """Return coefficients (K, q) of one autoregression, zero where they are not free.

    Parameters
    ----------
    y : array of shape (K, T)
        The series.
    lags : int
        p.
    fixed : array of shape (T, m)
        Fixed terms.
    free : array of shape (K, q)
        Coefficients of each equation that are fitted.
    """
    x = np.concatenate([fixed[lags:], lagged(y[None], lags)[0]], axis=1)
    coef = np.zeros(free.shape)
    for equation, kept in enumerate(free):
        coef[equation, kept] = np.linalg.lstsq(x[:, kept], y[equation, lags:], rcond=None)[0]
    return coef
