"""Unit tests of comparisons: one question, names that tell models apart, refusals listed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from tests.panels import annual_series, long_frame, make_panel, pair_design, read

PANEL, DESIGN = make_panel(annual_series(2)), pair_design()
ITS, DID = sx.InterruptedTimeSeries(trend=False), sx.DifferenceInDifferences()


def test_a_row_holds_what_the_result_says() -> None:
    did = DID.fit(PANEL, DESIGN)
    frame = sx.compare(ITS.fit(PANEL, DESIGN), did).to_frame()
    row = frame.set_index("model").loc[did.name]
    for name in ("origin", "destination", "net"):
        assert row[name] == did[name].estimate
        assert (row[f"{name}_low"], row[f"{name}_high"]) == (
            did[name].conf_low,
            did[name].conf_high,
        )
    assert row["offset_ratio"] == did["offset_ratio"].estimate
    assert row["window"] == "2000 to 2023, onset 2014"
    assert row["refused"] == ""


def test_the_long_table_has_the_rows_of_every_result() -> None:
    found = sx.compare(ITS.fit(PANEL, DESIGN), DID.fit(PANEL, DESIGN))
    tidy = found.tidy()
    assert list(tidy["model"]) == [name for name in found.names for _ in range(4)]
    assert list(tidy["estimand"][:4]) == ["origin", "destination", "net", "offset_ratio"]


def test_models_of_one_name_are_told_apart_by_their_settings() -> None:
    models = [ITS, replace(ITS, errors="stationary"), DID]
    names = sx.compare_models(models, PANEL, DESIGN).names
    word = ITS.fit(PANEL, DESIGN).name
    assert names[:2] == (f"{word}, errors='any'", f"{word}, errors='stationary'")
    assert names[2].startswith("Difference-in-differences")


def test_models_that_refuse_are_listed_with_their_reason() -> None:
    few = pair_design(donors=("AT", "CZ"))
    found = sx.compare_models([DID, sx.SyntheticControl()], PANEL, few)
    assert len(found.results) == 1
    ((name, reason),) = found.refused
    assert name == repr(sx.SyntheticControl())
    last = found.to_frame().iloc[-1]
    assert (last["model"], last["refused"]) == (name, reason)
    assert "2 donors" in reason


def test_when_all_refuse_the_reasons_are_the_error() -> None:
    few = pair_design(donors=("AT", "CZ"))
    with pytest.raises(sx.DesignError, match="2 models, none of which answers") as caught:
        sx.compare_models([sx.SyntheticControl(), sx.SyntheticDiD()], PANEL, few)
    assert "2 donors observed" in str(caught.value)


def test_what_all_say_of_a_study_is_said_once() -> None:
    wrong = pair_design(origin="NX")
    with pytest.raises(sx.DesignError) as caught:
        sx.compare_models([ITS, DID], PANEL, wrong)
    assert str(caught.value).count("NX") <= 2
    assert "InterruptedTimeSeries" not in str(caught.value)


def test_cautions_name_the_models_and_are_given_once() -> None:
    short = pair_design(end=2016)
    with pytest.warns(sx.SmallSampleWarning) as caught:
        sx.compare_models([ITS, replace(ITS, errors="stationary"), DID], PANEL, short)
    said = [str(w.message) for w in caught]
    assert len(said) == len(set(said))
    assert any(m.startswith("InterruptedTimeSeries, DifferenceInDifferences: ") for m in said)
    assert {w.filename for w in caught} == {__file__}


def test_a_ratio_stands_beside_models_of_what_it_asks_about() -> None:
    rng = np.random.default_rng(1)
    units = ("NL", "BE", *DESIGN.donors)
    parts = [
        long_frame({u: rng.poisson(80, 24).astype(float) for u in units}).assign(name=name)
        for name in ("labs", "thefts")
    ]
    both = read(pd.concat(parts), indicator="name", unit_of_measure="count")
    ratio = sx.RatioOfRatios(indicator="labs", control="thefts")
    found = sx.compare_models([ratio, sx.CountDiD(), ITS], both, DESIGN)
    assert not found.refused
    assert {r.indicator.name for r in found.results} == {"labs"}


def test_a_comparison_is_weighed_as_its_results_are() -> None:
    found = sx.compare_models([ITS, DID], PANEL, DESIGN)
    assert sx.weigh(found).results == found.results


def test_other_questions_are_refused_with_all_differences() -> None:
    other = make_panel(annual_series(2), unit_of_measure="plants")
    swapped = replace(DESIGN, origin="BE", destination="NL")
    with pytest.raises(sx.DesignError, match="2 problems") as caught:
        sx.compare(ITS.fit(PANEL, DESIGN), ITS.fit(other, swapped))
    assert all(word in str(caught.value) for word in ("2 sides", "2 units of effects", "BE to NL"))


def test_equal_models_are_numbered_and_other_things_are_refused() -> None:
    names = sx.compare_models([ITS, ITS], PANEL, DESIGN).names
    word = ITS.fit(PANEL, DESIGN).name
    assert names == (f"{word}, number 1", f"{word}, number 2")
    for wrong in (ITS, ["its"], [sx.InterruptedTimeSeries]):
        with pytest.raises(TypeError, match="takes a list of models"):
            sx.compare_models(wrong, PANEL, DESIGN)  # type: ignore[arg-type]  # the point of the test


def test_what_is_no_result_is_refused() -> None:
    with pytest.raises(TypeError, match="given list"):
        sx.compare([ITS.fit(PANEL, DESIGN)])  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(sx.DesignError, match="no result"):
        sx.compare()


def test_hypotheses_stand_beside_models_with_their_kind_and_weights() -> None:
    its, rivals = ITS.fit(PANEL, DESIGN), sx.rival_models(PANEL, DESIGN, trend=False)
    alone, both = sx.compare(its), sx.compare(rivals, its)
    frame = both.to_frame()
    assert list(frame["kind"]) == ["model"] + ["hypothesis"] * len(rivals.fits)
    assert list(frame["model"][1:]) == [fit.name for fit in rivals.fits]
    assert list(frame["aicc_weight"][1:]) == rivals.akaike_weights.tolist()
    assert frame.loc[1:, ["origin_low", "net_high"]].isna().all(axis=None)
    shift = frame.set_index("model").loc["shift-compatible (full offset)"]
    assert (shift["net"], shift["offset_ratio"]) == (pytest.approx(0), pytest.approx(1))
    pd.testing.assert_frame_equal(
        frame.loc[:0, list(alone.to_frame().columns)], alone.to_frame(), check_dtype=False
    )
    pd.testing.assert_frame_equal(both.tidy(), alone.tidy())


def test_a_model_of_the_flow_and_hypotheses_stand_in_one_table() -> None:
    panel, design = sx.simulate_pair(flow=20, sd=2, autocorrelation=0.0, rng=1)
    its = sx.InterruptedTimeSeries(trend=False, errors="stationary").fit(panel, design)
    vessels = sx.CommunicatingVessels(draws=1000).fit(panel, design)
    found = sx.compare(its, vessels, sx.rival_models(panel, design, trend=False))
    assert list(found.to_frame()["kind"][:3]) == ["model", "model", "hypothesis"]


def test_without_hypotheses_the_table_has_no_columns_of_theirs() -> None:
    columns = set(sx.compare(ITS.fit(PANEL, DESIGN)).to_frame().columns)
    assert not {"kind", "aicc_weight", "constraint"} & columns


def test_hypotheses_of_another_question_are_refused() -> None:
    swapped = replace(DESIGN, origin="BE", destination="NL")
    rivals = sx.rival_models(PANEL, swapped, trend=False)
    with pytest.raises(sx.DesignError, match="2 sides"):
        sx.compare(ITS.fit(PANEL, DESIGN), rivals)
    with pytest.raises(sx.DesignError, match="no result"):
        sx.compare(rivals)


def test_one_result_is_not_compared_with_itself() -> None:
    result = ITS.fit(PANEL, DESIGN)
    with pytest.raises(sx.DesignError, match="the same result more than once"):
        sx.compare(result, ITS.fit(PANEL, DESIGN))
    assert len(sx.compare(result, replace(ITS, errors="stationary").fit(PANEL, DESIGN)).names) == 2
