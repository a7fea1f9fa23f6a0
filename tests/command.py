"""One command, run in this process: its code, what it says, and that it never falls over."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import Any

from shiftexp.cli import main

DONE, WRONG_INPUT, WRONG_COMMAND = 0, 1, 2


@dataclass(frozen=True)
class Told:
    """What a command said.

    Attributes
    ----------
    code : int
        How it ended.
    out, err : str
        What it printed.
    """

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that was printed."""
        return self.out + self.err

    @property
    def data(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The JSON document on stdout."""
        return json.loads(self.out)

    @property
    def problems(self) -> list[dict[str, Any]]:
        """The problems of a refusal that was asked for as JSON."""
        found: list[dict[str, Any]] = self.data["error"]["problems"]
        return found


def run(*words: object) -> Told:
    """Run a command; anything but a documented end is an error of the test.

    Parameters
    ----------
    *words : object
        The words after ``shiftexp``.
    """
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:  # argparse ends the process itself
            code = int(ended.code or DONE)
    told = Told(code, out.getvalue(), err.getvalue())
    assert code in {DONE, WRONG_INPUT, WRONG_COMMAND}
    assert "Traceback" not in told.said
    return told


def refused_by_name(told: Told) -> bool:
    """Tell whether a command refused; then with file or key, what is needed and what to do.

    Parameters
    ----------
    told : Told
        What it said, as JSON.
    """
    if told.code == DONE:
        return False
    assert told.problems
    for problem in told.problems:
        assert problem["file"] or problem["key"], problem
        for part in ("given", "needed", "remedy"):
            assert problem[part].strip(), problem
    return True
