"""The table of a sweep: its columns, and a shard of it as the bytes of a Parquet file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from shiftexp.effects import DIRECTIONS
from shiftexp.sweep.declared import Fit, units_of

if TYPE_CHECKING:
    import pyarrow as pa

Row: TypeAlias = dict[str, Any]
ANSWERED, WITHHELD, REFUSED, FAILED = "answered", "withheld", "refused", "failed"
_CHOICES = ("indicator", "origin", "destination", "window", "onset", "scale", "donors", "effort",
            "errors", "outliers")  # fmt: skip
_TEXTS = ("state", "reason", "gate", "unit", "notes")
_COUNTS = ("n_pre", "n_post")
NUMBERS = (
    *(f"{e}_{part}" for e in DIRECTIONS for part in ("effect", "p", "low", "high")),
    "offset_ratio",
)


def blank(fit: Fit) -> Row:
    """Return the row of a fit of which nothing is known yet but what it is.

    Parameters
    ----------
    fit : Fit
        One fit.
    """
    origin, destination = (" + ".join(units_of(side)) for side in fit.pair)
    return {
        "number": fit.number,
        **fit.specification.choices,
        "origin": origin,
        "destination": destination,
        **dict.fromkeys(_TEXTS, ""),
        **dict.fromkeys(_COUNTS, 0),
        **dict.fromkeys(NUMBERS, math.nan),
    }


def schema() -> pa.Schema:
    """Return the columns with their types."""
    import pyarrow as pa

    kinds = {
        "number": pa.int64(),
        **dict.fromkeys((*_CHOICES, "state", "reason", "gate"), pa.string()),
        **dict.fromkeys(_COUNTS, pa.int32()),
        "unit": pa.string(),
        **dict.fromkeys(NUMBERS, pa.float64()),
        "notes": pa.string(),
    }
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


def encoded(rows: Sequence[Row], said: Mapping[str, str]) -> bytes:
    """Return rows as the bytes of a Parquet file.

    Parameters
    ----------
    rows : sequence of Row
        The rows, in order.
    said : mapping of str to str
        What the file says of itself.
    """
    import pyarrow as pa
    from pyarrow import parquet

    columns = schema().with_metadata(dict(said))
    table = pa.table({name: [row[name] for row in rows] for name in columns.names}, schema=columns)
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())
