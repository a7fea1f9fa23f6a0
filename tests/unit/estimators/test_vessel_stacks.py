"""Unit tests of stacked readings: what is scaled by what, and which rows share a spread."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.estimators.vessel_readings import Observed
from shiftexp.estimators.vessel_stacks import Scaled, stacked
from shiftexp.kernels.vessel_rows import Likelihood
from shiftexp.kernels.vessel_terms import Cuts
from tests.unit.estimators.test_vessel_readings import COUNTS, DESIGN, KG, ONSET, SEVERAL, T, panel

PLACES = ("O", "D")


def scaled(laws: dict[str, Likelihood], size: float = 1.0) -> Scaled:
    """Return the three indicators in units of changes."""
    observed = Observed(laws, "none", 1.0, "auto", "seizures")
    readings = observed.readings(panel(SEVERAL), DESIGN)
    return Scaled.of(readings, slice(0, T), ONSET, np.full((2, 1), size), PLACES)


def test_indicators_are_brought_to_the_level_of_the_first_in_every_place() -> None:
    found = scaled({}, size=0.5)
    before = found.values[:, :ONSET].mean(axis=1)
    assert before == pytest.approx(np.repeat(before[:, :1], 3, axis=1))
    assert found.values[..., 0] == pytest.approx(0.5 * KG["seizures"][0])


def test_exposures_turn_levels_back_into_counts() -> None:
    found = scaled({"labs": "poisson"}, size=0.5)
    labs = found.likelihoods.index("poisson")
    assert (found.values * found.exposure)[..., labs] == pytest.approx(COUNTS["labs"][0])


def test_one_complete_normal_indicator_is_not_general() -> None:
    plain = Observed("normal", "none", 1.0, "auto", None).readings(panel(KG), DESIGN)
    one = Scaled.of(plain, slice(0, T), ONSET, np.ones((2, 1)), PLACES)
    assert not one.general
    assert scaled({}).general


@pytest.mark.parametrize("own", [False, True])
def test_every_indicator_and_every_unlike_place_has_noise_of_its_own(*, own: bool) -> None:
    found = scaled({"labs": "poisson"})
    z, seasons = np.zeros((2, T, 1)), np.zeros((T, 0))
    z[1, ONSET:, 0] = 1.0
    drifts = np.zeros((2, T, 3, 0))
    rows = stacked(found, [z], seasons, Cuts(ONSET, 1), drifts, own=own, walking=False).rows
    assert rows.own_sds == (2 if own else 1)
    assert rows.noise_sds == (4 if own else 2)
    labs = found.likelihoods.index("poisson")
    assert (rows.noise_group[rows.indicator == labs] == -1).all()
    for group in range(rows.noise_sds):
        held = rows.noise_group == group
        assert len(set(rows.indicator[held])) == 1
        assert len(set(rows.place[held])) == (1 if own else 2)
