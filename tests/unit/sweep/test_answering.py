"""What is solved together says what each fit says alone; what cannot be fitted is a row."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.effects import DIRECTIONS
from shiftexp.sweep import answering
from tests.sweeps import AXES, DESIGN, PAIRS, SERIES, panel, panels


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> sx.Sweep:
    """Return a sweep of amounts, amounts with a gap and a rate, by three methods."""
    return sx.sweep(panels(), DESIGN, PAIRS, tmp_path_factory.mktemp("sweep"), axes=AXES, n_jobs=1)


@pytest.fixture(scope="module")
def frame(found: sx.Sweep) -> pd.DataFrame:
    """Return its table."""
    return found.to_frame()


@pytest.mark.parametrize("number", [0, 3, 31, 59, 61, 90, 95, 121, 151, 180, 205, 211, 269])
def test_a_row_is_what_its_fit_says_alone(
    found: sx.Sweep, frame: pd.DataFrame, number: int
) -> None:
    row = frame.to_dict("records")[number]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        result = found.fit(number)
    assert row["state"] == "answered"
    assert (row["origin"], row["destination"]) == result.paths.names
    for name, a in DIRECTIONS.items():
        if not result.effects.answers(a):
            assert math.isnan(row[f"{name}_effect"])
            continue
        assert row[f"{name}_effect"] == pytest.approx(result.effects.estimate(a), rel=1e-9)
        assert row[f"{name}_p"] == pytest.approx(result.effects.two_sided_p(a), abs=1e-9)
    told = (row["gate"], row["n_pre"], row["n_post"], row["unit"])
    paths = result.paths
    assert told == (str(result.gate), paths.pre.sum(), paths.post.sum(), result.effects.unit)


def test_a_gap_costs_its_pairs_a_period_and_no_other(frame: pd.DataFrame) -> None:
    arrests = frame[(frame["indicator"] == "arrests") & frame["errors"].str.startswith("Inter")]
    gone = arrests["origin"].eq("AT") | arrests["destination"].eq("AT")
    assert set(arrests.loc[gone, "n_pre"]) == {11}
    assert set(arrests.loc[~gone, "n_pre"]) == {12}


def test_sides_of_a_rate_have_effects_and_no_sum(frame: pd.DataFrame) -> None:
    rate = frame[frame["indicator"] == "purity"]
    assert rate["origin_p"].notna().all()
    assert rate[["net_effect", "net_p", "offset_ratio"]].isna().all(axis=None)


def test_most_fits_are_solved_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(answering, "_alone", None)  # calling it would fail
    assert sx.sweep(panels(), DESIGN, PAIRS, tmp_path, axes=AXES, n_jobs=1).counts == {
        "answered": 270
    }


def test_intervals_are_those_of_the_fits_to_a_thousandth(tmp_path: Path) -> None:
    one = replace(AXES, estimators=(SERIES, sx.InterruptedTimeSeries(trend=False, scale="log")),
                  scales=())  # fmt: skip
    found = sx.sweep(
        panel("seizures"), DESIGN, PAIRS[:2], tmp_path, axes=one, n_jobs=1, intervals=True
    )
    frame = found.to_frame()
    for number in range(len(frame)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sx.SmallSampleWarning)
            alone = found.fit(number)["net"]
        shown = frame.loc[number, ["net_low", "net_high"]].to_numpy(float)
        assert shown == pytest.approx([alone.conf_low, alone.conf_high], rel=1e-3)


def test_without_intervals_there_are_none(frame: pd.DataFrame) -> None:
    assert frame.filter(regex="_low$|_high$").isna().all(axis=None)


def test_what_a_method_refuses_is_a_row_with_its_reason(tmp_path: Path) -> None:
    short = replace(DESIGN, onset=2003)
    both = replace(AXES, estimators=(SERIES,), onsets=(0, 8))
    found = sx.sweep(panel("seizures"), short, PAIRS, tmp_path, axes=both, n_jobs=1)
    refused = found.to_frame().query("state == 'refused'")
    assert found.counts == {"refused": 30, "answered": 30}
    assert refused["onset"].eq("as declared").all()
    with pytest.raises(sx.DesignError) as alone:
        found.fit(0)
    assert refused["reason"].iloc[0] == str(alone.value)
    assert "refused 30" in found.summary()
    assert str(alone.value) in found.summary()


def test_a_silent_law_is_withheld_and_says_so(tmp_path: Path) -> None:
    anchored = sx.DifferenceInDifferences(level=0.9)
    few = replace(DESIGN, onset=2004)
    axes = replace(AXES, estimators=(anchored,))
    found = sx.sweep(panel("seizures"), few, PAIRS[:2], tmp_path, axes=axes, n_jobs=1)
    frame = found.to_frame()
    assert set(frame["state"]) == {"withheld"}
    assert frame["reason"].str.contains("too few periods").all()
    assert frame["origin_effect"].notna().all()


@dataclass(frozen=True)
class Broken:
    """An estimator with a fault of its own."""

    def fit(self, panel: sx.Panel, design: sx.Design) -> sx.Result:
        """Divide by zero."""
        raise ZeroDivisionError(f"{panel.indicator.name} by {design.origin}")


def test_a_fit_that_breaks_is_a_row_and_the_rest_goes_on(tmp_path: Path) -> None:
    axes = replace(AXES, estimators=(Broken(), SERIES))
    found = sx.sweep(panel("seizures"), DESIGN, PAIRS, tmp_path, axes=axes, n_jobs=1)
    assert found.counts == {"failed": 30, "answered": 30}
    assert "ZeroDivisionError: seizures by AT" in found.reasons


def test_a_series_that_does_not_move_is_refused_for_its_pairs(tmp_path: Path) -> None:
    still = panel("seizures")
    values = still.values.copy()
    values[0, 0] = 100.0
    stopped = replace(still, values=values)
    found = sx.sweep(stopped, DESIGN, PAIRS, tmp_path, axes=AXES, n_jobs=1)
    refused = found.to_frame().query("state == 'refused'")
    assert found.counts == {"answered": 60, "refused": 30}
    assert (refused["origin"].eq("AT") | refused["destination"].eq("AT")).all()
    assert refused["reason"].str.startswith("'AT' is constant at 100 kg").all()
