"""Unit tests of masses of standard deviations: sums over nodes, and normal scores."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.sd_masses import SpreadOwner, marginal_masses, score_masses
from shiftexp.kernels.spread_priors import FARTHEST, SpreadPriors
from shiftexp.kernels.vessel_grid import SdPrior

PRIORS = SpreadPriors.of(np.ones(2), np.ones(1), SdPrior())
OWN = SpreadOwner("own", (1,))


def test_nodes_of_one_value_are_added_up() -> None:
    sds, prior = np.array([2.0, 1.0, 2.0]), np.array([0.5, 0.2, 0.3])
    found = marginal_masses(OWN, sds, prior, np.array([0.1, 0.6, 0.3]))
    assert found.value.tolist() == [1.0, 2.0]
    assert found.prior == pytest.approx([0.2, 0.8])
    assert found.posterior == pytest.approx([0.6, 0.4])
    assert found.owner == OWN


def test_what_the_data_do_not_tell_keeps_its_prior() -> None:
    found = score_masses(OWN, PRIORS, 0, mean=0.0, sd=1.0)
    assert found.posterior == pytest.approx(found.prior, abs=1e-5)
    assert found.prior.sum() == pytest.approx(1, abs=1e-4)
    assert (np.diff(found.value) > 0).all()


def test_scores_that_the_data_tell_lie_there() -> None:
    found = score_masses(OWN, PRIORS, 2, mean=1.0, sd=0.3)
    middle = float(PRIORS.sds(np.ones(3))[2])
    assert found.posterior @ found.value == pytest.approx(middle, rel=0.05)


@pytest.mark.parametrize("mean", [-FARTHEST, FARTHEST])
def test_no_noise_at_all_is_the_lowest_value(mean: float) -> None:
    found = score_masses(OWN, PRIORS, 2, mean=mean, sd=0.0)
    assert found.posterior[0 if mean < 0 else -1] == pytest.approx(1)
