"""Unit tests of single numbers that users set: what counts as one, and what a level leaves."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from shiftexp.errors import DesignError
from shiftexp.scalars import check_level, error_rate, is_between, is_finite, is_number, is_whole


@pytest.mark.parametrize("value", [1, 2.5, np.float64(3), np.float32(2), np.int64(4)])
def test_numbers_of_every_kind_are_numbers(value: float) -> None:
    assert is_number(value)
    assert is_finite(value)
    assert is_between(value, 0, 5)


@pytest.mark.parametrize("value", [True, "1", None, [1], 1j, Fraction(1, 3)])
def test_what_is_no_number_is_none(value: object) -> None:
    assert not is_number(value)
    assert not is_whole(value)
    assert not is_between(value, -2, 2)


def test_missing_and_endless_numbers_are_numbers_but_not_finite() -> None:
    assert is_number(math.nan)
    assert not is_finite(math.nan)
    assert not is_finite(math.inf)
    assert not is_between(math.nan, 0, 1)


def test_whole_numbers_are_whole_by_type() -> None:
    assert is_whole(np.int32(3))
    assert not is_whole(3.0)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.1, math.nan, "0.95", True, None])
def test_levels_outside_the_unit_interval_are_refused(level: float) -> None:
    with pytest.raises(DesignError, match="strictly between 0 and 1") as caught:
        check_level(level)
    assert repr(level) in str(caught.value)


@pytest.mark.parametrize("tenths", range(1, 10))
def test_an_error_rate_is_the_number_that_is_written(tenths: int) -> None:
    assert error_rate(1 - tenths / 10) == tenths / 10
