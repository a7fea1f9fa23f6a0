"""Unit tests of least squares on the simplex: against a general solver, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.simplex import simplex_weights, stationarity

KINDS = ("plain", "far from the origin", "a column twice", "collinear", "inside the hull")


def problem(number: int) -> tuple[Floats, Floats]:
    """Return columns and target of a random problem; also more columns than rows."""
    rng = np.random.default_rng(number)
    n, count = int(rng.integers(3, 30)), int(rng.integers(2, 40))
    a, b = rng.normal(size=(n, count)), rng.normal(size=n)
    kind = KINDS[number % len(KINDS)]
    if kind == "far from the origin":
        a, b = a + 50, b + 50
    elif kind == "a column twice":
        a[:, count // 2] = a[:, 0]
    elif kind == "collinear":
        a = np.outer(rng.normal(size=n), rng.normal(size=count))
    elif kind == "inside the hull":
        b = a @ rng.dirichlet(np.ones(count))
    unit = 10.0 ** rng.integers(-6, 6)
    return a * unit, b * unit


def general(a: Floats, b: Floats) -> Floats:
    """Return the answer of a well-kept solver, brought back to the simplex."""
    size, count = max(float((b**2).sum() + (a**2).sum()), 1e-300), a.shape[1]
    found = minimize(  # type: ignore[call-overload]  # the stubs want one type for all constraints
        lambda w: ((a @ w - b) ** 2).sum() / size,
        np.full(count, 1 / count),
        jac=lambda w: 2 * a.T @ (a @ w - b) / size,
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    weights = np.clip(found.x, 0, None)
    return np.asarray(weights / weights.sum())


@pytest.mark.parametrize("problems", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_problems_are_solved_no_worse_than_by_a_general_solver(problems: int) -> None:
    """MUST SHOW: the objective is no worse to 1e-9, degenerate and wide problems included."""
    wide = 0
    for number in range(problems):
        a, b = problem(number)
        weights, other = simplex_weights(a, b), general(a, b)
        ours, theirs = (((a @ w - b) ** 2).sum() for w in (weights, other))
        rounding = 1e-14 * ((a**2).sum() + (b**2).sum())
        assert ours <= theirs * (1 + 1e-9) + rounding
        assert weights.min() >= 0
        assert abs(weights.sum() - 1) <= 1e-10
        assert stationarity(a, b, weights) < 1e-8
        wide += a.shape[1] > a.shape[0]
    assert wide > problems / 4


def test_a_ridge_evens_out_the_weights() -> None:
    a, b = np.array([[0.0, 1.0], [0.0, 1.0]]), np.array([0.1, 0.1])
    for ridge in (0.0, 0.5, 3.0):
        # f(w) = 2 (w - .1)^2 + ridge (w^2 + (1 - w)^2), w the second weight
        second = (0.2 + ridge) / (2 + 2 * ridge)
        assert simplex_weights(a, b, ridge) == pytest.approx([1 - second, second])
    assert simplex_weights(a, b, 1e9) == pytest.approx([0.5, 0.5])


def test_degenerate_problems_have_answers() -> None:
    assert simplex_weights(np.zeros((3, 2)), np.zeros(3)).sum() == pytest.approx(1)
    assert simplex_weights(np.ones((3, 1)), np.zeros(3)).tolist() == [1.0]
    exact = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 4.0]])
    assert simplex_weights(exact, np.array([2.0, 2.0])) == pytest.approx([0, 1, 0], abs=1e-12)


def test_weights_off_the_solution_are_not_stationary() -> None:
    a, b = np.array([[0.0, 4.0], [0.0, 4.0]]), np.ones(2)
    assert stationarity(a, b, np.array([0.75, 0.25])) < 1e-15
    assert stationarity(a, b, np.array([0.5, 0.5])) > 0.01


@given(st.integers(0, 10**6), st.floats(1e-6, 1e6), st.floats(-100, 100))
def test_unit_and_origin_do_not_matter(number: int, unit: float, origin: float) -> None:
    rng = np.random.default_rng(number)
    a, b = rng.normal(size=(8, 5)), rng.normal(size=8)
    plain = simplex_weights(a, b)
    assert simplex_weights(unit * a + origin * unit, unit * b + origin * unit) == pytest.approx(
        plain, abs=1e-7
    )
