"""What a regression with an unknown error process predicts: a mixture of Student's t over nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.error_nodes import covariances, error_nodes
from shiftexp.kernels.mixture import Mixture, MixtureDesign, mixture_of, node_weights, prior_mass


@dataclass(frozen=True, eq=False)
class PredictionDesign:
    """Everything of a prediction that does not need the data, under n error processes.

    Attributes
    ----------
    learnt : MixtureDesign
        The regression over the t periods learnt from.
    rows : array of shape (n, h, t)
        Best linear predictors: under a node the h values are expected at ``rows @ y``.
    cov : array of shape (n, h, h)
        Covariance of the errors of prediction for unit error variance, that of the coefficients
        included.
    """

    learnt: MixtureDesign
    rows: Floats
    cov: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def prediction_design(x: Floats, time: Floats, learnt: int) -> PredictionDesign:
    r"""Prepare the prediction of the periods that follow those learnt from.

    With V the covariance of what is learnt from, C that between both, and b the coefficients by
    generalised least squares,

    .. math:: \hat y_f = X_f b + C V^{-1} (y - X b), \qquad
       \Omega_f - C V^{-1} C' + G \operatorname{Cov}(b) G', \quad G = X_f - C V^{-1} X.

    Parameters
    ----------
    x : array of shape (t + h, k)
        Regressors of both; full column rank in the first t rows, a constant among them.
    time : array of shape (t + h,)
        Time stamps in periods.
    learnt : int
        t, the periods learnt from, which come first.
    """
    past, coming = x[:learnt], x[learnt:]
    nodes = error_nodes(past, time[:learnt])
    known = prior_mass(shaped=False) > 0
    complement = np.linalg.qr(past, mode="complete")[0][:, past.shape[1] :]
    omega = covariances(time, np.ones(len(time)), complement)[known]
    across = omega[:, learnt:, :learnt]
    gain = np.swapaxes(np.linalg.solve(omega[:, :learnt, :learnt], np.swapaxes(across, 1, 2)), 1, 2)
    moved = coming - gain @ past
    rest = omega[:, learnt:, learnt:] - gain @ np.swapaxes(across, 1, 2)
    return PredictionDesign(
        learnt=mixture_of(nodes, shaped=False),
        rows=gain + moved @ nodes.rows[known],
        cov=rest + moved @ nodes.cov[known] @ np.swapaxes(moved, 1, 2),
    )


def predicted(design: PredictionDesign, y: Floats) -> list[Mixture]:
    """Return the predictive law of each of the h coming periods for a batch of series.

    Parameters
    ----------
    design : PredictionDesign
        The prediction, prepared.
    y : array of shape (B, t)
        The series.
    """
    weight, variance = node_weights(design.learnt, y)
    centre = np.einsum("nht,bt->bnh", design.rows, y)
    own = np.diagonal(design.cov, axis1=1, axis2=2)
    persistence = weight[:, design.learnt.persistent].sum(axis=1)
    return [
        Mixture(
            weight=weight,
            location=centre[:, :, k],
            scale=np.sqrt(variance * own[:, k]),
            persistence=persistence,
            df=design.learnt.df,
        )
        for k in range(own.shape[1])
    ]


def predictive_band(design: PredictionDesign, y: Floats, level: float) -> tuple[Floats, ...]:
    """Return median and ends of a band that holds all h coming values with chance ``level``.

    Equal-tailed, Bonferroni over the periods: no wider than need be where periods are independent,
    and wider where errors persist, which is where a short series knows them least.

    Parameters
    ----------
    design : PredictionDesign
        The prediction, prepared.
    y : array of shape (B, t)
        The series.
    level : float
        Chance that all h values lie inside.

    Returns
    -------
    tuple of three arrays of shape (B, h)
        Median, lower and upper end.
    """
    laws = predicted(design, y)
    each = 1 - (1 - level) / len(laws)
    ends = [law.interval(each) for law in laws]
    middle = np.stack([law.quantile(0.5) for law in laws], axis=1)
    low, high = (np.stack([pair[k] for pair in ends], axis=1) for k in (0, 1))
    return middle, low, high
