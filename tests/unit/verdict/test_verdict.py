"""Unit tests of the verdict: sectors of a known truth, detection, tipping points, refusals."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.plane import SECTOR_NAMES
from tests.pairs import STILL, fitted, normal_pair, several, silent_pair, status

TRUTHS: Mapping[str, tuple[float, float]] = {
    "null": (0.0, 0.0),
    "expansion": (0.0, 40.0),
    "mixed": (-15.0, 30.0),
    "shift-compatible": (-20.0, 20.0),
    "partial displacement": (-40.0, 20.0),
    "common growth": (20.0, 40.0),
    "origin growth": (40.0, 0.0),
    "diffusion of benefits": (-30.0, -20.0),
    "suppression": (-30.0, 0.0),
}


def like(result: sx.Result, effects: sx.Effects) -> sx.Result:
    """Return a result with other effects."""
    return replace(result, effects=effects)


@pytest.mark.parametrize(("name", "truth"), TRUTHS.items())
def test_a_clear_truth_is_declared(name: str, truth: tuple[float, float]) -> None:
    results = [fitted(*truth), fitted(*truth, scale="log")]
    verdict = sx.weigh(results, detection=STILL)
    assert verdict.state == "declared"
    assert verdict.sector == name
    assert verdict.sectors == (name,)
    assert verdict.sector_p_values[name] > 0.05
    assert max(p for n, p in verdict.sector_p_values.items() if n != name) <= 0.05


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS)
def test_drift_of_detection_widens_every_verdict(truth: tuple[float, float]) -> None:
    still = sx.weigh(fitted(*truth), detection=STILL)
    drifted = sx.weigh(fitted(*truth))
    assert set(still.sectors) <= set(drifted.sectors)
    wide = sx.weigh(fitted(*truth), detection=sx.Detection(drift=0.5))
    assert set(drifted.sectors) <= set(wide.sectors)


def test_drift_makes_a_difference() -> None:
    truth = TRUTHS["expansion"]
    assert len(sx.weigh(fitted(*truth)).sectors) > 1
    assert "shift-compatible" not in sx.weigh(fitted(*truth)).sectors
    assert sx.weigh(fitted(*truth), detection=sx.Detection(drift=1.0)).state == "undecided"


def test_undecided_keeps_all_nine() -> None:
    verdict = sx.weigh(fitted(0.0, 0.0, sd=30.0))
    assert verdict.state == "undecided"
    assert verdict.sectors == SECTOR_NAMES
    assert verdict.sector is None
    assert "does not mean that nothing happened" in verdict.summary()


def test_narrowed_names_what_is_left() -> None:
    verdict = sx.weigh(fitted(0.0, 40.0))
    assert verdict.state == "narrowed"
    assert verdict.sector is None
    assert f"Not excluded: {', '.join(verdict.sectors)}." in verdict.summary()


def test_a_sector_needs_four_in_five_to_be_excluded() -> None:
    clear, blurred = fitted(0.0, 40.0), like(fitted(), normal_pair(0.0, 0.0, sd=1e3))
    four = sx.weigh(several(clear, clear, blurred, clear, clear), detection=STILL)
    assert four.sector == "expansion"
    three = sx.weigh(several(clear, clear, blurred, clear, blurred), detection=STILL)
    assert three.state == "undecided"


def test_specifications_that_disagree_keep_the_sectors_of_each() -> None:
    up, down = normal_pair(0.0, 40.0), normal_pair(-30.0, -20.0)
    verdict = sx.weigh([like(fitted(), up), like(fitted(), down)], detection=STILL)
    assert set(verdict.sectors) == {"expansion", "diffusion of benefits"}


def test_when_every_sector_is_rejected_none_is_dropped() -> None:
    pairs = [normal_pair(*truth) for truth in list(TRUTHS.values())[:5]]
    verdict = sx.weigh([like(fitted(), pair) for pair in pairs], detection=STILL)
    assert max(verdict.sector_p_values.values()) <= 0.05
    assert verdict.sectors == SECTOR_NAMES
    assert verdict.state == "undecided"
    assert verdict.conflicting


@pytest.mark.parametrize("side", ["origin", "destination"])
def test_one_side_alone_speaks_for_itself(side: Literal["origin", "destination"]) -> None:
    panel, design = sx.simulate_pair(
        origin_effect=-30, destination_effect=40, sd=1, autocorrelation=0.0
    )
    other = "destination" if side == "origin" else "origin"
    model = sx.InterruptedTimeSeries(trend=False)
    verdict = sx.weigh(model.fit(panel, design.only(side)), detection=STILL)
    found = status(verdict)
    claim = {"origin": "origin fell", "destination": "destination grew"}
    assert found[claim[side]] == "supported"
    assert found[claim[other]] == "not identified"
    assert found["net expansion"] == found["full offset"] == "not identified"
    assert found["shift"] == "not identified"
    assert verdict.bounds is None
    assert verdict.state == "narrowed"
    assert {t.side for t in verdict.tipping} == {side}
    gone = {"origin": "origin growth", "destination": "suppression"}
    assert gone[side] not in verdict.sectors


def test_rates_leave_only_what_one_side_can_say() -> None:
    rates = like(fitted(), normal_pair(0.0, 40.0, additive=False))
    verdict = sx.weigh(rates, detection=STILL)
    assert verdict.bounds is None
    assert status(verdict)["net expansion"] == "not identified"
    assert "expansion" in verdict.sectors
    assert "shift-compatible" in verdict.sectors
    assert "suppression" not in verdict.sectors
    assert not any(t.side == "ratio" for t in verdict.tipping)


def test_levels_not_comparable_leave_signs() -> None:
    result = like(fitted(), normal_pair(-40.0, 40.0, comparable=False))
    verdict = sx.weigh(result, detection=STILL)
    assert verdict.bounds is None
    assert status(verdict)["origin fell"] == "supported"
    assert {"expansion", "mixed", "shift-compatible"} < set(verdict.sectors)


def test_a_silent_law_excludes_and_supports_nothing() -> None:
    verdict = sx.weigh(like(fitted(), silent_pair(0.0, 400.0)))
    assert verdict.state == "undecided"
    assert verdict.bounds is None
    assert set(status(verdict).values()) == {"not identified", "compatible"}


def test_an_origin_that_grew_rejects_the_assumption_and_says_so() -> None:
    verdict = sx.weigh(fitted(20.0, 40.0), detection=STILL)
    assert verdict.bounds is not None
    assert (verdict.bounds.low, verdict.bounds.high) == (0.0, 1.0)
    said = "the origin would not have grown by itself (in the only one)"
    assert verdict.bounds.rejected == (said,)
    assert f"contradicted by the data, not used there: {said}" in verdict.summary()


def test_without_a_bound_the_shift_share_starts_at_zero() -> None:
    for truth in TRUTHS.values():
        bounds = sx.weigh(fitted(*truth), detection=STILL).bounds
        assert bounds is not None
        assert bounds.low == bounds.flow_low == 0.0


def test_bounds_and_claims_do_not_contradict_each_other() -> None:
    verdict = sx.weigh(fitted(-8.0, 40.0), detection=STILL)
    assert verdict.sector == "expansion"
    assert verdict.bounds is not None
    assert verdict.bounds.high > 0.1
    assert status(verdict)["origin fell"] == "supported"
    assert status(verdict)["shift"] == "compatible"


def test_bounds_are_those_that_all_specifications_keep_where_they_are_few() -> None:
    results = [fitted(-20.0, 40.0, rng=seed) for seed in (1, 2, 3)]
    alone = [sx.weigh(result, detection=STILL).bounds for result in results]
    together = sx.weigh(results, detection=STILL).bounds
    assert together is not None
    found = [bounds for bounds in alone if bounds is not None]
    assert together.high == max(bounds.high for bounds in found)
    assert together.flow_high == max(bounds.flow_high for bounds in found)
    assert len({bounds.high for bounds in found}) == 3


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS)
@pytest.mark.parametrize(
    "detection",
    [pytest.param(None, id="drift", marks=pytest.mark.slow), pytest.param(STILL, id="still")],
)
def test_a_tipping_point_overturns_its_claim(
    truth: tuple[float, float], detection: sx.Detection | None
) -> None:
    verdict = sx.weigh(fitted(*truth), detection=detection)
    claims = {claim.name: claim for claim in verdict.claims}
    effects = fitted(*truth).effects.drifted((detection or sx.Detection()).drift)
    seen = 0
    for point in verdict.tipping:
        claim = claims.get(point.statement)
        if claim is None or math.isnan(point.value):
            continue
        inside, outside = point.value / 1.001, point.value * 1.001
        if point.value < 1:
            inside, outside = outside, inside

        def held(ratio: float, side: str = point.side, asked: sx.Claim = claim) -> bool:
            image = effects.under(**{side: ratio})
            return all(image.p_value(a, at)[0] <= asked.level for a, at in asked.questions)

        assert held(inside)
        assert not held(outside)
        seen += 1
    supported = {n for n, c in claims.items() if c.status == "supported" and c.questions}
    assert {p.statement for p in verdict.tipping} >= supported
    assert seen >= len(supported)


def test_a_tipping_point_of_a_normal_law_overturns_its_claim_under_a_drift() -> None:
    result = like(fitted(), normal_pair(-15.0, 30.0))
    verdict = sx.weigh(result)
    effects, held = result.effects.drifted(sx.Detection().drift), 0
    for claim in verdict.claims:
        for point in verdict.tipping:
            if point.statement == claim.name and not math.isnan(point.value):
                below, above = (
                    effects.under(**{point.side: point.value * by}) for by in (0.999, 1.001)
                )
                kept = [
                    all(image.p_value(a, at)[0] <= claim.level for a, at in claim.questions)
                    for image in (below, above)
                ]
                assert kept == [point.value > 1, point.value < 1]
                held += 1
    assert held


def test_explaining_all_away_takes_observed_over_counterfactual() -> None:
    verdict = sx.weigh(like(fitted(), normal_pair(-20.0, 40.0)))
    values = {p.statement: p.value for p in verdict.tipping}
    assert values["any change at the origin"] == pytest.approx(80 / 100)
    assert values["any change at the destination"] == pytest.approx(80 / 40)
    assert values["offset ratio 0.75"] == pytest.approx(0.75 / 0.5)


def test_the_table_has_one_row_for_each_claim() -> None:
    verdict = sx.weigh(fitted(0.0, 40.0))
    frame = verdict.to_frame()
    assert list(frame["claim"]) == [c.name for c in verdict.claims]
    assert list(frame.columns) == [
        "claim",
        "status",
        "p_value",
        "level",
        "text",
        "rests_on",
        "p_against",
    ]


def test_labels_cannot_be_typed() -> None:
    names = [field.name for field in dataclasses.fields(sx.Verdict)]
    assert names == ["results", "evidence", "detection", "margin", "gate", "name"]
    verdict = sx.weigh(fitted())
    for label in ("state", "sector", "sectors", "claims", "bounds", "tipping"):
        with pytest.raises(TypeError, match="unexpected keyword"):
            replace(verdict, **{label: ("shift",)})  # type: ignore[arg-type]  # refused by name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(verdict, label, ("shift",))


def test_different_indicators_are_refused() -> None:
    result = fitted()
    other = replace(result, indicator=replace(result.indicator, name="price"))
    with pytest.raises(sx.DesignError, match="results of different indicators: price, y") as caught:
        sx.weigh([result, other])
    assert "side by side" in str(caught.value)


def test_different_units_and_pairs_are_refused_together() -> None:
    result = fitted()
    effects = replace(result.effects, unit="kg per year")
    paths = replace(result.paths, names=("O", "C1"))
    with pytest.raises(sx.DesignError) as caught:
        sx.weigh([result, replace(result, effects=effects, paths=paths)], margin=-0.1)
    said = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "results of different units of measurement: kg per year, units per year" in said
    assert "results of different pairs of units: O and C1, O and D" in said
    assert "margin = -0.1" in said


def test_nothing_to_weigh_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="no results and no evidence"):
        sx.weigh()


@pytest.mark.parametrize("margin", [0.0, -0.1, math.nan])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(sx.DesignError, match=f"margin = {margin!r}"):
        sx.weigh(fitted(), margin=margin)


def test_a_single_result_needs_no_list() -> None:
    assert sx.weigh(fitted()).results == sx.weigh([fitted()]).results


def test_the_same_inputs_give_the_same_words() -> None:
    first, second = (sx.weigh(like(fitted(), normal_pair(0.0, 4.0))) for _ in range(2))
    assert first.summary() == second.summary()
    assert np.array_equal(
        list(first.sector_p_values.values()), list(second.sector_p_values.values())
    )


def test_a_level_that_is_not_positive_bars_claims_with_a_drift_and_is_the_first_caution() -> None:
    pair = normal_pair(0.0, 40.0)
    centred = like(fitted(), replace(pair, base=np.array([100.0, -5.0])))
    verdict, still = sx.weigh(centred), sx.weigh(centred, detection=STILL)
    assert verdict.cautions[0].startswith("detection drift and margin are shares of a level that")
    assert status(verdict)["destination grew"] == "not identified"
    assert verdict.sectors == SECTOR_NAMES
    assert status(still)["destination grew"] == "supported"
    assert still.cautions[0] == verdict.cautions[0]
    assert not sx.weigh(like(fitted(), pair)).cautions[0].startswith("detection drift and margin")
