"""Reads a TOML table key by key and collects every wrong key, type and value with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shiftexp.errors import Problem, ShiftexpError, suggest

AT_THE_TOP = ("title", "language", "seed", "margin", "dataset")


@dataclass
class Problems:
    """The problems of a file, in the order met, each with its key."""

    found: list[tuple[str, Problem]] = field(default_factory=list)

    def add(self, key: str, problem: Problem) -> None:
        """Remember a problem at a key."""
        where = replace(problem, given=f"{key}: {problem.given}", key=key)
        self.found.append((key, where))

    def keep(self, key: str, error: ShiftexpError) -> None:
        """Remember all problems of an error at a key."""
        for problem in error.problems:
            self.add(key, problem)


class Keys:
    """One table of the file; what is not asked for by the end is unknown.

    Parameters
    ----------
    table : mapping
        The table as parsed.
    path : str
        Its dotted place in the file, "" at the top.
    problems : Problems
        Where to put what is wrong.
    """

    def __init__(self, table: Mapping[str, Any], path: str, problems: Problems) -> None:
        """Start with nothing asked for."""
        self._table, self._path, self._problems = table, path, problems
        self._asked: set[str] = set()

    def at(self, key: str) -> str:
        """Return the dotted place of a key."""
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        """Tell whether a key is given, and count it as asked for."""
        self._asked.add(key)
        return key in self._table

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        return str(self._typed(key, default, str, "a text in quotes"))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        return bool(self._typed(key, default, bool, "true or false"))

    def whole(self, key: str, default: int) -> int:
        """Return a whole number."""
        return int(self._typed(key, default, int, "a whole number"))

    def number(self, key: str, default: float | None) -> float | None:
        """Return a number."""
        value = self._typed(key, default, (int, float), "a number")
        return None if value is None else float(value)

    def interval(self, key: str, default: tuple[float, float]) -> tuple[float, float]:
        """Return an interval [low, high]."""
        value = self._typed(key, list(default), list, "an interval [low, high]")
        numbers = [v for v in value if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(value) == len(numbers) == len(default):
            return float(value[0]), float(value[1])
        self.wrong(key, value, "two numbers [low, high]", "write for example [0.8, 1.25]")
        return default

    def anything(self, key: str, default: object = None) -> Any:  # noqa: ANN401 - a value of the file
        """Return a value of any type."""
        self._asked.add(key)
        return self._table.get(key, default)

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._typed(key, list(default), list, "a list of texts")
        if all(isinstance(v, str) for v in value):
            return tuple(value)
        self.wrong(key, value, "a list of texts", 'write for example ["AT", "CH"]')
        return default

    def entries(self, key: str, default: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        """Return a list whose entries may be of any type."""
        return tuple(self._typed(key, list(default), list, "a list [...]"))

    def table(self, key: str) -> Keys:
        """Return a table, empty when it is not given."""
        value = self._typed(key, {}, dict, "a table { ... }")
        return Keys(value, self.at(key), self._problems)

    def tables(self, key: str) -> list[Keys]:
        """Return a list of tables."""
        value = self._typed(key, [], list, "a list of tables [{ ... }]")
        rows = [(i, v) for i, v in enumerate(value, start=1) if isinstance(v, dict)]
        if len(rows) < len(value):
            self.wrong(key, value, "a list of tables", "write each entry in braces { ... }")
        return [Keys(v, f"{self.at(key)}[{i}]", self._problems) for i, v in rows]

    def named(self, key: str, name: str) -> list[Keys]:
        """Return a list of tables in which a text stands for a table that holds its name alone."""
        value = self._typed(key, [], list, "a list")
        rows = [(i, {name: v} if isinstance(v, str) else v) for i, v in enumerate(value, start=1)]
        if not all(isinstance(row, dict) for _, row in rows):
            self.wrong(key, value, "names, or tables with a name", 'write for example ["lead_lag"]')
            return []
        return [Keys(row, f"{self.at(key)}[{i}]", self._problems) for i, row in rows]

    def one_of(self, key: str, known: Collection[str], default: str = "") -> str:
        """Return one of the known words."""
        value = self.text(key, default)
        if value and value not in known:
            self.wrong(key, value, "a known word", suggest(value, known))
            return default
        return value

    def wrong(self, key: str, value: object, needed: str, remedy: str) -> None:
        """Remember that a value is wrong."""
        self._problems.add(self.at(key), Problem(repr(value), needed, remedy))

    def keep(self, error: ShiftexpError, key: str = "") -> None:
        """Remember an error of what was built from this table, or from one of its keys."""
        self._problems.keep((self.at(key) if key else self._path) or "file", error)

    def finish(self, /, **instead: Callable[[Any], str]) -> None:
        """Remember every key that nobody asked for; of some it is known what is meant instead."""
        for key, value in self._table.items():
            if key not in self._asked:
                remedy = instead[key](value) if key in instead else self._instead_of(key)
                self._problems.add(self.at(key), Problem(f"key {key!r}", "a known key", remedy))

    def _instead_of(self, key: str) -> str:
        """Say where a key belongs that is unknown here, or which is meant."""
        if self._path and key in AT_THE_TOP:
            return "write it at the top of the file, before the first [table] or [[cell]]"
        return suggest(key, self._asked)

    def rest(self) -> dict[str, Any]:
        """Return the keys nobody asked for yet, and count them as asked for."""
        left = {k: v for k, v in self._table.items() if k not in self._asked}
        self._asked.update(left)
        return left

    def _typed(self, key: str, default: object, kind: type | tuple[type, ...], needed: str) -> Any:  # noqa: ANN401 - a value of the file
        """Return a value of the right type, or its default after remembering the wrong one."""
        self._asked.add(key)
        value = self._table.get(key, default)
        mistaken = isinstance(value, bool) and kind is not bool
        if key in self._table and (mistaken or not isinstance(value, kind)):
            self.wrong(key, value, needed, f"change it to {needed}")
            return default
        return value
