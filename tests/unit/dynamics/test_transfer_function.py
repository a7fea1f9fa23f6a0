"""Gains: found, limited, held apart from what donors share."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from tests.panels import make_panel
from tests.unit.dynamics.test_timing import study, walks


def test_a_half_offset_is_a_gain_of_a_half() -> None:
    found = sx.transfer_function(*study(walks(150, 0.5)), draws=199)
    assert found.gain.low < -0.5 < found.gain.high
    assert found.gain.estimate == pytest.approx(-0.5, abs=0.2)
    assert found.p_value <= 0.01
    assert found.to_frame()["estimate"][0] == found.gain.estimate
    assert any("no donors" in note for note in found.notes)


def test_donors_take_out_a_factor_that_reaches_the_origin_first() -> None:
    rng = np.random.default_rng(5)
    factor = rng.standard_normal(121).cumsum()
    noise = np.array([[0.3], [0.3], [0.01], [0.01]]) * rng.standard_normal((4, 120))
    y = {"NL": 100 + factor[1:] + noise[0], "BE": 100 - factor[:-1] + noise[1]}
    alone = sx.transfer_function(*study(np.array(list(y.values()))), draws=199)
    assert alone.p_value <= 0.02
    donors = {"AT": 100 - factor[:-1] + noise[2], "CZ": 100 - factor[:-1] + noise[3]}
    design = sx.Design(origin="NL", destination="BE", onset=2010, donors=("AT", "CZ"))
    found = sx.transfer_function(make_panel(y | donors), design, draws=199)
    assert found.donors == ("AT", "CZ")
    assert found.p_value > 0.05
    assert abs(found.gain.estimate) < abs(alone.gain.estimate) / 3


def test_the_lag_is_at_least_one_and_degrees_of_freedom_are_left() -> None:
    with pytest.raises(sx.DesignError, match="lag = 0"):
        sx.transfer_function(*study(walks(40)), lag=0)
    with pytest.raises(sx.DesignError, match="degrees of freedom"):
        sx.transfer_function(*study(walks(20)), lag=12, draws=99)


def test_a_log_gain_is_an_elasticity_and_a_rate_is_no_share() -> None:
    logs = sx.transfer_function(*study(walks(40)), scale="log", draws=99)
    rates = sx.transfer_function(*study(walks(40), additive=False), draws=99)
    assert any("elasticity" in note for note in logs.notes)
    assert any("no share" in note for note in rates.notes)
