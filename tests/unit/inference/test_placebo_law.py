"""Unit tests of the law by ranks among placebos: p by hand, both tails, absent sides, intervals."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.effects import Effects
from shiftexp.effects.inversion import interval, two_sided_p
from shiftexp.inference.placebo_law import PlaceboLaw

CENTRE = np.array([-2.0, 5.0])
PLACEBOS = np.array([[1.0, -4.0], [-1.0, 1.0], [0.5, 2.0]])
LAW = PlaceboLaw(CENTRE, PLACEBOS, 3)


def test_p_by_hand_in_every_direction() -> None:
    assert LAW.p_value((0.0, 1.0)) == pytest.approx(1 / 4)
    assert LAW.p_value((0.0, 1.0), 1.5) == pytest.approx(2 / 4)
    assert LAW.p_value((-1.0, 0.0), 1.2) == pytest.approx(3 / 4)
    assert LAW.p_value((1.0, 1.0)) == pytest.approx(2 / 4)


def test_a_null_that_the_estimate_does_not_contradict_has_p_one() -> None:
    assert LAW.p_value((0.0, -1.0)) == 1.0
    assert LAW.p_value((0.0, 1.0), 5.0) == 1.0


def test_the_test_is_two_sided_and_its_level_is_not_halved() -> None:
    assert LAW.tail == 1.0
    assert not LAW.joint
    assert two_sided_p(LAW, (0.0, 1.0)) == pytest.approx(1 / 4)
    assert LAW.resolution == 1 / 4


def test_the_interval_ends_where_a_placebo_is_as_far() -> None:
    found = interval(LAW, (0.0, 1.0), 5.0, 0.75)
    assert (found.low, found.high) == pytest.approx((1.0, 9.0))
    assert interval(LAW, (0.0, 1.0), 5.0, 0.8).kind == "line"


def test_studentized_placebos_are_taken_in_units_of_their_residuals() -> None:
    moments = np.stack([np.diag([1.0, 4.0]), *[np.diag([1.0, v]) for v in (1.0, 4.0, 0.16)]])
    law = PlaceboLaw(CENTRE, PLACEBOS, 3, moments)
    # destination: |placebo| x 2 / own = 8, 1, 10 against 5
    assert law.p_value((0.0, 1.0)) == pytest.approx(3 / 4)
    assert law.p_value((0.0, 3.0)) == pytest.approx(3 / 4)


def test_studentized_sums_use_the_moments_of_the_sum() -> None:
    own = np.array([[1.0, 0.5], [0.5, 1.0]])
    law = PlaceboLaw(CENTRE, np.array([[1.0, 1.0]]), 1, np.stack([own, np.eye(2)]))
    # |1 + 1| sqrt(3) / sqrt(2) = 2.449 against -2 + 5 - at
    assert law.p_value((1.0, 1.0), 0.5) == pytest.approx(1 / 2)
    assert law.p_value((1.0, 1.0), 0.6) == pytest.approx(1.0)


def test_an_absent_side_is_silent() -> None:
    law = PlaceboLaw(np.array([np.nan, 5.0]), np.array([[np.nan, 1.0]]), 1)
    p = law.p_value([(0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
    assert p[0] == 0.5
    assert np.isnan(p[1:]).all()


def test_a_change_of_detection_asks_the_same_placebos() -> None:
    effects = Effects(LAW, CENTRE, np.array([10.0, 5.0]), np.array([8.0, 10.0]), "kg per year")
    halved = effects.under(destination=2.0)
    assert halved.mean[1] == pytest.approx(0.0)
    assert halved.p_value((0.0, 1.0), -3.5)[0] == pytest.approx(2 / 4)


def test_arrays_are_read_only() -> None:
    assert not LAW.placebos.flags.writeable
