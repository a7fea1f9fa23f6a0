"""Pooled cells on the overview: what they say together, how far they differ, why some refuse."""

from __future__ import annotations

from shiftexp.plane import NET
from shiftexp.pooling import Pooled
from shiftexp.report.further import PoolAnswer
from shiftexp.report.further_view import Section
from shiftexp.report.page import StudyPage
from shiftexp.report.sheet import Sheet, sheet
from shiftexp.report.wording import NO_VALUE, amount, plain, set_cell
from shiftexp.scalars import plural

_UNITS = {"offset": "% of the destination's level", "percent": "% of each side's level"}


def pools_section(study: StudyPage) -> Section | None:
    """Return what cells say together; None where a study pools none.

    Parameters
    ----------
    study : StudyPage
        The report.
    """
    if not study.pools:
        return None
    pooled = [(answer, answer.found) for answer in study.pools if answer.found is not None]
    refused = [answer for answer in study.pools if answer.found is None]
    said = f"{len(pooled) or 'None'} of {plural(len(study.pools), 'declared pool')} can be had"
    why = "; the others refuse, each with its reason" if pooled and refused else ""
    alone = ": each refuses, with its reason" if not pooled else ""
    return Section(
        heading="What cells say together: pooled indicators and segments",
        sentence=f"{said}{why}{alone}. What is pooled was declared, not chosen by its results.",
        tables=tuple(_pool_sheet(answer, found) for answer, found in pooled),
        folded=(_refused_sheet(refused),) if refused else (),
        notes=tuple(
            f"{answer.title}: {note}" for answer, found in pooled for note in _notes(answer, found)
        ),
    )


def _pool_sheet(answer: PoolAnswer, found: Pooled) -> Sheet:
    """Return every cell alone, all together and one more of the kind, with the spread below."""
    level = f"{100 * found.level:g} %"
    rows = [
        (
            plain(str(row["indicator"])),
            f"{row['side']}, {row['kind']}",
            amount(row["estimate"], signed=True),
            f"{amount(row['conf_low'], signed=True)} to {amount(row['conf_high'], signed=True)}",
            NO_VALUE if row["weight"] != row["weight"] else f"{row['weight']:.2f}",
        )
        for row in found.to_frame().to_dict("records")
    ]
    if found.plane == "offset":
        net = found.effects.interval(NET, found.level)
        estimate = amount(found.effects.estimate(NET), signed=True)
        rows.append(("pooled", "net expansion, in common", estimate, set_cell(net), NO_VALUE))
    spread = found.heterogeneity
    note = (
        f"In {_UNITS[found.plane]}, detection drift integrated. Between {found.noun}s: standard "
        f"deviation {amount(spread.median)} ({amount(spread.low)} to {amount(spread.high)}, "
        f"{level}), prior half-normal of {amount(found.scale)}."
    )
    columns = (found.noun.capitalize(), "What", "Estimate", f"{level} limits", "Weight")
    return sheet(f"Pooled: {answer.title}", columns, rows, numeric=(2, 3, 4), note=note)


def _refused_sheet(refused: list[PoolAnswer]) -> Sheet:
    """Return pools that refuse, with what they lack."""
    rows = [
        (
            answer.title,
            ", ".join(map(plain, answer.cells)),
            "; ".join(f"{plain(name)}, {why}" for name, why in answer.left_out) or NO_VALUE,
            answer.refusal,
        )
        for answer in refused
    ]
    columns = ("Pool", "Cells", "Without a result", "Why not")
    return sheet("Pools that refuse", columns, rows, wide=(0, 1, 2, 3))


def _notes(answer: PoolAnswer, found: Pooled) -> tuple[str, ...]:
    """Return what the numbers rest on, and who is left out."""
    out = tuple(f"{plain(name)} is left out: {why}" for name, why in answer.left_out)
    return (*found.notes, *out)
