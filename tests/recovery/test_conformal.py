"""Size and power of the conformal wrapper at 20 periods, 12 of them before the onset."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import shiftexp as sx
from tests.recovery.make_tables import read_tables

RUNS = 100
WRAPPER = sx.Conformal(sx.InterruptedTimeSeries(trend=False))


def found(effect: float, first_seed: int, runs: int = RUNS, *, pair: bool = False) -> float:
    """Return the share of runs with p at most .10 for an effect of so many standard deviations."""
    hits = 0
    for seed in range(first_seed, first_seed + runs):
        panel, design = sx.simulate_pair(
            destination_effect=effect, sd=1.0, autocorrelation=0.0, rng=seed
        )
        result = WRAPPER.fit(panel, design if pair else replace(design, origin=None))
        hits += result["destination"].p_value <= 0.10 + 1e-12
    return hits / runs


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(False, id="one unit", marks=pytest.mark.slow),
        pytest.param(True, id="destination of a pair", marks=pytest.mark.slow),
    ],
)
def test_three_standard_deviations_are_found(*, pair: bool) -> None:
    assert found(3.0, first_seed=0, pair=pair) >= 0.90


def test_a_very_large_effect_is_always_found() -> None:
    assert found(10.0, first_seed=0, runs=3) == 1


@pytest.mark.slow
def test_size_is_near_nominal() -> None:
    assert 0.06 <= found(0.0, first_seed=10_000, runs=500) <= 0.14


@pytest.mark.slow
def test_autocorrelation_costs_size_as_measured() -> None:
    hits = 0
    for seed in range(300):
        panel, design = sx.simulate_pair(sd=1.0, autocorrelation=0.5, rng=seed)
        result = WRAPPER.fit(panel, replace(design, origin=None))
        hits += result["destination"].p_value <= 0.10 + 1e-12
    assert 0.04 <= hits / 300 <= 0.18


@pytest.mark.parametrize(
    ("process", "rho", "words"),
    [
        ("AR(1)", "0.8", r"up to (\d+) % where they are autocorrelated by \.8"),
        ("AR(1)", "0.9", r"up to (\d+) % by \.9"),
        ("local level", "1", r"up to (\d+) % where the level itself drifts"),
    ],
)
def test_the_warning_names_no_less_than_what_was_measured(
    process: str, rho: str, words: str
) -> None:
    panel, design = sx.simulate_pair(rng=1)
    with pytest.warns(sx.SmallSampleWarning):
        notes = WRAPPER.fit(panel, design).notes
    (said,) = (int(found[1]) / 100 for note in notes if (found := re.search(words, note)))
    sizes = [
        (float(row["value"]), 2 * float(row["mc_error"]))
        for row in read_tables()["conformal"]
        if (row["measure"], row["process"], row["rho"]) == ("size", process, rho)
    ]
    assert [size for size, error in sizes if size > said + error] == []
