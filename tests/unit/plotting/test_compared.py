"""Unit tests of the figure of a comparison: all regions on one plane, numbered, nothing hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import shiftexp as sx
from shiftexp.comparison import Comparison
from tests.panels import annual_series, make_panel, pair_design

PANEL, DESIGN = make_panel(annual_series(2)), pair_design()
MODELS = [
    sx.InterruptedTimeSeries(trend=False),
    sx.DifferenceInDifferences(),
    sx.SyntheticControl(intercept=True, debias=False),
]


def drawn(found: Comparison) -> Axes:
    """Return the one panel of a comparison."""
    ax = sx.plot(found)
    assert isinstance(ax, Axes)
    return ax


@pytest.fixture(scope="module")
def found() -> Comparison:
    """Return three models, the last without a law."""
    return sx.compare_models([*MODELS, sx.SyntheticControl()], PANEL, DESIGN)


def test_every_region_and_estimate_is_in_the_data_and_the_drawing(found: Comparison) -> None:
    data = sx.plot_data(found)
    estimates = data[data["layer"] == "estimate"]
    assert list(estimates["model"]) == list(found.names)
    assert list(estimates["number"]) == [1, 2, 3]
    for result, row in zip(found.results, estimates.itertuples(), strict=True):
        assert (row.origin, row.destination) == tuple(result.effects.mean)
    with_law = set(data.loc[data["layer"] == "joint region", "number"])
    assert with_law == {1, 2}
    assert len(drawn(found).patches) == len(with_law)


def test_numbers_and_notes_tell_what_cannot_be_seen(found: Comparison) -> None:
    texts = [text.get_text() for text in drawn(found).texts]
    assert {"1", "2", "3"} <= set(texts)
    note = next(text for text in texts if "joint regions" in text)
    assert "estimates without a law: 3" in note
    assert ("1 more model refuses" in note) == bool(found.refused)


def test_regions_that_cover_one_another_are_named_and_others_are_not() -> None:
    one, other = (model.fit(PANEL, DESIGN) for model in MODELS[:2])
    # `compare` refuses one fit given twice, so two that agree to the last digit are put in by hand.
    alike = Comparison((one, other, one), ("first", "second", "third"))
    notes = [
        next(text.get_text() for text in drawn(found).texts if "joint regions" in text.get_text())
        for found in (alike, sx.compare(one, other))
    ]
    assert "regions that lie on one another: 1 and 3" in notes[0]
    assert "lie on one another" not in notes[1]


def test_every_estimate_lies_in_the_frame(found: Comparison) -> None:
    ax = drawn(found)
    means = np.array([result.effects.mean for result in found.results])
    ends = np.array([ax.get_xlim(), ax.get_ylim()])
    assert (means > ends[:, 0]).all()
    assert (means < ends[:, 1]).all()


def test_the_unit_and_the_sides_are_on_the_axes(found: Comparison) -> None:
    ax = drawn(found)
    assert ax.get_xlabel() == "effect at the origin, NL (kg per year)"
    assert ax.get_ylabel() == "effect at the destination, BE (kg per year)"


def many(found: Comparison, number: int) -> Comparison:
    """Return so many models, each with the long name of its settings."""
    results = tuple(found.results[k % len(found.results)] for k in range(number))
    names = tuple(f"{r.estimator}, number {k}" for k, r in enumerate(results, start=1))
    return Comparison(results, names)


@pytest.mark.parametrize("number", [3, 12])
def test_no_name_is_cut_off_at_the_edge_of_the_figure(found: Comparison, number: int) -> None:
    figure = drawn(many(found, number)).get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert len(legend.get_texts()) == number + 1
    for text in legend.get_texts():
        box = text.get_window_extent()
        assert 0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert 0 <= box.y0 < box.y1 <= figure.bbox.y1


@pytest.mark.parametrize("number", [3, 12])
def test_axes_of_ones_own_have_a_key_beside_the_estimates(found: Comparison, number: int) -> None:
    figure = Figure()
    ax = figure.subplots()
    sx.plot(many(found, number), ax=ax)
    figure.draw_without_rendering()
    legend = ax.get_legend()
    assert legend is not None
    said = [text.get_text() for text in legend.get_texts()]
    assert [text.split()[0] for text in said] == [*map(str, range(1, number + 1)), "full"]
    box, room = legend.get_window_extent(), ax.get_window_extent()
    assert room.x0 <= box.x0 < box.x1 <= room.x1
    assert room.y0 <= box.y0 < box.y1 <= room.y1
    drawn_on = [patch.get_window_extent() for patch in ax.patches]
    assert all(region.y1 < box.y0 for region in drawn_on)


def test_one_side_alone_has_rows() -> None:
    alone = sx.compare_models(MODELS[:2], PANEL, replace(DESIGN, origin=None))
    ax = drawn(alone)
    assert ax.get_xlabel() == "effect (kg per year)"
    assert len(ax.get_yticklabels()) == 2
    data = sx.plot_data(alone)
    ends = data[data["layer"] == "interval"].groupby("number")["destination"].agg(["min", "max"])
    for result, row in zip(alone.results, ends.itertuples(), strict=True):
        assert (row.min, row.max) == (
            result["destination"].conf_low, result["destination"].conf_high,
        )  # fmt: skip
    rates = make_panel(annual_series(2), unit_of_measure="usd_per_g", additive=False)
    both = drawn(sx.compare_models(MODELS[:2], rates, DESIGN))
    assert len(both.get_yticklabels()) == 4


@pytest.mark.parametrize("verb", ["plot", "plot_data"])
def test_a_list_of_results_is_sent_to_compare(found: Comparison, verb: str) -> None:
    with pytest.raises(TypeError, match=rf"sx\.{verb}\(sx\.compare\(\*results\)\)"):
        getattr(sx, verb)(list(found.results))


@pytest.mark.parametrize("verb", ["plot", "plot_data"])
def test_an_unknown_option_gets_the_known_ones(found: Comparison, verb: str) -> None:
    draw = getattr(sx, verb)
    words = rf"{verb}\(Comparison\) has no option 'colour'; known are: level"
    with pytest.raises(TypeError, match=words):
        draw(found, colour="red")
    with pytest.raises(TypeError, match="known are: detection, margin, level, names"):
        draw(found.results[0].effects, color="red")
    with pytest.raises(TypeError, match=r"\(verdicts\) has no option 'colour'; known are: none"):
        draw([sx.weigh(found.results[:1])], colour="red")
