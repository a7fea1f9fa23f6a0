"""The exponent of cost is that of the large sizes."""

from __future__ import annotations

import pytest

from benchmarks.growth import GROWTHS, Growth, exponent


def test_a_power_law_has_its_exponent() -> None:
    sizes = (10, 20, 40, 80)
    assert exponent(sizes, [2 * n**1.5 for n in sizes]) == pytest.approx(1.5)


def test_fixed_costs_do_not_hide_how_large_sizes_grow() -> None:
    sizes = (10, 100, 1000, 10_000)
    assert exponent(sizes, [100 + n for n in sizes]) > 0.9


@pytest.mark.slow
def test_every_size_is_measured_once_it_was_run() -> None:
    runs: list[int] = []

    def prepare(size: int) -> object:
        return lambda: runs.append(size)

    seconds = Growth("nothing", "size", (1, 2), prepare).seconds()  # type: ignore[arg-type]  # a lambda of no result
    assert len(seconds) == 2
    assert all(0 < each < 0.01 for each in seconds)
    assert set(runs) == {1, 2}


@pytest.mark.parametrize("growth", GROWTHS, ids=lambda growth: growth.size)
def test_sizes_increase_and_are_three_at_least(growth: Growth) -> None:
    assert sorted(set(growth.sizes)) == list(growth.sizes)
    assert len(growth.sizes) >= 3
