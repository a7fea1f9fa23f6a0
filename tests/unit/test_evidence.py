"""Unit tests of evidence and bounds from outside the series: what is refused, what lifts a claim."""

from __future__ import annotations

import math
from typing import Any

import pytest

from shiftexp.errors import DesignError
from shiftexp.evidence import Bound, Evidence

REASON = "counted on the route"


@pytest.mark.parametrize(
    ("low", "high"), [(-1.0, 5.0), (5.0, 1.0), (math.nan, 1.0), (0.0, math.nan), (math.inf, math.inf)]
)
def test_limits_that_are_none_are_refused(low: float, high: float) -> None:
    with pytest.raises(DesignError, match="0 <= low <= high") as caught:
        Bound("flow", low=low, high=high, because=REASON)
    assert f"low = {low!r}" in str(caught.value)


def test_no_upper_limit_is_infinite() -> None:
    assert Bound("flow", low=3.0, high=math.inf, because=REASON).informative


def test_a_lower_limit_of_zero_is_not_informative() -> None:
    assert not Bound("flow", low=0, high=5, because=REASON).informative


def test_every_fault_of_a_bound_is_named_at_once() -> None:
    wrong: Any = "flows"
    with pytest.raises(DesignError) as caught:
        Bound(wrong, low=2, high=1, because=" ")
    said = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "'flows'" in said
    assert "did you mean 'flow'" in said
    assert "low = 2, high = 1" in said
    assert "because = ' '" in said


def test_evidence_refuses_unknown_words_and_impossible_probabilities_together() -> None:
    about: Any = "shfit"
    direction: Any = "pro"
    with pytest.raises(DesignError) as caught:
        Evidence(about=about, direction=direction, p_value=1.2, power=-0.1)
    said = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "did you mean 'shift'" in said
    assert "direction = 'pro'" in said
    assert "p_value = 1.2" in said
    assert "power = -0.1" in said


@pytest.mark.parametrize("p", [math.nan, math.inf])
def test_a_p_value_that_is_no_number_is_refused(p: float) -> None:
    with pytest.raises(DesignError, match="p_value"):
        Evidence(about="shift", p_value=p)


def test_the_ends_of_the_unit_interval_are_probabilities() -> None:
    assert Evidence(about="shift", p_value=0, power=1).power == 1


def test_evidence_compares_and_hashes() -> None:
    bound = Bound("flow", low=1, high=2, unit="kg per year", because=REASON)
    one = Evidence(about="shift", bound=bound, source="files")
    assert one == Evidence(about="shift", bound=bound, source="files")
    assert len({one, one}) == 1
    assert eval(repr(bound)) == bound  # noqa: S307 - the claim under test: repr builds it again
