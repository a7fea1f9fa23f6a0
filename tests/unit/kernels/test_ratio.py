"""Unit tests of Fieller's set: the three shapes, the half-lines on their border, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.errors import DesignError
from shiftexp.kernels.ratio import COMPLEMENT, INTERVAL, LINE, fieller_set

Q = 1.959963984540054


@pytest.mark.parametrize(
    ("numbers", "kind", "ends"),
    [
        ((20, 40, 16, 25, -4), INTERVAL, (0.2798004, 0.8044890)),
        ((2, 10, 1, 1, 0), INTERVAL, (0.0040020, 0.4119777)),
        ((20, 5, 16, 25, 0), COMPLEMENT, (-4.0052978, 1.1898426)),
        ((1, 1, 0.5625, 0.5625, 0), LINE, (-np.inf, np.inf)),
    ],
    ids=["covariance", "interval", "complement", "line"],
)
def test_shapes(
    numbers: tuple[float, float, float, float, float], kind: int, ends: tuple[float, float]
) -> None:
    found = fieller_set(*numbers, critical=Q)
    assert int(found.kind) == kind
    assert (float(found.low), float(found.high)) == pytest.approx(ends, abs=5e-8)


@pytest.mark.parametrize(
    ("numbers", "ends"),
    [
        # y^2 = q^2 v22 exactly, so the inequality is linear: -2 b r + c <= 0
        ((3.0, 2.0, 1.0, 1.0, 0.0), (5 / 12, np.inf)),
        ((-3.0, 2.0, 1.0, 1.0, 0.0), (-np.inf, -5 / 12)),
    ],
    ids=["upwards", "downwards"],
)
def test_half_lines(
    numbers: tuple[float, float, float, float, float], ends: tuple[float, float]
) -> None:
    found = fieller_set(*numbers, critical=2.0)
    assert str(found.names) == "interval"
    assert (float(found.low), float(found.high)) == pytest.approx(ends, rel=1e-14)


def test_border_without_slope_is_the_line() -> None:
    found = fieller_set(0.0, 2.0, 1.0, 1.0, 0.0, critical=2.0)
    assert str(found.names) == "line"
    assert (float(found.low), float(found.high)) == (-np.inf, np.inf)


def test_certain_numbers_give_a_point() -> None:
    found = fieller_set(3.0, 4.0, 0.0, 0.0, 0.0, critical=Q)
    assert (float(found.low), float(found.high)) == pytest.approx((0.75, 0.75))


def test_ends_keep_their_digits_near_the_border() -> None:
    found = fieller_set(3.0, 2.0 * (1 + 1e-13), 1.0, 1.0, 0.0, critical=2.0)
    assert float(found.low) == pytest.approx(5 / 12, rel=1e-11)
    assert float(found.high) > 1e11


def test_every_ratio_in_the_set_passes_its_test() -> None:
    rng = np.random.default_rng(11)
    x, y = rng.normal(0, 3, size=(2, 400))
    v11, v22 = rng.uniform(0.2, 4, size=(2, 400))
    v12 = rng.uniform(-0.9, 0.9, size=400) * np.sqrt(v11 * v22)
    found = fieller_set(x, y, v11, v22, v12, critical=Q)
    assert set(found.kind.tolist()) == {INTERVAL, COMPLEMENT, LINE}
    for r in rng.normal(0, 4, size=25):
        slack = Q**2 * (v11 - 2 * r * v12 + r**2 * v22) - (x - r * y) ** 2
        clear = np.abs(slack) > 1e-8
        assert np.array_equal(found.contains(r)[clear], (slack >= 0)[clear])


def test_batch_equals_loop() -> None:
    cases = np.array([[20, 40, 16, 25, -4], [20, 5, 16, 25, 0], [1, 1, 0.5625, 0.5625, 0]])
    together = fieller_set(*cases.T, critical=Q)
    for i, case in enumerate(cases):
        alone = fieller_set(*case, critical=Q)
        assert together.kind[i] == alone.kind
        assert together.low[i] == alone.low
        assert together.high[i] == alone.high


def test_critical_values_broadcast() -> None:
    found = fieller_set(20.0, 5.0, 16.0, 25.0, 0.0, critical=[0.5, Q, 10.0])
    assert found.names.tolist() == ["interval", "complement", "line"]


def test_refusals_name_every_fault_and_its_cases() -> None:
    with pytest.raises(DesignError) as caught:
        fieller_set([1.0, np.nan, 1.0], [1.0, 1.0, 0.0], 1.0, [1.0, 1.0, 0.0], 0.0, critical=Q)
    assert caught.value.rows == ("case 1", "case 2")
    assert [problem.rows for problem in caught.value.problems] == [("case 1",), ("case 2",)]


@pytest.mark.parametrize(
    ("numbers", "critical", "words"),
    [
        ((1.0, 1.0, 1.0, 1.0, 2.0), Q, "not positive semidefinite"),
        ((1.0, 1.0, -1.0, 1.0, 0.0), Q, "not positive semidefinite"),
        ((1.0, 1.0, 1.0, 1.0, 0.0), 0.0, "critical value <= 0"),
    ],
    ids=["covariance too large", "negative variance", "critical"],
)
def test_refusal_of_impossible_numbers(
    numbers: tuple[float, float, float, float, float], critical: float, words: str
) -> None:
    with pytest.raises(DesignError, match=words):
        fieller_set(*numbers, critical=critical)
