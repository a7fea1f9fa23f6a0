"""Which questions a cell asks beside its effects: a table under the wrong cell is seen in time."""

from __future__ import annotations

from shiftexp.study.spec import Cell

QUESTIONS = ("curve", "events", "timing", "describe", "rivals")


def asked(cell: Cell) -> dict[str, tuple[str, ...]]:
    """Return the questions that a cell asks beside its effects, each with what is said of it.

    Parameters
    ----------
    cell : Cell
        The cell as declared.

    Returns
    -------
    dict of str to tuple of str
        By name of the question; those that are not asked are not there.

    Examples
    --------
    >>> from shiftexp.study.spec import Curve, Timing
    >>> asked(Cell(name="a", design="d", curve=Curve(), timing=(Timing(name="lead_lag"),)))
    {'curve': (), 'timing': ('lead_lag',)}
    """
    found: dict[str, tuple[str, ...]] = {}
    if cell.curve is not None:
        found["curve"] = tuple(f"test over {test.over}" for test in cell.curve.tests)
    if cell.events is not None:
        found["events"] = tuple(event.event or event.date for event in cell.events.table)
    if cell.timing:
        found["timing"] = tuple(question.name for question in cell.timing)
    if cell.describe:
        found["describe"] = ()
    if cell.rivals:
        found["rivals"] = tuple(rivals.label for rivals in cell.rivals)
    return found


def told_questions(cell: Cell) -> str:
    """Return the questions that a cell asks beside its effects, in words.

    Parameters
    ----------
    cell : Cell
        The cell as declared.

    Examples
    --------
    >>> told_questions(Cell(name="a", design="d", describe=True))
    'asks: describe'
    >>> told_questions(Cell(name="a", design="d"))
    'asks nothing beside its effects'
    """
    said = [
        f"{name} ({'; '.join(details)})" if details else name
        for name, details in asked(cell).items()
    ]
    return f"asks: {', '.join(said)}" if said else "asks nothing beside its effects"
