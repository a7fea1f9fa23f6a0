"""Figures: `plot(x)` draws, `plot_data(x)` gives the numbers; the only room with matplotlib."""

from __future__ import annotations

from shiftexp.plotting.matrix import plot_matrix
from shiftexp.plotting.once import Kept, drawing_once, drawn
from shiftexp.plotting.plane import plot_effects, plot_verdict
from shiftexp.plotting.saving import save_figure, svg_text
from shiftexp.plotting.series import plot_series
from shiftexp.plotting.style import unshown
from shiftexp.plotting.verbs import plot, plot_data

__all__ = [
    "Kept",
    "drawing_once",
    "drawn",
    "plot",
    "plot_data",
    "plot_effects",
    "plot_matrix",
    "plot_series",
    "plot_verdict",
    "save_figure",
    "svg_text",
    "unshown",
]
