"""Equivalence: whether an effect is none, as far as a stated margin, and never by a large p."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace

import pandas as pd

from shiftexp.effects import DIRECTIONS, Effects
from shiftexp.errors import suggest
from shiftexp.inference.equivalence_parts import Band, MarginKind, OneSidedLaw, refuse_settings
from shiftexp.plane import (
    DESTINATION,
    NET,
    OFFSET_FULL_HIGH,
    OFFSET_MOST,
    OFFSET_SOME,
    ORIGIN,
    ConfidenceSet,
)
from shiftexp.result import ESTIMANDS, Result
from shiftexp.scalars import error_rate
from shiftexp.table import Table, format_number

_SHARE = 0.10
_NO_OFFSET, _FULL_OFFSET = "no offset", "full offset"


@dataclass(frozen=True)
class EquivalenceRow:
    """One question of equivalence and its answer.

    Attributes
    ----------
    estimand : str
        "origin", "destination" or "net" against no change; "no offset" and "full offset" are the
        offset ratio against 0 and against 1.
    unit : str
        The unit of the numbers.
    margin_low, margin_high : float
        What still counts as none (or as full offset), in ``unit``.
    margin : str
        The same in words.
    estimate : float
        The estimate, in ``unit``; NaN here and below where there is no answer.
    p_equivalence : float
        The larger of the one-sided p-values against either end of the margin.
    p_difference : float
        The two-sided p of no change (or of exactly full offset), at the level asked for.
    conf_low, conf_high : float
        The equivalence interval, whose ends are the limits of the two one-sided tests: it lies
        inside the margin when equivalence holds.
    conf_kind : str
        "interval", "hull" (of a set in pieces), "complement", "line" or "none".
    smallest_margin : float
        The smallest margin that would have been declared equivalent: in ``unit``, half the width
        of a band about none; for full offset the factor f of the band from 1/f to f; infinity when
        there is none.
    answer : str
        For an effect "supported", "equivalent to none", "supported, but within the margin",
        "inconclusive" or "no answer"; for the offset ratio the same, with "difference from no
        offset supported" and the like in full.
    """

    estimand: str
    unit: str
    margin_low: float
    margin_high: float
    margin: str
    estimate: float = math.nan
    p_equivalence: float = math.nan
    p_difference: float = math.nan
    conf_low: float = math.nan
    conf_high: float = math.nan
    conf_kind: str = "none"
    smallest_margin: float = math.nan
    answer: str = "no answer"


@dataclass(frozen=True)
class Equivalence(Table):
    """Answers to "was there no effect?", each with its margin.

    Attributes
    ----------
    rows : tuple of EquivalenceRow
        One for each question.
    level : float
        1 minus the one-sided error of either test.
    inference : str
        Where the p-values come from.
    notes : tuple of str
        What the answers rest on.
    """

    rows: tuple[EquivalenceRow, ...]
    level: float
    inference: str
    notes: tuple[str, ...] = ()

    def __getitem__(self, estimand: str) -> EquivalenceRow:
        """Return one row by its estimand.

        Raises
        ------
        KeyError
            When there is no such row.
        """
        names = [row.estimand for row in self.rows]
        if estimand not in names:
            message = f"row {estimand!r}; {suggest(estimand, names)}"
            raise KeyError(message)
        return self.rows[names.index(estimand)]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each question."""
        return pd.DataFrame([asdict(row) for row in self.rows])

    def summary(self) -> str:
        """Return the answers in sentences, the margin in every one."""
        alpha = error_rate(self.level)
        head = f"Equivalence: two one-sided tests at {alpha:g} each; {self.inference}"
        lines = [f"- {_sentence(row, alpha)}" for row in self.rows]
        return "\n".join([head, *lines, *self.notes])


def equivalence(
    given: Result | Effects,
    *,
    margin: float | None = None,
    margin_kind: MarginKind = "share",
    estimand: str = "all",
    no_offset: float = OFFSET_SOME,
    full_offset: Band = (OFFSET_MOST, OFFSET_FULL_HIGH),
    level: float = 0.95,
) -> Equivalence:
    r"""Return whether effects are none, as far as a margin, by two one-sided tests.

    .. math:: p_{TOST} = \max\{p(H_0: a \cdot \Delta \le -m),\ p(H_0: a \cdot \Delta \ge m)\}

    The offset ratio is never divided out: :math:`low < -\Delta_O / \Delta_D < high` with
    :math:`\Delta_D > 0` is the conjunction of :math:`-\Delta_O - low\,\Delta_D > 0`,
    :math:`\Delta_O + high\,\Delta_D > 0` and :math:`\Delta_D > 0`, and its p the largest of three.

    Parameters
    ----------
    given : Result or Effects
        The pair of effects; every law answers. A drift of detection is not added: ask
        ``effects.drifted(sd)`` for it first.
    margin : float, optional
        Largest change that still counts as none. By default .10 as a share of the counterfactual
        level: the origin's own, the destination's own, and for the net effect that of both.
    margin_kind : {"share", "level"}, default "share"
        Whether ``margin`` is a share or in level units per year.
    estimand : str, default "all"
        "origin", "destination", "net", "offset_ratio" (two rows), or "all".
    no_offset : float, default 0.25
        Ratios between -``no_offset`` and ``no_offset`` count as no offset.
    full_offset : tuple of two floats, default (0.75, 4/3)
        Ratios between these count as full offset; they enclose 1.
    level : float, default 0.95
        1 minus the error of each one-sided test, and of the two-sided test of a difference: the
        equivalence interval has level 2 ``level`` - 1 where each side takes half of a two-sided
        error, ``level`` where the law inverts a two-sided test.

    Returns
    -------
    Equivalence
        A row for each question, three answers and a fourth: a difference may be supported and yet
        lie within the margin.

    Raises
    ------
    TypeError
        When ``given`` is neither a Result nor Effects.
    DesignError
        When ``estimand`` or ``margin_kind`` is unknown, a margin is no positive number, a level
        margin is not given, ``full_offset`` does not enclose 1, or ``level`` is not strictly
        between .5 and 1: everything that is wrong, at once.
    EstimandNotIdentified
        When an estimand asked for by name has no meaning for these data; in "all" it is a row
        without an answer.

    Notes
    -----
    A p-value above .05 is never "no effect": a row is equivalent only when both tests against the
    ends of its margin reject. Where destination growth itself is not supported, both questions on
    the offset ratio are inconclusive.

    When not to use it: with a margin chosen after the estimate was seen. The tests are as honest as
    the law: with 40 periods or fewer see the warnings of the fit.

    References
    ----------
    Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power
    approach for assessing the equivalence of average bioavailability. Journal of Pharmacokinetics
    and Biopharmaceutics, 15, 657-680. https://doi.org/10.1007/BF01068419

    Examples
    --------
    >>> import numpy as np
    >>> from shiftexp.effects import Effects, StudentLaw
    >>> law = StudentLaw(np.array([-2.0, 40.0]), np.diag([9.0, 25.0]))
    >>> effects = Effects(
    ...     law, law.mean, np.array([100.0, 40.0]), np.array([98.0, 80.0]), "plants per year"
    ... )
    >>> found = equivalence(effects)
    >>> [found[name].answer for name in ("origin", "destination", "full offset")]
    ['equivalent to none', 'supported', 'difference from full offset supported']
    >>> round(found["origin"].p_equivalence, 4), round(found["origin"].smallest_margin, 2)
    (0.0038, 6.93)
    """
    if not isinstance(given, Result | Effects):
        message = f"{type(given).__name__} is neither a Result nor Effects"
        raise TypeError(message)
    refuse_settings(estimand, margin, margin_kind, no_offset, full_offset, level)
    effects = given.effects if isinstance(given, Result) else given
    if estimand != "all":
        effects.estimate(DIRECTIONS.get(estimand, NET))
    alpha = error_rate(level)
    rows: list[EquivalenceRow] = []
    for name in ESTIMANDS if estimand == "all" else (estimand,):
        if name == "offset_ratio":
            rows += _ratio_rows(effects, (-no_offset, no_offset), full_offset, alpha)
        else:
            rows.append(_level_row(effects, name, margin, margin_kind, alpha))
    how = given.inference if isinstance(given, Result) else type(effects.law).__name__
    return Equivalence(tuple(rows), level, how, _notes(given))


def _level_row(
    effects: Effects, name: str, margin: float | None, kind: MarginKind, alpha: float
) -> EquivalenceRow:
    """Return the row of an effect in level units."""
    a = DIRECTIONS[name]
    half, words = _margin(effects, name, margin, kind)
    blank = EquivalenceRow(name, effects.unit, -half, half, words)
    if not effects.answers(a):
        return blank
    p = float(max(effects.p_value([a, (-a[0], -a[1])], -half)))
    interval = _one_sided(effects).interval(a, _set_level(effects, alpha))
    p_difference = effects.two_sided_p(a, 1 - alpha)
    return replace(
        blank,
        estimate=effects.estimate(a),
        p_equivalence=p,
        p_difference=p_difference,
        conf_low=interval.low,
        conf_high=interval.high,
        conf_kind=interval.kind,
        smallest_margin=max(abs(interval.low), abs(interval.high)),
        answer=_answer(p, p_difference, alpha),
    )


def _ratio_rows(effects: Effects, none: Band, full: Band, alpha: float) -> list[EquivalenceRow]:
    """Return the rows of the offset ratio against 0 and against 1, as half-planes."""
    blank = [
        EquivalenceRow(
            name, "ratio", low, high, f"an offset ratio between {low:.4g} and {high:.4g}"
        )
        for name, (low, high) in ((_NO_OFFSET, none), (_FULL_OFFSET, full))
    ]
    if not effects.answers(NET):
        return blank
    grew = float(effects.p_value(DESTINATION)[0])
    ratios = _one_sided(effects).offset_ratio_set(_set_level(effects, alpha))
    rows = []
    for row, nothing in zip(blank, (ORIGIN, NET), strict=True):
        inside = effects.p_value([(-1.0, -row.margin_low), (1.0, row.margin_high)])
        p = max(grew, *map(float, inside))
        p_difference = max(grew, effects.two_sided_p(nothing, 1 - alpha))
        least = _smallest_band(ratios, row.estimand) if grew <= alpha else _nothing(grew)
        found = replace(
            row,
            estimate=effects.offset_ratio,
            p_equivalence=p,
            p_difference=p_difference,
            conf_low=ratios.low,
            conf_high=ratios.high,
            conf_kind=ratios.kind,
            smallest_margin=least,
            answer=_answer(p, p_difference, alpha, row.estimand),
        )
        rows.append(found)
    return rows


def _smallest_band(ratios: ConfidenceSet, name: str) -> float:
    """Return the half-width of the band about 0, or the factor f of that from 1/f to f."""
    if not ratios.bounded:
        return math.nan if ratios.kind == "none" else math.inf
    if name == _NO_OFFSET:
        return max(abs(ratios.low), abs(ratios.high))
    return max(ratios.high, 1 / ratios.low) if ratios.low > 0 else math.inf


def _nothing(p: float) -> float:
    """Return what the smallest margin is where growth is not supported, or nothing is known."""
    return math.nan if math.isnan(p) else math.inf


def _answer(p: float, p_difference: float, alpha: float, target: str = "none") -> str:
    """Return the answer that two p-values give, about no change or about a ratio."""
    difference = "supported" if target == "none" else f"difference from {target} supported"
    if math.isnan(p) or math.isnan(p_difference):
        return "no answer"
    if p > alpha:
        return difference if p_difference <= alpha else "inconclusive"
    return (
        f"{difference}, but within the margin"
        if p_difference <= alpha
        else f"equivalent to {target}"
    )


def _one_sided(effects: Effects) -> Effects:
    """Return the effects with a law whose sets end where the one-sided tests do."""
    return replace(effects, law=OneSidedLaw(effects.law))


def _set_level(effects: Effects, alpha: float) -> float:
    """Return the level of the set whose ends are the limits of two one-sided tests at alpha."""
    return 1 - alpha / effects.law.tail


def _margin(
    effects: Effects, name: str, margin: float | None, kind: MarginKind
) -> tuple[float, str]:
    """Return the margin in level units, and in words."""
    if kind == "level" and margin is not None:
        return margin, f"{format_number(margin)} {effects.unit}"
    share = _SHARE if margin is None else margin
    base = {"origin": effects.base[0], "destination": effects.base[1]}
    half = share * abs(float(base.get(name, effects.base.sum())))
    of = "the sum of both counterfactual levels" if name == "net" else "its counterfactual level"
    return half, f"{format_number(half)} {effects.unit} ({100 * share:g} % of {of})"


def _sentence(row: EquivalenceRow, alpha: float) -> str:
    """Return one row as a sentence that names its margin."""
    p = f"p = {format_number(row.p_equivalence)}"
    p_difference = f"p = {format_number(row.p_difference)}"
    about = f"{row.estimand}: {format_number(row.estimate)} {row.unit}, margin {row.margin}"
    if row.answer == "no answer":
        return f"{about}: no answer, these data or this method cannot be asked"
    within = f"within the margin ({p})" if row.p_equivalence <= alpha else f"not shown within ({p})"
    apart = f"difference {'' if row.p_difference <= alpha else 'not '}shown ({p_difference})"
    careful = ", which is no evidence of none" if row.answer == "inconclusive" else ""
    smallest = f"smallest margin the data support {_smallest_words(row)}"
    return f"{about}: {row.answer}; {within}, {apart}{careful}; {smallest}"


def _smallest_words(row: EquivalenceRow) -> str:
    """Say the smallest margin that would have been declared equivalent."""
    size = row.smallest_margin
    if math.isinf(size):
        return "none"
    if row.estimand == _FULL_OFFSET:
        return f"{format_number(1 / size)} to {format_number(size)}"
    return f"{format_number(size)} {row.unit}"


def _notes(given: Result | Effects) -> tuple[str, ...]:
    """Say what a fit itself cautions."""
    if isinstance(given, Effects):
        return ()
    gate = () if given.gate.passed else (f"data gate: {given.gate}; no model-based claim",)
    return (*gate, *given.notes)
