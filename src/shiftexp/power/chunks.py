"""Work in chunks: the same numbers with any number of workers, and nothing done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from shiftexp.errors import DesignError, Problem
from shiftexp.simulate import Scenario
from shiftexp.table import write_atomically

CHUNK = 100
Record: TypeAlias = dict[str, Any]
Ask: TypeAlias = Callable[[Scenario, np.ndarray], list[Record]]


@dataclass(frozen=True)
class Chunk:
    """Some data sets of one scenario, drawn with their own seed.

    Attributes
    ----------
    scenario : Scenario
        The truth.
    position, index : int
        Which scenario of the task, and which chunk of it.
    count : int
        Data sets.
    seed : int
        Seed of the whole task.
    """

    scenario: Scenario
    position: int
    index: int
    count: int
    seed: int

    def values(self) -> np.ndarray:
        """Draw the chunk's data sets."""
        key = (self.position, self.index)
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))
        return self.scenario.draw(self.count, rng)

    def name(self, words: str) -> str:
        """Return a file name that no other question or chunk has."""
        parts = (words, repr(self.scenario), self.position, self.index, self.count, self.seed)
        return f"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}.json"


def chunks_of(scenarios: Sequence[Scenario], n: int, seed: int) -> list[Chunk]:
    """Return the chunks of a task; their size does not depend on the workers."""
    found = []
    for position, scenario in enumerate(scenarios):
        for index, start in enumerate(range(0, n, CHUNK)):
            found.append(Chunk(scenario, position, index, min(CHUNK, n - start), seed))
    return found


def run_chunks(
    chunks: list[Chunk], ask: Ask, *, n_jobs: int, store: Path | None
) -> list[list[Record]]:
    """Return the records of every scenario, in order.

    Parameters
    ----------
    chunks : list of Chunk
        The task.
    ask : callable
        Takes a scenario and data sets to a record of plain numbers and words for each; its repr and
        the library's version name the files of a store.
    n_jobs : int
        Workers, as joblib counts them.
    store : Path or None
        Folder in which finished chunks are kept: a task that was killed goes on from them.
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    words = f"{ask!r} {_version()}"
    if store is not None:
        _open(store)
    work = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_finished)(chunk, ask, words, store) for chunk in chunks
    )
    found: dict[int, list[Record]] = {}
    shown = tqdm(work, total=len(chunks), desc="data sets", unit="chunk", disable=None, leave=False)
    for chunk, records in zip(chunks, shown, strict=True):
        found.setdefault(chunk.position, []).extend(records)
    return [found[position] for position in sorted(found)]


def _open(store: Path) -> None:
    """Make the folder of a store.

    Raises
    ------
    DesignError
        When it cannot be one.
    """
    try:
        store.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        given = f"store = {str(store)!r} ({error.strerror})"
        remedy = "name a folder, which is made when it does not exist"
        raise DesignError(Problem(given, "a folder that can be written to", remedy)) from error


def _version() -> str:
    """Return the version of the library; what another one counted is not taken over."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("shiftexp")
    except PackageNotFoundError:  # a source tree that was never installed
        return "0+unknown"


def _finished(chunk: Chunk, ask: Ask, words: str, store: Path | None) -> list[Record]:
    """Return a chunk's records: those kept, or new ones, which are kept whole or not at all."""
    path = None if store is None else store / chunk.name(words)
    kept = None if path is None else _read(path, chunk.count)
    if kept is not None:
        return kept
    records = ask(chunk.scenario, chunk.values())
    if path is not None:
        write_atomically(path, json.dumps(records))
    return records


def _read(path: Path, count: int) -> list[Record] | None:
    """Return the records of a file; None where it is missing, cut short or something else."""
    try:
        records = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(records, list) and len(records) == count
    return records if whole and all(isinstance(r, dict) for r in records) else None
