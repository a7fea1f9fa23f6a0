"""The table of rival models: criteria by hand, weights, words, and no evidence in it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.rivals.hypotheses import EXPANSION, MIXED, NULL, SHIFT
from shiftexp.rivals.rival_models import CRITERIA

FOUND = sx.rival_models(
    *sx.simulate_pair(flow=20, sd=2, rng=1), trend=False, detection=sx.Detection(drift=0)
)


def test_criteria_are_what_their_formulas_say() -> None:
    n = 40
    for k, fit in enumerate(FOUND.fits):
        p, deviance = fit.parameters, -2 * fit.log_likelihood
        assert FOUND.aicc[k] == pytest.approx(deviance + 2 * p + 2 * p * (p + 1) / (n - p - 1))
        assert FOUND.bic[k] == pytest.approx(deviance + p * math.log(n))
    ratio = FOUND.akaike_weights[1] / FOUND.akaike_weights[3]
    assert ratio == pytest.approx(math.exp((FOUND.aicc[3] - FOUND.aicc[1]) / 2))


def test_weights_sum_to_one_except_those_of_sectors() -> None:
    for name in CRITERIA[:3]:
        assert FOUND.weights[name].sum() == pytest.approx(1)
    assert FOUND.bayes_weights.sum(axis=1) == pytest.approx(np.ones(3))
    assert np.nansum(FOUND.weights_of_sectors, axis=1).max() <= 1


def test_sector_weights_are_those_of_the_same_posterior() -> None:
    frame = FOUND.sector_weights.to_frame().set_index("sector")
    table = FOUND.to_frame().set_index("hypothesis")
    columns = {"sector_weight": "weight", "sector_weight_half": "weight_4m"}
    columns["sector_weight_twice"] = "weight_16m"
    for hypothesis, sector in ((SHIFT, "shift-compatible"), (MIXED, "mixed")):
        own = [float(table.at[hypothesis, name]) for name in columns]  # type: ignore[arg-type]  # numbers
        assert own == [float(frame.at[sector, name]) for name in columns.values()]  # type: ignore[arg-type]  # numbers


def test_inequalities_get_no_reward_from_likelihoods_and_one_from_bayes() -> None:
    """Effects deep inside a cone: AICc pays for both, the Bayes factor rises to 1 / c."""
    panel, design = sx.simulate_pair(origin_effect=40, destination_effect=40, sd=1, rng=2)
    found = sx.rival_models(panel, design, trend=False)
    row = [fit.name for fit in found.fits].index("common growth")
    assert found["common growth"].parameters == found.free.parameters
    assert found["common growth"].log_likelihood == pytest.approx(found.free.log_likelihood)
    assert 2 < math.exp(found.factors[0, row]) < 8


def test_more_of_the_data_as_prior_favours_equalities_less() -> None:
    """The density of a wider prior is lower at the null: b, then 2b and 3b."""
    row = [fit.name for fit in FOUND.fits].index(NULL)
    gaps = np.diff(FOUND.factors[:, row])
    assert gaps == pytest.approx([-math.log(2), -math.log(1.5)])


def test_the_best_of_each_criterion_is_named() -> None:
    assert set(FOUND.best) == set(CRITERIA)
    assert FOUND.best["AICc"] == FOUND.best["sector Bayes"] == SHIFT


def test_words_say_how_to_read_it() -> None:
    said = FOUND.summary()
    for part in (
        "compatible with a shift, never shown to be one",
        "no error rates",
        "no lower bound on a flow",
        "no Evidence",
        "whatever inequalities say",
        "n = 40 innovations",
    ):
        assert part in said


def test_rows_are_found_by_name() -> None:
    assert FOUND[EXPANSION].constraint == "Delta_O = 0, Delta_D > 0"
    with pytest.raises(KeyError, match="no hypothesis 'shift'"):
        FOUND["shift"]


def test_the_table_is_shown_in_every_form() -> None:
    assert len(FOUND.to_frame()) == len(FOUND.fits) == 7
    assert SHIFT in FOUND.to_markdown()
    assert "aicc_weight" in FOUND.to_html()


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        FOUND.factors[0, 0] = 1


def test_criteria_that_disagree_are_explained_and_those_that_agree_are_not() -> None:
    panel, design = sx.simulate_pair(flow=20, sd=1, rng=1)
    found = sx.rival_models(panel, design, trend=False)
    apart = replace(found, factors=np.roll(found.factors, 1, axis=1))
    for each in (found, apart):
        disagree = len(set(each.best.values())) > 1
        assert ("the criteria disagree" in each.summary()) == disagree
    assert len(set(apart.best.values())) > 1
    assert "times the smallest that matters" in found.summary()
