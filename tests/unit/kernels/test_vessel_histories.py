"""Parts over all candidates: they add up, are those of the posterior, and weights are masses."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import SdNodes, SdPrior, sd_nodes
from shiftexp.kernels.vessel_histories import (
    candidate_weights,
    conserved_history,
    free_history,
    unit_flow,
)
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessels import Vessels, VesselShape
from tests.unit.kernels.test_vessel_grid import LINE, series

T, ONSET = 20, 10
SCALE = np.full(1, 5.0)
NODES = sd_nodes(SCALE, SCALE, SdPrior())


def study(
    lags: tuple[int, ...] = (0, 1), flow: float = 30.0, nodes: SdNodes = NODES, places: int = 3
) -> Vessels:
    """Return places of which two have a flow that arrives a period later, with a step of O."""
    push = (np.arange(T) >= ONSET).astype(float)
    left = np.cumsum(push) / (T - ONSET - 1)
    y = series(1, places)
    y[0, 0] -= flow * left
    y[0, 1, 1:] += flow * left[:-1]
    step = np.zeros((places, T, 1))
    step[0, 5:] = 1.0
    y[0, 0] += 50 * step[0, :, 0]
    return Vessels(
        engine=Grid(y, nodes),
        shapes=tuple(
            VesselShape(push, np.eye(lag + 1)[lag], np.array([ONSET]), ONSET) for lag in lags
        ),
        post=push > 0,
        seasons=np.zeros((T, 0)),
        nuisance=step,
        steps=1,
    )


def test_with_one_candidate_the_parts_are_those_of_the_split_fit() -> None:
    vessels = study(lags=(1,))
    found, parts = free_history(vessels), vessels.parts()
    assert found.line == pytest.approx(parts.line[:2])
    assert found.own == pytest.approx(parts.own[:2])
    assert found.common == pytest.approx(parts.common[:2])
    assert found.moved + found.steps == pytest.approx(parts.terms[:2])
    assert isinstance(vessels.engine, Grid)
    assert found.fitted + parts.noise[:2] == pytest.approx(vessels.engine.y[0, :2])
    assert found.steps[0, -1] == pytest.approx(50, abs=10)
    assert not found.steps[1].any()
    assert not found.detection.any()


def test_what_the_push_added_is_the_mean_path_of_all_candidates() -> None:
    vessels = study()
    mean, _ = vessels.paths
    assert free_history(vessels).moved == pytest.approx(mean, rel=1e-3, abs=1e-3)
    weights = candidate_weights(vessels)
    assert weights.sum() == pytest.approx(1)
    arrived = unit_flow(vessels)[1]
    assert arrived[-1] == pytest.approx(1)
    # of the two lags, only without one has anything arrived in the first period
    assert arrived[ONSET] == pytest.approx(weights[0] / (T - ONSET))


def test_if_nothing_else_changed_what_left_is_what_arrived() -> None:
    vessels = study(lags=(1,))
    found, shape = conserved_history(vessels, np.zeros(2)), unit_flow(vessels)
    flow = found.moved[1, -1]
    assert found.moved == pytest.approx(flow * shape)
    assert flow == pytest.approx(30, abs=12)
    assert not found.detection.any()


def test_one_flow_at_one_node_is_that_of_one_covariance_matrix() -> None:
    own, common, noise, places, detection = 1.0, 1.5, 4.0, 3, np.array([2.0, 3.0])
    one = np.ones((1, 1))
    vessels = study(
        lags=(1,), nodes=SdNodes(own * one, common * one, noise * one, 0 * one, np.zeros(1))
    )
    assert isinstance(vessels.engine, Grid)
    found, y = conserved_history(vessels, detection), vessels.engine.y[0].ravel()
    sums = np.tril(np.ones((T, T)))
    walk = sums @ sums.T
    shared = common**2 * np.kron(np.ones((places, places)), walk)
    cov = own**2 * np.kron(np.eye(places), walk) + shared + noise**2 * np.eye(places * T)
    steps = vessels.terms[0].steps.reshape(places * T, 2)
    cov_all = cov + (steps * detection**2) @ steps.T
    z = np.concatenate([vessels.terms[0].flow, vessels.nuisance], axis=2).reshape(places * T, -1)
    fixed = np.concatenate([np.kron(np.eye(places), LINE), z], axis=1)
    inverse = np.linalg.inv(cov_all)
    gram = fixed.T @ inverse @ fixed + FLAT * np.diag([0.0] * (2 * places) + [1.0, 1.0])
    beta = np.linalg.solve(gram, fixed.T @ inverse @ y)
    rest = inverse @ (y - fixed @ beta)
    assert found.moved[1, -1] == pytest.approx(beta[-2], abs=1e-4)
    changed = (steps * detection**2) @ steps.T @ rest
    assert found.detection.ravel() == pytest.approx(changed[: 2 * T], abs=1e-4)
    assert found.common.ravel() == pytest.approx((shared @ rest)[: 2 * T], abs=1e-4)


def test_masses_of_spreads_are_sums_over_the_grid() -> None:
    vessels = study()
    weight = vessels.totals.weight[0].reshape(2, -1).sum(axis=0)
    found = {masses.owner.kind: masses for masses in vessels.engine.spreads(weight)}
    assert [len(masses.value) for masses in found.values()] == list(NODES.shape)
    for name, masses in found.items():
        assert (np.diff(masses.value) > 0).all()
        assert masses.prior.sum() == pytest.approx(1)
        assert masses.posterior @ masses.value == pytest.approx(weight @ getattr(NODES, name)[0])
    # four times the noise of the walks' steps: the data lower the spread of the own walk
    own = found["own"]
    assert own.posterior @ own.value != pytest.approx(own.prior @ own.value, rel=0.01)
    # by hand: exponential density times the value, for log-spaced nodes
    unit = own.value / (0.2 * SCALE[0])
    by_hand = np.exp(-unit) * unit
    assert own.prior == pytest.approx(by_hand / by_hand.sum())


def test_parts_in_another_unit_are_multiples() -> None:
    found = free_history(study(lags=(1,)))
    assert found.times(12.0).fitted == pytest.approx(12 * found.fitted)
