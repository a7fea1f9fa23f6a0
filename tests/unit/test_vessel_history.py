"""Unit tests of the vessels' history: its rows and decompositions add up, by hand and in fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shiftexp.kernels.sd_masses import SdMasses, SpreadOwner
from shiftexp.kernels.vessel_histories import HistoryParts
from shiftexp.panel import Calendar
from shiftexp.vessel_history import PARTS, VesselHistory, VesselVariances

YEARS, SHAPE = 6, np.array([[0, 0, 0, -0.5, -1, -1.5], [0, 0, 0, 0, 0.5, 1.0]])
ZEROS = np.zeros((2, YEARS))
NOISE = np.array([[1.0, -1, 1, -1, 1, -1], [0.5, 0, 0, 0, 0, -0.5]])
FREE = HistoryParts(
    line=np.array([100 + np.arange(6.0), 50 + 2 * np.arange(6.0)]),
    own=np.array([np.arange(6.0) / 10, -np.arange(6.0) / 10]),
    common=np.tile(np.arange(6.0) / 5, (2, 1)),
    steps=np.array([[0, 0, 7, 7, 7, 7.0], [0] * 6]),
    detection=ZEROS,
    moved=np.array([[20.0], [30.0]]) * SHAPE,
)
# with a change of detection instead of part of the rest, so that both fits have the same noise
CONSERVED = replace(
    FREE,
    moved=24 * SHAPE,
    detection=FREE.moved - 24 * SHAPE,
)
HISTORY = VesselHistory(
    calendar=Calendar("year", 2001, YEARS),
    names=("NL", "BE"),
    observed=FREE.fitted + NOISE,
    used=np.ones(YEARS, dtype=bool),
    free=FREE,
    conserved=CONSERVED,
    unit_flow=SHAPE,
    most=35.0,
    onsets=(3, 3),
    lags=((0, 0.2), (1, 0.8)),
    breaks=((0, 2),),
    unit="kg per year",
    level=0.95,
)
MASSES = SdMasses(
    SpreadOwner("own"), np.array([1.0, 2.0]), np.array([0.5, 0.5]), np.array([0.25, 0.75])
)
VARIANCES = VesselVariances(
    {
        "own walk": MASSES,
        "common walk": replace(MASSES, posterior=MASSES.prior),
        "noise": SdMasses(
            SpreadOwner("noise"),
            np.array([1.0, 2.0, 4.0]),
            np.full(3, 1 / 3),
            np.array([0.0, 0.1, 0.9]),
        ),
    },
    unit="kg per year",
    period="year",
)


def part(belief: str, side: str, name: str) -> float:
    """Return a part of the change of a side, under a belief."""
    frame = HISTORY.decomposition()
    return float(frame.loc[(frame["belief"] == belief) & (frame["side"] == side), name].iloc[0])


def test_a_row_of_parts_adds_up_to_what_was_observed() -> None:
    frame = HISTORY.to_frame()
    total = frame[["own_path", "common_walk", "change", "noise"]].sum(axis=1)
    assert total.to_numpy() == pytest.approx(frame["observed"].to_numpy())
    assert frame["fitted"].to_numpy() == pytest.approx(HISTORY.free.fitted.ravel())
    last = frame[frame["period"] == "2006"].set_index("side")
    assert last.loc["destination", "flow_most"] == 35.0
    assert last.loc["origin", "flow_most"] == -1.5 * 35
    assert last.loc["origin", "own_path"] == pytest.approx(105 + 0.5 + 7)


def test_a_period_not_used_has_no_noise() -> None:
    frame = replace(HISTORY, used=np.arange(YEARS) != 4).to_frame()
    assert frame[frame["noise"].isna()]["period"].tolist() == ["2005", "2005"]


def test_the_parts_of_a_change_are_those_worked_by_hand() -> None:
    none, most, alone = HISTORY.decomposition()["belief"].unique()
    # 2003 to 2006: drift 2 a year, own walk -.1, common walk .2, a change of 30, noise -.5
    assert part(none, "destination", "own_growth") == pytest.approx(3 * 2 - 0.3)
    assert part(none, "destination", "common_growth") == pytest.approx(0.6)
    assert part(none, "destination", "flow") == 0.0
    assert part(none, "destination", "own_change") == pytest.approx(30)
    assert part(none, "destination", "noise") == pytest.approx(-0.5)
    assert part(most, "origin", "flow") == pytest.approx(-1.5 * 35)
    assert part(most, "origin", "own_change") == pytest.approx(-1.5 * 20 + 1.5 * 35)
    # the reporting break lies before the years compared
    assert part(most, "origin", "reporting_breaks") == 0.0
    assert part(alone, "destination", "flow") == pytest.approx(24)
    assert part(alone, "destination", "own_change") == 0.0
    assert part(alone, "destination", "detection") == pytest.approx(6)


def test_every_belief_adds_up_to_the_same_change() -> None:
    frame = HISTORY.decomposition()
    assert len(frame) == 6
    assert frame[list(PARTS)].sum(axis=1).to_numpy() == pytest.approx(
        frame["change"].to_numpy(), rel=1e-12
    )
    assert frame.groupby("side")["change"].nunique().tolist() == [1, 1]


def test_the_years_compared_are_the_last_that_are_used_outside_the_range_of_the_onset() -> None:
    assert HISTORY.compared == ((2,), (5,))
    used = np.array([True, True, False, True, True, False])
    assert replace(HISTORY, used=used, onsets=(3, 4)).compared == ((1,), (4,))
    quarters = replace(HISTORY, calendar=Calendar("quarter", 8000, YEARS))
    assert quarters.compared == ((0, 1, 2), (3, 4, 5))


def test_spreads_have_their_masses_and_means() -> None:
    frame = VARIANCES.to_frame()
    assert frame.groupby("spread", sort=False)["posterior"].sum().to_dict() == {
        "own walk": 1.0,
        "common walk": 1.0,
        "noise": 1.0,
    }
    means = VARIANCES.means().set_index("spread")
    assert tuple(means.loc["own walk", ["prior", "posterior"]]) == (1.5, 1.75)
    assert means.loc["noise", "posterior"] == pytest.approx(3.8)
