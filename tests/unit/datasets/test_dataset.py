"""A dataset picks one kind of series, says why it cannot, and hands out nothing that changes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from shiftexp.datasets import NAMES, Dataset, load_dataset
from shiftexp.datasets.dataset import is_additive
from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import DesignError, PanelError


@pytest.fixture
def data() -> Dataset:
    """Return the bundled data."""
    return load_dataset("benelux")


def test_loading_is_done_once(data: Dataset) -> None:
    assert load_dataset("benelux") is data
    assert NAMES == ("benelux",)
    with pytest.raises(PanelError, match=r"dataset 'benelxu'.*did you mean 'benelux'"):
        load_dataset("benelxu")


@pytest.mark.parametrize(
    "table", ["indicators", "sources", "events", "cells", "designs", "flows", "regions"]
)
def test_tables_are_copies(data: Dataset, table: str) -> None:
    frame: pd.DataFrame = getattr(data, table)
    before = frame.copy()
    frame.iloc[0, 0] = "changed"
    pd.testing.assert_frame_equal(getattr(data, table), before)


def test_the_cocaine_panel_holds_the_values_of_the_table(data: Dataset) -> None:
    panel = data.panel(
        market="cocaine", segment="wholesale", indicator="seized_kg", substance="cocaine"
    )
    assert (
        repr(panel) == "Panel(seized_kg [kg]; 42 units, 44 years 1980 to 2023; 1431 of 1848 values)"
    )
    assert panel.indicator.additive
    assert panel.indicator.comparable
    assert panel.series("NL")[panel.calendar.index(2016)] == 12009.6
    assert panel.quality[0, panel.position("NL"), panel.calendar.index(2016)] == "suspect"
    assert panel.quality[0, panel.position("NL"), panel.calendar.index(2018)] == "break"
    assert {"DE", "FR"} <= panel.near <= set(panel.units)
    assert not {"AT", "BE", "NL"} & panel.near
    assert panel.source == "benelux: unodc70, unodc71"


def test_a_year_without_a_row_is_missing(data: Dataset) -> None:
    coffeeshops = data.panel(indicator="coffeeshops", units=["NL"])
    assert np.isnan(coffeeshops.series("NL")[coffeeshops.calendar.index(1998)])


def test_standard_errors_travel(data: Dataset) -> None:
    panel = data.panel(indicator="wastewater_load", substance="mdma", level="wastewater_site")
    observed = np.isfinite(panel.values)
    assert np.isfinite(panel.std_error[observed]).mean() > 0.9
    assert not panel.indicator.additive


def test_offences_are_not_comparable(data: Dataset) -> None:
    assert not data.panel(indicator="recorded_burglary").indicator.comparable
    assert not data.panel(indicator="drug_offences").indicator.comparable


@pytest.mark.slow
def test_additive_and_comparable_agree_with_the_declared_designs(data: Dataset) -> None:
    for row in data.design_rows:
        series = {
            name: row[name] for name in ("market", "segment", "indicator", "substance", "unit")
        }
        mine = data.panel(
            **series,
            level=None,
            units=[u for u in (row["origin"] + "+" + row["destination"]).split("+") if u],
        )
        declared = data.design_panel(row["design"])
        assert mine.indicator == declared.indicator, row["design"]


@pytest.mark.parametrize(
    ("unit", "additive"),
    [
        ("kg", True),
        ("count", True),
        ("count_2019_2024", True),
        ("per_year", True),
        ("usd_per_g", False),
        ("eur_per_kg", False),
        ("mg_per_tablet", False),
        ("mg_per_day_per_1000_inhabitants", False),
        ("percent", False),
        ("per_month", False),
    ],
)
def test_what_may_be_summed(unit: str, additive: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_additive(unit) is additive


REFUSED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"market": "cocain"}, ("market 'cocain'", "did you mean 'cocaine'?")),
    ({"indicator": "seized", "level": "country"}, ("indicator 'seized'",)),
    ({"level": "ports"}, ("level 'ports'", "did you mean 'port'?")),
    (
        {"market": "cocaine"},
        (
            "16 kinds of series",
            "indicator='seized_kg'",
            "say segment=, indicator=, substance=, unit=",
        ),
    ),
    (
        {"indicator": "seized_kg", "market": "cannabis"},
        ("2 kinds of series: substance='herb'; substance='resin'", "say substance="),
    ),
    (
        {"indicator": "seized_kg", "substance": "cocaine", "level": None},
        ("mixed levels: 'country' (42 units), 'port' (11 units)",),
    ),
    (
        {"indicator": "wastewater_load", "substance": "cocaine"},
        ("no values", "say level='wastewater_site'"),
    ),
    (
        {"market": "heroin", "indicator": "coffeeshops"},
        ("no values with market='heroin', indicator='coffeeshops'",),
    ),
    ({"indicator": "seized_kg", "substance": "cocaine", "units": ["BE", "XQ"]}, ("unit 'XQ'",)),
    (
        {"indicator": "seized_kg", "substance": "cocaine", "units": ["BE", "NL:rotterdam_port"]},
        ("unit 'NL:rotterdam_port' has no value in this series",),
    ),
]


@pytest.mark.parametrize(("asked", "says"), REFUSED, ids=[str(asked) for asked, _ in REFUSED])
def test_what_is_no_panel_is_refused_with_a_way_on(
    data: Dataset, asked: dict[str, Any], says: tuple[str, ...]
) -> None:
    with pytest.raises(PanelError) as caught:
        data.panel(**asked)
    for words in says:
        assert words in str(caught.value)


def test_units_are_picked(data: Dataset) -> None:
    panel = data.panel(
        indicator="seized_kg",
        substance="cocaine",
        level="port",
        units=("NL:rotterdam_port", "BE:antwerp_port"),
    )
    assert panel.units == ("BE:antwerp_port", "NL:rotterdam_port")
    assert data.panel(indicator="coffeeshops", units="NL").units == ("NL",)


def test_far_and_near_are_apart(data: Dataset) -> None:
    assert len(data.far) == 27
    assert {"AT", "BG", "CH", "GR", "HR", "HU", "RO", "RU", "TR"} <= set(data.far)
    assert not set(data.far) & data.near
    assert "DE" in data.near
    assert all(":" not in unit for unit in data.far)


def test_a_design_row_is_text_and_an_unknown_one_is_named(data: Dataset) -> None:
    row = data.design_row("cocaine_wholesale")
    assert (row["origin"], row["destination"], row["onset_first"], row["onset_last"]) == (
        "NL",
        "BE",
        "2012",
        "2015",
    )
    assert len(data.design_rows) == 36
    with pytest.raises(DesignError, match=r"did you mean 'cocaine_wholesale'"):
        data.design("cocaine_wholesal")
    with pytest.raises(DesignError, match="design 'nothing'"):
        data.design_panel("nothing")


def test_detection_of_a_declared_design_is_that_of_its_row(data: Dataset) -> None:
    row = data.design_row("cocaine_wholesale")
    found = data.detection("cocaine_wholesale")
    assert found == Detection.from_row(row)
    assert found.ratio == (float(row["detection_ratio_low"]), float(row["detection_ratio_high"]))
    with pytest.raises(DesignError, match="did you mean 'cocaine_wholesale'"):
        data.detection("cocaine_wholesal")


def test_counted_customers_of_several_countries_have_no_part_of_their_own(data: Dataset) -> None:
    fall = data.counted_fall("NL:terneuzen")
    assert 0 < fall.low < fall.high
    assert fall.part == 0
    assert fall.who == "foreign customers of several countries"
    lowest = [e.bound.low for p in (None, 0.5) if (e := fall.evidence(quitting=0, part=p)).bound]
    assert lowest == [0, pytest.approx(fall.low / 2)]


def test_every_declared_design_can_be_built_and_has_its_units(data: Dataset) -> None:
    for row in data.design_rows:
        assert isinstance(data.design(row["design"]), Design)
        panel = data.design_panel(row["design"])
        sides = [
            unit for side in ("origin", "destination") for unit in row[side].split("+") if unit
        ]
        donors = [unit for unit in row["donors"].split(";") if unit]
        assert set(sides + donors) <= set(panel.units), row["design"]
        assert panel.indicator.additive == (row["additive"] == "1")
        assert panel.indicator.comparable == (row["comparable"] == "1")


def test_the_frame_keeps_source_and_note(data: Dataset) -> None:
    frame = data.to_frame()
    assert len(frame) == len(data.indicators)
    assert (frame["source_title"] != "").all()
    assert frame["source_publisher"].notna().all()
    assert {"source_id", "note", "quality"} <= set(frame)


def test_display_is_short(data: Dataset) -> None:
    assert repr(data) == "Dataset('benelux': 19,215 values, 1,338 series, 232 sources)"
    assert len(str(data).splitlines()) == 23
    assert data._repr_html_().count("<tr>") == 21
