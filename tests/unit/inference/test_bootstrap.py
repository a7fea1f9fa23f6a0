"""Unit tests of the block bootstrap: its spread, correlation of sides, scales, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.inference.bootstrap import BlockBootstrap
from shiftexp.inference.wrapping import prepare
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

COUNTS = sx.WindowContrast()
LOG = sx.InterruptedTimeSeries(scale="log", trend=False)
DESIGN = sx.Design(origin="O", destination="D", onset=2030)
STEP = np.arange(50) >= 30


def panel_of(origin: Floats, destination: Floats) -> sx.Panel:
    """Return fifty years of two units, in thousandths: counts are whole numbers."""
    values = {"O": np.round(1000 * origin), "D": np.round(1000 * destination)}
    return make_panel(values, unit_of_measure="count")


def noise(seed: int = 1) -> Floats:
    """Return independent errors of both sides, shape (2, 50)."""
    return np.asarray(np.random.default_rng(seed).standard_normal((2, 50)))


def test_draws_spread_about_the_estimate_as_independent_errors_do() -> None:
    origin, destination = 80 + 4 * noise()[0], 80 + 4 * noise()[1] + 9 * STEP
    wrapper = BlockBootstrap(COUNTS, block=1, draws=3999)
    effects = wrapper.fit(panel_of(origin, destination), DESIGN).effects
    assert effects.draws.mean(axis=0) == pytest.approx(effects.mean, abs=100)
    residual = np.concatenate([destination[:30] - destination[:30].mean(),
                               destination[30:] - destination[30:].mean()])  # fmt: skip
    expected = 1e6 * residual.var() * (1 / 30 + 1 / 20)
    assert effects.draws[:, 1].var(ddof=1) == pytest.approx(expected, rel=0.06)


def test_what_moves_both_sides_at_once_is_kept() -> None:
    shared = 4 * noise()[0]
    effects = BlockBootstrap(COUNTS).fit(panel_of(40 + shared, 60 - shared), DESIGN).effects
    correlation = np.asarray(np.corrcoef(effects.draws, rowvar=False))[0, 1]
    assert correlation == pytest.approx(-1.0, abs=1e-6)


def test_blocks_keep_what_neighbours_have_in_common() -> None:
    alternating = 40 + np.where(np.arange(50) % 2, 4.0, -4.0) + 0.1 * noise()
    single, long = (
        BlockBootstrap(COUNTS, block=block)
        .fit(panel_of(*alternating), DESIGN)
        .effects.draws[:, 1]
        .var(ddof=1)
        for block in (1, 10)
    )
    assert long < 0.3 * single


def test_the_seed_makes_the_draws() -> None:
    panel = panel_of(*(40 + 4 * noise()))
    first, again, other = (
        BlockBootstrap(COUNTS, draws=99, rng=seed).fit(panel, DESIGN).effects.draws
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_draws_are_the_mirror_image_of_refitted_effects() -> None:
    """Basic, not percentile: with two residuals far above, draws reach far below the estimate."""
    skewed = np.where(np.isin(np.arange(50), (35, 45)), 40.0, 0.0) + noise()[0]
    panel = panel_of(40 + noise()[1], 40 + skewed)
    effects = BlockBootstrap(COUNTS, block=1, draws=3999).fit(panel, DESIGN).effects
    centred = (effects.draws[:, 1] - effects.mean[1]) / effects.draws[:, 1].std()
    assert (centred**3).mean() < -0.1


def test_a_trend_of_the_effect_is_no_error() -> None:
    trend = sx.InterruptedTimeSeries(trend=True)
    years = np.arange(50)
    panel = panel_of(*(50 + 0.01 * noise() + 3.0 * years + 5.0 * np.maximum(years - 30, 0)))
    draws = BlockBootstrap(trend, draws=99)._draws(prepare(trend, panel, DESIGN), 3)
    assert draws.std(axis=0).max() < 100


def test_in_logs_a_fall_has_the_draws_of_a_rise_turned_over() -> None:
    errors = 0.6 * noise()
    found = []
    for sign in (1.0, -1.0):
        values = np.exp(4 + sign * (errors + 1.5 * STEP))
        panel = make_panel(dict(zip("OD", values, strict=True)))
        effects = BlockBootstrap(LOG, block=1, draws=199).fit(panel, DESIGN).effects
        assert (effects.draws < effects.observed).all()
        found.append(np.log(effects.observed / (effects.observed - effects.draws)))
    assert found[0] == pytest.approx(-found[1])


def test_the_block_is_stated() -> None:
    panel = panel_of(*(40 + 4 * noise()))
    result = BlockBootstrap(COUNTS).fit(panel, DESIGN)
    assert "blocks of 4 periods of 50" in result.notes
    assert result.inference == "block bootstrap, 999 draws, blocks of 4 periods"
    one = BlockBootstrap(COUNTS, block=1).fit(panel, DESIGN)
    assert "blocks of 1 period of 50" in one.notes


def test_numbers_too_small_are_refused_together() -> None:
    with pytest.raises(sx.DesignError, match="2 problems") as caught:
        BlockBootstrap(COUNTS, block=0, draws=10)
    assert [p.given for p in caught.value.problems] == ["block = 0", "draws = 10"]


@pytest.mark.parametrize(
    "setting",
    [{"draws": 999.0}, {"draws": "999"}, {"block": 2.5}, {"block": "2"}, {"draws": True},
     {"rng": np.random.default_rng(1)}, {"rng": "1"}, {"rng": -1}],
    ids=lambda setting: f"{next(iter(setting))}: {type(next(iter(setting.values()))).__name__}",
)  # fmt: skip
def test_what_is_no_whole_number_is_refused(setting: dict[str, Any]) -> None:
    (name, value), *_ = setting.items()
    with pytest.raises(sx.DesignError, match="a whole number, at least") as caught:
        BlockBootstrap(COUNTS, **setting)
    assert caught.value.problems[0].given == f"{name} = {value!r}"


def test_numpy_numbers_are_numbers() -> None:
    assert BlockBootstrap(COUNTS, draws=np.int64(199), block=np.int64(2)).draws == 199  # type: ignore[arg-type]  # what numpy users pass


def test_a_block_longer_than_half_the_window_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="blocks of 26 periods in a window of 50"):
        BlockBootstrap(COUNTS, block=26).fit(panel_of(*(40 + noise())), DESIGN)


def test_it_warns_of_its_size() -> None:
    with pytest.warns(sx.SmallSampleWarning, match="22 to 40 % of true nulls are rejected"):
        BlockBootstrap(COUNTS).fit(panel_of(*(40 + noise())), DESIGN)
