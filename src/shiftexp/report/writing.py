"""report(x, path): a study, a cell or a single verdict as one file that stands alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from shiftexp.design import Design, Gate
from shiftexp.errors import Problem, StudyError
from shiftexp.report.html import render
from shiftexp.report.markdown import render_markdown
from shiftexp.report.page import CellPage, DesignPage, StudyPage
from shiftexp.report.wording import plain
from shiftexp.table import write_atomically
from shiftexp.verdict import Verdict

_FORMATS = {".html": render, ".htm": render, ".md": render_markdown}


def report(
    x: StudyPage | CellPage | Verdict,
    path: str | Path,
    *,
    title: str | None = None,
    language: str | None = None,
) -> Path:
    """Write a study, a cell or a verdict as one file.

    Parameters
    ----------
    x : StudyPage, CellPage or Verdict
        What to show.
    path : str or Path
        The file to write; ``.html`` gives a page with figures, ``.md`` a shorter text.
    title : str, optional
        The heading, instead of the study's own.
    language : {"en", "nl", "fr"}, optional
        English, Dutch or French; without it that of the study, English for a verdict. Numbers are
        the same in each; what stays English is named on the page.

    Returns
    -------
    Path
        The file; the same input gives the same bytes.

    Raises
    ------
    StudyError
        When the suffix is of no known format.
    StudyError
        When the folder does not exist or cannot be written to.
    DesignError
        When there are no phrases of that language; the known ones are listed.
    TypeError
        When ``x`` is something else.

    Examples
    --------
    >>> import tempfile
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(rng=1)
    >>> verdict = sx.weigh(sx.InterruptedTimeSeries(trend=False).fit(panel, design), name="made up")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report(verdict, f"{folder}/verdict.md").read_text().splitlines()[0]
    '# made up'
    """
    target = Path(path)
    if target.suffix.lower() not in _FORMATS:
        raise StudyError(
            Problem(f"report file {str(path)!r}", "a name that ends in .html or .md", "rename it")
        )
    study = _study_page(x, title)
    text = _FORMATS[target.suffix.lower()](
        study if language is None else study.in_language(language)
    )
    try:
        return write_atomically(target, text)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        problem = Problem(
            f"report file {str(path)!r}: {getattr(error, 'strerror', '') or error}",
            "a folder that exists and can be written to",
            "make the folder, or choose another one",
        )
        raise StudyError(problem) from error


def _study_page(x: StudyPage | CellPage | Verdict, title: str | None) -> StudyPage:
    """Return anything that can be reported as a whole report."""
    if isinstance(x, StudyPage):
        return x if title is None else replace(x, title=title)
    if isinstance(x, Verdict):
        x = _cell_of(x)
    if isinstance(x, CellPage):
        return StudyPage(title or x.title, (x,), _provenance(), language=x.language)
    message = f"report({type(x).__name__}): give a Verdict, a CellPage or a StudyPage"
    raise TypeError(message)


def _cell_of(verdict: Verdict) -> CellPage:
    """Return a verdict as a cell with one design."""
    name = verdict.name or "verdict"
    first = verdict.results[0] if verdict.results else None
    gate = verdict.gate or (first.gate if first else Gate(0, 0, ("no series was weighed",)))
    # Evidence alone has no series: the sides are then named by their roles.
    design = (
        first.design
        if first
        else Design(origin="the origin", destination="the destination", onset="0001")
    )
    data = pd.DataFrame()
    if first:
        data = first.augment()[["unit", "period", "observed"]].rename(columns={"observed": "value"})
    page = DesignPage(name, "primary", design, gate, verdict, (), data=data.dropna())
    return CellPage(name, plain(name), page)


def _provenance() -> dict[str, object]:
    """Return the version alone, for what was not run from a study file."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return {"shiftexp": version("shiftexp")}
    except PackageNotFoundError:  # a source tree that was never installed
        return {"shiftexp": "unknown"}
