"""A pair of places with donors, a flow that a known push sets off, and own changes, for tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

_PERIODS, _FIRST, _ONSET, _LAST = 20, 2000, 10, 12


@dataclass(frozen=True, kw_only=True)
class World:
    """A study of two places whose flow and own changes are known.

    Attributes
    ----------
    flow : float
        What has arrived by the end.
    own : float
        What the origin lost, and the destination gained, by itself from the onset on.
    donors : int
        Places where nothing happens.
    pulse : bool
        Whether the push is on for three years only.
    seed : int
        Of the noise.
    """

    flow: float = 0.0
    own: float = 0.0
    donors: int = 0
    pulse: bool = False
    seed: int = 1

    def panel(self) -> sx.Panel:
        """Return the data: walks of sd 0.5, noise of sd 2."""
        rng, time = np.random.default_rng(self.seed), np.arange(_PERIODS)
        push = np.where((time >= _ONSET) & ((time <= _LAST) | (not self.pulse)), 1.0, 0.0)
        moved = self.flow * push.cumsum() / push.sum()
        stays = self.own * np.maximum(time - _ONSET + 1, 0) / (_PERIODS - _ONSET)
        places = self.donors + 2
        walk = 0.5 * rng.standard_normal((places + 1, _PERIODS)).cumsum(axis=1)
        seen = walk[1:] + walk[0] + 2 * rng.standard_normal((places, _PERIODS))
        values: dict[str, Floats] = {
            "O": 100 + time + seen[0] - moved - stays,
            "D": 40 + 2 * time + seen[1] + moved + stays,
        }
        quiet = {name: 70 + time + seen[2 + k] for k, name in enumerate(self._names)}
        return make_panel(values | quiet)

    def design(self) -> sx.Design:
        """Return the study as declared."""
        return sx.Design(origin="O", destination="D", onset=_FIRST + _ONSET, donors=self._names)

    def model(self) -> sx.CommunicatingVessels:
        """Return the model with the right push."""
        if self.pulse:
            until = _FIRST + _LAST
            return sx.CommunicatingVessels(push="pulse", until=until, lags=(0,), draws=1000)
        return sx.CommunicatingVessels(lags=(0,), draws=1000)

    def fit(self) -> sx.Result:
        """Return the model fitted to the data."""
        return self.model().fit(self.panel(), self.design())

    @property
    def _names(self) -> tuple[str, ...]:
        """Names of the donors."""
        return tuple(f"Z{k}" for k in range(self.donors))
