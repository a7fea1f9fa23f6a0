"""What a curve says of itself: all of it, never its largest."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.plane import SetKind
from shiftexp.result import Estimate
from shiftexp.robustness import CurveRow, SpecificationCurve
from shiftexp.robustness.combinations import Specification

PANEL, DESIGN = sx.simulate_pair(destination_effect=40, rng=1)


def row(value: float, p: float, *, supported: bool = False) -> CurveRow:
    """Return a specification with one estimate; NaN makes it a refusal."""
    asked = Specification(
        "y", (None, None), 0, "not used", (), "level", "not used", f"m{value}", "keep", None
    )
    if math.isnan(value):
        return CurveRow(asked, refusal="too short")
    found = Estimate("net", value, 1.0, value, p, value - 1, value + 1, "interval", "t", "kg")
    other = Estimate("destination", value, 1.0, value, p, -1, 1, "line", "t", "kg")
    status = "supported" if supported else "inconclusive"
    claims = (("net expansion", status),)
    kept = ("expansion", "mixed")
    return CurveRow(asked, (found, other), (5.0, 5.0), "narrowed", kept, claims)


def curve(*rows: CurveRow) -> SpecificationCurve:
    """Return a curve of these rows."""
    return SpecificationCurve(rows, DESIGN, sx.Specifications(), {"y": PANEL})


FIVE = curve(
    row(3.0, 0.01, supported=True), row(1.0, 0.2), row(math.nan, 0), row(8.0, 0.04), row(2.0, 0.3)
)


def test_median_ends_and_refusals() -> None:
    assert FIVE.median() == 2.5
    assert FIVE.range() == (1.0, 8.0)
    assert FIVE.share_refused == 0.2
    assert (len(FIVE.answered), len(FIVE.refused)) == (4, 1)


def test_shares_are_of_those_that_answer() -> None:
    assert FIVE.claim_shares() == {"net expansion": 0.25}
    assert FIVE.claim_shares("inconclusive") == {"net expansion": 0.75}
    assert FIVE.sector_shares["mixed"] == 1.0
    assert FIVE.sector_shares["null"] == 0.0
    assert FIVE.sector_sets == {"expansion or mixed": 1.0}


def test_there_is_no_best_one() -> None:
    words = {"max", "maximum", "best", "largest", "top", "winner"}
    assert not words & {part for name in dir(FIVE) for part in name.lower().split("_")}


def test_sentences_count_refusals_and_never_call_silence_evidence() -> None:
    said = " ".join(FIVE.sentences())
    assert "4 of 5 specifications answer, 1 refuse" in said
    assert "Net: median 2.5, all between 1 and 8 kg; 2 of 4 with p at most .05" in said
    assert "No claim is supported by four in five; that is not evidence against any." in said


def test_four_in_five_are_named() -> None:
    loud = curve(*(row(v, 0.01, supported=True) for v in (1.0, 2.0, 3.0, 4.0)), row(0.5, 0.5))
    assert "Four in five support: net expansion." in loud.sentences()


def test_a_curve_that_refuses_everywhere_says_so() -> None:
    silent = curve(row(math.nan, 0))
    assert math.isnan(silent.median())
    assert silent.sentences()[-1] == "No specification answers, so the curve says nothing."
    assert silent.sector_shares == {}


def test_intervals_without_ends_are_not_drawn_as_such() -> None:
    assert np.isnan(FIVE.values("destination")["conf_low"]).all()


def test_an_unknown_estimand_is_refused() -> None:
    with pytest.raises(DesignError, match="estimand 'shift'"):
        FIVE.values("shift")


def _ratio(kind: SetKind, estimate: float) -> CurveRow:
    """Return a specification with an offset ratio and a set of this kind."""
    one = row(1.0, 0.5)
    found = replace(one.estimates[0], estimand="offset_ratio", estimate=estimate, conf_kind=kind)
    return replace(one, estimates=(*one.estimates, found))


def test_an_offset_ratio_without_limits_is_no_number() -> None:
    mixed = " ".join(curve(_ratio("interval", 0.5), _ratio("line", -1e15)).sentences())
    assert "Offset ratio: median 0.5, all with limits between 0.5 and 0.5; not identified in 1" in (
        mixed
    )
    unbounded = " ".join(curve(_ratio("complement", 1e15), _ratio("line", 2.0)).sentences())
    assert "Offset ratio: not identified in 2 of 2" in unbounded
    assert "000,000" not in mixed + unbounded
