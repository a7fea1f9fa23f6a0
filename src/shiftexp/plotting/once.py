"""Each figure drawn once: a page and the files beside it show the same drawing."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from shiftexp.plotting.saving import Drawn
from shiftexp.plotting.verbs import Plottable, plot

_Key: TypeAlias = tuple[Hashable, ...]
# What was drawn stands beside its drawing, so that nothing else takes its identity meanwhile.
_KEPT: ContextVar[dict[_Key, tuple[object, Drawn]] | None] = ContextVar("kept", default=None)


@contextmanager
def drawing_once() -> Iterator[None]:
    """Keep what is drawn by :func:`drawn` as long as this lasts."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def drawn(x: Plottable, **options: str) -> Drawn:
    """Return a drawing; within :func:`drawing_once` that of before, where there is one.

    Parameters
    ----------
    x : Result, Verdict, sequence of Verdict, or what else `plot` draws
        What to draw.
    **options
        As of `plot`.
    """
    kept = _KEPT.get()
    parts = tuple(x) if isinstance(x, list | tuple) else (x,)
    key = (*map(id, parts), *sorted(options.items()))
    if kept is None:
        return Drawn(plot(x, None, **options))
    if key not in kept:
        kept[key] = parts, Drawn(plot(x, None, **options))
    return kept[key][1]
