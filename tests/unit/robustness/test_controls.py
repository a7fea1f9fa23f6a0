"""Negative controls: quiet ones declare nothing, planted effects are counted, gaps are said."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.robustness import NegativeControl, NegativeControls, control_of

MODELS = (sx.InterruptedTimeSeries(trend=False), sx.DifferenceInDifferences())
PANEL, DESIGN = sx.simulate_pair(periods=(16, 8), destination_effect=60, donors=6, sd=1, rng=1)


def test_pairs_and_onsets_are_asked_by_the_studys_own_rule() -> None:
    found = sx.negative_controls(PANEL, DESIGN, MODELS)
    kinds = [control.kind for control in found.controls]
    assert kinds == ["onset"] * 4 + ["donors"] * 3
    assert found.missing == ()
    assert found.false_declarations == 0
    assert "do not prove the method right" in found.sentence()


def test_an_effect_on_donors_is_a_false_declaration() -> None:
    values = PANEL.values.copy()
    after = np.arange(PANEL.calendar.size) >= PANEL.calendar.index(DESIGN.onset)
    values[0, PANEL.position("C2"), after] += 80
    moved = sx.Panel(PANEL.indicators, PANEL.units, PANEL.calendar, values)
    found = sx.negative_controls(moved, DESIGN, MODELS[:1])
    (hit,) = [control for control in found.controls if control.declared]
    assert hit.label == "C1 > C2"
    assert "destination grew" in hit.declared
    assert found.false_declarations == 1
    assert "Either something did happen there" in found.sentence()


def test_what_a_study_cannot_have_is_said() -> None:
    panel, design = sx.simulate_pair(periods=(8, 6), rng=1)
    found = sx.negative_controls(panel, design, MODELS[:1])
    assert [kind for kind, _ in found.missing] == ["onset", "donors"]
    assert found.sentence() == "No negative control could be answered."
    assert found.to_frame()["refused"].str.contains("needed").all()


def test_models_that_refuse_are_shown_as_refusals() -> None:
    found = sx.negative_controls(PANEL, DESIGN, (sx.CountDiD(),))
    assert {control.state for control in found.controls} == {"refused"}
    assert all("counts" in control.refusal for control in found.controls)


def test_the_study_has_a_rank_among_all_placebos() -> None:
    ranks = sx.negative_controls(PANEL, DESIGN, MODELS[:1]).ranks_frame()
    told = ranks[(ranks["kind"] == "donors") & (ranks["side"] == "destination")]
    assert told["placebos"].tolist() == [30]
    assert told["share_as_large"].tolist() == [0.0]


def test_a_series_declared_untouched_keeps_its_own_verdict() -> None:
    verdict = sx.weigh([MODELS[0].fit(PANEL, DESIGN)])
    control = control_of(verdict, [], "heroin")
    assert control.declared[:1] == ("destination grew",)
    assert NegativeControls((control,)).false_declarations == 1


def test_a_failed_gate_is_no_quiet_control() -> None:
    control = NegativeControl("onset", "2008", "gate failed", refusal="6 periods before")
    found = NegativeControls((control,))
    assert found.answered == ()
    assert found.sentence().startswith("No negative control could be answered. 1 control could not")


def test_no_estimator_is_refused() -> None:
    with pytest.raises(DesignError, match="no estimator"):
        sx.negative_controls(PANEL, DESIGN, ())


def test_onsets_are_those_at_which_the_gate_passes() -> None:
    panel, design = sx.simulate_pair(periods=(12, 8), donors=6, rng=1)
    onsets = [c for c in sx.negative_controls(panel, design, MODELS).controls if c.kind == "onset"]
    assert onsets
    assert {control.refusal for control in onsets} == {""}


def test_one_estimator_is_taken_and_anything_else_refused_by_name() -> None:
    one, several = (sx.negative_controls(PANEL, DESIGN, m) for m in (MODELS[0], MODELS[:1]))
    assert one.to_frame().equals(several.to_frame())
    for wrong in (sx.InterruptedTimeSeries, "ITS", [3]):
        with pytest.raises(TypeError, match="estimators hold"):
            sx.negative_controls(PANEL, DESIGN, wrong)  # type: ignore[arg-type]  # the refusal itself


def test_an_estimator_that_refuses_beside_others_is_shown() -> None:
    found = sx.negative_controls(PANEL, DESIGN, (MODELS[0], sx.CountDiD()))
    assert len(found.answered) == len(found.controls)
    assert found.to_frame()["refused"].str.startswith("CountDiD: ").all()
