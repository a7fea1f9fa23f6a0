"""Drawings of sector weights: the bars, what the prior moves, and the numbers behind them."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import Effects, MixtureLaw
from shiftexp.plane import SECTOR_NAMES
from shiftexp.plotting.sector_weights import plot_sector_weights, sector_weights_data


def weighed(sd: float) -> sx.SectorWeights:
    """Return the weights of a normal posterior between two sectors."""
    mean, base = np.array([-4.0, 20.0]), np.array([100.0, 40.0])
    law = MixtureLaw(np.ones(1), mean[None], sd**2 * np.eye(2)[None])
    return sx.sector_weights(Effects(law, mean, base, base + mean, "kg per year"), drift=0)


def test_the_numbers_drawn_are_weights_and_what_priors_make_of_them() -> None:
    found = weighed(4.0)
    data = sx.plot_data(found)
    assert data.equals(sector_weights_data(found))
    assert tuple(data["sector"]) == SECTOR_NAMES
    assert data["weight"].to_numpy() == pytest.approx(found.weight)
    assert (data["weight_low"] <= data["weight"]).all()
    assert (data["weight"] <= data["weight_high"]).all()
    assert (data["weight_low"] < data["weight_high"]).any()
    assert set(data.loc[data["kept"], "sector"]) == set(found.sectors)


def test_bars_are_as_long_as_weights_and_those_left_have_a_colour_of_their_own() -> None:
    found = weighed(4.0)
    ax = plot_sector_weights(found)
    bars = {
        SECTOR_NAMES[round(bar.get_y() + bar.get_height() / 2)]: bar  # type: ignore[attr-defined]  # a Rectangle
        for bar in ax.patches
    }
    widths = [bars[name].get_width() for name in SECTOR_NAMES]  # type: ignore[attr-defined]  # a Rectangle
    assert widths == pytest.approx(found.weight.tolist())
    left = {bars[name].get_facecolor() for name in found.sectors}
    others = {bars[name].get_facecolor() for name in SECTOR_NAMES if name not in found.sectors}
    assert len(left) == 1
    assert not left & others


@pytest.mark.parametrize(("sd", "said"), [(0.5, "declared: expansion"), (8.0, "no sector is")])
def test_the_figure_says_what_is_declared(sd: float, said: str) -> None:
    found = weighed(sd)
    assert (found.declared is None) == (said == "no sector is")
    ax = sx.plot(found)
    assert any(said in text.get_text() for text in ax.texts)  # type: ignore[union-attr]  # one Axes
