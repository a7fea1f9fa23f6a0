"""From dates as written to onsets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd
import pytest

from shiftexp.errors import DesignError
from shiftexp.panel import Calendar
from shiftexp.policy.dating import Onset, onset_of, read_events

YEARS, MONTHS = Calendar("year", 2000, 30), Calendar("month", 24000, 360)
QUARTERS = Calendar("quarter", 8000, 100)


@pytest.mark.parametrize(
    ("written", "calendar", "onset"),
    [
        ("2012-05-01", YEARS, Onset("2012")),
        ("2012-06-30", YEARS, Onset("2012")),
        ("2012-07-01", YEARS, Onset("2013", ("2012",))),
        ("2012", YEARS, Onset("2013", ("2012",))),
        ("2012-12", YEARS, Onset("2013", ("2012",))),
        ("2012-06", YEARS, Onset("2012")),
        ("2012-05-01", MONTHS, Onset("2012-05")),
        ("2012-05-16", MONTHS, Onset("2012-06", ("2012-05",))),
        ("2012-02", MONTHS, Onset("2012-03", ("2012-02",))),
        ("2012-02-10", QUARTERS, Onset("2012Q1")),
        ("2012-02-16", QUARTERS, Onset("2012Q2", ("2012Q1",))),
    ],
)
def test_the_onset_is_the_first_period_surely_after(
    written: str, calendar: Calendar, onset: Onset
) -> None:
    event = read_events([written])[0]
    assert event.first is not None
    assert event.last is not None
    assert onset_of(event.first, event.last, calendar) == onset


@pytest.mark.parametrize(
    ("row", "days"),
    [
        ({"date_start": "2014-10-01", "date_end": "2016-12-31", "precision": "window"},
         ("2014-10-01", "2014-10-01")),
        ({"date_start": "2008-01-01", "date_end": "2011-12-31", "precision": "window"},
         ("2008-01-01", "2008-12-31")),
        ({"date_start": "2015-01-01", "date_end": "2015-12-31", "precision": "year"},
         ("2015-01-01", "2015-12-31")),
        ({"date_start": "", "date_end": "", "precision": "unknown"}, (None, None)),
    ],
)  # fmt: skip
def test_an_action_begins_on_its_first_day_unless_only_its_year_is_known(
    row: Mapping[str, str], days: tuple[str | None, str | None]
) -> None:
    event = read_events(pd.DataFrame([row]))[0]
    expected = tuple(None if day is None else dt.date.fromisoformat(day) for day in days)
    assert (event.first, event.last) == expected


def test_names_countries_and_kinds_are_kept() -> None:
    rows = [("2012", "ban", "NL", "policy")]
    frame = pd.DataFrame(rows, columns=["date", "event", "country", "kind"])
    event = read_events(frame)[0]
    assert (event.name, event.country, event.kind, event.date) == ("ban", "NL", "policy", "2012")
    assert read_events({"raid": "2008-05-20"})[0].name == "raid"
    assert read_events([2012])[0].name == "2012"


def test_every_unreadable_date_is_named() -> None:
    with pytest.raises(DesignError, match=r"(?s)'soon'.*'12/5'"):
        read_events(["soon", "2012", "12/5"])
    with pytest.raises(DesignError, match="no events"):
        read_events([])
    with pytest.raises(DesignError, match="columns year"):
        read_events(pd.DataFrame({"year": [2012]}))
    with pytest.raises(TypeError, match="given str"):
        read_events("2012")


def test_a_day_of_pandas_is_written_without_its_midnight() -> None:
    dated = read_events([pd.Timestamp("2012-03-01")])[0]
    assert (dated.date, dated.name) == ("2012-03-01", "2012-03-01")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"date": ["2012"], "kind": ["mesurement"]}, "kind 'mesurement' in row 1.*'measurement'"),
        ({"date": ["2012"], "kind": ["Policy"]}, "did you mean 'policy'"),
        (
            {"date_start": ["2010", "2014"], "date_end": ["2011", "2012"], "event": ["a", "raid"]},
            "date_end '2012' before date_start '2014' in row 2.*raid",
        ),
    ],
)
def test_unknown_kinds_and_ends_before_starts_are_refused(
    columns: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(DesignError, match=f"(?s){message}"):
        read_events(pd.DataFrame(columns))


def test_years_beside_a_blank_are_years() -> None:
    first, blank = read_events(pd.DataFrame({"date": [2012, None]}))
    assert (first.date, first.first, blank.first) == ("2012", dt.date(2012, 1, 1), None)
