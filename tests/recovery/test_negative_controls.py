"""Negative controls under a null: how often one of them declares a change."""

from __future__ import annotations

import pytest

import shiftexp as sx

STUDIES = 15


@pytest.mark.slow
def test_a_control_in_which_nothing_happened_declares_at_five_per_cent() -> None:
    declared = []
    for seed in range(STUDIES):
        panel, design = sx.simulate_pair(
            periods=(16, 8), donors=8, autocorrelation=0.0, rng=seed + 500
        )
        found = sx.negative_controls(
            panel,
            design,
            sx.InterruptedTimeSeries(trend=False),
            detection=sx.Detection(drift=0.0),
        )
        declared += [bool(control.declared) for control in found.answered]
    assert len(declared) == 8 * STUDIES
    assert sum(declared) / len(declared) <= 0.10
