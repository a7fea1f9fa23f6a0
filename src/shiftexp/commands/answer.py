"""What a command answers: text for a reader and plain data for a machine; refusals likewise."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from shiftexp.errors import Problem, ShiftexpError, StudyError

OUT = "out"  # the key of refusals to write


@dataclass(frozen=True)
class Answer:
    """What a command says.

    Parameters
    ----------
    text : str
        For a reader.
    data : mapping of str to object
        For a machine: one JSON document.
    """

    text: str
    data: Mapping[str, object]

    def shown(self, *, machine: bool) -> str:
        """Return what is printed.

        Parameters
        ----------
        machine : bool
            Whether JSON is asked for.

        Examples
        --------
        >>> Answer("2 units", {"units": 2, "share": float("nan")}).shown(machine=True)
        '{"units": 2, "share": null}'
        """
        return as_json(self.data) if machine else self.text


def as_json(data: Mapping[str, object]) -> str:
    """Return data as one line of JSON; numbers that are not finite become null.

    Parameters
    ----------
    data : mapping of str to object
        Texts, numbers, lists and mappings.
    """
    return json.dumps(_plain(data), ensure_ascii=False, allow_nan=False)


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return a table as a list of rows.

    Parameters
    ----------
    frame : DataFrame
        The table.
    """
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def refusal(error: ShiftexpError, file: str) -> Answer:
    """Return a refusal: what was refused, in which file, at which key, and what to do.

    Parameters
    ----------
    error : ShiftexpError
        The refusal.
    file : str
        The file that the command was given; empty without one.

    Examples
    --------
    >>> error = StudyError(Problem("0 rows", "a row", "add one"), key="data.file")
    >>> refusal(error, "study.toml").text
    'shiftexp: StudyError: study.toml: 0 rows; needed: a row; to do: add one'
    """
    kind = type(error).__name__
    key = error.key if isinstance(error, StudyError) else ""
    if key == OUT:
        file = ""  # what was read is not at fault
    where = f"{file}: " if file and file not in str(error) else ""
    problems = [_problem(problem, file, problem.key or key) for problem in error.problems]
    return Answer(
        f"shiftexp: {kind}: {where}{error}", {"error": {"type": kind, "problems": problems}}
    )


def _problem(problem: Problem, file: str, key: str) -> dict[str, object]:
    """Return one problem with its place; the key is not said twice."""
    found = {"file": file, **asdict(problem), "key": key}
    return found | {"given": problem.given.removeprefix(f"{key}: ")}


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a value as JSON knows it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | None) else str(value)
