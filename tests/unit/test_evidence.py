"""Unit tests of evidence and bounds from outside the series, counted customers among them."""

from __future__ import annotations

import math
import re
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftexp.errors import DesignError
from shiftexp.evidence import Bound, CountedFall, Evidence, flow_from_visitors
from shiftexp.verdict import weigh

REASON = "counted on the route"


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1.0, 5.0), (5.0, 1.0), (math.nan, 1.0), (0.0, math.nan), (math.inf, math.inf)],
)
def test_limits_that_are_none_are_refused(low: float, high: float) -> None:
    with pytest.raises(DesignError, match="0 <= low <= high") as caught:
        Bound("flow", low=low, high=high, unit="kg", because=REASON)
    assert f"low = {low!r}" in str(caught.value)


def test_no_upper_limit_is_infinite() -> None:
    assert Bound("flow", low=3.0, high=math.inf, unit="kg", because=REASON).informative


@pytest.mark.parametrize("high", [1.0000001, 50.0, math.inf])
def test_a_share_beyond_the_whole_is_refused(high: float) -> None:
    with pytest.raises(DesignError, match="a share of at most 1") as caught:
        Bound("shift_share", low=0.2, high=high, because=REASON)
    assert f"a shift share up to {high!r}" in str(caught.value)
    assert Bound("shift_share", low=0.2, high=1, because=REASON).informative


def test_a_lower_limit_of_zero_is_not_informative() -> None:
    assert not Bound("flow", low=0, high=5, unit="kg", because=REASON).informative


@pytest.mark.parametrize("unit", ["", "  "])
def test_a_flow_without_a_unit_is_refused(unit: str) -> None:
    with pytest.raises(DesignError, match=r"a flow with unit = .*the unit that its limits are in"):
        Bound("flow", low=0, high=5, unit=unit, because=REASON)


def test_a_share_with_a_unit_is_refused() -> None:
    with pytest.raises(DesignError, match="a shift share in 'kg'; needed: a share, which has no"):
        Bound("shift_share", low=0, high=0.5, unit="kg", because=REASON)


def test_words_of_a_bound_and_of_evidence_are_texts() -> None:
    wrong: dict[str, Any] = {"unit": 5, "because": None, "model": 1, "assumed": "one link"}
    with pytest.raises(DesignError) as caught:
        Bound("flow", low=0, high=5, **wrong)
    assert len(caught.value.problems) == 4
    assert all(f"{name} = {given!r}" in str(caught.value) for name, given in wrong.items())
    source: Any = 5
    with pytest.raises(DesignError, match="source = 5; needed: a text"):
        Evidence(about="shift", source=source)


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


@pytest.mark.parametrize("wrong", [3.0, "flow", (0.0, 1.0), {"low": 1.0}])
def test_a_bound_that_is_none_is_refused(wrong: Any) -> None:  # noqa: ANN401 - what anybody may pass
    with pytest.raises(DesignError, match="needed: a Bound") as caught:
        Evidence(about="shift", bound=wrong)
    assert f"bound = {wrong!r}" in str(caught.value)


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


FALL = CountedFall(place="a town", low=800.0, high=1000.0, unit="visits per year", who="Belgians")


@pytest.mark.parametrize(
    ("part", "quitting", "rerouting", "low"),
    [(1.0, 0.3, 0.2, 400.0), (0.5, 0.3, 0.2, 200.0), (0.0, 0.0, 0.0, 0.0), (1.0, 1.0, 0.0, 0.0)],
)
def test_a_counted_fall_bounds_the_flow_by_its_part_and_its_caps(
    part: float, quitting: float, rerouting: float, low: float
) -> None:
    counted = CountedFall(
        place="a town", low=800.0, high=1000.0, unit="visits per year", who="Belgians", part=part
    )
    of_itself = counted.evidence(quitting=quitting, rerouting=rerouting)
    assumed = FALL.evidence(quitting=quitting, rerouting=rerouting, part=part)
    said = f"at least {100 * part:g} % of them from the destination"
    for found, words in ((of_itself, f"{said};"), (assumed, f"{said} (assumed);")):
        bound = found.bound
        assert bound is not None
        assert (bound.low, bound.high) == pytest.approx((low, 1000.0))
        assert (bound.quantity, bound.unit) == ("flow", "visits per year")
        assert words in bound.because
        assert (found.about, found.direction) == ("shift", "for")


def test_without_caps_nothing_is_known_from_below() -> None:
    bound = FALL.evidence().bound
    assert bound is not None
    assert bound.low == 0
    assert "800 to 1,000 visits per year of Belgians at a town" in bound.because


@pytest.mark.parametrize("part", [-0.1, 1.1, math.nan])
def test_a_part_that_is_no_share_is_refused(part: float) -> None:
    with pytest.raises(DesignError, match=f"part = {part!r}"):
        FALL.evidence(part=part)


def test_an_argument_about_own_changes_needs_its_source() -> None:
    sourced = Evidence(about="own changes", direction="against", source="yearbook, page 4")
    assert sourced.source == "yearbook, page 4"
    with pytest.raises(DesignError, match="evidence about own changes without a source"):
        Evidence(about="own changes", direction="against", source=" ")


@pytest.mark.parametrize(
    ("low", "high"), [(True, 5), (0, True), ("0", 5), (None, 5), (0, "5"), (0, None)]
)
@pytest.mark.parametrize("quantity", ["flow", "shift_share"])
def test_limits_that_are_no_numbers_are_refused_by_name(
    low: object, high: object, quantity: Literal["flow", "shift_share"]
) -> None:
    with pytest.raises(DesignError, match=re.escape(f"low = {low!r}, high = {high!r}")):
        Bound(quantity, low=low, high=high, because=REASON)  # type: ignore[arg-type]  # the point of the test


def test_no_case_lifts_no_lower_limit() -> None:
    with pytest.raises(DesignError, match=r"cases = 0 with low = 0\.1"):
        Bound("shift_share", low=0.1, high=1, because=REASON, cases=0)
    assert Bound("shift_share", low=0, high=1, because=REASON, cases=0).cases == 0


@pytest.mark.parametrize("value", ["0.1", True, [0.1]])
def test_a_p_value_or_power_that_is_no_number_is_refused_by_name(value: object) -> None:
    with pytest.raises(DesignError) as caught:
        Evidence(about="shift", p_value=value, power=value)  # type: ignore[arg-type]  # the point of the test
    assert [p.given for p in caught.value.problems] == [
        f"p_value = {value!r}",
        f"power = {value!r}",
    ]


def test_evidence_with_nothing_in_it_is_refused_and_a_bare_source_says_so() -> None:
    with pytest.raises(DesignError, match="evidence about shift with nothing in it"):
        Evidence(about="shift")
    named = weigh(evidence=Evidence(about="shift", source="files")).summary()
    assert "for shift, carries no number that can be weighed [files]" in named


@pytest.mark.parametrize("fall", [5, "ab", ("1", 2.0), (math.nan, 1.0), (math.inf, math.inf)])
def test_a_fall_that_is_no_interval_is_refused_by_name(fall: Any) -> None:  # noqa: ANN401 - wrong
    with pytest.raises(DesignError, match="0 <= low <= high") as caught:
        flow_from_visitors(fall, 0.1, 0.1)
    assert f"fall = {fall!r}" in str(caught.value)


def test_a_counted_fall_that_is_reversed_is_refused_although_a_part_would_hide_it() -> None:
    with pytest.raises(DesignError, match=r"low = 1000.0, high = 800.0") as caught:
        CountedFall(place="a", low=1000.0, high=800.0, unit="visits", who="all", part=1.5)
    assert "part = 1.5" in str(caught.value)
