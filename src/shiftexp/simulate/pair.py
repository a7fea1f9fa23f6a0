"""One annual pair with a step, the simplest truth there is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.error_draws import autoregressive_errors
from shiftexp.panel import Panel

_FIRST_YEAR = 2001


def simulate_pair(
    *,
    origin_effect: float = 0.0,
    destination_effect: float = 0.0,
    flow: float = 0.0,
    periods: tuple[int, int] = (12, 8),
    base: tuple[float, float] = (100.0, 40.0),
    sd: float = 4.0,
    autocorrelation: float = 0.4,
    correlation: float = 0.0,
    donors: int = 0,
    rng: int | np.random.Generator = 1,
) -> tuple[Panel, Design]:
    r"""Return an annual panel whose effects are known, and the design that studies it.

    .. math:: y_{it} = base_i + \Delta_i 1[t \ge \tau] + sd \cdot u_{it}, \quad
       \Delta_O = X_O - F, \ \Delta_D = A_D + F, \ u \text{ AR(1)}

    Parameters
    ----------
    origin_effect, destination_effect : float, default 0
        Own changes of either side, X_O and A_D, in units per year.
    flow : float, default 0
        What moves from origin to destination, F, in units per year: the pair of effects is (X_O -
        F, A_D + F).
    periods : tuple of two ints, default (12, 8)
        Years before and after the onset.
    base : tuple of two floats, default (100, 40)
        Levels before the onset, in units per year.
    sd : float, default 4
        Standard deviation of the errors, in units per year.
    autocorrelation : float, default 0.4
        Of the errors, from 0 to below 1.
    correlation : float, default 0
        Between the errors of all units.
    donors : int, default 0
        Number of donors without effect, at the destination's level.
    rng : int or numpy Generator, default 1
        Seed or source of the draws.

    Returns
    -------
    tuple of Panel and Design
        Units "O", "D" and donors "C1", ... over years from 2001 on.

    Raises
    ------
    DesignError
        When a correlation lies outside [0, 1), ``sd`` is not positive, or a number of years or
        donors is negative.

    Examples
    --------
    >>> panel, design = simulate_pair(destination_effect=10, donors=2)
    >>> panel.units, design.onset
    (('C1', 'C2', 'D', 'O'), 2013)
    """
    _check(periods, sd, autocorrelation, correlation, donors)
    source = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    before, after = periods
    units = ["O", "D", *(f"C{i}" for i in range(1, donors + 1))]
    levels = np.array([*base, *([base[1]] * donors)])
    own = autoregressive_errors((len(units), before + after), autocorrelation, source)
    common = autoregressive_errors((1, before + after), autocorrelation, source)
    errors = np.sqrt(1 - correlation) * own + np.sqrt(correlation) * common
    effect = np.zeros(len(units))
    effect[:2] = origin_effect - flow, destination_effect + flow
    step = np.arange(before + after) >= before
    values = levels[:, None] + effect[:, None] * step + sd * errors
    years = np.arange(_FIRST_YEAR, _FIRST_YEAR + before + after)
    frame = pd.DataFrame(
        {
            "unit": np.repeat(units, len(years)),
            "year": np.tile(years, len(units)),
            "y": values.ravel(),
        }
    )
    panel = Panel.from_frame(frame, unit="unit", period="year", value="y", unit_of_measure="units")
    design = Design(
        origin="O", destination="D", onset=_FIRST_YEAR + before, donors=tuple(units[2:])
    )
    return panel, design


def _check(
    periods: tuple[int, int], sd: float, autocorrelation: float, correlation: float, donors: int
) -> None:
    """Refuse settings that describe no panel."""
    problems = [
        Problem(f"{name} = {value!r}", "a number from 0 to below 1", "choose for example 0.4")
        for name, value in (("autocorrelation", autocorrelation), ("correlation", correlation))
        if not 0 <= value < 1
    ]
    if not sd > 0:
        problems.append(Problem(f"sd = {sd!r}", "a positive number", "choose for example 4"))
    if min(periods) < 1 or donors < 0:
        given = f"periods = {periods!r}, donors = {donors!r}"
        problems.append(Problem(given, "at least one year on each side, donors >= 0", "raise them"))
    if problems:
        raise DesignError(problems)
