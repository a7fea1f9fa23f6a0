"""Toda and Yamamoto's test: lags, directions and signs."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from tests.unit.dynamics.test_timing import study, walks


def test_direction_and_sign_of_an_offset() -> None:
    found = sx.granger(*study(walks(60, 1.0)), scale="level", draws=199)
    assert (found.forward.cause, found.forward.effect) == ("NL", "BE")
    assert found.forward.response < 0
    assert found.forward.p_negative <= 0.02
    assert found.backward.p_negative > 0.5
    assert found.to_frame()["cause"].tolist() == ["NL", "BE"]


def test_causality_with_the_same_sign_is_not_evidence_for_a_shift() -> None:
    found = sx.granger(*study(walks(60, -1.0)), scale="level", draws=199)
    assert found.forward.p_value <= 0.02
    assert found.evidence.p_value == 1
    assert any("common factor measured with noise" in note for note in found.notes)


def test_one_lag_below_thirty_periods() -> None:
    assert sx.granger(*study(walks(29)), draws=99).lags == 1
    with pytest.raises(sx.DesignError, match="1 lag below 30"):
        sx.granger(*study(walks(29)), lags=2, draws=99)
    assert sx.granger(*study(walks(30)), lags=2, draws=99).lags == 2


def test_too_many_lags_and_lags_that_are_none_are_refused() -> None:
    with pytest.raises(sx.DesignError, match="degrees of freedom"):
        sx.granger(*study(walks(30)), lags=9, draws=99)
    with pytest.raises(sx.DesignError, match=r"(?s)integration = -1.*lags = 0"):
        sx.granger(*study(walks(30)), lags=0, integration=-1, draws=99)


def test_the_response_is_in_the_units_of_the_series() -> None:
    y = walks(60, 1.0)
    plain = sx.granger(*study(y), scale="level", draws=99).forward
    y[1] *= 1000
    larger = sx.granger(*study(y), scale="level", draws=99).forward
    assert larger.without_low == pytest.approx(1000 * plain.without_low)
    assert plain.without_low < 0 < plain.without_high
    assert larger.response == pytest.approx(1000 * plain.response)
    assert larger.f == pytest.approx(plain.f)
    assert np.isfinite(plain.p_chi2)
