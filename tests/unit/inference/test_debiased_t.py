"""Unit tests of the debiased t: block effects by hand, the law of the pair, what is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import StudentLaw
from shiftexp.errors import DesignError
from tests.panels import make_panel
from tests.unit.estimators.test_synthetic import DESIGN, series

LEVEL = sx.InterruptedTimeSeries(trend=False)


def test_blocks_of_a_mean_by_hand() -> None:
    """Against its own level: 10 periods before, blocks of 3 at their end, 8 periods after."""
    y = series()
    result = sx.DebiasedT(LEVEL).fit(make_panel(y), DESIGN)
    taus = []
    for start in (1, 4, 7):
        block = np.arange(start, start + 3)
        others = np.setdiff1d(np.arange(10), block)
        taus.append(
            [y[u][10:].mean() - y[u][others].mean() - (y[u][block].mean() - y[u][others].mean())
             for u in "OX"]
        )  # fmt: skip
    law = result.effects.law
    assert isinstance(law, StudentLaw)
    assert law.mean == pytest.approx(np.mean(taus, axis=0))
    assert law.cov == pytest.approx(np.cov(np.transpose(taus)) * (1 + 3 * 3 / 8) / 3)
    assert law.df == 2
    row = result["net"]
    assert row.std_error == pytest.approx(math.sqrt(law.cov.sum()))


def test_the_shown_path_is_the_debiased_one() -> None:
    result = sx.DebiasedT(sx.SyntheticControl(debias=False)).fit(make_panel(series()), DESIGN)
    frame = result.augment()
    after = frame[(frame["side"] == "destination") & (frame["role"] == "post")]
    assert after["effect"].mean() == pytest.approx(result["destination"].estimate)
    assert any("the model by itself says" in note for note in result.notes)


def test_one_side_alone_has_one_effect() -> None:
    result = sx.DebiasedT(LEVEL).fit(make_panel(series()), replace(DESIGN, origin=None))
    pair = sx.DebiasedT(LEVEL).fit(make_panel(series()), DESIGN)
    assert result["destination"].p_value == pytest.approx(pair["destination"].p_value)


def test_on_a_log_scale_a_factor_is_carried_to_levels() -> None:
    grown = {u: v * np.where(np.arange(18) >= 10, 1.5, 1) for u, v in series(effect=0).items()}
    found = sx.DebiasedT(sx.InterruptedTimeSeries(scale="log", trend=False)).fit(
        make_panel(grown), DESIGN
    )
    base = series(effect=0)["X"][10:].mean()
    assert found["destination"].estimate == pytest.approx(base / 2, rel=0.5)


def test_too_many_blocks_are_refused() -> None:
    with pytest.raises(DesignError, match="10 periods before the onset for 6 blocks"):
        sx.DebiasedT(LEVEL, blocks=6).fit(make_panel(series()), DESIGN)
    with pytest.raises(DesignError, match="blocks = 1"):
        sx.DebiasedT(LEVEL, blocks=1)
