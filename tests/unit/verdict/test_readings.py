"""What a specification says of the sectors, and what several of them agree on."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import Effects, MixtureLaw
from shiftexp.kernels.sector_weights import smallest_set
from shiftexp.plane import SECTOR_NAMES
from shiftexp.sector_weights import sector_weights
from shiftexp.verdict.readings import (
    HELD_MASS,
    NULL_MASS,
    Reading,
    agreed_p,
    declared_by,
    left_by,
    read,
    sectors_frame,
    smallest_changes,
)
from tests.pairs import BASE, STILL, fitted, normal_pair, several, silent_pair

OTHERS = tuple(name for name in SECTOR_NAMES if name != "expansion")


def posterior(
    origin: float,
    destination: float,
    sd: float = 1.0,
    *,
    additive: bool = True,
    base: tuple[float, float] = BASE,
) -> sx.Result:
    """Return a result whose law is a posterior of one normal component."""
    mean, level = np.array([origin, destination]), np.array(base)
    law = MixtureLaw(np.ones(1), mean[None], np.eye(2)[None] * sd**2)
    effects = Effects(law, mean, level, level + mean, "units per year", additive=additive)
    return replace(fitted(), effects=effects, name="vessels")


def by_test(origin: float, destination: float, sd: float = 1.0) -> sx.Result:
    """Return a result whose law answers with tests."""
    return replace(fitted(), effects=normal_pair(origin, destination, sd=sd), name="tests")


def weighed(weight: float, mass: float, threshold: float = 0.85) -> Reading:
    """Return a posterior that gives expansion a weight and a mass."""
    rest = (1 - weight) / len(OTHERS)
    values = {"expansion": weight} | dict.fromkeys(OTHERS, rest)
    masses = {"expansion": mass} | dict.fromkeys(OTHERS, (1 - mass) / len(OTHERS))
    return Reading("v", "posterior", values, ("expansion", "mixed"), masses, threshold)


def left(*kept: str) -> Reading:
    """Return a test that leaves some sectors."""
    values = {name: 0.5 if name in kept else 0.01 for name in SECTOR_NAMES}
    return Reading("t", "test", values, kept, {}, 0.05)


def test_a_posterior_is_read_by_the_weights_of_the_same_drift_and_margin() -> None:
    result = posterior(-1.0, 20.0, sd=2.0)
    reading = read(result, drift=0.05, margin=0.2)
    same = sector_weights(result.effects, smallest=(20.0, 8.0), drift=0.05, strict=True)
    assert reading.how == "posterior"
    assert list(reading.values.values()) == pytest.approx(list(same.weight))
    heavy = smallest_set(same.posterior, HELD_MASS)
    held = {name for name, inside in zip(SECTOR_NAMES, heavy, strict=True) if inside}
    assert set(reading.by_mass) == held - set(same.sectors) != set()
    assert reading.kept == tuple(n for n in SECTOR_NAMES if n in {*held, *same.sectors})
    assert reading.declares == same.declared
    other = read(result, drift=0.0, margin=0.2)
    assert other.values["expansion"] > reading.values["expansion"]


def test_null_is_declared_on_more_of_the_mass_than_other_sectors() -> None:
    for mass in (0.99 * NULL_MASS, NULL_MASS):
        values = dict.fromkeys(SECTOR_NAMES, 0.01) | {"null": 0.92}
        masses = dict.fromkeys(SECTOR_NAMES, (1 - mass) / 8) | {"null": mass}
        reading = Reading("v", "posterior", values, ("null",), masses, 0.85)
        assert reading.declares == ("null" if mass == NULL_MASS else None)
    assert weighed(0.92, 0.99 * NULL_MASS).declares == "expansion"


def test_the_smallest_change_is_the_margin_of_either_sides_counterfactual_level() -> None:
    assert smallest_changes(normal_pair(0.0, 0.0), 0.1) == pytest.approx((10.0, 4.0))
    one_sided = replace(normal_pair(0.0, 0.0), base=np.array([math.nan, 40.0]))
    assert smallest_changes(one_sided, 0.1) == (0.0, 4.0)


@pytest.mark.parametrize(
    "result",
    [
        by_test(0.0, 20.0),
        posterior(0.0, 20.0, additive=False),
        posterior(0.0, 20.0, base=(0.0, 40.0)),
        replace(fitted(), effects=silent_pair(0.0, 20.0)),
    ],
    ids=["tested", "rates", "no level at the origin", "silent"],
)
def test_what_has_no_masses_is_read_by_tests(result: sx.Result) -> None:
    reading = read(result, drift=0.0, margin=0.1)
    assert reading.how == "test"
    assert reading.declares is None
    assert reading.masses == {}


@pytest.mark.parametrize(
    ("weight", "mass", "threshold", "declares"),
    [(0.86, 0.6, 0.85, True), (0.86, 0.6, 0.90, False), (0.91, 0.49, 0.90, False)],
)
def test_a_posterior_declares_by_weight_and_mass(
    weight: float,
    mass: float,
    threshold: float,
    declares: bool,  # noqa: FBT001 - a table of cases
) -> None:
    assert (weighed(weight, mass, threshold).declares == "expansion") == declares


def test_four_in_five_must_exclude_a_sector_and_a_silent_one_excludes_nothing() -> None:
    clear, silent = left("expansion"), left(*SECTOR_NAMES)
    assert left_by([clear] * 4 + [silent]) == ("expansion",)
    assert left_by([clear] * 3 + [silent] * 2) == SECTOR_NAMES
    assert left_by([]) == SECTOR_NAMES


def test_specifications_that_leave_nothing_in_common_leave_nothing() -> None:
    assert left_by([left("null"), left("expansion")]) == ("null", "expansion")
    assert left_by([left(name) for name in SECTOR_NAMES[:5]]) == ()


def test_a_sector_is_declared_by_the_rule_of_every_kind() -> None:
    sure, unsure = weighed(0.9, 0.8), weighed(0.7, 0.8)
    assert declared_by([left("expansion")]) == "expansion"
    assert declared_by([left("expansion", "mixed")]) is None
    assert declared_by([sure]) == "expansion"
    assert declared_by([unsure]) is None
    assert declared_by([sure] * 4 + [unsure]) == "expansion"
    assert declared_by([sure] * 3 + [unsure] * 2) is None
    assert declared_by([left("expansion"), sure]) == "expansion"
    assert declared_by([left("expansion"), unsure]) is None
    assert declared_by([left("expansion", "mixed"), sure]) is None
    assert declared_by([left("mixed"), sure]) is None
    assert declared_by([]) is None


def test_p_values_are_those_of_tests_alone() -> None:
    found = agreed_p([weighed(0.9, 0.8), left("expansion")])
    assert found["expansion"] == 0.5
    assert found["null"] == 0.01
    assert all(math.isnan(p) for p in agreed_p([weighed(0.9, 0.8)]).values())
    half = left("expansion")
    dumb = replace(half, values=dict.fromkeys(SECTOR_NAMES, math.nan), kept=SECTOR_NAMES)
    assert agreed_p([half, dumb])["null"] == 1.0
    assert agreed_p([half] * 4 + [dumb])["null"] == 0.01


def test_a_table_has_a_row_for_each_sector_and_specification() -> None:
    frame = sectors_frame([weighed(0.9, 0.8), left("expansion")])
    assert len(frame) == 2 * len(SECTOR_NAMES)
    kept = frame[frame["sector"] == "expansion"]
    assert list(kept["how"]) == ["weight", "p-value"]
    assert list(kept["declared"]) == [True, False]
    assert not kept["excluded"].any()
    assert sectors_frame([]).empty


def test_a_verdict_on_a_posterior_declares_and_names_what_else_is_in_its_set() -> None:
    verdict = sx.weigh(posterior(-1.0, 12.0, sd=1.0), detection=STILL)
    weight = verdict.readings[0].values["expansion"]
    assert verdict.sector == "expansion"
    assert weight >= verdict.readings[0].threshold
    assert all(math.isnan(p) for p in verdict.sector_p_values.values())
    assert any("sectors of a posterior are weighed" in said for said in verdict.cautions)
    near = sx.weigh(posterior(-1.5, 12.0, sd=1.0), detection=STILL)
    others = [name for name in near.sectors if name != near.sector]
    assert near.sector == "expansion"
    assert others == ["mixed"]
    assert any("expansion is declared by its weight" in said for said in near.cautions)
    assert near.summary().splitlines()[2].startswith("Declared: expansion (")


def test_margin_and_drift_of_the_verdict_reach_a_posterior() -> None:
    result = posterior(0.0, 12.0, sd=1.0)
    assert sx.weigh(result, detection=STILL).sector == "expansion"
    assert sx.weigh(result, detection=STILL, margin=0.5).sector == "null"
    assert sx.weigh(result, detection=sx.Detection(drift=0.5)).sector is None


def test_a_posterior_beside_a_test_that_leaves_more_is_not_declared() -> None:
    sure, broad = posterior(0.0, 12.0), by_test(0.0, 12.0, sd=6.0)
    verdict = sx.weigh([sure, broad], detection=STILL)
    assert verdict.sector is None
    assert {r.how for r in verdict.readings} == {"test", "posterior"}
    assert set(read(broad, drift=0.0, margin=0.1).kept) <= set(verdict.sectors)


def test_one_sector_that_is_not_heavy_enough_is_left_and_not_declared() -> None:
    clear, other = by_test(0.0, 40.0), posterior(0.0, 40.0)
    results = [clear] * 4 + [replace(other, effects=posterior(0.0, 12.0, sd=8.0).effects)]
    verdict = sx.weigh(several(*results), detection=STILL)
    assert verdict.sectors == ("expansion",)
    assert verdict.state == "narrowed"
    assert any("expansion alone is left, but not every kind" in c for c in verdict.cautions)


def test_a_failed_gate_reads_nothing() -> None:
    verdict = sx.weigh(fitted(), gate=sx.Gate(3, 2, ("3 joint periods before",)))
    assert verdict.readings == ()
    assert verdict.sectors == SECTOR_NAMES
    assert not verdict.conflicting


def test_indicators_fitted_together_average_their_own_part_of_the_drift() -> None:
    one = replace(fitted(-10.0, 20.0), indicators=1)
    four = replace(one, indicators=4)
    alone, together, alike = (
        sx.weigh(result, detection=sx.Detection(drift=0.08, common=common))
        for result, common in ((one, 0.0), (four, 0.0), (four, 1.0))
    )
    assert alone.drift_of(one) == pytest.approx(0.08)
    assert together.drift_of(four) == pytest.approx(0.04)
    assert alike.drift_of(four) == pytest.approx(0.08)
    grew = [next(c for c in v.claims if c.name == "net expansion") for v in (alone, together)]
    assert grew[1].p_value < grew[0].p_value


def test_a_jump_is_no_null_to_a_model_of_changes_that_grow() -> None:
    panel, design = sx.simulate_pair(
        destination_effect=20, sd=1, autocorrelation=0.0, base=(100.0, 100.0), rng=201
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        grows = sx.CommunicatingVessels(draws=1000).fit(panel, design)
        at_once = sx.CommunicatingVessels(
            draws=1000, lags=(0,), push="pulse", until=design.onset_range[0]
        ).fit(panel, design)
    assert "jump-at-onset" in grows.flow.flags
    assert "jump-at-onset" not in at_once.flow.flags
    stable = sx.Detection(drift=0)
    blind, seeing = (sx.weigh(result, detection=stable) for result in (grows, at_once))
    assert blind.sector is None
    assert len(blind.sectors) == len(SECTOR_NAMES)
    assert any("jump of a side at the onset" in caution for caution in blind.cautions)
    assert not [claim for claim in blind.claims if claim.status == "supported"]
    assert seeing.sector == "expansion"
    with pytest.raises(sx.DesignError, match="jump at the onset"):
        sector_weights(grows)
    as_detection = sector_weights(grows, totals=True, drift=0)
    assert (
        as_detection.weight
        == sector_weights(grows.totals, smallest=grows.flow.smallest, drift=0).weight
    ).all()
