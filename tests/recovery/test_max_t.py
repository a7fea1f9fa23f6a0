"""Familywise error of max-T over three indicators in which nothing happened, 12 + 8 periods."""

from __future__ import annotations

from dataclasses import replace

import pytest

import shiftexp as sx
from shiftexp.inference.max_t import max_t
from shiftexp.panel import Panel

RUNS = 300
MODEL = sx.InterruptedTimeSeries(trend=False)


def familywise(autocorrelation: float) -> float:
    """Return the share of families with a rejection at nominal 5 %."""
    hits = 0
    for run in range(RUNS):
        panels = []
        for k in range(3):
            panel, design = sx.simulate_pair(autocorrelation=autocorrelation, rng=3 * run + k)
            indicator = replace(panel.indicators[0], name=f"indicator {k}")
            panels.append(replace(panel, indicators=(indicator,)))
        found = max_t(MODEL, Panel.stack(*panels), design, draws=199, rng=run)
        hits += bool(found.rejected)
    return hits / RUNS


@pytest.mark.slow
def test_the_familywise_error_is_nominal_without_autocorrelation() -> None:
    assert 0.02 <= familywise(0.0) <= 0.09


@pytest.mark.slow
def test_autocorrelation_costs_what_the_notes_say() -> None:
    assert 0.04 <= familywise(0.4) <= 0.15
    assert 0.15 <= familywise(0.8) <= 0.40
