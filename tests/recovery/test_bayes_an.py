"""Size, coverage and power of Bayes-AN against the table of the project's inference study, T = 20.

Published values: the rows Bayes-AN of its tables "level shift" and "ITS mean post effect", averages
over the break dates (20, 13) and (20, 10). An effect is 2.8 standard deviations of the generalised
least-squares estimator that knows the covariance, so that a z test has power .80.
"""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.mixture import mixture_design, posterior
from tests.panels import ar1

T, DRAWS, DATES = 20, 2000, (13, 10)
PUBLISHED = [  # regression, autocorrelation, size, power
    ("shift", 0.0, 0.010, 0.36),
    ("shift", 0.4, 0.036, 0.59),
    ("shift", 0.8, 0.077, 0.78),
    ("ITS", 0.0, 0.008, 0.35),
    ("ITS", 0.4, 0.026, 0.59),
    ("ITS", 0.8, 0.097, 0.82),
]


def regression(kind: str, onset: int) -> Floats:
    """Return the regressors; the tested coefficient is the step, the last but the slope."""
    time = np.arange(T, dtype=float)
    step = (time >= onset).astype(float)
    if kind == "shift":
        return np.column_stack([np.ones(T), step])
    return np.column_stack([np.ones(T), time, step, step * (time - time[onset:].mean())])


def true_deviation(x: Floats, rho: float, column: int) -> float:
    """Return the standard deviation of the estimator that knows the covariance."""
    time = np.arange(T)
    inverse = np.linalg.inv(rho ** np.abs(time[:, None] - time) if rho else np.eye(T))
    return float(np.sqrt(np.linalg.inv(x.T @ inverse @ x)[column, column]))


def rates(kind: str, rho: float) -> tuple[float, float, float]:
    """Return size, coverage at the effect, and power, averaged over the break dates."""
    column = 1 if kind == "shift" else 2
    found = []
    for onset in DATES:
        x = regression(kind, onset)
        design, ask = mixture_design(x, np.arange(T, dtype=float)), np.eye(x.shape[1])[column]
        rng = np.random.default_rng(np.random.SeedSequence(20, spawn_key=(onset,)))
        noise = ar1(rng, (DRAWS // len(DATES), T), rho)
        effect = 2.8 * true_deviation(x, rho, column)
        null = posterior(design, noise, ask).cdf(np.zeros(len(noise)))
        moved = posterior(design, noise + effect * x[:, column], ask)
        below, at = moved.cdf(np.zeros(len(noise))), moved.cdf(np.full(len(noise), effect))
        rejected = [np.minimum(p, 1 - p) <= 0.025 for p in (null, below, at)]
        found.append([rejected[0].mean(), 1 - rejected[2].mean(), rejected[1].mean()])
    size, coverage, power = np.mean(found, axis=0)
    return float(size), float(coverage), float(power)


def tolerance(probability: float) -> float:
    """Return three Monte Carlo standard deviations."""
    return 3 * float(np.sqrt(probability * (1 - probability) / DRAWS))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "rho", "size", "power"), PUBLISHED)
def test_published_size_coverage_and_power(
    kind: str, rho: float, size: float, power: float, capsys: pytest.CaptureFixture[str]
) -> None:
    found = rates(kind, rho)
    with capsys.disabled():
        print(  # noqa: T201 - the measured numbers are the point of a slow test
            f"\n{kind} rho {rho}: size {found[0]:.3f} (published {size:.3f}), "
            f"coverage {found[1]:.3f}, power {found[2]:.3f} (published {power:.3f})"
        )
    assert found[0] == pytest.approx(size, abs=tolerance(size))
    assert found[1] == pytest.approx(1 - size, abs=tolerance(size))
    assert found[2] == pytest.approx(power, abs=tolerance(power))
