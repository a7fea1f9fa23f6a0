"""Unit tests of what a verdict says: evidence, conflicts, small p, limits of the flow."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import StudentLaw
from shiftexp.verdict.words import claim_lines, evidence_cautions, headline
from tests.pairs import STILL, fitted, normal_pair

CONFLICT = "the specifications contradict each other, no sector is left by four in five of them"


def flow(low: float, high: float = 90.0, unit: str = "units per year") -> sx.Evidence:
    """Return a counted flow."""
    bound = sx.Bound("flow", low=low, high=high, unit=unit, because="counted at the border")
    return sx.Evidence(about="shift", bound=bound, source="customs")


def like(effects: sx.Effects) -> sx.Result:
    """Return a result with these effects."""
    return replace(fitted(), effects=effects)


def conflicting() -> sx.Verdict:
    """Return a verdict of specifications that leave no sector."""
    truths = [(0.0, 40.0), (-20.0, 20.0), (-40.0, 20.0), (20.0, 40.0), (-30.0, -20.0)]
    return sx.weigh([like(normal_pair(*truth)) for truth in truths], detection=STILL)


def test_specifications_that_leave_no_sector_are_said_to_contradict_each_other() -> None:
    verdict = conflicting()
    assert verdict.conflicting
    assert verdict.state == "undecided"
    assert verdict.sector is None
    assert CONFLICT in verdict.summary()
    assert "no sector of the plane is excluded" not in verdict.summary()


@pytest.mark.parametrize(
    "verdict",
    [
        sx.weigh(fitted(0.0, 40.0), detection=STILL),
        sx.weigh(fitted(sd=30.0)),
        sx.weigh(fitted(), gate=sx.Gate(3, 2, ("3 joint periods before",))),
    ],
    ids=["declared", "undecided", "gate failed"],
)
def test_no_other_verdict_is_conflicting(verdict: sx.Verdict) -> None:
    assert not verdict.conflicting
    assert CONFLICT not in verdict.summary()


def test_the_headline_of_a_declared_sector_points_to_the_limits() -> None:
    said = headline("declared", "expansion", ("expansion", "mixed"))
    assert said.startswith("Declared: expansion (the pattern of the two effects")
    assert "see the limits" in said
    assert "mixed" not in said


def test_the_summary_lists_all_evidence_for_against_and_of_other_hypotheses() -> None:
    pieces = [
        flow(0.0),
        sx.Evidence(about="shift", direction="against", p_value=0.03, power=0.8, source="routes"),
        sx.Evidence(about="expansion", source="a survey"),
        sx.Evidence(about="integration", source="case files"),
        sx.Evidence(about="shift", p_value=0.29, power=0.4, source="timing"),
    ]
    lines = sx.weigh(fitted(), evidence=pieces).summary().splitlines()
    at = lines.index("Evidence besides the series:")
    assert lines[at + 1 : at + 6] == [
        "  for shift, 0 <= flow <= 90 units per year: counted at the border [customs]",
        "  against shift, p = 0.03, power = 0.8 [routes]",
        "  for expansion [a survey]",
        "  for integration [case files]",
        "  nothing shown of shift, p = 0.29, power = 0.4 [timing]",
    ]
    assert "Evidence besides the series:" not in sx.weigh(fitted()).summary()


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.0, "p < 0.001"), (1e-9, "p < 0.001"), (0.0004, "p < 0.001"), (0.0006, "p = 0.001"),
     (0.0314, "p = 0.031"), (1.0, "p = 1.000")],
)  # fmt: skip
def test_a_small_p_is_never_written_as_zero(p: float, said: str) -> None:
    claim = sx.Claim("destination grew", "it grew", "supported", p, 0.05, "1 specification")
    assert claim_lines([claim])[1] == f"  [supported] destination grew: it grew, {said}"


def test_a_claim_without_p_says_what_it_rests_on() -> None:
    claim = sx.Claim("shift", "it moved", "compatible", math.nan, math.nan, "no lower bound")
    assert claim_lines([claim])[1:] == [
        "  [compatible] shift: it moved", "      rests on: no lower bound",
    ]  # fmt: skip


def test_no_summary_holds_a_p_of_zero() -> None:
    said = sx.weigh(fitted(-40.0, 40.0), detection=STILL).summary()
    assert "p < 0.001" in said
    assert "p = 0.000" not in said


def test_a_flow_above_what_the_series_allow_is_a_caution() -> None:
    verdict = sx.weigh(fitted(-20.0, 40.0), evidence=[flow(60.0)], detection=STILL)
    assert verdict.bounds is not None
    assert verdict.bounds.flow_high < 60
    (said,) = [text for text in verdict.cautions if "one of them is wrong" in text]
    assert said.startswith("the flow from outside is at least 60 units per year, more than the ")
    assert f"{verdict.bounds.flow_high:,.4g} the series allow" in said
    assert said in verdict.summary()


def test_a_flow_in_another_unit_is_a_caution_and_is_not_compared() -> None:
    verdict = sx.weigh(fitted(-20.0, 40.0), evidence=[flow(60.0, unit="visits per year")])
    (said,) = evidence_cautions(verdict.evidence, verdict.bounds)
    assert "in 'visits per year', the series in 'units per year'" in said
    assert "cannot be set side by side" in said
    assert said in verdict.cautions


@pytest.mark.parametrize("piece", [flow(5.0), sx.Evidence(about="shift", source="files")])
def test_evidence_that_fits_the_series_is_no_caution(piece: sx.Evidence) -> None:
    verdict = sx.weigh(fitted(-20.0, 40.0), evidence=[piece])
    assert evidence_cautions(verdict.evidence, verdict.bounds) == ()
    assert verdict.cautions == sx.weigh(fitted(-20.0, 40.0)).cautions


def test_without_limits_of_the_series_there_is_nothing_to_hold_a_flow_against() -> None:
    assert evidence_cautions([flow(60.0), flow(1.0, unit="kg")], None) == ()


@pytest.mark.parametrize("drift", [0.0, 0.1, 0.3])
def test_no_more_can_have_moved_than_is_there_and_detection_may_hide(drift: float) -> None:
    mean, base = np.array([-50.0, 40.0]), np.array([100.0, 5.0])
    law = StudentLaw(mean, np.diag([100.0, 900.0]))
    effects = sx.Effects(law, mean, base, base + mean, "units per year")
    free = sx.shift_share_bounds(effects.drifted(drift)).flow_high
    found = sx.weigh(like(effects), detection=sx.Detection(drift=drift)).bounds
    assert found is not None
    most = 45.0 * math.exp(1.96 * drift)
    assert found.flow_high == pytest.approx(min(free, most))
    assert (found.flow_high < free) == (most < free)
    assert drift or found.flow_high == pytest.approx(45.0)


def test_the_most_that_is_there_is_that_of_any_specification() -> None:
    mean, base = np.array([-500.0, 40.0]), np.array([1000.0, 5.0])
    law = StudentLaw(mean, np.diag([100.0, 9000.0]))
    low, high = (
        sx.Effects(law, mean, base, np.array([500.0, seen]), "units per year")
        for seen in (45.0, 52.0)
    )
    found = sx.weigh([like(low), like(high)], detection=STILL).bounds
    assert found is not None
    assert found.flow_high == pytest.approx(52.0)


@pytest.mark.parametrize("item", ["case files", {"about": "shift"}, None])
def test_evidence_that_is_none_is_refused(item: object) -> None:
    with pytest.raises(sx.DesignError, match="an Evidence") as caught:
        sx.weigh(fitted(), evidence=[item, flow(1.0), 7], margin=-1.0)  # type: ignore[list-item]  # the point of the test
    said = str(caught.value)
    assert f"evidence {item!r}" in said
    assert "evidence 7" in said
    assert "margin = -1.0" in said
    assert len(caught.value.problems) == 3


def test_what_is_no_result_is_refused_with_what_to_do() -> None:
    panel, design = sx.simulate_pair(rng=1)
    described = sx.describe(panel, design, simulations=99)
    led = sx.lead_lag(panel, design, draws=99)
    for given, remedy in (
        (described, r"estimator.fit\(panel, design\) returns"),
        ([fitted(), led], r"evidence=\[found.evidence\]"),
        ([led.evidence], r"sx.weigh\(evidence=...\)"),
    ):
        with pytest.raises(sx.DesignError, match=remedy) as caught:
            sx.weigh(given)  # type: ignore[arg-type]  # the point of the test
        assert len(caught.value.problems) == 1
        assert len(str(caught.value)) < 250
    for said, remedy in (
        (fitted(), r"give it first: sx.weigh\(result, evidence=...\)"),
        (
            sx.Bound("flow", low=1, high=2, unit="kg", because="seen"),
            r"sx.Evidence\(about='shift', bound=",
        ),
    ):
        with pytest.raises(sx.DesignError, match=remedy):
            sx.weigh(fitted(), evidence=[said])  # type: ignore[list-item]  # the point of the test


def test_results_from_anything_that_yields_them_are_weighed() -> None:
    one = fitted()
    by_name = {"one": one}
    assert sx.weigh(by_name.values()).results == (one,)  # type: ignore[arg-type]  # no sequence


@pytest.mark.parametrize("detection", [0.1, "none", {"drift": 0.1}])
def test_detection_that_is_none_is_refused(detection: object) -> None:
    with pytest.raises(sx.DesignError, match="a Detection") as caught:
        sx.weigh(fitted(), detection=detection)  # type: ignore[arg-type]  # the point of the test
    assert f"detection = {detection!r}" in str(caught.value)
    assert "sx.Detection(drift=0.10)" in str(caught.value)


def test_results_of_different_designs_are_refused() -> None:
    result = fitted()
    other = replace(result, design=replace(result.design, onset=2012))
    with pytest.raises(sx.DesignError, match="results of different designs") as caught:
        sx.weigh([result, other])
    assert "onset=2012" in str(caught.value)
    assert "side by side" in str(caught.value)


def shift_of(verdict: sx.Verdict) -> sx.Claim:
    """Return the claim that activity moved."""
    (claim,) = (c for c in verdict.claims if c.name == "shift")
    return claim


@pytest.mark.parametrize(("k", "few"), [(1, True), (4, True), (5, False)])
def test_a_shift_that_rests_on_few_cases_is_a_caution(k: int, *, few: bool) -> None:
    bound = sx.case_files(k, 60, link=(0.5, 1.0), arrived=(0.6, 1.0))
    verdict = sx.weigh(evidence=[sx.Evidence(about="shift", bound=bound, source="files")])
    claim = shift_of(verdict)
    assert claim.status == "supported"
    assert f"rests on {k} counted case" in claim.rests_on
    assert any("fewer than 5 are a story" in said for said in verdict.cautions) == few
    stated = "rests on links that are stated, not measured: 0.6 to 1 of those cases arrived"
    assert any(stated in said for said in verdict.cautions)


def test_a_counted_flow_without_links_is_no_caution_and_a_cap_is_one() -> None:
    fall = sx.CountedFall(place="a town", low=800.0, high=1000.0, unit="visits", who="Belgians")
    capped = sx.weigh(evidence=[fall.evidence(quitting=0.3, rerouting=0.2)])
    assert shift_of(capped).status == "supported"
    assert any("at most 50 % stopped or went elsewhere" in said for said in capped.cautions)
    assert not any("stated, not measured" in said for said in sx.weigh(evidence=[flow(5)]).cautions)
    assert not any("stated" in said for said in sx.weigh(evidence=[fall.evidence()]).cautions)


def test_sources_together_rest_on_the_fewest_cases_and_on_all_links() -> None:
    links = {"link": (0.5, 1.0), "arrived": (0.6, 1.0)}
    few, many = sx.case_files(3, 20, **links), sx.case_files(20, 59, **links)  # type: ignore[arg-type]  # pairs
    found = sx.combine_sources({"few": few, "many": many}).bound
    assert found.cases == 3
    assert found.assumed == few.assumed


def test_cases_of_a_bound_are_a_whole_number() -> None:
    with pytest.raises(sx.DesignError, match=r"cases = 2\.5"):
        sx.Bound("flow", low=1, high=2, unit="kg", because="files", cases=2.5)  # type: ignore[arg-type]  # the point
