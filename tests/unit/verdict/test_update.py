"""Next year: what was issued, what came, what changed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.result import Estimator
from tests.pairs import STILL
from tests.panels import annual_series, long_frame, make_panel, pair_design, read

SERIES = annual_series(periods=24)
MODEL = sx.InterruptedTimeSeries(trend=False)
LAST = "2021"


def panel_to(
    year: str, changes: dict[tuple[str, str], float] | None = None, **options: str
) -> sx.Panel:
    """Return the shared panel up to a year, with some values changed."""
    frame = long_frame(SERIES)
    for (unit, period), value in (changes or {}).items():
        frame.loc[(frame["country"] == unit) & (frame["period"] == period), "amount"] = value
    return read(frame[frame["period"] <= year], **options)


@cache
def verdict_on(*models: Estimator) -> sx.Verdict:
    """Return a verdict on the shorter panel."""
    panel = panel_to(LAST)
    results = [model.fit(panel, pair_design()) for model in models or (MODEL,)]
    return sx.weigh(results, detection=STILL, name="kilograms")


def test_a_longer_panel_of_the_same_kind_raises_no_alarm() -> None:
    update = verdict_on().update(panel_to("2023"))
    assert update.issued.labels == ("2022", "2023")
    assert not update.alarm
    assert set(update.news["answer"]) == {"inside"}
    assert update.before is verdict_on()
    assert update.after.results[0].paths.labels[-1] == "2023"
    assert update.restated is None
    assert "No alarm" in update.summary()


def test_what_comes_after_is_the_same_study_fitted_to_all() -> None:
    after = verdict_on().update(panel_to("2023")).after
    fresh = sx.weigh(MODEL.fit(panel_to("2023"), pair_design(end="2023")))
    pd.testing.assert_frame_equal(after.results[0].tidy(), fresh.results[0].tidy())
    assert (after.detection, after.margin, after.evidence) == (STILL, 0.10, ())


def test_the_interval_is_that_issued_before() -> None:
    issued = verdict_on().predict(2)
    update = verdict_on().update(panel_to("2023"))
    pd.testing.assert_frame_equal(update.issued.to_frame(), issued.to_frame())
    kept = verdict_on().update(panel_to("2022"), issued=issued)
    assert kept.issued.labels == ("2022",)
    assert np.array_equal(kept.issued.low, issued.low[:, :1])


def test_a_value_far_out_raises_an_alarm_and_is_named() -> None:
    update = verdict_on().update(panel_to("2022", {("BE", "2022"): 900.0}))
    assert update.alarm
    assert update.outside == (("BE", "2022"),)
    assert update.summary().splitlines()[2].startswith("ALARM: BE, 2022")


def test_a_side_without_a_value_is_not_judged() -> None:
    frame = long_frame(SERIES)
    gone = (frame["country"] == "NL") & (frame["period"] == "2022")
    update = verdict_on().update(read(frame[~gone]))
    answers = update.news.set_index(["unit", "period"])["answer"]
    assert answers["NL", "2022"] == "not observed"
    assert answers["BE", "2022"] == "inside"


def test_a_panel_that_adds_nothing_is_refused() -> None:
    with pytest.raises(DesignError, match="already reaching to 2021"):
        verdict_on().update(panel_to(LAST))


def test_revised_standard_errors_and_exposures_are_revisions_too() -> None:
    def read_to(year: str, more: float) -> sx.Panel:
        frame = long_frame(SERIES).assign(se=1.0, people=100.0)
        changed = (frame["country"] == "BE") & (frame["period"] == "2005")
        frame.loc[changed, ["se", "people"]] *= more
        return read(frame[frame["period"] <= year], std_error="se", exposure="people")

    verdict = sx.weigh(MODEL.fit(read_to(LAST, 1.0), pair_design()))
    assert not verdict.update(read_to("2022", 1.0)).revisions
    with pytest.raises(DesignError, match="2 values of earlier periods changed"):
        verdict.update(read_to("2022", 2.0))
    found = verdict.update(read_to("2022", 2.0), revisions="accept").revisions
    assert [str(revision).partition(", 2005, ")[2] for revision in found] == [
        "amount, standard error: 1, now 2",
        "amount, exposure: 100, now 200",
    ]


def test_revised_values_are_refused_by_name_until_they_are_accepted() -> None:
    changed = panel_to("2022", {("BE", "2005"): 101.0, ("AT", "2003"): 7.0})
    with pytest.raises(DesignError, match="2 values of earlier periods changed") as caught:
        verdict_on().update(changed)
    rows = caught.value.problems[0].rows
    assert any(row.startswith("BE, 2005") and "now 101" in row for row in rows)
    update = verdict_on().update(changed, revisions="accept")
    assert [(r.unit, r.period) for r in update.revisions] == [("BE", "2005"), ("AT", "2003")]
    assert update.restated is not None
    assert update.restated.results[0].paths.labels[-1] == LAST
    assert "before, revised" in update.to_frame().columns
    assert "2 earlier values revised" in update.summary()


def test_the_table_says_what_changed() -> None:
    update = verdict_on().update(panel_to("2022", {("BE", "2022"): 900.0}))
    table = update.to_frame().set_index("what")
    assert table.loc["effect: destination", "changed"]
    assert table.loc["state", "before"] == verdict_on().state


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (panel_to("2022", unit_of_measure="t"), "amount in t"),
        (
            sx.Panel.from_frame(
                long_frame(SERIES).rename(columns={"amount": "labs"}),
                unit="country",
                period="period",
                value="labs",
                unit_of_measure="kg",
            ),
            "a panel without 'amount'",
        ),
        (make_panel(annual_series(periods=120), per_year=4), "periods of a quarter"),
    ],
)
def test_a_panel_of_another_kind_is_refused(panel: sx.Panel, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        verdict_on().update(panel)


def test_inputs_that_are_none_are_refused() -> None:
    with pytest.raises(TypeError, match="takes a Panel"):
        verdict_on().update("2022")  # type: ignore[arg-type]  # the refusal under test
    with pytest.raises(DesignError, match="revisions"):
        verdict_on().update(panel_to("2022"), revisions="yes")  # type: ignore[arg-type]  # as above
    with pytest.raises(DesignError, match="issued for 2022"):
        verdict_on().update(panel_to("2023"), issued=verdict_on().predict(1))
    with pytest.raises(DesignError, match=r"end = 2030.*from 2000 to 2022"):
        verdict_on().update(panel_to("2022"), end=2030)
    with pytest.raises(TypeError, match="issued = int"):
        verdict_on().update(panel_to("2022"), issued=3)  # type: ignore[arg-type]  # as above
    other = replace(verdict_on().predict(1), names=("DE", "BE"), unit="lb")
    with pytest.raises(DesignError, match=r"(?s)issued of DE to BE.*issued in lb"):
        verdict_on().update(panel_to("2022"), issued=other)
    with pytest.raises(DesignError, match="without results"):
        sx.weigh(gate=pair_design().gate(panel_to(LAST))).predict()


def test_results_that_do_not_hold_their_panel_are_refused() -> None:
    bare = replace(verdict_on().results[0], fitted=None)
    with pytest.raises(DesignError, match="hold their panel"):
        sx.weigh(bare).update(panel_to("2022"))
    with pytest.raises(DesignError, match="without its panel"):
        sx.weigh(bare).predict()


def test_wrappers_and_donors_are_fitted_again() -> None:
    models = (sx.Permutation(MODEL), sx.DifferenceInDifferences())
    update = verdict_on(*models).update(panel_to("2022"))
    assert [r.estimator for r in update.after.results] == [repr(m) for m in models]


def test_a_gate_given_by_itself_is_asked_again() -> None:
    gate = pair_design().gate(panel_to(LAST))
    verdict = replace(verdict_on(), gate=gate)
    after = verdict.update(panel_to("2023")).after
    assert after.gate is not None
    assert after.gate.after == gate.after + 2


def test_the_window_starts_where_it_did_and_says_what_was_filled_back() -> None:
    frame = long_frame(SERIES)
    later = read(frame[frame["period"].between("2003", LAST)])
    update = sx.weigh(MODEL.fit(later, pair_design(exclude=()))).update(panel_to("2022"))
    assert update.after.results[0].paths.labels[0] == "2003"
    assert "3 earlier periods filled back (2000 to 2002)" in update.summary()
    assert not any("filled back" in n for n in verdict_on().update(panel_to("2022")).notes)


def test_values_known_when_it_was_issued_are_said() -> None:
    panel = panel_to("2023")
    verdict = sx.weigh(MODEL.fit(panel, pair_design(end="2021")))
    assert any("at hand when" in note for note in verdict.update(panel).notes)
    assert not any("at hand when" in n for n in verdict_on().update(panel).notes)
