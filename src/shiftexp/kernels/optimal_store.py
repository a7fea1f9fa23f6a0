"""Keeps what was simulated for the EMW-LL test: in memory, shipped with the package, on disk."""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from shiftexp.kernels import optimal_tables, optimal_test, power_bounds
from shiftexp.kernels.error_nodes import PROCESSES
from shiftexp.kernels.mixture import prior_mass
from shiftexp.kernels.optimal_tables import build_tables
from shiftexp.kernels.optimal_test import NullTable, TableKey
from shiftexp.kernels.power_bounds import PowerBounds
from shiftexp.kernels.series_design import SeriesDesign

STANDARD = (TableKey(), TableKey(sides="one"), TableKey(family="AR"))
OCTAGON = TableKey(error=0.014)
SHIPPED_FILE = "null_tables.npz.xz"
_MOST_KEPT = 4096
_BOUNDS = "bounds"


@dataclass
class Holdings:
    """Tables and power bounds by the design's digest.

    Attributes
    ----------
    tables : dict
        By digest and test.
    bounds : dict
        By digest.
    """

    tables: dict[tuple[str, TableKey], NullTable] = field(default_factory=dict)
    bounds: dict[str, PowerBounds] = field(default_factory=dict)


_MEMORY = Holdings()


def null_table(design: SeriesDesign, key: TableKey = STANDARD[0]) -> NullTable:
    """Return one table of a design, simulated at the first use and kept from then on.

    Parameters
    ----------
    design : SeriesDesign
        The regression and the effect.
    key : TableKey
        The test.
    """
    name = (design.digest, key)
    if name not in _MEMORY.tables:
        _forget(_MEMORY.tables)
        kept = _shipped().tables.get(name) or _read(_file(*name)).tables.get(name)
        _MEMORY.tables |= {name: kept} if kept else _build(design, key)
    return _MEMORY.tables[name]


def design_bounds(design: SeriesDesign) -> PowerBounds:
    """Return the power that a design can have, simulated at the first use and kept."""
    name = design.digest
    if name not in _MEMORY.bounds:
        _forget(_MEMORY.bounds)
        path = _file(name, None)
        kept = _shipped().bounds.get(name) or _read(path).bounds.get(name)
        if kept is None:
            kept = power_bounds.power_bounds(design, null_table(design))
            _write(path, Holdings(bounds={name: kept}))
        _MEMORY.bounds[name] = kept
    return _MEMORY.bounds[name]


def asked() -> Holdings:
    """Return what this process holds: what it asked for, and what was simulated with it."""
    return Holdings(dict(_MEMORY.tables), dict(_MEMORY.bounds))


def folder() -> Path:
    """Return where tables are kept on this machine; SHIFTEXP_CACHE sets another place."""
    given = os.environ.get("SHIFTEXP_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(given) if given else Path(base) / "shiftexp"


def pack(held: Holdings) -> bytes:
    """Return tables and bounds as the bytes of a compressed file; tables keep all their digits."""
    columns: dict[str, list[Any]] = {}
    for (digest, key), table in held.tables.items():
        # a design whose noise has a shape has one null more: its rows stand apart
        title = f"{_title(key)}@{len(table.log_weight)}"
        columns.setdefault(f"{title}|digest", []).append(digest)
        columns.setdefault(f"{title}|weight", []).append(table.log_weight)
        columns.setdefault(f"{title}|knots", []).append(table.knots)
    for digest, bounds in held.bounds.items():
        values = (bounds.default, bounds.bound, bounds.effect)
        columns.setdefault(f"{_BOUNDS}|digest", []).append(digest)
        columns.setdefault(f"{_BOUNDS}|values", []).append(np.stack(values))
    arrays: dict[str, Any] = {
        name: np.array(rows) if name.endswith("digest") else np.array(rows, dtype=np.float32)
        for name, rows in columns.items()
    }
    buffer = io.BytesIO()
    np.savez(buffer, recipe=np.array(recipe()), **arrays)
    return lzma.compress(buffer.getvalue(), preset=9)


def unpack(data: bytes) -> Holdings:
    """Return what such a file holds; nothing where it was made by another recipe."""
    with np.load(io.BytesIO(lzma.decompress(data)), allow_pickle=False) as arrays:
        if str(arrays["recipe"]) != recipe():
            return Holdings()
        held = {name: arrays[name] for name in arrays.files}
    found = Holdings()
    titles = {name.removesuffix("|digest") for name in held if name.endswith("|digest")}
    for title in sorted(titles - {_BOUNDS}):
        key = _key(title.split("@")[0])
        grid = optimal_tables.grid_of(key.error)
        weights, knots = (held[f"{title}|{part}"].astype(float) for part in ("weight", "knots"))
        for k, digest in enumerate(held[f"{title}|digest"]):
            found.tables[str(digest), key] = NullTable(weights[k], knots[k], grid)
    if _BOUNDS in titles:
        values = held[f"{_BOUNDS}|values"].astype(float)
        for k, digest in enumerate(held[f"{_BOUNDS}|digest"]):
            rho = np.array(power_bounds.BOUND_AT)
            found.bounds[str(digest)] = PowerBounds(rho, *values[k])
    return found


@lru_cache(maxsize=1)
def recipe() -> str:
    """Return a digest of all that the tables depend on besides the design."""
    parts = [PROCESSES, prior_mass(shaped=True).tolist(), optimal_test.LIMITS.tolist()]
    for family in ("LL", "AR"):
        parts.append(optimal_test.nulls("AR" if family == "AR" else "LL", shaped=True))
        parts.append(optimal_test.alternatives("AR" if family == "AR" else "LL", shaped=True))
    parts.append(optimal_tables.SETTINGS)
    parts.append(power_bounds.SETTINGS)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _shipped() -> Holdings:
    """Return what travels with the package."""
    file = resources.files("shiftexp.kernels").joinpath(SHIPPED_FILE)
    return unpack(file.read_bytes()) if file.is_file() else Holdings()


def _build(design: SeriesDesign, key: TableKey) -> dict[tuple[str, TableKey], NullTable]:
    """Simulate a table, with those that share its draws, and keep them on disk."""
    built = build_tables(design, STANDARD if key in STANDARD else (key,))
    named = {(design.digest, one): table for one, table in built.items()}
    for name, table in named.items():
        _write(_file(*name), Holdings(tables={name: table}))
    return named


def _forget(kept: dict[Any, Any]) -> None:
    """Make room in memory."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()


def _title(key: TableKey) -> str:
    """Write a key as a word."""
    return f"{key.family}-{key.sides}-{key.error!r}"


def _key(title: str) -> TableKey:
    """Read a key from a word."""
    family, sides, error = title.split("-", 2)
    return TableKey(
        "AR" if family == "AR" else "LL", "one" if sides == "one" else "two", float(error)
    )


def _file(digest: str, key: TableKey | None) -> Path:
    """Return where one table of a design, or its bounds, is kept on this machine."""
    return folder() / recipe() / f"{digest}-{_title(key) if key else _BOUNDS}.npz.xz"


def _read(path: Path) -> Holdings:
    """Return what a file on this machine holds; nothing where it cannot be read."""
    try:
        return unpack(path.read_bytes())
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, lzma.LZMAError, RuntimeError):
        return Holdings()


def _write(path: Path, held: Holdings) -> None:
    """Keep something on this machine, whole or not at all; a place without room is no fault."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(pack(held))
        Path(file.name).replace(path)
    except OSError:
        return
