"""``describe``, ``rivals`` and ``[[pool]]``: read, written and read again; faults are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from shiftexp.errors import StudyError
from shiftexp.study.spec import Cell
from shiftexp.study.spec_further import Pool, Rivals
from tests.studies import CELL, small_study

SECOND = CELL.replace('"trade"', '"trade2"')
RIVALS = """[cell.rivals]
errors = "local level"
effect = "ramp"
trend = false
kappa = [0.5, 1]
smallest = 3
bootstrap = 99
"""
POOL = """
[[pool]]
name = "both"
title = "Both of them"
cells = ["trade", "trade2"]
plane = "percent"
correlation = 0
heterogeneity = 10
"""


def cell_of(text: str, folder: Path) -> Cell:
    """Return the cell of a study of one."""
    return small_study(folder, cells=CELL + text).spec.cells[0]


def test_all_settings_of_rivals_are_read(tmp_path: Path) -> None:
    asked = Rivals(
        errors="local level",
        effect="ramp",
        trend=False,
        kappa=(0.5, 1.0),
        smallest=3.0,
        bootstrap=99,
    )
    assert cell_of(RIVALS, tmp_path).rivals == (asked,)


def test_rivals_asked_by_a_flag_are_those_of_both_shapes(tmp_path: Path) -> None:
    assert cell_of("rivals = true\n", tmp_path).rivals == (Rivals(), Rivals(effect="ramp"))
    listed = 'rivals = [{ trend = false }, { errors = "local level" }]\n'
    found = cell_of(listed, tmp_path).rivals
    assert found == (Rivals(trend=False), Rivals(errors="local level"))
    assert cell_of("rivals = false\n", tmp_path).rivals == cell_of("", tmp_path).rivals == ()


def test_a_description_is_asked_by_a_flag(tmp_path: Path) -> None:
    assert cell_of("describe = true\n", tmp_path).describe
    assert not cell_of("", tmp_path).describe


def test_all_settings_of_a_pool_are_read(tmp_path: Path) -> None:
    assert small_study(tmp_path, cells=CELL + SECOND + POOL).spec.pools == (
        Pool(
            name="both",
            title="Both of them",
            cells=("trade", "trade2"),
            plane="percent",
            correlation=0.0,
            heterogeneity=10.0,
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "describe = true\n",
        "rivals = true\n",
        RIVALS,
        'rivals = [{}, { effect = "ramp" }]\n',
        SECOND + POOL,
        SECOND + '[[pool]]\nname = "p"\ncells = ["trade", "trade2"]\n',
    ],
)
def test_what_is_written_reads_the_same(text: str, tmp_path: Path) -> None:
    study = small_study(tmp_path, cells=CELL + text)
    assert study.from_text(study.to_toml(), folder=str(tmp_path)) == study


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("describe = 1\n", "cell[1].describe", "true or false"),
        ('rivals = { effect = "stepp" }\n', "cell[1].rivals.effect", "step"),
        ("rivals = { bootstrap = 3 }\n", "cell[1].rivals", "bootstrap = 3"),
        ("rivals = { kappa = 0 }\n", "cell[1].rivals", "kappa = 0"),
        ("rivals = { kapa = 1 }\n", "cell[1].rivals.kapa", "did you mean 'kappa'?"),
        ("rivals = [{ kappa = [2, 1] }]\n", "cell[1].rivals[1]", "two in order"),
        (POOL, "pool.both.cells", "did you mean 'trade'?"),
        (POOL.replace('"trade", "trade2"', '"trade"'), "pool[1].cells", "two cells or more"),
        (POOL.replace('"trade2"', '"trade"'), "pool[1].cells", "each once"),
        (POOL.replace(', "trade2"', ""), "pool[1].cells", "has 1 cell: write a second [[cell]]"),
        (
            f"{SECOND}{POOL}".replace(', "trade2"]', "]"),
            "pool[1].cells",
            'write for example cells = ["trade", "trade2"]',
        ),
        (POOL.replace('"both"', '"../both"'), "pool[1].name", "letters, digits"),
        (POOL.replace("correlation = 0", "correlation = 1"), "pool[1]", "from 0 to .95"),
        (POOL.replace("= 10", "= -1"), "pool[1]", "heterogeneity = -1"),
        (POOL.replace('"percent"', '"percents"'), "pool[1].plane", "did you mean 'percent'?"),
        (POOL + POOL, "pool", "names used once"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(
    text: str, key: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match=r".") as caught:
        small_study(tmp_path, cells=CELL + text)
    assert key in [problem.given.partition(": ")[0] for problem in caught.value.problems]
    assert said in str(caught.value)
