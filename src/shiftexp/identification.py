"""What a model of a flow does not identify, as flags with a sentence each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["always", "doubt"]


@dataclass(frozen=True)
class IdentificationNote:
    """One thing that a model of a flow does not identify, or that its data contradict.

    Attributes
    ----------
    flag : str
        Its name, for machines.
    severity : {"always", "doubt"}
        Whether it holds by construction, whatever the data; or is a reason to doubt this fit.
    sentence : str
        What it means, in plain English.
    number : int
        The identification note of METHODS.md that it belongs to, 1 to 6; 0 where it belongs to
        none: the data, not the model, are at fault.
    bars_shift : bool
        Whether a shift is never called supported with it, because limits of the flow rest on what
        it says is missing or wrong.
    """

    flag: str
    severity: Severity
    sentence: str
    number: int
    bars_shift: bool = False


JUMP = "jump-at-onset"
_TABLE = (
    IdentificationNote(
        "own-changes",
        "always",
        "a lower limit above zero is a statement about own changes: an own fall of the origin with "
        "own growth of the destination at the same onset looks like a flow",
        1,
    ),
    IdentificationNote(
        "constant-flow",
        "always",
        "a flow that went on from the first period is not identified: it looks like the drifts of "
        "either side",
        2,
    ),
    IdentificationNote(
        "flow-variance",
        "always",
        "a flow that comes and goes without a known push is told from common shocks only by its "
        "lag or by donors",
        3,
    ),
    IdentificationNote(
        "detection",
        "always",
        "a change of detection at the onset that nobody measured looks like an own change",
        4,
    ),
    IdentificationNote(
        "scale",
        "always",
        "with several indicators what leaves and what arrives are compared only after one of them "
        "has set the scale of either side",
        5,
    ),
    IdentificationNote(
        "surplus",
        "always",
        "more arriving than left is growth that did not come from the origin: it is no estimate of "
        "how much a flow gains on the way",
        6,
    ),
    IdentificationNote(
        "onset-unknown",
        "doubt",
        "the onset is a range whose candidates the data weigh: only a date known from outside "
        "tells a flow from the drifts",
        1,
        bars_shift=True,
    ),
    IdentificationNote(
        "origin-grew",
        "doubt",
        "the origin has grown: that it would not have grown by itself is contradicted, and the "
        "upper limit of the flow rests on it",
        0,
        bars_shift=True,
    ),
    IdentificationNote(
        "destination-shrank",
        "doubt",
        "the destination has shrunk against its drift: that it would not have shrunk by itself is "
        "contradicted, and the upper limit of the flow rests on it",
        0,
        bars_shift=True,
    ),
    IdentificationNote(
        "limits-contradict",
        "doubt",
        "own changes are larger than was believed: so small ones contradict the data, which leave "
        "room for less of a flow, and lower limits that rest on them are set to zero",
        0,
        bars_shift=True,
    ),
    IdentificationNote(
        "signs-rejected",
        "doubt",
        "hardly a draw has the signs of own changes that are assumed: lower limits are set to zero",
        0,
        bars_shift=True,
    ),
    IdentificationNote(
        "walks-dominate",
        "doubt",
        "changes look like those of random walks rather than of noise: wider priors are used, and "
        "95 % intervals may hold the truth in about 91 % of data sets",
        0,
    ),
    IdentificationNote(
        JUMP,
        "doubt",
        "a jump of a side at the onset is likelier than none, and the model knows changes that "
        "grow with the push alone: its intervals of effects are wrong where the jump is real, and "
        "a verdict does not use them",
        0,
    ),
    IdentificationNote(
        "unlike-variances",
        "doubt",
        "changes of one side are more than 2 times as large as on the other side, and the model "
        "gives both the same variances",
        0,
        bars_shift=True,
    ),
    IdentificationNote(
        "spread-changed",
        "doubt",
        "changes of a side are of another size after the onset than before it, and the model takes "
        "them as alike",
        0,
    ),
    IdentificationNote(
        "few-donors",
        "doubt",
        "there are too few donors to tell how large own changes are: lower limits rest on a stated "
        "scale",
        0,
        bars_shift=True,
    ),
)
NOTES = MappingProxyType({note.flag: note for note in _TABLE})


def notes_of(flags: Iterable[str]) -> tuple[IdentificationNote, ...]:
    """Return the notes of flags, what always holds first, each kind in the order of the table.

    Parameters
    ----------
    flags : iterable of str
        Known flags.

    Raises
    ------
    ValueError
        When a flag is unknown.

    Examples
    --------
    >>> [note.number for note in notes_of(["origin-grew", "detection"])]
    [4, 0]
    """
    given = set(flags)
    if unknown := sorted(given - NOTES.keys()):
        message = (
            f"flags of a flow: {', '.join(map(repr, unknown))} are not among {', '.join(NOTES)}"
        )
        raise ValueError(message)
    return tuple(note for note in _TABLE if note.flag in given)
