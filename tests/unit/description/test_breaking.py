"""Structural breaks as users ask for them: dates, gaps, seasons, errors, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.description.dating import ERRORS
from shiftexp.errors import DesignError
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

YEARS = list(range(2000, 2040))


def step(at: int = 15, size: float = 5.0, periods: int = 40, seed: int = 1) -> Floats:
    noise = np.random.default_rng(seed).standard_normal(periods)
    return 50 + noise + size * (np.arange(periods) >= at)


def test_a_step_is_dated_and_its_jump_measured() -> None:
    found = sx.structural_breaks(pd.Series(step(), YEARS, name="kg"), at=2015)
    (date,) = found.dates
    assert date.period == found["sup-F"].period == found["Chow"].period == "2015"
    assert date.low <= "2015" <= date.high
    assert date.jump == pytest.approx(5, abs=1)
    assert found["sup-F"].p_value <= 0.01
    before, after = found.fitted[:15], found.fitted[15:]
    assert before == pytest.approx(np.full(15, step()[:15].mean()))
    assert after == pytest.approx(np.full(25, step()[15:].mean()))


def test_there_is_no_break_unless_sup_f_rejects_though_partitions_are_shown() -> None:
    flat = sx.structural_breaks(step(size=0.0))
    assert flat["sup-F"].p_value > 0.05
    assert flat.dates == ()
    assert flat.dates_frame().empty
    assert [p.breaks for p in flat.partitions] == list(range(6))
    assert flat.fitted == pytest.approx(np.full(40, step(size=0.0).mean()))


def test_two_steps_are_two_breaks_and_short_series_have_one_at_most() -> None:
    y = step(size=20.0) - 20.0 * (np.arange(40) >= 27)
    found = sx.structural_breaks(y, errors="independent")
    assert [d.period for d in found.dates] == ["15", "27"]
    short = sx.structural_breaks(y[10:34], errors="independent")
    assert len(short.partitions) == 2
    assert any("one break at most" in note for note in short.notes)


def test_every_row_is_labelled_as_description() -> None:
    found = sx.structural_breaks(step())
    for frame in (found.to_frame(), found.dates_frame(), found.partitions_frame()):
        assert len(frame)
        assert set(frame["reads_as"]) == {"description"}
    assert "no evidence" in found.notes[0]


def test_persistent_errors_are_not_taken_for_breaks() -> None:
    rng, y = np.random.default_rng(4), [0.0]
    while len(y) < 40:
        y.append(0.9 * y[-1] + rng.standard_normal())
    halfway, holding, ignoring = (sx.structural_breaks(y, errors=e) for e in ERRORS)
    p = [found["sup-F"].p_value for found in (ignoring, halfway, holding)]
    assert p == sorted(p)
    assert p[0] < 0.01
    assert p[1] > 0.05
    assert holding.autocorrelation > halfway.autocorrelation > ignoring.autocorrelation == 0
    assert "too small where errors persist" in " ".join(ignoring.notes)


def test_p_is_a_matter_of_the_seed_alone() -> None:
    one, two, other = (sx.structural_breaks(step(size=1.0), rng=r).to_frame() for r in (1, 1, 2))
    assert one.equals(two)
    assert not one.equals(other)


def test_a_log_scale_has_factors_and_a_trend_has_slopes() -> None:
    noise = np.random.default_rng(1).standard_normal(40)
    grown = np.exp(0.1 * np.arange(40) + 0.01 * noise) * np.where(np.arange(40) >= 20, 2.0, 1.0)
    found = sx.structural_breaks(grown, scale="log", trend=True)
    (date,) = found.dates
    assert date.period == "20"
    assert date.jump == pytest.approx(2, rel=0.05)
    assert found.fitted == pytest.approx(grown, rel=0.05)
    law = {test.test: test.p_asymptotic for test in found.tests}
    assert np.isnan(law["sup-F"])
    assert np.isnan(law["OLS-CUSUM"])
    assert np.isfinite(law["Rec-CUSUM"])


def test_gaps_are_left_out_and_named_and_dates_are_those_of_the_calendar() -> None:
    y = step(size=20.0)
    y[[3, 4, 20]] = np.nan
    panel = make_panel({"BE": y}, allow_gaps=True)
    found = sx.structural_breaks(panel, "BE", at=2015)
    assert found.dates[0].period == "2015"
    assert np.isnan(found.fitted[[3, 4, 20]]).all()
    assert "3 periods without a value" in found.notes


def test_seasons_do_not_break_and_do_not_hide_a_break() -> None:
    season = np.tile([0.0, 30.0, -10.0, 5.0], 12)
    y = step(at=20, size=4.0, periods=48) + season
    found = sx.structural_breaks(make_panel({"BE": y}, 4), "BE")
    (date,) = found.dates
    assert date.period == "2005Q1"
    assert any("seasons" in note for note in found.notes)
    plain = sx.structural_breaks(step(at=20, size=4.0, periods=48))
    assert found["sup-F"].statistic == pytest.approx(plain["sup-F"].statistic, rel=0.3)


def test_a_test_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="no test 'Chow'; there are: sup-F"):
        sx.structural_breaks(step())["Chow"]


def test_problems_of_a_series_come_together() -> None:
    with pytest.raises(DesignError) as caught:
        sx.structural_breaks([1.0, -1.0, 0.0, 2.0], scale="log", at=1)
    said = str(caught.value)
    for words in (
        "4 values of 'series'; needed: at least 12",
        "2 values not above zero on a log scale (series, 1, series, 2)",
        "1 value before 1 and 3 from it on",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sx.structural_breaks([3.0] * 20), "'series' never changes"),
        (lambda: sx.structural_breaks(step(), at=99), "at = 99; needed: a period from 0 to 39"),
        (lambda: sx.structural_breaks(np.ones((2, 20))), "values of shape (2, 20)"),
        (lambda: sx.structural_breaks(["kg"]), "a list: "),  # type: ignore[list-item]  # the point of the test
        (lambda: sx.structural_breaks([1.0, np.inf] * 8), "infinite values (position 1"),
        (lambda: sx.structural_breaks([1.0] * 20, "BE"), "unit = 'BE' with a list"),
        (lambda: sx.structural_breaks(make_panel({"BE": step()}), "NL"), "unit = 'NL'"),
        (lambda: sx.structural_breaks(make_panel({"BE": step()})), "unit = None"),
        (lambda: sx.structural_breaks(make_panel({"BE": step()}), "BE", at="2012Q1"), "'2012Q1'"),
        (
            lambda: sx.structural_breaks(make_panel({"BE": step(periods=16)}, 12), "BE"),
            "needed: at least 23",
        ),
    ],
)
def test_what_cannot_be_read_is_quoted(call: object, said: str) -> None:
    assert callable(call)
    with pytest.raises(DesignError) as caught:
        call()
    assert said in str(caught.value)


def test_settings_that_are_none_are_listed_at_once() -> None:
    with pytest.raises(DesignError) as caught:
        sx.structural_breaks(
            step(),
            scale="ln",  # type: ignore[arg-type]  # the point of the test
            trend="no",  # type: ignore[arg-type]  # the point of the test
            errors="AR",  # type: ignore[arg-type]  # the point of the test
            trimming=0.5,
            level=95,
            simulations=10,
            rng=-1,
        )
    said = [problem.given for problem in caught.value.problems]
    assert said == [
        *("scale = 'ln'", "errors = 'AR'", "trend = 'no'", "trimming = 0.5"),
        *("level = 95", "simulations = 10", "rng = -1"),
    ]
