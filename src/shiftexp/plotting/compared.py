"""Several models of one question: their joint regions on one plane, or their effects in rows."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.comparison import Comparison
from shiftexp.kernels.cases import Floats
from shiftexp.plotting import style
from shiftexp.plotting.plane_data import Picture, picture_of_effects
from shiftexp.scalars import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = (
    style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY, style.INK,
)  # fmt: skip
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
_SIDES = {"origin": (1.0, 0.0), "destination": (0.0, 1.0)}
_SIDE_COLOURS = {"origin": style.VERMILION, "destination": style.BLUE}
_BEYOND = 0.9  # how far from the estimates the frame may end, in widths of the median region
_WIDE = 43  # letters on a line of the legend: two columns of them fit on the page's width
_ALIKE = 0.005  # of a region's size: outlines that differ by less cover one another
_MANY = 4  # models; of more, names have one line each in axes of the reader's own
_LINE, _USUAL_LINES = 0.15, 4  # inches of a line of the legend, and lines the figure has room for


def comparison_data(found: Comparison, *, level: float = 0.95) -> pd.DataFrame:
    """Return what is drawn of a comparison.

    Parameters
    ----------
    found : Comparison
        Results side by side.
    level : float, default 0.95
        Level of the joint regions.

    Returns
    -------
    DataFrame
        model, number, layer ("estimate", "joint region", or "interval" without a plane), point,
        origin, destination.
    """
    rows = []
    for number, (name, picture) in enumerate(_pictures(found, level), start=1):
        layers = {"estimate": picture.effects.mean[None, :], **_extent(picture)}
        for layer, points in layers.items():
            for k, (origin, destination) in enumerate(points):
                rows.append((name, number, layer, k, float(origin), float(destination)))
    columns = ["model", "number", "layer", "point", "origin", "destination"]
    return pd.DataFrame(rows, columns=columns)


def _extent(picture: Picture) -> dict[str, Floats]:
    """Return the joint region, or without a plane both ends of every interval."""
    if not picture.flat:
        return {"joint region": picture.region}
    ends = np.full((2, 2), np.nan)
    for column, a in enumerate(_SIDES.values()):
        if picture.effects.answers(a):
            answer = picture.effects.interval(a, picture.level)
            ends[:, column] = answer.low, answer.high
    return {"interval": ends}


def plot_comparison(found: Comparison, ax: Axes | None = None, *, level: float = 0.95) -> Axes:
    """Draw the joint regions of several models on one plane, each with its number.

    Without a plane - one side alone, or sides that do not add - each effect has a row.

    Parameters
    ----------
    found : Comparison
        Results side by side.
    ax : Axes, optional
        Where to draw; a new figure without it.
    level : float, default 0.95
        Level of the joint regions.

    Returns
    -------
    Axes
        The plane, or the rows.

    Raises
    ------
    DesignError
        When ``level`` is not strictly between 0 and 1.
    """
    pictures = _pictures(found, level)
    if any(picture.flat for _, picture in pictures):
        return _draw_rows(found, ax, level)
    ends = _frame([picture for _, picture in pictures])
    with style.styled():
        wide = _WIDE if ax is None else style.letters_across(ax)
        said = [f"{k}  {name}" for k, (name, _) in enumerate(pictures, start=1)]
        cut = ax is not None and len(said) > _MANY
        labels = [_cut(text, wide) if cut else _wrapped(text, wide) for text in said]
        panel = style.new_figure(_height(labels)).subplots() if ax is None else ax
        style.dress(panel)
        panel.set_xlim(*ends[:2])
        panel.set_ylim(*ends[2:])
        panel.axhline(0, color=style.GREY, lw=0.8, zorder=1, label="_no change")
        panel.axvline(0, color=style.GREY, lw=0.8, zorder=1, label="_no change")
        across = np.array(ends[:2])
        panel.plot(
            across, -across, color=style.GREY, lw=1.2, ls=(0, (6, 2, 1, 2)), zorder=1,
            label=_wrapped("full offset: what one side lost, the other gained", wide),
        )  # fmt: skip
        for number, (label, (_, picture)) in enumerate(zip(labels, pictures, strict=True), start=1):
            _draw_model(panel, number, label, picture)
        _number_models(panel, [picture for _, picture in pictures], ends)
        style.number_axes(panel.xaxis, panel.yaxis)
        origin, destination = found.results[0].paths.names
        unit = found.results[0].effects.unit
        panel.set_xlabel(f"effect at the origin, {origin} ({unit})")
        panel.set_ylabel(f"effect at the destination, {destination} ({unit})")
        title = f"One question, {plural(len(pictures), 'model')}"
        style.head(panel, title, _notes(found, pictures, ends, level))
        if ax is None:
            style.legend_below([panel], own_figure=True, columns=2)
        else:
            style.legend_inside(panel)
    return panel


def _wrapped(text: str, wide: int) -> str:
    """Return a line of the legend, broken where its column ends."""
    return textwrap.fill(text, wide, subsequent_indent="    ")


def _cut(text: str, wide: int) -> str:
    """Return one line of the legend, its end left off: the number tells which model it is."""
    return text if len(text) <= wide else f"{text[: wide - 1]}…"


def _height(labels: list[str]) -> float:
    """Return the height of a figure whose drawing keeps its size above a long legend."""
    lines = sum(label.count("\n") + 1 for label in labels) / 2
    return 7.6 + _LINE * max(0.0, lines - _USUAL_LINES)


def _pictures(found: Comparison, level: float) -> list[tuple[str, Picture]]:
    """Return a picture of every result, with its name."""
    return [
        (name, picture_of_effects(result.effects, level=level))
        for name, result in zip(found.names, found.results, strict=True)
    ]


def _frame(pictures: list[Picture]) -> tuple[float, float, float, float]:
    """Return ends that hold every estimate and all of the regions that are not far wider."""
    estimates = np.array([picture.effects.mean for picture in pictures])
    ends = []
    for side in (0, 1):
        points = estimates[:, side][np.isfinite(estimates[:, side])]
        low, high = min(points.min(), 0.0), max(points.max(), 0.0)
        lows = [p.region[:, side].min() for p in pictures if len(p.region)]
        highs = [p.region[:, side].max() for p in pictures if len(p.region)]
        room = max(high - low, float(np.median([0.0, *np.subtract(highs, lows)])))
        low = max(min([low, *lows]), low - _BEYOND * room)
        high = min(max([high, *highs]), high + _BEYOND * room)
        edge = 0.05 * (high - low) or 1.0
        ends += [low - edge, high + edge]
    return ends[0], ends[1], ends[2], ends[3]


def _draw_model(ax: Axes, number: int, label: str, picture: Picture) -> None:
    """Draw the outline of a region, and the estimate."""
    from matplotlib.patches import Polygon

    colour = _colour(number)
    dash = _DASHES[(number - 1) // len(_COLOURS) % len(_DASHES)]
    if len(picture.region):
        ax.add_patch(
            Polygon(
                picture.region, closed=True, fill=False, edgecolor=colour, lw=1.6, ls=dash,
                zorder=3, label=label,
            )
        )  # fmt: skip
    x, y = picture.effects.mean
    ax.plot(
        [x], [y], ls="none", marker="o", ms=5.5, mfc=colour, mec=style.WHITE, mew=0.8, zorder=3,
        label="_estimate" if len(picture.region) else label,
    )  # fmt: skip


def _colour(number: int) -> str:
    """Return the colour of a model; models that share one differ in their dashes."""
    return _COLOURS[(number - 1) % len(_COLOURS)]


def _number_models(
    ax: Axes, pictures: list[Picture], ends: tuple[float, float, float, float]
) -> None:
    """Write each number at the corner of its region that is farthest from the other numbers."""
    low, high = np.array([ends[0], ends[2]]), np.array([ends[1], ends[3]])
    places = {}
    for number, picture in enumerate(pictures, start=1):
        region = picture.region
        inside = region[((region >= low) & (region <= high)).all(axis=1)] if len(region) else region
        places[number] = inside if len(inside) else picture.effects.mean[None, :]
    taken = [np.zeros(2)]
    # Who has the fewest corners in the frame chooses first; the others can go elsewhere.
    for number, corners in sorted(places.items(), key=lambda item: len(item[1])):
        away = np.linalg.norm((corners[:, None] - np.array(taken)) / (high - low), axis=2)
        chosen = corners[away.min(axis=1).argmax()]
        taken.append(chosen)
        ax.annotate(
            str(number), chosen, ha="center", va="center", fontsize=style.SMALLEST,
            color=style.INK, zorder=6, annotation_clip=True, label="_number",
            bbox={"boxstyle": "circle,pad=0.25", "fc": style.WHITE, "ec": _colour(number)},
        )  # fmt: skip


def _draw_rows(found: Comparison, ax: Axes | None, level: float) -> Axes:
    """Draw a row for every model and side that is present, the first model on top."""
    rows = [
        (f"{name}: {side}" if len(sides) > 1 else name, result.effects, a, _SIDE_COLOURS[side])
        for name, result in zip(found.names, found.results, strict=True)
        for sides in [[s for s in _SIDES if result.effects.answers(_SIDES[s])]]
        for side, a in ((s, _SIDES[s]) for s in sides)
    ]
    with style.styled():
        panel = style.new_figure(1.4 + 0.42 * len(rows)).subplots() if ax is None else ax
        style.dress(panel)
        panel.axvline(0, color=style.GREY, lw=1.0, ls=(0, (3, 2)), label="_no change", zorder=1)
        for y, (_, effects, a, colour) in enumerate(rows):
            answer = effects.interval(a, level)
            panel.plot([answer.low, answer.high], [y, y], color=colour, lw=2.2, label="_interval")
            panel.plot(
                [effects.estimate(a)], [y], ls="none", marker="o", ms=7, mfc=colour,
                mec=style.WHITE, label="_estimate", zorder=4,
            )  # fmt: skip
        panel.set_yticks(range(len(rows)), [textwrap.fill(row[0], 40) for row in rows])
        panel.set_ylim(len(rows) - 0.5, -0.5)
        panel.spines["left"].set_visible(False)
        panel.tick_params(axis="y", length=0, pad=9)
        style.number_axes(panel.xaxis)
        panel.set_xlabel(f"effect ({found.results[0].effects.unit})")
        notes = [f"bars: {100 * level:g} % intervals", *_not_drawn(found)]
        style.head(panel, f"One question, {plural(len(found.results), 'model')}", notes)
    return panel


def _not_drawn(found: Comparison) -> list[str]:
    """Say how many models refuse, and that hypotheses are not drawn."""
    notes = []
    if found.refused:
        more = "model refuses" if len(found.refused) == 1 else "models refuse"
        notes.append(f"{len(found.refused)} more {more} this study: see the table")
    count = sum(len(rivals.fits) for rivals in found.hypotheses)
    if count:
        notes.append(f"{count} hypotheses without regions: see the table")
    return notes


def _notes(
    found: Comparison,
    pictures: list[tuple[str, Picture]],
    ends: tuple[float, float, float, float],
    level: float,
) -> list[str]:
    """Return what the drawing cannot show."""
    notes = [f"outlines: {100 * level:g} % joint regions, numbered; dots: estimates"]
    off = [str(k) for k, (_, p) in enumerate(pictures, start=1) if _runs_off(p.region, ends)]
    if off:
        notes.append(f"regions that run off the frame: {', '.join(off)}")
    same = [" and ".join(map(str, group)) for group in _coinciding(pictures) if len(group) > 1]
    if same:
        notes.append(f"regions that lie on one another: {'; '.join(same)}")
    bare = [str(k) for k, (_, p) in enumerate(pictures, start=1) if not len(p.region)]
    if bare:
        notes.append(f"estimates without a law: {', '.join(bare)}")
    return [*notes, *_not_drawn(found)]


def _coinciding(pictures: list[tuple[str, Picture]]) -> list[list[int]]:
    """Return the numbers of the regions in groups that no eye can tell apart."""
    groups: list[list[int]] = []
    for number, (_, picture) in enumerate(pictures, start=1):
        region = picture.region
        for group in groups:
            first = pictures[group[0] - 1][1].region
            near = _ALIKE * np.ptp(first, axis=0).max()
            if region.shape == first.shape and np.allclose(region, first, rtol=0, atol=near):
                group.append(number)
                break
        else:
            groups += [[number]] if len(region) else []
    return groups


def _runs_off(region: Floats, ends: tuple[float, float, float, float]) -> bool:
    """Tell whether a region has corners outside the frame."""
    if not len(region):
        return False
    low, high = np.array([ends[0], ends[2]]), np.array([ends[1], ends[3]])
    return bool(((region < low) | (region > high)).any())
