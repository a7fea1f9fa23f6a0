"""Malformed study files, drawn: clean studies with keys and values changed, or their text."""

from __future__ import annotations

import copy
import datetime as dt
import math
import tomllib
from collections.abc import Iterator
from typing import Any, TypeAlias

import tomli_w
from hypothesis import strategies as st

from shiftexp.study import Study
from tests.studies import TOP

Place: TypeAlias = tuple[str | int, ...]

RICH = f"""{TOP}
[[cell]]
name = "trade"
title = "The trade"
estimators = [
    {{ name = "InterruptedTimeSeries", trend = false, scale = "log" }},
    {{ name = "InterruptedTimeSeries", inference = {{ name = "Placebo", rng = 3 }} }},
    {{ name = "DifferenceInDifferences" }},
    {{ name = "SyntheticControl" }},
    {{ name = "StructuralTimeSeries" }},
    {{ name = "CommunicatingVessels" }},
    {{ name = "WindowContrast", overdispersion = 2.0 }},
]
detection = {{ drift = 0.05, because = "audited", ratio = [0.8, 1.25], origin = [0.9, 1.1] }}
margin = 0.2
evidence = [
    {{ about = "shift", source = "scales", \
bound = {{ low = 2, high = 9, unit = "kg", because = "weighed" }} }},
    {{ about = "expansion", direction = "for", p_value = 0.01, power = 0.9, source = "survey" }},
]
conclusion = "moved"
timing = ["lead_lag", {{ name = "granger", lags = 1 }}]
describe = true
rivals = [{{ errors = "ar1", bootstrap = 0, kappa = 1.0 }}]

[cell.design]
origin = "O"
destination = "D"
onset = 2013
because = "a law"
event = "the law of 2013"

[cell.curve]
onsets = [-1, 0, 1]
scales = ["log", "level"]
tests = [{{ draws = 99 }}]

[cell.events]
draws = 99
table = [{{ date = "2013-05", event = "law", country = "O", kind = "policy" }}]

[[cell]]
name = "one_side"
page = "trade"
role = "one_unit"

[cell.design]
destination = "D"
onset = [2012, 2014]
basis = "observed"
exclude = [2005]
start = 2001
end = 2018

[[cell]]
name = "later"
design = {{ origin = "O", destination = "D", onset = 2014, donors = ["C1"], quality = ["ok"] }}

[[pool]]
name = "both"
cells = ["trade", "later"]
correlation = 0.2
heterogeneity = 0.1
"""  # fmt: skip
ODD: tuple[object, ...] = (
    0, -1, 1, 3, 10**9, 2**62, -(2**62), 2**70, 1.5, -0.0, 0.5, 1e308, 5e-324, math.inf, -math.inf,
    math.nan, True, False, "", " ", "x", "O", "D", "2013", "2013Q1", "0000", "9999", "é", "\n",
    "\x00", "\u202e", "../x", "C:\\x", "nul", "x" * 300, "x" * 20_000,
    [], {}, [[]], [1], ["x"], [[1, 2]],
    {"x": 1}, {"name": "x"}, [{}], [{"a": 1}], ["O", "D"], [0, 1], [1, 0], [2014, 2013], [math.inf],
    dt.date(2013, 1, 1), dt.datetime(2013, 1, 1), dt.time(1, 2),  # noqa: DTZ001 - TOML has local times
)  # fmt: skip
LINES = (
    "=", "[", "[[cell]", "[data]", "title", 'title = "a', "title = 'a' 'b'", "x = 1e", "x = 01",
    "x = 2013-13-45", "x = " + "9" * 5000, "x = 0x" + "f" * 4000, "x = " + "[" * 5000, "\x00",
    "a.b = 1",
    "x = {a = 1, a = 2}", 'x = "\\q"', 'x = "\\ud800"', "seed = 1", "\ufeff", "# only a comment",
)  # fmt: skip


def places(value: object, place: Place = ()) -> Iterator[Place]:
    """Yield the place of every key and entry, inner ones too."""
    listed = value if isinstance(value, list) else ()
    entries = value if isinstance(value, dict) else dict(enumerate(listed))
    for key, entry in entries.items():
        yield (*place, key)
        yield from places(entry, (*place, key))


def found(table: Any, place: Place) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Return what stands at a place.

    Raises
    ------
    LookupError
        When nothing does.
    """
    for key in place:
        fits = isinstance(table, dict if isinstance(key, str) else list)
        if not fits:
            raise KeyError(key)
        table = table[key]
    return table


def without(table: dict[str, Any], place: Place) -> dict[str, Any]:
    """Return a table without what stands at a place."""
    left = copy.deepcopy(table)
    del found(left, place[:-1])[place[-1]]
    return left


def _change(draw: st.DrawFn, table: dict[str, Any]) -> None:
    """Change a table at one place."""
    every = list(places(table))
    if not every:
        return
    place = draw(st.sampled_from(every))
    holder, key = found(table, place[:-1]), place[-1]
    how = draw(st.sampled_from(("odd", "odd", "odd", "drop", "misspell", "repeat", "swap", "wrap")))
    if how == "odd":
        holder[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
    elif how == "drop":
        del holder[key]
    elif how == "misspell" and isinstance(key, str):
        holder[key[:-1] + draw(st.sampled_from("xs_"))] = holder.pop(key)
    elif how == "repeat" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[int(key)]))
    elif how == "swap":
        other = draw(st.sampled_from(every))
        if other[: len(place)] != place and place[: len(other)] != other:
            holder[key] = copy.deepcopy(found(table, other))
    else:
        holder[key] = draw(st.sampled_from(([holder[key]], {"a": holder[key]}, [[holder[key]]])))


def _scratch(draw: st.DrawFn, raw: bytes) -> bytes:
    """Change the bytes of a file at one place."""
    at = draw(st.integers(0, len(raw)))
    how = draw(st.sampled_from(("cut", "bytes", "line", "twice", "lose", "ends", "mark", "utf-16")))
    if how == "cut":
        return raw[:at]
    if how == "bytes":
        return raw[:at] + draw(st.binary(min_size=1, max_size=4)) + raw[at:]
    lines = raw.split(b"\n")
    row = draw(st.integers(0, len(lines) - 1))
    if how == "line":
        lines.insert(row, draw(st.sampled_from(LINES)).encode("utf-8"))
    elif how == "twice":
        lines.insert(row, lines[row])
    elif how == "lose":
        del lines[row]
    elif how == "utf-16":
        return raw.decode("utf-8", "replace").encode("utf-16")
    joined = (b"\r\n" if how == "ends" else b"\n").join(lines)
    return b"\xef\xbb\xbf" + joined if how == "mark" else joined


def bundled() -> str:
    """Return the bundled study as a text."""
    return Study.demo().to_toml()


@st.composite
def study_files(draw: st.DrawFn, texts: tuple[str, ...]) -> bytes:
    """Draw a file: one of these texts with one to three changes of its keys, or of its bytes."""
    text = draw(st.sampled_from(texts))
    if draw(st.booleans()) and draw(st.booleans()):
        return _scratch(draw, text.encode())
    table = tomllib.loads(text)
    for _ in range(draw(st.sampled_from((1, 1, 2, 3)))):
        _change(draw, table)
    return tomli_w.dumps(table).encode("utf-8", "replace")
