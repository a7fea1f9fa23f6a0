"""The publications behind descriptions, rival hypotheses and pools."""

from __future__ import annotations

from shiftexp.report.page import StudyPage
from shiftexp.report.reference import Reference

ANDREWS = Reference(
    "andrews1993b",
    "tests for a break of unknown date",
    "Andrews, Donald W. K.",
    "Tests for parameter instability and structural change with unknown change point",
    "Econometrica",
    "1993",
    "61",
    "821–856",
    "10.2307/2951764",
)
BAI = Reference(
    "bai2003",
    "dates of several breaks, with limits",
    "Bai, Jushan and Perron, Pierre",
    "Computation and analysis of multiple structural change models",
    "Journal of Applied Econometrics",
    "2003",
    "18",
    "1–22",
    "10.1002/jae.659",
)
ANG = Reference(
    "ang2005",
    "LMDI-I, an exact account of a change",
    "Ang, Beng W.",
    "The LMDI approach to decomposition analysis: a practical guide",
    "Energy Policy",
    "2005",
    "33",
    "867–871",
    "10.1016/j.enpol.2003.10.010",
)
GU = Reference(
    "gu2018",
    "Bayes weights of hypotheses that are constraints",
    "Gu, Xin and Mulder, Joris and Hoijtink, Herbert",
    "Approximated adjusted fractional Bayes factors: a general method for testing informative "
    "hypotheses",
    "British Journal of Mathematical and Statistical Psychology",
    "2018",
    "71",
    "229–261",
    "10.1111/bmsp.12110",
)
HIGGINS = Reference(
    "higgins2009",
    "pooling by random effects",
    "Higgins, Julian P. T. and Thompson, Simon G. and Spiegelhalter, David J.",
    "A re-evaluation of random-effects meta-analysis",
    "Journal of the Royal Statistical Society: Series A",
    "2009",
    "172",
    "137–159",
    "10.1111/j.1467-985X.2008.00552.x",
)


def further_references(study: StudyPage) -> tuple[Reference, ...]:
    """Return the publications behind what stands beside the effects of a report.

    Parameters
    ----------
    study : StudyPage
        The report.
    """
    asked = [design.further for cell in study.cells for design in cell.pages]
    found: list[Reference] = []
    if any(further.description is not None for further in asked):
        found += [ANDREWS, BAI, ANG]
    if any(further.rivals for further in asked):
        found.append(GU)
    if any(pool.found is not None for pool in study.pools):
        found.append(HIGGINS)
    return tuple(found)
