"""Changes of two vessels by the end of the window, freed of steps of detection at the onset.

A step of detection multiplies whatever is found from the onset on, later growth too. Models with
and without one are averaged by their evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.vessel_engines import Engine
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior, joined
from shiftexp.kernels.vessel_terms import VesselTerms

_SIGN = np.array([-1.0, 1.0, 1.0, 1.0])  # what left the origin is a fall there
_LEAST_RATIO = 0.2  # of detection after over before
_SIDES = 2
_NEXT_TO_NOTHING = 1e-3  # of the last level
_FARTHEST = 500.0


@dataclass(frozen=True, eq=False)
class EndLevels:
    """Levels that steps of detection multiply.

    Attributes
    ----------
    onset, last : arrays of shape (C, 2)
        Origin and destination in the year before the onset and in the last one.
    """

    onset: Floats
    last: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @classmethod
    def of(cls, pair: Floats, before: int, seasons: int) -> EndLevels:
        """Return the levels of pairs.

        Parameters
        ----------
        pair : array of shape (C, 2, T)
            Origin and destination; NaN where a value is missing.
        before : int
            Position of the onset.
        seasons : int
            Periods in a year.
        """
        return cls(_last_year(pair[..., :before], seasons), _last_year(pair, seasons))


@dataclass(frozen=True, eq=False)
class EndModels:
    """Changes by the end of the window, by models without and with steps at the onset.

    Attributes
    ----------
    plain, stepped : NodePosterior
        Without steps, and with them, freed of what they multiply; over nodes and candidates.
    """

    plain: NodePosterior
    stepped: NodePosterior

    @property
    def averaged(self) -> NodePosterior:
        """Both, by their evidence."""
        return joined((self.plain, self.stepped))

    @property
    def step_probability(self) -> Floats:
        """Posterior probability of a step on some side, as likely as none before, shape (C,)."""
        gap = self.plain.log_evidence - self.stepped.log_evidence
        return np.asarray(1 / (1 + np.exp(np.clip(gap, -_FARTHEST, _FARTHEST))))


def end_models(
    engine: Engine,
    terms: Sequence[VesselTerms],
    fixed: Floats,
    nuisance: Floats,
    levels: EndLevels,
    step_sd: float,
) -> EndModels:
    """Return changes of origin and destination by the end, with and without steps at the onset.

    Parameters
    ----------
    engine : Engine
        Series of n places.
    terms : sequence of VesselTerms
        Candidates for the push.
    fixed : array of shape (T, r)
        What every place has with coefficients of its own.
    nuisance : array of shape (n, T, k)
        Other regressors; k may be 0.
    levels : EndLevels
        Levels, in units of the series. A side that was next to nothing has no step.
    step_sd : float
        Prior standard deviation of a step in log detection, above zero. With a batch of cases it
        is that share of their mean level.
    """
    usable = np.asarray((levels.onset > _NEXT_TO_NOTHING * levels.last).all(axis=0))
    precision = np.where(usable, step_sd * levels.onset.mean(axis=0), 1.0) ** -2.0
    plain, stepped = [], []
    for each in terms:
        z = np.concatenate([each.free, nuisance], axis=2)
        found = engine.fit(z, fixed).coefficients(np.full(z.shape[2], FLAT))
        plain.append(_signed(found.of([0, 1])))
        z = np.concatenate([each.free, each.steps * usable, nuisance], axis=2)
        flat = np.full(z.shape[2], FLAT)
        flat[_SIDES : 2 * _SIDES] = precision
        found = engine.fit(z, fixed).coefficients(flat)
        stepped.append(_freed(_signed(found.of([0, 1, 2, 3])), levels, usable))
    return EndModels(joined(tuple(plain)), joined(tuple(stepped)))


def _last_year(pair: Floats, seasons: int) -> Floats:
    """Return means of the last values of a year, shape (C, 2)."""
    recent = [[each[np.isfinite(each)][-seasons:].mean() for each in sides] for sides in pair]
    return np.array(recent)


def _signed(found: NodePosterior) -> NodePosterior:
    """Return coefficients as changes of either side."""
    sign = _SIGN[: found.mean.shape[2]]
    return NodePosterior(found.log_weight, found.mean * sign, found.cov * np.outer(sign, sign))


def _freed(found: NodePosterior, levels: EndLevels, usable: Booleans) -> NodePosterior:
    r"""Return changes of true activity beside steps s of detection, to first order in s.

    With r = 1 + s / y_onset and the last level y as observed, activity went from the counterfactual
    y - s - Delta to y / r.
    """
    change, step = found.mean[..., :_SIDES], found.mean[..., _SIDES:]
    onset, last = np.where(usable, levels.onset, 1.0)[:, None], levels.last[:, None]
    ratio = np.maximum(1 + step / onset, _LEAST_RATIO)
    turn = np.zeros((*found.mean.shape[:2], _SIDES, 2 * _SIDES))
    turn[..., [0, 1], [0, 1]] = 1.0
    turn[..., [0, 1], [2, 3]] = usable * (1 - last / (onset * ratio**2))
    mean = change + usable * (step - last * (1 - 1 / ratio))
    return NodePosterior(found.log_weight, mean, turn @ found.cov @ np.swapaxes(turn, -1, -2))
