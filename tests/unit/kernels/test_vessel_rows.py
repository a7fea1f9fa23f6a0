"""Stacked rows: which cells they fill, what they share, whose intercepts they have."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.vessel_rows import VesselRows

# Two places over three periods; the second place lacks the first indicator and one period.
ROWS = VesselRows(
    value=np.arange(6.0),
    place=np.array([0, 0, 0, 0, 1, 1]),
    period=np.array([0, 0, 1, 2, 0, 2]),
    indicator=np.array([0, 2, 0, 1, 1, 2]),
    variance=np.zeros(6),
    noise_group=np.array([0, 1, 0, -1, -1, 1]),
    loadings=np.array([1.0, 0.5]),
    own_group=np.array([1, 0]),
    periods=3,
    flow_lag=1,
    likelihoods=("normal", "poisson", "normal"),
)


def test_rows_of_one_place_and_period_share_a_cell() -> None:
    cells, row = ROWS.cells
    assert cells.tolist() == [0, 1, 2, 3, 5]
    assert row.tolist() == [0, 0, 1, 2, 3, 4]


def test_walks_have_the_covariances_of_sums() -> None:
    destination, origin, common, flow = ROWS.kernels
    walk = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 2.0], [1.0, 2.0, 3.0]])
    assert origin[:3, :3] == pytest.approx(walk)
    assert not origin[3:].any()
    assert destination[3:, 3:] == pytest.approx(walk[np.ix_([0, 2], [0, 2])])
    assert common[:3, 3:] == pytest.approx(0.5 * walk[:, [0, 2]])
    assert common[3:, 3:] == pytest.approx(0.25 * walk[np.ix_([0, 2], [0, 2])])
    assert flow[:3, :3] == pytest.approx(walk)
    # By the last period what left in the first two has arrived; by the first, nothing has.
    assert flow[:3, 4] == pytest.approx([-1.0, -2.0, -2.0])
    assert not flow[3].any()
    assert flow[4, 4] == pytest.approx(2.0)


def test_every_place_has_an_intercept_for_its_indicators_but_the_first() -> None:
    assert ROWS.intercepts.T.tolist() == [
        [0, 0, 0, 1, 0, 0],
        [0, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 1],
    ]
    columns = ROWS.fixed_columns(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]))
    assert columns[:, :4].tolist() == [
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [1, 1, 0, 0],
        [1, 2, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 2],
    ]
    assert columns[:, 4:] == pytest.approx(ROWS.intercepts)


def test_standard_deviations_are_counted() -> None:
    assert (ROWS.own_sds, ROWS.walk_sds, ROWS.noise_sds) == (2, 4, 2)
    assert ROWS.with_likelihood("poisson").tolist() == [False, False, False, True, True, False]
