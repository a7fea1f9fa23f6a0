"""Unit tests of families of tests: what is kept, counted, refused; max-T over indicators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

import shiftexp as sx
from shiftexp.inference.max_t import max_t
from shiftexp.inference.multiplicity import adjust, combine
from shiftexp.panel import Panel

LEVEL = sx.InterruptedTimeSeries(trend=False)
PEERS = {
    "bonferroni": "bonferroni", "holm": "holm", "hochberg": "simes-hochberg",
    "hommel": "hommel", "bh": "fdr_bh", "by": "fdr_by",
}  # fmt: skip
P = [0.04, 0.001, 0.2, 0.03, 0.03]


def pair(rng: int = 1, **truth: Any) -> tuple[Panel, sx.Design]:  # noqa: ANN401 - passed on
    """Return a simulated pair, errors independent over time."""
    return sx.simulate_pair(rng=rng, **({"autocorrelation": 0.0} | truth))


def indicators(*effects: float, same_errors: bool = False, **truth: Any) -> tuple[Panel, sx.Design]:  # noqa: ANN401 - passed on
    """Return a panel of indicators a, b, ... with these effects at the destination."""
    panels = []
    for k, effect in enumerate(effects):
        panel, design = pair(1 if same_errors else k + 1, destination_effect=effect, **truth)
        name = "abcdef"[k]
        panels.append(replace(panel, indicators=(replace(panel.indicators[0], name=name),)))
    return Panel.stack(*panels), design


@pytest.mark.slow
@pytest.mark.parametrize("method", PEERS)
def test_every_adjustment_is_that_of_statsmodels(method: str) -> None:
    expected = multipletests(P, method=PEERS[method])[1]
    assert adjust(P, method).adjusted == pytest.approx(expected)


def test_holm_by_hand() -> None:
    found = adjust({"a": 0.04, "b": 0.001, "c": 0.03})
    assert found.adjusted == pytest.approx([0.06, 0.003, 0.06])
    assert found.rejected == ("b",)
    assert list(found.to_frame()["answer"]) == ["not rejected", "rejected", "not rejected"]


def test_a_test_without_an_answer_stays_in_the_family() -> None:
    found = adjust({"a": 0.02, "b": float("nan"), "c": 0.02})
    assert found.adjusted[[0, 2]] == pytest.approx([0.06, 0.06])
    assert np.isnan(found.adjusted[1])
    assert list(found.to_frame()["answer"]) == ["not rejected", "no answer", "not rejected"]
    assert found.notes == ("1 of 3 tests gave no answer: counted in the family as a p of 1",)
    assert found.notes[0] in found.summary()


def test_the_rejection_follows_the_level() -> None:
    assert adjust([0.05]).rejected == ("1",)
    assert adjust([0.05], level=0.99).rejected == ()


def test_a_series_and_a_mapping_are_the_same_family() -> None:
    family = {"labs": 0.01, "kg": 0.2}
    assert adjust(pd.Series(family)).to_frame().equals(adjust(family).to_frame())
    with pytest.raises(sx.DesignError, match=r"1 name given twice \(kg\)"):
        adjust(pd.Series([0.1, 0.2], index=["kg", "kg"]))


def test_results_go_by_their_indicator() -> None:
    panel, design = pair(destination_effect=40.0)
    result = LEVEL.fit(panel, design)
    other = sx.InterruptedTimeSeries().fit(panel, design)
    found = adjust([result, other, other], estimand="origin")
    assert found.names == ("y", f"y, {other.name}", f"y, {other.name}, 3")
    assert found.p_value[0] == result["origin"].p_value
    assert combine([result]).p_value == result["destination"].p_value


@pytest.mark.parametrize("wrong", [0.0, -0.1, 1.2, float("inf")])
def test_what_is_no_p_value_is_named(wrong: float) -> None:
    for verb in (adjust, combine):
        with pytest.raises(sx.DesignError, match=r"numbers above 0, at most 1") as caught:
            verb({"fine": 0.2, "wrong": wrong})
        assert caught.value.rows == (f"wrong: {wrong:g}",)


def test_empty_families_and_unknown_methods_are_refused_together() -> None:
    with pytest.raises(sx.DesignError, match="did you mean 'holm'") as caught:
        adjust([], "hollm")
    assert len(caught.value.problems) == 2
    with pytest.raises(sx.DesignError, match="one of cauchy, harmonic"):
        combine([0.1], "fisher")  # type: ignore[arg-type]  # the wrong word is the point


def test_a_combination_of_one_is_that_one() -> None:
    assert combine([0.03]).p_value == combine([0.03], "harmonic").p_value == 0.03


def test_silent_tests_are_left_out_of_a_combination_and_counted() -> None:
    found = combine({"a": 0.01, "b": float("nan"), "c": 0.04})
    assert (found.count, found.silent) == (2, 1)
    assert found.p_value == combine([0.01, 0.04]).p_value
    assert found.notes == ("1 of 3 tests gave no answer: left out",)
    assert np.isnan(combine([float("nan")]).p_value)


def test_a_p_of_one_is_truncated_and_says_so() -> None:
    found = combine([0.01, 1.0])
    assert found.p_value == pytest.approx(combine([0.01, 0.99]).p_value)
    assert combine([1e-4, 1.0]).p_value == pytest.approx(2e-4, rel=0.02)
    assert found.notes == ("p above 0.99 counts as that: Cauchy scores are truncated",)
    assert combine([0.01, 0.99]).notes == ()


@pytest.mark.parametrize("method", ["cauchy", "harmonic"])
def test_tiny_p_values_are_combined(method: Literal["cauchy", "harmonic"]) -> None:
    for tiny in (1e-300, 1e-310):
        for other in (0.3, 1.0):
            found = combine([tiny, other], method)
            assert found.p_value == pytest.approx(2 * tiny, rel=1e-9, abs=0)


@pytest.mark.parametrize("verb", [adjust, combine])
@pytest.mark.parametrize(
    "wrong", ["labs", 0.03, None, b"a", np.array(0.03), np.full((2, 2), 0.1), 3]
)
def test_what_is_no_family_is_refused_by_name(verb: Callable[..., object], wrong: object) -> None:
    with pytest.raises(sx.DesignError, match="a mapping, Series or list of p-values") as caught:
        verb(wrong)
    assert repr(wrong)[:10] in str(caught.value)


@pytest.mark.parametrize("verb", [adjust, combine])
def test_a_single_result_is_no_family(verb: Callable[..., object]) -> None:
    result = LEVEL.fit(*pair())
    with pytest.raises(sx.DesignError, match=r"a single Result; needed: .* in a list"):
        verb(result)


@pytest.mark.parametrize("verb", [adjust, combine])
@pytest.mark.parametrize("wrong", ["a", None, True, 1j, [0.1]])
def test_members_that_are_no_numbers_are_named(verb: Callable[..., object], wrong: object) -> None:
    with pytest.raises(sx.DesignError, match="1 p-values that are no numbers") as caught:
        verb({"fine": 0.2, "odd": wrong, "far": 0.5})
    assert caught.value.rows == (f"odd: {wrong!r}",)
    assert "write nan for a test without an answer" in str(caught.value)
    with pytest.raises(sx.DesignError, match=r"\(2: "):
        verb([0.2, wrong])


def test_everything_that_is_wrong_with_a_family_is_said_at_once() -> None:
    with pytest.raises(sx.DesignError) as caught:
        adjust({"a": "x", "b": 0.0}, "hollm", estimand="destinaton", level="95 %")  # type: ignore[arg-type,dict-item]  # wrong on purpose
    assert len(caught.value.problems) == 5
    for words in ("a: 'x'", "b: 0", "did you mean 'holm'", "'destination'?", "level = '95 %'"):
        assert words in str(caught.value)
    with pytest.raises(sx.DesignError) as caught:
        combine([0.1, None], 3, weights="ab")  # type: ignore[arg-type]  # wrong on purpose
    assert len(caught.value.problems) == 3
    assert "weights = 'ab'" in str(caught.value)


def test_an_unknown_estimand_of_results_is_refused_by_name() -> None:
    result = LEVEL.fit(*pair())
    with pytest.raises(sx.DesignError, match="did you mean 'origin'"):
        adjust([result], estimand="orign")


def test_missing_values_of_pandas_and_results_by_name_are_members() -> None:
    found = adjust(pd.Series([0.02, pd.NA], index=["a", "b"], dtype="Float64"))
    assert np.isnan(found.p_value[1])
    result = LEVEL.fit(*pair(destination_effect=40.0))
    named = adjust({"labs": result})  # type: ignore[dict-item]  # results are taken too
    assert (named.names, named.p_value[0]) == (("labs",), result["destination"].p_value)


def test_large_harmonic_means_are_not_corrected_downwards() -> None:
    assert combine([1.0, 1.0], "harmonic").p_value == 1.0


def test_weights_are_scaled_and_checked() -> None:
    assert combine([0.02, 0.5], weights=[3, 0]).p_value == 0.02
    twice = combine([0.02, 0.5], "harmonic", weights=[2, 2])
    assert twice.p_value == combine([0.02, 0.5], "harmonic").p_value
    for wrong in ([1.0], [-1.0, 2.0], [0.0, 0.0], [1.0, float("inf")]):
        with pytest.raises(sx.DesignError, match="2 finite numbers >= 0"):
            combine([0.02, 0.5], weights=wrong)


def test_max_t_finds_the_indicator_that_moved() -> None:
    panel, design = indicators(0.0, 40.0, 0.0)
    found = max_t(LEVEL, panel, design, draws=199)
    assert found.names == ("a, destination", "b, destination", "c, destination")
    assert found.rejected == ("b, destination",)
    assert np.all(found.adjusted >= found.p_value)
    assert found.adjusted.min() >= 1 / 200
    assert found.notes[0] == "the smallest p that can come out is 0.005"


def test_copies_of_one_indicator_cost_nothing() -> None:
    one, design = indicators(7.0)
    three, _ = indicators(7.0, 7.0, 7.0, same_errors=True)
    single = max_t(LEVEL, one, design, draws=199)
    family = max_t(LEVEL, three, design, draws=199)
    assert family.adjusted == pytest.approx(np.full(3, single.p_value[0]))
    assert single.adjusted == single.p_value


def test_the_unit_of_measure_makes_no_difference() -> None:
    panel, design = indicators(7.0, 3.0)
    scaled = replace(panel, values=panel.values * np.array([1000.0, 1.0])[:, None, None])
    plain, other = (max_t(LEVEL, p, design, draws=99) for p in (panel, scaled))
    assert np.array_equal(plain.adjusted, other.adjusted)


def test_the_family_may_hold_several_estimands_and_panels() -> None:
    first, design = pair(1, origin_effect=-40.0)
    second, _ = indicators(0.0)
    found = max_t(LEVEL, [first, second], design, estimand=("origin", "net"), draws=99)
    assert found.names == ("y, origin", "y, net", "a, origin", "a, net")
    assert "y, origin" in found.rejected
    assert "a, origin" not in found.rejected


def test_seeds_reproduce_and_matter() -> None:
    panel, design = indicators(3.0, 2.0)
    first, again, other = (max_t(LEVEL, panel, design, draws=199, rng=r) for r in (1, 1, 2))
    assert np.array_equal(first.adjusted, again.adjusted)
    assert not np.array_equal(first.p_value, other.p_value)
    given = max_t(LEVEL, panel, design, draws=199, rng=np.random.default_rng(1))
    assert np.array_equal(first.adjusted, given.adjusted)


@pytest.mark.parametrize(
    "model",
    [
        sx.InterruptedTimeSeries(scale="log"),
        sx.InterruptedTimeSeries(),
        sx.DifferenceInDifferences(),
    ],
)
def test_any_model_can_be_resampled(model: Any) -> None:  # noqa: ANN401 - several types
    panel, design = indicators(40.0, 0.0, donors=4)
    found = max_t(model, panel, design, draws=99)
    assert found.adjusted[0] <= 0.03
    assert found.adjusted[1] > 0.05


def test_placebo_onsets_are_ranked_and_say_what_they_cannot_do() -> None:
    panel, design = indicators(40.0, 0.0, periods=(14, 6))
    with pytest.warns(sx.SmallSampleWarning) as caught:
        found = max_t(LEVEL, panel, design, over="onsets")
    assert found.method == "max-T, 6 placebo onsets"
    assert found.p_value[0] == pytest.approx(1 / 7)
    assert found.rejected == ()
    words = [str(w.message) for w in caught]
    assert words == list(found.notes[1:])
    assert words[0] == "6 draws can never reject at 0.05: descriptive"
    assert "not a test of known size" in words[1]


def test_it_warns_with_its_measured_size() -> None:
    panel, design = indicators(0.0)
    with pytest.warns(sx.SmallSampleWarning, match=r"20 periods: .* 8 to 28 % of families"):
        max_t(LEVEL, panel, design, draws=99)
    panel, design = indicators(0.0, periods=(30, 20))
    with pytest.warns(sx.SmallSampleWarning, match=r"50 periods: .* 7 to 16 % of families"):
        max_t(LEVEL, panel, design, draws=99)


def test_periods_missing_in_one_indicator_are_drawn_from_no_other() -> None:
    panel, design = indicators(40.0, 0.0)
    values = panel.values.copy()
    values[1, :, 3] = np.nan
    quality = np.where(np.isnan(values), "", "ok")
    found = max_t(LEVEL, replace(panel, values=values, quality=quality), design, draws=99)
    assert found.rejected == ("a, destination",)
    assert np.isfinite(found.adjusted).all()


def test_wrong_requests_are_refused() -> None:
    panel, design = pair()
    with pytest.raises(TypeError, match="max_t"):
        max_t(3, panel, design)  # type: ignore[arg-type]  # no model: the point of the test
    with pytest.raises(sx.DesignError) as caught:
        max_t(LEVEL, panel, design, estimand="ratio", over="units", draws=0, block=0)  # type: ignore[arg-type]  # the wrong word is the point
    assert len(caught.value.problems) == 4
    with pytest.raises(sx.DesignError, match=r"named twice \(y\)"):
        max_t(LEVEL, [panel, panel], design)
    shorter, _ = indicators(0.0, periods=(12, 7))
    with pytest.raises(sx.DesignError, match="2 calendars"):
        max_t(LEVEL, [panel, shorter], design)
    apart = replace(panel, indicators=(replace(panel.indicators[0], additive=False),))
    with pytest.raises(sx.EstimandNotIdentified, match="net"):
        max_t(LEVEL, apart, design, estimand="net")
    short, study = pair(periods=(8, 4))
    with pytest.raises(sx.DesignError, match="at least 9 for a placebo onset"):
        max_t(LEVEL, short, study, over="onsets")
    short, study = pair(periods=(5, 3))
    with pytest.raises(sx.DesignError, match="8 periods that all indicators share"):
        max_t(LEVEL, short, study)
