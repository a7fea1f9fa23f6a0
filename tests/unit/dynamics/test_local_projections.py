"""Responses of both sides, offset ratios, and shocks of either kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.plane import ConfidenceSet
from tests.panels import make_panel
from tests.unit.dynamics.test_timing import DESIGN, study, walks


def test_an_own_shock_moves_the_origin_by_one_and_the_destination_later() -> None:
    found = sx.local_projections(*study(walks(120, 1.0, seed=5)), horizons=2, draws=199)
    np.testing.assert_allclose(found.response[0, 0], 1)
    assert abs(found.response[1, 0]) < 0.3
    assert found.response[1, 1] == pytest.approx(-1, abs=0.5)
    ratio = found.offsets[1]
    assert ratio.kind == "interval"
    assert ratio.low < 1 < ratio.high
    assert found.offset_ratio[1] == pytest.approx(-found.response[1, 1] / found.response[0, 1])
    assert found.to_frame()["offset_low"][1] == ratio.low


def test_a_given_shock_that_lowers_the_origin_raises_the_destination() -> None:
    rng = np.random.default_rng(3)
    raids = (rng.random(80) < 0.2).astype(float)
    y = rng.standard_normal((2, 80)).cumsum(axis=1) * 0.3 + 100
    y[0] -= 2 * raids.cumsum()
    y[1, 1:] += 2 * raids.cumsum()[:-1]
    found = sx.local_projections(*study(y), horizons=2, shock=raids, draws=199)
    assert found.response[0, 0] == pytest.approx(-2, abs=0.5)
    assert found.response[1, 1] == pytest.approx(2, abs=0.6)
    assert found.p_value <= 0.02
    assert found.power > 0.8
    panel = make_panel({"NL": y[0], "BE": y[1], "raids": raids})
    named = sx.local_projections(panel, DESIGN, horizons=2, shock="raids", draws=199)
    assert named.p_value == found.p_value
    assert "raids" in named.evidence.source
    turned = sx.local_projections(*study(y), horizons=2, shock=-raids, draws=199)
    assert turned.p_value > 0.1
    assert any("does not fall" in note for note in turned.notes)


def test_there_is_no_offset_ratio_of_logs_or_of_rates() -> None:
    logs = sx.local_projections(*study(walks(40)), scale="log", draws=99)
    rates = sx.local_projections(*study(walks(40), additive=False), draws=99)
    for found in (logs, rates):
        assert {each.kind for each in found.offsets} == {"none"}
        assert np.isnan(found.offset_ratio).all()
        assert any("no offset ratio" in note for note in found.notes)
        assert "offset ratio 1" not in found.summary()


def test_horizons_are_as_many_as_the_periods_bear() -> None:
    for count, most in ((15, 3), (30, 4)):
        found = sx.local_projections(*study(walks(count)), draws=99)
        assert 1 <= found.response.shape[1] - 1 <= most
    monthly = sx.local_projections(*study(walks(60), per_year=12), draws=99)
    assert monthly.response.shape[1] == 13


def test_shocks_that_are_none_are_refused() -> None:
    panel, design = study(walks(30))
    gap = np.where(np.arange(30) == 7, np.nan, np.arange(30.0))
    for shock, message in (
        ("DE", "shock = 'DE'"),
        ([1.0, 2.0], "a shock of 2 values"),
        (gap, "a shock with gaps"),
        (np.ones(30), "never changes"),
    ):
        with pytest.raises(sx.DesignError, match=message):
            sx.local_projections(panel, design, shock=shock, draws=99)
    with pytest.raises(sx.DesignError, match="degrees of freedom at horizon 25"):
        sx.local_projections(panel, design, horizons=25, draws=99)
    with pytest.raises(sx.DesignError, match="controls"):
        sx.local_projections(panel, design, controls=0, draws=99)


def test_a_ratio_whose_denominator_may_be_zero_is_no_number() -> None:
    found = sx.local_projections(*study(walks(30, 0.0, seed=5)), horizons=3, draws=199)
    lost = replace(found, offsets=(found.offsets[0], ConfidenceSet("line", -np.inf, np.inf)) * 2)
    assert np.isnan(lost.offset_ratio).tolist() == [False, True, False, True]
    assert "later not identified (what left NL may be nothing), 95 % set every number" in (
        lost.summary()
    )
