"""How every figure looks: palette, sizes, spines, numbers, notes and legends, in one place."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.container import Container
    from matplotlib.figure import Figure

WIDTH = 7.0  # inches: a text column of an A4 page
SMALLEST = 8.0  # points: no text is smaller
TEXT, LABEL, TITLE = 8.5, 9.0, 10.5
_MARK, _LETTER = 38.0, 4.7  # points: a legend's mark with its margins, and a letter of its text
_APART = 16.0  # points: from the top of the axes to the legend, and from there to the drawing
_MOST_LEGEND = 0.75  # of the height of axes; the drawing keeps the rest

# Okabe & Ito (2008), Color Universal Design: told apart with any colour vision.
BLACK, WHITE = "#000000", "#FFFFFF"
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
INK, GREY, PALE, FAINT = "#222222", "#5F5F5F", "#C9C9C9", "#F1F1F1"

_SETTINGS: dict[str, Any] = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": TEXT,
    "text.color": INK,
    "text.usetex": False,
    "text.parse_math": False,  # a dollar in the name of a unit is a dollar
    "axes.labelcolor": INK,
    "hatch.linewidth": 0.7,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw with the library's settings and leave the reader's own as they were.

    Only these settings are put back: in a notebook the first figure also switches pyplot to showing
    figures, and putting back everything would undo that for the rest of the session.
    """
    import matplotlib as mpl

    current: Any = mpl.rcParams
    before = {name: current[name] for name in _SETTINGS}
    try:
        current.update(_SETTINGS)
        yield
    finally:
        current.update(before)


_UNSHOWN: ContextVar[bool] = ContextVar("unshown", default=False)


@contextmanager
def unshown() -> Iterator[None]:
    """Draw for a file: in a notebook the figures are not shown below the cell."""
    token = _UNSHOWN.set(True)
    try:
        yield
    finally:
        _UNSHOWN.reset(token)


def new_figure(height: float) -> Figure:
    """Return an empty figure of the page's width.

    In a notebook it is one of pyplot's, which are shown below the cell; elsewhere no global state
    knows of it.
    """
    options: dict[str, Any] = {"layout": "constrained", "facecolor": WHITE}
    if _in_notebook() and not _UNSHOWN.get():
        from matplotlib import pyplot as plt

        return plt.figure(figsize=(WIDTH, height), **options)
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH, height), **options)


def _in_notebook() -> bool:
    """Tell whether the session shows figures by itself."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def dress(ax: Axes) -> None:
    """Take off what carries no information and set the sizes."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(GREY)
    ax.tick_params(labelsize=TEXT, colors=GREY, labelcolor=INK, length=3)
    ax.xaxis.label.set_fontsize(LABEL)
    ax.yaxis.label.set_fontsize(LABEL)


def dress_row(ax: Axes) -> None:
    """Dress axes of a single row: what lies on it has a place along it alone."""
    dress(ax)
    ax.set_ylim(-1, 1)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    number_axes(ax.xaxis)


def write_number(value: float, _position: int | None = None) -> str:
    """Write a number with thousands separators and a true minus sign.

    Examples
    --------
    >>> write_number(-1234567.0), write_number(0.25)
    ('−1,234,567', '0.25')
    """
    text = f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:.4g}"
    return text.replace("-", "−")


def unit_on(unit: str, scale: str) -> str:
    """Return the unit of values on a scale, "level" or "log".

    Examples
    --------
    >>> unit_on("kg", "log")
    'log of kg'
    """
    return unit if scale == "level" else f"log of {unit}"


def number_axes(*axes: object, whole: bool = False) -> None:
    """Write the ticks of these axes with thousands separators, at whole numbers if asked."""
    from matplotlib.axis import Axis
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for axis in axes:
        if isinstance(axis, Axis):
            usual = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10])
            axis.set_major_locator(MaxNLocator(nbins=12, integer=True) if whole else usual)
            axis.set_major_formatter(FuncFormatter(write_number))


def head(ax: Axes, title: str, notes: Sequence[str] = (), *, columns: int = 92) -> None:
    """Put a title above the axes and, between title and axes, what a reader must be told.

    Parameters
    ----------
    ax : Axes
        Where to write.
    title : str
        What the figure shows.
    notes : sequence of str
        What cannot be seen, such as a band that runs off the axis.
    columns : int
        Most characters on a line.
    """
    lines = [line for note in notes for line in textwrap.wrap(note, columns)]
    ax.set_title(
        textwrap.fill(title, columns - 12),
        loc="left",
        fontsize=TITLE,
        fontweight="bold",
        color=INK,
        pad=6 + 11.5 * len(lines),
    )
    if lines:
        ax.annotate(
            "\n".join(lines),
            xy=(0, 1),
            xycoords="axes fraction",
            xytext=(0, 4),
            textcoords="offset points",
            fontsize=SMALLEST,
            color=GREY,
            va="bottom",
            linespacing=1.25,
            annotation_clip=False,
            label="_note",
        )


def legend_below(axes: Iterable[Axes], *, own_figure: bool, columns: int = 3) -> None:
    """Explain every labelled mark once, foremost first, below the drawing."""
    panels = list(axes)
    handles, labels = _marks(panels)
    if not labels:
        return
    last = panels[-1]
    if own_figure:
        last.figure.legend(
            handles,
            labels,
            loc="outside lower left",
            ncols=columns,
            frameon=False,
            fontsize=SMALLEST,
            handlelength=1.8,
            columnspacing=1.6,
        )
        return
    last.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(-0.02, -0.16),
        ncols=min(2, columns),
        frameon=False,
        fontsize=SMALLEST,
        handlelength=1.8,
    )


def legend_inside(ax: Axes) -> None:
    """Explain every labelled mark within the axes, in room made for it above the drawing.

    Below axes of the reader's own there may be no room on the page.
    """
    handles, labels = _marks([ax])
    legend = ax.legend(
        handles,
        labels,
        loc="upper left",
        fontsize=SMALLEST,
        handlelength=1.8,
        facecolor=WHITE,
        edgecolor="none",
        framealpha=0.9,
    )
    height = legend.get_window_extent().height + _APART * ax.figure.dpi / 72
    share = height / ax.get_window_extent().height
    low, high = ax.get_ylim()
    ax.set_ylim(low, low + (high - low) / (1 - min(share, _MOST_LEGEND)))


def letters_across(ax: Axes) -> int:
    """Return how many letters fit on a line of a legend within the axes."""
    width = ax.get_window_extent().width * 72 / ax.figure.dpi
    return max(12, int((width - _MARK) / _LETTER))


def _marks(panels: Sequence[Axes]) -> tuple[list[Any], list[str]]:
    """Return every labelled mark once with its label, foremost first."""
    found: dict[str, Any] = {}
    for ax in panels:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            found.setdefault(str(label), handle)
    labels = sorted(found, key=lambda label: -_depth(found[label]))
    return [found[label] for label in labels], labels


def _depth(handle: Artist | Container) -> float:
    """Return how far in front a mark is drawn; of bars, the first of them."""
    first = handle[0] if isinstance(handle, tuple) else handle
    return float(first.get_zorder())
