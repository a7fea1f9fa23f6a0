"""What a model is given (Cases) and what it answers (Fit, Answers) in batched computations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Booleans: TypeAlias = NDArray[np.bool_]


def lock(owner: object) -> None:
    """Make the arrays of a frozen dataclass read-only; the arrays given stay as they are."""
    for name, value in vars(owner).items():
        if isinstance(value, np.ndarray):
            view = value.view()
            view.setflags(write=False)
            object.__setattr__(owner, name, view)


@dataclass(frozen=True, eq=False)
class Cases:
    """A batch of designs on a batch of data: placebo units, imposed nulls, draws, or one study.

    Attributes
    ----------
    y : array of shape (C, U, T)
        Values in the panel's unit per period; NaN is missing.
    focal : array of shape (C, 2)
        Rows of origin and destination in ``y``; -1 where the study has none.
    donors : array of shape (C, U)
        True for the rows that may serve as donors.
    learn : array of shape (C, T)
        Periods the counterfactual may learn from.
    treated : array of shape (C, T)
        Usable periods from the onset on.
    post : array of shape (C, T)
        Periods the effect is averaged over: those treated whatever the onset in its range.
    breaks : array of shape (C, 2, T, K)
        Step dummies of declared reporting breaks, one set for each focal row; K may be 0.
    exposed : array of shape (C, U)
        How much of an effect donors may receive themselves: 0 for clean ones.
    sampling : array of shape (C, U, T)
        Sampling variances of ``y``, in its unit squared; NaN where they are not known.
    exposure : array of shape (C, U, T)
        Exposures of ``y``, such as controls or police hours; NaN where they are not given.
    time : array of shape (T,)
        Time stamps in periods.
    season : array of shape (T,)
        Season of each period, 0 to ``seasons`` - 1.
    seasons : int
        Seasons in a year: 1 for annual data, 4 or 12.
    """

    y: Floats
    focal: Integers
    donors: Booleans
    exposed: Floats
    learn: Booleans
    treated: Booleans
    post: Booleans
    breaks: Floats
    sampling: Floats
    exposure: Floats
    time: Floats
    season: Integers
    seasons: int = 1

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def __len__(self) -> int:
        """Return the number of cases C."""
        return len(self.y)

    @property
    def pair(self) -> Floats:
        """Values of origin and destination, shape (C, 2, T); NaN rows where a side is absent."""
        return self._focal_rows(self.y)

    @property
    def pair_sampling(self) -> Floats:
        """Sampling variances of origin and destination, shape (C, 2, T)."""
        return self._focal_rows(self.sampling)

    def _focal_rows(self, values: Floats) -> Floats:
        """Return the rows of origin and destination; NaN where a side is absent."""
        rows = np.take_along_axis(values, np.maximum(self.focal, 0)[:, :, None], axis=1)
        return np.where(self.focal[:, :, None] >= 0, rows, np.nan)

    @property
    def used(self) -> Booleans:
        """Periods that take part at all, shape (C, T)."""
        return self.learn | self.treated

    def with_pair(self, pair: Floats) -> Cases:
        """Return the same cases with other values of origin and destination.

        Parameters
        ----------
        pair : array of shape (C, 2, T)
            The new values; the number of cases may differ from the old one if the old is 1.
        """
        many = self.repeat(len(pair)) if len(self) == 1 else self
        y = many.y.copy()
        case = np.arange(len(many))
        for side in (0, 1):
            present = many.focal[:, side] >= 0
            y[case[present], many.focal[present, side]] = pair[present, side]
        return replace(many, y=y)

    def with_values(self, y: Floats) -> Cases:
        """Return the same cases with other values, shape (C, U, T)."""
        return replace(self, y=y)

    def with_terms(self, terms: Floats) -> Cases:
        """Return the same cases with one more term for each side, beside the reporting breaks.

        Parameters
        ----------
        terms : array of shape (C, 2, T)
            The terms; NaN outside the used periods and on an absent side.
        """
        own = np.eye(2)[:, None, :] * np.nan_to_num(terms)[..., None]
        return replace(self, breaks=np.concatenate([self.breaks, own], axis=3))

    def repeat(self, count: int) -> Cases:
        """Return ``count`` copies of a single case."""
        return self.take(np.zeros(count, dtype=np.int64))

    def take(self, index: Integers) -> Cases:
        """Return the cases at these positions, in this order."""
        return replace(
            self,
            y=self.y[index],
            focal=self.focal[index],
            donors=self.donors[index],
            exposed=self.exposed[index],
            learn=self.learn[index],
            treated=self.treated[index],
            post=self.post[index],
            breaks=self.breaks[index],
            sampling=self.sampling[index],
            exposure=self.exposure[index],
        )

    def learn_from_all(self) -> Cases:
        """Return the cases with every used period open to the counterfactual, as under the null."""
        return replace(self, learn=self.used)


@dataclass(frozen=True, eq=False)
class Fit:
    """What a model says of a batch of cases.

    Attributes
    ----------
    path : array of shape (C, 2, T)
        Counterfactual of origin and destination in level units per period.
    effect : array of shape (C, 2)
        Mean of observed minus counterfactual over the post periods.
    cov : array of shape (C, 2, 2)
        Covariance of the effects; NaN where the model has none of its own.
    df : array of shape (C,)
        Residual degrees of freedom; NaN where the model has none of its own.
    """

    path: Floats
    effect: Floats
    cov: Floats
    df: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


@dataclass(frozen=True, eq=False)
class Answers:
    """What an estimator says of B data sets of one study in m directions a of the pair.

    Attributes
    ----------
    estimate : array of shape (B, m)
        Estimates of a . Delta, in level units per year.
    p_value : array of shape (B, m)
        Two-sided p of no effect; NaN where the method withholds it.
    low, high : array of shape (B, m)
        Ends of the confidence intervals; NaN where there is none.
    """

    estimate: Floats
    p_value: Floats
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)
