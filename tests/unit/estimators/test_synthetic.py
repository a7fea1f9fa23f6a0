"""Unit tests of the synthetic control: what it finds, refuses, and says of its donors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

DONORS = tuple("ABCDEFG")
DESIGN = sx.Design(origin="O", destination="X", onset=2010, donors=DONORS)


def series(*, effect: float = 30.0, level: float = 0.0, seed: int = 1) -> dict[str, Floats]:
    """Return donors of one factor, and sides made of them, with an effect on the second."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=18).cumsum() * 3
    donors = {u: 60 + 3 * k + (0.7 + 0.1 * k) * factor for k, u in enumerate(DONORS)}
    noise = rng.normal(size=(9, 18))
    found = {u: v + noise[k] for k, (u, v) in enumerate(donors.items())}
    made = np.stack([donors["B"] + donors["C"], donors["C"] + donors["E"]]) / 2
    after = np.arange(18) >= 10
    found["O"] = made[0] + noise[7] + level
    found["X"] = made[1] + noise[8] + level + effect * after
    return found


def test_it_finds_the_effect_where_there_is_one() -> None:
    result = sx.SyntheticControl().fit(make_panel(series()), DESIGN)
    found, none = result["destination"], result["origin"]
    assert found.conf_low < 30 < found.conf_high
    assert found.estimate == pytest.approx(30, abs=3)
    assert found.p_value < 0.05 < none.p_value
    assert none.conf_low < 0 < none.conf_high


def test_every_period_has_its_own_gap_and_the_mean_is_the_effect() -> None:
    result = sx.SyntheticControl().fit(make_panel(series()), DESIGN)
    frame = result.augment()
    after = frame[(frame["side"] == "destination") & (frame["role"] == "post")]
    assert after["effect"].nunique() == 8
    assert after["effect"].mean() == pytest.approx(result["destination"].estimate)


def test_on_a_log_scale_the_effect_lies_on_a_line() -> None:
    result = sx.SyntheticControl(scale="log").fit(make_panel(series()), DESIGN)
    frame = result.augment()
    after = frame[(frame["side"] == "destination") & (frame["role"] == "post")]
    factors = np.log(after["observed"] / after["counterfactual"])
    assert np.diff(factors, n=2) == pytest.approx(np.zeros(6), abs=1e-12)
    assert result["destination"].estimate == pytest.approx(30, abs=5)


def test_without_debiasing_it_has_no_law_and_says_what_to_wrap_it_with() -> None:
    plain = sx.SyntheticControl(debias=False)
    result = plain.fit(make_panel(series()), DESIGN)
    assert np.isnan(result["destination"].p_value)
    assert "wrap it" in result.inference
    with pytest.warns(sx.SmallSampleWarning, match="blocks before the onset"):
        wrapped = sx.DebiasedT(plain).fit(make_panel(series()), DESIGN)
    assert wrapped["destination"].p_value < 0.05


def test_weights_are_listed_and_the_heaviest_are_named() -> None:
    result = sx.SyntheticControl().fit(make_panel(series()), DESIGN)
    weights = result.weights.to_frame()
    assert weights.groupby("side")["weight"].sum().to_numpy() == pytest.approx([1, 1])
    assert set(weights["name"]) == set(DONORS)
    heaviest = weights[weights["side"] == "origin"].iloc[0]
    assert result.notes[0].startswith(f"origin: {heaviest['name']} {heaviest['weight']:.2f}")


def test_levels_that_no_donor_reaches_are_refused_and_an_intercept_mends_it() -> None:
    panel = make_panel(series(level=200))
    with pytest.raises(DesignError, match="write intercept=True when levels differ") as caught:
        sx.SyntheticControl().fit(panel, DESIGN)
    assert len(caught.value.problems) == 2
    result = sx.SyntheticControl(intercept=True).fit(panel, DESIGN)
    assert result["destination"].estimate == pytest.approx(30, abs=3)


def test_a_side_above_all_donors_is_outside_their_hull() -> None:
    panel = make_panel(series(level=12))
    notes = sx.SyntheticControl(augment=0.1).fit(panel, DESIGN).notes
    assert any("outside the hull" in note and "above every donor" in note for note in notes)


def test_donors_that_carry_nothing_are_said_to_be_no_nearer_than_a_flat_line() -> None:
    rng = np.random.default_rng(1)
    noise = {u: 50 + (3 if u in DONORS else 1) * rng.normal(size=18) for u in (*DONORS, "O", "X")}
    notes = sx.SyntheticControl(intercept=True).fit(make_panel(noise), DESIGN).notes
    assert any("no nearer than a flat line" in note for note in notes)


@pytest.mark.parametrize(
    "model",
    [
        sx.SyntheticControl(),
        sx.SyntheticControl(intercept=True),
        sx.SpilloverSyntheticControl(),
        sx.InclusiveSyntheticControl(),
    ],
    ids=repr,
)
def test_too_few_periods_are_named_as_such(model: sx.SyntheticControl) -> None:
    short = replace(DESIGN, start=2005)
    with pytest.raises(
        DesignError, match="5 periods before the onset; needed: at least 6"
    ) as caught:
        model.fit(make_panel(series()), short)
    assert len(caught.value.problems) == 1


def test_fewer_than_five_complete_donors_are_refused_with_the_others_named() -> None:
    gaps = series()
    for unit in "CDE":
        gaps[unit][3] = np.nan
    with pytest.raises(DesignError, match="4 donors observed in every used period") as caught:
        sx.SyntheticControl().fit(make_panel(gaps), DESIGN)
    assert caught.value.rows == ("C", "D", "E")
    gaps = series()
    gaps["C"][3] = np.nan
    notes = sx.SyntheticControl().fit(make_panel(gaps), DESIGN).notes
    assert "not among the donors, for their gaps: C" in notes


def test_no_donors_are_refused_as_by_difference_in_differences() -> None:
    for model in (sx.SyntheticControl(), sx.SyntheticDiD()):
        with pytest.raises(DesignError, match="counted twice"):
            model.fit(make_panel(series()), replace(DESIGN, donors=()))


def test_settings_that_are_none_are_listed_together() -> None:
    with pytest.raises(DesignError) as caught:
        sx.SyntheticControl(scale="ln", intercept="no", debias=1, level=95)  # type: ignore[arg-type]  # the point of the test
    assert len(caught.value.problems) == 4
    with pytest.raises(DesignError, match=r"augment = -1; needed: a positive penalty"):
        sx.SyntheticControl(augment=-1)


def test_one_side_alone_is_the_same_side() -> None:
    pair = sx.SyntheticControl().fit(make_panel(series()), DESIGN)
    alone = sx.SyntheticControl().fit(make_panel(series()), replace(DESIGN, origin=None))
    assert alone["destination"].estimate == pytest.approx(pair["destination"].estimate)
    assert alone["destination"].p_value == pytest.approx(pair["destination"].p_value)


def test_an_effect_that_grows_is_within_its_interval() -> None:
    grown = series(effect=0.0)
    ramp = np.maximum(np.arange(18) - 9, 0) * 8.0
    grown["X"] = grown["X"] + ramp
    result = sx.SyntheticControl().fit(make_panel(grown), DESIGN)["destination"]
    assert result.conf_low < ramp[10:].mean() < result.conf_high


def test_steps_are_refused_by_all_that_weigh_donors() -> None:
    panel = make_panel(series(), flags={("X", "2008"): "break"})
    design = replace(DESIGN, breaks="dummy")
    methods = (
        sx.SyntheticControl(),
        sx.SyntheticDiD(),
        sx.EventStudy(),
        sx.DebiasedT(sx.DifferenceInDifferences()),
    )
    for method in methods:
        with pytest.raises(DesignError, match="1 reporting break fitted as steps") as caught:
            method.fit(panel, design)
        assert caught.value.rows == ("2008",)


def test_a_side_that_is_still_or_one_of_its_donors_is_refused_by_name() -> None:
    still = series()
    still["X"] = np.where(np.arange(18) < 10, 0.0, still["X"])
    for model in (sx.SyntheticControl(), sx.SyntheticControl(debias=False, intercept=True)):
        with pytest.raises(DesignError, match="destination does not vary before the onset"):
            model.fit(make_panel(still), DESIGN)
    twin = series()
    twin["O"] = twin["A"]
    with pytest.raises(DesignError, match="equal the origin in every period"):
        sx.SyntheticControl().fit(make_panel(twin), DESIGN)
    flat = series() | dict.fromkeys(DONORS, np.full(18, 70.0))
    with pytest.raises(DesignError):
        sx.SyntheticControl(augment=1.0).fit(make_panel(flat), DESIGN)
