"""The page for everybody: contrast, landmarks, headings and names, in every language."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from shiftexp.plotting import style
from shiftexp.verdict import LANGUAGES
from tests import report_pages

CSS = files("shiftexp.report").joinpath("templates", "style.css").read_text("utf-8")
TEXT, LARGE = 4.5, 3.0  # least contrast of text, and of what only shows where the focus is
INKS = ("ink", "quiet", "link", "good", "bad")
GROUNDS = ("paper", "tint")


class _Elements(HTMLParser):
    """Every element with its attributes, and the words of headings."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


@cache
def _elements(language: str) -> _Elements:
    """Return the elements of a page with a passed and a failed cell."""
    parser = _Elements()
    parser.feed(report_pages.written()[language])
    return parser


def _palettes() -> dict[str, dict[str, str]]:
    """Return the colours of light, dark and print."""
    blocks = re.findall(r":root \{([^}]*)\}", CSS)
    found = [dict(re.findall(r"--(\w+): #([0-9a-fA-F]{3,6})\b", block)) for block in blocks]
    return dict(zip(("light", "dark", "print"), found, strict=True))


def _luminance(colour: str) -> float:
    """Return relative luminance as WCAG defines it."""
    full = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_it_is_defined() -> None:
    assert _contrast("000", "ffffff") == pytest.approx(21.0)
    assert _contrast("777777", "fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_ink_can_be_read_on_every_ground(scheme: str) -> None:
    palette = _palettes()[scheme]
    for ground in GROUNDS:
        for ink in INKS:
            assert _contrast(palette[ink], palette[ground]) >= TEXT, (ink, ground)
        assert _contrast(palette["accent"], palette[ground]) >= LARGE, ground


def _in_the_dark(colour: str) -> str:
    """Return a colour of a figure as the page's filter turns it over in the dark."""
    share = float(
        re.findall(r"\.card svg \{ filter: invert\(([\d.]+)\) hue-rotate\(180deg\)", CSS)[0]
    )
    plain = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    turned = [share + (1 - 2 * share) * part for part in plain]
    # Half a turn, as CSS defines it: twice the luminance less the colour.
    grey = 2 * sum(w * part for w, part in zip((0.213, 0.715, 0.072), turned, strict=True))
    ends = (min(1.0, max(0.0, grey - part)) for part in turned)
    return "".join(f"{round(255 * part):02x}" for part in ends)


def test_figures_in_the_dark_lie_on_the_ground_and_lose_no_contrast() -> None:
    palette, ground = _palettes()["dark"], _in_the_dark(style.WHITE)
    assert palette["card"] == ground
    assert _contrast(ground, palette["paper"]) < 1.1
    for name in ("INK", "GREY", "BLUE", "VERMILION", "GREEN", "PURPLE", "ORANGE", "SKY", "PALE"):
        colour = getattr(style, name)
        light = _contrast(colour.removeprefix("#"), style.WHITE.removeprefix("#"))
        assert _contrast(_in_the_dark(colour), ground) >= light or name == "INK", name
    assert _contrast(_in_the_dark(style.INK), ground) >= 2 * TEXT


def test_focus_is_seen_and_motion_and_the_skip_link_are_minded() -> None:
    assert re.search(r":focus-visible \{ outline: 3px solid var\(--accent\)", CSS)
    assert ".skip:focus" in CSS
    assert not re.search(r"outline:\s*(none|0)", CSS)
    assert "prefers-reduced-motion" in CSS


@pytest.mark.parametrize("language", LANGUAGES)
def test_landmarks_and_the_way_to_the_findings(language: str) -> None:
    page = _elements(language)
    assert [len(page.all(tag)) for tag in ("main", "header", "nav", "h1")] == [1, 1, 1, 1]
    (html,) = page.all("html")
    assert html["lang"] == language
    first = next(attrs for tag, attrs in page.found if tag == "a")
    assert (first["class"], first["href"]) == ("skip", "#main")
    assert all(attrs.get("aria-label") for attrs in page.all("nav"))
    ids = {attrs["id"] for _, attrs in page.found if "id" in attrs}
    named = [a["aria-labelledby"] for a in page.all("section") if "aria-labelledby" in a]
    assert set(named) <= ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_step_down_one_level_at_a_time(language: str) -> None:
    levels = [int(tag[1]) for tag, _ in _elements(language).found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_figures_and_what_scrolls_have_names(language: str) -> None:
    page = _elements(language)
    assert all(attrs.get("scope") in {"row", "col"} for attrs in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))
    drawings = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    assert drawings
    assert all(attrs["aria-label"] for attrs in drawings)
    scrolled = [a for a in page.all("div") if str(a.get("class", "")).startswith("scroll")]
    assert all(a.get("aria-label") and a.get("tabindex") == "0" for a in scrolled)
    sliders = page.all("input")
    labels = {attrs["for"] for attrs in page.all("label")}
    assert {attrs["id"] for attrs in sliders} == labels


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_what_stays_english_says_so_to_a_screen_reader(language: str) -> None:
    marked = [a for tag, a in _elements(language).found if tag in {"span", "div"} and a.get("lang")]
    assert {attrs["lang"] for attrs in marked} == {"en"}
    assert len(marked) > 10
    english = [a for tag, a in _elements("en").found if tag in {"span", "div"} and a.get("lang")]
    assert english == []
