"""The folder of a sweep: a manifest, and a Parquet file for each shard, each whole or not there."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shiftexp.errors import Problem, StudyError
from shiftexp.scalars import plural
from shiftexp.table import write_atomically
from shiftexp.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

_MANIFEST = "manifest.json"
_SHARDS = "shards"
_SHOWN = 60
_COMPUTED_BY = ("numpy", "scipy", "pyarrow")  # another one may round, or write, otherwise
_NAME = re.compile(r"shard-(\d{6,})-([0-9a-f]{16})\.parquet")
_SHARD, _SWEEP = "shiftexp.shard", "shiftexp.sweep"


@dataclass(frozen=True)
class Store:
    """A folder that belongs to one sweep.

    Attributes
    ----------
    folder : Path
        Where it is.
    sweep : str
        SHA-256 of the manifest, which every shard repeats.
    """

    folder: Path
    sweep: str

    def said(self, shard: int) -> dict[str, str]:
        """Return what the file of a shard says of itself."""
        return {_SWEEP: self.sweep, _SHARD: str(shard)}

    def held(self) -> dict[int, Path]:
        """Return the file of every shard that is there; a name holds the digest of its content."""
        named = (_NAME.fullmatch(path.name) for path in sorted((self.folder / _SHARDS).iterdir()))
        return {int(name[1]): self.folder / _SHARDS / name[0] for name in named if name}

    def write(self, shard: int, content: bytes) -> None:
        """Keep a shard: on the disk, under its name, before anything says that it is finished.

        Parameters
        ----------
        shard : int
            Which one.
        content : bytes
            Its file.

        Raises
        ------
        StudyError
            When it cannot be written; what was finished before is kept.
        """
        name = f"shard-{shard:06d}-{_digest(content)}.parquet"
        try:
            write_atomically(self.folder / _SHARDS / name, content, durable=True)
        except OSError as error:
            raise StudyError(_unwritten(self.folder, error)) from error

    def whole(self, shard: int, path: Path, rows: int) -> bool:
        """Tell whether a file is that of a shard of this sweep, and every byte as it was written.

        Parameters
        ----------
        shard : int
            Which one.
        path : Path
            Its file.
        rows : int
            How many rows it must have.
        """
        import pyarrow as pa
        from pyarrow import parquet

        content = path.read_bytes()
        name = _NAME.fullmatch(path.name)
        if name is None or name[2] != _digest(content):
            return False
        found = parquet.read_metadata(pa.BufferReader(content))
        told = {k.decode(): v.decode() for k, v in (found.metadata or {}).items()}
        return found.num_rows == rows and self.said(shard).items() <= told.items()

    def tables(self, shards: int, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the tables of all shards in order, one in memory at a time.

        Parameters
        ----------
        shards : int
            How many there are.
        columns : sequence of str, optional
            Those wanted; all by default.

        Raises
        ------
        StudyError
            When a shard is not there any more.
        """
        from pyarrow import parquet

        held = self.held()
        gone = tuple(f"shard {k}" for k in range(shards) if k not in held)
        if gone:
            given = f"folder {str(self.folder)!r} without {plural(len(gone), 'shard')}"
            raise StudyError(Problem(given, "the folder of a finished sweep", "sweep again", gone))
        wanted = None if columns is None else list(columns)
        for shard in range(shards):
            yield parquet.read_table(held[shard], columns=wanted, partitioning=None)


def open_store(folder: Path, identity: Mapping[str, Any]) -> Store:
    """Return the folder of a sweep, made where it is not there.

    Parameters
    ----------
    folder : Path
        Where the sweep is, or will be, kept.
    identity : mapping
        What makes the sweep another one than others.

    Raises
    ------
    StudyError
        When the folder holds another sweep, something else, or cannot be written to.
    """
    versions = {name: version(name) for name in _COMPUTED_BY}
    manifest = {"format": 1, "shiftexp": __version__, **versions, **identity}
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    path = folder / _MANIFEST
    try:
        (folder / _SHARDS).mkdir(parents=True, exist_ok=True)
        if path.exists():
            _refuse_another(folder, path.read_text("utf-8"), json.loads(text))
        else:
            _refuse_strangers(folder)
            write_atomically(path, text, durable=True)
    except OSError as error:
        raise StudyError(_unwritten(folder, error)) from error
    return Store(folder, hashlib.sha256(text.encode()).hexdigest())


def _refuse_another(folder: Path, text: str, asked: Mapping[str, Any]) -> None:
    """Refuse a folder whose manifest is that of another sweep, naming what differs."""
    try:
        held = json.loads(text)
    except ValueError:
        held = None
    if not isinstance(held, dict):
        given = f"folder {str(folder)!r}: {_MANIFEST} cannot be read"
        raise StudyError(Problem(given, "the manifest of a sweep", "name another folder"))
    problems = [
        Problem(
            f"folder {str(folder)!r} holds a sweep with {name} {_short(held.get(name))}",
            f"{name} {_short(asked.get(name))}, as is asked for",
            "name another folder, or ask for the same sweep",
        )
        for name in dict.fromkeys((*asked, *held))
        if held.get(name) != asked.get(name)
    ]
    if problems:
        raise StudyError(problems)


def _refuse_strangers(folder: Path) -> None:
    """Refuse a folder without a manifest that holds anything of someone else's."""
    shards = folder / _SHARDS
    found = [p for p in folder.iterdir() if p != shards and not p.name.startswith(".")]
    strangers = sorted(p.name for p in (*found, *shards.iterdir()))
    if strangers:
        given = f"folder {str(folder)!r} holds other files"
        raise StudyError(
            Problem(given, "an empty folder or a sweep", "name another folder", tuple(strangers))
        )


def _digest(content: bytes) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()[:16]


def _short(value: object) -> str:
    """Return a value of a manifest in a few characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _unwritten(path: Path, error: OSError) -> Problem:
    """Return the problem of a file that cannot be written."""
    return Problem(
        f"{str(path)!r}: {error.strerror or error}",
        "a folder that can be written to, with room left",
        "make room or name another folder, and start again: finished shards are kept",
    )
