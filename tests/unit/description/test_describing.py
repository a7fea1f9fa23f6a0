"""`describe`: rows of every series, what a design adds, what is missing and why, refusals."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError, PanelError
from tests.panels import make_panel


@cache
def moved() -> sx.Description:
    panel, design = sx.simulate_pair(flow=30, sd=1, donors=2, rng=1)
    return sx.describe(panel, design)


def test_a_row_for_each_series_of_the_design_with_its_ends() -> None:
    frame = moved().to_frame()
    assert frame["series"].tolist() == ["O", "D", "C1", "C2"]
    assert frame["observed"].tolist() == [20] * 4
    panel, design = sx.simulate_pair(flow=30, sd=1, donors=2, rng=1)
    assert frame["first"].iloc[0] == panel.series("O")[0]
    assert frame["last"].iloc[1] == panel.series("D")[-1]
    assert frame["breaks"].iloc[1].startswith(f"{design.onset} (")
    assert set(frame["reads_as"]) == {"description"}
    assert moved().onset == str(design.onset)


def test_breaks_of_log_total_and_log_ratio_stand_together() -> None:
    names = [found.series.name for found in moved().breaks]
    assert names[-2:] == ["log total, O + D", "log ratio, D over O"]
    tests = moved().tests_frame().set_index(["series", "test"])["p_value"]
    # what moves from one to the other moves the ratio and not the total
    assert tests["log ratio, D over O", "sup-F"] < 0.01
    assert tests["log total, O + D", "sup-F"] > 0.05
    assert "Chow" in moved().tests_frame()["test"].tolist()


def test_without_a_design_all_units_are_described_and_there_is_no_pair() -> None:
    panel, _ = sx.simulate_pair(rng=1)
    found = sx.describe(panel, simulations=99)
    assert [s.series.name for s in found.series] == ["D", "O"]
    assert found.pair is None
    assert found.onset == ""
    assert "Chow" not in found.tests_frame()["test"].tolist()


def test_one_side_has_no_pair() -> None:
    panel, design = sx.simulate_pair(rng=1)
    found = sx.describe(panel, design.only("destination"), simulations=99)
    assert found.pair is None
    assert [s.series.name for s in found.series] == ["D"]


def test_an_onset_that_is_a_range_has_no_chow_test() -> None:
    panel, design = sx.simulate_pair(rng=1)
    ranged = replace(design, onset=(2012, 2013), basis="observed")
    found = sx.describe(panel, ranged, simulations=99)
    assert "Chow" not in found.tests_frame()["test"].tolist()
    assert any("no Chow test" in note for note in found.notes)


def test_series_with_nothing_to_say_say_why() -> None:
    values = np.random.default_rng(1).lognormal(3, 0.2, 20)
    zero, few = values.copy(), values.copy()
    zero[3], few[5:] = 0.0, np.nan
    found = sx.describe(
        make_panel({"AT": values, "BE": zero, "DE": np.full(20, 2.0), "NL": few}), simulations=99
    )
    assert found["AT"].notes == ()
    assert found["BE"].breaks is not None
    assert found["BE"].breaks.scale == "level"
    assert "1 value not above zero" in found["BE"].notes[0]
    assert found["DE"].breaks is found["NL"].breaks is None
    assert "'DE' never changes" in found["DE"].notes[0]
    assert any("at least 12: no breaks" in note for note in found["NL"].notes)
    row = found.to_frame().set_index("series").loc["NL"]
    assert (row["observed"], row["first_period"], row["last_period"]) == (5, "2000", "2004")
    assert np.isnan(row["growth_percent"])
    with pytest.raises(KeyError, match="no series 'FR'"):
        found["FR"]


@pytest.mark.slow
def test_a_data_set_is_read_by_the_name_of_a_design_or_by_indicator() -> None:
    data = sx.load_dataset("benelux")
    by_name = sx.describe(data, "cocaine_wholesale", simulations=99)
    design = data.design("cocaine_wholesale")
    by_hand = sx.describe(data.design_panel("cocaine_wholesale"), design, simulations=99)
    assert by_name.to_frame().equals(by_hand.to_frame())
    with pytest.raises(PanelError):
        sx.describe(data, indicator="seized_kg")


@pytest.mark.parametrize("kind", ["frame", "name", "design", "indicator", "settings"])
def test_what_cannot_be_described_is_quoted(kind: str) -> None:
    panel, design = sx.simulate_pair(rng=1)
    calls = {
        "frame": (panel.to_frame(), design, {}, "data = a DataFrame"),
        "name": (panel, "cocaine", {}, "design = 'cocaine'; needed: a Design"),
        "design": (panel, 3, {}, "design = a int"),
        "indicator": (panel, None, {"indicator": "kilo"}, "indicator = 'kilo'"),
        "settings": (panel, 3, {"level": 95, "trend": 1}, "level = 95"),
    }
    data, study, options, said = calls[kind]
    with pytest.raises(DesignError) as caught:
        sx.describe(data, study, **options)  # type: ignore[arg-type]  # the point of the test
    assert said in str(caught.value)
    assert len(caught.value.problems) == (3 if kind == "settings" else 1)


def test_a_data_set_alone_and_a_panel_of_several_indicators_are_refused() -> None:
    with pytest.raises(DesignError, match="a data set alone"):
        sx.describe(sx.load_dataset("benelux"))
    one, two = (make_panel({"BE": np.arange(5.0)}) for _ in range(2))
    renamed = replace(two, indicators=(replace(two.indicator, name="second"),))
    with pytest.raises(DesignError, match="a panel of 2 indicators"):
        sx.describe(sx.Panel.stack(one, renamed))


def test_sup_f_says_which_series_it_asks_about() -> None:
    panel, design = sx.simulate_pair(flow=40.0, periods=(15, 15), sd=3.0, rng=1)
    told = sx.describe(panel, design, simulations=99).notes
    order = sx.break_order(panel, design, simulations=99).notes
    assert any(n.startswith("sup-F: of logs with a trend; break_order asks") for n in told)
    assert any(n.startswith("sup-F: of levels without a trend; describe asks") for n in order)
