"""Sets of responses: their signs, their ends, and no more shocks than series."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from tests.panels import make_panel
from tests.unit.dynamics.test_timing import DESIGN, study, walks


@pytest.mark.slow
def test_the_set_has_the_signs_that_were_named() -> None:
    found = sx.sign_restricted(*study(walks(60)), draws=2000)
    assert found.high[0, 0, 0] < 0
    assert found.low[0, 0, 1] > 0
    assert (found.low[1, 0] > 0).all()
    assert (found.share_outer_low <= found.share_low).all()
    assert (found.share_outer_high >= found.share_high).all()
    assert len(found.responses_frame()) == 2 * 5 * 2


def test_it_is_evidence_without_p_power_or_bound() -> None:
    evidence = sx.sign_restricted(*study(walks(60)), draws=500).evidence
    assert evidence.p_value is None
    assert evidence.power is None
    assert evidence.bound is None
    assert "compatible" in evidence.source


@pytest.mark.slow
def test_more_shocks_than_series_need_donors() -> None:
    three = ("shift", "expansion", "common")
    with pytest.raises(sx.DesignError, match="at most 2: more shocks than series"):
        sx.sign_restricted(*study(walks(60)), shocks=three, draws=500)
    rng = np.random.default_rng(1)
    y = rng.standard_normal((3, 60)).cumsum(axis=1) + 100
    panel = make_panel({"NL": y[0], "BE": y[1], "AT": y[2]})
    design = sx.Design(origin="NL", destination="BE", onset=2010, donors=("AT",))
    found = sx.sign_restricted(panel, design, shocks=three, tolerance=0.5, draws=4000)
    assert found.names == ("NL", "BE", "donors")
    assert (found.low[2, 0] > 0).all()
    assert found.share_high.max() <= 1
    tenfold = make_panel({"NL": y[0], "BE": y[1], "AT": 10 * y[2]})
    one, ten = (
        sx.sign_restricted(
            data, design, shocks=three, tolerance=0.5, draws=4000, scale="level"
        ).high
        for data in (panel, tenfold)
    )
    assert ten[..., 2] == pytest.approx(10 * one[..., 2])
    assert ten[..., 0] == pytest.approx(one[..., 0])


@pytest.mark.slow
def test_walks_that_move_together_leave_little_room_for_a_shift() -> None:
    y = walks(100)
    y[1] = y[0] + 0.2 * (y[1] - 100)
    found = sx.sign_restricted(*study(y), scale="level", lags=1, draws=4000)
    assert found.share_high[0, 1] < 0.3
    assert found.share_low[1, 1] > 0.7


@pytest.mark.parametrize(
    ("shocks", "message"),
    [
        ("shift", "names in a tuple"),
        (5, "names in a tuple"),
        (("shfit",), "shift"),
        (([],), r"shock \[\]; needed: a known shock"),
        (("shift", "shift"), "once"),
    ],
)
def test_shocks_that_are_none_are_refused(shocks: Any, message: str) -> None:  # noqa: ANN401 - wrong
    with pytest.raises(sx.DesignError, match=message):
        sx.sign_restricted(*study(walks(60)), shocks=shocks, draws=500)


def test_signs_that_nothing_fits_and_lags_that_are_too_many_are_refused() -> None:
    with pytest.raises(sx.DesignError, match="degrees of freedom"):
        sx.sign_restricted(*study(walks(20)), lags=6, draws=500)
    y = walks(60)
    y[1] = y[0] + 0.01 * (y[1] - 100)
    panel = make_panel({"NL": y[0], "BE": y[1]})
    with pytest.raises(sx.DesignError, match="no rotation"):
        sx.sign_restricted(panel, DESIGN, shocks=("expansion", "origin"), tolerance=0.01, draws=500)


def test_a_rotation_that_fits_in_two_orders_is_counted_once() -> None:
    y = walks(60)
    y[1] = y[0] + 0.02 * (y[1] - 100)
    found = sx.sign_restricted(*study(y), shocks=("common",), scale="level", draws=300)
    assert 250 < found.accepted <= found.tried == 300


def test_outer_ends_are_wider_at_a_higher_level() -> None:
    y = walks(30)
    y[1] = y[0] + 0.5 * (y[1] - 100)
    half, most = (
        sx.sign_restricted(*study(y), scale="level", draws=300, level=level)
        for level in (0.5, 0.95)
    )
    assert (most.share_outer_high >= half.share_outer_high).all()
    assert (most.share_outer_low <= half.share_outer_low).all()
    assert most.share_outer_high[0, 1] > half.share_outer_high[0, 1] > half.share_high[0, 1]
    assert most.share_outer_low[1, 1] < half.share_outer_low[1, 1] < half.share_low[1, 1]
