"""First-order transfer functions with AR(1) noise, profiled over both, many data sets at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock

_NOTHING = 1e-9
DELTAS = np.arange(10) / 10
PHIS = np.concatenate([np.arange(-10, 19) / 20, [0.925, 0.95, 0.975, 1.0]])


@dataclass(frozen=True, eq=False)
class TransferProfile:
    """Least squares at every denominator and every autocorrelation of the noise.

    Attributes
    ----------
    gain : array of shape (B, D, P)
        Steady-state gain.
    precision : array of shape (B, D, P)
        Sum of squares of what of the input is not explained by the fixed terms.
    rss : array of shape (B, D, P)
        Residual sum of squares.
    without : array of shape (B, P)
        The same without the input.
    df : int
        Periods less fixed terms, gain, denominator and autocorrelation.
    """

    gain: Floats
    precision: Floats
    rss: Floats
    without: Floats
    df: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def least(self) -> Floats:
        """Smallest residual sum of squares, shape (B,), never zero."""
        return np.asarray(np.maximum(self.rss.min(axis=(1, 2)), np.finfo(float).tiny))

    @property
    def best(self) -> tuple[Floats, Floats, Floats]:
        """Gain, denominator and autocorrelation of the best fit, each (B,)."""
        batch, _, phis = self.rss.shape
        flat = self.rss.reshape(batch, -1).argmin(axis=1)
        gain = self.gain.reshape(batch, -1)[np.arange(batch), flat]
        return gain, DELTAS[flat // phis], PHIS[flat % phis]

    @property
    def statistic(self) -> Floats:
        """F of the input: what it takes off the residual sum of squares, shape (B,)."""
        return np.asarray((self.without.min(axis=1) - self.least) / (self.least / self.df))

    def limits(self, critical: float) -> Floats:
        """Return least and largest gain, denominator and autocorrelation not rejected, (3, 2).

        Of the first data set; the hull over all pairs whose F from the best fit is small enough.

        Parameters
        ----------
        critical : float
            Critical value of F.
        """
        least = float(self.least[0])
        room = least * (1 + critical / self.df) - self.rss[0]
        delta, phi = np.nonzero(room >= 0)
        reach = np.sqrt(room[delta, phi] / self.precision[0, delta, phi])
        gain = self.gain[0, delta, phi]
        ends = (
            ((gain - reach).min(), (gain + reach).max()),
            (DELTAS[delta].min(), DELTAS[delta].max()),
            (PHIS[phi].min(), PHIS[phi].max()),
        )
        return np.array(ends)


def smoothed(x: Floats, lag: int) -> Floats:
    r"""Return inputs of unit gain at every denominator, shape (D, B, T).

    .. math:: s_t = \delta s_{t-1} + (1 - \delta) x_{t-L}

    with the input at its first value before the first period.

    Parameters
    ----------
    x : array of shape (B, T)
        Inputs.
    lag : int
        L.

    Examples
    --------
    >>> smoothed(np.array([[0.0, 1.0, 1.0]]), 1)[5, 0].tolist()
    [0.0, 0.0, 0.5]
    """
    before = np.repeat(x[:, :1], lag, axis=1)
    late = np.concatenate([before, x[:, : x.shape[1] - lag]], axis=1)
    found = np.empty((len(DELTAS), *x.shape))
    found[..., 0] = late[:, 0]
    keep = DELTAS[:, None]
    for t in range(1, x.shape[1]):
        found[..., t] = keep * found[..., t - 1] + (1 - keep) * late[:, t]
    return found


def profile(y: Floats, x: Floats, lag: int, fixed: Floats) -> TransferProfile:
    r"""Return least squares of outputs on lagged inputs at every denominator and autocorrelation.

    .. math:: y_t = z_t' \beta + g \frac{1 - \delta}{1 - \delta B} x_{t-L} + n_t, \qquad
       n_t = \phi n_{t-1} + e_t

    conditional on the first L + 1 periods; with phi = 1 in first differences.

    Parameters
    ----------
    y, x : array of shape (B, T)
        Outputs and inputs.
    lag : int
        L.
    fixed : array of shape (T, m)
        Fixed terms z.
    """
    inputs = smoothed(x, lag)
    first = lag + 1
    shape = (len(y), len(DELTAS), len(PHIS))
    gain, precision, rss = np.empty(shape), np.empty(shape), np.empty(shape)
    without = np.empty((len(y), len(PHIS)))
    for p, phi in enumerate(PHIS):
        basis = _basis(fixed[first:] - phi * fixed[first - 1 : -1])
        out = _plain(y[:, first:] - phi * y[:, first - 1 : -1], basis)
        into = _plain(inputs[..., first:] - phi * inputs[..., first - 1 : -1], basis)
        size = np.maximum((into**2).sum(axis=-1), np.finfo(float).tiny)
        cross = (into * out).sum(axis=-1)
        without[:, p] = (out**2).sum(axis=-1)
        gain[:, :, p] = (cross / size).T
        precision[:, :, p] = size.T
        rss[:, :, p] = without[:, None, p] - (cross**2 / size).T
    df = y.shape[1] - first - fixed.shape[1] - 3
    return TransferProfile(gain, precision, np.maximum(rss, 0.0), without, df)


def _basis(x: Floats) -> Floats:
    """Return an orthonormal basis of the columns that say something."""
    left, singular, _ = np.linalg.svd(x, full_matrices=False)
    return np.asarray(left[:, singular > _NOTHING * singular.max()])


def _plain(y: Floats, basis: Floats) -> Floats:
    """Return series less their projections on a basis."""
    return np.asarray(y - (y @ basis) @ basis.T)
