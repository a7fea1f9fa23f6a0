"""Unit tests of the laws: each against what it claims to be, its affine images and its drift."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from shiftexp.effects import (
    AffineLaw,
    DrawnLaw,
    DriftedLaw,
    InvertedLaw,
    Law,
    LogSeriesLaw,
    SeriesLaw,
    ShiftedLaw,
    SilentLaw,
    StudentLaw,
)
from shiftexp.inference.placebo_law import PlaceboLaw
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.mixture import posterior
from shiftexp.kernels.optimal_store import null_table
from shiftexp.kernels.optimal_test import TableKey, effect_p
from shiftexp.kernels.series_design import evidence, series_design

MEAN = np.array([-20.0, 40.0])
COV = np.array([[16.0, -6.0], [-6.0, 25.0]])
ASK = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.75], [-1.0, -0.25], [2.0, -3.0]])
AT = np.array([-22.0, 38.0, 15.0, 11.0, 9.0, -150.0])
NORMAL = StudentLaw(MEAN, COV)
ABSENT = np.array([np.nan, 40.0])


def drawn(count: int = 200_000, seed: int = 1) -> DrawnLaw:
    """Return draws from the normal law."""
    return DrawnLaw(np.random.default_rng(seed).multivariate_normal(MEAN, COV, count))


def grid(steps: int = 80) -> InvertedLaw:
    """Return a test of pairs on a grid: p falls with the distance from the centre."""
    axes = np.meshgrid(
        np.linspace(-60, 20, steps + 1), np.linspace(0, 80, steps + 1), indexing="ij"
    )
    points = np.stack([axis.ravel() for axis in axes], axis=1)
    distance = ((points - MEAN) ** 2).sum(axis=1)
    return InvertedLaw(points, np.maximum(np.exp(-distance / 50), 0.01), 0.01)


def shifted(cells: float = 1.0) -> ShiftedLaw:
    """Return shifted sums of residuals whose observed sum falls to zero at (0, 0)."""
    axes = np.meshgrid(np.arange(-5.0, 6), np.arange(-5.0, 6), indexing="ij")
    points = np.stack([axis.ravel() for axis in axes], axis=1)
    sums = np.random.default_rng(5).normal(size=(2, 10)) - points[:, :, None] * np.eye(10)[0]
    return ShiftedLaw(points, sums, np.full_like(points, cells), np.ones(2), 0.1)


def series_law() -> SeriesLaw:
    """Return the test of two simulated series."""
    rng, time = np.random.default_rng(2), np.arange(20.0)
    x = np.column_stack([np.ones(20), time >= 13])
    design = series_design(x, time, np.array([0.0, 1.0]))
    pair = rng.normal(size=(2, 20)) * 4 + MEAN[:, None] * x[:, 1]
    return SeriesLaw(pair, (design,), design, design, np.ones(2))


def placebos() -> PlaceboLaw:
    """Return an estimate among effects where nothing happened."""
    return PlaceboLaw(MEAN, np.random.default_rng(6).normal(size=(30, 2)) * 8, 30)


@pytest.mark.parametrize("df", [3.0, 11.0, math.inf])
def test_student_law_is_the_one_of_scipy(df: float) -> None:
    law = StudentLaw(MEAN, COV, df)
    spread = np.sqrt(np.einsum("mi,ij,mj->m", ASK, COV, ASK))
    z = (AT - ASK @ MEAN) / spread
    expected = stats.norm.cdf(z) if math.isinf(df) else stats.t.cdf(z, df)
    assert law.p_value(ASK, AT) == pytest.approx(expected, abs=1e-12)


def test_one_direction_and_one_threshold_are_enough() -> None:
    assert NORMAL.p_value((0, 1), 40.0).tolist() == [0.5]
    assert NORMAL.p_value(ASK).shape == (6,)


def test_draws_tell_what_their_law_tells() -> None:
    assert drawn().p_value(ASK, AT) == pytest.approx(NORMAL.p_value(ASK, AT), abs=5e-3)
    assert drawn().cov == pytest.approx(COV, rel=0.02)


def test_a_share_of_draws_is_never_zero() -> None:
    assert drawn(99).p_value((0, 1), -1e9)[0] == 0.01
    assert drawn(99).p_value((0, 1), 1e9)[0] == 1


def test_a_law_without_moments_has_no_covariance() -> None:
    assert DrawnLaw(np.zeros((5, 2)), moments=False).cov is None


def test_inverted_test_takes_the_largest_p_of_the_half_plane() -> None:
    law = grid()
    for a, at in zip(ASK, AT, strict=True):
        inside = law.p[law.points @ a <= at]
        assert law.p_value(a, at)[0] == pytest.approx(inside.max(initial=0.01))


def test_inverted_test_says_no_less_than_its_resolution_beyond_the_grid() -> None:
    assert grid().p_value((0, 1), -1000.0)[0] == 0.01
    assert grid().p_value((0, 1), 1000.0)[0] == 1.0


def test_points_on_the_border_count_whatever_the_rounding() -> None:
    law = InvertedLaw(np.array([[0.1, 0.2]]), np.array([0.7]), 0.01)
    assert law.p_value((1, 1), 0.1 + 0.2 - 1e-16)[0] == 0.7


def test_inverted_tests_are_joint_and_the_others_directional() -> None:
    assert grid().tail == 1
    assert NORMAL.tail == drawn(9).tail == series_law().tail == 0.5
    assert grid().affine(np.eye(2), np.zeros(2)).tail == 1
    assert DriftedLaw(grid(), np.ones(2)).tail == 1
    assert shifted().tail == 1
    assert grid().joint
    assert not shifted().joint
    assert not NORMAL.joint
    assert not DriftedLaw(grid(), np.ones(2)).joint


def test_series_law_treats_every_combination_as_one_series() -> None:
    law = series_law()
    key = TableKey(sides="one")
    for a, at in zip(ASK, AT / 10, strict=True):
        found = evidence(law.both[0], (a @ law.pair)[None])
        p = effect_p(law.both[0], key, null_table(law.both[0], key), found, np.array([at]))
        assert law.p_value(a, at)[0] == pytest.approx(p[0])
        alone = posterior(law.both[0].mixture, (a @ law.pair)[None], law.both[0].functional)
        assert law.below(a, at)[0] == pytest.approx(alone.cdf(np.array([at]))[0], abs=1e-6)


def test_the_limits_of_a_series_law_come_from_its_two_sided_test() -> None:
    law, a = series_law(), np.array([[0.0, 1.0]])
    found = evidence(law.both[0], law.pair[1:])
    for error in (0.05, 0.014):
        key = TableKey(error=error)
        two = effect_p(law.both[0], key, null_table(law.both[0], key), found, np.zeros(1))
        assert law.limit_p(a, 0.0, error) == pytest.approx(two)
        assert law.limit_p(-a, 0.0, error) == pytest.approx(1.0)
    assert law.strip_share == pytest.approx(0.28)


def test_a_law_in_logs_asks_at_the_nearest_point_of_the_border() -> None:
    whole = series_law()
    observed = np.array([[80.0, 90.0], [40.0, 60.0]])
    small = replace(whole, pair=whole.pair / 100)
    cov = np.diag([4e-4, 4e-4])
    law = LogSeriesLaw(small, MEAN / 100, cov, observed, np.zeros((2, 2)), "log")
    # one side: 50 (1 - exp(-c)) <= 10 is c <= log 1.25
    border = np.log(1.25)
    assert law.p_value((0, 1), 10.0)[0] == pytest.approx(small.p_value((0, 1), border)[0])
    assert law.p_value((0, 1), 60.0)[0] == 1.0  # no effect exceeds what was observed
    assert law.p_value((0, -1), -60.0)[0] == pytest.approx(2e-4)
    points = law._on_border(np.array([[1.0, 1.0]]), np.array([5.0]))[0]
    total = 85 * (1 - np.exp(-points[0])) + 50 * (1 - np.exp(-points[1]))
    assert total == pytest.approx(5.0, abs=1e-3)
    slope = np.array([85 * np.exp(-points[0]), 50 * np.exp(-points[1])])
    gap = points - law.centre
    assert gap[0] / gap[1] == pytest.approx(slope[0] / slope[1], rel=0.15)
    p = small.p_value(slope, float(slope @ points))[0]
    assert law.p_value((1, 1), 5.0)[0] == pytest.approx(p, rel=1e-2)


def test_a_law_in_logs_of_which_nothing_is_known_is_silent() -> None:
    cov, observed = np.diag([np.nan, 4e-4]), np.full((2, 2), 50.0)
    law = LogSeriesLaw(
        StudentLaw(MEAN / 100, cov, 5), MEAN / 100, cov, observed, np.zeros((2, 2)), "log"
    )
    asked = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert np.isnan(law.p_value(asked)).tolist() == [True, False, True]
    assert np.isnan(law.limit_p(asked, 0.0, 0.05)).tolist() == [True, False, True]


@pytest.mark.parametrize(("df", "at"), [(1.0, -400.0), (2.0, -400.0), (5.0, -40.0), (np.inf, 2.0)])
def test_a_law_in_logs_has_the_tails_of_its_t(df: float, at: float) -> None:
    cov, observed = np.diag([0.01, 0.04]), np.array([[60.0, 80.0], [30.0, 90.0]])
    student = StudentLaw(MEAN / 100, cov, df)
    law = LogSeriesLaw(student, MEAN / 100, cov, observed, np.zeros((2, 2)), "log")
    for p in (1e-3, 0.02, 0.4, 0.97):
        c = student.mean[1] + 0.2 * stats.t.ppf(p, df)
        assert law.p_value((0, 1), law.level(1, c))[0] == pytest.approx(p)
    # the sum: to first order the nearest point lies as many sds away as the p says
    c = np.linspace(-3, 1, 200_001)
    rest = 60.0 - (at - law.level(0, c))
    other = -np.log(np.where(rest > 0, rest, np.nan) / 60.0)
    distance = np.hypot((c - student.mean[0]) / 0.1, (other - student.mean[1]) / 0.2)
    p = stats.t.sf(np.nanmin(distance), df)
    assert law.p_value((1, 1), at)[0] == pytest.approx(p, rel=0.01)


def test_shifts_are_counted_in_the_direction_asked() -> None:
    law = shifted(cells=0.0)
    for a in (np.array([1.0, 0.0]), np.array([0.0, -1.0]), np.array([1.0, 0.5])):
        sums = np.abs(np.einsum("i,gin->gn", a, law.sums))
        p = (sums >= sums[:, :1] - 1e-9).mean(axis=1)
        for at in (-4.0, 0.0, 3.0):
            inside = p[law.points @ a <= at]
            assert law.p_value(a, at)[0] == pytest.approx(inside.max(initial=0.1))


def test_what_lies_between_two_pairs_counts_as_the_larger_p() -> None:
    narrow, wide = shifted(cells=0.0), shifted(cells=1.0)
    for at in np.linspace(-6, 6, 13):
        p = float(wide.p_value((0, 1), at)[0])
        assert p == pytest.approx(float(narrow.p_value((0, 1), at + 1)[0]))
        assert p >= float(narrow.p_value((0, 1), at)[0])


def test_a_method_without_inference_is_silent() -> None:
    assert np.isnan(SilentLaw().p_value(ASK, AT)).all()
    assert SilentLaw().p_value(ASK).shape == (6,)
    assert np.isnan(SilentLaw().affine(np.eye(2), np.zeros(2)).p_value(ASK)).all()


LAWS: list[Callable[[], Law]] = [lambda: NORMAL, drawn, lambda: grid(20), series_law, shifted]
NAMES = ["student", "drawn", "inverted", "series", "shifted"]


@pytest.mark.parametrize("make", LAWS, ids=NAMES)
def test_affine_image_asks_the_same_question_of_the_original(make: Callable[[], Law]) -> None:
    law, m, b = make(), np.array([[1.0, 0.0], [0.0, 0.5]]), np.array([3.0, -7.0])
    image = law.affine(m, b)
    assert image.p_value(ASK, AT) == pytest.approx(law.p_value(ASK @ m, AT - ASK @ b))


@pytest.mark.slow
@pytest.mark.parametrize("drift", [0.0, 5.0], ids=["still", "drifting"])
@pytest.mark.parametrize("make", [*LAWS, placebos], ids=[*NAMES, "placebo"])
def test_many_questions_at_once_are_answered_as_one_by_one(
    make: Callable[[], Law], drift: float
) -> None:
    """Directions that repeat, more of them than a law keeps in mind, at thresholds of their own."""
    law = DriftedLaw(make(), np.full(2, drift)) if drift else make()
    angles = np.tile(np.linspace(0.1, 6.1, 37), 2)
    a = np.column_stack([np.cos(angles), np.sin(angles)])
    at = np.random.default_rng(4).uniform(-60, 60, len(a))
    together = law.p_value(a, at)
    for k in range(0, len(a), 3):
        assert together[k] == pytest.approx(float(law.p_value(a[k], at[k])[0]), abs=1e-9)


@pytest.mark.parametrize("make", LAWS, ids=NAMES)
def test_p_never_falls_when_the_threshold_rises(make: Callable[[], Law]) -> None:
    law = make()
    for a in ASK:
        values = [float(law.p_value(a, at)[0]) for at in np.linspace(-200, 200, 41)]
        assert (np.diff(values) >= -1e-12).all()


def test_images_of_images_are_images() -> None:
    m, b = np.diag([1.0, 0.5]), np.array([3.0, -7.0])
    twice = NORMAL.affine(m, b).affine(m, b)
    once = StudentLaw(m @ (m @ MEAN + b) + b, m @ m @ COV @ m.T @ m.T)
    assert isinstance(twice, AffineLaw)
    assert twice.p_value(ASK, AT) == pytest.approx(once.p_value(ASK, AT), abs=1e-12)


def test_drift_of_a_normal_law_adds_its_variance() -> None:
    sd = np.array([8.0, 3.0])
    wider = StudentLaw(MEAN, COV + np.diag(sd**2))
    assert DriftedLaw(NORMAL, sd).p_value(ASK, AT) == pytest.approx(
        wider.p_value(ASK, AT), abs=3e-4
    )


@pytest.mark.parametrize("ratio", [0.002, 0.02, 0.2, 1.0, 50.0])
def test_drift_is_integrated_as_well_where_the_law_is_nearly_a_step(ratio: float) -> None:
    drift = np.array([8.0, 3.0])
    law = StudentLaw(MEAN, np.diag((ratio * drift) ** 2))
    wider = StudentLaw(MEAN, np.diag((1 + ratio**2) * drift**2))
    drifted = DriftedLaw(law, drift)
    for a in ASK:
        spread = float(np.sqrt((a**2) @ (drift**2))) * max(1.0, ratio)
        at = a @ MEAN + np.linspace(-4, 4, 801) * spread
        every = np.broadcast_to(a, (len(at), 2))
        assert np.abs(drifted.p_value(every, at) - wider.p_value(every, at)).max() < 0.003


@pytest.mark.parametrize("df", [3.0, 8.0])
def test_drift_agrees_with_monte_carlo(df: float) -> None:
    sd, rng = np.array([8.0, 3.0]), np.random.default_rng(3)
    law = StudentLaw(MEAN, COV, df)
    drift = rng.normal(size=(40_000, 2)) * sd
    found = DriftedLaw(law, sd).p_value(ASK, AT)
    for a, at, p in zip(ASK, AT, found, strict=True):
        many = law.p_value(np.broadcast_to(a, drift.shape), at - drift @ a)
        assert p == pytest.approx(many.mean(), abs=4 * many.std() / len(drift) ** 0.5)


def test_no_drift_changes_nothing() -> None:
    still = DriftedLaw(NORMAL, np.zeros(2)).p_value(ASK, AT)
    assert still == pytest.approx(NORMAL.p_value(ASK, AT), abs=1e-12)


def one_sided() -> list[Law]:
    """Return laws of a study without an origin."""
    cov = np.array([[np.nan, np.nan], [np.nan, 25.0]])
    draws = np.column_stack([np.full(99, np.nan), np.arange(99.0)])
    whole = series_law()
    pair: Floats = whole.pair.copy()
    pair[0] = np.nan
    series = replace(whole, pair=pair)
    laws: list[Law] = [StudentLaw(ABSENT, cov), DrawnLaw(draws), series]
    laws += [InvertedLaw(draws, np.linspace(0.1, 1, 99), 0.01)]
    laws += [law.affine(np.diag([1.0, 0.5]), np.array([np.nan, 1.0])) for law in tuple(laws)]
    points = np.column_stack([np.full(11, np.nan), np.arange(11.0)])
    sums = np.stack([np.full((11, 10), np.nan), np.ones((11, 10))], axis=1)
    laws += [ShiftedLaw(points, sums, points * 0, np.array([np.nan, 1.0]), 0.1)]
    return [*laws, DriftedLaw(laws[0], np.array([np.nan, 2.0]))]


@pytest.mark.parametrize("law", one_sided(), ids=lambda law: type(law).__name__)
def test_an_absent_side_is_missing_only_when_asked(law: Law) -> None:
    asked = np.array([[0.0, 1.0], [0.0, -1.0], [1.0, 0.0], [1.0, 1.0]])
    missing = np.isnan(law.p_value(asked, 1.0))
    assert missing.tolist() == [False, False, True, True]
