"""What is said of a flow without a known push: tables, paths, and words that promise no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shiftexp.panel import Calendar
from shiftexp.variable_flow import FlowSeries, FlowShare, StochasticFlow

_ONE = np.ones(4)
SERIES = FlowSeries(_ONE, _ONE, -_ONE, 3 * _ONE)
CELLS = np.full((2, 100), 0.01)
FOUND = StochasticFlow(
    share=FlowShare(0.5, 0.1, 0.9),
    prior=FlowShare(0.2, 0.0, 0.95),
    masses=CELLS,
    statistic=4.0,
    p_value=0.0228,
    powers=((0.5, 0.6), (1 / 3, 0.3), (2 / 3, 0.85)),
    simulations=200,
    lags=((1, 0.75), (2, 0.25)),
    calendar=Calendar("year", 2001, 4),
    names=("NL", "BE"),
    parts=dict.fromkeys(("flow", "left", "arrived", "origin", "destination"), SERIES),
    unit="kg per year",
    level=0.95,
    flags=("flow-variance",),
)


def test_the_table_has_share_prior_test_powers_and_lags() -> None:
    frame = FOUND.to_frame().set_index("quantity")
    assert frame["estimate"].tolist() == [0.5, 0.2, 4.0, 0.6, 0.3, 0.85, 0.75, 0.25]
    assert frame.iloc[0][["conf_low", "conf_high"]].tolist() == [0.1, 0.9]
    assert frame.loc["likelihood ratio of a flow", "p_value"] == 0.0228
    assert "power at a share of 0.67" in frame.index
    assert "weight of lag 2" in str(FOUND)


def test_the_path_names_every_part_with_its_uncertainty() -> None:
    path = FOUND.path()
    assert path["period"].tolist() == ["2001", "2002", "2003", "2004"]
    assert set(path.columns) == {"period"} | {
        name + end for name in FOUND.parts for end in ("", "_sd", "_low", "_high")
    }
    assert path["arrived_high"].tolist() == [3.0] * 4


def test_a_large_p_is_never_called_no_effect() -> None:
    missed = replace(FOUND, p_value=0.2)
    assert FOUND.found
    assert not missed.found
    assert "a flow that varies is found (p = 0.0228" in FOUND.summary()
    assert "in 85% of such data sets, smaller ones more rarely" in missed.summary()
    weak = replace(missed, powers=((0.5, 0.1), (1 / 3, 0.1), (2 / 3, 0.2)))
    assert weak.power == 0.2
    assert weak.summary().startswith("undecided: the test is too weak to find a flow")


def test_the_size_of_the_test_is_that_of_the_level() -> None:
    assert not replace(FOUND, level=0.99).found
    assert replace(FOUND, level=0.9).found


def test_notes_are_those_of_the_flags_and_unknown_ones_are_refused() -> None:
    assert [note.number for note in FOUND.notes] == [3]
    assert FOUND.notes[0].sentence in FOUND.summary()
    with pytest.raises(ValueError, match="not-a-flag"):
        replace(FOUND, flags=("not-a-flag",))


def test_nobody_can_change_the_numbers() -> None:
    with pytest.raises(ValueError, match="read-only"):
        FOUND.masses[0, 0] = 1.0
