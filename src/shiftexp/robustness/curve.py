"""The specification curve: every combination of declared choices fitted, and all of them shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Panel
from shiftexp.plane import SECTOR_NAMES
from shiftexp.result import ESTIMANDS, Estimate
from shiftexp.robustness.combinations import Specification
from shiftexp.robustness.specifications import Specifications
from shiftexp.scalars import plural
from shiftexp.table import Table, format_number

RELATIVE = "share of the level before the onset"
AGREEMENT = 0.80
_BOUNDED = ("interval", "hull")


@dataclass(frozen=True, eq=False)
class CurveRow:
    """What one specification says, or why it says nothing.

    Attributes
    ----------
    specification : Specification
        Its choices.
    estimates : tuple of Estimate
        One for each estimand; empty where it refused.
    before : tuple of two floats
        Mean level of origin and destination before the onset, in the unit of the estimates.
    state : str
        State of the verdict on this specification alone: declared, narrowed, undecided, gate
        failed; "refused" where there is none.
    sectors : tuple of str
        Sectors that it does not exclude; empty where it makes no such statement.
    claims : tuple of (name, status)
        What it says of each claim that series can carry.
    refusal : str
        Why it says nothing; empty where it answers.
    notes : tuple of str
        What was done with outliers, and what the fit warned of.
    """

    specification: Specification
    estimates: tuple[Estimate, ...] = ()
    before: tuple[float, float] = (math.nan, math.nan)
    state: str = "refused"
    sectors: tuple[str, ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    refusal: str = ""
    notes: tuple[str, ...] = ()

    def estimate(self, estimand: str) -> Estimate | None:
        """Return one estimand; None where the specification refused."""
        return next((e for e in self.estimates if e.estimand == estimand), None)

    def level(self, estimand: str) -> float:
        """Return the level before the onset that an estimand is a share of; 1 for a ratio."""
        parts = {"origin": self.before[0], "destination": self.before[1], "net": sum(self.before)}
        return parts.get(estimand, 1.0)


@dataclass(frozen=True, eq=False, repr=False)
class SpecificationCurve(Table):
    """All specifications of one study, those that refused among them; it has no best one.

    Attributes
    ----------
    rows : tuple of CurveRow
        One for each combination of choices, as declared.
    design : Design
        The study as declared.
    axes : Specifications
        The choices.
    panels : mapping of str to Panel
        The indicators by name.
    detection : Detection or None
        What is declared about detection, as in ``weigh``.
    margin : float
        Smallest effect of interest, as in ``weigh``.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, rng=1)
    >>> axes = sx.Specifications(scales=("level",), onsets=(0,))
    >>> curve = sx.specification_curve(panel, design, axes=axes)
    >>> len(curve.rows), curve.share_refused
    (2, 0.0)
    """

    rows: tuple[CurveRow, ...]
    design: Design
    axes: Specifications
    panels: Mapping[str, Panel]
    detection: Detection | None = None
    margin: float = 0.10

    @property
    def answered(self) -> tuple[CurveRow, ...]:
        """Specifications that answer."""
        return tuple(row for row in self.rows if not row.refusal)

    @property
    def refused(self) -> tuple[CurveRow, ...]:
        """Specifications that refuse, each with its reason."""
        return tuple(row for row in self.rows if row.refusal)

    @property
    def share_refused(self) -> float:
        """Share of all specifications that refuse."""
        return len(self.refused) / len(self.rows)

    @cached_property
    def unit(self) -> str:
        """Unit of the curve: that of all effects, or a share where indicators have several."""
        units = {e.unit for row in self.rows for e in row.estimates if e.estimand == "destination"}
        return units.pop() if len(units) == 1 else RELATIVE

    def unit_of(self, estimand: str) -> str:
        """Return the unit in which the curve tells an estimand."""
        return "ratio" if estimand == "offset_ratio" else self.unit

    def values(self, estimand: str = "net") -> pd.DataFrame:
        """Return estimate, interval and p of each specification, in the unit of the curve.

        Parameters
        ----------
        estimand : str, default "net"
            "origin", "destination", "net" or "offset_ratio".

        Raises
        ------
        DesignError
            When there is no such estimand.
        """
        check_estimand(estimand)
        rows = []
        for row in self.rows:
            found = row.estimate(estimand)
            one = self.unit != RELATIVE or estimand == "offset_ratio"
            by = 1.0 if one else row.level(estimand)
            known = found is not None and found.conf_kind in _BOUNDED
            rows.append(
                (
                    math.nan if found is None else found.estimate / by,
                    found.conf_low / by if found is not None and known else math.nan,
                    found.conf_high / by if found is not None and known else math.nan,
                    math.nan if found is None else found.p_value,
                    "refused" if found is None else found.conf_kind,
                )
            )
        columns = ["estimate", "conf_low", "conf_high", "p_value", "conf_kind"]
        return pd.DataFrame(rows, columns=columns)

    def median(self, estimand: str = "net") -> float:
        """Return the median estimate of those that answer; NaN where none does."""
        known = self._known(estimand)
        return float(np.median(known)) if known.size else math.nan

    def range(self, estimand: str = "net") -> tuple[float, float]:
        """Return the ends of the curve, both: neither is its answer; NaN where none answers."""
        known = self._known(estimand)
        return (float(known.min()), float(known.max())) if known.size else (math.nan, math.nan)

    @property
    def sector_shares(self) -> dict[str, float]:
        """Share of the specifications with a verdict that do not exclude each sector."""
        told = [row for row in self.answered if row.state != "gate failed"]
        kept = Counter(name for row in told for name in row.sectors)
        return {name: kept[name] / len(told) for name in SECTOR_NAMES} if told else {}

    @property
    def sector_sets(self) -> dict[str, float]:
        """Share of the specifications that answer, by the set of sectors they leave."""
        sets = Counter(sectors_label(row) for row in self.answered)
        return {name: count / len(self.answered) for name, count in sets.most_common()}

    def claim_shares(self, status: str = "supported") -> dict[str, float]:
        """Return the share of the specifications that answer with this status of each claim.

        Parameters
        ----------
        status : str, default "supported"
            "supported", "contradicted", "inconclusive" or "not identified".
        """
        names = dict.fromkeys(name for row in self.answered for name, _ in row.claims)
        counts = Counter(
            name for row in self.answered for name, said in row.claims if said == status
        )
        return {name: counts[name] / len(self.answered) for name in names}

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each specification: choices, estimates, verdict or refusal."""
        return pd.DataFrame([_record(number, row) for number, row in enumerate(self.rows, start=1)])

    def summary(self) -> str:
        """Return the whole curve in words: how many answer, median, ends, claims, refusals."""
        title = f"Specification curve: {plural(len(self.rows), 'specification')}"
        lines = [title, "=" * len(title), *self.sentences()]
        reasons = Counter(row.refusal for row in self.refused)
        lines += [f"  - {plural(n, 'refusal')}: {reason}" for reason, n in reasons.most_common()]
        return "\n".join(lines)

    def sentences(self) -> tuple[str, ...]:
        """Return what the whole curve says, in sentences; the figures a reader must not miss."""
        answering = f"{len(self.answered)} of {plural(len(self.rows), 'specification')} answer"
        said = [f"{answering}, {len(self.refused)} refuse."]
        if not self.answered:
            return (*said, "No specification answers, so the curve says nothing.")
        said += [s for s in (self._spread(e) for e in ESTIMANDS) if s]
        supported = {n: s for n, s in self.claim_shares().items() if s > 0}
        agreed = [n for n, s in supported.items() if s >= AGREEMENT]
        told = ", ".join(f"{n} {s:.0%}" for n, s in supported.items()) or "none"
        said.append(f"Share of specifications that support each claim: {told}.")
        said.append(
            f"Four in five support: {', '.join(agreed)}."
            if agreed
            else "No claim is supported by four in five; that is not evidence against any."
        )
        sets = "; ".join(f"{name} {share:.0%}" for name, share in self.sector_sets.items())
        return (*said, f"Sectors left, by share of specifications: {sets}.")

    def _spread(self, estimand: str) -> str:
        """Say median and ends of one estimand; empty where it has no value."""
        known = self._known(estimand)
        if not known.size:
            return ""
        if estimand == "offset_ratio":
            return self._ratios()
        low, high = map(format_number, self.range(estimand))
        p = self.values(estimand)["p_value"].to_numpy()
        below = f"; {int((p <= 0.05).sum())} of {len(known)} with p at most .05"
        return (
            f"{estimand.replace('_', ' ').capitalize()}: median "
            f"{format_number(self.median(estimand))}, all between {low} and {high} "
            f"{self.unit_of(estimand)}{below if np.isfinite(p).any() else ''}."
        )

    def _ratios(self) -> str:
        """Say the offset ratios that have limits, and how many have none."""
        table = self.values("offset_ratio")
        told = table.loc[table["conf_kind"].isin(_BOUNDED), "estimate"].to_numpy(float)
        told, answering = told[np.isfinite(told)], len(self.answered)
        unbounded = answering - len(told)
        without = f"not identified in {unbounded} of {answering}: the destination's change may be 0"
        if not told.size:
            return f"Offset ratio: {without}."
        low, middle, high = (format_number(float(x)) for x in np.quantile(told, (0, 0.5, 1)))
        also = f"; {without}" if unbounded else ""
        return f"Offset ratio: median {middle}, all with limits between {low} and {high}{also}."

    def _known(self, estimand: str) -> Floats:
        """Return the finite estimates."""
        values = self.values(estimand)["estimate"].to_numpy(float)
        return np.asarray(values[np.isfinite(values)])


def check_estimand(estimand: str) -> None:
    """Refuse an unknown estimand.

    Raises
    ------
    DesignError
        When there is none of that name.
    """
    if estimand not in ESTIMANDS:
        raise DesignError(
            Problem(f"estimand {estimand!r}", "a known one", suggest(estimand, ESTIMANDS))
        )


def sectors_label(row: CurveRow) -> str:
    """Return the sectors that a specification leaves, in words."""
    if row.state == "undecided":
        return "all nine (undecided)"
    return row.state if not row.sectors else " or ".join(row.sectors)


def _record(number: int, row: CurveRow) -> dict[str, object]:
    """Return one row of the table."""
    told: dict[str, object] = {"number": number, **row.specification.choices}
    for estimand in ESTIMANDS:
        found = row.estimate(estimand)
        for column, name in (("estimate", ""), ("conf_low", "_low"), ("conf_high", "_high"),
                             ("conf_kind", "_kind"), ("p_value", "_p")):  # fmt: skip
            blank: object = "" if column == "conf_kind" else math.nan
            told[f"{estimand}{name}"] = blank if found is None else getattr(found, column)
    destination = row.estimate("destination")
    return told | {
        "unit": "" if destination is None else destination.unit,
        "state": row.state,
        "sectors": "; ".join(row.sectors),
        "supported": "; ".join(name for name, status in row.claims if status == "supported"),
        "contradicted": "; ".join(n for n, status in row.claims if status == "contradicted"),
        "refused": row.refusal,
        "notes": "; ".join(row.notes),
    }
