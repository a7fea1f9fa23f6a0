"""Event study: an effect for every period before and after the onset."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

import shiftexp as sx
from benchmarks.data import Study, parallel_panel
from benchmarks.harness import Answer, Contender, Runs, Task
from benchmarks.ours import ours

_UNITS, _PERIODS = 2_000, 60
_STUDY = partial(parallel_panel, _UNITS, _PERIODS, seed=1)


def callaway_santanna(study: Callable[[], Study]) -> Runs:
    """Return the event study of diff-diff's Callaway-Sant'Anna estimator."""
    import diff_diff as dd

    frame = study().for_peers

    def ready() -> Answer:
        fit = dd.CallawaySantAnna(base_period="universal").fit(
            frame,
            outcome="y",
            unit="unit",
            time="period",
            first_treat="start",
            aggregate="event_study",
        )
        effects = fit.event_study_effects
        fit.to_dataframe(level="event_study")
        return Answer(_mean_change(effects, (found["effect"] for found in effects.values())))

    return Runs(ready)


def pyfixest(study: Callable[[], Study]) -> Runs:
    """Return the regression of pyfixest with all leads and lags."""
    import pyfixest as pf

    frame = study().for_peers

    def ready() -> Answer:
        fit = pf.feols(
            "y ~ i(event, affected, ref=-1) | unit + period", frame, vcov={"CRV1": "unit"}
        )
        effects = fit.tidy()["Estimate"]
        events = [int(name.split("::")[1].split(":")[0]) for name in effects.index]
        return Answer(_mean_change([*events, -1], [*effects, 0.0]))

    return Runs(ready)


def _mean_change(events: Iterable[int], effects: Iterable[float]) -> float:
    """Return the mean effect from the onset on less the mean effect before it."""
    after, values = np.array(list(events)) >= 0, np.array(list(effects))
    return float(values[after].mean() - values[~after].mean())


TASKS = (
    Task(
        name=f"Event study, {_UNITS:,} x {_PERIODS}",
        setting=(
            "The same panel. Compared is the mean effect after less before the onset, which is the "
            "same whatever period is the base. We add a band that holds all periods together, "
            "from 10,000 posterior draws for each of two sides; the peers' intervals are pointwise."
        ),
        reason=(
            "The peers' intervals come from the variance between units, which one affected unit "
            "does not show. Ours have to come from the periods before the onset: a posterior over "
            "error processes, its draws for the band, and the test inversions of the mean effect."
        ),
        draws=0,
        ours=ours(_STUDY, sx.EventStudy()),
        peers=(
            Contender("diff-diff, Callaway-Sant'Anna", partial(callaway_santanna, _STUDY)),
            Contender("pyfixest", partial(pyfixest, _STUDY)),
        ),
    ),
)
