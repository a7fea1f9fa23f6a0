"""Unit tests of placebo effects: what a log scale cannot hold is left out, not guessed."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
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
    said = "10 placebos have too few observed periods or no value on the scale: left out"
    assert placebos.notes == (said,)


def test_moments_of_the_study_come_first() -> None:
    placebos = placebo_effects(prepared(SERIES), "onsets")
    before = SERIES["BE"][:12]
    spread = ((before - np.exp(np.log(before).mean())) ** 2).mean()
    assert placebos.moments[0, 1, 1] == pytest.approx(spread)
    assert len(placebos.moments) == len(placebos.effects) + 1
