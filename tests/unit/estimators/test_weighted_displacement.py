"""Unit tests of the weighted displacement difference: published numbers, variances, weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

# Wheeler & Ratcliffe (2018): control 308 -> 318, treated 207 -> 110, displacement control
# 150 -> 140, displacement 178 -> 157. Here both sides share their controls.
COUNTS = {"T": [207.0, 110.0], "B": [178.0, 157.0], "C": [308.0, 318.0]}
DESIGN = sx.Design(origin="T", destination="B", onset=2001, donors=("C",))
POISSON = sx.WeightedDisplacementDifference(overdispersion=1, variance="counts")


def counts(seed: int = 2, periods: int = 20, effect: float = 40.0) -> dict[str, Floats]:
    """Return counts of two sides and three controls; the second side changes half way."""
    rng = np.random.default_rng(seed)
    means = {"T": 60.0, "B": 90.0, "C": 50.0, "E": 80.0, "F": 120.0}
    found = {u: rng.poisson(m, periods).astype(float) for u, m in means.items()}
    found["B"] = found["B"] + effect * (np.arange(periods) >= periods // 2)
    return found


LONG = sx.Design(origin="T", destination="B", onset=2010, donors=("C", "E", "F"))


def fit(
    model: sx.WeightedDisplacementDifference, series: dict[str, Floats], design: sx.Design
) -> sx.Result:
    """Return a fit whose warnings are not looked at."""
    return model.fit(make_panel(series, unit_of_measure="count"), design)


def test_the_published_local_part_and_the_covariance_by_shared_controls() -> None:
    series = {unit: np.array(values) for unit, values in COUNTS.items()}
    with pytest.warns(sx.SmallSampleWarning, match="taken as independent"):
        result = fit(POISSON, series, DESIGN)
    local, other, net = (result[name] for name in ("origin", "destination", "net"))
    assert local.estimate == pytest.approx(-107)
    assert local.std_error == pytest.approx(30.70831, abs=1e-5)
    assert other.estimate == pytest.approx(-31)
    shared = 308 + 318
    assert other.std_error == pytest.approx(np.sqrt(178 + 157 + shared))
    assert net.std_error == pytest.approx(np.sqrt(207 + 110 + 178 + 157 + 4 * shared))


def test_a_weight_of_the_area_scales_the_controls() -> None:
    series = {unit: np.array(values) for unit, values in COUNTS.items()}
    half = fit(replace(POISSON, area_weight=0.5), series, DESIGN)["origin"]
    assert half.estimate == pytest.approx(-97 - 5)
    assert half.std_error == pytest.approx(np.sqrt(207 + 110 + (308 + 318) / 4))


def test_windows_of_different_length_weigh_alike() -> None:
    series = {"T": [80.0, 80, 20], "B": [1.0, 2, 1], "C": [100.0, 100, 50]}
    design = replace(DESIGN, onset=2002)
    found = fit(POISSON, {u: np.array(v) for u, v in series.items()}, design)["origin"]
    assert found.estimate == pytest.approx((20 - 80) - (50 - 100))
    assert found.std_error == pytest.approx(np.sqrt(80 / 2 + 20 + 100 / 2 + 50))


def test_long_series_are_tested_as_series_and_the_estimate_is_the_same() -> None:
    auto = fit(sx.WeightedDisplacementDifference(), counts(), LONG)
    assert auto.inference == "EMW-LL"
    of_counts = fit(sx.WeightedDisplacementDifference(variance="counts"), counts(), LONG)
    assert of_counts["destination"].estimate == pytest.approx(auto["destination"].estimate)
    assert auto["destination"].conf_low < 40 < auto["destination"].conf_high
    after = auto.augment()[lambda f: (f["side"] == "destination") & (f["role"] == "post")]
    assert after["effect"].mean() == pytest.approx(auto["destination"].estimate)


def test_overdispersion_is_estimated_for_every_series() -> None:
    loud = counts()
    loud["T"] = loud["T"] + 25 * np.tile([1.0, -1.0], 10)
    note = fit(sx.WeightedDisplacementDifference(variance="counts"), loud, LONG).notes[0]
    controls, sides = note.split("overdispersion of the controls ")[1].split(", of the sides ")
    assert float(controls) < 3
    assert float(sides.split(" and ")[0]) > 8


def test_controls_with_gaps_and_other_units_are_refused() -> None:
    gaps = counts()
    gaps["E"][3] = np.nan
    with pytest.raises(DesignError, match="1 donor with missing periods") as caught:
        fit(sx.WeightedDisplacementDifference(), gaps, LONG)
    assert caught.value.rows == ("E",)
    with pytest.raises(DesignError, match="in 'kg'; needed: counts"):
        sx.WeightedDisplacementDifference().fit(make_panel(counts()), LONG)
    with pytest.raises(DesignError, match="counted twice"):
        fit(sx.WeightedDisplacementDifference(), counts(), replace(LONG, donors=()))


def test_a_series_that_is_too_short_is_refused_when_asked_for() -> None:
    series = {unit: np.array(values) for unit, values in COUNTS.items()}
    with pytest.raises(DesignError, match="1 period before and 1 after"):
        fit(sx.WeightedDisplacementDifference(variance="series"), series, DESIGN)


def test_settings_that_are_none_are_listed_together() -> None:
    with pytest.raises(DesignError) as caught:
        sx.WeightedDisplacementDifference(variance="poisson", area_weight=0, overdispersion=0.5)  # type: ignore[arg-type]  # the point of the test
    assert len(caught.value.problems) == 3
