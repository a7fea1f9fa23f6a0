"""Whether origin and destination hold to each other in the long run, and with which sign."""

from __future__ import annotations

import math

import numpy as np

from shiftexp.design import Design
from shiftexp.dynamics.pair import DynamicPair, Scale, read_pair, without_own_variation
from shiftexp.dynamics.relation import Cointegration, RankTest
from shiftexp.errors import Problem
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.reduced_rank import (
    ErrorCorrection,
    Terms,
    centred_seasons,
    error_correction,
    recolour,
    reduced_rank,
    vector_model,
)
from shiftexp.kernels.relation_tests import (
    RelationTests,
    asymptotic_p,
    likeliest_lags,
    ratio_of,
    relation_tests,
)
from shiftexp.kernels.resampling import upper_p
from shiftexp.panel import Panel
from shiftexp.scalars import (
    error_rate,
    no_level,
    no_seed,
    not_among,
    not_whole,
    plural,
    refuse,
)

LEAST = 50
# Per cent of series in which a relation of half-life 1 is found with its sign, by periods.
POWERS = {20: 4, 30: 7, 50: 32, 120: 93}
_MOST_LAGS, _LEAST_SIMULATIONS = 4, 99
_POWER_PAIRS, _POWER_DRAWS, _ANGLES = 100, 99, 720
_HALF, _BURN_IN = 0.5, 50
_SCALES: tuple[Scale, ...] = ("level", "log")
_TERMS: tuple[Terms, ...] = ("constant", "drift", "trend")


def cointegration(
    panel: Panel,
    design: Design,
    *,
    scale: Scale = "level",
    terms: Terms = "drift",
    lags: int | None = None,
    level: float = 0.95,
    simulations: int = 499,
    rng: int = 1,
) -> Cointegration:
    r"""Return whether origin and destination have a long-run relation, and of which sign.

    .. math:: \Delta y_t = \alpha (y_{Ot} + \beta y_{Dt})_{-1} + \sum_j \Gamma_j \Delta y_{t-j} +
       \mu + \varepsilon_t

    beta > 0: what one side loses the other gains in the long run (substitution); beta < 0: both
    grow together. The onset only says which study it is: the relation is that of all periods.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study, with both sides.
    scale : {"level", "log"}, default "level"
        Amounts that move add up in levels; common growth may be asked of logs.
    terms : {"constant", "drift", "trend"}, default "drift"
        A constant in the relation alone, for series that do not drift; drifts; drifts, and a trend
        in the relation.
    lags : int, optional
        Lags of the levels; without it the number from 1 to 4 with the smallest corrected AIC.
    level : float, default 0.95
        Level of the limits; tests are of size 1 - level.
    simulations : int, default 499
        Series drawn under every null, at least 99.
    rng : int, default 1
        Seed of these.

    Returns
    -------
    Cointegration
        Trace and largest-eigenvalue tests, the relation with limits, its sign, and ``evidence``.

    Raises
    ------
    DesignError
        When a setting is none; all are listed.
    DesignError
        When a side is missing, the run without a gap has fewer than 50 periods, or logs meet values
        that are not above zero.
    DesignError
        When a side never changes or is filled by a formula or by lines, or both sides are one up to
        a factor.

    Notes
    -----
    p-values are those of a recursive bootstrap under the rank that is tested (Cavaliere, Rahbek and
    Taylor, 2012). No relation must be rejected a second time, with series that are walks with noise
    each: the bootstrap alone finds a relation of two unrelated noisy walks in most series. The law
    of the likelihood ratio of a relation is that of series drawn with the relation found. The sign
    is tested against one series alone, which lies on the border of both signs. Evidence takes the
    largest of these p, and none where both series look stationary.

    Measured at 50 periods and nominal 5 %: unrelated walks, with noise, drift or autocorrelated
    changes too, are claimed to be related in 1 to 3 %, stationary series in at most 5 %; a relation
    whose deviations halve in a period is found with its sign in 32 %, at 120 periods in 93 %, at 20
    in 4 %. That is why shorter series are refused.

    When not to use it: where both sides step once. Steps in opposite directions of otherwise
    stationary series look like substitution, in 12 % at 50 periods and 65 % at 120, whatever made
    them. Nor to say that there is no relation.

    References
    ----------
    Johansen, S. (1991). Estimation and hypothesis testing of cointegration vectors in Gaussian
    vector autoregressive models. Econometrica, 59(6), 1551-1580. https://doi.org/10.2307/2938278

    Cavaliere, G., Rahbek, A., & Taylor, A. M. R. (2012). Bootstrap determination of the
    co-integration rank in vector autoregressive models. Econometrica, 80(4), 1721-1740.
    https://doi.org/10.3982/ECTA9099

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(periods=(40, 20), rng=1)
    >>> found = sx.cointegration(panel, design, simulations=99)
    >>> found.evidence.bound is None, 0 < found.power < 1
    (True, True)
    """
    refuse(
        *not_among(scale=(scale, _SCALES), terms=(terms, _TERMS)),
        *_not_lags(lags),
        *no_level(level),
        *not_whole("simulations", simulations, _LEAST_SIMULATIONS, "leave it at 499"),
        *no_seed(rng),
    )
    pair = read_pair(panel, design, scale=scale, least=1)
    refuse(*_problems(pair))
    y, seasons = pair.values.T[None], centred_seasons(pair.season, pair.per_year)
    draw = np.random.default_rng(rng)
    chosen = likeliest_lags(y, _MOST_LAGS, terms, seasons) if lags is None else np.array([lags])
    tests = relation_tests(y, chosen, terms, simulations, draw, seasons)
    regression = error_correction(y, int(chosen[0]), terms, seasons)
    low, high, p_unit = _limits(regression, tests, level)
    conserved = scale == "level" and panel.indicators[0].additive
    return Cointegration(
        names=pair.names,
        labels=pair.labels,
        values=pair.values,
        unit=pair.unit,
        scale=scale,
        terms=terms,
        lags=int(chosen[0]),
        ranks=_ranks(tests, regression),
        p_noisy=float(tests.p_noisy[0]),
        beta=float(tests.beta[0]),
        conf_low=low,
        conf_high=high,
        adjustment=tests.adjustment[0],
        p_sign=float(tests.p_sign[0]),
        p_unit=p_unit,
        power=_power(regression, tests, terms, error_rate(level), draw),
        conserved=conserved,
        level=level,
        simulations=simulations,
        deviations=_deviations(pair, float(tests.beta[0])),
        notes=_notes(pair, tests, conserved=conserved),
    )


def _not_lags(lags: object) -> tuple[Problem, ...]:
    """Return the problem of lags that are none."""
    if lags is None:
        return ()
    remedy = "leave it out: the number is chosen by the data"
    if found := not_whole("lags", lags, 1, remedy):
        return found
    if isinstance(lags, int) and lags > 3 * _MOST_LAGS:
        return (Problem(f"lags = {lags!r}", f"at most {3 * _MOST_LAGS}", remedy),)
    return ()


def _problems(pair: DynamicPair) -> list[Problem]:
    """Return what keeps a pair from having a relation tested."""
    if pair.count < LEAST:
        shorter = max((t for t in POWERS if t <= pair.count), default=min(POWERS))
        given = (
            f"a run of {plural(pair.count, 'period')} without a gap: of {shorter} a relation whose "
            f"deviations halve in a period is found in {POWERS[shorter]} %, of {LEAST} in "
            f"{POWERS[LEAST]} %, of 120 in {POWERS[120]} %"
        )
        remedy = "take months or quarters; annual series this short cannot tell"
        return [Problem(given, f"at least {LEAST} periods", remedy, pair.notes)]
    return without_own_variation(pair)


def _ranks(tests: RelationTests, regression: ErrorCorrection) -> tuple[RankTest, RankTest]:
    """Return the tests of no and of at most one relation."""
    lags, count = int(tests.lags[0]), regression.count
    law = asymptotic_p(tests.trace[0], count, lags, regression.terms)
    none, one = (
        RankTest(
            relations=r,
            trace=float(tests.trace[0, r]),
            largest=float(tests.largest[0, r]),
            corrected=float(tests.trace[0, r]) * (count - 2 * lags) / count,
            p_trace=float(tests.p_trace[0, r]),
            p_largest=float(tests.p_largest[0, r]),
            p_corrected=float(law[r]),
        )
        for r in (0, 1)
    )
    return none, one


def _limits(
    regression: ErrorCorrection, tests: RelationTests, level: float
) -> tuple[float, float, float]:
    """Return limits of beta, and p of the null that it is 1, or -1 if it is negative."""
    largest, ratios = reduced_rank(regression).values[:, 0], tests.ratios[0]
    beta = float(tests.beta[0])
    unit = ratio_of(regression, np.array([1.0, math.copysign(1.0, beta)]), largest)
    p_unit = float(upper_p(unit, ratios)[0])
    scale = _spread_ratio(regression)
    half = np.pi / 2
    # angles start at the estimate, so that the accepted ones lie about it, either way around
    centre = math.atan(beta / scale)
    steps = np.linspace(0, half, _ANGLES + 1)
    ends = []
    for way in (-1, 1):
        angles = centre + way * steps
        weights = np.stack([np.cos(angles), scale * np.sin(angles)], axis=1)
        accepted = ratio_of(regression, weights, largest) <= np.quantile(ratios, level)
        last = int(np.flatnonzero(~accepted).min(initial=_ANGLES)) - 1
        ends.append(float(angles[max(last, 0)]))
    if min(ends) <= -half or max(ends) >= half:  # beyond one infinity lies the other
        return -math.inf, math.inf, p_unit
    return scale * math.tan(ends[0]), scale * math.tan(ends[1]), p_unit


def _spread_ratio(regression: ErrorCorrection) -> float:
    """Return how much wider the origin's changes spread than the destination's."""
    spread = regression.left[0].std(axis=0)
    return float(spread[0] / spread[1])


def _power(
    regression: ErrorCorrection,
    tests: RelationTests,
    terms: Terms,
    error: float,
    rng: np.random.Generator,
) -> float:
    """Return how often a relation of this sign whose deviations halve in a period is found."""
    found = reduced_rank(regression)
    residuals = vector_model(regression, found.vectors[:, :, :0]).residuals
    scale = _spread_ratio(regression) * math.copysign(1.0, tests.beta[0])
    relation = np.array([1.0, scale])
    pull = np.outer(np.array([1.0, 1 / scale]) * (_HALF - 1) / 2, relation)
    count = regression.count + int(tests.lags[0]) + _BURN_IN
    drawn = recolour(residuals, -(-_POWER_PAIRS * count // regression.count), rng)
    shocks = drawn.reshape(-1, 2)[: _POWER_PAIRS * count].reshape(_POWER_PAIRS, count, 2)
    series = _adjusting(shocks, pull)[:, _BURN_IN:]
    lags = likeliest_lags(series, _MOST_LAGS, terms)
    again = relation_tests(series, lags, terms, _POWER_DRAWS, rng)
    right = np.sign(again.beta) == np.sign(scale)
    return float((again.claims(error) & right).mean())


def _adjusting(shocks: Floats, pull: Floats) -> Floats:
    """Return series that take back a part of their deviation in every period, (R, T, 2)."""
    path = np.zeros_like(shocks)
    for t in range(1, shocks.shape[1]):
        path[:, t] = path[:, t - 1] + path[:, t - 1] @ pull.T + shocks[:, t]
    return path


def _deviations(pair: DynamicPair, beta: float) -> Floats:
    """Return O + beta D less its mean."""
    combined = pair.values[0] + beta * pair.values[1]
    return np.asarray(combined - combined.mean())


def _notes(pair: DynamicPair, tests: RelationTests, *, conserved: bool) -> tuple[str, ...]:
    """Return what to know before reading a relation."""
    notes = [
        (
            "a long-run relation is evidence, no lower limit of the flow: steps on both sides make "
            "one too"
        ),
        f"lags of the levels: {tests.lags[0]}",
    ]
    if tests.beta[0] > 0 and not conserved:
        notes.append(
            "only levels of amounts that add up can be substituted: no evidence of a shift"
        )
    if pair.per_year > 1:
        notes.append("seasons are held constant; power is that of series without them")
    return (*notes, *pair.notes)
