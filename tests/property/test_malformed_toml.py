"""Hundreds of malformed study files: each is refused by name, or taken to the last key."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w

import shiftexp as sx
from shiftexp.study import Study
from tests import command
from tests.drawn import each_file
from tests.malformed_studies import RICH, Place, bundled, found, places, study_files, without
from tests.studies import write_values

SAMPLE, MANY = 12, 400
LEAST = 200  # files that differ, of those MANY
SHORT = {"rivals", "events", "inference", "timing"}  # a word or true stands for a table of defaults


def each_study(texts: tuple[str, ...], check: Callable[[bytes], None], examples: int) -> int:
    """Draw files, check each, and return how many differ."""
    return each_file(study_files(texts), check, examples, bytes)


def checked(folder: Path) -> Callable[[bytes], None]:
    """Return what ``check`` must do with a file."""
    path = folder / "study.toml"

    def check(raw: bytes) -> None:
        path.write_bytes(raw)
        told = command.run("check", path, "--json")
        if not command.refused_by_name(told):
            table = tomllib.loads(raw.decode("utf-8-sig"))
            study = Study.from_toml(path)
            assert Study.from_text(study.to_toml(), study.folder) == study
            assert [cell["name"] for cell in told.data["cells"]] == [
                c["name"] for c in table["cell"]
            ]
            written = tomllib.loads(study.to_toml())
            for place in places(table):
                assert_taken(table, place, written, study)

    return check


def assert_taken(
    table: dict[str, Any], place: Place, written: dict[str, Any], study: Study
) -> None:
    """Check that a value is in the study as it was written, or is its default, as if left out."""
    value = found(table, place)
    if isinstance(value, dict | list) or SHORT & set(place):
        return
    try:
        taken = found(written, place)
    except LookupError:
        key = max(i for i, part in enumerate(place) if isinstance(part, str))  # that of its list
        left = without(table, place[: key + 1])
        assert study == Study.from_text(tomli_w.dumps(left), study.folder), place
        plain = key < len(place) - 1 or value in ("", False, True, math.inf) or value in defaults()
        assert plain, (place, value)
    else:
        assert taken == value or taken == str(value), (place, value, taken)


def defaults() -> list[object]:
    """Return what fields of a study, of its parts and of its estimators have by default."""
    spec = Study.demo().spec
    parts: list[Any] = [spec, spec.source, *spec.cells, *spec.estimators, sx.Detection()]
    parts += [sx.InterruptedTimeSeries(), sx.WindowContrast(), sx.CommunicatingVessels()]
    parts += [sx.StructuralTimeSeries(), sx.SyntheticControl(), sx.DifferenceInDifferences()]
    return [f.default for part in parts for f in dataclasses.fields(part)] + [0, 1, 0.1, 1.0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the data that the studies are about."""
    write_values(tmp_path, donors=3)
    return tmp_path


@pytest.fixture
def draft(folder: Path) -> str:
    """Return a study file as ``init`` writes it."""
    words = ("--origin", "O", "--destination", "D", "--onset", 2013, "--donors", "C1", "C2")
    out = folder / "draft.toml"
    told = command.run("init", folder / "values.csv", *words, "--out", out)
    assert told.code == command.DONE, told.said
    return out.read_text(encoding="utf-8")


def test_the_studies_to_be_changed_are_right(folder: Path, draft: str) -> None:
    for text in (RICH, draft):
        checked(folder)(text.encode())
        (folder / "study.toml").write_text(text, encoding="utf-8")
        assert command.run("check", folder / "study.toml").code == command.DONE


def test_a_few_malformed_studies(folder: Path, draft: str) -> None:
    each_study((RICH, draft), checked(folder), SAMPLE)


@pytest.mark.slow
def test_malformed_studies_of_a_file(folder: Path, draft: str) -> None:
    assert each_study((RICH, draft), checked(folder), MANY) >= LEAST


@pytest.mark.slow
def test_malformed_bundled_studies(folder: Path) -> None:
    assert each_study((bundled(),), checked(folder), SAMPLE * 5) >= SAMPLE
