"""What the effects of both sides leave room for, against numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior
from shiftexp.kernels.vessel_room import FlowRoom, flow_room
from tests.unit.kernels.test_vessel_flow import LINE, found_nodes, study, terms

SD = np.array([3.0, 4.0])  # of the surplus, where both are independent: 5


def room(left: float, arrived: float, onsets: int = 1) -> FlowRoom:
    """Return what is left by effects with a normal law each, at 95 %."""
    mean, cov = np.array([[[left, arrived]]]), np.diag(SD**2)[None, None]
    return flow_room(NodePosterior(np.zeros((1, 1)), mean, cov), 0.05, onsets)


def test_limits_are_the_smaller_ones_of_either_side() -> None:
    found = room(30.0, 31.0)
    one, two = norm.ppf(0.95), norm.ppf(0.975)
    assert found.lowest == pytest.approx(31 - 4 * one, abs=1e-6)
    assert found.highest == pytest.approx(30 + 3 * two, abs=1e-6)
    assert found.least_scale == 0.0
    assert room(-20.0, 31.0).highest == room(-20.0, 31.0).lowest == 0.0


def test_own_changes_must_leave_room_for_a_surplus_and_for_a_deficit() -> None:
    two = norm.ppf(0.975)
    for left, arrived in ((20.0, 60.0), (60.0, 20.0)):
        least = (40 - 5 * two) / two
        assert room(left, arrived).least_scale == pytest.approx(least, abs=1e-6)
        assert room(left, arrived, onsets=2).least_scale == pytest.approx(least / 2, abs=1e-6)


def test_nothing_is_proved_that_one_side_alone_says() -> None:
    low = np.array([8.0])
    for left, arrived in ((0.0, 60.0), (60.0, 0.0), (4.0, 12.0)):
        assert room(left, arrived).proved(low, np.inf) == 0.0
    assert room(30.0, 31.0).proved(low, np.inf) == 8.0


def test_no_more_is_proved_than_either_side_moved() -> None:
    found = room(30.0, 31.0)
    assert found.proved(np.array([29.0]), np.inf) == found.lowest


def test_a_belief_that_contradicts_the_data_proves_nothing() -> None:
    found = room(30.0, 60.0)
    above = found.highest + 0.1
    assert found.contradicted(above).all()
    assert not found.contradicted(found.highest).any()
    assert found.proved(above, np.inf) == 0.0
    least = float(found.least_scale[0])
    assert found.proved(np.array([8.0]), 0.99 * least) == 0.0
    assert found.proved(np.array([8.0]), 1.01 * least) == 8.0
    assert found.proved(np.array([np.nan]), np.inf) == 0.0


def test_growth_of_one_side_proves_a_flow_in_no_more_data_sets_than_the_error_rate() -> None:
    rng = np.random.default_rng(1)
    mean: Floats = np.array([0.0, 60.0]) + SD * rng.standard_normal((4000, 1, 2))
    cov = np.broadcast_to(np.diag(SD**2), (4000, 1, 2, 2))
    found = flow_room(NodePosterior(np.zeros((4000, 1)), mean, cov), 0.05, 1)
    assert (found.lowest > 0).mean() == pytest.approx(0.05, abs=0.01)


@pytest.mark.slow
def test_in_series_growth_of_the_destination_seldom_proves_a_flow_and_a_flow_mostly_does() -> None:
    for flow, own in ((0.0, 60.0), (20.0, 0.0)):
        y = study(flow, own, cases=200, noise=2.0)
        free = Grid(y, found_nodes(y)).fit(terms().free, LINE).coefficients(np.full(2, FLAT))
        proved = flow_room(free, 0.05, 1).proved(np.full(200, 1.0), np.inf) > 0
        assert proved.mean() > 0.9 if flow else proved.mean() < 0.1
