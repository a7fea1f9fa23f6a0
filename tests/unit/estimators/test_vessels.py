"""Unit tests of CommunicatingVessels: what it finds, how far it goes, what it refuses and says."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

T, ONSET, FIRST = 20, 10, 2000
DONORS = ("A", "B", "C", "E")
DESIGN = sx.Design(origin="O", destination="D", onset=FIRST + ONSET)
MODEL = sx.CommunicatingVessels(lags=(1,), draws=2000)
pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def series(
    flow: float = 30.0, own: float = 0.0, noise: float = 1.0, seed: int = 1, years: int = T
) -> dict[str, Floats]:
    """Return a pair with a flow that arrives a year later, and donors without."""
    rng, time = np.random.default_rng(seed), np.arange(years)
    left = np.maximum(time - ONSET + 1, 0) / (years - ONSET - 1)
    arrived = np.maximum(time - ONSET, 0) / (years - ONSET - 1)
    walk = 0.2 * noise * rng.standard_normal((6, years)).cumsum(axis=1)
    seen = walk + noise * rng.standard_normal((6, years))
    found = {
        "O": 100 + time - flow * left + seen[0],
        "D": 50 + 2 * time + flow * arrived + own * left + seen[1],
    }
    return found | {u: 70 + time + seen[2 + k] for k, u in enumerate(DONORS)}


def fit(
    model: sx.CommunicatingVessels = MODEL,
    values: dict[str, Floats] | None = None,
    design: sx.Design = DESIGN,
) -> sx.Flow:
    """Return what a fit says of the flow."""
    return model.fit(make_panel(values or series()), design).flow


def test_a_flow_is_found_and_only_bounded() -> None:
    result = MODEL.fit(make_panel(series()), DESIGN)
    flow = result.flow
    assert flow.limits.flow[0] == 0.0
    assert 30 < flow.limits.flow[1] < 45
    estimate, low, high = flow.conserved
    assert low < 30 < high
    assert estimate == pytest.approx(30, abs=4)
    assert flow.conserved_share[0] == pytest.approx(30 / 50, abs=0.1)
    assert flow.unit == "kg per year"
    assert result["origin"].conf_high < 0 < result["destination"].conf_low
    # the mean effect over the years after the onset, of a flow that builds up to 30
    assert result["destination"].estimate == pytest.approx(30 * np.arange(10).mean() / 9, abs=3)


def test_totals_are_changes_by_the_end_freed_of_a_step_of_detection() -> None:
    grown = replace(MODEL, detection=0.0).fit(make_panel(series()), DESIGN).totals
    means = MODEL.fit(make_panel(series()), DESIGN).effects
    assert grown.mean == pytest.approx([-30, 30], abs=6)
    assert abs(means.mean[1]) < 0.7 * grown.mean[1]
    assert grown.unit == means.unit
    stepped = series()
    stepped["D"] = np.where(np.arange(T) >= ONSET, 1.25, 1.0) * stepped["D"]
    freed, blind = (
        replace(MODEL, detection=sd).fit(make_panel(stepped), DESIGN).totals for sd in (0.10, 0.0)
    )
    ends = [found.interval((0.0, 1.0)) for found in (freed, blind)]
    assert freed.mean[1] == pytest.approx(30, abs=6)
    assert ends[0].high - ends[0].low < 0.7 * (ends[1].high - ends[1].low)


def test_lower_limits_fall_with_own_changes_until_the_breakdown_scale() -> None:
    flow = fit()
    curve = flow.curve()
    assert list(curve["flow_low"]) == sorted(curve["flow_low"], reverse=True)
    proved = curve[curve["flow_low"] > 0]["own_changes"]
    assert proved.max() <= flow.breakdown * 1.1
    assert curve[curve["flow_low"] == 0]["own_changes"].min() >= flow.breakdown * 0.9
    assert flow.smallest == pytest.approx(0.1 * np.mean(50 + 2 * np.arange(10)), rel=0.05)


def test_no_single_number_without_saying_what_it_rests_on() -> None:
    frame = fit().to_frame()
    told = frame[frame["estimate"].notna()]
    assert set(told["belief"]) == {"if nothing else changed at the onset"}
    assert (frame["conf_low"] <= frame["conf_high"]).all()
    assert "would not have grown by itself" in frame["assumptions"][0]


def test_two_own_changes_prove_no_flow_once_believed_in() -> None:
    rng, shape = np.random.default_rng(2), np.maximum(np.arange(T) - ONSET + 1, 0) / 10
    values = {
        "O": 100 - 20 * shape + rng.standard_normal(T),
        "D": 60 + 20 * shape + rng.standard_normal(T),
    }
    flow = fit(values=values)
    assert flow.by_scale[0][1].flow[0] > 0
    assert flow.by_scale[-1][1].flow[0] == 0.0


def test_donors_tell_the_scale_of_own_changes() -> None:
    several = replace(DESIGN, donors=DONORS)
    quiet = fit(design=several)
    assert quiet.like_donors is not None
    assert quiet.like_donors.flow[0] > 0
    restless = series()
    for u, size in zip(DONORS, (-60, 40, 50, -35), strict=True):
        restless[u] = restless[u] + size * np.maximum(np.arange(T) - ONSET + 1, 0) / 10
    moved = fit(values=restless, design=several)
    assert moved.donor_scale > 2 * quiet.donor_scale
    assert moved.like_donors is not None
    assert moved.like_donors.flow[0] < quiet.like_donors.flow[0]
    assert fit(replace(MODEL, own_changes="stated"), design=several).like_donors is None
    assert np.isnan(fit().donor_scale)


def test_missing_years_and_reporting_breaks_cost_a_term_each() -> None:
    whole, gaps = series(), series()
    gaps["O"][4], gaps["D"][14] = np.nan, np.nan
    assert fit(values=gaps).limits.flow[1] == pytest.approx(fit().limits.flow[1], rel=0.3)
    broken = whole | {"D": whole["D"] + 200.0 * (np.arange(T) >= 5)}
    panel = make_panel(broken, flags={("D", "2005"): "break"})
    found = MODEL.fit(panel, replace(DESIGN, breaks="dummy"))
    assert found.flow.conserved[0] == pytest.approx(30, abs=6)
    left_out = MODEL.fit(make_panel(whole), replace(DESIGN, exclude=(2003,)))
    assert left_out.flow.conserved[0] == pytest.approx(30, abs=4)


def test_units_and_the_order_of_donors_do_not_matter() -> None:
    several = replace(DESIGN, donors=DONORS)
    kilos = MODEL.fit(make_panel(series()), several)
    grams = MODEL.fit(make_panel({u: 1000 * v for u, v in series().items()}), several)
    assert grams.flow.limits.flow[1] == pytest.approx(1000 * kilos.flow.limits.flow[1])
    assert grams.flow.breakdown == pytest.approx(1000 * kilos.flow.breakdown)
    turned = MODEL.fit(make_panel(series()), replace(DESIGN, donors=DONORS[::-1]))
    assert turned["net"].estimate == pytest.approx(kilos["net"].estimate)
    assert turned.flow.limits.flow[1] == pytest.approx(kilos.flow.limits.flow[1])


def test_months_with_seasons_agree_with_their_years() -> None:
    rng, values = np.random.default_rng(3), series(noise=0.5)
    season = 3 * np.sin(np.arange(12) / 12 * 2 * np.pi)
    months = {
        u: np.concatenate([v / 12 + season + rng.normal(size=12) for v in values[u]])
        for u in ("O", "D")
    }
    yearly = {u: v.reshape(T, 12).sum(axis=1) for u, v in months.items()}
    year_late, onset = replace(MODEL, lags=(12,)), replace(DESIGN, onset="2010-01")
    monthly = year_late.fit(make_panel(months, 12), onset)
    annual = MODEL.fit(make_panel(yearly), DESIGN)
    assert monthly.flow.unit == annual.flow.unit
    low, high = annual["destination"].conf_low, annual["destination"].conf_high
    assert low < monthly["destination"].estimate < high
    assert annual.flow.conserved[1] < monthly.flow.conserved[0] < annual.flow.conserved[2]


def test_a_pulse_ends_and_a_ramp_rises() -> None:
    pulse = sx.CommunicatingVessels(push="pulse", until=2012, lags=(0,))
    ramp = sx.CommunicatingVessels(push="ramp", until=2014, lags=(0,))
    for model in (pulse, ramp):
        result = model.fit(make_panel(series()), DESIGN)
        assert model.push in result.name
        assert result.estimator == repr(model)
    for until in (2005, 2030):
        with pytest.raises(DesignError, match=f"until = {until}"):
            replace(pulse, until=until).fit(make_panel(series()), DESIGN)


def test_several_lags_and_onsets_are_weighed() -> None:
    result = sx.CommunicatingVessels(lags=(0, 1, 2)).fit(
        make_panel(series(noise=0.3)), replace(DESIGN, onset=(2009, 2011))
    )
    note = next(n for n in result.notes if n.startswith("weights of the lags"))
    assert all(f"{lag}: " in note for lag in (0, 1, 2))
    assert result.flow.conserved[1] < 30 < result.flow.conserved[2]


def test_doubts_are_said_and_warned_of() -> None:
    rng = np.random.default_rng(5)
    walks = {u: 100 + rng.normal(size=T).cumsum() * s for u, s in (("O", 1.0), ("D", 9.0))}
    with pytest.warns(sx.SmallSampleWarning) as caught:
        result = replace(MODEL, variances="equal").fit(make_panel(walks), DESIGN)
    said = " ".join(str(w.message) for w in caught)
    assert "changes look like those of random walks" in said
    assert "times as large as on the other side" in said
    assert {"walks-dominate", "unlike-variances"} <= set(result.flow.flags)
    assert re.search(r"\(at the destination \d+\.\d times\)", said)
    grown = series(flow=-40.0)
    with pytest.warns(sx.SmallSampleWarning, match="the origin has grown"):
        assert "origin-grew" in MODEL.fit(make_panel(grown), DESIGN).flow.flags
    assert any("emerging method" in note for note in result.notes)


def test_what_a_pulse_adds_is_no_walk() -> None:
    rng, moved = np.random.default_rng(2), 40.0 * np.clip((np.arange(T) - ONSET + 1) / 3, 0, 1)
    noise = 2 * rng.standard_normal((2, T))
    pair = {"O": 100 - moved + noise[0], "D": 50 + moved + noise[1]}
    pulse = sx.CommunicatingVessels(push="pulse", until=FIRST + ONSET + 2, lags=(0,), draws=2000)
    assert "walks-dominate" not in pulse.fit(make_panel(pair), DESIGN).flow.flags
    step = sx.CommunicatingVessels(lags=(0,), draws=2000)
    assert "walks-dominate" in step.fit(make_panel(pair), DESIGN).flow.flags


def test_changes_of_another_size_after_the_onset_are_said() -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((2, T))
    noise[1, ONSET:] *= 5
    pair = {"O": 100 + noise[0], "D": 50 + noise[1]}
    with pytest.warns(sx.SmallSampleWarning, match=r"destination: \d\.\d times"):
        result = MODEL.fit(make_panel(pair), DESIGN)
    assert "spread-changed" in result.flow.flags
    assert "spread-changed" not in fit().flags


def test_changes_that_cannot_be_compared_are_said_to_be_so() -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((2, ONSET + 4))
    noise[1, ONSET:] *= 30
    pair = {"O": 200 + noise[0], "D": 500 + noise[1]}
    model, said = replace(MODEL, lags=(0,)), "could not be compared before and after the onset"
    whole = model.fit(make_panel(pair), DESIGN)
    assert "spread-changed" in whole.flow.flags
    assert not any(said in note for note in whole.notes)
    pair["D"][ONSET + 1] = np.nan  # one change is left after it, which is their mean
    gone = model.fit(make_panel(pair), DESIGN)
    assert "spread-changed" not in gone.flow.flags
    (note,) = [note for note in gone.notes if said in note]
    assert note.startswith("the size of changes at the origin and destination could")


@pytest.mark.slow
def test_only_a_push_that_leaves_time_after_it_is_reversible() -> None:
    assert not fit().reversible
    for until, lag, goes_off in (
        (2012, 1, True),
        (2015, 1, True),
        (2016, 1, False),
        (2016, 0, True),
    ):
        pulse = sx.CommunicatingVessels(push="pulse", until=until, lags=tuple({0, lag}), draws=1000)
        assert fit(pulse).reversible == goes_off
    assert not fit(sx.CommunicatingVessels(push="ramp", until=2012, draws=1000)).reversible


def test_a_flow_tells_its_maturity_its_detection_and_what_is_never_identified() -> None:
    flow = fit(replace(MODEL, detection=0.03))
    assert (flow.maturity, flow.detection) == ("emerging", 0.03)
    always = {"own-changes", "constant-flow", "detection", "surplus"}
    assert {note.flag for note in flow.notes if note.severity == "always"} == always


@pytest.mark.slow
def test_an_onset_that_is_a_range_and_too_few_donors_are_doubts() -> None:
    with pytest.warns(sx.SmallSampleWarning, match="the onset is a range"):
        ranged = MODEL.fit(make_panel(series()), replace(DESIGN, onset=(2009, 2011))).flow
    assert "onset-unknown" in ranged.flags
    with pytest.warns(sx.SmallSampleWarning, match="too few donors"):
        few = MODEL.fit(make_panel(series()), replace(DESIGN, donors=DONORS[:3])).flow
    assert "few-donors" in few.flags
    for design in (DESIGN, replace(DESIGN, donors=DONORS)):
        assert not {"few-donors", "onset-unknown"} & set(fit(design=design).flags)


def test_what_has_no_flow_is_refused_by_name() -> None:
    panel = make_panel(series())
    with pytest.raises(DesignError, match="a study of one side"):
        MODEL.fit(panel, replace(DESIGN, origin=None))
    with pytest.raises(DesignError, match="does not add up over both sides"):
        MODEL.fit(make_panel(series(), additive=False), DESIGN)
    with pytest.raises(DesignError, match="4 periods before and 10 after"):
        MODEL.fit(panel, replace(DESIGN, start=2006))
    with pytest.raises(DesignError, match="a lag of 10 with 10 periods"):
        replace(MODEL, lags=(10,)).fit(panel, DESIGN)
    with pytest.raises(DesignError, match="'donors' with 0 donors"):
        replace(MODEL, own_changes="donors").fit(panel, DESIGN)


def test_settings_that_are_none_are_listed_together() -> None:
    with pytest.raises(DesignError) as caught:
        sx.CommunicatingVessels(
            push="x",  # type: ignore[arg-type]  # the point of the test
            own_changes="y",  # type: ignore[arg-type]  # the point of the test
            lags=(-1,),
            margin=0,
            detection=-1,
            draws=10,
            level=2,
            rng=-1,
        )
    assert len(caught.value.problems) == 8
    with pytest.raises(DesignError, match="without until"):
        sx.CommunicatingVessels(push="pulse")
    with pytest.raises(DesignError, match="of a step"):
        sx.CommunicatingVessels(until=2012)


def test_the_verdict_never_calls_a_shift_supported_for_a_fit_alone() -> None:
    rng, shape = np.random.default_rng(2), np.maximum(np.arange(T) - ONSET + 1, 0) / 10
    for flow, own in ((40.0, 0.0), (0.0, 40.0)):
        values = {
            "O": 100 - (flow + own) * shape + 0.5 * rng.standard_normal(T),
            "D": 60 + (flow + own) * shape + 0.5 * rng.standard_normal(T),
        }
        verdict = sx.weigh(MODEL.fit(make_panel(values), DESIGN), detection=sx.Detection(drift=0))
        (shift,) = (c for c in verdict.claims if c.name == "shift")
        assert shift.status == "compatible"


def test_two_years_of_months_on_either_side_are_refused_by_name() -> None:
    rng = np.random.default_rng(1)
    months = {place: 50 + rng.standard_normal(48) for place in "OD"}
    design = sx.Design(origin="O", destination="D", onset="2002-01")
    with pytest.raises(DesignError, match="2 and 2 whole years of 12 periods on either side"):
        MODEL.fit(make_panel(months, per_year=12), design)


def test_names_of_like_settings_and_periods_are_read_or_refused_by_name() -> None:
    panel = make_panel(series())
    for wrong, words in (
        ({"own_onsets": ("abc",)}, "own_onsets = 'abc'"),
        ({"push": "pulse", "until": "abc"}, "until = 'abc'"),
    ):
        with pytest.raises(DesignError, match=words):
            replace(MODEL, **wrong).fit(panel, DESIGN)
    with pytest.raises(DesignError, match="reference = 1"):
        sx.CommunicatingVessels(reference=1)  # type: ignore[arg-type]  # the refusal is tested
    with pytest.raises(DesignError, match=r"lags = \(1, 1\)"):
        sx.CommunicatingVessels(lags=(1, 1))
    own = replace(MODEL, own_onsets=(FIRST + ONSET + 4,)).fit(panel, DESIGN)
    assert any("change by themselves at 2014, and never else" in a for a in own.assumptions)


def test_a_push_that_starts_in_the_last_period_cannot_arrive() -> None:
    late = replace(MODEL, push="measured", intensity={FIRST + ONSET: 0, FIRST + T - 1: 1})
    with pytest.raises(DesignError, match="a lag of 1 with 1 period from the start of the push"):
        late.fit(make_panel(series()), DESIGN)


def test_scales_that_are_told_reach_beyond_those_the_data_refute() -> None:
    grown = fit(values=series(flow=0.0, own=300.0))
    assert grown.least_scale > 4 * grown.smallest
    assert grown.by_scale[-1][0] == pytest.approx(4 * grown.least_scale)
    assert grown.breakdown == 0
    assert [scale for scale, _ in grown.by_scale] == sorted(scale for scale, _ in grown.by_scale)
