"""Unit tests of the flags of a flow: every note has its sentence, and unknown flags are refused."""

from __future__ import annotations

import pytest

from shiftexp.identification import NOTES, notes_of


def test_every_identification_note_has_a_flag() -> None:
    assert {note.number for note in NOTES.values() if note.severity == "always"} == set(range(1, 7))


def test_only_doubts_bar_a_shift() -> None:
    barring = {flag for flag, note in NOTES.items() if note.bars_shift}
    assert barring == {
        "onset-unknown", "origin-grew", "destination-shrank", "limits-contradict",
        "signs-rejected", "unlike-variances", "few-donors",
    }  # fmt: skip
    assert {NOTES[flag].severity for flag in barring} == {"doubt"}


def test_flags_are_names_and_sentences_have_no_full_stop() -> None:
    for flag, note in NOTES.items():
        assert flag == note.flag == note.flag.lower()
        assert " " not in flag
        assert len(note.sentence) > len(flag)
        assert not note.sentence.endswith(".")


def test_notes_come_in_the_order_of_the_table_whatever_the_order_of_flags() -> None:
    found = notes_of(["walks-dominate", "detection", "own-changes", "detection"])
    assert [note.flag for note in found] == ["own-changes", "detection", "walks-dominate"]
    assert notes_of(()) == ()


def test_unknown_flags_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'kappa', 'x' are not among own-changes, constant-flow"):
        notes_of(["x", "detection", "kappa"])
