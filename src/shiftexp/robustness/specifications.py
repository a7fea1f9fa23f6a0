"""The axes of a specification curve, declared before results are seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from shiftexp.errors import Problem, suggest
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.result import Estimator
from shiftexp.scalars import is_whole, refuse

Period: TypeAlias = int | str
Rule: TypeAlias = Literal["keep", "leave out", "winsorise"]
_A_YEAR = 1000  # an onset is so many periods after the declared one, never a year


@dataclass(frozen=True, kw_only=True)
class Specifications:
    """The choices of every axis; the curve holds each combination of them once.

    Parameters
    ----------
    estimators : tuple of Estimator
        Error models: estimators with their settings, wrapped or not.
    scales : tuple of str, default ("log", "level")
        Scales for the estimators that have one; empty leaves each its own.
    windows : tuple of (start, end), default ()
        First and last periods, None for that of the data; empty takes the design's own.
    onsets : tuple of int, default (-1, 0, 1)
        Onsets, in periods after the declared one; a range moves as a whole.
    donors : mapping or tuple of (name, units), default ()
        Named sets of donors, such as {"far": (...), "near + far": (...)}; empty takes the design's
        own. Near donors are knowingly allowed: naming them here is the declaration.
    efforts : tuple of str, default ()
        Effort models, "none", "offset" or "coefficient", for the estimators that have one; empty
        leaves each its own.
    outliers : tuple of str, default ("keep",)
        "keep", "leave out" or "winsorise" values before the onset that lie more than 3.5 robust
        standard deviations off the robust line of their series.
    indicators : tuple of str, default ()
        Indicators, by name; empty takes all that are given.

    Raises
    ------
    TypeError
        When something that cannot be fitted is among the estimators.
    DesignError
        When an axis is empty, holds a choice twice or one that is unknown; all are listed.

    Notes
    -----
    When not to use it: to try until something is found. What stands here is declared before the
    data are seen, and all of it is shown.

    Examples
    --------
    >>> Specifications(onsets=(0,)).scales
    ('log', 'level')
    """

    estimators: tuple[Estimator, ...] = (
        InterruptedTimeSeries(trend=False),
        InterruptedTimeSeries(trend=True),
    )
    scales: tuple[str, ...] = ("log", "level")
    windows: tuple[tuple[Period | None, Period | None], ...] = ()
    onsets: tuple[int, ...] = (-1, 0, 1)
    donors: tuple[tuple[str, tuple[str, ...]], ...] = ()
    efforts: tuple[str, ...] = ()
    outliers: tuple[str, ...] = ("keep",)
    indicators: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Take lists and mappings as tuples, and refuse what is no axis, everything at once."""
        if isinstance(self.donors, Mapping):
            object.__setattr__(self, "donors", tuple(self.donors.items()))
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _tuples(getattr(self, field.name)))
        for each in _listed(self.estimators):
            if isinstance(each, type) or not callable(getattr(each, "fit", None)):
                message = f"estimators hold {each!r}, which cannot be fitted; build one, such as "
                raise TypeError(f"{message}sx.InterruptedTimeSeries()")
        refuse(*_axis_problems(self))


def _tuples(value: object) -> object:
    """Return lists as tuples, inner ones too."""
    return tuple(_tuples(v) for v in value) if isinstance(value, list | tuple) else value


def _listed(value: object) -> tuple[object, ...]:
    """Return a tuple as it is, and anything else as the only entry of one."""
    return value if isinstance(value, tuple) else (value,)


def _axis_problems(axes: Specifications) -> list[Problem]:
    """Return axes that are empty or no list, choices twice, and words that are unknown."""
    problems = []
    for field in dataclasses.fields(axes):
        value: object = getattr(axes, field.name)
        if not isinstance(value, tuple):
            remedy = f"write {field.name}=({value!r},)"
            problems.append(Problem(f"{field.name} = {value!r}", "a tuple of choices", remedy))
        elif not value and field.name in {"estimators", "onsets", "outliers"}:
            problems.append(Problem(f"{field.name} = ()", "a choice at least", "leave the default"))
        else:
            twice = _once(tuple(v for v in value if value.count(v) > 1))
            problems += [
                Problem(f"{field.name} holds {v!r} twice", "each choice once", "name it once")
                for v in twice
            ]
    return [*problems, *_choice_problems(axes)]


def _choices(axes: Specifications, name: str) -> tuple[object, ...]:
    """Return the choices of an axis, each once; none where it is no list of them."""
    value: object = getattr(axes, name)
    return _once(value) if isinstance(value, tuple) else ()


def _once(values: tuple[object, ...]) -> tuple[object, ...]:
    """Return every value once, in order; a table among them could not be looked up as a key."""
    return tuple(v for i, v in enumerate(values) if v not in values[:i])


def _choice_problems(axes: Specifications) -> list[Problem]:
    """Return choices that are none."""
    known = {
        "outliers": get_args(Rule),
        "efforts": ("none", "offset", "coefficient"),
        "scales": ("level", "log", "log_count"),
    }
    problems = [
        Problem(f"{name} holds {v!r}", "a known choice", suggest(str(v), words))
        for name, words in known.items()
        for v in _choices(axes, name)
        if v not in words
    ]
    problems += [
        Problem(f"onsets hold {v!r}", "whole periods after the declared onset", "write (-1, 0, 1)")
        for v in _choices(axes, "onsets")
        if not is_whole(v) or abs(v) >= _A_YEAR
    ]
    problems += [
        Problem(f"windows hold {v!r}", "pairs (start, end)", "write ((2002, 2023), (2004, None))")
        for v in _choices(axes, "windows")
        if not (isinstance(v, tuple) and len(v) == 2 and all(_is_period(p) for p in v))
    ]
    donors = _choices(axes, "donors")
    problems += [
        Problem(f"donors hold {v!r}", "named sets", 'write {"far": ("AT", "CH")}')
        for v in donors
        if not (isinstance(v, tuple) and len(v) == 2 and _is_set(*v))
    ]
    names = [v[0] for v in donors if isinstance(v, tuple) and v]
    if len(set(map(str, names))) < len(names):
        problems.append(
            Problem(f"donors named {', '.join(map(str, names))}", "each name once", "rename one")
        )
    return problems


def _is_period(value: object) -> bool:
    """Tell whether a value may be an end of a window."""
    return value is None or isinstance(value, str) or is_whole(value)


def _is_set(name: object, units: object) -> bool:
    """Tell whether a name and units make a donor set."""
    texts = isinstance(units, tuple) and all(isinstance(u, str) for u in units)
    return isinstance(name, str) and bool(name) and texts
