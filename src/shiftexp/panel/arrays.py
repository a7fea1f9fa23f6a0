"""The four arrays of a panel: their checks, their place on wider axes, their digest."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from shiftexp.errors import Problem, suggest
from shiftexp.panel.columns import quote

Arrays: TypeAlias = Mapping[str, NDArray[Any]]

ARRAYS = ("values", "std_error", "exposure", "quality")
LARGEST = 1e100
QUALITY = ("ok", "approximate", "break", "recalled", "suspect")


def near_problems(near: Collection[str], units: Sequence[object] | None) -> list[Problem]:
    """Find near donors that are not units of the panel."""
    if units is None:
        return []
    known = {u for u in units if isinstance(u, str)}
    return [
        Problem(f"near donor {name!r}", "a unit of the panel", suggest(str(name), known))
        for name in sorted(set(map(str, near)) - known)
    ]


def array_problems(
    arrays: Arrays,
    indicators: Sequence[str],
    units: Sequence[str],
    size: int,
    *,
    near: Collection[str],
) -> list[Problem]:
    """Check the arrays of a panel against its names.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The values, std_error, exposure and quality of a panel.
    indicators, units : sequence of str
        The names along the first two axes.
    size : int
        The number of periods.
    near : collection of str
        Units said to be near donors.

    Returns
    -------
    list of Problem
        Empty when all fit.

    Examples
    --------
    >>> [p.given for p in array_problems({}, ["kg"], ["BE", "BE"], 3, near=())]
    ["unit 'BE' more than once"]
    """
    problems = [*_axis_problems("indicator", indicators), *_axis_problems("unit", units)]
    problems += near_problems(near, units)
    shape = (len(indicators), len(units), size)
    wrong = [
        Problem(
            f"{name} of shape {array.shape}",
            f"shape {shape}: indicators, units, periods",
            "give one number for each, NaN where nothing was observed",
        )
        for name, array in arrays.items()
        if array.shape != shape
    ]
    return problems + (wrong or _cell_problems(arrays))


def _axis_problems(axis: str, names: Sequence[str]) -> list[Problem]:
    """Find an axis without names, or names that repeat."""
    if not names:
        return [Problem(f"no {axis}", f"at least one {axis}", f"name the {axis}s")]
    return [
        Problem(f"{axis} {name!r} more than once", f"every {axis} once", "rename or merge them")
        for name, count in Counter(names).items()
        if count > 1
    ]


def _cell_problems(arrays: Arrays) -> list[Problem]:
    """Find infinite numbers, wrong signs and unknown flags in arrays of the right shape."""
    rules: tuple[tuple[str, str, Callable[[NDArray[np.float64]], NDArray[np.bool_]]], ...] = (
        ("values", "finite or NaN", np.isinf),
        ("std_error", "finite and 0 or more, or NaN", lambda x: np.isinf(x) | (x < 0)),
        ("exposure", "finite and more than 0, or NaN", lambda x: np.isinf(x) | (x <= 0)),
    )
    problems = []
    for name, needed, wrong in rules:
        bad = arrays[name][wrong(arrays[name])] if name in arrays else ()
        if len(bad):
            given = f"{name} {quote(map(float, bad))}"
            problems.append(Problem(given, needed, "mend the array; NaN means not given"))
    return problems + _size_problems(arrays) + _flag_problems(arrays)


def _size_problems(arrays: Arrays) -> list[Problem]:
    """Find values so large or so small that their squares are no numbers any more."""
    problems = []
    for name in ARRAYS[:3]:
        size = np.abs(arrays.get(name, np.empty(0)))
        size = size[np.isfinite(size)]
        largest = size.max(initial=0.0)
        if largest > LARGEST:
            given = f"{name} up to {largest:.3g} in size"
            remedy = f"write the {name} in larger units"
            problems.append(Problem(given, f"at most {LARGEST:.0e}", remedy))
        elif 0 < largest < 1 / LARGEST:
            given = f"{name} of at most {largest:.3g} in size"
            remedy = f"write the {name} in smaller units"
            problems.append(Problem(given, f"some above {1 / LARGEST:.0e}", remedy))
    return problems


def _flag_problems(arrays: Arrays) -> list[Problem]:
    """Find unknown flags, and flags that disagree with the values on what is missing."""
    if "quality" not in arrays:
        return []
    problems = []
    known = np.isin(arrays["quality"], ("", *QUALITY))
    odd = known & ((arrays["quality"] == "") != np.isnan(arrays["values"]))
    if not known.all():
        given = f"quality {quote(map(str, arrays['quality'][~known]))}"
        problems.append(Problem(given, "one of " + quote(QUALITY), "translate the flags"))
    if odd.any():
        given = f"quality and values disagree on what is missing in {odd.sum()} cells"
        problems.append(Problem(given, "'' exactly where the value is NaN", "align the two"))
    return problems


def empty_arrays(shape: tuple[int, int, int]) -> dict[str, NDArray[Any]]:
    """Return arrays of that shape in which everything is missing.

    Examples
    --------
    >>> empty_arrays((1, 1, 2))["values"]
    array([[[nan, nan]]])
    """
    numbers: dict[str, NDArray[Any]] = {name: np.full(shape, np.nan) for name in ARRAYS[:3]}
    return numbers | {"quality": np.full(shape, "", dtype=f"<U{max(map(len, QUALITY))}")}


def not_given() -> NDArray[Any]:
    """Return the array that stands for one that was not given: an empty one."""
    return np.empty(0)


def own_arrays(given: Arrays) -> dict[str, NDArray[Any]]:
    """Return copies of the arrays of a panel, with what was not given written out.

    Parameters
    ----------
    given : mapping of str to ndarray
        The values, and std_error, exposure and quality, each of which may be :func:`not_given`.

    Returns
    -------
    dict of str to ndarray
        No standard error and no exposure is NaN; no quality is "ok" wherever there is a value.

    Examples
    --------
    >>> values = np.array([[[3.0, np.nan]]])
    >>> rest = {name: not_given() for name in ("std_error", "exposure", "quality")}
    >>> own_arrays({"values": values} | rest)["quality"].tolist()
    [[['ok', '']]]
    """
    values = np.array(given["values"], dtype=np.float64)
    own: dict[str, NDArray[Any]] = {"values": values}
    for name in ("std_error", "exposure"):
        array = np.array(given[name], dtype=np.float64)
        own[name] = array if array.size else np.full(values.shape, np.nan)
    flags = np.array(given["quality"])
    default = np.where(np.isnan(values), "", "ok")
    return own | {"quality": flags.astype(np.str_) if flags.size else default}


def content_digest(head: str, arrays: Arrays) -> str:
    """Return the SHA-256 of a text and of arrays, the same on every machine.

    Parameters
    ----------
    head : str
        What the arrays are, as text.
    arrays : mapping of str to ndarray
        Numbers and texts; every NaN counts as the same, and so do 0 and -0.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> zero, minus = np.array([0.0]), np.array([-0.0])
    >>> content_digest("x", {"values": zero}) == content_digest("x", {"values": minus})
    True
    """
    content = hashlib.sha256(head.encode())
    for name, array in arrays.items():
        content.update(f"\n{name} {array.shape}\n".encode())
        if array.dtype.kind == "U":
            content.update("\n".join(array.ravel().tolist()).encode())
        else:
            numbers = np.where(np.isnan(array), np.nan, array + 0.0)
            content.update(np.ascontiguousarray(numbers, dtype="<f8").tobytes())
    return content.hexdigest()
