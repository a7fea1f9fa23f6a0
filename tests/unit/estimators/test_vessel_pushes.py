"""Unit tests of declared pushes: what is on when, what the model makes of it, what is refused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

FIRST, T, ONSET = 2000, 20, 10
DESIGN = sx.Design(origin="O", destination="D", onset=FIRST + ONSET)
pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def panel(push: Floats, flow: float = 30.0, own: float = 0.0) -> sx.Panel:
    """Return a pair with a flow that a push sets off, and an own rise of the destination."""
    rng, time = np.random.default_rng(1), np.arange(T)
    moved = flow * push.cumsum() / push.sum()
    rise = own * np.maximum(time - ONSET + 1, 0) / (T - ONSET)
    noise = rng.standard_normal((2, T))
    return make_panel(
        {"O": 100 + time - moved + noise[0], "D": 50 + time + moved + rise + noise[1]}
    )


def model(
    intensity: Mapping[str | int, float] | None = None, **options: object
) -> sx.CommunicatingVessels:
    """Return the model without a lag."""
    push = "step" if intensity is None else "measured"
    settings = {"lags": (0,), "draws": 2000, "push": push, "intensity": intensity} | options
    return sx.CommunicatingVessels(**settings)  # type: ignore[arg-type]  # passed on


def test_a_measured_push_of_one_number_is_a_step_in_any_unit() -> None:
    study = panel((np.arange(T) >= ONSET).astype(float))
    step = model().fit(study, DESIGN)
    for dose in (1.0, 250.0):
        measured = model({2010: dose}).fit(study, DESIGN)
        assert measured.flow.to_frame().equals(step.flow.to_frame())
        assert measured["destination"].estimate == step["destination"].estimate


def test_numbers_hold_until_the_next_named_period_so_that_a_pulse_ends() -> None:
    push = np.isin(np.arange(T), [10, 11, 12]).astype(float)
    study = panel(push, own=10.0)
    pulse = model(push="pulse", until=2012).fit(study, DESIGN)
    measured = model({"2013": 0.0, "2010": 4.0}).fit(study, DESIGN)
    assert measured.flow.to_frame().equals(pulse.flow.to_frame())


def test_parts_that_arrive_after_several_periods_are_one_pattern() -> None:
    push = (np.arange(T) >= ONSET).astype(float)
    study = panel(push)
    whole, one = model(lags={1: 4.0}).fit(study, DESIGN), model(lags=(1,)).fit(study, DESIGN)
    assert whole.flow.to_frame().equals(one.flow.to_frame())
    parts = model(lags={0: 3, 2: 1}).fit(study, DESIGN)
    assert dict(parts.vessels.lags) == pytest.approx({0: 0.75, 2: 0.25})
    assert not any("weights of the lags" in note for note in parts.notes)
    arrived = parts.vessels.unit_flow[1]
    by_hand = 0.75 * push.cumsum() + 0.25 * np.append([0.0, 0.0], push[:-2]).cumsum()
    assert arrived == pytest.approx(by_hand / by_hand[-1])
    for wrong in ({}, {0: 0.0}, {-1: 1.0}, {0.5: 1.0}):
        with pytest.raises(DesignError, match="a positive part for each of them"):
            model(lags=wrong)


def test_doses_at_two_onsets_are_told_by_their_ratio() -> None:
    push = np.where(np.arange(T) >= 15, 3.0, np.where(np.arange(T) >= 10, 1.0, 0.0))
    found = model({2010: 1.0, 2015: 3.0}).fit(panel(push), DESIGN).flow
    assert found.conserved[0] == pytest.approx(30, abs=2)
    assert found.conserved[1] < 30 < found.conserved[2]
    wrong = model({2010: 3.0, 2015: 1.0}).fit(panel(push), DESIGN).flow
    assert wrong.conserved[2] - wrong.conserved[1] > found.conserved[2] - found.conserved[1]


def test_own_changes_at_every_onset_take_more_of_the_flow_than_at_one() -> None:
    push = np.where(np.arange(T) >= 15, 3.0, np.where(np.arange(T) >= 10, 1.0, 0.0))
    two = model({2010: 1.0, 2015: 3.0}).fit(panel(push), DESIGN).flow
    one = model({2010: 1.0, 2015: 3.0}, own_onsets=(2010,)).fit(panel(push), DESIGN).flow
    assert two.breakdown < one.breakdown
    assert two.limits == one.limits


@pytest.mark.parametrize(
    ("intensity", "options", "said"),
    [
        (None, {"push": "measured"}, "intensity = None"),
        ({2010: 1.0}, {"push": "step"}, "of a step"),
        ({2010: -1.0}, {}, "numbers from 0"),
        ({2010: 0.0}, {}, "one of them above it"),
        ({2010: 1.0}, {"until": 2012}, "until = 2012 of a measured push"),
        ({2010: 1.0}, {"own_onsets": "2010"}, "own_onsets = '2010'"),
    ],
)
def test_what_is_no_push_is_refused_before_any_number(
    intensity: Mapping[str | int, float] | None, options: dict[str, object], said: str
) -> None:
    with pytest.raises(DesignError, match=said):
        model(intensity, **options)


@pytest.mark.parametrize(
    ("intensity", "options", "said"),
    [
        ({2008: 1.0}, {}, "with the onset 2010"),
        ({2008: 0.0, 2010: 1.0}, {}, "with the onset 2010"),
        ({2035: 1.0}, {}, "with the onset 2010"),
        ({2010: 1.0, "2010": 2.0}, {}, "each period once"),
        ({y: float(y % 2 == 0) for y in range(2010, 2020)}, {}, "rises 5 times"),
        ({2010: 1.0}, {"own_onsets": (2005,)}, "own_onsets = 2005"),
    ],
)
def test_a_push_that_does_not_fit_the_study_is_refused(
    intensity: Mapping[str | int, float], options: dict[str, object], said: str
) -> None:
    with pytest.raises(DesignError, match=said):
        model(intensity, **options).fit(panel(np.ones(T)), DESIGN)


def test_a_measured_push_needs_one_onset() -> None:
    ranged = sx.Design(origin="O", destination="D", onset=(2009, 2011))
    with pytest.raises(DesignError, match="a range of onsets"):
        model({2010: 1.0}).fit(panel(np.ones(T)), ranged)
