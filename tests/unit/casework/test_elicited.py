"""Unit tests of elicited priors: quantiles, pool, what the series leave, and that they are none."""

from __future__ import annotations

import math
from typing import Any

import pytest

import shiftexp as sx
from tests.pairs import normal_pair

ONE = sx.elicited(0.1, 0.3, 0.6)
TWO = sx.elicited((0.1, 0.3), (0.3, 0.6), (0.6, 0.9), experts=("police", "customs"))


def limits(low: float, high: float, flow: tuple[float, float] = (0.0, 30.0)) -> sx.ShiftShareBounds:
    """Return limits of the series."""
    return sx.ShiftShareBounds(low, high, *flow, "plants per year", 0.95, ("B1", "B2"))


def row(found: sx.ElicitedWithin, name: str) -> dict[str, float]:
    """Return what is left of one prior."""
    i = found.names.index(name)
    return {
        "mass": found.mass[i],
        "low": found.low[i],
        "median": found.median[i],
        "high": found.high[i],
    }


def test_the_pool_is_as_wide_as_the_experts_disagree() -> None:
    frame = TWO.to_frame().set_index("expert")
    pool = frame.loc["linear pool"]
    assert pool["low"] < frame.loc["customs", "low"]
    assert pool["high"] > frame.loc["police", "high"]
    assert pool["median"] == pytest.approx(0.45)
    assert frame["weight"].tolist() == [0.5, 0.5, 1.0]


def test_an_expert_of_weight_zero_is_not_heard() -> None:
    heard = sx.elicited((0.1, 0.3), (0.3, 0.6), (0.6, 0.9), weights=(3, 0))
    assert heard.to_frame()["median"].tolist() == pytest.approx([0.3, 0.6, 0.3])
    assert "pool without expert 1" not in heard.within(limits(0, 1)).names


def test_limits_that_exclude_nothing_leave_the_prior_as_it_is() -> None:
    found = row(ONE.within(limits(0, 1)), "expert 1")
    assert found == pytest.approx({"mass": 1, "low": 0.1, "median": 0.3, "high": 0.6})


def test_limits_cut_the_prior_and_no_opinion_is_uniform_between_them() -> None:
    found = ONE.within(limits(0, 0.3))
    assert row(found, "expert 1")["mass"] == pytest.approx(0.5)
    assert row(found, "expert 1")["median"] == pytest.approx(0.1 + 0.2 * (0.25 - 0.05) / 0.45)
    assert row(found, "no opinion")["median"] == pytest.approx(0.15)
    assert found.limits == (0, 0.3)


def test_what_moves_is_the_range_of_medians_over_all_priors() -> None:
    found = TWO.within(limits(0, 0.5))
    assert found.names == (
        *("no opinion", "police", "customs", "linear pool"),
        *("pool without police", "pool without customs"),
    )
    assert found.moves == (min(found.median), max(found.median))
    assert row(found, "pool without police") == pytest.approx(row(found, "customs"))
    assert found.to_frame()["prior"].tolist() == list(found.names)
    assert "moves from" in found.summary()
    assert "supports nothing by itself" in found.summary()


def test_a_prior_that_the_series_contradict_is_named() -> None:
    asked = sx.elicited(40, 50, 60, quantity="flow", unit="plants per year")
    assert asked.support == (38, 62)
    found = asked.within(limits(0, 1, flow=(0.0, 30.0)))
    assert found.contradicted == ("expert 1",)
    assert math.isnan(row(found, "expert 1")["median"])
    assert found.moves == pytest.approx((15, 15))
    assert "expert 1: the limits leave nothing of it" in found.summary()


def test_a_flow_cannot_be_below_nothing() -> None:
    asked = sx.elicited(1, 20, 60, quantity="flow", unit="kg")
    assert asked.support == pytest.approx((0, 65.9))


def test_limits_of_a_verdict_are_taken() -> None:
    bounds = sx.shift_share_bounds(normal_pair(-20.0, 40.0, 2.0))
    found = ONE.within(bounds)
    assert found.limits == (bounds.low, bounds.high)
    assert max(found.high) <= bounds.high


def test_an_opinion_is_evidence_without_a_bound_and_cannot_be_put_in_its_place() -> None:
    found = TWO.evidence("for", source="survey of 2026")
    assert (found.about, found.direction, found.bound, found.p_value) == (
        "shift",
        "for",
        None,
        None,
    )
    assert "survey of 2026: 2 experts, shift share" in found.source
    assert "an opinion, not a bound" in found.source
    wrong: Any = TWO
    with pytest.raises(sx.DesignError, match="needed: a Bound"):
        sx.Evidence(about="shift", bound=wrong)


REFUSED: dict[str, tuple[tuple[Any, Any, Any], dict[str, Any], tuple[str, ...]]] = {
    "out of order": ((0.5, 0.3, 0.6), {}, ("expert 1: low, median, high = 0.5, 0.3, 0.6",)),
    "two experts, both wrong": (
        ((0.1, -0.1), (0.3, 0.2), (0.2, 0.5)),
        {"experts": ("A", "B")},
        ("A: low", "B: low"),
    ),
    "a share in per cent, a level in per cent, weights below zero": (
        (10, 30, 60),
        {"level": 90, "weights": (-1,)},
        ("high = 10, 30, 60", "level = 90", "weights = [-1]"),
    ),
    "numbers of experts": (
        ((0.1, 0.2), 0.3, 0.6),
        {"experts": ("A", "B", "C")},
        ("2 in low, 1 in median, 1 in high, 3 in experts, 2 in weights",),
    ),
    "an unknown quantity": ((0.1, 0.2, 0.3), {"quantity": "share"}, ("quantity = 'share'",)),
    "no number": ((math.nan, 0.2, "x"), {}, ("nan, 0.2, 'x'",)),
    "weights that are all zero": ((0.1, 0.2, 0.3), {"weights": (0,)}, ("weights = [0]",)),
}


@pytest.mark.parametrize(("quantiles", "given", "quoted"), REFUSED.values(), ids=REFUSED)
def test_all_that_is_wrong_is_quoted_at_once(
    quantiles: tuple[Any, Any, Any], given: dict[str, Any], quoted: tuple[str, ...]
) -> None:
    with pytest.raises(sx.DesignError) as caught:
        sx.elicited(*quantiles, **given)
    assert len(caught.value.problems) == len(quoted)
    for words in quoted:
        assert words in str(caught.value)


def test_limits_that_are_none_or_in_another_unit_are_refused() -> None:
    wrong: Any = (0, 1)
    with pytest.raises(sx.DesignError, match="limits of the series"):
        ONE.within(wrong)
    asked = sx.elicited(1, 2, 3, quantity="flow", unit="kg")
    with pytest.raises(sx.DesignError, match="'kg', series in 'plants per year'"):
        asked.within(limits(0, 1))


def test_what_cannot_be_told_apart_or_set_beside_is_refused_at_once() -> None:
    wrong: Any = {"unit": "kg", "weights": (1e308, 1e308)}
    with pytest.raises(sx.DesignError) as caught:
        sx.elicited((0.1, 0.2), (0.3, 0.4), (0.5, 0.6), experts=("A", "A"), **wrong)
    assert len(caught.value.problems) == 3
    for words in ("experts of one name: A", "unit = 'kg' of a shift_share", "1e+308"):
        assert words in str(caught.value)
    with pytest.raises(sx.DesignError, match="unit = '' of a flow"):
        sx.elicited(1.0, 2.0, 3.0, quantity="flow")
    experts: Any = 5
    with pytest.raises(sx.DesignError, match="1 in experts"):
        sx.elicited((0.1, 0.2), (0.3, 0.4), (0.5, 0.6), experts=experts)


def test_limits_that_are_one_point_are_an_answer_and_no_contradiction() -> None:
    found = ONE.within(limits(0.2, 0.2))
    assert found.median == (0.2, 0.2)
    assert found.mass == (0.0, 0.0)
    assert not found.contradicted
    for low, high in ((math.nan, math.nan), (0.8, 0.2)):
        with pytest.raises(sx.DesignError, match="needed: limits in order"):
            ONE.within(limits(low, high))
