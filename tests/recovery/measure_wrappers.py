"""Rates of the wrappers that compare with placebos, draws and blocks, measured through ``fit``."""

from __future__ import annotations

import numpy as np

from shiftexp.design import Design
from shiftexp.estimators.did import DifferenceInDifferences
from shiftexp.inference.bootstrap import BlockBootstrap
from shiftexp.inference.donors import ConleyTaber, FermanPinto
from shiftexp.inference.end_of_sample import EndOfSample
from shiftexp.inference.permutation import Permutation
from shiftexp.inference.placebo import Placebo
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import NORMAL, covariance, draw
from shiftexp.result import Estimator
from tests.recovery.measure import (
    BAYES,
    GLS_UNITS,
    Cell,
    Rate,
    average,
    panel_of,
    share,
)
from tests.recovery.measure_fits import LOG_SD, quiet_fit

LEVEL_OF_TESTS = 0.10
PAIR = ("O", "D")
BASE = 100.0
ALIKE, SMALLER, FEWER = "20 donors alike", "20 smaller donors", "10 donors alike"
QUIETER = "20 donors, a third of the sd"
NO_DONORS = "own past"
DONORS = {NO_DONORS: 0, ALIKE: 20, SMALLER: 20, FEWER: 10, QUIETER: 20}
_DID = BAYES["DifferenceInDifferences()"]
_LOG_DID = DifferenceInDifferences(scale="log")
_LOG = "DifferenceInDifferences(scale='log')"
_LEVEL = BAYES["InterruptedTimeSeries(trend=False)"]
_TREND = BAYES["InterruptedTimeSeries(trend=True)"]
_OWN = "InterruptedTimeSeries(trend=False)"

AGAINST_DONORS: dict[str, Estimator] = {
    "Permutation(DifferenceInDifferences())": Permutation(_DID),
    "Permutation(DifferenceInDifferences(), studentized=True)": Permutation(_DID, studentized=True),
    "ConleyTaber(DifferenceInDifferences())": ConleyTaber(_DID),
    "FermanPinto(DifferenceInDifferences())": FermanPinto(_DID),
}
IN_LOGS: dict[str, Estimator] = {
    f"Permutation({_LOG})": Permutation(_LOG_DID),
    f"Permutation({_LOG}, studentized=True)": Permutation(_LOG_DID, studentized=True),
    f"ConleyTaber({_LOG})": ConleyTaber(_LOG_DID),
}
AGAINST_PAST: dict[str, Estimator] = {
    f"Permutation({_OWN}, over='onsets')": Permutation(_LEVEL, over="onsets"),
    f"Permutation({_OWN}, over='onsets', studentized=True)": Permutation(
        _LEVEL, over="onsets", studentized=True
    ),
    f"Placebo({_OWN})": Placebo(_LEVEL),
    f"BlockBootstrap({_OWN})": BlockBootstrap(_LEVEL),
    "BlockBootstrap(InterruptedTimeSeries(trend=True))": BlockBootstrap(_TREND),
    f"EndOfSample({_OWN})": EndOfSample(_LEVEL),
}
WRAPPERS = AGAINST_DONORS | IN_LOGS | AGAINST_PAST


def wrappers(cell: Cell) -> tuple[Rate, ...]:
    """Measure a wrapper at 10 %: size at the destination and of the net effect, and power.

    On the level scale an effect moves the estimate and nothing else, so power is read off the law
    of the null data; in logs a rise and a fall by the same factor are put into the data.
    """
    if cell.method in IN_LOGS:
        return _in_logs(cell)
    names, design = study_of(cell)
    effect = GLS_UNITS * gls_sd(cell)
    asked = np.array([(0.0, 1.0), (1.0, 1.0), (0.0, 1.0)])
    truths = np.array([0.0, 0.0, -effect])
    p, told, stated = np.empty((3, cell.draws)), np.empty(cell.draws, bool), np.empty(cell.draws)
    for i, values in enumerate(series(cell)):
        result, told[i] = quiet_fit(
            WRAPPERS[cell.method], panel_of(values, names, cell.years), design
        )
        law = result.effects.law
        one_sided = np.minimum(law.p_value(asked, truths), law.p_value(-asked, -truths))
        p[:, i] = np.minimum(one_sided / law.tail, 1.0)
        stated[i] = float(result.notes[0].split("come out is ")[1].split(",")[0])
    rejected = p <= LEVEL_OF_TESTS + 1e-9
    paths = path_tests(cell, effect) if "EndOfSample" in cell.method else ()
    return (
        share("size", rejected[0], nominal=LEVEL_OF_TESTS),
        share("size, net", rejected[1], nominal=LEVEL_OF_TESTS),
        share("power", rejected[2], effect=f"{GLS_UNITS:g} GLS sd"),
        share("warned", told),
        average("smallest p stated", stated, effect="all together"),
        *paths,
    )


def _in_logs(cell: Cell) -> tuple[Rate, ...]:
    """Measure a wrapper on a log scale: size, and power for a rise and a fall by one factor."""
    names, design = study_of(cell)
    after = np.arange(cell.periods) >= cell.before
    effect = GLS_UNITS * LOG_SD * gls_sd(cell)
    asked = np.array([(0.0, 1.0), (1.0, 1.0)])
    p, told, stated = np.empty((3, cell.draws, 2)), np.empty(cell.draws, bool), np.empty(cell.draws)
    for i, values in enumerate(series(cell)):
        for k, truth in enumerate((0.0, effect, -effect)):
            moved = values * np.exp(truth * after * (np.arange(len(values)) == 1)[:, None])
            result, warned = quiet_fit(
                WRAPPERS[cell.method], panel_of(moved, names, cell.years), design
            )
            law = result.effects.law
            p[k, i] = np.minimum(law.limit_p(asked, 0.0, 0.1), law.limit_p(-asked, 0.0, 0.1))
            if not truth:
                told[i] = warned
                stated[i] = float(result.notes[0].split("come out is ")[1].split(",")[0])
    rejected = p <= LEVEL_OF_TESTS + 1e-9
    return (
        share("size", rejected[0, :, 0], nominal=LEVEL_OF_TESTS),
        share("size, net", rejected[0, :, 1], nominal=LEVEL_OF_TESTS),
        share("power", rejected[1, :, 0], effect=f"{GLS_UNITS:g} GLS sd, a rise"),
        share("power of a fall", rejected[2, :, 0], effect=f"{GLS_UNITS:g} GLS sd, a fall"),
        share("warned", told),
        average("smallest p stated", stated, effect="all together"),
    )


def study_of(cell: Cell) -> tuple[tuple[str, ...], Design]:
    """Return the units of a cell, and the design that studies them."""
    names = (*PAIR, *(f"C{j}" for j in range(1, DONORS[cell.setting] + 1)))
    return names, Design(origin="O", destination="D", onset=cell.onset, donors=names[2:])


def path_tests(cell: Cell, effect: float) -> tuple[Rate, ...]:
    """Measure P and R of the destination: size, and power for the effect at every later period."""
    design = Design(origin="O", destination="D", onset=cell.onset)
    after = (np.arange(cell.periods) >= cell.before).astype(float)
    p = np.empty((2, cell.draws, 2))
    for k, truth in enumerate((0.0, effect)):
        for i, values in enumerate(series(cell)):
            shifted = values + np.array([[0.0], [truth]]) * after
            tests = EndOfSample(_LEVEL).run(panel_of(shifted, PAIR, cell.years), design)
            p[k, i] = tests.p_values[tests.sides.index("destination")]
    found = p <= LEVEL_OF_TESTS + 1e-9
    return (
        share("size, P", found[0, :, 0], nominal=LEVEL_OF_TESTS),
        share("size, R", found[0, :, 1], nominal=LEVEL_OF_TESTS),
        share("power, P", found[1, :, 0], effect=f"{GLS_UNITS:g} GLS sd"),
        share("power, R", found[1, :, 1], effect=f"{GLS_UNITS:g} GLS sd"),
    )


def deviations(cell: Cell) -> Floats:
    """Return the sd of origin, destination and donors; smaller ones vary as counts do."""
    donors = DONORS[cell.setting]
    levels = np.linspace(0.25, 1.0, donors) if cell.setting == SMALLER else np.ones(donors)
    levels = levels / 9 if cell.setting == QUIETER else levels
    return np.asarray(np.sqrt(np.concatenate([[1.0, 1.0], levels])))


def series(cell: Cell) -> Floats:
    """Return data sets without effect, shape (draws, units, T); a smaller unit has a lower level.

    Donors that vary less have the level of the pair; in logs, nine times that level.
    """
    sd = deviations(cell)
    noise = draw(
        cell.process, cell.rho[0], NORMAL, (cell.draws, len(sd), cell.periods), cell.random()
    )
    if cell.method in IN_LOGS:
        return np.asarray(BASE / sd[:, None] ** 2 * np.exp(LOG_SD * sd[:, None] * noise))
    level = np.ones_like(sd) if cell.setting == QUIETER else sd**2
    return np.asarray(BASE * level[:, None] + sd[:, None] * noise)


def gls_sd(cell: Cell) -> float:
    """Return the sd of the destination's effect when the errors' correlation is known."""
    time = np.arange(cell.periods)
    after = (time >= cell.before).astype(float)
    columns = [np.ones(cell.periods), after]
    if "trend=True" in cell.method:
        columns += [time - time.mean(), after * (time - time[cell.before :].mean())]
    x = np.stack(columns, axis=1)
    precision = x.T @ np.linalg.solve(covariance(cell.process, cell.rho[0], cell.periods), x)
    donors = deviations(cell)[2:]
    contrast = 1 + (donors**2).sum() / max(len(donors), 1) ** 2
    return float(np.sqrt(np.linalg.inv(precision)[1, 1] * contrast))
