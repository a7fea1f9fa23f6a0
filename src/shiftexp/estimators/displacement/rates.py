"""Displacement measured by rates: the displacement quotient, the rate ratio and the E-test."""

from __future__ import annotations

import math

import numpy as np

from shiftexp.estimators.displacement.counted import (
    RATIO_TRENDS,
    CountEffects,
    CountEstimate,
    exponentiated,
    half_note,
    inference_words,
    normal_rows,
    two_sided,
)
from shiftexp.estimators.displacement.pairs import OPTIONAL_AREAS, Pair, PairReader
from shiftexp.kernels import counts as kernel
from shiftexp.kernels.ratio import KINDS


def wdq(
    control: Pair,
    treated: Pair,
    displacement: Pair,
    *,
    overdispersion: float = 1.0,
    level: float = 0.95,
    add_half: bool = False,
) -> CountEffects:
    """Weighted displacement quotient: change in the buffer per unit of success in the target.

    ``WDQ = (B1/C1 - B0/C0) / (T1/C1 - T0/C0)``: above 1 the diffusion exceeds the direct effect,
    0 to 1 diffusion of benefits, -1 to 0 partial displacement, below -1 the gain is erased.
    The re-emergence ratio is -WDQ.

    Parameters
    ----------
    control, treated, displacement : pair of int
        Counts (before, after); window lengths cancel.
    overdispersion, level : float
        As in :func:`wdd`.
    add_half : bool
        Add 0.5 to every count, which admits zeros; the notes say so.

    Returns
    -------
    CountEffects
        Rows ``success`` (negative is success), ``buffer`` and ``wdq``, per count of the control.
        The set of ``wdq`` is Fieller's, which may be unbounded; its test of WDQ = 0 is the test
        of the buffer. ``cov`` is that of (buffer, success).

    Raises
    ------
    DesignError
        If counts are not pairs of finite whole numbers >= 0, or one is 0 without ``add_half``.
    DesignError
        If the overdispersion is not positive, or the level is not inside (0, 1).

    Notes
    -----
    Without a clear success the quotient divides by noise (a phantom effect): the notes say so, and
    the set then has no bounds. The decision belongs on :func:`wdd`; this is descriptive.

    References
    ----------
    Bowers, K. J. and Johnson, S. D. (2003). Measuring the geographical displacement and diffusion
    of benefit effects of crime prevention activity. Journal of Quantitative Criminology 19(3),
    275-301. https://doi.org/10.1023/A:1024909009240
    Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical
    Society B 16(2), 175-185. https://doi.org/10.1111/j.2517-6161.1954.tb00159.x

    Examples
    --------
    >>> found = wdq((308, 318), (207, 110), (178, 157))["wdq"]
    >>> round(found.estimate, 7), found.conf_kind
    (0.2581857, 'interval')
    """
    reader = PairReader()
    areas = {"control": control, "treated": treated, "displacement": displacement}
    table = reader.table(areas, add_half=add_half)
    reader.refuse_zeros(dict(zip(areas, table, strict=True)))
    phi, confidence = reader.overdispersion(overdispersion), reader.level(level)
    reader.finish()
    found = kernel.displacement_quotient(table, critical=two_sided(confidence), phi=phi)
    how = inference_words(phi)
    success, buffer = normal_rows(
        ("success", "buffer"),
        [found.success, found.buffer],
        np.sqrt(np.diagonal(found.cov))[::-1],
        level=confidence,
        inference=f"{how}, delta method",
        unit="share of control",
    )
    quotient = _quotient_row(found, buffer, inference=f"{how}, Fieller set")
    notes = (
        RATIO_TRENDS,
        *half_note(add_half=add_half),
        *_phantom_notes(success, quotient, level=confidence),
    )
    rows = (success, buffer, quotient)
    names = ("buffer", "success")
    return CountEffects("weighted displacement quotient", rows, confidence, notes, found.cov, names)


def rirr(
    control: Pair,
    treated: Pair,
    displacement_control: Pair | None = None,
    displacement: Pair | None = None,
    *,
    overdispersion: float = 1.0,
    level: float = 0.95,
    add_half: bool = False,
) -> CountEffects:
    """Relative incidence rate ratio: how much faster the treated area fell than its control.

    ``ln RIRR = ln(T1/T0) - ln(C1/C0)``; its inverse is the relative effect size of the reviews.

    Parameters
    ----------
    control, treated : pair of int
        Counts (before, after); window lengths cancel.
    displacement_control, displacement : pair of int, optional
        The same for the area where displacement may go. Both or neither.
    overdispersion, level : float
        As in :func:`wdd`.
    add_half : bool
        Add 0.5 to every count, which admits zeros; the notes say so.

    Returns
    -------
    CountEffects
        Rows ``log_rirr``, ``rirr`` and, where given, the two with ``_displacement``.

    Raises
    ------
    DesignError
        If counts are not pairs of finite whole numbers >= 0, or one is 0 without ``add_half``.
    DesignError
        If the overdispersion is not positive, or the level is not inside (0, 1).
    DesignError
        If only one of the two displacement areas is given.

    Notes
    -----
    ``Var = overdispersion * (1/T0 + 1/T1 + 1/C0 + 1/C1)``. Ratios of areas of different size do
    not add up: turn them into counts before comparing origin with destination.

    References
    ----------
    Wilson, D. B. (2022). The relative incident rate ratio effect size for count-based impact
    evaluations. Journal of Quantitative Criminology 38, 323-341.
    https://doi.org/10.1007/s10940-021-09494-w

    Examples
    --------
    >>> found = rirr((60, 55), (50, 30))
    >>> round(found["log_rirr"].estimate, 7), round(found["rirr"].estimate, 7)
    (-0.4238142, 0.6545455)
    """
    reader = PairReader()
    areas: dict[str, Pair | None] = {"control": control, "treated": treated}
    if reader.both_or_neither(OPTIONAL_AREAS, (displacement_control, displacement)):
        areas |= {"displacement_control": displacement_control, "displacement": displacement}
    table = reader.table(areas, add_half=add_half)
    reader.refuse_zeros(dict(zip(areas, table, strict=True)))
    phi, confidence = reader.overdispersion(overdispersion), reader.level(level)
    reader.finish()
    found = kernel.log_rate_ratio(table.reshape(-1, 2, 2), phi=phi)
    names = ("log_rirr", "log_rirr_displacement")[: len(found.value)]
    on_logs = normal_rows(
        names,
        found.value[:, 0],
        found.std_error[:, 0],
        level=confidence,
        inference=f"{inference_words(phi)}, delta method",
        unit="log ratio",
    )
    rows = tuple(row for on_log in on_logs for row in (on_log, exponentiated(on_log)))
    notes = (RATIO_TRENDS, *half_note(add_half=add_half))
    cov = np.diag(found.cov[:, 0, 0])
    return CountEffects("relative incidence rate ratio", rows, confidence, notes, cov, names)


def e_test(first: int, second: int, *, exposure: Pair = (1, 1)) -> CountEffects:
    """E-test of two Poisson means, exact enough for small counts.

    ``H0: E[first] / exposure[0] = E[second] / exposure[1]``; the difference is first minus second.

    Parameters
    ----------
    first, second : int
        Counts, not both 0.
    exposure : pair of float
        Exposure (days, districts, population) of each count.

    Returns
    -------
    CountEffects
        One row ``rate_difference``, events per unit of exposure, without an interval.

    Raises
    ------
    DesignError
        If a count is not a finite whole number >= 0, or both are 0.
    DesignError
        If an exposure is not positive.

    Notes
    -----
    The statistic pools the variance under H0 (the score form), and is referred to its distribution
    at the pooled rate.

    References
    ----------
    Krishnamoorthy, K. and Thomson, J. (2004). A more powerful test for comparing two Poisson means.
    Journal of Statistical Planning and Inference 119(1), 23-35.
    https://doi.org/10.1016/S0378-3758(02)00408-1

    Examples
    --------
    >>> round(e_test(10, 5)["rate_difference"].p_value, 7)
    0.2061644
    """
    reader = PairReader()
    a, b = (float(reader.counts(name, n, ())) for name, n in (("first", first), ("second", second)))
    n1, n2 = reader.positive("exposure", exposure, 2).tolist()
    if a == b == 0:
        reader.add("first=0 and second=0", "at least one event", "widen the windows")
    reader.finish()
    from statsmodels.stats.rates import test_poisson_2indep as compare_rates

    found = compare_rates(a, n1, b, n2, method="etest", compare="diff")
    difference = a / n1 - b / n2
    std_error = math.sqrt((a + b) / (n1 * n2))  # both variances at the pooled rate
    row = CountEstimate(
        estimand="rate_difference",
        estimate=difference,
        std_error=std_error,
        statistic=float(found.statistic),
        p_value=min(1.0, float(found.pvalue)),
        conf_low=np.nan,
        conf_high=np.nan,
        conf_kind="none",
        inference="E-test, Poisson",
        unit="events per exposure",
    )
    notes = ("Assumes two independent Poisson counts.",)
    cov = np.array([[std_error**2]])
    return CountEffects("E-test", (row,), np.nan, notes, cov, ("rate_difference",))


def _quotient_row(
    found: kernel.QuotientEstimates, buffer: CountEstimate, *, inference: str
) -> CountEstimate:
    """Write the quotient with its Fieller set; WDQ = 0 is the statement that the buffer stood."""
    return CountEstimate(
        estimand="wdq",
        estimate=float(found.ratio),
        std_error=float(found.ratio_std_error),
        statistic=buffer.statistic,
        p_value=buffer.p_value,
        conf_low=float(found.fieller.low),
        conf_high=float(found.fieller.high),
        conf_kind=KINDS[int(found.fieller.kind)],
        inference=inference,
        unit="ratio",
    )


def _phantom_notes(
    success: CountEstimate, quotient: CountEstimate, *, level: float
) -> tuple[str, ...]:
    """Say when there is no clear success to divide by, and what an unbounded set means."""
    notes: list[str] = []
    if success.conf_high >= 0:
        notes.append(
            f"Phantom effect: success is not clearly below 0 ({level:.0%} interval "
            f"{success.conf_low:.3g} to {success.conf_high:.3g}); do not interpret WDQ."
        )
    if quotient.conf_kind == "line":
        notes.append("The confidence set of WDQ is the whole line: the data do not bound it.")
    if quotient.conf_kind == "complement":
        notes.append(
            "The confidence set of WDQ is unbounded: every value outside "
            f"({quotient.conf_low:.4g}, {quotient.conf_high:.4g})."
        )
    if math.isnan(quotient.estimate):
        notes.append("Success is exactly 0: WDQ has no value.")
    return tuple(notes)
