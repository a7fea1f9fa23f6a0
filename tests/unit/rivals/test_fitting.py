"""Rival models of a study: maxima, criteria and weights, what is read and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.rivals.hypotheses import (
    COMMON,
    DETECTION,
    EXPANSION,
    MIXED,
    NULL,
    PARTIAL,
    SHARED,
    SHIFT,
)
from shiftexp.rivals.study import Shape
from tests.panels import annual_series, make_panel, monthly_series, pair_design

STILL = sx.Detection(drift=0)
PANEL, DESIGN = sx.simulate_pair(flow=20, sd=2, rng=1)
FOUND = sx.rival_models(PANEL, DESIGN, trend=False, detection=STILL)


def test_maxima_are_ordered_as_hypotheses_contain_each_other() -> None:
    best = {fit.name: fit.log_likelihood for fit in FOUND.fits}
    for inner, outer in ((NULL, SHIFT), (NULL, EXPANSION), (SHIFT, MIXED), (SHIFT, PARTIAL)):
        assert best[inner] <= best[outer] + 1e-9
    assert max(best.values()) <= FOUND.free.log_likelihood + 1e-9
    assert FOUND.free.log_likelihood == pytest.approx(max(best[MIXED], best[PARTIAL]))


def test_effects_obey_their_constraints() -> None:
    shift, expansion = FOUND[SHIFT], FOUND[EXPANSION]
    assert shift.destination == pytest.approx(-shift.origin)
    assert shift.destination == pytest.approx(20, abs=4)
    assert expansion.origin == 0
    half = sx.rival_models(PANEL, DESIGN, trend=False, kappa=0.5)[SHIFT]
    assert half.destination == pytest.approx(-0.5 * half.origin)


def test_parameters_are_coefficients_covariance_errors_and_effects() -> None:
    """Two levels, three covariances, one autocorrelation; two slopes with a trend."""
    assert [FOUND[name].parameters for name in (NULL, SHIFT, MIXED)] == [6, 7, 8]
    trend = sx.rival_models(PANEL, DESIGN)
    assert [trend[name].parameters for name in (NULL, SHIFT, MIXED)] == [8, 9, 10]


def test_innovations_are_series_times_periods() -> None:
    assert FOUND.innovations == 2 * 20
    assert FOUND.fraction == 2 / 40
    donors = sx.rival_models(*sx.simulate_pair(donors=3, rng=1), trend=False)
    assert donors.innovations == 3 * 20


def test_numbers_do_not_hang_on_the_unit() -> None:
    pair = 1000 * DESIGN.window(PANEL).pair
    other = make_panel({"O": pair[0], "D": pair[1]})
    design = replace(DESIGN, onset=2012)  # the same position: these series begin a year earlier
    found = sx.rival_models(other, design, trend=False, detection=STILL)
    assert found.akaike_weights == pytest.approx(FOUND.akaike_weights)
    assert found.bayes_weights == pytest.approx(FOUND.bayes_weights)
    assert found.weights_of_sectors == pytest.approx(FOUND.weights_of_sectors, nan_ok=True)
    assert found[SHIFT].origin == pytest.approx(1000 * FOUND[SHIFT].origin)


def test_effects_of_monthly_amounts_are_per_year() -> None:
    design = pair_design(onset="2005-01", donors=())
    monthly = make_panel(monthly_series(), per_year=12)
    found = sx.rival_models(monthly, design, trend=False)
    assert found.unit.endswith("per year")
    window = design.window(monthly)
    pair, onset = window.pair, int(window.onsets[0])
    rough = 12 * (pair[:, onset:].mean(axis=1) - pair[:, :onset].mean(axis=1))
    free = np.array([found.free.origin, found.free.destination])
    assert free == pytest.approx(rough, abs=0.1 * 12 * np.abs(pair).mean())
    without = sx.rival_models(monthly, design, trend=False, seasonal=False)
    assert found[NULL].parameters - without[NULL].parameters == 2 * 11


def test_growth_of_donors_is_common_growth_that_they_share() -> None:
    rng = np.random.default_rng(2)
    grew = 20.0 * (np.arange(20) >= 12)
    series = {u: 60 + grew + rng.standard_normal(20) for u in ("NL", "BE", "AT", "CZ", "DK")}
    panel = make_panel(series)
    design = pair_design(onset=2012, donors=("AT", "CZ", "DK"))
    found = sx.rival_models(panel, design, trend=False)
    assert found.best["AICc"] == found.best["BIC"] == SHARED
    assert found[SHARED].parameters == found[COMMON].parameters + 1
    assert np.isnan(found.weights_of_sectors[:, [f.name for f in found.fits].index(SHARED)]).all()
    alone = sx.rival_models(panel, design, trend=False, donors=False)
    assert alone.best["AICc"] == COMMON
    assert alone.innovations == 40


def test_donors_with_gaps_are_left_out_by_name() -> None:
    series = annual_series(1)
    series["AT"] = np.where(np.arange(len(series["AT"])) == 3, np.nan, series["AT"])
    found = sx.rival_models(make_panel(series), pair_design())
    assert any("donor AT left out" in note for note in found.notes)


def test_a_box_of_detection_is_a_hypothesis_and_a_ratio_turns_the_ray() -> None:
    panel, design = sx.simulate_pair(destination_effect=8, sd=1, rng=3)
    box = sx.Detection(drift=0, destination=(0.8, 1.25), ratio=(0.5, 0.5))
    found = sx.rival_models(panel, design, trend=False, detection=box)
    assert found[DETECTION].log_likelihood == pytest.approx(found[EXPANSION].log_likelihood)
    assert "kappa = 0.5" in found[SHIFT].constraint
    assert not any("no box is declared" in note for note in found.notes)
    assert any("no box is declared" in note for note in FOUND.notes)


def test_effects_that_no_hypothesis_allows_are_said() -> None:
    panel, design = sx.simulate_pair(origin_effect=20, destination_effect=-20, sd=1, rng=1)
    found = sx.rival_models(panel, design, trend=False)
    assert any("none of the hypotheses is near" in note for note in found.notes)
    assert not any("none of the hypotheses is near" in note for note in FOUND.notes)


def test_a_range_of_onsets_leaves_its_candidates_out() -> None:
    design = replace(DESIGN, onset=(2011, 2013), basis="observed")
    found = sx.rival_models(PANEL, design, trend=False)
    assert found.innovations == 2 * 18
    assert any("learns before 2011" in note for note in found.notes)
    assert any("read off the series" in note for note in found.notes)
    assert not any("read off the series" in note for note in FOUND.notes)


def test_a_ramp_finds_an_effect_that_grows() -> None:
    rng = np.random.default_rng(4)
    ramp = 40 * np.maximum(np.arange(20) - 11, 0) / 8
    values = 60 + rng.standard_normal((2, 20))
    panel = make_panel({"NL": values[0], "BE": values[1] + ramp})
    design = pair_design(onset=2012, donors=())
    step, grown = (
        sx.rival_models(panel, design, trend=False, effect=word) for word in ("step", "ramp")
    )
    assert grown.free.log_likelihood > step.free.log_likelihood + 5
    assert grown[EXPANSION].destination == pytest.approx(ramp[12:].mean(), abs=1.5)


def test_p_values_are_small_where_effects_are_and_power_is_a_share() -> None:
    found = sx.rival_models(PANEL, DESIGN, trend=False, bootstrap=199)
    assert found[SHIFT].p_value == 1 / 200
    assert math.isnan(found[NULL].p_value)
    assert 0 < found[EXPANSION].power < 1
    again = sx.rival_models(PANEL, DESIGN, trend=False, bootstrap=199)
    assert found.to_frame().equals(again.to_frame())
    large = sx.rival_models(PANEL, DESIGN, trend=False, bootstrap=199, smallest=20.0)
    assert large[EXPANSION].power > found[EXPANSION].power
    assert math.isnan(FOUND[SHIFT].p_value)


def test_families_of_errors_give_maxima_of_their_own() -> None:
    walks = sx.rival_models(PANEL, DESIGN, trend=False, errors="local level")
    assert "random walk" in walks.errors
    assert walks[NULL].log_likelihood != FOUND[NULL].log_likelihood
    assert walks[SHIFT].error >= 0


def test_errors_of_the_other_family_are_named_where_they_are_much_likelier() -> None:
    rng = np.random.default_rng(1)
    walks = {u: 60 + rng.normal(0, 3, 100) + rng.normal(0, 1, 100).cumsum() for u in ("NL", "BE")}
    panel, design = make_panel(walks), pair_design(onset=2060, donors=())
    ar, other = (
        sx.rival_models(panel, design, trend=False, errors=family)
        for family in ("ar1", "local level")
    )
    assert other.free.log_likelihood > ar.free.log_likelihood + 2
    assert any(note.startswith("errors='local level' makes the data") for note in ar.notes)
    assert not any("makes the data" in note for note in (*other.notes, *FOUND.notes))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "errors": ({"errors": "white"}, "errors = 'white'"),
    "effect": ({"effect": "pulse"}, "effect = 'pulse'"),
    "kappa": ({"kappa": 0}, "kappa = 0"),
    "limits of kappa": ({"kappa": (1.0, 0.5)}, r"kappa = \(1.0, 0.5\)"),
    "detection": ({"detection": 0.1}, "detection = 0.1"),
    "bootstrap": ({"bootstrap": 5}, "bootstrap = 5"),
    "seed": ({"rng": -1}, "rng = -1"),
    "trend": ({"trend": "no"}, "trend = 'no'"),
    "smallest": ({"smallest": -1}, "smallest = -1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_settings_that_are_none_are_refused(case: str) -> None:
    settings, said = WRONG[case]
    with pytest.raises(sx.DesignError, match=said):
        sx.rival_models(PANEL, DESIGN, **settings)


def mirrored_panel() -> sx.Panel:
    """Return a panel whose destination gains in every year what its origin loses."""
    series = annual_series(1)
    return make_panel(series | {"BE": 300 - series["NL"]})


REFUSED: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "one side": (
        lambda: sx.rival_models(PANEL, DESIGN.only("origin")),
        sx.DesignError,
        "no destination",
    ),
    "a failed gate": (
        lambda: sx.rival_models(PANEL, replace(DESIGN, start=2008)),
        sx.DesignError,
        "data gate fail",
    ),
    "two series that mirror each other": (
        lambda: sx.rival_models(mirrored_panel(), pair_design(donors=())),
        sx.DesignError,
        "without error",
    ),
    "rates": (
        lambda: sx.rival_models(make_panel(annual_series(1), additive=False), pair_design()),
        sx.EstimandNotIdentified,
        "add",
    ),
    "exchanged": (lambda: sx.rival_models(DESIGN, PANEL), TypeError, "panel is a Design"),  # type: ignore[arg-type]  # the point of the test
}


@pytest.mark.parametrize("case", REFUSED)
def test_studies_without_a_likelihood_are_refused(case: str) -> None:
    call, kind, said = REFUSED[case]
    with pytest.raises(kind, match=said):
        call()


def _growing(shape: str) -> tuple[sx.Panel, sx.Design]:
    """Return a pair whose destination gains 20 in the mean, at once or along a line."""
    panel, design = sx.simulate_pair(periods=(12, 8), sd=2, rng=1)
    frame = panel.to_frame()
    year = frame["period"].astype(int)
    since = (year - int(str(design.onset)) + 1).clip(lower=0)
    gained = since / 4.5 if shape == "ramp" else (since > 0).astype(float)
    frame["value"] += 20 * gained * (frame["unit"] == "D")
    columns = frame.assign(period=year)[["unit", "period", "value"]]
    grown = sx.Panel.from_frame(
        columns, unit="unit", period="period", value="value", unit_of_measure="kg"
    )
    return grown, design


@pytest.mark.parametrize(("true", "other"), [("step", "ramp"), ("ramp", "step")])
def test_the_shape_of_the_effect_is_named_and_the_other_one_where_it_fits_far_better(
    true: Shape, other: Shape
) -> None:
    panel, design = _growing(true)
    right = sx.rival_models(panel, design, effect=true)
    wrong = sx.rival_models(panel, design, effect=other)
    assert right["expansion"].destination == pytest.approx(20, abs=6)
    assert wrong.best["BIC"] != "expansion"
    assert any(f"effect={other!r} is for one that" in note for note in right.notes)
    assert not any(f"effect={other!r} makes the data" in note for note in right.notes)
    told = [note for note in wrong.notes if f"effect={true!r} makes the data" in note]
    assert len(told) == 1
    assert "may read as null" in told[0]
