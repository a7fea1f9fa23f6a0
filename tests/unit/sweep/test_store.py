"""A folder holds whole shards of one sweep or none; a write that fails loses nothing finished."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shiftexp as sx
from shiftexp import table
from shiftexp.errors import StudyError
from tests.sweeps import AXES, DESIGN, PAIRS, digests, files, panel

_SHARDS = 4
_WRITES = _SHARDS + 1  # the manifest too


def run(out: Path, **changes: Any) -> sx.Sweep:  # noqa: ANN401 - settings, passed on as they are
    """Sweep 90 fits in four shards."""
    chosen: dict[str, Any] = {"axes": AXES, "n_jobs": 1, "shard": 25} | changes
    return sx.sweep(panel("seizures"), DESIGN, PAIRS, out, **chosen)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the digests of a sweep that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run(folder).computed == _SHARDS
    return digests(folder)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> sx.Sweep:
    """Return a finished sweep."""
    return run(tmp_path_factory.mktemp("kept"))


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class _Half:
    """A file on which half of what is written finds room."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, content: bytes) -> None:
        self.file.write(content[: len(content) // 2])
        _full()


class _FaultAt:
    """Calls something, but the k-th time a fault."""

    def __init__(self, real: Callable[..., Any], fault: Callable[..., Any], k: int) -> None:
        self.real, self.fault, self.k, self.calls = real, fault, k, 0

    def __get__(self, owner: object, kind: object) -> Callable[..., Any]:
        return lambda *args, **more: self(owner, *args, **more)

    def __call__(self, *args: object, **more: object) -> object:
        self.calls += 1
        return (self.fault if self.calls == self.k + 1 else self.real)(*args, **more)


def _half(path: Path, mode: str) -> _Half:
    return _Half(Path.open(path, mode))


def _stages(writes: Iterable[int]) -> Iterator[tuple[str, str, int]]:
    for k in writes:
        yield "open", "half", k
        yield "fsync", "full", 2 * k  # of the file
        yield "replace", "full", k
        yield "fsync", "full", 2 * k + 1  # of the folder, after the file has its name


@pytest.mark.parametrize(
    ("step", "fault", "k"),
    [
        *_stages((0, _WRITES - 1)),
        *(pytest.param(*s, marks=pytest.mark.slow) for s in _stages(range(1, _WRITES - 1))),
    ],
)
def test_a_fault_inside_any_write_loses_nothing_and_repeats_nothing(
    tmp_path: Path, undisturbed: dict[str, str], step: str, fault: str, k: int
) -> None:
    """MUST SHOW: a fault injected inside every write, then started again."""
    with pytest.MonkeyPatch.context() as patch:
        if step == "fsync":
            patch.setattr(os, "fsync", _FaultAt(os.fsync, _full, k))
        else:
            real = Path.open if step == "open" else Path.replace

            class Faulty(type(tmp_path)):  # type: ignore[misc]  # the class of paths here
                pass

            broken = _FaultAt(real, _half if fault == "half" else _full, k)
            setattr(Faulty, step, broken)
            patch.setattr(table, "Path", Faulty)
        with pytest.raises(StudyError, match=r"No space left.*finished shards are kept"):
            run(tmp_path)
    before = files(tmp_path)
    again = run(tmp_path)
    after = files(tmp_path)
    assert {name: after[name] for name in before} == before
    assert again.computed == _SHARDS - len(before)
    assert again.spoilt == ()
    assert digests(tmp_path) == undisturbed


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("seed", {"rng": 2}),
        ("fits a shard", {"shard": 30}),
        ("intervals", {"intervals": True}),
        ("specifications", {"axes": sx.Specifications(onsets=(0,))}),
    ],
)
def test_the_folder_of_another_sweep_is_refused_by_what_differs(
    tmp_path: Path, name: str, change: dict[str, object]
) -> None:
    run(tmp_path)
    before = files(tmp_path)
    with pytest.raises(StudyError, match=f"holds a sweep with {name}"):
        run(tmp_path, **change)
    assert files(tmp_path) == before


def test_another_version_is_another_sweep(tmp_path: Path) -> None:
    run(tmp_path)
    path = tmp_path / "manifest.json"
    manifest = json.loads(path.read_text("utf-8")) | {"numpy": "1.0"}
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(StudyError, match=r'holds a sweep with numpy "1\.0"'):
        run(tmp_path)


@pytest.mark.parametrize("text", ["", "[1]", '{"half": '])
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(StudyError, match="cannot be read"):
        run(tmp_path)


def test_a_folder_with_other_files_is_refused_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(StudyError, match=r"holds other files \(thesis\.txt\)"):
        run(tmp_path)
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", "utf-8")
    with pytest.raises(StudyError, match="a folder that can be written to"):
        run(tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize("where", ["cut", "flipped", "empty", "renamed", "of another sweep"])
def test_a_spoilt_shard_is_computed_anew_and_said(
    tmp_path: Path, undisturbed: dict[str, str], where: str
) -> None:
    held = run(tmp_path / "this").store.held()
    content = held[1].read_bytes()
    half = len(content) // 2
    if where == "renamed":
        held[1].unlink()
        name = held[2].name.replace("shard-000002", "shard-000001")
        (held[1].parent / name).write_bytes(held[2].read_bytes())
    elif where == "of another sweep":
        other = run(tmp_path / "other", rng=2).store.held()[1]
        held[1].unlink()
        (held[1].parent / other.name).write_bytes(other.read_bytes())
    else:
        flipped = bytes([content[half] ^ 1])
        spoilt = {"cut": content[:half], "empty": b"",
                  "flipped": content[:half] + flipped + content[half + 1 :]}  # fmt: skip
        held[1].write_bytes(spoilt[where])
    again = run(tmp_path / "this")
    assert (again.computed, again.spoilt) == (1, (1,))
    assert "computed anew: 1" in again.summary()
    assert digests(tmp_path / "this") == undisturbed


@settings(max_examples=60, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_shard_goes_unseen(kept: sx.Sweep, at: float, bit: int) -> None:
    path = kept.store.held()[0]
    content = bytearray(path.read_bytes())
    content[int(at * len(content))] ^= 1 << bit
    flipped = path.parent / "elsewhere" / path.name
    flipped.parent.mkdir(exist_ok=True)
    flipped.write_bytes(bytes(content))
    assert kept.store.whole(0, path, 25)
    assert not kept.store.whole(0, flipped, 25)


def test_a_shard_that_was_taken_away_is_missed_by_name(tmp_path: Path) -> None:
    found = run(tmp_path)
    found.store.held()[2].unlink()
    with pytest.raises(StudyError, match=r"without 1 shard \(shard 2\).*sweep again"):
        found.to_frame()
