"""Unit tests of texts: what hides, turns or replaces what is read is found and named."""

from __future__ import annotations

import unicodedata

import pytest

from shiftexp import texts
from shiftexp.texts import LONGEST_NAME, hidden_character, likeness, looks, name_problem


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x00", "U+0000 (a control character)"),
        ("\x1b", "U+001B (a control character)"),
        ("\x85", "U+0085 (a control character)"),
        ("\u00ad", "U+00AD (SOFT HYPHEN)"),
        ("\u034f", "U+034F (COMBINING GRAPHEME JOINER)"),
        ("\u115f", "U+115F (HANGUL CHOSEONG FILLER)"),
        ("\u17b4", "U+17B4 (KHMER VOWEL INHERENT AQ)"),
        ("\u206f", "U+206F (NOMINAL DIGIT SHAPES)"),
        ("\u3164", "U+3164 (HANGUL FILLER)"),
        ("\uffa0", "U+FFA0 (HALFWIDTH HANGUL FILLER)"),
        ("\U0001d173", "U+1D173 (MUSICAL SYMBOL BEGIN BEAM)"),
        ("\U000e0041", "U+E0041 (TAG LATIN CAPITAL LETTER A)"),
        ("\u200b", "U+200B (ZERO WIDTH SPACE)"),
        ("\u200f", "U+200F (RIGHT-TO-LEFT MARK)"),
        ("\u202e", "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("\u2066", "U+2066 (LEFT-TO-RIGHT ISOLATE)"),
        ("\u2028", "U+2028 (LINE SEPARATOR)"),
        ("\ufeff", "U+FEFF (ZERO WIDTH NO-BREAK SPACE)"),
        ("\ufffd", "U+FFFD (REPLACEMENT CHARACTER)"),
        ("\ud800", "U+D800 (a control character)"),
    ],
)
def test_what_nobody_sees_is_named(character: str, name: str) -> None:
    assert hidden_character(f"BE{character}NL") == (2, name)


@pytest.mark.parametrize(
    "text",
    [
        "Liège",
        "\u0645\u06cc\u200c\u062e",
        "東京",
        "a\tb\r\nc",
        "−5 %",
        "🇧🇪",
        "❤\ufe0f",
        "葛\U000e0100",
        "",
    ],
)
def test_letters_of_all_scripts_are_texts(text: str) -> None:
    assert hidden_character(text) is None


def test_a_name_is_short_and_on_one_line() -> None:
    assert name_problem("unit", "x" * LONGEST_NAME) is None
    for name in ("x" * (LONGEST_NAME + 1), "a\nb", "a\tb", "a\x7f"):
        problem = name_problem("unit", name, ("row 1",))
        assert problem is not None
        assert problem.given.startswith("unit ")
        assert problem.rows == ("row 1",)


@pytest.mark.parametrize(
    "character",
    ["\u00ad", "\u034f", "\u180b", "\u200b", "\u200c", "\u200d", "\u3164", "\ufe0f", "\U000e0100"],
)
def test_names_that_differ_in_what_nobody_sees_are_alike(character: str) -> None:
    assert likeness(f"Bel{character}gium") == likeness("Belgium")
    assert likeness(f"Lie{character}\u0300ge") == likeness("Liège")


def test_names_are_alike_in_any_case_and_form() -> None:
    assert likeness("LIE\u0300GE") == likeness("liège")
    assert likeness("\uff2e\uff2c") == likeness("nl")
    assert likeness("BE") != likeness("NL")


def test_letters_that_look_alike_are_taken_for_one() -> None:
    assert looks("\u0412\u0415") == looks("BE") == looks("\u0392\u0395")
    assert looks("G\u0435nt") == looks("Gent")
    assert looks("\u0401lka") == looks("\u00cblka")
    assert looks("B\u200d\uff25") == looks("BE")
    assert looks("\u041d") == looks("H") != looks("h")  # a reader sees capitals
    assert looks("\u0421\u041e") != looks("\u041e\u0421")
    assert looks("\u0411\u0415") != looks("BE")


def test_every_letter_that_looks_latin_is_of_another_alphabet() -> None:
    for letter, latin in texts._LATIN.items():
        assert unicodedata.name(chr(letter)).startswith(("CYRILLIC", "GREEK"))
        assert chr(letter).isupper() == chr(latin).isupper()
        assert latin < 128
