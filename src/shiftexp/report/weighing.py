"""How a verdict was weighed, as tables: reasons, sectors, value of information, and all cells."""

from __future__ import annotations

import math

import pandas as pd

from shiftexp.plane import SECTOR_NAMES
from shiftexp.report.agreement import agreed_words
from shiftexp.report.language import Words
from shiftexp.report.page import CellPage, DesignPage, StudyPage
from shiftexp.report.sheet import Sheet, phrased
from shiftexp.report.wording import (
    NO_VALUE,
    amount,
    claim_badge,
    plain,
    said_status,
    sectors_words,
    state_badge,
    status_badge,
)
from shiftexp.verdict import LANGUAGES, Claim, Remedy
from shiftexp.verdict.wording import Rounding

_LANGUAGES = {"en": "English", "nl": "Nederlands", "fr": "Français"}
CONTROL = "negative_control"
_STRONG = frozenset({"shift", "integration"})
_SETTLED = ("supported", "contradicted")


def spoken_paragraphs(page: DesignPage) -> tuple[tuple[str, str, str], ...]:
    """Return the verdict as a paragraph in every language, that of the page first.

    Each is its code, the name of the language, and the text.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    codes = sorted(LANGUAGES, key=lambda code: code != page.language)
    return tuple((code, _LANGUAGES[code], page.verdict.paragraph(code)) for code in codes)


def reasons_sheet(page: DesignPage) -> Sheet:
    """Return why everything is as it is, with the number and where it stands.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    words = page.words
    rows = [
        (
            _about(r.about, words),
            claim_badge(page, r.about, r.status),
            words.english(r.sentence),
            _number(r.value, words, to="up" if r.status == "at most" else "nearest"),
            _number(r.threshold, words),
            words("reasons.stands", table=r.table, row=r.row + 1, column=plain(r.column)),
        )
        for r in page.verdict.reasons
    ]
    return phrased("reasons", words, rows, name=page.name, numeric=(3, 4), wide=(2,))


def sectors_sheet(page: DesignPage) -> Sheet:
    """Return what each specification says of each sector.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    words = page.words
    rows = [
        (
            words.sector(name),
            r.specification,
            words(
                f"readings.{'weight' if r.how == 'posterior' else 'p_value'}",
                value=_number(r.values[name], words),
            ),
            status_badge("excluded" if r.excludes(name) else "kept", words),
        )
        for name in SECTOR_NAMES
        for r in page.verdict.readings
    ]
    return phrased("readings", words, rows, name=page.name)


def information_sheet(page: DesignPage) -> Sheet:
    """Return what each kind of missing evidence would do, what moves it most first.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    words = page.words
    rows = [
        (
            words.told(r.what),
            words.told(r.how_much),
            str(len(r.sectors)),
            ", ".join(_settled_then(r, words)) or NO_VALUE,
            words("information.yes" if r.settles else "information.no"),
            words.told(r.basis),
        )
        for r in page.verdict.value_of_information.remedies
    ]
    return phrased(
        "information",
        words,
        rows,
        name=page.name,
        numeric=(2,),
        wide=(1, 5),
        left=len(page.verdict.sectors),
        all=len(SECTOR_NAMES),
    )


def _settled_then(remedy: Remedy, words: Words) -> list[str]:
    """Return the claims that a kind of evidence would settle."""
    against = (words("information.against", claim=words.claim(n)) for n in remedy.contradicted)
    return [*map(words.claim, remedy.supported), *against]


def matrix_table(study: StudyPage) -> pd.DataFrame:
    """Return the verdict matrix: verdict, earlier conclusion, weak claims, what would settle it.

    Parameters
    ----------
    study : StudyPage
        The run; a row for each cell, and for each negative control. Whatever its language, the
        table is in English, since programs read it.
    """
    rows = [_matrix_row(cell, page) for cell, page in _shown(study.in_language("en"))]
    return pd.DataFrame(rows)


def matrix_sheet(study: StudyPage) -> Sheet:
    """Return the verdict matrix in words.

    Parameters
    ----------
    study : StudyPage
        The run.
    """
    rows = [
        (
            _row_title(cell, page),
            state_badge(page),
            sectors_words(page),
            weak_words(page),
            _concluded(cell) if page is cell.primary else NO_VALUE,
            settling_words(page),
        )
        for cell, page in _shown(study)
    ]
    return phrased("matrix", study.words, rows, wide=(5,))


def weak_words(page: DesignPage) -> str:
    """Say which weak claims are settled.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    claims, words = _weak(page), page.words
    if not claims:
        return words("matrix.unasked")
    said = []
    for status in _SETTLED:
        names = [words.claim(claim.name) for claim in claims if claim.status == status]
        if names:
            said.append(words.headed(words.status(status), ", ".join(names)))
    return words.joined(said) or words("matrix.unsettled", count=len(claims))


def settling_words(page: DesignPage) -> str:
    """Say the one kind of data that would settle a design, or move it most.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    if page.role == CONTROL:
        return page.words("matrix.of_control")
    if page.needed:
        return page.words.told_parts(plain(page.needed))
    best = page.verdict.value_of_information.best
    return NO_VALUE if best is None else _remedy_words(best, page.words)


def _remedy_words(remedy: Remedy, words: Words) -> str:
    """Say what to collect, and what it would do."""
    told = []
    if remedy.removed:
        told.append(words("remedy.leaves", left=len(remedy.sectors), all=len(SECTOR_NAMES)))
    if remedy.supported:
        told.append(words("remedy.supports", claims=_claims(remedy.supported, words)))
    if remedy.contradicted:
        told.append(words("remedy.contradicts", claims=_claims(remedy.contradicted, words)))
    effect = words.joined(told) or words("remedy.nothing")
    if remedy.for_gate:
        effect = words("remedy.gate")
    return words.headed(f"{words.told(remedy.what)} ({words.told(remedy.how_much)})", effect)


def _claims(names: tuple[str, ...], words: Words) -> str:
    """Say claims in a row, marked as names: "not mainly shift" would else turn a verb around."""
    return ", ".join(words("remedy.quoted", claim=words.claim(name)) for name in names)


def _about(name: str, words: Words) -> str:
    """Say what a reason is about: a claim, or a sector."""
    return words.sector(name) if name in SECTOR_NAMES else words.claim(name)


def _weak(page: DesignPage) -> list[Claim]:
    """Return the claims on the two effects."""
    return [claim for claim in page.verdict.claims if claim.name not in _STRONG]


def _shown(study: StudyPage) -> list[tuple[CellPage, DesignPage]]:
    """Return the primary designs with their cells, then the negative controls with theirs."""
    controls = [(c, p) for c in study.cells for p in c.others if p.role == CONTROL]
    return [*((cell, cell.primary) for cell in study.cells), *controls]


def _row_title(cell: CellPage, page: DesignPage) -> str:
    """Name a row of the matrix."""
    if page is cell.primary:
        return cell.title
    return page.words("matrix.control", name=plain(page.name).capitalize())


def _concluded(cell: CellPage) -> str:
    """Say what was concluded earlier, and whether the series agree."""
    said = agreed_words(cell).lower()
    return cell.words.headed(cell.conclusion, said) if cell.conclusion else NO_VALUE


def _matrix_row(cell: CellPage, page: DesignPage) -> dict[str, object]:
    """Return one row of the matrix."""
    verdict, primary = page.verdict, page is cell.primary
    control = page.role == CONTROL
    best = None if control else verdict.value_of_information.best
    failed = verdict.state == "gate failed"
    status = {c.name: c.status for c in verdict.claims}
    return {
        "cell": cell.name,
        "design": page.name,
        "role": page.role,
        "state": verdict.state,
        "declared": verdict.sector or "",
        "left": "" if failed else "; ".join(verdict.sectors),
        "excluded": "; ".join(n for n in SECTOR_NAMES if n not in verdict.sectors),
        **{s: "; ".join(c.name for c in _weak(page) if c.status == s) for s in _SETTLED},
        "shift": said_status(verdict, "shift", status["shift"]),
        "concluded_earlier": cell.conclusion if primary else "",
        "agreement": agreed_words(cell) if primary else "",
        "would_move_most": "" if control else settling_words(page),
        "kind": best.kind if best else "",
        "sectors_left_then": len(best.sectors) if best and not failed else math.nan,
        "settles": bool(best and best.settles),
    }


def _number(value: float, words: Words, *, to: Rounding = "nearest") -> str:
    """Write a number, an upper limit rounded up as elsewhere, or that there is none."""
    return NO_VALUE if math.isnan(value) else amount(value, words, to=to)
