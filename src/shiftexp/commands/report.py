"""``shiftexp report``: run a study, and write its report alone, in the formats asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from shiftexp.commands.answer import OUT, Answer
from shiftexp.commands.offering import (
    Commands,
    offer_command,
    offer_jobs,
    offer_language,
    offer_study,
    read_study,
    refuse_existing,
    write_new,
)
from shiftexp.commands.run import answered
from shiftexp.errors import Problem, StudyError
from shiftexp.report import StudyPage, render, render_markdown
from shiftexp.report.latex import render_latex
from shiftexp.report.references import bibliography

_FORMATS: dict[str, tuple[str, Callable[[StudyPage], str]]] = {
    "html": ("report.html", render),
    "markdown": ("report.md", render_markdown),
    "latex": ("report.tex", render_latex),
    "bibtex": ("methods.bib", bibliography),
}


def offer(commands: Commands) -> None:
    """Add the command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    """
    parser = offer_command(
        commands,
        "report",
        _report,
        does="write the report of a study alone, as HTML, Markdown, LaTeX or BibTeX",
        description="Run a study and write its report and nothing else. A run keeps tables, not "
        "fitted models, so the study is run again: the same seed gives the same numbers. "
        "report.tex holds booktabs tables to be put into a paper; methods.bib the publications "
        "that they cite.",
        example="shiftexp report study.toml --format html latex bibtex --language nl --out paper",
    )
    offer_study(parser)
    offer_jobs(parser)
    parser.add_argument(
        "--format", nargs="+", choices=_FORMATS, default=["html"], help="one or more (html)"
    )
    parser.add_argument("--out", default=".", metavar="DIR", help="output folder (this one)")
    offer_language(parser)
    parser.add_argument("--force", action="store_true", help="overwrite reports that are there")


def _report(options: argparse.Namespace) -> Answer:
    """Run a study, and write what is asked for."""
    study, folder = read_study(options.file), Path(options.out)
    asked = {folder / _FORMATS[name][0]: _FORMATS[name][1] for name in options.format}
    for path in asked:
        refuse_existing(path, force=options.force)
    _make(folder)
    page = study.run(language=options.language, n_jobs=options.jobs)
    written = [str(write_new(p, write(page), force=options.force)) for p, write in asked.items()]
    return Answer(
        "\n".join(f"report: {path}" for path in written), answered(page) | {"files": written}
    )


def _make(folder: Path) -> None:
    """Make a folder, if need be, before anything is run.

    Raises
    ------
    StudyError
        When it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        given = f"output folder {str(folder)!r}: {getattr(error, 'strerror', '') or error}"
        problem = Problem(given, "a folder that can be written to", "choose another")
        raise StudyError(problem, key=OUT) from error
