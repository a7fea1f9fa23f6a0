"""Unit tests of descriptions where the gate failed: limits and tipping points, never claims."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

import shiftexp as sx
from shiftexp.bounds import B1, B2
from shiftexp.report.page import SideStudy
from shiftexp.study.describing import described_bounds, described_tipping
from tests.report_pages import counts

PANEL = counts()
DESIGN = sx.Design(origin="NL", destination="BE", onset=2010)
LEVEL = sx.InterruptedTimeSeries(trend=False)


def alone(side: Literal["origin", "destination"], panel: sx.Panel = PANEL) -> SideStudy:
    """Return the study of one side alone."""
    unit = {"origin": "NL", "destination": "BE"}[side]
    return SideStudy(side, unit, LEVEL.fit(panel, DESIGN.only(side)), "pass")


def windows(overdispersion: float) -> sx.Result:
    """Return two windows of counts."""
    return sx.WindowContrast(overdispersion=overdispersion).fit(PANEL, DESIGN)


def test_two_windows_give_limits_for_every_overdispersion_tried() -> None:
    contrasts = (windows(1.0), windows(4.0))
    found = described_bounds((), contrasts)
    assert [limits.flow_high for _, limits in found] == [
        sx.shift_share_bounds(result.effects).flow_high for result in contrasts
    ]
    assert [rests_on for rests_on, _ in found] == [
        f"two windows of counts; overdispersion {phi} and {phi} stated" for phi in (1, 4)
    ]
    assert found[0][1].flow_high < found[1][1].flow_high


def test_windows_and_sides_are_both_described_windows_first() -> None:
    contrasts, sides = (windows(1.0), windows(4.0)), (alone("origin"), alone("destination"))
    found = described_bounds(sides, contrasts)
    assert len(found) == 3
    assert found == (*described_bounds((), contrasts), *described_bounds(sides, ()))
    assert found[-1][0] == "NL alone and BE alone"


def test_without_windows_each_side_alone_bounds_the_flow() -> None:
    sides = (alone("origin"), alone("destination"))
    ((rests_on, limits),) = described_bounds(sides, ())
    assert rests_on == "NL alone and BE alone"
    origin, destination = (side.result for side in sides)
    assert origin is not None
    assert destination is not None
    least, most = origin["origin"].conf_low, destination["destination"].conf_high
    assert limits.flow_high == pytest.approx(max(0.0, min(-least, most)))
    assert limits.assumptions == (B1, B2)
    assert limits.low == limits.flow_low == 0


def test_the_destination_alone_rests_on_one_assumption() -> None:
    ((rests_on, limits),) = described_bounds((alone("destination"),), ())
    assert rests_on == "BE alone"
    assert (limits.assumptions, limits.high) == ((B2,), 1.0)


def test_without_the_destination_or_with_rates_there_are_no_limits() -> None:
    assert described_bounds((), ()) == ()
    assert described_bounds((alone("origin"),), ()) == ()
    refused = SideStudy("destination", "BE", None, "fail", "too short")
    assert described_bounds((alone("origin"), refused), ()) == ()
    rates = counts(unit="mg_per_day", additive=False)
    assert described_bounds((alone("destination", rates),), ()) == ()


def test_windows_of_levels_that_are_not_comparable_bound_nothing() -> None:
    result = windows(1.0)
    apart = replace(result, effects=replace(result.effects, comparable=False))
    assert described_bounds((), (apart,)) == ()


def test_the_detection_that_explains_each_side_is_that_of_its_estimate() -> None:
    refused = SideStudy("origin", "NL", None, "fail", "too short")
    ((rests_on, point),) = described_tipping((refused, alone("destination")))
    effects = LEVEL.fit(PANEL, DESIGN.only("destination")).effects
    assert rests_on == "BE alone"
    assert point.side == "destination"
    assert point.value == pytest.approx(effects.observed[1] / effects.base[1])
