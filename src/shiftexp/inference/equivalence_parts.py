"""What equivalence rests on: settings refused all at once, sets that end where its tests do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from numpy.typing import ArrayLike

from shiftexp.effects.laws import Directional, Law
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.kernels.cases import Floats
from shiftexp.result import ESTIMANDS
from shiftexp.scalars import is_between

MarginKind: TypeAlias = Literal["share", "level"]
Band: TypeAlias = tuple[float, float]
_KINDS: tuple[str, ...] = get_args(MarginKind)


@dataclass(frozen=True, eq=False)
class OneSidedLaw(Directional):
    """A law whose sets are inverted from its one-sided p, so that they agree with these tests.

    The two-sided test of EMW-LL is another test than two one-sided ones: its limits would stand
    elsewhere than where two one-sided tests turn.

    Attributes
    ----------
    law : Law
        The law of the pair.
    """

    law: Law

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the one-sided p of H0: a . Delta <= at."""
        return self.law.p_value(a, at)

    def spread(self, a: ArrayLike) -> Floats:
        """Return the scale of the law."""
        return self.law.spread(a)

    @property
    def tail(self) -> float:
        """As of the law itself."""
        return self.law.tail


def refuse_settings(
    estimand: str, margin: float | None, kind: str, no_offset: float, full: Band, level: float
) -> None:
    """Refuse settings of equivalence that are none, all at once.

    Parameters
    ----------
    estimand, margin, kind, no_offset, full, level
        As given to :func:`shiftexp.equivalence`, of whatever type.

    Raises
    ------
    DesignError
        With everything that is wrong.
    """
    words = (("estimand", estimand, (*ESTIMANDS, "all")), ("margin_kind", kind, _KINDS))
    problems = [
        Problem(f"{name} = {word!r}", f"one of {', '.join(known)}", suggest(str(word), known))
        for name, word, known in words
        if word not in known
    ]
    if margin is None and kind == "level":
        given = "a margin in level units that is not given"
        problems.append(Problem(given, "a number", "write margin=..., in the unit of the effects"))
    sizes = {"margin": margin, "no_offset": no_offset}
    problems += [
        Problem(f"{name} = {size!r}", "a positive number", _remedy(size))
        for name, size in sizes.items()
        if not (name == "margin" and size is None) and not is_between(size, 0, math.inf)
    ]
    if not _encloses_one(full):
        given = f"full_offset = {full!r}"
        problems.append(Problem(given, "two numbers, 0 < low < 1 < high", "write (0.75, 4/3)"))
    if not is_between(level, 0.5, 1):
        needed = "a number strictly between 0.5 and 1"
        problems.append(Problem(f"level = {level!r}", needed, "write 0.95 for tests at 5 %"))
    if problems:
        raise DesignError(problems)


def _encloses_one(band: object) -> bool:
    """Tell whether a value is a pair of positive numbers on either side of 1."""
    if not isinstance(band, tuple | list) or len(band) != len(("low", "high")):
        return False
    return is_between(band[0], 0, 1) and is_between(band[1], 1, math.inf)


def _remedy(size: object) -> str:
    """Say what to do about a margin that is none."""
    if isinstance(size, str):
        return "write it without quotes"
    return "write the largest change that still counts as none"
