"""Rival regressions: p-values, power, words, what a reader may give, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import binomtest, norm

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors

RNG = np.random.default_rng(8)
ONE = np.ones(30)
X, Z = (np.column_stack([ONE, RNG.standard_normal(30)]) for _ in range(2))
Y = X.sum(axis=1) + 0.5 * RNG.standard_normal(30)
FOUND = sx.non_nested(X, Z, outcome=Y)


def test_the_true_regression_is_kept_and_its_rival_rejected() -> None:
    for test in ("J", "Cox", "encompassing F"):
        assert FOUND[test, "first"].reads == "first is not rejected"
        assert FOUND[test, "second"].reads == "second is rejected"
    assert FOUND["Vuong"].reads == FOUND["Clarke"].reads == "first is nearer"


def test_exchanging_the_regressions_exchanges_the_answers() -> None:
    turned = sx.non_nested(Z, X, outcome=Y)
    for test in ("J", "Cox", "encompassing F"):
        assert turned[test, "first"].statistic == pytest.approx(FOUND[test, "second"].statistic)
    assert turned["Vuong"].statistic == pytest.approx(-FOUND["Vuong"].statistic)
    assert turned["Clarke"].statistic == 30 - FOUND["Clarke"].statistic


def test_p_values_of_nearness_are_normal_and_exactly_binomial() -> None:
    vuong, clarke = FOUND["Vuong"], FOUND["Clarke"]
    assert vuong.p_value == pytest.approx(2 * norm.sf(abs(vuong.statistic)))
    exact = binomtest(int(clarke.statistic), 30).pvalue
    assert clarke.p_value == pytest.approx(exact)


def test_fitted_regressions_and_frames_say_the_same() -> None:
    fitted = sx.non_nested(sm.OLS(Y, X).fit(), sm.OLS(Y, Z).fit())
    frames = sx.non_nested(pd.DataFrame(X), pd.DataFrame(Z), outcome=pd.Series(Y))
    for other in (fitted, frames):
        pd.testing.assert_frame_equal(other.to_frame(), FOUND.to_frame())


def test_a_seed_gives_the_same_numbers_and_another_one_others() -> None:
    again, other = (sx.non_nested(X, Z, outcome=Y, rng=seed) for seed in (1, 2))
    pd.testing.assert_frame_equal(again.to_frame(), FOUND.to_frame())
    assert not other.to_frame()["power"].equals(FOUND.to_frame()["power"])


def test_without_draws_the_asymptotic_p_is_read_and_that_is_said() -> None:
    found = sx.non_nested(X, Z, outcome=Y, bootstrap=0)
    assert found.to_frame()[["p_bootstrap", "power"]].isna().all(axis=None)
    assert found["J", "second"].reads == "second is rejected"
    assert any("no bootstrap" in note for note in found.notes)


def test_power_grows_with_what_tells_the_regressions_apart() -> None:
    noise = np.random.default_rng(3).standard_normal(30)
    weak, strong = (
        sx.non_nested(X, Z, outcome=X.sum(axis=1) + sd * noise)["J", "second"].power
        for sd in (5.0, 0.5)
    )
    assert 0.02 < weak < 0.6
    assert strong > 0.95


def test_errors_that_carry_over_are_drawn_so() -> None:
    rng = np.random.default_rng(12)
    first, second = (np.column_stack([np.ones(80), rng.standard_normal(80)]) for _ in range(2))
    y = first.sum(axis=1) + autoregressive_errors((80,), 0.8, rng)
    assert sx.non_nested(first, second, outcome=y).rho[0] == pytest.approx(0.8, abs=0.15)
    assert sx.non_nested(first, second, outcome=y, errors="independent").rho == (0.0, 0.0)


def test_unequal_numbers_of_terms_are_named() -> None:
    more = np.column_stack([Z, RNG.standard_normal(30)])
    found = sx.non_nested(X, more, outcome=Y, names=("short", "long"))
    assert any("short has 2, long 3" in note for note in found.notes)
    assert "long is true" in set(found.to_frame()["null"])


def test_an_unknown_test_is_named_with_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"no test 'Wald'.*'Vuong'"):
        FOUND["Wald"]
    assert "Keep in mind:" in FOUND.summary()
    assert math.isnan(FOUND["Vuong"].coefficient)


def with_gap(values: Floats) -> Floats:
    """Return values of which the third is missing."""
    gap = values.copy()
    gap[2] = np.nan
    return gap


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no outcome": (lambda: sx.non_nested(X, Z), "no outcome"),
    "an outcome given twice": (
        lambda: sx.non_nested(sm.OLS(Y, X).fit(), sm.OLS(Y, Z).fit(), outcome=Y),
        "two fitted regressions alone",
    ),
    "a fitted one beside regressors": (
        lambda: sx.non_nested(sm.OLS(Y, X).fit(), Z, outcome=Y),
        "a fitted regression beside regressors",
    ),
    "text": (lambda: sx.non_nested("x", Z, outcome=Y), r"first: outcome of shape \(30,\)"),
    "another length": (lambda: sx.non_nested(X[:20], Z, outcome=Y), r"regressors of shape \(20, 2"),
    "missing values": (lambda: sx.non_nested(X, Z, outcome=with_gap(Y)), "1 value missing"),
    "a column twice": (
        lambda: sx.non_nested(np.column_stack([X, X[:, 1]]), Z, outcome=Y),
        "first: 3 regressors, some of which repeat others",
    ),
    "one within the other": (
        lambda: sx.non_nested(X, np.column_stack([X, Z[:, 1]]), outcome=Y),
        "second contains first",
    ),
    "two outcomes": (
        lambda: sx.non_nested(sm.OLS(Y, X).fit(), sm.OLS(Y + 1, Z).fit()),
        "outcomes of 30 and 30 values that differ",
    ),
    "too few values": (lambda: sx.non_nested(X[:5], Z[:5], outcome=Y[:5]), "at least 6"),
    "no errors": (lambda: sx.non_nested(X, Z, outcome=X @ [1.0, 2.0]), "without error"),
    "names": (lambda: sx.non_nested(X, Z, outcome=Y, names=("a", "a")), "two different names"),
    "settings": (
        lambda: sx.non_nested(X, Z, outcome=Y, errors="x", bootstrap=9, rng=-1),  # type: ignore[arg-type]  # the point of the test
        r"errors = 'x'[\s\S]*bootstrap = 9[\s\S]*rng = -1",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_compared_is_refused_by_name(case: str) -> None:
    call, said = REFUSED[case]
    with pytest.raises(sx.DesignError, match=said):
        call()


def test_settings_and_regressions_are_refused_together() -> None:
    with pytest.raises(sx.DesignError, match=r"bootstrap = 19[\s\S]*no outcome"):
        sx.non_nested(X, Z, bootstrap=19)
    with pytest.raises(sx.DesignError, match=r"bootstrap = 19[\s\S]*first contains second"):
        sx.non_nested(np.column_stack([X, Z[:, -1]]), X, outcome=Y, bootstrap=19)
