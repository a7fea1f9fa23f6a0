"""Asks several specifications one question: a statement holds when four in five hold it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from shiftexp.bounds import ShiftShareBounds
from shiftexp.effects import Effects, mixture_of
from shiftexp.plane import HalfPlane, Sector

AGREEMENT = 0.80
TWO_SIDED = 1.96  # normal quantile of a two-sided 95 % interval
Question: TypeAlias = tuple[tuple[float, float], float]


def drifted(effects: Effects, sd: float) -> Effects:
    """Return effects with a drift of detection integrated; a posterior stays one, exactly.

    Parameters
    ----------
    effects : Effects
        The pair, as observed.
    sd : float
        Standard deviation of the change in log detection, on either side.
    """
    found = effects.drifted(sd)
    mixture = mixture_of(found.law)
    return found if mixture is None else replace(found, law=mixture)


def joint_p(effects: Effects, questions: Sequence[Question]) -> float:
    """Return the p of the claim that every a . Delta > at: the largest of the one-sided ones.

    NaN where a question has no meaning for these data or the law is silent.
    """
    if not all(effects.answers(a) for a, _ in questions):
        return math.nan
    return max(float(effects.p_value(a, at)[0]) for a, at in questions)


def ask_at_once(effects: Effects, asked: Iterable[Question]) -> None:
    """Ask at once what comes one by one: a law answers many in the time of few, and it is kept.

    Parameters
    ----------
    effects : Effects
        The pair.
    asked : iterable of ((origin, destination), threshold)
        The questions; those without meaning for these data are left out.
    """
    there = [(a, at) for a, at in asked if effects.answers(a)]
    if there:
        effects.p_value([a for a, _ in there], [at for _, at in there])


def agreed(values: Sequence[float]) -> float:
    """Return the p that at least four in five specifications reach; NaN when any cannot answer.

    Examples
    --------
    >>> agreed([0.01, 0.02, 0.03, 0.04, 0.9])
    0.04
    """
    if not values or any(math.isnan(v) for v in values):
        return math.nan
    return sorted(values)[deciding(len(values))]


def deciding(specifications: int) -> int:
    """Return the place, from 0, of the vote that makes four in five of so many specifications.

    Examples
    --------
    >>> [deciding(n) for n in (1, 3, 5, 10)]
    [0, 2, 3, 7]
    """
    return math.ceil(AGREEMENT * specifications - 1e-9) - 1


def agreed_bounds(bounds: Sequence[ShiftShareBounds]) -> ShiftShareBounds:
    """Return the limits that four in five specifications keep, and all their assumptions."""
    used = dict.fromkeys(text for b in bounds for text in b.assumptions)
    against = Counter(text for b in bounds for text in b.rejected)
    of = f"in {{}} of {len(bounds)} specifications" if len(bounds) > 1 else "in the only one"
    rejected = tuple(f"{text} ({of.format(n)})" for text, n in against.items())
    return replace(
        bounds[0],
        low=-agreed([-b.low for b in bounds]),
        high=agreed([b.high for b in bounds]),
        flow_low=-agreed([-b.flow_low for b in bounds]),
        flow_high=agreed([b.flow_high for b in bounds]),
        assumptions=tuple(used),
        rejected=rejected,
    )


def capped(bounds: ShiftShareBounds, there: float, drift: float) -> ShiftShareBounds:
    """Return limits with a flow no larger than what is there; detection may hide part of it.

    Parameters
    ----------
    bounds : ShiftShareBounds
        The limits.
    there : float
        What is seen at the destination, in level units per year.
    drift : float
        The drift of detection that is integrated.
    """
    most = max(there, 0.0) * math.exp(TWO_SIDED * drift)
    flows = min(bounds.flow_low, most), min(bounds.flow_high, most)
    return replace(bounds, flow_low=flows[0], flow_high=flows[1])


def sector_p(effects: Effects, sector: Sector) -> float:
    """Return a p for the hypothesis that the pair lies in a sector.

    A convex piece is left when one of its k half-planes is: Bonferroni over the k. A sector is left
    when all its pieces are. Half-planes without meaning for these data cannot exclude; the p is NaN
    when none has.
    """
    pieces = [_piece_p(effects, piece) for piece in sector.pieces]
    return math.nan if any(math.isnan(p) for p in pieces) else max(pieces)


def _piece_p(effects: Effects, piece: tuple[HalfPlane, ...]) -> float:
    """Return the p of one convex piece."""
    asked = [h for h in piece if effects.answers(h.a)]
    p = np.array([float(effects.p_value(h.a, h.at)[0]) for h in asked])
    p = p[~np.isnan(p)]
    return min(1.0, len(piece) * float(p.min())) if p.size else math.nan
