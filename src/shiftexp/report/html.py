"""One HTML page that stands alone: no network, figures and the one script inside."""

from __future__ import annotations

from shiftexp.report.figures import matrix_figure
from shiftexp.report.glossary import glossary
from shiftexp.report.page import StudyPage
from shiftexp.report.pools_view import pools_section
from shiftexp.report.questions import EVENTS_HEADING, TIMING_HEADING
from shiftexp.report.references import bibliography, references
from shiftexp.report.sheets import provenance_sheet, summary_sheet
from shiftexp.report.views import asides, cell_view
from shiftexp.report.weighing import matrix_sheet
from shiftexp.report.wording import Badge


def render(study_page: StudyPage) -> str:
    """Return a study as one HTML page.

    Parameters
    ----------
    study_page : StudyPage
        What to show.

    Returns
    -------
    str
        The page; the same input gives the same bytes. Text from data is escaped.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from tqdm import tqdm

    environment = Environment(
        loader=PackageLoader("shiftexp.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["badge"] = lambda cell: isinstance(cell, Badge)
    environment.tests["address"] = lambda cell: str(cell).startswith(("http://", "https://"))
    environment.filters["asides"] = asides
    # First, since what the other tables say is worked out here, under the bar.
    shown = tqdm(study_page.cells, desc="report", unit="cell", disable=None, leave=False)
    cells = [cell_view(cell, position, figures=True) for position, cell in enumerate(shown, 1)]
    page = environment.get_template("page.html.j2").render(
        title=study_page.title,
        matrix=matrix_figure(study_page) if len(study_page.cells) > 1 else None,
        summary=summary_sheet(study_page),
        verdicts=matrix_sheet(study_page),
        pools=pools_section(study_page),
        cells=cells,
        slides=any(view.primary.slider for view in cells),
        headings={"timing": TIMING_HEADING, "events": EVENTS_HEADING},
        glossary=glossary(),
        references=references(study_page),
        bibtex=bibliography(study_page),
        provenance=provenance_sheet(study_page),
        version=str(study_page.provenance.get("shiftexp", "")),
    )
    return f"{page}\n"
