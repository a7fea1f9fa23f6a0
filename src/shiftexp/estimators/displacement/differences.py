"""Displacement measured by differences of counts: local, next door, harm-weighted and net."""

from __future__ import annotations

from collections.abc import Sized

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shiftexp.estimators.displacement.counted import (
    RATIO_TRENDS,
    CountEffects,
    half_note,
    inference_words,
    normal_rows,
)
from shiftexp.estimators.displacement.pairs import OPTIONAL_AREAS, Pair, PairReader
from shiftexp.kernels import counts as kernel

FloatArray = NDArray[np.float64]

_LOCAL_ONLY = ("local", "total")
_ALL_PARTS = ("local", "displacement", "total")
_LEVEL_TRENDS = (
    "Assumes independent counts and parallel trends in levels; yearly national counts are "
    "overdispersed and serially correlated: state overdispersion, or use an estimator on series."
)


def wdd(
    control: Pair,
    treated: Pair,
    displacement_control: Pair | None = None,
    displacement: Pair | None = None,
    *,
    time_weights: Pair = (1, 1),
    area_weights: Pair = (1, 1, 1, 1),
    overdispersion: float = 1.0,
    level: float = 0.95,
) -> CountEffects:
    """Weighted displacement difference: counts saved or added, here and next door.

    ``WDD = (T1 - T0) - (C1 - C0) + (B1 - B0) - (Cb1 - Cb0)``; negative is a reduction.

    Parameters
    ----------
    control, treated : pair of int
        Counts (before, after) in the control and the treated area.
    displacement_control, displacement : pair of int, optional
        Counts (before, after) where displacement may go, and in an area comparable to it that is
        not ``control`` (its counts would enter twice). Both or neither.
    time_weights : pair of float
        Lengths of the windows before and after: without them unequal windows bias the result.
    area_weights : four floats
        Sizes of control, treated, displacement control, displacement.
    overdispersion : float
        Variance over mean of the counts; 1 is Poisson.
    level : float
        Confidence level.

    Returns
    -------
    CountEffects
        Rows ``local``, ``displacement`` (where given) and ``total``, in counts per unit weight.

    Raises
    ------
    DesignError
        If counts are not pairs of finite whole numbers >= 0, or those of an area and its
        control are all 0.
    DesignError
        If a weight or the overdispersion is not positive, or the level is not inside (0, 1).
    DesignError
        If only one of the two displacement areas is given.

    Notes
    -----
    ``Var = overdispersion * sum of count / weight^2``. Do not use for autocorrelated series.

    References
    ----------
    Wheeler, A. P. and Ratcliffe, J. H. (2018). A simple weighted displacement difference test to
    evaluate place based crime interventions. Crime Science 7, 11.
    https://doi.org/10.1186/s40163-018-0085-5

    Examples
    --------
    >>> paper = wdd((308, 318), (207, 110), (150, 140), (178, 157))
    >>> total = paper["total"]
    >>> total.estimate, round(total.std_error, 5), round(total.conf_low), round(total.conf_high)
    (-118.0, 39.59798, -196, -40)
    """
    reader = PairReader()
    table = _four_areas(reader, (control, treated, displacement_control, displacement))
    times = reader.positive("time_weights", time_weights, 2)
    areas = reader.positive("area_weights", area_weights, 4)
    phi, confidence = reader.overdispersion(overdispersion), reader.level(level)
    reader.finish()
    found = kernel.weighted_displacement(table, time_weights=times, area_weights=areas, phi=phi)
    names = _LOCAL_ONLY if displacement is None else _ALL_PARTS
    keep = [_ALL_PARTS.index(name) for name in names]
    rows = normal_rows(
        names,
        found.value[keep],
        found.std_error[keep],
        level=confidence,
        inference=inference_words(phi),
        unit="count",
    )
    cov = found.cov[np.ix_(keep, keep)]
    notes = (_LEVEL_TRENDS,)
    return CountEffects("weighted displacement difference", rows, confidence, notes, cov, names)


def wdd_harm(
    control: ArrayLike,
    treated: ArrayLike,
    displacement_control: ArrayLike | None = None,
    displacement: ArrayLike | None = None,
    *,
    harm: ArrayLike,
    covariance: ArrayLike | None = None,
    time_weights: Pair = (1, 1),
    area_weights: Pair = (1, 1, 1, 1),
    overdispersion: float = 1.0,
    level: float = 0.95,
) -> CountEffects:
    """Harm-weighted sum of weighted displacement differences over k outcomes.

    ``sum_k w_k WDD_k`` with variance ``w' V w``, V diagonal unless given.

    Parameters
    ----------
    control, treated, displacement_control, displacement : array_like of int, shape (k, 2)
        As in :func:`wdd`, one row (before, after) per outcome.
    harm : array_like of float, shape (k,)
        Harm of one event of each outcome, harm units per event.
    covariance : array_like, shape (k, k), optional
        Covariance of the k total WDDs; without it the outcomes count as independent.
    time_weights, area_weights, overdispersion, level
        As in :func:`wdd`.

    Returns
    -------
    CountEffects
        One row ``harm``, in harm units.

    Raises
    ------
    DesignError
        If ``harm`` is not a sequence of finite numbers, or the counts are not k valid pairs.
    DesignError
        If the covariance is not a k x k covariance, or comes together with an overdispersion.
    DesignError
        As in :func:`wdd` for weights, overdispersion and level.

    References
    ----------
    Wheeler, A. P. and Ratcliffe, J. H. (2018). Crime Science 7, 11.
    https://doi.org/10.1186/s40163-018-0085-5

    Examples
    --------
    >>> found = wdd_harm([(133, 91), (388, 305)], [(130, 74), (327, 202)], harm=(3, 2))
    >>> found["harm"].estimate
    -126.0
    """
    reader = PairReader()
    size = _outcomes(harm, control, treated)
    weights = reader.finite("harm", harm, (size,))
    table = _four_areas(
        reader, (control, treated, displacement_control, displacement), outcomes=size
    )
    times = reader.positive("time_weights", time_weights, 2)
    areas = reader.positive("area_weights", area_weights, 4)
    phi, confidence = reader.overdispersion(overdispersion), reader.level(level)
    given = _given_covariance(reader, covariance, weights, overdispersion=overdispersion)
    if not np.any(weights):
        reader.add(f"harm={harm!r}", "a harm other than 0", "weigh the outcomes that matter")
    reader.finish()
    each = kernel.weighted_displacement(table, time_weights=times, area_weights=areas, phi=phi)
    cov = np.diag(each.cov[:, 2, 2]) if given is None else given
    found = kernel.weighted_sum(each.value[:, 2], weights, cov)
    rows = normal_rows(
        ("harm",),
        found.value,
        found.std_error,
        level=confidence,
        inference=inference_words(phi) if given is None else "covariance given",
        unit="harm",
    )
    shared = "Assumes independent outcomes." if given is None else "Covariance of outcomes given."
    notes = (_LEVEL_TRENDS, shared)
    measure = "harm-weighted displacement difference"
    return CountEffects(measure, rows, confidence, notes, found.cov, ("harm",))


def tne(
    control: Pair,
    treated: Pair,
    displacement: Pair,
    *,
    overdispersion: float = 1.0,
    level: float = 0.95,
    add_half: bool = False,
) -> CountEffects:
    """Total net effect: counts prevented in the treated area and in the buffer together.

    ``TNE = (T0 C1/C0 - T1) + (B0 C1/C0 - B1)``; positive is a reduction, so net expansion is -TNE.

    Parameters
    ----------
    control, treated, displacement : pair of int
        Counts (before, after); window lengths cancel, because the control scales them.
    overdispersion, level : float
        As in :func:`wdd`.
    add_half : bool
        Add 0.5 to every count, which admits zeros; the notes say so.

    Returns
    -------
    CountEffects
        Rows ``target``, ``buffer`` and ``total``, in counts per window after.

    Raises
    ------
    DesignError
        If counts are not pairs of finite whole numbers >= 0, or a control count is 0.
    DesignError
        If the overdispersion is not positive, or the level is not inside (0, 1).

    Notes
    -----
    Delta-method variance. Assumes that without intervention both areas follow the control's ratio.

    References
    ----------
    Guerette, R. T. and Bowers, K. J. (2009). Assessing the extent of crime displacement and
    diffusion of benefits. Criminology 47(4), 1331-1368.
    https://doi.org/10.1111/j.1745-9125.2009.00177.x

    Examples
    --------
    >>> found = tne((308, 318), (207, 110), (178, 157))["total"]
    >>> round(found.estimate, 1), round(found.std_error, 5)
    (130.5, 41.07661)
    """
    reader = PairReader()
    areas = {"control": control, "treated": treated, "displacement": displacement}
    table = reader.table(areas, add_half=add_half)
    reader.refuse_zeros({"control": table[0]})
    reader.refuse_empty({"treated": table[1], "displacement": table[2]})
    phi, confidence = reader.overdispersion(overdispersion), reader.level(level)
    reader.finish()
    found = kernel.total_net_effect(table, phi=phi)
    names = ("target", "buffer", "total")
    rows = normal_rows(
        names,
        found.value,
        found.std_error,
        level=confidence,
        inference=f"{inference_words(phi)}, delta method",
        unit="count",
    )
    notes = (RATIO_TRENDS, *half_note(add_half=add_half))
    return CountEffects("total net effect", rows, confidence, notes, found.cov, names)


def _four_areas(
    reader: PairReader,
    values: tuple[object, object, object, object],
    *,
    outcomes: int | None = None,
) -> FloatArray:
    """Read control, treated and the optional two areas, shape (4, 2) or (outcomes, 4, 2)."""
    reader.both_or_neither(OPTIONAL_AREAS, values[2:])
    shape = (2,) if outcomes is None else (outcomes, 2)
    names = ("control", "treated", *OPTIONAL_AREAS)
    table = np.stack(
        [
            np.zeros(shape) if value is None else reader.counts(name, value, shape)
            for name, value in zip(names, values, strict=True)
        ],
        axis=-2,
    )
    for first in (0, 2):
        given = values[first] is not None and values[first + 1] is not None
        together = table[..., first : first + 2, :].sum(axis=(-2, -1))
        if given and np.any(together == 0):
            pair = f"{names[first]} and {names[first + 1]}"
            reader.add(
                f"all counts of {pair} are 0", "at least one event", "leave them out, or wait"
            )
    return table


def _outcomes(*values: object) -> int:
    """Return the number of outcomes, read off the first argument that has a length."""
    for value in values:
        if isinstance(value, Sized):
            return len(value)
    return 1


def _given_covariance(
    reader: PairReader, covariance: object, weights: FloatArray, *, overdispersion: float
) -> FloatArray | None:
    """Read the covariance of the outcomes, if the user has one."""
    if covariance is None:
        return None
    given = reader.covariance("covariance", covariance, weights.size)
    if overdispersion != 1:
        reader.add(
            f"covariance together with overdispersion={overdispersion!r}",
            "one source of variance",
            "put the overdispersion into the covariance",
        )
    if weights @ given @ weights <= 0:
        reader.add("harm and covariance give no variance", "a variance above 0", "check both")
    return given
