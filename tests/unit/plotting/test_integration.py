"""Figures of what places have in common: the numbers behind them and the marks on them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from matplotlib.axes import Axes

import shiftexp as sx
from shiftexp.kernels.error_draws import autoregressive_errors
from shiftexp.plotting.verbs import Plottable
from tests.unit.dynamics.studies import related, study


def axes_of(found: Plottable) -> list[Axes]:
    return list(np.ravel(np.array(sx.plot(found), dtype=object)))


def notes(panel: Axes) -> str:
    return " ".join(text.get_text() for text in panel.texts)


@cache
def priced(shift: float = 0.0) -> sx.PriceGap:
    rng = np.random.default_rng(2)
    gap = autoregressive_errors((1, 30), 0.5, rng)[0] / 10 + shift
    panel, design = study(np.exp(np.stack([gap, -gap]) / 2 + 1), additive=False)
    return sx.price_gap(panel, replace(design, onset=(1910, 1913)))


def test_shares_have_a_row_for_each_place_and_the_pair_one_for_each_number() -> None:
    panel, design = sx.simulate_pair(donors=3, periods=(15, 15), rng=1)
    found = sx.common_factor(panel, design, simulations=99)
    data = sx.plot_data(found)
    shares = data[data["layer"] == "share"]
    assert tuple(shares["place"]) == found.names
    told = [found.shares, found.low, found.high]
    np.testing.assert_array_equal(shares[["value", "low", "high"]].T, told)
    rest = data[data["layer"] != "share"].set_index("layer")["value"].to_dict()
    assert rest == {
        "correlation": found.correlation,
        "expected": found.expected,
        "critical": found.critical,
    }
    assert (found.correlation >= found.critical) == (found.p_value <= 0.05)
    upper, lower = axes_of(found)
    assert [tick.get_text() for tick in upper.get_yticklabels()] == list(found.names)
    assert f"power {found.power:.2f}" in notes(lower)


def test_a_price_gap_has_its_mean_sizes_and_the_candidates_of_the_onset_apart() -> None:
    data = sx.plot_data(priced())
    assert data["part"].value_counts().to_dict() == {"after": 17, "before": 10, "onset range": 3}
    np.testing.assert_array_equal(data["gap"], priced().gap)
    assert set(data.loc[data["part"] == "before", "size"]) == {priced().before}
    assert set(data.loc[data["part"] == "after", "size"]) == {priced().after}
    assert data.loc[data["part"] == "onset range", "size"].isna().all()
    (panel,) = axes_of(priced())
    labels = panel.get_legend_handles_labels()[1]
    assert {"log gap", "no gap", "onset, its candidates"} <= set(labels)


@pytest.mark.parametrize(("shift", "below", "above"), [(0.0, 1, 1), (2.0, 0, 1), (-2.0, 1, 0)])
def test_sizes_are_drawn_where_the_gaps_are(shift: float, below: int, above: int) -> None:
    (panel,) = axes_of(priced(shift))
    (fill,) = (c for c in panel.collections if c.get_label() == "mean size before the onset")
    heights = np.asarray(fill.get_paths()[0].vertices)[:, 1]
    size = priced(shift).before
    assert (heights.min(), heights.max()) == pytest.approx((-size * below, size * above))


@pytest.mark.parametrize(
    ("slopes", "said"),
    [
        ((0.25, 0.5, 0.75), "1 year (95 % limits: 0.5 years to 2.4 years)"),
        ((0.5, 0.9, 1.0), "6.6 years (95 % limits: 1 year or more)"),
        ((0.5, 1.0, 1.0), "without end (95 % limits: 1 year or more)"),
        ((1.0, 1.0, 1.0), "without end (95 % limits: without end)"),
    ],
)
def test_half_lives_are_said_in_words(slopes: tuple[float, float, float], said: str) -> None:
    low, middle, high = slopes
    (panel,) = axes_of(replace(priced(), slope=middle, low=low, high=high))
    assert f"half-life of a deviation: {said}" in notes(panel)


@pytest.mark.slow
def test_a_relation_has_both_series_and_the_deviation_from_it() -> None:
    values = related(120, 1.0, 0.5, np.random.default_rng(1), 1)[0].T + 100
    found = sx.cointegration(*study(values), simulations=99)
    data = sx.plot_data(found)
    np.testing.assert_array_equal(data[["origin", "destination"]].T, values)
    combined = values[0] + found.beta * values[1]
    np.testing.assert_allclose(data["deviation"], combined - combined.mean())
    series, deviation = axes_of(found)
    assert series.get_legend_handles_labels()[1] == ["O (origin)", "D (destination)"]
    assert found.sign in notes(deviation)
    assert deviation.get_ylabel() == "units"


@pytest.mark.slow
def test_no_sign_is_drawn_of_a_relation_that_is_not_found() -> None:
    found = sx.cointegration(
        *study(200 + np.random.default_rng(5).standard_normal((2, 60)).cumsum(axis=1)),
        simulations=99,
    )
    said = notes(axes_of(found)[1])
    assert "no such relation is found" in said
    assert "beta =" not in said


@pytest.mark.slow
def test_logs_are_named_on_the_axis() -> None:
    values = np.exp(related(60, -1.0, 0.5, np.random.default_rng(1), 1)[0].T / 10)
    found = sx.cointegration(*study(values), scale="log", simulations=99)
    assert axes_of(found)[0].get_ylabel() == "log of units"
