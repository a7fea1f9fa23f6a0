"""The detection slider: what a script in the page needs to move effects and claims as Python does.

Detection is an affine map of the pair, so intervals and the region move exactly. What is no affine
image (the sum of both sides, and claims about it, under another ratio of detection) is worked out
here for every ratio that the page offers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from shiftexp.detection import Detection
from shiftexp.effects import Effects
from shiftexp.kernels.cases import Floats
from shiftexp.plane import DESTINATION, NET, ORIGIN, ConfidenceSet
from shiftexp.report.page import DesignPage
from shiftexp.report.slider_plane import plane_of
from shiftexp.report.wording import (
    Badge,
    amount,
    claim_badge,
    place,
    set_cell,
    status_badge,
    unit_words,
    with_side,
)
from shiftexp.verdict import Verdict
from shiftexp.verdict.borders import ClaimBorders, claim_borders, votes_needed

TRIED = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 4 / 3, 2.0)
_LEAST, _MOST = -50, 100  # percent
_DIGITS = 13
_SIDES = (ORIGIN, DESTINATION)
_STATUSES = ("supported", "contradicted", "inconclusive", "not identified")


@dataclass(frozen=True)
class Control:
    """One slider: a change of detection in percent, or the position of a ratio.

    Attributes
    ----------
    key, label : str
        What it moves, and its words.
    low, high, start : int
        Ends and where it stands at first.
    shown : str
        What its output says at first.
    """

    key: str
    label: str
    low: int
    high: int
    start: int
    shown: str


@dataclass(frozen=True, eq=False)
class SliderView:
    """A detection slider, ready to be shown; without a script it is a table as observed.

    Attributes
    ----------
    controls : tuple of Control
        The sliders.
    effects : tuple of (key, name, estimate, interval)
        Effects as observed, detection drift integrated.
    claims : tuple of (name, text, Badge)
        The ladder as observed.
    unit, declared, drift, level : str
        Unit of the effects, what is declared about detection, and the level, in words.
    plane : bool
        Whether the pair has a plane.
    data : str
        What the script reads, as JSON that no markup ends.
    """

    controls: tuple[Control, ...]
    effects: tuple[tuple[str, str, str, str], ...]
    claims: tuple[tuple[str, str, Badge], ...]
    unit: str
    declared: str
    drift: str
    level: str
    plane: bool
    data: str

    @property
    def json(self) -> SliderData:
        """The data, to stand in a template as it is."""
        return SliderData(self.data)


@dataclass(frozen=True)
class SliderData:
    """JSON that stands in a template unescaped: every < in it is written as an escape.

    Attributes
    ----------
    text : str
        The JSON.
    """

    text: str

    def __html__(self) -> str:
        """Stand in a template as it is."""
        return self.text


def slider_view(page: DesignPage) -> SliderView | None:
    """Return the slider of a design; None where no model-based claim may be made.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    verdict = page.verdict
    if verdict.state == "gate failed" or not verdict.results:
        return None
    effects, level = verdict.specifications[0], verdict.results[0].level
    box = verdict.detection or Detection()
    ratios = ratios_offered(box)
    data = slider_data(verdict)
    names = _names(verdict)
    return SliderView(
        controls=_controls(box, names, effects, ratios),
        effects=effect_rows(effects, names, level),
        claims=tuple(
            (c.name, c.text, claim_badge(verdict, c.name, c.status)) for c in verdict.claims
        ),
        unit=unit_words(effects.unit, verdict.results[0].indicator),
        declared=_declared(box),
        drift=f"{100 * verdict.drift_of(verdict.results[0]):g} %",
        level=f"{100 * level:g} %",
        plane=effects.answers(NET),
        data=_harmless(data),
    )


def ratios_offered(box: Detection) -> tuple[float, ...]:
    """Return the ratios of detection before the onset that a slider offers: both ends, and 1.

    Examples
    --------
    >>> ratios_offered(Detection(ratio=(0.4, 2.5))), ratios_offered(Detection())
    ((0.4, 1.0, 2.5), (1.0,))
    """
    return tuple(sorted({*box.ratio, 1.0}))


def effect_rows(
    effects: Effects, names: tuple[str, str], level: float, k0: float = 1.0
) -> tuple[tuple[str, str, str, str], ...]:
    """Return effects with their intervals and the offset ratios tried that are not rejected.

    Parameters
    ----------
    effects : Effects
        The pair, detection drift integrated.
    names : tuple of two str
        Origin and destination.
    level : float
        Level of the intervals.
    k0 : float, default 1
        The ratio of detection that the effects are moved by, which scales the ratios tried.
    """
    rows = []
    labels = {"origin": names[0], "destination": names[1], "net": "both together (net expansion)"}
    for (key, name), a in zip(labels.items(), (ORIGIN, DESTINATION, NET), strict=True):
        if effects.answers(a):
            estimate = amount(effects.estimate(a), signed=True)
            rows.append((key, _capital(name), estimate, set_cell(effects.interval(a, level))))
    if effects.answers(NET):
        tried = [k0 * r for r in TRIED]
        sets = effects.intervals([(1.0, r) for r in tried], level)
        kept = [r for r, answer in zip(tried, sets, strict=True) if _inside(answer)]
        said = ratios_words(kept, effects.offset_ratio, k0)
        rows.append(("ratio", "Offset ratio", amount(effects.offset_ratio), said))
    return tuple(rows)


def ratios_words(kept: Sequence[float], ratio: float, k0: float = 1.0) -> str:
    """Say which of the offset ratios tried are not rejected.

    Parameters
    ----------
    kept : sequence of float
        Those that are not.
    ratio : float
        The estimate.
    k0 : float, default 1
        Detection at the destination over detection at the origin: ratios are tried at k0 times
        what they are without it.

    Examples
    --------
    >>> ratios_words([0.25, 4 / 3], 0.9)
    'not rejected: 0.25, 1.33'
    >>> ratios_words([], 0.18)
    'all tried are rejected; the estimate lies between 0.1 and 0.25'
    """
    if kept:
        return f"not rejected: {', '.join(map(amount, kept))}"
    tried = [k0 * r for r in TRIED]
    below, above = [r for r in tried if r < ratio], [r for r in tried if r > ratio]
    if below and above:
        ends = f"{amount(below[-1])} and {amount(above[0])}"
        return f"all tried are rejected; the estimate lies between {ends}"
    if above:
        return f"all rejected from {amount(above[0])} up; the estimate is less"
    if below:
        return f"all rejected up to {amount(below[-1])}; the estimate is more"
    return "all that were tried are rejected"


def slider_data(verdict: Verdict) -> dict[str, object]:
    """Return everything that moves, as plain data.

    Parameters
    ----------
    verdict : Verdict
        One whose data gate passed.
    """
    effects, level = verdict.specifications[0], verdict.results[0].level
    ratios = ratios_offered(verdict.detection or Detection())
    both = effects.answers(NET)
    asked = [(1.0, 1.0 / k0) for k0 in ratios] + [(1.0, r) for r in TRIED]
    slanted = [_ends(answer) for answer in effects.intervals(asked, level)] if both else []
    sides = [_ends(effects.interval(a, level)) if effects.answers(a) else None for a in _SIDES]
    borders = claim_borders(verdict.specifications, verdict.margin, ratios)
    return {
        "mean": _known(effects.mean),
        "observed": _known(effects.observed),
        "specifications": [_known(e.observed) for e in verdict.specifications],
        "votes": votes_needed(len(verdict.specifications)),
        "ratios": list(ratios),
        "sides": sides,
        "net": slanted[: len(ratios)],
        "tried": [[r, *ends] for r, ends in zip(TRIED, slanted[len(ratios) :], strict=False)],
        "claims": [[_claim(claim) for claim in ladder] for ladder in borders],
        "signs": {s: status_badge(s).sign for s in _STATUSES},
        "plane": plane_of(verdict, ratios, (_LEAST, _MOST)) if both else None,
        "names": list(_names(verdict)),
        "unit": unit_words(effects.unit, verdict.results[0].indicator),
    }


def _names(verdict: Verdict) -> tuple[str, str]:
    """Name origin and destination, each with its role."""
    origin, destination = verdict.results[0].paths.names
    return (
        with_side(place(origin), "origin") if origin else "the origin",
        with_side(place(destination), "destination") if destination else "the destination",
    )


def _controls(
    box: Detection, names: tuple[str, str], effects: Effects, ratios: Sequence[float]
) -> tuple[Control, ...]:
    """Return a slider for each side that is studied, and one for the ratio where it is declared."""
    sides = (("origin", ORIGIN, box.origin), ("destination", DESTINATION, box.destination))
    controls = [
        Control(
            key,
            f"Detection in {name}, after the onset against before",
            min(_LEAST, math.floor(100 * interval[0] - 100)),
            max(_MOST, math.ceil(100 * interval[1] - 100)),
            0,
            "as before (0 %)",
        )
        for (key, a, interval), name in zip(sides, names, strict=True)
        if effects.answers(a)
    ]
    if len(ratios) > 1 and effects.answers(NET):
        label = "Detection at the destination over the origin, before the onset"
        start = ratios.index(1.0)
        controls.append(Control("ratio", label, 0, len(ratios) - 1, start, "1"))
    return tuple(controls)


def _declared(box: Detection) -> str:
    """Say what is declared about detection."""
    intervals = (
        ("origin, after over before", box.origin),
        ("destination, after over before", box.destination),
        ("destination over origin", box.ratio),
    )
    said = [f"{name} {low:g} to {high:g}" for name, (low, high) in intervals if low < high]
    return "; ".join(said) or "no interval, so detection stayed the same but for the drift"


def _claim(claim: ClaimBorders) -> dict[str, object]:
    """Return the borders of one claim as plain data."""
    return {
        "name": claim.name,
        "identified": claim.identified,
        "holds": _planes(claim.holds),
        "against": _planes(claim.against),
        "grew": _planes(claim.origin_grew),
    }


def _planes(conjunctions: Sequence[Sequence[Sequence[float]]]) -> list[list[list[object]]]:
    """Return half-planes of every specification as numbers that JSON can hold."""
    return [[[_number(v) for v in plane] for plane in one] for one in conjunctions]


def _ends(answer: ConfidenceSet) -> list[object]:
    """Return both ends of a set; nothing where there is none, open ones where all is kept."""
    if answer.kind == "none":
        return [None, None]
    return [_number(answer.low), _number(answer.high)]


def _inside(answer: ConfidenceSet) -> bool:
    """Tell whether zero is not rejected; an end is."""
    return answer.kind != "none" and answer.low < 0 < answer.high


def _known(pair: Floats) -> list[float]:
    """Return the numbers of both sides, 0 for an absent one, of which nothing is asked."""
    return [0.0 if math.isnan(v) else float(v) for v in pair]


def _number(value: float) -> object:
    """Return a number as JSON holds it: None for a missing one, a word for infinity."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(f"{value:.{_DIGITS}g}")


def _harmless(data: dict[str, object]) -> str:
    """Return JSON that may stand inside a script element, whatever the data say."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _capital(text: str) -> str:
    """Write the first letter large."""
    return text[:1].upper() + text[1:]
