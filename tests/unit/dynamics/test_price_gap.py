"""The law of one price: a gap that closes, one that does not, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.error_draws import autoregressive_errors
from shiftexp.kernels.slope_laws import drawn_slopes, true_slope, unit_root_p, unit_root_power
from tests.unit.dynamics.studies import study


def priced(rho: float, periods: int = 150) -> sx.PriceGap:
    rng = np.random.default_rng(2)
    common = rng.standard_normal(periods).cumsum() / 20
    gap = autoregressive_errors((1, periods), rho, rng)[0] / 10
    values = np.exp(np.stack([common + gap + 0.3, common]))
    return sx.price_gap(*study(values, additive=False))


@pytest.mark.slow
def test_a_gap_that_closes_is_evidence_of_integration() -> None:
    found = priced(0.75)
    assert found.found
    assert found.low <= 0.75 <= found.high < 1
    years, low, high = found.half_life
    assert low <= years <= high
    assert years == pytest.approx(np.log(0.5) / np.log(found.slope))
    evidence = found.evidence
    assert (evidence.about, evidence.bound) == ("integration", None)
    assert (evidence.p_value, evidence.power) == (found.p_value, found.power)
    assert f"closes to its mean of {found.mean:.2f}" in found.summary()
    assert found.mean == pytest.approx(0.3, abs=0.1)
    assert found.p_value == max(found.p_unit_root, found.p_noisy)
    rows = found.to_frame().set_index("quantity")
    assert rows.loc["a walk with noise", "p_value"] == found.p_noisy
    assert found.before == pytest.approx(np.abs(found.gap[:10]).mean())
    assert found.after == pytest.approx(np.abs(found.gap[10:]).mean())


@pytest.mark.slow
@pytest.mark.parametrize(("years", "words"), [(1.0, "1 year ("), (2.0, "2 years (")])
def test_one_year_is_one_year(years: float, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sx.PriceGap, "half_life", (years, 0.5, 3.0))
    assert f"half-life {words}0.5 to 3)" in priced(0.75).summary()


def test_a_gap_that_wanders_is_not_shown_to_close() -> None:
    found = priced(0.999)
    assert not found.found
    assert found.half_life[2] == np.inf
    assert "is not shown to close" in found.summary()


@pytest.mark.parametrize("true", [0.2, 0.8, 1.0])
def test_estimates_are_median_unbiased_and_limits_hold(true: float) -> None:
    slopes = drawn_slopes(true, 25)
    assert true_slope(float(np.median(slopes)), 25, 0.5) == pytest.approx(true, abs=0.02)
    low = np.mean([true_slope(s, 25, 0.975) <= true for s in slopes[::40]])
    assert low == pytest.approx(0.975 if true else 1, abs=0.03)
    rejected = np.mean([unit_root_p(s, 25) <= 0.05 for s in slopes[::40]])
    assert rejected <= 0.06 if true == 1 else rejected > 0.05


def test_noise_of_prices_is_no_gap_that_closes() -> None:
    rng = np.random.default_rng(2)
    gap = rng.standard_normal(40).cumsum() + 3 * rng.standard_normal(40)
    common = rng.standard_normal(40).cumsum() / 20
    values = np.exp(np.stack([common + gap / 20, common]))
    found = sx.price_gap(*study(values, additive=False))
    assert found.p_unit_root <= 0.01
    assert found.p_noisy > 0.05
    assert not found.found
    assert found.evidence.p_value == found.p_noisy


@pytest.mark.slow
def test_noise_is_told_from_a_gap_that_closes_in_long_series_only() -> None:
    short, long = (unit_root_power(0.5, periods, 0.05) for periods in (20, 120))
    assert short < 0.1
    assert long > 0.6


def test_a_gap_that_never_changes_is_refused() -> None:
    values = np.exp(np.random.default_rng(1).standard_normal(20))
    with pytest.raises(sx.DesignError, match="never changes"):
        sx.price_gap(*study(np.stack([values, 2 * values]), additive=False))


def test_amounts_are_refused_by_name() -> None:
    values = np.exp(np.random.default_rng(1).standard_normal((2, 20)))
    with pytest.raises(sx.DesignError, match=r"'y' in units, which adds up.*additive=False"):
        sx.price_gap(*study(values))
