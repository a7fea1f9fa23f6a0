"""Unit tests of the simulator: what is asked for is in the panel, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.simulate import simulate_pair


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return the correlation of two samples."""
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def test_a_panel_with_hardly_any_error_shows_its_truth() -> None:
    panel, design = simulate_pair(
        origin_effect=-20, destination_effect=30, periods=(5, 3), base=(100, 40), sd=1e-9
    )
    assert panel.series("O").tolist() == pytest.approx([100] * 5 + [80] * 3)
    assert panel.series("D").tolist() == pytest.approx([40] * 5 + [70] * 3)
    assert panel.calendar.labels[0] == "2001"
    assert design == sx.Design(origin="O", destination="D", onset=2006)


def test_the_effect_is_added_to_the_same_errors() -> None:
    plain, _ = simulate_pair(rng=5)
    moved, _ = simulate_pair(rng=5, destination_effect=7)
    gap = moved.series("D") - plain.series("D")
    assert gap.tolist() == pytest.approx([0] * 12 + [7] * 8)
    assert moved.series("O").tolist() == plain.series("O").tolist()


def test_what_moves_leaves_the_origin_and_arrives_at_the_destination() -> None:
    panel, _ = simulate_pair(
        origin_effect=-5, destination_effect=10, flow=20, periods=(5, 3), sd=1e-9, donors=1
    )
    assert panel.series("O").tolist() == pytest.approx([100] * 5 + [75] * 3)
    assert panel.series("D").tolist() == pytest.approx([40] * 5 + [70] * 3)
    assert panel.series("C1").tolist() == pytest.approx([40] * 8)


def test_a_flow_and_the_own_changes_it_looks_like_give_one_panel() -> None:
    moved, _ = simulate_pair(flow=20)
    alike, _ = simulate_pair(origin_effect=-20, destination_effect=20)
    assert moved.digest() == alike.digest()


def test_donors_stand_at_the_destination_level_without_effect() -> None:
    panel, design = simulate_pair(donors=3, destination_effect=99, sd=1e-9)
    assert design.donors == ("C1", "C2", "C3")
    assert panel.units == ("C1", "C2", "C3", "D", "O")
    for donor in design.donors:
        assert panel.series(donor).tolist() == pytest.approx([40] * 20)


def test_errors_have_the_spread_and_the_correlation_asked_for() -> None:
    panel, _ = simulate_pair(sd=3, correlation=0.6, donors=40, periods=(150, 150), rng=2)
    values = panel.values[0] - panel.values[0].mean(axis=1, keepdims=True)
    assert values.std() == pytest.approx(3, rel=0.1)
    between = np.corrcoef(values)[np.triu_indices(42, 1)].mean()
    assert between == pytest.approx(0.6, abs=0.1)


def test_the_same_seed_gives_the_same_panel_and_another_another() -> None:
    digests = [simulate_pair(rng=seed)[0].digest() for seed in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


def test_a_generator_is_used_and_moves_on() -> None:
    generator = np.random.default_rng(1)
    first, second = (simulate_pair(rng=generator)[0].digest() for _ in range(2))
    assert first == simulate_pair(rng=1)[0].digest()
    assert first != second


def test_global_randomness_plays_no_part() -> None:
    np.random.seed(1)  # noqa: NPY002 - the global generator is what must not be used
    first = simulate_pair()[0].digest()
    np.random.seed(2)  # noqa: NPY002 - as above
    assert simulate_pair()[0].digest() == first


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"autocorrelation": 1.0}, "autocorrelation = 1.0"),
        ({"autocorrelation": -0.1}, "autocorrelation = -0.1"),
        ({"correlation": 1.5}, "correlation = 1.5"),
        ({"sd": 0.0}, "sd = 0.0"),
        ({"sd": float("nan")}, "sd = nan"),
        ({"periods": (0, 8)}, "periods = (0, 8)"),
        ({"donors": -1}, "donors = -1"),
    ],
)
def test_settings_that_describe_no_panel_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(sx.DesignError) as caught:
        simulate_pair(**settings)
    assert said in str(caught.value)


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(sx.DesignError) as caught:
        simulate_pair(sd=-1, correlation=2, periods=(0, 0))
    assert len(caught.value.problems) == 3
