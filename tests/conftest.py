"""What several test modules share: the bundled study, run once, and its tables, written once.

What needs the whole bundled study is a slow test: the fast ones run pages of it.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from shiftexp.plotting.saving import Drawn
from shiftexp.report.page import StudyPage
from shiftexp.study import Study, outputs

_DEMO = {"demo_page", "demo_folder"}


def pytest_collection() -> None:
    """Collect thousands of tests without looking for garbage among them again and again."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make tests of the bundled study slow, and put them first.

    Workers start with a stretch each, so one runs it.
    """
    items.sort(key=lambda item: not _whole(item))
    for item in filter(_whole, items):
        item.add_marker(pytest.mark.slow)


def _whole(item: pytest.Item) -> bool:
    """Tell whether a test needs the whole bundled study."""
    return not _DEMO.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """Take the collected tests out of what each later search for garbage walks through.

    statsmodels searches in every adjustment of p-values: with all tests in sight 0.7 s each.
    """
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def demo_page() -> StudyPage:
    """Return the bundled study as run."""
    return Study.demo().run(n_jobs=1)


@pytest.fixture(scope="session")
def demo_folder(demo_page: StudyPage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that a run of the bundled study leaves behind, nothing drawn."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as monkeypatch:
        leave_out_drawing(monkeypatch)
        outputs.write_outputs(demo_page, folder)
    return folder


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes seconds: a run writes its tables, and an empty report and figures."""
    leave_out_drawing(monkeypatch)


def leave_out_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put empty files in the place of the report and the figures."""

    def blank(_page: StudyPage, path: Path) -> Path:
        path.write_text("")
        return path

    def leave(_figure: Drawn, stem: Path) -> tuple[Path]:
        path = stem.with_name(f"{stem.name}.png")
        path.write_bytes(b"")
        return (path,)

    monkeypatch.setattr(outputs, "report", blank)
    monkeypatch.setattr(outputs, "drawn", lambda _shown, **_options: Drawn([]))
    monkeypatch.setattr(Drawn, "save", leave)
