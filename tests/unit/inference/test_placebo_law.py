"""Unit tests of the law by ranks among placebos: p by hand, both tails, absent sides, intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shiftexp.effects import Effects, Law
from shiftexp.effects.inversion import intervals, two_sided_p
from shiftexp.inference.placebo_law import LogPlaceboLaw, PlaceboLaw
from shiftexp.plane import ConfidenceSet

CENTRE = np.array([-2.0, 5.0])
PLACEBOS = np.array([[1.0, -4.0], [-1.0, 1.0], [0.5, 2.0]])
LAW = PlaceboLaw(CENTRE, PLACEBOS, 3)


def interval(law: Law, a: tuple[float, float], estimate: float, level: float) -> ConfidenceSet:
    return intervals(law, a, estimate, level)[0]


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


def test_pairs_answer_for_both_sides_and_singles_for_one() -> None:
    law = PlaceboLaw(CENTRE, PLACEBOS, 3, pairs=np.array([[1.0, 1.0], [0.0, 3.0]]))
    p = law.p_value([(0.0, 1.0), (1.0, 1.0), (-1.0, 0.0)], [1.5, 0.0, 1.2])
    assert p == pytest.approx([2 / 4, (1 + 3 * 1 / 2) / 4, 3 / 4])
    spread = law.spread([(0.0, 1.0), (1.0, 1.0)])
    assert spread == pytest.approx([2.0, 2.5])


def test_one_still_placebo_is_no_reason_to_look_endlessly_far() -> None:
    """Studentized, it counts as endlessly large; the limits are those of the other placebos."""
    rng = np.random.default_rng(8)
    placebos, sizes = rng.normal(size=(50, 2)), np.tile(np.eye(2), (51, 1, 1))
    still = sizes.copy()
    still[7] = 0.0
    laws = [PlaceboLaw(np.array([5.0, 5.0]), placebos, 50, moments=m) for m in (sizes, still)]
    found = [interval(law, (0.0, 1.0), 5.0, 0.9) for law in laws]
    assert found[1].low == pytest.approx(found[0].low, abs=0.5)
    assert found[1].kind == "interval"
    loud = sizes * np.linspace(1, 9, 51)[:, None, None]
    spread = PlaceboLaw(np.array([5.0, 5.0]), placebos, 50, moments=loud).spread([(0.0, 1.0)])
    factors = 1 / np.sqrt(np.linspace(1, 9, 51)[1:])
    assert spread == pytest.approx(np.median(np.abs(placebos[:, 1] * factors)))


LOGS = PlaceboLaw(np.log([0.5, 4.0]), np.log([[3.0, 1.5], [1.25, 8.0], [1.1, 2.0]]), 3)
LOG_LAW = LogPlaceboLaw(LOGS, np.array([20.0, 80.0]), np.array([20.0, 80.0]))


def test_in_logs_the_estimate_in_level_units_is_what_is_observed_less_the_counterfactual() -> None:
    assert LOG_LAW.level(LOGS.centre) == pytest.approx([20 - 40, 80 - 20])


def test_in_logs_p_by_hand_on_one_side() -> None:
    # a counterfactual of 40 at the destination: the estimate is a factor of 2 above it
    assert LOG_LAW.p_value((0.0, 1.0), 40.0) == pytest.approx((1 + 2) / 4)
    assert LOG_LAW.p_value((0.0, 1.0), 0.0) == pytest.approx((1 + 1) / 4)
    assert LOG_LAW.p_value((-1.0, 0.0), 0.0) == pytest.approx((1 + 1) / 4)
    assert LOG_LAW.p_value((0.0, 1.0), 60.0) == 1.0
    found = interval(LOG_LAW, (0.0, 1.0), 60.0, 0.75)
    assert (found.low, found.high) == pytest.approx((80 - 20 * 8, 80 - 20 / 8))


def test_in_logs_small_effects_of_both_sides_add_as_in_levels() -> None:
    small = PlaceboLaw(LOGS.centre / 1000, LOGS.placebos / 1000, 3)
    base = np.array([20.0, 80.0])
    level = PlaceboLaw(small.centre * base, small.placebos * base, 3)
    for at in (-0.05, 0.0, 0.04, 0.09):
        one, other = LogPlaceboLaw(small, base, base), level
        assert one.p_value((1.0, 1.0), at) == pytest.approx(other.p_value((1.0, 1.0), at))
    assert LogPlaceboLaw(small, base, base).spread((1.0, 1.0)) == pytest.approx(
        level.spread((1.0, 1.0)), rel=0.01
    )


def test_in_logs_placebos_are_studentized_too() -> None:
    moments = np.stack([np.eye(2), np.eye(2), 16 * np.eye(2), np.eye(2)])
    law = LogPlaceboLaw(replace(LOGS, moments=moments), LOG_LAW.observed, LOG_LAW.still)
    assert law.p_value((0.0, 1.0), 0.0) == pytest.approx(1 / 4)


def test_in_logs_an_absent_side_is_silent() -> None:
    ranks = PlaceboLaw(np.array([np.nan, 1.0]), np.array([[np.nan, 0.5]]), 1)
    law = LogPlaceboLaw(ranks, np.array([np.nan, 8.0]), np.array([np.nan, 8.0]))
    p = law.p_value([(0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
    assert p[0] == 0.5
    assert np.isnan(p[1:]).all()
