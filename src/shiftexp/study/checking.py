"""Refuses what cells of a study file say of each other or of a dataset that is not there."""

from __future__ import annotations

from shiftexp.errors import Problem, StudyError, suggest
from shiftexp.study.spec import StudySpec


def check_pages(spec: StudySpec) -> None:
    """Refuse cells on the page of a cell that does not exist, and counted falls without a dataset.

    Raises
    ------
    StudyError
        With every such cell.
    """
    names = [cell.name for cell in spec.cells]
    problems = [
        Problem(
            f"cell.{cell.name}.falls: places without a dataset",
            "counted customers of a bundled dataset",
            "write them as evidence with a bound",
        )
        for cell in spec.cells
        if cell.falls and not spec.source.dataset
    ]
    problems += [
        Problem(
            f"cell.{cell.name}.page: {cell.page!r}", "the name of a cell", suggest(cell.page, names)
        )
        for cell in spec.cells
        if cell.page and cell.page not in names
    ]
    if problems:
        raise StudyError(problems, key=problems[0].given.partition(":")[0])
