"""What no data may change in a flow: units, order, dates, how a push is written down, years."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shiftexp as sx
from shiftexp.estimators.vessels import VesselsResult
from shiftexp.kernels.cases import Floats
from tests.panels import FIRST, long_frame, make_panel, read

few = settings(
    deadline=None, max_examples=1, suppress_health_check=[HealthCheck.too_slow]
)  # a fit takes some 100 ms; every run draws other seeds

_YEARS, _BEFORE, _DONORS, _DRAWS = 18, 9, 4, 1000
_ONSET, _UNTIL = FIRST + _BEFORE, FIRST + _BEFORE + 2
_ROUNDING = 1e-6
seeds = st.integers(0, 10_000)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let simulated data be doubtful: what a flow says does not depend on its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        yield


def world(seed: int, *, per_year: int = 1, donors: int = _DONORS) -> dict[str, Floats]:
    """Return amounts per period: walks and noise, and a flow of random size from the onset on."""
    rng = np.random.default_rng(seed)
    size, places = _YEARS * per_year, donors + 2
    time = np.arange(size) / per_year
    walks = rng.standard_normal((places + 1, size)).cumsum(axis=1) * 0.5 / np.sqrt(per_year)
    noise = rng.standard_normal((places, size)) * 2 * np.sqrt(per_year)
    moved = rng.uniform(0.5, 3) * np.maximum(time - _BEFORE + 1 / per_year, 0)
    levels = np.array([200.0, 100.0] + [120.0 + 10 * k for k in range(donors)])
    yearly = levels[:, None] + time + walks[1:] + walks[0] + noise
    yearly[0] -= moved
    yearly[1] += moved
    names = ("O", "D", *_donors(donors))
    return dict(zip(names, yearly / per_year, strict=True))


def _donors(count: int = _DONORS) -> tuple[str, ...]:
    """Return names of donors."""
    return tuple(f"Z{k}" for k in range(count))


def study(**changes: Any) -> sx.Design:  # noqa: ANN401 - passed on as they are
    """Return the study of a world."""
    given: dict[str, Any] = {"origin": "O", "destination": "D", "onset": _ONSET}
    return sx.Design(**(given | {"donors": _donors()} | changes))


def fit(
    panel: sx.Panel,
    design: sx.Design,
    **options: Any,  # noqa: ANN401 - passed on as they are
) -> VesselsResult:
    """Return the fit with few draws."""
    return sx.CommunicatingVessels(draws=_DRAWS, **options).fit(panel, design)


def numbers(result: VesselsResult, unit: float = 1.0) -> tuple[Floats, Floats]:
    """Return all that a fit says in amounts, divided by a unit, and all that it says in shares."""
    flow, amounts = result.flow, [*result.effects.mean, *result.effects.base]
    amounts += [*np.sqrt(np.diag(result.effects.cov)), flow.smallest, flow.breakdown]
    amounts += [*flow.conserved, flow.donor_scale, *(s for s, _ in flow.by_scale)]
    every = [flow.limits, *(found for _, found in flow.by_scale)]
    every += [] if flow.like_donors is None else [flow.like_donors]
    amounts += [end for found in every for end in found.flow]
    shares = [end for found in every for end in (*found.excess, *found.total)]
    return np.array(amounts) / unit, np.array([*shares, *flow.conserved_share])


def assert_same(here: VesselsResult, there: VesselsResult, unit: float = 1.0) -> None:
    """Fail unless two fits say the same, one of them in another unit."""
    for ours, theirs in zip(numbers(here), numbers(there, unit), strict=True):
        assert theirs == pytest.approx(ours, rel=_ROUNDING, abs=_ROUNDING, nan_ok=True)
    assert there.flow.flags == here.flow.flags
    directions = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, -0.75]])
    assert there.effects.p_value(directions) == pytest.approx(
        here.effects.p_value(directions), abs=_ROUNDING
    )


@few
@given(seed=seeds)
def test_the_unit_of_measurement_scales_amounts_and_leaves_shares(seed: int) -> None:
    series = world(seed)
    here = fit(make_panel(series), study())
    there = fit(make_panel({u: 1000 * v for u, v in series.items()}), study())
    assert_same(here, there, 1000)


@few
@given(seed=seeds)
def test_the_order_of_rows_and_donors_changes_nothing(seed: int) -> None:
    frame, rng = long_frame(world(seed)), np.random.default_rng(seed)
    here = fit(read(frame), study())
    shuffled = frame.sample(frac=1, random_state=seed)
    donors = tuple(str(name) for name in rng.permutation(_donors()))
    assert_same(here, fit(read(shuffled), study(donors=donors)))


@few
@given(seed=seeds, years=st.integers(-50, 50))
def test_other_dates_change_nothing(seed: int, years: int) -> None:
    series = world(seed)
    here = fit(make_panel(series), study(), push="pulse", until=_UNTIL)
    moved = read(long_frame(series, first=FIRST + years))
    design = study(onset=_ONSET + years)
    assert_same(here, fit(moved, design, push="pulse", until=_UNTIL + years))


@pytest.mark.slow
@few
@given(seed=seeds)
def test_only_ratios_of_a_measured_push_count(seed: int) -> None:
    panel = make_panel(world(seed))
    push = {_ONSET: 1.0, _UNTIL: 0.5, _UNTIL + 3: 2.0}
    here = fit(panel, study(), push="measured", intensity=push)
    seven = {period: 7 * value for period, value in push.items()}
    assert_same(here, fit(panel, study(), push="measured", intensity=seven))


@few
@given(seed=seeds)
def test_a_step_is_a_push_measured_as_one_from_the_onset_on(seed: int) -> None:
    panel = make_panel(world(seed))
    measured = fit(panel, study(), push="measured", intensity={_ONSET: 1})
    assert_same(fit(panel, study()), measured)


@few
@given(seed=seeds)
def test_a_pulse_is_a_push_measured_as_one_until_its_end(seed: int) -> None:
    panel = make_panel(world(seed))
    measured = fit(panel, study(), push="measured", intensity={_ONSET: 1, _UNTIL + 1: 0})
    assert_same(fit(panel, study(), push="pulse", until=_UNTIL), measured)


@few
@given(seed=seeds)
def test_months_and_their_years_agree(seed: int) -> None:
    panel, donors = make_panel(world(seed, per_year=12, donors=0), per_year=12), ()
    months = fit(panel, study(onset=f"{_ONSET}-01", donors=donors), lags=(0,))
    years = fit(panel.aggregate("year"), study(donors=donors), lags=(0,))
    assert years.effects.unit == months.effects.unit
    assert years.effects.observed == pytest.approx(months.effects.observed)
    for name in ("origin", "destination", "net"):
        here, there = months[name], years[name]
        assert max(here.conf_low, there.conf_low) < min(here.conf_high, there.conf_high)
    flows = np.array([result.flow.conserved for result in (months, years)])
    assert (np.abs(flows[0] - flows[1]) < np.ptp(flows, axis=1).max()).all()
    most = sorted(result.flow.limits.flow[1] for result in (months, years))
    assert most[1] - most[0] < 0.75 * most[1]  # the width of the wider, which starts at zero
    spread = np.sqrt(np.diag(years.effects.cov))
    assert (np.abs(years.effects.base - months.effects.base) < 2 * spread).all()


def found(series: dict[str, Floats], seed: int, unit: float = 1.0) -> sx.Panel:
    """Return a panel of two indicators of a level, one of them in another unit."""
    rng = np.random.default_rng(seed)
    frames = [
        long_frame(
            {u: factor * (v + rng.standard_normal(v.size)) for u, v in series.items()}
        ).assign(indicator=name)
        for name, factor in (("seizures", unit), ("wastewater", 0.2))
    ]
    return read(pd.concat(frames), indicator="indicator")


@few
@given(seed=seeds)
def test_a_drift_of_all_indicators_is_as_wide_as_one_integrated_afterwards(seed: int) -> None:
    panel = found(world(seed, donors=0), seed)
    plain, inside = (fit(panel, study(donors=()), detection_drift=d) for d in (None, 0.10))
    for a in ((1.0, 0.0), (0.0, 1.0)):
        after, here = plain.effects.drifted(0.10).interval(a), inside.effects.interval(a)
        assert here.high - here.low == pytest.approx(after.high - after.low, rel=0.2)


@pytest.mark.slow
@few
@given(seed=seeds)
def test_detection_knows_no_unit(seed: int) -> None:
    drifts = {"seizures": 0.10, "wastewater": 0.0}
    here, there = (
        fit(found(world(seed), seed, unit), study(), detection_drift=drifts) for unit in (1, 1000)
    )
    assert here.drift is not None
    assert there.drift is not None
    for ours, theirs in zip(here.drift.rows, there.drift.rows, strict=True):
        assert theirs.ratio_low == pytest.approx(ours.ratio_low, rel=1e-4)
        assert theirs.added_high / 1000 == pytest.approx(ours.added_high, rel=1e-3, abs=1e-3)
