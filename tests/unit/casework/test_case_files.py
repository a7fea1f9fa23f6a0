"""Unit tests of case files: what counts, link and arrival make of a bound, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.case_shares import independent_limits

ALL = (1.0, 1.0)


def test_without_a_word_on_arrival_nothing_is_known_from_below() -> None:
    bound = sx.case_files(20, 59, link=ALL)
    assert bound.low == 0
    assert not bound.informative
    assert bound.quantity == "shift_share"


def test_limits_are_those_of_the_share_times_link_and_arrival() -> None:
    share = independent_limits(20, 59, (1, 2), 0.95)
    bound = sx.case_files(20, 59, link=(0.5, 1.2), arrived=(0.6, 0.9), prior=(1, 2))
    assert bound.low == pytest.approx(0.5 * 0.6 * share.low)
    assert bound.high == pytest.approx(1.2 * 0.9 * share.high)


def test_no_case_never_makes_an_informative_bound() -> None:
    assert sx.case_files(0, 59, link=ALL, arrived=ALL).low == 0
    assert sx.case_files((0, 0), (30, 29), link=ALL, arrived=ALL).low == 0


def test_no_more_than_all_of_the_growth_is_a_flow() -> None:
    assert sx.case_files(50, 59, link=(0.5, 3.0), arrived=ALL).high == 1
    with pytest.raises(sx.DesignError, match="at most all of it"):
        sx.case_files(50, 59, link=(2.0, 3.0), arrived=ALL)


def test_the_reason_states_count_prior_link_and_arrival() -> None:
    said = sx.case_files(
        (8, 12), (30, 29), link=(0.5, 1), arrived=(0.6, 1), what="suppliers", source="informants"
    ).because
    for words in (
        "20 of 59 cases with suppliers (informants, 2 clusters)",
        "Jeffreys prior",
        "0.6 to 1 arrived since the onset (assumed)",
        "0.5 to 1 times that of cases (assumed)",
    ):
        assert words in said
    other = sx.case_files(20, 59, link=ALL, prior=(1, 2)).because
    assert "beta prior (1, 2)" in other


def test_cases_of_all_clusters_are_counted_together() -> None:
    assert sx.case_files((2, 12), (20, 19), link=ALL).cases == 14
    assert sx.case_files(5, 20, link=ALL).cases == 5


def test_all_of_the_growth_may_be_a_flow() -> None:
    share = sx.case_files(40, 59, link=ALL, arrived=ALL).low
    assert share * (1 / share) == 1  # of some shares rounding makes less
    bound = sx.case_files(40, 59, link=(1 / share, 2.0), arrived=ALL)
    assert (bound.low, bound.high) == (1.0, 1.0)


def test_clusters_that_differ_widen_the_limits() -> None:
    pooled = sx.case_files(20, 60, link=ALL, arrived=ALL)
    clustered = sx.case_files((1, 14, 5), (20, 20, 20), link=ALL, arrived=ALL)
    assert clustered.low < pooled.low
    assert clustered.high > pooled.high


def test_it_supports_a_shift_only_with_a_share_known_to_have_arrived() -> None:
    def status(bound: sx.Bound) -> str:
        verdict = sx.weigh(evidence=[sx.Evidence(about="shift", bound=bound, source="files")])
        return next(c.status for c in verdict.claims if c.name == "shift")

    assert status(sx.case_files(20, 59, link=(0.5, 1))) == "compatible"
    assert status(sx.case_files(20, 59, link=(0.5, 1), arrived=(0.6, 1))) == "supported"
    assert status(sx.case_files(20, 59, link=(0, 1), arrived=(0.6, 1))) == "compatible"


@pytest.mark.parametrize("total", [1, 2, 3, 4, 5, 10, 59])
def test_either_limit_misses_a_share_no_oftener_than_its_level(total: int) -> None:
    from scipy.stats import binom

    found = [sx.case_files(k, total, link=ALL, arrived=ALL) for k in range(total + 1)]
    ends = np.array([(bound.low, bound.high) for bound in found])
    near = ends.ravel()[:, None] + np.array([-1e-6, 1e-6])  # where coverage is least
    shares = np.concatenate([np.linspace(0.001, 0.999, 201), near.ravel()])
    shares = shares[(shares > 0) & (shares < 1)]
    chances = binom.pmf(np.arange(total + 1)[:, None], total, shares)
    assert (chances * (ends[:, :1] > shares)).sum(axis=0).max() <= 0.025 + 1e-5
    assert (chances * (ends[:, 1:] < shares)).sum(axis=0).max() <= 0.025 + 1e-5


def test_the_fewest_cases_of_clusters_have_limits_as_wide_as_exact_ones() -> None:
    clusters = sx.case_files((1, 0, 0), (1, 1, 1), link=ALL, arrived=ALL)
    assert clusters.low <= sx.case_files(1, 3, link=ALL, arrived=ALL).low
    own = sx.case_files((1, 0), (5, 3), link=ALL, arrived=ALL, prior=(1e-3, 1e-3))
    assert 0 < own.low < own.high < 1


REFUSED: dict[str, tuple[tuple[Any, Any], dict[str, Any], tuple[str, ...]]] = {
    "more cases than were read": ((60, 59), {}, ("k = 60 of n = 59",)),
    "negative, fractional, none read": (
        ((-1, 2.5, 0), (5, 5, 0)),
        {},
        ("k = -1", "k = 2.5", "n = 0"),
    ),
    "more than anybody can read": ((10**400, 10**401), {}, ("k = 1000", "n = 1000")),
    "priors that are hardly laws": ((2, 5), {"prior": (1e-100, 1)}, ("prior = (1e-100, 1)",)),
    "clusters without a partner": (((1, 2), 5), {}, ("2 numbers in k, 1 number in n",)),
    "no clusters": (((), ()), {}, ("0 numbers in k, 0 numbers in n",)),
    "everything else at once": (
        (70, 59),
        {"link": (1, 0.5), "arrived": (0.5, 1.5), "prior": (0, 1), "level": 95},
        ("k = 70", "link = (1, 0.5)", "arrived = (0.5, 1.5)", "prior = (0, 1)", "level = 95"),
    ),
    "a link that is no pair": ((2, 5), {"link": 0.5}, ("link = 0.5",)),
    "a link without an end": ((2, 5), {"link": (0, float("inf"))}, ("link = (0, inf)",)),
    "text": (("2", 5), {"link": "ab"}, ("k = '2'", "link = 'ab'")),
}


@pytest.mark.parametrize(("counts", "given", "quoted"), REFUSED.values(), ids=REFUSED)
def test_all_that_is_wrong_is_quoted_at_once(
    counts: tuple[Any, Any], given: dict[str, Any], quoted: tuple[str, ...]
) -> None:
    with pytest.raises(sx.DesignError) as caught:
        sx.case_files(*counts, **({"link": ALL} | given))
    assert len(caught.value.problems) == len(quoted)
    for words in quoted:
        assert words in str(caught.value)


def test_a_link_in_per_cent_is_refused() -> None:
    with pytest.raises(sx.DesignError, match=r"write link=\(0.4, 0.9\) where per cent is meant"):
        sx.case_files(5, 40, link=(40, 90), arrived=(0.5, 1))
    with pytest.raises(sx.DesignError, match=r"write link=\(0.1, 0.3\) where per cent is meant"):
        sx.case_files(1, 60, link=(10, 30), arrived=(0.5, 1))
    assert sx.case_files(1, 60, link=(2.0, 30.0), arrived=(0.5, 1)).high == 1.0
