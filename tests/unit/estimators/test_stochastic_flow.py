"""A flow without a known push: what is said of studies with and without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError, SmallSampleWarning
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Panel
from tests.panels import make_panel

T, FEW = 40, 50
DESIGN = sx.Design(origin="O", destination="D", onset=2020, donors=("A", "B"))


def series(flow: float, *, lag: int = 1, noise: float = 0.5, seed: int = 1) -> dict[str, Floats]:
    """Return a pair with two donors: walks of sd .5, and a flow of a stated sd."""
    rng = np.random.default_rng(seed)
    steps = 0.5 * rng.normal(size=(4, T)) + 0.5 * rng.normal(size=T)
    left = flow * rng.normal(size=T + lag)
    steps[0] -= left[lag:]
    steps[1] += left[:T]
    values = 200 + steps.cumsum(axis=1) + noise * rng.normal(size=(4, T))
    return dict(zip(("O", "D", "A", "B"), values, strict=True))


def panel(flow: float = 3.0, **options: Any) -> Panel:  # noqa: ANN401 - passed on as they are
    """Return such a panel."""
    return make_panel(series(flow, **options))


@cache
def strong() -> sx.StochasticFlow:
    """Return what is said of a strong flow."""
    return sx.stochastic_flow(panel(), DESIGN, simulations=FEW)


def test_a_strong_flow_is_found_and_followed() -> None:
    rng = np.random.default_rng(1)
    rng.normal(size=(4, T)), rng.normal(size=T)
    left = 3.0 * rng.normal(size=T + 1)[1:]
    assert strong().found
    assert strong().p_value < 0.001
    assert 0 < strong().share.low < strong().share.median < strong().share.high <= 1
    assert strong().share.median > 0.7 > strong().prior.median
    flow = strong().parts["flow"]
    assert np.corrcoef(flow.mean[:-1], left[:-1])[0, 1] > 0.8
    assert "is found" in strong().summary()


def test_no_flow_is_never_called_none() -> None:
    weak = sx.stochastic_flow(panel(0.0, noise=3.0), DESIGN, simulations=FEW)
    assert not weak.found
    assert weak.share.low == 0
    assert weak.power < 0.8
    assert weak.summary().startswith("undecided: the test is too weak")


@pytest.mark.parametrize("lag", [pytest.param(0, marks=pytest.mark.slow), 2])
def test_what_left_arrives_after_the_lag_and_paths_are_sums(lag: int) -> None:
    found = sx.stochastic_flow(panel(lag=lag), DESIGN, lag=lag, simulations=FEW)
    parts = found.parts
    assert parts["left"].mean == pytest.approx(parts["flow"].mean.cumsum(), abs=1e-8)
    assert parts["arrived"].mean[lag:] == pytest.approx(parts["left"].mean[: T - lag])
    assert parts["arrived"].sd[lag:] == pytest.approx(parts["left"].sd[: T - lag])
    assert parts["arrived"].mean[:lag] == pytest.approx(np.zeros(lag))
    for part in parts.values():
        assert part.high - part.mean == pytest.approx(1.959964 * part.sd, rel=1e-6)


def test_stocks_lie_near_what_was_seen() -> None:
    seen = series(3.0)
    for name, unit in (("origin", "O"), ("destination", "D")):
        part = strong().parts[name]
        assert np.abs(part.mean - seen[unit]).max() < 4 * 0.5
        assert part.sd.max() < 1.0


@pytest.mark.slow
def test_other_units_change_nothing_but_the_path() -> None:
    there = sx.stochastic_flow(
        make_panel({u: 1000 * v for u, v in series(3.0).items()}), DESIGN, simulations=FEW
    )
    assert there.statistic == pytest.approx(strong().statistic, rel=1e-6)
    assert there.masses == pytest.approx(strong().masses, abs=1e-9)
    assert np.array(there.powers) == pytest.approx(np.array(strong().powers))
    for name, part in strong().parts.items():
        assert there.parts[name].mean == pytest.approx(1000 * part.mean, rel=1e-6, abs=1e-6)


@pytest.mark.slow
def test_the_size_of_donors_is_no_matter() -> None:
    scaled = series(3.0) | {"A": 50 + 7 * series(3.0)["A"]}
    there = sx.stochastic_flow(make_panel(scaled), DESIGN, simulations=FEW)
    assert there.statistic == pytest.approx(strong().statistic, rel=1e-6)


@pytest.mark.slow
def test_several_lags_are_weighed_and_pay_for_being_several() -> None:
    found = sx.stochastic_flow(panel(), DESIGN, lag=(0, 1, 3), simulations=FEW)
    weights = dict(found.lags)
    assert sum(weights.values()) == pytest.approx(1)
    assert max(weights, key=lambda lag: weights[lag]) == 1
    assert found.statistic >= strong().statistic
    assert found.p_value == pytest.approx(3 * strong().p_value)


@pytest.mark.slow
def test_a_missing_value_is_left_out_and_its_stock_less_sure() -> None:
    gap = series(3.0)
    gap["D"] = np.where(np.arange(T) == 12, np.nan, gap["D"])
    found = sx.stochastic_flow(make_panel(gap), DESIGN, simulations=FEW)
    sd = found.parts["destination"].sd
    assert sd[12] > 1.5 * max(sd[11], sd[13])
    assert found.statistic != strong().statistic


@pytest.mark.slow
def test_a_month_is_told_in_amounts_of_a_year() -> None:
    months = make_panel({k: v for k, v in series(3.0).items() if k in "OD"}, per_year=12)
    design = sx.Design(origin="O", destination="D", onset="2001-06")
    found = sx.stochastic_flow(months, design, lag=2, simulations=FEW)
    assert found.parts["origin"].mean.mean() == pytest.approx(
        12 * series(3.0)["O"].mean(), rel=0.01
    )
    assert found.unit.endswith("per year")
    assert len(found.path()) == T


@pytest.mark.slow
def test_a_year_without_a_value_is_no_trouble() -> None:
    gap = {k: v for k, v in series(1.0).items() if k in "OD"}
    gap["D"] = np.where((np.arange(T) >= 12) & (np.arange(T) < 24), np.nan, gap["D"])
    design = sx.Design(origin="O", destination="D", onset="2002-06")
    found = sx.stochastic_flow(make_panel(gap, per_year=12), design, simulations=FEW)
    assert np.isfinite(found.path().drop(columns="period").to_numpy()).all()


@pytest.mark.slow
def test_walks_and_unlike_sides_are_flagged_and_warned_of() -> None:
    unlike = series(0.3) | {"O": 200 + 40 * (series(0.3)["O"] - 200)}
    with pytest.warns(SmallSampleWarning, match="2 times as large"):
        found = sx.stochastic_flow(make_panel(unlike), DESIGN, simulations=FEW)
    assert {"flow-variance", "constant-flow", "detection", "unlike-variances"} <= set(found.flags)
    assert found.notes[0].severity == "always"


WRONG: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "settings": (
        {"lag": -1, "level": 95, "simulations": 5, "rng": "a"},
        ("lag = -1", "level = 95", "simulations = 5", "rng = 'a'"),
    ),
    "the same lag twice": ({"lag": (1, 1)}, ("lag = (1, 1)",)),
    "no lag": ({"lag": ()}, ("lag = ()",)),
    "text for a lag": ({"lag": "1"}, ("lag = '1'",)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_settings_are_refused_all_at_once(wrong: str) -> None:
    settings, said = WRONG[wrong]
    with pytest.raises(DesignError) as refused:
        sx.stochastic_flow(panel(), DESIGN, **settings)
    assert [word for word in said if word not in str(refused.value)] == []


def test_all_that_a_study_lacks_is_said_at_once() -> None:
    short = {unit: values[:10] for unit, values in series(1.0).items()}
    alone = sx.Design(origin=None, destination="D", onset=2005)
    with pytest.raises(DesignError) as refused:
        sx.stochastic_flow(make_panel(short), alone, lag=0)
    said = str(refused.value)
    for words in ("a study of one side", "lag = (0,) without donors", "10 periods used"):
        assert words in said


def test_a_flow_at_once_needs_donors() -> None:
    with pytest.raises(DesignError, match="without donors"):
        sx.stochastic_flow(panel(), replace(DESIGN, donors=()), lag=(0, 1))


def test_a_place_that_never_changes_is_refused() -> None:
    still = series(1.0) | {"B": np.full(T, 5.0)}
    with pytest.raises(DesignError, match="amount of B, which changes by as much in every period"):
        sx.stochastic_flow(make_panel(still), DESIGN)


def test_two_years_of_months_are_refused_by_name() -> None:
    few = {k: v[:30] for k, v in series(1.0).items() if k in "OD"}
    design = sx.Design(origin="O", destination="D", onset="2001-06")
    with pytest.raises(sx.DesignError, match="2 whole years of 12 periods"):
        sx.stochastic_flow(make_panel(few, per_year=12), design, simulations=FEW)
