"""A study runs descriptions, rival hypotheses, sector weights and pools; writes tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.report.page import StudyPage
from shiftexp.study import Study, read_panel
from shiftexp.study.outputs import write_outputs
from tests.studies import TOP

EFFECTS = {"here": 40.0, "there": 20.0}
CELLS = """
[[cell]]
name = "here"
indicators = [{ indicator = "here" }]
design = { origin = "O", destination = "D", onset = 2013 }
describe = true
rivals = true

[[cell]]
name = "there"
indicators = [{ indicator = "there" }]
design = { origin = "O", destination = "D", onset = 2013 }
estimators = [
    { name = "InterruptedTimeSeries", trend = false },
    { name = "CommunicatingVessels", push = "pulse", until = 2013, draws = 1000 },
]

[[cell]]
name = "jump"
indicators = [{ indicator = "there" }]
design = { origin = "O", destination = "D", onset = 2013 }
estimators = [{ name = "CommunicatingVessels", draws = 1000 }]

[[cell]]
name = "early"
indicators = [{ indicator = "here" }]
design = { origin = "O", destination = "D", onset = 2003 }
rivals = true

[[pool]]
name = "both"
cells = ["here", "there", "early"]

[[pool]]
name = "one"
cells = ["here", "early"]
"""
TABLES = ("description", "shares", "accounts", "rivals", "sector_weights", "pools")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of two indicators."""
    folder = tmp_path_factory.mktemp("further")
    frames = []
    for seed, (name, effect) in enumerate(EFFECTS.items(), start=1):
        panel, _ = sx.simulate_pair(
            destination_effect=effect, sd=1.0, autocorrelation=0.0, rng=seed
        )
        frame = panel.to_frame()[["unit", "period", "value"]]
        frames.append(frame.set_axis(["country", "year", "kg"], axis=1).assign(what=name))
    pd.concat(frames).to_csv(folder / "values.csv", index=False)
    return Study.from_text(f'{TOP}indicator = "what"\n{CELLS}', folder=str(folder))


@pytest.fixture(scope="module")
def page(study: Study) -> StudyPage:
    """Return its run."""
    return study.run()


def test_a_description_is_what_python_says(page: StudyPage, study: Study) -> None:
    found = page.cells[0].primary.further.description
    assert found is not None
    panel = read_panel(study.spec.source, Path(study.folder))["here"]
    alone = sx.describe(panel, page.cells[0].primary.design, rng=7)
    pd.testing.assert_frame_equal(alone.to_frame(), found.to_frame())
    assert page.cells[1].primary.further.description is None


def test_rivals_are_what_python_says_at_the_margin_of_the_verdict(
    page: StudyPage, study: Study
) -> None:
    primary = page.cells[0].primary
    labels = [label for label, _ in primary.further.rivals]
    assert labels == ["effect as a step, AR(1) errors", "effect as a ramp, AR(1) errors"]
    panel = read_panel(study.spec.source, Path(study.folder))["here"]
    first = primary.verdict.results[0].effects.base
    alone = sx.rival_models(
        panel,
        primary.design,
        detection=primary.verdict.detection,
        smallest=(0.1 * first[0], 0.1 * first[1]),
        rng=7,
    )
    pd.testing.assert_frame_equal(alone.to_frame(), primary.further.rivals[0][1].to_frame())


def test_rivals_refuse_where_the_gate_fails_and_say_so_once(page: StudyPage) -> None:
    further = page.cells[3].primary.further
    assert further.rivals == ()
    ((what, why),) = further.refusals
    assert what == "rival hypotheses"
    assert "data gate fail" in why


def test_a_posterior_is_weighed_as_in_the_verdict(page: StudyPage) -> None:
    primary = page.cells[1].primary
    ((name, found, doubts),) = primary.further.weights
    reading = next(r for r in primary.verdict.readings if r.how == "posterior")
    assert name == reading.specification
    assert found.weight.tolist() == list(reading.values.values())
    notes = primary.verdict.flows[0].notes
    assert doubts == tuple(note.sentence for note in notes if note.severity == "doubt") != ()


def test_a_posterior_that_is_silent_in_the_verdict_has_no_weights(page: StudyPage) -> None:
    further = page.cells[2].primary.further
    assert further.weights == ()
    ((what, why),) = further.refusals
    assert what.startswith("sector weights of Communicating vessels")
    assert why.startswith("flagged: a jump of a side at the onset")


def test_a_pool_is_what_python_says_and_leaves_out_what_has_no_result(page: StudyPage) -> None:
    both, one = page.pools
    assert both.found is not None
    here, there = (cell.primary for cell in page.cells[:2])
    detection = here.verdict.detection or sx.Detection()
    alone = sx.pool(
        {"here": here.verdict.results[0], "there": there.verdict.results[0]}, detection=detection
    )
    pd.testing.assert_frame_equal(alone.to_frame(), both.found.to_frame())
    assert both.found.plane == "offset"
    assert [name for name, _ in both.left_out] == ["early"]
    assert one.found is None
    assert one.refusal.startswith("1 result; needed: at least two")


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_tables_are_written(page: StudyPage, tmp_path: Path) -> None:
    written = {path.name for path in write_outputs(page, tmp_path)}
    assert {f"{name}.csv" for name in TABLES} <= written
    pools = pd.read_csv(tmp_path / "pools.csv").set_index("pool")
    assert str(pools.loc["one", "refused"]).startswith("1 result")
    assert pools.loc[["both"], "refused"].isna().all()
    described = pd.read_csv(tmp_path / "description.csv")
    assert set(described["reads_as"]) == {"description"}
    assert set(pd.read_csv(tmp_path / "rivals.csv")["design"]) == {"here"}
