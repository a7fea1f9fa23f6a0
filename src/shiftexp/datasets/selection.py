"""Picking one kind of series out of many, and saying why it cannot be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from shiftexp.errors import PanelError, Problem, suggest
from shiftexp.scalars import plural

SERIES = ("market", "segment", "indicator", "substance", "unit")


def picked(
    values: pd.DataFrame, regions: pd.DataFrame, wanted: Mapping[str, str], units: Collection[str]
) -> pd.DataFrame:
    """Return the rows of one kind of series, with the level of their regions.

    Parameters
    ----------
    values, regions : pandas.DataFrame
        Tables of a dataset.
    wanted : mapping of str to str
        Column to value.
    units : collection of str
        The regions to keep; empty for all.

    Raises
    ------
    PanelError
        When a name is not known, nothing is left, or several kinds or levels are.
    """
    levels = regions.set_index("region")["level"]
    values = values.assign(level=values["region"].map(levels))
    _refuse(*unknown_names(values, wanted), *unknown_regions(values, units))
    kept = filtered(values, wanted)
    if kept.empty:
        _refuse(nothing_left(values, wanted))
    problems = absent_regions(kept, units)
    if units:
        kept = kept[kept["region"].isin(units)]
    _refuse(*problems, *selection_problems(kept))
    return kept


def _refuse(*problems: Problem) -> None:
    """Raise what is wrong, all at once."""
    if problems:
        raise PanelError(problems)


def filtered(values: pd.DataFrame, wanted: Mapping[str, str]) -> pd.DataFrame:
    """Keep the rows that agree with everything wanted."""
    keep = pd.Series(data=True, index=values.index)
    for column, value in wanted.items():
        keep &= values[column] == value
    return values[keep]


def unknown_names(values: pd.DataFrame, wanted: Mapping[str, str]) -> list[Problem]:
    """Find filters that name nothing in the dataset."""
    return [
        Problem(f"{column} {value!r}", f"a {column} of the dataset", suggest(str(value), known))
        for column, value in wanted.items()
        if value not in (known := set(values[column].unique()))
    ]


def unknown_regions(values: pd.DataFrame, units: Collection[str]) -> list[Problem]:
    """Find regions that the dataset does not have."""
    known = set(values["region"].unique())
    return [
        Problem(f"unit {unit!r}", "a region of the dataset", suggest(str(unit), known))
        for unit in units
        if unit not in known
    ]


def selection_problems(kept: pd.DataFrame) -> list[Problem]:
    """Find that several kinds of series or several levels are left."""
    problems = []
    kinds = kept[list(SERIES)].drop_duplicates()
    if len(kinds) > 1:
        problems.append(_several_kinds(kinds))
    counts = kept.groupby("level")["region"].nunique()
    if len(counts) > 1:
        said = ", ".join(f"{level!r} ({plural(n, 'unit')})" for level, n in counts.items())
        given = f"mixed levels: {said}"
        problems.append(Problem(given, "regions of one level", "say level=, one of these"))
    return problems


def absent_regions(kept: pd.DataFrame, units: Collection[str]) -> list[Problem]:
    """Find regions asked for that have no value in the series."""
    there = set(kept["region"])
    absent = [unit for unit in units if unit not in there]
    if not absent:
        return []
    given = f"unit {', '.join(map(repr, absent))} has no value in this series"
    remedy = "leave them out of units=, or say the level= they are of"
    return [Problem(given, "regions that have values in it", remedy)]


def nothing_left(values: pd.DataFrame, wanted: Mapping[str, str]) -> Problem:
    """Say which one filter, said otherwise, would leave something; the level first."""
    said = ", ".join(f"{column}={value!r}" for column, value in wanted.items())
    offers = {}
    for column in wanted:
        others = {name: value for name, value in wanted.items() if name != column}
        found = sorted(set(filtered(values, others)[column]))
        if found:
            offers[column] = f"{column}={' or '.join(map(repr, found[:6]))}"
    chosen = [offers["level"]] if "level" in offers else list(offers.values())
    remedy = "say " + ", or ".join(chosen) if chosen else "leave out a filter to see what there is"
    return Problem(f"no values with {said}", "a combination that the dataset holds", remedy)


def _several_kinds(kinds: pd.DataFrame) -> Problem:
    """List the combinations that are left and the arguments that tell them apart."""
    differing = [column for column in SERIES if len(set(kinds[column])) > 1]
    lines = [", ".join(f"{c}={row[c]!r}" for c in differing) for row in kinds.to_dict("records")]
    shown = "; ".join(lines[:8]) + (f"; and {len(lines) - 8} more" if len(lines) > 8 else "")
    return Problem(
        f"{len(lines)} kinds of series: {shown}",
        "one kind of series in a panel",
        f"say {', '.join(f'{column}=' for column in differing)}",
    )
