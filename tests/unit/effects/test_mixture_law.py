"""The law of a mixture: one part is the normal law, several are what their draws say."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.effects import DrawnLaw, DriftedLaw, MixtureLaw, StudentLaw, mixture_of

MEANS = np.array([[-20.0, 40.0], [5.0, 10.0]])
COVS = np.array([[[16.0, -6.0], [-6.0, 25.0]], [[4.0, 1.0], [1.0, 9.0]]])
ASK = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 0.5]])
AT = np.array([-15.0, 30.0, 15.0, 20.0])


def test_one_part_is_a_normal_law() -> None:
    law = MixtureLaw(np.ones(1), MEANS[:1], COVS[:1])
    normal = StudentLaw(MEANS[0], COVS[0])
    assert law.p_value(ASK, AT) == pytest.approx(normal.p_value(ASK, AT))
    assert law.cov == pytest.approx(COVS[0])
    assert law.spread(ASK) == pytest.approx(normal.spread(ASK))


def test_several_parts_are_what_their_draws_say() -> None:
    law, rng = MixtureLaw(np.array([0.7, 0.3]), MEANS, COVS), np.random.default_rng(1)
    parts = [rng.multivariate_normal(MEANS[k], COVS[k], n) for k, n in enumerate((70_000, 30_000))]
    drawn = np.concatenate(parts)
    assert law.p_value(ASK, AT) == pytest.approx(DrawnLaw(drawn).p_value(ASK, AT), abs=0.005)
    assert law.cov == pytest.approx(np.cov(drawn.T), rel=0.02)


def test_maps_and_drifts_of_a_mixture_are_mixtures() -> None:
    law = MixtureLaw(np.array([0.7, 0.3]), MEANS, COVS)
    turned = DriftedLaw(
        law.affine(np.array([[1.0, 0.2], [0.0, 0.5]]), AT[:2]), np.array([3.0, 8.0])
    )
    found = mixture_of(turned)
    assert found is not None
    # a drift of a law is averaged over equally probable points, which leave out its far tails
    assert found.p_value(ASK, AT) == pytest.approx(turned.p_value(ASK, AT), abs=2e-3)
    assert found.p_value(ASK, AT) != pytest.approx(law.p_value(ASK, AT), abs=0.05)


def test_a_tested_law_is_no_mixture_however_it_is_mapped() -> None:
    tested = StudentLaw(MEANS[0], COVS[0])
    assert mixture_of(tested) is None
    assert mixture_of(DriftedLaw(tested, np.ones(2))) is None
