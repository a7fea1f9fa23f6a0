"""Origin and destination side by side: shares, logs, accounts that add up, and what is withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.description import PairDescription


def pair(*, additive: bool = True, comparable: bool = True) -> PairDescription:
    panel, design = sx.simulate_pair(flow=30, sd=1, donors=2, rng=1)
    indicator = replace(panel.indicator, additive=additive, comparable=comparable)
    found = sx.describe(replace(panel, indicators=(indicator,)), design, simulations=99).pair
    assert found is not None
    return found


def test_shares_and_logs_by_period() -> None:
    found = pair()
    frame = found.to_frame()
    share = frame["destination"] / (frame["origin"] + frame["destination"])
    assert frame["share"].to_numpy() == pytest.approx(share.to_numpy())
    assert frame["log_ratio"].to_numpy() == pytest.approx(
        (np.log(share) - np.log(1 - share)).to_numpy()
    )
    assert frame["log_total"].to_numpy() == pytest.approx(np.log(frame["total"].to_numpy()))
    assert set(frame["reads_as"]) == {"description"}


def test_every_account_adds_up_to_the_change_of_each_side() -> None:
    found = pair()
    accounts = found.accounts_frame()
    sums = accounts.groupby(["account", "unit"])["amount"].sum()
    late = np.arange(len(found.origin)) >= 12
    for name, values in (("O", found.origin), ("D", found.destination)):
        change = values[late].mean() - values[~late].mean()
        assert sums.xs(name, level="unit").to_numpy() == pytest.approx(np.full(3, change))
    assert set(accounts["reads_as"]) == {"accounting"}
    relative = accounts[accounts["part"] == "relative shift"].groupby("account")["amount"].sum()
    assert relative["shift-share against the sum of the units"] == pytest.approx(0, abs=1e-9)
    assert abs(relative["shift-share against the donors"]) > 0.1
    assert any("zero by construction" in note for note in found.notes)


def test_a_side_that_is_zero_or_missing_has_no_log_ratio_then() -> None:
    panel, design = sx.simulate_pair(sd=1, rng=1)
    values, quality = panel.values.copy(), panel.quality.copy()
    values[0, panel.position("D"), 3], values[0, panel.position("O"), 5] = 0.0, np.nan
    quality[0, panel.position("O"), 5] = ""
    holed = replace(panel, values=values, quality=quality)
    found = sx.describe(holed, design, simulations=99).pair
    assert found is not None
    frame = found.to_frame()
    assert np.flatnonzero(np.isnan(frame["log_ratio"])).tolist() == [3, 5]
    assert frame["share"].iloc[3] == 0
    assert np.isnan(frame["total"].iloc[5])
    assert "1 period in which a side is not above zero has no log ratio" in found.notes


@pytest.mark.parametrize("word", ["additive", "comparable"])
def test_what_may_not_be_summed_has_no_total_and_no_accounts(word: str) -> None:
    found = pair(**{word: False})
    frame = found.to_frame()
    assert frame[["total", "share", "log_total"]].isna().to_numpy().all()
    assert frame["log_ratio"].notna().all()
    assert found.accounts_frame().empty
    assert [b.series.name for b in found.breaks] == ["log ratio, D over O"]
    assert "may not be summed" in found.notes[0]


def test_a_side_without_amounts_before_has_no_accounts() -> None:
    panel, design = sx.simulate_pair(sd=1, rng=1)
    values = panel.values.copy()
    values[0, panel.position("D"), :12] = 0.0
    found = sx.describe(replace(panel, values=values), design, simulations=99).pair
    assert found is not None
    assert found.accounts_frame().empty
    assert any("no accounts" in note for note in found.notes)


def test_an_onset_too_near_to_the_end_of_a_side_costs_the_chow_test_alone() -> None:
    panel, design = sx.simulate_pair(sd=1, periods=(18, 3), rng=1)
    values, quality = panel.values.copy(), panel.quality.copy()
    values[0, panel.position("D"), -2:], quality[0, panel.position("D"), -2:] = np.nan, ""
    kept = replace(design, onset=2017)
    found = sx.describe(replace(panel, values=values, quality=quality), kept, simulations=99)
    late = sx.describe(replace(panel, values=values, quality=quality), design, simulations=99)
    for described, tested in ((found, True), (late, False)):
        frame = described.tests_frame()
        chow = set(frame.loc[frame["test"] == "Chow", "series"])
        assert ("D" in chow) is tested
        assert ("log ratio, D over O" in chow) is tested
        assert "O" in chow
        assert set(frame.loc[frame["test"] == "sup-F", "series"]) >= {"O", "D"}
