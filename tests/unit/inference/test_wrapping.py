"""Unit tests of what all wrappers share: what they refuse, what they keep, what they say."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.inference.bootstrap import BlockBootstrap
from shiftexp.inference.donors import ConleyTaber, FermanPinto
from shiftexp.inference.end_of_sample import EndOfSample
from shiftexp.inference.permutation import Permutation
from shiftexp.inference.placebo import Placebo
from shiftexp.inference.placebo_law import LogPlaceboLaw, PlaceboLaw
from shiftexp.result import Estimator
from tests.panels import annual_series, long_frame, make_panel, monthly_series, pair_design, read

COUNTS = sx.WindowContrast()
KINDS = (Permutation, Placebo, BlockBootstrap, ConleyTaber, FermanPinto, EndOfSample)
WRAPPERS: list[Estimator] = [
    Permutation(COUNTS),
    Permutation(COUNTS, over="onsets", studentized=True),
    Placebo(COUNTS),
    Placebo(COUNTS, over="units"),
    BlockBootstrap(COUNTS, draws=199),
    ConleyTaber(COUNTS),
    FermanPinto(COUNTS),
    EndOfSample(COUNTS),
]
SERIES = {unit: np.round(values) for unit, values in annual_series().items()}
PANEL = make_panel(SERIES, unit_of_measure="count")
DESIGN = pair_design(end=2019)
every_wrapper = pytest.mark.parametrize("wrapper", WRAPPERS, ids=repr)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_wrapper_or_a_name_is_no_model(kind: type[Permutation]) -> None:
    with pytest.raises(TypeError, match=rf"{kind.__name__}\(.*{kind.__name__} is not a Model"):
        kind(kind(COUNTS))  # type: ignore[arg-type]  # an Estimator, not a Model: the point
    with pytest.raises(TypeError, match="str is not a Model"):
        kind("InterruptedTimeSeries")  # type: ignore[arg-type]  # a name is no model
    with pytest.raises(TypeError, match=rf"{kind.__name__}\(WindowContrast\): a class is not"):
        kind(sx.WindowContrast)  # type: ignore[arg-type]  # a class is no model
    with pytest.raises(sx.DesignError, match=r"rng = .*a whole number, at least 0.*rng=1"):
        kind(COUNTS, rng=np.random.default_rng(1))  # type: ignore[arg-type]  # no seed


@every_wrapper
def test_estimate_and_path_are_those_of_the_model(wrapper: Estimator) -> None:
    model = wrapper.model  # type: ignore[attr-defined]  # every wrapper has one
    plain, result = model.fit(PANEL, DESIGN), wrapper.fit(PANEL, DESIGN)
    assert np.array_equal(result.effects.mean, plain.effects.mean)
    assert np.array_equal(result.paths.counterfactual, plain.paths.counterfactual)
    assert np.isnan(result.paths.conf_low).all()
    assert result.name.startswith(f"{plain.name}, ")
    assert result.assumptions[: len(plain.assumptions)] == plain.assumptions
    assert len(result.assumptions) > len(plain.assumptions)


@every_wrapper
def test_the_smallest_p_is_stated_and_kept(wrapper: Estimator) -> None:
    result = wrapper.fit(PANEL, DESIGN)
    stated = float(result.notes[0].split("can come out is ")[1].split(",")[0])
    found = min(
        result.effects.p_value(a, at)[0] / result.effects.law.tail
        for a in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -0.5))
        for at in (0.0, -1e6)
    )
    assert found == pytest.approx(stated, rel=1e-2)
    assert found > 0


@every_wrapper
def test_it_borrows_no_variance_from_what_it_wraps(wrapper: Estimator) -> None:
    result = wrapper.fit(PANEL, DESIGN)
    if isinstance(result.effects.law, PlaceboLaw):
        assert np.isnan(result["destination"].std_error)
        with pytest.raises(sx.EstimandNotIdentified):
            _ = result.effects.cov


@every_wrapper
def test_the_repr_makes_it_again_and_two_fits_are_one(wrapper: Estimator) -> None:
    names = {kind.__name__: kind for kind in (*KINDS, type(COUNTS))}
    first, second = wrapper.fit(PANEL, DESIGN), wrapper.fit(PANEL, DESIGN)
    assert eval(first.estimator, names) == wrapper  # noqa: S307 - the claim under test
    assert first.tidy().equals(second.tidy())
    assert first.notes == second.notes


@every_wrapper
def test_reversing_the_study_reverses_the_answers(wrapper: Estimator) -> None:
    there, back = wrapper.fit(PANEL, DESIGN), wrapper.fit(PANEL, DESIGN.reversed())
    for a in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -0.5)):
        p, q = there.effects.p_value(a, -3.0), back.effects.p_value(a[::-1], -3.0)
        assert p == pytest.approx(q)


@every_wrapper
def test_one_side_alone_is_silent_about_the_other(wrapper: Estimator) -> None:
    result = wrapper.fit(PANEL, replace(DESIGN, origin=None))
    assert 0 < result["destination"].p_value <= 1
    with pytest.raises(sx.EstimandNotIdentified):
        result["origin"]


@every_wrapper
def test_monthly_amounts_are_told_per_year(wrapper: Estimator) -> None:
    design = pair_design(onset="2005-01", end="2005-12")
    months = {unit: np.round(values) for unit, values in monthly_series().items()}
    panel = make_panel(months, per_year=12, unit_of_measure="count")
    result = wrapper.fit(panel, design)
    law = result.effects.law
    centre = law.centre if isinstance(law, PlaceboLaw) else result.effects.draws.mean(axis=0)
    assert centre == pytest.approx(result.effects.mean, abs=10)
    assert result["destination"].estimate == pytest.approx(9.0 * 12, rel=0.2)
    assert result["destination"].p_value < 0.2


@every_wrapper
def test_notes_about_the_values_are_kept_once(wrapper: Estimator) -> None:
    frame = long_frame(SERIES, flags={("BE", "2005"): "approximate"})
    notes = wrapper.fit(read(frame, unit_of_measure="count"), DESIGN).notes
    assert notes.count("2005: BE is flagged approximate") == 1
    assert not [note for note in notes if "overdispersion" in note]


@every_wrapper
def test_every_caution_is_a_warning_too(wrapper: Estimator) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = wrapper.fit(PANEL, DESIGN)
    told = [str(w.message) for w in caught if w.category is sx.SmallSampleWarning]
    assert told
    assert set(told) <= set(result.notes)
    assert {w.filename for w in caught} == {__file__}


def test_a_doubtful_value_is_warned_of() -> None:
    frame = long_frame(SERIES, flags={("BE", "2005"): "suspect"})
    design = replace(DESIGN, quality=("ok", "suspect"))
    with pytest.warns(sx.QualityWarning, match="BE is flagged suspect") as caught:
        ConleyTaber(COUNTS).fit(read(frame, unit_of_measure="count"), design)
    assert {w.filename for w in caught} == {__file__}


def test_the_estimate_shown_is_the_one_that_is_tested() -> None:
    panel, design = sx.simulate_pair(destination_effect=40, donors=6)
    model = sx.InterruptedTimeSeries(trend=False)
    plain, result = model.fit(panel, design), ConleyTaber(model).fit(panel, design)
    y = panel.series("D")
    assert result["destination"].estimate == pytest.approx(y[12:].mean() - y[:12].mean())
    assert result.effects.base[1] == pytest.approx(y[:12].mean())
    said = f"the model by itself says origin {plain.effects.mean[0]:.4g}, destination"
    assert [note for note in result.notes if said in note]
    assert not [n for n in ConleyTaber(COUNTS).fit(PANEL, DESIGN).notes if "least-squares" in n]


@pytest.mark.parametrize("scale", ["level", "log"])
@pytest.mark.parametrize("trend", [False, True])
def test_estimate_base_and_path_belong_together(scale: Any, *, trend: bool) -> None:  # noqa: ANN401 - a word
    model = sx.InterruptedTimeSeries(scale=scale, trend=trend)
    panel = make_panel(annual_series())
    result = EndOfSample(model).fit(panel, pair_design(onset=2018))
    effects, paths = result.effects, result.paths
    assert not np.allclose(effects.mean, model.fit(panel, pair_design(onset=2018)).effects.mean)
    assert paths.effect[:, paths.post].mean(axis=1) == pytest.approx(effects.mean)
    assert paths.counterfactual[:, paths.post].mean(axis=1) == pytest.approx(effects.base)
    assert effects.base + effects.mean == pytest.approx(effects.observed)
    assert not [note for note in result.notes if "outside its own interval" in note]
    law = effects.law
    level = law.level(law.ranks.centre) if isinstance(law, LogPlaceboLaw) else law.centre  # type: ignore[attr-defined]  # a PlaceboLaw
    assert level == pytest.approx(effects.mean)


def bending() -> tuple[sx.Panel, sx.Design]:
    """Return a pair without effect whose trends bend by themselves, so that a fit withholds."""
    scenario = sx.Scenario(process="stochastic slope", value=(1.0, 1.0), periods=(20, 10))
    return scenario.study(scenario.draw(1, np.random.default_rng(1))[0])


TREND = sx.InterruptedTimeSeries()
SERIAL: list[Estimator] = [
    BlockBootstrap(TREND, draws=99),
    EndOfSample(TREND),
    Permutation(TREND, over="onsets"),
    Placebo(TREND),
    sx.Conformal(TREND, points=9),
]


@pytest.mark.parametrize("wrapper", SERIAL, ids=lambda w: type(w).__name__)
def test_a_test_that_the_model_withholds_is_withheld_around_it(wrapper: Estimator) -> None:
    panel, design = bending()
    assert np.isnan(TREND.fit(panel, design)["destination"].p_value)
    with pytest.warns(sx.SmallSampleWarning, match="withheld"):
        result = wrapper.fit(panel, design)
    assert np.isnan(result.tidy()["p_value"]).all()
    assert result.inference.startswith("withheld")
    assert any(note.startswith("withheld") for note in result.notes)


def test_cautions_about_the_data_are_carried() -> None:
    scenario = sx.Scenario(process="random walk", periods=(14, 6))
    panel, design = scenario.study(scenario.draw(1, np.random.default_rng(3))[0])
    model = sx.InterruptedTimeSeries(trend=False)
    said = [n for n in model.fit(panel, design).notes if n.startswith("persistent errors")]
    assert said
    assert set(said) <= set(BlockBootstrap(model, draws=99).fit(panel, design).notes)
