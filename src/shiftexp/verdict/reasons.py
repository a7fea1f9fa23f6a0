"""Why a verdict says what it says: every status with the table, row and number behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields

import pandas as pd

from shiftexp.design import Gate
from shiftexp.design.gate import LEAST_AFTER, LEAST_BEFORE
from shiftexp.evidence import Evidence, lifting
from shiftexp.plane import SECTOR_NAMES
from shiftexp.result import Result
from shiftexp.table import format_number
from shiftexp.verdict.claims import Claim, claims_frame, p_words
from shiftexp.verdict.questions import deciding
from shiftexp.verdict.readings import HELD_MASS, Reading, sectors_frame
from shiftexp.verdict.weighed import Weighed
from shiftexp.verdict.wording import Rounding, rounded

_ESTIMANDS = {
    "destination grew": "destination",
    "origin fell": "origin",
    "net expansion": "net",
    "not mainly shift": "offset_ratio",
    "some offset": "offset_ratio",
    "mostly offset": "offset_ratio",
    "origin unchanged": "origin",
    "destination unchanged": "destination",
    "full offset": "offset_ratio",
}
_ESTIMATED = {
    "origin": "the change at the origin",
    "destination": "the change at the destination",
    "net": "the change of both places together",
    "offset_ratio": "the offset (the origin's fall over the destination's growth)",
}


@dataclass(frozen=True)
class Reason:
    """One reason for one status, with the number it rests on and where that stands.

    Attributes
    ----------
    about : str
        The claim, the sector, "bounds" or "data gate".
    status : str
        What is said of it.
    sentence : str
        Why, in words.
    table : str
        The name of a table of ``verdict.tables()``.
    row : int
        The position of its row.
    column : str
        The column of its number.
    value : float
        The number there; NaN where that is no number.
    threshold : float
        What it is held against; NaN where it is held against nothing.
    """

    about: str
    status: str
    sentence: str
    table: str
    row: int
    column: str
    value: float
    threshold: float


def reasons_of(verdict: Weighed) -> tuple[Reason, ...]:
    """Return the reasons of a verdict: data gate, sectors, claims, estimates, limits.

    Parameters
    ----------
    verdict : Verdict
        What is explained.
    """
    return (
        *_gate_reasons(verdict.gates),
        *sector_reasons(verdict),
        *claim_reasons(verdict),
        *_estimate_reasons(verdict),
        *_bound_reasons(verdict),
    )


def reasons_frame(reasons: Sequence[Reason]) -> pd.DataFrame:
    """Return one row for each reason.

    Parameters
    ----------
    reasons : sequence of Reason
        Those of a verdict.
    """
    columns = [field.name for field in fields(Reason)]
    return pd.DataFrame([astuple(reason) for reason in reasons], columns=columns)


def estimates_frame(results: Sequence[Result]) -> pd.DataFrame:
    """Return the estimates of all specifications, one below the other.

    Parameters
    ----------
    results : sequence of Result
        The specifications.
    """
    frames = [result.tidy().assign(specification=result.name) for result in results]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def evidence_frame(evidence: Sequence[Evidence]) -> pd.DataFrame:
    """Return one row for each piece of evidence, with its bound.

    Parameters
    ----------
    evidence : sequence of Evidence
        What was brought besides the series.
    """
    columns = ["about", "direction", "p_value", "power", "quantity", "low", "high", "unit"]
    rows = []
    for e in evidence:
        b = e.bound
        limits = ("", math.nan, math.nan, "", "", "")
        if b is not None:
            limits = (b.quantity, b.low, b.high, b.unit, b.rests_on, b.because)
        numbers = (math.nan if x is None else x for x in (e.p_value, e.power))
        rows.append((e.about, e.direction, *numbers, *limits, e.source))
    return pd.DataFrame(rows, columns=[*columns, "rests_on", "because", "source"])


def gates_frame(gates: Sequence[Gate]) -> pd.DataFrame:
    """Return one row for each data gate that counts.

    Parameters
    ----------
    gates : sequence of Gate
        Those of a verdict.
    """
    rows = [(g.before, g.after, g.passed, "; ".join(g.reasons)) for g in gates]
    return pd.DataFrame(rows, columns=["before", "after", "passed", "reasons"])


def tables_of(verdict: Weighed) -> dict[str, pd.DataFrame]:
    """Return the tables that reasons point into, by name.

    Parameters
    ----------
    verdict : Verdict
        What is explained.
    """
    none = pd.DataFrame()
    return {
        "gates": gates_frame(verdict.gates),
        "sectors": sectors_frame(verdict.readings),
        "claims": claims_frame(verdict.claims),
        "estimates": estimates_frame(verdict.results),
        "bounds": none if verdict.bounds is None else verdict.bounds.to_frame(),
        "evidence": evidence_frame(verdict.evidence),
        "flow": verdict.flows[0].to_frame() if verdict.flows else none,
    }


def _gate_reasons(gates: Sequence[Gate]) -> Iterator[Reason]:
    """Yield what a failed gate lacks."""
    for row, gate in enumerate(gates):
        if gate.passed:
            continue
        column, value, least = "reasons", math.nan, math.nan
        if gate.before < LEAST_BEFORE:
            column, value, least = "before", gate.before, LEAST_BEFORE
        elif gate.after < LEAST_AFTER:
            column, value, least = "after", gate.after, LEAST_AFTER
        sentence = f"no model-based claim: {'; '.join(gate.reasons)}"
        yield Reason("data gate", "failed", sentence, "gates", row, column, value, least)


def sector_reasons(verdict: Weighed) -> Iterator[Reason]:
    """Yield why each sector is kept, excluded or declared, by the specification that decides.

    Parameters
    ----------
    verdict : Verdict
        What is explained.
    """
    readings = verdict.readings
    for position, name in enumerate(SECTOR_NAMES if readings else ()):
        which = _deciding_reading(readings, name)
        row = position * len(readings) + which
        yield _sector_reason(readings, name, which, row)
        if name == verdict.sector:
            yield _declared_reason(readings, name, row)


def _deciding_reading(readings: Sequence[Reading], sector: str) -> int:
    """Return the reading whose vote decides whether four in five exclude a sector."""

    def doubt(k: int) -> tuple[bool, float]:
        value = readings[k].values[sector]
        return (not readings[k].excludes(sector), 1.0 if math.isnan(value) else value)

    return sorted(range(len(readings)), key=doubt)[deciding(len(readings))]


def _sector_reason(readings: Sequence[Reading], name: str, which: int, row: int) -> Reason:
    """Return why a sector is kept or excluded."""
    reading = readings[which]
    value, out = reading.values[name], reading.excludes(name)
    votes = sum(r.excludes(name) for r in readings)
    status = "excluded" if out else "kept"
    if reading.how == "test":
        number = f"{p_words(value)}, {'at most' if out else 'above'} {reading.threshold:g}"
        threshold = reading.threshold
    else:
        number, threshold = _weight_words(reading, name), round(1 - reading.left, 12)
    if math.isnan(value):
        number = "no test of it"
    counted = f"{votes} of {len(readings)} specifications exclude it, four in five are needed"
    if len(readings) == 1:
        counted = f"the only specification {'excludes' if out else 'does not exclude'} it"
    sentence = f"{counted}; {reading.specification} decides: {number}"
    return Reason(name, status, sentence, "sectors", row, "value", value, threshold)


def _weight_words(reading: Reading, name: str) -> str:
    """Say by which weight or mass a posterior keeps or excludes a sector."""
    weight, mass = _number(reading.values[name]), _number(reading.masses[name])
    if name in reading.by_mass:
        return (
            f"a posterior mass of {mass}, in the smallest set that holds {HELD_MASS:g}, though its "
            f"weight of {weight} is outside of that of {reading.left:g}"
        )
    place = "outside of" if reading.excludes(name) else "in"
    return f"a weight of {weight}, {place} the smallest set that holds {reading.left:g}"


def _declared_reason(readings: Sequence[Reading], name: str, row: int) -> Reason:
    """Return why a sector is declared."""
    first = row - row % len(readings)
    weights = [(r.values[name], k) for k, r in enumerate(readings) if r.declares == name]
    if not weights:
        sentence = "four in five specifications exclude every other sector"
        value = readings[row - first].values[name]
        return Reason(name, "declared", sentence, "sectors", row, "value", value, math.nan)
    weight, k = min(weights)
    sentence = (
        f"four in five posteriors declare it; the least of their weights is {_number(weight)}, at "
        f"least {readings[k].threshold:g}"
    )
    threshold = readings[k].threshold
    return Reason(name, "declared", sentence, "sectors", first + k, "value", weight, threshold)


def claim_reasons(verdict: Weighed) -> Iterator[Reason]:
    """Yield why each claim has its status.

    Parameters
    ----------
    verdict : Verdict
        What is explained.
    """
    names = [claim.name for claim in verdict.claims]
    for row, claim in enumerate(verdict.claims):
        if claim.name == "shift":
            yield from _shift_reasons(claim, row, verdict.evidence)
        elif not claim.held_against:
            nothing = (math.nan, math.nan)
            sentence = claim.rests_on
            yield Reason(claim.name, claim.status, sentence, "claims", row, "status", *nothing)
        elif claim.b1_contradicted:
            other = names.index("origin fell")
            value = verdict.claims[other].p_against
            sentence = f"the origin grew ({p_words(value)}), which contradicts B1"
            found = ("claims", other, "p_against", value, claim.level)
            yield Reason(claim.name, claim.status, sentence, *found)
        else:
            yield _tested_reason(claim, row, len(verdict.results))


def _tested_reason(claim: Claim, row: int, specifications: int) -> Reason:
    """Return why a tested claim has its status."""
    most = "the only specification"
    if specifications > 1:
        most = f"{deciding(specifications) + 1} of {specifications} specifications"
    against = claim.status == "contradicted"
    column, p = ("p_against", claim.p_against) if against else ("p_value", claim.p_value)
    if math.isnan(p):
        sentence = "these data or this method do not answer it"
    else:
        what = "the opposite has " if against else ""
        held = "at most" if p <= claim.level else "above"
        more = "" if p <= claim.level else ", which is no evidence against it"
        told = p_words(p) if specifications == 1 else p_words(p).replace("=", "at most")
        sentence = f"{what}{told} in {most}, {held} {claim.level:g}{more}"
    return Reason(claim.name, claim.status, sentence, "claims", row, column, p, claim.level)


def _shift_reasons(claim: Claim, row: int, evidence: Sequence[Evidence]) -> Iterator[Reason]:
    """Yield every bound that supports a shift, or why it is no more than compatible."""
    for k, piece in enumerate(evidence):
        for bound in lifting((piece,)):
            sentence = f"a Bound whose lower end, {format_number(bound.low)}, is above zero"
            yield Reason("shift", claim.status, sentence, "evidence", k, "low", bound.low, 0.0)
    if claim.status != "supported":
        sentence = "no Bound has a lower end above zero, and nothing else supports a shift"
        nothing = (math.nan, math.nan)
        yield Reason("shift", claim.status, sentence, "claims", row, "status", *nothing)


def _estimate_reasons(verdict: Weighed) -> Iterator[Reason]:
    """Yield the estimate of the primary specification behind each claim of the ladder."""
    if not verdict.readings:
        return
    estimates = estimates_frame(verdict.results[:1])
    at = {name: row for row, name in enumerate(estimates["estimand"])}
    for claim in verdict.claims:
        row = at.get(_ESTIMANDS.get(claim.name, ""))
        if row is None:
            continue
        found = estimates.iloc[row]
        value = float(found["estimate"])
        unit = "" if found["unit"] == "ratio" else f" {found['unit']}"
        what = _ESTIMATED[str(found["estimand"])]
        sentence = f"the primary specification puts {what} at {_number(value)}{unit}"
        status = claim.status
        yield Reason(claim.name, status, sentence, "estimates", row, "estimate", value, 0.0)


def _bound_reasons(verdict: Weighed) -> Iterator[Reason]:
    """Yield the limits on what can have moved."""
    if verdict.bounds is not None:
        b = verdict.bounds
        because = f"if {' and '.join(b.assumptions)}"
        limits = (
            (b.high, f"{_number(100 * b.high, 'up')} % of the growth"),
            (b.flow_high, f"{_number(b.flow_high, 'up')} {b.unit}"),
        )
        for row, (high, most) in enumerate(limits):
            sentence = f"at most {most} can have moved, {because}"
            yield Reason("bounds", "at most", sentence, "bounds", row, "high", high, math.nan)
    if verdict.flows:
        high = verdict.flows[0].limits.flow[1]
        most = f"{_number(high, 'up')} {verdict.flows[0].unit}"
        sentence = f"a model of the flow allows at most {most}"
        yield Reason("flow", "at most", sentence, "flow", 0, "conf_high", high, math.nan)


def _number(value: float, to: Rounding = "nearest") -> str:
    """Write a number in a sentence; a limit outwards, as wherever else it is told."""
    if math.isnan(value):
        return "no number"
    return format_number(rounded(value, to) if math.isfinite(value) else value, 3)
