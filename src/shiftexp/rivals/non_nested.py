"""`non_nested`: two regressions of one outcome of which neither contains the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from shiftexp.kernels import non_nested as kernel
from shiftexp.kernels.autoregression import LEAST_DF, autoregression
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.resampling import upper_p
from shiftexp.rivals.regressions import Regression, read_regressions
from shiftexp.scalars import no_seed, not_among, not_whole
from shiftexp.table import Table, format_number

RivalErrors: TypeAlias = Literal["ar1", "independent"]
_ALPHA = 0.05
_LEAST_DRAWS = 99
_BURN = 50
_ROUNDING = 1e-9
_STATISTICS: dict[str, Callable[[kernel.Rivals, Floats], Floats]] = {
    "J": lambda rivals, y: kernel.j_test(rivals, y)[1],
    "Cox": kernel.cox_test,
    "encompassing F": kernel.encompassing_test,
}
_OWN_NULL = tuple(_STATISTICS)


@dataclass(frozen=True)
class NonNestedTest:
    """One test between two regressions.

    Attributes
    ----------
    test, null : str
        Which test, and what it tests.
    statistic : float
        t of J, z of Cox and Vuong, F, or for Clarke the number of values nearer to the first.
    p_value : float
        Asymptotic p; for Clarke the exact binomial one.
    p_bootstrap : float
        Bootstrap p; NaN where none was asked for.
    power : float
        How often data drawn from the rival (for Vuong and Clarke: from the one with the higher
        likelihood), as fitted, make the test reject at 5 %; NaN without draws.
    reads : str
        What the answer says at 5 %, by the bootstrap p where there is one.
    coefficient : float
        For J: of the rival's fitted values; NaN elsewhere.
    """

    test: str
    null: str
    statistic: float
    p_value: float
    p_bootstrap: float
    power: float
    reads: str
    coefficient: float = math.nan


@dataclass(frozen=True, eq=False, repr=False)
class NonNested(Table):
    """Tests between two regressions, a row for each.

    Attributes
    ----------
    tests : tuple of NonNestedTest
        J, Cox and the encompassing F, each with either as the null; Vuong and Clarke.
    names : tuple of two str
        The regressions.
    periods : int
        n.
    rho : tuple of two float
        Autocorrelation of the errors that the bootstrap draws, under either.
    notes : tuple of str
        How to read it.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> x, z = rng.standard_normal((2, 40))
    >>> one = np.ones(40)
    >>> found = non_nested(
    ...     np.column_stack([one, x]),
    ...     np.column_stack([one, z]),
    ...     outcome=x + rng.standard_normal(40),
    ... )
    >>> found["J", "second"].reads
    'second is rejected'
    """

    tests: tuple[NonNestedTest, ...]
    names: tuple[str, str]
    periods: int
    rho: tuple[float, float]
    notes: tuple[str, ...]

    def __getitem__(self, key: str | tuple[str, str]) -> NonNestedTest:
        """Return a test by its name, those of either null as (test, name of the null).

        Raises
        ------
        KeyError
            When there is none; those there are are listed.
        """
        test, null = key if isinstance(key, tuple) else (key, "")
        for one in self.tests:
            if one.test == test and one.null.startswith(null):
                return one
        known = ", ".join(f"{one.test!r} ({one.null})" for one in self.tests)
        message = f"no test {key!r}; there are {known}"
        raise KeyError(message)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each test."""
        return pd.DataFrame([vars(one) for one in self.tests])

    def summary(self) -> str:
        """Return the answers in words."""
        lines = [
            f"{one.test}, {one.null}: {one.reads} (p {format_number(_told(one), 2)})"
            for one in self.tests
        ]
        return "\n".join((*lines, "Keep in mind:", *(f"  - {note}" for note in self.notes)))


def non_nested(
    first: object,
    second: object,
    *,
    outcome: object = None,
    names: tuple[str, str] = ("first", "second"),
    errors: RivalErrors = "ar1",
    bootstrap: int = 999,
    rng: int = 1,
) -> NonNested:
    r"""Test two regressions of one outcome against each other, neither containing the other.

    .. math:: H_1: y = X \beta + u, \quad H_2: y = Z \gamma + v, \qquad
       J: \; y = X \beta + \alpha \hat y_Z + u, \; \alpha = 0

    Parameters
    ----------
    first, second : arrays or data frames of shape (n, k), or fitted regressions
        Regressors in order of time, the constant among them, with ``outcome``; or two fitted
        least-squares regressions as statsmodels returns them, without it.
    outcome : array of shape (n,), optional
        What both explain, in any unit.
    names : tuple of two str, default ("first", "second")
        What they are called.
    errors : {"ar1", "independent"}, default "ar1"
        How the bootstrap draws errors: with the autocorrelation of the residuals, made median
        unbiased, or independent ones. Regressors stay as they are, lagged outcomes too.
    bootstrap : int, default 999
        Draws for p-values and power; 0 for none.
    rng : int, default 1
        Seed of these.

    Returns
    -------
    NonNested
        J, Cox and encompassing F with either as the null; Vuong and Clarke.

    Raises
    ------
    DesignError
        When regressors or outcome cannot be read, have other lengths, missing values or columns
        that repeat others; when one regression contains the other or leaves no degrees of freedom;
        or a setting is none. All that one step sees are listed.

    Notes
    -----
    J, Cox and F have "this one is true" as the null: both, one or neither may be rejected, and not
    to be rejected is not to be true. J and Cox reject true regressions too often in short series:
    with 20 periods, 3 terms and errors with an autocorrelation of .4 in .16 and .22 at nominal 5 %,
    by the bootstrap p in .02 and .04. Vuong and Clarke ask which is nearer; they call one of two
    that are equally near nearer in .17 and .30, by the bootstrap p in .06 and .03 (METHODS.md). So
    the bootstrap p is the one that is read.

    When not to use it: one regression contains the other; lagged outcomes beside autocorrelated
    errors; regressors that are random walks (not measured).

    References
    ----------
    Davidson, R. & MacKinnon, J. G. (1981). https://doi.org/10.2307/1911522 The same (2002).
    Bootstrap J tests of nonnested linear regression models. Journal of Econometrics, 109, 167-193.
    Vuong, Q. H. (1989). https://doi.org/10.2307/1912557 Clarke, K. A. (2007).
    https://doi.org/10.1093/pan/mpm004

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(2)
    >>> x, z = rng.standard_normal((2, 20))
    >>> one = np.ones(20)
    >>> y = x + rng.standard_normal(20)
    >>> found = non_nested(np.column_stack([one, x]), np.column_stack([one, z]), outcome=y)
    >>> found["J", "first"].p_bootstrap > 0.05
    True
    """
    few = not_whole("bootstrap", bootstrap, _LEAST_DRAWS, "write 999, or 0 for none")
    none = bootstrap == 0 and not isinstance(bootstrap, bool)
    words = not_among(errors=(errors, get_args(RivalErrors)))
    settings = (*words, *(() if none else few), *no_seed(rng))
    pair = read_regressions(first, second, outcome, names, settings)
    source = np.random.default_rng(rng)
    rivals = kernel.prepare(pair[0].x, pair[1].x)
    drawn = [_drawn(one, one.fitted, errors, bootstrap, source) for one in pair]
    both = Regression("both", pair[0].y, rivals.both)
    equal = _drawn(both, kernel.between(rivals, pair[0].y), errors, bootstrap, source)[0]
    either = (rivals, rivals.exchanged)
    tests = [
        test
        for k in (0, 1)
        for test in _own_null(either[k], pair[k], (drawn[k][0], drawn[1 - k][0]))
    ]
    tests.sort(key=lambda test: _OWN_NULL.index(test.test))
    tests += _nearer(rivals, pair, (drawn[0][0], drawn[1][0]), equal)
    return NonNested(
        tests=tuple(tests),
        names=(pair[0].name, pair[1].name),
        periods=len(pair[0].y),
        rho=(drawn[0][1], drawn[1][1]),
        notes=_notes(pair, bootstrap),
    )


def _drawn(
    one: Regression, mean: Floats, errors: RivalErrors, draws: int, rng: np.random.Generator
) -> tuple[Floats, float]:
    """Return outcomes (B, n) about a mean, errors those of a regression; their autocorrelation."""
    n, k = one.x.shape
    time = np.arange(n, dtype=float)
    known = errors == "ar1" and n - k >= LEAST_DF
    rho = autoregression(one.y, one.x, time).rho if known else 0.0
    residual = one.y - one.fitted
    innovations = residual[1:] - rho * residual[:-1] if rho else residual
    innovations = (innovations - innovations.mean()) * np.sqrt(n / (n - k))
    index = rng.integers(len(innovations), size=(draws, n + _BURN))
    return kernel.redrawn(mean, innovations, rho, index), rho


def _own_null(
    rivals: kernel.Rivals, null: Regression, drawn: tuple[Floats, Floats]
) -> list[NonNestedTest]:
    """Return J, Cox and F with one regression as the null; draws under it, then under its rival."""
    from scipy import special

    y, (under, against) = null.y[None], drawn
    slope, t = (float(part[0]) for part in kernel.j_test(rivals, y))
    z = float(kernel.cox_test(rivals, y)[0])
    f = float(kernel.encompassing_test(rivals, y)[0])
    more, left = rivals.added
    asymptotic = (
        2 * special.stdtr(rivals.left, -abs(t)),
        2 * special.ndtr(-abs(z)),
        special.fdtrc(more, left, f),
    )
    found = []
    for name, value, p in zip(_OWN_NULL, (t, z, f), asymptotic, strict=True):
        statistic = _STATISTICS[name]
        drawn_values = (np.abs(statistic(rivals, part)) for part in (under, against))
        share, power = _shares(abs(value), *drawn_values)
        told = p if math.isnan(share) else share
        reads = f"{null.name} is {'rejected' if told <= _ALPHA else 'not rejected'}"
        coefficient = slope if name == "J" else math.nan
        words = f"{null.name} is true"
        found.append(NonNestedTest(name, words, value, float(p), share, power, reads, coefficient))
    return found


def _shares(value: float, under: Floats, against: Floats) -> tuple[float, float]:
    """Return the bootstrap p of a statistic, and the power of that test; NaN without draws."""
    if not len(under):
        return math.nan, math.nan
    p = float(upper_p(value - _ROUNDING, under))
    return p, float((against > np.quantile(under, 1 - _ALPHA)).mean())


def _nearer(
    rivals: kernel.Rivals,
    pair: tuple[Regression, Regression],
    drawn: tuple[Floats, Floats],
    equal: Floats,
) -> list[NonNestedTest]:
    """Return Vuong's and Clarke's tests of both being equally near; draws where they are."""
    gaps = kernel.likelihood_gaps(rivals, pair[0].y[None])
    truth = drawn[0] if gaps.sum() >= 0 else drawn[1]
    under, against = (kernel.likelihood_gaps(rivals, part) for part in (equal, truth))
    asymptotic = _nearer_p(gaps)
    found = []
    for k, (name, far) in enumerate((("Vuong", kernel.vuong), ("Clarke", _beyond_half))):
        value, p = float(far(gaps)[0]), float(asymptotic[k][0])
        share, power = _shares(abs(value), np.abs(far(under)), np.abs(far(against)))
        told = p if math.isnan(share) else share
        one = pair[0 if value > 0 else 1]
        reads = f"{one.name} is nearer" if told <= _ALPHA else "neither is seen to be nearer"
        statistic = value if name == "Vuong" else value + gaps.size / 2
        words = "both equally near"
        found.append(NonNestedTest(name, words, statistic, p, share, power, reads))
    return found


def _beyond_half(gaps: Floats) -> Floats:
    """Return by how much the values nearer to the first are more than half, shape (B,)."""
    return np.asarray((gaps > 0).sum(axis=1) - gaps.shape[1] / 2)


def _nearer_p(gaps: Floats) -> tuple[Floats, Floats]:
    """Return Vuong's normal p and Clarke's exact binomial one, each of shape (B,)."""
    from scipy import special

    n, count = gaps.shape[1], (gaps > 0).sum(axis=1).astype(float)
    normal = 2 * special.ndtr(-np.abs(kernel.vuong(gaps)))
    tail = special.bdtr(np.minimum(count, n - count), n, 0.5)
    return np.asarray(normal), np.asarray(np.minimum(1.0, 2 * tail))


def _told(test: NonNestedTest) -> float:
    """Return the p that is read."""
    return test.p_value if math.isnan(test.p_bootstrap) else test.p_bootstrap


def _notes(pair: tuple[Regression, Regression], draws: int) -> tuple[str, ...]:
    """Say how to read it."""
    said = [
        "J, Cox and F may reject both, one or neither; not to be rejected is not to be true",
        "power is that against the rival as fitted to these data: larger where these data look so",
    ]
    terms = [one.x.shape[1] for one in pair]
    if terms[0] != terms[1]:
        said.append(
            f"Vuong and Clarke do not charge for terms: {pair[0].name} has {terms[0]}, "
            f"{pair[1].name} {terms[1]}"
        )
    if not draws:
        said.append("no bootstrap: in short series J, Cox, Vuong and Clarke reject too often")
    return tuple(said)
