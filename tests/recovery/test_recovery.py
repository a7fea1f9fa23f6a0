"""The recovery study draws what it says, measures what ships, and its page says its table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp
from shiftexp.design import Design as Study
from shiftexp.kernels.vessel_flow import OwnChanges
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN
from tests.recovery.make_recovery import DOCS, STUDY, cells, rows
from tests.recovery.make_tables import COLUMNS, identity, line
from tests.recovery.measure import LATER_SEEDS, Cell, panel_of
from tests.recovery.measure_recovery import FLAG, TABLE, _ask, _rooms, recovery
from tests.recovery.measure_recovery import cells as flows
from tests.recovery.page_recovery import page
from tests.recovery.recomputing import assert_recomputed, chooser
from tests.recovery.recovery_data import DISPERSION, PAIRS, added, growth, lumps, regressors, series
from tests.recovery.recovery_designs import (
    ALL_FLOW,
    ANNUAL,
    DESIGNS,
    DRAWN,
    FIXED,
    FLOW,
    GROUPS,
    HIGHER,
    LEVEL,
    MONTHS,
    SDS,
    TRUTHS,
    TWO_OWN,
    settings,
)
from tests.recovery.recovery_targets import MET, MISSED, UNKNOWN, WITHIN, Target, judged

SEED = LATER_SEEDS[TABLE]
STORED = {table: found for table, found in rows().items() if table in STUDY}
ROWS = [row for found in STORED.values() for row in found]
RECOMPUTED = 3
BASE = settings(ANNUAL, FIXED)[0]


def chosen() -> list[Cell]:
    """Return cells chosen by the commit's hash; none before the table is measured."""
    return chooser().sample(cells(), RECOMPUTED) if ROWS else []


@pytest.mark.slow
@pytest.mark.parametrize("cell", chosen(), ids=lambda c: f"{c.process}-{c.setting}")
def test_a_cell_chosen_by_the_commit_gives_the_numbers_that_are_stored(cell: Cell) -> None:
    assert_recomputed(cell, STORED)


def test_a_table_that_is_measured_holds_every_cell_and_no_other() -> None:
    every = cells()
    assert set(STORED) in (set(STUDY), set())
    named = {(cell.table, *identity(cell).values()) for cell in every}
    found = {
        (t, *(row[k] for k in identity(every[0]))) for t, rows in STORED.items() for row in rows
    }
    assert found in (named, set())
    for table, held in STORED.items():
        assert {row["seed"] for row in held} == {str(LATER_SEEDS[table])}
    assert {row["version"] for row in ROWS} <= {shiftexp.__version__}
    assert {tuple(row) for row in ROWS} <= {COLUMNS}
    assert [row for row in ROWS if not (row["source"] and row["date"])] == []


def test_the_page_says_what_the_table_says() -> None:
    path = DOCS / f"{TABLE}.md"
    assert path.exists() == bool(ROWS)
    assert not ROWS or path.read_text("utf-8") == page(STORED)


def test_half_of_the_cells_have_settings_drawn_at_random_and_no_two_cells_are_alike() -> None:
    every = list(flows(SEED))
    drawn = [c for c in every if c.setting.endswith(DRAWN)]
    assert 2 * len(drawn) == len(every) == len({(c.process, c.setting) for c in every})
    assert {c.draws for c in every} == {100, 400}
    assert all(c.draws % GROUPS == 0 for c in every)


@pytest.mark.parametrize("name", DESIGNS)
def test_drawn_settings_lie_in_the_stated_ranges_and_differ_from_group_to_group(name: str) -> None:
    design, drawn = DESIGNS[name], settings(name, DRAWN)
    assert drawn == settings(name, DRAWN)
    assert len(set(drawn)) == GROUPS
    assert len({s.before + s.after for s in drawn}) > 1
    for setting in drawn:
        assert LEVEL[0] <= setting.levels[1] <= LEVEL[1]
        assert HIGHER[0] <= setting.levels[0] / setting.levels[1] <= HIGHER[1]
        for sd, base in zip(setting.sds, design.sds, strict=True):
            assert SDS[0] * base <= sd <= SDS[1] * base
        assert setting.size < setting.levels[1]
        assert 0 <= setting.lag < setting.after
        assert setting.before % design.seasons == 0


@pytest.mark.parametrize("name", DESIGNS)
def test_a_flow_leaves_one_place_and_all_of_it_arrives_at_the_other_by_the_end(name: str) -> None:
    design, setting = replace(DESIGNS[name], wave=False), settings(name, FIXED)[0]
    moved = added(design, setting, TRUTHS[FLOW])
    assert moved[DESTINATION, -1] == pytest.approx(setting.size)
    assert moved[ORIGIN, -1] <= -setting.size
    assert (moved[2:] == 0).all()
    onset = setting.before + design.late * design.seasons
    assert np.flatnonzero(moved[ORIGIN])[0] == onset
    assert np.flatnonzero(moved[DESTINATION])[0] == onset + setting.lag


@pytest.mark.parametrize("name", DESIGNS)
def test_own_changes_are_as_large_as_the_flow_by_the_end(name: str) -> None:
    design, setting = replace(DESIGNS[name], wave=False), settings(name, FIXED)[0]
    alone = added(design, setting, TRUTHS[TWO_OWN])
    assert alone[:2, -1] == pytest.approx([-setting.size, setting.size])
    slopes = np.diff(alone[DESTINATION])
    assert set(np.round(slopes / slopes[-1], 6)) <= {0.0, 0.5, 1.0}


def test_the_share_of_a_flow_without_other_growth_is_one_and_a_wave_is_growth() -> None:
    design = DESIGNS[ANNUAL]
    assert growth(design, BASE, TRUTHS[ALL_FLOW]) == BASE.size
    assert growth(design, BASE, TRUTHS[FLOW]) == 2 * BASE.size
    assert growth(replace(design, wave=True), BASE, TRUTHS[FLOW]) == 3 * BASE.size


def test_lumps_have_no_mean_unit_variance_and_a_long_right_tail() -> None:
    drawn = lumps((400, 500), np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.var() == pytest.approx(1, abs=0.03)
    assert (drawn**3).mean() > 1


def test_counts_are_whole_and_vary_as_much_as_their_laws_say() -> None:
    still, mean = replace(BASE, sds=(0.0, 0.0, 4.0)), BASE.levels[0]
    for law, variance in (("Poisson", mean), ("negative binomial", mean + DISPERSION * mean**2)):
        design = DESIGNS[f"{law} counts"]
        drawn = series(design, still, TRUTHS["nothing"], 20_000, np.random.default_rng(1))
        assert (drawn == np.round(drawn)).all()
        assert drawn[:, ORIGIN, 0].var() == pytest.approx(variance, rel=0.05)


def test_far_places_cancel_levels_and_countries_walks_but_not_the_noise() -> None:
    name = "10 near pairs less 10 far"
    drawn = series(DESIGNS[name], BASE, TRUTHS["nothing"], 20_000, np.random.default_rng(1))
    own, _, noise = BASE.sds
    changes = np.diff(drawn, axis=2)
    assert drawn.mean() == pytest.approx(0, abs=0.1)
    assert changes.var() == pytest.approx(2 * own**2 / PAIRS + 4 * noise**2, rel=0.02)
    assert np.corrcoef(changes[:, 0, 0], changes[:, 1, 0])[0, 1] == pytest.approx(0, abs=0.03)


def test_months_have_the_walks_and_the_noise_of_a_year() -> None:
    name = "monthly"
    setting, nothing = settings(name, FIXED)[0], TRUTHS["nothing"]
    drawn = series(DESIGNS[name], setting, nothing, 4000, np.random.default_rng(1))
    own, common, noise = setting.sds
    across = (drawn[..., MONTHS:] - drawn[..., :-MONTHS])[..., 0]
    expected = own**2 + common**2 + 2 * MONTHS * noise**2
    assert across.var(axis=0) == pytest.approx([expected] * 2, rel=0.1)


@pytest.mark.slow
def test_limits_are_those_of_the_estimator_that_ships() -> None:
    rng = np.random.default_rng(3)
    design, truth = DESIGNS[ANNUAL], TRUTHS[FLOW]
    asked = _ask(design, BASE, truth, series(design, BASE, truth, 1, rng))
    cell = next(flows(SEED))
    panel = panel_of(asked.y[0], ("O", "D"), cell.years)
    study = Study(origin="O", destination="D", onset=cell.onset)
    many = 50_000
    flow = shiftexp.CommunicatingVessels(lags=(1,), draws=many).fit(panel, study).flow
    room, shares = _rooms(asked, rng)
    assert room.highest[0] == pytest.approx(flow.limits.flow[1], rel=0.01)
    assert shares.total[1, 0] == pytest.approx(flow.limits.total[1], abs=0.02)
    for scale, limits in ((0.0, None), *flow.by_scale):
        own = OwnChanges.stated(scale)
        drawn = asked.model(own, 0.1).draws(own, many, rng)
        if limits is None:
            assert drawn.quantile(drawn.flow, 0.5)[0] == pytest.approx(flow.conserved[0], abs=0.3)
        else:
            low = room.proved(drawn.quantile(drawn.flow, 0.025), scale)
            assert low[0] == pytest.approx(limits.flow[0], abs=1.0)


@pytest.mark.slow
def test_the_same_cell_gives_the_same_numbers_and_another_seed_others() -> None:
    cell = replace(next(flows(1)), draws=GROUPS)
    assert recovery(cell) == recovery(cell)
    assert recovery(cell) != recovery(replace(cell, seed=SEED))


def test_regressors_are_those_of_the_declared_onset_when_the_true_one_differs() -> None:
    design = DESIGNS["true onset 2 years later"]
    told, true = regressors(design, BASE), added(design, BASE, TRUTHS[FLOW])
    assert np.flatnonzero(told.flow[ORIGIN, :, 0])[0] == BASE.before
    assert np.flatnonzero(true[ORIGIN])[0] == BASE.before + 2


def _row(effect: str, measure: str, value: str, belief: str = "s = 1") -> dict[str, str]:
    return {
        "process": ANNUAL,
        "setting": f"{effect}; {FIXED}",
        "effect": effect,
        "condition": belief,
        "measure": measure,
        "value": value,
        "mc_error": "0.0100",
        "draws": "400",
    }


def test_a_target_is_judged_by_its_worst_cell() -> None:
    found = [_row(FLOW, "flow covered", "0.97"), _row(TWO_OWN, "flow covered", "0.93")]
    target = Target(words="", measure="flow covered", designs=(ANNUAL,), least=0.94)
    assert judged(target, found, FIXED).verdict == WITHIN
    assert judged(target, found, FIXED).cell == f"{ANNUAL}: {TWO_OWN}"
    assert judged(replace(target, least=0.96), found, FIXED).verdict == MISSED
    assert judged(replace(target, least=0.96, truths=(FLOW,)), found, FIXED).verdict == MET
    assert judged(replace(target, least=-1, most=0.5), found, FIXED).value == 0.97
    assert judged(target, found, DRAWN).verdict == UNKNOWN


def test_flagged_data_sets_are_put_together_by_how_many_there_are() -> None:
    measure = f"flow covered, {FLAG}"
    found = [_row(FLOW, measure, "0.80"), _row(TWO_OWN, measure, "1.00")]
    found += [_row(FLOW, FLAG, "0.10", ""), _row(TWO_OWN, FLAG, "0.30", "")]
    target = Target(words="", measure=measure, designs=(ANNUAL,), least=0.9, pooled=True)
    assert judged(target, found, FIXED).value == pytest.approx(0.95)


@pytest.mark.slow
def test_the_page_can_be_written_from_any_table_and_shows_both_halves() -> None:
    cell = replace(next(flows(1)), draws=GROUPS)
    stamped = {"version": "0", "source": "x", "date": "today"}
    both = [replace(cell, setting=cell.setting.replace(FIXED, half)) for half in (FIXED, DRAWN)]
    text = page({TABLE: [line(c, rate) | stamped for c in both for rate in recovery(c)]})
    (row, *_) = [
        t for t in text.splitlines() if t.startswith(f"| {ANNUAL} | {FLOW} (A1) | s = 0 |")
    ]
    assert row.count("/") == row.count(" | ") - 2
    assert row.count("-/-") == 1  # what of excess growth is flow is assumed there
