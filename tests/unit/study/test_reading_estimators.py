"""Unit tests of estimators in a study file: lists, texts and tables, and what is none."""

from __future__ import annotations

import pytest

import shiftexp as sx
from shiftexp.study import Study
from tests.studies import CELL, TOP
from tests.unit.study.test_reading import read, refused


def test_lists_of_an_estimator_are_read() -> None:
    given = 'exposed = ["A", "B"], structure = "decaying", distances = [150, 80.5], reach = 200.0'
    text = f'estimators = [{{ name = "SpilloverSyntheticControl", {given} }}]\n'
    (model,) = read(CELL + text).cells[0].estimators
    assert model == sx.SpilloverSyntheticControl(
        exposed=("A", "B"), structure="decaying", distances=(150, 80.5), reach=200.0, rng=7
    )
    error = refused(CELL + 'estimators = [{ name = "InclusiveSyntheticControl", exposed = "A" }]\n')
    assert "a list" in str(error)


def test_a_setting_that_may_be_left_out_may_be_a_text() -> None:
    pulse = 'estimators = [{ name = "CommunicatingVessels", push = "pulse", until = '
    for given, meant in (('"2015-03"', "2015-03"), ("2015", 2015)):
        (model,) = read(f"{CELL}{pulse}{given} }}]\n").cells[0].estimators
        assert model == sx.CommunicatingVessels(push="pulse", until=meant, rng=7)
    assert "estimators" in str(refused(f"{CELL}{pulse}[2015] }}]\n"))


def test_a_setting_by_indicator_is_a_table() -> None:
    law = 'likelihood = { seizures = "poisson" }'
    (model,) = (
        read(f'{CELL}estimators = [{{ name = "CommunicatingVessels", {law} }}]\n')
        .cells[0]
        .estimators
    )
    assert model == sx.CommunicatingVessels(likelihood={"seizures": "poisson"}, rng=7)
    parts = f'{CELL}estimators = [{{ name = "CommunicatingVessels", lags = {{ 0 = 3, 2 = 1 }} }}]\n'
    (model,) = read(parts).cells[0].estimators
    assert model == sx.CommunicatingVessels(lags={0: 3, 2: 1}, rng=7)
    wrong = f'{CELL}estimators = [{{ name = "CommunicatingVessels", margin = {{ a = 1 }} }}]\n'
    assert "a value like 0.1" in str(refused(wrong))


@pytest.mark.parametrize(
    ("entry", "key", "said"),
    [
        ('{ name = "InterruptedTimeSerie" }', "name", "did you mean 'InterruptedTimeSeries'"),
        ('{ scale = "log" }', "name", "needed: the class of an estimator"),
        (
            '{ name = "InterruptedTimeSeries", inference = "Conforml" }',
            "inference", "did you mean 'Conformal'",
        ),
        ('{ name = "Placebo" }', "name", 'write inference = "Placebo" beside the name'),
        (
            '{ name = "InterruptedTimeSeries", inference = { draws = 199 } }',
            "inference.name", "needed: the class of a wrapper",
        ),
        (
            '{ name = "InterruptedTimeSeries", inference = { name = "BlockBootstrap", draw = 9 } }',
            "inference.draw", "did you mean 'draws'",
        ),
        (
            '{ name = "InterruptedTimeSeries", inference = { name = "Placebo", over = 3 } }',
            "inference.over", "a value like 'onsets'",
        ),
        (
            '{ name = "WindowContrast", inference = { name = "Permutation", over = "unit" } }',
            "inference", "did you mean 'units'",
        ),
        (
            '{ name = "WindowContrast", inference = { name = "BlockBootstrap", draws = 9 } }',
            "inference", "draws = 9; needed: a whole number, at least 99",
        ),
    ],
)  # fmt: skip
def test_unknown_estimator(entry: str, key: str, said: str) -> None:
    error = refused(CELL + f"estimators = [{entry}]\n")
    assert error.key == f"cell[1].estimators[1].{key}"
    assert said in str(error)


def test_tables_and_lists_of_a_setting_are_written_as_they_are_read() -> None:
    settings = 'push = "measured", intensity = { 2013 = 1.0, 2015 = 2.0 }, lags = { 0 = 3, 2 = 1 }'
    text = f'{TOP}{CELL}estimators = [{{ name = "CommunicatingVessels", {settings} }}]\n'
    study = Study.from_text(text)
    assert Study.from_text(study.to_toml()).spec.cells == study.spec.cells


@pytest.mark.parametrize(
    ("given", "meant"),
    [("{ seizures = 0.1, wastewater = 0 }", {"seizures": 0.1, "wastewater": 0}), ("0.05", 0.05)],
)
def test_a_drift_of_detection_is_one_number_or_a_table(given: str, meant: object) -> None:
    drift = f"detection_drift = {given}, detection_common = 0.5"
    text = f'{CELL}estimators = [{{ name = "CommunicatingVessels", {drift} }}]\n'
    (model,) = read(text).cells[0].estimators
    assert isinstance(model, sx.CommunicatingVessels)
    assert (model.detection_drift, model.detection_common) == (meant, 0.5)
    assert "detection_drift: 'much'" in str(refused(text.replace(given, '"much"')))
