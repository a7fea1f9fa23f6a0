"""What each kind of missing evidence would do to a verdict: computed, ranked, and never typed."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import shiftexp as sx
from shiftexp.plane import SECTOR_NAMES
from shiftexp.verdict.readings import smallest_p
from shiftexp.verdict.remedies import Remedy, ValueOfInformation, remedies_of
from tests.pairs import STILL, fitted, normal_pair
from tests.unit.verdict.test_readings import posterior
from tests.vessels import World

FAILED = sx.Gate(3, 2, ("3 joint periods before", "2 joint periods after"))
COUNTED = sx.Evidence(
    about="shift", bound=sx.Bound("flow", low=3, high=90, unit="kg", because="counted")
)


def kinds(verdict: sx.Verdict) -> dict[str, Remedy]:
    """Return the remedies by kind; of indicators the one with most of them."""
    return {r.kind: r for r in sorted(verdict.value_of_information.remedies, key=lambda r: r.moves)}


@pytest.mark.parametrize(("kind", "drift"), [("effort", 0.03), ("effort-free", 0.0)])
def test_documented_effort_is_the_verdict_at_that_drift(kind: str, drift: float) -> None:
    verdict = sx.weigh(fitted(0.0, 40.0))
    then = sx.weigh(fitted(0.0, 40.0), detection=sx.Detection(drift=drift))
    found = kinds(verdict)[kind]
    assert found.sectors == then.sectors
    assert found.removed == tuple(n for n in verdict.sectors if n not in then.sectors)
    assert found.settles == (then.sector is not None)
    now = {c.name for c in verdict.claims if c.status == "supported"}
    later = {c.name for c in then.claims if c.status == "supported"}
    assert set(found.supported) == later - now
    assert found.factor == drift


def test_effort_that_is_documented_already_is_no_remedy() -> None:
    declared = sx.weigh(fitted(0.0, 40.0), detection=sx.Detection(drift=0.03))
    assert "effort" not in kinds(declared)
    assert "effort-free" in kinds(declared)
    assert not {"effort", "effort-free"} & set(kinds(sx.weigh(fitted(), detection=STILL)))


def test_less_noise_draws_the_law_in_about_its_estimate() -> None:
    wide = replace(fitted(), effects=normal_pair(0.0, 20.0, sd=8.0))
    half = replace(fitted(), effects=normal_pair(0.0, 20.0, sd=4.0))
    found = kinds(sx.weigh(wide, detection=STILL))
    then = sx.weigh(half, detection=STILL)
    assert found["noise"].sectors == then.sectors
    assert found["noise"].factor == 0.5
    assert len(found["noise"].sectors) <= len(found["years"].sectors)
    assert "approximation" in found["noise"].basis
    assert found["years"].factor == pytest.approx(math.sqrt(0.5))
    assert found["noise"].removed


def test_less_noise_draws_in_a_posterior_too() -> None:
    found = kinds(sx.weigh(posterior(0.0, 12.0, sd=4.0), detection=STILL))["noise"]
    then = sx.weigh(posterior(0.0, 12.0, sd=2.0), detection=STILL)
    assert found.sectors == then.sectors
    assert found.settles == (then.sector is not None)


def test_donors_take_away_what_both_places_share() -> None:
    result = fitted(0.0, 40.0)
    paths = result.paths
    shock = 3 * (-1.0) ** (paths.counterfactual[0] * 0 + range(len(paths.labels)))
    together = replace(paths, observed=paths.counterfactual + shock)
    shared = kinds(sx.weigh(replace(result, paths=together)))["donors"]
    assert shared.factor == pytest.approx(math.sqrt(0.2))
    assert "100 % of the variance before the onset" in shared.how_much
    apart = replace(paths, observed=paths.counterfactual + shock * [[1.0], [-1.0]])
    assert "donors" not in kinds(sx.weigh(replace(result, paths=apart)))
    beside = replace(result, design=replace(result.design, donors=("X",)))
    assert "donors" not in kinds(sx.weigh(replace(beside, paths=together)))


def test_only_a_bound_supports_a_shift_and_prices_bring_none() -> None:
    found = kinds(sx.weigh(fitted(0.0, 40.0)))
    lifting = {k for k, r in found.items() if "shift" in r.supported}
    assert lifting == {"case files", "customers"}
    assert found["prices"].moves == 0
    assert "signs are no Bound" in found["prices"].basis
    brought = kinds(sx.weigh(fitted(0.0, 40.0), evidence=[COUNTED]))
    assert not {"case files", "customers", "prices"} & set(brought)


def test_a_bound_settles_a_pattern_behind_which_there_may_be_a_flow() -> None:
    moved = sx.weigh(fitted(-20.0, 20.0), detection=STILL)
    assert moved.sector == "shift-compatible"
    assert kinds(moved)["case files"].settles
    grew = sx.weigh(fitted(0.0, 40.0), detection=STILL)
    assert grew.sector == "expansion"
    assert not kinds(grew)["case files"].settles


def test_one_side_alone_has_no_bound_to_ask_for() -> None:
    panel, design = sx.simulate_pair(destination_effect=40, sd=1, autocorrelation=0.0)
    alone = sx.InterruptedTimeSeries(trend=False).fit(panel, design.only("destination"))
    found = kinds(sx.weigh(alone))
    assert not {"case files", "customers", "donors"} & set(found)
    assert "noise" in found


def test_a_failed_gate_asks_for_what_it_needs_first() -> None:
    verdict = sx.weigh(gate=FAILED)
    before, after, *rest = verdict.value_of_information.remedies
    assert (before.kind, before.factor) == ("gate before", 5.0)
    assert before.how_much == "5 more: 3 are there, 8 are needed"
    assert (after.kind, after.factor) == ("gate after", 1.0)
    assert verdict.value_of_information.best is before
    assert "case files" in {r.kind for r in rest}
    broken = sx.weigh(gate=sx.Gate(12, 9, ("break 2015 of NL untreated",)))
    (gate,) = [r for r in broken.value_of_information.remedies if r.for_gate]
    assert gate.what == "the same series counted in one way"


def test_what_moves_most_stands_first() -> None:
    remedies = sx.weigh(fitted(0.0, 40.0)).value_of_information.remedies
    keys = [(not r.settles, -len(r.removed), -r.moves) for r in remedies]
    assert keys == sorted(keys)


def weighed(sectors: str, sector: str | None = None, **statuses: str) -> Any:  # noqa: ANN401 - stands for a verdict
    """Return a verdict made by hand: its sectors, the one declared, and the status of claims."""
    claims = tuple(SimpleNamespace(name=name, status=status) for name, status in statuses.items())
    return SimpleNamespace(
        results=(fitted(0.0, 40.0),), readings=("one",), gates=(), evidence=(), flows=(),
        detection=None, drift=0.1, sectors=tuple(sectors), sector=sector,
        claims=(*claims, SimpleNamespace(name="shift", status="supported")),
    )  # fmt: skip


def asked(now: Any, by_drift: dict[float, Any]) -> tuple[Remedy, ...]:  # noqa: ANN401 - as above
    """Return the remedies of a verdict that another drift alone would change."""

    def what_if(detection: sx.Detection | None = None, **_: object) -> Any:  # noqa: ANN401 - as above
        return now if detection is None else by_drift[detection.drift]

    return remedies_of(now, what_if).remedies


def test_removed_sectors_count_before_settled_claims_and_refuted_claims_count_too() -> None:
    now = weighed("abcd", grew="compatible", fell="compatible", moved="compatible")
    narrower = weighed("ab", grew="compatible", fell="compatible", moved="compatible")
    firmer = weighed("abc", grew="supported", fell="contradicted", moved="contradicted")
    first, second, *rest = asked(now, {0.0: narrower, 0.03: firmer})
    assert (first.kind, first.removed, first.moves) == ("effort-free", ("c", "d"), 2)
    assert (second.kind, second.removed, second.supported) == ("effort", ("d",), ("grew",))
    assert second.contradicted == ("fell", "moved")
    assert second.moves == 4
    assert all(remedy.moves == 0 for remedy in rest)
    refuting = weighed("abcd", grew="compatible", fell="contradicted", moved="contradicted")
    supporting = weighed("abcd", grew="supported", fell="compatible", moved="compatible")
    kinds_found = [r.kind for r in asked(now, {0.0: supporting, 0.03: refuting})]
    assert kinds_found[:2] == ["effort", "effort-free"]


def test_only_a_sector_that_is_not_declared_yet_is_settled() -> None:
    then = {0.0: weighed("a", "a"), 0.03: weighed("abc")}
    first, *rest = asked(weighed("abcd"), then)
    assert (first.kind, first.settles) == ("effort-free", True)
    assert not any(remedy.settles for remedy in rest)
    declared = asked(weighed("abcd", "a"), then)
    assert not any(remedy.settles for remedy in declared)


@pytest.mark.parametrize(
    ("gate", "needs"),
    [
        (sx.Gate(8, 3, ("break 2015 of NL untreated",)), ["gate counting"]),
        (sx.Gate(7, 3, ("7 joint periods before",)), ["gate before"]),
        (sx.Gate(8, 2, ("2 joint periods after",)), ["gate after"]),
        (sx.Gate(9, 3, ("9 joint periods before less 2 for breaks",)), ["gate counting"]),
        (sx.Gate(8, 3), []),
        (sx.Gate(7, 2), []),  # passed: whoever says so answers for it
    ],
)
def test_a_gate_asks_for_no_more_than_it_lacks(gate: sx.Gate, needs: list[str]) -> None:
    remedies = sx.weigh(gate=gate).value_of_information.remedies
    assert [remedy.kind for remedy in remedies if remedy.for_gate] == needs


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
def test_behind_a_failed_gate_no_other_push_is_tried() -> None:
    result = World(flow=20.0, donors=5).fit()
    assert "push" in kinds(sx.weigh(result))
    assert "push" not in kinds(sx.weigh(result, gate=FAILED))


def test_where_nothing_would_move_it_there_is_no_best() -> None:
    dull = Remedy("prices", "prices", "signs", SECTOR_NAMES)
    assert ValueOfInformation((dull,)).best is None
    assert ValueOfInformation(()).best is None
    assert ValueOfInformation(()).to_frame().empty
    assert dull.words() == "prices (signs): would change no sector and no claim"


@pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
@pytest.mark.slow
def test_a_push_that_goes_off_is_tried_on_the_model_of_the_flow() -> None:
    found = kinds(sx.weigh(World(flow=20.0, donors=5).fit()))
    assert found["push"].supported == ("shift",)
    bare = kinds(sx.weigh(World(flow=20.0).fit()))["push"]
    assert bare.moves == 0
    assert "no donors are asked" in bare.basis
    assert "push" not in kinds(sx.weigh(World(flow=20.0, donors=5, pulse=True).fit()))


def test_the_table_and_the_summary_say_it() -> None:
    verdict = sx.weigh(fitted(0.0, 40.0))
    frame = verdict.value_of_information.to_frame()
    assert list(frame.columns[:4]) == ["kind", "what", "how_much", "sectors_left"]
    assert frame["sectors_left"].between(1, 9).all()
    assert "Would settle it: " in verdict.summary()
    assert "Would move it most: periods in which" in sx.weigh(gate=FAILED).summary()


def ranked(donors: int) -> tuple[sx.Result, sx.Result]:
    """Return a rank among donors, and a test without them, of a destination that grew."""
    panel, design = sx.simulate_pair(destination_effect=60, sd=2, donors=donors, rng=4)
    rank = sx.Permutation(sx.DifferenceInDifferences()).fit(panel, design)
    return rank, sx.InterruptedTimeSeries(trend=False).fit(panel, design)


@pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
def test_a_specification_that_cannot_reject_is_named_with_its_smallest_p() -> None:
    rank, free = ranked(5)
    verdict = sx.weigh([rank, free], detection=STILL)
    assert verdict.state == "undecided"
    found = kinds(verdict)["resolution"]
    assert found.factor == pytest.approx(1 / 6)
    assert rank.name in found.what
    assert "0.167, is above 0.05" in found.what
    assert "more donors" in found.how_much
    assert "at least 19" in found.how_much
    assert "leave it out" in found.how_much
    then = sx.weigh(free, detection=STILL)
    assert found.sectors == then.sectors
    assert found.settles == (then.sector is not None)
    assert verdict.value_of_information.best == found
    for language in ("en", "nl", "fr"):
        assert sx.weigh([rank, free], detection=STILL).paragraph(language)


@pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
def test_alone_it_says_that_the_rest_is_not_known() -> None:
    found = kinds(sx.weigh(ranked(5)[0], detection=STILL))["resolution"]
    assert found.sectors == SECTOR_NAMES
    assert not found.moves
    assert "not known" in found.basis


@pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
def test_a_specification_that_can_reject_is_no_such_thing() -> None:
    rank, free = ranked(19)
    assert smallest_p(rank) == pytest.approx(0.05)
    assert "resolution" not in kinds(sx.weigh([rank, free], detection=STILL))
