"""Unit tests of names in a frame: alike, unclear, with the rows that hold them."""

from __future__ import annotations

import pandas as pd
import pytest

import shiftexp as sx


def read(*units: str) -> sx.Panel:
    """Return a panel of these units, a year each."""
    frame = pd.DataFrame({"who": units, "at": range(2000, 2000 + len(units)), "kg": 1.0})
    return sx.Panel.from_frame(frame, unit="who", period="at", value="kg", unit_of_measure="kg")


def test_the_rarer_way_to_write_a_name_is_shown() -> None:
    with pytest.raises(sx.PanelError, match="'BE', 'be' differ only in capitals") as caught:
        read("BE", "BE", "be", "NL")
    assert caught.value.rows == ("row 2 (be, 2002)",)


def test_all_unclear_names_are_found_together() -> None:
    with pytest.raises(sx.PanelError) as caught:
        read("BE", "B\u202eE", "x" * 300, "a\nb")
    assert len(caught.value.problems) == 3
    assert "U+202E" in str(caught.value)
    assert "300 characters" in str(caught.value)
    assert "tab or a line break" in str(caught.value)


def test_names_that_differ_in_what_nobody_sees_are_refused() -> None:
    with pytest.raises(sx.PanelError, match=r"holds U\+00AD \(SOFT HYPHEN\)") as caught:
        read("Belgium", "Bel\u00adgium")
    assert len(caught.value.problems) == 1
    with pytest.raises(sx.PanelError, match="or in joiners that nobody sees"):
        read("Belgium", "Bel\u200dgium")


def test_names_that_look_the_same_in_two_alphabets_are_refused() -> None:
    with pytest.raises(sx.PanelError, match="look the same") as caught:
        read("Gent", "G\u0435nt", "Gent", "\u0413\u0435\u043d\u0442")
    (problem,) = caught.value.problems
    assert "'Gent' (Latin), 'G\u0435nt' (Latin and Cyrillic)" in problem.given
    assert problem.rows == ("row 1 (G\u0435nt, 2001)",)


def test_a_difference_in_capitals_is_told_once() -> None:
    with pytest.raises(sx.PanelError) as caught:
        read("BE", "be", "\uff22\uff25")
    assert len(caught.value.problems) == 1


def test_other_names_are_taken() -> None:
    assert read("BE", "BE:port", "B E", "$x$", "<b>").units == (
        "$x$",
        "<b>",
        "B E",
        "BE",
        "BE:port",
    )
