"""What the pair has in common beside the donors: found, stated with its power, refused."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from tests.unit.dynamics.studies import study


def units(own: float, *, donors: int = 3, periods: int = 60, seed: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    parts = rng.standard_normal((donors + 2, periods))
    shared, factor = rng.standard_normal((2, periods))
    parts[:2] = np.sqrt(1 - own) * parts[:2] + np.sqrt(own) * shared
    steps = 0.1 * (0.6 * factor + 0.8 * parts)
    return np.asarray(np.exp(3 + steps.cumsum(axis=1)))


@cache
def found(own: float) -> sx.CommonFactor:
    return sx.common_factor(*study(units(own), onset=1930), simulations=199)


def test_a_pair_with_more_in_common_is_evidence_of_integration() -> None:
    each = found(0.7)
    assert each.found
    assert each.excess == pytest.approx(each.correlation - each.expected)
    assert each.excess > 0.3
    evidence = each.evidence
    assert (evidence.about, evidence.direction, evidence.bound) == ("integration", "for", None)
    assert (evidence.p_value, evidence.power) == (each.p_value, each.power)
    assert each.power > 0.5
    assert "O and D have more in common" in each.summary()


def test_a_pair_that_shares_the_factor_alone_is_not_shown_to_have_more() -> None:
    each = found(0.0)
    assert each.p_value > 0.05
    assert "are not shown to have more in common" in each.summary()
    assert np.all((each.low <= each.shares) & (each.shares <= each.high))
    assert each.names == ("O", "D", "C1", "C2", "C3")


def test_sizes_and_units_of_measure_do_not_matter() -> None:
    values = units(0.7) * np.array([[1.0], [50.0], [3.0], [0.2], [9.0]])
    again = sx.common_factor(*study(values, onset=1930), simulations=199)
    assert again.correlation == pytest.approx(found(0.7).correlation)
    assert again.p_value == found(0.7).p_value


def test_without_enough_periods_on_a_side_no_change_of_the_slope_is_said() -> None:
    each = sx.common_factor(*study(units(0.0), onset=1903), simulations=99)
    assert np.isnan([each.before, each.after, each.p_rising]).all()
    assert not np.isnan([found(0.0).before, found(0.0).after, found(0.0).p_rising]).any()


def test_a_pair_alone_or_with_one_donor_is_refused() -> None:
    for donors, said in ((0, "0 donors"), (1, "1 donor")):
        with pytest.raises(sx.DesignError, match=f"{said} observed throughout"):
            sx.common_factor(*study(units(0.0, donors=donors)))


def test_a_unit_that_grows_evenly_is_refused_by_name() -> None:
    values = units(0.0)
    values[3] = 2.0 ** np.arange(60)
    with pytest.raises(sx.DesignError, match="'C2' changes by the same factor"):
        sx.common_factor(*study(values))


def test_the_table_has_all_numbers() -> None:
    frame = found(0.7).to_frame()
    (row,) = frame[frame["quantity"] == "excess"].to_numpy().tolist()
    assert row[1] == found(0.7).excess
    assert row[4] == found(0.7).p_value
    assert len(frame) == 5 + 6
