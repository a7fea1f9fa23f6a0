"""Worlds in which nothing happened: later values are cut off, draws are like the study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.panel import Panel
from shiftexp.robustness.nulls import donor_pairs, drawn_alike, earlier_onsets

PANEL, DESIGN = sx.simulate_pair(destination_effect=60, donors=4, rng=1)
AXES = sx.Specifications(
    estimators=(sx.InterruptedTimeSeries(trend=False),), scales=("level",), onsets=(0,)
)


def worlds(panel: Panel, design: sx.Design, count: int = 200) -> np.ndarray:
    """Return drawn values, shape (count, U, T)."""
    curve = sx.specification_curve(panel, design, axes=AXES)
    rng = np.random.default_rng(1)
    found = drawn_alike(curve, count, rng, trend=False)
    return np.array([next(iter(world.panels.values())).values[0] for world in found])


def test_earlier_onsets_see_nothing_of_the_event() -> None:
    first = int(str(DESIGN.onset))
    found = earlier_onsets(PANEL, DESIGN)
    assert [world.label for world in found] == [f"onset {first - k}" for k in (6, 5, 4, 3)]
    assert {world.design.end for world in found} == {str(first - 1)}


def test_what_the_earliest_onset_of_a_curve_treats_is_cut_off() -> None:
    found = earlier_onsets(PANEL, DESIGN, 1)
    assert {world.design.end for world in found} == {str(int(str(DESIGN.onset)) - 2)}


def test_a_range_becomes_single_onsets_without_later_breaks() -> None:
    design = replace(DESIGN, onset=(2013, 2015), basis="observed", breaks=("2018:O:dummy",))
    for world in earlier_onsets(PANEL, design):
        assert world.design.onset_range[0] == world.design.onset_range[1]
        assert world.design.breaks == ()


def test_every_ordered_pair_of_donors_is_a_world_against_the_others() -> None:
    found = donor_pairs(PANEL, DESIGN)
    assert len(found) == 4 * 3
    assert found[0].label == "C1 > C2"
    assert found[0].design.donors == ("C3", "C4")


def test_pairs_apart_share_no_donor() -> None:
    assert [world.label for world in donor_pairs(PANEL, DESIGN, apart=True)] == [
        "C1 > C2",
        "C3 > C4",
    ]


def test_one_side_takes_one_donor() -> None:
    found = donor_pairs(PANEL, DESIGN.only("destination"))
    assert [world.label for world in found] == ["C1", "C2", "C3", "C4"]
    assert all(world.design.origin is None for world in found)


def test_too_few_donors_are_refused() -> None:
    with pytest.raises(DesignError, match="2 donors; needed: at least 3"):
        donor_pairs(PANEL, replace(DESIGN, donors=("C1", "C2")))


def test_draws_have_the_levels_before_and_no_effect() -> None:
    drawn = worlds(PANEL, DESIGN)
    onset = PANEL.calendar.index(DESIGN.onset)
    before, after = drawn[:, :, :onset].mean(axis=(0, 2)), drawn[:, :, onset:].mean(axis=(0, 2))
    seen = PANEL.values[0, :, :onset].mean(axis=1)
    assert before == pytest.approx(seen, rel=0.1)
    assert after == pytest.approx(before, rel=0.05)


def test_positive_series_stay_positive_and_counts_whole() -> None:
    indicator = replace(PANEL.indicator, unit_of_measure="count")
    panel = replace(PANEL, indicators=(indicator,), values=np.rint(PANEL.values))
    drawn = worlds(panel, DESIGN)
    assert (drawn >= 0).all()
    assert np.array_equal(drawn, np.rint(drawn))


def test_series_with_zeros_are_drawn_in_levels_from_zero_on() -> None:
    values = PANEL.values.copy()
    values[0, PANEL.position("D"), 2] = 0.0
    assert (worlds(replace(PANEL, values=values), DESIGN) >= 0).all()


def test_parts_of_a_side_share_what_is_drawn() -> None:
    panel, design = PANEL, replace(DESIGN, origin=("O", "C4"), donors=("C1", "C2", "C3"))
    drawn = worlds(panel, design, 20)
    part = drawn[:, panel.position("O")] / drawn[:, panel.position("C4")]
    seen = panel.series("O") / panel.series("C4")
    assert part == pytest.approx(np.broadcast_to(seen, part.shape))
