"""Unit tests of reading a study: every wrong key, type and value is named with its dotted place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.study import Cell, Study, StudySpec, study_schema
from shiftexp.study.keys import AT_THE_TOP
from shiftexp.study.reading import read_text
from tests.studies import CELL, TOP


def read(cells: str = CELL, top: str = TOP) -> StudySpec:
    """Return what a text says."""
    return read_text(top + cells)


def refused(cells: str = CELL, top: str = TOP) -> sx.StudyError:
    """Return the refusal of a text."""
    with pytest.raises(sx.StudyError) as caught:
        Study.from_text(top + cells)
    return caught.value


def in_design(text: str) -> str:
    """Return a cell whose design holds one more key."""
    return CELL.replace("onset = 2013", f"onset = 2013, {text}")


def test_what_is_right_is_read() -> None:
    spec = read()
    assert (spec.title, spec.seed, spec.margin) == ("A small study", 7, 0.1)
    assert spec.estimators == (sx.InterruptedTimeSeries(trend=False, rng=7),)
    assert (spec.source.file, spec.source.value, spec.source.unit_of_measure) == (
        "values.csv", "kg", "kg",
    )  # fmt: skip
    cell = spec.cells[0]
    assert cell.name == "trade"
    assert cell.design == sx.Design(origin="O", destination="D", onset=2013)
    assert cell.detection is None
    assert cell.margin is None


def test_an_argument_against_own_changes_is_read() -> None:
    told = '[[cell.evidence]]\nabout = "own changes"\ndirection = "against"\nsource = "p. 4"\n'
    (evidence,) = read(CELL + told).cells[0].evidence
    assert evidence == sx.Evidence(about="own changes", direction="against", source="p. 4")


def test_a_full_cell_is_read() -> None:
    cell = read(
        in_design('donors = ["AT"], breaks = ["2018:O:dummy"], exclude = [2020], quality = ["ok"]')
        + """estimators = [
    { name = "InterruptedTimeSeries", scale = "log", inference = "Conformal" },
    { name = "WindowContrast", overdispersion = 2 },
]
detection = { drift = 0.05, common = 0.5, ratio = [0.4, 2.5], because = "papers" }
margin = 0.2
[[cell.evidence]]
about = "shift"
p_value = 0.01
source = "files"
bound = { quantity = "flow", low = 3, unit = "kg", because = "weighed" }
"""
    ).cells[0]
    assert cell.design == sx.Design(
        origin="O", destination="D", onset=2013, donors=("AT",), breaks=("2018:O:dummy",),
        exclude=(2020,), quality=("ok",),
    )  # fmt: skip
    assert cell.estimators == (
        sx.Conformal(sx.InterruptedTimeSeries(scale="log", rng=7), rng=7),
        sx.WindowContrast(overdispersion=2),
    )
    assert cell.detection == sx.Detection(
        drift=0.05, common=0.5, ratio=(0.4, 2.5), because="papers"
    )
    assert cell.margin == 0.2
    bound = sx.Bound("flow", low=3, high=float("inf"), unit="kg", because="weighed")
    assert cell.evidence == (sx.Evidence(about="shift", p_value=0.01, source="files", bound=bound),)


@pytest.mark.parametrize(
    ("cells", "top", "key", "meant"),
    [
        (CELL, TOP.replace("title", "titel"), "titel", "title"),
        (CELL, TOP.replace("unit =", "units ="), "data.units", "unit"),
        (CELL + "margine = 0.1\n", TOP, "cell[1].margine", "margin"),
        (in_design("orgin = 'X'"), TOP, "cell[1].design.orgin", "origin"),
        (CELL + "detection = { drif = 0.1 }\n", TOP, "cell[1].detection.drif", "drift"),
        (
            CELL + 'estimators = [{ name = "InterruptedTimeSeries", trendd = true }]\n',
            TOP, "cell[1].estimators[1].trendd", "trend",
        ),
        (
            CELL + 'evidence = [{ about = "shift", sorce = "x" }]\n',
            TOP, "cell[1].evidence[1].sorce", "source",
        ),
        (
            CELL + 'evidence = [{ about = "shift", bound = { lwo = 1, because = "x" } }]\n',
            TOP, "cell[1].evidence[1].bound.lwo", "low",
        ),
        (CELL + 'falls = [{ plce = "x" }]\n', TOP, "cell[1].falls[1].plce", "place"),
        (CELL + 'indicators = [{ marked = "x" }]\n', TOP, "cell[1].indicators[1].marked", "market"),
        (CELL + CELL.replace("trade", "b") + "x = 1\n", TOP, "cell[2].x", ""),
    ],
)  # fmt: skip
def test_a_wrong_key_is_named_with_the_one_meant(
    cells: str, top: str, key: str, meant: str
) -> None:
    error = refused(cells, top)
    assert error.key == key
    assert f"{key}: key {key.rsplit('.', 1)[-1]!r}; needed: a known key" in str(error)
    assert not meant or f"did you mean '{meant}'" in str(error)


@pytest.mark.parametrize(
    ("cells", "top", "key", "quoted", "needed"),
    [
        (CELL, TOP.replace("seed = 7", 'seed = "7"'), "seed", "'7'", "a whole number"),
        (CELL, TOP.replace("seed = 7", "seed = true"), "seed", "True", "a whole number"),
        (
            CELL, TOP.replace("seed = 7", 'seed = 7\nlanguage = "de"'),
            "language", "'de'", "a known word",
        ),
        (CELL, TOP.replace("0.1", '"small"'), "margin", "'small'", "a number"),
        (CELL, TOP.replace("0.1", "0.0"), "margin", "0.0", "a positive share"),
        (CELL, TOP.replace('"A small study"', "3"), "title", "3", "a text in quotes"),
        (CELL, TOP + "additive = 1\n", "data.additive", "1", "true or false"),
        (CELL + 'role = "first"\n', TOP, "cell[1].role", "'first'", "a known word"),
        (CELL + 'margin = "x"\n', TOP, "cell[1].margin", "'x'", "a number"),
        (CELL + "detection = 3\n", TOP, "cell[1].detection", "3", "a table"),
        (
            CELL + "detection = { ratio = [1] }\n",
            TOP, "cell[1].detection.ratio", "[1]", "two numbers [low, high]",
        ),
        (
            CELL + 'estimators = [{ name = "InterruptedTimeSeries", trend = "no" }]\n',
            TOP, "cell[1].estimators[1].trend", "'no'", "a value like True",
        ),
        (
            CELL + 'estimators = [{ name = "InterruptedTimeSeries", scale = 1 }]\n',
            TOP, "cell[1].estimators[1].scale", "1", "a value like 'level'",
        ),
        (
            CELL + 'estimators = ["InterruptedTimeSeries"]\n',
            TOP, "cell[1].estimators", "['InterruptedTimeSeries']", "a list of tables",
        ),
        ('[[cell]]\nname = "a"\ndesign = 3\n', TOP, "cell[1].design", "3", "a name or a table"),
        ('[[cell]]\ndesign = "a"\n', TOP, "cell[1].name", "''", "letters, digits, _ and -"),
        (
            '[[cell]]\nname = "a"\ndesign = { origin = "O" }\n',
            TOP, "cell[1].design.onset", "None", "a first treated period",
        ),
        ('[cell]\nname = "a"\n', TOP, "cell", "{'name': 'a'}", "a list of tables"),
    ],
)  # fmt: skip
def test_a_wrong_type_or_value_is_quoted_at_its_key(
    cells: str, top: str, key: str, quoted: str, needed: str
) -> None:
    error = refused(cells, top)
    assert error.key == key
    assert f"{key}: {quoted}; needed: {needed}" in str(error)


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        (in_design('donors = "AT"'), "cell[1].design.donors"),
        (in_design("donors = [3]"), "cell[1].design.donors"),
        (in_design("exclude = 2014"), "cell[1].design.exclude"),
        (in_design("exclude = [true]"), "cell[1].design.exclude"),
        (CELL.replace('"O"', "3"), "cell[1].design.origin"),
        (in_design('quality = "ok"'), "cell[1].design.quality"),
        (CELL.replace("2013", "true"), "cell[1].design.onset"),
        (in_design("start = 2003.5"), "cell[1].design.start"),
    ],
)
def test_a_wrong_type_in_a_design_is_named_at_its_key(cells: str, key: str) -> None:
    error = refused(cells)
    assert error.key == key
    assert len(error.problems) == 1


@pytest.mark.parametrize("key", AT_THE_TOP)
def test_a_key_of_the_top_below_a_table_is_sent_there(key: str) -> None:
    problem = refused("", f'{TOP}{CELL}[cell.curve]\n{key} = "fr"\n').problems[0]
    assert problem.key == f"cell[1].curve.{key}"
    assert problem.remedy.startswith("write it at the top of the file")
    assert key in study_schema()["properties"]


def test_a_wrong_type_of_an_optional_field_is_named_at_its_key() -> None:
    error = refused(CELL + 'estimators = [{ name = "WindowContrast", overdispersion = "x" }]\n')
    assert error.key == "cell[1].estimators[1].overdispersion"


def test_a_margin_of_a_cell_that_is_none_is_named_at_its_key() -> None:
    error = refused(CELL + "margin = -1.0\n")
    assert error.key == "cell[1].margin"
    assert "cell[1].margin: -1.0; needed: a positive share" in str(error)
    with pytest.raises(sx.StudyError, match=r"margin = -1\.0"):
        Cell(name="a", design="b", margin=-1.0)


@pytest.mark.parametrize(
    ("cells", "key", "said"),
    [
        (CELL.replace('"D"', '"O"'), "cell[1].design", "both hold 'O'"),
        (in_design('basis = "observd"'), "cell[1].design", "did you mean 'observed'"),
        (in_design('donors = ["D"]'), "cell[1].design", "donor 'D' is origin or destination"),
        (CELL + "detection = { drift = -0.1 }\n", "cell[1].detection", "drift = -0.1"),
        (
            CELL + 'evidence = [{ about = "shift", p_value = 1.5 }]\n',
            "cell[1].evidence[1]", "p_value = 1.5",
        ),
        (
            CELL
            + 'evidence = [{ about = "shift", bound = { low = 3, high = 1, because = "x" } }]\n',
            "cell[1].evidence[1]", "low = 3.0, high = 1.0",
        ),
        (
            CELL + 'evidence = [{ about = "shift", bound = { low = 3 } }]\n',
            "cell[1].evidence[1]", "because = ''",
        ),
        (
            CELL + 'estimators = [{ name = "InterruptedTimeSeries", level = 2.0 }]\n',
            "cell[1].estimators[1]", "level = 2.0",
        ),
        (
            CELL + 'estimators = [{ name = "InterruptedTimeSeries", scale = "logg" }]\n',
            "cell[1].estimators[1]", "did you mean 'log'",
        ),
    ],
)  # fmt: skip
def test_what_python_refuses_the_file_refuses_at_its_key(cells: str, key: str, said: str) -> None:
    error = refused(cells)
    assert error.key == key
    assert f"{key}: " in str(error)
    assert said in str(error)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('indicator = "seizures"', "cell[1].indicator"),
        ('indicator = ["seizures", "arrests"]', "cell[1].indicator"),
        ('indicators = "seizures"', "cell[1].indicators"),
        ('indicators = ["seizures", "arrests"]', "cell[1].indicators"),
    ],
)
def test_a_series_named_in_another_way_gets_the_line_that_works(line: str, key: str) -> None:
    error = refused(CELL + line + "\n")
    meant = 'indicators = [{ indicator = "seizures" }]'
    assert error.key == key
    assert error.problems[0].remedy == f"write {meant}"
    assert read(CELL + meant + "\n").cells[0].indicators[0].indicator == "seizures"


def test_unknown_design_of_a_dataset() -> None:
    text = 'dataset = "benelux"\n[[cell]]\nname = "a"\ndesign = "cocaine_wholesal"\n'
    with pytest.raises(sx.StudyError, match="did you mean 'cocaine_wholesale'") as caught:
        Study.from_text(text).run()
    assert caught.value.key == "cell.a"
    assert "cell 'a': design 'cocaine_wholesal'" in str(caught.value)


def test_a_named_design_needs_a_dataset(tmp_path: Path) -> None:
    study = Study.from_text(TOP + '[[cell]]\nname = "a"\ndesign = "b"\n', folder=str(tmp_path))
    with pytest.raises(sx.StudyError, match="only bundled datasets have named ones") as caught:
        study.run()
    assert caught.value.key == "cell.a.design"


def test_unknown_dataset() -> None:
    error = refused(CELL, 'dataset = "beneluks"\n')
    assert error.key == "dataset"
    assert "did you mean 'benelux'" in str(error)


def test_a_page_of_an_unknown_cell() -> None:
    error = refused(CELL + 'page = "trad"\n')
    assert error.key == "cell.trade.page"
    assert "cell.trade.page: 'trad'" in str(error)
    assert "did you mean 'trade'" in str(error)


def test_two_planted_faults_are_both_named() -> None:
    error = refused(
        CELL + 'estimators = [{ name = "DiD" }]\nrole = "first"\n', TOP.replace("seed", "sed")
    )
    assert len(error.problems) == 3
    said = str(error)
    assert said.startswith("3 problems:")
    assert "cell[1].estimators[1].name: 'DiD'" in said
    assert "cell[1].role: 'first'" in said
    assert "sed: key 'sed'" in said


def test_names_are_used_once() -> None:
    error = refused(CELL + CELL)
    assert error.key == "cell"
    assert "cell: 'trade'; needed: names used once" in str(error)


def test_a_study_without_cells_or_data() -> None:
    assert refused("").key == "cell"
    error = refused(CELL, "")
    assert error.key == "data"
    assert "dataset = a bundled one, or [data] with a file" in str(error)


def test_data_from_two_places_are_refused() -> None:
    assert refused(CELL, 'dataset = "benelux"\n' + TOP).key == "data"


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n"])
def test_an_empty_study(text: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(sx.StudyError, match="an empty study file"):
        Study.from_toml(path)


def test_what_is_no_toml_names_the_line() -> None:
    error = refused("", "title = 'x'\nseed = = 3\n")
    assert "unreadable TOML" in str(error)
    assert "line 2" in str(error)
    assert error.key == ""


def test_unreadable_files(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "missing.toml", tmp_path, binary):
        with pytest.raises(sx.StudyError, match="needed: a readable text file") as caught:
            Study.from_toml(path)
        assert repr(str(path)) in str(caught.value)
        assert str(caught.value).count(str(path)) == 1
        assert "Errno" not in str(caught.value)


def test_a_line_to_be_mended_is_only_spoken_of_where_one_is_named() -> None:
    assert refused("", "a = = 3\n").problems[0].remedy == "mend the line named"
    assert refused("", 'a = "x').problems[0].remedy.startswith("close what is open")


@pytest.mark.parametrize(
    ("line", "meant"), [("", None), ("additive = true\n", True), ("additive = false\n", False)]
)
def test_whether_values_add_up_is_unsaid_until_it_is_said(line: str, meant: object) -> None:
    assert read(CELL, TOP + line).source.additive is meant


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        (CELL + "[curve]\n", "curve", r"write \[cell\.curve\] below the \[\[cell\]\] that asks it"),
        (CELL + "[events]\n", "events", r"write \[cell\.events\] below"),
        ("rivals = true\n" + CELL, "data.rivals", "known are"),
        (CELL + "[cell.trade.curve]\n", "cell[1].trade", r"below the \[\[cell\]\] named 'trade'"),
        (CELL + "[trade.curve]\n", "trade", r"below the \[\[cell\]\] named 'trade'"),
        (CELL.replace("trade", "self") + "[cell.self]\n", "cell[1].self", "named 'self'"),
        (CELL.replace("trade", "indicator") + "x = 1\n", "cell[1].x", "known are"),
        ("[cell.curve]\n" + CELL, "", r"such as \[cell\.curve\] below the \[\[cell\]\] they"),
    ],
)
def test_a_question_without_its_cell_is_told_where_it_belongs(
    text: str, key: str, remedy: str
) -> None:
    error = refused(text, TOP)
    assert error.key == key
    assert re.search(remedy, str(error))
