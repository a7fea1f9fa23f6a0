"""Unit tests of RatioOfRatios: effort drops out, what it promises, what it refuses."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.estimators.count_laws import Variance
from shiftexp.kernels.cases import Floats
from tests.panels import long_frame, make_panel, read
from tests.studies import CELL, TOP, small_study

T, BEFORE = 20, 12
AFTER = np.arange(T) >= BEFORE
DESIGN = sx.Design(origin="O", destination="D", onset=2012)
MODEL = sx.RatioOfRatios(indicator="labs", control="thefts")
pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def counts(seed: int = 5, factor: float = 2.0) -> dict[str, dict[str, Floats]]:
    """Return labs and thefts under an effort that doubles at the onset, in the destination."""
    rng = np.random.default_rng(seed)
    found: dict[str, dict[str, Floats]] = {}
    for name, mean in (("labs", 90.0), ("thefts", 300.0)):
        found[name] = {}
        for unit in ("O", "D"):
            effort = np.where(AFTER & (unit == "D"), 2.0, 1.0)
            moved = np.where(AFTER & (unit == "D") & (name == "labs"), factor, 1.0)
            found[name][unit] = rng.poisson(mean * effort * moved).astype(float)
    return found


def panel(series: dict[str, dict[str, Floats]], **options: object) -> sx.Panel:
    """Return a panel of several indicators."""
    parts = [long_frame(values).assign(name=indicator) for indicator, values in series.items()]
    given = {"unit_of_measure": "count"} | options
    return read(pd.concat(parts), indicator="name", **given)


def test_effort_that_both_share_drops_out() -> None:
    result = MODEL.fit(panel(counts()), DESIGN)
    assert result.inference == "EMW-LL"
    share = result["destination"].estimate / result.effects.observed[1]
    assert -np.log1p(-share) == pytest.approx(np.log(2), abs=0.15)
    assert result["destination"].p_value < 0.05 < result["origin"].p_value
    alone = make_panel(counts()["labs"], unit_of_measure="count")
    own = sx.InterruptedTimeSeries(scale="log", trend=False).fit(alone, DESIGN)
    assert own["destination"].estimate > 1.3 * result["destination"].estimate
    none = MODEL.fit(panel(counts(factor=1.0)), DESIGN)
    assert none["destination"].p_value > 0.05
    assert result.indicator.name == "labs"
    assert result.effects.unit == "count per year"


def test_the_triple_difference_is_the_difference_of_the_logs() -> None:
    series = counts()
    ratio = {}
    for unit in ("O", "D"):
        sums = [[v[unit][w].sum() for v in series.values()] for w in (AFTER, ~AFTER)]
        ratio[unit] = np.log(sums[0][0] / sums[0][1]) - np.log(sums[1][0] / sums[1][1])
    for model in (MODEL, replace(MODEL, variance="counts")):
        result = model.fit(panel(series), DESIGN)
        note = next(n for n in result.notes if n.startswith("triple difference"))
        number = float(note.split("in logs: ")[1].split(" ")[0])
        assert number == pytest.approx(ratio["D"] - ratio["O"], abs=0.005)
        low, high = note.split("set ")[1].split(",")[0].split(" to ")
        assert float(low) < number < float(high)


def test_one_side_alone_is_the_same_and_has_no_triple_difference() -> None:
    both = MODEL.fit(panel(counts()), DESIGN)
    alone = MODEL.fit(panel(counts()), replace(DESIGN, origin=None))
    assert alone["destination"].estimate == pytest.approx(both["destination"].estimate)
    assert not any("triple" in note for note in alone.notes)


def test_periods_without_the_control_are_left_out_by_name() -> None:
    series = counts()
    series["thefts"]["D"][4] = np.nan
    result = MODEL.fit(panel(series), DESIGN)
    assert "2004: D not observed (thefts)" in result.dropped
    assert not result.paths.pre[4]
    assert result.paths.pre.sum() == BEFORE - 1


def test_donors_take_no_part_and_are_said_to() -> None:
    series = counts()
    for values in series.values():
        values["A"] = np.full(T, 7.0) + np.arange(T)
    result = MODEL.fit(panel(series), replace(DESIGN, donors=("A",)))
    assert "donors of the design take no part" in result.notes
    assert result["origin"].estimate == MODEL.fit(panel(counts()), DESIGN)["origin"].estimate


def test_flagged_values_of_the_control_are_named() -> None:
    parts = [
        long_frame(
            values, flags={("O", "2003"): "approximate"} if name == "thefts" else None
        ).assign(name=name)
        for name, values in counts().items()
    ]
    flagged = read(pd.concat(parts), indicator="name", unit_of_measure="count")
    notes = MODEL.fit(flagged, DESIGN).notes
    assert "thefts, 2003: O is flagged approximate" in notes


def test_what_does_not_fit_is_refused() -> None:
    series = counts()
    with pytest.raises(DesignError, match="without the control 'thefts'"):
        MODEL.fit(make_panel(series["labs"], unit_of_measure="count"), DESIGN)
    with pytest.raises(DesignError, match="needed: counts"):
        MODEL.fit(panel(series, unit_of_measure="kg"), DESIGN)
    series["thefts"]["O"] = np.where(AFTER, series["thefts"]["O"], 0)
    series["thefts"]["O"][0] = 0
    with pytest.raises(DesignError, match="controls of O: not one count before the onset"):
        MODEL.fit(panel(series), DESIGN)
    apart = counts()
    apart["thefts"]["O"][:BEFORE] = np.nan
    with pytest.raises(DesignError, match="0 jointly observed periods before"):
        MODEL.fit(panel(apart), DESIGN)


def test_windows_that_do_not_meet_are_refused() -> None:
    series = counts()
    series["labs"]["O"][: BEFORE // 2] = np.nan
    series["thefts"]["O"][BEFORE // 2 : BEFORE] = np.nan
    with pytest.raises(DesignError, match="0 periods before and 8 after the onset with both"):
        MODEL.fit(panel(series), DESIGN)


@pytest.mark.parametrize("which", ["labs", "thefts"])
@pytest.mark.parametrize("variance", ["series", "counts"])
def test_a_reporting_break_of_either_indicator_is_a_step_of_the_ratio(
    which: str, variance: Variance
) -> None:
    series, flags = counts(), {("O", "2005"): "break"}
    series[which]["O"] = series[which]["O"] * np.where(np.arange(T) < 5, 3.0, 1.0)
    parts = [
        long_frame(values, flags=flags if name == which else None).assign(name=name)
        for name, values in series.items()
    ]
    broken = read(pd.concat(parts), indicator="name", unit_of_measure="count")
    model = replace(MODEL, variance=variance)
    found = [
        model.fit(broken, replace(DESIGN, breaks=given)) for given in ("dummy", ("2005:O:dummy",))
    ]
    for result in found:
        origin = result["origin"]
        assert origin.conf_low < 0 < origin.conf_high
        assert origin.estimate == pytest.approx(found[0]["origin"].estimate)
    ignored = model.fit(panel(series), DESIGN)["origin"].estimate
    assert abs(found[0]["origin"].estimate) < 0.3 * abs(ignored)
    assert model.fit(broken, replace(DESIGN, breaks="split")).paths.pre.sum() == BEFORE - 5


def test_counts_of_places_that_are_averaged_are_refused() -> None:
    series = counts()
    for values in series.values():
        values["D2"] = values["D"]
    several = replace(DESIGN, destination=("D", "D2"))
    assert MODEL.fit(panel(series), several)["destination"].estimate > 0
    averaged = panel(series, additive=False)
    with pytest.raises(DesignError, match="averaged over places, because additive=False"):
        MODEL.fit(averaged, several)


def test_it_keeps_what_estimators_promise() -> None:
    data, model = panel(counts()), MODEL
    assert eval(repr(model), {"RatioOfRatios": sx.RatioOfRatios}) == model  # noqa: S307 - the claim under test
    assert pickle.loads(pickle.dumps(model)) == model  # noqa: S301 - our own bytes
    before = data.digest()
    first, second = model.fit(data, DESIGN), model.fit(data, DESIGN)
    assert first.tidy().equals(second.tidy())
    assert data.digest() == before
    assert first.estimator == repr(model)
    cases = model.prepare(data, DESIGN)
    assert model.solve(cases.repeat(3)).effect == pytest.approx(
        np.repeat(first.effects.mean[None], 3, axis=0)
    )
    turned = model.fit(data, DESIGN.reversed())
    assert turned.effects.mean == pytest.approx(first.effects.mean[::-1])


def test_settings_that_are_none_are_listed_together() -> None:
    with pytest.raises(DesignError) as caught:
        sx.RatioOfRatios(family="x", variance="y")  # type: ignore[arg-type]  # the point of the test
    assert len(caught.value.problems) == 4
    with pytest.raises(DesignError, match="indicator = control = 'labs'"):
        sx.RatioOfRatios(indicator="labs", control="labs")


def test_a_study_file_gives_it_both_indicators(tmp_path: Path) -> None:
    data = panel(counts())
    frame = data.to_frame()[["indicator", "unit", "period", "value"]]
    frame["value"] = frame["value"].astype(int)
    frame.columns = ["kind", "country", "year", "kg"]
    frame.to_csv(tmp_path / "values.csv", index=False)
    top = TOP.replace(
        '{ name = "InterruptedTimeSeries", trend = false }',
        '{ name = "RatioOfRatios", indicator = "labs", control = "thefts" }',
    ).replace('unit_of_measure = "kg"', 'unit_of_measure = "count"\nindicator = "kind"')
    cell = CELL.replace("2013", "2012") + 'indicators = [{ indicator = "labs" }]\n'
    study = small_study(tmp_path, top, cell)
    page = study.run().cells[0].primary
    assert not page.refusals
    expected = MODEL.fit(data, DESIGN)["destination"].estimate
    assert page.verdict.results[0]["destination"].estimate == pytest.approx(expected)
