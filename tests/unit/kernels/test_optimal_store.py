"""Unit tests of where tables are kept: in memory, on disk whole or not at all, shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shiftexp.kernels import optimal_store
from shiftexp.kernels.optimal_store import (
    STANDARD,
    Holdings,
    design_bounds,
    folder,
    null_table,
    pack,
    unpack,
)
from shiftexp.kernels.optimal_tables import build_tables
from shiftexp.kernels.series_design import SeriesDesign, series_design


def rare_design() -> SeriesDesign:
    """Return a design for which nothing is shipped: its time stamps have a gap of their own."""
    time = np.delete(np.arange(11.0), 2)
    x = np.column_stack([np.ones(10), time >= 7])
    return series_design(x, time, np.array([0.0, 1.0]))


def shipped_design() -> SeriesDesign:
    """Return a design that tables are shipped for."""
    time = np.arange(20.0)
    return series_design(np.column_stack([np.ones(20), time >= 12]), time, np.array([0.0, 1.0]))


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty place for tables, with nothing in memory."""
    monkeypatch.setenv("SHIFTEXP_CACHE", str(tmp_path))
    monkeypatch.setattr(optimal_store, "_MEMORY", Holdings())
    return tmp_path


@pytest.mark.slow
def test_tables_are_built_once_and_read_from_disk_afterwards(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[int] = []
    build = build_tables

    def counted(*given: object) -> object:
        built.append(1)
        return build(*given)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(optimal_store, "build_tables", counted)
    design = rare_design()
    first = null_table(design)
    assert null_table(design) is first
    assert null_table(design, STANDARD[1]) is not first  # made with the first, from the same draws
    assert len(list(empty.rglob("*.npz.xz"))) == len(STANDARD)
    monkeypatch.setattr(optimal_store, "_MEMORY", Holdings())
    again = null_table(design)
    assert len(built) == 1
    assert (again.knots == first.knots).all()
    assert (again.log_weight == first.log_weight).all()
    for file in empty.rglob("*.npz.xz"):
        file.write_bytes(file.read_bytes()[:100])  # a file cut short is no table
    monkeypatch.setattr(optimal_store, "_MEMORY", Holdings())
    assert (null_table(design).knots == first.knots).all()
    assert len(built) == 2


def test_a_place_that_cannot_be_written_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a file"
    file.write_text("in the way")
    monkeypatch.setenv("SHIFTEXP_CACHE", str(file))
    optimal_store._write(folder() / "x" / "y.npz.xz", Holdings())
    assert optimal_store._read(folder() / "x" / "y.npz.xz").tables == {}


@pytest.mark.usefixtures("empty")
def test_common_designs_are_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("built although it is shipped")

    monkeypatch.setattr(optimal_store, "build_tables", refuse)
    design = shipped_design()
    for key in (*STANDARD, optimal_store.OCTAGON):
        assert null_table(design, key).knots.size > 50
    assert design_bounds(design).default.shape == (3,)


def test_what_is_packed_is_read_again_and_other_recipes_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    design = shipped_design()
    name = (design.digest, STANDARD[0])
    held = Holdings({name: null_table(design)}, {design.digest: design_bounds(design)})
    data = pack(held)
    again = unpack(data)
    assert (again.tables[name].knots == held.tables[name].knots).all()
    assert again.bounds[design.digest].bound == pytest.approx(held.bounds[design.digest].bound)
    monkeypatch.setattr(optimal_store, "recipe", lambda: "another")
    assert unpack(data).tables == {}


def test_the_place_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHIFTEXP_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert folder() == Path("/somewhere/shiftexp")
    monkeypatch.setenv("SHIFTEXP_CACHE", "/elsewhere")
    assert folder() == Path("/elsewhere")
