"""What shiftexp says when it refuses: one tree of errors, three warnings, all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOST_ROWS = 8
_LONGEST, _LONGEST_ROW = 4000, 200  # characters: a cell of megabytes shall not fill a terminal
_LONGEST_NAME, _MOST_NAMES = 200, 2000  # beyond these, looking for the nearest takes seconds


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what was given, what was needed, what to do, and which rows show it.

    Parameters
    ----------
    given : str
        What was found, quoting the value.
    needed : str
        What would have been right.
    remedy : str
        What the user can do next.
    rows : tuple of str
        Labels of the offending rows, in the order found.
    key : str
        The place in a study file, dotted; empty elsewhere.

    Examples
    --------
    >>> str(Problem("value 'abc' is not a number", "a number", "mend the cell", rows=("row 3",)))
    "value 'abc' is not a number (row 3); needed: a number; to do: mend the cell"
    """

    given: str
    needed: str
    remedy: str
    rows: tuple[str, ...] = ()
    key: str = ""

    def __post_init__(self) -> None:
        """Cut what is longer than anybody reads."""
        for name in ("given", "needed", "remedy", "key"):
            object.__setattr__(self, name, _cut(getattr(self, name), _LONGEST))
        object.__setattr__(self, "rows", tuple(_cut(row, _LONGEST_ROW) for row in self.rows))

    def __str__(self) -> str:
        """Say the problem in one line, with the first offending rows that it does not quote."""
        quoted = all(repr(row) in self.given for row in self.rows)
        shown = ", ".join(self.rows[:_MOST_ROWS])
        more = f" and {len(self.rows) - _MOST_ROWS} more" if len(self.rows) > _MOST_ROWS else ""
        where = f" ({shown}{more})" if not quoted else ""
        return f"{self.given}{where}; needed: {self.needed}; to do: {self.remedy}"


def _cut(text: str, longest: int) -> str:
    """Return a text with its middle left out where it is too long."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]} [... {len(text) - 2 * half:,} more characters ...] {text[-half:]}"


class ShiftexpError(ValueError):
    """The root of every refusal; carries the problems it lists.

    Parameters
    ----------
    problems : Problem or sequence of Problem
        Everything that is wrong, so that one run shows all of it.

    Examples
    --------
    >>> error = PanelError(Problem("0 rows", "at least one row", "check the filter"))
    >>> error.problems[0].given
    '0 rows'
    """

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        """Keep the problems and write one message for all of them."""
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self._message())

    def __reduce__(self) -> tuple[type[ShiftexpError], tuple[object], dict[str, object]]:
        """Travel between processes with the problems: the message alone would be taken for them."""
        return type(self), (self.problems,), vars(self)

    def _message(self) -> str:
        """Write one line for one problem, a numbered list for several."""
        if len(self.problems) == 1:
            return str(self.problems[0])
        lines = (f"  {i}. {problem}" for i, problem in enumerate(self.problems, start=1))
        return "\n".join((f"{len(self.problems)} problems:", *lines))

    @property
    def rows(self) -> tuple[str, ...]:
        """Labels of all offending rows, in order, each once."""
        return tuple(dict.fromkeys(row for problem in self.problems for row in problem.rows))


class PanelError(ShiftexpError):
    """The data cannot be a panel; ``rows`` names the offending rows."""


class DesignError(ShiftexpError):
    """The study as declared cannot be done with these data."""


class EstimandNotIdentified(ShiftexpError):  # noqa: N818 - the contract's name: it states a finding
    """The quantity asked for is not identified by this model or these data."""


class StudyError(ShiftexpError):
    """The study file or its output folder is wrong; ``key`` names the place in the file.

    Parameters
    ----------
    problems : Problem or sequence of Problem
        Everything that is wrong.
    key : str
        The TOML key, dotted, of the first problem; empty when the file itself is unreadable.
    """

    def __init__(self, problems: Problem | Sequence[Problem], key: str = "") -> None:
        """Keep the key beside the problems."""
        self.key = key
        super().__init__(problems)


class SmallSampleWarning(UserWarning):
    """The method's own calibration shows too many false positives for data like these."""


class ConvergenceWarning(UserWarning):
    """An iterative step stopped before it met its tolerance."""


class QualityWarning(UserWarning):
    """Flagged data took part in the result."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Offer the nearest known names for a name that is not known.

    Parameters
    ----------
    name : str
        What was given.
    known : iterable of str
        What exists.

    Returns
    -------
    str
        ``"did you mean 'BE'?"``, or the known names when none is near.

    Examples
    --------
    >>> suggest("Belgum", ["Belgium", "Netherlands"])
    "did you mean 'Belgium'?"
    """
    import difflib

    names = sorted(map(str, known))
    short = len(name) <= _LONGEST_NAME and len(names) <= _MOST_NAMES
    near = difflib.get_close_matches(name, names, n=2) if short else []
    if near:
        return "did you mean " + " or ".join(repr(n) for n in near) + "?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known are: {shown}"
