"""Unit tests of sector weights: what is declared, what it takes, what is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import Effects, MixtureLaw
from shiftexp.plane import SECTOR_NAMES
from shiftexp.sector_weights import (
    DECLARE,
    DECLARE_STRICTLY,
    LEAST_MASS,
    PRIOR_SCALE,
    sector_weights,
)
from tests.pairs import fitted, normal_pair, silent_pair
from tests.vessels import World

pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")

BASE = np.array([100.0, 40.0])
M = 5.0
NULL, EXPANSION = (SECTOR_NAMES.index(name) for name in ("null", "expansion"))


def posterior(origin: float, destination: float, sd: float = 1.0, **fields: Any) -> Effects:  # noqa: ANN401 - fields of Effects
    """Return effects with a normal posterior."""
    mean = np.array([origin, destination])
    law = MixtureLaw(np.ones(1), mean[None], sd**2 * np.eye(2)[None])
    return Effects(law, mean, BASE, BASE + mean, "kg per year", **fields)


def weighed(origin: float, destination: float, sd: float = 1.0, **options: Any) -> sx.SectorWeights:  # noqa: ANN401 - passed on as they are
    """Return sector weights without drift."""
    given = {"smallest": M, "drift": 0} | options
    return sector_weights(posterior(origin, destination, sd), **given)


@pytest.mark.parametrize(
    ("effects", "sector"),
    [
        ((0.0, 0.0), "null"),
        ((0.0, 20.0), "expansion"),
        ((-10.0, 20.0), "mixed"),
        ((-20.0, 20.0), "shift-compatible"),
        ((-60.0, 20.0), "partial displacement"),
        ((20.0, 20.0), "common growth"),
        ((20.0, 0.0), "origin growth"),
        ((-20.0, -20.0), "diffusion of benefits"),
        ((-20.0, 0.0), "suppression"),
    ],
)
def test_a_sure_effect_is_declared_where_it_lies(effects: tuple[float, float], sector: str) -> None:
    found = weighed(*effects)
    assert found.sectors == (sector,)
    assert found.declared == sector
    assert found.sensitive == ()


def test_a_posterior_that_says_no_more_than_the_prior_leaves_every_sector() -> None:
    found = weighed(-11, 8, 100 * PRIOR_SCALE * M)
    assert found.weight == pytest.approx(np.full(9, 1 / 9), abs=2e-3)
    assert set(found.sectors) == set(SECTOR_NAMES)
    assert found.declared is None


def test_no_null_is_declared_on_less_than_half_of_the_mass() -> None:
    found = weighed(0, 0, 1.2 * M, strict=False)
    assert found.weight[NULL] > found.threshold
    assert found.posterior[NULL] < LEAST_MASS
    assert found.declared is None
    assert weighed(0, 0, 0.8 * M, strict=False).declared == "null"


def test_strictly_a_sector_needs_more_weight() -> None:
    spread = next(
        sd for sd in np.arange(1.0, 6.0, 0.1)
        if weighed(0, 20, float(sd)).weight[EXPANSION] < DECLARE_STRICTLY
    )  # fmt: skip
    assert weighed(0, 20, float(spread), strict=False).declared == "expansion"
    assert weighed(0, 20, float(spread), strict=True).declared is None


def test_a_drift_of_detection_is_added_to_the_posterior() -> None:
    still, drifting = weighed(-10, 20), weighed(-10, 20, drift=0.1)
    assert still.declared == "mixed"
    assert drifting.declared is None
    assert len(drifting.sectors) > len(still.sectors)
    # the larger of counterfactual and observed level of either side: 100 and 60
    wide = MixtureLaw(np.ones(1), np.array([[-10.0, 20.0]]), np.diag([1 + 10**2, 1 + 6**2])[None])
    same = dataclasses.replace(posterior(-10, 20), law=wide)
    assert sector_weights(same, smallest=M, drift=0).posterior == pytest.approx(drifting.posterior)


def test_what_hangs_on_the_prior_is_named() -> None:
    found = weighed(0, 0, 1.2 * M, prior_scale=1.0)
    narrow, chosen, wide = (set(left) for _, left, _ in found.by_scale)
    moved = (narrow | chosen | wide) - (narrow & chosen & wide)
    assert moved
    assert moved <= set(found.sensitive)
    assert [scale for scale, _, _ in found.by_scale] == [0.5, 1.0, 2.0]
    assert "with a prior sd of 0.5 m" in found.summary()


def test_sides_may_have_margins_of_their_own() -> None:
    found = weighed(-8, 0, smallest=(10.0, 4.0))
    assert found.smallest == (10.0, 4.0)
    assert found.declared == "null"
    assert weighed(-8, 0, smallest=4.0).declared == "suppression"


def test_the_frame_has_a_row_for_every_sector() -> None:
    found = weighed(-14, 20, 3.0)
    frame = found.to_frame()
    assert tuple(frame["sector"]) == SECTOR_NAMES
    assert frame[["posterior", "prior", "weight", "weight_4m", "weight_16m"]].sum().tolist() == (
        pytest.approx([1] * 5)
    )
    assert set(frame.loc[frame["kept"], "sector"]) == set(found.sectors)
    held = frame.loc[frame["kept"], "weight"]
    assert held.sum() >= found.level > held.sum() - held.min()
    assert not frame["declared"].any()


def test_a_model_of_the_flow_brings_its_own_margin_and_strictness() -> None:
    plain = World(flow=20).fit()
    assert isinstance(plain, sx.Result)
    alone, beside = sector_weights(plain), sector_weights(World(flow=20, donors=4).fit())
    assert alone.smallest[0] == alone.smallest[1] == pytest.approx(plain.flow.smallest)  # type: ignore[attr-defined]  # a VesselsResult
    assert (alone.threshold, beside.threshold) == (DECLARE, DECLARE_STRICTLY)
    assert alone.unit == plain.effects.unit
    assert sector_weights(plain.effects).bars.strict
    assert sector_weights(plain.effects).smallest[1] == pytest.approx(
        abs(plain.effects.base[1]) / 10
    )


def test_the_same_law_gives_the_same_numbers() -> None:
    result = World(flow=20).fit()
    assert np.array_equal(sector_weights(result).posterior, sector_weights(result).posterior)


REFUSED: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "a tested law": (
        lambda: sector_weights(normal_pair(0, 20)),
        sx.EstimandNotIdentified,
        "tests, which give no masses",
    ),
    "a silent law": (
        lambda: sector_weights(silent_pair(0, 20)),
        sx.EstimandNotIdentified,
        "a posterior law",
    ),
    "a result of a test": (
        lambda: sector_weights(fitted(0.0, 40.0)),
        sx.EstimandNotIdentified,
        "fit CommunicatingVessels",
    ),
    "rates": (
        lambda: sector_weights(posterior(0, 20, additive=False)),
        sx.EstimandNotIdentified,
        "do not add",
    ),
    "a failed gate": (
        lambda: sector_weights(
            dataclasses.replace(World(flow=20).fit(), gate=sx.Gate(5, 5, ("5 periods before",)))
        ),
        sx.DesignError,
        "5 periods before",
    ),
    "no result": (
        lambda: sector_weights("result"),  # type: ignore[arg-type]  # the point of the test
        sx.DesignError,
        r"sector_weights\(str\)",
    ),
    "a margin of nothing": (lambda: weighed(0, 0, smallest=0.0), sx.DesignError, "smallest = 0"),
    "three margins": (
        lambda: weighed(0, 0, smallest=(1.0, 2.0, 3.0)),
        sx.DesignError,
        "smallest = ",
    ),
    "a negative drift": (lambda: weighed(0, 0, drift=-0.1), sx.DesignError, "drift = -0.1"),
    "no prior": (lambda: weighed(0, 0, prior_scale=0), sx.DesignError, "prior_scale = 0"),
    "totals of a model without any": (
        lambda: sector_weights(fitted(), totals=True),
        sx.DesignError,
        "a result that has totals",
    ),
    "a word for totals": (
        lambda: sector_weights(World(flow=20).fit(), totals="yes"),  # type: ignore[arg-type]  # the point of the test
        sx.DesignError,
        "totals = 'yes'",
    ),
    "a word for strict": (lambda: weighed(0, 0, strict="no"), sx.DesignError, "strict = 'no'"),
}


@pytest.mark.parametrize(("call", "kind", "said"), REFUSED.values(), ids=REFUSED)
def test_refusals_are_named(call: Callable[[], object], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        call()


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(sx.DesignError) as caught:
        weighed(0, 0, smallest=-1, drift=float("nan"), prior_scale="x")
    assert len(caught.value.problems) == 3


def test_several_indicators_that_drift_ask_less_and_effects_far_out_ask_more() -> None:
    assert weighed(0, 20).threshold == 0.90
    assert weighed(0, 20, strict=False).threshold == 0.85
    assert weighed(0, 20, strict=False, indicators=3).threshold == 0.85
    assert weighed(0, 20, strict=False, indicators=3, drift=0.05).threshold == 0.80
    assert weighed(0, 20, indicators=3, drift=0.05).threshold == 0.90
    assert weighed(0, 60, strict=False).threshold == 0.90
    with pytest.raises(sx.DesignError, match="indicators = 3 of a fit to 1"):
        sector_weights(World(flow=20).fit(), indicators=3)
    with pytest.raises(sx.DesignError, match="indicators = 0"):
        weighed(0, 20, indicators=0)


def test_a_drift_too_small_to_count_lowers_no_bar() -> None:
    least = sx.Detection(drift=0.03, common=0).over(3)
    three = {"strict": False, "indicators": 3}
    bars = [weighed(0, 20, drift=d, **three).bars for d in (0.0, 1e-9, 0.99 * least, least)]
    assert [b.least("expansion") for b in bars] == [0.85, 0.85, 0.85, 0.80]
    assert [b.left for b in bars] == [0.97, 0.97, 0.97, 0.95]


def test_several_indicators_ask_more_of_a_shift_than_of_its_neighbours() -> None:
    assert weighed(-20, 20, strict=False).threshold == 0.85
    assert weighed(-20, 20, strict=False, indicators=3).threshold == 0.90
    assert weighed(-20, 20, strict=False, indicators=3, drift=0.05).threshold == 0.85
    assert weighed(-20, 20, indicators=3).threshold == 0.90


def test_the_sectors_left_hold_more_where_noise_hides_walks() -> None:
    assert weighed(0, 20, strict=False).level == 0.95
    assert weighed(0, 20, strict=False, indicators=3, drift=0.05).level == 0.95
    assert weighed(0, 20, strict=False, indicators=3).level == 0.97
    assert weighed(0, 20, strict=True).level == 0.97
    counts = {
        (strict, sd): len(weighed(0, 20, sd, strict=strict).sectors)
        for strict in (True, False)
        for sd in np.arange(1.0, 9.0, 0.5)
    }
    more = {sd for strict, sd in counts if counts[True, sd] > counts[False, sd]}
    assert more
    assert all(counts[True, sd] >= counts[False, sd] for _, sd in counts)
