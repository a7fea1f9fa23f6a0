"""What is said of a fit of two vessels: what the flow rests on, and where the model is doubtful."""

from __future__ import annotations

import math
import warnings

import numpy as np

from shiftexp.errors import SmallSampleWarning
from shiftexp.estimators.vessel_histories import lag_weights
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.flow import NO_FLOW, Flow
from shiftexp.identification import IdentificationNote
from shiftexp.result import SIDES
from shiftexp.table import format_number

_TOLD = 0.8  # weight of a lag from which on the data tell it from the others
EMERGING = (
    "emerging method: how often its limits hold in invented data stands in docs/recovery.md; "
    "compare with other estimators"
)


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
    cautions = [_doubt(note, study) for note in flow.notes if note.severity == "doubt"]
    for caution in cautions:
        warnings.warn(caution, SmallSampleWarning, stacklevel=stacklevel)
    said = (*cautions, *_not_compared(study), *_own(study), *_lags(study))
    return (_flow(flow), _breakdown(flow), *said, EMERGING)


def _doubt(note: IdentificationNote, study: VesselStudy) -> str:
    """Say a doubt; of variances also how unlike they are."""
    if note.flag == "spread-changed":
        ratios = zip(SIDES, study.spread_ratio, strict=True)
        known = [f"{side}: {ratio:.1f} times" for side, ratio in ratios if math.isfinite(ratio)]
        return f"{note.sentence} ({', '.join(known)})"
    if note.flag != "unlike-variances":
        return note.sentence
    ratio = float(study.changes.max() / study.changes.min()) if study.changes.min() else math.inf
    return f"{note.sentence} (at the {SIDES[int(study.changes.argmax())]} {ratio:.1f} times)"


def _not_compared(study: VesselStudy) -> tuple[str, ...]:
    """Say of which sides nobody looked whether changes are of another size after the onset."""
    unknown = np.isnan(study.spread_ratio)
    if not unknown.any():
        return ()
    sides = " and ".join(side for side, gone in zip(SIDES, unknown, strict=True) if gone)
    said = (
        f"the size of changes at the {sides} could not be compared before and after the onset: "
        "too few neighbouring values between the turns of the push, or none that change before "
        "it. The model takes them as alike, and nothing here speaks for that"
    )
    return (said,)


def _flow(flow: Flow) -> str:
    """Say the headline."""
    if not flow.possible:
        return f"flow: {NO_FLOW} (assumed: they lower the origin, raise the destination)"
    most = f"{format_number(flow.limits.flow[1])} {flow.unit}"
    return (
        f"flow: from nothing to {most} by the end of the window, at most {flow.most_of_growth} of "
        "the destination's growth (assumed: own changes lower the origin, raise the destination)"
    )


def _breakdown(flow: Flow) -> str:
    """Say up to which own changes a flow is proved."""
    room = ""
    if flow.least_scale > 0:
        least = f"{format_number(flow.least_scale, 3)} {flow.unit}"
        room = f"; those below {least} are refuted by the data"
    if flow.breakdown == 0:
        small = "however small the own changes at the onset are believed to be"
        return f"no flow is proved, {small}{room}"
    if math.isinf(flow.breakdown):
        large = "whatever own changes at the onset are believed in, up to 32 times m"
        return f"a flow is proved {large}{room}"
    most = f"{format_number(flow.breakdown, 3)} {flow.unit}"
    times = f"{flow.breakdown / flow.smallest:.2g} times m, the smallest change that matters"
    return (
        f"a flow is proved only if own changes at the onset are smaller than {most} ({times}): "
        f"that is a belief, not a finding{room}"
    )


def _own(study: VesselStudy) -> tuple[str, ...]:
    """Say that places have variances of their own, and how unlike the sides are."""
    if not study.own_variances:
        return ()
    ratio = float(study.changes.max() / study.changes.min())
    side = SIDES[int(study.changes.argmax())]
    words = f"changes at the {side} are {ratio:.1f} times as large"
    return (f"origin, destination and donors have standard deviations of their own: {words}",)


def _lags(study: VesselStudy) -> tuple[str, ...]:
    """Say the weights of the candidates, where there are several."""
    if len({shape.lags.tobytes() for shape in study.vessels.shapes}) == 1:
        return ()
    said = ", ".join(f"{lag}: {share:.0%}" for lag, share in lag_weights(study))
    likeliest = max(share for _, share in lag_weights(study))
    apart = "" if likeliest > _TOLD else ": data hardly tell them apart"
    return (f"weights of the lags in periods ({said}){apart}",)
