"""Whole pages in a real browser, in every language: quiet, in place, driven, dark, on paper."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shiftexp.report.detection_slider import effect_rows
from shiftexp.report.language import Words
from shiftexp.report.wording import place, with_side
from shiftexp.verdict import LANGUAGES
from tests import report_pages
from tests.chromium import Page

WIDTHS = (360, 768, 1280)
CELLS = "[...document.querySelectorAll('{}')].map((cell) => cell.textContent)"
WIDER = """
[...document.querySelectorAll("body *")].filter((element) => {
  const box = element.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !element.closest(".scroll, .plane, pre, .skip");
}).map((element) => element.outerHTML.slice(0, 80))
"""
DESK = WIDTHS[-1]  # where there is room for every usual table
CUT_OFF = """
[...document.querySelectorAll(".scroll")].filter(
  (part) => part.querySelector("table") && part.scrollWidth > part.clientWidth + 1
).map((part) => part.textContent.trim().slice(0, 80))
"""
UNFOLDED = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages")
    for language, text in report_pages.written().items():
        (path / f"{language}.html").write_text(text, encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_quiet_and_in_place_at_three_widths(
    browser: Page, folder: Path, language: str
) -> None:
    path = folder / f"{language}.html"
    browser.load(path)
    browser.run(UNFOLDED)
    for width in WIDTHS:
        browser.resize(width)
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert browser.run(WIDER) == []
        assert width < DESK or browser.run(CUT_OFF) == []
    for event in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
        assert browser.events(event) == []
    asked = [event["request"]["url"] for event in browser.events("Network.requestWillBeSent")]
    assert asked == [path.resolve().as_uri()]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["nl", pytest.param("fr", marks=pytest.mark.slow)])
def test_slider_speaks_the_language_and_its_numbers_are_those_of_python(
    browser: Page, folder: Path, language: str
) -> None:
    words, verdict = Words(language), report_pages.passed().verdict
    browser.load(folder / f"{language}.html")
    browser.run(UNFOLDED)
    browser.run("document.querySelector('input[data-control=destination]').focus()")
    browser.press("ArrowRight", 13)
    sides = zip(("O", "D"), ("origin", "destination"), strict=True)
    origin, destination = (with_side(place(name, words), side, words) for name, side in sides)
    moved = verdict.specifications[0].under(1.0, 1.0, 1.13)
    expected = effect_rows(moved, (origin, destination), 0.95, words=words)
    for key, _, estimate, interval in expected:
        assert browser.run(CELLS.format(f"tr[data-row={key}] td")) == [estimate, interval]
    for claim in verdict.claims_under(1.0, 1.0, 1.13):
        (said,) = browser.run(CELLS.format(f'tr[data-claim="{claim.name}"] [data-now] .badge'))
        assert said.split(" ", 1)[1].strip() == words.status(claim.status)
    (told,) = browser.run(CELLS.format("[data-said]"))
    assert told.startswith(words.text("slider.supported_at").partition("{")[0])
    assert words("slider.chosen") in told
    (caption, _) = browser.run(CELLS.format("section.detection caption"))
    assert words("slider.chosen") in caption
    names = browser.run(CELLS.format("section.detection .sector text"))
    assert words.sector("expansion") in names


@pytest.mark.slow
@pytest.mark.browser
def test_dark_is_dark_and_paper_is_a_document(browser: Page, folder: Path) -> None:
    browser.load(folder / "en.html")
    dark = {"name": "prefers-color-scheme", "value": "dark"}
    browser.call("Emulation.setEmulatedMedia", features=[dark])
    assert browser.run(GROUND) == "rgb(21, 24, 28)"
    browser.call("Emulation.setEmulatedMedia", features=[dark | {"value": "light"}])
    assert browser.run(GROUND) == "rgb(255, 255, 255)"
    printed = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 2


@pytest.mark.slow
@pytest.mark.browser
def test_paper_unfolds_what_a_cell_keeps_folded(browser: Page, folder: Path) -> None:
    browser.load(folder / "en.html")
    folded = "document.querySelectorAll('details.rest:not([open])').length"
    seen = "document.querySelector('details.rest table').getBoundingClientRect().height > 0"
    assert browser.run(folded) == 2
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run(folded) == 0
    assert browser.run(seen)
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run(folded) == 2
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert browser.run(seen)
    browser.call("Emulation.setEmulatedMedia", media="")


@pytest.mark.slow
@pytest.mark.browser
def test_the_plane_of_the_slider_is_as_wide_as_the_window_lets_it(
    browser: Page, folder: Path
) -> None:
    browser.load(folder / "fr.html")
    browser.run(UNFOLDED)
    plane = "document.querySelector('[data-plane]')"
    for width in WIDTHS:
        browser.resize(width)
        drawn = f"{plane}.querySelector('svg').viewBox.baseVal.width"
        browser.wait(f"{drawn} === Math.min(640, {plane}.clientWidth)")
        assert browser.run(f"{plane}.scrollWidth <= {plane}.clientWidth")
        outside = browser.run(
            f"(() => {{ const room = {plane}.getBoundingClientRect();"
            f" return [...{plane}.querySelectorAll('text')].filter((text) => {{"
            " const box = text.getBoundingClientRect();"
            " return box.left < room.left - 1 || box.right > room.right + 1;"
            " }).map((text) => text.textContent); })()"
        )
        assert outside == []
        titles = browser.run(
            f"[...{plane}.querySelectorAll('.title')].map((t) => t.getBoundingClientRect())"
            ".map((box) => [box.left, box.right, box.top, box.bottom])"
        )
        (left, _, top, _), (_, right, _, bottom) = titles
        assert left >= right - 1 or top >= bottom - 1


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_drawn_in_light_and_dark(
    browser: Page, folder: Path, language: str, width: int
) -> None:
    browser.load(folder / f"{language}.html")
    for dark in (False, True):
        picture = folder / f"{language}-{width}-{'dark' if dark else 'light'}.png"
        browser.screenshot(picture, width, "body", dark=dark)
        assert picture.stat().st_size > 50_000


@pytest.mark.browser
def test_keyboard_reaches_the_findings_first(browser: Page, folder: Path) -> None:
    browser.load(folder / "nl.html")
    browser.press("Tab")
    focused = "document.activeElement.textContent"
    assert browser.run(focused) == Words("nl")("html.skip")
    outline = "getComputedStyle(document.activeElement).outlineWidth"
    assert browser.run(outline) == "3px"
