"""Paths that a structural model's posterior expects, and continuations drawn from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.structural import Form, forecasts, predictions
from shiftexp.kernels.structural_series import StudySeries
from shiftexp.kernels.variances import VariancePosterior, even_choice, variance_posterior


@dataclass(frozen=True, eq=False)
class Fitted:
    """A structural model fitted to one case.

    Attributes
    ----------
    model : Form
        The model.
    study : StudySeries
        The case.
    posterior : VariancePosterior
        What the periods before the onset say of the variances.
    """

    model: Form
    study: StudySeries
    posterior: VariancePosterior

    @property
    def _ahead(self) -> int:
        """Values after the last period before the onset, of all sides."""
        series = self.study.series
        return (len(series.x) - len(series.y)) * len(self.study.sides)

    def mean_path(self) -> Floats:
        """Return posterior mean paths on the model's scale, shape (2, T).

        Before the onset they are predictions one period ahead; where a value is not learnt from,
        what the periods on both sides of it let expect. NaN on an absent side.
        """
        series, found, weight = self.study.series, self.posterior.found, self.posterior.weight
        before = predictions(self.model, series, found)
        before[~self.study.seen] = self._bridged()
        still = (np.zeros((len(weight), series.x.shape[2])), np.zeros((self._ahead, len(weight))))
        after = forecasts(self.model, series, found, np.arange(len(weight)), still)
        return self._placed((np.concatenate([before, after]) @ weight)[:, :, None])[:, :, 0]

    def _bridged(self) -> Floats:
        """Return what is expected of values that are not learnt from, shape (gaps, p, N).

        Such a value has a regressor of its own, and zero in its place: so it is minus the
        coefficient.
        """
        gaps, width = int((~self.study.seen).sum()), len(self.study.sides)
        found = self.posterior.found.beta[:, : gaps * width]
        return np.asarray(-found.T.reshape(gaps, width, len(found)))

    def simulated(self, draws: int, rng: np.random.Generator) -> Floats:
        """Return continuations on the model's scale, shape (2, T, draws); NaN before the onset.

        Parameters
        ----------
        draws : int
            How many.
        rng : numpy.random.Generator
            Where they come from.
        """
        series = self.study.series
        normals = (
            rng.standard_normal((draws, series.x.shape[2])),
            rng.standard_normal((self._ahead, draws)),
        )
        which = even_choice(self.posterior.weight, draws)
        after = forecasts(self.model, series, self.posterior.found, which, normals)
        before = np.full((*series.y.shape, draws), np.nan)
        return self._placed(np.concatenate([before, after]))

    def coefficients(self) -> Floats:
        """Return posterior means of the donors' coefficients, shape (p, J)."""
        mean = self.posterior.weight @ self.posterior.found.beta
        return np.asarray(mean[self.study.donors].reshape(-1, len(self.study.sides)).T)

    def sds(self) -> Floats:
        """Return posterior means of the components' standard deviations, shape (p, K)."""
        return np.asarray(self.posterior.variances.sd @ self.posterior.weight)

    def _placed(self, values: Floats) -> Floats:
        """Return values (n, p, S) where they lie in the window, shape (2, T, S)."""
        placed = np.full((2, self.study.length, values.shape[2]), np.nan)
        placed[self.study.sides, self.study.periods] = values.transpose(1, 0, 2)
        return placed


def fit_structural(model: Form, study: StudySeries, prior: float) -> Fitted:
    """Return a structural model fitted to one case.

    Parameters
    ----------
    model : Form
        The model.
    study : StudySeries
        The case.
    prior : float
        Mean of the level's prior standard deviation, in units of the changes.
    """
    return Fitted(model, study, variance_posterior(model, study.series, study.prior(model, prior)))
