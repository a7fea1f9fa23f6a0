"""The names of units and indicators: each a text, told apart by everybody who reads it."""

from __future__ import annotations

from collections.abc import Callable

from shiftexp.errors import Problem
from shiftexp.panel.columns import Columns, quote
from shiftexp.texts import alphabets, likeness, looks, name_problem


def name_problems(columns: Columns, role: str) -> list[Problem]:
    """Find units or indicators that are missing, no text, padded, unclear, or too much alike.

    Parameters
    ----------
    columns : Columns
        The columns by role.
    role : str
        "unit" or "indicator".

    Examples
    --------
    >>> cells = {"unit": ("Li\u00e8ge", "LI\u00c8GE", "Gent")}
    >>> (found,) = name_problems(Columns({"unit": "who"}, cells, (), 3), "unit")
    >>> found.given.split(",")[:2]
    ["unit 'Li\u00e8ge'", " 'LI\u00c8GE' differ only in capitals"]
    """
    cells = columns.cells.get(role, ())
    name = columns.names.get(role)
    odd = [i for i, c in enumerate(cells) if not isinstance(c, str) or not c.strip()]
    padded = [i for i, c in enumerate(cells) if isinstance(c, str) and c.strip() and c != c.strip()]
    found = _unclear(columns, role)
    if odd:
        found.append(
            Problem(
                f"{role} {quote(cells[i] for i in odd)} in column {name!r}",
                f"a text that names the {role}",
                "write every name as text",
                columns.rows(odd),
            )
        )
    if padded:
        found.append(
            Problem(
                f"{role} {quote(cells[i] for i in padded)} has blanks around it",
                "the name alone, since a name with blanks would be another one",
                "strip the blanks",
                columns.rows(padded),
            )
        )
    return found


def _unclear(columns: Columns, role: str) -> list[Problem]:
    """Find names that no reader could see whole, or tell apart."""
    cells = columns.cells.get(role, ())
    # Those with blanks around them are named as such.
    names = dict.fromkeys(c for c in cells if isinstance(c, str) and c and c == c.strip())
    odd = (name_problem(role, name, _rows(columns, role, name)) for name in names if _odd(name))
    found = [problem for problem in odd if problem is not None]
    clear = [name for name in names if not _odd(name)]
    for group in _grouped(clear, likeness):
        given = (
            f"{role} {quote(group)} differ only in capitals, in how letters are stored, or in "
            "joiners that nobody sees"
        )
        remedy = "write all in one way; rename one if they are two"
        rows = _rarest(columns, role, group)
        found.append(Problem(given, f"one way to write a {role}", remedy, rows))
    for group in _grouped(clear, looks):
        if all(len(set(map(apart, group))) > 1 for apart in (likeness, alphabets)):
            told = ", ".join(f"{name!r} ({' and '.join(alphabets(name))})" for name in group)
            given = f"{role} {told} look the same: their letters are of different alphabets"
            remedy = "write all in one alphabet; rename one if they are two"
            rows = _rarest(columns, role, group)
            found.append(Problem(given, f"{role}s that a reader can tell apart", remedy, rows))
    return found


def _grouped(names: list[str], key: Callable[[str], str]) -> list[list[str]]:
    """Return the names that share a key with another, by key."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(key(name), []).append(name)
    return [group for group in alike.values() if len(group) > 1]


def _rarest(columns: Columns, role: str, group: list[str]) -> tuple[str, ...]:
    """Label the rows of the name that is written least often."""
    return min((_rows(columns, role, name) for name in group), key=len)


def _odd(name: str) -> bool:
    """Tell whether anything keeps a text from being a name."""
    return name_problem("name", name) is not None


def _rows(columns: Columns, role: str, name: str) -> tuple[str, ...]:
    """Label the rows of a name."""
    return columns.rows(i for i, cell in enumerate(columns.cells[role]) if cell == name)
