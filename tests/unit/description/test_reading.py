"""What users give as a series is read with its names and its time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from shiftexp.description.reading import position_of, read_series
from shiftexp.errors import DesignError
from shiftexp.panel import Panel
from tests.panels import make_panel


def test_a_pandas_series_keeps_name_labels_and_years() -> None:
    found = read_series(pd.Series([1.0, 2.0], [1999, 2000], name="flow"), None)
    assert (found.name, found.labels) == ("flow", ("1999", "2000"))
    assert found.years.tolist() == [1999, 2000]
    lettered = read_series(pd.Series([1.0, 2.0], ["a", "b"]), None)
    assert (lettered.name, lettered.labels) == ("series", ("a", "b"))
    assert lettered.years.tolist() == [0, 1]


def test_plain_numbers_are_counted_from_zero_and_missing_ones_stay() -> None:
    found = read_series([3, np.nan, 5], None)
    assert found.labels == ("0", "1", "2")
    assert found.seen.tolist() == [True, False, True]
    assert (found.count, found.positive) == (2, True)


def test_a_unit_of_a_panel_has_its_calendar() -> None:
    panel = make_panel({"BE": np.arange(1.0, 9.0)}, 4)
    found = read_series(panel, "BE")
    assert found.labels[:2] == ("2000Q1", "2000Q2")
    assert found.season.tolist() == [0, 1, 2, 3] * 2
    assert found.years[:2].tolist() == [2000, 2000.25]
    assert position_of(panel, found, "2001Q1") == 4


def test_regressors_are_in_years_about_the_middle_and_seasons_are_those_seen() -> None:
    panel = make_panel({"BE": np.arange(1.0, 9.0)}, 4)
    x, seasons = read_series(panel, "BE").regressors(trend=True)
    assert x[:, 1].sum() == pytest.approx(0)
    assert np.diff(x[:, 1]) == pytest.approx(np.full(7, 0.25))
    assert seasons is not None
    assert seasons.sum(axis=0).tolist() == [2, 2, 2]
    assert read_series([1.0, 2.0], None).regressors(trend=False)[1] is None


def test_a_panel_of_several_indicators_without_the_unit_has_two_problems() -> None:
    one = make_panel({"BE": np.arange(5.0)})
    other = replace(one, indicators=(replace(one.indicator, name="second"),))
    several = Panel.stack(one, other)
    with pytest.raises(DesignError) as caught:
        read_series(several, "NL")
    assert len(caught.value.problems) == 2
    with pytest.raises(DesignError, match="'2090'"):
        position_of(one, read_series(one, "BE"), "2090")
