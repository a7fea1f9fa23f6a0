"""Unit tests of effects: what may be asked of a pair, and what is refused."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from shiftexp.effects import DIRECTIONS, DrawnLaw, Effects, InvertedLaw, Law, SilentLaw, StudentLaw
from shiftexp.errors import DesignError, EstimandNotIdentified

MEAN = np.array([-20.0, 40.0])
BASE, OBSERVED = np.array([100.0, 40.0]), np.array([80.0, 80.0])
LAW = StudentLaw(MEAN, np.diag([16.0, 25.0]))


def make(law: Law = LAW, *, additive: bool = True, comparable: bool = True) -> Effects:
    """Return the worked pair."""
    return Effects(
        law, MEAN, BASE, OBSERVED, "plants per year", additive=additive, comparable=comparable
    )


def without(side: int) -> Effects:
    """Return the pair with one side absent."""
    gone = np.where(np.arange(2) == side, np.nan, 1.0)
    cov = np.where(np.outer(gone, gone) == 1, np.diag([16.0, 25.0]), np.nan)
    law = StudentLaw(MEAN * gone, cov)
    return Effects(law, MEAN * gone, BASE * gone, OBSERVED * gone, "plants per year")


def test_derived_numbers() -> None:
    effects = make()
    assert effects.net == 20
    assert effects.offset_ratio == 0.5
    assert effects.estimate((1.0, 0.75)) == 10
    assert effects.interval((0.0, 1.0)).high == pytest.approx(40 + 1.959964 * 5)
    assert effects.two_sided_p((0.0, 1.0)) < 1e-10


def test_a_destination_that_did_not_change_has_no_ratio() -> None:
    flat = Effects(LAW, np.array([-20.0, 0.0]), BASE, OBSERVED, "kg per year")
    assert math.isnan(flat.offset_ratio)


@pytest.mark.parametrize("name", ["mean", "base", "observed"])
def test_arrays_are_copies_and_read_only(name: str) -> None:
    own = np.array([1.0, 2.0])
    effects = Effects(LAW, mean=own, base=own, observed=own, unit="kg per year")
    own[0] = 99
    assert getattr(effects, name)[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        getattr(effects, name)[0] = 5.0
    with pytest.raises(FrozenInstanceError):
        setattr(effects, name, own)


def test_rates_do_not_add() -> None:
    rates = make(additive=False)
    assert float(rates.p_value((0, 1))[0]) < 0.001
    assert rates.answers(DIRECTIONS["origin"])
    assert not rates.answers(DIRECTIONS["net"])
    for ask in (
        lambda: rates.net,
        lambda: rates.offset_ratio,
        rates.offset_ratio_set,
        rates.region,
    ):
        with pytest.raises(EstimandNotIdentified, match="additive=False") as caught:
            ask()
        assert "'plants per year'" in str(caught.value)


def test_levels_that_are_not_comparable_leave_signs_only() -> None:
    apart = make(comparable=False)
    assert apart.interval((1.0, 0.0)).bounded
    for ask in (lambda: apart.net, lambda: apart.offset_ratio, apart.offset_ratio_set):
        with pytest.raises(EstimandNotIdentified, match="comparable=False"):
            ask()


@pytest.mark.parametrize("a", [(1.0, 1.0), (1.0, -0.25), (-1.0, -2.0)])
def test_any_mixed_direction_is_refused_not_only_the_sum(a: tuple[float, float]) -> None:
    with pytest.raises(EstimandNotIdentified):
        make(additive=False).p_value([(0.0, 1.0), a])


@pytest.mark.parametrize(("side", "name", "here"), [(0, "origin", 1), (1, "destination", 0)])
def test_one_sided_studies_answer_for_their_side_only(side: int, name: str, here: int) -> None:
    effects = without(side)
    present = tuple(float(i == here) for i in range(2))
    assert effects.estimate((present[0], present[1])) == MEAN[here]
    assert effects.interval((present[0], present[1])).bounded
    for a in (DIRECTIONS[name], DIRECTIONS["net"]):
        with pytest.raises(EstimandNotIdentified, match=name) as caught:
            effects.estimate(a)
        assert "study without one" in str(caught.value)


def test_every_reason_is_named_at_once() -> None:
    gone = np.array([np.nan, 1.0])
    rates = Effects(LAW, MEAN * gone, BASE, OBSERVED, "per 100", additive=False)
    with pytest.raises(EstimandNotIdentified, match="2 problems"):
        rates.p_value((1, 1))


@pytest.mark.parametrize("law", [
    InvertedLaw(MEAN[None], np.ones(1), 0.1), SilentLaw(), DrawnLaw(np.eye(2), moments=False),
])  # fmt: skip
def test_no_covariance_is_borrowed(law: Law) -> None:
    with pytest.raises(EstimandNotIdentified, match=f"cov of a {type(law).__name__}"):
        _ = make(law).cov


def test_covariance_and_draws_where_the_law_has_them() -> None:
    assert (make().cov == LAW.cov).all()
    draws = np.random.default_rng(1).normal(size=(50, 2))
    assert (make(DrawnLaw(draws)).draws == draws).all()
    with pytest.raises(EstimandNotIdentified, match="draws of a StudentLaw"):
        _ = make().draws


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_levels_are_checked(level: float) -> None:
    for ask in (make().offset_ratio_set, make().region):
        with pytest.raises(DesignError, match="level"):
            ask(level)
    with pytest.raises(DesignError, match="level"):
        make().interval((1.0, 0.0), level)


def test_detection_moves_every_part_alike() -> None:
    moved = make().under(k0=2.0, origin=0.8, destination=1.6)
    assert moved.mean == pytest.approx([0.0, 5.0])
    assert moved.observed - moved.base == pytest.approx(moved.mean)
    found = moved.interval((0.0, 1.0))
    assert (found.low + found.high) / 2 == pytest.approx(5.0)
    assert found.high - found.low == pytest.approx(2 * 1.959964 * 2.5)


def test_detection_that_stayed_the_same_changes_nothing() -> None:
    still = make().under()
    assert still.mean.tolist() == MEAN.tolist()
    assert still.p_value((1, 1), 15) == pytest.approx(make().p_value((1, 1), 15))


def test_detection_of_one_sided_studies() -> None:
    moved = without(0).under(destination=2.0)
    assert moved.estimate((0.0, 1.0)) == 0
    assert float(moved.p_value((0, 1))[0]) == pytest.approx(0.5)


def test_drift_widens_and_does_not_move() -> None:
    effects = make()
    drifted = effects.drifted(0.1)
    found, wider = effects.interval((0.0, 1.0)), drifted.interval((0.0, 1.0))
    reach = 1.959964 * math.sqrt(25 + 8**2)
    assert drifted.mean.tolist() == MEAN.tolist()
    assert (wider.low, wider.high) == pytest.approx((40 - reach, 40 + reach), abs=0.03)
    assert wider.low < found.low < found.high < wider.high


def test_no_drift_is_the_same_object() -> None:
    effects = make()
    assert effects.drifted(0) is effects


def test_a_drift_that_the_law_holds_is_not_added_again() -> None:
    effects = replace(make(), integrated=0.06)
    assert effects.drifted(0.05) is effects.drifted(0.06) is effects
    assert effects.beyond(0.1) == pytest.approx(0.08)
    here, there = effects.drifted(0.1), make().drifted(0.08)
    assert here.integrated == 0.1
    assert here.interval((0.0, 1.0)).low == pytest.approx(there.interval((0.0, 1.0)).low)
    assert make().drifted(0.1).drifted(0.1).interval((0.0, 1.0)) == make().drifted(0.1).interval(
        (0.0, 1.0)
    )


def test_what_was_asked_before_is_kept_and_cannot_be_spoilt() -> None:
    effects = make()
    assert effects.drifted(0.1) is effects.drifted(0.1)
    assert effects.drifted(0.1) is not effects.drifted(0.2)
    first = effects.p_value((0.0, 1.0), 38.0)
    kept = float(first[0])
    first[:] = 0.0
    assert effects.p_value((0.0, 1.0), 38.0)[0] == kept == LAW.p_value((0.0, 1.0), 38.0)[0]
    assert effects.p_value((0.0, 1.0), 39.0)[0] != kept


def test_region_surrounds_the_estimates() -> None:
    corners = make().region()
    assert (corners.min(axis=0) < MEAN).all()
    assert (corners.max(axis=0) > MEAN).all()


def test_a_pair_is_written_in_one_line_with_the_name_of_its_law() -> None:
    said = repr(make())
    assert said == (
        "Effects(mean=[-20.  40.], base=[100.  40.], unit='plants per year', law=StudentLaw)"
    )
