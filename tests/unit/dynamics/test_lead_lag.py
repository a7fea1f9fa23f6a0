"""Leads of cross-correlations: shown, tested, and what they do not say."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from tests.unit.dynamics.test_timing import study, walks


def test_the_lead_of_an_offset_is_where_it_was_put() -> None:
    y = walks(80)
    y[1, 2:] -= y[0, :-2] - 100
    found = sx.lead_lag(*study(y), scale="level", lags=(2,), draws=199)
    least = int(found.correlation.argmin())
    assert found.leads[least] == 2
    assert found.correlation[least] < found.low[least]
    frame = found.to_frame()
    assert frame["lead"][frame["tested"]].tolist() == [2]
    assert found.statistic == pytest.approx(found.correlation[least])
    assert found.p_value == pytest.approx(1 / 200)


def test_defaults_are_a_quarter_of_a_year_and_a_quarter_of_the_periods() -> None:
    assert sx.lead_lag(*study(walks(40)), draws=99).lags == (1,)
    monthly = sx.lead_lag(*study(walks(60), per_year=12), draws=99)
    assert monthly.lags == (1, 2, 3)
    assert monthly.leads[-1] == 12


def test_what_both_share_is_said_to_be_no_integration() -> None:
    y = walks(60)
    y[1] = y[0] + 0.3 * (y[1] - 100)
    found = sx.lead_lag(*study(y), draws=99)
    assert any("no evidence of integration" in note for note in found.notes)
    # the usual band takes the same period for chance, ours keeps what both share
    assert found.low[found.leads == 0][0] > found.band


@pytest.mark.parametrize(
    ("lags", "max_lag", "message"),
    [((), 5, "lags"), ((0, 1), 5, "lags"), ((7,), 5, "a tested lead of 7"), ((1,), 30, "half")],
)
def test_leads_that_are_none_are_refused(lags: tuple[int, ...], max_lag: int, message: str) -> None:
    with pytest.raises(sx.DesignError, match=message):
        sx.lead_lag(*study(walks(40)), lags=lags, max_lag=max_lag, draws=99)


def test_arrays_are_read_only() -> None:
    found = sx.lead_lag(*study(walks(40)), draws=99)
    with pytest.raises(ValueError, match="read-only"):
        found.correlation[0] = 1.0
    assert np.isfinite(found.correlation).all()
