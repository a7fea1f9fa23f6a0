"""Verdict: sectors, a ladder of claims, bounds and tipping points, computed from its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Literal, TypeAlias

import pandas as pd

from shiftexp.bounds import ShiftShareBounds, shift_share_bounds
from shiftexp.design import Gate
from shiftexp.detection import Detection, TippingPoint
from shiftexp.effects import Effects
from shiftexp.errors import EstimandNotIdentified
from shiftexp.evidence import Evidence
from shiftexp.flow import Flow, flow_in
from shiftexp.panel import Panel
from shiftexp.plane import SECTOR_NAMES
from shiftexp.prediction import Prediction, predict
from shiftexp.result import SIDES, Result
from shiftexp.scalars import refuse
from shiftexp.table import Table
from shiftexp.verdict import words
from shiftexp.verdict.borders import tipping_points
from shiftexp.verdict.checks import no_evidence
from shiftexp.verdict.claims import (
    Claim,
    claims_frame,
    integration_claim,
    series_claims,
    shift_claim,
)
from shiftexp.verdict.conflicts import conflicts
from shiftexp.verdict.flows import FlowReading, flow_lines
from shiftexp.verdict.paragraphs import paragraph
from shiftexp.verdict.questions import agreed_bounds, capped, drifted
from shiftexp.verdict.readings import (
    Reading,
    agreed_p,
    declared_by,
    left_by,
    read,
    sectors_frame,
    told,
)
from shiftexp.verdict.reasons import (
    Reason,
    claim_reasons,
    reasons_of,
    sector_reasons,
    tables_of,
)
from shiftexp.verdict.remedies import ValueOfInformation, remedies_of
from shiftexp.verdict.update import Update
from shiftexp.verdict.updating import Revisions, primary, updated

State: TypeAlias = Literal["declared", "narrowed", "undecided", "gate failed"]


@dataclass(frozen=True, eq=False)
class Verdict(Table):
    """What results and evidence say together; only inputs are fields, every label is computed.

    Attributes
    ----------
    results : tuple of Result
        Specifications of one indicator under one study; the first is the primary one.
    evidence : tuple of Evidence
        What was brought besides the series.
    detection : Detection or None
        What is declared about detection; None integrates the default drift and says so.
    margin : float
        Smallest effect of interest, as a share of the counterfactual level.
    gate : Gate or None
        Answer of the data gate for the study as declared; a failed one bars model-based claims, and
        so does that of any result.
    name : str
        The cell this verdict is about.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=60, sd=2, autocorrelation=0.0, rng=4)
    >>> verdict = sx.weigh([sx.InterruptedTimeSeries(trend=False).fit(panel, design)])
    >>> verdict.claims[0].name, verdict.claims[0].status
    ('destination grew', 'supported')
    """

    results: tuple[Result, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    detection: Detection | None = None
    margin: float = 0.10
    gate: Gate | None = None
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse evidence that is none: a label by another name would support a shift."""
        refuse(*no_evidence(self.evidence))

    def __repr__(self) -> str:
        """Write the verdict in one line: its name, its state and what it leaves."""
        name = f"{self.name!r}, " if self.name else ""
        return f"Verdict({name}state={self.state!r}, sectors={self.sectors!r})"

    @property
    def state(self) -> State:
        """A sector declared, some excluded, none excluded, or no model-based claim at all."""
        if not self._identified:
            return "gate failed"
        if self.sector is not None:
            return "declared"
        return "narrowed" if len(self.sectors) < len(SECTOR_NAMES) else "undecided"

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What each specification says of the sectors, by test or by posterior weight."""
        if not self._identified:
            return ()
        return tuple(read(r, drift=self.drift_of(r), margin=self.margin) for r in self.results)

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors not excluded at 95 %, four in five specifications being needed to exclude one."""
        return left_by(self.readings) or SECTOR_NAMES

    @property
    def conflicting(self) -> bool:
        """Whether every sector is excluded: the specifications contradict each other."""
        return bool(self.readings) and not left_by(self.readings)

    @property
    def sector(self) -> str | None:
        """The sector that is declared, by the rule of every kind of specification."""
        return None if self.conflicting else declared_by(self.readings)

    @property
    def sector_p_values(self) -> dict[str, float]:
        """The p that four in five tests reach, by sector; NaN where none can exclude."""
        return agreed_p(self.readings)

    def sectors_frame(self) -> pd.DataFrame:
        """Return one row for each sector and specification: its p or weight, and if it is out."""
        return sectors_frame(self.readings)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why everything is as it is: each with the table, row and number it rests on."""
        return reasons_of(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that reasons point into, by name."""
        return tables_of(self)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The ladder: weak one-sided claims first, then equivalence, shift and integration."""
        return self._claims(self.specifications)

    def claims_under(
        self, k0: float = 1.0, origin: float = 1.0, destination: float = 1.0
    ) -> tuple[Claim, ...]:
        """Return the ladder of true activity if detection had changed, the drift kept.

        Parameters
        ----------
        k0 : float, default 1
            Detection at the destination over detection at the origin, before the onset.
        origin, destination : float, default 1
            Detection after the onset over detection before it, on either side.
        """
        return self._claims([e.under(k0, origin, destination) for e in self.specifications])

    def _claims(self, drifted: Sequence[Effects]) -> tuple[Claim, ...]:
        """Return the ladder for pairs of all specifications, detection drift integrated."""
        series = series_claims(drifted, self.margin, self.flows) if self._identified else ()
        identified = self._identified and self._paired
        shift = shift_claim(self.evidence, identified=identified, reading=self.flow_reading)
        return (*series, shift, integration_claim(self.evidence))

    @cached_property
    def bounds(self) -> ShiftShareBounds | None:
        """Limits on flow and shift share that four in five specifications keep, if any."""
        if not self._identified:
            return None
        try:
            found = agreed_bounds([shift_share_bounds(effects) for effects in self.specifications])
        except EstimandNotIdentified:
            return None
        there = max(float(r.effects.observed[1]) for r in self.results)
        return capped(found, there, self.drift)

    @cached_property
    def tipping(self) -> tuple[TippingPoint, ...]:
        """Detection changes that would overturn what is said, for the primary result."""
        if self.effects is None:
            return ()
        return tipping_points(self.effects, self.specifications[0], self.claims)

    @property
    def effects(self) -> Effects | None:
        """The pair of effects of the primary result, as observed."""
        return self.results[0].effects if self.results else None

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """What models of the flow say: one for each result that has one, where the gate passed."""
        found = [flow_in(result) for result in self.results] if self._identified else []
        return tuple(flow for flow in found if flow is not None)

    @property
    def flow_reading(self) -> FlowReading:
        """What models of the flow say together."""
        return FlowReading(self.flows, self.evidence, self.drift)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader must keep in mind."""
        said = words.cautions(self.results, self.detection, self.margin, self.gates)
        return (
            *said,
            *words.reading_cautions(self.readings, self.sector, self.sectors),
            *words.evidence_cautions(self.evidence, self.bounds, self._growth),
            *self.flow_reading.cautions(),
        )

    @property
    def would_change(self) -> tuple[str, ...]:
        """What would make the verdict sharper or overturn it."""
        found = {c.name: c.status for c in self.claims}
        said = words.would_change(
            self.results, self.gates, self.state, found, self.detection, self.margin
        )
        lacking = found["shift"] != "supported" and self.flows
        return (*said, *(self.flow_reading.remedies() if lacking else ()))

    @cached_property
    def value_of_information(self) -> ValueOfInformation:
        """What each kind of missing evidence would do to this verdict, what moves it most first."""
        return remedies_of(self, partial(replace, self))

    def paragraph(self, language: str = "en") -> str:
        """Return the verdict as one paragraph of plain sentences, to be read out.

        Parameters
        ----------
        language : {"en", "nl", "fr"}, default "en"
            English, Dutch or French.

        Raises
        ------
        DesignError
            When the language is another.
        """
        return paragraph(self, self.value_of_information, language)

    def summary(self) -> str:
        """Return the verdict in words, claims first."""
        title = self.name or "Verdict"
        lines = [
            title,
            "=" * len(title),
            words.headline(self.state, self.sector, self.sectors, conflicting=self.conflicting),
            "",
            *words.claim_lines(
                self.claims, self._missing, disputed=bool(self.disputes), small=self._small
            ),
            *words.evidence_lines(self.evidence),
            *words.bounds_lines(self.bounds, self.drift, self.evidence),
            *flow_lines(self.flow_reading),
            *words.tipping_lines(self.tipping),
            "",
            *words.reason_lines((*sector_reasons(self), *claim_reasons(self))),
            "",
            "Keep in mind:",
            *(f"  - {text}" for text in self.cautions),
            "",
            "What would change it:",
            *(f"  - {text}" for text in self.would_change),
            *words.first_lines(self.value_of_information),
        ]
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each claim."""
        return claims_frame(self.claims)

    def predict(self, periods: int = 1, *, level: float = 0.95) -> Prediction:
        """Return the interval to issue now for so many coming periods.

        Each side goes on from its own past, on the scale of the primary result; its donors play no
        part.
        """
        return predict(primary(self.results), periods, level=level)

    def update(
        self,
        panel: Panel,
        *,
        end: int | str | None = None,
        revisions: Revisions = "refuse",
        issued: Prediction | None = None,
    ) -> Update[Verdict]:
        """Return this verdict weighed again on longer data, against the interval issued before.

        Parameters
        ----------
        panel : Panel
            The longer data, of the same indicators and units.
        end : int or str, optional
            Last period to take in; all by default.
        revisions : {"refuse", "accept"}, default "refuse"
            What to do where earlier values of the declared units have changed.
        issued : Prediction, optional
            What was issued before; what this verdict would have issued by default.

        Raises
        ------
        TypeError
            When ``panel`` is none.
        DesignError
            When there is no result, or the panel is of another kind, adds no period in which every
            side is observed, holds a new reporting break, or changes values that are not accepted.

        Notes
        -----
        Same declared design with a later end, same estimators, evidence, detection and margin. An
        alarm is raised by a value outside the interval: measured false rate 4 to 6 % for one new
        period over 20 or 40, 2 to 7 % for three.

        When not to use it: to move the onset or choose another model; that is another study.

        Examples
        --------
        >>> import shiftexp as sx
        >>> panel, design = sx.simulate_pair(periods=(14, 6), destination_effect=40, rng=1)
        >>> short = sx.Design(origin="O", destination="D", onset=design.onset, end=2018)
        >>> model = sx.InterruptedTimeSeries(trend=False)
        >>> update = sx.weigh(model.fit(panel, short)).update(panel)
        >>> update.issued.labels, update.alarm
        (('2019', '2020'), False)
        """
        return updated(self, panel, end=end, revisions=revisions, issued=issued)

    @property
    def _identified(self) -> bool:
        """Whether model-based claims may be made: results with a law, and the gate passed."""
        return bool(self.results) and all(gate.passed for gate in self.gates)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The data gates that count: the study's own, and those of the results; all must pass."""
        declared = () if self.gate is None else (self.gate,)
        return tuple(dict.fromkeys((*declared, *(r.gate for r in self.results))))

    @cached_property
    def specifications(self) -> tuple[Effects, ...]:
        """Pairs of all specifications, detection drift integrated."""
        return tuple(
            drifted(told(result, drift), drift)
            for result, drift in ((r, self.drift_of(r)) for r in self.results)
        )

    @property
    def drift(self) -> float:
        """The drift of detection that is integrated."""
        return (self.detection or Detection()).drift

    def drift_of(self, result: Result) -> float:
        """Return the drift of what a result reads: several indicators average their own parts."""
        return (self.detection or Detection()).over(result.indicators)

    @property
    def _growth(self) -> str:
        """The status of the claim that the destination grew; "" where no claim is made of it."""
        return {claim.name: claim.status for claim in self.claims}.get("destination grew", "")

    @property
    def disputes(self) -> tuple[str, ...]:
        """Where what was brought for a shift contradicts the series or itself; mostly nowhere."""
        found = conflicts(self.evidence, self.bounds, self._growth)
        return tuple(said.sentence for said in found if said.kind in {"series", "sources"})

    @property
    def _small(self) -> str:
        """What is called a change, where the null is left; "" where it is excluded."""
        left = self.readings and "null" in self.sectors
        return f"{100 * self.margin:g} % that is called a change" if left else ""

    @property
    def _missing(self) -> str:
        """The side that was not studied, "" for a pair."""
        sides = zip(SIDES, self.results[0].paths.names, strict=True) if self.results else ()
        return next((side for side, name in sides if not name), "")

    @property
    def _paired(self) -> bool:
        """Whether origin and destination were both studied."""
        return bool(self.results) and all(self.results[0].paths.names)
