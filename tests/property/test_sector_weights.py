"""What holds of sector weights for any posterior: sums, sets, units, the order of components."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shiftexp as sx
from shiftexp.effects import Effects, MixtureLaw
from shiftexp.plane import SECTOR_NAMES
from shiftexp.sector_weights import sector_weights

_ROUNDING = 1e-9
some = settings(deadline=None, max_examples=25)


@st.composite
def posteriors(draw: st.DrawFn) -> Effects:
    """Return any mixture of a few normal laws of two effects."""
    count = draw(st.integers(1, 4))
    numbers = st.floats(-60, 60)
    mean = np.array([[draw(numbers), draw(numbers)] for _ in range(count)])
    root = np.array([[draw(numbers), draw(numbers)] for _ in range(2 * count)]).reshape(-1, 2, 2)
    mass = np.array([draw(st.floats(0.01, 1)) for _ in range(count)])
    cov = root @ np.swapaxes(root, 1, 2) + np.eye(2)
    law = MixtureLaw(mass / mass.sum(), mean, cov)
    centre, base = law.weight @ law.means, np.array([100.0, 40.0])
    return Effects(law, centre, base, base + centre, "kg per year")


margins = st.tuples(st.floats(1, 20), st.floats(1, 20))
drifts = st.sampled_from([0.0, 0.05, 0.1])


@some
@given(posteriors(), margins, drifts)
def test_masses_and_weights_sum_to_one_and_the_set_is_the_smallest(
    effects: Effects, smallest: tuple[float, float], drift: float
) -> None:
    found = sector_weights(effects, smallest=smallest, drift=drift)
    assert found.posterior.sum() == pytest.approx(1)
    assert found.weight.sum() == pytest.approx(1)
    assert found.priors.sum(axis=1) == pytest.approx(np.ones(3))
    assert (found.weight >= 0).all()
    held = [found.weight[SECTOR_NAMES.index(name)] for name in found.sectors]
    assert held == sorted(held, reverse=True)
    assert sum(held) >= found.level - _ROUNDING
    assert sum(held[:-1]) < found.level
    assert found.declared is None or found.sectors[0] == found.declared


@some
@given(posteriors(), margins, drifts, st.sampled_from([1e-6, 1e3, 1e9]))
def test_the_unit_of_measurement_changes_no_weight(
    effects: Effects, smallest: tuple[float, float], drift: float, unit: float
) -> None:
    law = effects.law
    assert isinstance(law, MixtureLaw)
    other = Effects(
        MixtureLaw(law.weight, unit * law.means, unit**2 * law.covs),
        unit * effects.mean,
        unit * effects.base,
        unit * effects.observed,
        "g per year",
    )
    here = sector_weights(effects, smallest=smallest, drift=drift)
    scaled = (unit * smallest[0], unit * smallest[1])
    there = sector_weights(other, smallest=scaled, drift=drift)
    assert there.posterior == pytest.approx(here.posterior, abs=_ROUNDING)
    assert there.weight == pytest.approx(here.weight, abs=_ROUNDING)


@some
@given(posteriors(), st.randoms(use_true_random=False))
def test_the_order_of_components_changes_nothing(effects: Effects, random: object) -> None:
    law = effects.law
    assert isinstance(law, MixtureLaw)
    order = list(range(len(law.weight)))
    random.shuffle(order)  # type: ignore[attr-defined]  # a Random, which hypothesis does not name
    turned = MixtureLaw(law.weight[order], law.means[order], law.covs[order])
    here, there = sector_weights(effects), sector_weights(replace(effects, law=turned))
    assert there.weight == pytest.approx(here.weight, abs=_ROUNDING)


def test_weights_are_public() -> None:
    assert isinstance(sx.SectorWeights, type)
    assert sx.sector_weights is sector_weights
