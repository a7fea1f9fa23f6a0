"""Accounts that add up exactly, whatever is accounted for."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.accounting import lmdi_effects, logarithmic_mean, shift_share_terms
from shiftexp.kernels.cases import Floats


def amounts(*shape: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).lognormal(2, 1, shape)


@pytest.mark.parametrize("free", [False, True])
def test_the_three_parts_of_shift_share_add_up_to_the_change(*, free: bool) -> None:
    before, after = amounts(5, 3, 4), amounts(5, 3, 4, seed=2)
    reference = (amounts(5, 4, seed=3), amounts(5, 4, seed=4)) if free else None
    terms = shift_share_terms(before, after, reference)
    assert terms.national + terms.mix + terms.competitive == pytest.approx(after - before)
    zero = np.abs(terms.competitive.sum(axis=1)).max() < 1e-9
    assert zero is not free or not zero


def test_own_reference_makes_relative_shifts_add_up_to_zero() -> None:
    terms = shift_share_terms(amounts(2, 4), amounts(2, 4, seed=9))
    assert terms.competitive.sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-9)


def test_factors_account_for_the_change_without_a_rest() -> None:
    before, after = amounts(6, 5, 3), amounts(6, 5, 3, seed=2)
    change = after.prod(axis=-1).sum(axis=-1) - before.prod(axis=-1).sum(axis=-1)
    assert lmdi_effects(before, after).sum(axis=-1) == pytest.approx(change)


def test_a_factor_that_does_not_change_has_no_effect_and_time_can_be_turned() -> None:
    before, after = amounts(5, 3), amounts(5, 3, seed=2)
    after[:, 1] = before[:, 1]
    effects = lmdi_effects(before, after)
    assert effects[1] == 0
    assert lmdi_effects(after, before) == pytest.approx(-effects)


def test_the_logarithmic_mean_lies_between_and_joins_smoothly() -> None:
    assert logarithmic_mean(np.array([3.0]), np.array([3.0])) == pytest.approx([3.0])
    near = logarithmic_mean(np.array([3.0, 3.0]), np.array([3.0 + 1e-9, 3.0 + 1e-6]))
    assert near == pytest.approx([3.0, 3.0], abs=1e-5)
    a, b = amounts(50), amounts(50, seed=2)
    mean = logarithmic_mean(a, b)
    assert (mean > np.sqrt(a * b)).all()
    assert (mean < (a + b) / 2).all()
