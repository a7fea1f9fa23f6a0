"""The declared designs and their data gates, one by one: which pass, which fail, and why.

A failed gate is a finding about the data, so a change of it must be seen here before it is seen in
a report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

import shiftexp as sx

DATA = sx.load_dataset("benelux")
ROWS = {row["design"]: row for row in DATA.design_rows}

PASS: Mapping[str, tuple[str, ...]] = {
    "cannabis_production": (
        "plantations_be_growshop2015", "plants_kg_2009", "plants_kg_2009_nearfar",
    ),
    "synthetic_production": (),
    "cocaine_wholesale": (
        "cocaine_wholesale", "cocaine_wholesale_nearfar", "cocaine_wholesale_to2017",
        "cocaine_wholesale_schiphol2004", "cocaine_wholesale_stroomplan2018_be", "cocaine_price",
        "cocaine_price_nearfar", "heroin_control", "resin_control", "ports_uithalerswet2022",
        "ports_scanning2023", "burglary_2018",
    ),
    "cannabis_retail": ("coffeeshops_nl_2012", "offences_covid2020"),
    "synthetic_retail": ("amphetamine_complete",),
    "cocaine_retail": ("cocaine_retail_complete", "cocaine_retail_complete_nearfar"),
}  # fmt: skip

FAIL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "cannabis_production": {
        "cannabis_production": (
            "3 joint periods before less 1 for breaks",
            "2 joint periods between the onset and the break 2007 of BE",
        ),
        "plantations_taskforce2009": (
            "1 joint period before less 1 for breaks",
            "2 joint periods after",
            "0 joint periods between the onset and the break 2007 of BE",
        ),
        "plantations_taskforce2011": (
            "1 joint period before less 1 for breaks",
            "0 joint periods between the onset and the break 2007 of BE",
        ),
        "plants_kg_2015": ("2 joint periods after",),
    },
    "synthetic_production": {
        "synthetic_production": (
            "1 joint period before",
            "break 2015 of NL at the onset",
        ),
        "labs_closure2019": (
            "4 joint periods before",
            "1 joint period between the onset and the break 2020 of BE",
        ),
        "dumps_2015": (
            "0 joint periods before",
            "0 joint periods between the onset and the break 2016 of NL",
            "1 joint period between the onset and the break 2017 of BE",
            "2 joint periods between the onset and the break 2018 of NL",
        ),
    },
    "cocaine_wholesale": {
        "cocaine_wholesale_haven2016": (
            "1 joint period between the onset and the break 2018 of NL",
        ),
        "cocaine_wholesale_stroomplan2018": ("break 2018 of NL at the onset",),
        "ports_2012": ("0 joint periods before",),
    },
    "cannabis_retail": {
        "cannabis_retail": (
            "4 joint periods before less 1 for breaks",
            "2 joint periods between the onset and the break 2010 of BE",
            "2 joint periods between the onset and the break 2014 of BE",
        ),
        "burglary_2012": ("4 joint periods before",),
    },
    "synthetic_retail": {
        "synthetic_retail": ("5 joint periods before",),
        "amphetamine_covid2020": ("6 joint periods before",),
    },
    "cocaine_retail": {
        "cocaine_retail": ("7 joint periods before",),
        "cocaine_retail_stroomplan2018": ("7 joint periods before",),
    },
}
FAILED = {name: reasons for cell in FAIL.values() for name, reasons in cell.items()}
PASSED = tuple(name for names in PASS.values() for name in names)


def gate(name: str) -> sx.Gate:
    """Return the gate of a declared design, computed from its data."""
    return DATA.design(name).gate(DATA.design_panel(name))


def test_the_lists_hold_every_declared_design_once() -> None:
    assert len(ROWS) == len(PASSED) + len(FAILED) == 36
    assert set(ROWS) == {*PASSED, *FAILED}
    for cell in PASS:
        listed = {*PASS[cell], *FAIL[cell]}
        assert listed == {name for name, row in ROWS.items() if row["cell"] == cell}


@pytest.mark.parametrize("name", PASSED)
def test_it_passes(name: str) -> None:
    found = gate(name)
    assert found.passed
    assert found.before >= 8
    assert found.after >= 3


@pytest.mark.parametrize(("name", "reasons"), FAILED.items(), ids=FAILED)
def test_it_fails_and_says_why(name: str, reasons: tuple[str, ...]) -> None:
    assert gate(name).reasons == reasons


@pytest.mark.parametrize("name", ROWS)
def test_it_agrees_with_what_was_declared(name: str) -> None:
    found, row = gate(name), ROWS[name]
    declared = re.sub(r"\b1 joint periods", "1 joint period", row["gate"])  # as it was written
    assert str(found) == declared
    assert str(found.before) == row["jointly_observed_pre"]
    assert str(found.after) == row["jointly_observed_post"]


def test_one_primary_design_of_six_passes() -> None:
    primary = [name for name, row in ROWS.items() if row["role"] == "primary"]
    assert len(primary) == 6
    assert [name for name in primary if name in PASSED] == ["cocaine_wholesale"]


def test_a_negative_control_stands_beside_the_cell_that_passes() -> None:
    controls = [name for name, row in ROWS.items() if row["role"] == "negative_control"]
    assert sorted(controls) == ["burglary_2012", "burglary_2018", "heroin_control", "resin_control"]
    assert [name for name in controls if name in FAILED] == ["burglary_2012"]
