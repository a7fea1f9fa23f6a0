"""A published two-way fixed-effects regression through DifferenceInDifferences.

Kessler, J. B. & Roth, A. E. (2014). Don't take 'no' for an answer: an experiment with actual organ
donor registrations. NBER Working Paper 20378. https://doi.org/10.3386/w20378. Data and regression:
Huntington-Klein, N. (2021). The Effect, ch. 18, dataset organ_donations of the package causaldata:
California treated from the third quarter of 2011, 27 states, 6 quarters, coefficient -0.022.
"""

from __future__ import annotations

import pytest

from shiftexp.design import Design
from shiftexp.errors import SmallSampleWarning
from shiftexp.estimators.did import DifferenceInDifferences
from shiftexp.panel import Panel


def organ_panel() -> Panel:
    """Return registration rates by state and quarter; "Q32011" is the third quarter of 2011."""
    import causaldata

    frame = causaldata.organ_donations.load_pandas().data
    frame["quarter"] = frame["Quarter"].str[2:] + frame["Quarter"].str[:2]
    return Panel.from_frame(
        frame,
        unit="State",
        period="quarter",
        value="Rate",
        unit_of_measure="share of adults",
        additive=False,
    )


def test_organ_donations_in_california() -> None:
    panel = organ_panel()
    donors = tuple(unit for unit in panel.units if unit != "California")
    design = Design(origin=None, destination="California", onset="2011Q3", donors=donors)
    assert (len(donors), len(panel)) == (26, 162)
    with pytest.warns(SmallSampleWarning, match="3 periods before and 3 after"):
        result = DifferenceInDifferences().fit(panel, design)
    assert result["destination"].estimate == pytest.approx(-0.0224590, abs=1e-7)
    assert round(result["destination"].estimate, 3) == -0.022
    assert result["destination"].conf_kind == "none"
