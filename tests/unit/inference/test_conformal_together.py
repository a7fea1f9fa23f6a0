"""Conformal p-values of many data sets at once are those of each fit by itself."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import DIRECTIONS
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.kernels.cases import Answers
from shiftexp.simulate import Scenario

A = np.array(list(DIRECTIONS.values()))
PAIR = Scenario(sd=(10.0, 20.0))
LEVEL = sx.InterruptedTimeSeries(trend=False)


def together(
    model: SeriesModel, scenario: Scenario, values: np.ndarray, *, sets: bool = False
) -> Answers:
    """Return what the wrapper says of all data sets at once."""
    panel, design = scenario.study(values[0])
    return sx.Conformal(model).answers(panel, design, values, A, 0.95, sets=sets)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "scenario"),
    [
        (LEVEL, PAIR),
        (sx.InterruptedTimeSeries(trend=True), PAIR),
        (LEVEL, replace(PAIR, periods=(10, 10))),
        (LEVEL, replace(PAIR, periods=(12, 12), per_year=12)),
        (sx.DifferenceInDifferences(), replace(PAIR, donors=4)),
    ],
    ids=["level", "trend", "balanced", "monthly", "donors"],
)
def test_each_data_set_has_the_answer_of_its_own_fit(
    model: SeriesModel, scenario: Scenario
) -> None:
    values = scenario.draw(4, np.random.default_rng(2))
    values[3] += 60.0 * (np.arange(values.shape[2]) >= scenario.periods[0])
    found = together(model, scenario, values)
    for i, each in enumerate(values):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sx.SmallSampleWarning)
            effects = sx.Conformal(model).fit(*scenario.study(each)).effects
        p = [effects.two_sided_p(a) for a in DIRECTIONS.values()]
        assert found.estimate[i] == pytest.approx(
            [effects.estimate(a) for a in DIRECTIONS.values()]
        )
        assert found.p_value[i] == pytest.approx(p, abs=1e-12)
    assert len(np.unique(found.p_value)) > 4


def test_what_the_model_withholds_is_withheld() -> None:
    model, scenario = sx.InterruptedTimeSeries(trend=True), PAIR
    values = scenario.draw(3, np.random.default_rng(1))
    values[1, 0] += 6 * (np.arange(20) - 10.0) ** 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        alone = sx.Conformal(model).fit(*scenario.study(values[1])).effects
    assert np.isnan(alone.two_sided_p((1.0, 0.0)))
    silent = np.isnan(together(model, scenario, values).p_value)
    assert silent.tolist() == [[False] * 3, [True] * 3, [False] * 3]


def test_intervals_are_not_found_this_way() -> None:
    values = PAIR.draw(2, np.random.default_rng(1))
    with pytest.raises(sx.DesignError, match="fit them one by one"):
        together(LEVEL, PAIR, values, sets=True)


@pytest.mark.parametrize(
    "model",
    [sx.InterruptedTimeSeries(scale="log"), sx.SyntheticControl(), sx.CountDiD()],
    ids=lambda model: type(model).__name__,
)
def test_a_model_that_weighs_by_the_values_is_refused(model: SeriesModel) -> None:
    scenario = replace(PAIR, donors=4)
    values = scenario.draw(2, np.random.default_rng(1))
    assert not sx.Conformal(model).together
    with pytest.raises(sx.DesignError, match="whose regression is fixed"):
        together(model, scenario, values)
