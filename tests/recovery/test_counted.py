"""Coverage of capture and recapture, of counted cases and of several sources: see METHODS.md."""

from __future__ import annotations

import pytest

from tests.recovery.measure import FINAL_SEED
from tests.recovery.measure_counted import (
    REPEATED,
    WORLDS,
    cases_coverage,
    clusters_coverage,
    lists,
    ratio_coverage,
    repeats_coverage,
    sources_coverage,
)

DRAWS, SEED = 1000, FINAL_SEED
AS_ASSUMED, DIFFER, INFLATED = WORLDS
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("method", REPEATED)
@pytest.mark.parametrize(("size", "rate"), [(300, 0.3), (300, 1.2), (1000, 0.6)])
def test_the_size_of_a_population_is_held_where_finds_are_as_assumed(
    method: str, size: int, rate: float
) -> None:
    found = repeats_coverage(method, size, rate, AS_ASSUMED, DRAWS, SEED)
    assert 0.93 <= found.held <= 0.97
    assert found.silent == 0


@pytest.mark.parametrize("method", REPEATED)
def test_persons_unlike_each_other_make_it_too_small_and_one_inflation_too_large(
    method: str,
) -> None:
    low = repeats_coverage(method, 1000, 0.6, DIFFER, DRAWS, SEED)
    high = repeats_coverage(method, 1000, 0.6, INFLATED, DRAWS, SEED)
    assert low.bias == pytest.approx(0.81, abs=0.02)
    assert low.held < 0.6
    assert high.bias == pytest.approx(1.43, abs=0.03)
    assert high.held < 0.1


@pytest.mark.parametrize("method", REPEATED)
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("rates", [(0.4, 0.4), (0.4, 0.6)])
def test_the_change_of_detection_is_held_where_what_is_wrong_stays_the_same(
    method: str, world: str, rates: tuple[float, float]
) -> None:
    found = ratio_coverage(method, 300, rates, (world, world), DRAWS, SEED)
    assert 0.91 <= found.held <= 0.97
    assert found.bias == pytest.approx(1, abs=0.08)


def test_one_inflation_that_ends_looks_like_better_detection() -> None:
    found = ratio_coverage("chao", 300, (0.4, 0.4), (INFLATED, AS_ASSUMED), DRAWS, SEED)
    assert found.bias == pytest.approx(1.45, abs=0.1)
    assert found.held < 0.9


def test_two_lists_hold_it_where_they_are_independent_and_large_enough() -> None:
    for method in ("chapman", "lincoln-petersen"):
        found = lists(method, 1000, (0.3, 0.2), 1.0, 4 * DRAWS, SEED)
        assert 0.93 <= found.held <= 0.96
    few = lists("chapman", 300, (0.1, 0.1), 1.0, 4 * DRAWS, SEED)
    assert 0.94 <= few.held <= 0.97
    assert lists("chapman", 1000, (0.3, 0.2), 2.0, 4 * DRAWS, SEED).held < 0.05


@pytest.mark.parametrize("total", [10, 25, 59, 92])
def test_limits_of_independent_cases_hold_their_level_everywhere(total: int) -> None:
    held = [cases_coverage(total, share / 50) for share in range(1, 50)]
    assert 0.955 <= sum(held) / len(held) <= 0.985
    assert min(held) >= 0.95


@pytest.mark.parametrize(("clusters", "correlation"), [(3, 0.3), (6, 0.1), (12, 0.0)])
def test_limits_of_clusters_hold_and_pooled_cases_do_not(clusters: int, correlation: float) -> None:
    knowing, pooling = clusters_coverage((60 // clusters,) * clusters, 0.3, correlation, 300, SEED)
    assert knowing >= 0.93
    if correlation > 0:
        assert pooling < 0.9


def test_sources_together_hold_where_they_repeat_each_other_or_one_is_wrong() -> None:
    for alike, bias in ((0.0, 0.0), (1.0, 0.0), (0.5, 0.3)):
        held = sources_coverage(0.3, alike, bias, DRAWS, SEED)
        assert held["widest"] >= 0.98
        assert held["majority"] >= 0.94
    assert sources_coverage(0.3, 1.0, 0.0, DRAWS, SEED)["as if independent"] < 0.85
