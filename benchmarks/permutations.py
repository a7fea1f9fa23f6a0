"""Five thousand draws at sixty periods: residuals resampled, and placebo pairs estimated anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

import shiftexp as sx
from benchmarks.data import Study, factor_panel, parallel_panel
from benchmarks.harness import Answer, Contender, Runs, Task
from benchmarks.ours import ours

_DRAWS = 5_000
_FACTORS = partial(factor_panel, 10, 60, 45, seed=2)
_DONORS = 72
_PARALLEL = partial(parallel_panel, _DONORS + 1, 60, seed=2)
_PAIRS = _DONORS * (_DONORS - 1)


def diff_diff(study: Callable[[], Study]) -> Runs:
    """Return the conformal test of diff-diff: residuals of one fit, permuted."""
    import diff_diff as dd

    made = study()
    frame, after = made.for_peers, made.periods_after

    def ready() -> Answer:
        fit = dd.SyntheticControl(v_method="inverse_variance", seed=1).fit(
            frame,
            outcome="y",
            treatment="exposed",
            unit="unit",
            time="period",
            post_periods=after,
        )
        test = fit.conformal_test(0.0, scheme="iid", n_iid=_DRAWS, seed=1)
        return Answer(float(fit.att), int(test["n_perms"]))

    return Runs(ready)


def augsynth(study: Callable[[], Study]) -> Runs:
    """Return the conformal test of augsynth-py: residuals of one fit, permuted."""
    import augsynth_py
    import polars as pl

    made = study()

    def work(frame: pl.DataFrame) -> Answer:
        fit = augsynth_py.Synth(fixedeff=False).fit(
            frame,
            unit="unit",
            time="period",
            outcome="y",
            treated=made.destination,
            treatment_time=made.onset,
        )
        rng = np.random.default_rng(1)
        test = augsynth_py.conformal_test(fit, 0.0, permutation_type="iid", ns=_DRAWS, rng=rng)
        return Answer(float(fit.att_), len(test.null_distribution))

    frame = pl.from_pandas(made.for_peers)
    return Runs(lambda: work(frame), lambda: work(pl.from_pandas(made.for_peers)))


def permuted_units(study: Callable[[], Study]) -> Runs:
    """Return the permutation test of diff-diff: another unit affected, the regression run again."""
    import diff_diff as dd

    frame = study().for_peers

    def ready() -> Answer:
        fit = dd.permutation_test(
            frame,
            outcome="y",
            treatment="affected",
            post="after",
            unit="unit",
            n_permutations=_PAIRS,
            seed=1,
        )
        return Answer(float(fit.original_effect), int(fit.n_permutations))

    return Runs(ready)


TASKS = (
    Task(
        name="5,000 resamples of a fitted synthetic control, T = 60",
        setting=(
            "The factor panel with 10 donors and 60 periods, 45 of them before the onset. The "
            "peers permute the residuals of one fit under one null. We have no such test (shifts "
            "in time are enumerated, there are 60); the nearest is the bootstrap, which fits all "
            "weights again in each of 5,000 resamples and gives an interval."
        ),
        reason=(
            "Five thousand synthetic controls are fitted against one: sorting residuals needs no "
            "model at all."
        ),
        draws=_DRAWS,
        ours=ours(
            _FACTORS,
            sx.BlockBootstrap(sx.SyntheticControl(debias=False), block=1, draws=_DRAWS),
        ),
        peers=(
            Contender(
                "diff-diff",
                partial(diff_diff, _FACTORS),
                "periods weigh by their inverse variance, so the weights are others",
            ),
            Contender("augsynth-py", partial(augsynth, _FACTORS)),
        ),
    ),
    Task(
        name=f"{_PAIRS:,} permutations estimated anew, T = 60",
        setting=(
            f"The parallel panel with {_DONORS} donors and 60 periods; each of all {_PAIRS:,} "
            "ordered pairs of donors takes the place of origin and destination, and "
            "difference-in-differences is estimated again against the others. The peer "
            "draws as many single units in place of the destination."
        ),
        reason="Two effects are estimated for each permutation, against the donors left.",
        draws=_PAIRS,
        ours=ours(_PARALLEL, sx.Permutation(sx.DifferenceInDifferences())),
        peers=(Contender("diff-diff", partial(permuted_units, _PARALLEL)),),
    ),
)
