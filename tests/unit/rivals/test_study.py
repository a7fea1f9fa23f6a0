"""What rival hypotheses read of a study: regressors, the effect's shape, the donors' index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.rivals.study import RivalStudy, read_study
from tests.panels import annual_series, make_panel, monthly_series, pair_design

SERIES = annual_series(1)
PLAIN: dict[str, Any] = {"shape": "step", "trend": True, "seasonal": True, "donors": False}


def study(panel: sx.Panel | None = None, **changes: Any) -> RivalStudy:  # noqa: ANN401 - settings of any kind
    """Return a study read with some settings changed."""
    design = changes.pop("design", pair_design())
    return read_study(make_panel(SERIES) if panel is None else panel, design, **PLAIN | changes)


@pytest.mark.parametrize("shape", ["step", "ramp"])
def test_the_effect_has_mean_one_after_the_onset_and_is_nothing_before(shape: str) -> None:
    found = study(shape=shape)
    assert found.step[found.post].mean() == pytest.approx(1)
    assert not found.step[~found.post].any()
    assert (np.diff(found.step[found.post]) > 0).all() == (shape == "ramp")


def test_regressors_are_level_and_trend() -> None:
    assert study().x.shape == (24, 2)
    assert study(trend=False).x.shape == (24, 1)


def test_a_declared_break_is_a_step_in_every_series() -> None:
    broken = make_panel(SERIES, flags={("BE", "2006"): "break"})
    found = study(broken, design=pair_design(breaks=("2006:BE:dummy",)))
    assert found.x.shape == (24, 3)
    assert found.x[:, 2].tolist() == [0.0] * 6 + [1.0] * 18
    assert any("reporting breaks" in note for note in found.notes)


def test_the_index_is_the_mean_of_donors_relative_to_their_past() -> None:
    found = study(donors=True)
    donors = np.array([SERIES[u] for u in pair_design().donors])
    relative = donors / donors[:, :14].mean(axis=1, keepdims=True)
    assert found.y[2] == pytest.approx(relative.mean(axis=0))
    assert found.y[2, :14].mean() == pytest.approx(1)


def test_too_few_periods_for_the_terms_are_refused() -> None:
    months = make_panel(monthly_series(), per_year=12)
    design = pair_design(onset="2005-01", start="2004-01", end="2005-06", donors=())
    with pytest.raises(sx.DesignError, match="18 used periods for 14 terms of 2 series"):
        study(months, design=design)
    assert study(months, design=design, seasonal=False).x.shape == (18, 2)


def test_an_effect_that_seasons_can_imitate_is_refused() -> None:
    winters = tuple(f"{year}-0{month}" for year in (2003, 2004) for month in (1, 2, 3))
    months = make_panel(monthly_series(), per_year=12)
    design = pair_design(
        onset="2005-01", start="2002-04", end="2005-03", exclude=winters, donors=()
    )
    with pytest.raises(sx.DesignError, match="can imitate exactly"):
        study(months, design=design)


def test_donors_without_a_level_are_refused_together() -> None:
    series = SERIES | {"AT": -SERIES["AT"]}
    with pytest.raises(sx.DesignError, match="1 donor, none without gaps"):
        study(make_panel(series), design=pair_design(donors=("AT",)), donors=True)
