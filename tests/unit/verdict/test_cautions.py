"""What every verdict says beside its claims: cautions, the gate, and what would change it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import shiftexp as sx
from shiftexp.plane import SECTOR_NAMES
from tests.pairs import STILL, fitted, several, status

FAILED = sx.Gate(3, 2, ("3 joint periods before", "2 joint periods after"))


def test_a_failed_gate_bars_model_based_claims() -> None:
    verdict = sx.weigh(fitted(0.0, 40.0), gate=FAILED)
    assert verdict.state == "gate failed"
    assert verdict.sectors == SECTOR_NAMES
    assert verdict.sector is None
    assert verdict.bounds is None
    assert status(verdict) == {"shift": "not identified", "integration": "compatible"}
    assert all(math.isnan(p) for p in verdict.sector_p_values.values())
    assert f"data gate {FAILED}: no model-based claim is made" in verdict.cautions
    needed = "data that pass the gate (3 joint periods before; 2 joint periods after)"
    assert needed in verdict.would_change
    assert "No model-based claim" in verdict.summary()


def test_a_result_brings_its_own_gate() -> None:
    short = fitted(0.0, 40.0, periods=(7, 4))
    assert not short.gate.passed
    assert sx.weigh(short).state == "gate failed"
    same = replace(fitted(0.0, 40.0), gate=short.gate)
    assert sx.weigh(several(fitted(0.0, 40.0), same)).state == "gate failed"


def test_a_gate_alone_can_be_weighed() -> None:
    verdict = sx.weigh(gate=FAILED, name="labs")
    assert verdict.state == "gate failed"
    assert verdict.tipping == ()
    assert verdict.effects is None
    assert verdict.summary().startswith("labs\n====\n")
    passed = sx.weigh(gate=sx.Gate(9, 9))
    assert passed.state == "gate failed"


def test_a_bound_still_counts_where_the_gate_fails() -> None:
    bound = sx.Bound("flow", low=2, high=9, unit="kg", because="weighed on the route")
    verdict = sx.weigh(evidence=[sx.Evidence(about="shift", bound=bound)], gate=FAILED)
    assert status(verdict)["shift"] == "supported"
    assert not any("lower bound on the flow" in said for said in verdict.would_change)


def test_undeclared_detection_is_named_with_its_default() -> None:
    said = sx.weigh(fitted()).cautions
    drift = "nobody declared detection: a drift of 0.10 (sd of its log change) is integrated"
    assert drift in said
    assert not any("nobody declared" in s for s in sx.weigh(fitted(), detection=STILL).cautions)


def test_declared_detection_is_named_as_declared() -> None:
    still = sx.weigh(fitted(), detection=STILL).cautions
    assert any("declared to have stayed the same" in said for said in still)
    documented = sx.weigh(fitted(), detection=sx.Detection(drift=0.05)).cautions
    assert any("a drift of detection of 0.05" in said for said in documented)


@pytest.mark.parametrize(
    "verdict",
    [
        sx.weigh(gate=FAILED),
        sx.weigh(evidence=[sx.Evidence(about="shift", source="files")]),
        sx.Verdict(),
    ],
    ids=["gate", "evidence", "nothing"],
)
def test_integration_is_a_caution_of_every_verdict(verdict: sx.Verdict) -> None:
    caution = "integration of actors and networks is compatible with every sector"
    assert any(said.startswith(caution) for said in verdict.cautions)
    assert any(said.startswith(caution) for said in sx.weigh(fitted()).cautions)
    assert status(verdict)["integration"] == "compatible"
    assert caution in verdict.summary()


def test_the_margin_is_a_caution() -> None:
    said = sx.weigh(fitted(), margin=0.2).cautions
    assert "smallest effect of interest: 20 % of the counterfactual level" in said


def test_an_onset_read_off_the_series_is_a_caution() -> None:
    result = fitted()
    design = replace(result.design, onset=(2012, 2014), basis="observed")
    said = sx.weigh(replace(result, design=design)).cautions
    assert any("the onset was read off the series" in s for s in said)
    assert not any("read off the series" in s for s in sx.weigh(result).cautions)


def test_notes_of_results_become_cautions_once() -> None:
    result = replace(fitted(), notes=("2005: D is flagged approximate",))
    said = sx.weigh(several(result, result)).cautions
    assert said.count("2005: D is flagged approximate") == 1


@pytest.mark.parametrize(
    ("drift", "margin", "said"),
    [
        (0.10, 0.10, "with a drift of 0.1 no claim of less than 10 % change"),
        (0.10, 0.20, "a drift below 0.1 sharpens every claim"),
        (0.05, 0.10, "a drift below 0.05 sharpens every claim"),
        (0.05, 0.08, "with a drift of 0.05 no claim of less than 8 % change"),
    ],
)
def test_documented_effort_would_change_it(drift: float, margin: float, said: str) -> None:
    verdict = sx.weigh(fitted(), detection=sx.Detection(drift=drift), margin=margin)
    assert any(text.startswith("documented detection") and said in text
               for text in verdict.would_change)  # fmt: skip


def test_effort_that_is_known_cannot_be_documented_better() -> None:
    still = sx.weigh(fitted(), detection=STILL).would_change
    assert not any("documented detection effort" in text for text in still)
    failed = sx.weigh(gate=FAILED).would_change
    assert not any("documented detection effort" in text for text in failed)


def test_few_specifications_would_change_it() -> None:
    fewer = "more specifications: fewer than three were weighed"
    assert fewer in sx.weigh(several(*[fitted()] * 2)).would_change
    assert fewer not in sx.weigh(several(*[fitted()] * 3)).would_change
