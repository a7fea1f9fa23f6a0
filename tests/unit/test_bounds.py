"""Unit tests of shift-share bounds: the arithmetic of B1 and B2, caps, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from shiftexp.bounds import B1, B2, bounds_of_sides, shift_share_bounds
from shiftexp.effects import Effects, SilentLaw, StudentLaw
from shiftexp.errors import DesignError, EstimandNotIdentified
from shiftexp.plane import ConfidenceSet

SHARP = 1e-6


def pair(origin: float, destination: float, sd: float = SHARP, *, additive: bool = True) -> Effects:
    """Return effects with a normal law of one standard deviation on both sides."""
    mean = np.array([origin, destination])
    law = StudentLaw(mean, np.eye(2) * sd**2)
    return Effects(law, mean, np.full(2, 100.0), 100.0 + mean, "plants per year", additive=additive)


@pytest.mark.parametrize(
    ("origin", "destination", "share", "flow"),
    [(-20, 40, 0.5, 20), (-40, 40, 1.0, 40), (-60, 40, 1.0, 40), (-1, 40, 0.025, 1)],
)
def test_both_assumptions_leave_zero_to_the_offset_ratio(
    origin: float, destination: float, share: float, flow: float
) -> None:
    bounds = shift_share_bounds(pair(origin, destination))
    assert bounds.low == 0
    assert bounds.high == pytest.approx(share, abs=1e-5)
    assert (bounds.flow_low, bounds.flow_high) == pytest.approx((0, flow), abs=1e-4)
    assert bounds.assumptions == (B1, B2)
    assert bounds.rejected == ()


def test_growth_at_the_origin_rejects_the_first_assumption_only() -> None:
    bounds = shift_share_bounds(pair(10, 40))
    assert (bounds.low, bounds.high) == (0, 1)
    assert bounds.rejected == (B1,)
    assert bounds.assumptions == (B2,)
    assert bounds.flow_high == pytest.approx(40, abs=1e-4)


def test_growth_within_its_error_does_not_reject_the_first_assumption() -> None:
    assert shift_share_bounds(pair(10, 40, sd=10)).rejected == ()


def test_exit_cap_gives_a_lower_limit() -> None:
    bounds = shift_share_bounds(pair(-30, 40), exit_cap=10)
    assert bounds.flow_low == pytest.approx(20, abs=1e-4)
    assert bounds.low == pytest.approx(0.5, abs=1e-5)
    assert any("10 plants per year left" in text for text in bounds.assumptions)


def test_growth_cap_gives_a_lower_limit() -> None:
    bounds = shift_share_bounds(pair(-30, 40), growth_cap=10)
    assert bounds.flow_low == pytest.approx(30, abs=1e-4)
    assert bounds.low == pytest.approx(0.75, abs=1e-5)


def test_the_stronger_cap_counts() -> None:
    bounds = shift_share_bounds(pair(-30, 40), exit_cap=25, growth_cap=10)
    assert bounds.flow_low == pytest.approx(30, abs=1e-4)


def test_a_generous_cap_says_nothing() -> None:
    bounds = shift_share_bounds(pair(-30, 40), exit_cap=100, growth_cap=100)
    assert (bounds.low, bounds.flow_low) == (0, 0)


def test_error_widens_the_bounds() -> None:
    sharp, rough = (shift_share_bounds(pair(-20, 40, sd), exit_cap=5) for sd in (0.1, 3))
    assert rough.low < sharp.low < sharp.high < rough.high


def test_lower_end_divides_the_least_flow_by_the_most_growth() -> None:
    bounds = shift_share_bounds(pair(-30, 40, sd=2), exit_cap=5)
    reach = 1.959964 * 2
    assert bounds.flow_low == pytest.approx(25 - reach, rel=1e-6)
    assert bounds.low == pytest.approx((25 - reach) / (40 + reach), rel=1e-6)


def test_upper_end_is_where_the_claim_is_just_held() -> None:
    effects = pair(-20, 40, sd=2)
    bounds = shift_share_bounds(effects, level=0.95)
    assert float(effects.p_value((1, bounds.high))[0]) == pytest.approx(0.025, abs=1e-6)


def test_without_growth_at_the_destination_no_share_is_excluded() -> None:
    assert shift_share_bounds(pair(-20, 1, sd=5)).high == 1


EXIT = "at most {:g} plants per year left without moving"
OWN = "at most {:g} plants per year of own growth there"


@pytest.mark.parametrize(
    ("effects", "caps", "rejected", "flow", "share"),
    [
        (pair(-60, 40), {"exit_cap": 0}, (EXIT.format(0),), 40, 1.0),
        (pair(-20, 40), {"growth_cap": 10}, (OWN.format(10),), 20, 0.5),
        (pair(-20, 40), {"exit_cap": 15, "growth_cap": 5}, (EXIT.format(15), OWN.format(5)),
         20, 0.5),
        (pair(10, 40), {"growth_cap": 50}, (B1,), 40, 1.0),
    ],
    ids=["exit", "growth", "both", "neither"],
)  # fmt: skip
def test_caps_that_contradict_the_signs_are_dropped_and_named(
    effects: Effects,
    caps: dict[str, float],
    rejected: tuple[str, ...],
    flow: float,
    share: float,
) -> None:
    bounds = shift_share_bounds(effects, **caps)
    assert bounds.rejected == rejected
    assert not set(bounds.assumptions) & set(rejected)
    assert (bounds.flow_low, bounds.low) == (0, 0)
    assert (bounds.flow_high, bounds.high) == pytest.approx((flow, share), abs=1e-4)


def test_caps_whose_share_exceeds_what_the_joint_law_allows_are_dropped_too() -> None:
    effects = pair(-20, 40, sd=5)
    free, capped = shift_share_bounds(effects), shift_share_bounds(effects, growth_cap=5)
    least = 40 - 1.959964 * 5
    assert least - 5 < free.flow_high
    assert 1 - 5 / least > free.high
    assert capped.rejected == (OWN.format(5),)
    assert (capped.low, capped.high, capped.flow_low) == (0, free.high, 0)
    assert capped.flow_high == free.flow_high


def test_caps_that_hold_are_assumed_and_not_rejected() -> None:
    bounds = shift_share_bounds(pair(-30, 40), exit_cap=10, growth_cap=15)
    assert bounds.assumptions == (B1, B2, EXIT.format(10), OWN.format(15))
    assert bounds.rejected == ()


@pytest.mark.parametrize("cap", [0.0, 10.0, 30.0])
def test_a_cap_on_own_growth_leaves_the_rest_of_the_least_growth(cap: float) -> None:
    bounds = shift_share_bounds(pair(-80, 40, sd=2), growth_cap=cap)
    least = 40 - 1.959964 * 2
    assert bounds.flow_low == pytest.approx(least - cap, rel=1e-6)
    assert bounds.low == pytest.approx(1 - cap / least, rel=1e-6)


def test_a_cap_on_own_growth_says_nothing_where_nothing_surely_grew() -> None:
    bounds = shift_share_bounds(pair(-80, 5, sd=10), growth_cap=0)
    assert (bounds.flow_low, bounds.low) == (0, 0)


@pytest.mark.parametrize("cap", [-1.0, math.nan])
def test_impossible_caps_are_refused_together(cap: float) -> None:
    with pytest.raises(DesignError) as caught:
        shift_share_bounds(pair(-20, 40), exit_cap=cap, growth_cap=cap)
    assert f"exit_cap = {cap!r}" in str(caught.value)
    assert f"growth_cap = {cap!r}" in str(caught.value)


def test_levels_are_checked() -> None:
    with pytest.raises(DesignError, match="level = 95"):
        shift_share_bounds(pair(-20, 40), level=95)


def test_rates_have_no_shift_share() -> None:
    with pytest.raises(EstimandNotIdentified, match="additive=False"):
        shift_share_bounds(pair(-20, 40, additive=False))


def test_one_sided_studies_have_no_shift_share() -> None:
    mean = np.array([math.nan, 40.0])
    effects = Effects(StudentLaw(mean, np.eye(2)), mean, mean, mean, "kg per year")
    with pytest.raises(EstimandNotIdentified, match="origin"):
        shift_share_bounds(effects)


def test_effects_without_inference_have_no_bounds() -> None:
    mean = np.array([-20.0, 40.0])
    effects = Effects(SilentLaw(), mean, mean, mean, "kg per year")
    with pytest.raises(EstimandNotIdentified, match="without inference"):
        shift_share_bounds(effects)


def test_table_names_both_quantities() -> None:
    frame = shift_share_bounds(pair(-20, 40)).to_frame()
    assert list(frame["quantity"]) == ["shift_share", "flow"]
    assert frame["unit"][1] == "plants per year"
    assert B1 in frame["assumptions"][0]


def interval(low: float, high: float) -> ConfidenceSet:
    """Return an interval."""
    return ConfidenceSet("interval", low, high)


@pytest.mark.parametrize(
    ("origin", "destination", "flow", "share"),
    [
        (interval(-30, 5), interval(40, 80), 30, 0.75),
        (interval(-90, -10), interval(40, 80), 80, 1.0),
        (interval(-30, 5), interval(-10, 80), 30, 1.0),
        (interval(-30, -20), interval(-10, -5), 0, 1.0),
        (None, interval(40, 80), 80, 1.0),
    ],
)
def test_two_separate_intervals_bound_the_flow(
    origin: ConfidenceSet | None, destination: ConfidenceSet, flow: float, share: float
) -> None:
    found = bounds_of_sides(origin, destination, unit="kg per year")
    assert (found.flow_low, found.flow_high) == (0, flow)
    assert (found.low, found.high) == pytest.approx((0, share))
    assert found.assumptions == ((B2,) if origin is None else (B1, B2))
    assert found.rejected == ()
    assert found.unit == "kg per year"


def test_an_origin_that_grew_leaves_the_destination_alone_to_bound() -> None:
    found = bounds_of_sides(interval(2, 30), interval(40, 80), unit="kg")
    assert (found.flow_high, found.high) == (80, 1)
    assert found.rejected == (B1,)
    assert found.assumptions == (B2,)


def test_separate_intervals_never_bound_more_sharply_than_the_joint_law() -> None:
    for origin, destination in ((-20.0, 40.0), (-5.0, 40.0), (-60.0, 40.0), (0.0, 90.0)):
        effects = pair(origin, destination, sd=5)
        joint = shift_share_bounds(effects)
        apart = bounds_of_sides(
            effects.interval((1.0, 0.0)), effects.interval((0.0, 1.0)), unit=effects.unit
        )
        assert apart.high >= joint.high - 1e-9
        assert apart.flow_high == pytest.approx(joint.flow_high, rel=1e-6)
