"""Unit tests of inversion: intervals, ratio sets and the joint region from one-sided p-values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from matplotlib.path import Path
from numpy.typing import ArrayLike
from scipy import stats

from shiftexp.effects import DrawnLaw, InvertedLaw, Law, SilentLaw, StudentLaw
from shiftexp.effects.inversion import (
    intervals,
    lower_limits,
    octagon,
    offset_ratio_set,
    two_sided_p,
)
from shiftexp.effects.laws import Directional, DriftedLaw, questions
from shiftexp.kernels.cases import Floats
from shiftexp.plane import NO_SET, ConfidenceSet

MEAN = np.array([-20.0, 40.0])
COV = np.array([[16.0, -6.0], [-6.0, 25.0]])
DIRECTIONS = [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -0.5)]


def interval(law: Law, a: tuple[float, float], estimate: float, level: float) -> ConfidenceSet:
    return intervals(law, a, estimate, level)[0]


def closed(a: tuple[float, float], level: float, df: float) -> tuple[float, float]:
    """Return the textbook interval of a . Delta."""
    vector = np.array(a)
    spread = math.sqrt(vector @ COV @ vector)
    reach = stats.t.ppf((1 + level) / 2, df) * spread
    return float(vector @ MEAN - reach), float(vector @ MEAN + reach)


@pytest.mark.parametrize("a", DIRECTIONS)
@pytest.mark.parametrize(("level", "df"), [(0.95, 7.0), (0.95, math.inf), (0.5, 7.0), (0.999, 3.0)])
def test_interval_of_a_student_law_is_the_textbook_one(
    a: tuple[float, float], level: float, df: float
) -> None:
    found = interval(StudentLaw(MEAN, COV, df), a, float(np.array(a) @ MEAN), level)
    assert found.kind == "interval"
    assert (found.low, found.high) == pytest.approx(closed(a, level, df), rel=1e-9)


@pytest.mark.parametrize("start", [-1e4, 0.0, 40.0, 90.0, 1e6])
def test_the_search_may_begin_anywhere(start: float) -> None:
    found = interval(StudentLaw(MEAN, COV), (0.0, 1.0), start, 0.95)
    assert (found.low, found.high) == pytest.approx(closed((0, 1), 0.95, math.inf), rel=1e-7)


@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_units_do_not_matter(factor: float) -> None:
    law = StudentLaw(MEAN * factor, COV * factor**2)
    found = interval(law, (0.0, 1.0), 40.0 * factor, 0.95)
    low, high = closed((0, 1), 0.95, math.inf)
    assert (found.low, found.high) == pytest.approx((low * factor, high * factor), rel=1e-6)
    region = octagon(law, law.mean, 0.95) / factor
    assert np.allclose(region, octagon(StudentLaw(MEAN, COV), MEAN, 0.95), rtol=1e-4)


def test_interval_and_two_sided_p_say_the_same() -> None:
    law = StudentLaw(np.array([2.0, 9.0]), np.eye(2), 6)
    p = float(two_sided_p(law, (1.0, 0.0))[0])
    assert p == pytest.approx(2 * stats.t.sf(2, 6))
    assert interval(law, (1.0, 0.0), 2.0, 1 - p).low == pytest.approx(0, abs=1e-8)


def test_joint_tests_share_out_no_error() -> None:
    points = np.array([[x, 0.0] for x in range(-5, 6)], dtype=float)
    law = InvertedLaw(points, np.where(np.abs(points[:, 0]) <= 2, 0.5, 0.04), 0.01)
    found = interval(law, (1.0, 0.0), 0.0, 0.95)
    assert (found.low, found.high) == pytest.approx((-2, 2), abs=1e-6)
    assert two_sided_p(law, (1.0, 0.0))[0] == pytest.approx(0.5)


def test_what_is_never_rejected_is_the_line() -> None:
    law = InvertedLaw(np.zeros((1, 2)), np.ones(1), 0.2)
    assert interval(law, (1.0, 0.0), 0.0, 0.95).kind == "line"
    limits = lower_limits(law, [(1.0, 0.0)], np.array([0.0]), 0.05)
    assert limits[0] == -math.inf


def test_a_silent_law_has_no_sets() -> None:
    law = SilentLaw()
    assert interval(law, (1.0, 0.0), 3.0, 0.95) == NO_SET
    assert offset_ratio_set(law, float("nan"), 0.95) == NO_SET
    assert np.isnan(two_sided_p(law, (1.0, 0.0))).all()


def round_law(mean: tuple[float, float], sd: float = 1.0) -> StudentLaw:
    """Return a normal law with equal errors."""
    return StudentLaw(np.array(mean), np.eye(2) * sd**2)


@pytest.mark.parametrize(
    ("law", "kind"),
    [
        (round_law((-20, 40)), "interval"),
        (round_law((0, 40)), "interval"),
        (round_law((20, 40)), "interval"),
        (round_law((-20, 1)), "complement"),
        (round_law((-20, -1)), "complement"),
        (round_law((1, 1)), "line"),
    ],
)
def test_shapes_of_the_ratio_set(law: StudentLaw, kind: str) -> None:
    assert offset_ratio_set(law, float("nan"), 0.95).kind == kind


@pytest.mark.parametrize(
    "law", [round_law((-20, 40)), round_law((-20, 1)), round_law((7, -9), 2.0)]
)
def test_a_ratio_is_in_the_set_exactly_when_it_is_not_rejected(law: StudentLaw) -> None:
    found = offset_ratio_set(law, float("nan"), 0.95)
    for r in np.linspace(-8, 8, 97):
        p = float(two_sided_p(law, (1.0, r))[0])
        if abs(p - 0.05) > 1e-6:
            assert found.contains(float(r)) == (p >= 0.05)


def test_a_ratio_set_of_draws_is_near_that_of_their_law() -> None:
    draws = np.random.default_rng(1).multivariate_normal(MEAN, COV, 100_000)
    known, seen = (
        offset_ratio_set(law, float("nan"), 0.95)
        for law in (StudentLaw(MEAN, COV), DrawnLaw(draws))
    )
    assert (seen.low, seen.high) == pytest.approx((known.low, known.high), rel=0.03)


def inside(corners: Floats, points: Floats) -> np.ndarray:
    """Tell which points lie in a polygon."""
    return np.asarray(Path(corners).contains_points(points))


def test_region_has_corners_in_order_around_its_centre() -> None:
    corners = octagon(StudentLaw(MEAN, COV), MEAN, 0.95)
    assert 4 <= len(corners) <= 8
    assert inside(corners, MEAN[None])[0]
    ahead = np.roll(corners, -1, axis=0)
    edge, following = ahead - corners, np.roll(ahead - corners, -1, axis=0)
    turns = edge[:, 0] * following[:, 1] - edge[:, 1] * following[:, 0]
    assert (turns > 0).all()


@pytest.mark.parametrize("rho", [-0.9, 0.0, 0.6])
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_region_covers_jointly(rho: float, level: float) -> None:
    cov = np.array([[16.0, rho * 20], [rho * 20, 25.0]])
    corners = octagon(StudentLaw(MEAN, cov), MEAN, level)
    # a normal law moves with its mean: the region holds the truth when -error lies in it
    errors = np.random.default_rng(7).multivariate_normal(np.zeros(2), cov, 40_000)
    share = inside(corners, MEAN - errors).mean()
    assert share >= level
    assert share <= level + 0.75 * (1 - level)


def test_region_touches_the_strips_it_is_made_of() -> None:
    law = StudentLaw(MEAN, np.diag([16.0, 25.0]))
    corners = octagon(law, MEAN, 0.95)
    low, high = corners.min(axis=0), corners.max(axis=0)
    reach = stats.norm.ppf(1 - 0.05 / 8) * np.array([4.0, 5.0])
    assert low == pytest.approx(MEAN - reach, rel=1e-6)
    assert high == pytest.approx(MEAN + reach, rel=1e-6)


@pytest.mark.parametrize("law", [SilentLaw(), DrawnLaw(np.full((9, 2), np.nan))])
def test_region_of_a_silent_law_is_missing(law: Law) -> None:
    assert np.isnan(octagon(law, np.array([1.0, 2.0]), 0.95)).all()


def test_region_of_an_unbounded_law_is_cut() -> None:
    law = InvertedLaw(np.zeros((1, 2)), np.ones(1), 0.2)
    corners = octagon(law, np.array([1.0, 2.0]), 0.95)
    assert np.isfinite(corners).all()
    assert inside(corners, np.array([[1.0, 2.0]]))[0]


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_cut_of_an_unbounded_region_knows_no_unit(unit: float) -> None:
    rng = np.random.default_rng(8)
    points, p = rng.normal(size=(50, 2)) * 9, np.full(50, 0.3)
    centre = np.array([1.0, 2.0])
    plain = octagon(InvertedLaw(points, p, 0.2), centre, 0.95)
    scaled = octagon(InvertedLaw(points * unit, p, 0.2), centre * unit, 0.95)
    assert scaled / unit == pytest.approx(plain, rel=1e-6)


class SearchedLaw(StudentLaw):
    """A law whose limits have no closed form."""

    def lower_limits(self, a: ArrayLike, error: float) -> None:  # type: ignore[override]  # as laws without one
        """Return nothing."""
        del a, error


class TwoPieces(SearchedLaw):
    """A law whose test also keeps effects far below the estimate: its set lies in two pieces."""

    def limit_p(self, a: ArrayLike, at: ArrayLike, error: float) -> Floats:
        """Return the usual p, and 1 between 2.9 and 3.5 standard deviations below the mean."""
        directions, thresholds = questions(a, at)
        sides = directions[:, 1]
        z = (thresholds - sides * self.mean[1]) / self.spread(directions)
        apart = (sides > 0) & (z > -3.5) & (z < -2.9)
        return np.where(apart, 1.0, super().limit_p(a, at, error))


def test_no_limit_depends_on_what_else_is_asked() -> None:
    """The neighbour's search goes far; what is kept out there is no part of this one's hull."""
    law, far = FarPiece(MEAN, COV), StudentLaw(MEAN, COV)
    pair = np.array([[0.0, 1.0], [1.0, 0.0]])
    (alone,) = lower_limits(law, pair[:1], 40.0, 0.05)
    together = lower_limits(law, pair, np.array([40.0, 1e5]), 0.05)
    assert together[0] == alone == pytest.approx(lower_limits(far, pair[:1], 40.0, 0.05)[0])


class FarPiece(SearchedLaw):
    """A law whose test keeps one effect far off, at the very point a wider search would ask."""

    def limit_p(self, a: ArrayLike, at: ArrayLike, error: float) -> Floats:
        """Return the usual p, and 1 about 24 standard deviations below the mean."""
        directions, thresholds = questions(a, at)
        z = (thresholds - directions @ self.mean) / self.spread(directions)
        return np.where(np.abs(z + 24) < 0.1, 1.0, super().limit_p(a, at, error))


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_a_set_in_pieces_is_a_hull_and_says_so_in_any_unit(factor: float) -> None:
    law = TwoPieces(MEAN * factor, COV * factor**2)
    found = interval(law, (0.0, 1.0), 40.0 * factor, 0.95)
    assert found.kind == "hull"
    assert found.low / factor == pytest.approx(40 - 3.5 * 5, rel=1e-6)
    assert found.high / factor == pytest.approx(closed((0, 1), 0.95, math.inf)[1], rel=1e-6)
    assert "in pieces" in str(found)
    assert found.bounded
    assert found.contains(40.0 * factor)


def test_the_scale_of_a_search_is_that_of_the_law() -> None:
    student = StudentLaw(MEAN, COV)
    drawn = DrawnLaw(np.random.default_rng(1).multivariate_normal(MEAN, COV, 20_000))
    asked = np.array(DIRECTIONS)
    expected = np.sqrt(np.einsum("mi,ij,mj->m", asked, COV, asked))
    assert student.spread(asked) == pytest.approx(expected)
    assert drawn.spread(asked) == pytest.approx(0.967 * expected, rel=0.05)
    assert student.affine(2 * np.eye(2), MEAN).spread(asked) == pytest.approx(2 * expected)
    drifted = DriftedLaw(student, np.array([3.0, 4.0]))
    assert drifted.spread([(1.0, 1.0)]) == pytest.approx([math.hypot(expected[2], 5.0)])


def test_intervals_asked_together_are_those_asked_alone() -> None:
    law = StudentLaw(MEAN, COV, 7.0)
    estimates = np.array(DIRECTIONS) @ MEAN
    together = intervals(law, DIRECTIONS, estimates, 0.9)
    alone = [interval(law, a, e, 0.9) for a, e in zip(DIRECTIONS, estimates, strict=True)]
    assert together == alone


def test_the_ends_of_a_ratio_set_are_found_to_the_last_digit() -> None:
    found = offset_ratio_set(StudentLaw(MEAN, COV), 0.5, 0.95)
    for ratio in (found.low, found.high):
        a = np.array([1.0, ratio])
        z = abs(a @ MEAN) / np.sqrt(a @ COV @ a)
        assert z == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)


@dataclass(frozen=True, eq=False)
class _Searched(Directional):
    """Another law without its closed form: its limits are searched for."""

    law: Law

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return what the other law says."""
        return self.law.p_value(a, at)

    def spread(self, a: ArrayLike) -> Floats:
        """Return the other law's scale."""
        return self.law.spread(a)


_CLOSED: dict[str, Law] = {
    "t": StudentLaw(np.array([3.0, -2.0]), np.array([[2.0, 0.5], [0.5, 1.0]]), 4.0),
    "normal": StudentLaw(np.array([3.0, -2.0]), np.diag([2.0, 1.0])),
    "one side": StudentLaw(np.array([np.nan, -2.0]), np.array([[np.nan, np.nan], [np.nan, 1.0]])),
    "draws": DrawnLaw(np.random.default_rng(1).normal(size=(999, 2))),
    "few draws": DrawnLaw(np.random.default_rng(2).normal(size=(30, 2))),
}
_CLOSED["affine"] = _CLOSED["t"].affine(np.array([[2.0, 0.3], [0.0, -1.0]]), np.array([1.0, 5.0]))


@pytest.mark.parametrize("law", _CLOSED.values(), ids=_CLOSED)
@pytest.mark.parametrize("error", [0.05, 0.1, 0.32])
def test_limits_in_closed_form_are_those_of_the_search(law: Law, error: float) -> None:
    directions = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 0.4], [0.0, -2.0]])
    start = np.zeros(len(directions))
    known = lower_limits(law, directions, start, error)
    found = lower_limits(_Searched(law), directions, start, error)
    assert np.allclose(known, found, rtol=1e-8, atol=1e-9, equal_nan=True)
