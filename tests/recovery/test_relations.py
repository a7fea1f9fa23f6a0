"""Claims of a long-run relation have the size and the power that METHODS.md and refusals state."""

from __future__ import annotations

import math

import pytest

from shiftexp.dynamics.cointegration import LEAST, POWERS
from tests.recovery.measure_relations import ERROR, RelationCell, answers, claimed


def slack(share: float, pairs: int) -> float:
    """Return three standard errors of a share."""
    return 3 * math.sqrt(share * (1 - share) / pairs)


@pytest.mark.slow
@pytest.mark.parametrize("truth", ["walks", "noisy walks", "stationary"])
def test_claims_of_nothing_are_rare(truth: str) -> None:
    cell = RelationCell(truth=truth, periods=LEAST)
    assert max(claimed(cell)) <= ERROR + slack(ERROR, cell.pairs)


@pytest.mark.slow
def test_the_autoregression_alone_would_claim_noisy_walks() -> None:
    tests = answers(RelationCell(truth="noisy walks", periods=LEAST))
    assert (tests.p_trace[:, 0] <= ERROR).mean() > 0.4
    assert (tests.p_none <= ERROR).mean() <= ERROR + slack(ERROR, 200)


@pytest.mark.slow
@pytest.mark.parametrize("periods", [20, 50])
def test_the_power_is_the_one_stated(periods: int) -> None:
    cell = RelationCell(truth="substitution", periods=periods)
    right, wrong = claimed(cell)
    stated = POWERS[periods] / 100
    assert right == pytest.approx(stated, abs=slack(stated, cell.pairs) + 0.03)
    assert wrong <= 0.02
    other = claimed(RelationCell(truth="common growth", periods=periods))
    assert other[::-1] == pytest.approx((right, wrong), abs=slack(stated, cell.pairs) + 0.05)
