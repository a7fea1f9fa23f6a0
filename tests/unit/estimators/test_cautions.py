"""Unit tests of what a fit says of itself: short windows, doubtful values, steps, unused data."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import InvertedLaw, StudentLaw
from shiftexp.estimators.cautions import (
    below_zero,
    flagged_values,
    learnt_before_steps,
    not_used,
    of_the_test,
    onset_assumption,
    outside_itself,
    small_sample,
)
from shiftexp.estimators.error_laws import SeriesPosterior, series_posterior
from tests.pairs import fitted, normal_pair, silent_pair
from tests.panels import annual_series, long_frame, make_panel, pair_design, read

SERIES = annual_series()
PANEL = make_panel(SERIES)
LEVEL = sx.InterruptedTimeSeries(trend=False)
DRIFTS = "where the level itself drifts (a random walk with noise), up to 10 % of true nulls"
PERSISTENT = "persistent errors: level shift and drift are not separable"


def posterior_of(series: np.ndarray) -> SeriesPosterior:
    """Return the error law of one series with a step in the middle, observed at both sides."""
    panel = make_panel({"NL": series, "BE": series})
    cases = pair_design(donors=(), onset=2000 + len(series) // 2).cases(panel)
    return series_posterior(cases.pair[0], cases, 0, trend=False, seasonal=False)


def noise(size: int) -> SeriesPosterior:
    """Return the error law of independent errors."""
    return posterior_of(np.random.default_rng(2).normal(size=size))


def said(
    before: int, after: int, *, trend: bool, posterior: SeriesPosterior | None
) -> tuple[str, ...]:
    """Return the notes, after showing that each of them was a warning and nothing else was."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        notes = small_sample(before, after, trend=trend, posterior=posterior)
    assert [str(w.message) for w in caught] == list(notes)
    assert {w.category for w in caught} <= {sx.SmallSampleWarning}
    return notes


@pytest.mark.parametrize("trend", [False, True])
def test_what_the_test_cannot_hold_is_said_whatever_the_length(
    trend: bool,  # noqa: FBT001 - a table of cases
) -> None:
    for before, after in ((12, 8), (60, 60)):
        notes = said(before, after, trend=trend, posterior=noise(24))
        assert notes[0].startswith(DRIFTS)
        assert any("bends" in note for note in notes) == trend


@pytest.mark.parametrize(("after", "descriptive"), [(6, True), (7, False)])
def test_fewer_than_fifteen_periods_with_a_trend_are_descriptive(
    after: int,
    descriptive: bool,  # noqa: FBT001 - a table of cases
) -> None:
    notes = said(8, after, trend=True, posterior=noise(14))
    assert any("descriptive" in note for note in notes) == descriptive
    level = said(8, after, trend=False, posterior=noise(14))
    assert not any("descriptive" in note for note in level)


def test_no_law_is_said_and_nothing_about_a_law_that_is_not_there() -> None:
    (note,) = said(3, 8, trend=True, posterior=None)
    assert note.startswith("3 periods before and 8 after: an estimate without inference")
    assert "needs 6 and 3" in note


def test_persistent_errors_are_warned_of_whatever_the_length() -> None:
    walk = posterior_of(5 * np.random.default_rng(12).normal(size=60).cumsum())
    assert walk.persistence > 0.5
    assert PERSISTENT in said(30, 30, trend=False, posterior=walk)
    assert noise(60).persistence < 0.5
    assert PERSISTENT not in said(30, 30, trend=False, posterior=noise(60))


def doubts(posterior: SeriesPosterior, errors: str = "any") -> tuple[str, ...]:
    """Return what is said of the test in these data; the last note is about power."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return of_the_test(posterior, pair_design(donors=()), errors)


def test_residuals_that_spread_at_the_onset_are_warned_of() -> None:
    rng = np.random.default_rng(5)
    calm = rng.normal(size=24)
    wild = calm * np.where(np.arange(24) < 12, 1.0, 4.0)
    assert any("vary" in note and note.startswith("BE") for note in doubts(posterior_of(wild)))
    assert not any("vary" in note for note in doubts(posterior_of(calm)))
    assert posterior_of(wild).spread_ratios() == pytest.approx([4.0, 4.0], rel=0.6)


def test_an_answer_that_hangs_on_the_error_process_is_named() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(30):
        posterior = posterior_of(rng.normal(size=24) + 1.3 * (np.arange(24) >= 12))
        broad, narrow = (posterior.two_sided_p(f)[1] <= 0.05 for f in ("LL", "AR"))
        said_so = any("hangs on the error process" in note for note in doubts(posterior))
        assert said_so == (broad != narrow)
        found.append(said_so)
    assert any(found)
    assert not all(found)


def test_power_is_always_noted_with_its_limit() -> None:
    posterior = noise(24)
    power = posterior.power
    *_, note = doubts(posterior)
    assert note.startswith("power of this design at 5 %, autocorrelation 0/0.4/0.8")
    assert f"{power.default[1]:.0%}".rstrip("%") in note
    assert (power.default < power.bound + 0.05).all()
    assert (power.bound < power.seer + 0.03).all()


def test_errors_declared_stationary_are_warned_of() -> None:
    assert any("declared stationary" in note for note in doubts(noise(24), "stationary"))
    assert not any("declared stationary" in note for note in doubts(noise(24)))


@pytest.mark.parametrize(
    "estimator",
    [sx.InterruptedTimeSeries(), sx.DifferenceInDifferences(scale="log"), sx.WindowContrast()],
    ids=lambda estimator: type(estimator).__name__,
)
def test_a_warning_points_at_the_line_that_fits(estimator: sx.Estimator) -> None:
    counts = {unit: values.round() for unit, values in SERIES.items()}
    panel = make_panel(counts, flags={("BE", "2005"): "suspect"}, unit_of_measure="count")
    design = pair_design(start=2004, quality=("ok", "suspect"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        estimator.fit(panel, design)
    assert {w.category for w in caught} == {sx.SmallSampleWarning, sx.QualityWarning}
    assert {w.filename for w in caught} == {__file__}


@pytest.mark.parametrize("flag", ["suspect", "recalled"])
def test_doubtful_values_that_took_part_are_warned_of(flag: str) -> None:
    panel = make_panel(SERIES, flags={("BE", "2005"): flag, ("NL", "2006"): "approximate"})
    window = pair_design(quality=("ok", "approximate", flag)).window(panel)
    with pytest.warns(sx.QualityWarning, match=f"doubtful values.*2005: BE is flagged {flag}$"):
        notes = flagged_values(window)
    expected = {f"2005: BE is flagged {flag}", "2006: NL is flagged approximate"}
    assert set(notes) == expected


def test_values_that_are_only_approximate_or_left_out_are_no_warning() -> None:
    panel = make_panel(SERIES, flags={("BE", "2005"): "suspect", ("NL", "2006"): "approximate"})
    window = pair_design(quality=("ok", "approximate")).window(panel)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert flagged_values(window) == ("2006: NL is flagged approximate",)


def test_doubtful_values_outside_the_used_periods_are_no_warning() -> None:
    panel = make_panel(SERIES, flags={("BE", "2013"): "suspect"})
    design = pair_design(onset=(2012, 2014), quality=("ok", "suspect"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert flagged_values(design.window(panel)) == ()


def test_an_estimate_outside_its_own_interval_is_noted() -> None:
    effects = normal_pair(0.0, 10.0)
    assert outside_itself(effects, 0.95) == ()
    moved = replace(effects, mean=np.array([0.0, 12.5]))
    (note,) = outside_itself(moved, 0.95)
    assert note.startswith("the estimate of the destination effect lies outside its own interval")
    assert outside_itself(moved, 0.999) == ()
    (below,) = outside_itself(replace(effects, mean=np.array([-2.5, 10.0])), 0.95)
    assert below.startswith("the estimate of the origin effect")
    (sum_of_both,) = outside_itself(replace(effects, mean=np.array([1.8, 11.8])), 0.95)
    assert sum_of_both.startswith("the estimate of the net effect")
    rates = replace(effects, mean=np.array([1.8, 11.8]), additive=False)
    assert outside_itself(rates, 0.95) == ()


def test_two_sided_tests_are_held_against_the_whole_error() -> None:
    points = np.array([[0.0, 0.0], [0.0, 9.0]])
    law = InvertedLaw(points, np.array([0.04, 1.0]), 0.01)
    effects = replace(normal_pair(0.0, 0.0), law=law)
    assert len(outside_itself(replace(effects, additive=False), 0.95)) == 1
    assert outside_itself(effects, 0.97) == ()


def test_an_absent_side_and_a_silent_law_are_not_outside() -> None:
    one = normal_pair(np.nan, 10.0)
    law = StudentLaw(one.mean, np.diag([np.nan, 1.0]))
    assert outside_itself(replace(one, law=law), 0.95) == ()
    assert outside_itself(silent_pair(0.0, 99.0), 0.95) == ()


def test_the_note_reaches_the_result() -> None:
    time = np.arange(24)
    walk = np.random.default_rng(0).normal(size=24).cumsum()
    series = {u: v + 20 * walk * (u == "BE") + 0 * time for u, v in SERIES.items()}
    result = sx.DifferenceInDifferences().fit(make_panel(series), pair_design())
    row = result["destination"]
    outside = not row.conf_low <= row.estimate <= row.conf_high
    note = "the estimate of the destination effect lies outside its own interval"
    assert any(text.startswith(note) for text in result.notes) == outside


def test_a_step_after_the_onset_says_from_what_the_effect_is_learnt() -> None:
    flags = {("BE", "2018"): "break", ("NL", "2006"): "break"}
    panel = make_panel(SERIES, flags=flags)
    design = pair_design(onset=(2012, 2014), breaks="dummy")
    window, treated = design.window(panel), design.cases(panel).treated[0]
    (note,) = learnt_before_steps(window, treated, design)
    assert note == (
        "BE: a free step from 2018 takes up what changes then, so its effect is learnt from "
        "2014 to 2017"
    )
    assert note in LEVEL.fit(panel, design).notes


def test_without_a_step_after_the_onset_there_is_nothing_to_say() -> None:
    design = pair_design()
    treated = design.cases(PANEL).treated[0]
    assert learnt_before_steps(design.window(PANEL), treated, design) == ()


@pytest.mark.parametrize(
    ("column", "name"), [("std_error", "sampling errors"), ("exposure", "exposures")]
)
def test_what_is_carried_along_and_not_used_is_said(column: str, name: str) -> None:
    frame = long_frame(SERIES).assign(extra=1.0)
    panel = read(frame, **{column: "extra"})
    (note,) = not_used(panel, pair_design())
    assert note.startswith(f"{name} are carried along but not used by this estimator")
    assert ("CountDiD and CommunicatingVessels take them" in note) == (name == "exposures")
    two_windows = sx.DifferenceInDifferences().fit(panel, pair_design(end=2015))
    assert note in two_windows.notes
    assert not_used(PANEL, pair_design()) == ()
    donors_only = frame.assign(extra=np.where(frame["country"] == "AT", 1.0, np.nan))
    assert not_used(read(donors_only, **{column: "extra"}), pair_design()) == ()


def test_sampling_errors_that_differ_take_part_and_equal_ones_change_nothing() -> None:
    frame = long_frame(SERIES)
    sizes = np.random.default_rng(3).uniform(1, 9, len(frame))
    plain, equal, unequal = (
        LEVEL.fit(read(frame.assign(extra=extra), std_error="extra"), pair_design(donors=()))
        for extra in (np.full(len(frame), np.nan), 2.0, sizes)
    )
    assert any("sampling errors are equal" in note for note in equal.notes)
    assert any("count less" in note for note in unequal.notes)
    assert not any("sampling" in note for note in plain.notes)
    p = [result["destination"].conf_low for result in (plain, equal, unequal)]
    assert p[0] == p[1] != p[2]


def test_a_range_of_onsets_is_an_assumption_and_a_date_is_none() -> None:
    (text,) = onset_assumption(pair_design(onset=(2012, 2014)))
    assert text.startswith("the onset lies between 2012 and 2014: the counterfactual learns before")
    assert "the effect is averaged from 2014 on" in text
    assert onset_assumption(pair_design()) == ()


def test_the_inference_is_named_also_where_there_is_none() -> None:
    short = sx.DifferenceInDifferences().fit(PANEL, pair_design(end=2015))
    assert short.inference == "none (too few periods)"
    assert fitted().inference == "EMW-LL"


def sinking(to: float = 2.0, **series: float) -> sx.Panel:
    """Return amounts that fall by eight a year, the destination's to a floor it stays at."""
    time = np.arange(24)
    rng = np.random.default_rng(3)
    fall = np.maximum(100.0 - 8 * time, to) + rng.uniform(0, 1, 24)
    return make_panel({"NL": 900 + rng.normal(size=24), "BE": fall + series.get("shift", 0.0)})


TREND = sx.InterruptedTimeSeries(trend=True)


def below(result: sx.Result) -> list[str]:
    """Return the notes about counterfactuals below zero."""
    return [note for note in result.notes if "falls below zero" in note]


@pytest.mark.filterwarnings("ignore::shiftexp.SmallSampleWarning")
def test_a_counterfactual_of_amounts_below_zero_is_noted_with_its_periods() -> None:
    result = TREND.fit(sinking(), pair_design(donors=(), onset=2010))
    wrong = result.augment().query("side == 'destination' and role == 'post'")
    years = [int(year) for year in wrong.loc[wrong["counterfactual"] < 0, "period"]]
    assert 1 < len(years) < 14
    assert years == list(range(years[0], years[-1] + 1))
    (note,) = below(result)
    assert note == (
        f"the counterfactual of BE falls below zero in {years[0]} to {years[-1]}: a straight "
        "line does not suit these amounts, compare scale='log'"
    )


@pytest.mark.filterwarnings("ignore::shiftexp.SmallSampleWarning")
def test_a_counterfactual_that_may_or_does_not_fall_below_zero_is_not_noted() -> None:
    design = pair_design(donors=(), onset=2010)
    assert below(TREND.fit(sinking(shift=500.0), design)) == []
    assert below(LEVEL.fit(sinking(), design)) == []
    assert below(TREND.fit(sinking(shift=-50.0), design)) == []
    result = TREND.fit(sinking(), design)
    assert len(below_zero(result.paths, "level")) == 1
    assert below_zero(result.paths, "log") == ()


@pytest.mark.filterwarnings("ignore::shiftexp.SmallSampleWarning")
def test_a_method_without_another_scale_is_not_told_to_compare_with_one() -> None:
    paths = TREND.fit(sinking(), pair_design(donors=(), onset=2010)).paths
    (usual,), (plain,) = below_zero(paths, "level"), below_zero(paths, "level", remedy="")
    assert usual == f"{plain}, compare scale='log'"
