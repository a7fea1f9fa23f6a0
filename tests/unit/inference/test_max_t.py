"""Unit tests of max-T: placebo onsets see what their study sees, and what is refused by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.inference.max_t import max_t
from shiftexp.inference.permutation import Permutation
from tests.panels import annual_series, make_panel, pair_design

COUNTS = sx.WindowContrast()
LEVEL = sx.InterruptedTimeSeries(trend=False)
SERIES = {unit: np.round(values) for unit, values in annual_series().items()}
PANEL = make_panel(SERIES, unit_of_measure="count")
DESIGN = pair_design()


def test_onsets_of_a_study_cut_at_a_break_lie_in_its_own_regime() -> None:
    jump = SERIES | {"BE": SERIES["BE"] + 500.0 * (np.arange(24) >= 4)}
    panel = make_panel(jump, flags={("BE", "2004"): "break"}, unit_of_measure="count")
    design = pair_design(breaks="dummy")
    found = max_t(COUNTS, panel, design, over="onsets")
    ranks = Permutation(COUNTS, over="onsets").fit(panel, design).notes[0]
    assert ranks.startswith("2 placebo onsets")
    assert found.method == "max-T, 2 placebo onsets"
    assert found.p_value == pytest.approx([1 / 3])


@pytest.mark.parametrize(
    ("setting", "given"),
    [
        ({"draws": 99.5}, "draws = 99.5"),
        ({"draws": "99"}, "draws = '99'"),
        ({"block": 2.0}, "block = 2.0"),
        ({"rng": "1"}, "rng = '1'"),
        ({"over": 3}, "over = 3"),
        ({"estimand": ()}, "estimand = ()"),
        ({"estimand": ("origin", "origin")}, "estimand = ('origin', 'origin')"),
        ({"estimand": (1,)}, "estimand 1"),
        ({"estimand": None}, "estimand 'None'"),
    ],
    ids=str,
)
def test_settings_that_are_none_are_refused_by_name(setting: dict[str, Any], given: str) -> None:
    with pytest.raises(sx.DesignError) as caught:
        max_t(COUNTS, PANEL, DESIGN, **setting)
    assert [problem.given for problem in caught.value.problems] == [given]


def test_a_class_or_another_thing_than_a_panel_is_refused() -> None:
    with pytest.raises(TypeError, match=r"max_t\(WindowContrast\): a class is not a Model"):
        max_t(sx.WindowContrast, PANEL, DESIGN)  # type: ignore[arg-type]  # the point of the test
    for wrong, kind in ((["a"], "str"), (3, "int")):
        with pytest.raises(TypeError, match=f"panels holds a {kind}, not a Panel"):
            max_t(COUNTS, wrong, DESIGN)  # type: ignore[arg-type]  # the point of the test


def test_onsets_that_only_one_indicator_has_are_left_out() -> None:
    first = replace(PANEL, indicators=(replace(PANEL.indicators[0], name="a"),))
    gap = np.where(np.arange(24) == 8, np.nan, SERIES["BE"])
    second = make_panel(SERIES | {"BE": gap}, unit_of_measure="count")
    found = max_t(COUNTS, [first, second], DESIGN, over="onsets")
    alone = max_t(COUNTS, second, DESIGN, over="onsets")
    assert found.method == alone.method
