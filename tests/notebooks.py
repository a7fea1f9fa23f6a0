"""What a notebook prints, as lines, and where two runs of it differ."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

_NUMBER = re.compile(r"(?<![\w.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_EXPONENT = re.compile(r"e([+-]?\d+)$")
_IMAGE = "[figure]"
_SAME = 1e-4
_ENDS_A_LINE = {"tr", "p", "li", "br", "div"}


class _Table(HTMLParser):
    """Collects the text of HTML, a line for each row of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[str]] = [[]]
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the signature of the parser
        self._hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False
        if tag in _ENDS_A_LINE:
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.lines[-1].append(" ".join(data.split()))


def printed(cell: Any) -> list[str]:  # noqa: ANN401 - untyped there
    """Return what a code cell prints, line by line; figures by their presence, tables as text.

    Streams that came in pieces are one, so that the moment of a flush makes no difference.
    """
    lines: list[str] = []
    for name, group in itertools.groupby(cell.get("outputs", ()), lambda o: o.get("name", "")):
        outputs = list(group)
        if name:
            stream = "".join(output["text"] for output in outputs)
            lines += [f"{name}: {line}" for line in stream.splitlines()]
        else:
            lines += [line for output in outputs for line in _shown(output)]
    return [" ".join(line.split()) for line in lines if line.strip()]


def _shown(output: Any) -> Iterator[str]:  # noqa: ANN401 - untyped there
    """Yield the lines of one output that is no stream."""
    data = output.get("data", {})
    if any(kind.startswith("image/") for kind in data):
        yield _IMAGE
    elif "text/html" in data:
        table = _Table()
        table.feed(data["text/html"])
        yield from (" | ".join(line) for line in table.lines if line)
    elif "ename" in output:
        yield f"{output['ename']}: {output['evalue']}"
    else:
        yield from data.get("text/markdown", data.get("text/plain", "")).splitlines()


def alike(stored: str, fresh: str) -> bool:
    """Tell whether two lines say the same, numbers to one unit of the last digit that is printed.

    Machines add in different orders: a number that lies between two printed ones may be rounded to
    either of them, and no further.
    """
    if stored == fresh:
        return True
    if _NUMBER.sub("#", stored) != _NUMBER.sub("#", fresh):
        return False
    pairs = zip(_NUMBER.findall(stored), _NUMBER.findall(fresh), strict=True)
    return all(_near(one, other) for one, other in pairs)


def _near(one: str, other: str) -> bool:
    """Tell whether two printed numbers differ by at most one unit of the coarser last digit.

    Six digits are more than a simulated table holds on another machine: one part in ten thousand
    of what has decimals is the same number, too.
    """
    unit = max(_unit(one), _unit(other))
    apart = abs(_value(one) - _value(other))
    return apart <= 1.001 * unit or (unit > 0 and apart <= _SAME * abs(_value(one)))


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _unit(text: str) -> float:
    """Return what one more in the last printed digit adds; of a whole number nothing, it counts."""
    exponent = _EXPONENT.search(text)
    digits = text[: exponent.start()] if exponent else text
    if exponent is None and "." not in digits and "," not in digits:
        return 0.0
    decimals = len(digits.partition(".")[2])
    return float(10.0 ** (int(exponent[1]) - decimals if exponent else -decimals))


def differences(name: str, stored: Any, fresh: Any) -> list[str]:  # noqa: ANN401 - untyped there
    """Return where two runs of a notebook differ: notebook, cell, line, and both texts."""
    found = []
    pairs = zip(stored.cells, fresh.cells, strict=True)
    for place, (before, now) in enumerate(pairs):
        if before.cell_type != "code":
            continue
        lines = itertools.zip_longest(printed(before), printed(now), fillvalue="(nothing)")
        for number, (old, new) in enumerate(lines, start=1):
            if not alike(old, new):
                found.append(
                    f"{name}, cell {place} ({before.id}), line {number}:\n"
                    f"    stored: {old}\n    now:    {new}"
                )
                break  # lines that follow are often the same difference again
    return found
