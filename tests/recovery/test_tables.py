"""The calibration tables are complete, stand for the shipped estimators, and can be recomputed."""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import replace

import numpy as np
import pytest

import shiftexp
from shiftexp import displacement
from shiftexp.errors import SmallSampleWarning
from shiftexp.estimators.cautions import small_sample
from shiftexp.kernels.error_draws import AUTOREGRESSIVE, autoregressive_errors
from tests.recovery import measure_settings, page, page_engines
from tests.recovery.grid import CLOSED, DID, LEVEL, TREND, grid, measure
from tests.recovery.make_tables import COLUMNS, FOLDER, PAGE, identity, read_tables
from tests.recovery.measure import (
    BAYES,
    DEVELOPMENT_SEED,
    FINAL_SEED,
    LATER_SEEDS,
    Cell,
    one_side,
    panel_of,
)
from tests.recovery.measure_families import holm_rejects
from tests.recovery.measure_fits import AUTOCORRELATED, OVERDISPERSED, quiet_fit, within
from tests.recovery.measure_series import (
    CANDIDATES,
    DONORS,
    ask,
    destination_series,
    donor_values,
    of_used,
    prepared_law,
    warned,
)
from tests.recovery.measure_verdicts import (
    TRUTHS,
    _limits,
    _Said,
    claim_is_true,
    detection_path,
    true_sector,
)
from tests.recovery.recomputing import ROOT, assert_recomputed, chooser

TABLES = read_tables()
ROWS = [row for table in TABLES.values() for row in table]
RECOMPUTED = 6
SERIES_TABLES = ("one_series", "pairs", "onset_range", "extensions")
ERROR = 2 * (0.08 * 0.92 / 2000) ** 0.5  # two Monte Carlo standard deviations
STAMPED = ("version", "source", "seed", "date", "draws")
KERNEL_TABLES = {"engines", "power_bounds", "extensions"}  # of regressions, not of estimators
ACTING = {"weigh", "equivalence", "adjust", "combine", "max_t"}  # on fits and their p-values
ONE_COUNT = "two numbers are all it is given: that counts vary more than Poisson is for the user"
UNSEEN = (
    "donors a fifth quieter: 13 periods show it in half of the data sets, and no test of them more"
)
SILENT = {  # size above 1.5 times nominal, and data sets without a warning among them: why
    (m, "10", p): ONE_COUNT for m in CLOSED for p in (OVERDISPERSED, AUTOCORRELATED)
} | {
    (f"{wrapper}(DifferenceInDifferences())", "20", AUTOREGRESSIVE): UNSEEN
    for wrapper in ("ConleyTaber", "Permutation")
}


def chosen() -> list[Cell]:
    """Return cells of different tables, chosen by the commit's hash."""
    choices, cells = chooser(), grid(FINAL_SEED)
    tables = choices.sample(sorted({cell.table for cell in cells}), RECOMPUTED)
    return [choices.choice([c for c in cells if c.table == table]) for table in tables]


@pytest.mark.slow
@pytest.mark.parametrize("cell", chosen(), ids=lambda c: f"{c.table}-{c.method}-{c.rho}")
def test_a_cell_chosen_by_the_commit_gives_the_numbers_that_are_stored(cell: Cell) -> None:
    assert_recomputed(cell, TABLES)


def test_every_cell_of_the_grid_stands_in_the_tables() -> None:
    cells = grid(FINAL_SEED)
    columns = tuple(identity(cells[0]))
    known = {(name, *(row[k] for k in columns)) for name, rows in TABLES.items() for row in rows}
    assert [c for c in cells if (c.table, *identity(c).values()) not in known] == []
    assert {cell.table for cell in cells} == set(TABLES)


def test_every_row_says_its_version_seed_date_draws_and_error() -> None:
    assert ROWS
    assert all(tuple(row) == COLUMNS for row in ROWS)
    assert [row for row in ROWS if not all(row[k] for k in STAMPED)] == []
    assert {row["version"] for row in ROWS} == {shiftexp.__version__}
    for name, rows in TABLES.items():
        assert {row["seed"] for row in rows} == {str(LATER_SEEDS.get(name, FINAL_SEED))}
    assert len({DEVELOPMENT_SEED, FINAL_SEED, *LATER_SEEDS.values()}) == 2 + len(
        set(LATER_SEEDS.values())
    )
    assert [row for row in ROWS if bool(row["value"]) != bool(row["mc_error"])] == []


def test_every_number_is_a_rate_or_a_count_of_sectors() -> None:
    given = [(row["measure"], float(row["value"])) for row in ROWS if row["value"]]
    assert [m for m, v in given if not 0 <= v <= (9 if m == "sectors left" else 1)] == []


def test_the_methods_measured_are_those_exported() -> None:
    named = [row for name, table in TABLES.items() if name not in KERNEL_TABLES for row in table]
    measured = {row["method"].split("(")[0] for row in named}
    whole = read_tables(FOLDER.parent)[measure_settings.TABLE]
    measured |= {row["method"].split(",")[0] for row in whole}
    unmeasured = {"Estimator", "Model", "Sweep"}  # protocols, and a table of fits
    door = [name for name in shiftexp.__all__ if name not in unmeasured]
    fitted = {name for name in door if hasattr(getattr(shiftexp, name), "fit")}
    closed = {name.removeprefix("displacement.") for name in measured if "." in name}
    assert {name for name in measured if "." not in name} == fitted | ACTING
    assert closed <= set(displacement.__all__)


def test_a_method_warns_where_its_own_row_shows_too_large_a_size() -> None:
    """Known misses are named in SILENT; the test fails when one is added and when one is mended."""
    found = {
        (r["method"], r["T"], r["process"])
        for name, rows in TABLES.items()
        for r in page.too_large(rows)
        if name not in KERNEL_TABLES
        if not page.always_warned(rows, r)
    }
    assert found == set(SILENT)


def promised() -> float:
    """Return the share of false positives that the warning of every fit speaks of."""
    law = prepared_law(next(c for c in grid(DEVELOPMENT_SEED) if c.table == "one_series"))
    law = replace(law, z=np.random.default_rng(1).standard_normal(law.z.shape))
    with pytest.warns(SmallSampleWarning):
        note, *_ = small_sample(8, 4, trend=False, posterior=law)
    (number,) = re.findall(r"up to (\d+) %", note)
    return float(number) / 100


def default_sizes(process: str) -> list[float]:
    """Return every size of what ships under one kind of error process."""
    return [
        float(row["value"])
        for name in SERIES_TABLES
        for row in TABLES[name]
        if row["measure"].startswith("size")
        and row["nominal"] == "0.05"
        and row["condition"] in {"", page.SHIPPED}
        and row["process"] == process
    ]


def test_the_warning_promises_no_less_than_the_largest_size_measured() -> None:
    largest = max(default_sizes("local level"))
    assert largest <= promised() + ERROR
    assert promised() < largest + 0.02


def test_the_default_holds_its_level_under_autoregressive_errors() -> None:
    assert max(default_sizes("AR(1)")) <= 0.07 + ERROR


def test_the_default_comes_near_what_any_test_can_find() -> None:
    """MUST SHOW: T = 20, 40: at least 80 % of the study's bounds in every cell, 93 % on average."""
    cells = page_engines.bounds_cells(TABLES["power_bounds"])
    shares = [cell.of_study for cell in cells if cell.periods in {"20", "40"}]
    assert len(shares) == 12
    assert min(shares) >= 0.80
    assert sum(shares) / len(shares) >= 0.93


def test_methods_says_the_same_number_as_the_warning() -> None:
    words = " ".join((ROOT / "METHODS.md").read_text("utf-8").split())
    given = re.search(r"up to (\d+) % under a random walk with noise", words)
    assert given is not None
    assert int(given[1]) / 100 == promised()


@pytest.mark.slow
def test_the_page_says_what_the_tables_say() -> None:
    text = PAGE.read_text("utf-8")
    assert page.found(TABLES) in text


@pytest.mark.parametrize("method", [LEVEL, TREND, DID])
@pytest.mark.parametrize(("before", "rho"), [(8, 0.4), (27, 0.9)])
def test_the_table_is_about_the_estimator_that_ships(method: str, before: int, rho: float) -> None:
    cell = next(
        c
        for c in grid(DEVELOPMENT_SEED)
        if (c.table, c.method, c.before, c.rho) == ("one_series", method, before, (rho,))
    )
    count = 8
    prepared = prepared_law(cell)
    bulk = ask(prepared, destination_series(cell, count))
    told = warned(cell, prepared, bulk.persistence)
    donors = DONORS if method == DID else ()
    if donors:
        values = donor_values(cell, count, cell.random())
    else:
        values = destination_series(cell, count)[:, None, :]
    for i in range(count):
        panel = panel_of(values[i], ("D", *donors), cell.years)
        result, warning = quiet_fit(BAYES[method], panel, one_side(cell, donors))
        p = result.effects.two_sided_p((0.0, 1.0))
        assert math.isnan(p) == bulk.withheld[i]
        assert bulk.withheld[i] or p == pytest.approx(bulk.two_sided[i], rel=1e-6)
        assert warning == told[i]


def test_the_rule_for_a_range_of_onsets_is_the_one_that_ships() -> None:
    cell = next(c for c in grid(DEVELOPMENT_SEED) if c.table == "onset_range")
    last = cell.onset + CANDIDATES - 1
    noise = autoregressive_errors((3, cell.periods), 0.4, np.random.default_rng(5))
    shipped = prepared_law(cell, last=last)
    bulk = ask(shipped, of_used(shipped, noise))
    assert len(shipped.time) == cell.periods - (CANDIDATES - 1)
    for i, series in enumerate(noise):
        panel = panel_of(series, ("D",), cell.years)
        result, _ = quiet_fit(BAYES[cell.method], panel, one_side(cell, last=last))
        p = result.effects.two_sided_p((0.0, 1.0))
        assert p == pytest.approx(bulk.two_sided[i], rel=1e-6)


def test_the_same_cell_gives_the_same_numbers_and_another_seed_others() -> None:
    cell = replace(grid(DEVELOPMENT_SEED)[0], draws=400, rho=(0.8,))
    assert measure(cell) == measure(cell)
    assert measure(cell) != measure(replace(cell, seed=FINAL_SEED))


def test_holm_in_bulk_is_the_one_that_ships() -> None:
    p = np.random.default_rng(1).uniform(0.001, 0.06, (12, 3))
    shipped = [bool(shiftexp.adjust(each.tolist()).rejected) for each in p]
    assert holm_rejects(p).tolist() == shipped
    assert len(set(shipped)) == 2


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


def test_limits_of_a_shift_hold_when_they_leave_room_for_the_largest_one() -> None:
    nothing = _Said(sectors=(), declared=None, undecided=True, status={}, share=1.0, flow=9.0)
    said = [nothing, replace(nothing, share=0.4, flow=11.0)]
    hold, informative = _limits(said, TRUTHS["mixed"], "", "")
    assert (hold.value, informative.value) == (0.0, 0.5)
    assert _limits(said, TRUTHS["expansion"], "", "")[0].value == 1
