"""What a verdict says besides its numbers: cautions, what would change it, and a summary in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from shiftexp.design import Gate
from shiftexp.detection import DEFAULT_DRIFT, Detection
from shiftexp.result import Result

if TYPE_CHECKING:
    from shiftexp.bounds import ShiftShareBounds
    from shiftexp.detection import TippingPoint
    from shiftexp.verdict.claims import Claim

INTEGRATION = (
    "integration of actors and networks is compatible with every sector, expansion included: sectors describe the "
    "pattern of the two effects, not how it came about"
)
RAMP = (
    "a ramp of detection by a quarter over the window, unknown to the analyst, would mislead any rule with power; "
    "look at the tipping points"
)
NO_FLOW = "a fall here and growth there never prove a flow: without a bound from outside a shift is only compatible"


class _Spoken(Protocol):
    """What a summary reads of a verdict."""

    name: str
    results: tuple[Result, ...]

    @property
    def state(self) -> str: ...
    @property
    def sectors(self) -> tuple[str, ...]: ...
    @property
    def claims(self) -> tuple[Claim, ...]: ...
    @property
    def bounds(self) -> ShiftShareBounds | None: ...
    @property
    def tipping(self) -> tuple[TippingPoint, ...]: ...
    @property
    def cautions(self) -> tuple[str, ...]: ...
    @property
    def would_change(self) -> tuple[str, ...]: ...


def cautions(
    results: tuple[Result, ...], detection: Detection | None, margin: float, gate: Gate | None
) -> tuple[str, ...]:
    """Return what a reader must keep in mind."""
    said = []
    for failed in dict.fromkeys(str(g) for g in _gates(results, gate) if not g.passed):
        said.append(f"data gate {failed}: no model-based claim is made")
    if any(r.design.basis == "observed" for r in results):
        said.append(
            "the onset was read off the series: it is a range, and every p is the largest over its candidates"
        )
    if results:
        said.append(_drift_words(detection))
        said.append(f"smallest effect of interest: {100 * margin:g} % of the counterfactual level")
        said += [RAMP, NO_FLOW]
    said += [note for r in results for note in r.notes]
    return tuple(dict.fromkeys((*said, INTEGRATION)))


def would_change(
    results: tuple[Result, ...], gate: Gate | None, state: str, claims: Mapping[str, str]
) -> tuple[str, ...]:
    """Return what would make the verdict sharper or overturn it."""
    said = [
        f"data that pass the gate ({reason})" for g in _gates(results, gate) for reason in g.reasons
    ]
    if state == "undecided" and results:
        said.append(
            "a longer or less noisy series, or clean donors: these data keep all nine sectors"
        )
    if results and len(results) < 3:
        said.append("more specifications: fewer than three were weighed")
    if claims.get("shift") != "supported":
        said.append(
            "a lower bound on the flow from outside the series: counted customers with caps on quitting and "
            "re-routing, case files, routes, prices"
        )
    if results:
        said.append("documented detection effort: a drift below .10 sharpens every claim")
    return tuple(dict.fromkeys(said))


def summary(verdict: _Spoken) -> str:
    """Return a verdict in words, claims first."""
    lines = [
        verdict.name or "Verdict",
        "=" * len(verdict.name or "Verdict"),
        _headline(verdict),
        "",
    ]
    lines += ["Claims (weakest first):"]
    for claim in verdict.claims:
        p = "" if math.isnan(claim.p_value) else f", p = {claim.p_value:.3f}"
        lines.append(f"  [{claim.status}] {claim.name}: {claim.text}{p}")
    if verdict.bounds is not None:
        b = verdict.bounds
        lines += [
            "",
            f"Shift share: {b.low:.2f} to {b.high:.2f}; flow: {b.flow_low:,.0f} to {b.flow_high:,.0f} {b.unit} "
            f"({100 * b.level:g} %)",
            *(f"  if {text}" for text in b.assumptions),
            *(f"  contradicted by the data, not used: {text}" for text in b.rejected),
        ]
    if verdict.tipping:
        lines += [
            "",
            "Detection that would overturn it (after over before; ratio: destination over origin):",
        ]
        lines += [
            f"  {p.statement}: {p.side} {'no ratio' if math.isnan(p.value) else f'{p.value:.3g}'}"
            for p in verdict.tipping
        ]
    lines += ["", "Keep in mind:", *(f"  - {text}" for text in verdict.cautions)]
    lines += ["", "What would change it:", *(f"  - {text}" for text in verdict.would_change)]
    return "\n".join(lines)


def _headline(verdict: _Spoken) -> str:
    """Return the state in one sentence."""
    if verdict.state == "gate failed":
        return "No model-based claim: the data do not pass the gate. This does not mean that nothing happened."
    if verdict.state == "undecided":
        return "Undecided: no sector of the plane is excluded. This does not mean that nothing happened."
    names = ", ".join(verdict.sectors)
    if verdict.state == "declared":
        return f"Declared: {names} (the pattern of the two effects; the flow behind it is bounded below)."
    return f"Not excluded: {names}."


def _gates(results: tuple[Result, ...], gate: Gate | None) -> tuple[Gate, ...]:
    """Return the gates that count."""
    return (gate,) if gate is not None else tuple(r.gate for r in results)


def _drift_words(detection: Detection | None) -> str:
    """Say which drift of detection is integrated."""
    if detection is None:
        return f"nobody declared detection: a drift of {DEFAULT_DRIFT:.2f} (sd of its log change) is integrated"
    if detection.drift == 0:
        return "detection is declared to have stayed the same: every claim is conditional on that"
    return f"a drift of detection of {detection.drift:.2f} (sd of its log change) is integrated into every claim"
