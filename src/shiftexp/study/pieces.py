"""A study cut into pieces: each worked out on any core, all put back in the order declared."""

from __future__ import annotations

import io
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, redirect_stderr
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from shiftexp.errors import ShiftexpError
from shiftexp.plotting import Kept, drawing_once, drawn, unshown
from shiftexp.report.page import DesignPage
from shiftexp.report.robustness import shown_estimand
from shiftexp.report.views import design_view
from shiftexp.study.running import Runner
from shiftexp.study.spec import Cell, Curve, Events

# A worker takes a second or two to start: what a piece weighs, and what a worker is worth it for.
_LARGE, _SMALL, _WORTH = 3, 1, 4


@dataclass(frozen=True, eq=False)
class Designed:
    """What is found under one cell's design.

    Attributes
    ----------
    page : DesignPage
        Everything found.
    digest : str
        Hash of the values it saw.
    drawings : tuple of Kept
        Figures that are drawn already.
    """

    page: DesignPage
    digest: str
    drawings: tuple[Kept, ...] = ()


@dataclass(frozen=True, eq=False)
class Part:
    """What is found apart from the rest of a page.

    Attributes
    ----------
    fields : dict
        What it adds to the page.
    drawings : tuple of Kept
        Figures that are drawn already.
    """

    fields: dict[str, Any]
    drawings: tuple[Kept, ...] = ()


_Found: TypeAlias = Designed | Part
_Ask: TypeAlias = Callable[[bool], _Found]
_Caught: TypeAlias = list[warnings.WarningMessage]


@dataclass(frozen=True)
class Piece:
    """A part of a study that depends on no other.

    Attributes
    ----------
    ask : callable
        Finds it, and draws it too where that is asked for. It can be sent to another process.
    turn : int
        Pieces that take long have a low one and come first, so that no core waits for the last.
    """

    ask: _Ask
    turn: int


def one_thread() -> AbstractContextManager[object]:
    """Hold linear algebra at one thread: two add up otherwise, and wait for each other."""
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limits


def run_cells(runner: Runner, n_jobs: int, *, drawn: bool) -> list[Designed]:
    """Return what is found under the design of every cell, in the order declared.

    Parameters
    ----------
    runner : Runner
        The study with its data.
    n_jobs : int
        Workers, as joblib counts them.
    drawn : bool
        Whether figures will be wanted: workers draw them.
    """
    cut = [_cut(runner, cell) for cell in runner.spec.cells]
    found = iter(_work_out([piece for pieces in cut for piece in pieces], n_jobs, drawn=drawn))
    return [_put_together([next(found) for _ in pieces]) for pieces in cut]


def _cut(runner: Runner, cell: Cell) -> list[Piece]:
    """Return the pieces of one cell: its page, its curve, its dated events."""
    asks_more = bool(cell.curve or cell.events or cell.rivals or cell.timing)
    pieces = [Piece(partial(_page, runner, cell), 0 if asks_more else 3)]
    if cell.curve is not None:
        pieces.append(Piece(partial(_curve, runner, cell, cell.curve), 1))
    if cell.events is not None:
        pieces.append(Piece(partial(_events, runner, cell, cell.events), 2))
    return pieces


def _page(runner: Runner, cell: Cell, draw: bool) -> Designed:  # noqa: FBT001 - bound by partial
    """Return the page of a design; what its report will ask is kept by what is asked."""
    case = runner.case(cell)
    page = runner.design_page(case)
    with unshown(), drawing_once() as kept:
        if draw:
            primary = page.role == "primary"
            design_view(page, figures=primary, weighed=primary)
    return Designed(page, case.digest, tuple(kept.values()))


def _curve(runner: Runner, cell: Cell, asked: Curve, draw: bool) -> Part:  # noqa: FBT001 - likewise
    """Return the curve of a cell."""
    curve, tests, untested = runner.curve(cell, asked)
    with unshown(), drawing_once() as kept:
        if draw:
            drawn(curve, estimand=shown_estimand(curve))
    fields = {"curve": curve, "curve_tests": tests, "curve_refusals": untested}
    return Part(fields, tuple(kept.values()))


def _events(runner: Runner, cell: Cell, asked: Events, draw: bool) -> Part:  # noqa: FBT001 - likewise
    """Return the dated events of a cell."""
    found = runner.events(cell, asked)
    with unshown(), drawing_once() as kept:
        if draw:
            found.to_frame()  # the table asks for more than was told so far
        if draw and found.drawable:
            drawn(found)
    return Part({"events": found}, tuple(kept.values()))


def _put_together(found: Sequence[_Found]) -> Designed:
    """Return the page of a design with all that was found apart from it."""
    whole = next(each for each in found if isinstance(each, Designed))
    parts = [each for each in found if isinstance(each, Part)]
    fields = {name: value for part in parts for name, value in part.fields.items()}
    drawings = tuple(kept for each in found for kept in each.drawings)
    return replace(whole, page=replace(whole.page, **fields), drawings=drawings)


def _work_out(pieces: Sequence[Piece], n_jobs: int, *, drawn: bool) -> list[_Found]:
    """Return what all pieces find, in their order."""
    from tqdm import tqdm

    workers = _workers(pieces, n_jobs)
    with tqdm(total=len(pieces), desc="designs", disable=None, leave=False) as bar:
        if workers > 1:
            return _spread(pieces, workers, bar.update, drawn=drawn)
        found = []
        for piece in pieces:
            found.append(piece.ask(False))  # noqa: FBT003 - here the report draws what it shows
            bar.update()
        return found


def _workers(pieces: Sequence[Piece], n_jobs: int) -> int:
    """Return how many workers to start: none that has too little to do, none inside another."""
    from joblib import effective_n_jobs
    from joblib.parallel import get_active_backend

    if getattr(get_active_backend(prefer="processes")[0], "supports_sharedmem", False):
        return 1
    weight = sum(_SMALL if piece.turn == 3 else _LARGE for piece in pieces)
    return min(int(effective_n_jobs(n_jobs)), len(pieces), weight // _WORTH)


def _spread(
    pieces: Sequence[Piece], workers: int, done: Callable[[], object], *, drawn: bool
) -> list[_Found]:
    """Return what pieces find on several cores, and warn and refuse here as they did there."""
    from joblib import Parallel, delayed

    order = sorted(range(len(pieces)), key=lambda k: pieces[k].turn)
    work = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)(
        delayed(_asked)(k, pieces[k].ask, draw=drawn) for k in order
    )
    outcomes: dict[int, tuple[_Found | Exception, _Caught]] = {}
    for k, found, caught in work:
        outcomes[k] = found, caught
        done()
    return [_said(*outcomes[k]) for k in range(len(pieces))]


def _asked(k: int, ask: _Ask, *, draw: bool) -> tuple[int, _Found | Exception, _Caught]:
    """Ask for a piece in a worker, whose bars nobody would see; keep its warnings and its error."""
    found: _Found | Exception
    with (
        one_thread(),
        warnings.catch_warnings(record=True) as caught,
        redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("always")
        try:
            found = ask(draw)
        except Exception as error:  # noqa: BLE001 - raised again where the study was begun
            if not isinstance(error, ShiftexpError):
                error.add_note(traceback.format_exc())
            found = error
    return k, found, caught


def _said(found: _Found | Exception, caught: _Caught) -> _Found:
    """Warn and raise as a piece did in its worker."""
    for each in caught:
        warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    if isinstance(found, Exception):
        raise found
    return found
