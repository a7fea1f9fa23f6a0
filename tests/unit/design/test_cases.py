"""Unit tests of windows and cases: what a design sees of a panel, onsets and placebos."""

from __future__ import annotations

import math

import numpy as np
import pytest

from shiftexp.errors import DesignError
from tests.panels import DONORS, annual_series, make_panel, monthly_series, pair_design

SERIES = annual_series()
PANEL = make_panel(SERIES)


def test_a_window_holds_the_series_as_named() -> None:
    window = pair_design(start=2002, end=2021).window(PANEL)
    assert window.calendar.labels[0] == "2002"
    assert window.pair.shape == (2, 20)
    assert window.pair[0] == pytest.approx(SERIES["NL"][2:22])
    assert window.pair[1] == pytest.approx(SERIES["BE"][2:22])
    assert window.donor_names == DONORS
    assert window.donors[2] == pytest.approx(SERIES[DONORS[2]][2:22])
    assert window.onsets.tolist() == [12]
    assert window.joint.all()


def test_a_window_wider_than_the_panel_is_the_panel() -> None:
    assert pair_design(start=1990, end=2040).window(PANEL).calendar.size == 24


def test_several_units_are_summed_and_rates_averaged() -> None:
    design = pair_design(origin=("NL", "AT"), donors=DONORS[1:])
    total = SERIES["NL"] + SERIES["AT"]
    assert design.window(PANEL).pair[0] == pytest.approx(total)
    assert design.window(make_panel(SERIES, additive=False)).pair[0] == pytest.approx(total / 2)


def test_a_missing_part_makes_the_sum_missing() -> None:
    series = SERIES | {"AT": np.where(np.arange(24) == 4, math.nan, SERIES["AT"])}
    design = pair_design(origin=("NL", "AT"), donors=DONORS[1:])
    window = design.window(make_panel(series))
    assert math.isnan(window.pair[0, 4])
    assert not window.joint[4]
    assert window.dropped == ("2004: AT not observed",)


def test_what_is_left_out_and_what_is_flagged_is_said() -> None:
    flags = {("NL", "2003"): "suspect", ("BE", "2005"): "approximate"}
    design = pair_design(quality=("ok", "approximate"), exclude=(2007,))
    window = design.window(make_panel(SERIES, flags=flags))
    assert window.dropped == ("2003: NL flagged suspect", "2007: excluded by the design")
    assert window.flagged == ("2005: BE is flagged approximate",)
    assert math.isnan(window.pair[0, 3])


def test_zero_is_a_value() -> None:
    window = pair_design().window(make_panel(SERIES | {"NL": SERIES["NL"] * (np.arange(24) != 3)}))
    assert window.joint[3]
    assert window.pair[0, 3] == 0


@pytest.mark.parametrize(("year", "kept"), [(2005, range(5, 24)), (2019, range(19))])
def test_split_keeps_the_regime_of_the_onset(year: int, kept: range) -> None:
    panel = make_panel(SERIES, flags={("NL", str(year)): "break"})
    window = pair_design(breaks="split").window(panel)
    assert np.flatnonzero(window.joint).tolist() == list(kept)
    assert window.breaks == ()


def test_dummies_are_steps_on_their_own_side() -> None:
    flags = {("NL", "2005"): "break", ("BE", "2019"): "break"}
    cases = pair_design(breaks="dummy").cases(make_panel(SERIES, flags=flags))
    assert cases.breaks.shape == (1, 2, 24, 2)
    assert cases.breaks[0, 0, :, 0].tolist() == [0.0] * 5 + [1.0] * 19
    assert cases.breaks[0, 1, :, 1].tolist() == [0.0] * 19 + [1.0] * 5
    assert (cases.breaks[0, 1, :, 0] == 0).all()


def test_one_onset_is_one_case() -> None:
    cases = pair_design().cases(PANEL)
    assert len(cases) == 1
    assert cases.focal.tolist() == [[0, 1]]
    assert cases.donors[0].tolist() == [False, False] + [True] * 6
    assert cases.learn[0].tolist() == [True] * 14 + [False] * 10
    assert (cases.post == cases.treated).all()
    assert (cases.treated == ~cases.learn).all()


def test_a_range_learns_before_its_first_and_averages_from_its_last() -> None:
    design = pair_design(onset=(2012, 2015))
    cases, window = design.cases(PANEL), design.window(PANEL)
    assert len(cases) == 1
    assert cases.learn[0].tolist() == [True] * 12 + [False] * 12
    assert cases.post[0].tolist() == [False] * 15 + [True] * 9
    assert (cases.treated == cases.post).all()
    assert np.flatnonzero(~window.joint).tolist() == [12, 13, 14]
    assert window.onsets.tolist() == [12, 13, 14, 15]
    assert window.dropped == tuple(
        f"{year}: among the candidate onsets, neither before nor after"
        for year in (2012, 2013, 2014)
    )


def test_a_range_is_its_last_onset_with_the_other_candidates_excluded() -> None:
    ranged = pair_design(onset=(2012, 2014)).cases(PANEL)
    single = pair_design(onset=2014, exclude=(2012, 2013)).cases(PANEL)
    for name in ("learn", "treated", "post", "pair", "breaks"):
        assert np.array_equal(getattr(ranged, name), getattr(single, name), equal_nan=True)


def test_candidates_left_out_may_be_missing() -> None:
    series = SERIES | {"BE": np.where(np.arange(24) == 13, math.nan, SERIES["BE"])}
    design = pair_design(onset=(2012, 2015))
    assert (design.cases(make_panel(series)).used == design.cases(PANEL).used).all()


def test_the_gate_does_not_count_the_candidates_before_the_last() -> None:
    gate = pair_design(onset=(2012, 2015)).gate(PANEL)
    assert (gate.before, gate.after) == (12, 9)


def test_placebos_of_a_range_leave_the_same_periods_out() -> None:
    design = pair_design(onset=(2012, 2015))
    units, onsets = design.placebos(PANEL), design.placebos(PANEL, over="onsets")
    assert not units.used[:, 12:15].any()
    assert (units.learn.sum(axis=1) == 12).all()
    assert (units.post.sum(axis=1) == 9).all()
    assert not onsets.used[:, 12:].any()


def test_missing_periods_are_neither_before_nor_after() -> None:
    series = SERIES | {"BE": np.where(np.isin(np.arange(24), [4, 18]), math.nan, SERIES["BE"])}
    cases = pair_design().cases(make_panel(series))
    assert not cases.used[0, [4, 18]].any()
    assert cases.used[0].sum() == 22


def test_one_sided_studies_have_one_focal_row() -> None:
    cases = pair_design(origin=None).cases(PANEL)
    assert cases.focal.tolist() == [[-1, 1]]
    assert np.isnan(cases.pair[0, 0]).all()


def test_a_gap_of_the_other_side_does_not_matter_to_one() -> None:
    series = SERIES | {"NL": np.where(np.arange(24) == 4, math.nan, SERIES["NL"])}
    panel = make_panel(series)
    assert pair_design().cases(panel).used.sum() == 23
    assert pair_design().only("destination").cases(panel).used.sum() == 24


def test_seasons_follow_the_calendar() -> None:
    panel = make_panel(monthly_series(), per_year=12)
    cases = pair_design(onset="2005-01", start="2000-03").cases(panel)
    assert cases.seasons == 12
    assert cases.season[:3].tolist() == [2, 3, 4]
    assert cases.treated[0].sum() == 36


def test_reversing_exchanges_the_pair() -> None:
    design = pair_design()
    here, there = design.cases(PANEL).pair, design.reversed().cases(PANEL).pair
    assert (here == there[:, ::-1]).all()


def test_placebo_pairs_are_all_ordered_pairs_of_donors() -> None:
    cases = pair_design().placebos(PANEL)
    assert len(cases) == 30
    assert len({tuple(pair) for pair in cases.focal.tolist()}) == 30
    assert (cases.donors.sum(axis=1) == 4).all()
    for case in range(30):
        assert not cases.donors[case, cases.focal[case]].any()
    assert cases.y.shape == (30, 6, 24)


def test_placebos_of_one_side_are_single_donors() -> None:
    cases = pair_design(origin=None).placebos(PANEL)
    assert cases.focal.tolist() == [[-1, j] for j in range(6)]
    assert (cases.donors.sum(axis=1) == 5).all()


def test_placebo_onsets_stay_before_the_onset() -> None:
    cases = pair_design().placebos(PANEL, over="onsets")
    # 14 pre periods: onsets at positions 6 to 11 leave 6 before and 3 after
    assert cases.learn.sum(axis=1).tolist() == [6, 7, 8, 9, 10, 11]
    assert cases.post.sum(axis=1).tolist() == [8, 7, 6, 5, 4, 3]
    assert not cases.used[:, 14:].any()


def test_too_few_donors_or_periods_for_a_placebo_are_counted() -> None:
    with pytest.raises(DesignError, match=r"2 donors.*at least 3"):
        pair_design(donors=DONORS[:2]).placebos(PANEL)
    with pytest.raises(DesignError, match="8 joint periods before"):
        pair_design(onset=2008).placebos(PANEL, over="onsets")


def test_used_donor_values_that_carry_a_flag_are_named() -> None:
    window = pair_design().window(make_panel(SERIES, flags={("AT", "2012"): "break"}))
    assert any("AT" in note and "2012" in note for note in window.donor_flags)
    assert not window.flagged


def test_a_donor_without_any_value_in_the_window_is_refused() -> None:
    early = np.where(np.arange(24) < 3, SERIES["PT"], math.nan)
    panel, design = make_panel(SERIES | {"PT": early}), pair_design(start=2005)
    with pytest.raises(DesignError, match="PT") as caught:
        design.window(panel)
    assert "PT" in caught.value.rows
