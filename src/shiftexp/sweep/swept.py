"""The table of a sweep, read from its folder piece by piece, and any of its fits again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from shiftexp.errors import DesignError, Problem, StudyError, suggest
from shiftexp.panel.excerpt import SHOWN, Excerpt
from shiftexp.result import Result
from shiftexp.scalars import is_whole, plural
from shiftexp.sweep.declared import Fits
from shiftexp.sweep.rows import schema
from shiftexp.sweep.store import Store
from shiftexp.table import Table

_REASONS_SHOWN = 10


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(Table):
    """All fits of a sweep: a row each, those that refuse among them; it has no best one.

    Attributes
    ----------
    fits : Fits
        What was declared.
    store : Store
        The folder.
    computed : int
        Shards that this run computed; the others were there.
    spoilt : tuple of int
        Shards that were there but not whole, and were computed anew.

    Notes
    -----
    ``to_frame`` holds the whole table in memory; ``frames`` and ``to_parquet`` hold one shard of
    it. Columns: ``number``, the choices, ``state`` ("answered", "withheld", "refused", or "failed"
    where a fit broke), ``reason``, the data gate, periods used, ``unit``, then effect, two-sided p
    of no effect and ends of the interval (of its hull, where it is in pieces) for origin,
    destination and net, and the offset ratio; NaN where there is none.

    When not to use it: to pick a pair by its p; adjust over the whole table.

    Examples
    --------
    >>> import tempfile
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(donors=1, rng=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = sx.sweep(panel, design, [("O", "D"), ("C1", "D")], folder, n_jobs=1)
    ...     print(found.summary())
    Sweep: 2 fits, of 1 specification, 1 indicator and 2 pairs
    answered 2.
    """

    fits: Fits
    store: Store
    computed: int
    spoilt: tuple[int, ...] = ()

    def __len__(self) -> int:
        """Return how many fits there are."""
        return len(self.fits)

    def frames(self, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the table in order, one shard in memory at a time.

        Parameters
        ----------
        columns : sequence of str, optional
            Those wanted; all by default.

        Raises
        ------
        DesignError
            When a column is unknown; all such are listed.
        """
        known = schema().names
        problems = [
            Problem(f"column {name!r}", "a column of the table", suggest(str(name), known))
            for name in columns or ()
            if name not in known
        ]
        if problems:
            raise DesignError(problems)
        for table in self.store.tables(self.fits.shards, columns):
            yield table.to_pandas()

    def to_frame(self) -> pd.DataFrame:
        """Return the whole table, a row for each fit, in order."""
        return pd.concat(self.frames(), ignore_index=True)

    def to_parquet(self, path: str | Path) -> Path:
        """Write the whole table as one file, a shard at a time; the same bytes every time.

        Parameters
        ----------
        path : str or Path
            The file; it is replaced in one step or not at all.

        Raises
        ------
        StudyError
            When it cannot be written.
        """
        from pyarrow import parquet

        target = Path(path)
        partial = target.with_name(f".{target.name}.partial")
        try:
            with parquet.ParquetWriter(partial, schema(), compression="zstd") as writer:
                for table in self.store.tables(self.fits.shards):
                    writer.write_table(table.replace_schema_metadata(None))
            return partial.replace(target)
        except OSError as error:
            given = f"file {str(path)!r}: {error.strerror or error}"
            needed = "a folder that exists and can be written to"
            raise StudyError(Problem(given, needed, "make the folder, or room in it")) from error

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many fits are in each state, the most frequent first."""
        return dict(Counter(dict(self._reasons_of("state"))).most_common())

    @cached_property
    def reasons(self) -> dict[str, int]:
        """How many fits say nothing for each reason, the most frequent first."""
        return {reason: n for reason, n in self._reasons_of("reason") if reason}

    def fit(self, number: int) -> Result:
        """Fit one of the fits again, with its own seed: its whole result, notes and warnings.

        Parameters
        ----------
        number : int
            Its number, from 0.

        Raises
        ------
        DesignError
            When there is no such number.
        ShiftexpError
            When the fit refuses: the reason that stands in its row.
        """
        if not is_whole(number) or not 0 <= number < len(self):
            remedy = "take one from the column number"
            raise DesignError(
                Problem(f"number = {number!r}", f"a whole number from 0 to {len(self) - 1}", remedy)
            )
        one = self.fits[int(number)]
        posed = one.pose(self.fits.panels, self.fits.design)
        return one.estimator.fit(posed.panel, posed.design)

    def summary(self) -> str:
        """Return in words what was swept, how many answer, and why the others do not."""
        fits = self.fits
        parts = (
            plural(len(fits.specifications), "specification"),
            f"{plural(len(fits.panels), 'indicator')} and {plural(len(fits.pairs), 'pair')}",
        )
        told = ", ".join(f"{state} {count:,}" for state, count in self.counts.items())
        lines = [f"Sweep: {len(self):,} fits, of {', '.join(parts)}", f"{told}."]
        if self.spoilt:
            which = ", ".join(map(str, self.spoilt))
            lines.append(f"Shards that were not whole and were computed anew: {which}.")
        shown = list(self.reasons.items())[:_REASONS_SHOWN]
        lines += [f"  - {count:,}: {reason}" for reason, count in shown]
        rest = len(self.reasons) - len(shown)
        return "\n".join([*lines, *([f"  - and {plural(rest, 'reason')} more"] if rest else [])])

    def __str__(self) -> str:
        """Show the first rows on a terminal."""
        return str(self._excerpt())

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook."""
        return self._excerpt()._repr_html_()

    def _excerpt(self) -> Excerpt:
        """Return the first rows; the title says how many there are."""
        title = self.summary().splitlines()[0]
        return Excerpt(f"{title}; the first:", next(self.frames()).head(SHOWN))

    def _reasons_of(self, column: str) -> list[tuple[str, int]]:
        """Return how often each value of a column occurs, the most frequent first."""
        found: Counter[str] = Counter()
        for frame in self.frames([column]):
            found.update(frame[column])
        return found.most_common()
