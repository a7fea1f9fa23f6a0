"""Unit tests of the figure of a comparison: all regions on one plane, numbered, nothing hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes

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
