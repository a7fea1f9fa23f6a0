"""Unit tests of detection: the box, its corners and the tipping points of a worked example."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from shiftexp.detection import (
    DEFAULT_DRIFT,
    Detection,
    explained_away,
    ratio_thresholds,
    tipping_of_claim,
)
from shiftexp.effects import Effects, StudentLaw
from shiftexp.errors import DesignError, EstimandNotIdentified

MEAN = np.array([-20.0, 40.0])
EXAMPLE = Effects(
    StudentLaw(MEAN, np.diag([16.0, 25.0])),
    MEAN,
    np.array([100.0, 40.0]),
    np.array([80.0, 80.0]),
    "plants per year",
)
GREW = (((0.0, 1.0), 0.0),)


def test_the_box_of_ratios_has_corner_values() -> None:
    found = Detection(ratio=(0.5, 2)).offset_range(EXAMPLE)
    assert (found.kind, found.low, found.high) == ("interval", 0.25, 1.0)


def test_the_box_of_changes_has_corner_values() -> None:
    found = Detection(origin=(0.9, 1.1), destination=(0.8, 1.25)).offset_range(EXAMPLE)
    assert (found.low, found.high) == pytest.approx((5 / 27, 25 / 22), rel=1e-12)


def test_one_corner_is_the_map_of_the_effects() -> None:
    moved = EXAMPLE.under(origin=0.9, destination=1.25)
    assert moved.offset_ratio == pytest.approx(0.463, abs=5e-4)
    assert moved.base.tolist() == EXAMPLE.base.tolist()
    assert moved.observed == pytest.approx([80 / 0.9, 64.0])


def test_no_change_is_the_estimate() -> None:
    found = Detection().offset_range(EXAMPLE)
    assert found.low == found.high == EXAMPLE.offset_ratio == 0.5


def test_random_points_of_the_box_lie_within_its_corners() -> None:
    box = Detection(ratio=(0.5, 2), origin=(0.9, 1.1), destination=(0.8, 1.25))
    found = box.offset_range(EXAMPLE)
    rng = np.random.default_rng(3)
    low = np.array([box.ratio[0], box.origin[0], box.destination[0]])
    high = np.array([box.ratio[1], box.origin[1], box.destination[1]])
    for corner in rng.uniform(low, high, size=(200, 3)):
        assert found.contains(EXAMPLE.under(*corner).offset_ratio)


def test_a_change_of_sign_in_the_box_leaves_every_ratio() -> None:
    assert Detection(destination=(0.8, 2.5)).offset_range(EXAMPLE).kind == "line"


def test_a_box_that_just_reaches_zero_growth_leaves_every_ratio() -> None:
    assert Detection(destination=(1.0, 2.0)).offset_range(EXAMPLE).kind == "line"


def test_corners_are_listed_once() -> None:
    assert Detection().corners == ((1.0, 1.0, 1.0),)
    assert len(Detection(ratio=(0.5, 2), origin=(0.9, 1.1), destination=(0.8, 1.2)).corners) == 8


def test_detection_that_explains_all() -> None:
    points = {p.side: p.value for p in explained_away(EXAMPLE)}
    assert points == {"origin": 0.8, "destination": 2.0}
    gone = EXAMPLE.under(**points)
    assert gone.mean == pytest.approx([0, 0], abs=1e-12)


def test_nothing_explains_away_a_side_that_is_not_there() -> None:
    nan = np.array([math.nan, 1.0])
    one = replace(
        EXAMPLE, mean=MEAN * nan, base=EXAMPLE.base * nan, observed=EXAMPLE.observed * nan
    )
    assert [p.side for p in explained_away(one)] == ["destination"]
    assert ratio_thresholds(one) == ()


def test_no_gain_of_detection_explains_finds_from_nothing() -> None:
    from_nothing = replace(EXAMPLE, base=np.array([100.0, 0.0]))
    assert math.isnan(explained_away(from_nothing)[1].value)


def test_ratios_that_reach_the_borders_of_the_sectors() -> None:
    values = [p.value for p in ratio_thresholds(EXAMPLE)]
    assert values == pytest.approx([0.5, 1.5, 8 / 3])
    assert EXAMPLE.under(k0=values[1]).offset_ratio == pytest.approx(0.75)


def test_no_ratio_is_given_where_the_origin_grew() -> None:
    assert ratio_thresholds(replace(EXAMPLE, mean=np.array([20.0, 40.0]))) == ()


def test_a_claim_stops_at_its_tipping_point() -> None:
    (destination,) = (
        p for p in tipping_of_claim(EXAMPLE, "grew", GREW, 0.05) if p.side == "destination"
    )
    assert 1 < destination.value < 2
    just, beyond = (
        float(EXAMPLE.under(destination=destination.value * f).p_value((0, 1))[0])
        for f in (0.9999, 1.0001)
    )
    assert just < 0.05 < beyond


def test_the_other_side_cannot_overturn_a_claim_about_one() -> None:
    points = {p.side: p.value for p in tipping_of_claim(EXAMPLE, "grew", GREW, 0.05)}
    assert math.isnan(points["origin"])


def test_a_claim_that_is_not_held_has_no_tipping_point() -> None:
    assert tipping_of_claim(EXAMPLE, "origin grew", (((1.0, 0.0), 0.0),), 0.05) == ()


def test_nobody_said_means_a_drift_of_ten_per_cent() -> None:
    assert Detection().drift == DEFAULT_DRIFT == 0.10


@pytest.mark.parametrize("interval", [(0.0, 1.0), (1.2, 0.8), (-1.0, 1.0), (1.0, math.inf)])
def test_impossible_boxes_are_refused_with_all_their_faults(interval: tuple[float, float]) -> None:
    with pytest.raises(DesignError) as caught:
        Detection(drift=-0.1, origin=interval, destination=interval)
    said = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "drift = -0.1" in said
    assert f"origin = {interval!r}" in said


@pytest.mark.parametrize(
    "call",
    [lambda: EXAMPLE.under(k0=0.0), lambda: EXAMPLE.under(origin=-1.0),
     lambda: EXAMPLE.under(destination=math.nan)],
)  # fmt: skip
def test_ratios_without_meaning_are_refused(call: Callable[[], Effects]) -> None:
    with pytest.raises(EstimandNotIdentified, match="positive ratios"):
        call()


def test_a_row_of_declared_designs_says_its_intervals() -> None:
    row = {
        "detection_ratio_low": "0.4",
        "detection_ratio_high": "2.5",
        "detection_origin_low": "",
        "detection_origin_high": "",
        "detection_destination_low": "0.8",
        "detection_destination_high": "1.25",
        "because": "scanners",
    }
    assert Detection.from_row(row) == Detection(
        ratio=(0.4, 2.5), destination=(0.8, 1.25), because="scanners"
    )


def test_a_row_without_intervals_says_nothing() -> None:
    assert Detection.from_row({}) == Detection()


def test_the_country_wide_part_of_a_drift_is_not_averaged_over_indicators() -> None:
    drift = Detection(drift=0.10, common=0.5)
    assert drift.over(1) == pytest.approx(0.10)
    assert drift.over(10**9) == pytest.approx(0.10 * math.sqrt(0.5))
    assert Detection(drift=0.10).over(50) == 0.10
    assert Detection(drift=0.10, common=0).over(4) == pytest.approx(0.05)


def test_a_common_part_that_is_no_share_is_refused() -> None:
    with pytest.raises(DesignError, match=r"common = 1.5"):
        Detection(common=1.5)


def test_facts_in_reverse_are_the_same_facts() -> None:
    facts = Detection(drift=0.05, ratio=(0.5, 4), origin=(0.8, 1), destination=(1, 2), because="x")
    turned = facts.reversed()
    assert (turned.ratio, turned.origin, turned.destination) == ((0.25, 2.0), (1, 2), (0.8, 1))
    assert (turned.drift, turned.because) == (0.05, "x")
    assert turned.reversed() == facts


@pytest.mark.parametrize(
    ("drift", "remedy"), [(5, "write 0.05 for 5 %"), ("0.1", "use 0.10"), (True, "use 0.10")]
)
def test_a_drift_that_is_none_is_refused_by_name(drift: object, remedy: str) -> None:
    with pytest.raises(DesignError) as caught:
        Detection(drift=drift)  # type: ignore[arg-type]  # the point of the test
    (problem,) = caught.value.problems
    assert problem.given == f"drift = {drift!r}"
    assert problem.remedy.startswith(remedy)


@pytest.mark.parametrize("given", [1.2, "12", ("1", "2"), (1.0,), None])
def test_an_interval_that_is_no_two_numbers_is_refused_by_name(given: object) -> None:
    with pytest.raises(DesignError) as caught:
        Detection(ratio=given, origin=given, common="1")  # type: ignore[arg-type]  # the point of the test
    told = [problem.given for problem in caught.value.problems]
    assert told == ["common = '1'", f"ratio = {given!r}", f"origin = {given!r}"]


@pytest.mark.parametrize("indicators", [0, -1, 1.5])
def test_a_mean_of_no_indicators_is_refused(indicators: float) -> None:
    with pytest.raises(DesignError, match="indicators = "):
        Detection().over(indicators)  # type: ignore[arg-type]  # the point of the test
