"""Dated events as studies, in the direction their shock pushes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.policy import PolicyEvent, PolicyEvents
from shiftexp.policy.policy_events import ends_words
from shiftexp.result import Estimate
from tests.panels import annual_series, make_panel, pair_design

MODEL = sx.InterruptedTimeSeries(trend=False)
STILL = sx.Detection(drift=0.0)  # a drift is integrated, which takes a hundred times as long
DESIGN = pair_design(donors=())
SERIES = annual_series(effects=(-60.0, 60.0)) | {
    "T1": annual_series(3, effects=(60.0, 60.0))["BE"],
    "T2": annual_series(4, effects=(0.0, 0.0))["BE"],
}
PANEL = make_panel(SERIES, near=["T1", "T2"])
TABLE = pd.DataFrame(
    [
        ("2014-03-01", "ban", "NL", "policy"),
        ("2014-02", "plan", "BE", "enforcement"),
        ("2013", "treaty", "EU", "policy"),
        ("2014-05-05", "hotline", "BE", "measurement"),
        ("2002-01-01", "early", "NL", "policy"),
        ("2023-10-01", "late", "NL", "policy"),
        ("2014-01-01", "raid", "T1", "policy"),
        ("", "some time", "NL", "policy"),
        ("2009-01-05", "second", "NL", "policy"),
    ],
    columns=["date", "event", "country", "kind"],
)


def _one(panel: sx.Panel, design: sx.Design, **changes: Any) -> PolicyEvents:  # noqa: ANN401 - passed on as they are
    """Return the study of a date of 2014, without third countries and without a drift."""
    given: dict[str, Any] = {"table": ["2014-01-02"], "estimator": MODEL, "third": ()}
    return sx.events(panel, design, **(given | {"detection": STILL} | changes))


@cache
def found() -> PolicyEvents:
    """Return the shared table of events."""
    return sx.events(PANEL, DESIGN, table=TABLE, estimator=MODEL, detection=STILL, draws=199)


def row(name: str) -> PolicyEvent:
    """Return one event by its name."""
    return next(event for event in found().rows if event.dated.name == name)


def test_every_event_has_a_row_and_those_without_a_study_a_reason() -> None:
    table = found().to_frame().set_index("event")
    assert sorted(table.index) == sorted(TABLE["event"])
    assert table.loc["ban", "studied"] == "both sides"
    for name, reason in (
        ("hotline", "a change of measurement"),
        ("early", "2 joint periods before"),
        ("late", "0 joint periods after"),
        ("raid", "in T1, a third country"),
        ("some time", "no date"),
    ):
        assert table.loc[name, "studied"] == ""
        assert reason in str(table.loc[name, "reason"])


def test_an_event_is_the_declared_study_at_its_onset() -> None:
    verdict = row("ban").verdict
    assert verdict is not None
    fresh = MODEL.fit(PANEL, pair_design(donors=(), onset="2014"))
    pd.testing.assert_frame_equal(verdict.results[0].tidy(), fresh.tidy())
    assert verdict.sectors == sx.weigh(fresh, detection=STILL).sectors


def test_a_shock_at_the_destination_is_studied_in_reverse() -> None:
    assert row("plan").names == ("BE", "NL")
    assert row("plan").direction == "destination side"
    table = found().to_frame().set_index("event")
    assert table.loc["plan", "origin"] == pytest.approx(table.loc["ban", "destination"])
    assert table.loc["plan", "net"] == pytest.approx(table.loc["ban", "net"])
    assert row("treaty").direction == "common"
    assert row("treaty").names == ("NL", "BE")


def test_what_is_known_of_detection_is_turned_with_the_study() -> None:
    facts = sx.Detection(drift=0.0, ratio=(0.5, 4), origin=(0.8, 1))
    rows = sx.events(
        PANEL, DESIGN, table=TABLE[:2], estimator=MODEL, third=(), detection=facts
    ).rows
    said = {event.dated.name: event.verdict.detection for event in rows if event.verdict}
    assert said == {"ban": facts, "plan": facts.reversed()}


@cache
def _drifting(drift: float) -> PolicyEvents:
    """Return the ban, the plan and leakage under a drift; effects are a third of the level."""
    said = sx.Detection(drift=drift)
    return sx.events(MILD, DESIGN, table=TABLE[:2], estimator=MODEL, detection=said, draws=99)


MILD = make_panel(
    annual_series(effects=(0.0, 60.0)) | {"T1": annual_series(3, effects=(60.0, 60.0))["BE"]},
    near=["T1"],
)


@pytest.mark.parametrize(("drift", "total"), [(0.0, "rose"), (0.3, "sign not known")])
def test_a_row_says_what_its_verdict_says(drift: float, total: str) -> None:
    for event in _drifting(drift).rows:
        verdict, net = event.verdict, event.estimate("net")
        assert verdict is not None
        assert net is not None
        claim = next(c for c in verdict.claims if c.name == "net expansion")
        assert event.total == total
        assert (claim.status == "supported") == (event.total == "rose")
        assert (net.p_value <= 2 * claim.level) == (claim.status == "supported")
        assert net.estimate == verdict.results[0]["net"].estimate


@pytest.mark.slow
def test_the_drift_of_detection_is_in_tests_and_leakage() -> None:
    still, drifting = _drifting(0.0), _drifting(0.3)
    assert still.adjusted is not None
    assert drifting.adjusted is not None
    assert still.adjusted.adjusted.min() < 0.05 < drifting.adjusted.adjusted.min()
    before, after = still.leakage, drifting.leakage
    assert (after["p_value"] > before["p_value"]).all()
    assert (after["low"] < before["low"]).all()
    assert (after["effect"] == before["effect"]).all()
    assert set(still.to_frame()["rose_elsewhere"]) == {"T1"}
    assert set(drifting.to_frame()["rose_elsewhere"]) == {"not shown in any of 1"}


def test_a_side_alone_has_the_default_drift_where_none_is_said() -> None:
    gaps = make_panel(SERIES | {"NL": np.where(np.arange(24) < 9, np.nan, SERIES["NL"])})
    event = sx.events(gaps, DESIGN, table=["2014-01-02"], estimator=MODEL, third=()).rows[0]
    alone = MODEL.fit(gaps, DESIGN.only("destination"))
    found = event.estimate("destination")
    assert found is not None
    exact = alone.effects.drifted(0.1).two_sided_p((0.0, 1.0), alone.level)
    assert found.p_value == pytest.approx(exact) != alone["destination"].p_value


def test_a_year_that_lies_partly_before_is_left_out() -> None:
    assert (row("treaty").onset, row("treaty").partly) == ("2014", ("2013",))
    verdict = row("treaty").verdict
    assert verdict is not None
    assert not verdict.results[0].paths.pre[13]


def test_the_partial_year_of_the_declared_event_takes_part_again() -> None:
    design = pair_design(donors=(), exclude=(2005, 2013))
    (event,) = _one(PANEL, design, table=["2016-02"]).rows
    assert event.verdict is not None
    pre = event.verdict.results[0].paths.pre
    assert pre[13]
    assert not pre[5]


def test_events_that_compare_the_same_periods_share_a_test_and_are_named() -> None:
    adjusted = found().adjusted
    assert adjusted is not None
    assert len(adjusted.names) == 6  # 2014, 2014 without 2013, and 2009, each in two places
    assert set(row("ban").together) == {"treaty", "plan"}
    assert "second" in row("ban").inside
    there, back = row("ban"), row("plan")
    assert found().adjusted_p(there, "destination") == found().adjusted_p(back, "origin")
    table = found().to_frame().set_index("event").loc["ban"]
    assert table["destination_p_adjusted"] > table["destination_p"]


def test_detection_that_would_make_the_effect_is_observed_over_expected() -> None:
    verdict = row("ban").verdict
    assert verdict is not None
    effects = verdict.results[0].effects
    assert row("ban").undone_by("destination") == pytest.approx(
        effects.observed[1] / effects.base[1]
    )


def test_third_countries_are_further_destinations() -> None:
    assert len(found().leakage) == 2 * len(found().usable)
    known = {leak.unit: leak for leak in row("ban").leakage}
    assert list(known) == ["T1", "T2"]
    alone = MODEL.fit(PANEL, sx.Design(origin=None, destination="T1", onset="2014"))
    assert known["T1"].effect == pytest.approx(alone["destination"].estimate)
    assert known["T1"].p_holm <= 0.05
    assert known["T1"].p_max_t <= 0.05
    assert known["T2"].p_holm > 0.05
    assert all(leak.p_holm >= leak.p_value for leak in known.values())
    assert row("ban").rose(0.05) == "T1"


def test_a_third_country_without_a_study_says_why() -> None:
    short = make_panel(
        SERIES | {"T2": np.where(np.arange(24) < 18, np.nan, 5.0)}, near=["T1", "T2"]
    )
    (event,) = _one(short, DESIGN, third=None, draws=99).rows
    reasons = {leak.unit: leak.reason for leak in event.leakage}
    assert reasons["T1"] == ""
    assert "0 joint periods before" in reasons["T2"]


def test_sides_that_the_data_carry_alone_are_shown() -> None:
    gaps = make_panel(SERIES | {"NL": np.where(np.arange(24) < 9, np.nan, SERIES["NL"])})
    table = sx.events(gaps, DESIGN, table=["2014-01-02"], estimator=MODEL, third=())
    event = table.rows[0]
    assert event.studied == "destination alone"
    assert "5 joint periods before" in event.reason
    alone = MODEL.fit(gaps, DESIGN.only("destination"))["destination"].estimate
    assert table.to_frame()["destination"][0] == pytest.approx(alone)
    assert np.isnan(table.to_frame()["origin"][0])
    assert "no study of both sides" in table.summary()


def test_the_summary_counts_and_warns() -> None:
    said = found().summary()
    assert "9 events, 4 with a study of both sides" in said
    assert "third countries that rose (a pattern, not a flow): T1" in said
    assert "6 tests of an effect, Holm over all of them" in said
    assert "events inside one window mix" in said


def test_several_specifications_are_weighed() -> None:
    models = [MODEL, sx.DifferenceInDifferences()]
    (event,) = _one(PANEL, pair_design(), estimator=models).rows
    assert event.verdict is not None
    assert len(event.verdict.results) == 2


def _table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"date": ["2014-01-02"], "event": ["ban"], **columns})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (_table(country=["NLL"]), "country 'NLL' of 'ban'.*did you mean 'NL'"),
        (_table(country=["FR"]), "country 'FR'"),
        (_table(contry=["NL"]), "column 'contry'.*did you mean 'country'"),
        ([], "write table="),
    ],
)
def test_unknown_countries_and_columns_are_refused(table: object, message: str) -> None:
    with pytest.raises(DesignError, match=f"(?s){message}"):
        sx.events(PANEL, DESIGN, table=table)


def test_a_bundled_event_in_a_third_country_is_no_common_shock() -> None:
    data = sx.load_dataset("benelux")
    some = data.events[data.events["country"].isin(["CO", "EU"])]
    rows = sx.events(data, "cocaine_retail_complete", third=(), table=some).rows
    said = {e.dated.country: (e.direction, e.reason) for e in rows if e.dated.country in "CO EU"}
    assert "in CO, a third country" in said["CO"][1]
    assert "third country" not in said["EU"][1]
    assert said["EU"][0] == "common"


def test_an_estimator_that_refuses_leaves_the_event_to_the_others() -> None:
    models = [sx.DifferenceInDifferences(), MODEL]
    table = _one(PANEL, DESIGN, estimator=models)
    event = table.rows[0]
    assert event.verdict is not None
    assert [r.estimator for r in event.verdict.results] == [repr(MODEL)]
    assert event.refused[0].startswith("DifferenceInDifferences(")
    assert "refused: DifferenceInDifferences(" in table.summary()
    assert table.to_frame()["refused"][0] == event.refused[0]


def test_a_third_country_among_the_donors_is_noted() -> None:
    design = pair_design(donors=("T1",))
    noted = _one(PANEL, design, third=["T1", "T2"], draws=99)
    assert any(note.startswith("T1: a further destination and a donor") for note in noted.notes)
    quiet = _one(PANEL, design, third=["T2"], draws=99)
    assert not any("and a donor" in note for note in quiet.notes)


def test_no_third_country_says_so_in_the_table_of_leakage() -> None:
    table = _one(PANEL, DESIGN)
    assert table.leakage["reason"].tolist() == [
        "no third country named, and no near one in the panel"
    ]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("interval", "-1 to 4"),
        ("complement", "outside -1 to 4"),
        ("line", "any value"),
        ("none", "no interval: one donor"),
    ],
)
def test_a_set_is_told_by_its_kind_or_by_why_there_is_none(kind: str, said: str) -> None:
    given = Estimate("net", 2.0, 1.0, 2.0, 0.1, -1.0, 4.0, kind, "one donor", "kg")
    assert ends_words(given) == said


def test_a_bundled_cell_takes_its_own_events() -> None:
    data = sx.load_dataset("benelux")
    table = sx.events(data, "cocaine_retail_complete", third=())
    names = [event.dated.name for event in table.rows]
    assert any(name.startswith("Covid-19: coffeeshops") for name in names)  # declared for the cell
    assert any(name.startswith("Stroomplan presented") for name in names)
    assert not any("hemp" in name for name in names)
    assert [event.onset for event in table.usable] == ["2020"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": ["2014"], "third": ["XX"]}, "third country 'XX'"),
        ({"table": ["2014"], "third": ["BE"]}, "outside the pair"),
        ({"table": ["2014"], "draws": 5}, "draws = 5"),
        ({"table": ["2014"], "rng": -1}, "rng = -1"),
        ({"table": ["2014"], "margin": 0.0}, "margin"),
        ({"table": ["2014"], "margin": "a tenth"}, "margin = 'a tenth'; needed: a share"),
        ({"table": ["2014"], "detection": 0.1}, "detection = 0.1; needed: a Detection"),
        ({}, "no events"),
    ],
)
def test_settings_that_are_none_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        sx.events(PANEL, DESIGN, **options)  # type: ignore[arg-type]  # the refusals under test


def test_what_is_no_source_study_or_estimator_is_refused() -> None:
    data = sx.load_dataset("benelux")
    with pytest.raises(DesignError, match="name of a declared design"):
        sx.events(data, DESIGN)
    with pytest.raises(TypeError, match="not a Panel"):
        sx.events(DESIGN, PANEL, table=["2014"])  # type: ignore[arg-type]  # as above
    with pytest.raises(TypeError, match="built"):
        sx.events(PANEL, DESIGN, table=["2014"], estimator=sx.EventStudy)  # type: ignore[arg-type]  # as above


def test_one_unknown_country_is_a_row_with_its_reason() -> None:
    frame = pd.DataFrame({"date": ["2014-01-02"] * 2, "country": ["NL", "NLL"]})
    known, unknown = _one(PANEL, DESIGN, table=frame).rows
    assert known.studied == "both sides"
    assert unknown.reason == "country 'NLL' is no unit of the panel: did you mean 'NL'?"


def test_settings_that_come_to_one_estimate_have_one_vote_and_are_named() -> None:
    models = [MODEL, replace(MODEL, level=0.9)]
    (event,) = _one(PANEL, DESIGN, estimator=models).rows
    assert event.verdict is not None
    assert len(event.verdict.results) == 1
    (said,) = event.refused
    assert said == f"{models[1]!r}: the same specification as {models[0]!r}"
