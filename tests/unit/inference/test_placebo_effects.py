"""Unit tests of placebo effects: what a log scale cannot hold is left out, not guessed."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.estimators.cautions import quieter_donors
from shiftexp.inference.placebo_effects import placebo_effects
from shiftexp.inference.wrapping import Prepared, prepare
from shiftexp.kernels.cases import Floats
from tests.panels import annual_series, make_panel, pair_design

LOG = sx.InterruptedTimeSeries(scale="log", trend=False)
SERIES = annual_series(5, periods=20)
DESIGN = pair_design(onset=2012)


def prepared(series: dict[str, Floats]) -> Prepared:
    """Return a study as a log model sees it."""
    return prepare(LOG, make_panel(series), DESIGN)


def test_a_donor_that_is_zero_has_no_place_on_a_log_scale() -> None:
    zero = np.where(np.arange(20) == 3, 0.0, SERIES["AT"])
    placebos = placebo_effects(prepared(SERIES | {"AT": zero}), "units")
    assert (len(placebos.effects), placebos.independent, placebos.left_out) == (20, 5, 10)
    said = "10 placebos with too few observed periods or without a value on the scale: left out"
    assert placebos.notes == (said,)


def test_moments_of_the_study_come_first() -> None:
    placebos = placebo_effects(prepared(SERIES), "onsets")
    spread = np.log(SERIES["BE"][:12]).var()
    assert placebos.moments[0, 1, 1] == pytest.approx(spread)
    assert len(placebos.moments) == len(placebos.effects) + 1


def test_a_side_that_is_absent_is_not_compared() -> None:
    donors = np.full((5, 2), [np.nan, 1.0])
    (said,) = quieter_donors(np.array([np.nan, 4.0]), donors)
    assert "residuals at the destination 2 times as large" in said
    assert quieter_donors(np.array([np.nan, 1.6]), donors) == ()


def test_one_loud_side_is_enough() -> None:
    assert quieter_donors(np.array([0.5, 4.0]), np.ones((5, 2)))
    assert quieter_donors(np.array([0.5, 0.5]), np.ones((5, 2))) == ()
