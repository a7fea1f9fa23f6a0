"""The bundled data sets with their sources."""

from __future__ import annotations

import io
import lzma
import math
from functools import cache
from importlib import resources

import pandas as pd

from shiftexp.datasets.dataset import Dataset
from shiftexp.errors import PanelError, Problem, suggest

__all__ = ["NAMES", "Dataset", "load_dataset"]

NAMES = ("benelux",)

_TABLES = ("indicators", "sources", "events", "cells", "designs", "flows", "regions")
_NUMBERS = {
    "indicators": ("value", "std_error"),
    "flows": ("value_low", "value_high", "foreign_share_low", "foreign_share_high"),
}


def load_dataset(name: str) -> Dataset:
    """Return a bundled data set.

    Parameters
    ----------
    name : str
        "benelux": illegal drug market indicators of Belgium and the Netherlands with donor
        countries, 1980 to 2025, every value with source and quality flag.

    Returns
    -------
    Dataset
        The values, sources, events, regions, flows and declared designs.

    Raises
    ------
    PanelError
        If there is no data set of that name.

    Examples
    --------
    >>> load_dataset("benelux").far[:3]
    ('AL', 'AT', 'BA')
    """
    if name not in NAMES:
        raise PanelError(
            Problem(f"dataset {name!r}", "a bundled data set", suggest(str(name), NAMES))
        )
    return _load(name)


@cache
def _load(name: str) -> Dataset:
    """Read a data set once; its tables are only ever handed out as copies."""
    return Dataset(name, {table: _read(name, table) for table in _TABLES})


def _read(name: str, table: str) -> pd.DataFrame:
    """Read one compressed table: text as it stands, numbers as numbers, an empty number as NaN."""
    packed = resources.files(__name__).joinpath(name, f"{table}.csv.xz").read_bytes()
    text = io.BytesIO(lzma.decompress(packed))
    frame = pd.read_csv(text, dtype=str, keep_default_na=False, encoding="utf-8")
    for column in _NUMBERS.get(table, ()):
        # Python's own reading of a number is exact and the same under every version of pandas.
        frame[column] = [float(cell) if cell else math.nan for cell in frame[column]]
    return frame
