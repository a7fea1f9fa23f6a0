"""Series without errors of their own are refused by name, before any matrix is inverted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.dynamics.pair import read_pair, without_own_variation
from tests.unit.dynamics.studies import study

_T = np.arange(40)
_NOISY = 100 + 5 * np.random.default_rng(3).standard_normal(40)
_GROWTH = 100 * 1.03**_T
_LINES = np.interp(_T, [0, 10, 39], [100.0, 140, 90])
_QUESTIONS = (
    sx.granger, sx.local_projections, sx.lead_lag, sx.transfer_function, sx.sign_restricted,
)  # fmt: skip


@pytest.mark.parametrize("ask", _QUESTIONS)
@pytest.mark.parametrize(
    ("origin", "destination", "said"),
    [
        (_GROWTH, _NOISY, "'O' has no variation of its own: its own past and a trend"),
        (_NOISY, _GROWTH, "'D' has no variation of its own: its own past and a trend"),
        (_GROWTH, 2 * _GROWTH, r"(?s)2 problems.*'O' has no.*'D' has no"),
        (_LINES, _NOISY, "'O' has no variation of its own: most of its values lie on lines"),
        (_NOISY, 2 * _NOISY, "'O' and 'D' change as one"),
        (_NOISY, np.r_[90, _NOISY[:-1]], "past of 'O' and 'D' gives 'D' without error"),
    ],
)
def test_a_side_without_errors_is_refused_by_name(
    ask: Callable[..., object], origin: np.ndarray, destination: np.ndarray, said: str
) -> None:
    with pytest.raises(sx.DesignError, match=said):
        ask(*study(np.stack([origin, destination])))


def test_sparse_counts_and_steps_are_no_lines() -> None:
    rng = np.random.default_rng(5)
    values = np.stack([rng.poisson(0.3, 40), rng.poisson(2.0, 40)]).astype(float)
    pair = read_pair(*study(values), scale="level", least=1)
    assert without_own_variation(pair) == []
