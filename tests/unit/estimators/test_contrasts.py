"""Unit tests of contrast series: which known sampling errors they carry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.estimators.contrasts import contrast_sampling
from shiftexp.estimators.series_model import SeriesModel
from tests.panels import DONORS, annual_series, long_frame, pair_design, read

DESIGN = pair_design()
FRAME = long_frame(annual_series(2))
ERRORS = np.random.default_rng(6).uniform(1, 5, len(FRAME))
ALL = FRAME.assign(error=ERRORS)
SIDES = ALL.assign(error=ALL["error"].where(~ALL["country"].isin(DONORS)))


def variance(frame: pd.DataFrame, units: tuple[str, ...]) -> np.ndarray:
    """Return squared errors of units, shape (units, T)."""
    wide = frame.pivot_table(index="country", columns="period", values="error")
    return np.asarray(wide.loc[list(units)]) ** 2


def carried(model: SeriesModel, frame: pd.DataFrame) -> np.ndarray:
    """Return what the contrast series of a model carry, shape (2, T)."""
    panel = read(frame, std_error="error")
    return np.asarray(contrast_sampling(model._spec(), model.prepare(panel, DESIGN))[0])


def test_a_series_against_its_own_past_carries_its_own_errors() -> None:
    assert carried(sx.InterruptedTimeSeries(), ALL) == pytest.approx(variance(ALL, ("NL", "BE")))


def test_donors_add_theirs_by_the_squares_of_their_weights() -> None:
    own, others = variance(ALL, ("NL", "BE")), variance(ALL, DONORS)
    found = carried(sx.DifferenceInDifferences(), ALL)
    assert found == pytest.approx(own + others.sum(axis=0) / len(DONORS) ** 2)
    model = sx.SyntheticControl(intercept=True)
    listed = model.fit(read(ALL, std_error="error"), DESIGN).weights.to_frame()
    weights = listed.pivot_table(index="side", columns="name", values="weight")
    squares = weights.loc[["origin", "destination"], list(DONORS)].to_numpy() ** 2
    assert carried(model, ALL) == pytest.approx(own + squares @ others)


def test_errors_of_donors_that_are_not_given_count_as_none() -> None:
    found = carried(sx.DifferenceInDifferences(), SIDES)
    assert found == pytest.approx(variance(SIDES, ("NL", "BE")))


def test_errors_of_donors_change_the_answer() -> None:
    loud = ALL.assign(error=ALL["error"].where(ALL["period"] != "2012", 60.0))
    quiet = loud.assign(error=loud["error"].where(~loud["country"].isin(DONORS), 1.0))
    model = sx.DifferenceInDifferences()
    p = [model.fit(read(f, std_error="error"), DESIGN)["net"].conf_low for f in (loud, quiet)]
    assert p[0] != p[1]


def test_on_a_log_scale_errors_are_relative() -> None:
    own = variance(ALL, ("NL", "BE"))
    values = FRAME.pivot_table(index="country", columns="period", values="amount")
    found = carried(sx.InterruptedTimeSeries(scale="log"), ALL)
    assert found == pytest.approx(own / values.loc[["NL", "BE"]].to_numpy() ** 2)


def test_errors_of_donors_change_the_path_by_event_time_and_its_bands() -> None:
    loud = ALL.assign(error=ALL["error"].where(ALL["period"] != "2016", 60.0))
    equal = ALL.assign(error=2.0)
    model = sx.EventStudy(draws=1000)
    frames = [model.fit(read(f, std_error="error"), DESIGN).augment() for f in (loud, equal)]
    width = [(f["conf_high"] - f["conf_low"]).to_numpy() for f in frames]
    year = (frames[0]["period"] == "2016").to_numpy()
    assert (width[0][year] > width[1][year]).all()
