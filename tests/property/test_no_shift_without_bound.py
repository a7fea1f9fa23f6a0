"""Whatever is weighed, a shift is supported only by a Bound on it whose lower end is above zero."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shiftexp as sx
from tests.pairs import fitted, normal_pair, silent_pair, status

probability = st.none() | st.floats(0, 1)
About = Literal["shift", "expansion", "integration"]
ABOUT: tuple[About, ...] = ("shift", "expansion", "integration")


@st.composite
def bounds(draw: st.DrawFn) -> sx.Bound:
    """Return any bound; a third of them are zero below."""
    quantity: Literal["flow", "shift_share"] = draw(st.sampled_from(("flow", "shift_share")))
    most = 1.0 if quantity == "shift_share" else 1e6
    low = draw(st.just(0.0) | st.floats(0, most) | st.floats(1e-300, 1e-3))
    high = draw(st.floats(low, most) | st.just(1.0 if quantity == "shift_share" else math.inf))
    return sx.Bound(
        quantity,
        low=low,
        high=high,
        unit=draw(st.sampled_from(("", "kg"))),
        because="supported: shift",
    )


@st.composite
def pieces(draw: st.DrawFn) -> sx.Evidence:
    """Return any evidence."""
    return sx.Evidence(
        about=draw(st.sampled_from(ABOUT)),
        direction=draw(st.sampled_from(("for", "against"))),
        p_value=draw(probability),
        power=draw(probability),
        bound=draw(st.none() | bounds()),
        source=draw(st.sampled_from(("", "shift: supported", "case files"))),
    )


@st.composite
def results(draw: st.DrawFn) -> list[sx.Result]:
    """Return up to five results of one indicator: fits of clear truths, and any pair of effects."""
    truths = ((0.0, 0.0), (0.0, 40.0), (-20.0, 20.0), (20.0, 40.0))
    simulated = st.sampled_from(truths).map(lambda truth: fitted(*truth))
    effect = st.floats(-100, 100)
    exact = st.builds(
        normal_pair,
        effect,
        effect,
        st.floats(1e-6, 1e3),
        additive=st.booleans(),
        comparable=st.booleans(),
    )
    anything = simulated | (exact | st.builds(silent_pair, effect, effect)).map(
        lambda effects: replace(fitted(), effects=effects)
    )
    return draw(st.lists(anything, max_size=5))


gates = st.none() | st.sampled_from(
    (sx.Gate(9, 9), sx.Gate(0, 0, ("0 joint periods before",)), sx.Gate(99, 99, ("shift",)))
)
detections = st.none() | st.builds(sx.Detection, drift=st.floats(0, 2))
margins = st.floats(1e-6, 10)


def lifts(evidence: sx.Evidence) -> bool:
    """Say, independently of the library, whether this alone supports a shift."""
    is_one = evidence.about == "shift" and evidence.direction == "for"
    return is_one and evidence.bound is not None and evidence.bound.low > 0


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(results(), st.lists(pieces(), max_size=4), detections, margins, gates)
def test_a_shift_is_supported_by_a_bound_above_zero_and_by_nothing_else(
    found: list[sx.Result],
    evidence: list[sx.Evidence],
    detection: sx.Detection | None,
    margin: float,
    gate: sx.Gate | None,
) -> None:
    verdict = sx.Verdict(tuple(found), tuple(evidence), detection, margin, gate, "shift: supported")
    shift = [claim for claim in verdict.claims if claim.name == "shift"]
    assert len(shift) == 1
    assert (shift[0].status == "supported") == any(map(lifts, evidence))
    if found or evidence or gate:
        weighed = sx.weigh(
            found, evidence=evidence, detection=detection, margin=margin, gate=gate, name="shift"
        )
        assert status(weighed) == status(verdict)


@settings(max_examples=30, deadline=None)
@given(results(), st.lists(pieces(), max_size=4), gates)
def test_integration_is_never_more_than_compatible(
    found: list[sx.Result], evidence: list[sx.Evidence], gate: sx.Gate | None
) -> None:
    verdict = sx.Verdict(tuple(found), tuple(evidence), gate=gate)
    assert status(verdict)["integration"] == "compatible"


@settings(max_examples=30, deadline=None)
@given(results())
def test_the_share_of_a_shift_starts_at_zero_without_caps(found: list[sx.Result]) -> None:
    bounds_found = sx.Verdict(tuple(found)).bounds
    assert bounds_found is None or bounds_found.low == 0


def test_there_is_no_field_into_which_a_label_can_be_typed() -> None:
    names = {field.name for field in dataclasses.fields(sx.Verdict)}
    assert names == {"results", "evidence", "detection", "margin", "gate", "name"}
