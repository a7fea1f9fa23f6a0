"""Unit tests of what an estimator is given: a panel and a design, in this order."""

from __future__ import annotations

import pytest

import shiftexp as sx
from shiftexp.result import check_inputs
from tests.panels import annual_series, long_frame, make_panel, pair_design

SERIES = annual_series()
PANEL = make_panel(SERIES)
DESIGN = pair_design()
LEVEL = sx.InterruptedTimeSeries(trend=False)
ESTIMATORS: tuple[sx.Estimator, ...] = (
    LEVEL, sx.DifferenceInDifferences(), sx.WindowContrast(), sx.Conformal(LEVEL, points=9),
)  # fmt: skip
NAMES = [type(estimator).__name__ for estimator in ESTIMATORS]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=NAMES)
def test_panel_and_design_exchanged_are_a_type_error(estimator: sx.Estimator) -> None:
    with pytest.raises(TypeError, match="panel is a Design, not a Panel; read a frame with"):
        estimator.fit(DESIGN, PANEL)  # type: ignore[arg-type]  # exchanged: the point of the test


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=NAMES)
def test_a_frame_is_no_panel(estimator: sx.Estimator) -> None:
    with pytest.raises(TypeError, match=r"panel is a DataFrame.*Panel\.from_frame"):
        estimator.fit(long_frame(SERIES), DESIGN)  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=NAMES)
def test_a_dict_is_no_design(estimator: sx.Estimator) -> None:
    with pytest.raises(TypeError, match=r"design is a dict, not a Design; declare one with Design"):
        estimator.fit(PANEL, {"origin": "NL"})  # type: ignore[arg-type]  # the point of the test


def test_what_fits_is_let_through() -> None:
    check_inputs(PANEL, DESIGN)
