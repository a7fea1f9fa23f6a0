"""A whole study from one TOML file: declared, run, written, with provenance."""

from __future__ import annotations

from shiftexp.study.asking import asked, told_questions
from shiftexp.study.files import read_panel
from shiftexp.study.schema import schema_text, study_schema
from shiftexp.study.spec import Cell, Fall, Source, StudySpec
from shiftexp.study.study import Study

__all__ = [
    "Cell",
    "Fall",
    "Source",
    "Study",
    "StudySpec",
    "asked",
    "read_panel",
    "schema_text",
    "study_schema",
    "told_questions",
]
