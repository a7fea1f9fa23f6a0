"""Unit tests of Flow: its table, its curve, and numbers that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

import shiftexp as sx
from shiftexp.flow import CONSERVED, OUTSIDE, flow_in
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


def test_flags_nobody_knows_are_refused() -> None:
    with pytest.raises(ValueError, match="'no-such-flag'"):
        replace(FLOW, flags=("detection", "no-such-flag"))


def test_notes_say_what_the_flags_mean() -> None:
    found = replace(FLOW, flags=("origin-grew", "detection")).notes
    assert [(note.flag, note.severity) for note in found] == [
        ("detection", "always"), ("origin-grew", "doubt"),
    ]  # fmt: skip


@pytest.mark.parametrize(("share", "said"), [(0.661, "67 %"), (0.67, "67 %"), (1.0, "100 %")])
def test_the_highest_share_is_rounded_up(share: float, said: str) -> None:
    assert replace(FLOW, limits=replace(LIMITS, total=(0.0, share))).most_of_growth == said


def test_an_estimate_outside_the_limits_of_the_signs_is_called_so() -> None:
    assert not FLOW.contradicted
    for apart in ((50.0, 41.0, 60.0), (-6.0, -9.0, -1.0)):
        flow = replace(FLOW, conserved=apart)
        assert flow.contradicted
        said = flow.to_frame().set_index("belief")["assumptions"][CONSERVED]
        assert all(OUTSIDE in text for text in said)
    assert OUTSIDE not in " ".join(FLOW.to_frame()["assumptions"])


def test_no_flow_is_possible_where_the_highest_is_none() -> None:
    assert FLOW.possible
    assert not replace(FLOW, limits=replace(LIMITS, flow=(0.0, 0.0))).possible


def test_only_what_carries_a_flow_has_one() -> None:
    class Carrier:
        flow = FLOW

    class Stranger:
        flow = "a word"

    assert flow_in(Carrier()) is FLOW
    assert flow_in(Stranger()) is None
    assert flow_in(object()) is None


ARGUED = sx.Evidence(about="own changes", direction="against", source="yearbook, page 4")
PROVED = replace(FLOW, reversible=True, detection=0.1, maturity="emerging", flags=("detection",))


def test_a_flow_gives_its_limits_as_a_bound_that_says_what_it_assumes() -> None:
    bound = PROVED.bound()
    assert (bound.quantity, bound.low, bound.high) == ("flow", 12.0, 40.0)
    assert bound.unit == "kg per year by the end of the window"
    assert bound.model == "an emerging method"
    assert any("detection changed by no more than a step of sd 0.1" in a for a in bound.assumed)
    assert "a push that went off again" in bound.because
    argued = replace(PROVED, reversible=False).bound(argued=ARGUED)
    assert "[yearbook, page 4]: were it wrong" in argued.because


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"like_donors": None}, "no donors are asked"),
        ({"like_donors": LIMITS}, "the lower limit is zero"),
        ({"reversible": False}, "nobody argued from outside"),
        ({"detection": 0.05}, "a detection step of 0.05, the verdict a drift of 0.1"),
        ({"level": 0.5}, "its limits are at 50 %"),
        ({"flags": ("origin-grew",)}, "the origin has grown"),
    ],
)
def test_a_flow_that_lacks_anything_gives_no_bound(change: dict[str, object], said: str) -> None:
    lacking = replace(PROVED, **change)  # type: ignore[arg-type]  # a table of fields
    with pytest.raises(sx.EstimandNotIdentified, match=said):
        lacking.bound()


def test_everything_that_a_flow_lacks_is_said_at_once() -> None:
    bare = replace(PROVED, like_donors=None, reversible=False, level=0.5)
    with pytest.raises(sx.EstimandNotIdentified) as caught:
        bare.bound()
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    "argued",
    [
        sx.Evidence(about="own changes", direction="for", source="a new law"),
        sx.Evidence(about="shift", direction="against", source="a survey"),
        "nothing else changed",
    ],
)
def test_only_evidence_against_own_changes_argues(argued: sx.Evidence) -> None:
    with pytest.raises(sx.EstimandNotIdentified, match="nobody argued"):
        replace(PROVED, reversible=False).bound(argued=argued)


def test_a_smaller_drift_asks_less_of_a_flow() -> None:
    assert replace(PROVED, detection=0.05).bound(drift=0.05).low == 12.0
