"""Rows of the calibration tables as Markdown: choosing, averaging, writing in percent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Line = dict[str, str]
Tables = dict[str, list[Line]]


def percent(value: str) -> str:
    """Write a share in percent; a dash where no data set qualified."""
    return f"{100 * float(value):.1f}" if value else "-"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["", *(f"| {' | '.join(cells)} |" for cells in lines), ""]


def unique(rows: Iterable[Line], *keys: str) -> list[tuple[str, ...]]:
    """Return the distinct values of some columns in the order of the table."""
    return list(dict.fromkeys(tuple(r[k] for k in keys) for r in rows))


def select(rows: Iterable[Line], **columns: str) -> list[Line]:
    """Return rows whose columns have these values."""
    return [r for r in rows if all(r[k] == v for k, v in columns.items())]


def values(rows: Iterable[Line], **columns: str) -> str:
    """Return values in percent, separated by slashes."""
    return "/".join(percent(r["value"]) for r in select(rows, **columns))


def rates(rows: list[Line], named: Mapping[str, str], measures: Mapping[str, str]) -> list[str]:
    """Return a Markdown table: a row for each cell, in percent.

    Parameters
    ----------
    rows : list of dict
        Rows of one calibration table.
    named : mapping of str to str
        Columns that name a cell, with their headings.
    measures : mapping of str to str
        What is shown of it, with the headings.
    """
    body = []
    for key in unique(rows, *named):
        cell = dict(zip(named, key, strict=True))
        names = [f"`{v}`" if column == "method" else v for column, v in cell.items()]
        body.append([*names, *(values(rows, **cell, measure=m) for m in measures)])
    return table([*named.values(), *measures.values()], body)


def mean(rows: list[Line]) -> str:
    """Return the mean of the values in percent."""
    return f"{100 * sum(float(r['value']) for r in rows) / len(rows):.1f}" if rows else "-"


def worst(rows: list[Line]) -> str:
    """Return the largest value in percent."""
    return f"{100 * max(float(r['value']) for r in rows):.1f}" if rows else "-"
