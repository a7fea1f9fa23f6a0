"""Unit tests of ``shiftexp init``: a file that runs as it is, nothing overwritten, no mischief."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from shiftexp.cli import main
from shiftexp.commands.columns import Columns
from shiftexp.commands.draft import Declared, study_text
from shiftexp.study import Study, schema_text, study_schema
from tests.studies import write_values

PLACES = ["--origin", "O", "--destination", "D", "--onset", "2013"]


def begin(folder: Path, *more: str) -> Path:
    """Write data and a study file; return the study file."""
    data, study = write_values(folder), folder / "study.toml"
    assert main(["init", str(data), *PLACES, "--out", str(study), *more]) == 0
    return study


def test_init_writes_a_study_that_fits_the_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = begin(tmp_path)
    printed = capsys.readouterr()
    assert printed.err == ""
    lines = printed.out.splitlines()
    assert lines[0] == "columns: unit = 'country', period = 'year', value = 'kg'"
    assert lines[1] == "kg: data gate: pass"
    text = study.read_text("utf-8")
    assert text.splitlines()[0] == "#:schema ./study.schema.json"
    assert (tmp_path / "study.schema.json").read_text("utf-8") == schema_text()
    errors = Draft202012Validator(study_schema()).iter_errors(tomllib.loads(text))
    assert list(errors) == []


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Did it move, or did it grow? O to D"),
        ("nl", "Verplaatst of gegroeid? O naar D"),
        ("fr", "Déplacement ou croissance ? O vers D"),
    ],
)
def test_init_asks_its_question_in_the_language_of_the_report(
    tmp_path: Path, language: str, title: str
) -> None:
    study = begin(tmp_path, "--language", language)
    declared = tomllib.loads(study.read_text("utf-8"))
    assert (declared["title"], declared["language"]) == (title, language)
    assert main(["check", str(study)]) == 0


@pytest.mark.slow  # the five commands of the README are in the fast tests, and this is one of them
@pytest.mark.usefixtures("undrawn")
def test_what_init_writes_runs_as_it_is(tmp_path: Path) -> None:
    study, out = begin(tmp_path), tmp_path / "out"
    assert main(["check", str(study)]) == 0
    assert main(["run", str(study), "--out", str(out)]) == 0
    verdicts = pd.read_csv(out / "verdicts.csv")
    assert verdicts["design"].tolist() == ["kg"]
    assert verdicts["specifications"].tolist() == [4]


def test_the_comments_are_toml_that_runs(tmp_path: Path) -> None:
    study = begin(tmp_path, "--unit-of-measure", "kg")
    code = re.compile(
        r"^# (?=detection|evidence|timing|onsets|\[cell|\]|    \{|table|\[\[pool|name =|cells =)",
        re.MULTILINE,
    )
    study.write_text(code.sub("", study.read_text("utf-8")), encoding="utf-8")
    cell = Study.from_toml(study).spec.cells[0]
    assert cell.detection is not None
    assert cell.evidence[0].bound is not None
    assert [question.name for question in cell.timing] == ["lead_lag", "granger"]
    assert cell.curve is not None
    assert cell.events is not None
    assert cell.evidence[0].bound.unit == "kg per year"


TOWNS = ("Arnhem", "Ede", "Nijmegen")


def towns(folder: Path, *more: str, broken: str = "") -> Path:
    """Write counts of three towns, with a flag and a mistyped row, and a study of two of them."""
    rows = [
        (
            "Arnhern" if (town, year) == ("Arnhem", 2003) else town,
            year,
            50 + year % 7 + 3 * len(town),
            "break" if (town, str(year)) == ("Arnhem", broken) else "ok",
        )
        for town in TOWNS
        for year in range(1995, 2025)
    ]
    data, study = folder / "towns.csv", folder / "study.toml"
    columns = ["town", "year", "n", "quality"]
    pd.DataFrame(rows, columns=columns).to_csv(data, index=False)
    asked = ["--origin", "Ede", "--destination", "Arnhem", "--onset", "2012", *more]
    assert main(["init", str(data), *asked, "--out", str(study)]) == 0
    return study


def test_other_units_are_offered_as_donors_where_none_were_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert '# donors = ["Nijmegen"]\n' in towns(tmp_path).read_text("utf-8")
    assert "look again: unit 'Arnhern' has values in 1 of 30 periods" in capsys.readouterr().out
    more = ["--donors", "Nijmegen", "--unit-of-measure", "count", "--force"]
    named = towns(tmp_path, *more).read_text("utf-8")
    assert "# donors" not in named
    assert 'unit = "count per year"' in named


def test_cells_of_one_study_are_offered_to_be_pooled(tmp_path: Path) -> None:
    rows = [
        (town, year, kind, 50 + year % 7 + 3 * len(town))
        for town in TOWNS
        for year in range(1995, 2025)
        for kind in ("homes", "shops", "sheds")
    ]
    data, study = tmp_path / "kinds.csv", tmp_path / "study.toml"
    pd.DataFrame(rows, columns=["town", "year", "kind", "n"]).to_csv(data, index=False)
    asked = ["--origin", "Ede", "--destination", "Arnhem", "--onset", "2012"]
    more = ["--indicator", "kind", "--out", str(study)]
    assert main(["init", str(data), *asked, *more]) == 0
    code = re.compile(r"^# (?=\[\[pool|name =|cells =)", re.MULTILINE)
    study.write_text(code.sub("", study.read_text("utf-8")), encoding="utf-8")
    assert [pool.cells for pool in Study.from_toml(study).spec.pools] == [("homes", "shops")]


def test_a_break_that_is_not_treated_comes_with_what_treats_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = towns(tmp_path, broken="2018")
    words = 'breaks = ["2018:Arnhem:dummy"]'
    assert f"(to do: say {words} in the design" in capsys.readouterr().out
    text = study.read_text("utf-8")
    assert f"# {words}\n" in text
    assert main(["check", str(study)]) == 0
    first, _, gate = capsys.readouterr().out.splitlines()
    assert first.endswith("the file reads well; 1 of 1 cell does not pass its data gate")
    assert "fail: break 2018 of Arnhem not treated (to do: say " in gate
    study.write_text(text.replace("onset = 2012 }", f"onset = 2012, {words} }}"), "utf-8")
    assert main(["check", str(study)]) == 0
    assert "data gate: pass;" in capsys.readouterr().out


def test_no_word_for_breaks_treats_one_at_the_onset(tmp_path: Path) -> None:
    assert "# breaks" not in towns(tmp_path, broken="2012").read_text("utf-8")


def test_init_overwrites_nothing_unless_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = begin(tmp_path)
    study.write_text("mine")
    arguments = ["init", str(tmp_path / "values.csv"), *PLACES, "--out", str(study)]
    assert main(arguments) == 1
    assert "exists; needed: a new file" in capsys.readouterr().err
    assert study.read_text() == "mine"
    schema = tmp_path / "study.schema.json"
    schema.write_text("mine, too")
    other = [*arguments[:-1], str(tmp_path / "other.toml")]
    assert main(other) == 1
    assert not (tmp_path / "other.toml").exists()
    assert schema.read_text() == "mine, too"
    assert main([*arguments, "--force"]) == 0
    assert Study.from_toml(study).spec.cells[0].name == "kg"
    assert schema.read_text("utf-8") == schema_text()


def test_every_indicator_has_a_cell_and_donors_a_comparison(tmp_path: Path) -> None:
    rows = [
        (place, year, kind, (year - 1990) * (2 if place == "D" else 1))
        for place in ("O", "D", "N")
        for year in range(1991, 2021)
        for kind in ("by day", "by/night", "by night")
    ]
    path = tmp_path / "data.csv"
    pd.DataFrame(rows, columns=["place", "year", "crime", "n"]).to_csv(path, index=False)
    study = tmp_path / "deep" / "study.toml"
    study.parent.mkdir()
    onset = ["--onset", "2012", "2014", "--donors", "N"]
    assert main(["init", str(path), *PLACES[:4], *onset, "--out", str(study)]) == 0
    spec = Study.from_toml(study).spec
    assert [cell.name for cell in spec.cells] == ["by_day", "by_night", "by_night_2"]
    assert spec.source.file == "../data.csv"
    assert [type(e).__name__ for e in spec.estimators].count("DifferenceInDifferences") == 2
    assert main(["check", str(study)]) == 0


def test_a_unit_of_measure_that_was_not_said_is_asked_for(tmp_path: Path) -> None:
    asked = "# write what a value counts"
    assert asked in begin(tmp_path).read_text("utf-8")
    assert asked not in begin(tmp_path, "--force", "--unit-of-measure", "kg").read_text("utf-8")


def test_declared_signs_stand_in_the_study(tmp_path: Path) -> None:
    path = write_values(tmp_path)
    path.write_text(path.read_text().replace(",", ";").replace(".", ","))
    study = tmp_path / "study.toml"
    signs = ["--separator", ";", "--decimal", ","]
    assert main(["init", str(path), *PLACES, "--out", str(study), *signs]) == 0
    source = Study.from_toml(study).spec.source
    assert (source.separator, source.decimal) == (";", ",")
    assert main(["check", str(path), *signs]) == 0
    assert main(["check", str(path)]) == 1


def test_zeros_leave_out_logarithms(tmp_path: Path) -> None:
    path = write_values(tmp_path)
    path.write_text(path.read_text().replace("O,2005,", "O,2005,0\nX,2005,"))
    study = tmp_path / "study.toml"
    assert main(["init", str(path), *PLACES, "--out", str(study)]) == 0
    assert 'scale = "log"' not in study.read_text("utf-8")


def test_init_says_all_that_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 1
    said = capsys.readouterr().err
    assert "3 problems" in said
    assert "say --onset 2016" in said


def test_an_unknown_place_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = write_values(tmp_path), tmp_path / "study.toml"
    unit = ["--unit", "country", "--origin", "Oo", *PLACES[2:], "--out", str(out)]
    assert main(["init", str(path), *unit, "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["error"]["problems"]
    assert problem["file"] == str(path)
    assert problem["key"] == "cell.kg"
    assert "did you mean 'O'" in problem["remedy"]
    assert not out.exists()


def test_init_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--schema"]) == 0
    assert capsys.readouterr().out == schema_text()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=9, max_size=9))
def test_hostile_words_stay_words(words: list[str]) -> None:
    file, unit, period, value, origin, destination, donor, indicator, measure = words
    places = {origin, destination, donor}
    if len(places) < 3:
        return
    declared = Declared(
        file=file,
        columns=Columns(unit, period, value, indicator),
        origin=origin,
        destination=destination,
        onset=("2013",),
        donors=(donor,),
        indicators=(indicator,),
        unit_of_measure=measure,
        additive=None,
        positive=True,
    )
    table = tomllib.loads(study_text(declared))
    assert table["data"]["file"] == file
    assert table["data"]["indicator"] == indicator
    assert len(table["cell"]) == 1
    said = {"origin": origin, "destination": destination, "onset": 2013, "donors": [donor]}
    assert table["cell"][0]["design"] == said
