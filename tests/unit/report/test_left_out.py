"""What fits left out stands in every format and language, runs of periods in one row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.detection import Detection
from shiftexp.report import DesignPage
from shiftexp.report.latex import render_latex
from shiftexp.report.left_out import left_out_sheet
from shiftexp.report.markdown import render_markdown
from shiftexp.report.wording import NO_VALUE
from shiftexp.result import Result
from shiftexp.verdict import Verdict
from tests import report_pages

NOTES = (
    "2001: BE not observed",
    "2002: BE not observed",
    "2004: BE not observed",
    "2005: excluded by the design",
    "2006: donor DE flagged suspect",
)


def page_of(*results: Result) -> DesignPage:
    """Return a design that weighs some results."""
    first = results[0]
    verdict = Verdict(results, (), detection=Detection(drift=0.01), gate=first.gate, name="made_up")
    return DesignPage("made_up", "primary", first.design, first.gate, verdict, ())


def gaps(notes: tuple[str, ...] = NOTES) -> Result:
    """Return a fit that says what it left out."""
    result = report_pages.simulated()
    left = np.isin(result.paths.labels, [note[:4] for note in notes if "donor" not in note])
    paths = replace(result.paths, pre=result.paths.pre & ~left)
    return replace(result, paths=paths, dropped=notes)


def test_runs_of_periods_are_one_row_and_fits_are_counted() -> None:
    plain = gaps(NOTES[:4])
    rows = left_out_sheet(page_of(gaps(), plain)).rows
    assert rows == (
        ("BE not observed", "2001–2002", "2 of 2"),
        ("BE not observed", "2004", "2 of 2"),
        ("excluded by the design", "2005", "2 of 2"),
        ("donor DE flagged suspect", "2006", "1 of 2"),
    )


def test_a_period_that_is_not_used_and_not_named_is_shown_too() -> None:
    result = replace(gaps(), dropped=NOTES[:2])
    rows = left_out_sheet(page_of(result)).rows
    assert ("used neither before nor after", "2004–2005", "1 of 1") in rows
    noted = replace(result, dropped=("beyond the break of BE in 2006",))
    assert left_out_sheet(page_of(noted)).rows == (
        ("beyond the break of BE in 2006", NO_VALUE, "1 of 1"),
    )


def test_nothing_left_out_is_no_table() -> None:
    assert not left_out_sheet(page_of(report_pages.simulated()))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("BE not observed", "donor DE flagged suspect")),
        ("nl", ("België niet waargenomen", "donor DE gemarkeerd als verdacht")),
        ("fr", ("Belgique non observé", "donneur DE marqué douteux")),
    ],
)
def test_every_format_shows_it_in_every_language(language: str, said: tuple[str, ...]) -> None:
    whole = report_pages.study(report_pages.cell(page_of(gaps()))).in_language(language)
    for text in (render_markdown(whole), render_latex(whole)):
        plain = text.replace("\u00a0", " ")
        assert "2001" in plain
        for words in said:
            assert words.split()[-1] in plain, words
        assert said[0] in plain


def test_the_page_shows_the_gap_of_a_donor_that_was_read() -> None:
    panel, design = sx.simulate_pair(donors=4, rng=2)
    frame = panel.to_frame()
    gone = (frame["unit"] == design.donors[0]) & (frame["period"].astype(str) == "2004")
    read = sx.Panel.from_frame(
        frame[~gone], unit="unit", period="period", value="value", unit_of_measure="kg"
    )
    result = sx.DifferenceInDifferences().fit(read, design)
    shown = left_out_sheet(page_of(result)).rows
    assert shown == ((f"donor {design.donors[0]} not observed", "2004", "1 of 1"),)


def test_a_unit_that_may_be_misspelt_is_asked_about() -> None:
    panel, design = sx.simulate_pair(rng=2)
    frame = panel.to_frame()
    frame["unit"] = frame["unit"].replace(str(design.destination), "Destination")
    frame.loc[len(frame)] = {**frame.iloc[0], "unit": "Destinatoin"}
    read = sx.Panel.from_frame(
        frame, unit="unit", period="period", value="value", unit_of_measure="kg"
    )
    result = sx.InterruptedTimeSeries(trend=False).fit(
        read, replace(design, destination="Destination", donors=())
    )
    ((said, periods, fits),) = left_out_sheet(page_of(result)).rows
    assert "'Destinatoin' has values in 1 of" in str(said)
    assert (periods, fits) == (NO_VALUE, "1 of 1")
    dutch = left_out_sheet(page_of(result).in_language("nl")).rows[0][0]
    assert "is het een schrijffout" in str(dutch)
