"""Unit tests of calibration: shares counted by hand, silence counted, the two ways agree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.power.asking import AskFit, true_sector, within
from shiftexp.power.naming import described
from shiftexp.power.rows import FitRow, VerdictRow, share_error
from shiftexp.result import Batched, Estimator

LEVEL = sx.InterruptedTimeSeries(trend=False)
TREND = sx.InterruptedTimeSeries()
NULL = sx.Scenario(periods=(9, 6))


@dataclass(frozen=True)
class OneByOne:
    """An estimator that hides that it could answer many data sets at once."""

    estimator: Estimator

    def fit(self, panel: sx.Panel, design: sx.Design) -> sx.Result:
        return self.estimator.fit(panel, design)


@pytest.mark.parametrize(
    ("estimator", "scenario"),
    [
        (LEVEL, NULL),
        (TREND, sx.Scenario(flow=10, missing=(3,), break_at=5, break_size=20)),
        (sx.DifferenceInDifferences(), sx.Scenario(donors=4, correlation=0.5)),
        (LEVEL, sx.Scenario(sampling=3.0, sd=(2.0, 2.0))),
        (LEVEL, sx.Scenario(per_year=4, periods=(20, 12))),
    ],
    ids=["level", "trend", "donors", "sampling errors", "quarters"],
)
@pytest.mark.parametrize("level", [0.95, pytest.param(0.9, marks=pytest.mark.slow)])
def test_many_at_once_are_as_one_by_one(
    estimator: Batched, scenario: sx.Scenario, level: float
) -> None:
    values = scenario.draw(6, np.random.default_rng(3))
    asked = ("origin", "destination", "net")
    together = AskFit(estimator, asked, level)(scenario, values)
    apart = AskFit(OneByOne(estimator), asked, level)(scenario, values)
    for one, other in zip(together, apart, strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            rel = 1e-3 if "length" in name else 1e-8
            assert value == pytest.approx(other[name], rel=rel), name


def test_a_row_counts_what_the_records_say() -> None:
    found = sx.calibrate(LEVEL, sx.Scenario(flow=8), n=60, estimands=["destination"], rng=2)
    (row,) = found.rows
    assert isinstance(row, FitRow)
    (records,) = [AskFit(LEVEL, ("destination",), 0.95)(s, v) for s, v in drawn(60, 2)]
    estimates = np.array([r["destination estimate"] for r in records])
    assert row.measure == "power"
    assert row.truth == 8
    assert row.rejected == np.mean([r["destination rejects"] for r in records])
    assert row.covered == np.mean([r["destination covers"] for r in records])
    assert row.bias == pytest.approx(estimates.mean() - 8)
    assert row.rmse == pytest.approx(math.sqrt(((estimates - 8) ** 2).mean()))
    assert row.bias_error == pytest.approx(estimates.std(ddof=1) / math.sqrt(60))
    assert (row.refused, row.silent, row.unbounded, row.warned) == (0, 0, 0, 1)


def drawn(n: int, seed: int) -> list[tuple[sx.Scenario, np.ndarray]]:
    """Return the data sets of the test above."""
    from shiftexp.power.chunks import chunks_of

    return [(c.scenario, c.values()) for c in chunks_of((sx.Scenario(flow=8),), n, seed)]


def test_a_refusal_is_silence_and_not_a_success() -> None:
    (row,) = sx.calibrate(LEVEL, sx.Scenario(periods=(4, 3)), n=10, estimands=["net"]).rows
    assert isinstance(row, FitRow)
    assert (row.refused, row.silent, row.rejected, row.warned) == (1, 1, 0, 0)
    assert math.isnan(row.covered)
    assert math.isnan(row.bias)
    assert "refused 1.000" in sx.calibrate(LEVEL, sx.Scenario(periods=(4, 3)), n=10).summary()


def test_ratio_and_pair_are_asked_through_the_fit() -> None:
    found = sx.calibrate(
        LEVEL, sx.Scenario(flow=20, sd=(1, 1)), n=4, estimands=["offset_ratio", "pair"]
    )
    ratio, pair = found.rows
    assert isinstance(ratio, FitRow)
    assert isinstance(pair, FitRow)
    assert (ratio.truth, ratio.measure, ratio.rejected) == (1, "power", 1)
    assert (pair.measure, pair.rejected) == ("power", 1)
    assert min(ratio.covered, pair.covered) > 0.6
    assert math.isnan(pair.truth)


def test_where_detection_changes_the_bias_shows() -> None:
    scenario = sx.Scenario(detection=1.5, sd=(0.1, 0.1))
    (row,) = sx.calibrate(LEVEL, scenario, n=10, estimands=["destination"]).rows
    assert isinstance(row, FitRow)
    assert row.truth == 0
    assert row.bias == pytest.approx(20, abs=0.2)


def test_the_whole_verdict() -> None:
    rule = sx.Rule((LEVEL,), sx.Detection(drift=0.0))
    scenarios = [sx.Scenario(flow=20, sd=(0.5, 0.5)), sx.Scenario(sd=(40, 40))]
    clear, noisy = sx.calibrate(rule, scenarios, n=6).rows
    assert isinstance(clear, VerdictRow)
    assert isinstance(noisy, VerdictRow)
    assert clear.true_sector == "shift-compatible"
    assert (clear.kept, clear.declared_rightly, clear.declared_wrongly) == (1, 1, 0)
    assert (clear.undecided, clear.sectors_left) == (0, 1)
    assert (noisy.true_sector, noisy.kept) == ("null", 1)
    assert noisy.undecided > 0.5
    assert "all nine kept" in sx.calibrate(rule, scenarios[:1], n=2).summary()


def test_a_verdict_refused_keeps_all_nine() -> None:
    rule = sx.Rule((LEVEL,))
    (row,) = sx.calibrate(rule, sx.Scenario(periods=(4, 3)), n=3).rows
    assert isinstance(row, VerdictRow)
    assert (row.refused, row.kept, row.undecided, row.sectors_left) == (1, 1, 1, 9)


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_workers_give_the_same_table_and_a_store_is_used(n_jobs: int, tmp_path: Path) -> None:
    wide = sx.calibrate(LEVEL, NULL, n=120, estimands=["net"], n_jobs=n_jobs, store=tmp_path)
    assert wide == sx.calibrate(LEVEL, NULL, n=120, estimands=["net"])
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 2
    assert sx.calibrate(LEVEL, NULL, n=120, estimands=["net"], store=tmp_path) == wide
    assert sorted(tmp_path.iterdir()) == kept


def test_a_generator_gives_one_seed() -> None:
    first, second = (
        sx.calibrate(LEVEL, NULL, n=5, estimands=["net"], rng=np.random.default_rng(4))
        for _ in range(2)
    )
    assert first == second
    assert first.seed != 4


def test_words() -> None:
    assert described(sx.Scenario(process="local level", sd=(1.0, 2.5))) == (
        "local level 0.4/0.4, sd=1/2.5"
    )
    assert share_error(0.0, 100) == pytest.approx(math.sqrt(0.005 * 0.995 / 100), rel=0.02)
    assert true_sector(sx.Scenario(destination_effect=9), 0.1) == "expansion"
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    assert within(square, (0.5, 0.9))
    assert not within(square, (0.5, 1.1))


def test_one_estimand_needs_no_list() -> None:
    rows = sx.calibrate(LEVEL, NULL, n=5, estimands="net").rows
    assert [row.estimand for row in rows if isinstance(row, FitRow)] == ["net"]


def test_a_rule_takes_estimators_in_any_sequence_and_nothing_else() -> None:
    assert sx.Rule([LEVEL]) == sx.Rule((LEVEL,))  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError, match=r"as in Rule\(\(estimator,\)\)"):
        sx.Rule(LEVEL)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError, match="build an estimator"):
        sx.Rule((sx.InterruptedTimeSeries,))  # type: ignore[arg-type]  # the point of the test


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"method": 3}, TypeError, "int is no estimator"),
    ({"method": sx.InterruptedTimeSeries}, TypeError, r"as in InterruptedTimeSeries\(\)"),
    ({"dgp": [NULL, "x"]}, TypeError, "str is no Scenario"),
    ({"dgp": []}, DesignError, "no scenario"),
    ({"n": 0}, DesignError, "at least one data set"),
    ({"estimands": ["nett"]}, DesignError, "did you mean 'net'"),
    ({"estimands": []}, DesignError, "no estimand"),
    ({"level": 1.0}, DesignError, "level"),
    ({"method": sx.Rule(())}, DesignError, "without estimators"),
]


@pytest.mark.parametrize(("changed", "kind", "words"), BAD)
def test_a_task_that_is_none_is_refused(
    changed: dict[str, Any], kind: type[Exception], words: str
) -> None:
    given: dict[str, Any] = {"method": LEVEL, "dgp": NULL} | changed
    with pytest.raises(kind, match=words):
        sx.calibrate(**given)
