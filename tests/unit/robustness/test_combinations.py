"""Combinations: every one once, those that an estimator cannot tell apart merged."""

from __future__ import annotations

import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.robustness.combinations import (
    NOT_USED,
    combinations,
    settings_words,
    titled,
    uses_donors,
)

DESIGN = sx.Design(origin="O", destination="D", onset=2012, donors=("A", "B", "C"))
SERIES, DID = sx.InterruptedTimeSeries(trend=False), sx.DifferenceInDifferences()
POOLS = (("far", ("A", "B")), ("all", ("A", "B", "C")))


def test_the_factorial_is_full() -> None:
    axes = sx.Specifications(
        estimators=(DID,), donors=POOLS, windows=((2000, 2020), (2002, 2020)),
        outliers=("keep", "winsorise"),
    )  # fmt: skip
    assert len(combinations(axes, ("kg", "count"), DESIGN)) == 2 * 2 * 3 * 2 * 2 * 2


def test_donors_multiply_only_the_estimators_that_use_them() -> None:
    axes = sx.Specifications(estimators=(SERIES, DID), donors=POOLS, scales=(), onsets=(0,))
    found = combinations(axes, ("kg",), DESIGN)
    assert [(s.errors, s.donors) for s in found] == [
        ("InterruptedTimeSeries(trend=False)", NOT_USED),
        ("DifferenceInDifferences", "far"),
        ("DifferenceInDifferences", "all"),
    ]


def test_a_scale_multiplies_only_the_estimators_that_have_one() -> None:
    axes = sx.Specifications(
        estimators=(SERIES, sx.CountDiD()), efforts=("none", "offset"), onsets=(0,)
    )
    found = combinations(axes, ("count",), DESIGN)
    told = [(s.errors.split("(")[0], s.scale, s.effort) for s in found]
    assert told == [
        ("InterruptedTimeSeries", "log", NOT_USED),
        ("InterruptedTimeSeries", "level", NOT_USED),
        ("CountDiD", NOT_USED, "none"),
        ("CountDiD", NOT_USED, "offset"),
    ]


def test_scales_reach_what_a_wrapper_wraps() -> None:
    axes = sx.Specifications(estimators=(sx.Conformal(SERIES, rng=1),), onsets=(0,))
    found = combinations(axes, ("kg",), DESIGN)
    assert [s.estimator.model.scale for s in found] == ["log", "level"]  # type: ignore[union-attr]  # wrappers have one
    assert {s.errors for s in found} == {"Conformal(InterruptedTimeSeries(trend=False))"}


def test_settings_that_contradict_each_other_stay_with_their_reason() -> None:
    estimator = sx.CountDiD(effort="offset", exponent=0.5)
    axes = sx.Specifications(estimators=(estimator,), efforts=("none", "offset"), onsets=(0,))
    first, second = combinations(axes, ("count",), DESIGN)
    assert first.estimator is None
    assert "effort='offset'" in first.contradiction
    assert second.estimator == estimator


def test_an_absurd_size_is_refused_with_every_axis() -> None:
    axes = sx.Specifications(windows=tuple((year, 2020) for year in range(100, 1900)))
    with pytest.raises(DesignError, match=r"21,600 combinations \(1 indicators, 1800 windows"):
        combinations(axes, ("kg",), DESIGN)


@pytest.mark.parametrize(
    ("estimator", "used"),
    [
        (SERIES, False),
        (DID, True),
        (sx.StructuralTimeSeries(), False),
        (sx.Permutation(SERIES, over="units"), True),
        (sx.Permutation(SERIES, over="onsets"), False),
        (sx.SyntheticControl(), True),
    ],
)
def test_who_uses_donors_is_known(estimator: sx.Estimator, *, used: bool) -> None:
    assert uses_donors(estimator) is used


def test_seed_and_axes_are_not_part_of_the_error_model() -> None:
    words = settings_words(sx.InterruptedTimeSeries(scale="log", rng=7, errors="stationary"))
    assert words == "InterruptedTimeSeries(errors='stationary')"


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (sx.DifferenceInDifferences(), "Difference-in-differences (level scale, against donors)"),
        (sx.StructuralTimeSeries(scale="log"), "StructuralTimeSeries, log scale"),
        (sx.WindowContrast(), "WindowContrast"),
    ],
)
def test_models_bear_the_names_of_their_results_where_they_know_them(
    estimator: sx.Estimator, said: str
) -> None:
    assert titled(estimator) == said


def test_donor_free_estimators_answer_the_same_with_any_donors() -> None:
    panel, design = sx.simulate_pair(donors=3, rng=1)
    bare = sx.Design(origin="O", destination="D", onset=design.onset)
    for estimator in (SERIES, sx.StructuralTimeSeries(draws=1000)):
        one, two = (estimator.fit(panel, d).effects.mean for d in (design, bare))
        assert one.tolist() == two.tolist()
