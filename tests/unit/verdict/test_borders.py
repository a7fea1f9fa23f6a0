"""Half-planes of displacements say of every claim what weighing the moved effects says."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from shiftexp.detection import Detection
from shiftexp.effects import SilentLaw, StudentLaw
from shiftexp.kernels.cases import Floats
from shiftexp.verdict import Verdict
from shiftexp.verdict.borders import ClaimBorders, Conjunction, claim_borders, votes_needed
from tests import report_pages

RATIOS = (0.5, 1.0, 2.0)
FAST, EVERY = ((-50, 0, 40, 100), tuple(range(-50, 101, 15)))  # changes of detection in percent


def _verdict(means: list[tuple[float, float]]) -> Verdict:
    """Return a verdict whose specifications have normal laws of these means."""
    first = report_pages.simulated()
    results = [
        replace(
            first,
            name=f"specification {i}",
            effects=replace(
                first.effects,
                mean=np.array(mean),
                law=StudentLaw(np.array(mean), np.array([[30.0, -6.0], [-6.0, 60.0]]), 11.0),
            ),
        )
        for i, mean in enumerate(means)
    ]
    detection = Detection(drift=0.05, ratio=(0.5, 2.0))
    return Verdict(tuple(results), (), detection, gate=first.gate)


def _status(claim: ClaimBorders, shifts: Floats, votes: int) -> str:
    """Read a status off half-planes, as the page's script does."""

    def agreed(conjunctions: tuple[Conjunction, ...]) -> bool:
        held = [
            all(a * o + b * d >= g for a, b, g in planes)
            for planes, (o, d) in zip(conjunctions, shifts, strict=False)
        ]
        return sum(held) >= votes

    if not claim.identified or agreed(claim.origin_grew):
        return "not identified"
    if agreed(claim.holds):
        return "supported"
    return "contradicted" if agreed(claim.against) else "inconclusive"


@pytest.mark.parametrize(
    "percents",
    [
        pytest.param(FAST, id="some positions"),
        pytest.param(EVERY, id="every position", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    "means",
    [
        [(0.0, 30.0)],
        [(-25.0, 30.0), (-20.0, 24.0), (-28.0, 33.0)],
        [(-5.0, 10.0 * i) for i in range(5)],
    ],
    ids=["one", "three", "five"],
)
def test_statuses_are_those_of_weighing_at_every_position(
    means: list[tuple[float, float]], percents: tuple[int, ...]
) -> None:
    verdict = _verdict(means)
    ladders = claim_borders(verdict.specifications, verdict.margin, RATIOS)
    seen: set[tuple[str, str]] = set()
    for k0, ladder in zip(RATIOS, ladders, strict=True):
        for changes in product(percents, percents):
            origin, destination = (1 + percent / 100 for percent in changes)
            inverse = np.array([1 / origin - 1, 1 / destination - 1])
            shifts = np.array([e.observed for e in verdict.specifications]) * inverse
            said = {c.name: _status(c, shifts, votes_needed(len(means))) for c in ladder}
            weighed = {c.name: c.status for c in verdict.claims_under(k0, origin, destination)}
            assert said == {name: weighed[name] for name in said}
            seen |= set(said.items())
    assert len({status for _, status in seen}) == 4


def test_nothing_is_identified_where_a_specification_is_silent() -> None:
    verdict = _verdict([(0.0, 30.0), (1.0, 31.0)])
    silent = replace(verdict.specifications[0], law=SilentLaw())
    (ladder,) = claim_borders([silent, verdict.specifications[1]], 0.1, (1.0,))
    assert not any(claim.identified for claim in ladder)


def test_claims_as_observed_are_the_claims() -> None:
    verdict = _verdict([(-20.0, 30.0)])
    found = [(c.name, c.status) for c in verdict.claims_under()]
    assert found == [(c.name, c.status) for c in verdict.claims]
