"""What several test modules share: the bundled study, run once, and its files, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from shiftexp.report.page import StudyPage
from shiftexp.study import Study
from shiftexp.study.outputs import write_outputs


@pytest.fixture(scope="session")
def demo_page() -> StudyPage:
    """Return the bundled study as run."""
    return Study.demo().run()


@pytest.fixture(scope="session")
def demo_folder(demo_page: StudyPage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that a run of the bundled study leaves behind."""
    folder = tmp_path_factory.mktemp("demo")
    write_outputs(demo_page, folder)
    return folder
