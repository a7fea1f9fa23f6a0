"""The benchmark of sweeps says what it measured, and whether that was fast enough."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from benchmarks import sweeps


@pytest.mark.parametrize(("seconds", "said"), [(40.0, "wanted: met"), (61.0, "wanted: missed")])
def test_seconds_are_held_against_what_is_wanted(
    monkeypatch: pytest.MonkeyPatch, seconds: float, said: str
) -> None:
    measured = {"fits": 100050, "answered": 100050, "seconds": seconds, "processor": 80.0,
                "own MB": 169.1, "worker MB": 202.5}  # fmt: skip

    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - not looked at
        return subprocess.CompletedProcess([], 0, stdout=json.dumps(measured))

    monkeypatch.setattr(subprocess, "run", run)
    text = sweeps.section()
    assert said in text
    assert f"100,050 fits (100,050 answered) in {seconds:.0f} s with 2 workers" in text
    assert "0.80 ms a fit" in text


def test_the_panels_are_all_countries_by_all_years() -> None:
    first = sweeps.panels()[0]
    assert first.values.shape == (1, 30, 20)
