"""Each figure drawn once: a page and the files beside it show the same drawing."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeAlias

from shiftexp.plotting.saving import Drawn
from shiftexp.plotting.verbs import Plottable, plot

_Key: TypeAlias = tuple[Hashable, ...]


@dataclass(frozen=True, eq=False)
class Kept:
    """A drawing beside what was drawn, so that nothing else takes its identity meanwhile.

    Attributes
    ----------
    parts : tuple of object
        What was drawn.
    options : tuple of (name, value)
        How.
    drawing : Drawn
        The drawing.
    """

    parts: tuple[object, ...]
    options: tuple[tuple[str, str], ...]
    drawing: Drawn

    @property
    def key(self) -> _Key:
        """What it is found by: another process gives the same things other identities."""
        return _key(self.parts, self.options)


_KEPT: ContextVar[dict[_Key, Kept] | None] = ContextVar("kept", default=None)


@contextmanager
def drawing_once(before: Iterable[Kept] = ()) -> Iterator[dict[_Key, Kept]]:
    """Keep what is drawn by :func:`drawn` as long as this lasts.

    Parameters
    ----------
    before : iterable of Kept
        Drawings that are there already.
    """
    kept = {each.key: each for each in before}
    token = _KEPT.set(kept)
    try:
        yield kept
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
    if kept is None:
        return Drawn(plot(x, None, **options))
    parts, said = tuple(x) if isinstance(x, list | tuple) else (x,), tuple(sorted(options.items()))
    key = _key(parts, said)
    if key not in kept:
        kept[key] = Kept(parts, said, Drawn(plot(x, None, **options)))
    return kept[key].drawing


def _key(parts: tuple[object, ...], options: tuple[tuple[str, str], ...]) -> _Key:
    """Return what a drawing is found by."""
    return (*map(id, parts), *options)
