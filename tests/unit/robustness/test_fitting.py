"""Fitting a curve: the numbers are those of each study by itself, refusals stay in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.panel import Panel

SERIES = sx.InterruptedTimeSeries(trend=False)
PANEL, DESIGN = sx.simulate_pair(destination_effect=40, donors=4, rng=1)
LEVEL = sx.Specifications(estimators=(SERIES, sx.DifferenceInDifferences()), scales=("level",))


def named(panel: Panel, name: str, unit: str) -> Panel:
    """Return a panel with another indicator name and unit."""
    indicator = replace(panel.indicator, name=name, unit_of_measure=unit)
    return replace(panel, indicators=(indicator,))


@pytest.mark.slow
def test_each_row_is_the_fit_of_its_own_study() -> None:
    curve = sx.specification_curve(PANEL, DESIGN, axes=LEVEL)
    moved = replace(DESIGN, onset=int(str(DESIGN.onset)) + 1)
    (row,) = [
        r
        for r in curve.rows
        if r.specification.onset == 1 and r.specification.errors.startswith("Difference")
    ]
    alone = sx.DifferenceInDifferences().fit(PANEL, moved)
    assert row.estimate("net") == alone["net"]
    assert row.sectors == sx.weigh(alone).sectors
    claims = {c.name: c.status for c in sx.weigh(alone).claims}
    assert dict(row.claims) == {
        n: s for n, s in claims.items() if n not in {"shift", "integration"}
    }


def test_the_numbers_do_not_depend_on_the_workers() -> None:
    one, two = (
        sx.specification_curve(PANEL, DESIGN, axes=LEVEL, n_jobs=jobs).to_frame() for jobs in (1, 2)
    )
    assert one.equals(two)


def test_refusals_are_counted_and_keep_their_reason() -> None:
    axes = replace(LEVEL, estimators=(SERIES, sx.CountDiD()), onsets=(0,))
    curve = sx.specification_curve(named(PANEL, "y", "kg"), DESIGN, axes=axes)
    assert curve.share_refused == 0.5
    assert "needed: counts" in curve.refused[0].refusal
    assert "1 refusal:" in curve.summary()
    assert curve.to_frame()["refused"].str.contains("counts").tolist() == [False, True]


def test_windows_outside_the_data_and_unknown_donors_are_refused_together() -> None:
    axes = replace(LEVEL, windows=((1950, None), (None, 2200)), donors=(("far", ("C1", "C11")),))
    with pytest.raises(DesignError, match="3 problems") as error:
        sx.specification_curve(PANEL, DESIGN, axes=axes)
    for said in ("windows hold 1950", "windows hold 2200", "donors hold 'C11'", "did you mean"):
        assert said in str(error.value)


def test_windows_leave_out_the_breaks_beyond_them() -> None:
    design = replace(DESIGN, breaks=("2018:O:dummy",))
    axes = replace(LEVEL, windows=((2001, 2016), (2001, 2020)), onsets=(0,), estimators=(SERIES,))
    curve = sx.specification_curve(PANEL, design, axes=axes)
    assert not curve.refused
    assert curve.rows[0].estimate("origin") != curve.rows[1].estimate("origin")


def test_a_range_of_onsets_moves_as_a_whole() -> None:
    design = replace(DESIGN, onset=(2012, 2014), basis="observed")
    curve = sx.specification_curve(PANEL, design, axes=replace(LEVEL, onsets=(-1,)))
    moved = replace(design, onset=(2011, 2013))
    assert curve.rows[0].estimate("net") == SERIES.fit(PANEL, moved)["net"]


def test_indicators_of_several_units_are_told_as_shares() -> None:
    both = [named(PANEL, "kg", "kg"), named(PANEL, "n", "items")]
    curve = sx.specification_curve(both, DESIGN, axes=replace(LEVEL, onsets=(0,)))
    assert curve.unit == "share of the level before the onset"
    values = curve.values("destination")["estimate"].to_numpy()
    assert values[0] == pytest.approx(values[2])
    row = curve.rows[0]
    found = row.estimate("destination")
    assert found is not None
    before = PANEL.series("D")[: int(str(DESIGN.onset)) - int(PANEL.calendar.labels[0])].mean()
    assert values[0] == pytest.approx(found.estimate / before)


def test_a_near_donor_named_on_the_axis_is_allowed() -> None:
    near = replace(PANEL, near=frozenset({"C1"}))
    axes = replace(LEVEL, donors=(("near", ("C1", "C2", "C3")),), onsets=(0,))
    assert not sx.specification_curve(near, replace(DESIGN, donors=()), axes=axes).refused


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"margin": 0.0}, "margin = 0.0"),
        ({"axes": replace(LEVEL, indicators=("kg",))}, "indicators hold 'kg'"),
        ({"source": [PANEL, PANEL]}, "two indicators named"),
    ],
)
def test_what_is_no_study_is_refused(changes: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"source": PANEL, "design": DESIGN, "axes": LEVEL} | changes
    with pytest.raises(DesignError) as error:
        sx.specification_curve(given.pop("source"), given.pop("design"), **given)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "given", [(DESIGN, PANEL, LEVEL), (PANEL, DESIGN, "log"), ([], DESIGN, LEVEL)]
)
def test_other_types_are_refused(given: tuple[Any, Any, Any]) -> None:
    with pytest.raises(TypeError):
        sx.specification_curve(given[0], given[1], axes=given[2])


def test_levels_before_are_per_year() -> None:
    panel, design = sx.Scenario(periods=(36, 24), per_year=12, sd=(1.0, 1.0)).study(
        sx.Scenario(periods=(36, 24), per_year=12, sd=(1.0, 1.0)).draw(1, 1)[0]
    )
    axes = sx.Specifications(estimators=(SERIES,), scales=("level",), onsets=(0,))
    (row,) = sx.specification_curve(panel, design, axes=axes).rows
    assert row.before[0] == pytest.approx(12 * panel.series("O")[:36].mean())
    assert np.isfinite(row.level("net"))


def test_no_workers_are_refused_by_name() -> None:
    panel, design = sx.simulate_pair(rng=1)
    with pytest.raises(sx.DesignError, match="n_jobs = 0"):
        sx.specification_curve(panel, design, n_jobs=0)
