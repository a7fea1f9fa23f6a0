"""Unit tests of the agreement rule and of the p of a sector."""

from __future__ import annotations

import math

import pytest
from scipy.special import ndtr

from shiftexp.bounds import ShiftShareBounds
from shiftexp.plane import HalfPlane, Sector, sectors
from shiftexp.verdict.questions import agreed, agreed_bounds, joint_p, sector_p
from tests.pairs import normal_pair, silent_pair

SECTORS = {sector.name: sector for sector in sectors(10.0, 4.0)}


@pytest.mark.parametrize(
    ("specifications", "needed"),
    [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4), (6, 5), (9, 8), (10, 8), (11, 9), (15, 12)],
)
def test_four_in_five_must_agree(specifications: int, needed: int) -> None:
    values = [i / 100 for i in range(1, specifications + 1)]
    assert agreed(values) == needed / 100
    assert agreed(values[::-1]) == needed / 100


def test_one_of_five_may_dissent_and_two_may_not() -> None:
    assert agreed([0.01, 0.9, 0.02, 0.03, 0.04]) == 0.04
    assert agreed([0.01, 0.9, 0.02, 0.8, 0.04]) == 0.8


def test_a_specification_that_cannot_answer_is_no_vote() -> None:
    assert math.isnan(agreed([0.01, 0.01, 0.01, 0.01, math.nan]))
    assert math.isnan(agreed([]))


def test_a_conjunction_is_as_weak_as_its_weakest_part() -> None:
    pair = normal_pair(-3.0, 1.0)
    both = joint_p(pair, (((-1.0, 0.0), 0.0), ((0.0, 1.0), 0.0)))
    assert both == pytest.approx(ndtr(-1.0))
    assert joint_p(pair, (((-1.0, 0.0), 0.0),)) == pytest.approx(ndtr(-3.0))


def test_a_question_without_meaning_has_no_p() -> None:
    rates = normal_pair(-3.0, 1.0, additive=False)
    assert math.isnan(joint_p(rates, (((1.0, 1.0), 0.0),)))
    assert joint_p(rates, (((0.0, 1.0), 0.0),)) == pytest.approx(ndtr(-1.0))
    assert math.isnan(joint_p(silent_pair(-3.0, 1.0), (((0.0, 1.0), 0.0),)))


def test_a_piece_is_left_by_one_half_plane_bonferroni_over_all() -> None:
    p = sector_p(normal_pair(0.0, 7.0), SECTORS["null"])
    assert p == pytest.approx(4 * ndtr(-3.0))
    assert sector_p(normal_pair(0.0, 0.0), SECTORS["null"]) == 1.0


def test_a_union_is_left_only_by_leaving_all_its_pieces() -> None:
    first, second = HalfPlane((1.0, 0.0), 0.0), HalfPlane((0.0, 1.0), 0.0)
    union = Sector("either", "", ((first,), (second,)))
    pair = normal_pair(3.0, 1.0)
    assert sector_p(pair, union) == pytest.approx(ndtr(-1.0))


def test_half_planes_without_meaning_cannot_exclude_and_still_cost() -> None:
    rates = normal_pair(0.0, -3.0, additive=False)
    assert sector_p(rates, SECTORS["expansion"]) == pytest.approx(3 * ndtr(-7.0))
    mixing = Sector("mixing", "", ((HalfPlane((1.0, 1.0)),),))
    assert math.isnan(sector_p(rates, mixing))


def test_a_silent_law_excludes_nothing() -> None:
    assert all(math.isnan(sector_p(silent_pair(0.0, 99.0), s)) for s in SECTORS.values())


def limits(low: float, high: float, *, rejected: tuple[str, ...] = ()) -> ShiftShareBounds:
    """Return limits on the share, and the same ones times a hundred on the flow."""
    used = tuple(name for name in ("B1", "B2") if name not in rejected)
    return ShiftShareBounds(low, high, 100 * low, 100 * high, "kg", 0.95, used, rejected)


def test_limits_are_those_that_four_in_five_keep() -> None:
    found = agreed_bounds(
        [
            limits(low, high)
            for low, high in ((0, 0.2), (0.1, 0.3), (0.2, 0.4), (0.3, 0.5), (0.4, 1))
        ]
    )
    assert (found.low, found.high) == (0.1, 0.5)
    assert (found.flow_low, found.flow_high) == (10, 50)
    assert (found.unit, found.level) == ("kg", 0.95)


def test_the_weakest_of_few_specifications_decides() -> None:
    found = agreed_bounds([limits(0.1, 0.3), limits(0.0, 0.9)])
    assert (found.low, found.high) == (0.0, 0.9)
    assert agreed_bounds([limits(0.1, 0.3)]) == limits(0.1, 0.3)


def test_agreed_limits_rest_on_what_any_of_them_rests_on() -> None:
    found = agreed_bounds([limits(0, 1, rejected=("B1",)), limits(0, 0.5)])
    assert set(found.assumptions) == {"B1", "B2"}
    assert found.rejected == ("B1 (in 1 of 2 specifications)",)


def test_what_is_rejected_is_counted_by_specifications() -> None:
    some = [limits(0, 1, rejected=("B1",)), limits(0, 1), limits(0, 1, rejected=("B2", "B1"))]
    assert agreed_bounds(some).rejected == (
        "B1 (in 2 of 3 specifications)",
        "B2 (in 1 of 3 specifications)",
    )
    assert agreed_bounds([limits(0, 1)] * 3).rejected == ()
