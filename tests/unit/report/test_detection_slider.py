"""The slider in a real browser: driven by keys, its numbers are Python's to the printed digits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from shiftexp.detection import Detection
from shiftexp.effects import StudentLaw
from shiftexp.report import DesignPage, render
from shiftexp.report.detection_slider import effect_rows, ratios_offered, slider_view
from shiftexp.result import Result
from shiftexp.verdict import Verdict
from tests import report_pages
from tests.chromium import Page

DETECTION = Detection(drift=0.03, ratio=(0.5, 2.0), origin=(0.4, 1.0), destination=(0.4, 2.5))
NAMES = ("O (origin)", "D (destination)")
PERCENTS = (-60, -37, -20, 0, 1, 33, 100)
EVERY = tuple(product(PERCENTS, PERCENTS, (0, 1, 2)))
SOME = ((-60, -60, 0), (-37, 33, 2), (0, 0, 1), (1, 100, 0), (33, -20, 1), (100, 100, 2))
Position = tuple[int, int, int]  # percent at the origin and the destination, and which ratio
READ = """
(positions) => {
  const section = document.querySelector("section.detection");
  const inputs = [...section.querySelectorAll("input[data-control]")];
  return positions.map((values) => {
    values.forEach((value, i) => {
      inputs[i].value = value;
      inputs[i].dispatchEvent(new Event("input", { bubbles: true }));
    });
    const cells = (row) => [...row.children].slice(1, 3).map((cell) => cell.textContent);
    const rows = [...section.querySelectorAll("tr[data-row]")]
      .map((r) => [r.dataset.row, ...cells(r)]);
    const claims = [...section.querySelectorAll("tr[data-claim]")]
      .map((r) => [r.dataset.claim, r.querySelector("[data-now] .badge").textContent.trim()]);
    return [rows, claims];
  });
}
"""
SHAPE = "document.querySelector('section.detection .region').getAttribute('points')"


def scaled(result: Result, by: float) -> Result:
    """Return a result with a normal law whose numbers are of another size."""
    mean = np.array([-14.0625, 33.125]) * by
    law = StudentLaw(mean, np.array([[30.0, -6.0], [-6.0, 60.0]]) * by**2, 11.0)
    effects = result.effects
    return replace(
        result,
        effects=replace(
            effects, law=law, mean=mean, base=effects.base * by, observed=effects.observed * by
        ),
    )


def page_of(result: Result) -> DesignPage:
    """Return a design whose detection is declared as intervals."""
    page = report_pages.passed(result)
    return replace(
        page, verdict=Verdict((result,), (), DETECTION, gate=result.gate, name="made_up")
    )


@cache
def usual() -> DesignPage:
    """Return such a design with a normal law."""
    return page_of(scaled(report_pages.simulated(), 1.0))


@cache
def _text(page: DesignPage) -> str:
    """Return the report of one design, rendered once for all tests that show it."""
    return render(report_pages.study(report_pages.cell(page)))


@dataclass(frozen=True, eq=False)
class _Shown:
    """A page in the browser."""

    browser: Page
    folder: Path

    def load(self, page: DesignPage) -> Verdict:
        """Load the report of one design and return what it shows."""
        path = self.folder / "report.html"
        path.write_text(_text(page), encoding="utf-8")
        self.browser.load(path)
        return page.verdict

    def read(self, positions: Sequence[Position]) -> list[list[list[list[str]]]]:
        """Return rows and statuses at every position of the sliders."""
        found: list[list[list[list[str]]]] = self.browser.run(f"({READ})({json.dumps(positions)})")
        return found


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Shown]:
    folder = tmp_path_factory.mktemp("browser")
    with Page(folder) as browser:
        yield _Shown(browser, folder)


def _weighed(verdict: Verdict, position: Position) -> list[list[list[str]]]:
    """Return what Python says at a position of the sliders."""
    origin, destination = (1 + p / 100 for p in position[:2])
    k0 = ratios_offered(DETECTION)[position[2]]
    moved = verdict.specifications[0].under(k0, origin, destination)
    rows = effect_rows(moved, NAMES, 0.95, k0)
    claims = verdict.claims_under(k0, origin, destination)
    return [
        [[key, estimate, interval] for key, _, estimate, interval in rows],
        [[c.name, c.status] for c in claims],
    ]


def _without_signs(found: list[list[list[str]]]) -> list[list[list[str]]]:
    rows, claims = found
    return [rows, [[name, words.split(" ", 1)[1]] for name, words in claims]]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "positions"),
    [
        pytest.param(1.0, SOME, id="some"),
        *(
            pytest.param(size, EVERY, id=f"every one, times {size:g}", marks=pytest.mark.slow)
            for size in (1.0, 1e5, 1e-6)
        ),
    ],
)
def test_numbers_and_claims_are_those_of_python_at_every_position(
    shown: _Shown, size: float, positions: tuple[Position, ...]
) -> None:
    verdict = shown.load(page_of(scaled(report_pages.simulated(), size)))
    for position, found in zip(positions, shown.read(positions), strict=True):
        assert _without_signs(found) == _weighed(verdict, position), position


@pytest.mark.browser
@pytest.mark.parametrize(
    "positions",
    [
        pytest.param(((13, -7, 1),), id="one"),
        pytest.param(
            ((-50, -50, 0), (0, 0, 1), (20, 60, 2), (100, 150, 0)),
            id="further ones",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_tested_law_agrees_too(shown: _Shown, positions: tuple[Position, ...]) -> None:
    verdict = shown.load(page_of(report_pages.simulated()))
    for position, found in zip(positions, shown.read(positions), strict=True):
        assert _without_signs(found) == _weighed(verdict, position), position


@pytest.mark.slow
@pytest.mark.browser
def test_keys_move_the_region_and_the_button_brings_it_back(shown: _Shown) -> None:
    verdict = shown.load(usual())
    before = shown.browser.run(SHAPE)
    shown.browser.run("document.querySelector('input[data-control=origin]').focus()")
    shown.browser.press("ArrowRight", 20)
    said = shown.browser.run("document.querySelector('[data-shown=origin]').textContent")
    assert said == "+20 %"
    rows = shown.browser.run(
        "[...document.querySelectorAll('tr[data-row=origin] td')].map((c) => c.textContent)"
    )
    assert rows == _weighed(verdict, (20, 0, 1))[0][0][1:]
    assert shown.browser.run(SHAPE) != before
    assert "detection chosen" in shown.browser.run(
        "document.querySelector('section.detection caption').textContent"
    )
    shown.browser.run("document.querySelector('[data-reset]').click()")
    assert shown.browser.run(SHAPE) == before


@pytest.mark.slow
@pytest.mark.browser
def test_page_is_quiet_and_asks_the_network_for_nothing(shown: _Shown) -> None:
    shown.load(usual())
    shown.read([(-50, 100, 0), (100, -50, 2)])
    browser = shown.browser
    for event in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
        assert browser.events(event) == []
    asked = [event["request"]["url"] for event in browser.events("Network.requestWillBeSent")]
    assert asked == [(shown.folder / "report.html").resolve().as_uri()]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_page_fits_three_widths(shown: _Shown, width: int) -> None:
    shown.load(usual())
    picture = shown.folder / f"slider-{width}.png"
    shown.browser.screenshot(picture, width, "section.detection", dark=width == 768)
    assert picture.stat().st_size > 10_000
    assert shown.browser.run("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
@pytest.mark.browser
def test_paper_shows_unchanged_detection_and_no_slider(shown: _Shown) -> None:
    verdict = shown.load(usual())
    shown.read([(50, 50, 0)])
    browser = shown.browser
    browser.run("dispatchEvent(new Event('beforeprint'))")
    browser.call("Emulation.setEmulatedMedia", media="print")
    words = "[...document.querySelectorAll('tr[data-row=net] td')].map((c) => c.textContent)"
    assert browser.run(words) == _weighed(verdict, (0, 0, 1))[0][2][1:]
    hidden = "getComputedStyle(document.querySelector('.sliders')).display"
    assert browser.run(hidden) == "none"
    browser.call("Emulation.setEmulatedMedia", media="")
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run("document.querySelector('input').value") == "50"


def test_failed_gate_has_no_slider() -> None:
    assert slider_view(report_pages.failed()) is None


def test_table_without_a_script_is_that_of_unchanged_detection() -> None:
    page = usual()
    view = slider_view(page)
    assert view is not None
    rows = [[key, estimate, interval] for key, _, estimate, interval in view.effects]
    assert rows == _weighed(page.verdict, (0, 0, 1))[0]
    assert [(name, mark.text) for name, _, _, mark in view.claims] == [
        (c.name, c.status) for c in page.verdict.claims
    ]
    assert "0.5 to 2" in view.declared


def test_ends_of_a_slider_hold_what_is_declared() -> None:
    view = slider_view(page_of(report_pages.simulated()))
    assert view is not None
    ends = {c.key: (c.low, c.high) for c in view.controls}
    assert ends == {"origin": (-60, 100), "destination": (-60, 150), "ratio": (0, 2)}


def test_markup_in_a_name_does_not_end_the_data() -> None:
    page = report_pages.hostile().cells[0].primary
    view = slider_view(page)
    assert view is not None
    assert "<" not in view.data
    assert report_pages.HOSTILE in json.loads(view.data)["names"][0]
