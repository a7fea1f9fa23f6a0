"""Whole jobs say what they did, what they took, and whether that was fast enough."""

from __future__ import annotations

import pytest

from benchmarks import whole
from benchmarks.alone import Usage


@pytest.mark.parametrize(("seconds", "said"), [(19.0, "wanted: met"), (21.0, "wanted: missed")])
def test_seconds_of_the_study_are_held_against_what_is_wanted(
    monkeypatch: pytest.MonkeyPatch, seconds: float, said: str
) -> None:
    usage = Usage(seconds, 30.0, 400.0, 350.0, {"designs": 36, "files": 120})
    monkeypatch.setattr(whole, "measure", lambda *_: usage)
    text = whole.section("study")
    assert said in text
    assert f"36 designs, 120 files: {seconds:.1f} s, 30 s of processor time" in text
    assert "400 MB in the process that starts it and 350 MB in a worker" in text


def test_nothing_is_wanted_of_the_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = Usage(100.0, 200.0, 400.0, 350.0, {"specifications": 10_800, "refused": 0})
    monkeypatch.setattr(whole, "measure", lambda *_: usage)
    text = whole.section("curve")
    assert "10,800 specifications, 0 refused: 100.0 s" in text
    assert "wanted" not in text
