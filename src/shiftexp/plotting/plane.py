"""The shift-expansion plane: the pair of effects and its joint region among the nine sectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.detection import Detection
from shiftexp.effects import Effects
from shiftexp.plane import SECTOR_NAMES
from shiftexp.plotting import plane_data, style
from shiftexp.plotting.forest import draw_forest
from shiftexp.plotting.plane_data import Picture
from shiftexp.plotting.plane_names import name_sectors
from shiftexp.verdict import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# No two neighbours share a hue; the name in every sector says what its colour means.
_TINTS = {
    "null": style.PALE,
    "expansion": style.GREEN,
    "mixed": style.YELLOW,
    "shift-compatible": style.ORANGE,
    "partial displacement": style.VERMILION,
    "common growth": style.SKY,
    "origin growth": style.PURPLE,
    "diffusion of benefits": style.BLUE,
    "suppression": "#8C8C8C",
}
_STRENGTH = {"kept": 0.42, "": 0.28, "no claim": 0.10, "excluded": 0.0}


def plot_effects(
    effects: Effects,
    ax: Axes | None = None,
    *,
    detection: Detection | None = None,
    margin: float = 0.10,
    level: float = 0.95,
    names: tuple[str, str] = ("origin", "destination"),
) -> Axes:
    """Draw the pair of effects on the shift-expansion plane.

    Parameters
    ----------
    effects : Effects
        The pair, in level units per year.
    ax : Axes, optional
        Where to draw; a new figure without it.
    detection : Detection, optional
        Its corners are drawn as the effects they would leave.
    margin : float, default 0.10
        Smallest effect of interest, as a share of the counterfactual level of either side.
    level : float, default 0.95
        Level of the joint region.
    names : tuple of two str
        What origin and destination are called.

    Returns
    -------
    Axes
        The plane; a row for each effect of a pair without one (one side, or sides that do not add).

    Raises
    ------
    DesignError
        When ``level`` is not strictly between 0 and 1, or ``margin`` is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from shiftexp.effects import Effects, StudentLaw
    >>> law = StudentLaw(np.array([-20.0, 40.0]), np.diag([16.0, 25.0]))
    >>> effects = Effects(
    ...     law, law.mean, np.array([100.0, 40.0]), np.array([80.0, 80.0]), "plants per year"
    ... )
    >>> plot_effects(effects).get_xlabel()
    'effect at the origin (plants per year)'
    """
    picture = plane_data.picture_of_effects(
        effects, detection=detection, margin=margin, level=level, names=names
    )
    return draw_picture(picture, ax, "Effects on the shift-expansion plane")


def plot_verdict(verdict: Verdict, ax: Axes | None = None, *, level: float = 0.95) -> Axes:
    """Draw a verdict's primary result on the plane, with the sectors it excludes hatched.

    Parameters
    ----------
    verdict : Verdict
        Results weighed; its margin, its detection box and its drift are drawn.
    ax : Axes, optional
        Where to draw; a new figure without it.
    level : float, default 0.95
        Level of the joint region.

    Returns
    -------
    Axes
        The plane; a row for each effect when the pair has none.

    Raises
    ------
    DesignError
        When the verdict rests on no result, or ``level`` is not strictly between 0 and 1.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=60, sd=2, autocorrelation=0.0, rng=4)
    >>> verdict = sx.weigh(
    ...     [sx.InterruptedTimeSeries(trend=False).fit(panel, design)], name="plants"
    ... )
    >>> plot_verdict(verdict).get_title(loc="left")
    'plants: ...'
    """
    picture = plane_data.picture_of_verdict(verdict, level=level)
    left = len(SECTOR_NAMES) - len(verdict.sectors)
    said = {
        "declared": f"declared, {verdict.sector}",
        "narrowed": f"{left} of {len(SECTOR_NAMES)} sectors excluded",
        "undecided": "undecided, no sector excluded",
        "gate failed": "no model-based claim",
    }[verdict.state]
    title = f"{verdict.name}: {said}" if verdict.name else said.capitalize()
    return draw_picture(picture, ax, title)


def effects_data(
    effects: Effects,
    *,
    detection: Detection | None = None,
    margin: float = 0.10,
    level: float = 0.95,
    names: tuple[str, str] = ("origin", "destination"),
) -> pd.DataFrame:
    """Return what `plot(effects)` draws; parameters as there.

    Returns
    -------
    DataFrame
        One row for each point, with layer ("sector", "full offset", "detection", "detection hull",
        "region", "estimate"), name, piece, status, x (origin) and y (destination); or one row for
        each effect of a pair without a plane.
    """
    return plane_data.picture_frame(
        plane_data.picture_of_effects(
            effects, detection=detection, margin=margin, level=level, names=names
        )
    )


def verdict_data(verdict: Verdict, *, level: float = 0.95) -> pd.DataFrame:
    """Return what `plot(verdict)` draws, in the columns of a pair of effects."""
    return plane_data.picture_frame(plane_data.picture_of_verdict(verdict, level=level))


def draw_picture(picture: Picture, ax: Axes | None, title: str) -> Axes:
    """Draw a plane, or rows of effects when there is none."""
    if picture.flat:
        return draw_forest(picture, ax, title)
    with style.styled():
        panel = style.new_figure(7.0).subplots() if ax is None else ax
        _draw_plane(panel, picture, title)
        style.legend_below([panel], own_figure=ax is None, columns=2)
        _settle(panel)
        name_sectors(panel, picture)
    return panel


def _settle(ax: Axes) -> None:
    """Let a new figure find its sizes, so that words are placed where they will stand."""
    figure = ax.get_figure(root=True)
    if figure is not None:
        figure.draw_without_rendering()
    ax.apply_aspect()


def _draw_plane(ax: Axes, picture: Picture, title: str) -> None:
    """Draw sectors, lines, region, images and estimate."""
    ends = plane_data.frame(picture)
    style.dress(ax)
    ax.set_xlim(*ends[:2])
    ax.set_ylim(*ends[2:])
    ax.set_aspect("equal", adjustable="box")
    _draw_sectors(ax, picture)
    ax.axhline(0, color=style.GREY, lw=0.8, zorder=1.2, label="_no change")
    ax.axvline(0, color=style.GREY, lw=0.8, zorder=1.2, label="_no change")
    across = np.array(ends[:2])
    ax.plot(
        across, -across, color=style.INK, lw=1.2, ls=(0, (6, 2, 1, 2)), zorder=1.4,
        label="full offset: what one side lost, the other gained",
    )  # fmt: skip
    _draw_region(ax, picture)
    _draw_images(ax, picture)
    x, y = picture.effects.mean
    ax.plot(
        [x], [y], ls="none", marker="o", ms=8, mfc=style.BLACK, mec=style.WHITE, mew=1.2,
        label="estimate", zorder=5,
    )  # fmt: skip
    style.number_axes(ax.xaxis, ax.yaxis)
    unit = picture.effects.unit
    ax.set_xlabel(_axis_words("origin", picture.names[0], unit))
    ax.set_ylabel(_axis_words("destination", picture.names[1], unit))
    style.head(ax, title, _notes(picture, ends))


def _axis_words(side: str, name: str, unit: str) -> str:
    """Return the label of an axis."""
    who = f"the {side}" if name == side else f"the {side}, {name}"
    return f"effect at {who} ({unit})"


def _notes(picture: Picture, ends: tuple[float, float, float, float]) -> list[str]:
    """Return what the drawing cannot show."""
    notes = list(picture.said)
    region, images = picture.region, picture.images
    for points, what in ((region, "joint region"), (images, "detection box")):
        if sides := plane_data.runs_off(points, ends):
            arrows = {"left": "◀ left", "right": "▶ right", "below": "▼ below", "above": "▲ above"}
            notes.append(f"{what} runs off the frame: " + ", ".join(arrows[s] for s in sides))
    reached = plane_data.reached(picture)
    if reached:
        notes.append(
            f"the region reaches into hatched sectors ({', '.join(reached)}): it is joint, of the "
            "first specification; each sector has a test of its own, and four in five "
            "specifications decide"
        )
    if not len(region):
        notes.append("no joint region: this fit has no law, the point is an estimate alone")
    return notes


def _draw_sectors(ax: Axes, picture: Picture) -> None:
    """Shade every sector; excluded ones are left white and hatched."""
    from matplotlib.patches import Polygon

    explained = set()
    for name, pieces in plane_data.sector_pieces(picture).items():
        status = plane_data.status_of(picture, name)
        for polygon in pieces:
            label = f"_{name}"
            if status == "excluded" and status not in explained:
                label = "sector excluded"
                explained.add(status)
            excluded = status == "excluded"
            ax.add_patch(
                Polygon(
                    polygon,
                    closed=True,
                    facecolor=style.WHITE if excluded else _tint(name, _STRENGTH[status]),
                    edgecolor=style.PALE if excluded else style.WHITE,
                    hatch="////" if excluded else None,
                    lw=0.8,
                    zorder=0.5 if excluded else 0.6,
                    label=label,
                )
            )


def _tint(name: str, strength: float) -> tuple[float, float, float]:
    """Return a sector's colour thinned with white."""
    from matplotlib.colors import to_rgb

    r, g, b = (1 - strength * (1 - c) for c in to_rgb(_TINTS[name]))
    return r, g, b


def _draw_region(ax: Axes, picture: Picture) -> None:
    """Draw the joint region of the pair."""
    from matplotlib.patches import Polygon

    if len(picture.region):
        ax.add_patch(
            Polygon(
                picture.region,
                closed=True,
                facecolor=(0, 0, 0, 0.06),
                edgecolor=style.BLACK,
                lw=1.6,
                zorder=3,
                label=f"{100 * picture.level:g} % joint region",
            )
        )


def _draw_images(ax: Axes, picture: Picture) -> None:
    """Draw the estimate at the corners of the detection box, and the hull of these."""
    from matplotlib.patches import Polygon

    images = picture.images
    if not len(images):
        return
    ax.add_patch(
        Polygon(
            picture.hull, closed=True, fill=False, edgecolor=style.VERMILION,
            lw=1.1, ls=(0, (2, 1.5)), zorder=3.5, label="_detection box",
        )
    )  # fmt: skip
    ax.plot(
        *images.T, ls="none", marker="s", ms=4.5, mfc=style.WHITE, mec=style.VERMILION, mew=1.1,
        label="estimate at the corners of the detection box", zorder=4,
    )  # fmt: skip
