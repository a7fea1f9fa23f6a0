"""Rotations: uniform, orthogonal, and only those with the right signs."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.sign_rotations import fitting_rotations, rotations

SHIFT, COMMON = (-1, 1), (1, 1)


def test_rotations_are_orthogonal_and_uniform() -> None:
    q = rotations(4000, 3, np.random.default_rng(1))
    np.testing.assert_allclose(q @ q.swapaxes(1, 2), np.broadcast_to(np.eye(3), q.shape), atol=1e-9)
    np.testing.assert_allclose(q.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose((q**2).mean(axis=0), 1 / 3, atol=0.02)


def test_independent_innovations_leave_everything_open() -> None:
    psi, q = np.eye(2)[None], rotations(4000, 2, np.random.default_rng(2))
    found = fitting_rotations(psi, np.eye(2), q, np.array([SHIFT, COMMON]), 0.2)
    assert len(found.responses) == 4000
    shares = found.shares[:, :, 1]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares.min() < 0.01
    assert shares.max() > 0.99
    impact = found.responses[:, :, 0]
    assert ((impact * np.array([SHIFT, COMMON])) > 0).all()


def test_the_end_of_the_set_is_the_one_worked_by_hand() -> None:
    # two series with correlation r: the shift share of the second variance is 1 - r^2 at most
    # where r > 0, since its response at the first series must be below zero
    r = 0.6
    cov, psi = np.array([[1.0, r], [r, 1.0]]), np.eye(2)[None]
    q = rotations(20000, 2, np.random.default_rng(3))
    found = fitting_rotations(psi, cov, q, np.array([SHIFT]), 0.2)
    assert found.shares[:, 0, 1].max() == pytest.approx(1 - r**2, abs=0.01)


def test_about_nothing_is_within_the_tolerance() -> None:
    psi, q = np.eye(2)[None], rotations(5000, 2, np.random.default_rng(4))
    found = fitting_rotations(psi, np.diag([4.0, 1.0]), q, np.array([(0, 1)]), 0.2)
    origin = found.responses[:, 0, 0, 0]
    assert 0.35 < np.abs(origin).max() <= 0.4
