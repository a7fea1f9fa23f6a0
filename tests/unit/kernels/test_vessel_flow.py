"""The flow and own changes: shapes, scales, signs, and limits that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_flow import FlowDraws, OwnChanges, flow_model, share_of_growth
from shiftexp.kernels.vessel_grid import SdNodes, SdPrior, fixed_terms, grid_fit, sd_nodes
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessel_terms import (
    Cuts,
    VesselTerms,
    change_scales,
    vessel_terms,
)

T, ONSET, SPAN = 20, 10, 10
LEVEL, LINE = (fixed_terms(np.zeros((T, 0)), drift=drift) for drift in (False, True))


def terms(places: int = 2, pulse: int = T) -> VesselTerms:
    """Return the regressors of a push that lasts some periods."""
    time = np.arange(T)
    push = np.where((time >= ONSET) & (time < ONSET + pulse), 1.0, 0.0)
    return vessel_terms(push, np.array([0.0, 1.0]), np.array([ONSET]), places)


def study(
    flow: float, own: float, cases: int = 40, places: int = 2, pulse: int = T, noise: float = 1.0
) -> Floats:
    """Return series with a flow, and an own rise of the destination."""
    rng, found = np.random.default_rng(3), terms(places, pulse)
    mean = 100 + flow * found.flow[..., 0] + own * found.breaks[:, :, 1, 0]
    walks = 0.3 * noise * rng.standard_normal((cases, places, T)).cumsum(axis=2)
    return np.asarray(mean + walks + noise * rng.standard_normal((cases, places, T)))


def draws(y: Floats, own: OwnChanges, **options: float) -> FlowDraws:
    """Return draws of the flow."""
    nodes = found_nodes(y)
    detection = np.full(2, options.get("detection", 0.0))
    given = terms(y.shape[1], int(options.get("pulse", T)))
    nothing = np.zeros((*y.shape[1:], 0))
    model = flow_model(
        Grid(y, nodes), given, own, fixed=LEVEL, nuisance=nothing, span=SPAN, detection=detection
    )
    return model.draws(own, 4000, np.random.default_rng(1))


def found_nodes(y: Floats) -> SdNodes:
    """Return the default grid of these series."""
    walk, noise = change_scales(y[:, :2], Cuts(ONSET, 1))
    return sd_nodes(walk, noise, SdPrior())


def lower(found: FlowDraws) -> Floats:
    """Return lower limits of the flow."""
    return np.maximum(found.quantile(found.flow, 0.025), 0.0)


def test_a_flow_alone_is_found_and_its_share_of_excess_growth_is_all() -> None:
    found = draws(study(20.0, 0.0), OwnChanges.stated(0.0))
    middle = found.quantile(found.flow, 0.5)
    assert middle.mean() == pytest.approx(20, abs=1)
    assert (found.excess_share == np.where(found.flow > 0, 1.0, 0.0)).all()
    assert (lower(found) > 0).all()


@pytest.mark.slow
def test_the_lower_limit_falls_as_own_changes_are_believed_in() -> None:
    y = study(20.0, 20.0)
    limits = [lower(draws(y, OwnChanges.stated(s))).mean() for s in (0.0, 5.0, 10.0, 20.0, 40.0)]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] > limits[-1] + 5


def test_two_own_changes_are_no_flow_once_they_are_believed_in() -> None:
    rng, found = np.random.default_rng(4), terms()
    mean = 100 + 20 * (found.breaks[:, :, 1, 0] - found.breaks[:, :, 0, 0])
    y = mean + rng.standard_normal((40, 2, T))
    assert (lower(draws(y, OwnChanges.stated(0.0))) > 0).mean() > 0.9
    assert (lower(draws(y, OwnChanges.stated(40.0))) > 0).mean() < 0.1


def test_with_precise_data_and_equal_lags_the_limit_is_known_exactly() -> None:
    rng, push = np.random.default_rng(5), (np.arange(T) >= ONSET).astype(float)
    same = vessel_terms(push, np.ones(1), np.array([ONSET]), 2)
    y = 100 + 100 * same.flow[..., 0] + 0.05 * rng.standard_normal((1, 2, T))
    nodes = sd_nodes(np.full(1, 0.05), np.full(1, 0.05), SdPrior())
    for s in (10.0, 20.0):
        own, nothing = OwnChanges.stated(s), np.zeros((2, T, 0))
        model = flow_model(
            Grid(y, nodes),
            same,
            own,
            fixed=LEVEL,
            nuisance=nothing,
            span=SPAN,
            detection=np.zeros(2),
        )
        found = model.draws(own, 100_000, np.random.default_rng(1))
        assert found.quantile(found.flow, 0.025)[0] == pytest.approx(
            100 - 2.2414 * s / np.sqrt(2), abs=0.05 * s
        )
        assert found.kept[0] / 100_000 == pytest.approx(0.5, abs=0.01)


@pytest.mark.slow
def test_quiet_donors_make_own_changes_unlikely_and_restless_ones_likely() -> None:
    quiet = study(20.0, 0.0, cases=8, places=7)
    restless = quiet.copy()
    shape = terms(7).breaks[2, :, 2, 0]
    restless[:, 2:] += np.array([-40, -25, 30, 45, 20])[:, None] * shape
    own = OwnChanges.like_donors(5.0)
    assert lower(draws(quiet, own)).mean() > lower(draws(restless, own)).mean() + 5


@pytest.mark.slow
def test_a_wave_shared_with_donors_is_no_flow() -> None:
    y = study(0.0, 0.0, cases=8, places=7)
    y[:, 1:] += 20 * terms(7).breaks[1, :, 1, 0]
    plain = draws(y[:, :2], OwnChanges.stated(0.0))
    shared = draws(y, OwnChanges.like_donors(5.0, wave=True))
    high = [f.quantile(f.flow, 0.975).mean() for f in (plain, shared)]
    assert high[1] < high[0]
    assert not lower(shared).any()


def test_a_push_that_ends_tells_a_flow_from_lasting_changes() -> None:
    y = study(20.0, 0.0, pulse=3)
    assert (lower(draws(y, OwnChanges.stated(20.0), pulse=3)) > 0).mean() > 0.9


def test_a_step_in_detection_widens_the_flow() -> None:
    y = study(20.0, 0.0)
    widths = []
    for sd in (0.0, 20.0):
        found = draws(y, OwnChanges.stated(0.0), detection=sd)
        low, high = (found.quantile(found.flow, p) for p in (0.025, 0.975))
        widths.append((high - low).mean())
    assert widths[1] > widths[0]


def test_shares_lie_between_none_and_all() -> None:
    flow, growth = np.array([1.0, 2.0, -1.0, 1.0, -1.0, 0.5]), np.array([2.0, 1, 2, -1, -1, 0])
    assert share_of_growth(flow, growth).tolist() == [0.5, 1.0, 0.0, 1.0, 0.0, 1.0]


def test_free_breaks_are_both_ends_of_the_push() -> None:
    y = study(20.0, 10.0)
    free = grid_fit(y, terms().free, found_nodes(y), LINE).coefficients(np.full(2, FLAT))
    left, arrived = (free.quantile(a, 0.5).mean() for a in np.eye(2))
    assert (left, arrived) == (pytest.approx(20, abs=2), pytest.approx(30, abs=2))
