"""Reports: three sentences a cell, tables and figures, as one HTML page or as Markdown."""

from __future__ import annotations

from shiftexp.report.agreement import agreement
from shiftexp.report.html import render
from shiftexp.report.markdown import render_markdown
from shiftexp.report.page import CellPage, DesignPage, SideStudy, StudyPage
from shiftexp.report.sentences import three_sentences
from shiftexp.report.writing import report

__all__ = [
    "CellPage",
    "DesignPage",
    "SideStudy",
    "StudyPage",
    "agreement",
    "render",
    "render_markdown",
    "report",
    "three_sentences",
]
