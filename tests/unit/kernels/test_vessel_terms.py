"""What a push and own changes add to series, and the scales of their changes."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_grid import nodes_of_changes, walks_dominate
from shiftexp.kernels.vessel_push import push_shape, turns
from shiftexp.kernels.vessel_terms import (
    Cuts,
    change_scales,
    noise_share,
    spread_ratio,
    vessel_terms,
    without_seasons,
)
from tests.unit.kernels.test_vessel_flow import ONSET, T, terms


def share_of(pair: Floats, onset: int, seasons: int) -> Floats:
    """Return the share of noise in yearly changes."""
    cuts = Cuts(onset, seasons)
    return noise_share(pair, cuts, change_scales(pair, cuts)[0])


def test_the_push_leaves_and_arrives_a_period_later() -> None:
    found = terms()
    assert found.flow[0, ONSET - 1 : ONSET + 2, 0] == pytest.approx([0, -1 / 9, -2 / 9])
    assert found.flow[1, ONSET - 1 : ONSET + 2, 0] == pytest.approx([0, 0, 1 / 9])
    assert found.flow[1, -1, 0] == 1.0
    assert found.breaks[0, -1, 0, 0] == found.breaks[1, -1, 1, 0] == 1.0
    assert found.breaks[0, ONSET - 1, 0, 0] == 0.0
    assert not found.breaks[0, :, 1].any()
    push = np.where(np.arange(T) >= ONSET, 3.0, 0.0)
    twice = vessel_terms(push, np.array([0.0, 1.0]), np.array([ONSET]), 2)
    assert twice.flow == pytest.approx(found.flow)  # the dose of a push is its shape, not its unit


def test_months_are_scaled_by_their_years() -> None:
    rng = np.random.default_rng(2)
    walk = 0.5 * rng.standard_normal((200, 2, 120)).cumsum(axis=2)
    noisy = walk + 10 * rng.standard_normal(walk.shape)
    walks, noise = change_scales(noisy, Cuts(60, 12))
    assert noise.mean() == pytest.approx(10 * np.sqrt(2), rel=0.05)
    assert walks.mean() < noise.mean() / 8
    years, same = change_scales(noisy[:, :, ::12], Cuts(5, 1))
    assert (years == same).all()


def test_changes_of_noise_and_of_walks_are_told_apart() -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((300, 2, 40))
    assert share_of(noise, 20, 1).mean() == pytest.approx(1, abs=0.1)
    assert abs(share_of(noise.cumsum(axis=2), 20, 1).mean()) < 0.25


def test_months_that_drift_over_years_are_walks_though_their_changes_are_noise() -> None:
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((300, 2, 120))
    walks = noise + 0.5 * rng.standard_normal(noise.shape).cumsum(axis=2)
    assert share_of(walks, 60, 1).mean() > 0.7
    assert np.median(share_of(walks, 60, 12)) < 0.25
    assert np.median(share_of(noise, 60, 12)) == pytest.approx(1, abs=0.2)


@pytest.mark.slow
def test_a_pulse_is_no_walk_once_its_own_changes_are_left_out() -> None:
    rng, at = np.random.default_rng(2), turns(push_shape("pulse", ONSET, ONSET + 2, T), ONSET)
    noise = rng.standard_normal((300, 2, T))
    pulse = noise + 20 * terms(pulse=3).flow[..., 0]
    assert walks_dominate(pulse, Cuts(ONSET, 1)).mean() > 0.9
    assert walks_dominate(pulse, Cuts(ONSET, 1, at)).mean() < 0.2
    assert (
        walks_dominate(pulse, Cuts(ONSET, 1, at)) == walks_dominate(noise, Cuts(ONSET, 1, at))
    ).all()
    scales = [change_scales(y, Cuts(ONSET, 1, at))[0] for y in (pulse, noise)]
    assert scales[0] == pytest.approx(scales[1])
    assert change_scales(pulse, Cuts(ONSET, 1))[0].mean() > 1.4 * scales[0].mean()
    nodes = [nodes_of_changes(y, Cuts(ONSET, 1, at)).own for y in (pulse, noise)]
    assert nodes[0] == pytest.approx(nodes[1])


def test_years_in_which_a_push_ends_are_cut_off_from_their_neighbours() -> None:
    rng, months = np.random.default_rng(3), np.arange(240)
    push = push_shape("pulse", 120, 120 + 41, 240)  # ends in the middle of the fourth year
    noise = rng.standard_normal((200, 2, 240))
    pulse = noise + 20 * push.cumsum() / push.sum()
    at = turns(push, 120)
    walks = [change_scales(y, Cuts(120, 12, at))[0] for y in (pulse, noise)]
    assert at.tolist() == [162]
    assert walks[0] == pytest.approx(walks[1])
    assert change_scales(pulse, Cuts(120, 12))[0].mean() > 2 * walks[1].mean()
    assert len(months) == pulse.shape[2]


def test_a_push_that_stays_on_has_no_turns_and_a_ramp_one_in_every_period_of_its_rise() -> None:
    assert turns(push_shape("step", ONSET, T, T), ONSET).tolist() == []
    assert turns(push_shape("ramp", ONSET, ONSET + 3, T), ONSET).tolist() == [11, 12, 13]


def test_gaps_leave_the_changes_beside_them_out() -> None:
    rng = np.random.default_rng(2)
    whole = 3 * rng.standard_normal((300, 2, 40))
    gone = whole.copy()
    gone[:, 0, 5], gone[:, 1, 30] = np.nan, np.nan
    for found in (change_scales(gone, Cuts(20, 1))[0], change_scales(gone, Cuts(20, 4))[1]):
        assert found.mean() == pytest.approx(3 * np.sqrt(2), rel=0.03)
    assert share_of(gone, 20, 1).mean() == pytest.approx(1, abs=0.1)


def test_spreads_after_the_onset_are_told_by_side_and_a_pulse_is_no_spread() -> None:
    rng = np.random.default_rng(3)
    pair = rng.standard_normal((1, 2, 2000))
    pair[:, 1, 1000:] *= 3
    assert spread_ratio(pair, Cuts(1000, 1))[0][0] == pytest.approx([1, 3], rel=0.1)
    pair[:, :, 1000:1003] += 40 * np.arange(1, 4)
    pair[:, :, 1003:] += 120
    cut = Cuts(1000, 1, np.array([1003]))
    assert spread_ratio(pair, cut)[0][0] == pytest.approx([1, 3], rel=0.1)
    assert spread_ratio(pair, Cuts(1000, 1))[0][0, 0] > 1.3


def test_a_spread_of_single_changes_is_not_known_and_is_no_other_spread() -> None:
    pair = np.random.default_rng(5).standard_normal((1, 2, 16))
    assert np.isfinite(spread_ratio(pair, Cuts(12, 1))[0]).all()
    ratio, error = spread_ratio(pair, Cuts(12, 1, np.array([14])))
    assert np.isnan(ratio).all()
    assert np.isnan(error).all()


def test_the_error_of_a_ratio_of_spreads_is_that_of_many_data_sets() -> None:
    noise = np.random.default_rng(4).standard_normal((4000, 2, 40))
    ratio, error = spread_ratio(noise, Cuts(20, 1))
    assert np.log(ratio).std() == pytest.approx(error[0, 0], rel=0.05)


def test_seasons_are_taken_out_and_noise_is_left() -> None:
    rng, years = np.random.default_rng(6), 10
    month = np.arange(12 * years) % 12
    seasons = np.eye(12)[month][:, 1:]
    noise = rng.standard_normal((2, 12 * years))
    wave = 32 * np.sin(2 * np.pi * month / 12)
    calm = without_seasons(wave + noise + 3 * np.arange(120), seasons, 60)
    bare = without_seasons(noise + 3 * np.arange(120), seasons, 60)
    assert calm == pytest.approx(bare + (calm - bare).mean(axis=1, keepdims=True), abs=1e-6)
    assert np.diff(calm).std() == pytest.approx(np.diff(noise).std(), rel=0.1)
    noise[0, 7] = np.nan
    assert np.isnan(without_seasons(noise, seasons, 60)).sum() == 1
    assert without_seasons(noise, seasons[:, :0], 60) is noise


def test_a_year_without_values_has_no_mean_and_no_warning() -> None:
    pair = np.random.default_rng(7).standard_normal((1, 2, 120))
    pair[:, 0, 24:36] = np.nan
    walk, noise = change_scales(pair, Cuts(60, 12))
    assert np.isfinite([walk, noise]).all()
