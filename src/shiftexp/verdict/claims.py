"""The ladder of claims, weak one-sided ones first; series of two effects never prove a shift."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from shiftexp.effects import Effects
from shiftexp.evidence import Bound, Evidence, lifting
from shiftexp.flow import Flow
from shiftexp.kernels.cases import Floats
from shiftexp.plane import OFFSET_FULL_HIGH, OFFSET_MOST, OFFSET_SOME
from shiftexp.scalars import plural
from shiftexp.table import format_number
from shiftexp.verdict.flows import FlowReading, emerging_words
from shiftexp.verdict.questions import Question, agreed, ask_at_once, joint_p
from shiftexp.verdict.readings import ALPHA

Status: TypeAlias = Literal[
    "supported", "inconclusive", "contradicted", "compatible", "not identified"
]
ALPHA_NET = 0.025
_SMALLEST_P = 0.0005
GROWTH: Question = ((0.0, 1.0), 0.0)
ORIGIN_GREW: Question = ((1.0, 0.0), 0.0)


@dataclass(frozen=True)
class Claim:
    """One statement and what the data say of it.

    Attributes
    ----------
    name : str
        Short name.
    text : str
        The statement in words.
    status : str
        "supported", "inconclusive", "contradicted" (its opposite is supported), "compatible",
        or "not identified".
    p_value : float
        The p that four in five specifications reach, detection drift integrated; NaN where there is
        none.
    level : float
        The p it is held against.
    rests_on : str
        What it rests on.
    questions, opposite : tuple
        The half-planes behind it, and those of its opposite; empty for a claim that is no test of
        the pair, or whose opposite is not asked.
    p_against : float
        The p of its opposite; NaN where that is not asked.
    b1_contradicted : bool
        Whether it needs B1 and the origin grew.
    """

    name: str
    text: str
    status: Status
    p_value: float
    level: float
    rests_on: str
    questions: tuple[Question, ...] = ()
    p_against: float = math.nan
    b1_contradicted: bool = False
    opposite: tuple[Question, ...] = ()

    @property
    def held(self) -> tuple[str, tuple[Question, ...]]:
        """What the data settle of it and the half-planes behind that; none where they do not."""
        if self.status == "contradicted":
            return f"{self.name}, contradicted", self.opposite
        return self.name, self.questions if self.status == "supported" else ()

    @property
    def held_against(self) -> bool:
        """Whether it is a test, held against a level."""
        return not math.isnan(self.level)


@dataclass(frozen=True)
class Rung:
    """A claim before the data.

    Attributes
    ----------
    name, text : str
        Short name, and the statement in words.
    questions, opposite : tuple of (direction, threshold)
        Its half-planes, and those of its opposite; empty where none is asked.
    alpha : float
        The p it is held against.
    needs_b1 : bool
        Whether it assumes that the origin would not have grown by itself.
    """

    name: str
    text: str
    questions: tuple[Question, ...]
    opposite: tuple[Question, ...] = ()
    alpha: float = ALPHA
    needs_b1: bool = False


LADDER = (
    Rung("destination grew", "the destination grew", (GROWTH,), (((0.0, -1.0), 0.0),)),
    Rung("origin fell", "the origin fell", (((-1.0, 0.0), 0.0),), (((1.0, 0.0), 0.0),)),
    Rung(
        "net expansion",
        "both together grew: some of the growth is expansion, whatever moved",
        (((1.0, 1.0), 0.0),),
        (((-1.0, -1.0), 0.0),),
        ALPHA_NET,
    ),
    Rung(
        "not mainly shift",
        "at most 75 % of the destination's growth can have come from the origin, if the origin "
        "would not have grown by itself (B1)",
        (((1.0, OFFSET_MOST), 0.0), GROWTH),
        (((-1.0, -OFFSET_MOST), 0.0), GROWTH),
        needs_b1=True,
    ),
    Rung(
        "some offset",
        "the origin fell by more than a quarter of the destination's growth (a pattern, not a "
        "flow)",
        (((-1.0, -OFFSET_SOME), 0.0), GROWTH),
        (((1.0, OFFSET_SOME), 0.0), GROWTH),
    ),
    Rung(
        "mostly offset",
        "the origin fell by more than three quarters of the destination's growth (a pattern, not "
        "a flow)",
        (((-1.0, -OFFSET_MOST), 0.0), GROWTH),
        (((1.0, OFFSET_MOST), 0.0), GROWTH),
    ),
)


def series_claims(
    specifications: Sequence[Effects], margin: float, flows: Sequence[Flow] = ()
) -> tuple[Claim, ...]:
    """Return the ladder and the equivalence claims for specifications of one indicator.

    Parameters
    ----------
    specifications : sequence of Effects
        Their pairs, detection drift integrated.
    margin : float
        Smallest effect of interest, as a share of the counterfactual level of either side.
    flows : sequence of Flow
        What those of the specifications say that are models of a flow.
    """
    for effects in specifications:
        rungs = (*LADDER, *equivalences(effects.base, margin))
        every = (question for rung in rungs for question in (*rung.questions, *rung.opposite))
        ask_at_once(effects, (*every, ORIGIN_GREW))
    count = len(specifications)
    rests = f"{plural(count, 'specification')}{emerging_words(flows, count)}"
    ladder = [_rung_claim(rung, specifications, rests) for rung in LADDER]
    return (*ladder, *_equivalences(specifications, margin, rests))


def claims_frame(claims: Sequence[Claim]) -> pd.DataFrame:
    """Return one row for each claim.

    Parameters
    ----------
    claims : sequence of Claim
        The ladder.
    """
    columns = ["claim", "status", "p_value", "level", "text", "rests_on", "p_against"]
    rows = [(c.name, c.status, c.p_value, c.level, c.text, c.rests_on, c.p_against) for c in claims]
    return pd.DataFrame(rows, columns=columns)


def shift_claim(
    evidence: Sequence[Evidence], *, identified: bool, reading: FlowReading | None = None
) -> Claim:
    """Return the claim that activity moved; only a Bound may support it.

    Parameters
    ----------
    evidence : sequence of Evidence
        What was brought besides the series.
    identified : bool
        Whether the series carry a model-based claim at all.
    reading : FlowReading, optional
        What models of the flow say: words, never support. Their lower limit counts once it is
        brought as a Bound (:meth:`shiftexp.Flow.bound`).
    """
    bounds = [e.bound for e in evidence if e.about == "shift" and e.direction == "for" and e.bound]
    lifted = "; and ".join(map(_rests_on, lifting(evidence)))
    if lifted:
        return _shift("supported", lifted)
    said = [bound_words(bound) for bound in bounds]
    if identified and reading is not None and reading.flows:
        said.append(reading.words())
    status: Status = "compatible" if identified or bounds else "not identified"
    return _shift(status, "; ".join(said) or "series alone never prove a flow: no lower bound")


def _rests_on(bound: Bound) -> str:
    """Say a bound that supports a shift, and what it rests on."""
    rests = f"; rests on {bound.rests_on}" if bound.rests_on else ""
    return bound_words(bound) + rests


def _shift(status: Status, rests_on: str) -> Claim:
    """Return the claim that activity moved."""
    text = "some of the activity moved from origin to destination (shift)"
    return Claim("shift", text, status, math.nan, math.nan, rests_on)


def integration_claim(evidence: Sequence[Evidence]) -> Claim:
    """Return the claim about networks: series of amounts do not speak to it, evidence may."""
    brought = [evidence_words(e) for e in evidence if e.about == "integration"]
    rests = "compatible with every sector, expansion included; needs case files, prices or donors"
    return Claim(
        "integration",
        "actors and networks of both places grew towards one another",
        "compatible",
        math.nan,
        math.nan,
        "; ".join((rests, *brought)),
    )


def evidence_words(evidence: Evidence) -> str:
    """Say one piece of evidence: what it speaks to, how, and where it stands."""
    shown = evidence.p_value is None or evidence.p_value <= ALPHA
    parts = [f"{evidence.direction if shown else 'nothing shown of'} {evidence.about}"]
    for name, value in (("p", evidence.p_value), ("power", evidence.power)):
        if value is not None:
            parts.append(f"{name} = {format_number(value)}")
    if evidence.bound is not None:
        parts.append(bound_words(evidence.bound))
    if evidence.about == "shift" and evidence.bound is None and evidence.p_value is None:
        parts.append("carries no number that can be weighed")
    source = f" [{evidence.source}]" if evidence.source else ""
    return ", ".join(parts) + source


def p_words(p: float) -> str:
    """Write a p-value; a small one is never zero.

    Examples
    --------
    >>> p_words(1e-9), p_words(0.0314)
    ('p < 0.001', 'p = 0.031')
    """
    return "p < 0.001" if p < _SMALLEST_P else f"p = {p:.3f}"


def bound_words(bound: Bound) -> str:
    """Say a bound.

    Parameters
    ----------
    bound : Bound
        Limits on a flow or a share.
    """
    unit = f" {bound.unit}" if bound.unit else ""
    name = bound.quantity.replace("_", " ")
    low, high = format_number(bound.low), format_number(bound.high)
    return f"{low} <= {name} <= {high}{unit}: {bound.because}"


def _rung_claim(rung: Rung, specifications: Sequence[Effects], rests: str) -> Claim:
    """Return one claim of the ladder."""
    p = agreed([joint_p(e, rung.questions) for e in specifications])
    against = agreed([joint_p(e, rung.opposite) for e in specifications])
    origin_grew = agreed([joint_p(e, (ORIGIN_GREW,)) for e in specifications])
    status: Status = "inconclusive"
    no_b1 = rung.needs_b1 and origin_grew <= ALPHA
    if no_b1:
        status, rests = "not identified", f"{rests}; the origin grew, so B1 is contradicted"
    elif math.isnan(p):
        status = "not identified"
    elif p <= rung.alpha:
        status = "supported"
    elif against <= rung.alpha:
        status = "contradicted"
    return Claim(
        name=rung.name,
        text=rung.text,
        status=status,
        p_value=p,
        level=rung.alpha,
        rests_on=rests,
        questions=rung.questions,
        p_against=against,
        b1_contradicted=no_b1,
        opposite=rung.opposite,
    )


def equivalences(base: Floats, margin: float) -> tuple[Rung, ...]:
    """Return claims of no change and of full offset: two one-sided tests, the margin named.

    Parameters
    ----------
    base : array of shape (2,)
        Counterfactual levels, in level units per year.
    margin : float
        Smallest effect of interest, as a share of them.
    """
    share = f"{100 * margin:g} %"
    rungs = []
    for index, (side, a) in enumerate((("origin", (1.0, 0.0)), ("destination", (0.0, 1.0)))):
        at = -margin * abs(float(base[index]))
        text = f"the {side} changed by less than {share} of its counterfactual level"
        rungs.append(Rung(f"{side} unchanged", text, ((a, at), ((-a[0], -a[1]), at))))
    full: tuple[Question, ...] = (
        ((-1.0, -OFFSET_MOST), 0.0),
        ((1.0, OFFSET_FULL_HIGH), 0.0),
        GROWTH,
    )
    text = "the offset ratio lies between 0.75 and 4/3 (full offset; a pattern, not a flow)"
    return (*rungs, Rung("full offset", text, full))


def _equivalences(
    specifications: Sequence[Effects], margin: float, rests: str
) -> tuple[Claim, ...]:
    """Return the equivalence claims, each specification with margins of its own levels."""
    asked = [equivalences(e.base, margin) for e in specifications]
    return tuple(
        _equivalence(
            rungs[0].name,
            rungs[0].text,
            agreed([joint_p(e, r.questions) for e, r in zip(specifications, rungs, strict=True)]),
            rests,
        )
        for rungs in zip(*asked, strict=True)
    )


def _equivalence(name: str, text: str, p: float, rests: str) -> Claim:
    """Return one equivalence claim; it is never contradicted by a large p."""
    status: Status = "inconclusive"
    if math.isnan(p):
        status = "not identified"
    elif p <= ALPHA:
        status = "supported"
    return Claim(name, text, status, p, ALPHA, rests)
