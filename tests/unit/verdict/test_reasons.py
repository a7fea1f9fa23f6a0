"""Every status has a reason, and every reason points at a number that stands where it says."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.plane import SECTOR_NAMES
from shiftexp.verdict.reasons import Reason, evidence_frame, reasons_frame
from shiftexp.verdict.wording import rounded
from tests.pairs import STILL, fitted, normal_pair, several, silent_pair
from tests.unit.verdict.test_readings import posterior
from tests.vessels import World

FEW = sx.Gate(3, 2, ("3 joint periods before", "2 joint periods after"))
COUNTED = sx.Evidence(
    about="shift",
    bound=sx.Bound("flow", low=3, high=90, unit="units per year", because="counted"),
    source="customs",
)
P = sx.Evidence(about="integration", p_value=0.01, source="prices")


def like(effects: sx.Effects) -> sx.Result:
    """Return a result with these effects."""
    return replace(fitted(), effects=effects)


VERDICTS = {
    "declared": lambda: sx.weigh(several(*[fitted(0.0, 40.0)] * 5), detection=STILL),
    "drifted": lambda: sx.weigh(fitted(0.0, 40.0), evidence=[P, COUNTED]),
    "growth": lambda: sx.weigh(fitted(20.0, 40.0), detection=STILL),
    "undecided": lambda: sx.weigh(fitted(sd=30.0), evidence=[P]),
    "silent": lambda: sx.weigh(like(silent_pair(0.0, 40.0))),
    "rates": lambda: sx.weigh(like(normal_pair(0.0, 40.0, additive=False))),
    "posterior": lambda: sx.weigh(posterior(-1.5, 12.0), detection=STILL),
    "both kinds": lambda: sx.weigh([fitted(0.0, 40.0), posterior(0.0, 12.0)]),
    "gate failed": lambda: sx.weigh(fitted(), gate=FEW),
    "gate short after": lambda: sx.weigh(gate=sx.Gate(20, 2, ("2 joint periods after",))),
    "nothing": lambda: sx.weigh(evidence=[COUNTED]),
}


def cell(tables: dict[str, pd.DataFrame], reason: Reason) -> object:
    """Return what stands where a reason points."""
    return tables[reason.table].iloc[reason.row][reason.column]


@pytest.mark.parametrize("name", VERDICTS)
def test_every_reason_points_at_its_number(name: str) -> None:
    verdict = VERDICTS[name]()
    tables = verdict.tables()
    assert verdict.reasons
    for reason in verdict.reasons:
        stands = cell(tables, reason)
        if isinstance(stands, str):
            assert math.isnan(reason.value)
        else:
            assert float(stands) == pytest.approx(reason.value, nan_ok=True)  # type: ignore[arg-type]  # a cell


@pytest.mark.parametrize("name", VERDICTS)
def test_every_status_has_a_reason(name: str) -> None:
    verdict = VERDICTS[name]()
    said = {(r.about, r.status) for r in verdict.reasons}
    assert {(c.name, c.status) for c in verdict.claims} <= said
    if verdict.readings:
        for sector in SECTOR_NAMES:
            kept = sector in verdict.sectors and not verdict.conflicting
            assert (sector, "kept" if kept else "excluded") in said
    assert ((verdict.sector, "declared") in said) == (verdict.sector is not None)
    assert (("data gate", "failed") in said) == any(not g.passed for g in verdict.gates)


@pytest.mark.parametrize("name", VERDICTS)
def test_tested_statuses_agree_with_their_numbers(name: str) -> None:
    for reason in VERDICTS[name]().reasons:
        if reason.table == "claims" and not math.isnan(reason.value):
            settled = reason.status in {"supported", "contradicted", "not identified"}
            assert settled == (reason.value <= reason.threshold)
        if (
            reason.table == "sectors"
            and reason.status == "excluded"
            and "decides: p " in reason.sentence
        ):
            assert reason.value <= 0.05


def test_the_specification_that_decides_is_the_one_four_in_five_reach() -> None:
    pairs = [normal_pair(0.0, mean) for mean in (8.0, 9.0, 10.0, 11.0, 5.0)]
    results = [replace(like(pair), name=f"m{k}") for k, pair in enumerate(pairs)]
    verdict = sx.weigh(results, detection=STILL)
    (null,) = (r for r in verdict.reasons if (r.about, r.table) == ("null", "sectors"))
    assert null.value == pytest.approx(verdict.sector_p_values["null"])
    assert "m0 decides" in null.sentence
    assert "4 of 5 specifications exclude it" in null.sentence


def test_b1_that_the_origin_contradicts_is_traced_to_the_growth_of_the_origin() -> None:
    verdict = sx.weigh(fitted(20.0, 40.0), detection=STILL)
    (reason,) = (r for r in verdict.reasons if (r.about, r.table) == ("not mainly shift", "claims"))
    assert reason.status == "not identified"
    assert (reason.column, verdict.claims[reason.row].name) == ("p_against", "origin fell")


def test_a_contradicted_claim_is_traced_to_the_p_of_its_opposite() -> None:
    verdict = sx.weigh(fitted(-30.0, -20.0), detection=STILL)
    (reason,) = (r for r in verdict.reasons if (r.about, r.table) == ("net expansion", "claims"))
    assert (reason.status, reason.column) == ("contradicted", "p_against")
    assert "the opposite has p " in reason.sentence


def test_a_shift_is_traced_to_every_bound_that_lifts_it() -> None:
    low = replace(COUNTED, bound=replace(COUNTED.bound, low=1))  # type: ignore[type-var]  # it has one
    verdict = sx.weigh(evidence=[low, P, COUNTED])
    found = [r for r in verdict.reasons if r.about == "shift"]
    assert {(r.table, r.threshold, r.status) for r in found} == {("evidence", 0.0, "supported")}
    assert [(r.row, r.value) for r in found] == [(0, 1.0), (2, 3.0)]


@pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
def test_a_model_of_the_flow_is_a_reason_for_the_most_that_can_have_moved() -> None:
    verdict = sx.weigh(World(flow=20.0).fit())
    (reason,) = (r for r in verdict.reasons if r.about == "flow")
    assert reason.value == verdict.flows[0].limits.flow[1]
    assert cell(verdict.tables(), reason) == reason.value


def test_reasons_and_evidence_are_tables() -> None:
    verdict = sx.weigh(fitted(0.0, 40.0), evidence=[COUNTED, P])
    frame = reasons_frame(verdict.reasons)
    assert len(frame) == len(verdict.reasons)
    assert list(frame.columns[:4]) == ["about", "status", "sentence", "table"]
    rows = evidence_frame(verdict.evidence)
    assert list(rows["low"]) == pytest.approx([3.0, math.nan], nan_ok=True)
    assert evidence_frame([]).empty


def test_a_summary_says_why_and_only_where_something_is_settled() -> None:
    said = sx.weigh(fitted(0.0, 40.0), detection=STILL).summary()
    assert "Why (every number is in verdict.reasons):" in said
    assert "  [excluded] null: the only specification excludes it" in said
    assert "Why (" not in sx.weigh(fitted(sd=30.0)).summary()


def test_an_untreated_break_is_traced_to_the_reasons_and_not_to_a_count_that_is_enough() -> None:
    verdict = sx.weigh(gate=sx.Gate(12, 9, ("break 2015 of NL not treated",)))
    (reason,) = (r for r in verdict.reasons if r.about == "data gate")
    assert reason.column == "reasons"
    assert math.isnan(reason.value)
    assert math.isnan(reason.threshold)


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "in the only specification"), (3, "in 3 of 3"), (5, "in 4 of 5"), (6, "in 5 of 6")],
)
def test_the_specifications_that_hold_a_claim_are_counted(count: int, said: str) -> None:
    verdict = sx.weigh(several(*[fitted(0.0, 40.0)] * count), detection=STILL)
    (sentence,) = {
        r.sentence for r in verdict.reasons if r.about == "destination grew" and r.table == "claims"
    }
    assert said in sentence


def test_the_most_that_moved_is_a_percentage_of_the_growth() -> None:
    verdict = sx.weigh(fitted(-10.0, 40.0), detection=STILL)
    first = next(r for r in verdict.reasons if r.about == "bounds")
    assert re.match(r"at most [\d.]+ % of the growth can have moved", first.sentence)
    assert first.value <= 1


def test_upper_limits_are_rounded_up_as_wherever_they_are_told() -> None:
    verdict = sx.weigh(fitted(-10.0, 40.0), detection=STILL)
    limits = [r for r in verdict.reasons if r.status == "at most"]
    assert [r.row for r in limits] == [0, 1]
    for reason, scale in zip(limits, (100.0, 1.0), strict=True):
        said = float(reason.sentence.split()[2])
        assert said != float(f"{scale * reason.value:.3g}")  # the nearest would be lower here
        assert said == rounded(scale * reason.value, "up")


def test_estimates_are_said_in_words() -> None:
    said = " ".join(r.sentence for r in sx.weigh(fitted(-20.0, 40.0)).reasons)
    assert "puts the change of both places together at" in said
    assert "estimates net" not in said
    assert " ratio" not in said.replace("offset ratio", "")
