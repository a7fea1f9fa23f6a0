"""What a verdict says besides its numbers: cautions, what would change it, and its summary."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from shiftexp.bounds import ShiftShareBounds
from shiftexp.design import Gate
from shiftexp.detection import DEFAULT_DRIFT, Detection, TippingPoint
from shiftexp.evidence import Bound, Evidence, lifting
from shiftexp.plane import NET
from shiftexp.result import Result
from shiftexp.scalars import plural
from shiftexp.specification import one_estimate
from shiftexp.verdict.claims import Claim, evidence_words, p_words
from shiftexp.verdict.conflicts import conflicts, narrowed
from shiftexp.verdict.flows import EMERGING
from shiftexp.verdict.readings import HELD_MASS, NULL_MASS, Reading, no_level
from shiftexp.verdict.reasons import Reason
from shiftexp.verdict.remedies import ValueOfInformation
from shiftexp.verdict.wording import Rounding, phrases

_ONE_SIDED = 1.645  # normal quantile of a one-sided 5 % test
INTEGRATION = (
    "integration of actors and networks is compatible with every sector, expansion included: "
    "sectors describe the pattern of the two effects, not how it came about"
)
NO_LEVEL = (
    "detection drift and margin are shares of a level that is not positive, or of values below "
    "zero: neither means anything here, and no claim is made with a drift where the counterfactual "
    "level is not positive; bring values that count from zero"
)
RAMP = (
    "a ramp of detection by a quarter over the window, unknown to the analyst, would mislead any "
    "rule with power; look at the tipping points"
)
NO_FLOW = (
    "a fall here and growth there never prove a flow: without a Bound that someone brings and "
    "answers for, a shift is only compatible"
)
_FEW_CASES = 5
_MOVES = {"destination grew": "grew", "origin fell": "fell"}


def cautions(
    results: tuple[Result, ...],
    detection: Detection | None,
    margin: float,
    gates: Sequence[Gate],
) -> tuple[str, ...]:
    """Return what a reader must keep in mind."""
    said = [NO_LEVEL] if any(map(_below_zero, results)) else []
    said += [
        f"data gate {failed}: no model-based claim is made" for failed in gates if not failed.passed
    ]
    if any(r.design.basis == "observed" for r in results):
        said.append(
            "the onset was read off the series: it is a range, and the candidates but the last "
            "are left out, so that no choice among them counts"
        )
    if results:
        said += [_drift_words(detection), *_integrated_words(results)]
        said.append(f"smallest effect of interest: {100 * margin:g} % of the counterfactual level")
        said += [*_shared_words(results), *_box_words(results[0], detection), RAMP, NO_FLOW]
    said += [note for r in results for note in r.notes]
    return tuple(dict.fromkeys((*said, INTEGRATION)))


def _below_zero(result: Result) -> bool:
    """Tell whether a level is not positive, or a value below zero was fitted."""
    return no_level(result.effects) or bool((result.paths.observed < 0).any())


def _shared_words(results: Sequence[Result]) -> list[str]:
    """Say how many specifications share an estimate, each under a law of its own."""
    groups: list[list[Result]] = []
    for result in results:
        home = next((group for group in groups if one_estimate(group[0], result)), None)
        if home is None:
            groups.append([result])
        else:
            home.append(result)
    return [
        f"{len(group)} of {len(results)} specifications share one estimate: they check its "
        "inference, and are no further views of the data"
        for group in groups
        if len(group) > 1
    ]


def _box_words(primary: Result, detection: Detection | None) -> tuple[str, ...]:
    """Say how far the offset ratio moves over the declared box of detection."""
    if detection is None or len(detection.corners) == 1 or not primary.effects.answers(NET):
        return ()
    found = detection.offset_range(primary.effects)
    seen = primary.effects.offset_ratio
    said = (
        f"over the declared box of detection the offset ratio of the estimates, {seen:.3g} as "
        f"seen, runs over {found}"
    )
    return (said,)


def would_change(
    results: tuple[Result, ...],
    gates: Sequence[Gate],
    state: str,
    claims: Mapping[str, str],
    detection: Detection | None,
    margin: float,
) -> tuple[str, ...]:
    """Return what would make the verdict sharper or overturn it."""
    said = [f"data that pass the gate ({'; '.join(g.reasons)})" for g in gates if g.reasons]
    if state == "undecided" and results:
        without = not any(r.design.donors for r in results)
        donors = ", or clean donors" if without else ""
        said.append(f"a longer or less noisy series{donors}: these data keep all nine sectors")
    if results and len(results) < 3:
        said.append("more specifications: fewer than three were weighed")
    if claims.get("shift") != "supported":
        said.append(
            "a lower limit on the flow from outside the series: case files, routes, prices, or "
            "counted customers"
        )
    drift = (detection or Detection()).drift
    if results and margin <= _ONE_SIDED * drift:
        said.append(
            f"documented detection effort: with a drift of {drift:g} no claim of less than "
            f"{100 * margin:g} % change can be supported"
        )
    elif results and drift:
        said.append(f"documented detection effort: a drift below {drift:g} sharpens every claim")
    return tuple(dict.fromkeys(said))


def evidence_cautions(
    evidence: Sequence[Evidence], bounds: ShiftShareBounds | None, growth: str = ""
) -> tuple[str, ...]:
    """Say where bounds from outside rest on little, or do not fit the series or each other.

    Parameters
    ----------
    evidence : sequence of Evidence
        What was brought besides the series.
    bounds : ShiftShareBounds or None
        What the series allow.
    growth : str, default ""
        The status of the claim that the destination grew; "" without series.
    """
    weak = (text for bound in lifting(evidence) for text in _weak_words(bound))
    return (*weak, *(said.sentence for said in conflicts(evidence, bounds, growth)))


def _weak_words(bound: Bound) -> tuple[str, ...]:
    """Say that a bound which supports a shift rests on few cases, or on stated links."""
    said = []
    if bound.cases is not None and bound.cases < _FEW_CASES:
        said.append(
            f"that some of it moved rests on {plural(bound.cases, 'counted case')}: fewer than "
            f"{_FEW_CASES} are a story, not a share"
        )
    if bound.assumed:
        said.append(
            "that some of it moved rests on links that are stated, not measured: "
            f"{'; '.join(bound.assumed)}"
        )
    return tuple(said)


def evidence_lines(evidence: Sequence[Evidence]) -> list[str]:
    """Return the evidence of a summary, one a line; nothing without any."""
    if not evidence:
        return []
    return ["", "Evidence besides the series:", *(f"  {evidence_words(e)}" for e in evidence)]


def reading_cautions(
    readings: Sequence[Reading], declared: str | None, left: Sequence[str]
) -> tuple[str, ...]:
    """Say where sectors rest on weights, and what a declared one leaves beside it."""
    weighed = [r for r in readings if r.how == "posterior"]
    held = " and ".join(f"{value:g}" for value in sorted({r.left for r in weighed}))
    said = []
    if weighed:
        limit = " and ".join(f"{value:g}" for value in sorted({r.threshold for r in weighed}))
        said.append(
            "sectors of a posterior are weighed, each as likely before the data: a set of weight "
            f"{held} is left, with what holds {HELD_MASS:g} of the mass, and one is declared at "
            f"{limit} with half of the mass (null with {NULL_MASS:g})"
        )
    others = [name for name in left if name != declared]
    if declared is not None and others:
        said.append(
            f"{declared} is declared by its weight; what is left holds {', '.join(others)} as well"
        )
    if declared is None and len(left) == 1:
        said.append(
            f"{left[0]} alone is left, but not every kind of specification declares it by its rule"
        )
    return tuple(said)


def headline(
    state: str, declared: str | None, sectors: Sequence[str], *, conflicting: bool = False
) -> str:
    """Return the state in one sentence."""
    if conflicting:
        return (
            "Undecided: the specifications contradict each other, no sector is left by four in "
            "five of them. This does not mean that nothing happened."
        )
    if state == "gate failed":
        return (
            "No model-based claim: the data do not pass the gate. This does not mean that nothing "
            "happened."
        )
    if state == "undecided":
        return (
            "Undecided: no sector of the plane is excluded. This does not mean that nothing "
            "happened."
        )
    if state == "declared":
        return (
            f"Declared: {declared} (the pattern of the two effects; for the flow behind it see "
            "the limits)."
        )
    return f"Not excluded: {', '.join(sectors)}."


def status_words(name: str, status: str, *, disputed: bool) -> str:
    """Return the status of a claim; a supported shift that is ``disputed`` says so.

    Examples
    --------
    >>> status_words("shift", "supported", disputed=True)
    'supported, but contradicted'
    """
    contradicted = disputed and (name, status) == ("shift", "supported")
    return f"{status}, but contradicted" if contradicted else status


def claim_lines(
    claims: Sequence[Claim], missing: str = "", *, disputed: bool = False, small: str = ""
) -> list[str]:
    """Return the claims of a summary, one a line; one sentence for those of a missing side.

    A supported shift whose bounds are ``disputed`` says so in its status; ``small`` is what is
    called a change, where the null is left beside a claim of one.
    """
    lines = ["Claims (those that ask least first):"]
    if missing:
        lines.append(f"  no {missing} was studied: claims that need it have no answer")
    for claim in claims:
        if missing and claim.status == "not identified":
            continue
        p = "" if math.isnan(claim.p_value) else f", {p_words(claim.p_value)}"
        status = status_words(claim.name, claim.status, disputed=disputed)
        lines.append(f"  [{status}] {claim.name}: {claim.text}{p}")
        if small and claim.status == "supported" and claim.name in _MOVES:
            lines.append(f"      {_MOVES[claim.name]}, but perhaps by less than the {small}")
        if math.isnan(claim.p_value) or EMERGING in claim.rests_on:
            lines.append(f"      rests on: {claim.rests_on}")
    return lines


def bounds_lines(
    bounds: ShiftShareBounds | None, drift: float, evidence: Sequence[Evidence] = ()
) -> list[str]:
    """Return the limits of a summary with the assumptions they rest on; nothing without any.

    Limits from outside cut those of the series; what contradicts them is told by both ranges.
    """
    if bounds is None:
        return []
    own, bounds = bounds, narrowed(bounds, evidence)
    cut = ["  cut by the bounds from outside, brought as evidence"] * (own != bounds)
    against = [said for said in conflicts(evidence, own) if said.ranges]
    share = f"{_hundredths(bounds.low, math.floor)} to {_hundredths(bounds.high, math.ceil)}"
    said = f"detection drift of {drift:g} included" if drift else "without detection drift"
    flow = f"{_end(bounds.flow_low, 'down')} to {_end(bounds.flow_high, 'up')} {bounds.unit}"
    return [
        "",
        f"Shift share: {share}; flow: {flow} ({100 * bounds.level:g} %, {said})",
        *(f"  if {text}" for text in bounds.assumptions),
        *(f"  contradicted by the data, not used there: {text}" for text in bounds.rejected),
        *cut,
        *(f"  contradicted: {said.sentence}" for said in against),
    ]


def _hundredths(share: float, towards: Callable[[float], int]) -> str:
    """Write a limit on a share with two decimals, rounded to the side on which it claims less."""
    return f"{towards(round(100 * share, 6)) / 100:.2f}"


def _end(value: float, to: Rounding) -> str:
    """Write a limit on a flow with three digits, rounded to the side on which it claims less."""
    return phrases("en").number(value, to) if math.isfinite(value) else f"{value:g}"


def reason_lines(reasons: Sequence[Reason]) -> list[str]:
    """Return why sectors and claims are settled, one a line; nothing where none is."""
    told = {"excluded", "declared", "supported", "contradicted"}
    lines = [f"  [{r.status}] {r.about}: {r.sentence}" for r in reasons if r.status in told]
    return ["", "Why (every number is in verdict.reasons):", *lines] if lines else []


def first_lines(found: ValueOfInformation) -> list[str]:
    """Return which one kind of data would move the verdict most; nothing where none would."""
    best = found.best
    if best is None:
        return []
    head = "Would settle it" if best.settles else "Would move it most"
    return ["", f"{head}: {best.words()}"]


def tipping_lines(points: Sequence[TippingPoint]) -> list[str]:
    """Return the tipping points of a summary, one a line; nothing without any."""
    if not points:
        return []
    return [
        "",
        (
            "Detection that would overturn it, primary specification (after over before; ratio: "
            "destination over origin):"
        ),
        *(
            f"  {p.statement}: {p.side} {'no ratio' if math.isnan(p.value) else f'{p.value:.3g}'}"
            for p in points
        ),
    ]


def _drift_words(detection: Detection | None) -> str:
    """Say which drift of detection is integrated."""
    if detection is None:
        return (
            f"nobody declared detection: a drift of {DEFAULT_DRIFT:.2f} (sd of its log change) is "
            "integrated"
        )
    if detection.drift == 0:
        return "detection is declared to have stayed the same: every claim is conditional on that"
    return (
        f"a drift of detection of {detection.drift:.2f} (sd of its log change) is integrated into "
        "every claim"
    )


def _integrated_words(results: Sequence[Result]) -> tuple[str, ...]:
    """Say which models hold a drift of detection themselves, so that it is not added twice."""
    return tuple(
        f"{result.name} holds a drift of detection of {result.effects.integrated:.2f} itself: only "
        "what is declared beyond it is added, and nothing is taken out"
        for result in results
        if result.effects.integrated > 0
    )
