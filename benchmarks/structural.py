"""The peers' structural models: two regressors, and 1,000 paths of what would have been."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.harness import Answer, Runs
from shiftexp.kernels.cases import Floats

PERIODS, BEFORE, PATHS = 240, 180, 1_000


def series() -> tuple[Floats, Floats]:
    """Return y with a drifting level and slope and an effect of 3, and two random-walk regressors.

    Returns
    -------
    tuple of two arrays of shape (T,) and (T, 2)
        The series and its regressors.
    """
    rng = np.random.default_rng(1)
    x = rng.normal(size=(PERIODS, 2)).cumsum(axis=0)
    slope = rng.normal(0, 0.02, PERIODS).cumsum()
    level = 20 + (slope + rng.normal(0, 0.3, PERIODS)).cumsum()
    y = level + x @ np.array([1.0, 0.5]) + rng.normal(0, 0.5, PERIODS)
    y[BEFORE:] += 3.0
    return y, x


def bsts_causalimpact() -> Runs:
    """Return the Gibbs sampler of bsts-causalimpact."""
    from causal_impact import CausalImpact

    y, x = series()
    frame = pd.DataFrame(np.column_stack([y, x]), columns=["y", "first", "second"])
    model = {"niter": PATHS, "nwarmup": 500, "seed": 1, "state_model": "local_linear_trend"}

    def ready() -> Answer:
        fit = CausalImpact(frame, [0, BEFORE - 1], [BEFORE, PERIODS - 1], model_args=model)
        return Answer(float(fit.summary_stats()["point_effect_mean"]), PATHS)

    return Runs(ready)


def unobserved_components() -> Runs:
    """Return the maximum-likelihood model of statsmodels and simulated paths."""
    import statsmodels.api as sm

    y, x = series()

    def ready() -> Answer:
        model = sm.tsa.UnobservedComponents(y[:BEFORE], level="local linear trend", exog=x[:BEFORE])
        fit = model.fit(disp=False)
        paths = fit.simulate(
            PERIODS - BEFORE,
            anchor="end",
            repetitions=PATHS,
            exog=x[BEFORE:],
            rng=np.random.default_rng(1),
        )
        found = np.asarray(paths)
        return Answer(float(y[BEFORE:].mean() - found.mean()), found.shape[-1])

    return Runs(ready)
