"""Every kind of wrong input in tables: refused by class, quoted, with its rows, beside a second.

One line of a table plants one fault. Each is checked alone, and again beside another fault of the
same step, so that one run shows a user all there is to mend.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from tests.panels import DONORS, annual_series, make_panel, pair_design
from tests.studies import CELL, TOP, small_study, write_values

READ: Mapping[str, str | None] = {
    "unit": "country", "period": "year", "value": "kg", "unit_of_measure": "kg",
}  # fmt: skip
YEARS = tuple(range(2010, 2014))
GOOD = [(unit, year, 10.0 + year % 7 + len(unit)) for unit in ("BE", "NL") for year in YEARS]


class Fault(NamedTuple):
    """A fault in rows or reading: what is planted, what is quoted, which rows are named."""

    cells: Mapping[tuple[int, int], object] = {}
    said: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    read: Mapping[str, object] = {}
    more: tuple[tuple[object, ...], ...] = ()


IN_PANELS: Mapping[str, Fault] = {
    "NaN": Fault({(1, 2): np.nan}, ("value nan in column 'kg'",), ("row 1 (BE, 2011)",)),
    "infinite": Fault(
        {(1, 2): -np.inf}, ("value -inf in column 'kg' is not finite",), ("row 1 (BE, 2011)",)
    ),
    "text in numbers": Fault(
        {(2, 2): "12,5"}, ("value '12,5' in column 'kg' is not a number",), ("row 2 (BE, 2012)",)
    ),
    "duplicate keys": Fault(
        {}, ("2 rows share their unit and period",), ("row 0 (BE, 2010)", "row 8 (BE, 2010)"),
        more=(("BE", 2010, 3.0),),
    ),
    "gap in the periods": Fault(
        {}, ("1 of 6 years between '2010' and '2015' have no row", "'2014'"),
        more=(("BE", 2015, 3.0),),
    ),
    "mixed frequencies": Fault(
        {(7, 1): "2013Q2"}, ("mixed frequencies", "'2013Q2'"), ("row 7 (NL, 2013Q2)",)
    ),
    "date with time zone": Fault(
        {(4, 1): pd.Timestamp("2010-01-01", tz="UTC")}, ("has a time zone",),
        ("row 4 (NL, 2010-01-01 00:00:00+00:00)",),
    ),
    "negative count": Fault(
        {(3, 2): -4.0}, ("value -4.0 is below zero",), ("row 3 (BE, 2013)",),
        {"unit_of_measure": "n"},
    ),
    "fraction of a count": Fault(
        {(3, 2): 4.5}, ("value 4.5 has a fraction",), ("row 3 (BE, 2013)",),
        {"unit_of_measure": "count"},
    ),
    "mixed units of measurement": Fault(
        {(5, 3): "lb"}, ("mixed units of measurement in 'kg': 'kg', 'lb'",), ("row 5 (NL, 2011)",),
        {"unit_of_measure": "measure"},
    ),
    "all-missing unit": Fault(
        {}, ("unit 'LU' has no value in any row",), ("row 8 (LU, 2010)", "row 9 (LU, 2011)"),
        more=(("LU", 2010, None), ("LU", 2011, None)),
    ),
    "missing column": Fault(
        {}, ("value='kgs' names no column", "did you mean 'kg'"), read={"value": "kgs"}
    ),
    "exposure of zero": Fault(
        {(0, 4): 0.0}, ("exposure 0.0 in column 'people'", "more than 0"), ("row 0 (BE, 2010)",),
        {"exposure": "people"},
    ),
    "negative exposure": Fault(
        {(0, 4): -2.0}, ("exposure -2.0 in column 'people'",), ("row 0 (BE, 2010)",),
        {"exposure": "people"},
    ),
}  # fmt: skip
BESIDE = Fault({(6, 5): "doubtful"}, ("quality 'doubtful'",), ("row 6 (NL, 2012)",))


def frame_with(*faults: Fault) -> pd.DataFrame:
    """Return the good rows with faults planted."""
    rows = [[*row, "kg", 5.0, "ok"] for row in GOOD]
    for fault in faults:
        rows += [[*row, "kg", 5.0, "ok"] for row in fault.more]
        for (row, column), cell in fault.cells.items():
            rows[row][column] = cell
    frame = pd.DataFrame(rows, columns=["country", "year", "kg", "measure", "people", "flag"])
    return frame.astype(object)


def read(frame: pd.DataFrame, **options: object) -> sx.Panel:
    """Return the panel of a frame."""
    given: dict[str, Any] = {**READ, "quality": "flag", **options}
    for column in ("kg", "people"):
        if frame[column].map(lambda cell: isinstance(cell, float)).all():
            frame = frame.assign(**{column: frame[column].astype(float)})
    return sx.Panel.from_frame(frame, **given)


def test_the_good_rows_are_a_panel() -> None:
    measured = {"unit_of_measure": "measure", "exposure": "people"}
    assert len(read(frame_with(), **measured).to_frame()) == 8


@pytest.mark.parametrize("fault", IN_PANELS.values(), ids=IN_PANELS)
def test_a_fault_in_a_panel(fault: Fault) -> None:
    with pytest.raises(sx.PanelError) as caught:
        read(frame_with(fault), **fault.read)
    for text in fault.said:
        assert text in str(caught.value)
    assert set(fault.rows) <= set(caught.value.rows)
    assert "to do: " in str(caught.value)


@pytest.mark.parametrize("fault", IN_PANELS.values(), ids=IN_PANELS)
def test_a_fault_in_a_panel_beside_another(fault: Fault) -> None:
    with pytest.raises(sx.PanelError) as caught:
        read(frame_with(fault, BESIDE), **fault.read)
    assert len(caught.value.problems) >= 2
    for text in (*fault.said, *BESIDE.said):
        assert text in str(caught.value)
    assert {*fault.rows, *BESIDE.rows} <= set(caught.value.rows)


def test_an_empty_frame() -> None:
    with pytest.raises(sx.PanelError, match="0 rows; needed: at least one observed row"):
        read(frame_with().iloc[:0])
    with pytest.raises(sx.PanelError) as caught:
        read(frame_with().iloc[:0], value="kgs")
    assert len(caught.value.problems) == 2


def test_the_order_of_rows_does_not_matter() -> None:
    frame = frame_with()
    shuffled = frame.sample(frac=1, random_state=5)
    assert list(shuffled.index) != list(frame.index)
    assert read(shuffled).digest() == read(frame).digest()
    assert read(shuffled).to_frame().equals(read(frame).to_frame())


SERIES = annual_series()
PLAIN = make_panel(SERIES)
WITH_PARTS = make_panel(SERIES | {"BE:port": SERIES["AT"], "NL:port": SERIES["CZ"]})


class Wrong(NamedTuple):
    """A fault in a study: changes of its design, what is said, which rows are named, the panel."""

    changes: Mapping[str, object]
    said: str
    rows: tuple[str, ...] = ()
    panel: sx.Panel = PLAIN


def flagged(flag: str, unit: str, year: str) -> sx.Panel:
    """Return the panel with one flagged value."""
    return make_panel(SERIES, flags={(unit, year): flag})


def changed(unit: str, change: Callable[[np.ndarray], np.ndarray]) -> sx.Panel:
    """Return the panel with one series changed."""
    return make_panel(SERIES | {unit: change(SERIES[unit].copy())})


IN_DECLARATIONS: Mapping[str, Wrong] = {
    "origin is destination": Wrong({"destination": "NL"}, "both hold 'NL'"),
    "origin and destination share a unit": Wrong({"origin": ("NL", "BE")}, "both hold 'BE'"),
    "origin among the donors": Wrong(
        {"donors": ("AT", "NL")}, "donor 'NL' is origin or destination"
    ),
    "destination among the donors": Wrong(
        {"donors": ("BE",)}, "donor 'BE' is origin or destination"
    ),
    "part of the destination among the donors": Wrong(
        {"donors": ("BE:port",)}, "donor 'BE:port' and 'BE' are part of each other"
    ),
    "whole of the origin among the donors": Wrong(
        {"origin": "NL:port", "donors": ("NL",)}, "donor 'NL' and 'NL:port' are part of each other"
    ),
    "no side": Wrong({"origin": None, "destination": None}, "origin = None, destination = None"),
    "onset of three": Wrong({"onset": (2012, 2013, 2014)}, "onset = (2012, 2013, 2014)"),
    "observed without a range": Wrong(
        {"basis": "observed"}, "onset = 2014 with basis = 'observed'"
    ),
    "unknown treatment of breaks": Wrong({"breaks": "drop"}, "breaks = 'drop'"),
}
IN_DESIGNS: Mapping[str, Wrong] = {
    "unknown unit": Wrong({"origin": "NLD"}, "did you mean 'NL'", ("NLD",)),
    "one unit only": Wrong(
        {"donors": ()}, "destination 'BE'", ("BE",), make_panel({"NL": SERIES["NL"]})
    ),
    "near donor not allowed by name": Wrong(
        {}, "donor 'DK' is a near donor", ("DK",), make_panel(SERIES, near=("DK",))
    ),
    "onset outside the range": Wrong({"onset": 2031}, "onset 2031 outside the window 2000 to 2023"),
    "onset at the first period": Wrong({"onset": 2000}, "onset 2000 at the start of the window"),
    "reversed onset range": Wrong({"onset": (2015, 2012)}, "onset = (2015, 2012)"),
    "start after end": Wrong({"start": 2020, "end": 2010}, "start = 2020, end = 2010"),
    "no period after": Wrong(
        {"exclude": tuple(range(2014, 2024))}, "0 jointly observed periods after the onset 2014"
    ),
    "suspect value without permission": Wrong(
        {}, "1 value flagged suspect or recalled", ("NL, 2005: suspect",),
        flagged("suspect", "NL", "2005"),
    ),
    "recalled value of a donor": Wrong(
        {}, "1 value flagged suspect or recalled", ("AT, 2005: recalled",),
        flagged("recalled", "AT", "2005"),
    ),
    "untreated break": Wrong(
        {}, "a reporting break of BE in 2006", ("BE, 2006",), flagged("break", "BE", "2006")
    ),
    "break at the onset": Wrong(
        {"breaks": "dummy"}, "the reporting break of BE in 2014 lies at the onset 2014",
        ("BE, 2014",), flagged("break", "BE", "2014"),
    ),
    "constant series": Wrong(
        {}, "'BE' is constant at 80 kg", ("BE",), changed("BE", lambda y: y * 0 + 80)
    ),
    "nothing usable on one side": Wrong(
        {"start": 2012, "quality": ("ok",)}, "'NL' has no usable value in the window", ("NL",),
        make_panel(SERIES, flags={("NL", str(year)): "suspect" for year in range(2012, 2024)}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", IN_DECLARATIONS.values(), ids=IN_DECLARATIONS)
def test_a_fault_in_a_declaration_is_refused_before_any_data(wrong: Wrong) -> None:
    with pytest.raises(sx.DesignError) as caught:
        pair_design(**wrong.changes)
    assert wrong.said in str(caught.value)
    with pytest.raises(sx.DesignError) as caught:
        pair_design(**wrong.changes, quality=("fine",))
    assert len(caught.value.problems) == 2
    assert wrong.said in str(caught.value)
    assert "quality flag 'fine'" in str(caught.value)


@pytest.mark.parametrize("wrong", IN_DESIGNS.values(), ids=IN_DESIGNS)
def test_a_fault_in_a_design(wrong: Wrong) -> None:
    with pytest.raises(sx.DesignError) as caught:
        sx.InterruptedTimeSeries().fit(wrong.panel, pair_design(**wrong.changes))
    assert wrong.said in str(caught.value)
    assert set(wrong.rows) <= set(caught.value.rows)


@pytest.mark.parametrize(
    ("panel", "changes", "said"),
    [
        (PLAIN, {"origin": "NLD", "onset": 2031}, ("origin 'NLD'", "onset 2031")),
        (
            make_panel(SERIES, near=("DK",)),
            {"onset": (2015, 2012)},
            ("donor 'DK' is a near donor", "onset = (2015, 2012)"),
        ),
        (
            make_panel(
                SERIES | {"BE": SERIES["BE"] * 0 + 80},
                flags={("NL", "2005"): "suspect", ("BE", "2006"): "break"},
            ),
            {},
            ("1 value flagged suspect", "break of BE in 2006", "'BE' is constant at 80 kg"),
        ),
    ],
    ids=["names and dates", "donors and dates", "flags, breaks and series"],
)
def test_faults_in_a_design_are_named_together(
    panel: sx.Panel, changes: Mapping[str, object], said: tuple[str, ...]
) -> None:
    with pytest.raises(sx.DesignError) as caught:
        pair_design(**changes).window(panel)
    assert len(caught.value.problems) >= len(said)
    for text in said:
        assert text in str(caught.value)


def test_parts_and_near_donors_are_allowed_by_name() -> None:
    design = pair_design(donors=("BE:port", *DONORS), allow=("BE:port",))
    assert len(design.window(WITH_PARTS).donors) == 7


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start": 2009}, "5 usable periods before and 10 after the onset"),
        ({"end": 2015}, "14 usable periods before and 2 after the onset"),
    ],
)
def test_too_few_periods(changes: Mapping[str, object], said: str) -> None:
    design = pair_design(**changes)
    assert not design.gate(PLAIN).passed
    with pytest.raises(sx.DesignError, match=said) as caught:
        sx.InterruptedTimeSeries(trend=False).fit(PLAIN, design)
    assert "needed: at least 6 before and 3 after" in str(caught.value)


def test_zeros_on_a_log_scale() -> None:
    panel = make_panel(SERIES | {"BE": np.where(np.arange(24) % 9 == 4, 0, SERIES["BE"])})
    with pytest.raises(sx.DesignError, match="3 values on scale 'log'") as caught:
        sx.InterruptedTimeSeries(scale="log").fit(panel, pair_design())
    assert caught.value.rows == ("BE, 2004: 0", "BE, 2013: 0", "BE, 2022: 0")
    assert "log_count" in str(caught.value)


def test_mixed_levels() -> None:
    with pytest.raises(sx.PanelError, match="mixed levels") as caught:
        sx.load_dataset("benelux").panel(
            market="cocaine", segment="wholesale", indicator="seized_kg", unit="kg", level=None
        )
    assert "'country'" in str(caught.value)
    assert "say level=" in str(caught.value)


def test_several_kinds_of_series() -> None:
    with pytest.raises(sx.PanelError, match="kinds of series"):
        sx.load_dataset("benelux").panel(market="cocaine", segment="wholesale")


def test_unknown_names_of_a_dataset_together() -> None:
    with pytest.raises(sx.PanelError) as caught:
        sx.load_dataset("benelux").panel(market="cocain", indicator="seized_kgs", units=["BEL"])
    assert len(caught.value.problems) == 3
    assert "did you mean 'cocaine'" in str(caught.value)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.5, float("nan")])
@pytest.mark.parametrize(
    "kind",
    [sx.InterruptedTimeSeries, sx.DifferenceInDifferences, sx.CountDiD, sx.WindowContrast],
)
def test_a_level_outside_the_open_interval(kind: Any, level: float) -> None:  # noqa: ANN401 - estimators share no constructor type
    with pytest.raises(sx.DesignError, match=f"level = {level!r}; needed: a number strictly"):
        kind(level=level)


def test_net_of_rates() -> None:
    rates = make_panel(SERIES, unit_of_measure="EUR per g", additive=False)
    result = sx.DifferenceInDifferences().fit(rates, pair_design())
    for estimand in ("net", "offset_ratio"):
        with pytest.raises(sx.EstimandNotIdentified, match="do not add") as caught:
            result[estimand]
        assert "'EUR per g'" in str(caught.value)
    with pytest.raises(sx.EstimandNotIdentified):
        sx.shift_share_bounds(result.effects)
    assert np.isfinite(result["destination"].estimate)


IN_STUDIES: Mapping[str, tuple[str, str, str]] = {
    "wrong key": (CELL + "margine = 0.2\n", "cell[1].margine", "did you mean 'margin'"),
    "wrong type": (CELL + 'margin = "x"\n', "cell[1].margin", "'x'; needed: a number"),
    "wrong value": (CELL + 'role = "main"\n', "cell[1].role", "'main'; needed: a known word"),
}


@pytest.mark.parametrize(("cells", "key", "said"), IN_STUDIES.values(), ids=IN_STUDIES)
def test_a_fault_in_a_study_file(cells: str, key: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(sx.StudyError) as caught:
        small_study(tmp_path, cells=cells)
    assert caught.value.key == key
    assert f"{key}: " in str(caught.value)
    assert said in str(caught.value)
    with pytest.raises(sx.StudyError) as caught:
        small_study(tmp_path, TOP.replace("seed", "sede"), cells)
    assert len(caught.value.problems) == 2
    assert said in str(caught.value)
    assert "sede: key 'sede'" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"\xff\x00"], ids=["none", "empty", "binary"])
def test_a_file_that_cannot_be_read(content: bytes | None, tmp_path: Path) -> None:
    for name in ("study.toml", "values.csv"):
        if content is not None:
            (tmp_path / name).write_bytes(content)
    with pytest.raises(sx.StudyError):
        sx.Study.from_toml(tmp_path / "study.toml")
    with pytest.raises(sx.StudyError, match=r"values\.csv") as caught:
        small_study(tmp_path).run()
    assert caught.value.key == "data.file"


def test_an_output_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    write_values(tmp_path)
    out = tmp_path / "values.csv" / "out"
    with pytest.raises(sx.StudyError, match="a folder that can be written to") as caught:
        small_study(tmp_path).run(out)
    assert caught.value.key == "out"
    assert repr(str(out)) in str(caught.value)
