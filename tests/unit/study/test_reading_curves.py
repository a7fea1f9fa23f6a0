"""[cell.curve]: read, written and read again; everything wrong is named with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.errors import StudyError
from shiftexp.study.spec import Curve, Indicator
from tests.studies import CELL, TOP, small_study, write_values

CURVE = """[cell.curve]
estimators = [{ name = "InterruptedTimeSeries", trend = false }, { name = "CountDiD" }]
scales = ["level"]
windows = [[2001, 2020], ["", 2018]]
onsets = [0, 1]
efforts = ["none", "offset"]
outliers = ["keep", "leave out"]
indicators = [{ indicator = "other" }]
tests = [{ over = "onsets" }, { draws = 19, estimand = "destination", trend = true }]
donors = { far = ["A", "B"], "near + far" = ["A", "B", "C"] }
"""


def curve_of(text: str, folder: Path) -> Curve | None:
    """Return the curve of a study of one cell."""
    return small_study(folder, cells=CELL + text).spec.cells[0].curve


def test_every_axis_is_read(tmp_path: Path) -> None:
    assert curve_of(CURVE, tmp_path) == Curve(
        axes=sx.Specifications(
            estimators=(sx.InterruptedTimeSeries(trend=False, rng=7), sx.CountDiD(rng=7)),
            scales=("level",),
            windows=((2001, 2020), (None, 2018)),
            onsets=(0, 1),
            donors=(("far", ("A", "B")), ("near + far", ("A", "B", "C"))),
            efforts=("none", "offset"),
            outliers=("keep", "leave out"),
        ),
        named=True,
        indicators=(Indicator(indicator="other"),),
        tests=(
            sx.CurveTest(over="onsets", rng=7),
            sx.CurveTest(draws=19, estimand="destination", trend=True, rng=7),
        ),
    )


@pytest.mark.parametrize("text", [CURVE, "[cell.curve]\n", "[cell.curve]\nscales = []\n"])
def test_what_is_written_reads_the_same(text: str, tmp_path: Path) -> None:
    study = small_study(tmp_path, cells=CELL + text)
    assert sx.Study.from_text(study.to_toml(), folder=str(tmp_path)) == study


def test_an_empty_table_is_the_default_curve(tmp_path: Path) -> None:
    assert curve_of("[cell.curve]\n", tmp_path) == Curve()
    assert curve_of("", tmp_path) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('outliers = ["drop"]', "curve: outliers holds 'drop'"),
        ("onsets = [0.5]", "curve: onsets hold 0.5"),
        ("onsets = 1", "curve.onsets"),
        ("windows = 2002", "curve.windows"),
        ("windows = [2002]", "windows hold 2002"),
        ('donors = ["A"]', "curve.donors"),
        ('tests = [{ over = "time" }]', "curve.tests[1]"),
        ("best = true", "curve.best"),
        ('estimators = [{ name = "Nothing" }]', "curve.estimators[1].name"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(text: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError) as error:
        small_study(tmp_path, TOP, f"{CELL}[cell.curve]\n{text}\n")
    assert key in str(error.value)


def test_a_curve_without_estimators_takes_those_of_the_study(tmp_path: Path) -> None:
    write_values(tmp_path)
    study = small_study(tmp_path, cells=CELL + "[cell.curve]\nonsets = [0]\nscales = []\n")
    shown = study.run().cells[0].primary.curve
    assert shown is not None
    assert shown.axes.estimators == study.spec.estimators
    assert len(shown.rows) == len(study.spec.estimators)
