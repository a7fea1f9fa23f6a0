"""The benchmark of sweeps says what it measured, and whether that was fast enough."""

from __future__ import annotations

import pytest

from benchmarks import sweeps
from benchmarks.alone import Usage


@pytest.mark.parametrize(("seconds", "said"), [(40.0, "wanted: met"), (61.0, "wanted: missed")])
def test_seconds_are_held_against_what_is_wanted(
    monkeypatch: pytest.MonkeyPatch, seconds: float, said: str
) -> None:
    measured = Usage(seconds, 80.0, 169.1, 202.5, {"answered": 100050})
    monkeypatch.setattr(sweeps, "measure", lambda _: measured)
    text = sweeps.section()
    assert said in text
    assert f"100,050 fits (100,050 answered) in {seconds:.0f} s with 2 workers" in text
    assert "0.80 ms a fit" in text


@pytest.mark.slow
def test_the_panels_are_all_countries_by_all_years() -> None:
    first = sweeps.panels()[0]
    assert first.values.shape == (1, 30, 20)
