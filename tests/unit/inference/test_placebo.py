"""Unit tests of placebo: the table of quiet times by hand, shares, ranks, one side alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.inference.permutation import Permutation
from shiftexp.inference.placebo import Placebo, PlaceboCheck
from tests.panels import annual_series, make_panel, pair_design

COUNTS = sx.WindowContrast()
SERIES = {unit: np.round(values) for unit, values in annual_series(2).items()}
PANEL = make_panel(SERIES, unit_of_measure="count")
DESIGN = pair_design()


def test_every_onset_has_a_row_after_that_of_the_study() -> None:
    frame = Placebo(COUNTS).run(PANEL, DESIGN).to_frame()
    assert list(frame["placebo"]) == ["study", *map(str, range(2006, 2012))]
    y = PANEL.series("NL")
    by_hand = [y[k:14].mean() - y[:k].mean() for k in range(6, 12)]
    assert frame["origin"][1:].tolist() == pytest.approx(by_hand)
    assert frame["origin"][0] == pytest.approx(y[14:].mean() - y[:14].mean())
    assert set(frame["unit"]) == {"count per year"}


def test_pairs_of_donors_are_named_in_their_roles() -> None:
    check = Placebo(COUNTS, over="units").run(PANEL, DESIGN)
    assert len(check.labels) == 30
    assert check.labels[0] == "AT > CZ"
    change = {u: PANEL.series(u)[14:].mean() - PANEL.series(u)[:14].mean() for u in ("AT", "CZ")}
    assert check.effects[0] == pytest.approx([change["AT"], change["CZ"]])


def test_shares_by_hand() -> None:
    effects = np.array([[1.0, -2.0], [3.0, 0.5], [-2.0, 4.0], [5.0, -5.0]])
    check = PlaceboCheck("onsets", np.array([-2.0, 4.0]), ("a", "b", "c", "d"), effects, "kg")
    assert check.share_as_large == {"origin": 3 / 4, "destination": 2 / 4, "net": 2 / 4}


def test_ranks_count_the_largest_absolute_effect_as_first() -> None:
    effects = np.array([[1.0, -2.0], [3.0, 0.5]])
    frame = PlaceboCheck("onsets", np.array([-2.0, 4.0]), ("a", "b"), effects, "kg").to_frame()
    assert frame["origin_rank"].tolist() == [2, 3, 1]
    assert frame["destination_rank"].tolist() == [1, 2, 3]


def test_one_side_alone_has_no_share_of_the_other() -> None:
    check = Placebo(COUNTS, over="units").run(PANEL, replace(DESIGN, origin=None))
    assert check.labels == DESIGN.donors
    assert np.isnan(check.share_as_large["origin"])
    assert np.isnan(check.share_as_large["net"])
    assert check.to_frame()["origin_rank"].isna().all()
    assert "–" in str(check)


@pytest.mark.parametrize("over", ["units", "onsets"])
def test_the_rank_is_that_of_the_permutation(over: str) -> None:
    one, other = (
        kind(COUNTS, over=over).fit(PANEL, DESIGN)  # type: ignore[arg-type]  # both words are known
        for kind in (Placebo, Permutation)
    )
    for a in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        assert one.effects.two_sided_p(a) == other.effects.two_sided_p(a)
    assert one.name != other.name


def test_the_share_is_what_the_p_value_is_made_of() -> None:
    shifted = SERIES | {"BE": SERIES["BE"] - 35.0 * (np.arange(24) >= 14)}
    panel = make_panel(shifted, unit_of_measure="count")
    result = Placebo(COUNTS).fit(panel, DESIGN)
    share = Placebo(COUNTS).run(panel, DESIGN).share_as_large["destination"]
    assert 0 < share < 1
    assert result["destination"].p_value == pytest.approx((1 + 6 * share) / 7)
    assert f"{share:.0%} of 6 placebos have an effect at the destination as large" in str(
        result.notes
    )


def test_a_short_past_has_no_placebo_onset() -> None:
    with pytest.raises(sx.DesignError, match="at least 9 for a placebo onset"):
        Placebo(COUNTS).fit(PANEL, pair_design(start=2007))


def test_an_unknown_kind_of_placebo_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="over = 'time'"):
        Placebo(COUNTS, over="time")  # type: ignore[arg-type]  # the point of the test


def test_it_warns_that_onsets_are_no_main_test() -> None:
    with pytest.warns(sx.SmallSampleWarning, match="6 placebo onsets share most of their periods"):
        Placebo(COUNTS).fit(PANEL, DESIGN)
