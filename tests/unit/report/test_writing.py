"""Reports are written in one step, in the format their name asks for, or refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from shiftexp.errors import StudyError
from shiftexp.evidence import Bound, Evidence
from shiftexp.report import render_markdown, report
from shiftexp.report.latex import claims_latex, verdicts_latex
from shiftexp.report.references import bibliography, references
from shiftexp.report.writing import _study_page
from shiftexp.verdict import weigh
from tests import report_pages


def test_a_single_verdict_becomes_a_page(tmp_path: Path) -> None:
    verdict = report_pages.passed().verdict
    path = report(verdict, tmp_path / "x.html")
    text = path.read_text(encoding="utf-8")
    assert path == tmp_path / "x.html"
    assert "<title>made up</title>" in text
    assert "What grew, and by how much" in text
    assert [p.name for p in tmp_path.iterdir()] == ["x.html"]


def test_a_verdict_of_evidence_alone_becomes_a_page(tmp_path: Path) -> None:
    bound = Bound("flow", low=2, high=9, unit="visits per year", because="counted")
    verdict = weigh(evidence=[Evidence(about="shift", bound=bound)])
    text = report(verdict, tmp_path / "x.md").read_text(encoding="utf-8")
    assert "between 2 and 9 visits per year" in text


def test_title_replaces_the_heading(tmp_path: Path) -> None:
    page = report_pages.study(report_pages.cell(report_pages.passed()))
    text = report(page, tmp_path / "x.md", title="Another").read_text(encoding="utf-8")
    assert text.startswith("# Another\n")


def test_a_folder_that_cannot_be_written_is_quoted(tmp_path: Path) -> None:
    target = tmp_path / "missing" / "x.md"
    with pytest.raises(StudyError, match="missing") as caught:
        report(report_pages.cell(report_pages.failed()), target)
    assert repr(str(target)) in str(caught.value)
    assert caught.value.problems[0].remedy


def test_a_file_in_place_of_the_folder_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StudyError, match="a folder that exists"):
        report(report_pages.cell(report_pages.failed()), tmp_path / "file" / "x.md")


def test_unknown_format_and_unknown_thing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"x\.docx"):
        report(report_pages.passed().verdict, tmp_path / "x.docx")
    with pytest.raises(TypeError, match="give a Verdict"):
        _study_page(3, None)  # type: ignore[arg-type]  # the point of the test


def test_markdown_has_the_same_sentences_and_tables() -> None:
    page = report_pages.study(report_pages.cell(report_pages.failed()))
    text = render_markdown(page)
    assert "1. **What grew, and by how much.**" in text
    assert "This does not mean that nothing happened" in text
    assert "> shift" in text
    assert "| Claim | Status | In words |" in text
    assert "**Two windows of counts: labs**" in text
    assert text == render_markdown(page)


def test_markdown_escapes_markup() -> None:
    assert "<script" not in render_markdown(report_pages.hostile())


def test_latex_tables_are_booktabs_without_shapes() -> None:
    page = report_pages.study(report_pages.cell(report_pages.passed()))
    for text in (verdicts_latex(page), claims_latex(page.cells[0].primary)):
        assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1
        assert not set("✔✘⊘●◐○≈✖−–") & set(text)
        rows = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert len({line.count(" & ") for line in rows}) == 1
    assert r"75 \% of" in claims_latex(page.cells[0].primary)


def test_only_methods_that_were_used_are_cited() -> None:
    gated = report_pages.study(report_pages.cell(report_pages.passed()))
    keys = [reference.key for reference in references(gated)]
    assert keys == sorted(keys)
    assert {"elliott2015", "fieller1954"} <= set(keys)
    assert "wheeler2018" not in keys
    failed = report_pages.study(report_pages.cell(report_pages.failed()))
    assert "wheeler2018" in [reference.key for reference in references(failed)]
    assert bibliography(gated).count("@article{") == len(keys)
    assert "doi = {10.3982/ECTA10535}" in bibliography(gated)
