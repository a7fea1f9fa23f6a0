"""Value of information: what each kind of missing evidence would do to a verdict, computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from shiftexp.casework.case_files import case_files
from shiftexp.design import Gate
from shiftexp.design.gate import LEAST_AFTER, LEAST_BEFORE
from shiftexp.detection import Detection
from shiftexp.errors import EstimandNotIdentified
from shiftexp.evidence import Bound, Evidence
from shiftexp.flow import flow_in
from shiftexp.plane import SECTOR_NAMES
from shiftexp.result import Result
from shiftexp.table import Table, format_number
from shiftexp.verdict.claims import shift_claim
from shiftexp.verdict.readings import ALPHA, smallest_p
from shiftexp.verdict.weighed import Weighed

WhatIf: TypeAlias = Callable[..., Weighed]
MEASURED_EFFORT = 0.03
_DONORS = 5
_CASES, _FILES = 5, 60
_LINK, _ARRIVED = (0.5, 1.0), (0.6, 1.0)
_CAP = 0.5
_LEAST_FOR_CORRELATION = 4
_FLOWING = frozenset({"shift-compatible", "mixed", "partial displacement"})
_EXACT = "computed again with that drift"
_SCALED = "approximation: the law of the effects drawn in about its estimate by the factor {:.2f}"
_BROUGHT = "computed again with such a Bound, at these stated links"
_WITHOUT = "computed again without the specifications that can exclude nothing"
_NOTHING_ELSE = "no other specification was weighed; what more would show is not known"
_ROUNDING = 1e-9
_UNKNOWN = "needed by the data gate; what the series would then show is not known"


@dataclass(frozen=True)
class Remedy:
    """One kind of missing evidence, and what the verdict would be with it.

    Attributes
    ----------
    kind : str
        Short name: effort, effort-free, indicators, years, noise, donors, case files, customers,
        prices, push; resolution, for a specification whose p cannot be small enough, whatever the
        data are; and for a failed gate "gate before", "gate after" (with " alone" where one side
        was studied) or "gate counting".
    what, how_much : str
        What to collect, and how much of it is reckoned with.
    sectors : tuple of str
        Sectors not excluded then.
    removed : tuple of str
        Sectors excluded then, and not now.
    supported, contradicted : tuple of str
        Claims that are so then, and not now.
    settles : bool
        Whether a sector is declared then that is not now; where one is declared already and a flow
        may be behind it, whether a shift is supported then.
    basis : str
        How this was computed.
    factor : float
        What the figure that is reckoned with is: a drift, a factor on standard errors, a number of
        periods, a lower limit, a smallest p; NaN where there is none.
    """

    kind: str
    what: str
    how_much: str
    sectors: tuple[str, ...]
    removed: tuple[str, ...] = ()
    supported: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()
    settles: bool = False
    basis: str = ""
    factor: float = math.nan

    @property
    def for_gate(self) -> bool:
        """Whether it is something that a failed data gate needs."""
        return self.kind.startswith("gate")

    @property
    def moves(self) -> int:
        """How much it would move the verdict: sectors removed and claims settled."""
        return len(self.removed) + len(self.supported) + len(self.contradicted)

    def words(self) -> str:
        """Say what to collect, and what it would do."""
        left = f"would leave {len(self.sectors)} of {len(SECTOR_NAMES)} sectors"
        does = [left] * bool(self.removed)
        does += [f"would support {_quoted(self.supported)}"] * bool(self.supported)
        does += [f"would contradict {_quoted(self.contradicted)}"] * bool(self.contradicted)
        effect = "; ".join(does) or "would change no sector and no claim"
        if self.for_gate:
            effect = "without it no model-based claim can be made"
        return f"{self.what} ({self.how_much}): {effect}"


def _quoted(claims: Sequence[str]) -> str:
    """Say claims in a row, marked as names: "not mainly shift" would else turn a verb around."""
    return ", ".join(f'"{claim}"' for claim in claims)


@dataclass(frozen=True, eq=False)
class ValueOfInformation(Table):
    """What each kind of missing evidence would do to a verdict, what moves it most first.

    Attributes
    ----------
    remedies : tuple of Remedy
        Ranked: what settles it, then by sectors removed, then by claims settled.
    """

    remedies: tuple[Remedy, ...]

    @property
    def best(self) -> Remedy | None:
        """The one kind of data that would move the verdict most; None where none would."""
        first = next(iter(self.remedies), None)
        return first if first is not None and (first.moves or first.for_gate) else None

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each kind of evidence."""
        columns = ["kind", "what", "how_much", "sectors_left", "removed", "supported"]
        rows = [
            (
                r.kind,
                r.what,
                r.how_much,
                len(r.sectors),
                "; ".join(r.removed),
                "; ".join(r.supported),
                "; ".join(r.contradicted),
                r.settles,
                r.basis,
            )
            for r in self.remedies
        ]
        return pd.DataFrame(rows, columns=[*columns, "contradicted", "settles", "basis"])


def remedies_of(verdict: Weighed, what_if: WhatIf) -> ValueOfInformation:
    """Return what each kind of missing evidence would do to a verdict.

    Parameters
    ----------
    verdict : Verdict
        As it is.
    what_if : callable
        Returns the verdict with some of its inputs replaced.
    """
    found = [*_gate_remedies(verdict)]
    if verdict.readings:
        found += [*_detection_remedies(verdict, what_if), *_precision_remedies(verdict, what_if)]
        found += _resolution_remedies(verdict, what_if)
    if _open_shift(verdict):
        found += [*_bound_remedies(verdict), *_push_remedies(verdict)]
    return ValueOfInformation(tuple(sorted(found, key=_rank)))


def _rank(remedy: Remedy) -> tuple[bool, bool, int, int]:
    """Return what remedies are sorted by: what the gate needs, then what moves the verdict most."""
    return not remedy.for_gate, not remedy.settles, -len(remedy.removed), -remedy.moves


def _compared(
    verdict: Weighed, then: Weighed, kind: str, what: str, how_much: str, basis: str, factor: float
) -> Remedy:
    """Return what another verdict has that this one has not."""
    now = {claim.name: claim.status for claim in verdict.claims}
    new = [(c.name, c.status) for c in then.claims if now.get(c.name) != c.status]
    return Remedy(
        kind=kind,
        what=what,
        how_much=how_much,
        sectors=then.sectors,
        removed=tuple(name for name in verdict.sectors if name not in then.sectors),
        supported=tuple(name for name, status in new if status == "supported"),
        contradicted=tuple(name for name, status in new if status == "contradicted"),
        settles=then.sector is not None and verdict.sector is None,
        basis=basis,
        factor=factor,
    )


def _brought(verdict: Weighed, brought: Evidence, said: tuple[str, str, str], basis: str) -> Remedy:
    """Return what one more piece of evidence would do: no more than the claim of a shift."""
    claim = shift_claim((*verdict.evidence, brought), identified=bool(verdict.readings))
    moved = claim.status == "supported"
    return Remedy(
        *said,
        sectors=verdict.sectors,
        supported=("shift",) * moved,
        settles=moved and verdict.sector in _FLOWING,
        basis=basis,
        factor=math.nan if brought.bound is None else brought.bound.low,
    )


def _gate_remedies(verdict: Weighed) -> Iterator[Remedy]:
    """Yield what the failed data gates need."""
    for gate in dict.fromkeys(verdict.gates):
        for kind, what, how_much, missing in _gate_needs(gate):
            yield Remedy(kind, what, how_much, SECTOR_NAMES, basis=_UNKNOWN, factor=missing)


def _gate_needs(gate: Gate) -> Iterator[tuple[str, str, str, float]]:
    """Yield what one data gate needs: its kind, in words, how much, the number of periods."""
    for there, least, side in (
        (gate.before, LEAST_BEFORE, "before"),
        (gate.after, LEAST_AFTER, "after"),
    ):
        if there < least and not gate.passed:
            missing = least - there
            how_much = f"{missing} more: {there} are there, {least} are needed"
            who, key = ("both places are", "") if gate.sides > 1 else ("the place is", " alone")
            what = f"periods in which {who} observed, {side} the onset"
            yield f"gate {side}{key}", what, how_much, missing
    for reason in gate.reasons:
        if "joint period" not in reason or "less" in reason:
            yield "gate counting", "the same series counted in one way", reason, math.nan


def _detection_remedies(verdict: Weighed, what_if: WhatIf) -> Iterator[Remedy]:
    """Yield what a documented detection effort would do."""
    declared = verdict.detection or Detection()
    for kind, what, drift in (
        ("effort-free", "an indicator free of police effort, or capture-recapture data", 0.0),
        ("effort", "detection effort that was measured year by year", MEASURED_EFFORT),
    ):
        if drift < verdict.drift:
            then = what_if(detection=replace(declared, drift=drift))
            how_much = f"a drift of detection of {drift:g} instead of {verdict.drift:g}"
            yield _compared(verdict, then, kind, what, how_much, _EXACT, drift)


def _precision_remedies(verdict: Weighed, what_if: WhatIf) -> Iterator[Remedy]:
    """Yield what smaller standard errors would do; the drift of detection stays as it is."""
    kinds: list[tuple[str, str, str, float]] = [
        ("indicators", "a second indicator of the same activity", "of equal, independent noise", 2),
        ("indicators", "a second and a third indicator", "of equal, independent noise", 3),
        ("years", "a series twice as long", "twice the periods before and after", 2),
        ("noise", "a less noisy series", "half the noise", 4),
    ]
    shared = _shared(verdict.results[0])
    if not any(r.design.donors for r in verdict.results) and shared > 0:
        how_much = (
            f"{_DONORS} clean donors, which take away most of the {round(100 * shared)} % of the "
            "variance before the onset that both places share"
        )
        kept = 1 - shared * (1 - 1 / _DONORS)
        kinds.append(("donors", "places where nothing moved", how_much, 1 / kept))
    known: dict[float, Weighed] = {}
    for kind, what, how_much, times in kinds:
        factor = 1 / math.sqrt(times)
        if times not in known:
            results = tuple(_drawn_in(result, factor) for result in verdict.results)
            known[times] = what_if(results=results)
        said = (kind, what, how_much, _SCALED.format(factor), factor)
        yield _compared(verdict, known[times], *said)


def _resolution_remedies(verdict: Weighed, what_if: WhatIf) -> Iterator[Remedy]:
    """Yield the specifications whose p cannot exclude a sector, and what is left without them."""
    blind = [result for result in verdict.results if smallest_p(result) > ALPHA]
    others = tuple(result for result in verdict.results if result not in blind)
    then, basis = verdict, _NOTHING_ELSE
    if blind and others:
        then, basis = what_if(results=others), _WITHOUT
    for result in blind:
        p, least = smallest_p(result), math.ceil(1 / ALPHA - _ROUNDING) - 1
        what = (
            f"a specification that can exclude something instead of {result.name}, whose smallest "
            f"possible p-value, {format_number(p, 3)}, is above {ALPHA:g}"
        )
        by_donors = any(word in result.inference for word in ("donors", "units"))
        against = "donors" if by_donors else "periods or draws"
        how_much = (
            f"more {against} to rank it against, at least {least}; or leave it out of the declared "
            "set, which needs no look at the effects"
        )
        yield _compared(verdict, then, "resolution", what, how_much, basis, p)


def _drawn_in(result: Result, factor: float) -> Result:
    """Return a result whose law is drawn in about its estimate."""
    effects = result.effects
    centre = np.nan_to_num(np.asarray(effects.mean, dtype=float))
    law = effects.law.affine(np.eye(2) * factor, (1 - factor) * centre)
    return replace(result, effects=replace(effects, law=law))


def _shared(result: Result) -> float:
    """Return the share of variance before the onset that both sides share, 0 if unknown."""
    paths = result.paths
    rest = (paths.observed - paths.counterfactual)[:, paths.pre]
    rest = rest[:, ~np.isnan(rest).any(axis=0)]
    if rest.shape[1] < _LEAST_FOR_CORRELATION or not (rest.std(axis=1) > 0).all():
        return 0.0
    return max(0.0, float(np.asarray(np.corrcoef(rest))[0, 1]))


def _open_shift(verdict: Weighed) -> bool:
    """Tell whether a shift may still be supported: a pair, and no Bound that lifts it yet."""
    paired = not verdict.results or all(verdict.results[0].paths.names)
    status = next(c.status for c in verdict.claims if c.name == "shift")
    return paired and status != "supported"


def _bound_remedies(verdict: Weighed) -> Iterator[Remedy]:
    """Yield what a lower limit from outside would do, and that prices bring none."""
    files = case_files(_CASES, _FILES, link=_LINK, arrived=_ARRIVED)
    told = (
        f"if, say, {_CASES} of {_FILES} files had actors of the origin who came since the onset, "
        f"so that at least {format_number(100 * files.low, 2)} % of the growth moved"
    )
    what = "case files or interviews in the destination"
    yield _brought(
        verdict, Evidence(about="shift", bound=files), ("case files", what, told), _BROUGHT
    )
    counted = Bound("flow", low=_CAP, high=1.0, unit="V", because="a counted fall V")
    told = (
        f"if, say, a fall V were counted of which at most {100 * (1 - _CAP):g} % stopped or went "
        f"elsewhere, so that at least {_CAP:g} V moved"
    )
    what = "counted customers from across the border"
    yield _brought(
        verdict, Evidence(about="shift", bound=counted), ("customers", what, told), _BROUGHT
    )
    prices = ("prices", "prices and purity on both sides", "signs that fit a shift, at whatever p")
    basis = "computed again with such evidence: signs are no Bound"
    yield _brought(verdict, Evidence(about="shift", p_value=0.0), prices, basis)


def _push_remedies(verdict: Weighed) -> Iterator[Remedy]:
    """Yield what a push that goes off again would do, where a model of the flow was weighed."""
    flow = next((f for f in map(flow_in, verdict.results) if f is not None), None)
    if flow is None or flow.reversible or not verdict.flows:
        return
    said = ("push", "a push that goes off again", "3 periods or more after the last arrival")
    try:
        bound = replace(flow, reversible=True).bound(drift=verdict.drift)
    except EstimandNotIdentified as error:
        lacking = "; ".join(problem.given for problem in error.problems)
        basis = f"computed again: its limit would still be no Bound ({lacking})"
        yield Remedy(*said, sectors=verdict.sectors, basis=basis)
    else:
        basis = "computed again, the limits of the flow as they are and brought as a Bound"
        yield _brought(verdict, Evidence(about="shift", bound=bound), said, basis)
