"""What is drawn is what plot_data says; marks, units and notes are where a reader needs them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import cast

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.text import Text

import shiftexp as sx
from shiftexp.design import Design, Gate
from shiftexp.detection import Detection
from shiftexp.effects import Effects, SilentLaw, StudentLaw
from shiftexp.errors import DesignError
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.panel import Panel
from shiftexp.plane import SECTOR_NAMES
from shiftexp.plotting import plot, plot_data, plot_matrix
from shiftexp.result import Result
from shiftexp.verdict import Verdict, weigh
from tests.pairs import STILL, fitted, normal_pair, several
from tests.unit.verdict.test_reasons import like

BOX = Detection(ratio=(0.8, 1.25), origin=(0.9, 1.1), destination=(0.8, 1.25))


@cache
def _result(
    *, additive: bool = True, origin: str | None = "NL", onset: int | tuple[int, int] = (2012, 2014)
) -> Result:
    rng, years = np.random.default_rng(3), np.arange(2000, 2022)
    values = {
        "NL": 100 + rng.normal(0, 5, 22),
        "BE": 40 + 30 * (years >= 2013) + rng.normal(0, 3, 22),
    }
    rows = [
        (unit, year, value, "break" if (unit, year) == ("NL", 2018) else "ok")
        for unit, series in values.items()
        for year, value in zip(years.tolist(), series, strict=True)
        if (unit, year) != ("NL", 2016)
    ]
    frame = pd.DataFrame(rows, columns=["unit", "period", "value", "quality"])
    panel = Panel.from_frame(
        frame, unit="unit", period="period", value="value", quality="quality",
        unit_of_measure="kg" if additive else "euro per gram", additive=additive,
    )  # fmt: skip
    breaks = ("2018:NL:dummy",) if origin else ()
    design = Design(origin=origin, destination="BE", onset=onset, breaks=breaks)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # small samples are meant here
        return InterruptedTimeSeries(trend=False).fit(panel, design)


def _effects(mean: Sequence[float], sd: Sequence[float]) -> Effects:
    law = StudentLaw(np.array(mean), np.diag(np.square(sd)))
    base = np.array([100.0, 40.0])
    return Effects(law, law.mean, base, base + law.mean, "kg per year")


def _verdict(
    mean: Sequence[float], sd: Sequence[float], name: str, gate: Gate | None = None
) -> Verdict:
    result = replace(_result(), effects=_effects(mean, sd))
    return weigh([result], name=name, gate=gate)


def _line(ax: Axes, label: str) -> np.ndarray:
    (line,) = (line for line in ax.lines if line.get_label() == label)
    return np.asarray(line.get_xydata(), dtype=float)


def _texts(ax: Axes) -> str:
    return "\n".join(text.get_text() for text in ax.findobj(Text))


def _panels(drawn: Axes | np.ndarray) -> list[Axes]:
    return list(np.ravel(np.array(drawn, dtype=object)))


# The two series.


def test_the_series_drawn_are_those_of_plot_data() -> None:
    result = _result()
    data = plot_data(result)
    for ax, side in zip(_panels(plot(result)), ("origin", "destination"), strict=True):
        rows = data[data["side"] == side]
        left_out = rows["role"] == "left out"
        used = rows["observed"].mask(left_out)
        np.testing.assert_array_equal(_line(ax, "observed"), np.column_stack([rows["x"], used]))
        drawn = _line(ax, "counterfactual: the fit, then observed less effect")
        np.testing.assert_array_equal(drawn, np.column_stack([rows["x"], rows["counterfactual"]]))
        ends = np.concatenate([c.get_paths()[0].vertices for c in ax.collections])
        band = rows[["band_low", "band_high"]].to_numpy()
        assert set(ends[:, 1]) == set(band[np.isfinite(band)])


def test_the_counterfactual_is_what_its_legend_says() -> None:
    result = _result()
    paths, post = result.paths, result.paths.post
    np.testing.assert_allclose(
        paths.counterfactual[:, post], (paths.observed - paths.effect)[:, post]
    )


def test_the_legend_of_series_stays_on_the_figure() -> None:
    figure = _panels(plot(_result()))[0].figure
    assert figure is not None
    figure.canvas.draw()
    (legend,) = figure.legends
    words = [text.get_text() for text in legend.get_texts()]
    assert {"observed, left out of the fit", "reporting break", "onset, 2012 to 2014"} <= set(words)
    box = legend.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1


def test_the_band_is_observed_less_the_interval_of_the_effect_after_the_onset_only() -> None:
    data, frame = plot_data(_result()), _result().augment()
    post = data["role"] == "post"
    assert post.any()
    assert data.loc[~post, "band_low"].isna().all()
    expected = (frame["observed"] - frame["conf_high"])[post]
    np.testing.assert_array_equal(data.loc[post, "band_low"], expected)


def test_missing_and_left_out_periods_are_gaps() -> None:
    data = plot_data(_result())
    roles = data.set_index(["unit", "period"])["role"]
    assert roles["NL", "2016"] == "missing"
    assert roles["BE", "2016"] == "left out"
    ax = _panels(plot(_result()))[1]
    observed = dict(_line(ax, "observed"))
    assert math.isnan(observed[2016.0])
    hollow = dict(_line(ax, "observed, left out of the fit"))
    assert math.isfinite(hollow[2016.0])


def test_onset_range_and_reporting_break_are_marked_between_periods() -> None:
    origin, destination = _panels(plot(_result()))
    (onset,) = (p for p in origin.patches if p.get_label() == "onset, 2012 to 2014")
    assert onset.get_window_extent().transformed(origin.transData.inverted()).x0 == pytest.approx(
        2011.5
    )
    assert _line(origin, "reporting break")[0, 0] == 2017.5
    assert not [line for line in destination.lines if line.get_label() == "reporting break"]


def test_an_onset_at_one_period_is_a_line() -> None:
    ax = _panels(plot(_result(onset=2012)))[0]
    assert _line(ax, "onset 2012")[0, 0] == 2011.5


def test_axes_have_units_and_titles_have_names() -> None:
    for ax, title in zip(
        _panels(plot(_result())), ("NL (origin)", "BE (destination)"), strict=True
    ):
        assert ax.get_ylabel() == "kg per year"
        assert ax.get_title(loc="left") == title
    both = _panels(plot(_result()))[0].figure
    assert both is not None
    assert len(both.get_suptitle().splitlines()) == 1
    rate = plot(_result(additive=False), side="origin")
    assert cast("Axes", rate).get_ylabel() == "euro per gram"


def test_a_band_that_runs_off_the_axis_is_said_and_does_not_squash_the_data() -> None:
    result = _result()
    high = np.where(np.isfinite(result.paths.conf_low), -1e6, np.nan)
    wide = replace(result, paths=replace(result.paths, conf_low=high))
    ax = _panels(plot(wide))[0]
    data = plot_data(wide, side="origin")
    largest = np.nanmax(data[["observed", "counterfactual"]].to_numpy())
    assert ax.get_ylim()[1] <= 1.7 * largest
    assert "band runs off the axis above, to 1,000,000 kg per year" in _texts(ax)
    over = _line(ax, "_band runs off above")
    assert set(over[:, 0]) == set(data.loc[data["band_high"] > ax.get_ylim()[1], "x"])


def test_a_band_inside_the_axis_is_not_called_clipped() -> None:
    assert "runs off" not in _texts(_panels(plot(_result()))[0])


def test_axes_passed_are_drawn_on_and_returned() -> None:
    ax = Figure().subplots()
    assert plot(_result(), ax=ax, side="destination") is ax
    assert plot(_effects((-20, 40), (4, 5)), ax=Figure().subplots()).get_xlabel()  # type: ignore[union-attr]  # one Axes
    panel = Figure().subplots()
    assert plot_matrix([_verdict((0, 60), (3, 3), "a")], panel) is panel


def test_one_axes_for_two_sides_is_refused() -> None:
    with pytest.raises(DesignError, match="1 Axes for 2 sides"):
        plot(_result(), ax=Figure().subplots())


def test_a_study_of_one_side_has_one_panel() -> None:
    assert isinstance(plot(_result(origin=None)), Axes)
    with pytest.raises(DesignError, match="side = 'origin'"):
        plot(_result(origin=None), side="origin")


# The plane.


@pytest.mark.slow
def test_the_plane_drawn_is_that_of_plot_data() -> None:
    effects = _effects((-20, 40), (4, 5))
    ax, data = plot(effects, detection=BOX), plot_data(effects, detection=BOX)
    assert isinstance(ax, Axes)
    points = data.groupby("layer")[["x", "y"]]
    for layer, label in (
        ("estimate", "estimate"),
        ("detection", "estimate at the corners of the detection box"),
        ("full offset", "full offset: what one side lost, the other gained"),
    ):
        np.testing.assert_array_equal(_line(ax, label), points.get_group(layer))
    drawn = {str(p.get_label()): p.get_xy() for p in ax.patches if isinstance(p, Polygon)}
    for layer, label in (("region", "95 % joint region"), ("detection hull", "_detection box")):
        np.testing.assert_array_equal(drawn[label][:-1], points.get_group(layer))
    for name in SECTOR_NAMES:
        pieces = data[(data["layer"] == "sector") & (data["name"] == name)]
        last = pieces[pieces["piece"] == pieces["piece"].max()]
        np.testing.assert_array_equal(drawn[f"_{name}"][:-1], last[["x", "y"]])


def test_images_are_the_effects_under_the_corners_of_the_box() -> None:
    effects = _effects((-20, 40), (4, 5))
    data = plot_data(effects, detection=BOX)
    images = data.loc[data["layer"] == "detection", ["x", "y"]].to_numpy()
    expected = [effects.under(*corner).mean for corner in BOX.corners]
    np.testing.assert_array_equal(images, expected)


@pytest.mark.parametrize(
    "mean",
    [
        (-20.0, 40.0),
        (30.0, -5.0),
        *(pytest.param(mean, marks=pytest.mark.slow) for mean in ((0.0, 0.5), (-70.0, 10.0))),
    ],
)
def test_every_sector_is_named_once_and_no_names_meet(mean: tuple[float, float]) -> None:
    ax = plot(_effects(mean, (4, 5)), detection=BOX)
    assert isinstance(ax, Axes)
    names = [text for text in ax.texts if text.get_label() == "_sector name"]
    words = {text.get_text().replace("-\n", "-").replace("\n", " ") for text in names}
    assert words == set(SECTOR_NAMES)
    boxes = [text.get_window_extent() for text in names]
    frame = ax.get_window_extent()
    for i, box in enumerate(boxes):
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_an_endless_region_is_cut_and_the_cut_is_said() -> None:
    ax = plot(_effects((-20, 40), (4, 5000)))
    assert isinstance(ax, Axes)
    assert "joint region runs off the frame: ▼ below, ▲ above" in _texts(ax)
    assert ax.get_ylim()[1] < 500


def test_a_silent_law_leaves_the_point_alone() -> None:
    effects = replace(_effects((-20, 40), (4, 5)), law=SilentLaw())
    ax, data = plot(effects), plot_data(effects)
    assert isinstance(ax, Axes)
    assert "region" not in set(data["layer"])
    assert "no joint region" in _texts(ax)
    np.testing.assert_array_equal(_line(ax, "estimate"), [[-20, 40]])


def test_rates_and_one_side_become_rows() -> None:
    for result, rows in ((_result(additive=False), 2), (_result(origin=None), 1)):
        ax, data = plot(result.effects), plot_data(result.effects)
        assert isinstance(ax, Axes)
        assert len(data) == rows
        np.testing.assert_array_equal(_line(ax, "estimate"), data[["estimate", "y"]])
        assert result.effects.unit in ax.get_xlabel()
        spans = np.vstack(
            [line.get_xdata() for line in ax.lines if "interval" in str(line.get_label())]
        )
        np.testing.assert_array_equal(spans, data[["conf_low", "conf_high"]])


def test_rows_of_a_silent_law_say_that_there_is_no_interval() -> None:
    effects = replace(_result(additive=False).effects, law=SilentLaw())
    assert "no interval" in _texts(cast("Axes", plot(effects)))


# Verdicts.


def test_a_verdict_hatches_what_it_excludes_and_only_that() -> None:
    verdict = _verdict((-2, 60), (3, 3), "plants")
    ax, data = plot(verdict), plot_data(verdict)
    assert isinstance(ax, Axes)
    status = data[data["layer"] == "sector"].groupby("name")["status"].first()
    assert set(status[status == "kept"].index) == set(verdict.sectors)
    hatched = [p for p in ax.patches if p.get_hatch()]
    excluded = data[data["status"] == "excluded"].groupby(["name", "piece"])
    assert len(hatched) == excluded.ngroups > 0
    assert ax.get_title(loc="left").startswith("plants: ")


def test_a_failed_gate_is_said_and_shows_no_sector_as_kept() -> None:
    verdict = _verdict((-2, 60), (3, 3), "plants", gate=Gate(5, 9, ("5 joint periods before",)))
    ax = plot(verdict)
    assert isinstance(ax, Axes)
    assert "data gate failed: 5 joint periods before" in _texts(ax).replace("\n", " ")
    assert set(plot_data(verdict)["status"]) == {"", "no claim"}


def test_three_states_never_look_alike() -> None:
    verdicts = [
        _verdict((-2, 60), (3, 3), "narrowed"),
        _verdict((0, 0), (500, 500), "undecided"),
        _verdict((0, 0), (5, 5), "failed", gate=Gate(5, 9, ("5 joint periods before",))),
    ]
    ax, data = plot(verdicts), plot_data(verdicts)
    assert isinstance(ax, Axes)
    marks = data.groupby("verdict")["mark"].agg(set)
    assert marks["narrowed"] == {"kept", "excluded"}
    assert marks["undecided"] == {"undecided"}
    assert marks["failed"] == {"no claim"}
    labels = {
        "kept": "sector not excluded",
        "excluded": "sector excluded",
        "undecided": "undecided: none of the nine can be excluded",
    }
    for mark, label in labels.items():
        np.testing.assert_array_equal(_line(ax, label), data.loc[data["mark"] == mark, ["x", "y"]])
    shapes = {line.get_marker() for line in ax.lines if line.get_label() in labels.values()}
    assert len(shapes) == 3
    (strip,) = (p for p in ax.patches if p.get_hatch())
    assert strip.get_y() < 2 < strip.get_y() + strip.get_height()  # type: ignore[attr-defined]  # a Rectangle
    assert [label.get_text() for label in ax.get_xticklabels()] == list(SECTOR_NAMES)


def test_what_cannot_be_drawn_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"plot\(list of int\)"):
        plot([1])  # type: ignore[list-item]  # meant to be wrong
    with pytest.raises(DesignError, match="no verdicts"):
        plot([])
    with pytest.raises(DesignError, match="without a result"):
        plot(weigh(gate=Gate(1, 1, ("1 joint period before",)), name="a"))


# All of them.


@pytest.mark.slow
def test_no_text_is_smaller_than_eight_points_and_settings_stay_the_readers() -> None:
    before = dict(mpl.rcParams)
    drawn = (
        plot(_result()),
        plot(_effects((-20, 40), (4, 5))),
        plot([_verdict((0, 60), (3, 3), "a")]),
    )
    assert dict(mpl.rcParams) == before
    for panels in drawn:
        figure = _panels(panels)[0].figure
        texts = [t for t in figure.findobj(Text) if t.get_text()]
        assert min(float(t.get_fontsize()) for t in texts) >= 8.0


def test_a_band_for_all_periods_is_drawn_behind_the_intervals() -> None:
    panel, design = sx.simulate_pair(destination_effect=40, donors=5, rng=2)
    result = sx.EventStudy(draws=1000).fit(panel, design)
    data = sx.plot_data(result)
    post = data["role"] == "post"
    assert (data.loc[post, "joint_low"] < data.loc[post, "band_low"]).all()
    assert (data.loc[post, "joint_high"] > data.loc[post, "band_high"]).all()
    assert data.loc[~post, "joint_low"].isna().all()
    axes = np.ravel(np.asarray(sx.plot(result)))
    words = [text.get_text() for text in axes[0].figure.legends[0].get_texts()]
    assert "95 % band, all periods together" in words


@pytest.mark.slow
def test_a_region_that_reaches_into_hatched_sectors_is_explained_and_only_then() -> None:
    wide = like(normal_pair(-6.0, 30.0, sd=8.0))
    voted = weigh([wide, *several(*[fitted(0.0, 40.0)] * 4)], detection=STILL)
    notes = {
        v: _said(cast("Axes", plot(v))) for v in (voted, weigh(fitted(0.0, 40.0), detection=STILL))
    }
    said, clear = notes.values()
    assert "reaches into hatched sectors (mixed, shift-compatible, common growth)" in said
    assert "the first specification" in said
    assert "hatched" not in clear


def _said(ax: Axes) -> str:
    """Return all that stands above a plane, on one line."""
    texts = [text.get_text() for text in ax.texts]
    return " ".join(" ".join(texts).split())
