"""Pooling several results: what is in common, what detection leaves, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import Effects, StudentLaw
from shiftexp.pooling.spreads import error_correlation, spread
from shiftexp.result import Result
from tests.pairs import fitted

STABLE = sx.Detection(drift=0.0)


def _result(
    origin: float, base: tuple[float, float] = (100.0, 80.0), destination: float = 40.0
) -> Result:
    """Return a fit whose effects are normal with standard errors of 4 and 5."""
    mean, levels = np.array([origin, destination]), np.array(base)
    law = StudentLaw(mean, np.diag([16.0, 25.0]))
    effects = Effects(law, mean, levels, levels + mean, "units per year")
    return replace(fitted(), effects=effects)


def _three(shift: float = 1e-6) -> dict[str, Result]:
    """Return results of three indicators: effects of -20 and 40 on levels of 100 and 80."""
    found = {
        name: _result(-20 + d * shift) for name, d in (("labs", -1), ("dumps", 0), ("seizures", 1))
    }
    return {
        name: replace(result, indicator=replace(result.indicator, name=name))
        for name, result in found.items()
    }


def test_effects_are_percent_of_the_destinations_level_and_keep_the_offset_ratio() -> None:
    found = sx.pool(_three(), detection=STABLE, heterogeneity=0.0, correlation=0.0)
    assert found.effects.mean == pytest.approx([-25.0, 50.0])
    assert found.effects.offset_ratio == pytest.approx(0.5)
    assert found.effects.base == pytest.approx([125.0, 100.0])
    sds = np.sqrt(np.diag(found.effects.cov))
    assert sds == pytest.approx(np.array([5.0, 6.25]) / np.sqrt(3))
    assert found.shares == pytest.approx(np.full((3, 2), 1 / 3))


def test_percent_of_each_side_has_no_net_effect_and_no_ratio() -> None:
    found = sx.pool(_three(), plane="percent", detection=STABLE)
    assert found.effects.mean == pytest.approx([-20.0, 50.0])
    assert not found.effects.answers((1.0, 1.0))
    assert "offset ratio" not in found.summary()


def test_indicators_that_differ_are_less_sure_and_the_next_one_is_less_sure_still() -> None:
    alike, apart = (sx.pool(_three(s), detection=STABLE) for s in (1e-6, 40.0))
    origin = (1.0, 0.0)
    widths = [
        one.high - one.low
        for one in (
            alike.effects.interval(origin),
            apart.effects.interval(origin),
            apart.another.interval(origin),
        )
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[1]
    assert apart.heterogeneity[0] > 2 * alike.heterogeneity[0]


def test_the_country_wide_part_of_detection_is_not_averaged_away() -> None:
    def sd(common: float, drift: float = 0.10) -> float:
        detection = sx.Detection(drift=drift, common=common)
        found = sx.pool(_three(), detection=detection, heterogeneity=0.0, correlation=0.0)
        return float(np.sqrt(found.effects.cov[1, 1]))

    alone, drifted = 6.25 / np.sqrt(3), 10.0 * 120 / 80
    assert sd(0.0) == pytest.approx(np.hypot(alone, drifted / np.sqrt(3)))
    assert sd(1.0) == pytest.approx(np.hypot(alone, drifted))


def test_an_indicator_free_of_effort_weighs_more_than_those_that_share_one() -> None:
    declared = {"dumps": STABLE, "labs": sx.Detection(drift=0.1), "seizures": sx.Detection()}
    found = sx.pool(_three(), detection=declared, heterogeneity=0.0, correlation=0.0)
    weight = dict(zip(found.names, found.shares[:, 1], strict=True))
    assert weight["dumps"] > 0.8
    assert weight["labs"] == pytest.approx(weight["seizures"])


def test_an_indicator_among_the_others_is_drawn_towards_them() -> None:
    found = sx.pool(_three(16.0), detection=STABLE)
    own = [found.of(name).mean[0] for name in found.names]
    assert own == sorted(own)
    alone = found.estimates[:, 0]
    assert alone[0] < own[0] < found.effects.mean[0] < own[2] < alone[2]


def test_a_table_has_every_indicator_twice_and_all_together() -> None:
    frame = sx.pool(_three(), detection=STABLE).to_frame()
    kinds = frame.groupby("kind", sort=False).size().to_dict()
    assert kinds == {"alone": 6, "among the others": 6, "in common": 2, "prediction": 2}
    weights = frame[frame["kind"] == "among the others"].groupby("side")["weight"].sum()
    assert list(weights) == pytest.approx([1, 1])


def test_a_law_without_a_covariance_is_read_off_its_intervals() -> None:
    panel, design = sx.simulate_pair(destination_effect=40, rng=1)
    effects = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    sds, within = spread(effects)
    for sd, a in zip(sds, ((1.0, 0.0), (0.0, 1.0)), strict=True):
        found = effects.effects.interval(a)
        assert sd == pytest.approx((found.high - found.low) / 3.92, rel=1e-3)
    assert -1 < within < 1


def test_errors_are_correlated_as_what_models_left_unexplained_and_by_half_at_least() -> None:
    panel, design = sx.simulate_pair(rng=1)
    one = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    other = sx.InterruptedTimeSeries(trend=False).fit(sx.simulate_pair(rng=2)[0], design)
    assert error_correlation([one, one]) == 0.95
    assert error_correlation([one, other]) == 0.5


def test_what_is_assumed_is_said() -> None:
    said = sx.pool(_three()).summary()
    assert "drift of detection integrated: 0.1 (100% country-wide); nobody declared it" in said
    assert "correlated by 0.95 between indicators (read off" in said


def test_names_of_which_nothing_is_declared_are_said() -> None:
    said = sx.pool(_three(), detection={"labs": STABLE}).summary()
    assert "; nobody declared that of dumps, seizures" in said
    everything = dict.fromkeys(_three(), STABLE)
    assert "nobody declared" not in sx.pool(_three(), detection=everything).summary()


def test_heterogeneity_is_named_and_may_reach_zero() -> None:
    found = sx.pool(_three(), detection=STABLE, level=0.9999).heterogeneity
    assert 0 <= found.low < 0.2 < found.median < found.high


def test_a_pooled_result_prints_in_one_line() -> None:
    said = "<Pooled: 3 indicators pooled: labs, dumps, seizures>"
    assert repr(sx.pool(_three())) == said


def _one_sided() -> Result:
    panel, design = sx.simulate_pair(rng=1)
    return sx.InterruptedTimeSeries(trend=False).fit(panel, design.only("destination"))


BAD: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "one result": (lambda: sx.pool({"labs": _three()["labs"]}), sx.DesignError, "1 result;"),
    "a name twice": (
        lambda: sx.pool([_result(0.0), _result(1.0)]),
        sx.DesignError,
        "several results of",
    ),
    "a number": (lambda: sx.pool([1]), TypeError, "given int"),  # type: ignore[list-item]  # the refusal itself
    "one side": (
        lambda: sx.pool({"labs": _three()["labs"], "one": _one_sided()}),
        sx.DesignError,
        "'one' has one side only",
    ),
    "a misspelt name": (
        lambda: sx.pool(_three(), detection={"lab": STABLE}),
        sx.DesignError,
        "did you mean 'labs'",
    ),
    "a plane": (
        lambda: sx.pool(_three(), plane="ratio"),  # type: ignore[arg-type]  # the refusal itself
        sx.DesignError,
        "plane = 'ratio'",
    ),
    "a correlation": (
        lambda: sx.pool(_three(), correlation=1.0, heterogeneity=-1.0),
        sx.DesignError,
        r"correlation = 1.0[\s\S]*heterogeneity = -1.0",
    ),
    "a detection": (
        lambda: sx.pool(_three(), detection=0.1),  # type: ignore[arg-type]  # the refusal itself
        sx.DesignError,
        "detection of dumps, labs, seizures",
    ),
    "a level below zero": (
        lambda: sx.pool(
            {
                "labs": _three()["labs"],
                "low": _result(0.0, (-1.0, 2.0)),
            }
        ),
        sx.DesignError,
        "'low' has a counterfactual level",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_pooled_is_refused_by_name(case: str) -> None:
    call, error, message = BAD[case]
    with pytest.raises(error, match=message):
        call()


def test_an_unknown_indicator_is_named() -> None:
    with pytest.raises(sx.DesignError, match="indicator 'lab'"):
        sx.pool(_three()).of("lab")


def test_places_must_be_the_same() -> None:
    results = _three()
    paths = replace(results["labs"].paths, names=("X", "D"))
    results["labs"] = replace(results["labs"], paths=paths)
    with pytest.raises(sx.DesignError, match="results of different places"):
        sx.pool(results)


def test_a_result_is_not_pooled_with_itself() -> None:
    panel, design = sx.simulate_pair(destination_effect=20, rng=2)
    result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    with pytest.raises(sx.DesignError, match="one estimate as"):
        sx.pool({"a": result, "b": result})
