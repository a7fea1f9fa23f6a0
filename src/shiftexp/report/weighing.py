"""How a verdict was weighed, as tables: reasons, sectors, value of information, and all cells."""

from __future__ import annotations

import math

import pandas as pd

from shiftexp.plane import SECTOR_NAMES
from shiftexp.report.agreement import agreement
from shiftexp.report.page import CellPage, DesignPage, StudyPage
from shiftexp.report.sheet import Sheet, sheet
from shiftexp.report.wording import (
    NO_VALUE,
    amount,
    claim_badge,
    plain,
    sectors_words,
    state_badge,
    status_badge,
)
from shiftexp.verdict import LANGUAGES, Claim, status_words

_LANGUAGES = {"en": "English", "nl": "Nederlands", "fr": "Français"}
_STRONG = frozenset({"shift", "integration"})
_SETTLED = ("supported", "contradicted")


def spoken_paragraphs(page: DesignPage) -> tuple[tuple[str, str, str], ...]:
    """Return the verdict as a paragraph in every language: its code, its name, the text.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    return tuple((code, _LANGUAGES[code], page.verdict.paragraph(code)) for code in LANGUAGES)


def reasons_sheet(page: DesignPage) -> Sheet:
    """Return why everything is as it is, with the number and where it stands.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    rows = [
        (
            r.about,
            claim_badge(page.verdict, r.about, r.status),
            r.sentence,
            _number(r.value),
            _number(r.threshold),
            f"{r.table}, row {r.row + 1}, {plain(r.column)}",
        )
        for r in page.verdict.reasons
    ]
    columns = ("About", "Status", "Why", "Number", "held against", "Stands in")
    note = (
        "The tables are those of verdict.tables(). Limits and estimates are held against nothing, "
        "or against zero; a sector of a posterior against the weight that may be left out."
    )
    caption = f"Reasons: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(3, 4), wide=(2,), note=note)


def sectors_sheet(page: DesignPage) -> Sheet:
    """Return what each specification says of each sector.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    rows = [
        (
            name,
            r.specification,
            f"{'weight' if r.how == 'posterior' else 'p-value'} {_number(r.values[name])}",
            status_badge("excluded" if r.excludes(name) else "kept"),
        )
        for name in SECTOR_NAMES
        for r in page.verdict.readings
    ]
    columns = ("Sector", "Specification", "Its number", "It is")
    note = (
        "A p-value at most 0.05 excludes. Weights are posterior over prior mass, the nine sectors "
        "as likely before the data; those outside of the smallest set that holds 0.95 are excluded."
    )
    return sheet(f"Sectors by specification: {plain(page.name)}", columns, rows, note=note)


def information_sheet(page: DesignPage) -> Sheet:
    """Return what each kind of missing evidence would do, what moves it most first.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    rows = [
        (
            r.what,
            r.how_much,
            str(len(r.sectors)),
            ", ".join((*r.supported, *(f"not: {name}" for name in r.contradicted))) or NO_VALUE,
            "yes" if r.settles else "no",
            r.basis,
        )
        for r in page.verdict.value_of_information.remedies
    ]
    columns = (
        "Missing evidence",
        "How much",
        "Sectors left then",
        "Claims settled then",
        "Settles it",
        "How computed",
    )
    note = (
        "The verdict computed again as if that evidence were there and the estimates stayed what "
        f"they are; {len(page.verdict.sectors)} of {len(SECTOR_NAMES)} sectors are left now."
    )
    caption = f"What missing evidence would do: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(2,), wide=(1, 5), note=note)


def matrix_table(study: StudyPage) -> pd.DataFrame:
    """Return the verdict matrix: verdict, earlier conclusion, weak claims, what would settle it.

    Parameters
    ----------
    study : StudyPage
        The run; a row for each cell, and for each negative control.
    """
    rows = [_matrix_row(cell, page) for cell, page in _shown(study)]
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
    columns = (
        "Cell",
        "Verdict",
        "Patterns left",
        "Weak claims",
        "Concluded earlier: do the series agree?",
        "The one kind of data that would move it most",
    )
    note = (
        "Weak claims are tests on the two effects, not on a flow. What would move it most is "
        "computed: the verdict again with that evidence, all else as it is; where the data gate "
        "failed, it is what the gate needs."
    )
    return sheet("Verdict matrix", columns, rows, wide=(5,), note=note)


def weak_words(page: DesignPage) -> str:
    """Say which weak claims are settled.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    claims = _weak(page)
    if not claims:
        return "none asked: the data gate failed"
    said = []
    for status in _SETTLED:
        names = [claim.name for claim in claims if claim.status == status]
        if names:
            said.append(f"{status}: {', '.join(names)}")
    return "; ".join(said) or f"none of {len(claims)} settled"


def settling_words(page: DesignPage) -> str:
    """Say the one kind of data that would settle a design, or move it most.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    if page.needed:
        return plain(page.needed)
    best = page.verdict.value_of_information.best
    return NO_VALUE if best is None else best.words()


def _weak(page: DesignPage) -> list[Claim]:
    """Return the claims on the two effects."""
    return [claim for claim in page.verdict.claims if claim.name not in _STRONG]


def _shown(study: StudyPage) -> list[tuple[CellPage, DesignPage]]:
    """Return the primary designs with their cells, then the negative controls with theirs."""
    controls = [(c, p) for c in study.cells for p in c.others if p.role == "negative_control"]
    return [*((cell, cell.primary) for cell in study.cells), *controls]


def _row_title(cell: CellPage, page: DesignPage) -> str:
    """Name a row of the matrix."""
    if page is cell.primary:
        return cell.title
    return f"{plain(page.name).capitalize()} (negative control)"


def _concluded(cell: CellPage) -> str:
    """Say what was concluded earlier, and whether the series agree."""
    return f"{cell.conclusion}: {_agreed(cell).lower()}" if cell.conclusion else NO_VALUE


def _agreed(cell: CellPage) -> str:
    """Return in a few words whether the series agree with what was concluded earlier."""
    return agreement(cell).partition(":")[0].partition(".")[0]


def _matrix_row(cell: CellPage, page: DesignPage) -> dict[str, object]:
    """Return one row of the matrix."""
    verdict, primary = page.verdict, page is cell.primary
    best = verdict.value_of_information.best
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
        "shift": status_words("shift", status["shift"], disputed=bool(verdict.disputes)),
        "concluded_earlier": cell.conclusion if primary else "",
        "agreement": _agreed(cell) if primary else "",
        "would_move_most": settling_words(page),
        "kind": best.kind if best else "",
        "sectors_left_then": len(best.sectors) if best and not failed else math.nan,
        "settles": bool(best and best.settles),
    }


def _number(value: float) -> str:
    """Write a number, or that there is none."""
    return NO_VALUE if math.isnan(value) else amount(value)
