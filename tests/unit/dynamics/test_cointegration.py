"""The long-run relation of origin and destination: found, signed, refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors
from tests.unit.dynamics.studies import related, study


def pair(sign: float, seed: int = 3, periods: int = 100) -> Floats:
    shown = related(periods, sign, 0.5, np.random.default_rng(seed), 1)[0].T
    return np.asarray(100 + shown)


@cache
def found(sign: float) -> sx.Cointegration:
    return sx.cointegration(*study(pair(sign)), simulations=99)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sign", "said", "about"),
    [(1.0, "substitution", "shift"), (-1.0, "common growth", "integration")],
)
def test_a_relation_is_found_with_its_sign(sign: float, said: str, about: str) -> None:
    each = found(sign)
    assert (each.relations, each.found, each.sign) == (1, True, said)
    assert each.conf_low < each.beta < each.conf_high
    assert each.conf_low < sign < each.conf_high
    assert each.p_unit > 0.05
    evidence = each.evidence
    assert (evidence.about, evidence.direction, evidence.bound) == (about, "for", None)
    assert evidence.p_value == each.p_value == max(each.p_none, each.p_sign) <= 0.05
    assert evidence.power == each.power > 0.6
    assert f"a long-run relation is found, of {said}" in each.summary()
    assert np.all(each.adjustment * np.array([1, sign]) > 0)


@pytest.mark.slow
def test_the_sides_may_be_swapped_and_rescaled() -> None:
    values = pair(1.0)[::-1] * np.array([[1.0], [10.0]])
    swapped = sx.cointegration(*study(values), simulations=99)
    assert swapped.beta == pytest.approx(1 / found(1.0).beta / 10)
    assert swapped.ranks[0].trace == pytest.approx(found(1.0).ranks[0].trace)


def with_p(none: float, noisy: float, one: float, sign: float) -> sx.Cointegration:
    """Return a relation with p-values made by hand: of none twice, of at most one, of its sign."""
    ranks = [
        replace(rank, p_trace=p, p_largest=p)
        for rank, p in zip(found(1.0).ranks, (none, one), strict=True)
    ]
    return replace(found(1.0), ranks=(ranks[0], ranks[1]), p_noisy=noisy, p_sign=sign, level=0.95)


@pytest.mark.parametrize(
    ("p", "relations", "p_value"),
    [
        ((0.01, 0.02, 0.3, 0.04), 1, 0.04),
        ((0.01, 0.01, 0.3, 0.4), 1, 0.4),  # related, and nobody knows with which sign
        ((0.2, 0.01, 0.3, 0.04), 0, 0.2),
        ((0.01, 0.2, 0.3, 0.04), 0, 0.2),  # two walks with noise do as well
        ((0.01, 0.01, 0.01, 0.01), 2, 1.0),  # stationary by themselves
        ((0.05, 0.01, 0.3, 0.01), 1, 0.05),  # p of the size of the test rejects
        ((0.01, 0.01, 0.05, 0.01), 2, 1.0),
        ((0.01, 0.01, 0.3, 0.05), 1, 0.05),
    ],
)
def test_every_test_must_reject_but_that_of_a_second_relation(
    p: tuple[float, float, float, float], relations: int, p_value: float
) -> None:
    each = with_p(*p)
    assert each.p_none == max(p[:2])
    assert (each.relations, each.p_value) == (relations, p_value)
    assert each.found == (p_value <= 0.05)
    assert each.evidence.p_value == p_value


@pytest.mark.slow
def test_the_correction_of_the_trace_counts_every_lag_of_both_series() -> None:
    each = sx.cointegration(*study(pair(1.0)), lags=3, simulations=99)
    for rank in each.ranks:
        assert rank.corrected == pytest.approx(rank.trace * (97 - 2 * 3) / 97)


def _has_no_sign(each: sx.Cointegration) -> None:
    """Assert that neither sign nor coefficient of what is not found is told."""
    said = each.summary() + each.evidence.source + " ".join(each.to_frame()["quantity"])
    assert "beta and its sign have no meaning without one long-run relation" in said
    assert not any(word in said for word in ("beta =", "substitution", "common growth", "sign of"))


@pytest.mark.slow
def test_unrelated_walks_are_undecided() -> None:
    walks = 200 + np.random.default_rng(5).standard_normal((2, 60)).cumsum(axis=1)
    each = sx.cointegration(*study(walks), simulations=99)
    assert each.relations == 0
    assert "undecided" in each.summary()
    _has_no_sign(each)
    assert each.evidence.p_value is not None
    assert each.evidence.p_value > 0.05


@pytest.mark.slow
def test_both_sides_stationary_are_no_relation() -> None:
    rng = np.random.default_rng(4)
    still = 100 + autoregressive_errors((2, 200), 0.6, rng)
    each = sx.cointegration(*study(still), simulations=99)
    assert (each.relations, each.p_value) == (2, 1.0)
    assert "both series look stationary" in each.summary()
    _has_no_sign(each)


@pytest.mark.slow
def test_substitution_is_no_evidence_unless_amounts_add_up() -> None:
    rate = sx.cointegration(*study(pair(1.0), additive=False), simulations=99)
    logs = sx.cointegration(*study(pair(1.0)), scale="log", simulations=99)
    for each in (rate, logs):
        assert each.sign == "substitution"
        evidence = each.evidence
        assert (evidence.direction, evidence.p_value, evidence.power) == ("for", 1.0, 0.0)
        assert "nothing shown of shift" in sx.weigh(evidence=[evidence]).summary()
        assert any("no evidence of a shift" in note for note in each.notes)


def test_the_table_has_all_numbers() -> None:
    frame = found(1.0).to_frame().set_index("quantity")
    assert frame.loc["beta", "estimate"] == found(1.0).beta
    assert frame.loc["one relation of substitution", "p_value"] == found(1.0).p_value
    assert frame.loc["power", "estimate"] == found(1.0).power
    assert frame.loc["trace, no relation", "estimate"] == found(1.0).ranks[0].trace


@pytest.mark.slow
def test_the_seed_decides_and_nothing_else() -> None:
    again = sx.cointegration(*study(pair(1.0)), simulations=99)
    assert again.to_frame().equals(found(1.0).to_frame())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lags": 0}, "lags = 0"),
        ({"lags": 40}, "at most 12"),
        ({"terms": "none"}, "terms = 'none'"),
        ({"scale": "logs"}, "scale = 'logs'"),
        ({"level": 95}, "level = 95"),
        ({"simulations": 10}, "simulations = 10"),
        ({"rng": -1}, "rng = -1"),
    ],
)
def test_settings_that_are_none_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(sx.DesignError, match=message):
        sx.cointegration(*study(pair(1.0)), **settings)


def test_short_series_are_refused_with_the_power_measured_there() -> None:
    with pytest.raises(sx.DesignError, match=r"is found in 7 %, of 50 in 32 %, of 120 in 93 %"):
        sx.cointegration(*study(pair(1.0)[:, :40]))


def test_series_that_do_not_vary_or_are_one_are_refused() -> None:
    values = pair(1.0)
    flat, same = values.copy(), np.stack([values[0], 2 * values[0] + 1])
    flat[1, 39], flat[1, 40:] = np.nan, 7.0
    with pytest.raises(sx.DesignError, match="'D' never changes"):
        sx.cointegration(*study(flat))
    with pytest.raises(sx.DesignError, match="change as one"):
        sx.cointegration(*study(same))
