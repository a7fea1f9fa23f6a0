"""A panel keeps what the rows say, in whatever order and kind of frame, and never changes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from shiftexp.errors import DesignError, PanelError
from shiftexp.panel import Calendar, Indicator, Panel

pa = importlib.import_module("pyarrow")  # which has no types

READ: dict[str, Any] = {"unit": "country", "period": "year", "value": "kg", "unit_of_measure": "kg"}


@pytest.fixture
def frame() -> pd.DataFrame:
    """Make three countries, one without 2013, and a true zero."""
    return pd.DataFrame(
        {
            "country": ["NL", "BE", "AT", "NL", "AT", "BE", "NL"],
            "year": [2013, 2012, 2012, 2012, 2014, 2014, 2014],
            "kg": [4.0, 0.0, 1.5, 3.0, 2.5, 6.0, 5.0],
            "se": [0.1, None, 0.2, 0.3, None, 0.0, 0.5],
            "containers": [10.0, 20.0, None, 40.0, 50.0, 60.0, 70.0],
            "flag": ["ok", "approximate", "ok", "break", "ok", "suspect", "recalled"],
        }
    )


@pytest.fixture
def panel(frame: pd.DataFrame) -> Panel:
    """Build the panel with everything given."""
    extra: dict[str, Any] = {
        "std_error": "se",
        "exposure": "containers",
        "quality": "flag",
        "near": ["AT"],
        "source": "test",
    }
    return Panel.from_frame(frame, **READ, **extra)


def test_values_stand_where_their_keys_say(panel: Panel) -> None:
    assert panel.units == ("AT", "BE", "NL")
    assert panel.calendar == Calendar("year", 2012, 3)
    np.testing.assert_array_equal(
        panel.values, [[[1.5, np.nan, 2.5], [0.0, np.nan, 6.0], [3.0, 4.0, 5.0]]]
    )
    np.testing.assert_array_equal(panel.std_error[0, 2], [0.3, 0.1, 0.5])
    np.testing.assert_array_equal(panel.exposure[0, 0], [np.nan, np.nan, 50.0])
    assert panel.quality[0].tolist() == [
        ["ok", "", "ok"],
        ["approximate", "", "suspect"],
        ["break", "ok", "recalled"],
    ]
    assert panel.near == {"AT"}
    assert panel.source == "test"
    assert len(panel) == 7


def test_a_missing_period_is_not_a_zero(panel: Panel) -> None:
    np.testing.assert_array_equal(panel.series("BE"), [0.0, np.nan, 6.0])


def test_the_order_of_the_rows_is_nothing(frame: pd.DataFrame, panel: Panel) -> None:
    extra: dict[str, Any] = {
        "std_error": "se",
        "exposure": "containers",
        "quality": "flag",
        "near": ["AT"],
    }
    again = Panel.from_frame(frame.sample(frac=1, random_state=1), **READ, **extra)
    assert again.digest() == panel.digest()


def test_pandas_polars_and_pyarrow_are_the_same(frame: pd.DataFrame) -> None:
    cells: dict[str, Any] = {str(name): list(frame[name]) for name in frame}
    digests = {
        Panel.from_frame(f, **READ).digest() for f in (frame, pl.DataFrame(cells), pa.table(cells))
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    "years",
    [
        ["2012", "2013"],
        [dt.date(2012, 1, 1), dt.date(2013, 1, 1)],
        pd.to_datetime(["2012-12-31", "2013-12-31"]),
        pd.PeriodIndex(["2012", "2013"], freq="Y"),
        np.array([2012, 2013], dtype=np.int16),
        pd.Categorical(["2012", "2013"]),
    ],
    ids=["text", "date", "timestamp", "period", "int16", "categorical"],
)
def test_every_form_of_period_gives_the_same_panel(years: object) -> None:
    frame = pd.DataFrame({"country": ["BE", "BE"], "year": years, "kg": [1.0, 2.0]})
    assert Panel.from_frame(frame, **READ).calendar == Calendar("year", 2012, 2)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2],
        np.array([1, 2], dtype=np.float32),
        [Decimal(1), Decimal(2)],
        pd.array([1, 2], dtype="Int64"),
    ],
    ids=["int", "float32", "decimal", "Int64"],
)
def test_every_kind_of_number_is_the_same_number(values: object) -> None:
    frame = pd.DataFrame({"country": ["BE", "BE"], "year": [2012, 2013], "kg": values})
    assert Panel.from_frame(frame, **READ).series("BE").tolist() == [1.0, 2.0]


def test_without_flags_everything_observed_is_ok(frame: pd.DataFrame) -> None:
    panel = Panel.from_frame(frame, **READ)
    assert (panel.quality == "ok").sum() == 7
    assert np.isnan(panel.std_error).all()
    assert np.isnan(panel.exposure).all()


def test_indicators_from_a_column_with_their_own_unit_of_measurement() -> None:
    frame = pd.DataFrame(
        {
            "country": ["BE", "BE", "NL"],
            "year": [2012, 2012, 2012],
            "what": ["price", "seized", "seized"],
            "amount": [50.0, 7.0, 8.0],
            "measure": ["usd_per_g", "kg", "kg"],
        }
    )
    read: dict[str, Any] = {
        "unit": "country",
        "period": "year",
        "value": "amount",
        "indicator": "what",
    }
    panel = Panel.from_frame(frame, **read, unit_of_measure="measure", additive=False)
    assert panel.indicators == (
        Indicator("price", "usd_per_g", additive=False),
        Indicator("seized", "kg", additive=False),
    )
    assert panel.units_of_measure == ("usd_per_g", "kg")
    np.testing.assert_array_equal(panel["price"].values[0], [[50.0], [np.nan]])
    with pytest.raises(PanelError, match=r"a panel of 2 indicators: price, seized"):
        panel.series("BE")
    with pytest.raises(PanelError, match=r"did you mean 'price'\?"):
        panel["prise"]


def test_a_unit_of_measurement_may_bear_the_name_of_the_value_column(frame: pd.DataFrame) -> None:
    assert Panel.from_frame(frame, **READ).indicator == Indicator("kg", "kg")


def test_one_unit_a_constant_series_and_one_period_are_a_panel() -> None:
    frame = pd.DataFrame({"country": ["BE"] * 3, "year": [2012, 2013, 2014], "kg": [1.0] * 3})
    assert Panel.from_frame(frame, **READ).series("BE").tolist() == [1.0, 1.0, 1.0]
    assert (
        repr(Panel.from_frame(frame[:1], **READ))
        == "Panel(kg [kg]; 1 unit, 1 year 2012; 1 of 1 values)"
    )


def test_gaps_are_kept_when_allowed() -> None:
    frame = pd.DataFrame({"country": ["BE", "BE"], "year": [2012, 2014], "kg": [1.0, 2.0]})
    np.testing.assert_array_equal(
        Panel.from_frame(frame, **READ, allow_gaps=True).series("BE"), [1.0, np.nan, 2.0]
    )


def test_an_unknown_unit_is_a_design_error(panel: Panel) -> None:
    with pytest.raises(DesignError, match=r"unit 'NLD'.*did you mean 'NL'"):
        panel.position("NLD")
    assert panel.position("NL") == 2


def test_nothing_can_be_changed(panel: Panel) -> None:
    for array in (panel.values, panel.std_error, panel.exposure, panel.quality, panel.series("BE")):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        panel.units = ()  # type: ignore[misc]  # the assignment is what must fail


def test_the_arrays_are_copies() -> None:
    values = np.array([[[1.0, 2.0]]])
    panel = Panel((Indicator("kg", "kg"),), ("BE",), Calendar("year", 2012, 2), values)
    values[0, 0, 0] = 99.0
    assert panel.series("BE").tolist() == [1.0, 2.0]
    assert panel.quality.tolist() == [[["ok", "ok"]]]


def test_wrong_arrays_are_refused_with_all_their_problems() -> None:
    labs, calendar = Indicator("labs", "count"), Calendar("year", 2012, 2)
    with pytest.raises(PanelError) as caught:
        Panel((labs, labs), ("BE", "BE"), calendar, np.zeros((1, 1, 2)), near=frozenset({"DE"}))
    given = [problem.given for problem in caught.value.problems]
    assert given[:3] == [
        "indicator 'labs' more than once",
        "unit 'BE' more than once",
        "near donor 'DE'",
    ]
    assert given[3] == "values of shape (1, 1, 2)"
    flags = np.array([[["fine", ""]]])
    with pytest.raises(PanelError) as caught:
        Panel(
            (labs,),
            ("BE",),
            calendar,
            np.array([[[np.inf, 1.0]]]),
            -np.ones((1, 1, 2)),
            np.zeros((1, 1, 2)),
            flags,
        )
    given = [problem.given for problem in caught.value.problems]
    assert given == [
        "values inf",
        "std_error -1.0",
        "exposure 0.0",
        "quality 'fine'",
        "quality and values disagree on what is missing in 1 cells",
    ]
    with pytest.raises(PanelError, match="no indicator"):
        Panel((), (), calendar, np.zeros((0, 0, 2)))


def months(values: list[float], start: str = "2012-01", **extra: list[Any]) -> pd.DataFrame:
    """Return monthly rows of Belgium."""
    labels = pd.period_range(start, periods=len(values), freq="M").astype(str)
    return pd.DataFrame({"country": "BE", "year": labels, "kg": values} | extra)


def test_additive_months_are_summed_and_errors_added_in_squares() -> None:
    frame = months(list(range(1, 25)), se=[0.5] * 24, flag=["ok"] * 23 + ["break"])
    years = Panel.from_frame(frame, **READ, std_error="se", quality="flag").aggregate("year")
    assert years.calendar == Calendar("year", 2012, 2)
    assert years.series("BE").tolist() == [78.0, 222.0]
    np.testing.assert_allclose(years.std_error[0, 0], np.sqrt(12 * 0.25))
    assert years.quality[0, 0].tolist() == ["ok", "break"]


def test_rates_are_averaged() -> None:
    frame = months(list(range(1, 13)), se=[0.6] * 12)
    years = Panel.from_frame(frame, **READ, additive=False, std_error="se").aggregate("year")
    assert years.series("BE")[0] == pytest.approx(6.5)
    assert years.std_error[0, 0, 0] == pytest.approx(0.6 / np.sqrt(12))


def test_rates_with_exposure_keep_their_total() -> None:
    rate, exposure = np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 10.0, 10.0, 70.0])
    labels = ["2012Q1", "2012Q2", "2012Q3", "2012Q4"]
    frame = pd.DataFrame({"country": "BE", "year": labels, "kg": rate, "n": exposure})
    years = Panel.from_frame(frame, **READ, additive=False, exposure="n").aggregate()
    assert years.exposure[0, 0, 0] == 100.0
    assert years.series("BE")[0] * 100.0 == pytest.approx((rate * exposure).sum())


@pytest.mark.parametrize(
    ("flags", "worst"),
    [
        (("ok", "approximate"), "approximate"),
        (("approximate", "break"), "break"),
        (("break", "recalled"), "recalled"),
        (("recalled", "suspect"), "suspect"),
    ],
)
def test_the_worst_flag_wins(flags: tuple[str, str], worst: str) -> None:
    frame = months([1.0] * 12, flag=list(flags) * 6)
    assert (
        Panel.from_frame(frame, **READ, quality="flag").aggregate("year").quality[0, 0, 0] == worst
    )


def test_only_complete_years_of_a_unit_count() -> None:
    whole = months([1.0] * 26, start="2011-12")
    part = months([1.0] * 11, start="2012-01").assign(country="NL")
    years = Panel.from_frame(pd.concat([whole, part]), **READ).aggregate("year")
    assert years.calendar == Calendar("year", 2012, 2)
    assert years.series("BE").tolist() == [12.0, 12.0]
    assert np.isnan(years.series("NL")).all()
    assert (years.quality[0, 1] == "").all()


def test_no_complete_year_is_refused_and_years_are_left_alone(panel: Panel) -> None:
    with pytest.raises(PanelError, match="no unit has a complete year from 2012-01 to 2012-11"):
        Panel.from_frame(months([1.0] * 11), **READ).aggregate("year")
    with pytest.raises(PanelError, match="no unit has a complete year"):
        Panel.from_frame(months([1.0] * 12).drop(index=5), **READ, allow_gaps=True).aggregate(
            "year"
        )
    with pytest.raises(PanelError, match=r"aggregate\('quarter'\)"):
        panel.aggregate("quarter")  # type: ignore[arg-type]  # what a user without a type checker writes
    assert panel.aggregate("year") is panel


def test_stack_joins_over_the_union(panel: Panel) -> None:
    labs = pd.DataFrame({"country": ["BE", "DE"], "year": [2010, 2013], "n": [7, 9]})
    read: dict[str, Any] = {
        "unit": "country",
        "period": "year",
        "value": "n",
        "unit_of_measure": "count",
    }
    both = Panel.stack(panel, Panel.from_frame(labs, **read, allow_gaps=True, source="labs"))
    assert both.units == ("AT", "BE", "DE", "NL")
    assert both.calendar == Calendar("year", 2010, 5)
    assert both["kg"].series("NL")[2:].tolist() == [3.0, 4.0, 5.0]
    np.testing.assert_array_equal(both["n"].series("DE"), [np.nan, np.nan, np.nan, 9.0, np.nan])
    assert (both.near, both.source, len(both)) == (frozenset({"AT"}), "test; labs", 9)
    with pytest.raises(PanelError, match="indicator 'kg' in more than one panel"):
        Panel.stack(panel, panel)
    with pytest.raises(PanelError, match="mixed frequencies: 'year', 'month'"):
        Panel.stack(
            panel,
            Panel.from_frame(months([1.0]).rename(columns={"kg": "m"}), **(READ | {"value": "m"})),
        )
    with pytest.raises(PanelError, match="no panel"):
        Panel.stack()


def test_a_panel_survives_its_own_frame(panel: Panel) -> None:
    table = panel.to_frame()
    assert list(table) == [
        "indicator",
        "unit",
        "period",
        "value",
        "std_error",
        "exposure",
        "quality",
    ]
    assert len(table) == len(panel)
    names: dict[str, Any] = {str(name): name for name in table}
    again = Panel.from_frame(table, **names, unit_of_measure="kg", near=["AT"])
    assert again.digest() == panel.digest()


def test_the_digest_sees_every_part_of_the_content(panel: Panel) -> None:
    values = panel.values.copy()
    values[0, 0, 0] = np.nextafter(values[0, 0, 0], np.inf)
    flags = panel.quality.copy()
    flags[0, 0, 0] = "break"
    changed = [
        dataclasses.replace(panel, values=values),
        dataclasses.replace(panel, quality=flags),
        dataclasses.replace(panel, near=frozenset()),
        dataclasses.replace(panel, calendar=Calendar("year", 2011, 3)),
        dataclasses.replace(panel, units=("AT", "BE", "LU")),
        dataclasses.replace(panel, indicators=(Indicator("kg", "kg", comparable=False),)),
    ]
    assert len({panel.digest(), *(other.digest() for other in changed)}) == 7
    assert dataclasses.replace(panel, source="elsewhere").digest() == panel.digest()


def test_the_digest_is_the_same_for_ever() -> None:
    panel = Panel(
        (Indicator("kg", "kg"),), ("BE",), Calendar("year", 2012, 2), np.array([[[1.5, np.nan]]])
    )
    assert panel.digest() == "f72c1ec5d1163344728392871a9a09c6ae16e6361ff7b26e973220972416334e"


def test_the_digest_ignores_the_order_of_units() -> None:
    kg, calendar = (Indicator("kg", "kg"),), Calendar("year", 2012, 1)
    one = Panel(kg, ("BE", "NL"), calendar, np.array([[[1.0], [2.0]]]))
    other = Panel(kg, ("NL", "BE"), calendar, np.array([[[2.0], [1.0]]]))
    assert one.digest() == other.digest()


def test_display_is_short_and_harmless() -> None:
    units = [f"<b>{i}</b>" for i in range(30)]
    frame = pd.DataFrame({"country": units, "year": [2012] * 30, "kg": [1.0] * 30})
    panel = Panel.from_frame(frame, **READ)
    html = panel._repr_html_()
    assert "<b>" not in html
    assert html.count("<tr>") == 21
    assert "... 10 more rows" in html
    assert str(panel).splitlines()[0] == repr(panel)
    assert str(panel).splitlines()[-1] == "... 10 more rows"
    assert len(panel.to_markdown().splitlines()) == 32
