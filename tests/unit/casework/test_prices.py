"""Unit tests of signs of prices: the table, set-valued signals, and evidence without a bound."""

from __future__ import annotations

from typing import Any

import pytest

import shiftexp as sx
from shiftexp.casework.prices import SIGNS

# What each explanation, alone, does to what is seen; and what else these signs leave.
WORLDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "shift": (
        {
            "quantity_o": "down",
            "quantity_d": "up",
            "price_o": "up",
            "price_d": "down",
            "purity_d": "up",
        },
        (),
    ),
    "supply expansion": ({"quantity_d": "up", "price_o": "flat", "price_d": "down"}, ()),
    "demand expansion": (
        {"quantity_d": "up", "price_d": "up", "purity_d": "down"},
        ("enforcement only",),
    ),
    "enforcement only": ({"quantity_d": "up", "price_d": "flat"}, ()),
}


@pytest.mark.parametrize("name", WORLDS)
def test_the_signs_of_a_world_leave_its_explanation(name: str) -> None:
    signals, besides = WORLDS[name]
    found = sx.price_signs(**signals)
    assert found.compatible == tuple(n for n in SIGNS if n in {name, "integration", *besides})
    assert not found.contradicting(name)


def test_nothing_observed_leaves_everything_and_says_nothing() -> None:
    found = sx.price_signs(price_d="unknown")
    assert found.compatible == tuple(SIGNS)
    assert found.evidence(source="none") == ()
    assert "signals: none" in found.summary()


def test_a_fall_at_the_destination_leaves_no_explanation_of_growth() -> None:
    found = sx.price_signs(quantity_d="down")
    assert found.compatible == ("integration",)
    said = {(e.about, e.direction) for e in found.evidence(source="survey")}
    assert said == {("shift", "against"), ("expansion", "against")}


@pytest.mark.parametrize(
    ("interval", "margin", "directions"),
    [
        ((1.0, 3.0), 0.0, {"up"}),
        ((-3.0, -1.0), 0.0, {"down"}),
        ((-1.0, 3.0), 0.0, {"up", "down", "flat"}),
        ((-1.0, 1.0), 2.0, {"flat"}),
        ((1.0, 3.0), 2.0, {"flat", "up"}),
        ((-3.0, 1.0), 2.0, {"flat", "down"}),
        ((0.0, 0.0), 0.0, {"flat"}),
    ],
)
def test_an_interval_allows_every_direction_it_reaches(
    interval: tuple[float, float], margin: float, directions: set[str]
) -> None:
    assert sx.price_signs(price_d=interval, margin=margin).signals["price_d"] == directions


def test_a_change_that_is_not_significant_contradicts_nothing() -> None:
    found = sx.price_signs(quantity_d="up", price_d=(-5.0, 9.0), price_o=(-20.0, 15.0))
    assert found.compatible == tuple(SIGNS)


def test_evidence_is_for_a_shift_only_where_no_rival_is_left() -> None:
    weak = sx.price_signs(quantity_d="up", price_d="down")
    assert weak.compatible == ("shift", "supply expansion", "integration")
    assert weak.evidence(source="survey") == ()
    strong = sx.price_signs(quantity_d="up", price_d="down", price_o="up")
    said = [(e.about, e.direction) for e in strong.evidence(source="survey")]
    assert said == [("shift", "for"), ("expansion", "against")]


def test_more_enforcement_alone_is_no_expansion() -> None:
    found = sx.price_signs(quantity_d="up", price_d="flat")
    said = [(e.about, e.direction) for e in found.evidence(source="survey")]
    assert said == [("shift", "against"), ("expansion", "against")]


@pytest.mark.parametrize(("gap", "direction"), [("down", "for"), ("up", "against")])
def test_a_price_gap_speaks_to_integration(gap: Any, direction: str) -> None:  # noqa: ANN401 - one of the known words
    (found,) = sx.price_signs(price_gap=gap).evidence(source="survey")
    assert (found.about, found.direction) == ("integration", direction)


def test_evidence_names_source_and_signals_and_has_no_bound() -> None:
    found = sx.price_signs(quantity_d="up", price_d=(1.0, 3.0), margin=2.0, purity_d="down")
    for piece in found.evidence(source="survey of 2026"):
        assert piece.bound is None
        assert piece.p_value is None
        said = "survey of 2026: quantity_d up, price_d flat or up, purity_d down"
        assert piece.source == said


def test_the_table_says_which_signals_agree_and_which_contradict() -> None:
    frame = sx.price_signs(quantity_d="up", price_d="down").to_frame().set_index("explanation")
    assert frame.loc["shift", "agree"] == "quantity_d, price_d"
    assert frame.loc["demand expansion", "contradict"] == "price_d"
    assert frame["compatible"].tolist() == [True, True, False, False, True]


def test_signals_that_are_none_are_refused_together() -> None:
    wrong: dict[str, Any] = {"price_d": "rising", "price_o": (3, 1), "purity_d": 2, "margin": -1}
    with pytest.raises(sx.DesignError) as caught:
        sx.price_signs(**wrong)
    assert len(caught.value.problems) == 4
    for words in ("price_d = 'rising'", "price_o = (3, 1)", "purity_d = 2", "margin = -1"):
        assert words in str(caught.value)
