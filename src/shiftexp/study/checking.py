"""Refuses what a study file says of cells or of a dataset that are not there."""

from __future__ import annotations

from shiftexp.errors import Problem, StudyError, suggest
from shiftexp.study.spec import StudySpec


def check_pages(spec: StudySpec) -> None:
    """Refuse pages and pools of cells that do not exist, and counted falls without a dataset.

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
    elsewhere = {c.name for c in spec.cells if c.page not in ("", c.name)}
    problems += [
        Problem(
            f"cell.{cell.name}.page: {cell.page!r} is on another page itself",
            "a cell that is shown on a page of its own",
            f"leave out page under {cell.page!r}",
        )
        for cell in spec.cells
        if cell.page in elsewhere - {cell.name}
    ]
    problems += [
        Problem(f"pool.{pool.name}.cells: {name!r}", "the name of a cell", suggest(name, names))
        for pool in spec.pools
        for name in pool.cells
        if name not in names
    ]
    if problems:
        raise StudyError(problems, key=problems[0].given.partition(":")[0])
