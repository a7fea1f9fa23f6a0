"""Unit tests of evidence and bounds from outside the series, counted customers among them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftexp.errors import DesignError
from shiftexp.evidence import Bound, Evidence, flow_from_visitors

REASON = "counted on the route"


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1.0, 5.0), (5.0, 1.0), (math.nan, 1.0), (0.0, math.nan), (math.inf, math.inf)],
)
def test_limits_that_are_none_are_refused(low: float, high: float) -> None:
    with pytest.raises(DesignError, match="0 <= low <= high") as caught:
        Bound("flow", low=low, high=high, because=REASON)
    assert f"low = {low!r}" in str(caught.value)


def test_no_upper_limit_is_infinite() -> None:
    assert Bound("flow", low=3.0, high=math.inf, because=REASON).informative


def test_a_lower_limit_of_zero_is_not_informative() -> None:
    assert not Bound("flow", low=0, high=5, because=REASON).informative


def test_every_fault_of_a_bound_is_named_at_once() -> None:
    wrong: Any = "flows"
    with pytest.raises(DesignError) as caught:
        Bound(wrong, low=2, high=1, because=" ")
    said = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "'flows'" in said
    assert "did you mean 'flow'" in said
    assert "low = 2, high = 1" in said
    assert "because = ' '" in said


def test_evidence_refuses_unknown_words_and_impossible_probabilities_together() -> None:
    about: Any = "shfit"
    direction: Any = "pro"
    with pytest.raises(DesignError) as caught:
        Evidence(about=about, direction=direction, p_value=1.2, power=-0.1)
    said = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "did you mean 'shift'" in said
    assert "direction = 'pro'" in said
    assert "p_value = 1.2" in said
    assert "power = -0.1" in said


@pytest.mark.parametrize("p", [math.nan, math.inf])
def test_a_p_value_that_is_no_number_is_refused(p: float) -> None:
    with pytest.raises(DesignError, match="p_value"):
        Evidence(about="shift", p_value=p)


def test_the_ends_of_the_unit_interval_are_probabilities() -> None:
    assert Evidence(about="shift", p_value=0, power=1).power == 1


def test_evidence_compares_and_hashes() -> None:
    bound = Bound("flow", low=1, high=2, unit="kg per year", because=REASON)
    one = Evidence(about="shift", bound=bound, source="files")
    assert one == Evidence(about="shift", bound=bound, source="files")
    assert len({one, one}) == 1
    assert eval(repr(bound)) == bound  # noqa: S307 - the claim under test: repr builds it again


def test_nobody_known_to_have_stayed_gives_no_lower_limit() -> None:
    assert flow_from_visitors((800.0, 1000.0), 0.7, 0.3) == (0, 1000)


@given(st.floats(0, 1), st.floats(1, 1e6), st.floats(1, 3))
def test_visitors_bound_the_flow_from_both_sides(q: float, low: float, stretch: float) -> None:
    rerouting = (1 - q) / 2
    floor, ceiling = flow_from_visitors((low, low * stretch), q, rerouting)
    assert floor == pytest.approx((1 - q - rerouting) * low, rel=1e-9, abs=1e-6)
    assert ceiling == low * stretch


def test_impossible_visitors_are_refused_all_at_once() -> None:
    with pytest.raises(DesignError) as caught:
        flow_from_visitors((10.0, 5.0), 0.9, 0.2)
    assert len(caught.value.problems) == 2
    assert "(10.0, 5.0)" in str(caught.value)
    assert "quitting = 0.9, rerouting = 0.2" in str(caught.value)


@pytest.mark.parametrize(("q", "r"), [(-0.1, 0.2), (0.2, -0.1), (math.nan, 0.0)])
def test_shares_outside_the_unit_interval_are_refused(q: float, r: float) -> None:
    with pytest.raises(DesignError, match="shares"):
        flow_from_visitors((1.0, 2.0), q, r)
