"""What models of the flow say in a verdict: words and remedies, and no support without a Bound."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

import shiftexp as sx
from shiftexp.flow import Flow, FlowLimits, flow_in
from shiftexp.verdict.claims import shift_claim
from shiftexp.verdict.flows import BRING, FlowReading, breakdown_words, emerging_words, flow_lines
from tests.unit.plotting.test_flows import FLOW
from tests.vessels import World

PROVED = replace(FLOW, reversible=True, detection=0.1, maturity="emerging", flags=("detection",))
ARGUED = sx.Evidence(about="own changes", direction="against", source="yearbook, page 4")
DISPUTED = sx.Evidence(about="own changes", direction="for", source="a new law that year")
NONE = FlowLimits((0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
quiet = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def read(*flows: Flow, evidence: tuple[sx.Evidence, ...] = (), drift: float = 0.1) -> FlowReading:
    """Return a reading of flows."""
    return FlowReading(flows, evidence, drift)


def judged(
    result: sx.Result, evidence: tuple[sx.Evidence, ...] = (), drift: float = 0.1
) -> sx.Claim:
    """Return the claim that activity moved where a limit that can be had is brought."""
    flow = flow_in(result)
    assert flow is not None
    reading = read(flow, evidence=evidence, drift=drift)
    assert shift_claim(evidence, identified=True, reading=reading).status == "compatible"
    try:
        bound = flow.bound(drift=drift, argued=reading.argument)
    except sx.EstimandNotIdentified:
        return shift_claim(evidence, identified=True, reading=reading)
    brought = (*evidence, sx.Evidence(about="shift", bound=bound))
    return shift_claim(brought, identified=True, reading=reading)


def brought(result: sx.Result, argued: sx.Evidence | None = None) -> sx.Evidence:
    """Return the limit of a model as evidence."""
    flow = flow_in(result)
    assert flow is not None
    return sx.Evidence(about="shift", bound=flow.bound(argued=argued), source="the fit")


def shift_of(verdict: sx.Verdict) -> sx.Claim:
    """Return the claim that activity moved."""
    (claim,) = (c for c in verdict.claims if c.name == "shift")
    return claim


def test_donors_and_a_push_that_went_off_give_a_limit_that_must_be_brought() -> None:
    reading = read(PROVED)
    assert reading.provable
    assert (reading.low, reading.high) == (12.0, 40.0)
    assert reading.remedies() == (BRING,)
    words = reading.words()
    assert words.startswith(
        'by a model of the flow 12 to 40 kg per year (row "own changes like donors\'"); s* = 10 '
    )
    assert "no shift is supported by a model before its limit is brought as a Bound" in words
    assert "rests on a push that went off again" in words
    assert words.endswith("emerging method")


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"like_donors": None}, "no donors are asked how large own changes are"),
        ({"like_donors": FLOW.limits}, "the lower limit is zero"),
        ({"reversible": False}, "the push never goes off again, and nobody argued"),
        (
            {"detection": 0.05},
            "the model allows a detection step of 0.05, the verdict a drift of 0.1",
        ),
        ({"level": 0.5}, "its limits are at 50 %, not 95 %"),
        ({"flags": ("origin-grew",)}, "the origin has grown"),
        ({"flags": ("destination-shrank",)}, "the destination has shrunk"),
        ({"flags": ("limits-contradict",)}, "own changes are larger than was believed"),
        ({"flags": ("unlike-variances",)}, "changes of one side are more than 2 times"),
        ({"flags": ("onset-unknown",)}, "the onset is a range"),
    ],
)
def test_whatever_is_lacking_gives_no_limit_and_is_said(
    change: dict[str, object], lacking: str
) -> None:
    reading = read(replace(PROVED, **change))  # type: ignore[arg-type]  # a table of fields
    assert not reading.provable
    assert f"gives no Bound: {lacking}" in reading.words()
    assert 'flow from nothing to 40 kg per year (row "signs only")' in reading.words()


def test_walks_that_dominate_are_said_and_bar_nothing() -> None:
    reading = read(replace(PROVED, flags=("walks-dominate",)))
    assert reading.provable
    assert "doubt: changes look like those of random walks" in reading.words()


def test_an_undisputed_argument_stands_in_for_a_push_that_goes_off() -> None:
    lasting = replace(PROVED, reversible=False)
    assert not read(lasting).provable
    argued = read(lasting, evidence=(ARGUED,))
    assert argued.provable
    assert "nothing else changed at the onset [yearbook, page 4]: were it wrong" in argued.words()
    assert not read(lasting, evidence=(ARGUED, DISPUTED)).provable
    assert not read(lasting, evidence=(DISPUTED,)).provable
    assert read(PROVED, evidence=(DISPUTED,)).provable


def test_an_argument_without_donors_supports_nothing() -> None:
    assert not read(replace(PROVED, like_donors=None), evidence=(ARGUED,)).provable


def test_four_in_five_models_must_prove_the_flow() -> None:
    bare = replace(PROVED, like_donors=None)
    assert read(*[PROVED] * 4, bare).provable
    assert not read(PROVED, PROVED, PROVED, bare).provable
    assert "5 models of the flow" in read(*[PROVED] * 4, bare).words()
    assert not read().provable


@pytest.mark.parametrize(
    ("breakdown", "said"),
    [
        (10.0, "s* = 10 kg per year (2.5 m, 2 times that of donors)"),
        (0.0, "s* = 0: proved for no own changes"),
        (math.inf, "no s*: proved at every scale"),
    ],
)
def test_the_breakdown_scale_is_said(breakdown: float, said: str) -> None:
    assert breakdown_words(replace(FLOW, breakdown=breakdown)).startswith(said)


def test_scales_that_the_data_refute_are_said() -> None:
    for breakdown in (10.0, math.inf):
        flow = replace(FLOW, breakdown=breakdown, least_scale=3.0)
        assert "not below 3, which the data refute" in breakdown_words(flow)
    assert "refute" not in breakdown_words(FLOW)


def test_where_no_flow_fits_no_range_and_no_share_is_said() -> None:
    none = replace(PROVED, limits=NONE, like_donors=NONE, breakdown=0.0)
    words, lines = read(none).words(), "\n".join(flow_lines(read(none)))
    assert words.startswith('no flow fits the signs of own changes (row "signs only")')
    assert "Flow by a model (emerging method): no flow fits the signs of own changes" in lines
    for text in (words, lines):
        assert "at most" not in text
        assert "0 to 0" not in text


def test_without_donors_the_scale_is_told_in_m_alone() -> None:
    assert "(2.5 m):" in breakdown_words(replace(FLOW, donor_scale=math.nan))


def test_a_summary_shows_the_range_the_notes_and_the_maturity() -> None:
    lines = "\n".join(flow_lines(read(PROVED)))
    assert "Flow by a model (emerging method): 0 to 40 kg per year" in lines
    assert "at most 80 % of the destination's growth" in lines
    assert "12 to 40 kg per year if own changes are like those of donors" in lines
    assert "always, detection: a change of detection" in lines
    assert flow_lines(read()) == []


def test_claims_say_how_many_specifications_are_emerging() -> None:
    assert emerging_words([PROVED], 1) == ", of an emerging method"
    assert emerging_words([PROVED], 3) == ", 1 of an emerging method"
    assert emerging_words([replace(PROVED, maturity="")], 1) == ""


@pytest.mark.slow
@quiet
def test_an_own_fall_with_own_growth_is_never_a_shift_without_donors() -> None:
    for seed in range(20):
        result = World(own=20.0, seed=seed).fit()
        for argument, drift in itertools.product(((), (ARGUED,)), (0.0, 0.1)):
            claim = judged(result, argument, drift)
            assert claim.status == "compatible"
            assert "no donors are asked" in claim.rests_on


@quiet
def test_an_own_fall_with_own_growth_is_no_shift_under_a_pulse_beside_donors() -> None:
    as_pulse = World(pulse=True, donors=5).model()
    for seed in range(6):
        world = World(own=20.0, donors=5, seed=seed)
        found = as_pulse.fit(world.panel(), world.design())
        assert judged(found).status == "compatible"


@pytest.mark.slow
@quiet
def test_a_pulse_with_a_flow_is_mostly_a_shift_beside_donors() -> None:
    found = [judged(World(flow=20.0, donors=5, pulse=True, seed=s).fit()).status for s in range(6)]
    assert found.count("supported") >= 5


@quiet
def test_a_pulse_beside_five_quiet_donors_supports_a_shift_once_its_limit_is_brought() -> None:
    result = World(flow=20.0, donors=5, pulse=True).fit()
    plain = sx.weigh(result)
    assert shift_of(plain).status == "compatible"
    assert 0 < plain.flow_reading.low < 20 < plain.flow_reading.high
    assert all("emerging method" in c.rests_on for c in plain.claims if c.name != "integration")
    assert BRING in plain.would_change
    verdict = sx.weigh(result, evidence=[brought(result)])
    assert shift_of(verdict).status == "supported"
    assert "a model of the flow, an emerging method" in shift_of(verdict).rests_on
    assert BRING not in verdict.would_change
    assert any("links that are stated, not measured: own changes" in c for c in verdict.cautions)


@quiet
def test_a_summary_shows_the_flow_and_what_rests_on_an_emerging_method() -> None:
    verdict = sx.weigh(World(flow=20.0).fit())
    said = verdict.summary()
    assert "Flow by a model (emerging method)" in said
    assert shift_of(verdict).rests_on in said
    assert "rests on: 1 specification, of an emerging method" in said


@quiet
def test_a_lasting_push_beside_donors_needs_an_argument() -> None:
    result = World(flow=20.0, donors=5).fit()
    plain = sx.weigh(result)
    assert shift_of(plain).status == "compatible"
    assert any("evidence against own changes" in text for text in plain.would_change)
    with pytest.raises(sx.EstimandNotIdentified, match="nobody argued from outside"):
        brought(result)
    argued = sx.weigh(result, evidence=[ARGUED])
    assert shift_of(argued).status == "compatible"
    assert not any("evidence against own changes" in text for text in argued.would_change)
    both = sx.weigh(result, evidence=[ARGUED, brought(result, ARGUED)])
    assert shift_of(both).status == "supported"
    assert "[yearbook, page 4]: were it wrong" in shift_of(both).rests_on


@quiet
def test_a_limit_that_is_disputed_or_that_other_models_do_not_give_is_a_caution() -> None:
    result = World(flow=20.0, donors=5, pulse=True).fit()
    bare = World(flow=20.0).fit()
    disputed = sx.weigh(result, evidence=[DISPUTED, brought(result)])
    assert shift_of(disputed).status == "supported"
    assert any("it is disputed that nothing else changed" in c for c in disputed.cautions)
    flow = flow_in(bare)
    assert flow is not None
    evidence = (brought(result),)
    (said,) = FlowReading((flow,), evidence, 0.1).cautions()
    assert "1 of the 1 weighed here give none" in said
    assert sx.weigh(result, evidence=evidence).flow_reading.cautions() == ()


@quiet
def test_a_failed_gate_silences_a_flow() -> None:
    result = World(flow=20.0, donors=5, pulse=True).fit()
    verdict = sx.weigh(result, gate=sx.Gate(3, 2, ("3 joint periods before",)))
    assert verdict.flows == ()
    assert shift_of(verdict).status == "not identified"


@quiet
def test_a_bound_from_outside_still_supports_a_shift_first() -> None:
    bound = sx.Bound("flow", low=1, high=90, unit="kg per year", because="counted at the border")
    counted = sx.Evidence(about="shift", bound=bound, source="customs")
    claim = shift_of(sx.weigh(World(flow=20.0).fit(), evidence=[counted]))
    assert claim.status == "supported"
    assert claim.rests_on.endswith("counted at the border")


def test_what_other_models_lack_is_said_where_the_first_lacks_nothing() -> None:
    reading = FlowReading((PROVED, replace(PROVED, like_donors=None)), (), 0.1)
    assert not reading.provable
    assert "no donors are asked how large own changes are" in reading.words()
    assert any(remedy.startswith("four donors or more") for remedy in reading.remedies())
