"""Unit tests of the conservation test: what it finds, and that it says what it could have found."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.conservation import Conservation
from tests.panels import make_panel
from tests.unit.estimators.test_vessels import DESIGN, MODEL, series

pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
FOUND = Conservation(5.0, -14.6, 24.6, 0.62, 10.0, 4.0, "kg per year", 0.95)


def test_power_is_the_level_without_a_surplus_and_grows_with_it() -> None:
    none = Conservation(5.0, -14.6, 24.6, 0.62, 10.0, 1e-9, "kg per year", 0.95)
    assert none.power == pytest.approx(0.05)
    assert 0.05 < FOUND.power < 0.1
    sure = Conservation(5.0, -14.6, 24.6, 0.62, 10.0, FOUND.detectable, "kg per year", 0.95)
    assert sure.power == pytest.approx(0.8, abs=1e-4)


def test_own_growth_beside_a_flow_is_a_surplus() -> None:
    moved, grown = surplus(0.0), surplus(25.0)
    assert not moved.rejected
    assert moved.p_value > 0.05
    assert grown.rejected
    assert grown.p_value < 0.05
    assert grown.estimate - moved.estimate == pytest.approx(25, abs=4)
    assert grown.low < 25 < grown.high


def test_the_surplus_is_the_net_of_both_totals() -> None:
    result = MODEL.fit(make_panel(series()), DESIGN)
    # both sides' shapes end at one, so that totals are means over their shapes' means
    shapes = np.array([np.arange(1, 11).mean() / 9, np.arange(10).mean() / 9])
    totals = np.array([result["origin"].estimate, result["destination"].estimate]) / shapes
    assert surplus(0.0).estimate == pytest.approx(totals.sum(), abs=1.5)


def surplus(own: float) -> Conservation:
    """Return the test on a pair with a flow and own growth of the destination."""
    found = MODEL.fit(make_panel(series(own=own)), DESIGN).flow.conservation
    assert found is not None
    return found


def test_the_row_says_power_beside_the_p() -> None:
    row = FOUND.to_frame().iloc[0]
    assert row["p_value"] == 0.62
    assert row["power_at_m"] == FOUND.power
    assert row["found_in_80_percent"] == pytest.approx(28.0, abs=0.1)
    assert not FOUND.rejected
