"""What tests of timing share: settings, units, the alternative, and words that never overreach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.dynamics.timing import (
    TimingSettings,
    independent_process,
    said_p,
    timing_pair,
    walking_process,
)
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

DESIGN = sx.Design(origin="NL", destination="BE", onset=2010)
TESTS = (sx.lead_lag, sx.granger, sx.local_projections, sx.transfer_function)


def walks(count: int = 40, offset: float = 0.0, seed: int = 1) -> Floats:
    """Return two walks far above zero, the second receiving the first's innovations turned."""
    y = np.random.default_rng(seed).standard_normal((2, count)).cumsum(axis=1)
    y[1, 1:] -= offset * y[0, :-1]
    return y + 100


def study(y: Floats, **more: Any) -> tuple[sx.Panel, sx.Design]:  # noqa: ANN401 - passed on
    """Return a panel and its design; the onset plays no part."""
    design = DESIGN if more.get("per_year", 1) == 1 else replace(DESIGN, onset="2002-01")
    return make_panel({"NL": y[0], "BE": y[1]}, **more), design


def settings(scale: str = "level") -> TimingSettings:
    """Return the usual settings."""
    return TimingSettings(
        scale="log" if scale == "log" else "level",
        trend=True, offset=1.0, level=0.95, draws=99, rng=1,
    )  # fmt: skip


def test_sides_are_scaled_and_what_passes_is_an_equal_amount() -> None:
    y = walks()
    y[0] *= 10
    timing = timing_pair(*study(y), settings(), least=12, others=[])
    np.testing.assert_allclose(timing.y.std(axis=1), 1)
    assert timing.passed(0.5) == pytest.approx(0.5 * y[0].std() / y[1].std())
    logged = timing_pair(*study(y), settings("log"), least=12, others=[])
    ratio = np.exp(np.log(y[0]).mean() - np.log(y[1]).mean())
    spread = np.log(y[0]).std() / np.log(y[1]).std()
    assert logged.passed(1.0) == pytest.approx(ratio * spread)


def test_months_have_seasons_and_years_have_none() -> None:
    monthly = timing_pair(*study(walks(48), per_year=12), settings(), least=12, others=[])
    assert monthly.fixed.shape == (48, 13)
    yearly = timing_pair(*study(walks(40)), settings(), least=12, others=[])
    assert yearly.fixed.shape == (40, 2)


def test_nulls_keep_what_both_share_in_a_period_and_have_no_lead() -> None:
    y = walks(300)
    y[1] = y[0] + 0.1 * (y[1] - 100)
    timing = timing_pair(*study(y), settings(), least=12, others=[])
    for process in (independent_process(timing)[0], walking_process(timing)):
        first, second = process.residual
        assert first @ second > 0.9 * np.sqrt((first @ first) * (second @ second))
        m = timing.fixed.shape[1]
        assert not process.coef[0, m + 1 :: 2].any()
        assert not process.coef[1, m::2].any()


def test_a_walk_has_the_drift_of_the_series() -> None:
    y = walks(200)
    y[0] += 0.5 * np.arange(200)
    timing = timing_pair(*study(y), settings(), least=12, others=[])
    drawn = walking_process(timing).draw(400, np.random.default_rng(1))
    moved = (timing.y[:, -1] - timing.y[:, 0])[:, None]
    found = (drawn[:, :, -1] - drawn[:, :, 0]).mean(axis=0)
    np.testing.assert_allclose(found, moved[:, 0], atol=0.15)


@pytest.mark.parametrize("test", TESTS)
def test_problems_of_settings_are_named_all_at_once(test: Any) -> None:  # noqa: ANN401 - any of four
    with pytest.raises(sx.DesignError) as refusal:
        test(*study(walks()), scale="root", level=2, draws=3, offset=-1, trend="yes", rng=-1)
    said = str(refusal.value)
    for name in ("scale", "level", "draws", "offset", "trend", "rng"):
        assert name in said


@pytest.mark.parametrize("test", TESTS)
def test_series_that_never_change_or_are_short_are_refused(test: Any) -> None:  # noqa: ANN401 - any of the tests
    y = walks()
    y[1, 5:] = 7.0
    y[0, 4] = np.nan
    with pytest.raises(sx.DesignError, match="'BE' never changes"):
        test(*study(y), draws=99)
    with pytest.raises(sx.DesignError, match="a run of 11 periods"):
        test(*study(walks(11)), draws=99)


@pytest.mark.parametrize("test", TESTS)
def test_a_generator_and_its_seed_say_the_same_and_the_unit_does_not_matter(test: Any) -> None:  # noqa: ANN401 - any of the tests
    y = walks(30, 0.5)
    one = test(*study(y), draws=99, rng=5)
    two = test(*study(y), draws=99, rng=np.random.default_rng(5))
    three = test(*study(1000 * y), draws=99, rng=5)
    assert one.evidence.p_value == two.evidence.p_value == three.evidence.p_value
    assert one.evidence.power == three.evidence.power


@pytest.mark.parametrize("test", TESTS)
def test_a_full_offset_is_found_and_a_rise_of_both_is_not(test: Any) -> None:  # noqa: ANN401 - any of the tests
    found = test(*study(walks(60, 1.0)), scale="level", draws=199)
    assert found.evidence.p_value <= 0.02
    assert found.evidence.bound is None
    other = test(*study(walks(60, -1.0)), scale="level", draws=199)
    assert other.evidence.p_value > 0.5
    assert "not to say that nothing moved" in other.summary()


def test_no_run_goes_through_a_declared_break() -> None:
    panel, design = study(walks(30))
    labels = panel.calendar.labels
    broken = replace(design, breaks=(f"{labels[6]}:BE:dummy",))
    found = sx.lead_lag(panel, broken, draws=99)
    assert found.periods == 24
    assert f"reporting break of the destination in {labels[6]}" in found.summary()


def test_a_large_p_is_never_no_effect() -> None:
    assert "not shown" in said_p(0.4, 0.05)
    assert "not by chance" in said_p(0.05, 0.05)


@pytest.mark.parametrize("method", [sx.transfer_function, sx.sign_restricted])
@pytest.mark.parametrize(
    ("donor", "said"),
    [
        (np.full(40, 3.0), "the mean of 1 donor never changes"),
        (np.arange(40.0), "follows from its own past and a trend without error"),
        (2 * walks()[1], "'BE' and 'the mean of 1 donor' change as one"),
    ],
)
def test_donors_that_a_model_cannot_tell_apart_are_refused(
    method: Any,  # noqa: ANN401 - either
    donor: Floats,
    said: str,
) -> None:
    y = walks()
    panel = make_panel({"NL": y[0], "BE": y[1], "AT": donor})
    with pytest.raises(sx.DesignError, match=f"{said}.*name other donors, or none"):
        method(panel, replace(DESIGN, donors=("AT",)), scale="level", draws=99)


def test_an_offset_beyond_all_measure_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="a number above 0, at most 1000"):
        sx.transfer_function(*study(walks()), offset=1e300)
