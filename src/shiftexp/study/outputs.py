"""What a run leaves: report, tables, figures and their provenance, each written in one step."""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Hashable, Iterable
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from shiftexp.errors import Problem, StudyError
from shiftexp.flow import flow_in
from shiftexp.plotting import Kept, drawing_once, drawn, plot_data, unshown
from shiftexp.policy import PolicyEvents
from shiftexp.report import report
from shiftexp.report.latex import render_latex
from shiftexp.report.page import CellPage, DesignPage, StudyPage
from shiftexp.report.references import bibliography
from shiftexp.report.robustness import shown_estimand
from shiftexp.report.weighing import matrix_table
from shiftexp.result import Estimate, Result
from shiftexp.study.further_tables import further_tables, stacked
from shiftexp.table import one_line, spreadsheet_csv, write_atomically

_OF_EVIDENCE = ("about", "direction", "p_value", "power", "source")
_PACKAGES = ("shiftexp", "numpy", "scipy", "pandas", "matplotlib")


def write_outputs(
    page: StudyPage, out: str | Path, drawings: Iterable[Kept] = ()
) -> tuple[Path, ...]:
    """Write the report, tables (``verdicts``, ``matrix``, ``estimates``), figures and provenance.

    The report is written as a page, and its tables as ``report.tex`` with ``methods.bib``, all in
    the language of the run; the tables that programs read are in English.

    Where a model of a flow was fitted, also ``flows.csv``; where a specification curve is declared,
    ``curve.csv``; of negative controls ``controls.csv``; of questions of timing ``timing.csv``; of
    dated events ``events.csv`` and ``leakage.csv``; of descriptions ``description.csv``,
    ``shares.csv`` and ``accounts.csv``; of rival hypotheses ``rivals.csv``; of posteriors
    ``sector_weights.csv``; of pools ``pools.csv``.

    Parameters
    ----------
    page : StudyPage
        The run.
    out : str or Path
        The folder; it is made if need be.
    drawings : iterable of Kept
        What is drawn already.

    Raises
    ------
    StudyError
        When the folder cannot be made or written to.
    """
    from tqdm import tqdm

    folder = Path(out)
    try:
        (folder / "figures").mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # a name that no folder can have is a ValueError
        raise _unwritable(folder, error) from error
    try:
        with unshown(), drawing_once(drawings):
            written = [report(page, folder / "report.html"), *_paper(page, folder)]
            written += _tables(page, folder)
            for cell in tqdm(page.cells, desc="figures", unit="cell", disable=None, leave=False):
                written += _figures(cell, folder / "figures")
            written += drawn(page.verdicts).save(folder / "figures" / "verdicts")
    except OSError as error:
        raise _unwritable(folder, error) from error
    return tuple(written)


def _paper(page: StudyPage, folder: Path) -> list[Path]:
    """Write what goes into a paper: tables in LaTeX, and the publications behind the methods."""
    return [
        write_atomically(folder / "report.tex", render_latex(page)),
        write_atomically(folder / "methods.bib", bibliography(page)),
    ]


def _unwritable(folder: Path, error: Exception) -> StudyError:
    """Return the refusal of a folder."""
    given = f"output folder {str(folder)!r}: {getattr(error, 'strerror', None) or error}"
    return StudyError(Problem(given, "a folder that can be written to", "choose another"), "out")


def _tables(page: StudyPage, folder: Path) -> list[Path]:
    """Write the tables that have rows, and provenance."""
    tables = {
        "verdicts": verdict_table(page),
        "matrix": matrix_table(page),
        "estimates": estimate_table(page),
        "flows": flow_table(page),
        "controls": control_table(page),
        "curve": curve_table(page),
        "timing": timing_table(page),
        "events": event_table(page),
        "leakage": leakage_table(page),
        **further_tables(page),
    }
    always = ("verdicts", "matrix", "estimates")
    whence = json.dumps(page.provenance, indent=2, sort_keys=True) + "\n"
    written = [write_atomically(folder / "provenance.json", whence)]
    return written + [
        write_atomically(folder / f"{name}.csv", spreadsheet_csv(table))
        for name, table in tables.items()
        if name in always or not table.empty
    ]


def verdict_table(page: StudyPage) -> pd.DataFrame:
    """Return one row for each declared design: gate, state, sectors left, bounds, claims."""
    return pd.DataFrame([_verdict_row(cell, d) for cell in page.cells for d in cell.pages])


def estimate_table(page: StudyPage) -> pd.DataFrame:
    """Return all estimates, each with what it rests on; of what refused, its words and no numbers.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    rows: list[dict[Hashable, object]] = [
        {"design": design.name, **row}
        for cell in page.cells
        for design in cell.pages
        for row in (*_estimate_rows(design), *_refused_rows(design))
    ]
    numbers = (f.name for f in fields(Estimate))
    columns = ["design", "rests_on", "estimator", *numbers, "refused"]
    return pd.DataFrame(rows, columns=columns)


def flow_table(page: StudyPage) -> pd.DataFrame:
    """Return what models of the flow say, by quantity and belief; empty without any.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    rows: list[dict[Hashable, object]] = [
        {"design": design.name, "estimator": result.estimator, **row, "maturity": flow.maturity}
        for cell in page.cells
        for design in cell.pages
        for result in design.verdict.results
        if design.verdict.flows and (flow := flow_in(result)) is not None
        for row in flow.to_frame().to_dict("records")
    ]
    return pd.DataFrame(rows)


def curve_table(page: StudyPage) -> pd.DataFrame:
    """Return every specification of every curve, refusals among them; empty without any.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    table = stacked(
        [(d.name, d.curve.to_frame()) for c in page.cells for d in c.pages if d.curve is not None]
    )
    return table if table.empty else table.assign(refused=table["refused"].map(one_line))


def timing_table(page: StudyPage) -> pd.DataFrame:
    """Return every question of timing with its answer or its refusal; empty without any.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    rows = [
        {
            "design": design.name,
            "question": answer.method,
            **{key: getattr(answer.evidence, key, None) for key in _OF_EVIDENCE},
            "said": "; ".join(answer.said),
            "notes": "; ".join(answer.notes),
            "refused": one_line(answer.refusal),
        }
        for cell in page.cells
        for design in cell.pages
        for answer in design.timing
    ]
    return pd.DataFrame(rows)


def event_table(page: StudyPage) -> pd.DataFrame:
    """Return every dated event of every design, those without a study too; empty without any.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    return stacked([(name, found.to_frame()) for name, found in _events(page)])


def leakage_table(page: StudyPage) -> pd.DataFrame:
    """Return every third country of every dated event; empty without any.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    return stacked([(name, found.leakage) for name, found in _events(page)])


def _events(page: StudyPage) -> list[tuple[str, PolicyEvents]]:
    """Return the dated events of every design that asks for them, with its name."""
    pages = [design for cell in page.cells for design in cell.pages]
    return [(design.name, design.events) for design in pages if design.events is not None]


def control_table(page: StudyPage) -> pd.DataFrame:
    """Return every negative control of every cell, refusals among them; empty without any.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    tables = [cell.controls.to_frame().assign(cell=cell.name) for cell in page.cells]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["cell"])
    return table[["cell", *(c for c in table.columns if c != "cell")]]


def _estimate_rows(design: DesignPage) -> list[dict[Hashable, object]]:
    """Return one row for each estimand of each result of a design."""
    return [
        {"rests_on": rests_on, "estimator": result.estimator, "refused": "", **estimate}
        for rests_on, result in _results(design)
        for estimate in result.tidy().to_dict("records")
    ]


def _refused_rows(design: DesignPage) -> list[dict[Hashable, object]]:
    """Return one row for each estimator that refused a design."""
    return [
        {"rests_on": "the pair", "estimator": estimator, "refused": one_line(reason)}
        for estimator, reason in design.refusals
    ]


def provenance(text: str, seed: int, digests: dict[str, str]) -> dict[str, object]:
    """Return where a run comes from: versions, seed, and hashes of the study and of every panel.

    Parameters
    ----------
    text : str
        The study file.
    seed : int
        Its seed.
    digests : dict
        Hash of the panel of every cell.
    """
    return {
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
        "seed": seed,
        "study_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "data_sha256": digests,
    }


def _results(design: DesignPage) -> list[tuple[str, Result]]:
    """Return all results of a design with what each rests on."""
    rows = [("the pair", result) for result in design.verdict.results]
    rows += [(f"{s.unit} alone", s.result) for s in design.sides if s.result is not None]
    return rows + [("two windows of counts", result) for result in design.contrasts]


def _verdict_row(cell: CellPage, design: DesignPage) -> dict[str, object]:
    """Return one row of the verdict table."""
    verdict = design.verdict
    bounds = verdict.bounds
    status = {claim.name: claim.status for claim in verdict.claims}
    return {
        "cell": cell.name,
        "design": design.name,
        "role": design.role,
        "state": verdict.state,
        "sectors": "" if verdict.state == "gate failed" else "; ".join(verdict.sectors),
        "declared": verdict.sector or "",
        "gate": str(design.gate),
        "joint_before": design.gate.before,
        "joint_after": design.gate.after,
        "specifications": len(verdict.results),
        "refused": len(design.refusals),
        "shift_share_low": bounds.low if bounds else math.nan,
        "shift_share_high": bounds.high if bounds else math.nan,
        "flow_high": bounds.flow_high if bounds else math.nan,
        "unit": bounds.unit if bounds else "",
        **{name.replace(" ", "_"): status.get(name, "not identified") for name in _CLAIMS},
        "needed": design.needed,
        "concluded_earlier": cell.conclusion,
    }


_CLAIMS = (
    "destination grew",
    "origin fell",
    "net expansion",
    "not mainly shift",
    "some offset",
    "shift",
)


def _figures(cell: CellPage, folder: Path) -> list[Path]:
    """Write the figures of one cell: series, plane and flow of the pair, or each side's series."""
    verdict = cell.primary.verdict
    if verdict.results:
        series = drawn(verdict.results[0]).save(folder / f"{cell.name}_series")
        plane = drawn(verdict).save(folder / f"{cell.name}_plane")
        written = [*series, *plane, *_flow_figures(cell, folder)]
        return [*written, *_asked_figures(cell, folder)]
    written = _asked_figures(cell, folder)
    for side in cell.primary.sides:
        if side.result is not None:
            written += drawn(side.result).save(folder / f"{cell.name}_series_{side.side}")
    return written


def _asked_figures(cell: CellPage, folder: Path) -> list[Path]:
    """Write the whole curve of a cell and its dated events, where it declares them."""
    written: list[Path] = []
    curve, found = cell.primary.curve, cell.primary.events
    if curve is not None:
        whole = drawn(curve, estimand=shown_estimand(curve))
        written += whole.save(folder / f"{cell.name}_curve")
    if found is not None and found.drawable:
        written += drawn(found).save(folder / f"{cell.name}_events")
    return written


def _flow_figures(cell: CellPage, folder: Path) -> list[Path]:
    """Write what models of the flow say: each a drawing and the numbers that are drawn."""
    written: list[Path] = []
    for number, flow in enumerate(cell.primary.verdict.flows, start=1):
        name = f"{cell.name}_flow" if number == 1 else f"{cell.name}_flow_{number}"
        written += drawn(flow).save(folder / name)
        numbers = spreadsheet_csv(plot_data(flow))
        written.append(write_atomically(folder / f"{name}.csv", numbers))
    return written
