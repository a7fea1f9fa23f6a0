"""Structural time series: two regressors, and 1,000 paths of what would have been."""

from __future__ import annotations

from functools import partial

import numpy as np

import shiftexp as sx
from benchmarks.data import drifting_series
from benchmarks.harness import Answer, Contender, Runs, Task
from benchmarks.ours import ours
from shiftexp.kernels.cases import Floats

_PERIODS, _BEFORE, _PATHS = 240, 180, 1_000
_STUDY = partial(drifting_series, _PERIODS, _BEFORE, seed=1)


def bsts_causalimpact() -> Runs:
    """Return the Gibbs sampler of bsts-causalimpact."""
    from causal_impact import CausalImpact

    y, x = _series()
    columns = np.column_stack([y, x])
    model = {"niter": _PATHS, "nwarmup": 500, "seed": 1, "state_model": "local_linear_trend"}

    def ready() -> Answer:
        periods = [0, _BEFORE - 1], [_BEFORE, _PERIODS - 1]
        fit = CausalImpact(columns, *periods, model_args=model)
        return Answer(float(fit.summary_stats["point_effect_mean"]), _PATHS)

    return Runs(ready)


def unobserved_components() -> Runs:
    """Return the maximum-likelihood model of statsmodels and simulated paths."""
    import statsmodels.api as sm

    y, x = _series()

    def ready() -> Answer:
        model = sm.tsa.UnobservedComponents(
            y[:_BEFORE], level="local linear trend", exog=x[:_BEFORE]
        )
        paths = model.fit(disp=False).simulate(
            _PERIODS - _BEFORE,
            anchor="end",
            repetitions=_PATHS,
            exog=x[_BEFORE:],
            rng=np.random.default_rng(1),
        )
        found = np.asarray(paths)
        return Answer(float(y[_BEFORE:].mean() - found.mean()), found.shape[-1])

    return Runs(ready)


def _series() -> tuple[Floats, Floats]:
    """Return the destination, shape (T,), and its regressors, shape (T, 2)."""
    made = _STUDY()
    wide = made.frame.pivot_table(index="period", columns="unit", values="y")
    y = wide.pop(made.destination).to_numpy()
    return y, wide.to_numpy()


TASKS = (
    Task(
        name="Structural time series with two regressors, 1,000 paths, T = 240",
        setting=(
            "A level and a slope that drift, two random-walk regressors, 240 periods, 180 of them "
            "before the onset; the model is fitted to those, and 1,000 paths continue it."
        ),
        reason=(
            "Most of our time integrates over the variances of the innovations, a thousand "
            "candidates of them in each round. The Gibbs sampler is compiled."
        ),
        draws=_PATHS,
        ours=ours(_STUDY, sx.StructuralTimeSeries(trend="linear", donors="each", draws=_PATHS)),
        peers=(
            Contender(
                "bsts-causalimpact",
                bsts_causalimpact,
                "its priors shrink the level and select regressors",
            ),
            Contender(
                "statsmodels, UnobservedComponents",
                unobserved_components,
                "its variances are those of maximum likelihood, without a prior",
            ),
        ),
    ),
)
