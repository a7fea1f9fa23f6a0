"""What a design may be written with: lists as tuples, texts as names, readable periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shiftexp.errors import Problem
from shiftexp.panel.calendar import PeriodError, read_period

_SIDES = ("origin", "destination")
_LISTS = ("donors", "allow", "quality", "exclude", "breaks")
_PERIODS = ("start", "end")
_NAMES = "a text, such as 'NL', or a tuple of them"


def plain(value: object) -> object:
    """Return lists, arrays and columns as tuples; a period, text or None as it is.

    Examples
    --------
    >>> import numpy as np
    >>> plain(np.array(["AT", "CH"]))
    ('AT', 'CH')
    """
    listed = isinstance(value, Iterable) and not isinstance(
        value, str | bytes | set | frozenset | Mapping
    )
    if not listed or isinstance(value, tuple):
        return value
    found = value.tolist() if hasattr(value, "tolist") else value
    return tuple(found) if isinstance(found, Iterable) else found


def kind_problems(given: Mapping[str, object]) -> dict[str, Problem]:
    """Return, by field, what is written with another kind of thing than the field takes.

    Parameters
    ----------
    given : mapping of str to object
        The fields of a design.
    """
    problems = [
        *(_side_problem(name, given[name]) for name in _SIDES),
        *(_list_problem(name, given[name]) for name in _LISTS),
        *(_period_problem(name, given[name]) for name in _PERIODS if given[name] is not None),
        _onset_problem(given["onset"]),
    ]
    return dict(problem for problem in problems if problem)


def is_readable(period: object) -> bool:
    """Tell whether a value is a period."""
    try:
        read_period(period)
    except PeriodError:
        return False
    return True


def _side_problem(name: str, value: object) -> tuple[str, Problem] | None:
    """Return the problem of a side that is neither a name, nor names, nor None."""
    named = value is None or isinstance(value, str) or (isinstance(value, tuple) and _texts(value))
    if named:
        return None
    return name, Problem(f"{name} = {value!r}", _NAMES + ", or None", f"write {name}='NL'")


def _list_problem(name: str, value: object) -> tuple[str, Problem] | None:
    """Return the problem of a field that takes several texts, or several periods."""
    if name == "breaks" and isinstance(value, str):
        return None
    if name == "quality" and value is None:
        return None
    if isinstance(value, str):
        return name, Problem(
            f"{name} = {value!r}", "a tuple of texts", f"write {name}=({value!r},)"
        )
    fits = _periods if name == "exclude" else _texts
    if isinstance(value, tuple) and fits(value):
        return None
    needed = "a tuple of periods" if name == "exclude" else "a tuple of texts"
    example = "(2020,)" if name == "exclude" else "('AT', 'CH')"
    if name == "breaks":
        example = "('2018:NL:dummy',)"
    elif name == "quality":
        example = "('ok', 'approximate')"
    return name, Problem(f"{name} = {value!r}", needed, f"write {name}={example}")


def _period_problem(name: str, value: object) -> tuple[str, Problem] | None:
    """Return the problem of a period that cannot be read."""
    if is_readable(value):
        return None
    return name, Problem(f"{name} = {value!r}", "a period", f"write {name}=2012, or '2012-03'")


def _onset_problem(value: object) -> tuple[str, Problem] | None:
    """Return the problem of an onset that is neither a period nor two of them."""
    ends = value if isinstance(value, tuple) else (value,)
    if len(ends) in {1, 2} and (len(ends) == 2 or not isinstance(value, tuple)) and _periods(ends):
        return None
    needed = "one period, or (first, last)"
    remedy = "write onset=2012, '2012Q3' or '2012-03', or a range, onset=(2012, 2015)"
    if isinstance(value, str) and is_readable(plain := "".join(value.split()).upper()):
        remedy = f"write onset={plain!r}"
    return "onset", Problem(f"onset = {value!r}", needed, remedy)


def _texts(values: tuple[object, ...]) -> bool:
    """Tell whether all of several values are texts."""
    return all(isinstance(value, str) for value in values)


def _periods(values: tuple[object, ...]) -> bool:
    """Tell whether all of several values are periods."""
    return all(map(is_readable, values))
