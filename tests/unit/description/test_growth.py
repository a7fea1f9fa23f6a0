"""Mean growth: an exact rate, its limits, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.description.growth import mean_growth
from shiftexp.description.observed import Observed
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Calendar


def observed(values: Floats, frequency: str = "year") -> Observed:
    per_year = {"year": 1, "quarter": 4}[frequency]
    calendar = Calendar(frequency, 2000 * per_year, len(values))  # type: ignore[arg-type]  # a word of the table
    return Observed.of("BE", values, calendar)


def grown(rate: float, periods: int, per_year: int = 1, sd: float = 0.02) -> Floats:
    noise = sd * np.random.default_rng(1).standard_normal(periods)
    return np.asarray(100 * np.exp(np.arange(periods) / per_year * np.log1p(rate) + noise))


def test_steady_growth_is_measured_in_per_cent_a_year() -> None:
    found = mean_growth(observed(grown(0.07, 20)), 0.95)
    assert found.percent == pytest.approx(7, abs=0.3)
    assert found.low < 7 < found.high
    assert found.high - found.low < 2
    assert found.missing == ""


def test_quarters_grow_by_the_year_and_seasons_are_left_out() -> None:
    season = np.tile([1.0, 1.4, 0.7, 1.0], 5)
    found = mean_growth(observed(grown(0.07, 20, 4) * season, "quarter"), 0.95)
    assert found.percent == pytest.approx(7, abs=1)
    assert found.low < 7 < found.high


def test_a_gap_counts_as_time() -> None:
    values = grown(0.07, 20, sd=0.001)
    values[5:9] = np.nan
    assert mean_growth(observed(values), 0.95).percent == pytest.approx(7, abs=0.05)


def test_a_narrower_level_has_narrower_limits() -> None:
    wide, narrow = (mean_growth(observed(grown(0.07, 20)), level) for level in (0.95, 0.9))
    assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, 0.0] * 6, "6 values not above zero"),
        ([1.0, 2.0, 3.0], "3 values of 'BE'; needed: at least 8"),
        ([2.0] * 10, "'BE' never changes"),
        ([np.nan] * 10, "0 values of 'BE'"),
    ],
)
def test_where_there_is_no_rate_the_reason_is_given(values: list[float], said: str) -> None:
    found = mean_growth(observed(np.array(values)), 0.95)
    assert np.isnan([found.percent, found.low, found.high]).all()
    assert said in found.missing
    assert "no growth rate" in found.missing
