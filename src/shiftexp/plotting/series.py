"""Observed and counterfactual: what was seen on either side, and what would have been."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import numpy as np
import pandas as pd

from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.plotting import style
from shiftexp.plotting.time_axes import calendar_of, time_axis
from shiftexp.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Side: TypeAlias = Literal["origin", "destination"]
SIDES: tuple[Side, Side] = ("origin", "destination")
_COUNTERFACTUAL = "counterfactual: the fit, then observed less effect"
HEADROOM = 1.6  # the axis ends at most this many times the largest value seen or expected


def series_data(result: Result, *, side: Side | None = None) -> pd.DataFrame:
    """Return what `plot(result)` draws: one row for each side and period.

    Parameters
    ----------
    result : Result
        Any fit.
    side : {"origin", "destination"}, optional
        This side alone.

    Returns
    -------
    DataFrame
        side, unit, period; x, the period's start in years; role ("pre", "onset range", "post",
        "left out", "missing"); observed, counterfactual; band_low, band_high, the interval of
        the counterfactual, in post periods only; candidate_onset, reporting_break, whether
        one begins there; joint_low, joint_high, a band for all post periods together, where the
        method has one.

    Raises
    ------
    DesignError
        When the side is unknown or absent from the study.
    """
    frame = result.paths.to_frame()
    calendar = calendar_of(result.paths.labels)
    ordinal = np.array([calendar.ordinal(period) for period in frame["period"]], dtype=float)
    first, last = (calendar.ordinal(period) for period in result.design.onset_range)
    seen = np.isfinite(frame["observed"].to_numpy(dtype=float))
    role = frame["role"].to_numpy(dtype=object)
    between = (role == "left out") & (ordinal >= first) & (ordinal < last)
    tried = between & np.isfinite(frame["conf_low"].to_numpy(dtype=float))
    role = np.where(tried, "onset range", np.where(seen, role, "missing"))
    after = role == "post"
    breaks = {(side, calendar.ordinal(period)) for side, period in result.paths.breaks}
    data = pd.DataFrame(
        {
            "side": frame["side"],
            "unit": frame["unit"],
            "period": frame["period"],
            "x": ordinal / calendar.per_year,
            "role": role,
            "observed": frame["observed"],
            "counterfactual": frame["counterfactual"],
            "band_low": (frame["observed"] - frame["conf_high"]).where(after),
            "band_high": (frame["observed"] - frame["conf_low"]).where(after),
            "candidate_onset": (ordinal >= first) & (ordinal <= last),
            "reporting_break": [
                (side, calendar.ordinal(period)) in breaks
                for side, period in zip(frame["side"], frame["period"], strict=True)
            ],
        }
    )
    if "joint_low" in frame:
        data["joint_low"] = (frame["observed"] - frame["joint_high"]).where(after)
        data["joint_high"] = (frame["observed"] - frame["joint_low"]).where(after)
    return data[data["side"].isin(_wanted(result, side))].reset_index(drop=True)


def plot_series(
    result: Result,
    ax: Axes | Sequence[Axes] | np.ndarray | None = None,
    *,
    side: Side | None = None,
) -> Axes | np.ndarray:
    """Draw the observed series with its counterfactual and interval.

    Parameters
    ----------
    result : Result
        Any fit.
    ax : Axes or one Axes for each side, optional
        Where to draw; a new figure without it.
    side : {"origin", "destination"}, optional
        Draw this side alone.

    Returns
    -------
    Axes or array of Axes
        One for each side drawn.

    Raises
    ------
    DesignError
        When the side is unknown or absent from the study.
    DesignError
        When there are more or fewer axes than sides to draw.

    Notes
    -----
    The axis ends at 1.6 times the largest value observed or expected; a band that runs off it is
    marked at the edge and named above the panel. Before the onset the counterfactual is the fitted
    path, after it the observed value less the estimated effect: ups and downs of a year stay in it.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(rng=1)
    >>> result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    >>> plot_series(result, side="origin").get_ylabel()
    'units per year'
    """
    data = series_data(result)
    wanted = _wanted(result, side)
    with style.styled():
        axes = _axes(ax, wanted)
        for panel, name in zip(axes, wanted, strict=True):
            _draw_side(panel, result, data[data["side"] == name])
        if ax is None:
            _share_time(axes, result)
        style.legend_below(axes, own_figure=ax is None, columns=2)
    return axes[0] if len(axes) == 1 else np.array(axes, dtype=object)


def _wanted(result: Result, side: str | None) -> list[Side]:
    """Return the sides to draw."""
    present = [s for s, name in zip(SIDES, result.paths.names, strict=True) if name]
    if side is None:
        return present
    if side not in present:
        raise DesignError(
            Problem(f"side = {side!r}", "a side of this study", suggest(side, present))
        )
    return [side]


def _axes(ax: Axes | Sequence[Axes] | np.ndarray | None, wanted: list[Side]) -> list[Axes]:
    """Return one Axes for each side, new ones when none are given."""
    if ax is None:
        figure = style.new_figure(1.2 + 2.35 * len(wanted))
        grid = figure.subplots(len(wanted), 1, sharex=True, squeeze=False)
        return [cast("Axes", panel) for panel in grid[:, 0]]
    given = list(np.ravel(np.array(ax, dtype=object)))
    if len(given) != len(wanted):
        raise DesignError(
            Problem(
                f"{len(given)} Axes for {len(wanted)} sides",
                "one Axes for each side",
                "say side='origin' or side='destination', or give two Axes",
            )
        )
    return given


def _share_time(axes: Sequence[Axes], result: Result) -> None:
    """Give a figure of several panels one title and one time axis."""
    import textwrap

    for panel in axes[:-1]:
        panel.set_xlabel("")
        panel.tick_params(labelbottom=False)
    figure = axes[0].figure
    title = f"{result.name}: {result.indicator.name.replace('_', ' ')}"
    figure.suptitle(
        textwrap.fill(title, 82), x=0.012, ha="left", fontsize=style.TITLE, color=style.GREY
    )


def _draw_side(ax: Axes, result: Result, data: pd.DataFrame) -> None:
    """Draw one side: background first, then band, counterfactual and what was seen."""
    half = 0.5 / calendar_of(result.paths.labels).per_year
    style.dress(ax)
    ax.grid(visible=True, axis="y", color=style.FAINT, linewidth=0.8, zorder=0)
    ax.set_axisbelow(True)
    _draw_times(ax, result, data, half)
    _draw_lines(ax, result, data, half)
    notes = _limit(ax, result, data)
    ax.set_xlim(data["x"].min() - 1.4 * half, data["x"].max() + 1.4 * half)
    time_axis(ax, calendar_of(result.paths.labels))
    style.number_axes(ax.yaxis)
    ax.set_ylabel(unit_per_period(result))
    style.head(ax, f"{data['unit'].iloc[0]} ({data['side'].iloc[0]})", notes)


def unit_per_period(result: Result) -> str:
    """Return the unit of the paths, such as "kg per quarter"; rates stay as they are."""
    unit = result.indicator.unit_of_measure.replace("_", " ")
    return (
        f"{unit} per {calendar_of(result.paths.labels).frequency}"
        if result.indicator.additive
        else unit
    )


def _draw_times(ax: Axes, result: Result, data: pd.DataFrame, half: float) -> None:
    """Shade the post periods, mark the onset or its range, and the reporting breaks."""
    x, first = data["x"].to_numpy(), True
    for run in _runs((data["role"] == "post").to_numpy()):
        label = "post periods" if first else "_post periods"
        ax.axvspan(
            x[run[0]] - half, x[run[-1]] + half, color=style.FAINT, lw=0, label=label, zorder=0.2
        )
        first = False
    candidates = x[data["candidate_onset"].to_numpy()]
    begin, end = (str(period) for period in result.design.onset_range)
    if begin == end:
        at = float(candidates[0]) - half
        ax.axvline(at, color=style.VERMILION, lw=1.4, label=f"onset {begin}", zorder=1)
    else:
        ax.axvspan(
            candidates[0] - half,
            candidates[-1] - half,
            facecolor=style.VERMILION,
            alpha=0.16,
            lw=0,
            label=f"onset, {begin} to {end}",
            zorder=0.3,
        )
    for i, at in enumerate(x[data["reporting_break"].to_numpy()]):
        label = "_reporting break" if i else "reporting break"
        ax.axvline(at - half, color=style.PURPLE, lw=1.5, ls=(0, (1, 1.2)), label=label, zorder=1)


def _draw_lines(ax: Axes, result: Result, data: pd.DataFrame, half: float) -> None:
    """Draw band, counterfactual, and what was seen: values left out are hollow and apart."""
    x, seen = data["x"].to_numpy(), data["observed"].to_numpy()
    share = f"{100 * result.level:g} %"
    if "joint_low" in data:
        label = f"{share} band, all periods together"
        _fill(ax, data, ("joint_low", "joint_high"), half, label, alpha=0.12)
    label = f"{share} interval of the counterfactual"
    _fill(ax, data, ("band_low", "band_high"), half, label, alpha=0.2)
    ax.plot(
        x,
        data["counterfactual"],
        color=style.BLUE,
        lw=1.7,
        ls=(0, (4, 2)),
        marker=".",
        ms=3.5,
        label=_COUNTERFACTUAL,
        zorder=2.5,
    )
    left_out = (data["role"] == "left out").to_numpy()
    dot = 4.5 if len(x) <= 40 else 2.5
    used = np.where(left_out, np.nan, seen)
    ax.plot(
        x, used, color=style.INK, lw=1.4, marker="o", ms=dot, mec=style.WHITE, mew=0.5,
        label="observed", zorder=3,
    )  # fmt: skip
    if (left_out & np.isfinite(seen)).any():
        apart = np.where(left_out, seen, np.nan)
        ax.plot(
            x, apart, ls="none", marker="o", ms=dot, mfc=style.WHITE, mec=style.INK,
            label="observed, left out of the fit", zorder=3,
        )  # fmt: skip


def _fill(
    ax: Axes, data: pd.DataFrame, ends: tuple[str, str], half: float, label: str, *, alpha: float
) -> None:
    """Fill between two ends, apart where periods are missing."""
    x, low, high = (data[name].to_numpy() for name in ("x", *ends))
    for run in _runs(np.isfinite(low) & np.isfinite(high)):
        wide = np.concatenate([[x[run[0]] - half], x[run], [x[run[-1]] + half]])
        below, above = (np.pad(side[run], 1, mode="edge") for side in (low, high))
        ax.fill_between(
            wide, below, above, color=style.BLUE, alpha=alpha, lw=0, label=label, zorder=1.5
        )
        label = "_" + label.removeprefix("_")


def _runs(mask: Booleans) -> list[np.ndarray]:
    """Return the positions of each unbroken run of True."""
    where = np.flatnonzero(mask)
    return np.split(where, np.flatnonzero(np.diff(where) > 1) + 1) if where.size else []


def _limit(ax: Axes, result: Result, data: pd.DataFrame) -> list[str]:
    """Set the value axis, mark where the band runs off it, and return what to say about that."""
    outer = "joint" if "joint_low" in data else "band"
    low, high = data[f"{outer}_low"].to_numpy(), data[f"{outer}_high"].to_numpy()
    inner = data[["observed", "counterfactual"]].to_numpy()
    bottom, top = _ends(inner[np.isfinite(inner)], low[np.isfinite(low)], high[np.isfinite(high)])
    ax.set_ylim(bottom, top)
    inside = (top - bottom) * 0.025
    unit, notes = unit_per_period(result), []
    for over, edge, marker, words in (
        (high > top, top - inside, "^", "above"),
        (low < bottom, bottom + inside, "v", "below"),
    ):
        if not over.any():
            continue
        reach = float(np.nanmax(high) if words == "above" else np.nanmin(low))
        x = data["x"].to_numpy()[over]
        ax.plot(
            x, np.full(x.shape, edge), ls="none", marker=marker, ms=4.5, mfc=style.BLUE, mec="none",
            label=f"_band runs off {words}", zorder=4,
        )  # fmt: skip
        arrow = "▲" if words == "above" else "▼"
        ends = style.write_number(float(f"{reach:.3g}")) if np.isfinite(reach) else "infinity"
        notes.append(f"{arrow} band runs off the axis {words}, to {ends} {unit}")
    return [";  ".join(notes)] if notes else []


def _ends(inner: Floats, low: Floats, high: Floats) -> tuple[float, float]:
    """Return the ends of an axis on which the band does not squash the data."""
    largest, smallest = max(0.0, *inner), min(0.0, *inner)
    room = HEADROOM * max(largest, -smallest, np.finfo(float).tiny)
    top = min(room, max(largest, *high)) * 1.04 if high.size else largest * 1.08
    if smallest >= 0:
        return 0.0, top or 1.0
    bottom = max(-room, min(smallest, *low)) * 1.04 if low.size else smallest * 1.08
    return bottom, max(top, -bottom * 0.05)
