"""Numbers, intervals and places in words: rounded honestly, and never without a sign."""

from __future__ import annotations

import math

import pytest

from shiftexp.plane import ConfidenceSet
from shiftexp.report.wording import (
    amount,
    gate_words,
    limits,
    percent,
    place,
    set_cell,
    set_words,
    state_badge,
    typeset,
    with_side,
)
from tests import report_pages


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1234.5, "1,230"),
        (-5.678, "−5.68"),
        (99.96, "100"),
        (math.inf, "∞"),
        (math.nan, "–"),
    ],
)
def test_amounts_have_three_digits(value: float, text: str) -> None:
    assert amount(value) == text


def test_upper_limits_round_up_and_lower_ones_down() -> None:
    assert percent(0.9901) == "100 %"
    assert percent(0.9999, least=True) == "99 %"
    assert percent(0.3) == percent(0.3, least=True) == "30 %"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ConfidenceSet("interval", -1, 2), "95 % interval −1 to +2"),
        (ConfidenceSet("interval", 3, math.inf), "+3 and more, without upper limit"),
        (ConfidenceSet("interval", -math.inf, 3), "+3 and less, without lower limit"),
        (ConfidenceSet("line", -math.inf, math.inf), "every value"),
        (ConfidenceSet("complement", -1, 2), "everything outside −1 to 2"),
        (ConfidenceSet("none", math.nan, math.nan), "no interval"),
    ],
)
def test_every_kind_of_set_has_words(answer: ConfidenceSet, words: str) -> None:
    assert words in set_words(answer, 0.95)


def test_ends_are_rounded_outwards_and_gaps_inwards() -> None:
    assert limits(1.2349, 4.5611) == "1.23 to 4.57"
    assert limits(-1.2341, -0.0) == "−1.24 to 0"
    assert limits(12.3, 45.6) == "12.3 to 45.6"
    assert limits(-math.inf, math.inf) == "−∞ to ∞"
    outside = ConfidenceSet("complement", 1.2341, 4.5669)
    assert set_cell(outside) == "outside 1.24 to 4.56"
    assert set_words(outside, 0.9) == "90 % interval: everything outside 1.24 to 4.56"
    assert "+3.01 and more" in set_words(ConfidenceSet("interval", 3.0199, math.inf), 0.9)
    assert "+3.02 and less" in set_words(ConfidenceSet("interval", -math.inf, 3.0101), 0.9)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("median -20,810", "median −20,800"),
        ("-1,234,567 of 1,999", "−1,230,000 of 2,000"),
        ("81% of all", "81 % of all"),
        ("81 % of all", "81 % of all"),
        ("0.5 to -0.25", "0.5 to −0.25"),
        ("from (-3) on", "from (−3) on"),
        ("2009-2011", "2009-2011"),
        ("one-sided, AR(1)-errors", "one-sided, AR(1)-errors"),
        ("1,234.5 kg", "1,234.5 kg"),
        ("12,34 is no thousand", "12,34 is no thousand"),
        ("specifications 1, 2, 3", "specifications 1, 2, 3"),
        ("", ""),
    ],
)
def test_numbers_of_other_rooms_are_typeset_as_the_page_writes_its_own(
    text: str, typed: str
) -> None:
    assert typeset(text) == typed
    assert typeset(typed) == typed


def test_places_and_sides() -> None:
    assert place("BE:antwerp_zuid + BE:brussels") == "Antwerp zuid + Brussels (BE)"
    assert place("NL:utrecht + BE:brussels") == "NL:utrecht + BE:brussels"
    assert with_side(place("NL:utrecht"), "origin") == "Utrecht (NL, origin)"


def test_gate_reasons_count_in_the_right_number() -> None:
    assert gate_words(["1 joint period before", "11 joint periods after"]) == (
        "1 jointly observed period before; 11 jointly observed periods after"
    )


def test_a_passed_gate_without_results_is_not_called_a_failed_gate() -> None:
    page = report_pages.failed()
    assert state_badge(page).key == "gate-failed"
    open_gate = type(page.gate)(9, 9, ())
    assert state_badge(type(page)(**{**vars(page), "gate": open_gate})).key == "no-result"


def test_a_declared_state_names_its_sector() -> None:
    page = report_pages.passed(report_pages.simulated(origin=-20.0, destination=60.0))
    assert state_badge(page).text == "Declared: mixed"
