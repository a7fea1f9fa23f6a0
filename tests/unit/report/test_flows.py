"""A flow in a report: maturity, one sentence, figure, table and notes, alike in every format."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

import shiftexp as sx
from shiftexp.flow import Flow, flow_in
from shiftexp.report import DesignPage, render, render_markdown
from shiftexp.report.flows import FlowView, flow_sheet, flow_views, so_what
from shiftexp.report.latex import flows_latex
from shiftexp.report.sentences import three_sentences
from shiftexp.report.sheets import bounds_sheet
from tests import report_pages
from tests.pairs import several
from tests.vessels import World

pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
HEADING = "What a model of the flow says"


@pytest.fixture(scope="module")
def page() -> DesignPage:
    """Return a design with a flow that a pulse beside donors proves."""
    return report_pages.passed(World(flow=20.0, donors=5, pulse=True).fit())


@pytest.fixture(scope="module")
def view(page: DesignPage) -> FlowView:
    """Return what is shown of it."""
    (found,) = flow_views(page, figures=False)
    return found


@pytest.fixture(scope="module")
def html(page: DesignPage) -> str:
    """Return the HTML page of it."""
    return render(report_pages.study(report_pages.cell(page)))


def flow_of(page: DesignPage) -> Flow:
    """Return the flow of a design."""
    found = flow_in(page.verdict.results[0])
    assert found is not None
    return found


def with_flow(page: DesignPage, **changes: object) -> str:
    """Return the sentence on a flow that is not proved by donors, otherwise like that of a page."""
    bare = replace(flow_of(page), like_donors=None, **changes)  # type: ignore[arg-type]  # fields
    return so_what(page, bare)


def test_the_sentence_says_the_most_and_what_proves_any(page: DesignPage) -> None:
    flow = flow_of(page)
    said = so_what(page, flow)
    assert said.startswith("At most ")
    assert f"kg per year, {flow.most_of_growth} of the growth in D, can have come from O" in said
    assert "did, if own changes of both places at the onset were like those of the donors" in said


@pytest.mark.parametrize(
    ("breakdown", "said"),
    [
        (0.0, "that any did is not proved, however small"),
        (math.inf, "holds at every scale of own changes that was looked at, but that scale is"),
        (7.0, "were of a smaller scale than 7 kg per year."),
    ],
)
def test_a_flow_that_is_not_proved_is_not_called_so(
    page: DesignPage, breakdown: float, said: str
) -> None:
    assert said in with_flow(page, breakdown=breakdown)


def test_no_flow_is_said_to_be_none(page: DesignPage) -> None:
    nothing = replace(flow_of(page).limits, flow=(0.0, 0.0))
    said = with_flow(page, limits=nothing)
    assert said == "By this model nothing can have come from O to D."


def test_an_estimate_outside_the_limits_is_called_so_below_the_table(page: DesignPage) -> None:
    outside = replace(flow_of(page), conserved=(90.0, 80.0, 99.0))
    assert "That estimate lies outside the limits" in flow_sheet(page, outside).note
    assert "outside the limits" not in flow_sheet(page, flow_of(page)).note


def test_own_changes_that_the_data_ask_for_are_said(page: DesignPage) -> None:
    said = with_flow(page, breakdown=7.0, least_scale=3.0)
    assert said.endswith("than 7 kg per year and of a larger one than 3, which the data ask for.")


def test_the_most_stands_first_and_the_only_estimate_last(page: DesignPage) -> None:
    table, flow = flow_sheet(page, flow_of(page)), flow_of(page)
    assert table.rows[0][0] == "signs only"
    assert str(table.rows[0][1]).startswith("0 to ")
    assert table.rows[1][0] == "own changes like donors'"
    estimates = [row[0] for row in table.rows if "(" in str(row[1])]
    assert estimates == ["if nothing else changed at the onset"]
    assert len(table.rows) == flow.to_frame()["belief"].nunique()
    assert "Flow, kg per year" in table.columns


def test_notes_name_their_flags(view: FlowView, page: DesignPage) -> None:
    assert len(view.notes) == len(flow_of(page).flags)
    assert any(note.endswith("[note 4, detection]") for note in view.notes)


def test_every_format_shows_sentence_table_notes_and_maturity(
    page: DesignPage, view: FlowView, html: str
) -> None:
    markdown = render_markdown(report_pages.study(report_pages.cell(page)))
    latex = flows_latex(page, "flow")
    for text in (html, markdown, latex.replace(r"\%", "%")):
        assert "emerging method" in text
        assert "signs only" in text
        assert view.so_what in text
        assert text.count("A change of detection at the onset that nobody measured") == 1
    assert f"<h3>{HEADING}</h3>" in html
    assert f"### {HEADING}" in markdown
    assert r"\includegraphics[width=\linewidth]{flow}" in latex
    assert "includegraphics" not in flows_latex(page)


def test_the_html_page_draws_the_flow(html: str) -> None:
    assert len(re.findall(r'<svg role="img" aria-label="How much can have flowed', html)) == 1
    assert "The bar is where donors say that own changes lie." in html


def test_a_flow_that_is_not_brought_is_told_as_no_proof(page: DesignPage) -> None:
    said = three_sentences(report_pages.cell(page))[1]
    assert "The series alone do not prove that any of it moved" in said


def test_a_brought_flow_is_told_in_the_second_sentence_with_its_maturity(
    page: DesignPage,
) -> None:
    brought = sx.Evidence(about="shift", bound=flow_of(page).bound(drift=0.01), source="the fit")
    told = report_pages.passed(page.verdict.results[0], (brought,))
    said = three_sentences(report_pages.cell(told))[1]
    assert "is supported by a model of the flow (an emerging method), which was brought" in said
    assert "From a model of the flow, what moved is between" in said
    assert "outside the series" not in said
    assert "from a model of the flow" in str(bounds_sheet(told).rows[-1][0])


def test_a_book_is_cited_without_the_commas_of_a_journal(html: str) -> None:
    assert "Cambridge University Press. <a" in html


@pytest.mark.slow
def test_without_a_flow_there_is_no_section() -> None:
    plain, failed = report_pages.passed(), report_pages.failed()
    assert flow_views(plain, figures=False) == flow_views(failed, figures=False) == ()
    assert flows_latex(plain) == ""
    text = render_markdown(report_pages.study(report_pages.cell(plain), report_pages.cell(failed)))
    assert HEADING not in text


def test_a_flow_behind_a_failed_gate_is_not_shown() -> None:
    result = World(flow=20.0).fit()
    gate = sx.Gate(3, 2, ("3 joint periods before",))
    page = replace(report_pages.passed(result), gate=gate, verdict=sx.weigh(result, gate=gate))
    assert flow_views(page, figures=False) == ()


def test_two_models_of_a_flow_have_labels_of_their_own(page: DesignPage) -> None:
    result = page.verdict.results[0]
    both = replace(page, verdict=sx.weigh(several(result, result)))
    assert flows_latex(both, "flow").count(r"\label{tab:flow-made-up-2}") == 1
    assert flows_latex(both, "flow").count("includegraphics") == 1
