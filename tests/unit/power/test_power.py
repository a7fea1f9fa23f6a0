"""Unit tests of power: what is found is found more often when it is larger, and said in units."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import shiftexp as sx
from shiftexp.errors import DesignError

LEVEL = sx.InterruptedTimeSeries(trend=False)
TRUTH = sx.Scenario(destination_effect=15)


def test_a_search_ends_at_the_target() -> None:
    found = sx.power(LEVEL, TRUTH, n=150)
    sizes, powers = (np.array([getattr(r, k) for r in found.rows]) for k in ("effect", "power"))
    assert (np.diff(sizes) > 0).all()
    assert powers[0] <= 0.12
    at = np.interp(found.mde, sizes, powers)
    assert at == pytest.approx(0.8, abs=0.03)
    assert found.mde_share == pytest.approx(found.mde / 40)
    assert math.isnan(found.mde_offset_ratio)


def test_at_the_origin_effects_are_falls_and_an_offset_of_the_growth() -> None:
    found = sx.power(LEVEL, TRUTH, estimand="origin", n=100)
    assert all(row.effect <= 0 for row in found.rows)
    assert found.mde_offset_ratio == pytest.approx(found.mde / 15)
    last = found.rows[-1]
    assert last.offset_ratio == pytest.approx(-last.effect / 15)
    assert last.share == pytest.approx(last.effect / 100)
    assert "an offset ratio of" in found.summary()


def test_the_origin_cannot_lose_more_than_it_has() -> None:
    found = sx.power(LEVEL, sx.Scenario(sd=(80, 4)), estimand="origin", n=60)
    assert math.isinf(found.mde)
    assert found.rows[-1].effect == pytest.approx(-99)
    assert "no effect up to 99" in found.summary()


@pytest.mark.slow
def test_independent_errors_that_are_small_need_a_small_effect() -> None:
    """The smallest effect is a little above that of the t test that knows them independent."""
    scenario = sx.Scenario(value=(0, 0), sd=(1, 1))
    found = sx.power(LEVEL, scenario, n=300)
    se, df = math.sqrt(1 / 12 + 1 / 8), 18
    least = se * (stats.t.ppf(0.975, df) + stats.t.ppf(0.8, df))
    assert least < found.mde < 2.2 * least


def test_small_effects_that_are_found_are_exaggerated() -> None:
    found = sx.power(LEVEL, TRUTH, effects=[0, 2, 30], n=200)
    nothing, small, large = found.rows
    assert math.isnan(nothing.type_m)
    assert math.isnan(nothing.type_s)
    assert small.type_m > 1.5
    assert large.type_m == pytest.approx(1, abs=0.05)
    assert large.type_s == 0
    assert found.mde == pytest.approx(2 + 28 * (0.8 - small.power) / (1 - small.power))


def test_effects_that_are_never_found_leave_no_smallest_one() -> None:
    found = sx.power(LEVEL, TRUTH, effects=[1.0], n=40)
    assert math.isinf(found.mde)
    assert found.limit == "more than"
    assert "no effect up to 1 " in found.summary()


def test_a_method_that_never_answers_is_asked_once_and_says_so() -> None:
    found = sx.power(LEVEL, sx.Scenario(periods=(4, 3)), n=10)
    assert len(found.rows) == 1
    assert found.rows[0].silent == 1
    assert math.isnan(found.mde)
    assert "refuses or withholds every data set" in found.summary()


def test_the_first_refusal_is_quoted() -> None:
    found = sx.power(sx.DifferenceInDifferences(), TRUTH, n=10)
    assert "donors" in found.refusal
    assert found.refusal in found.summary()


def test_a_net_effect_counts_both_sides() -> None:
    found = sx.power(LEVEL, sx.Scenario(flow=5), estimand="net", effects=[0, 40], n=60)
    nothing, large = found.rows
    assert nothing.power < 0.15
    assert large.power > 0.9
    assert large.share == pytest.approx(40 / 140)


@pytest.mark.slow
def test_the_same_seed_any_number_of_workers_and_a_store(tmp_path: Path) -> None:
    one, two = (
        sx.power(LEVEL, TRUTH, effects=[0, 10], n=120, n_jobs=jobs, store=tmp_path / str(jobs))
        for jobs in (1, 2)
    )
    assert repr(one) == repr(two)
    assert len(list((tmp_path / "1").iterdir())) == 4


def test_an_estimator_that_answers_one_by_one() -> None:
    counts = sx.Scenario(marginal="negative binomial")
    found = sx.power(sx.WindowContrast(), counts, effects=[0, 60], n=20)
    assert found.rows[1].power > found.rows[0].power


def test_monthly_effects_are_told_per_year() -> None:
    scenario = sx.Scenario(per_year=12, periods=(48, 24), base=(100, 40))
    found = sx.power(LEVEL, scenario, effects=[0.0, 12 * 40.0], n=20)
    assert found.base == 480
    assert found.rows[1].share == pytest.approx(1)
    assert found.rows[1].power == 1


def test_the_table_has_a_row_for_each_effect() -> None:
    found = sx.power(LEVEL, TRUTH, effects=[0, 10], n=20)
    assert list(found.to_frame()["effect"]) == [0, 10]
    assert found.to_markdown().startswith("| effect | share")


def test_the_smallest_effect_given_may_not_be_the_smallest_found() -> None:
    found = sx.power(LEVEL, TRUTH, effects=[40, 60], n=40)
    assert found.at_most
    assert "at most 40" in found.summary()
    assert not sx.power(LEVEL, TRUTH, effects=[0, 40], n=40).at_most


def test_rates_are_told_in_their_unit_and_have_no_offset_ratio() -> None:
    rates = sx.Scenario(per_year=4, unit="per 100,000", additive=False, flow=2.0)
    found = sx.power(LEVEL, rates, estimand="origin", effects=[-10, -60], n=40)
    assert found.unit == "per 100,000"
    assert found.base == 100
    assert all(math.isnan(row.offset_ratio) for row in found.rows)
    assert "per 100,000" in found.summary()
    assert "per year" not in found.summary()


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"method": "its"}, TypeError, "str is no estimator"),
    ({"scenario": 4}, TypeError, "Scenario.like"),
    ({"estimand": "ratio"}, DesignError, "estimand = 'ratio'"),
    ({"target": 1.0}, DesignError, "target = 1.0"),
    ({"level": 0.0}, DesignError, "level"),
    ({"n": 0}, DesignError, "at least one data set"),
    ({"effects": []}, DesignError, "at least one finite number"),
    ({"effects": [1.0, math.nan]}, DesignError, "at least one finite number"),
    ({"effects": [-5.0, 5.0]}, DesignError, "all of one sign"),
    ({"method": sx.InterruptedTimeSeries}, TypeError, r"as in InterruptedTimeSeries\(\)"),
]


@pytest.mark.parametrize(("changed", "kind", "words"), BAD)
def test_a_task_that_is_none_is_refused(
    changed: dict[str, Any], kind: type[Exception], words: str
) -> None:
    given: dict[str, Any] = {"method": LEVEL, "scenario": TRUTH} | changed
    with pytest.raises(kind, match=words):
        sx.power(**given)
