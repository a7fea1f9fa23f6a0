"""The panels of a figure: new ones, or as many Axes as the reader gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from shiftexp.errors import DesignError, Problem
from shiftexp.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TITLES, _AROUND = 0.95, 0.5  # inches: titles and axis names of a panel, and legend
Given: TypeAlias = "Axes | Sequence[Axes] | np.ndarray | None"


def panels(given: Given, names: Sequence[str], new: Callable[[], list[Axes]]) -> list[Axes]:
    """Return one Axes for each panel.

    Parameters
    ----------
    given : Axes, sequence of Axes, array of Axes or None
        What the reader wants to be drawn on.
    names : sequence of str
        What the panels show.
    new : callable
        Makes the Axes of a figure of its own.

    Raises
    ------
    DesignError
        When there are more or fewer Axes than panels.
    """
    if given is None:
        return new()
    found = list(np.ravel(np.array(given, dtype=object)))
    if len(found) != len(names):
        needed = f"one Axes for each of: {', '.join(names)}"
        raise DesignError(
            Problem(
                f"{len(found)} Axes for {len(names)} panels",
                needed,
                "leave ax out, or give so many",
            )
        )
    return found


class Panels(np.ndarray):
    """Several Axes of one figure: an array of them that knows the figure, as one Axes does."""

    @property
    def figure(self) -> Figure:
        """The figure that they stand on, such as for ``figure.savefig``."""
        first: Axes = self.flat[0]
        return cast("Figure", first.figure)


def stacked(heights: Sequence[float]) -> list[Axes]:
    """Return new Axes below each other.

    Parameters
    ----------
    heights : sequence of float
        Inches that the drawings have.
    """
    figure = style.new_figure(_AROUND + sum(heights) + _TITLES * len(heights))
    grid = figure.subplots(len(heights), 1, gridspec_kw={"height_ratios": list(heights)})
    return list(np.ravel(np.array(grid, dtype=object)))
