"""What is said of a fit of two vessels: what the flow rests on, and where the model is doubtful."""

from __future__ import annotations

import math
import warnings

from shiftexp.errors import SmallSampleWarning
from shiftexp.estimators.vessel_histories import lag_weights
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.flow import Flow
from shiftexp.result import SIDES

EMERGING = (
    "emerging method: its operating characteristics are measured for annual series of 20 periods "
    "with equal variances; elsewhere compare with other estimators"
)
_UNLIKE = 2.0
_DOUBTS = {
    "origin-grew": (
        "the origin has grown: that it would not have grown by itself is contradicted, and the "
        "upper limit of the flow rests on it"
    ),
    "signs-rejected": (
        "hardly a draw has the signs of own changes that are assumed: lower limits are set to zero"
    ),
    "walks-dominate": (
        "changes look like those of random walks rather than of noise: wider priors are used, and "
        "95 % intervals may hold the truth in about 91 % of data sets"
    ),
}


def doubts(study: VesselStudy, flow: Flow, *, stacklevel: int = 3) -> tuple[str, ...]:
    """Return notes on the flow and on the model; what is doubtful is warned of, too.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    flow : Flow
        What is said of the flow.
    stacklevel : int, default 3
        How far up the call of ``fit`` is, so that warnings name its line.
    """
    cautions = [_DOUBTS[flag] for flag in flow.flags if flag in _DOUBTS]
    ratio = float(study.changes.max() / study.changes.min()) if study.changes.min() else math.inf
    if ratio > _UNLIKE:
        larger = SIDES[int(study.changes.argmax())]
        cautions.append(
            f"changes at the {larger} are {ratio:.1f} times as large as on the other side, and the "
            "model gives both the same variances"
        )
    for caution in cautions:
        warnings.warn(caution, SmallSampleWarning, stacklevel=stacklevel)
    return (_flow(flow), _breakdown(flow), *cautions, *_lags(study), EMERGING)


def _flow(flow: Flow) -> str:
    """Say the headline."""
    most, share = flow.limits.flow[1], flow.limits.total[1]
    return (
        f"flow: from nothing to {most:.4g} {flow.unit} by the end of the window, at most "
        f"{share:.0%} of the destination's growth (assumed: own changes lower the origin, raise "
        "the destination)"
    )


def _breakdown(flow: Flow) -> str:
    """Say up to which own changes a flow is proved."""
    if flow.breakdown == 0:
        return "no flow is proved, however small the own changes at the onset are believed to be"
    if math.isinf(flow.breakdown):
        return "a flow is proved whatever own changes at the onset are believed in, up to 32 m"
    return (
        f"a flow is proved only if own changes at the onset are smaller than {flow.breakdown:.3g} "
        f"{flow.unit} ({flow.breakdown / flow.smallest:.2g} m): that is a belief, not a finding"
    )


def _lags(study: VesselStudy) -> tuple[str, ...]:
    """Say the weights of the candidates, where there are several."""
    lags = lag_weights(study)
    if len(lags) == 1:
        return ()
    said = ", ".join(f"{lag}: {share:.0%}" for lag, share in lags)
    return (f"weights of the lags in periods ({said}): data hardly tell them apart",)
