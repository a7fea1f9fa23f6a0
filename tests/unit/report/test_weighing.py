"""How a verdict was weighed, as tables of the report: reasons, sectors, information, the matrix."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from shiftexp.plane import SECTOR_NAMES
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.report.views import design_view
from shiftexp.report.weighing import (
    information_sheet,
    matrix_sheet,
    matrix_table,
    reasons_sheet,
    sectors_sheet,
    settling_words,
    spoken_paragraphs,
    weak_words,
)
from tests import report_pages


@pytest.fixture(scope="module")
def page() -> DesignPage:
    """Return a design whose gate passed."""
    return report_pages.passed()


@pytest.fixture(scope="module")
def failed() -> DesignPage:
    """Return a design whose gate failed."""
    return report_pages.failed()


def test_every_reason_has_a_row_that_says_where_its_number_stands(page: DesignPage) -> None:
    found = reasons_sheet(page)
    assert len(found.rows) == len(page.verdict.reasons)
    assert str(found.rows[0][0]) == page.verdict.reasons[0].about
    assert str(found.rows[0][5]).startswith("sectors, row 1, value")


def test_every_sector_has_a_row_for_each_specification(page: DesignPage) -> None:
    rows = sectors_sheet(page).rows
    assert [row[0] for row in rows] == list(SECTOR_NAMES)
    assert all(str(row[2]).startswith("p-value ") for row in rows)
    kept = [row[0] for row in rows if str(row[3]) == "○ kept"]
    assert kept == list(page.verdict.sectors)


def test_the_value_of_information_is_shown_in_its_order(page: DesignPage) -> None:
    found = information_sheet(page)
    remedies = page.verdict.value_of_information.remedies
    assert [row[0] for row in found.rows] == [r.what for r in remedies]
    assert [row[2] for row in found.rows] == [str(len(r.sectors)) for r in remedies]
    assert f"{len(page.verdict.sectors)} of 9 sectors are left now" in found.note


def test_a_verdict_is_spoken_in_three_languages(page: DesignPage) -> None:
    orders = {"en": ["en", "nl", "fr"], "nl": ["nl", "en", "fr"], "fr": ["fr", "en", "nl"]}
    for language, order in orders.items():
        assert [code for code, _, _ in spoken_paragraphs(page.in_language(language))] == order
    assert len({text for _, _, text in spoken_paragraphs(page)}) == 3


def test_weak_claims_are_told_where_they_are_settled(page: DesignPage, failed: DesignPage) -> None:
    assert weak_words(page).startswith("supported: destination grew")
    assert "shift" not in weak_words(page).replace("not mainly shift", "")
    assert weak_words(failed) == "none asked: the data gate failed"


def test_what_a_gate_needs_comes_before_what_would_move_a_verdict(
    page: DesignPage, failed: DesignPage
) -> None:
    assert settling_words(failed) == failed.needed.replace("_", " ")
    best = page.verdict.value_of_information.best
    assert best is not None
    assert settling_words(page) == best.words()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", 'would contradict "not mainly shift"'),
        ("nl", 'zou "niet hoofdzakelijk verplaatsing" weerspreken'),
        ("fr", "contredirait «\u00a0pas surtout un déplacement\u00a0»"),
    ],
)
def test_names_of_claims_stand_in_quotation_marks_after_a_verb(
    page: DesignPage, language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = page.verdict.value_of_information.best
    assert best is not None
    remedy = replace(best, kind="years", supported=(), contradicted=("not mainly shift",))
    only = replace(page.verdict.value_of_information, remedies=(remedy,))
    monkeypatch.setattr(type(page.verdict), "value_of_information", property(lambda _: only))
    spoken = page.in_language(language)
    assert settling_words(spoken).endswith(said)
    assert '"' in str(information_sheet(spoken).rows[0][3]).translate(str.maketrans("«»", '""'))


def test_what_files_would_do_is_no_found_fact(page: DesignPage) -> None:
    files = next(r for r in page.verdict.value_of_information.remedies if r.kind == "case files")
    assert files.how_much.startswith("if, say, 5 of 60 files had actors of the origin")
    assert files.words().endswith('would support "shift"')
    dutch, french = (page.in_language(language) for language in ("nl", "fr"))
    assert "als bijvoorbeeld 5 van de 60 dossiers" in str(information_sheet(dutch).rows)
    assert "si, par exemple, 5 dossiers sur 60" in str(information_sheet(french).rows)


def test_the_matrix_has_a_row_for_each_cell_and_each_negative_control(
    page: DesignPage, failed: DesignPage
) -> None:
    cell = replace(report_pages.cell(page), conclusion="expansion")
    control = replace(failed, name="heroin_control", role="negative_control")
    with_control = replace(cell, others=(control, replace(failed, role="secondary")))
    study = report_pages.study(with_control, report_pages.cell(failed))
    table = matrix_table(study)
    assert list(table["design"]) == [page.name, failed.name, "heroin_control"]
    assert table["concluded_earlier"].iloc[0] == "expansion"
    assert table["agreement"].iloc[0] in {"Agree", "Compatible, not decided"}
    assert table["concluded_earlier"].iloc[2] == ""
    assert "destination grew" in table["supported"].iloc[0]
    rows = matrix_sheet(study).rows
    assert str(rows[2][0]) == "Heroin control (negative control)"
    assert str(rows[0][4]).startswith("expansion: ")
    assert rows[2][5] == "not asked of a control"
    assert table["would_move_most"].iloc[2] == table["kind"].iloc[2] == ""
    assert not table["settles"].iloc[2]
    assert math.isnan(table["sectors_left_then"].iloc[2])


def test_a_control_is_given_no_advice(page: DesignPage) -> None:
    control = replace(page, role="negative_control")
    found = [
        {table.caption.split(":")[0] for table in design_view(shown, figures=False).tables}
        for shown in (page, control)
    ]
    assert found[0] - found[1] == {"So what"}


def test_the_bundled_study_has_the_conclusions_of_earlier_work_beside_its_verdicts(
    demo_page: StudyPage,
) -> None:
    table = matrix_table(demo_page).set_index("design")
    cells = table[table["role"] == "primary"]
    assert len(cells) == 6
    assert (cells["concluded_earlier"] != "").all()
    assert not cells["would_move_most"].isin(["–", ""]).any()
    assert (table["role"] == "negative_control").sum() == 4
