"""Short names for scenarios and methods, and the seed of a task."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass

import numpy as np

from shiftexp.kernels.error_draws import AR2, SECOND_ORDER, WALK
from shiftexp.simulate import Scenario

_LARGEST_SEED = 2**63
_WRITTEN_WHOLE = 1000.0


def seed_of(rng: int | np.random.Generator) -> int:
    """Return a seed: the number given, or one drawn from a source."""
    return int(rng.integers(_LARGEST_SEED)) if isinstance(rng, np.random.Generator) else int(rng)


def described(scenario: Scenario) -> str:
    """Return what of a scenario differs from its defaults, the errors in words, the unit left out.

    Examples
    --------
    >>> described(Scenario(process="AR(2)", value=(0.9, 0.9)))
    'AR(2) with coefficients 0.5 and 0.3'
    >>> described(Scenario(flow=20.0, value=(0.8, 0.8))), described(Scenario())
    ('AR(1) 0.8/0.8, flow=20', 'the default scenario')
    >>> described(Scenario(base=(123456.7, 40.25)))
    'base=123457/40.25'
    """
    plain, told = vars(Scenario()), vars(scenario)
    errors = ("process", "value")
    differs = [name for name in told if told[name] != plain[name] and name != "unit"]
    words = [f"{name}={_short(told[name])}" for name in differs if name not in errors]
    if set(errors) & set(differs):
        words.insert(0, _errors(scenario))
    return ", ".join(words) or "the default scenario"


def _errors(scenario: Scenario) -> str:
    """Return the error process with the numbers that it uses: some have none of their own."""
    if scenario.process == SECOND_ORDER:
        return f"{scenario.process} with coefficients {AR2[0]:g} and {AR2[1]:g}"
    if scenario.process == WALK:
        return scenario.process
    origin, destination = scenario.value
    return f"{scenario.process} {origin:.3g}/{destination:.3g}"


def named(method: object) -> str:
    """Return the repr of frozen settings without those that are defaults; it evaluates to the same.

    Examples
    --------
    >>> from shiftexp.estimators.its import InterruptedTimeSeries
    >>> named(InterruptedTimeSeries(trend=False))
    'InterruptedTimeSeries(trend=False)'
    """
    if isinstance(method, tuple):
        inside = ", ".join(map(named, method))
        return f"({inside},)" if len(method) == 1 else f"({inside})"
    if not is_dataclass(method):
        return repr(method)
    given = [
        f"{f.name}={named(getattr(method, f.name))}"
        for f in fields(method)
        if f.default is MISSING or getattr(method, f.name) != f.default
    ]
    return f"{type(method).__name__}({', '.join(given)})"


def _short(value: object) -> str:
    """Write numbers without trailing zeros, anything else as its repr."""
    if isinstance(value, tuple):
        return "/".join(map(_short, value))
    if not isinstance(value, float):
        return repr(value)
    # Large ones in full: 4680 and 12140 stand side by side in one line.
    return f"{value:.0f}" if abs(value) >= _WRITTEN_WHOLE else f"{value:.4g}"
