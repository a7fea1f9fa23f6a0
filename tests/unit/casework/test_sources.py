"""Unit tests of several sources: side by side, and together without assuming independence."""

from __future__ import annotations

from typing import Any

import pytest

import shiftexp as sx
from shiftexp.casework.sources import How


def share(low: float, high: float) -> sx.Bound:
    """Return a bound on the shift share."""
    return sx.Bound("shift_share", low=low, high=high, because=f"counted, {low:g}")


THREE = {"files": share(0.1, 0.4), "informants": share(0.3, 0.6), "detainees": share(0.35, 0.9)}


def test_the_widest_limits_reach_from_the_lowest_to_the_highest() -> None:
    bound = sx.combine_sources(THREE).bound
    assert (bound.low, bound.high) == (0.1, 0.9)


def test_a_majority_needs_more_than_half_of_the_sources() -> None:
    bound = sx.combine_sources(THREE, how="majority").bound
    assert (bound.low, bound.high) == (0.3, 0.6)
    four = THREE | {"customs": share(0.0, 0.05)}
    bound = sx.combine_sources(four, how="majority").bound
    assert (bound.low, bound.high) == (0.35, 0.4)


def test_one_source_that_says_nothing_from_below_takes_the_lower_limit_away() -> None:
    found = sx.combine_sources(THREE | {"hearsay": share(0.0, 1.0)})
    assert not found.bound.informative


def test_the_same_story_three_times_is_no_surer_than_once() -> None:
    bound = share(0.2, 0.5)
    told = dict.fromkeys(("files", "informants", "detainees"), bound)
    ways: tuple[How, ...] = ("widest", "majority")
    for how in ways:
        found = sx.combine_sources(told, how=how).bound
        assert (found.low, found.high) == (0.2, 0.5)


def test_every_source_and_its_reason_is_listed() -> None:
    found = sx.combine_sources(THREE)
    frame = found.to_frame()
    assert frame["source"].tolist() == [*THREE, "widest"]
    assert frame["low"].tolist() == [0.1, 0.3, 0.35, 0.1]
    for bound in THREE.values():
        assert bound.because in found.bound.because
    assert "not multiplied" in found.bound.because


def test_evidence_names_the_sources_unless_told_otherwise() -> None:
    found = sx.combine_sources(THREE)
    assert found.evidence().source == "files, informants, detainees"
    assert found.evidence("report, page 3").source == "report, page 3"
    assert found.evidence().bound == found.bound


FLOW = sx.Bound("flow", low=1, high=2, unit="kg per year", because="counted")
REFUSED: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "nothing": ({}, "widest", ("bounds = {}",)),
    "a list": ([share(0, 1)], "widest", ("bounds = [",)),
    "two quantities in two units": (
        {"files": share(0, 1), "customs": FLOW},
        "widest",
        ("different quantity: 'flow', 'shift_share'", "different unit: '', 'kg per year'"),
    ),
    "no bound, two voters, unknown word": (
        {"files": 0.3, "customs": FLOW},
        "mean",
        ("how = 'mean'", "'files': 0.3"),
    ),
    "two voters": ({"a": FLOW, "b": FLOW}, "majority", ("2 of 3 sources",)),
    "no majority": (
        {"a": share(0, 0.1), "b": share(0.2, 0.3), "c": share(0.4, 0.5)},
        "majority",
        ("no majority",),
    ),
}


@pytest.mark.parametrize(("bounds", "how", "quoted"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_combined_is_refused(bounds: Any, how: Any, quoted: tuple[str, ...]) -> None:  # noqa: ANN401 - what anybody may pass
    with pytest.raises(sx.DesignError) as caught:
        sx.combine_sources(bounds, how=how)
    assert len(caught.value.problems) == len(quoted)
    for words in quoted:
        assert words in str(caught.value)
