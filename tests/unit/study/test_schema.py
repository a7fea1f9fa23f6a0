"""The JSON Schema of study files knows the keys that the reader knows, and takes what it takes."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shiftexp.errors import StudyError
from shiftexp.study import Study, schema_text, study_schema
from shiftexp.study.keys import Keys
from shiftexp.study.known import ESTIMATORS, TIMING, WRAPPERS
from tests.studies import CELL, REFUSING, TOP, small_study

SCHEMA = study_schema()
BUILT = [
    *(f'{{ name = "{name}" }}' for name in ESTIMATORS),
    *(
        f'{{ name = "InterruptedTimeSeries", inference = {{ name = "{name}" }} }}'
        for name in WRAPPERS
    ),
]
ASKED = [f'{{ name = "{name}" }}' for name in TIMING]
EVERYTHING = f"""{TOP}{CELL}
estimators = [{", ".join(BUILT)}]
timing = [{", ".join(ASKED)}]
indicators = [{{ indicator = "kg" }}]
detection = {{ drift = 0.1 }}
evidence = [{{ about = "shift", bound = {{ high = 1, because = "counted", unit = "kg" }} }}]
falls = [{{ place = "here" }}]
[cell.rivals]
errors = "ar1"
[cell.events]
table = [{{ date = 2012 }}]
[cell.curve]
indicators = [{{ indicator = "kg" }}]
tests = [{{ draws = 9 }}]
[[pool]]
name = "both"
cells = ["a", "b"]
"""
PLACES = {
    "",
    "data",
    "cell",
    "estimators",
    "cell.design",
    "cell.indicators",
    "cell.estimators",
    "cell.estimators.inference",
    "cell.detection",
    "cell.evidence",
    "cell.evidence.bound",
    "cell.falls",
    "cell.timing",
    "cell.rivals",
    "pool",
    "cell.events",
    "cell.events.table",
    "cell.curve",
    "cell.curve.indicators",
    "cell.curve.tests",
}


def faults(text: str) -> list[str]:
    """Return what the schema says of a study file."""
    return [
        error.message for error in Draft202012Validator(SCHEMA).iter_errors(tomllib.loads(text))
    ]


def tables(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every table that a part of the schema may be, references and lists opened."""
    if "$ref" in schema:
        return tables(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return [table for part in schema["anyOf"] for table in tables(part)]
    if "items" in schema:
        return tables(schema["items"])
    return [schema] if "properties" in schema else []


def keys_at(place: str) -> list[set[str]]:
    """Return the keys of every table that the schema allows at a place."""
    found = [SCHEMA]
    for key in filter(None, place.split(".")):
        parts = [t["properties"][key] for t in found if key in t["properties"]]
        found = [table for part in parts for table in tables(part)]
    return [set(table["properties"]) for table in found]


def test_the_schema_is_one_and_the_one_that_is_shipped() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    shipped = files("shiftexp.study") / "study.schema.json"
    assert shipped.read_text("utf-8") == schema_text()


def test_the_schema_knows_the_keys_that_the_reader_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, set[str]]] = []
    finish = Keys.finish

    def note(keys: Keys, **instead: Any) -> None:  # noqa: ANN401 - passed on as they are
        asked.append((re.sub(r"\[\d+\]", "", keys._path), set(keys._asked)))
        finish(keys, **instead)

    monkeypatch.setattr(Keys, "finish", note)
    with pytest.raises(StudyError):  # several classes need more than a name
        Study.from_text(EVERYTHING)
    assert {place for place, _ in asked} == PLACES
    assert [(place, keys) for place, keys in asked if keys not in keys_at(place)] == []
    classes = [keys for place, keys in asked if place == "cell.estimators"]
    assert len(classes) == len(ESTIMATORS) + len(WRAPPERS)


def test_the_bundled_study_and_what_is_written_back_fit() -> None:
    text = (files("shiftexp.study") / "dismark.toml").read_text("utf-8")
    assert faults(text) == []
    assert faults(Study.demo().to_toml()) == []
    assert faults(TOP + CELL + REFUSING) == []


def test_a_study_that_was_read_fits_when_written(tmp_path: Path) -> None:
    assert faults(small_study(tmp_path, cells=CELL + REFUSING).to_toml()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed", "sead", "'sead'"),
        ("seed = 7", 'seed = "7"', "'7' is not of type 'integer'"),
        ("margin = 0.1", "margin = 0", "0 is less than or equal to the minimum of 0"),
        ("InterruptedTimeSeries", "InterruptedTimesSeries", "is not valid under any"),
        ("trend = false", "trent = false", "is not valid under any"),
        ("trend = false", 'trend = "no"', "is not valid under any"),
        ("onset", "onsett", "is not valid under any"),
        ("unit =", "units =", "'units' was unexpected"),
        ("[data]", "[date]", "'date' was unexpected"),
        ("[[cell]]", "[[cells]]", "'cell' is a required property"),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(old: str, new: str, said: str) -> None:
    text = TOP + CELL
    assert faults(text) == []
    wrong = text.replace(old, new)
    assert any(said in fault for fault in faults(wrong))
    with pytest.raises(StudyError):
        Study.from_text(wrong)
