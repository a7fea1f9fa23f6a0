"""Unit tests of fits in which detection drifts: who tells it, and that nobody adds it twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.estimators.vessels import VesselsResult
from shiftexp.kernels.cases import Floats
from tests.unit.estimators.test_vessel_readings import (
    DESIGN,
    LEFT,
    ONSET,
    TIME,
    Seen,
    T,
    fit,
    panel,
)

RNG = np.random.default_rng(11)
POST = slice(ONSET, None)
LEVEL = np.array([120 - LEFT, 60 + TIME + LEFT])
RISE = np.ones((2, T))
RISE[1, POST] = np.exp(np.log(1.25) * (TIME[POST] - ONSET + 1) / (T - ONSET))
DRIFTS = {"seizures": 0.10, "labs": 0.10, "wastewater": 0.0}
pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def noisy(level: Floats, sd: float) -> Floats:
    """Return a level with noise."""
    return level + sd * RNG.standard_normal(level.shape)


SEEN: Seen = {
    "seizures": (noisy(LEVEL * RISE, 1), "kg"),
    "labs": (noisy(LEVEL * RISE, 1) / 2, "labs"),
    "wastewater": (noisy(LEVEL, 2) * 5, "mg"),
}
TRUE = (LEVEL * RISE)[1, POST].mean() / LEVEL[1, POST].mean()
EFFECTS = np.array([-1, 1]) * LEFT[POST].mean()


def read(seen: Seen = SEEN, **options: Any) -> VesselsResult:  # noqa: ANN401 - passed on
    """Return a fit told in seizures."""
    return fit(panel(seen), **({"reference": "seizures"} | options))


BESIDE = read(detection_drift=DRIFTS)
IGNORED = read()
ALL = read(detection_drift=0.10)


def test_an_effort_free_indicator_tells_detection_from_growth() -> None:
    assert BESIDE.drift is not None
    assert BESIDE.drift.effort_free == ("wastewater",)
    for k, side in enumerate(("origin", "destination")):
        assert BESIDE[side].conf_low < EFFECTS[k] < BESIDE[side].conf_high
    assert IGNORED["destination"].conf_low > EFFECTS[1]
    assert IGNORED.drift is None
    rows = {(row.side, row.indicator): row for row in BESIDE.drift.rows}
    assert set(rows) == {(s, i) for s in ("origin", "destination") for i in ("seizures", "labs")}
    for indicator in ("seizures", "labs"):
        there, here = rows["destination", indicator], rows["origin", indicator]
        assert there.ratio_low < TRUE < there.ratio_high
        assert here.ratio_low < 1 < here.ratio_high
        assert min(there.learned, here.learned) > 0.9


def test_rows_are_tidy_and_say_how_the_ratio_follows_from_what_was_added() -> None:
    assert BESIDE.drift is not None
    frame = BESIDE.drift.to_frame()
    assert set(frame["unit"]) == {"kg per year"}
    seen = frame[(frame["side"] == "destination") & (frame["indicator"] == "seizures")].iloc[0]
    observed = SEEN["seizures"][0][1, POST].mean()
    for end in ("", "_low", "_high"):
        added = seen[f"added{end}"]
        assert seen[f"ratio{end}"] == pytest.approx(observed / (observed - added))
    assert "wastewater" in BESIDE.drift.summary()
    assert ALL.drift is not None
    assert "not what was learned" in ALL.drift.summary()


def test_amounts_are_those_of_unchanged_detection() -> None:
    assert BESIDE.drift is not None
    added = {row.side: row.added for row in BESIDE.drift.rows if row.indicator == "seizures"}
    gap = IGNORED.effects.observed - BESIDE.effects.observed
    assert gap == pytest.approx([added["origin"], added["destination"]], rel=1e-6)
    assert BESIDE.effects.base == pytest.approx(BESIDE.effects.observed - BESIDE.effects.mean)
    free = read(detection_drift=DRIFTS, reference="wastewater")
    assert free.effects.observed == pytest.approx(read(reference="wastewater").effects.observed)


def test_without_an_effort_free_indicator_it_is_as_if_integrated_afterwards() -> None:
    for a in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        after, inside = (f.effects.drifted(0.10).interval(a) for f in (IGNORED, ALL))
        assert inside.high - inside.low == pytest.approx(after.high - after.low, rel=0.15)
    assert ALL.drift is not None
    assert all(row.learned < 0.05 for row in ALL.drift.rows)
    assert all(row.ratio_low < 0.87 and row.ratio_high > 1.15 for row in ALL.drift.rows)


def test_nobody_integrates_a_drift_twice() -> None:
    effects = BESIDE.effects
    assert effects.integrated == BESIDE.totals.integrated == pytest.approx(0.10)
    assert effects.drifted(0.10) is effects
    assert effects.drifted(0.03) is effects
    default, none = sx.weigh(BESIDE), sx.weigh(BESIDE, detection=sx.Detection(drift=0))
    assert [c.p_value for c in default.claims] == [c.p_value for c in none.claims]
    assert any("holds a drift of detection of 0.10 itself" in said for said in default.cautions)
    wide = sx.weigh(BESIDE, detection=sx.Detection(drift=0.2)).specifications[0]
    more = np.sqrt(0.2**2 - 0.1**2) * np.maximum(effects.base, effects.observed)
    assert np.diag(wide.cov) == pytest.approx(np.diag(effects.cov) + more**2)


def test_weights_and_pools_add_only_what_is_beyond() -> None:
    weights = [sx.sector_weights(BESIDE, drift=d, smallest=5).weight for d in (0.0, 0.10)]
    assert weights[0] == pytest.approx(weights[1])
    other = fit(panel({"wastewater": SEEN["wastewater"]}))
    still = sx.Detection(drift=0)
    inside = {"wastewater": still, "both": sx.Detection(drift=0.10)}
    found = {"both": BESIDE, "wastewater": other}
    assert sx.pool(found, detection=inside).drifts == pytest.approx(np.zeros((2, 2)))


def test_a_bound_allows_for_the_drift_that_was_integrated() -> None:
    assert ALL.flow.detection == pytest.approx(0.10)
    assert read(detection_drift=0.05, detection=0.2).flow.detection == pytest.approx(0.05)
    assert ALL.flow.limits.flow[1] > 1.5 * BESIDE.flow.limits.flow[1]


@pytest.mark.slow
def test_own_parts_and_donors_and_counts_are_taken() -> None:
    counts: Seen = {
        **SEEN,
        "seizures": (RNG.poisson(LEVEL * RISE).astype(float), "count"),
    }
    found = read(
        counts,
        detection_drift=DRIFTS,
        detection_common=0.5,
        likelihood={"seizures": "poisson"},
        variances="own",
    )
    assert found.drift is not None
    ratios = {r.indicator: r.ratio for r in found.drift.rows if r.side == "destination"}
    assert ratios["seizures"] != ratios["labs"]
    assert list(ratios.values()) == pytest.approx([TRUE, TRUE], abs=0.06)
    assert found.effects.integrated == pytest.approx(0.10 * 0.75**0.5)


def test_indicators_without_a_word_are_refused_by_name() -> None:
    with pytest.raises(DesignError, match="no drift of detection of 'wastewater'"):
        read(detection_drift={"seizures": 0.1, "labs": 0.1})


def test_declared_zeros_are_a_fit_without_drift() -> None:
    zeros = read(detection_drift=dict.fromkeys(SEEN, 0.0))
    assert zeros.drift is None
    assert zeros.effects.cov == pytest.approx(IGNORED.effects.cov)
    assert DESIGN.donors == ()
