"""Unit tests of how vessels are observed: several indicators, counts, effort, own variances."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.estimators.vessels import VesselsResult
from shiftexp.kernels.cases import Floats

T, ONSET, FIRST = 20, 10, 2000
DESIGN = sx.Design(origin="O", destination="D", onset=FIRST + ONSET)
RNG = np.random.default_rng(4)
TIME = np.arange(T)
LEFT = 30 * np.maximum(TIME - ONSET + 1, 0) / (T - ONSET)
LEVEL = np.array([120 - LEFT, 60 + LEFT])
NOISE = RNG.standard_normal((2, 3, T))
Seen = Mapping[str, tuple[Floats, str]]  # indicator -> values (2, T), unit of measurement
pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def panel(seen: Seen, effort: Floats | None = None, errors: Floats | None = None) -> sx.Panel:
    """Return the panel of what was seen of a pair."""
    frames = [
        pd.DataFrame(
            {
                "place": np.repeat(["O", "D"], T),
                "year": np.tile(FIRST + TIME, 2),
                "what": name,
                "unit": unit,
                "value": values.ravel(),
                "effort": np.nan if effort is None else effort.ravel(),
                "error": np.nan if errors is None else errors.ravel(),
            }
        )
        for name, (values, unit) in seen.items()
    ]
    return sx.Panel.from_frame(
        pd.concat(frames).dropna(subset="value"),
        unit="place",
        period="year",
        value="value",
        indicator="what",
        exposure=None if effort is None else "effort",
        std_error=None if errors is None else "error",
        unit_of_measure="unit",
        additive=True,
    )


def fit(what: sx.Panel, design: sx.Design = DESIGN, **options: object) -> VesselsResult:
    """Return a fit without a lag."""
    model = sx.CommunicatingVessels(lags=(0,), draws=2000, **options)  # type: ignore[arg-type]  # passed on
    return model.fit(what, design)


AMOUNTS = LEVEL + 4 * NOISE[:, 0]
KG: Seen = {"seizures": (AMOUNTS, "kg")}
COUNTS: Seen = {"labs": (RNG.poisson(LEVEL / 2).astype(float), "count")}
SEVERAL: Seen = {**KG, **COUNTS, "arrests": (3 * (LEVEL + 4 * NOISE[:, 1]), "persons")}


def width(result: VesselsResult, side: str = "destination") -> float:
    """Return how wide the interval of a side is."""
    return result[side].conf_high - result[side].conf_low


@pytest.mark.slow
def test_several_indicators_tell_more_than_one_and_are_told_in_the_unit_asked_for() -> None:
    one = fit(panel(KG))
    every = fit(panel(SEVERAL), reference="seizures", likelihood={"labs": "poisson"})
    assert width(every) < 0.95 * width(one)
    assert every.flow.unit == one.flow.unit == "kg per year"
    assert every.indicator.name == "seizures"
    assert every.flow.conserved[1] < 30 < every.flow.conserved[2]
    assert "scale" in every.flow.flags
    assert "scale" not in one.flow.flags
    (note,) = [n for n in every.notes if n.startswith("effects are told in")]
    assert "arrests, labs are brought to its level" in note
    names = set(every.variances.spreads)
    assert names == {"own walk", "common walk", "noise, seizures", "noise, arrests"}


def test_the_unit_of_another_indicator_changes_nothing_but_its_own_unit() -> None:
    tons = {**SEVERAL, "arrests": (SEVERAL["arrests"][0] / 1000, "thousand persons")}
    first, second = (fit(panel(seen), reference="seizures") for seen in (SEVERAL, tons))
    assert second.flow.limits.flow == pytest.approx(first.flow.limits.flow)
    assert second["destination"].estimate == pytest.approx(first["destination"].estimate)
    told = fit(panel(tons), reference="arrests")
    assert told.flow.unit == "thousand persons per year"


def test_counts_have_no_noise_of_their_own_where_they_are_poisson() -> None:
    poisson = fit(panel(COUNTS), likelihood="poisson")
    wider = fit(panel(COUNTS), likelihood="negative binomial")
    assert list(poisson.variances.spreads) == ["own walk", "common walk"]
    assert list(wider.variances.spreads) == ["own walk", "common walk", "noise"]
    assert poisson.flow.conserved[1] < 15 < poisson.flow.conserved[2]


def test_an_indicator_without_a_likelihood_of_its_own_is_normal() -> None:
    named = fit(panel(SEVERAL), reference="seizures", likelihood={})
    assert "noise, labs" in named.variances.spreads


def test_effort_is_divided_out_and_its_level_cancels() -> None:
    effort = np.where(TIME >= ONSET, 2.0, 1.0) * np.ones((2, 1))
    seen: Seen = {"seizures": (AMOUNTS * effort, "kg")}
    plain = fit(panel(KG))
    for scale in (1.0, 50.0):
        offset = fit(panel(seen, scale * effort), effort="offset")
        assert offset.flow.limits.flow == pytest.approx(plain.flow.limits.flow, rel=1e-6)
    assert any("divided by effort" in note for note in offset.notes)
    half = {"seizures": (AMOUNTS * np.sqrt(effort), "kg")}
    rooted = fit(panel(half, effort), effort="offset", exponent=0.5)
    assert rooted.flow.limits.flow == pytest.approx(plain.flow.limits.flow, rel=1e-6)


def test_precise_surveys_count_for_more() -> None:
    errors = np.where(TIME % 2, 12.0, 0.5) * np.ones((2, 1))
    seen = {"survey": (LEVEL + errors * NOISE[:, 2], "kg")}
    known, unknown = fit(panel(seen, errors=errors)), fit(panel(seen))
    assert width(known) < 0.8 * width(unknown)
    assert not any("sampling errors" in note for note in known.notes)


def test_sides_unlike_each_other_have_variances_of_their_own() -> None:
    seen = {"seizures": (LEVEL + np.array([[1.0], [8.0]]) * NOISE[:, 0], "kg")}
    own, equal = fit(panel(seen)), fit(panel(seen), variances="equal")
    assert {"noise, O", "noise, D", "own walk, O", "own walk, D"} <= set(own.variances.spreads)
    assert list(equal.variances.spreads) == ["own walk", "common walk", "noise"]
    assert width(own, "origin") < width(equal, "origin")
    assert width(own) > width(equal)
    assert "unlike-variances" in equal.flow.flags
    assert "unlike-variances" not in own.flow.flags
    alike = fit(panel(KG))
    assert list(alike.variances.spreads) == ["own walk", "common walk", "noise"]


def test_settings_that_do_not_fit_are_refused_all_at_once() -> None:
    with pytest.raises(DesignError) as caught:
        sx.CommunicatingVessels(
            likelihood="gamma",  # type: ignore[arg-type]  # the refusal is tested
            effort="guess",  # type: ignore[arg-type]  # likewise
            exponent=2.0,
            variances="some",  # type: ignore[arg-type]  # likewise
        )
    for word in ("'gamma'", "'guess'", "exponent = 2.0", "'some'"):
        assert word in str(caught.value)
    with pytest.raises(DesignError, match=r"exponent = 0\.5 without effort"):
        sx.CommunicatingVessels(exponent=0.5)


def test_studies_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DesignError) as caught:
        fit(panel(SEVERAL), likelihood={"lab": "poisson"}, reference="seizure")
    assert "a likelihood for 'lab'" in str(caught.value)
    assert "reference = 'seizure'" in str(caught.value)
    assert "seizures" in str(caught.value)
    with pytest.raises(DesignError, match="needed: counts"):
        fit(panel(KG), likelihood="poisson")
    with pytest.raises(DesignError, match="exposure"):
        fit(panel(KG), effort="offset")
    still = np.where(TIME < ONSET, 0.0, 5.0) * np.ones((2, 1))
    with pytest.raises(DesignError) as caught:
        fit(panel({**KG, "labs": (still, "labs")}))
    for place in ("O", "D"):
        assert f"labs of {place}, which changes by as much in every period" in str(caught.value)
    none = np.where(TIME < ONSET, 0.0, AMOUNTS)
    with pytest.raises(DesignError, match="labs: no mean above zero before the onset in O, D"):
        fit(panel({**KG, "labs": (none, "labs")}), reference="seizures")


def test_a_reporting_break_beside_other_indicators_is_refused() -> None:
    broken = sx.Design(origin="O", destination="D", onset=FIRST + ONSET, breaks=("2005:O:dummy",))
    assert fit(panel(KG), broken).paths.breaks
    with pytest.raises(DesignError, match="a reporting break of"):
        fit(panel(SEVERAL), broken)


def test_several_indicators_give_the_same_numbers_in_any_order() -> None:
    turned = {name: SEVERAL[name] for name in reversed(list(SEVERAL))}
    first, second = (fit(panel(seen), reference="seizures") for seen in (SEVERAL, turned))
    assert first.flow.to_frame().equals(second.flow.to_frame())


def test_indicators_are_compared_over_years_in_which_both_are_there() -> None:
    rising = LEVEL + 8 * TIME
    late = np.where(TIME < 6, np.nan, rising / 2)
    noise = 2 * NOISE
    seen: Seen = {"a": (rising + noise[:, 0], "kg"), "b": (late + noise[:, 1] / 2, "persons")}
    found, whole = fit(panel(seen)), fit(panel({"a": seen["a"]}))
    assert found["destination"].estimate == pytest.approx(whole["destination"].estimate, abs=6)
    with pytest.raises(DesignError, match="0 jointly observed periods before"):
        fit(panel({"a": seen["a"], "b": (np.where(TIME < ONSET, np.nan, rising), "persons")}))


def test_rounding_is_no_noise() -> None:
    lines = np.array([10 + 0.1 * TIME, 5 + 0.3 * TIME])
    with pytest.raises(DesignError, match="changes by as much in every period"):
        fit(panel({"a": (lines, "kg")}))


def test_a_destination_without_a_level_is_refused() -> None:
    new = np.array([AMOUNTS[0], np.where(TIME < ONSET, 0.0, 5 + NOISE[0, 0])])
    with pytest.raises(DesignError, match="D with a mean of 0; needed: a mean above zero"):
        fit(panel({"a": (new, "kg")}))
