"""Synthetic control with a placebo for every donor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import shiftexp as sx
from benchmarks.data import Study, factor_panel
from benchmarks.harness import Answer, Contender, Runs, Task
from benchmarks.ours import ours

_DONORS = 20
_STUDY = partial(factor_panel, _DONORS, 30, 20, seed=1)


def mlsynth(study: Callable[[], Study]) -> Runs:
    """Return the outcome-only synthetic control of mlsynth with placebos in space."""
    from mlsynth import VanillaSC

    asked = {
        "df": study().for_peers,
        "outcome": "y",
        "treat": "exposed",
        "unitid": "unit",
        "time": "period",
        "inference": "placebo",
        "display_graphs": False,
    }

    def ready() -> Answer:
        fit = VanillaSC(asked).fit()
        return Answer(float(fit.effects.att), int(fit.inference.details["n_placebos"]))

    return Runs(ready)


def diff_diff(study: Callable[[], Study]) -> Runs:
    """Return the synthetic control of diff-diff with placebos in space."""
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
        return Answer(float(fit.att), len(fit.in_space_placebo()) - 1)

    return Runs(ready)


def augsynth(study: Callable[[], Study]) -> Runs:
    """Return the synthetic control of augsynth-py with placebos in space."""
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
        placebos = augsynth_py.placebo_in_space(fit)
        return Answer(float(fit.att_), len(placebos.ratios) - 1)

    frame = pl.from_pandas(made.for_peers)
    return Runs(lambda: work(frame), lambda: work(pl.from_pandas(made.for_peers)))


TASKS = (
    Task(
        name=f"Synthetic control, {_DONORS} donors and all placebos",
        setting=(
            "Two random-walk factors, 30 periods, 20 of them before the onset, one affected unit, "
            "20 donors; weights on the simplex that match the periods before the onset, and the "
            "same for every donor against the others."
        ),
        reason=(
            "Twenty-one small least-squares problems take a few milliseconds. Half of the rest is "
            "the search for the ends of the interval, by a root finder that every law shares, "
            "although ranks would give them directly; the peers give no interval. The panel is "
            "read into windows and cases, once for the study and once for the placebos."
        ),
        draws=_DONORS,
        ours=ours(_STUDY, sx.Placebo(sx.SyntheticControl(debias=False), over="units")),
        peers=(
            Contender("mlsynth", partial(mlsynth, _STUDY)),
            Contender(
                "diff-diff",
                partial(diff_diff, _STUDY),
                "periods weigh by their inverse variance, so the weights are others",
            ),
            Contender(
                "augsynth-py",
                partial(augsynth, _STUDY),
                "its solver stops at a tolerance; ours ends at the exact weights",
            ),
        ),
    ),
)
