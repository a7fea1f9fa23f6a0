"""Where claims begin and end as detection changes: every claim as half-planes of the displacement.

A change of detection by r displaces Delta by s = y (1/r - 1) and divides the destination by k0. So
H0: a . Delta' <= at is rejected while a . s >= at - c, with c the critical value of the direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from shiftexp.detection import (
    TippingPoint,
    explained_away,
    ratio_thresholds,
    tipping_of_claim,
)
from shiftexp.effects import Effects
from shiftexp.kernels.cases import Floats
from shiftexp.verdict.claims import LADDER, ORIGIN_GREW, Claim, Rung, equivalences
from shiftexp.verdict.questions import Question, deciding
from shiftexp.verdict.readings import ALPHA

Border: TypeAlias = tuple[float, float, float]
Conjunction: TypeAlias = tuple[Border, ...]


@dataclass(frozen=True, eq=False)
class ClaimBorders:
    """Where one claim holds, for each specification.

    Attributes
    ----------
    name, text : str
        Short name, and the statement in words.
    holds, against : tuple of tuple of (a_O, a_D, g)
        For each specification the half-planes a . s >= g of displacements s in which the claim, or
        its opposite, is supported; none where its opposite is not asked.
    origin_grew : tuple of tuple of (a_O, a_D, g)
        The same for growth of the origin, where the claim assumes that it did not grow by itself.
    identified : bool
        Whether every specification answers; displacements do not change that.
    """

    name: str
    text: str
    holds: tuple[Conjunction, ...]
    against: tuple[Conjunction, ...]
    origin_grew: tuple[Conjunction, ...]
    identified: bool


def votes_needed(specifications: int) -> int:
    """Return how many of so many specifications make four in five.

    Examples
    --------
    >>> [votes_needed(n) for n in (1, 3, 5)]
    [1, 3, 4]
    """
    return deciding(specifications) + 1


def claim_borders(
    drifted: Sequence[Effects], margin: float, ratios: Sequence[float]
) -> tuple[tuple[ClaimBorders, ...], ...]:
    """Return the borders of the ladder for each detection ratio, in its order.

    Parameters
    ----------
    drifted : sequence of Effects
        Pairs of all specifications, detection drift integrated.
    margin : float
        Smallest effect of interest, as a share of the counterfactual level of either side.
    ratios : sequence of float
        Detection at the destination over detection at the origin before the onset, k0.
    """
    critical = [_Critical.of(e, margin, ratios) for e in drifted]
    return tuple(
        tuple(
            _borders(rungs, critical, k0)
            for rungs in zip(*(_rungs(e, margin, k0) for e in drifted), strict=True)
        )
        for k0 in ratios
    )


def _rungs(effects: Effects, margin: float, k0: float) -> tuple[Rung, ...]:
    """Return every claim that is a test, with the margins of one specification."""
    return (*LADDER, *equivalences(effects.base * np.array([1.0, 1.0 / k0]), margin))


def _borders(rungs: Sequence[Rung], critical: Sequence[_Critical], k0: float) -> ClaimBorders:
    """Return the borders of one claim, asked of every specification."""

    def each(asked: Sequence[tuple[Question, ...]], alpha: float) -> tuple[Conjunction, ...]:
        pairs = zip(critical, asked, strict=True)
        return tuple(tuple(c.border(q, k0, alpha) for q in questions) for c, questions in pairs)

    first = rungs[0]
    holds = each([r.questions for r in rungs], first.alpha)
    grew = each([(ORIGIN_GREW,) for _ in rungs], ALPHA) if first.needs_b1 else ()
    return ClaimBorders(
        first.name,
        first.text,
        holds,
        each([r.opposite for r in rungs], first.alpha) if first.opposite else (),
        grew,
        not any(np.isnan(g) for conjunction in holds for _, _, g in conjunction),
    )


@dataclass(frozen=True, eq=False)
class _Critical:
    """Critical values of one specification, by level and direction of true effects."""

    known: dict[tuple[float, tuple[float, float]], float]

    @classmethod
    def of(cls, effects: Effects, margin: float, ratios: Sequence[float]) -> _Critical:
        """Work out all that are needed, in one search."""
        every = {
            (rung.alpha, _direction(a, k0))
            for k0 in ratios
            for rung in _rungs(effects, margin, k0)
            for a, _ in (*rung.questions, *rung.opposite)
        }
        asked = sorted(one for one in every if effects.answers(one[1]))
        found = zip(asked, effects.critical_values(asked), strict=True)
        return cls(dict.fromkeys(every, float("nan")) | dict(found))

    def border(self, question: Question, k0: float, alpha: float) -> Border:
        """Return the half-plane of displacements in which a question is answered with yes."""
        a, at = question
        direction = _direction(a, k0)
        return (*direction, at - self.known[alpha, direction])


def _direction(a: tuple[float, float], k0: float) -> tuple[float, float]:
    """Return a direction of what is true if detection differs as one of what is observed."""
    return a[0], a[1] / k0


def observed_levels(drifted: Sequence[Effects]) -> Floats:
    """Return what each specification saw after the onset, shape (n, 2), in level units per year."""
    return np.array([e.observed for e in drifted])


def tipping_points(
    effects: Effects, drifted: Effects, claims: Sequence[Claim]
) -> tuple[TippingPoint, ...]:
    """Return the changes of detection that overturn effects, and the claims that hold.

    Parameters
    ----------
    effects, drifted : Effects
        A pair, and the same with the drift of detection integrated.
    claims : sequence of Claim
        What is claimed of it.
    """
    held = ((*claim.held, claim.level) for claim in claims)
    return (
        *explained_away(effects),
        *ratio_thresholds(effects),
        *(
            point
            for statement, questions, level in held
            if questions
            for point in tipping_of_claim(drifted, statement, questions, level)
        ),
    )
