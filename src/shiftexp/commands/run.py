"""``shiftexp run``: run a study file, write its report, and print what it found."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from shiftexp.commands.answer import Answer, records
from shiftexp.commands.offering import (
    Commands,
    offer_command,
    offer_jobs,
    offer_language,
    offer_study,
    read_study,
)
from shiftexp.errors import Problem, StudyError, suggest
from shiftexp.report.page import CellPage, StudyPage
from shiftexp.report.sentences import three_sentences
from shiftexp.report.terminal import cell_text, overview
from shiftexp.study import Study
from shiftexp.study.outputs import verdict_table
from shiftexp.verdict import LANGUAGES

_WIDTH = 100


def offer(commands: Commands) -> None:
    """Add the command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    """
    parser = offer_command(
        commands,
        "run",
        _run,
        does="run a study file and write its report",
        description="Run everything that a study file declares. The output folder then holds "
        "report.html, its tables as report.tex with methods.bib, the tables verdicts.csv, "
        "matrix.csv and estimates.csv, figures, and provenance.json. A further run into the same "
        "folder replaces them without asking.",
        example="shiftexp init data.csv --origin Here --destination There --onset 2016\n"
        "shiftexp run study.toml --out results",
    )
    offer_study(parser)
    offer_output(parser, out="results", cell="")


def offer_output(parser: argparse.ArgumentParser, *, out: str, cell: str) -> None:
    """Add where a run is written to, and what of it is printed.

    Parameters
    ----------
    parser : ArgumentParser
        Of the command.
    out : str
        The folder by default.
    cell : str
        The cell that is printed by default; none where empty.
    """
    parser.add_argument(
        "--out",
        default=out,
        metavar="DIR",
        help="output folder; what an earlier run wrote there is replaced (%(default)s)",
    )
    offer_jobs(parser)
    parser.add_argument(
        "--cell", default=cell, metavar="NAME", help=f"cell to print ({cell or 'none'})"
    )
    offer_language(parser, also="; the cell is then told as a paragraph to be read out, too")


def _run(options: argparse.Namespace) -> Answer:
    """Run a study file."""
    return finish(read_study(options.file), options)


def finish(study: Study, options: argparse.Namespace) -> Answer:
    """Run a study; say the overview, the cell asked for, and where the report is.

    Parameters
    ----------
    study : Study
        The study.
    options : Namespace
        With ``out``, ``jobs``, ``cell`` and ``language``.

    Raises
    ------
    StudyError
        When the cell to be printed is not one of the study.
    """
    names = tuple(dict.fromkeys(cell.page or cell.name for cell in study.spec.cells))
    if options.cell and options.cell not in names:
        problem = Problem(
            f"--cell {options.cell!r}", "a cell of the study", suggest(options.cell, names)
        )
        raise StudyError(problem, key="cell")
    folder = Path(options.out)
    page = study.run(folder, language=options.language, n_jobs=options.jobs)
    return Answer(_text(page, folder, options), answered(page) | {"out": str(folder)})


def answered(page: StudyPage) -> dict[str, object]:
    """Return what a run found: sentences of every cell, and the table of verdicts.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    cells = [
        {"name": c.name, "title": c.title, "sentences": list(three_sentences(c))}
        for c in page.cells
    ]
    verdicts = records(verdict_table(page))
    return {
        "title": page.title,
        "language": page.language,
        "cells": cells,
        "verdicts": verdicts,
    }


def _text(page: StudyPage, folder: Path, options: argparse.Namespace) -> str:
    """Return what a reader is told of a run."""
    lines = [overview(page)]
    for cell in page.cells:
        if cell.name == options.cell:
            lines += ["", cell_text(cell.in_language("en"))]
            lines += ["", _read_out(cell, options.language)] if options.language else []
    if any(design.refusals for cell in page.cells for design in cell.pages):
        where = f"column 'refused' of {folder / 'estimates.csv'}, and in the report"
        lines += ["", f"why estimators refused: {where}"]
    if options.cell and not options.language:
        how = f"--language {' | '.join(LANGUAGES)}"
        lines += [
            "",
            f"to have the verdict of {options.cell} as one paragraph to be read out: {how}",
        ]
    return "\n".join([*lines, "", f"report: {folder / 'report.html'}"])


def _read_out(cell: CellPage, language: str) -> str:
    """Return the verdict of a cell as a paragraph."""
    return textwrap.fill(cell.primary.verdict.paragraph(language), _WIDTH)
