"""The overview on a terminal: which estimators refused, and where their reasons stand."""

from __future__ import annotations

from dataclasses import replace

from shiftexp.report.terminal import overview
from tests.report_pages import cell, passed, study


def test_estimators_that_refuse_are_counted_where_the_run_is_summed_up() -> None:
    page = passed()
    refusing = replace(page, refusals=("CountDiD(): no counts", "EventStudy(): no donors"))
    of = 2 + len(page.verdict.results)
    text = overview(study(cell(refusing)))
    assert f"2 of {of} estimators refused: reasons in the report" in text
    assert "refused" not in overview(study(cell(page)))
