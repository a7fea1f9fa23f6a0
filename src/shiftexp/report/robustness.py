"""Robustness on the page: the whole specification curve, its tests, and negative controls."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from shiftexp.report.figures import Figure, curve_figure
from shiftexp.report.language import ENGLISH, Words
from shiftexp.report.page import CellPage, DesignPage
from shiftexp.report.sheet import Sheet, phrased, sheet
from shiftexp.report.wording import amount, limits, plain, probability, typeset
from shiftexp.robustness import NegativeControl, NegativeControls, SpecificationCurve

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
    page, controls, words = cell.primary, cell.controls, cell.words
    told = bool(controls.controls or controls.missing)
    return RobustnessView(
        curve=_curve_words(page.curve, words) if page.curve else (),
        figure=curve_figure(page.curve, shown_estimand(page.curve), words)
        if figures and page.curve
        else None,
        claims=_claims_sheet(page),
        tests=_tests_sheet(page),
        refused=_refused_sheet(page),
        untested=page.curve_refusals,
        quiet=words.told_sentences(controls.sentence()) if told else "",
        controls=controls_sheet(controls, words),
        ranks=_ranks_sheet(controls, words),
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


def controls_sheet(controls: NegativeControls, words: Words = ENGLISH) -> Sheet:
    """Return one row for each negative control, refusals as such.

    Parameters
    ----------
    controls : NegativeControls
        What was asked where nothing happened.
    words : Words
        The words of its language.
    """
    rows = [
        (
            words(f"controls.{c.kind}"),
            _where(c, words),
            words.known(
                "control_state", "refused" if c.refusal and c.state == "refused" else c.state
            ),
            ", ".join(map(words.sector, c.declared))
            or ("–" if c.refusal else words("controls.nothing")),
            c.refusal or words("controls.left", left=len(c.sectors)),
        )
        for c in controls.controls
    ]
    missing = (words("controls.none"), words("controls.not_to_be_had"), "–")
    rows += [(words(f"controls.{kind}"), *missing, why) for kind, why in controls.missing]
    return phrased("controls", words, rows, wide=(4,))


def _curve_words(curve: SpecificationCurve, words: Words) -> tuple[str, ...]:
    """Say what a curve says, its numbers written as everywhere on the page."""
    return tuple(words.told(typeset(text)) for text in curve.sentences())


def _where(control: NegativeControl, words: Words) -> str:
    """Name where nothing happened; donors are names of the data."""
    if control.kind == "series":
        return plain(control.label, words)
    if control.kind == "onset":
        return words("controls.at_onset", period=control.label.removeprefix("onset "))
    return control.label


def _claims_sheet(page: DesignPage) -> Sheet:
    """Return the share of specifications with each status of each claim."""
    if page.curve is None or not page.curve.answered:
        return sheet("", (), ())
    states = ("supported", "contradicted", "inconclusive", "not identified")
    words, count = page.words, len(page.curve.answered)
    shares = {state: page.curve.claim_shares(state) for state in states}
    rows = [
        (
            words.claim(name),
            *(
                words("curve_claims.of", some=round(count * shares[state][name]), all=count)
                for state in states
            ),
        )
        for name in page.curve.claim_shares()
    ]
    return phrased(
        "curve_claims",
        words,
        rows,
        name=page.name,
        numeric=(1, 2, 3, 4),
        counted=words.plural(count, "specification"),
        refused=len(page.curve.refused),
    )


def _tests_sheet(page: DesignPage) -> Sheet:
    """Return both statistics of every test of the curve."""
    words = page.words
    rows = [
        (
            words.told(row["statistic"]),
            words(
                f"curve_tests.{row['over']}",
                estimand=words.known("estimand", row["estimand"]),
                count=row["worlds"],
            ),
            amount(row["study"], words),
            limits(row["null_low"], row["null_high"], words),
            probability(row["p_value"], words),
            probability(row["smallest_p"], words),
        )
        for test in page.curve_tests
        for row in test.to_frame().to_dict("records")
    ]
    paired = any(test.over == "donors" for test in page.curve_tests)
    also = words("curve_tests.pairs") if paired else ""
    return phrased("curve_tests", words, rows, name=page.name, numeric=(2, 3, 4, 5), also=also)


def _refused_sheet(page: DesignPage) -> Sheet:
    """Return refusals by reason, with how many specifications give it."""
    refused = page.curve.refused if page.curve else ()
    reasons = Counter(row.refusal for row in refused)
    rows = [(str(count), reason) for reason, count in reasons.most_common()]
    return phrased("curve_refused", page.words, rows, name=page.name, wide=(1,))


def _ranks_sheet(controls: NegativeControls, words: Words) -> Sheet:
    """Return where the study's effect ranks among all placebos, by model and side."""
    rows = [
        (
            words.english(model),
            words.known("side", side),
            words(f"controls.{kind}"),
            words("curve_claims.of", some=round(share * count), all=count),
        )
        for model, kind, side, share, count in controls.ranks
        if np.isfinite(share)
    ]
    return phrased("ranks", words, rows, numeric=(3,), wide=(0,))
