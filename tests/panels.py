"""Small simulated panels with a known truth for tests: AR(1) errors, seasons, effects, donors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Panel

FIRST = 2000
ONSET = 2014
DONORS = ("AT", "CZ", "DK", "FI", "PL", "PT")


def ar1(rng: np.random.Generator, size: tuple[int, int], rho: float = 0.4) -> Floats:
    """Return stationary AR(1) series of unit variance, shape (series, periods)."""
    shocks = rng.standard_normal(size) * np.sqrt(1 - rho**2)
    series = np.empty(size)
    series[:, 0] = shocks[:, 0] / np.sqrt(1 - rho**2)
    for t in range(1, size[1]):
        series[:, t] = rho * series[:, t - 1] + shocks[:, t]
    return series


def labels(first: int, size: int, per_year: int) -> list[str]:
    """Return period labels from January (or the first quarter) of a year on."""
    if per_year == 1:
        return [str(first + t) for t in range(size)]
    form = "{}Q{}" if per_year == 4 else "{}-{:02d}"
    return [form.format(first + t // per_year, t % per_year + 1) for t in range(size)]


def long_frame(
    series: Mapping[str, Sequence[float] | Floats],
    per_year: int = 1,
    flags: Mapping[tuple[str, str], str] | None = None,
    first: int = FIRST,
) -> pd.DataFrame:
    """Return tidy rows (country, period, amount, flag) of the observed values."""
    rows = []
    for unit, values in series.items():
        for period, value in zip(labels(first, len(values), per_year), values, strict=True):
            if np.isfinite(value):
                rows.append((unit, period, float(value), (flags or {}).get((unit, period), "ok")))
    return pd.DataFrame(rows, columns=["country", "period", "amount", "flag"])


def read(frame: pd.DataFrame, **options: Any) -> Panel:  # noqa: ANN401 - passed on as they are
    """Return the panel of a frame made by :func:`long_frame`."""
    kept = {"unit_of_measure": "kg"} | options
    return Panel.from_frame(
        frame, unit="country", period="period", value="amount", quality="flag", **kept
    )


def make_panel(
    series: Mapping[str, Sequence[float] | Floats],
    per_year: int = 1,
    flags: Mapping[tuple[str, str], str] | None = None,
    **options: Any,  # noqa: ANN401 - passed on as they are
) -> Panel:
    """Return a panel of series that all start at the same period."""
    return read(long_frame(series, per_year, flags), **options)


def annual_series(
    seed: int = 1,
    *,
    periods: int = 24,
    effects: tuple[float, float] = (-20.0, 40.0),
    level: tuple[float, float] = (120.0, 80.0),
    slope: float = 0.0,
    sd: float = 4.0,
    rho: float = 0.4,
) -> dict[str, Floats]:
    """Return NL (origin), BE (destination) and six donors; effects start in 2014."""
    rng = np.random.default_rng(seed)
    noise = ar1(rng, (2 + len(DONORS), periods), rho) * sd
    common = np.cumsum(rng.standard_normal(periods)) * sd / 4
    time = np.arange(periods)
    step = (time >= ONSET - FIRST).astype(float)
    base = [*level, *(90.0 + 5 * j for j in range(len(DONORS)))]
    values = np.array(base)[:, None] + noise + common + slope * time
    values[:2] += np.array(effects)[:, None] * step
    return dict(zip(("NL", "BE", *DONORS), values, strict=True))


def monthly_series(
    seed: int = 1, *, years: int = 8, onset: int = 60, effects: tuple[float, float] = (-6.0, 9.0)
) -> dict[str, Floats]:
    """Return NL, BE and six donors by month, with a season; effects start in month ``onset``."""
    rng = np.random.default_rng(seed)
    size = 12 * years
    noise = ar1(rng, (2 + len(DONORS), size), 0.3)
    season = 5 * np.sin(2 * np.pi * np.arange(size) / 12)
    values = 40.0 + noise + season
    values[:2] += np.array(effects)[:, None] * (np.arange(size) >= onset)
    return dict(zip(("NL", "BE", *DONORS), values, strict=True))


def pair_design(**changes: Any) -> Design:  # noqa: ANN401 - passed on as they are
    """Return the design of the simulated panels: NL to BE from 2014 on, against six donors."""
    fields: dict[str, Any] = {
        "origin": "NL", "destination": "BE", "onset": ONSET, "donors": DONORS,
    }  # fmt: skip
    return Design(**(fields | changes))
