"""Figures as files and as inline SVG: the same figure always gives the same bytes."""

from __future__ import annotations

import hashlib
import html
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from shiftexp.errors import DesignError, Problem
from shiftexp.table import write_or_refuse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.figure import Figure

Drawing: TypeAlias = "Axes | Sequence[Axes] | np.ndarray"
Canvas = TypeVar("Canvas", bound="FigureCanvasBase")

_RESOLUTION = 200  # dots per inch: sharp on paper at the page's width
_SALT = "shiftexp"
_REFERENCE = re.compile(r'(\bid="|\bhref="#|url\(#)')


def save_figure(ax: Drawing, path_without_suffix: str | Path) -> tuple[Path, Path]:
    """Write the figure that axes stand on, as SVG and as PNG.

    Parameters
    ----------
    ax : Axes or array of Axes
        What `plot` returned.
    path_without_suffix : str or Path
        Where to write; ``.svg`` and ``.png`` are added.

    Returns
    -------
    tuple of Path
        The SVG and the PNG; the same figure gives the same bytes.

    Raises
    ------
    DesignError
        When the axes stand on no figure, or on several.
    StudyError
        When the files cannot be written.
    """
    return Drawn(ax).save(path_without_suffix)


def svg_text(ax: Drawing) -> str:
    """Return the figure that axes stand on as an SVG element for an HTML page.

    Parameters
    ----------
    ax : Axes or array of Axes
        What `plot` returned.

    Returns
    -------
    str
        ``<svg ...>...</svg>`` whose ids no other figure on the page has.

    Raises
    ------
    DesignError
        When the axes stand on no figure, or on several.

    Examples
    --------
    >>> import numpy as np
    >>> from shiftexp.effects import Effects, StudentLaw
    >>> from shiftexp.plotting import plot
    >>> law = StudentLaw(np.array([-20.0, 40.0]), np.diag([16.0, 25.0]))
    >>> effects = Effects(
    ...     law, law.mean, np.array([100.0, 40.0]), np.array([80.0, 80.0]), "plants per year"
    ... )
    >>> svg_text(plot(effects))[:4]
    '<svg'
    """
    return Drawn(ax).text()


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was drawn, turned into SVG once, for a page and for a file.

    Attributes
    ----------
    ax : Axes or array of Axes
        What `plot` returned.
    """

    ax: Drawing

    def __getstate__(self) -> dict[str, object]:
        """Travel between processes as the finished files, without the figure."""
        return {"ax": None, "svg": self.svg, "png": self.png, "said": self.said}

    @cached_property
    def figure(self) -> Figure:
        """The one figure that the axes stand on."""
        return _figure(self.ax)

    @cached_property
    def svg(self) -> bytes:
        """The figure as an SVG file."""
        return _svg(self.figure)

    @cached_property
    def png(self) -> bytes:
        """The figure as a PNG file."""
        return _png(self.figure)

    @cached_property
    def said(self) -> str:
        """What the figure says it shows."""
        return _title(self.figure)

    def text(self) -> str:
        """Return the figure as an SVG element for an HTML page, its ids found on no other."""
        text = self.svg.decode()
        body = text[text.index("<svg") :]
        prefix = "f" + hashlib.sha256(body.encode()).hexdigest()[:10] + "-"
        body = _REFERENCE.sub(lambda found: found.group(1) + prefix, body).strip()
        said = html.escape(self.said, quote=True)
        return body.replace("<svg ", f'<svg role="img" aria-label="{said}" ', 1)

    def save(self, path_without_suffix: str | Path) -> tuple[Path, Path]:
        """Write the figure as SVG and as PNG, ``.svg`` and ``.png`` added to the path."""
        target = Path(path_without_suffix)
        svg = write_or_refuse(target.with_name(target.name + ".svg"), self.svg)
        png = write_or_refuse(target.with_name(target.name + ".png"), self.png)
        return svg, png


def _figure(ax: Drawing) -> Figure:
    """Return the one figure that axes stand on."""
    panels: list[Axes] = list(np.ravel(np.array(ax, dtype=object)))
    found = {figure for panel in panels if (figure := panel.get_figure(root=True)) is not None}
    if len(found) != 1:
        raise DesignError(
            Problem(f"axes on {len(found)} figures", "axes of one figure", "save each alone")
        )
    return found.pop()


def _title(figure: Figure) -> str:
    """Return what the figure says it shows."""
    titles = [figure.get_suptitle(), *(ax.get_title(loc="left") for ax in figure.axes)]
    return "; ".join(" ".join(title.split()) for title in titles if title)


def _svg(figure: Figure) -> bytes:
    """Return the figure as SVG without date and with ids that depend on nothing but the drawing."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    page = io.BytesIO()
    with (
        rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "path", "text.parse_math": False}),
        _on_canvas(figure, FigureCanvasSVG) as canvas,
    ):
        canvas.print_svg(page, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]  # Matplotlib says no types of it
    return page.getvalue()


def _png(figure: Figure) -> bytes:
    """Return the figure as PNG without the version of the software that drew it."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    page = io.BytesIO()
    with rc_context({"text.parse_math": False}), _on_canvas(figure, FigureCanvasAgg) as canvas:
        figure.dpi = _RESOLUTION
        canvas.print_png(page, metadata={"Software": None})  # type: ignore[no-untyped-call]  # likewise
    return page.getvalue()


@contextmanager
def _on_canvas(figure: Figure, kind: type[Canvas]) -> Iterator[Canvas]:
    """Give the figure a canvas to be drawn on once: `savefig` draws it twice, to lay it out first.

    Drawing lays it out anyway, for each kind of file: letters differ in width. The figure gets its
    own canvas and resolution back.
    """
    before, dpi = figure.canvas, figure.dpi
    try:
        yield kind(figure)
    finally:
        figure.dpi = dpi
        figure.set_canvas(before)
