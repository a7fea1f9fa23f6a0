"""The small words of a design: a declared break, and the window that a design sees."""

from __future__ import annotations

from dataclasses import dataclass

from shiftexp.errors import DesignError, Problem

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


def parse_breaks(texts: tuple[str, ...]) -> tuple[Break, ...]:
    """Return breaks written as ``period:unit:treatment``; units may hold colons themselves.

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
                    "write for example '2018:NL:dummy'",
                )
            )
        else:
            breaks.append(Break(*parts))
    if problems:
        raise DesignError(problems)
    return tuple(breaks)
