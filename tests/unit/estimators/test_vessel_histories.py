"""What a fit says of its vessels: exact sums, the units and effects of the result, all periods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.vessel_history import PARTS
from tests.panels import make_panel
from tests.unit.estimators.test_vessels import DESIGN, DONORS, FIRST, MODEL, ONSET, T, series

pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")
SEVERAL = replace(MODEL, lags=(0, 1, 2))


def gappy() -> tuple[sx.Panel, sx.Design]:
    """Return a pair with donors, values missing on either side, and a reporting break."""
    values = series()
    values["O"][4], values["D"][14] = np.nan, np.nan
    values["D"] += 200.0 * (np.arange(T) >= 5)
    panel = make_panel(values, flags={("D", "2005"): "break"})
    return panel, replace(DESIGN, donors=DONORS, breaks="dummy", onset=(FIRST + 9, FIRST + 10))


def months() -> tuple[sx.Panel, sx.Design]:
    """Return a pair by month with seasons."""
    rng, values = np.random.default_rng(3), series(noise=0.5)
    season = 3 * np.sin(np.arange(12) / 12 * 2 * np.pi)
    found = {
        u: np.concatenate([v / 12 + season + rng.normal(size=12) for v in values[u]])
        for u in ("O", "D")
    }
    return make_panel(found, 12), replace(DESIGN, onset="2010-01")


def one_year() -> tuple[sx.Panel, sx.Design]:
    """Return a pair by year."""
    return make_panel(series()), DESIGN


@pytest.mark.parametrize("study", [one_year, pytest.param(gappy, marks=pytest.mark.slow), months])
def test_parts_add_up_to_what_was_observed_and_to_its_change(
    study: Callable[[], tuple[sx.Panel, sx.Design]],
) -> None:
    found = SEVERAL.fit(*study()).vessels
    frame = found.to_frame()
    used = frame["used"] & frame["observed"].notna()
    total = frame[["own_path", "common_walk", "change", "noise"]].sum(axis=1)
    assert total[used].to_numpy() == pytest.approx(frame["observed"][used].to_numpy(), rel=1e-9)
    parts = found.decomposition()
    assert np.isfinite(parts[list(PARTS)].to_numpy()).all()
    scale = parts[list(PARTS)].abs().max(axis=1)
    gap = (parts[list(PARTS)].sum(axis=1) - parts["change"]).abs()
    assert (gap <= 1e-9 * scale).all()


@pytest.mark.parametrize(
    "study", [one_year, *(pytest.param(s, marks=pytest.mark.slow) for s in (gappy, months))]
)
def test_amounts_are_those_of_the_result(study: Callable[[], tuple[sx.Panel, sx.Design]]) -> None:
    result = SEVERAL.fit(*study())
    frame = result.vessels.to_frame()
    post = np.isin(frame["period"], np.array(result.paths.labels)[result.paths.post])
    mean = frame[post].groupby("side")["change"].mean()
    assert mean["destination"] == pytest.approx(result["destination"].estimate, rel=1e-3)
    assert mean["origin"] == pytest.approx(result["origin"].estimate, rel=1e-3)
    assert result.vessels.unit == result.flow.unit
    last = frame.groupby("side")["flow_most"].last()
    assert last["destination"] == pytest.approx(result.flow.limits.flow[1])


def test_the_flow_if_nothing_else_changed_is_that_of_the_draws() -> None:
    result = replace(MODEL, draws=20000).fit(*one_year())
    parts = result.vessels.decomposition()
    alone = parts[parts["belief"] == "if nothing else changed at the onset"]
    left, arrived = alone["flow"]
    assert arrived == pytest.approx(result.flow.conserved[0], abs=0.3)
    # the lag is a year: by the last year more has left than has arrived
    assert left == pytest.approx(-arrived * 10 / 9)
    assert not alone["own_change"].any()


@pytest.mark.slow
def test_gaps_breaks_and_onsets_are_where_the_data_have_them() -> None:
    found = SEVERAL.fit(*gappy()).vessels
    assert [found.calendar.labels[k] for k in found.onsets] == ["2009", "2010"]
    # the candidate between before and after is used by neither
    assert [k for k in range(T) if not found.used[k]] == [4, 9, 14]
    assert np.isnan(found.observed[0, 4])
    assert np.isfinite(found.observed[1, 4])
    assert found.breaks == ((1, 5),)
    assert found.free.steps[1, -1] == pytest.approx(200, abs=10)
    assert sum(mass for _, mass in found.lags) == pytest.approx(1)
    assert max(found.lags, key=lambda pair: pair[1])[0] == 1
    assert found.compared == ((8,), (19,))


def test_a_window_starts_where_the_series_do() -> None:
    found = MODEL.fit(make_panel(series()), replace(DESIGN, start=FIRST + 2)).vessels
    assert found.calendar.labels[0] == str(FIRST + 2)
    assert found.onsets == (ONSET - 2, ONSET - 2)
    assert found.names == ("O", "D")


@pytest.mark.slow
def test_spreads_follow_the_data_and_their_unit() -> None:
    quiet, loud = (
        MODEL.fit(make_panel(series(noise=noise)), DESIGN).variances.means().set_index("spread")
        for noise in (1.0, 5.0)
    )
    assert quiet.loc["noise", "posterior"] == pytest.approx(1.0, abs=0.3)
    assert loud.loc["noise", "posterior"] == pytest.approx(5.0, abs=1.5)
    grams = MODEL.fit(make_panel({u: 1000 * v for u, v in series().items()}), DESIGN).variances
    assert grams.means()["posterior"].to_numpy() == pytest.approx(1000 * quiet["posterior"])
    assert SEVERAL.fit(*months()).variances.period == "month"
