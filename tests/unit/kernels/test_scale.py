"""Unit tests of scales: there and back, and log effects in level units."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.scale import Scale, from_scale, level_effect, to_scale

Y = np.array([0.5, 3.0, 40.0])
SCALES: list[Scale] = ["level", "log", "log_count"]


@pytest.mark.parametrize("scale", SCALES)
def test_there_and_back(scale: Scale) -> None:
    assert from_scale(to_scale(Y, scale), scale) == pytest.approx(Y)


@pytest.mark.parametrize("scale", SCALES)
def test_effect_is_observed_minus_counterfactual(scale: Scale) -> None:
    d = np.array([0.3, -0.2, 1.1])
    counterfactual = from_scale(to_scale(Y, scale) - d, scale)
    assert level_effect(Y, d, scale) == pytest.approx(Y - counterfactual)


@pytest.mark.parametrize("scale", SCALES)
def test_no_effect_is_none_on_every_scale(scale: Scale) -> None:
    assert (level_effect(Y, np.zeros(3), scale) == 0).all()


def test_a_tenth_more_in_logs_is_an_eleventh_of_the_observed() -> None:
    assert level_effect(np.array(110.0), np.log(np.array(1.1)), "log") == pytest.approx(10)


def test_counts_of_zero_have_a_place_on_the_count_scale() -> None:
    assert to_scale(np.array([0.0]), "log_count")[0] == pytest.approx(np.log(0.5))
    assert level_effect(np.array([0.0]), np.log(np.array([2.0])), "log_count")[0] == 0.25


def test_one_effect_serves_many_values() -> None:
    assert level_effect(Y, np.array(2.0), "level").tolist() == [2, 2, 2]
