"""Rates of synthetic controls whose donors the event reaches, beside the plain one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError
from shiftexp.estimators.spillover import InclusiveSyntheticControl, SpilloverSyntheticControl
from shiftexp.estimators.synthetic import SyntheticControl
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import AUTOREGRESSIVE
from shiftexp.result import Estimator, Result
from tests.recovery.measure import GLS_UNITS, NOMINAL, Cell, Rate, panel_of, share
from tests.recovery.measure_fits import quiet_fit
from tests.recovery.measure_synthetic import DONORS, EIGHT, TWENTY, gls_sd, series

_TOUCHED = ("C1",)
METHODS: dict[str, Estimator] = {
    "SyntheticControl(intercept=True)": SyntheticControl(intercept=True),
    "SpilloverSyntheticControl(exposed=('C1',))": SpilloverSyntheticControl(exposed=_TOUCHED),
    "InclusiveSyntheticControl(exposed=('C1',))": InclusiveSyntheticControl(exposed=_TOUCHED),
}
_ORIGIN, _DESTINATION, _NET = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
_REACHED = 2.0  # the effect on the exposed donor, in units of that on the destination
_GROWING = f"{GLS_UNITS:g} GLS sd on average, growing; twice it on a donor"


def spillover(cell: Cell) -> tuple[Rate, ...]:
    """Measure tests at 5 % without an effect, and where one reaches destination and a donor.

    A step moves the law of the destination by itself, because weights do not see it: power needs
    no second fit.
    """
    names = ("O", "D", *(f"C{j}" for j in range(1, DONORS[cell.setting] + 1)))
    design = Design(origin="O", destination="D", onset=cell.onset, donors=names[2:])
    effect = GLS_UNITS * gls_sd(cell)
    ramp = np.maximum(np.arange(cell.periods) - cell.before + 1, 0.0)
    ramp *= effect / ramp[cell.before :].mean()
    reached = np.array([0.0, 1.0, _REACHED, *np.zeros(len(names) - 3)])[:, None] * ramp
    p, warned, refused = np.full((cell.draws, 5), np.nan), *np.zeros((2, cell.draws), dtype=bool)
    for i, values in enumerate(series(cell)):
        try:
            (plain, warned[i]), (moved, _) = (
                quiet_fit(METHODS[cell.method], panel_of(v, names, cell.years), design)
                for v in (values, values + reached)
            )
        except DesignError:
            refused[i] = True
            continue
        p[i] = [
            _two_sided(plain, _DESTINATION, 0.0),
            _two_sided(plain, _NET, 0.0),
            _two_sided(plain, _DESTINATION, -effect),
            _two_sided(moved, _DESTINATION, effect),
            _two_sided(moved, _ORIGIN, 0.0),
        ]
    return (
        share("size", p[:, 0] <= NOMINAL, nominal=NOMINAL),
        share("size, net", p[:, 1] <= NOMINAL, nominal=NOMINAL),
        share("power", p[:, 2] <= NOMINAL, effect=f"{GLS_UNITS:g} GLS sd"),
        share("coverage", p[:, 3] > NOMINAL, effect=_GROWING, nominal=1 - NOMINAL),
        share("size, origin", p[:, 4] <= NOMINAL, effect=_GROWING, nominal=NOMINAL),
        share("warned", warned | refused),
        share("refused", refused),
    )


def _two_sided(result: Result, a: Floats, at: float) -> float:
    """Return the two-sided p of a . Delta = at."""
    law, both = result.effects.law, np.array([a, -a])
    return float(law.limit_p(both, np.array([at, -at]), NOMINAL).min())


def cells(seed: int) -> Iterator[Cell]:
    """Yield the methods whose donors the event may reach, beside the plain one, at 5 %."""
    places = (((12, 8), EIGHT), ((27, 13), TWENTY))
    for method, ((before, after), setting), rho in itertools.product(
        METHODS, places, (0.0, 0.4, 0.8)
    ):
        yield Cell(
            table="spillover",
            method=method,
            before=before,
            after=after,
            process=AUTOREGRESSIVE,
            rho=(rho,),
            setting=setting,
            draws=200,
            seed=seed,
        )
