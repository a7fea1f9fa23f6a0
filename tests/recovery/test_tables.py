"""The calibration tables are complete, stand for the shipped estimators, and can be recomputed."""

from __future__ import annotations

import random
import subprocess
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import shiftexp
from shiftexp import displacement
from shiftexp.errors import SmallSampleWarning
from shiftexp.simulate import autoregressive_errors
from tests.recovery import page
from tests.recovery.grid import DID, LEVEL, TREND, grid, measure
from tests.recovery.make_tables import COLUMNS, FOLDER, identity, line, read_tables
from tests.recovery.measure import (
    BAYES,
    DEVELOPMENT_SEED,
    FINAL_SEED,
    Cell,
    covariance,
    errors,
    one_side,
    panel_of,
)
from tests.recovery.measure_fits import quiet_fit, within
from tests.recovery.measure_series import (
    CANDIDATES,
    DONORS,
    ask,
    destination_series,
    donor_values,
    least_favourable,
    prepared_laws,
    warned,
)
from tests.recovery.measure_verdicts import TRUTHS, claim_is_true, detection_path, true_sector

ROOT = Path(__file__).resolve().parents[2]
TABLES = read_tables()
ROWS = [row for table in TABLES.values() for row in table]
RECOMPUTED = 6
STAMPED = ("version", "source", "seed", "date", "draws")
SILENT = {  # size above 1.5 times nominal at rho <= .8, and data sets without a warning among them
    *((LEVEL, periods) for periods in ("12", "15", "20")),
    *((TREND, periods) for periods in ("15", "20")),
    *((DID, periods) for periods in ("12", "15")),
}


def commit() -> str:
    """Return the commit's hash; the version where there is no repository."""
    command = ["git", "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return shiftexp.__version__
    return answer.stdout.strip()


def chosen() -> list[Cell]:
    """Return cells of different tables, chosen by the commit's hash."""
    chooser = random.Random(commit())  # noqa: S311 - a choice that anyone can repeat, not a secret
    cells = grid(FINAL_SEED)
    tables = chooser.sample(sorted({cell.table for cell in cells}), RECOMPUTED)
    return [chooser.choice([c for c in cells if c.table == table]) for table in tables]


def stored(cell: Cell) -> list[dict[str, str]]:
    """Return the rows of a cell as they stand in its table."""
    named = identity(cell)
    return [row for row in TABLES[cell.table] if all(row[k] == v for k, v in named.items())]


@pytest.mark.slow
@pytest.mark.parametrize("cell", chosen(), ids=lambda c: f"{c.table}-{c.method}-{c.rho}")
def test_a_cell_chosen_by_the_commit_gives_the_numbers_that_are_stored(cell: Cell) -> None:
    again = [line(cell, rate) for rate in measure(cell)]
    assert again
    assert [{k: row[k] for k in again[0]} for row in stored(cell)] == again


def test_every_cell_of_the_grid_stands_in_the_tables() -> None:
    assert [cell for cell in grid(FINAL_SEED) if not stored(cell)] == []
    assert {cell.table for cell in grid(FINAL_SEED)} == set(TABLES)


def test_every_row_says_its_version_seed_date_draws_and_error() -> None:
    assert ROWS
    assert all(tuple(row) == COLUMNS for row in ROWS)
    assert [row for row in ROWS if not all(row[k] for k in STAMPED)] == []
    assert {row["version"] for row in ROWS} == {shiftexp.__version__}
    assert {row["seed"] for row in ROWS} == {str(FINAL_SEED)}
    assert FINAL_SEED != DEVELOPMENT_SEED
    assert [row for row in ROWS if bool(row["value"]) != bool(row["mc_error"])] == []


def test_every_number_is_a_rate_or_a_count_of_sectors() -> None:
    given = [(row["measure"], float(row["value"])) for row in ROWS if row["value"]]
    assert [m for m, v in given if not 0 <= v <= (9 if m == "sectors left" else 1)] == []


def test_the_methods_measured_are_those_exported() -> None:
    measured = {row["method"].split("(")[0] for row in ROWS}
    door = [name for name in shiftexp.__all__ if name not in {"Estimator", "Model"}]
    fitted = {name for name in door if hasattr(getattr(shiftexp, name), "fit")}
    closed = {name.removeprefix("displacement.") for name in measured if "." in name}
    assert {name for name in measured if "." not in name} == fitted | {"weigh"}
    assert closed <= set(displacement.__all__)


def test_a_method_warns_where_its_own_row_shows_too_large_a_size() -> None:
    """Known misses are named in SILENT; the test fails when one is added and when one is mended."""
    rows = TABLES["one_series"]
    over = page.too_large(r for r in rows if r["measure"] == "size")
    silent = {(r["method"], r["T"]) for r in over if float(page.beside(rows, r, "warned")) < 100}
    assert silent == SILENT


def test_the_page_says_what_the_tables_say() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    assert page.found(TABLES) in text


@pytest.mark.parametrize("method", [LEVEL, TREND, DID])
@pytest.mark.parametrize(("before", "rho"), [(8, 0.4), (13, 0.9)])
def test_the_table_is_about_the_estimator_that_ships(method: str, before: int, rho: float) -> None:
    cell = next(
        c
        for c in grid(DEVELOPMENT_SEED)
        if (c.table, c.method, c.before, c.rho) == ("one_series", method, before, (rho,))
    )
    count = 5
    (prepared,) = prepared_laws(cell)
    bulk = ask(prepared, destination_series(cell, count))
    told = warned(cell, bulk.persistence)
    donors = DONORS if method == DID else ()
    if donors:
        values = donor_values(cell, count, cell.random())
    else:
        values = destination_series(cell, count)[:, None, :]
    for i in range(count):
        panel = panel_of(values[i], ("D", *donors), cell.years)
        result, warning = quiet_fit(BAYES[method], panel, one_side(cell, donors))
        p = result.effects.two_sided_p((0.0, 1.0))
        assert p == pytest.approx(bulk.two_sided[i], rel=1e-9, abs=1e-12)
        assert warning == told[i]


def test_the_rule_for_a_range_of_onsets_is_the_one_that_ships() -> None:
    cell = next(c for c in grid(DEVELOPMENT_SEED) if c.table == "onset_range")
    last = cell.onset + CANDIDATES - 1
    noise = autoregressive_errors((3, cell.periods), 0.4, np.random.default_rng(5))
    below = np.stack([ask(law, noise).below for law in prepared_laws(cell, last=last)])
    for i, series in enumerate(noise):
        panel = panel_of(series, ("D",), cell.years)
        result, _ = quiet_fit(BAYES[cell.method], panel, one_side(cell, last=last))
        p = result.effects.two_sided_p((0.0, 1.0))
        assert p == pytest.approx(least_favourable(below)[i], rel=1e-9)


@pytest.mark.parametrize(("process", "rho"), [("AR(1)", 0.7), ("local level", 0.3)])
def test_the_errors_have_the_covariance_that_the_effect_is_scaled_by(
    process: str, rho: float
) -> None:
    drawn = errors(process, rho, (40_000, 5), np.random.default_rng(2))
    assert np.cov(drawn, rowvar=False) == pytest.approx(covariance(process, rho, 5), abs=0.06)


def test_the_same_cell_gives_the_same_numbers_and_another_seed_others() -> None:
    cell = replace(grid(DEVELOPMENT_SEED)[0], draws=400, rho=(0.8,))
    assert measure(cell) == measure(cell)
    assert measure(cell) != measure(replace(cell, seed=FINAL_SEED))


def test_truths_lie_in_the_sectors_they_are_named_after() -> None:
    named = ["null", "shift-compatible", "expansion", "mixed", "partial displacement"]
    assert [true_sector(t) for t in TRUTHS.values()] == [*named, "common growth"]
    assert claim_is_true("net expansion", TRUTHS["expansion"])
    assert not claim_is_true("net expansion", TRUTHS["shift"])
    assert claim_is_true("full offset", TRUTHS["shift"])
    assert not claim_is_true("not mainly shift", TRUTHS["shift"])


def test_detection_that_ramps_reaches_a_quarter_more_in_the_last_period() -> None:
    cells = {c.setting: c for c in grid(FINAL_SEED) if c.table == "verdicts"}
    ramp, step = (
        detection_path(cells[f"null, detection {how} x1.25 at the destination"])
        for how in ("ramp to", "step")
    )
    assert (ramp[:12] == 1).all()
    assert ramp[12:] == pytest.approx(1 + 0.25 * np.arange(1, 9) / 8)
    assert (step[12:] == 1.25).all()


def test_within_tells_inside_from_outside() -> None:
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    assert within(square, np.array([0.5, 0.9]))
    assert not within(square, np.array([0.5, 1.1]))


def test_a_warning_is_recorded_and_not_passed_on() -> None:
    panel, design = shiftexp.simulate_pair(periods=(8, 4), rng=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", SmallSampleWarning)
        _, told = quiet_fit(shiftexp.InterruptedTimeSeries(), panel, design)
    assert told
