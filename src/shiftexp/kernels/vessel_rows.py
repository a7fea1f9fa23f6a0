"""Stacked observations of several places, periods and indicators, none of them required."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.kernels.sd_masses import SpreadOwner
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN

Likelihood: TypeAlias = Literal["normal", "proportional", "poisson", "negative binomial"]


@dataclass(frozen=True, eq=False)
class VesselRows:
    """N observations out of n places, T periods and K indicators; what is missing has no row.

    A row is the level of its place in its period, an intercept of its indicator there, and noise.
    Every place has rows, and enough of them to tell its fixed terms.

    Attributes
    ----------
    value : array of shape (N,)
        Observations, in units of changes; of counts, those over their exposures.
    place, period, indicator : arrays of shape (N,)
        Positions, from 0.
    variance : array of shape (N,)
        Known sampling variances; 0 for none.
    noise_group : array of shape (N,)
        Rows that share an unknown standard deviation of the noise, from 0; -1 for those whose
        variance is known.
    loadings : array of shape (n,)
        What a unit of the common walk adds to each place.
    own_group : array of shape (n,)
        Places that share a standard deviation of their own walks, from 0.
    periods : int
        T.
    flow_lag : int or None
        Periods after which an unobserved flow arrives; None where there is no such flow. What
        leaves the origin in a period is normal about zero, beside the known push.
    likelihoods : tuple of str
        What each indicator is about its level; none at all where every one is normal.
        "proportional" is normal with a variance that grows as the level does; "poisson" and
        "negative binomial" are counts with the level times the exposure as their mean, the latter
        with a variance of mean + alpha mean^2. The standard deviation of the noise is that at the
        mean of the indicator; for counts it is that beyond Poisson's, so that alpha is its square
        over that of the mean, and Poisson has none.
    exposure : array of shape (N,)
        What levels are multiplied by to make expected counts; anything where there are none.
    offsets : array of shape (N,)
        What the coefficients of the intercepts multiply; ones, or the level where indicators catch
        a share of it that is not known exactly.
    drifts : array of shape (N, d)
        What coefficients that are standard normal add to rows beside their level, such as changes
        of detection; without any (1, 0).
    """

    value: Floats
    place: Integers
    period: Integers
    indicator: Integers
    variance: Floats
    noise_group: Integers
    loadings: Floats
    own_group: Integers
    periods: int
    flow_lag: int | None = None
    likelihoods: tuple[Likelihood, ...] = ()
    exposure: Floats = field(default_factory=lambda: np.ones(1))
    offsets: Floats = field(default_factory=lambda: np.ones(1))
    drifts: Floats = field(default_factory=lambda: np.zeros((1, 0)))

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def places(self) -> int:
        """How many places there are."""
        return len(self.loadings)

    @property
    def own_sds(self) -> int:
        """How many standard deviations own walks have."""
        return int(self.own_group.max()) + 1

    @property
    def walk_sds(self) -> int:
        """How many walks have: own ones, the common one, and the unobserved flow."""
        return self.own_sds + 1 + (self.flow_lag is not None)

    @property
    def noise_sds(self) -> int:
        """How many the noise has."""
        return int(self.noise_group.max()) + 1

    @property
    def spread_owners(self) -> tuple[SpreadOwner, ...]:
        """Whose the standard deviations are, walks first."""
        own = [SpreadOwner("own", self._apart(self.own_group == j)) for j in range(self.own_sds)]
        flow = [] if self.flow_lag is None else [SpreadOwner("flow", (ORIGIN, DESTINATION))]
        noise = [self._noise_owner(self.noise_group == b) for b in range(self.noise_sds)]
        return (*own, SpreadOwner("common"), *flow, *noise)

    def _noise_owner(self, rows: Booleans) -> SpreadOwner:
        """Return whose the noise of some rows is."""
        places = np.isin(np.arange(self.places), self.place[rows])
        indicators = np.unique(self.indicator[rows])
        several = len(indicators) > 1 or self.indicator.max() == 0
        return SpreadOwner("noise", self._apart(places), None if several else int(indicators[0]))

    @staticmethod
    def _apart(chosen: Booleans) -> tuple[int, ...]:
        """Return positions of chosen places; none where all are."""
        return () if chosen.all() else tuple(np.flatnonzero(chosen).tolist())

    @cached_property
    def cells(self) -> tuple[Integers, Integers]:
        """Places and periods with at least one row, as place x T + period, and the cell of rows."""
        found, row = np.unique(self.place * self.periods + self.period, return_inverse=True)
        return found, row

    @cached_property
    def by_cell(self) -> tuple[Integers, Integers, Integers]:
        """Rows in the order of their cells, where each cell starts in it, and the cell of rows."""
        found, row = self.cells
        order = np.argsort(row, kind="stable")
        return order, np.searchsorted(row[order], np.arange(len(found))), row

    @cached_property
    def kernels(self) -> Floats:
        """Covariances of cells for unit standard deviations of the walks, shape (J, M, M)."""
        place, period = np.divmod(self.cells[0], self.periods)
        walk = np.minimum.outer(period, period) + 1.0
        alike = np.equal.outer(place, place)
        group, load = self.own_group[place], self.loadings[place]
        own = [walk * alike * (group == j) for j in range(self.own_sds)]
        found = [*own, walk * np.outer(load, load)]
        if self.flow_lag is not None:
            moved = self.flow_steps[place, period]
            found.append(moved @ moved.T)
        return np.stack(found)

    @cached_property
    def flow_steps(self) -> Floats:
        """What a unit that leaves in a period adds to each place by each, shape (n, T, T)."""
        steps = np.zeros((self.places, self.periods, self.periods))
        every = np.ones((self.periods, self.periods))
        steps[ORIGIN] = -np.tril(every)
        steps[DESTINATION] = np.tril(every, -(self.flow_lag or 0))
        return steps

    def with_likelihood(self, *kinds: Likelihood) -> Booleans:
        """Tell which rows are of indicators with one of these likelihoods, shape (N,)."""
        of_indicators = np.array([k in kinds for k in self.likelihoods])
        return np.asarray(of_indicators[self.indicator])

    def of_rows(self, z: Floats) -> Floats:
        """Return the part of regressors (n, T, p) that bears on each row, shape (N, p)."""
        return np.asarray(z[self.place, self.period])

    def place_columns(self, fixed: Floats) -> Floats:
        """Return the fixed terms (T, r) of each place in columns of its own, (n, T, n r)."""
        columns = np.zeros((self.places, self.periods, self.places, fixed.shape[1]))
        columns[np.arange(self.places), :, np.arange(self.places)] = fixed
        return columns.reshape(self.places, self.periods, -1)

    def fixed_columns(self, fixed: Floats) -> Floats:
        """Return what has coefficients of its own for every place, by rows, shape (N, q).

        The fixed terms (T, r) of each place, then an intercept for each of its indicators but the
        first.
        """
        return np.concatenate([self.of_rows(self.place_columns(fixed)), self.intercepts], axis=1)

    @property
    def drift_columns(self) -> Floats:
        """The columns of the drifts, shape (N, d), where there are none, too."""
        return np.broadcast_to(self.drifts, (len(self.value), self.drifts.shape[1]))

    @cached_property
    def intercepts(self) -> Floats:
        """The offsets of the rows of each indicator of a place but its first, shape (N, k)."""
        pair = self.place * (self.indicator.max() + 1) + self.indicator
        several, first = np.unique(pair, return_index=True)
        place = self.place[first]
        later = several[1:][place[1:] == place[:-1]]
        offsets = np.broadcast_to(self.offsets, pair.shape)
        return np.where(pair[:, None] == later, offsets[:, None], 0.0)
