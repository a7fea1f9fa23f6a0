"""The built site is whole and stands alone: every name, no page with an error, nothing remote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import shiftexp
from tests.chromium import Page

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "build" / "site"
REMOTE = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
ADDRESSES = {"src", "srcset", "data", "poster"}  # of any element; and `href` of a link element
pytestmark = pytest.mark.site


def _pages() -> list[Path]:
    pages = sorted(SITE.rglob("*.html"))
    assert pages, "there is no site: run `make site`"
    return pages


class _Reader(HTMLParser):
    """Collects the anchors of a page, and what a browser would fetch to show it."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.fetched: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors += filter(None, [given.get("id")])
        wanted = ADDRESSES | ({"href"} if tag in {"link", "use"} else set())
        self.fetched += [value for name, value in attrs if name in wanted and value]
        if tag == "img" and not given.get("alt"):
            self.silent.append(str(given.get("src")))


def _read(page: Path) -> _Reader:
    reader = _Reader()
    reader.feed(page.read_text("utf-8"))
    return reader


def test_every_public_name_is_documented_once() -> None:
    seen = Counter(anchor for page in _pages() for anchor in _read(page).anchors)
    names = shiftexp.__all__
    assert {name: seen[f"shiftexp.{name}"] for name in names} == dict.fromkeys(names, 1)


def test_every_section_of_the_methods_has_its_page() -> None:
    titles = re.findall(r"^## (.+)$", (ROOT / "METHODS.md").read_text("utf-8"), re.MULTILINE)
    shown = [page.read_text("utf-8") for page in (SITE / "methods").glob("*.html")]
    assert [t for t in titles if not any(f">{t}<" in re.sub(r"\s", " ", s) for s in shown)] == []


def test_no_page_and_no_style_names_a_remote_asset() -> None:
    found = {(p.name, url) for p in _pages() for url in _read(p).fetched if REMOTE.match(url)}
    for sheet in SITE.rglob("*.css"):
        urls = re.findall(r"(?:url\(|@import )\s*[\"']?([^\"')]+)", sheet.read_text("utf-8"))
        found |= {(sheet.name, url) for url in urls if REMOTE.match(url)}
    assert found == set()


def test_every_picture_says_what_it_shows() -> None:
    assert [image for page in _pages() for image in _read(page).silent] == []


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One browser for all pages."""
    with Page(tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.mark.browser
def test_every_page_opens_from_disk_whole_without_an_error_or_a_request(browser: Page) -> None:
    told = {}
    for path in _pages():
        if path.name == "404.html":  # for servers: its addresses start at their root
            continue
        browser.load(path)
        entries = browser.events("Log.entryAdded") + browser.events("Runtime.exceptionThrown")
        asked = [event["request"]["url"] for event in browser.events("Network.requestWillBeSent")]
        remote = [url for url in asked if not url.startswith(("file:", "data:"))]
        blank = browser.run("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
        if entries or remote or blank:
            told[path.relative_to(SITE).as_posix()] = (entries, remote, blank)
    assert told == {}


@pytest.mark.browser
def test_the_search_works_from_disk(browser: Page) -> None:
    browser.call("Emulation.setFocusEmulationEnabled", enabled=True)
    browser.load(SITE / "index.html")
    browser.run(
        "const query = document.querySelector('[data-md-component=search-query]');"
        "query.focus(); query.value = 'breakdown scale';"
        "query.dispatchEvent(new Event('keyup', {bubbles: true}))"
    )
    first = browser.wait("document.querySelector('.md-search-result__item')?.innerText")
    assert "breakdown" in first.lower()
