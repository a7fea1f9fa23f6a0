"""The communicating vessels as a state space with an exactly diffuse start: the model, to be read.

    y_ut = own walk_ut + common walk_t + flow_ut + fixed_t a_u + z_ut theta + noise_ut

Walks start at zero one period before the first. Coefficients a and theta are states that stay as
they are and of which nothing is known before the data. A flow that no push sets off is a walk as
well: what has left the origin, and a number of periods later has arrived at the destination.

The Kalman filter leaves out missing values by itself and lets every place have standard deviations
of its own. It is here to be compared with: in the time of about ten passes of the filter, each for
one set of standard deviations, the grid has answered for all its nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN

if TYPE_CHECKING:
    from statsmodels.tsa.statespace.mlemodel import MLEModel


@dataclass(frozen=True, eq=False)
class StateSpaceFit:
    """What the Kalman filter says at given standard deviations.

    Attributes
    ----------
    log_likelihood : float
        Log likelihood with all coefficients diffuse.
    mean : array of shape (p,)
        Estimates of the coefficients of the regressors: those of generalised least squares.
    cov : array of shape (p, p)
        Their covariance.
    """

    log_likelihood: float
    mean: Floats
    cov: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def vessel_state_space(
    y: Floats,
    z: Floats,
    fixed: Floats,
    *,
    sds_of_places: bool = False,
    flow_lag: int | None = None,
) -> MLEModel:
    """Return the model of a study, whose parameters are standard deviations per period.

    They are, in this order, those of the own walks, the common walk, the noise, and the flow if
    there is one that no push sets off.

    Parameters
    ----------
    y : array of shape (n, T)
        Series of origin, destination and donors; NaN where a value is missing.
    z : array of shape (n, T, p)
        Regressors, one part for each place.
    fixed : array of shape (T, r)
        What every place has with coefficients of its own: its level, a drift, seasons.
    sds_of_places : bool, default False
        Whether every place has an own walk and noise of a size of its own.
    flow_lag : int, optional
        Periods after which such a flow arrives; None for no such flow.
    """
    return _state_space()(y, z, fixed, sds_of_places=sds_of_places, flow_lag=flow_lag)


def filtered(model: MLEModel, sds: Floats) -> StateSpaceFit:
    """Return what a model says at given standard deviations.

    Parameters
    ----------
    model : MLEModel
        Of :func:`vessel_state_space`.
    sds : array of shape (k,)
        Its parameters.
    """
    model.update(sds)
    # Coefficients do not move: what is known of them at the end is known of them at all times.
    found = model.ssm.filter()
    mean = found.filtered_state[model.regressors, -1]
    cov = found.filtered_state_cov[model.regressors, model.regressors, -1]
    return StateSpaceFit(float(found.llf), mean, cov)


@cache
def _state_space() -> type[MLEModel]:
    """Return the class of the model: made at its first use, since statsmodels loads slowly."""
    from statsmodels.tsa.statespace.initialization import Initialization
    from statsmodels.tsa.statespace.mlemodel import MLEModel

    class VesselStateSpace(MLEModel):  # type: ignore[misc]  # statsmodels has no types
        """States: own walks, common walk, flow now and up to its lag, coefficients a and theta."""

        def __init__(
            self, y: Floats, z: Floats, fixed: Floats, *, sds_of_places: bool, flow_lag: int | None
        ) -> None:
            places, periods, p = z.shape
            flows = 0 if flow_lag is None else flow_lag + 1
            walks, moving = places + 1 + bool(flows), places + 1 + flows
            levels = np.kron(np.eye(places), fixed).reshape(places, periods, -1)
            coefficients = np.concatenate([levels, z], axis=2)
            states = moving + coefficients.shape[2]
            super().__init__(y.T, k_states=states, k_posdef=walks)
            self.ssm.filter_univariate = True  # noise is independent: no matrix need be inverted
            self.places, self.moving, self.flowing = places, moving, bool(flows)
            self.regressors, self.sds = slice(states - p, states), places if sds_of_places else 1

            design, transition = np.zeros((places, states, periods)), np.eye(states)
            design[:, :places] = np.eye(places)[..., None]
            design[:, places] = 1.0
            design[:, moving:] = coefficients.swapaxes(1, 2)
            if flows:
                left, arrived = places + 1, moving - 1
                design[ORIGIN, left] -= 1.0
                design[DESTINATION, arrived] += 1.0
                transition[left:moving, left:moving] = np.eye(flows, k=-1)
                transition[left, left] = 1.0
            self["design"], self["transition"] = design, transition
            self["selection"] = np.eye(states, walks)

        @property
        def param_names(self) -> list[str]:
            """Names of the standard deviations."""
            each = [""] if self.sds == 1 else [f".{place}" for place in range(self.places)]
            names = [f"own{e}" for e in each] + ["common"] + [f"noise{e}" for e in each]
            return names + ["flow"] * self.flowing

        @property
        def start_params(self) -> Floats:
            """Standard deviations with which every part has a like share in the changes."""
            changes = np.nanstd(np.diff(self.endog, axis=0))
            return np.full(len(self.param_names), changes / 2)

        def transform_params(self, unconstrained: Floats) -> Floats:
            """Return standard deviations, of which the likelihood does not see the sign."""
            return np.abs(unconstrained)

        def untransform_params(self, constrained: Floats) -> Floats:
            """Return the standard deviations themselves."""
            return constrained

        def update(self, params: Floats, **kwargs: bool) -> None:
            """Put the variances in place."""
            params = super().update(params, **kwargs)
            own, common, noise, flow = np.split(params**2, np.cumsum([self.sds, 1, self.sds]))
            walks = np.concatenate([np.broadcast_to(own, self.places), common, flow])
            self["obs_cov"] = np.diag(np.broadcast_to(noise, self.places))
            self["state_cov"] = np.diag(walks)
            first = np.pad(walks, (0, self.moving - len(walks)))
            start = Initialization(self.k_states)
            start.set((0, self.moving), "known", stationary_cov=np.diag(first))
            start.set((self.moving, self.k_states), "diffuse")
            self.ssm.initialization = start

    return VesselStateSpace
