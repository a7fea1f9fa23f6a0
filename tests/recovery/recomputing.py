"""Cells of stored tables chosen by the commit's hash, and what they give when measured again."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Mapping
from pathlib import Path

import shiftexp
from tests.recovery.grid import measure
from tests.recovery.make_tables import Line, identity, line
from tests.recovery.measure import Cell

ROOT = Path(__file__).resolve().parents[2]


def chooser() -> random.Random:
    """Return choices that follow from the commit, or the version where there is no repository."""
    command = ["git", "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return random.Random(shiftexp.__version__)  # noqa: S311 - repeatable, not a secret
    return random.Random(answer.stdout.strip())  # noqa: S311 - likewise


def stored(cell: Cell, tables: Mapping[str, list[Line]]) -> list[Line]:
    """Return the rows of a cell as they stand in its table."""
    named = identity(cell)
    return [row for row in tables[cell.table] if all(row[k] == v for k, v in named.items())]


def assert_recomputed(cell: Cell, tables: Mapping[str, list[Line]]) -> None:
    """Measure a cell again: it gives the numbers that are stored."""
    again = [line(cell, rate) for rate in measure(cell)]
    assert again
    assert [{k: row[k] for k in again[0]} for row in stored(cell, tables)] == again
