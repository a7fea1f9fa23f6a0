"""The study of flows of unknown date draws what it says, and asks what ships."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import SmallSampleWarning
from tests.recovery.make_tables import line
from tests.recovery.measure import panel_of
from tests.recovery.measure_stochastic import (
    REJECTED,
    SHARES,
    UNDATED,
    asked,
    cells,
    stochastic,
    undated_series,
)
from tests.recovery.page_stochastic import undated_section

NAMES = ("O", "D", "C")


@pytest.mark.parametrize("part", SHARES)
def test_the_flow_has_its_share_of_the_destinations_innovations(part: float) -> None:
    design = replace(UNDATED["annual"], noise=0.0, years=40)
    y = undated_series(design, part, 1000, np.random.default_rng(1))
    changes = np.diff(y, axis=2)
    assert changes[:, 1].var() == pytest.approx(2 * 1.5**2 / (1 - part), rel=0.05)
    late = (changes[:, 0, :-1] * changes[:, 1, 1:]).mean()
    flow = part / (1 - part) * 2 * 1.5**2
    assert late == pytest.approx(-flow, abs=0.05 * changes[:, 1].var())


@pytest.mark.slow
def test_what_is_asked_is_what_ships() -> None:
    design = UNDATED["annual, one donor"]
    y = undated_series(design, SHARES[2], 3, np.random.default_rng(5)) + 100
    bulk, years = asked(design, y), list(range(2001, 2021))
    study = sx.Design(origin="O", destination="D", onset=2011, donors=("C",))
    for i, values in enumerate(y):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SmallSampleWarning)
            found = sx.stochastic_flow(panel_of(values, NAMES, years), study, simulations=50)
        assert found.found == bulk.rejected[i]
        shipped = (found.share.median, found.share.low, found.share.high)
        assert shipped == pytest.approx((bulk.median[i], bulk.low[i], bulk.high[i]), abs=1e-6)


@pytest.mark.slow
def test_a_cell_is_recomputed_by_its_seed_and_the_page_shows_it() -> None:
    cell = replace(next(cells(1)), draws=20)
    rates = stochastic(cell)
    assert rates == stochastic(cell)
    assert rates != stochastic(replace(cell, seed=2))
    stamped = {"version": "0", "source": "x", "date": "today"}
    text = "\n".join(undated_section([line(cell, rate) | stamped for rate in rates]))
    (shown,) = [t for t in text.splitlines() if t.startswith(f"| {cell.process} | 0.0 |")]
    rejected = next(rate for rate in rates if rate.measure == REJECTED)
    assert f"| {100 * rejected.value:.1f} |" in shown
    assert "Not measured yet" in "\n".join(undated_section([]))
