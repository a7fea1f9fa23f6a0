"""Which side breaks first: dates, their distance with limits, refusals."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from tests.unit.dynamics.studies import study


def steps(origin: float, destination: float, *, later: int = 4, periods: int = 40) -> Floats:
    values = 100 + np.random.default_rng(2).standard_normal((2, periods))
    values[0, 18:] += origin
    values[1, 18 + later :] += destination
    return values


@cache
def later(gap: int = 4) -> sx.BreakOrder:
    return sx.break_order(*study(steps(-6, 6, later=gap)), simulations=99)


def test_a_fall_before_a_rise_is_evidence_for_a_shift() -> None:
    each = later()
    assert (each.origin.period, each.destination.period, each.gap) == ("1918", "1922", 4)
    assert each.origin.jump == pytest.approx(-6, abs=1)
    assert each.destination.jump == pytest.approx(6, abs=1)
    assert each.conf_low <= 4 <= each.conf_high
    assert each.conf_low > 0
    for side in (each.origin, each.destination):
        assert side.low <= side.period <= side.high
        assert int(side.high) - int(side.low) <= 3
    assert each.found
    evidence = each.evidence
    assert (evidence.about, evidence.direction, evidence.bound) == ("shift", "for", None)
    assert evidence.p_value == each.p_value <= 0.05
    assert evidence.power == each.power > 0.9
    assert "D breaks in 1922, after O in 1918" in each.summary()


def test_breaks_in_one_period_are_not_shown_to_be_ordered() -> None:
    each = later(0)
    assert (each.gap, each.p_value) == (0, 1.0)
    assert each.conf_low <= 0 <= each.conf_high
    assert "not shown to be after" in each.summary()


def test_the_reversed_study_has_the_gap_reversed() -> None:
    panel, design = study(steps(-6, 6))
    back = sx.break_order(panel, design.reversed(), simulations=99)
    assert back.gap == -later().gap
    assert back.p_value == 1.0


def test_breaks_without_the_signs_of_a_shift_are_evidence_neither_for_nor_against_one() -> None:
    each = sx.break_order(*study(steps(6, 6)), simulations=99)
    assert each.found
    assert not each.as_a_shift
    evidence = each.evidence
    assert (evidence.direction, evidence.p_value) == ("for", 1.0)
    assert evidence.power == each.power
    assert "do not have the signs of a shift" in each.evidence.source
    assert any("O rises at its break and D rises" in note for note in each.notes)
    weighed, bare = (
        sx.weigh(evidence=[evidence]),
        sx.weigh(evidence=[sx.Evidence(about="shift", source="none")]),
    )
    assert weighed.claims[0].status == bare.claims[0].status == "not identified"
    assert "against shift" not in weighed.summary()
    assert "nothing shown of shift" in weighed.summary()


def test_a_side_without_a_break_is_refused_by_name() -> None:
    with pytest.raises(sx.DesignError, match="destination 'D' has no break that is found"):
        sx.break_order(*study(steps(-6, 0)), simulations=99)


def test_the_table_has_the_gap_with_its_limits() -> None:
    frame = later().to_frame()
    (row,) = frame[frame["quantity"] == "periods between"].to_numpy()[:, 1:].tolist()
    assert row == [later().gap, later().conf_low, later().conf_high, later().p_value]


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"errors": "none"}, "errors = 'none'"), ({"trimming": 0.5}, "trimming = 0.5")],
)
def test_settings_that_are_none_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(sx.DesignError, match=message):
        sx.break_order(*study(steps(-6, 6)), **settings)
