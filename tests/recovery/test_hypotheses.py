"""The true hypothesis is the heaviest as often as METHODS.md says, and true ones are kept."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.rivals.hypotheses import MIXED, NULL, SHIFT
from tests.recovery.measure_hypotheses import (
    BESIDE,
    TRUTHS,
    HypothesisCell,
    chosen,
    rejected_nulls,
    rejected_regressions,
    told_apart,
)

_DRAWS, _SEED = 60, 5
_ERRORS = 3
pytestmark = pytest.mark.slow


def least(rate: float) -> float:
    """Return what a rate of so many draws hardly falls below."""
    return rate - _ERRORS * float(np.sqrt(rate * (1 - rate) / _DRAWS))


# What METHODS.md says of AICc, BIC and sector weights, 20 years, errors of a tenth, a trend.
RIGHT = {SHIFT: (0.83, 0.84, 0.94), MIXED: (0.95, 0.94, 0.93)}


@pytest.mark.parametrize("truth", RIGHT)
def test_the_true_hypothesis_is_the_heaviest_as_often_as_measured(truth: str) -> None:
    found = chosen(HypothesisCell(truth, TRUTHS[truth], draws=_DRAWS, seed=_SEED))
    named = ("AICc", "BIC", "sector Bayes")
    for criterion, rate in zip(named, RIGHT[truth], strict=True):
        assert found[criterion].right(truth) >= least(rate)
        assert found[criterion].surely_wrong(truth) <= 0.1


def test_a_step_of_detection_under_a_shift_reads_as_growth_beyond_it() -> None:
    truth, effects, detection = BESIDE["shift, detection x1.25"]
    cell = HypothesisCell(truth, effects, detection=detection, draws=20, seed=_SEED)
    assert chosen(cell)["BIC"].names[MIXED] == cell.draws


def test_the_bootstrap_of_ratios_keeps_its_level() -> None:
    rates = rejected_nulls(20, 0.4, trend=True, draws=70, seed=_SEED)
    most = 0.05 + _ERRORS * (0.05 * 0.95 / 70) ** 0.5
    assert set(rates) == set(TRUTHS) - {NULL}
    assert max(rates.values()) <= most


def test_j_and_cox_reject_true_regressions_too_often_and_their_bootstrap_does_not() -> None:
    rates = rejected_regressions(20, 3, 0.4, "ar1", draws=200, seed=_SEED)
    most = 0.05 + _ERRORS * (0.05 * 0.95 / 200) ** 0.5
    for test in ("J", "Cox"):
        assert rates[test].asymptotic > most
        assert rates[test].bootstrap <= most


def test_one_of_two_equally_near_regressions_is_seldom_called_nearer() -> None:
    rates = told_apart(20, 3, equal=True, draws=200, seed=_SEED)
    most = 0.05 + _ERRORS * (0.05 * 0.95 / 200) ** 0.5
    for test in ("Vuong", "Clarke"):
        assert rates[test].asymptotic > most
        assert rates[test].bootstrap <= most


def test_the_wrong_regression_is_found_as_often_as_measured() -> None:
    rates = told_apart(20, 1, equal=False, draws=100, seed=_SEED)
    measured = {"J": 0.79, "encompassing F": 0.79, "Vuong": 0.40}
    for test, rate in measured.items():
        assert rates[test].bootstrap == pytest.approx(rate, abs=0.17)
