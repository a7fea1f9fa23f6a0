"""The tables of the report: verdicts, claims, changes, limits, estimates, data, sources."""

from __future__ import annotations

import math

import pandas as pd

from shiftexp.bounds import ShiftShareBounds
from shiftexp.evidence import Evidence
from shiftexp.plane import DESTINATION, ORIGIN, ConfidenceSet
from shiftexp.report.changes import changes, counts_words, indicator_of, overdispersion
from shiftexp.report.page import CellPage, DesignPage, StudyPage
from shiftexp.report.sheet import Sheet, sheet
from shiftexp.report.weighing import settling_words
from shiftexp.report.wording import (
    NO_DRIFT,
    NO_VALUE,
    amount,
    capital,
    claim_badge,
    drift_words,
    gate_words,
    percent,
    place,
    plain,
    probability,
    role_words,
    sectors_words,
    set_cell,
    side_place,
    state_badge,
    unit_words,
)
from shiftexp.table import format_number

_DESCRIPTION = "description: "
_UNBOUNDED = "cannot be bounded"


def summary_sheet(study: StudyPage) -> Sheet:
    """Return one row for each cell: state, what grew, what can have moved, what to collect."""
    rows = [
        (
            cell.title,
            state_badge(cell.primary),
            grown_words(cell.primary),
            share_words(cell.primary),
            collect_words(cell.primary),
        )
        for cell in study.cells
    ]
    columns = (
        "Cell",
        "State",
        "Observed, before → after",
        "Most that can have moved",
        "Collect first",
    )
    note = (
        "A failed gate does not mean that nothing happened: it means that these series cannot show "
        "it. Observed means are what was seen, not what a country did; why a gate failed stands in "
        "the cell."
    )
    return sheet("Verdicts of the primary designs", columns, rows, wide=(2, 4), note=note)


def grown_words(page: DesignPage) -> str:
    """Say the observed means of both sides in a table, destination first."""
    found = sorted(changes(page), key=lambda change: change.side)
    said = [
        f"{c.place}: {amount(c.before)} → {amount(c.after)}"
        for c in found
        if not (math.isnan(c.before) or math.isnan(c.after))
    ]
    unit = found[0].unit if found else ""
    return f"{'; '.join(said)} {unit}" if said else "no series long enough"


def collect_words(page: DesignPage) -> str:
    """Say what to collect first, in a table."""
    found = settling_words(page)
    return next(iter(page.verdict.would_change), NO_VALUE) if found == NO_VALUE else found


def share_words(page: DesignPage) -> str:
    """Say in a table the most that can have moved."""
    refused = _no_share(page)
    if refused:
        return refused
    bounds, indicator = page.verdict.bounds, indicator_of(page)
    if bounds is not None:
        most = f"{amount(bounds.flow_high)} {unit_words(bounds.unit, indicator)}"
        share = "all" if bounds.high >= 1 else percent(bounds.high)
        return f"{share} of it (at most {most})"
    counted = [e.bound for e in page.verdict.evidence if _limits_flow(e) and e.bound]
    if counted:
        tightest = min(counted, key=lambda bound: bound.high)
        return f"{amount(tightest.high)} {plain(tightest.unit)} (counted)"
    if page.described_bounds:
        widest = max((b for _, b in page.described_bounds), key=lambda b: b.flow_high)
        unit = unit_words(widest.unit, indicator)
        return f"{amount(widest.flow_high)} {unit} (description only)"
    return _UNBOUNDED


def _limits_flow(evidence: Evidence) -> bool:
    """Tell whether evidence for a shift limits the flow from above."""
    bound = evidence.bound
    speaks = evidence.about == "shift" and evidence.direction == "for"
    return speaks and bound is not None and bound.quantity == "flow" and math.isfinite(bound.high)


def _no_share(page: DesignPage) -> str:
    """Say why there can be no share, "" where there can."""
    effects, indicator = page.verdict.effects, indicator_of(page)
    if indicator is not None and not indicator.additive:
        return "no share: rates do not add"
    if effects is not None and not effects.comparable:
        return "no share: levels not comparable"
    if not (page.design.origin_units and page.design.destination_units):
        return "no share: one side"
    return ""


def claims_sheet(page: DesignPage) -> Sheet:
    """Return the ladder of claims in words."""
    rows = [
        (
            c.name,
            claim_badge(page.verdict, c.name, c.status),
            c.text,
            probability(c.p_value),
            _level(c.level),
            c.rests_on,
        )
        for c in page.verdict.claims
    ]
    columns = ("Claim", "Status", "In words", "p", "held against", "Rests on")
    drift = drift_words(page.verdict.drift)
    note = (
        f"One-sided p-values that four in five specifications reach, {drift}. Weakest claims "
        "first. Inconclusive is not evidence against: a large p never shows that nothing changed. "
        "Compatible means neither shown nor excluded."
    )
    return sheet(
        f"Claims: {plain(page.name)}", columns, rows, numeric=(3, 4), wide=(2, 5), note=note
    )


def changes_sheet(page: DesignPage) -> Sheet:
    """Return how each side changed, each labelled with what it rests on."""
    found = sorted(changes(page), key=lambda change: change.side)
    rows = [
        (
            f"{capital(c.place)}, {c.side}",
            amount(c.before),
            amount(c.after),
            amount(c.own, signed=True),
            set_cell(c.answer),
            c.unit,
            f"{c.periods[0]} / {c.periods[1]}",
            c.rests_on,
        )
        for c in found
    ]
    levels = dict.fromkeys(f"{100 * c.level:g} % " for c in found if not math.isnan(c.level))
    columns = (
        "Side",
        "Mean before",
        "Mean after",
        "Own change",
        "Interval" if len(levels) != 1 else f"{next(iter(levels))}interval",
        "Unit",
        "Periods",
        "Rests on",
    )
    note = (
        "The own change is observed less counterfactual; each side is held against its own "
        f"counterfactual. Intervals are {NO_DRIFT}."
    )
    if page.verdict.readings:
        note += " The paragraph to be read out tells the 90 % interval that belongs to the claims."
    caption = f"Change of each side: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(1, 2, 3, 4), wide=(7,), note=note)


def windows_sheet(page: DesignPage) -> Sheet:
    """Return the comparison of two windows for every overdispersion tried."""
    rows = []
    for result in page.contrasts:
        for i, (side, direction) in enumerate((("origin", ORIGIN), ("destination", DESTINATION))):
            if not result.paths.names[i]:
                continue
            answer = result.effects.interval(direction, result.level)
            rows.append(
                (
                    f"{capital(place(result.paths.names[i]))}, {side}",
                    overdispersion(result),
                    amount(float(result.effects.mean[i]), signed=True),
                    set_cell(answer),
                    probability(result.effects.two_sided_p(direction, result.level)),
                    unit_words(result.effects.unit, result.indicator),
                    counts_words(result),
                )
            )
    columns = ("Side", "Overdispersion", "Change", "95 % interval", "p", "Unit", "Rests on")
    note = (
        f"Mean after less mean before, {NO_DRIFT}, no counterfactual from a model. The "
        "overdispersion (variance over mean) is stated, not known: it is varied, to show how much "
        "hangs on it."
    )
    caption = f"Two windows of counts: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(2, 3, 4), note=note)


def bounds_sheet(page: DesignPage) -> Sheet:
    """Return limits on shift share and flow with the assumptions behind them."""
    found = [] if page.verdict.bounds is None else [("the pair", page.verdict.bounds)]
    described = [(f"{_DESCRIPTION}{rests}", b) for rests, b in page.described_bounds]
    rows = [row for rests, b in (*found, *described) for row in _bounds_rows(page, rests, b)]
    for evidence in page.verdict.evidence:
        if (bound := evidence.bound) is not None:
            said = f"{bound.because}{f' [{evidence.source}]' if evidence.source else ''}"
            quantity = f"{plain(bound.quantity)}, from outside the series"
            rows.append(
                (quantity, amount(bound.low), amount(bound.high), plain(bound.unit), NO_VALUE, said)
            )
    columns = ("Quantity", "At least", "At most", "Unit", "Confidence", "If, and resting on")
    note = (
        "A lower end of zero says that nothing need have moved; it does not say that nothing did."
    )
    caption = f"Limits on what can have moved: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(1, 2), wide=(5,), note=note)


def _bounds_rows(
    page: DesignPage, rests_on: str, bounds: ShiftShareBounds
) -> list[tuple[str, ...]]:
    """Return one row for the share and one for the flow."""
    rejected = (f"contradicted, not used: {text}" for text in bounds.rejected)
    because = f"{'; '.join((*bounds.assumptions, *rejected))} [{rests_on}]"
    unit = unit_words(bounds.unit, indicator_of(page))
    low, high = percent(bounds.low, least=True), percent(bounds.high)
    flow = (amount(bounds.flow_low), amount(bounds.flow_high))
    described = rests_on.startswith(_DESCRIPTION)
    level = f"{100 * bounds.level:g} %, {drift_words(0.0 if described else page.verdict.drift)}"
    return [
        ("shift share", low, high, "of destination growth", level, because),
        ("flow", *flow, unit, level, because),
    ]


def tipping_sheet(page: DesignPage) -> Sheet:
    """Return the detection changes that would overturn what is said."""
    places = {"ratio": "destination over origin, before the onset"}
    described = [(f" [description: {rests_on}]", p) for rests_on, p in page.described_tipping]
    rows = [
        (
            f"{p.statement}{rests_on}",
            places.get(p.side, f"{side_place(page, p.side)}, after over before"),
            "no ratio does" if math.isnan(p.value) else f"{amount(p.value)} times",
        )
        for rests_on, p in (*(("", p) for p in page.verdict.tipping), *described)
    ]
    note = "The nearer to 1, the more easily a change in detection alone would explain the finding."
    caption = f"Detection that would overturn it: {plain(page.name)}"
    return sheet(caption, ("Statement", "Detection in", "Tips at"), rows, numeric=(2,), note=note)


def designs_sheet(cell: CellPage) -> Sheet:
    """Return every design of a cell: role, gate, state, sectors left."""
    rows = [
        (
            plain(page.name),
            role_words(page.role),
            state_badge(page),
            sectors_words(page),
            share_words(page),
            _gate_cell(page),
        )
        for page in cell.pages
    ]
    columns = (
        "Design",
        "Role",
        "State",
        "Sectors not excluded",
        "Largest shift share",
        "Data gate",
    )
    return sheet(f"All designs of {cell.title}", columns, rows, wide=(5,))


def estimates_sheet(page: DesignPage) -> Sheet:
    """Return every estimand of every specification."""
    rows = []
    for result in page.verdict.results:
        for row in result.tidy().to_dict("records"):
            answer = ConfidenceSet(row["conf_kind"], row["conf_low"], row["conf_high"])
            ratio = row["estimand"] == "offset_ratio"
            unit = "ratio" if ratio else unit_words(row["unit"], result.indicator)
            cells = (amount(row["estimate"]), set_cell(answer), probability(row["p_value"]))
            rows.append((result.name, plain(row["estimand"]), *cells, unit, row["inference"]))
    columns = ("Specification", "Estimand", "Estimate", "Confidence set", "p", "Unit", "Inference")
    level = f"{100 * page.verdict.results[0].level:g} %" if page.verdict.results else ""
    note = (
        f"Sets at {level}, {NO_DRIFT}, as two-sided p-values of no effect are; – is what a method "
        "does not yield."
    )
    if page.verdict.results and page.verdict.state == "gate failed":
        note = f"The data gate failed: these numbers describe, they carry no claim. {note}"
    caption = f"Estimates: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(2, 3, 4), wide=(0, 6), note=note)


def frame_sheet(frame: pd.DataFrame, caption: str, note: str = "") -> Sheet:
    """Return a data frame as a table, column names in words.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    caption : str
        What the table shows.
    note : str
        What a reader must know to read it.
    """
    numeric = [i for i, dtype in enumerate(frame.dtypes) if pd.api.types.is_numeric_dtype(dtype)]
    rows = [[_cell(v) for v in row] for row in frame.itertuples(index=False, name=None)]
    columns = [plain(str(c)) for c in frame.columns]
    wide = [i for i, c in enumerate(frame.columns) if c in {"title", "where", "note", "licence"}]
    return sheet(caption, columns, rows, numeric=numeric, wide=wide, note=note)


def data_sheet(page: DesignPage) -> Sheet:
    """Return the values seen, with quality flag and source."""
    note = "Flags: ok, approximate, break (a new way of counting from here on), suspect, recalled."
    return frame_sheet(page.data, f"Values and their quality: {plain(page.name)}", note)


def conditional_sheet(page: DesignPage) -> Sheet:
    """Return for which caps a shift would be supported."""
    note = (
        "Assumptions, not counts: q, the share that stopped; r, the share that went elsewhere in "
        "the origin; and the least part of the customers who came from the destination, 0 where "
        "the source counts several countries together."
    )
    return frame_sheet(
        page.conditional, f"For which caps a shift would be supported: {plain(page.name)}", note
    )


def sources_sheet(cell: CellPage) -> Sheet:
    """Return the sources behind the values."""
    return frame_sheet(cell.sources, f"Sources of {cell.title}")


def provenance_sheet(study: StudyPage) -> Sheet:
    """Return versions, seed and input hashes, nested entries flattened."""
    return sheet("Provenance", ("What", "Value"), _flat(study.provenance), wide=(1,))


def _flat(values: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Return nested entries as one list."""
    rows = []
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            rows += _flat(value, f"{name}: ")
        else:
            rows.append(
                (
                    name,
                    ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value),
                )
            )
    return rows


def _cell(value: object) -> str:
    """Write a cell of a data frame; years and other whole numbers keep their digits."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    if isinstance(value, int) or value is None:
        return NO_VALUE if value is None else str(value)
    return format_number(value)


def _gate_cell(page: DesignPage) -> str:
    """Say the answer of the data gate."""
    if page.gate.passed:
        return f"✔ passed ({page.gate.before} before, {page.gate.after} after)"
    return f"✘ failed: {gate_words(page.gate.reasons, page.gate.sides)}"


def _level(level: float) -> str:
    """Write the level a claim is held against."""
    return NO_VALUE if math.isnan(level) else f"{level:g}"
