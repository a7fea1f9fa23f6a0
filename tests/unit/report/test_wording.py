"""Numbers, intervals and places in words: rounded honestly, and never without a sign."""

from __future__ import annotations

import math

import pytest

from shiftexp.plane import ConfidenceSet
from shiftexp.report.wording import (
    amount,
    gate_words,
    percent,
    place,
    set_words,
    state_badge,
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
