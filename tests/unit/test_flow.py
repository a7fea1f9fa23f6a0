"""Unit tests of Flow: its table, its curve, and numbers that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.plotting.test_flows import FLOW, LIMITS


def test_every_belief_has_its_rows() -> None:
    frame = FLOW.to_frame()
    assert len(frame) == 3 * (1 + 1 + 3) + 2
    beliefs = list(dict.fromkeys(frame["belief"]))
    assert beliefs[:3] == ["signs only", "own changes like donors'", "own changes of 0.5 m"]
    share = frame[frame["quantity"] == "share of all destination growth"]
    assert set(share["unit"]) == {"share"}


def test_the_curve_is_in_units_of_the_smallest_change_too() -> None:
    curve = FLOW.curve()
    assert list(curve["in_m"]) == [0.5, 2.0, 4.0]
    assert list(curve["flow_low"]) == [20.0, 5.0, 0.0]


def test_limits_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="limits of a flow"):
        replace(FLOW, limits=replace(LIMITS, flow=(0.0, float("nan"))))
