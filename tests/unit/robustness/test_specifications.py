"""Axes of a curve: what is taken, and what is refused with everything that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

import shiftexp as sx
from shiftexp.errors import DesignError


def test_lists_and_mappings_are_taken_as_tuples() -> None:
    given: Any = {"far": ["AT", "CH"]}
    windows: Any = [[2002, None]]
    axes = sx.Specifications(donors=given, windows=windows)
    assert axes.donors == (("far", ("AT", "CH")),)
    assert axes.windows == ((2002, None),)


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({"onsets": ()}, "onsets = ()"),
        ({"onsets": (0, 0)}, "onsets holds 0 twice"),
        ({"onsets": (0.5,)}, "onsets hold 0.5"),
        ({"onsets": (2012,)}, "onsets hold 2012"),
        ({"outliers": ("drop",)}, "outliers holds 'drop'"),
        ({"scales": ("logs",)}, "scales holds 'logs'"),
        ({"efforts": ("all",)}, "efforts holds 'all'"),
        ({"windows": (2002,)}, "windows hold 2002"),
        ({"windows": "2002"}, "windows = '2002'"),
        ({"donors": ("AT",)}, "donors hold 'AT'"),
        ({"donors": (("far", ("AT",)), ("far", ("CH",)))}, "each name once"),
    ],
)
def test_what_is_no_axis_is_refused(axes: dict[str, Any], said: str) -> None:
    with pytest.raises(DesignError, match="needed") as error:
        sx.Specifications(**axes)
    assert said in str(error.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(DesignError, match="2 problems"):
        sx.Specifications(scales=("logs",), outliers=("drop",))
    wrong: Any = "2002"
    with pytest.raises(DesignError, match="3 problems"):
        sx.Specifications(windows=wrong, onsets=(0, 0), outliers=("drop",))


def test_a_class_is_no_estimator() -> None:
    wrong: Any = sx.InterruptedTimeSeries
    with pytest.raises(TypeError, match="cannot be fitted"):
        sx.Specifications(estimators=(wrong,))
