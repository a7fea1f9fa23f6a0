"""Refuses texts and numbers that no key of a study file takes, wherever they stand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from shiftexp.errors import Problem
from shiftexp.study.keys import Problems
from shiftexp.texts import LONGEST_NAME, hidden_character

LONGEST_TEXT = 10_000
_LARGEST = 2**63 - 1  # of TOML itself, though its reader takes more


def find_unsayable(table: Mapping[str, Any], problems: Problems) -> None:
    r"""Remember texts too long or with hidden characters, and numbers that are none.

    Parameters
    ----------
    table : mapping
        The file as parsed.
    problems : Problems
        Where to put what is wrong.

    Examples
    --------
    >>> found = Problems()
    >>> find_unsayable({"title": "a\u202eb", "margin": float("nan")}, found)
    >>> [key for key, _ in found.found]
    ['title', 'margin']
    """
    for key, value in _leaves(table, ""):
        if isinstance(value, str):
            _text(key, value, problems)
        elif isinstance(value, float) and math.isnan(value):
            problems.add(key, Problem("nan", "a number", "leave the key out, or write a number"))
        elif isinstance(value, int) and abs(value) > _LARGEST:
            given, needed = "a whole number beyond 64 bits", "a number that TOML knows"
            problems.add(key, Problem(given, needed, "write a smaller one"))


def _leaves(value: object, key: str) -> Iterator[tuple[str, object]]:
    """Yield every key and value with its dotted place; a key is a text, too."""
    if isinstance(value, dict):
        for name, entry in value.items():
            place = f"{key}.{name}" if key else str(name)
            if len(name) > LONGEST_NAME or hidden_character(name):
                yield key or "file", name
            else:
                yield from _leaves(entry, place)
    elif isinstance(value, list):
        for i, entry in enumerate(value, start=1):
            yield from _leaves(entry, f"{key}[{i}]")
    else:
        yield key, value


def _text(key: str, text: str, problems: Problems) -> None:
    """Remember a text that is too long, or holds what nobody sees."""
    if len(text) > LONGEST_TEXT:
        given = f"a text of {len(text):,} characters"
        problems.add(key, Problem(given, f"at most {LONGEST_TEXT:,}", "shorten it"))
    elif hidden := hidden_character(text):
        given = f"{text[:LONGEST_NAME]!r} holds {hidden[1]}"
        problems.add(key, Problem(given, "a text that is what it looks like", "take it out"))
