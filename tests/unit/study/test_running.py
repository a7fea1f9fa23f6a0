"""Unit tests of running a study: a user's own file, counted customers, pages, failed gates."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.study import Study
from tests.studies import CELL, TOP, small_study, write_values

ALL_THREE = """
[[cell]]
name = "trade"
title = "The trade"
design = { origin = "O", destination = "D", onset = 2013 }
estimators = [
    { name = "InterruptedTimeSeries", trend = false },
    { name = "InterruptedTimeSeries", trend = false, scale = "log" },
    { name = "InterruptedTimeSeries", trend = false, inference = "Conformal" },
]
detection = { drift = 0 }
margin = 0.2
evidence = [{ about = "shift", bound = { low = 2, unit = "kg", because = "weighed" } }]
conclusion = "moved"

[[cell]]
name = "one_side"
page = "trade"
role = "one_unit"
design = { destination = "D", onset = 2013 }

[[cell]]
name = "later"
design = { origin = "O", destination = "D", onset = 2019 }
"""
RETAIL = """dataset = "benelux"
[[cell]]
name = "cannabis_retail"
design = "cannabis_retail"
falls = [{ place = "NL:terneuzen", quitting = %s, rerouting = %s, part = %s }]
"""


def designs(page: StudyPage) -> Mapping[str, DesignPage]:
    """Return all designs of a run by name."""
    return {design.name: design for cell in page.cells for design in cell.pages}


def shift(page: DesignPage) -> sx.Claim:
    """Return the claim that activity moved."""
    return next(claim for claim in page.verdict.claims if claim.name == "shift")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a user's own file."""
    return write_values(tmp_path_factory.mktemp("own")).parent


@pytest.fixture(scope="module")
def own(folder: Path) -> StudyPage:
    """Return the run of a study of that file."""
    return small_study(folder, cells=ALL_THREE).run()


def test_cells_stand_on_their_pages(own: StudyPage) -> None:
    assert own.title == "A small study"
    assert [(c.name, c.title, len(c.pages)) for c in own.cells] == [
        ("trade", "The trade", 2),
        ("later", "Later", 1),
    ]
    first = own.cells[0]
    assert first.primary.name == "trade"
    assert [d.role for d in first.pages] == ["primary", "one_unit"]
    assert first.conclusion == "moved"


def test_what_the_file_says_reaches_the_verdict(own: StudyPage) -> None:
    verdict = own.cells[0].primary.verdict
    assert verdict.name == "The trade"
    assert verdict.margin == 0.2
    assert verdict.detection == sx.Detection(drift=0)
    assert [result.estimator.split("(")[0] for result in verdict.results] == [
        "InterruptedTimeSeries", "InterruptedTimeSeries", "Conformal",
    ]  # fmt: skip
    assert shift(own.cells[0].primary).status == "supported"
    other = own.cells[1].primary.verdict
    assert other.margin == 0.1
    assert other.detection == sx.Detection()


@pytest.mark.parametrize(
    "name",
    [
        "Permutation",
        *(
            pytest.param(w, marks=pytest.mark.slow)
            for w in ("Conformal", "Placebo", "BlockBootstrap")
        ),
    ],
)
def test_what_a_wrapper_of_the_file_wraps_speaks_for_each_side_alone(
    name: str, tmp_path: Path
) -> None:
    write_values(tmp_path)
    over = ', over = "onsets"' if name in {"Permutation", "Placebo"} else ""
    inference = f'inference = {{ name = "{name}"{over} }}'
    wrapped = f'estimators = [{{ name = "InterruptedTimeSeries", trend = false, {inference} }}]\n'
    short = CELL.replace("trade", "short").replace("2013", "2008")  # its gate fails, a fit does not
    pages = designs(small_study(tmp_path, cells=CELL + wrapped + short + wrapped).run())
    (result,) = pages["trade"].verdict.results
    assert result.estimator.startswith(f"{name}(")
    alone = [side.result.estimator for side in pages["short"].sides if side.result]
    assert alone == [repr(sx.InterruptedTimeSeries(trend=False, rng=7))] * 2


def test_the_file_and_python_say_the_same(own: StudyPage, folder: Path) -> None:
    frame = pd.read_csv(folder / "values.csv")
    panel = sx.Panel.from_frame(
        frame, unit="country", period="year", value="kg", unit_of_measure="kg"
    )
    design = sx.Design(origin="O", destination="D", onset=2013)
    models = (
        sx.InterruptedTimeSeries(trend=False, rng=7),
        sx.InterruptedTimeSeries(trend=False, scale="log", rng=7),
        sx.Conformal(sx.InterruptedTimeSeries(trend=False, rng=7), rng=7),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        results = [model.fit(panel, design) for model in models]
    verdict = sx.weigh(
        results,
        detection=sx.Detection(drift=0),
        margin=0.2,
        evidence=own.cells[0].primary.verdict.evidence,
    )
    assert verdict.to_frame().equals(own.cells[0].primary.verdict.to_frame())


def test_estimators_of_the_study_serve_cells_without_their_own(own: StudyPage) -> None:
    results = designs(own)["one_side"].verdict.results
    assert [r.estimator for r in results] == [repr(sx.InterruptedTimeSeries(trend=False, rng=7))]


def test_a_design_that_fails_its_gate_is_shown_side_by_side(own: StudyPage) -> None:
    page = designs(own)["later"]
    assert str(page.gate) == "fail: 2 joint periods after"
    assert page.verdict.state == "gate failed"
    assert page.verdict.results == ()
    assert [(s.side, s.unit) for s in page.sides] == [("origin", "O"), ("destination", "D")]
    assert all((s.result is None) == bool(s.refusal) for s in page.sides)
    assert page.needed == "kg of O and D going on after 2020, for 1 more joint period"


def test_only_the_values_of_the_pair_are_shown(own: StudyPage) -> None:
    data = designs(own)["trade"].data
    assert set(data["unit"]) == {"O", "D"}
    assert len(data) == 40


def test_what_an_estimator_refuses_is_kept_in_words(tmp_path: Path) -> None:
    write_values(tmp_path, base=(100.0, 3.0), sd=2.0, destination_effect=0.0)
    cells = (
        CELL
        + """estimators = [{ name = "InterruptedTimeSeries", trend = false },
    { name = "InterruptedTimeSeries", scale = "log" }, { name = "WindowContrast" }]
"""
    )
    page = small_study(tmp_path, cells=cells).run().cells[0].primary
    assert len(page.verdict.results) == 1
    assert len(page.refusals) == 2
    (log, not_logged), (windows, no_counts) = page.refusals
    assert log.startswith("InterruptedTimeSeries(scale='log'")
    assert windows.startswith("WindowContrast(")
    assert "values on scale 'log'" in not_logged
    assert "needed: counts" in no_counts


def test_settings_that_come_to_one_estimate_have_one_vote_and_are_named(tmp_path: Path) -> None:
    write_values(tmp_path, base=(100.0, 3.0), sd=2.0, destination_effect=0.0)
    cells = (
        CELL
        + """estimators = [{ name = "InterruptedTimeSeries", trend = false },
    { name = "InterruptedTimeSeries", trend = false, level = 0.9 }]
"""
    )
    page = small_study(tmp_path, cells=cells).run().cells[0].primary
    assert len(page.verdict.results) == 1
    ((again, why),) = page.refusals
    assert "level=0.9" in again
    assert why.startswith("the same specification as InterruptedTimeSeries(")
    assert "level=0.95" in why
    assert why.endswith(": it has one vote, given to that")


def test_counts_get_two_windows_where_the_gate_fails(tmp_path: Path) -> None:
    rows = [(u, y, 3 + (y * 7 + len(u)) % 5) for u in ("O", "D") for y in range(2010, 2018)]
    frame = pd.DataFrame(rows, columns=["country", "year", "n"])
    frame.to_csv(tmp_path / "values.csv", index=False)
    top = TOP.replace('"kg"', '"n"', 1).replace('"kg"', '"count"')
    page = small_study(tmp_path, top).run().cells[0].primary
    assert not page.gate.passed
    assert [r.estimator for r in page.contrasts] == [
        repr(sx.WindowContrast(overdispersion=v)) for v in (None, 1.0, 2.0, 4.0)
    ]


def test_too_little_for_anything_is_still_a_report(tmp_path: Path) -> None:
    write_values(tmp_path, periods=(2, 2))
    page = small_study(tmp_path, cells=CELL.replace("2013", "2003")).run()
    assert page.cells[0].primary.verdict.state == "gate failed"
    assert all(side.result is None for side in page.cells[0].primary.sides)


@pytest.mark.slow
def test_a_run_without_any_result_is_written(tmp_path: Path) -> None:
    write_values(tmp_path, periods=(2, 2))
    small_study(tmp_path, cells=CELL.replace("2013", "2003")).run(tmp_path / "out")
    header = (tmp_path / "out" / "estimates.csv").read_text().splitlines()
    assert len(header) == 1
    assert header[0].startswith('"design","rests_on","estimator","estimand","estimate"')


@pytest.mark.parametrize("part", [1.0, 0.5])
@pytest.mark.parametrize(("quitting", "rerouting"), [(0.0, 0.0), (0.5, 0.3), (0.6, 0.39)])
def test_caps_below_one_support_a_shift(quitting: float, rerouting: float, part: float) -> None:
    page = Study.from_text(RETAIL % (quitting, rerouting, part)).run().cells[0].primary
    assert page.verdict.state == "gate failed"
    claim = shift(page)
    assert claim.status == "supported"
    assert "counted fall of 775,625 to 1,040,250 visits per year" in claim.rests_on
    assert f"at least {100 * part:g} % of them from the destination" in claim.rests_on
    bound = page.verdict.evidence[0].bound
    assert bound is not None
    assert bound.low == pytest.approx((1 - quitting - rerouting) * part * 775_625)


@pytest.mark.parametrize(
    ("quitting", "rerouting", "part"),
    [(1.0, 0.0, 1.0), (0.0, 1.0, 1.0), (0.6, 0.4, 1.0), (0.0, 0.0, 0.0)],
)
def test_caps_of_one_or_no_part_leave_it_compatible(
    quitting: float, rerouting: float, part: float
) -> None:
    page = Study.from_text(RETAIL % (quitting, rerouting, part)).run().cells[0].primary
    assert shift(page).status == "compatible"


def test_countries_counted_together_give_no_part_by_themselves() -> None:
    text = (RETAIL % (0.0, 0.0, 1.0)).replace(", part = 1.0", "")
    assert shift(Study.from_text(text).run().cells[0].primary).status == "compatible"


def test_the_table_of_caps_says_when_a_shift_is_supported(demo_page: StudyPage) -> None:
    table = designs(demo_page)["cannabis_retail"].conditional
    assert set(table["q_plus_r"]) == {0.0, 0.25, 0.5, 0.75, 0.9, 1.0}
    assert set(table["part_from_destination"]) == {0.0, 0.5, 1.0}
    assert len(table) == 18
    lifts = (table["q_plus_r"] < 1) & (table["part_from_destination"] > 0)
    assert ((table["flow_low"] > 0) == lifts).all()
    assert (table.loc[lifts, "shift"] == "supported").all()
    assert (table.loc[~lifts, "shift"] == "compatible").all()
    others = (d for name, d in designs(demo_page).items() if name != "cannabis_retail")
    assert all(design.conditional.empty for design in others)


def test_caps_beyond_one_and_unknown_places_are_refused() -> None:
    with pytest.raises(sx.StudyError, match=r"quitting = 0\.8, rerouting = 0\.3") as caught:
        Study.from_text(RETAIL % (0.8, 0.3, 1.0)).run()
    assert caught.value.key == "cell.cannabis_retail"
    with pytest.raises(sx.StudyError, match="did you mean 'NL:terneuzen'"):
        Study.from_text((RETAIL % (1.0, 0.0, 1.0)).replace("terneuzen", "terneuze")).run()


def test_falls_need_a_dataset(tmp_path: Path) -> None:
    with pytest.raises(sx.StudyError, match="counted customers of a bundled dataset") as caught:
        small_study(tmp_path, cells=CELL + 'falls = [{ place = "here" }]\n')
    assert caught.value.key == "cell.trade.falls"


def test_the_bundled_study_runs_every_declared_design(demo_page: StudyPage) -> None:
    declared = [row["design"] for row in sx.load_dataset("benelux").design_rows]
    assert sorted(designs(demo_page)) == sorted(declared)
    assert len(declared) == 36
    for name, design in designs(demo_page).items():
        assert (design.verdict.state == "gate failed") == (not design.gate.passed), name
        assert bool(design.needed) == (not design.gate.passed), name
        assert bool(design.verdict.results) == design.gate.passed, name


def test_the_bundled_study_supports_no_shift(demo_page: StudyPage) -> None:
    assert {shift(d).status for d in designs(demo_page).values()} <= {
        "compatible", "not identified",
    }  # fmt: skip


def test_detection_of_the_declared_designs_is_used(demo_page: StudyPage) -> None:
    detection = designs(demo_page)["cocaine_wholesale"].verdict.detection
    row = sx.load_dataset("benelux").design_row("cocaine_wholesale")
    assert detection is not None
    assert detection.drift == 0.10
    assert detection.ratio == (
        float(row["detection_ratio_low"]),
        float(row["detection_ratio_high"]),
    )


def test_a_written_out_design_picks_a_series_of_the_dataset() -> None:
    text = """dataset = "benelux"
[[cell]]
name = "a"
design = { origin = "NL", destination = "BE", onset = 2013, start = 2002, end = 2023,
           breaks = "dummy", quality = ["ok", "approximate", "break"] }
""".replace(",\n          ", ",")
    series = (
        'indicators = [{ market = "cocaine", segment = "wholesale", indicator = "seized_kg" }]\n'
    )
    page = Study.from_text(text + series).run().cells[0].primary
    assert page.design.origin == "NL"
    assert set(page.data["unit"]) == {"NL", "BE"}


def test_a_written_out_design_without_a_series_is_refused() -> None:
    text = 'dataset = "benelux"\n[[cell]]\nname = "a"\ndesign = { origin = "NL", onset = 2013 }\n'
    with pytest.raises(sx.StudyError, match="without indicators") as caught:
        Study.from_text(text).run()
    assert caught.value.key == "cell.a.indicators"


@pytest.mark.parametrize(
    ("onset", "named"),
    [("2000", "2000"), ("2021", "2021"), ("1950", "1950"), ("[2015, 2021]", "2021"),
     ("[2000, 2015]", "2000")],
)  # fmt: skip
def test_an_onset_outside_the_data_is_refused(onset: str, named: str, tmp_path: Path) -> None:
    write_values(tmp_path)
    study = small_study(tmp_path, cells=CELL.replace("2013", onset))
    with pytest.raises(sx.StudyError) as caught:
        study.run()
    assert caught.value.key == "cell.trade"
    assert f"'trade': onset {named} outside the data 2001 to 2020" in str(caught.value)
    assert "needed: an onset inside the data" in str(caught.value)


@pytest.mark.parametrize("onset", ["2001", "2002", "2020"])
def test_an_onset_at_the_edge_of_the_data_is_left_to_the_gate(onset: str, tmp_path: Path) -> None:
    write_values(tmp_path)
    page = small_study(tmp_path, cells=CELL.replace("2013", onset)).run().cells[0].primary
    assert not page.gate.passed
    assert page.verdict.state == "gate failed"


@pytest.mark.slow
def test_a_rate_of_a_file_must_be_called_one(tmp_path: Path) -> None:
    write_values(tmp_path)
    top = TOP.replace('unit_of_measure = "kg"', 'unit_of_measure = "per 1000 inhabitants"')
    with pytest.raises(sx.StudyError, match="'per 1000 inhabitants' reads like a rate") as caught:
        small_study(tmp_path, top).run()
    assert caught.value.key == "data"
    rates = small_study(tmp_path, top + "additive = false\n").run().cells[0].primary
    assert rates.verdict.bounds is None
    summed = small_study(tmp_path, top + "additive = true\n").run().cells[0].primary
    assert summed.verdict.bounds is not None
