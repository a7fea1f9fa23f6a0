"""The answer of a data gate as a command says it: with what to do, and as plain data."""

from __future__ import annotations

from collections.abc import Sequence

from shiftexp.design import Gate
from shiftexp.scalars import plural


def told_gate(gate: Gate) -> str:
    """Return the answer of the data gate, and what to write where a break is not treated.

    Parameters
    ----------
    gate : Gate
        The answer.

    Examples
    --------
    >>> told_gate(Gate(12, 9))
    'data gate: pass'
    >>> told_gate(Gate(12, 9, ("break 2021 of X not treated",), 2, ("2021:X:dummy",)))[-65:]
    'or breaks = "dummy" for every break: a free step is fitted there)'
    """
    return f"data gate: {gate}" + (f" (to do: {gate.remedy})" if gate.remedy else "")


def told_gates(gates: Sequence[Gate], questions: Sequence[str] = ()) -> str:
    """Say that a file reads well, and how many of its cells do not pass their data gate.

    Parameters
    ----------
    gates : sequence of Gate
        One for each cell.
    questions : sequence of str
        What to look at again: a file of which anything is asked is not said to be right.

    Examples
    --------
    >>> told_gates([Gate(12, 9), Gate(12, 2, ("2 joint periods after",))])
    'the file reads well; 1 of 2 cells does not pass its data gate'
    """
    failed = sum(not gate.passed for gate in gates)
    if not failed:
        return "the file reads well" if questions else "nothing is wrong with it"
    told = "does not pass its data gate" if failed == 1 else "do not pass their data gate"
    return f"the file reads well; {failed} of {plural(len(gates), 'cell')} {told}"


def told_again(questions: Sequence[str]) -> list[str]:
    """Return the lines of what reads well and may still be meant otherwise.

    Parameters
    ----------
    questions : sequence of str
        What to look at again.
    """
    return [f"look again: {question}" for question in questions]


def gate_data(gate: Gate) -> dict[str, object]:
    """Return the answer of the data gate as plain data.

    Parameters
    ----------
    gate : Gate
        The answer.
    """
    return {
        "passed": gate.passed,
        "before": gate.before,
        "after": gate.after,
        "reasons": gate.reasons,
        "remedy": gate.remedy,
    }
