"""Robustness on the page: the whole specification curve, its tests, and negative controls."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from shiftexp.report.figures import Figure, curve_figure
from shiftexp.report.page import CellPage, DesignPage
from shiftexp.report.sheet import Sheet, sheet
from shiftexp.report.wording import amount, plain, probability
from shiftexp.robustness import NegativeControls, SpecificationCurve
from shiftexp.scalars import plural

_KINDS = {
    "onset": "an earlier onset",
    "donors": "two donors as origin and destination",
    "series": "a series that the event does not touch",
}
_SHOWN = ("net", "destination", "origin")


@dataclass(frozen=True, eq=False)
class RobustnessView:
    """Robustness of one cell, ready to be shown.

    Attributes
    ----------
    curve : tuple of str
        What the whole curve says, in sentences; empty where none is declared.
    figure : Figure or None
        The curve.
    claims, tests, refused : Sheet
        Share of specifications behind each claim, tests of the curve, and refusals by reason.
    untested : tuple of str
        Why tests could not be run.
    quiet : str
        What the negative controls say together.
    controls, ranks : Sheet
        Each control, and where the study's effect ranks among all placebos.
    """

    curve: tuple[str, ...]
    figure: Figure | None
    claims: Sheet
    tests: Sheet
    refused: Sheet
    untested: tuple[str, ...]
    quiet: str
    controls: Sheet
    ranks: Sheet


def robustness_view(cell: CellPage, *, figures: bool) -> RobustnessView:
    """Return robustness of a cell ready to be shown.

    Parameters
    ----------
    cell : CellPage
        The cell.
    figures : bool
        Whether to draw.
    """
    page, controls = cell.primary, cell.controls
    told = bool(controls.controls or controls.missing)
    return RobustnessView(
        curve=page.curve.sentences() if page.curve else (),
        figure=curve_figure(page.curve, shown_estimand(page.curve))
        if figures and page.curve
        else None,
        claims=_claims_sheet(page),
        tests=_tests_sheet(page),
        refused=_refused_sheet(page),
        untested=page.curve_refusals,
        quiet=controls.sentence() if told else "",
        controls=controls_sheet(controls),
        ranks=_ranks_sheet(controls),
    )


def shown_estimand(curve: SpecificationCurve) -> str:
    """Return the estimand whose curve is drawn: net expansion, or a side where there is none.

    Parameters
    ----------
    curve : SpecificationCurve
        The curve.
    """
    known = (n for n in _SHOWN if np.isfinite(curve.values(n)["estimate"]).any())
    return next(known, "net")


def controls_sheet(controls: NegativeControls) -> Sheet:
    """Return one row for each negative control, refusals as such.

    Parameters
    ----------
    controls : NegativeControls
        What was asked where nothing happened.
    """
    rows = [
        (
            _KINDS[c.kind],
            plain(c.label) if c.kind == "series" else c.label,
            "refused" if c.refusal and c.state == "refused" else c.state,
            ", ".join(c.declared) or ("–" if c.refusal else "nothing"),
            c.refusal or f"{len(c.sectors)} of 9 sectors left",
        )
        for c in controls.controls
    ]
    rows += [(_KINDS[kind], "none", "not to be had", "–", why) for kind, why in controls.missing]
    columns = ("Nothing happened at", "Which", "State", "Declared there", "In words")
    note = (
        "The study's own specifications and rule, where nothing is known to have happened. "
        "Whatever is declared there is false, or something did happen. Few controls prove little. "
        "Only the primary design of a cell is asked."
    )
    caption = "Negative controls: what this method says where nothing happened"
    return sheet(caption, columns, rows, wide=(4,), note=note)


def _claims_sheet(page: DesignPage) -> Sheet:
    """Return the share of specifications with each status of each claim."""
    if page.curve is None or not page.curve.answered:
        return sheet("", (), ())
    states = ("supported", "contradicted", "inconclusive", "not identified")
    count = len(page.curve.answered)
    shares = {state: page.curve.claim_shares(state) for state in states}
    rows = [
        (name, *(f"{round(count * shares[state][name])} of {count}" for state in states))
        for name in page.curve.claim_shares()
    ]
    columns = ("Claim", "Supported", "Contradicted", "Inconclusive", "Not identified")
    note = (
        f"Of {plural(count, 'specification')} with an answer; refused: {len(page.curve.refused)}. "
        "Specifications share their data: a share is no probability."
    )
    caption = f"Claims over the specification curve: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(1, 2, 3, 4), note=note)


def _tests_sheet(page: DesignPage) -> Sheet:
    """Return both statistics of every test of the curve."""
    rows = [
        (
            row["statistic"],
            f"{plain(row['estimand'])}, {row['worlds']} {row['over']}",
            amount(row["study"]),
            f"{amount(row['null_low'])} to {amount(row['null_high'])}",
            probability(row["p_value"]),
            probability(row["smallest_p"]),
        )
        for test in page.curve_tests
        for row in test.to_frame().to_dict("records")
    ]
    columns = ("Statistic", "Against", "Study", "95 % of the worlds", "p", "Smallest p")
    note = (
        "All specifications refitted where nothing happened; effects as a share of the level "
        "before the onset. A large p is not evidence of no effect."
    )
    caption = f"Permutation test of the whole curve: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(2, 3, 4, 5), note=note)


def _refused_sheet(page: DesignPage) -> Sheet:
    """Return refusals by reason, with how many specifications give it."""
    refused = page.curve.refused if page.curve else ()
    reasons = Counter(row.refusal for row in refused)
    rows = [(str(count), reason) for reason, count in reasons.most_common()]
    caption = f"Specifications that refuse: {plain(page.name)}"
    return sheet(caption, ("How many", "Why"), rows, wide=(1,))


def _ranks_sheet(controls: NegativeControls) -> Sheet:
    """Return where the study's effect ranks among all placebos, by model and side."""
    rows = [
        (model, side, _KINDS[kind], f"{round(share * count)} of {count}")
        for model, kind, side, share, count in controls.ranks
        if np.isfinite(share)
    ]
    columns = ("Model", "Side", "Placebo", "As large as here")
    note = "Placebos with an effect at least as large as the study's; no p-value."
    caption = "The study's effect among all placebos"
    return sheet(caption, columns, rows, numeric=(3,), wide=(0,), note=note)
