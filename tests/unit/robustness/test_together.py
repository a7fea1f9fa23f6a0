"""Errors of several indicators: drawn with the correlations of what is new in their residuals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shiftexp.errors import DesignError
from shiftexp.kernels.autoregression import autoregression
from shiftexp.kernels.cases import Floats, Integers
from shiftexp.robustness.together import Errors, correlations, joint_errors

SIZE = 40
RNG = np.random.default_rng(1)
COMMON: Floats = RNG.standard_normal((2, SIZE))
NOISE: Floats = RNG.standard_normal((2, SIZE))
LATER = np.arange(SIZE) + 10


def errors(
    name: str,
    y: Floats,
    value: float = 0.0,
    periods: Integers | None = None,
    donors: tuple[str, ...] = (),
) -> Errors:
    """Return the errors of an indicator with these series of both sides."""
    at = np.arange(SIZE) if periods is None else periods
    x = np.ones((len(at), 1))
    sides = {side: autoregression(np.asarray(y[side]), x, at.astype(float)) for side in (0, 1)}
    units = ("O", "D", *donors)
    return Errors(name, 1, at, units, np.full(len(units), value), 0.0, sides)


LABS = errors("labs", COMMON)
SEIZURES = errors("seizures", COMMON + 0.3 * NOISE)


def test_indicators_go_together_as_their_residuals_do() -> None:
    found = correlations((LABS, SEIZURES))
    seen = np.corrcoef(np.vstack([COMMON, COMMON + 0.3 * NOISE]))
    assert found[:2, 2:] == pytest.approx(seen[:2, 2:], abs=0.1)
    assert found[0, 1] == pytest.approx(0.0, abs=0.05)
    assert found == pytest.approx(found.T)


def test_draws_have_these_correlations_from_the_first_period_on() -> None:
    each = [replace(e, value=np.array([0.8, 0.8])) for e in (LABS, SEIZURES)]
    labs, seizures = joint_errors(each, 4000, np.random.default_rng(1))
    told = correlations(each)[0, 2]
    for t in (0, SIZE - 1):
        assert np.corrcoef(labs[:, 0, t], seizures[:, 0, t])[0, 1] == pytest.approx(told, abs=0.03)
    assert labs.std(axis=0) == pytest.approx(np.ones((2, SIZE)), abs=0.06)
    lagged = np.corrcoef(labs[:, 0, 4], labs[:, 0, 5])[0, 1]
    assert lagged == pytest.approx(0.8, abs=0.03)


def test_periods_are_aligned_by_the_calendar_not_by_their_order() -> None:
    shifted = errors("seizures", np.roll(COMMON, -10, axis=1), periods=LATER)
    assert correlations((LABS, shifted))[0, 2] == pytest.approx(1.0, abs=0.1)
    labs, seizures = joint_errors((LABS, shifted), 2000, np.random.default_rng(1))
    assert labs.shape == seizures.shape == (2000, 2, SIZE)
    assert np.corrcoef(labs[:, 0, 10], seizures[:, 0, 0])[0, 1] > 0.8
    assert abs(np.corrcoef(labs[:, 0, 0], seizures[:, 0, 0])[0, 1]) < 0.1


def test_a_gap_of_one_indicator_is_closed_up_in_it_alone() -> None:
    kept = np.delete(np.arange(SIZE), 5)
    gappy = errors("seizures", COMMON[:, kept], 0.5, kept)
    labs, seizures = joint_errors((LABS, gappy), 2000, np.random.default_rng(1))
    assert seizures.shape == (2000, 2, SIZE - 1)
    assert np.corrcoef(seizures[:, 0, 4], seizures[:, 0, 5])[0, 1] == pytest.approx(0.5, abs=0.06)
    assert np.corrcoef(labs[:, 0, 6], seizures[:, 0, 5])[0, 1] > 0.7


def test_a_donor_goes_with_itself_as_the_sides_do() -> None:
    one, other = (replace(e, units=("O", "D", "C1"), value=np.zeros(3)) for e in (LABS, SEIZURES))
    found = correlations((one, other))
    assert found[2, 5] == pytest.approx((found[0, 3] + found[1, 4]) / 2, abs=0.05)
    stranger = correlations((one, replace(other, units=("O", "D", "C2"))))
    assert abs(stranger[2, 5]) < 0.4 < found[2, 5]


def test_the_matrix_is_made_one_that_can_be_drawn() -> None:
    each = [replace(LABS, name=str(k)) for k in range(3)]
    each[2] = errors("2", -COMMON)
    found = correlations(each)
    assert np.linalg.eigvalsh(found).min() > -1e-9
    assert np.diag(found) == pytest.approx(np.ones(6))
    assert found[0, 2] > 0.9 > -0.9 > found[0, 4]


def test_too_few_periods_in_common_are_refused_pair_by_pair() -> None:
    late = errors("late", COMMON, periods=np.arange(SIZE) + SIZE - 7)
    monthly = replace(SEIZURES, name="monthly", per_year=12)
    with pytest.raises(DesignError) as refused:
        joint_errors((LABS, late, monthly), 2, np.random.default_rng(1))
    text = str(refused.value)
    assert "'labs' and 'late' with 7 periods in common; needed: 8 at least" in text
    assert "'labs' and 'monthly' with 0 periods in common (1 and 12 periods a year)" in text
    assert joint_errors(
        (LABS, replace(late, periods=late.periods - 1)), 2, np.random.default_rng(1)
    )
