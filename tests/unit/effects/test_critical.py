"""Critical values are where the one-sided p meets the level, for every kind of law."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.effects import DriftedLaw, Law, SilentLaw, StudentLaw
from shiftexp.effects.critical import critical_values
from shiftexp.effects.laws import DrawnLaw
from shiftexp.kernels.tails import normal_cdf
from tests import report_pages

DIRECTIONS = np.array([[1.0, 0.0], [0.0, -1.0], [1.0, 1.0], [-1.0, -0.75]])


def _laws() -> dict[str, Law]:
    student = StudentLaw(np.array([-20.0, 40.0]), np.array([[16.0, -4.0], [-4.0, 25.0]]), 9.0)
    draws = np.random.default_rng(3).normal([-20.0, 40.0], [4.0, 5.0], (4_000, 2))
    return {
        "student": student,
        "drifted": DriftedLaw(student, np.array([10.0, 8.0])),
        "drawn": DrawnLaw(draws),
        "log series": report_pages.simulated().effects.law,
    }


@pytest.mark.parametrize("name", _laws())
def test_p_is_at_most_the_level_up_to_the_value_and_more_beyond(name: str) -> None:
    law = _laws()[name]
    found = critical_values(law, DIRECTIONS, DIRECTIONS @ [-20.0, 40.0], 0.05)
    step = 1e-6
    assert np.isfinite(found).all()
    assert (law.p_value(DIRECTIONS, found - step) <= 0.05).all()
    assert (law.p_value(DIRECTIONS, found + step) > 0.05).all()


def test_normal_law_has_its_quantile() -> None:
    law = StudentLaw(np.array([0.0, 0.0]), np.eye(2))
    found = critical_values(law, [(1, 0)], [50.0], 0.025)
    assert normal_cdf(found) == pytest.approx([0.025])


def test_silent_law_has_none() -> None:
    assert np.isnan(critical_values(SilentLaw(), [(1, 0)], [3.0], 0.05)).all()


def test_law_that_can_never_reject_has_none_at_all() -> None:
    law = DrawnLaw(np.zeros((9, 2)))
    assert critical_values(law, [(1, 0)], [0.0], 0.05).tolist() == [-np.inf]
