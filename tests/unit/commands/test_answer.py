"""Unit tests of answers: JSON that every reader takes, and refusals with their place."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from shiftexp.commands.answer import OUT, Answer, as_json, records, refusal
from shiftexp.errors import PanelError, Problem, StudyError

PROBLEM = Problem("cell[1].x: key 'x'", "a known key", "did you mean 'name'?", key="cell[1].x")


def test_json_holds_only_what_json_knows() -> None:
    frame = pd.DataFrame({"n": [1], "share": [np.nan], "high": [np.inf], "ok": [True], "a": ["é"]})
    said = as_json({"rows": records(frame), "pair": (np.int64(1), np.float64(0.5)), "none": None})
    row = {"n": 1, "share": None, "high": None, "ok": True, "a": "é"}
    assert json.loads(said) == {"rows": [row], "pair": [1, 0.5], "none": None}
    assert said.isascii() is False


def test_an_answer_has_two_forms() -> None:
    answer = Answer("one", {"n": 1})
    assert answer.shown(machine=False) == "one"
    assert answer.shown(machine=True) == '{"n": 1}'


@pytest.mark.parametrize(
    ("error", "file", "text", "problem"),
    [
        (
            StudyError(PROBLEM, key="cell[1].x"),
            "s.toml",
            "shiftexp: StudyError: s.toml: cell[1].x: key 'x'; needed",
            {"file": "s.toml", "key": "cell[1].x", "given": "key 'x'"},
        ),
        (
            PanelError(Problem("s.csv has 0 rows", "a row", "add one", ("row 1",))),
            "s.csv",
            "shiftexp: PanelError: s.csv has 0 rows (row 1); needed",
            {"file": "s.csv", "key": "", "given": "s.csv has 0 rows", "rows": ["row 1"]},
        ),
        (
            StudyError(Problem("file 'a' exists", "a new file", "name another"), key=OUT),
            "s.csv",
            "shiftexp: StudyError: file 'a' exists; needed",
            {"file": "", "key": "out", "given": "file 'a' exists"},
        ),
    ],
)
def test_a_refusal_names_its_place(
    error: StudyError | PanelError, file: str, text: str, problem: dict[str, object]
) -> None:
    answer = refusal(error, file)
    assert answer.text.startswith(text)
    said = json.loads(answer.shown(machine=True))["error"]
    assert said["type"] == type(error).__name__
    (found,) = said["problems"]
    assert set(found) == {"file", "key", "given", "needed", "remedy", "rows"}
    assert found == found | problem
