"""Whatever is found of timing, it is evidence without a bound and supports no shift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shiftexp as sx
from tests.pairs import fitted, status
from tests.unit.dynamics.test_timing import study, walks

METHODS = (
    sx.lead_lag,
    sx.granger,
    sx.local_projections,
    sx.transfer_function,
    sx.sign_restricted,
)
few = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("method", METHODS)
@few
@given(offset=st.floats(-2, 2), periods=st.integers(20, 45), seed=st.integers(0, 2**16))
def test_timing_never_supports_a_shift(
    method: Callable[..., Any], offset: float, periods: int, seed: int
) -> None:
    found = method(*study(walks(periods, offset, seed)), draws=199, rng=seed)
    evidence = found.evidence
    assert evidence.bound is None
    assert evidence.about == "shift"
    p, power = evidence.p_value, evidence.power
    assert p is None or 1 / 200 <= p <= 1
    assert (p is None) == (power is None)
    assert power is None or 0 <= power <= 1
    with_it, without = (
        status(sx.Verdict((fitted(-20.0, 20.0),), tuple(pieces))) for pieces in ([evidence], [])
    )
    assert with_it["shift"] != "supported"
    assert with_it == without
    assert len(found.to_frame())
    assert "no effect" not in found.summary()


@few
@given(scale=st.floats(1e-3, 1e6), shift=st.floats(0, 1e3), seed=st.integers(0, 2**16))
def test_units_change_neither_p_nor_offset(scale: float, shift: float, seed: int) -> None:
    y = walks(30, 0.5, seed)
    plain = sx.local_projections(*study(y), draws=99, rng=seed)
    other = sx.local_projections(*study(scale * (y + shift)), draws=99, rng=seed)
    assert other.p_value == plain.p_value
    np.testing.assert_allclose(other.offset_ratio, plain.offset_ratio, rtol=1e-4, atol=1e-6)
