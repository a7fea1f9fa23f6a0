"""What a run leaves of descriptions, rival hypotheses, sector weights and pools, as tables."""

from __future__ import annotations

import pandas as pd

from shiftexp.report.page import StudyPage
from shiftexp.table import one_line


def further_tables(page: StudyPage) -> dict[str, pd.DataFrame]:
    """Return tables by the name of their file; those without rows are empty.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    designs = [design for cell in page.cells for design in cell.pages]
    described = [(d, d.further.description) for d in designs if d.further.description is not None]
    pairs = [(d, found.pair) for d, found in described if found.pair is not None]
    rivals = [
        (d.name, found.to_frame().assign(assumed=label))
        for d in designs
        for label, found in d.further.rivals
    ]
    weights = [
        (d.name, found.to_frame().assign(specification=name))
        for d in designs
        for name, found, _ in d.further.weights
    ]
    return {
        "description": stacked([(d.name, found.to_frame()) for d, found in described]),
        "shares": stacked([(d.name, pair.to_frame()) for d, pair in pairs]),
        "accounts": stacked([(d.name, pair.accounts_frame()) for d, pair in pairs]),
        "rivals": stacked(rivals),
        "sector_weights": stacked(weights),
        "pools": _pools(page),
    }


def stacked(named: list[tuple[str, pd.DataFrame]], first: str = "design") -> pd.DataFrame:
    """Return named tables one below the other, the name first; empty without rows.

    Parameters
    ----------
    named : list of (name, pandas.DataFrame)
        The tables.
    first : str, default "design"
        What the names are of: the first column.
    """
    tables = [table.assign(**{first: name}) for name, table in named if len(table)]
    if not tables:
        return pd.DataFrame()
    table = pd.concat(tables, ignore_index=True)
    return table[[first, *(c for c in table.columns if c != first)]]


def _pools(page: StudyPage) -> pd.DataFrame:
    """Return every pool with its rows, or with its refusal."""
    found = []
    for answer in page.pools:
        why = "; ".join(f"{name}: {reason}" for name, reason in answer.left_out)
        table = pd.DataFrame([{}]) if answer.found is None else answer.found.to_frame()
        said = {"cells": "; ".join(answer.cells), "left_out": one_line(why)}
        found.append((answer.name, table.assign(**said, refused=one_line(answer.refusal))))
    return stacked(found, "pool")
