"""The HTML page stands alone, escapes what comes from data, and can be used without a mouse."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from shiftexp.report import StudyPage, render
from shiftexp.verdict import LANGUAGES
from tests import report_pages

_VOID = {"meta", "br", "img", "input", "link", "hr"}


class _Outline(HTMLParser):
    """Reads tags in order and checks that they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _read(page: str) -> _Outline:
    outline = _Outline()
    outline.feed(page)
    assert not outline.open
    return outline


@pytest.fixture(scope="module")
def page() -> str:
    return report_pages.written()["en"]


@pytest.fixture(scope="module")
def outline(page: str) -> _Outline:
    return _read(page)


def test_markup_in_data_is_shown_and_never_run() -> None:
    page = render(report_pages.hostile())
    assert report_pages.HOSTILE not in page
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 4
    assert not any("alert(1)<" in script or "<script" in script for script in scripts)
    assert report_pages.HOSTILE.replace("<", "&lt;").replace(">", "&gt;") in page
    assert 'href="javascript' not in page
    _read(page)


def test_page_loads_nothing_from_anywhere(page: str, outline: _Outline) -> None:
    tags = {tag for tag, _ in outline.tags}
    assert not tags & {"link", "img", "iframe", "object", "embed", "base"}
    assert not re.search(r"@import|\bsrc\s*=", page)
    assert all(target.startswith("#") for target in re.findall(r"url\(\s*['\"]?([^)]*)\)", page))
    assert all(set(attrs) <= {"type"} for tag, attrs in outline.tags if tag == "script")
    for tag, attrs in outline.tags:
        for name in ("href", "xlink:href"):
            target = attrs.get(name) or "#"
            assert tag == "a" or target.startswith("#")
        assert not [name for name in attrs if name.startswith("on")]


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(outline: _Outline) -> None:
    ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = [attrs.get("href") or "" for tag, attrs in outline.tags if tag == "a"]
    inside = [target[1:] for target in targets if target.startswith("#")]
    assert "cell-2" in inside
    assert set(inside) <= set(ids)


def test_every_table_has_caption_and_scoped_heads(page: str, outline: _Outline) -> None:
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert len(tables) > 10
    for table in tables:
        assert len(re.findall(r"<caption[^>]*>.+?</caption>", table)) == 1
    assert all(attrs.get("scope") in {"col", "row"} for tag, attrs in outline.tags if tag == "th")


def test_headings_step_down_one_level_at_a_time(outline: _Outline) -> None:
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_figures_are_drawn_inside_and_named_for_a_screen_reader(outline: _Outline) -> None:
    drawings = [attrs for tag, attrs in outline.tags if tag == "svg"]
    assert len(drawings) >= 4
    assert all(attrs.get("role") == "img" and attrs.get("aria-label") for attrs in drawings)
    captions = [tag for tag, _ in outline.tags if tag == "figcaption"]
    by_script = [attrs for _, attrs in outline.tags if "data-plane" in attrs]
    assert len(captions) == len(drawings) + len(by_script)


def test_states_and_statuses_are_shape_and_words_not_colour_alone(page: str) -> None:
    badges = re.findall(
        r'<span class="badge [^"]+"><span class="sign"[^>]*>(.)</span> ([^<]+)', page
    )
    assert ("⊘", "Data gate failed: no model-based claim") in badges
    assert ("✔", "supported") in badges
    shapes = dict(badges)
    assert len(set(shapes)) == len(shapes)


def test_failed_gate_says_that_it_does_not_mean_nothing(page: str) -> None:
    section = page[page.index('id="cell-2"') : page.index('id="methods"')]
    assert "This does not mean that nothing happened" in section
    assert "had no part in it" in section


def test_sentences_stand_before_tables_and_beside_the_earlier_conclusion(page: str) -> None:
    section = page[page.index('id="cell-1"') : page.index('id="cell-2"')]
    places = [
        section.index(words)
        for words in (
            "What changed, and by how much",
            "How much of it can have come from the other side",
            "What to collect to know",
            "What earlier work concluded",
            "<blockquote>shift</blockquote>",
            "<table>",
        )
    ]
    assert places == sorted(places)


def test_contents_stand_before_the_findings_and_name_every_cell(page: str) -> None:
    contents = page[page.index("<nav") : page.index("</nav>")]
    assert page.index("<nav") < page.index('<main id="main">')
    places = re.findall(r'href="#([^"]+)"', contents)
    assert places == [
        "answers-title", "matrix-title", "how-title", "methods", "cell-1", "cell-2",
    ]  # fmt: skip
    assert contents.count('class="badge') == 2


def test_a_cell_is_folded_where_there_are_several_and_open_alone(page: str) -> None:
    assert page.count('<details class="rest">') == 2
    section = page[page.index('id="cell-1"') : page.index('id="cell-2"')]
    shown, folded = section.split('<details class="rest">')
    assert "In short" in shown
    assert "To be read out" in shown
    assert "What the series say" in folded
    alone = render(report_pages.study(report_pages.cell(report_pages.failed())))
    assert '<details class="rest" open>' in alone
    assert "<nav" not in alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paragraph_in_the_language_of_the_page_comes_first_and_open(language: str) -> None:
    found = re.findall(r'<details class="spoken"[^>]*>', report_pages.written()[language])
    assert len(found) == 6
    for first, *others in (found[:3], found[3:]):
        assert first.endswith(f'lang="{language}" open>')
        assert not any(other.endswith("open>") for other in others)


def test_a_reason_inside_a_sentence_is_marked_as_english() -> None:
    for language, marked in (("en", 0), ("nl", 1), ("fr", 1)):
        page = report_pages.written()[language]
        three = re.findall(r'<div class="three">.*?</div>', page, re.DOTALL)[1]
        assert "counted fall, no caps" in three
        assert three.count('<span lang="en">counted fall, no caps</span>') == marked


def test_tables_of_a_failed_design_are_all_there(page: str) -> None:
    section = page[page.index('id="cell-2"') : page.index('id="methods"')]
    captions = " ".join(re.findall(r"<caption>([^<]+)", section))
    for words in ("Change of each side", "Two windows of counts", "Claims", "Limits on what can"):
        assert words in captions
    assert "For which caps a shift would be supported" in captions
    assert "Estimates" not in captions
    assert "Values and their quality" in captions
    assert '<a href="https://example.org/report">https://example.org/report</a>' in section


@pytest.mark.slow
def test_same_study_gives_the_same_bytes() -> None:
    pages = report_pages.study(report_pages.cell(report_pages.failed()))
    assert render(pages) == render(pages)


def test_no_name_of_earlier_work_is_built_in(page: str) -> None:
    assert "DISMARK" not in page


@pytest.mark.slow
def test_bundled_study_has_all_its_cells(demo_page: StudyPage) -> None:
    page = render(demo_page)
    outline = _read(page)
    ids = [str(attrs.get("id")) for tag, attrs in outline.tags if tag == "section"]
    assert [f"cell-{i}" for i in range(1, len(demo_page.cells) + 1)] == [
        name for name in ids if re.fullmatch(r"cell-\d+", name)
    ]
    assert not re.search(r">\s*nan\s*<", page)
