"""A small study of a user's own file, for tests of reading, writing and running."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shiftexp as sx
from shiftexp.study import Study

TOP = """title = "A small study"
seed = 7
margin = 0.1
estimators = [{ name = "InterruptedTimeSeries", trend = false }]

[data]
file = "values.csv"
unit = "country"
period = "year"
value = "kg"
unit_of_measure = "kg"
"""
CELL = """
[[cell]]
name = "trade"
design = { origin = "O", destination = "D", onset = 2013 }
"""
# The default drift of detection is integrated, which takes most of the time of so small a study.
STILL = f"{CELL}detection = {{ drift = 0 }}\n"
REFUSING = """estimators = [{ name = "InterruptedTimeSeries", trend = false },
    { name = "SyntheticControl" }, { name = "WindowContrast" }]
"""


def write_values(folder: Path, name: str = "values.csv", **truth: Any) -> Path:  # noqa: ANN401 - passed on as they are
    """Write a simulated pair as a user's CSV file."""
    panel, _ = sx.simulate_pair(
        **({"destination_effect": 40.0, "sd": 1.0, "autocorrelation": 0.0} | truth)
    )
    frame = panel.to_frame()[["unit", "period", "value"]]
    frame.columns = ["country", "year", "kg"]
    path = folder / name
    frame.to_csv(path, index=False)
    return path


def small_study(folder: Path, top: str = TOP, cells: str = CELL) -> Study:
    """Return the study of a text whose data file lies in the folder."""
    return Study.from_text(top + cells, folder=str(folder))
