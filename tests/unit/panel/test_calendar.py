"""A calendar reads every form of period, numbers it, and refuses what it cannot place."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from shiftexp.errors import PanelError
from shiftexp.panel import Calendar
from shiftexp.panel.calendar import Moment, PeriodError, frequency_of_dates, read_period


def test_numbers_labels_and_seasons_of_each_frequency() -> None:
    years = Calendar.between("year", 2002, "2004")
    quarters = Calendar("quarter", 4 * 2012 + 2, 3)
    months = Calendar.between("month", "2012-11", "2013-02")
    assert (years.per_year, quarters.per_year, months.per_year) == (1, 4, 12)
    assert years.labels == ("2002", "2003", "2004")
    assert quarters.labels == ("2012Q3", "2012Q4", "2013Q1")
    assert months.labels == ("2012-11", "2012-12", "2013-01", "2013-02")
    assert quarters.season.tolist() == [2, 3, 0]
    assert months.season.tolist() == [10, 11, 0, 1]
    assert months.years.tolist() == [2012, 2012, 2013, 2013]
    assert years.last == 2004


@pytest.mark.parametrize(
    "period",
    [
        "2012-08",
        dt.date(2012, 8, 31),
        dt.datetime(2012, 8, 5, 13, 0),  # noqa: DTZ001 - a date without time zone is the case
        "2012-08-17",
        "2012-08-17 23:59:59",
        pd.Period("2012-08", "M"),
        pd.Period("2012-08-03", "D"),
        pd.Timestamp("2012-08-01"),
        np.datetime64("2012-08-11"),
    ],
)
def test_every_form_of_a_month_is_the_same_month(period: object) -> None:
    assert Calendar("month", 24144, 12).index(period) == 7


@pytest.mark.parametrize(
    "period", [2012, np.int64(2012), "2012", pd.Period("2012", "Y"), "2012-12-31"]
)
def test_every_form_of_a_year_is_the_same_year(period: object) -> None:
    assert Calendar("year", 2000, 20).index(period) == 12


@pytest.mark.parametrize(
    "period", ["2012Q3", "2012-Q3", pd.Period("2012Q3", "Q"), dt.date(2012, 9, 30)]
)
def test_every_form_of_a_quarter_is_the_same_quarter(period: object) -> None:
    assert Calendar.between("quarter", "2012Q1", "2012Q4").index(period) == 2


def test_ordinal_reaches_beyond_the_calendar_and_index_does_not() -> None:
    calendar = Calendar("year", 2002, 22)
    assert calendar.ordinal(2030) - calendar.first == 28
    with pytest.raises(KeyError, match=r"'2030' is outside '2002' to '2023'"):
        calendar.index(2030)
    with pytest.raises(KeyError, match="'2001'"):
        calendar.index(2001)


@pytest.mark.parametrize(
    "period",
    ["12", "2012-13", "2012Q5", "spring", 12, 2012.0, True, None, pd.NaT, "2012-02-30", []],
)
def test_what_is_no_period_is_refused_with_its_value(period: object) -> None:
    with pytest.raises(PeriodError):
        read_period(period)
    with pytest.raises(PanelError) as caught:
        Calendar("year", 2000, 20).ordinal(period)
    assert repr(period) in str(caught.value)


@pytest.mark.parametrize(
    "period",
    [pd.Period("2012", "Y-MAR"), pd.Period("2012Q3", "Q-JAN"), pd.Period("2012-01-02", "W")],
)
def test_financial_years_and_weeks_are_no_calendar_periods(period: pd.Period) -> None:
    with pytest.raises(PeriodError):
        read_period(period)


@pytest.mark.parametrize(
    "period",
    [
        "2012-03-01T00:00:00+01:00",
        pd.Timestamp("2012-03-01", tz="Europe/Brussels"),
        dt.datetime(2012, 3, 1, tzinfo=dt.UTC),
    ],
)
def test_a_time_zone_is_refused_by_name(period: object) -> None:
    with pytest.raises(PanelError, match="a time zone"):
        Calendar("month", 24144, 12).ordinal(period)


def test_a_label_of_another_frequency_is_refused() -> None:
    with pytest.raises(PanelError, match=r"period 2012 on a calendar of months \(a year\)"):
        Calendar("month", 24144, 12).ordinal(2012)


def test_a_calendar_without_periods_or_of_unknown_frequency_is_refused_at_once() -> None:
    with pytest.raises(PanelError) as caught:
        Calendar("week", 1, 0)  # type: ignore[arg-type]  # what a user without a type checker writes
    assert [problem.given for problem in caught.value.problems] == [
        "frequency 'week'",
        "a calendar of 0 periods",
    ]
    with pytest.raises(PanelError, match="a calendar of -1 periods"):
        Calendar.between("year", 2004, 2002)


@pytest.mark.parametrize(
    ("days", "frequency"),
    [
        ([(2012, 1, 1), (2013, 1, 1)], "year"),
        ([(2012, 12, 31), (2013, 12, 31)], "year"),
        ([(2012, 4, 1), (2012, 7, 1)], "quarter"),
        ([(2012, 3, 31), (2012, 6, 30)], "quarter"),
        ([(2012, 2, 1), (2012, 3, 1)], "month"),
        ([(2012, 2, 29), (2012, 4, 30)], "month"),
        ([(2012, 2, 28), (2012, 4, 30)], None),
        ([(2012, 1, 1), (2012, 1, 31)], None),
        ([(2012, 1, 15)], None),
        ([(2012, 1, 1), (9999, 12, 31)], None),
        ([(9999, 12, 31)], "year"),
    ],
)
def test_dates_are_read_at_the_longest_period_they_fit(
    days: list[tuple[int, int, int]], frequency: str | None
) -> None:
    assert frequency_of_dates({Moment(None, *day) for day in days}) == frequency


def test_calendars_are_values() -> None:
    assert Calendar("year", 2002, 3) == Calendar.between("year", 2002, 2004)
    assert hash(Calendar("year", 2002, 3)) == hash(Calendar.between("year", 2002, 2004))
    with pytest.raises(ValueError, match="read-only"):
        Calendar("year", 2002, 3).ordinals[0] = 1
