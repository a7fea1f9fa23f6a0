"""The test of a whole curve: its numbers by hand, its granularity said, its workers irrelevant."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.robustness import CurveTestResult, SpecificationCurve

SERIES = sx.InterruptedTimeSeries(trend=False)
AXES = sx.Specifications(estimators=(SERIES,), scales=("level",))


@cache
def curve_of(effect: float, **truth: Any) -> SpecificationCurve:  # noqa: ANN401 - passed on as they are
    """Return a curve of a simulated pair."""
    panel, design = sx.simulate_pair(destination_effect=effect, sd=2, rng=2, **truth)
    return sx.specification_curve(panel, design, axes=AXES)


def result(z: list[float], independent: int) -> CurveTestResult:
    """Return a test with these z of the worlds and 2 of the study."""
    values = np.stack([np.full(len(z), 2.0), np.array(z)], axis=1)
    return CurveTestResult("donors", "net", ("",) * len(z), values, values, values, independent)


def test_p_is_worked_by_hand() -> None:
    found = result([0.5, -2.5, 1.0, 3.0], 4)
    assert found.p_value == (1 + 4 * 2 / 4) / 5
    assert found.p_share == (1 + 4 * 1 / 4) / 5
    assert found.smallest_p == 0.2


def test_pairs_count_as_their_donors() -> None:
    assert result([0.0] * 12, 4).p_value == 0.2
    assert "4 worlds cannot reach .05" in result([0.0] * 12, 4).sentence()


def test_a_large_p_is_never_called_no_effect() -> None:
    assert "a large p is not evidence of no effect" in result([3.0], 1).sentence()


@pytest.mark.slow
def test_an_effect_is_seen_and_nothing_is_not() -> None:
    test = sx.CurveTest(estimand="destination", draws=19)
    loud, quiet = test.run(curve_of(40)), test.run(curve_of(0))
    assert loud.p_median == 1 / 20
    assert loud.p_value <= 0.05
    assert quiet.p_value > 0.1
    assert loud.to_frame()["statistic"].tolist() == [
        "mean z",
        "median effect",
        "share significant",
    ]


@pytest.mark.slow
def test_the_study_is_what_its_curve_says() -> None:
    found = sx.CurveTest(draws=5).run(curve_of(40))
    rows = curve_of(40).rows
    effects = [row.estimate("net") for row in rows]
    shares = [e.estimate / row.level("net") for e, row in zip(effects, rows, strict=True) if e]
    assert found.medians[:, 0] == pytest.approx(np.full(5, np.median(shares)))


def test_the_numbers_do_not_depend_on_the_workers() -> None:
    test = sx.CurveTest(draws=6)
    one, two = (test.run(curve_of(0), n_jobs=jobs) for jobs in (1, 2))
    assert np.array_equal(one.z, two.z)
    assert np.array_equal(one.medians, two.medians)


def test_few_onsets_say_how_small_p_can_be() -> None:
    found = sx.CurveTest(over="onsets").run(curve_of(40))
    assert found.independent == len(found.labels) == 3
    assert found.p_value == found.smallest_p == 0.25
    assert "no main test" in found.summary()


@pytest.mark.slow
def test_donors_take_the_place_of_the_pair() -> None:
    found = sx.CurveTest(over="donors").run(curve_of(40, donors=4))
    assert len(found.labels) == 12
    assert found.independent == 4


def test_specifications_that_refuse_in_a_world_are_left_out_of_both() -> None:
    axes = replace(AXES, estimators=(SERIES, sx.CountDiD()))
    panel, design = sx.simulate_pair(destination_effect=40, sd=2, rng=2)
    found = sx.CurveTest(draws=5).run(sx.specification_curve(panel, design, axes=axes))
    assert "3 of 6 specifications" in found.notes[0]


def test_no_world_is_refused() -> None:
    panel, design = sx.simulate_pair(periods=(8, 6), rng=1)
    curve = sx.specification_curve(panel, design, axes=AXES)
    with pytest.raises(DesignError, match="8 joint periods before"):
        sx.CurveTest(over="onsets").run(curve)


def test_a_curve_without_the_estimand_is_refused() -> None:
    panel, design = sx.simulate_pair(rng=1)
    curve = sx.specification_curve(panel, design.only("destination"), axes=AXES)
    with pytest.raises(DesignError, match="without a value of 'net'"):
        sx.CurveTest(draws=5).run(curve)
    assert sx.CurveTest(draws=5, estimand="destination").run(curve).labels


@pytest.mark.parametrize(
    "wrong",
    [{"over": "time"}, {"estimand": "offset_ratio"}, {"draws": 0}, {"trend": "no"}, {"rng": -1}],
)
def test_settings_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DesignError):
        sx.CurveTest(**wrong)


def test_what_is_no_curve_is_refused_by_name() -> None:
    panel, _ = sx.simulate_pair(rng=1)
    with pytest.raises(TypeError, match="run takes a SpecificationCurve; given Panel"):
        sx.CurveTest().run(panel)  # type: ignore[arg-type]  # the refusal itself
