"""One HTML page that stands alone: no network, figures and the one script inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiftexp.report.data_sheets import provenance_sheet
from shiftexp.report.figures import matrix_figure
from shiftexp.report.glossary import glossary
from shiftexp.report.language import InEnglish, Words
from shiftexp.report.page import StudyPage
from shiftexp.report.pools_view import pools_section
from shiftexp.report.references import bibliography, references
from shiftexp.report.sheets import summary_sheet
from shiftexp.report.views import asides, cell_view
from shiftexp.report.weighing import matrix_sheet
from shiftexp.report.wording import Badge

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


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
    from tqdm import tqdm

    environment = _environment(study_page.words)
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
        glossary=glossary(study_page.words),
        references=references(study_page),
        bibtex=bibliography(study_page),
        provenance=provenance_sheet(study_page),
        version=str(study_page.provenance.get("shiftexp", "")),
    )
    return f"{page}\n"


def _environment(words: Words) -> Environment:
    """Return what fills the templates in one language."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup, escape

    def markup(key: str, **fields: object) -> Markup:
        """Return a phrase that holds markup of our own; what fills its blanks is escaped."""
        return Markup(words.text(f"markup.{key}")).format(**fields)  # noqa: S704 - our own words

    def placed(key: str, **fields: object) -> Markup:
        """Return a phrase whose {where} the slider's script writes anew."""
        where = Markup("<span data-place>{}</span>").format(words("slider.unchanged"))
        return escape(words.text(key)).format(where=where, **fields)

    environment = Environment(
        loader=PackageLoader("shiftexp.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["badge"] = lambda cell: isinstance(cell, Badge)
    environment.tests["address"] = lambda cell: str(cell).startswith(("http://", "https://"))
    environment.tests["english"] = lambda text: isinstance(text, InEnglish)
    environment.filters["asides"] = asides
    environment.globals |= {
        "say": words,
        "columns": words.columns,
        "markup": markup,
        "placed": placed,
        "language": words.language,
    }
    return environment
