"""Limits on a flow by the own changes believed in, and where the lower one reaches zero."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from shiftexp.flow import NO_FLOW, Flow
from shiftexp.plotting import style
from shiftexp.table import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def flow_data(found: Flow) -> pd.DataFrame:
    """Return what is drawn of a flow: both limits by the scale of own changes, and marks.

    Parameters
    ----------
    found : Flow
        What a model of the flow says.

    Returns
    -------
    DataFrame
        layer ("limits", "like donors", "breakdown", or "refuted" for the scale up to which the
        data contradict own changes), own_changes, flow_low, flow_high.
    """
    highest = found.limits.flow[1]
    rows = [("limits", 0.0, _without_own_changes(found), highest)]
    rows += [("limits", s, limits.flow[0], highest) for s, limits in found.by_scale]
    if found.least_scale > 0:
        rows.append(("refuted", found.least_scale, 0.0, highest))
    if found.like_donors is not None:
        rows.append(("like donors", found.donor_scale, *found.like_donors.flow))
    if 0 < found.breakdown < math.inf:
        rows.append(("breakdown", found.breakdown, 0.0, 0.0))
    columns = ["layer", "own_changes", "flow_low", "flow_high"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["layer", "own_changes"], ascending=[False, True], ignore_index=True
    )


def _without_own_changes(found: Flow) -> float:
    """Return the lower limit where no own changes are believed in, 0 where the data refute that."""
    if found.least_scale > 0 or found.contradicted:
        return 0.0
    return max(min(found.conserved[1], found.most_proved, found.limits.flow[1]), 0.0)


def plot_flow(found: Flow, ax: Axes | None = None) -> Axes:
    """Draw the range of the flow by the own changes that are believed in.

    Parameters
    ----------
    found : Flow
        What a model of the flow says.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
        What was drawn on.
    """
    data = flow_data(found)
    band = _with_breakdown(data)
    with style.styled():
        panel = style.new_figure(4.4).subplots() if ax is None else ax
        style.dress(panel)
        x, low, high = band["own_changes"], band["flow_low"], band["flow_high"]
        panel.fill_between(
            x, low, high, color=style.BLUE, alpha=0.18, lw=0, label="flows that are possible"
        )
        panel.plot(x, high, color=style.BLUE, lw=1.8, label="at most: signs of own changes alone")
        # A lower limit of nothing lies on the axis, which would hide it.
        panel.plot(
            x, low, color=style.VERMILION, lw=2.6, clip_on=False, zorder=4,
            label="at least, by that belief",
        )  # fmt: skip
        _mark(panel, data)
        panel.set_xlim(0, float(x.max()))
        panel.set_ylim(0, max(float(high.max()), found.smallest) * 1.12)
        style.number_axes(panel.xaxis, panel.yaxis)
        panel.set_xlabel(f"scale of own changes at the onset that is believed in ({found.unit})")
        panel.set_ylabel(f"flow by the end\n({found.unit})")
        style.head(panel, "How much can have flowed", _notes(found))
        style.legend_below([panel], own_figure=ax is None, columns=2)
    return panel


def _with_breakdown(data: pd.DataFrame) -> pd.DataFrame:
    """Return the limits with a corner where the lower one leaves zero, and where it reaches it."""
    limits, broken, refuted = (
        data[data["layer"] == layer] for layer in ("limits", "breakdown", "refuted")
    )
    shown = refuted[refuted["own_changes"] <= limits["own_changes"].max()]
    corners = pd.concat([broken, shown]).assign(flow_high=limits["flow_high"].max())
    band: pd.DataFrame = pd.concat([limits, corners])
    return band.sort_values("own_changes", ignore_index=True)


def _mark(panel: Axes, data: pd.DataFrame) -> None:
    """Mark refuted scales, the breakdown scale, and where donors say that own changes lie."""
    for scale in data.loc[data["layer"] == "refuted", "own_changes"]:
        panel.axvspan(
            0, scale, color=style.GREY, alpha=0.2, lw=0,
            label="own changes so small contradict the data",
        )  # fmt: skip
    for scale in data.loc[data["layer"] == "breakdown", "own_changes"]:
        panel.plot(
            [scale], [0], ls="none", marker="o", ms=7, mfc=style.VERMILION,
            mec=style.WHITE, clip_on=False, zorder=5, label="beyond it no flow is proved (s*)",
        )  # fmt: skip
    columns = ["own_changes", "flow_low", "flow_high"]
    for scale, low, high in data.loc[data["layer"] == "like donors", columns].to_numpy(float):
        panel.plot(
            [scale, scale], [low, high], color=style.INK, lw=2.2,
            marker="_", ms=9, zorder=4, label="own changes like those of donors",
        )  # fmt: skip


def _notes(found: Flow) -> list[str]:
    """Return what the drawing rests on."""
    most = f"at most {found.most_of_growth} of the destination's growth"
    notes = [
        f"{100 * found.level:g} % limits; {most if found.possible else NO_FLOW}",
        f"the smallest change that matters is {format_number(found.smallest, 3)} {found.unit}",
    ]
    if found.breakdown == 0:
        notes.append("no flow is proved, however small own changes are believed to be")
    return notes
