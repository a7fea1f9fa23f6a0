"""Negative controls: quiet ones declare nothing, planted effects are counted, gaps are said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.robustness import NegativeControl, NegativeControls, control_of
from shiftexp.robustness.controls import declarations

MODELS = (sx.InterruptedTimeSeries(trend=False), sx.DifferenceInDifferences())
PANEL, DESIGN = sx.simulate_pair(periods=(16, 8), destination_effect=60, donors=6, sd=1, rng=1)


@pytest.mark.slow
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
    assert "or something did happen there, or the method finds" in found.sentence()


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


def test_models_that_differ_in_scale_alone_are_told_apart() -> None:
    models = [sx.InterruptedTimeSeries(scale=scale, trend=False) for scale in ("level", "log")]
    ranks = sx.negative_controls(PANEL, DESIGN, models).ranks_frame()
    assert sorted(set(ranks["model"])) == [
        "Interrupted time series (level scale, against its own level)",
        "Interrupted time series (log scale, against its own level)",
    ]
    assert [model.fit(PANEL, DESIGN).name for model in models] == sorted(set(ranks["model"]))


def test_a_series_declared_untouched_keeps_its_own_verdict() -> None:
    verdict = sx.weigh([MODELS[0].fit(PANEL, DESIGN)])
    control = control_of(verdict, [], "heroin")
    assert control.declared[:1] == ("destination grew",)
    assert NegativeControls((control,)).false_declarations == 1


def claim(name: str, p: float, against: float) -> sx.Claim:
    """Return a claim with these p-values of itself and of its opposite."""
    return sx.Claim(name, "", "inconclusive", p, 0.05, "", p_against=against)


def test_a_change_must_hold_for_all_six_questions_together() -> None:
    others = claim("origin fell", 0.5, 0.5), claim("net expansion", 0.4, 0.6)
    assert declarations([claim("destination grew", 0.009, 0.991), *others]) == ()
    assert declarations([claim("destination grew", 0.008, 0.992), *others]) == ("destination grew",)
    fell = declarations([claim("destination grew", 0.992, 0.008), *others])
    assert fell == ("opposite of: destination grew",)


def test_a_second_change_meets_the_step_after_the_first() -> None:
    grew, fell = claim("destination grew", 0.0, 1.0), claim("origin fell", 0.0099, 0.99)
    net = claim("net expansion", 0.4, 0.6)
    assert declarations([grew, fell, net]) == ("destination grew", "origin fell")


def test_questions_without_an_answer_make_the_others_no_easier() -> None:
    silent = [claim(name, np.nan, np.nan) for name in ("origin fell", "net expansion")]
    assert declarations([claim("destination grew", 0.009, 0.991), *silent]) == ()
    assert declarations([claim("destination grew", 0.008, 0.992), *silent])
    assert declarations([]) == ()


def test_a_sector_is_told_beside_a_change_and_never_alone() -> None:
    quiet = [claim(n, 0.03, 0.9) for n in ("destination grew", "origin fell", "net expansion")]
    assert declarations(quiet, "expansion") == ()
    loud = [claim("destination grew", 0.001, 0.999), *quiet[1:]]
    assert declarations(loud, "expansion") == ("destination grew", "sector expansion")
    assert declarations(loud, "null") == declarations(loud) == ("destination grew",)


def test_the_sentence_names_chance() -> None:
    quiet = NegativeControl("onset", "2008", "narrowed")
    loud = replace(quiet, declared=("origin fell",))
    said = NegativeControls((loud, quiet, quiet, quiet)).sentence()
    assert "By chance alone up to 0.2 of 4 are expected to (each at 5%)" in said
    assert "at least one in up to 20% of studies" in said
    assert "Either it is such a chance" in said
    assert "of studies" not in NegativeControls((quiet,)).sentence()


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


@pytest.mark.slow
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
