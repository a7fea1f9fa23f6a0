"""Changes by the end of the window, with and without a step of detection."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.vessel_ends import EndLevels, EndModels, end_models
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import fixed_terms, nodes_of_changes
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior
from shiftexp.kernels.vessel_terms import Cuts, VesselTerms, vessel_terms

BEFORE, PERIODS = 10, 20
TIME = np.arange(PERIODS, dtype=float)
TERMS = vessel_terms(np.where(TIME >= BEFORE, 1.0, 0.0), np.ones(1), np.array([BEFORE]), places=2)
LINE = fixed_terms(np.zeros((PERIODS, 0)), drift=True)
NOTHING = np.zeros((2, PERIODS, 0))
TRUE = np.array([-20.0, 20.0])


def _pair(detection: float, noise: float, draws: int = 40) -> np.ndarray:
    """Return pairs of levels 100 and 60 that change by 20, detection at the second after 10."""
    rng = np.random.default_rng(1)
    level = np.array([[100.0], [60.0]]) + TIME
    level = level + 20 * TERMS.flow[..., 0]
    seen = np.where((TIME >= BEFORE) & (np.arange(2)[:, None] == 1), detection, 1.0)
    return np.asarray(seen * level + noise * rng.standard_normal((draws, 2, PERIODS)))


def _models(y: np.ndarray, step_sd: float = 0.10) -> EndModels:
    """Return the models with and without steps."""
    engine = Grid(y, nodes_of_changes(y, Cuts(BEFORE, 1)))
    return end_models(engine, [TERMS], LINE, NOTHING, EndLevels.of(y, BEFORE, 1), step_sd)


def _ends(y: np.ndarray, step_sd: float) -> NodePosterior:
    """Return what is found, by models without steps where their sd is 0."""
    return _models(y, step_sd).averaged if step_sd else _models(y).plain


def _means(found: NodePosterior) -> np.ndarray:
    """Return posterior means (C, 2)."""
    return np.asarray(np.einsum("cg,cgi->ci", found.weight, found.mean))


def test_without_steps_it_is_the_model_of_both_sides_free() -> None:
    y = _pair(1.0, 1.0, draws=2)
    engine = Grid(y, nodes_of_changes(y, Cuts(BEFORE, 1)))
    free = engine.fit(TERMS.free, LINE).coefficients(np.full(2, FLAT))
    found = _ends(y, 0.0)
    np.testing.assert_allclose(found.mean, free.mean * [-1, 1])
    np.testing.assert_allclose(found.cov[..., 0, 1], -free.cov[..., 0, 1])


def test_a_step_of_detection_is_no_growth_and_what_grows_later_is_not_multiplied_by_it() -> None:
    y = _pair(1.25, 0.5)
    blind, freed = (_means(_ends(y, sd)).mean(axis=0) for sd in (0.0, 0.10))
    assert blind[1] > 30
    assert freed == pytest.approx(TRUE, abs=1.5)


def test_where_nothing_stepped_the_step_costs_little() -> None:
    y = _pair(1.0, 1.0)
    means, sds = [], []
    for step_sd in (0.0, 0.10):
        found = _ends(y, step_sd)
        means.append(_means(found))
        square = np.einsum("cg,cg->c", found.weight, found.mean[..., 1] ** 2 + found.cov[..., 1, 1])
        sds.append(np.sqrt(square - means[-1][:, 1] ** 2).mean())
    assert means[1].mean(axis=0) == pytest.approx(TRUE, abs=1.5)
    assert sds[0] < sds[1] < 1.6 * sds[0]


def test_levels_are_those_of_the_last_year_seen_before_the_onset_and_at_the_end() -> None:
    pair = np.arange(24.0).reshape(1, 2, 12)
    pair[0, 0, 11] = np.nan
    levels = EndLevels.of(pair, before=6, seasons=3)
    assert levels.onset.tolist() == [[4.0, 16.0]]
    assert levels.last.tolist() == [[9.0, 22.0]]


def test_variances_are_those_of_the_exact_map_where_steps_are_small() -> None:
    """Draws of change and step, mapped exactly, have the moments that are told."""
    from shiftexp.kernels.vessel_ends import _freed

    rng = np.random.default_rng(2)
    mean, root = np.array([-20.0, 20.0, 1.0, 2.0]), np.diag([2.0, 2.0, 1.0, 1.0])
    root[1, 3] = -0.8
    draws = mean + rng.standard_normal((200_000, 4)) @ root
    levels = EndLevels(np.array([[100.0, 60.0]]), np.array([[95.0, 110.0]]))
    exact = draws[:, :2] + draws[:, 2:] - levels.last * (1 - 1 / (1 + draws[:, 2:] / levels.onset))
    found = _freed(
        NodePosterior(np.zeros((1, 1)), mean[None, None], (root.T @ root)[None, None]),
        levels,
        np.array([True, True]),
    )
    assert found.mean[0, 0] == pytest.approx(exact.mean(axis=0), abs=0.1)
    np.testing.assert_allclose(found.cov[0, 0], np.cov(exact.T), atol=0.12)


def test_terms_have_the_steps_at_the_onset() -> None:
    assert isinstance(TERMS, VesselTerms)
    assert TERMS.steps[1, BEFORE, 1] == 1
    assert TERMS.steps[1, BEFORE - 1, 1] == 0


def test_a_jump_is_told_where_there_is_one_and_seldom_elsewhere() -> None:
    quiet, jumped = _pair(1.0, 1.0), _pair(1.0, 1.0)
    jumped[:, 1, BEFORE:] += 15.0
    assert (_models(quiet).step_probability > 0.9).mean() <= 0.05
    assert (_models(jumped).step_probability > 0.9).mean() >= 0.95


def test_a_side_that_was_nothing_before_the_onset_has_no_step() -> None:
    y = _pair(1.0, 1.0, draws=3)
    y[:, 1, BEFORE - 1] = 0.0
    found = _models(y)
    assert np.isfinite(found.averaged.mean).all()
    assert np.isfinite(found.averaged.cov).all()
    sd = np.sqrt(found.stepped.cov[..., 1, 1])
    assert (sd < 3 * np.sqrt(found.plain.cov[..., 1, 1])).all()
