"""One specification as a study: outliers before the onset alone, named, and both rules apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import shiftexp as sx
from shiftexp.panel import Panel
from shiftexp.robustness.combinations import combinations
from shiftexp.robustness.posing import Posed, pose

PANEL, DESIGN = sx.simulate_pair(sd=1, autocorrelation=0.0, rng=3)


def spiked(year: int, unit: str = "D", times: float = 3.0) -> Panel:
    """Return the panel with one value multiplied."""
    values = PANEL.values.copy()
    values[0, PANEL.position(unit), PANEL.calendar.index(year)] *= times
    return replace(PANEL, values=values)


def posed(panel: Panel, rule: str, design: sx.Design = DESIGN) -> Posed:
    """Return the study after an outlier rule."""
    axes = sx.Specifications(outliers=(rule,), onsets=(0,))
    name = panel.indicator.name
    return pose(combinations(axes, (name,), design)[0], {name: panel}, design)


def test_an_outlier_before_the_onset_is_left_out_and_named() -> None:
    found = posed(spiked(2005), "leave out")
    assert found.design.exclude == ("2005",)
    assert found.notes == ("destination 2005: left out as an outlier",)


def test_winsorising_draws_it_in_and_changes_nothing_else() -> None:
    panel = spiked(2005)
    found = posed(panel, "winsorise")
    changed = found.panel.values != panel.values
    at = (0, panel.position("D"), panel.calendar.index(2005))
    assert np.argwhere(changed).tolist() == [list(at)]
    assert PANEL.values[at] < found.panel.values[at] < panel.values[at]
    assert found.design.exclude == ()


def test_values_after_the_onset_are_never_outliers() -> None:
    panel = spiked(2016)
    for rule in ("leave out", "winsorise"):
        found = posed(panel, rule)
        assert found.panel is panel
        assert found.notes == ("no value before the onset is an outlier by the rule",)


def test_keep_keeps() -> None:
    panel = spiked(2005)
    assert posed(panel, "keep").panel is panel


def test_a_short_past_has_no_rule() -> None:
    design = replace(DESIGN, start=int(str(DESIGN.onset)) - 4)
    assert posed(spiked(2010), "leave out", design).notes == ()


def test_a_zero_is_drawn_in_without_a_fuss() -> None:
    found = posed(spiked(2005, times=0.0), "winsorise")
    assert found.panel.values[0, PANEL.position("D"), PANEL.calendar.index(2005)] > 0


def test_units_of_a_side_are_drawn_in_alike() -> None:
    panel, design = sx.simulate_pair(sd=1, autocorrelation=0.0, donors=2, rng=3)
    values = panel.values.copy()
    at = panel.calendar.index(2005)
    both = [panel.position("D"), panel.position("C1")]
    values[0, both, at] *= 3
    spoilt = replace(panel, values=values)
    found = posed(spoilt, "winsorise", replace(design, destination=("D", "C1"), donors=("C2",)))
    drawn = found.panel.values[0, both, at]
    assert drawn[0] / drawn[1] == np.divide(*values[0, both, at])
    assert drawn.sum() < values[0, both, at].sum()
