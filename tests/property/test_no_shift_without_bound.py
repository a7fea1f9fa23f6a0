"""Whatever is weighed, a shift is supported only by a Bound on it whose lower end is above zero."""

from __future__ import annotations

import dataclasses
import math
import warnings
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shiftexp as sx
from shiftexp.flow import FlowLimits, flow_in
from shiftexp.identification import NOTES
from tests.pairs import fitted, normal_pair, several, silent_pair, status
from tests.vessels import World

probability = st.none() | st.floats(0, 1)
About = Literal["shift", "expansion", "integration", "own changes"]
ABOUT: tuple[About, ...] = ("shift", "expansion", "integration", "own changes")
VESSELS = (
    World(flow=20.0, donors=5, pulse=True),
    World(flow=20.0, donors=5),
    World(flow=20.0),
    World(own=20.0, donors=5),
)


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
        unit=draw(st.sampled_from(("kg", "shift"))) if quantity == "flow" else "",
        because="supported: shift",
        cases=draw(st.none() | st.integers(1 if low > 0 else 0, 99)),
        assumed=draw(st.sampled_from(((), ("shift: supported",)))),
        model=draw(st.sampled_from(("", "an emerging method"))),
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
        source=draw(st.sampled_from(("shift: supported", "case files"))),
    )


@cache
def vessels(world: World) -> sx.Result:
    """Return a fit of communicating vessels, whose flow may be all but proved."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        return world.fit()


@st.composite
def flows(draw: st.DrawFn) -> list[sx.Result]:
    """Return up to four models of one flow, with whatever its limits might have said."""
    result = vessels(draw(st.sampled_from(VESSELS)))
    flow = flow_in(result)
    assert flow is not None
    low = st.floats(0, 100)
    changed = st.builds(
        replace,
        st.just(flow),
        reversible=st.booleans(),
        detection=st.floats(0, 2),
        level=st.floats(0.5, 0.999),
        flags=st.lists(st.sampled_from(sorted(NOTES)), max_size=3).map(tuple),
        like_donors=st.none() | low.map(lambda x: FlowLimits((x, 100.0), (0.0, 1.0), (0.0, 1.0))),
    )
    one = changed.map(lambda said: replace(result, flow=said))  # type: ignore[call-arg]  # of a vessel
    return draw(st.lists(st.just(result) | one, max_size=4))


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
detections = st.none() | st.builds(sx.Detection, drift=st.floats(0, 1))
margins = st.floats(1e-6, 0.99)


def lifts(evidence: sx.Evidence) -> bool:
    """Say, independently of the library, whether this alone supports a shift."""
    is_one = evidence.about == "shift" and evidence.direction == "for"
    return is_one and evidence.bound is not None and evidence.bound.low > 0


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    results() | flows(),
    st.lists(pieces(), max_size=4),
    detections,
    margins,
    gates,
    st.sampled_from(("shift: supported", "")) | st.text(max_size=9),
)
def test_a_shift_is_supported_by_a_bound_above_zero_and_by_nothing_else(
    found: list[sx.Result],
    evidence: list[sx.Evidence],
    detection: sx.Detection | None,
    margin: float,
    gate: sx.Gate | None,
    name: str,
) -> None:
    found = several(*found)
    verdict = sx.Verdict(tuple(found), tuple(evidence), detection, margin, gate, name)
    shift = [claim for claim in verdict.claims if claim.name == "shift"]
    assert len(shift) == 1
    assert (shift[0].status == "supported") == any(map(lifts, evidence))
    if found or evidence or gate:
        weighed = sx.weigh(
            found, evidence=evidence, detection=detection, margin=margin, gate=gate, name=name
        )
        assert status(weighed) == status(verdict)


@settings(max_examples=30, deadline=None)
@given(results() | flows(), st.lists(pieces(), max_size=4), gates)
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


class Labelled(sx.Bound):
    """A bound that says of itself that it lifts a shift."""

    @property
    def informative(self) -> bool:
        """Say so, whatever the limits are."""
        return True


@given(bounds(), st.sampled_from(ABOUT))
def test_what_only_looks_like_evidence_is_refused(bound: sx.Bound, about: About) -> None:
    fields = {f.name: getattr(bound, f.name) for f in dataclasses.fields(bound)}
    lookalike = SimpleNamespace(
        about=about, direction="for", bound=SimpleNamespace(**fields, informative=True)
    )
    disguised = sx.Evidence(about=about, bound=Labelled(**fields), source="files")
    for piece in (lookalike, disguised):
        with pytest.raises(sx.DesignError):
            sx.Verdict(evidence=(piece,))  # type: ignore[arg-type]  # the point of the test


def test_there_is_no_field_into_which_a_label_can_be_typed() -> None:
    names = {field.name for field in dataclasses.fields(sx.Verdict)}
    assert names == {"results", "evidence", "detection", "margin", "gate", "name"}


@settings(max_examples=50, deadline=None)
@given(flows(), st.floats(0, 1))
def test_what_a_model_lacks_is_refused_as_a_bound_and_what_it_gives_lifts(
    found: list[sx.Result], drift: float
) -> None:
    for result in found:
        flow = flow_in(result)
        assert flow is not None
        lacking = flow.lacks(drift=drift)
        try:
            bound = flow.bound(drift=drift)
        except sx.EstimandNotIdentified:
            assert lacking
        else:
            assert not lacking
            assert lifts(sx.Evidence(about="shift", bound=bound))
