"""Unit tests of the ladder: what supports, what contradicts, what only a bound can lift."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from scipy.special import ndtr, ndtri

import shiftexp as sx
from shiftexp.effects import Effects
from shiftexp.verdict.claims import Claim, integration_claim, series_claims, shift_claim
from tests.pairs import normal_pair, silent_pair

LADDER = (
    "destination grew", "origin fell", "net expansion", "not mainly shift", "some offset",
    "mostly offset", "origin unchanged", "destination unchanged", "full offset",
)  # fmt: skip


def claims(*pairs: Effects, margin: float = 0.10) -> dict[str, Claim]:
    """Return the claims of a series by name."""
    return {claim.name: claim for claim in series_claims(pairs, margin)}


def bound(low: float, high: float = 100.0) -> sx.Bound:
    """Return a bound on the flow."""
    return sx.Bound("flow", low=low, high=high, unit="kg per year", because="counted at the border")


def shift(*evidence: sx.Evidence, identified: bool = True) -> Claim:
    """Return the claim that activity moved."""
    return shift_claim(evidence, identified=identified)


def test_the_ladder_begins_with_the_weakest_claims() -> None:
    assert tuple(claims(normal_pair(0.0, 0.0))) == LADDER


@pytest.mark.parametrize(
    ("pair", "supported", "contradicted"),
    [
        ((0.0, 40.0), {"destination grew", "net expansion", "not mainly shift", "origin unchanged"},
         {"some offset", "mostly offset"}),
        ((-40.0, 40.0), {"destination grew", "origin fell", "some offset", "mostly offset",
                         "full offset"}, {"not mainly shift"}),
        ((-20.0, 40.0), {"destination grew", "origin fell", "net expansion", "not mainly shift",
                         "some offset"}, {"mostly offset"}),
        ((-40.0, 0.0), {"origin fell", "destination unchanged"}, {"net expansion"}),
        ((40.0, 0.0), {"net expansion", "destination unchanged"}, {"origin fell"}),
        ((-40.0, -20.0), {"origin fell"}, {"destination grew", "net expansion"}),
        ((0.0, 0.0), {"origin unchanged", "destination unchanged"}, set()),
    ],
)  # fmt: skip
def test_a_clear_pair_decides_what_it_can(
    pair: tuple[float, float], supported: set[str], contradicted: set[str]
) -> None:
    found = claims(normal_pair(*pair))
    assert {n for n, c in found.items() if c.status == "supported"} == supported
    assert {n for n, c in found.items() if c.status == "contradicted"} == contradicted
    unasked = {"not mainly shift"} if pair[0] > 0 else set()
    assert {n for n, c in found.items() if c.status == "not identified"} == unasked
    assert "compatible" not in {c.status for c in found.values()}


@pytest.mark.parametrize(("origin", "grew"), [(40.0, True), (2.0, True), (1.0, False)])
def test_not_mainly_shift_rests_on_the_assumption_that_a_grown_origin_contradicts(
    origin: float,
    grew: bool,  # noqa: FBT001 - a table of cases
) -> None:
    claim = claims(normal_pair(origin, 60.0))["not mainly shift"]
    assert "would not have grown by itself (B1)" in claim.text
    assert claim.status == ("not identified" if grew else "supported")
    assert ("the origin grew, so B1 is contradicted" in claim.rests_on) == grew
    other = claims(normal_pair(origin, 60.0))["net expansion"]
    assert other.status == "supported"
    assert other.rests_on == "1 specification"


def test_one_of_five_may_let_the_origin_grow() -> None:
    flat, grown = normal_pair(0.0, 60.0), normal_pair(20.0, 60.0)
    assert claims(*[flat] * 4, grown)["not mainly shift"].status == "supported"
    assert claims(flat, *[grown] * 4)["not mainly shift"].status == "not identified"


def test_net_expansion_is_held_against_a_fortieth_and_the_rest_against_a_twentieth() -> None:
    found = claims(normal_pair(0.0, 0.0))
    assert {n: c.level for n, c in found.items()} == dict.fromkeys(LADDER, 0.05) | {
        "net expansion": 0.025
    }
    between = -float(ndtri(0.03)) * math.sqrt(2)
    sums = claims(normal_pair(0.0, between))
    assert sums["net expansion"].p_value == pytest.approx(0.03)
    assert sums["net expansion"].status == "inconclusive"


def test_the_p_of_a_claim_is_the_one_four_in_five_reach() -> None:
    pairs = [normal_pair(0.0, mean) for mean in (1.0, 2.0, 3.0, 4.0, 5.0)]
    claim = claims(*pairs)["destination grew"]
    assert claim.p_value == pytest.approx(ndtr(-2.0))
    assert claim.status == "supported"
    assert claim.rests_on == "5 specifications"
    weaker = [normal_pair(0.0, mean) for mean in (1.0, 1.5, 3.0, 4.0, 5.0)]
    assert claims(*weaker)["destination grew"].status == "inconclusive"


def test_opposite_specifications_settle_nothing() -> None:
    found = claims(normal_pair(0.0, 40.0), normal_pair(0.0, -40.0))
    assert found["destination grew"].status == "inconclusive"


@pytest.mark.parametrize(("margin", "said"), [(0.10, "10 %"), (0.05, "5 %"), (0.125, "12.5 %")])
def test_the_margin_stands_in_the_sentence_of_no_change(margin: float, said: str) -> None:
    found = claims(normal_pair(0.0, 0.0), margin=margin)
    for side in ("origin", "destination"):
        text = f"the {side} changed by less than {said} of its counterfactual level"
        assert found[f"{side} unchanged"].text == text


def test_no_change_is_two_one_sided_tests_never_a_large_p() -> None:
    assert claims(normal_pair(0.0, 0.0, sd=50.0))["origin unchanged"].status == "inconclusive"
    found = claims(normal_pair(6.0, 0.0, sd=2.0))
    assert found["origin unchanged"].p_value == pytest.approx(ndtr(-(10.0 - 6.0) / 2.0))
    assert claims(normal_pair(99.0, 0.0))["origin unchanged"].status == "inconclusive"


def test_offset_claims_say_that_they_are_a_pattern() -> None:
    found = claims(normal_pair(-40.0, 40.0))
    for name in ("some offset", "mostly offset", "full offset"):
        assert "a pattern, not a flow" in found[name].text


def test_rates_answer_for_one_side_only() -> None:
    found = claims(normal_pair(0.0, 40.0, additive=False))
    assert found["destination grew"].status == "supported"
    assert found["origin fell"].status == "inconclusive"
    for name in (
        "net expansion",
        "not mainly shift",
        "some offset",
        "mostly offset",
        "full offset",
    ):
        assert found[name].status == "not identified"
        assert math.isnan(found[name].p_value)


def test_levels_that_are_not_comparable_answer_for_signs_only() -> None:
    found = claims(normal_pair(-40.0, 40.0, comparable=False))
    assert found["destination grew"].status == found["origin fell"].status == "supported"
    assert found["net expansion"].status == found["some offset"].status == "not identified"


def test_a_silent_specification_silences_the_ladder() -> None:
    found = claims(normal_pair(-40.0, 40.0), silent_pair(-40.0, 40.0))
    assert {c.status for c in found.values()} == {"not identified"}


@pytest.mark.parametrize("identified", [True, False])
def test_a_lower_bound_above_zero_supports_a_shift(*, identified: bool) -> None:
    claim = shift(sx.Evidence(about="shift", bound=bound(3.0)), identified=identified)
    assert claim.status == "supported"
    assert claim.rests_on == "3 <= flow <= 100 kg per year: counted at the border"


def test_every_bound_that_lifts_a_shift_is_named_and_no_other() -> None:
    pieces = [sx.Evidence(about="shift", bound=bound(low)) for low in (1.0, 7.0, 0.0)]
    said = shift(*pieces).rests_on
    assert said.startswith("1 <= flow")
    assert "; and 7 <= flow" in said
    assert "0 <= flow" not in said


NO_LIFT: Sequence[sx.Evidence] = (
    sx.Evidence(about="shift", p_value=0.0, power=1.0, source="case files"),
    sx.Evidence(about="shift", bound=bound(0.0)),
    sx.Evidence(about="shift", direction="against", bound=bound(3.0)),
    sx.Evidence(about="expansion", bound=bound(3.0)),
    sx.Evidence(about="integration", bound=bound(3.0), p_value=0.001),
)


@pytest.mark.parametrize("evidence", NO_LIFT, ids=lambda e: f"{e.about} {e.direction}")
def test_nothing_else_supports_a_shift(evidence: sx.Evidence) -> None:
    assert shift(evidence).status == "compatible"
    assert shift(*NO_LIFT).status == "compatible"


def test_without_series_and_bounds_a_shift_is_not_identified() -> None:
    assert shift(identified=False).status == "not identified"
    empty = sx.Evidence(about="shift", bound=bound(0.0))
    assert shift(empty, identified=False).status == "compatible"
    assert "series alone never prove a flow" in shift().rests_on


def test_integration_is_compatible_with_everything() -> None:
    assert integration_claim(()).status == "compatible"
    assert "every sector" in integration_claim(()).rests_on


def test_integration_lists_what_was_brought_about_it_and_nothing_else() -> None:
    files = sx.Evidence(about="integration", source="case files", p_value=0.001)
    against = sx.Evidence(about="integration", direction="against", source="prices")
    other = sx.Evidence(about="expansion", source="a survey")
    plain, claim = integration_claim(()), integration_claim([files, other, against])
    assert claim.status == "compatible"
    assert claim.rests_on == (
        f"{plain.rests_on}; for integration, p = 0.001 [case files]; against integration [prices]"
    )
