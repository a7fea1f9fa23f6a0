"""What cannot be weighed is refused by name, once, with what to do, and all of it together."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

import shiftexp as sx
from tests.pairs import STILL, fitted, normal_pair

BOUND = sx.Bound("flow", low=3, high=9, unit="units per year", because="counted")
PIECE = sx.Evidence(about="shift", bound=BOUND, source="customs")
MODEL = sx.InterruptedTimeSeries(trend=False)


def said(**given: object) -> list[str]:
    """Return the problems of what is weighed."""
    with pytest.raises(sx.DesignError) as caught:
        sx.weigh(**({"results": fitted()} | given))  # type: ignore[arg-type]  # the point of the test
    return [f"{p.given}; {p.needed}; {p.remedy}" for p in caught.value.problems]


@pytest.mark.parametrize("margin", [10, 1, 1.0, math.inf, "0.1", None, True])
def test_a_margin_is_a_share_below_one(margin: object) -> None:
    (problem,) = said(margin=margin)
    assert problem.startswith(f"margin = {margin!r}; ")
    assert problem.endswith("write 0.10 for 10 %")


def test_a_single_piece_of_evidence_needs_no_list() -> None:
    assert sx.weigh(evidence=PIECE).evidence == (PIECE,)
    assert sx.weigh(evidence=iter([PIECE])).evidence == (PIECE,)  # type: ignore[arg-type]  # any order will do


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        ("case files", "evidence 'case files'; an Evidence; write sx.Evidence("),
        (BOUND, "evidence Bound; an Evidence; put it into sx.Evidence(about='shift', bound="),
        (SimpleNamespace(evidence=PIECE), "give found.evidence of this SimpleNamespace"),
        (SimpleNamespace(evidence=lambda: PIECE), "give found.evidence() of this"),
        (None, "evidence None; an Evidence"),
        (fitted(), "evidence Result; an Evidence; give it first"),
    ],
)
def test_what_is_no_evidence_is_refused_once(evidence: object, told: str) -> None:
    (problem,) = said(evidence=evidence)
    assert told in problem


@pytest.mark.parametrize(
    ("results", "told"),
    [
        (MODEL, "results: InterruptedTimeSeries; a Result, or several; give its fit"),
        (sx.simulate_pair(rng=1)[0], "results: Panel; a Result, or several; fit an estimator"),
        (None, "results: None; a Result, or several; leave it out"),
        ({"a": 1}, "results: {'a': 1}; a Result"),
        ("a fit", "results: 'a fit'; a Result"),
        (PIECE, "write sx.weigh(evidence=...)"),
        (SimpleNamespace(results=()), "give its .results"),
    ],
)
def test_what_is_no_result_is_refused_with_what_to_do(results: object, told: str) -> None:
    (problem,) = said(results=results)
    assert told in problem


def test_all_that_is_wrong_is_told_at_once() -> None:
    told = said(
        results=[MODEL], evidence="files", detection=0.1, margin=10, gate=True, name=3
    )  # fmt: skip
    found = [re.split(r"[ :;]", problem)[0] for problem in told]
    assert found == ["results", "evidence", "detection", "margin", "gate", "name"]


def test_one_specification_given_twice_has_one_vote() -> None:
    again = replace(fitted(), name="another name")
    assert len(said(results=[fitted(), again, fitted()])) == 2
    (problem,) = said(results=[fitted(), again])
    assert problem.startswith("the same specification more than once: ")
    assert problem.endswith("give it once")
    assert " and another name; " in problem
    other = replace(fitted(), effects=normal_pair(0.0, 40.0))
    assert len(sx.weigh([fitted(), other, fitted(scale="log")]).results) == 3


DONORS = sx.simulate_pair(destination_effect=40, donors=12, autocorrelation=0.0, rng=3)
DID = sx.DifferenceInDifferences()


@pytest.mark.parametrize(
    "others",
    [
        [replace(MODEL, level=level) for level in (0.9, 0.8)],
        [replace(MODEL, rng=7)],
        pytest.param([replace(MODEL, errors="stationary")], marks=pytest.mark.slow),
    ],
)
def test_settings_that_leave_the_estimate_as_it_is_give_no_further_vote(
    others: list[sx.InterruptedTimeSeries],
) -> None:
    results = [model.fit(*DONORS) for model in (MODEL, *others, DID)]
    problem = said(results=results)[0]
    assert problem.startswith("the same specification more than once: ")
    assert f"{MODEL!r} and {others[0]!r}" in problem


@pytest.mark.slow
def test_a_posterior_drawn_again_gives_no_further_vote() -> None:
    model = sx.CommunicatingVessels(draws=1000)
    assert len(said(results=[replace(model, rng=rng).fit(*DONORS) for rng in (1, 2)])) == 1


def test_another_inference_on_one_estimate_is_kept_and_named() -> None:
    results = [model.fit(*DONORS) for model in (DID, sx.Permutation(DID), MODEL)]
    named = "2 of 3 specifications share one estimate"
    all_three, two = (sx.weigh(given, detection=STILL) for given in (results, results[1:]))
    assert [c for c in all_three.cautions if c.startswith(named)]
    assert not [c for c in two.cautions if "share one estimate" in c]


def test_a_gate_that_passes_does_not_unlock_data_whose_own_gate_failed() -> None:
    short = fitted(0.0, 40.0, periods=(7, 4))
    verdict = sx.weigh(short, gate=sx.Gate(20, 20))
    assert verdict.state == "gate failed"
    assert verdict.gates == (sx.Gate(20, 20), short.gate)
    assert f"data gate {short.gate}: no model-based claim is made" in verdict.cautions
    assert any(short.gate.reasons[0] in text for text in verdict.would_change)
    (reason,) = (r for r in verdict.reasons if r.about == "data gate")
    assert reason.row == 1


def test_a_verdict_is_written_in_one_line() -> None:
    written = repr(sx.weigh(fitted(0.0, 40.0), name="labs"))
    assert written.startswith("Verdict('labs', state='narrowed', sectors=(")
    assert len(written) < 200
    assert repr(sx.weigh(evidence=PIECE)).startswith("Verdict(state='gate failed'")
