"""Unit tests of the overview on a terminal: states of cells, and what they add up to."""

from __future__ import annotations

from pathlib import Path

from shiftexp.report.terminal import overview
from tests.studies import CELL, small_study, write_values


def test_a_design_that_passes_the_gate_and_that_no_model_answers_is_no_failed_gate(
    tmp_path: Path,
) -> None:
    write_values(tmp_path, base=(100.0, 30.0), sd=2.0)
    estimator = '{ name = "CommunicatingVessels", effort = "offset" }'
    page = small_study(tmp_path, cells=f"{CELL}estimators = [{estimator}]\n").run()
    text = overview(page)
    assert "no answer    gate pass" in text
    assert "1 declared design: data gate failed 0, refused by every estimator 1" in text
