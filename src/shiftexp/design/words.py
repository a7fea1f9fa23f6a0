"""The small words of a design: a declared break, and the window that a design sees."""

from __future__ import annotations

import json
from dataclasses import dataclass

from shiftexp.errors import DesignError, Problem, suggest

_TREATMENTS = ("dummy", "split")


@dataclass(frozen=True)
class Break:
    """One reporting break and its treatment.

    Parameters
    ----------
    period : str
        First period under the new definition.
    unit : str
        The unit whose reporting changed.
    treatment : {"dummy", "split"}
        A free step from there on, or only the regime that holds the onset.
    """

    period: str
    unit: str
    treatment: str


def example_of_breaks(units: tuple[str, ...]) -> str:
    """Say how one break of a place of the study is written, in a file and in Python alike.

    Parameters
    ----------
    units : tuple of str
        Origin and destination.

    Examples
    --------
    >>> example_of_breaks(("Arnhem",))
    'write for example breaks = ["2018:Arnhem:dummy"], with the first period of the new counting'
    """
    text = json.dumps(f"2018:{next(iter(units), 'NL')}:dummy", ensure_ascii=False)
    return f"write for example breaks = [{text}], with the first period of the new counting"


def parse_breaks(texts: tuple[str, ...], units: tuple[str, ...] = ()) -> tuple[Break, ...]:
    """Return breaks written as ``period:unit:treatment``; units may hold colons themselves.

    Parameters
    ----------
    texts : tuple of str
        The breaks.
    units : tuple of str
        Origin and destination, for the example of a refusal.

    Raises
    ------
    DesignError
        When a text has another form or an unknown treatment; all are listed at once.

    Examples
    --------
    >>> parse_breaks(("2018:NL:dummy",))[0].unit
    'NL'
    """
    problems, breaks = [], []
    for text in texts:
        parts = [text.split(":", 1)[0], *text.partition(":")[2].rsplit(":", 1)]
        if len(parts) != 3 or parts[2] not in _TREATMENTS:
            problems.append(
                Problem(
                    f"break {text!r}",
                    "'period:unit:dummy' or 'period:unit:split'",
                    _remedy(parts, units),
                )
            )
        else:
            breaks.append(Break(*parts))
    if problems:
        raise DesignError(problems)
    return tuple(breaks)


def _remedy(parts: list[str], units: tuple[str, ...]) -> str:
    """Say which treatment is meant, or how a break is written."""
    near = suggest(parts[-1], _TREATMENTS)
    return near if len(parts) > 1 and near.startswith("did you") else example_of_breaks(units)
