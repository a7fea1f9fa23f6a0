"""How each side changed: one estimate and one interval, at the level of the claim's own test."""

from __future__ import annotations

import re

import pytest

import shiftexp as sx
from shiftexp.verdict.sides import side_changes
from shiftexp.verdict.wording import LANGUAGES, phrases
from tests.pairs import STILL, normal_pair
from tests.unit.verdict.test_reasons import like


def numbers(said: str) -> list[float]:
    """Return the estimate and the range that a paragraph tells of the destination first."""
    found = re.search(r"rose: by ([\d.]+) .*? from (−?[\d.]+) to ([\d.]+)", said)
    assert found is not None
    return [float(text.replace("−", "-")) for text in found.groups()]


def test_what_four_in_five_settle_is_told_by_the_primary_specification() -> None:
    pairs = [normal_pair(0.0, 30.0 + k) for k in range(5)]
    estimate, low, high = numbers(sx.weigh(list(map(like, pairs)), detection=STILL).paragraph())
    assert (estimate, low, high) == (30.0, 28.3, 31.7)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_primary_specification_that_settles_nothing_is_told_as_a_difference(
    language: str,
) -> None:
    pairs = [normal_pair(0.0, 5.0, sd=5.7), *(normal_pair(0.0, 30.0 + k) for k in range(4))]
    verdict = sx.weigh(list(map(like, pairs)), detection=STILL)
    change = next(c for c in side_changes(verdict) if c.side == "destination")
    assert (change.way, change.estimate, change.differ) == ("grew", 5.0, True)
    assert change.answer.kind == "none"  # the direction is settled, the amount is not
    words = phrases(language).table["change"]
    said = verdict.paragraph(language)
    assert words["grew_somehow"].split("{place}")[1] in said
    assert words["differ"] in said


def test_an_open_interval_is_told_at_the_level_of_the_claim() -> None:
    """One with all of its error on one side would exclude at 90 % what its claim does not."""
    panel, design = sx.simulate_pair(periods=(16, 8), destination_effect=8, sd=6, rng=0)
    result = sx.Conformal(sx.InterruptedTimeSeries(trend=False)).fit(panel, design)
    verdict = sx.weigh(result, detection=STILL)
    change = next(c for c in side_changes(verdict) if c.side == "destination")
    assert result.effects.law.tail == 1
    assert (change.way, change.level) == ("open", 0.95)
    assert change.answer.low <= 0 <= change.answer.high
    assert "nineteen times out of twenty" in verdict.paragraph()
