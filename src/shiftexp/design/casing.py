"""From a window to cases: the study itself, and placebos in which nothing happened."""

from __future__ import annotations

import itertools

import numpy as np

from shiftexp.design.reading import Window
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.cases import Booleans, Cases, Floats, Integers
from shiftexp.scalars import plural

_LEAST_BEFORE = 6
_LEAST_AFTER = 3


def study_cases(window: Window) -> Cases:
    """Return the study as one case: learn before the first candidate, average from the last."""
    present = np.isfinite(window.pair).any(axis=1)
    y = np.vstack([window.pair, window.donors])
    treated = window.joint & _from(window, int(window.onsets[-1]))
    return _cases(
        window,
        y=y[None],
        focal=np.where(present, [0, 1], -1)[None],
        donors=(np.arange(len(y)) >= len(window.pair))[None],
        learn=(window.joint & ~treated)[None],
        treated=treated[None],
        post=treated[None],
        breaks=_break_steps(window, 1),
        sampling=np.vstack([window.sampling, window.donor_sampling])[None],
        exposure=window.exposure[None],
    )


def placebo_units(window: Window) -> Cases:
    """Return a case for every ordered pair of donors at the last onset.

    A one-unit study has a case for every donor.

    Raises
    ------
    DesignError
        When there are fewer donors than a placebo pair and one control need.
    """
    present = np.isfinite(window.pair).any(axis=1)
    needed = int(present.sum()) + 1
    j = len(window.donors)
    if j < needed:
        raise DesignError(
            Problem(plural(j, "donor"), f"at least {needed} for placebo units", "name more donors")
        )
    chosen = np.array(list(itertools.permutations(range(j), needed - 1)))
    count = len(chosen)
    pairs = np.full((count, 2), -1)
    pairs[:, present] = chosen
    donors = ~(np.arange(j) == pairs[:, :1]) & ~(np.arange(j) == pairs[:, 1:])
    after = _from(window, int(window.onsets[-1]))
    y = np.broadcast_to(window.donors, (count, *window.donors.shape))
    usable = _focal_observed(window.donors, pairs) & window.joint
    return _cases(
        window,
        y=y,
        focal=pairs,
        donors=donors,
        learn=usable & ~after,
        treated=usable & after,
        post=usable & after,
        breaks=np.zeros((count, 2, len(window.joint), 0)),
        sampling=np.broadcast_to(window.donor_sampling, y.shape),
        exposure=np.broadcast_to(window.exposure[len(window.pair) :], y.shape),
    )


def placebo_onsets(window: Window) -> Cases:
    """Return a case for every earlier onset inside the pre-period.

    Each has at least 6 joint periods before it and 3 after.

    Raises
    ------
    DesignError
        When the pre-period is too short for a single placebo onset.
    """
    pre = np.flatnonzero(window.joint & ~_from(window, int(window.onsets[0])))
    candidates = pre[_LEAST_BEFORE : len(pre) - _LEAST_AFTER + 1]
    if not candidates.size:
        raise DesignError(
            Problem(
                f"{len(pre)} joint periods before the onset",
                f"at least {_LEAST_BEFORE + _LEAST_AFTER} for a placebo onset",
                "start the window earlier, or use placebo units",
            )
        )
    base = study_cases(window).take(np.zeros(len(candidates), dtype=np.int64))
    usable = window.joint & ~_from(window, int(window.onsets[0]))
    treated = np.stack([_from(window, int(onset)) for onset in candidates])
    return _cases(
        window,
        y=base.y,
        focal=base.focal,
        donors=base.donors,
        learn=usable & ~treated,
        treated=usable & treated,
        post=usable & treated,
        breaks=base.breaks,
        sampling=base.sampling,
        exposure=base.exposure,
    )


def _from(window: Window, onset: int) -> Booleans:
    """Return the periods from a position on."""
    return np.arange(len(window.joint)) >= onset


def _focal_observed(values: Floats, pairs: Integers) -> Booleans:
    """Return the periods in which both rows of a pair are observed, shape (C, T)."""
    seen = np.isfinite(values[np.maximum(pairs, 0)])
    return np.asarray((seen | (pairs < 0)[:, :, None]).all(axis=1))


def _break_steps(window: Window, count: int) -> Floats:
    """Return step dummies of the declared breaks, shape (count, 2, T, K)."""
    steps = np.zeros((2, len(window.joint), len(window.breaks)))
    for k, (side, position) in enumerate(window.breaks):
        steps[side, position:, k] = 1.0
    return np.broadcast_to(steps, (count, *steps.shape))


def _cases(
    window: Window,
    *,
    y: Floats,
    focal: Integers,
    donors: Booleans,
    learn: Booleans,
    treated: Booleans,
    post: Booleans,
    breaks: Floats,
    sampling: Floats,
    exposure: Floats,
) -> Cases:
    """Return cases on the window's calendar."""
    return Cases(
        y=y,
        focal=focal,
        donors=donors,
        exposed=np.zeros(donors.shape),
        learn=learn,
        treated=treated,
        post=post,
        breaks=breaks,
        sampling=sampling,
        time=np.arange(len(window.joint), dtype=float),
        season=window.calendar.season,
        seasons=window.calendar.per_year,
        exposure=exposure,
    )
