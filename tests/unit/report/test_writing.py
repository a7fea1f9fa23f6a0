"""Reports are written in one step, in the format their name asks for, or refused in words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import shiftexp
from shiftexp.errors import StudyError
from shiftexp.evidence import Bound, Evidence
from shiftexp.report import (
    further_references,
    inference_references,
    question_references,
    render_markdown,
    report,
)
from shiftexp.report import references as references_room
from shiftexp.report.language import Words
from shiftexp.report.latex import (
    _cell,
    _table,
    claims_latex,
    render_latex,
    so_what_latex,
    verdicts_latex,
)
from shiftexp.report.reference import Reference
from shiftexp.report.references import bibliography, references
from shiftexp.report.sheet import Sheet
from shiftexp.report.writing import _study_page
from shiftexp.table import escape_latex
from shiftexp.verdict import LANGUAGES, weigh
from tests import report_pages


@pytest.mark.slow
def test_a_single_verdict_becomes_a_page(tmp_path: Path) -> None:
    verdict = report_pages.passed().verdict
    path = report(verdict, tmp_path / "x.html")
    text = path.read_text(encoding="utf-8")
    assert path == tmp_path / "x.html"
    assert "<title>made up</title>" in text
    assert "What changed, and by how much" in text
    assert [p.name for p in tmp_path.iterdir()] == ["x.html"]


def test_a_verdict_of_evidence_alone_becomes_a_page(tmp_path: Path) -> None:
    bound = Bound("flow", low=2, high=9, unit="visits per year", because="counted")
    verdict = weigh(evidence=[Evidence(about="shift", bound=bound)])
    text = report(verdict, tmp_path / "x.md").read_text(encoding="utf-8")
    assert "between 2 and 9 visits per year" in text


@pytest.mark.slow
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
    assert "1. **What changed, and by how much.**" in text
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
        assert text.count(r"\toprule") == 2 * text.count(r"\bottomrule") == 2
        assert not set("✔✘⊘●◐○≈✖−–") & set(text)
        rows = [line for line in text.splitlines() if line.endswith(r" \\")]
        assert len({line.count(" & ") for line in rows}) == 1
    assert r"75 \% of" in claims_latex(page.cells[0].primary)


def test_signs_and_spaces_of_numbers_are_ones_that_latex_knows() -> None:
    words = Words("fr")
    said = f"{words.percent('−1')} de {words.written('12,345.6')} – ∞ & A_D"
    assert _cell(said) == r"\textminus{}1~\% de 12\,345,6 -- $\infty$ \& A\_D"
    page = report_pages.study(report_pages.cell(report_pages.passed())).in_language("fr")
    assert not {"\u00a0", "\u202f"} & set(render_latex(page))


def test_columns_of_latex_fill_the_line_and_no_mark_is_left() -> None:
    page = report_pages.study(report_pages.cell(report_pages.passed()))
    table = re.compile(r"\\begin\{longtable\}.*?\\end\{longtable\}", re.DOTALL)
    assert len(table.findall(render_latex(page))) == 4
    for text in table.findall(render_latex(page)):
        widths = [float(w) for w in re.findall(r"dimexpr ([\d.]+)\\linewidth", text)]
        head = next(line for line in text.splitlines() if line.endswith(r" \\"))
        assert len(widths) == head.count(" & ") + 1
        assert sum(widths) == pytest.approx(1, abs=0.01)
        assert not re.search(r"(^|& )[?✔✘] ", text, re.MULTILINE)
    so_what = so_what_latex(page.cells[0].primary)
    widths = [float(w) for w in re.findall(r"dimexpr ([\d.]+)\\linewidth", so_what)]
    assert widths[2] > 0.5


def test_no_column_of_latex_is_narrower_than_its_words() -> None:
    long = "a text of many words that runs on and on, as long as it likes, to the end of the page"
    rows = (("inconclusive", "0.05", long, "Betrouwbaarheid"), ("falls", "0.1", long, "95 %"))
    text = _table(
        Sheet("It", ("Status", "p", "In words", "Level"), rows, numeric=frozenset({1})), "tab:it"
    )
    widths = [float(w) for w in re.findall(r"dimexpr ([\d.]+)\\linewidth", text)]
    assert sum(widths) == pytest.approx(1, abs=0.001)
    for share, word in zip(
        widths, ("inconclusive", "0.05", "words", "Betrouwbaarheid"), strict=True
    ):
        assert share * 80 > len(word) + 1
    assert widths[2] == max(widths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_latex_holds_no_sign_that_pdflatex_does_not_know(language: str) -> None:
    """Those of Latin alphabets and what T1 fonts have: the narrow blank of 12 300 stopped it."""
    page = report_pages.study(report_pages.cell(report_pages.passed()))
    text = render_latex(page.in_language(language))
    assert not {c for c in text if ord(c) > 0x17F}
    signs = "12\u202f300 \u2212 \u221e \u2192"
    assert escape_latex(signs) == r"12\,300 \textminus{} $\infty$ $\to$"


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


ENTRY = re.compile(r"^@(\w+)\{(\w+),\n(.*?)\n\}$", re.DOTALL | re.MULTILINE)


PLACE = {"article": "journal", "book": "publisher", "misc": "howpublished"}


def _entries(bib: str) -> dict[str, dict[str, str]]:
    """Return the entries of a BibTeX file; every brace has its other."""
    assert bib.count("{") == bib.count("}")
    found = {}
    for kind, key, body in re.findall(
        r"^@(\w+)\{(\w+),\n(.*?)\n\}$", bib, re.DOTALL | re.MULTILINE
    ):
        fields = dict(re.findall(r"^  (\w+) = \{(.+)\},?$", body, re.MULTILINE))
        assert len(fields) == body.count("\n") + 1, key
        assert PLACE[kind] in fields, key
        found[key] = fields
    assert len(found) == bib.count("@")
    return found


def test_every_key_that_is_cited_stands_in_the_bibliography() -> None:
    cells = (report_pages.cell(report_pages.passed()), report_pages.cell(report_pages.failed()))
    for language in LANGUAGES:
        page = report_pages.study(*cells).in_language(language)
        entries = _entries(bibliography(page))
        cited = re.findall(r"\\cite\{(\w+)\}", render_latex(page))
        assert len(cited) == len(set(cited))
        assert set(cited) == set(entries)
        for key, fields in entries.items():
            assert {"author", "title", "year", "doi"} <= set(fields), key
            assert re.fullmatch(r"10\.\d{4,9}/\S+", fields["doi"]), key
            assert re.fullmatch(r"(19|20)\d\d", fields["year"]), key


@pytest.mark.parametrize(
    ("estimator", "inference", "cited"),
    [
        ("InterruptedTimeSeries(trend=False)", "EMW-LL", {"bernal2017", "elliott2015"}),
        ("InterruptedTimeSeries(trend=False)", "withheld (it bends)", {"bernal2017"}),
        (
            "Permutation(InterruptedTimeSeries(trend=False))",
            "permutation over units, signed",
            {"bernal2017", "mackinnon2020"},
        ),
        (
            "ConleyTaber(model=DifferenceInDifferences(), rng=1)",
            "Conley-Taber, donors one at a time",
            {"donald2007", "conley2011"},
        ),
        (
            "EndOfSample(DifferenceInDifferences())",
            "end-of-sample",
            {"donald2007", "andrews2003", "andrews2006"},
        ),
        (
            "SyntheticControl(augment=1.0)",
            "EMW-LL",
            {"abadie2010", "chernozhukov2025", "benmichael2021", "elliott2015"},
        ),
        (
            "SyntheticControl(augment=None)",
            "EMW-LL",
            {"abadie2010", "chernozhukov2025", "elliott2015"},
        ),
        ("SpilloverSyntheticControl()", "EMW-LL", {"cao2019", "elliott2015"}),
    ],
)
def test_a_result_cites_its_model_its_wrapper_and_the_test_it_used(
    estimator: str, inference: str, cited: set[str]
) -> None:
    result = replace(report_pages.simulated(), estimator=estimator, inference=inference)
    found = references(report_pages.study(report_pages.cell(report_pages.passed(result))))
    assert {r.key for r in found} - {"guerette2009", "fieller1954"} == cited


def test_publications_stand_by_the_names_that_estimators_have() -> None:
    assert set(references_room._BY_ESTIMATOR) <= set(dir(shiftexp))
    wrapped = repr(shiftexp.FermanPinto(shiftexp.SyntheticControl(augment=2.0)))
    result = replace(report_pages.simulated(), estimator=wrapped, inference="Ferman-Pinto")
    found = references(report_pages.study(report_pages.cell(report_pages.passed(result))))
    assert {"ferman2019", "abadie2010", "benmichael2021"} <= {r.key for r in found}


def test_negative_controls_are_cited_where_there_are_any() -> None:
    primary, quiet = report_pages.passed(), replace(report_pages.passed(), role="negative_control")
    cell = report_pages.cell(primary)
    keys = [
        [r.key for r in references(report_pages.study(c))]
        for c in (cell, replace(cell, others=(quiet,)))
    ]
    assert ["lipsitch2010" in found for found in keys] == [False, True]


def test_books_and_preprints_are_no_articles() -> None:
    entries = "".join(r.bibtex for r in vars(references_room).values() if isinstance(r, Reference))
    assert "@book{harvey1989" in entries
    assert "publisher = {Cambridge University Press}" in entries
    assert not re.search(r"journal = \{arXiv", entries)
    assert entries.count("howpublished = {arXiv") == entries.count("@misc{") == 3


def test_what_tex_reads_as_a_command_is_escaped() -> None:
    made = Reference("k", "use", "A & B", "100 % of_it", "J", "2001", "", "1–2", "10.1000/x_1")
    (fields,) = _entries(made.bibtex.rstrip()).values()
    assert fields["author"] == r"A \& B"
    assert fields["title"] == r"{100 \% of\_it}"
    assert fields["pages"] == "1--2"
    assert "volume" not in fields
    assert fields["doi"] == "10.1000/x_1"


def test_all_references_make_one_bibliography_without_twins() -> None:
    rooms = (references_room, inference_references, question_references, further_references)
    found = {v for room in rooms for v in vars(room).values() if isinstance(v, Reference)}
    assert len(_entries("\n".join(r.bibtex for r in found))) == len(found)


def test_latex_holds_all_tables_in_the_language_of_the_page() -> None:
    page = report_pages.study(report_pages.cell(report_pages.passed())).in_language("fr")
    text = render_latex(page)
    assert 2 * text.count(r"\begin{longtable}") == text.count(r"\toprule") == 8
    assert "Conséquences" in text
    packages = ("[T1]{fontenc}", "{booktabs,array,longtable}")
    assert all(rf"\usepackage{each}" in text.partition("\n\n")[0] for each in packages)
    assert "Restent en anglais" in text
    assert "stays" not in render_latex(page.in_language("en"))
    labels = re.findall(r"\\label\{([^}]*)\}", text)
    assert len(labels) == len(set(labels)) == 4
