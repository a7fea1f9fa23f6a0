"""The lowest lane: what is promised is what is installed."""

from __future__ import annotations

import pytest

from tools.lowest import PROJECT, lowest

PROJECT_TEXT = """
[project]
dependencies = ["numpy>=2.0", "pandas>=2.2.2"]

[project.optional-dependencies]
cli = ["shtab>=1.7"]
scale = ["pyarrow>=17", "pandas>=2.2.2"]
test = ["pytest>=8"]
"""


def test_every_requirement_of_users_is_pinned_once_at_its_lower_limit() -> None:
    assert lowest(PROJECT_TEXT) == ["numpy==2.0", "pandas==2.2.2", "pyarrow==17", "shtab==1.7"]


def test_a_requirement_without_a_lower_limit_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="numpy: needs one lower limit"):
        lowest(PROJECT_TEXT.replace("numpy>=2.0", "numpy"))


def test_this_project_has_a_lower_limit_for_all() -> None:
    assert any(pin.startswith("scipy==") for pin in lowest(PROJECT.read_text("utf-8")))
