"""Unit tests of the event study of a model: by hand, its units and notes, what is refused."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.sensitivity.covariance import likely_covariance
from shiftexp.sensitivity.event_coefficients import EventCoefficients
from shiftexp.sensitivity.trends import trend_sensitivity

LEVEL = sx.InterruptedTimeSeries(trend=False)
TREND = sx.InterruptedTimeSeries()


@cache
def pair() -> tuple[sx.Panel, sx.Design]:
    """Return twelve periods before and eight after."""
    return sx.simulate_pair(destination_effect=30, rng=2)


def panel_of(values: np.ndarray, flags: dict[int, str] | None = None) -> sx.Panel:
    """Return one unit from 2001 on; missing values are left out."""
    years = 2001 + np.arange(len(values))
    frame = pd.DataFrame({"unit": "D", "year": years, "y": values})
    frame["flag"] = [(flags or {}).get(int(year), "ok") for year in years]
    return sx.Panel.from_frame(
        frame.dropna(),
        unit="unit",
        period="year",
        value="y",
        quality="flag",
        unit_of_measure="kg",
        allow_gaps=True,
    )


def noise(size: int = 16) -> np.ndarray:
    """Return a series with nothing in it."""
    return 50 + np.random.default_rng(5).normal(size=size)


def alone(onset: int = 2011) -> sx.Design:
    """Return a study of the destination alone."""
    return sx.Design(origin=None, destination="D", onset=onset, breaks="dummy")


def test_a_model_by_hand() -> None:
    read = EventCoefficients.from_model(LEVEL, *pair(), "origin")
    observed = LEVEL.prepare(*pair()).pair[0, 0]
    gap = observed - observed[:12].mean()
    assert (read.n_pre, read.n_post, read.df) == (11, 8, 10)
    assert read.coef == pytest.approx(np.delete(gap, 11) - gap[11])
    assert read.weights == pytest.approx(np.full(8, 1 / 8))
    line = np.stack([np.ones(20), np.arange(20.0)], axis=1)
    found = likely_covariance(gap, np.arange(20) < 12, read.weights, line)
    assert read.cov == pytest.approx(found.cov)
    assert read.unit == "units per year"
    assert read.notes[0].startswith("origin: observed minus")
    assert "12 periods before the onset" in read.notes[1]


@pytest.mark.slow
def test_a_line_taken_off_changes_no_extrapolation_and_is_told() -> None:
    level, trend = (EventCoefficients.from_model(model, *pair()) for model in (LEVEL, TREND))
    rows = [trend_sensitivity(s, smoothness=[0], relative=[]).rows[0] for s in (level, trend)]
    assert rows[1].conf_low == pytest.approx(rows[0].conf_low)
    assert rows[1].conf_high == pytest.approx(rows[0].conf_high)
    assert any("by construction" in note for note in trend.notes)
    assert not any("by construction" in note for note in level.notes)


def test_units_of_rates_and_logs() -> None:
    log = sx.InterruptedTimeSeries(trend=False, scale="log")
    assert EventCoefficients.from_model(log, *pair()).unit == "log points"
    panel, design = pair()
    frame = pd.DataFrame({"u": ["O"] * 12, "t": range(2001, 2013), "y": noise(12)})
    rate = sx.Panel.from_frame(
        frame, unit="u", period="t", value="y", unit_of_measure="kg_per_head", additive=False
    )
    study = sx.Design(origin="O", destination=None, onset=2009)
    assert EventCoefficients.from_model(LEVEL, rate, study, "origin").unit == "kg_per_head"
    with pytest.raises(DesignError, match="without destination"):
        EventCoefficients.from_model(LEVEL, rate, study)
    with pytest.raises(DesignError, match="did you mean"):
        EventCoefficients.from_model(LEVEL, panel, design, "destinaton")


def test_what_no_covariance_can_be_learned_from_is_refused() -> None:
    gap = noise()
    gap[4] = np.nan
    for values, onset, words in (
        (noise(), 2006, "5 pre periods"),
        (gap, 2011, r"a gap in the path of the destination \(2005\)"),
        (np.arange(16.0), 2011, "straight before the onset"),
    ):
        with pytest.raises(DesignError, match=words):
            EventCoefficients.from_model(LEVEL, panel_of(values), alone(onset))


def test_a_step_that_was_fitted_is_refused() -> None:
    panel = panel_of(noise(), {2006: "break"})
    with pytest.raises(DesignError, match=r"reporting break .*\(2006\)"):
        EventCoefficients.from_model(LEVEL, panel, alone())
