"""Evidence that contradicts the series or other evidence, or says nothing, is never silent."""

from __future__ import annotations

from dataclasses import replace

import pytest

import shiftexp as sx
from shiftexp.verdict.conflicts import conflicts
from tests.pairs import STILL, fitted

SERIES = sx.ShiftShareBounds(0.1, 0.4, 2.0, 8.0, "kg per year", 0.95, ("B2",))


def flow(low: float, high: float, unit: str = "kg per year") -> sx.Evidence:
    """Return a counted flow."""
    bound = sx.Bound("flow", low=low, high=high, unit=unit, because="counted")
    return sx.Evidence(about="shift", bound=bound, source="customs")


def share(low: float, high: float = 1.0) -> sx.Evidence:
    """Return a counted share."""
    bound = sx.Bound("shift_share", low=low, high=high, because="files")
    return sx.Evidence(about="shift", bound=bound, source="files")


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        (flow(9, 20), "the flow from outside is at least 9 kg per year, more than the 8 the"),
        (flow(0, 1), "the flow from outside is at most 1 kg per year, less than the 2 the"),
        (share(0.5), "the share from outside is at least 50 %, more than the 40 the series"),
        (share(0, 0.05), "the share from outside is at most 5 %, less than the 10 the series"),
    ],
)
def test_evidence_outside_of_what_the_series_allow_contradicts_them(
    piece: sx.Evidence, said: str
) -> None:
    (found,) = conflicts([piece], SERIES, "supported")
    assert found.kind == "series"
    assert found.sentence.startswith(said)


def test_what_overlaps_is_no_conflict() -> None:
    assert not conflicts([flow(8, 20), flow(0, 9), share(0.4), share(0, 0.6)], SERIES, "supported")
    assert not conflicts([flow(9, 20), share(0.5)], None)


@pytest.mark.parametrize(
    ("growth", "kinds"),
    [("contradicted", ["series"]), ("inconclusive", ["growth"]), ("supported", []), ("", [])],
)
def test_a_share_needs_a_growth_that_it_is_one_of(growth: str, kinds: list[str]) -> None:
    assert [found.kind for found in conflicts([share(0.3)], SERIES, growth)] == kinds
    assert not conflicts([share(0.0)], SERIES, growth)


def test_bounds_with_nothing_in_common_contradict_each_other() -> None:
    found = conflicts([flow(0, 5), flow(6, 9), flow(7, 9, "visits"), share(0.5)], None)
    assert [item.kind for item in found] == ["sources"]
    assert "0 <= flow <= 5 kg per year" in found[0].sentence
    assert "6 <= flow <= 9 kg per year" in found[0].sentence
    assert conflicts([flow(0, 5), replace(flow(6, 9), direction="against")], None)[0].kind == (
        "sources"
    )


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        (replace(flow(0, 9), direction="against"), "limits it and does not exclude it"),
        (replace(flow(1, 9), direction="against"), "write direction='for'"),
        (replace(flow(1, 9), about="integration"), "about integration is not used"),
        (replace(flow(1, 9), about="own changes"), "about own changes is not used"),
    ],
)
def test_a_bound_that_says_nothing_is_a_caution(piece: sx.Evidence, said: str) -> None:
    verdict = sx.weigh(fitted(-20.0, 40.0), evidence=piece, detection=STILL)
    (found,) = (text for text in verdict.cautions if said in text)
    assert "  - " + found in verdict.summary()
    assert {c.status for c in verdict.claims if c.name == "shift"} == {"compatible"}


def test_a_verdict_asks_whether_its_own_series_grew() -> None:
    fell = sx.weigh(fitted(0.0, -30.0), evidence=share(0.3), detection=STILL)
    assert any("the series say that it fell" in text for text in fell.cautions)
    assert "contradict each other" in fell.paragraph()


def test_the_summary_of_one_place_says_once_what_is_missing() -> None:
    panel, design = sx.simulate_pair(destination_effect=40, sd=1, autocorrelation=0.0)
    alone = sx.weigh(sx.InterruptedTimeSeries(trend=False).fit(panel, design.only("destination")))
    assert alone.summary().count("no origin was studied") == 1
    assert "[not identified]" not in alone.summary()
    assert (alone.to_frame()["status"] == "not identified").sum() > 1
    assert "was studied: claims" not in sx.weigh(fitted()).summary()
