"""Opinions and signs of prices never support a shift; case files do only above a lower limit."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shiftexp as sx
from tests.pairs import fitted, status

directions: st.SearchStrategy[Literal["for", "against"]] = st.sampled_from(("for", "against"))
words: st.SearchStrategy[Literal["up", "down", "flat", "unknown"]] = st.sampled_from(
    ("up", "down", "flat", "unknown")
)
intervals = st.tuples(st.floats(-9, 9), st.floats(0, 9)).map(lambda x: (x[0], x[0] + x[1]))
signals = st.none() | words | intervals
share = st.floats(0, 1)


@st.composite
def opinions(draw: st.DrawFn) -> sx.Elicited:
    """Return what one to three experts believe."""
    count = draw(st.integers(1, 3))
    triples = st.lists(share, min_size=3, max_size=3, unique=True).map(sorted)
    rows = draw(st.lists(triples, min_size=count, max_size=count))
    low, median, high = zip(*rows, strict=True)
    return sx.elicited(low, median, high, level=draw(st.floats(0.1, 0.99)))


@st.composite
def signs(draw: st.DrawFn) -> sx.PriceSigns:
    """Return any signs of quantities, prices and purity."""
    return sx.price_signs(
        quantity_o=draw(signals),
        quantity_d=draw(signals),
        price_o=draw(signals),
        price_d=draw(signals),
        purity_d=draw(signals),
        price_gap=draw(signals),
        margin=draw(st.floats(0, 9)),
    )


truths = st.sampled_from(((0.0, 0.0), (0.0, 40.0), (-20.0, 20.0), (20.0, 40.0)))
fits = st.lists(truths.map(lambda truth: fitted(*truth)), max_size=2)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(fits, st.lists(opinions(), max_size=3), st.lists(signs(), max_size=3), directions)
def test_opinions_and_signs_never_support_a_shift(
    results: list[sx.Result],
    asked: list[sx.Elicited],
    seen: list[sx.PriceSigns],
    direction: Literal["for", "against"],
) -> None:
    evidence = [opinion.evidence(direction, source="supported: shift") for opinion in asked]
    evidence += [piece for found in seen for piece in found.evidence(source="supported: shift")]
    assert all(piece.bound is None and piece.about != "own changes" for piece in evidence)
    with_them, without = (
        status(sx.Verdict(tuple(results), tuple(pieces))) for pieces in (evidence, [])
    )
    assert with_them["shift"] != "supported"
    assert with_them == without


@given(st.integers(0, 60), st.integers(1, 60), share, share, share, share)
def test_case_files_support_a_shift_only_with_a_lower_limit_stated_for_link_and_arrival(
    k: int, n: int, link: float, arrived: float, more: float, rest: float
) -> None:
    k = min(k, n)
    bound = sx.case_files(
        k, n, link=(link, link + more), arrived=(arrived, arrived + rest * (1 - arrived))
    )
    assert bound.informative <= (k > 0 and link > 0 and arrived > 0)
    verdict = sx.Verdict(evidence=(sx.Evidence(about="shift", bound=bound, source="files"),))
    assert (status(verdict)["shift"] == "supported") == bound.informative


@given(st.lists(st.tuples(share, share).map(sorted), min_size=1, max_size=5))
def test_together_sources_are_never_surer_than_the_least_sure_of_them(
    pairs: list[list[float]],
) -> None:
    bounds = {
        f"source {i}": sx.Bound("shift_share", low=low, high=high, because="counted")
        for i, (low, high) in enumerate(pairs)
    }
    found = sx.combine_sources(bounds).bound
    assert all(found.low <= b.low and b.high <= found.high for b in bounds.values())


@given(opinions(), share, share)
def test_what_limits_leave_of_a_prior_lies_within_them(
    asked: sx.Elicited, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    bounds = sx.ShiftShareBounds(low, high, 0.0, 1.0, "kg per year", 0.95, ("B2",))
    found = asked.within(bounds)
    for mass, *quantiles in zip(found.mass, found.low, found.median, found.high, strict=True):
        assert 0 <= mass <= 1 + 1e-12
        if mass > 0:
            assert quantiles == pytest.approx(sorted(quantiles))
            assert low - 1e-12 <= quantiles[0]
            assert quantiles[-1] <= high + 1e-12
