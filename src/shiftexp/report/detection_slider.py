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
from shiftexp.report.language import ENGLISH, Words
from shiftexp.report.page import DesignPage
from shiftexp.report.slider_plane import plane_of
from shiftexp.report.wording import (
    Badge,
    amount,
    capital,
    claim_badge,
    claim_words,
    general,
    limits,
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
# What the script says itself: keys of the phrases it fills.
_SAID = (
    "as_before", "all", "between", "change", "chosen", "down", "gained", "lost", "no_claim",
    "not_rejected", "shown", "shown_change", "supported_at", "unchanged", "up",
)  # fmt: skip


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
    claims : tuple of (key, name, text, Badge)
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
    claims: tuple[tuple[str, str, str, Badge], ...]
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
    verdict, words = page.verdict, page.words
    if verdict.state == "gate failed" or not verdict.results:
        return None
    effects, level = verdict.specifications[0], verdict.results[0].level
    box = verdict.detection or Detection()
    names = _names(verdict, words)
    return SliderView(
        controls=_controls(box, names, effects, words),
        effects=effect_rows(effects, names, level, words=words),
        claims=tuple(
            (c.name, words.claim(c.name), claim_words(page, c), claim_badge(page, c.name, c.status))
            for c in verdict.claims
        ),
        unit=unit_words(effects.unit, verdict.results[0].indicator, words),
        declared=_declared(box, words),
        drift=words.percent(general(100 * verdict.drift_of(verdict.results[0]), words)),
        level=words.percent(general(100 * level, words)),
        plane=effects.answers(NET),
        data=_harmless(slider_data(verdict, words)),
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
    effects: Effects,
    names: tuple[str, str],
    level: float,
    k0: float = 1.0,
    words: Words = ENGLISH,
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
    words : Words
        The words of its language.
    """
    rows = []
    effects.intervals([a for a in (ORIGIN, DESTINATION, NET) if effects.answers(a)], level)
    labels = {"origin": names[0], "destination": names[1], "net": words("slider.both")}
    for (key, name), a in zip(labels.items(), (ORIGIN, DESTINATION, NET), strict=True):
        if effects.answers(a):
            estimate = amount(effects.estimate(a), words, signed=True)
            answer = set_cell(effects.interval(a, level), words)
            rows.append((key, capital(name), estimate, answer))
    if effects.answers(NET):
        tried = [k0 * r for r in TRIED]
        sets = effects.intervals([(1.0, r) for r in tried], level)
        kept = [r for r, answer in zip(tried, sets, strict=True) if _inside(answer)]
        said = ratios_words(kept, effects.offset_ratio, k0, words)
        estimate = amount(effects.offset_ratio, words)
        rows.append(("ratio", words("slider.ratio"), estimate, said))
    return tuple(rows)


def ratios_words(
    kept: Sequence[float], ratio: float, k0: float = 1.0, words: Words = ENGLISH
) -> str:
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
    words : Words
        The words of its language.

    Examples
    --------
    >>> ratios_words([0.25, 4 / 3], 0.9)
    'not rejected: 0.25, 1.33'
    >>> ratios_words([], 0.18)
    'all tried are rejected; the estimate lies between 0.1 and 0.25'
    """
    if kept:
        said = ", ".join(amount(r, words) for r in kept)
        return words("slider.not_rejected", ratios=said)
    tried = [k0 * r for r in TRIED]
    below, above = [r for r in tried if r < ratio][-1:], [r for r in tried if r > ratio][:1]
    key = {(1, 1): "between", (0, 1): "up", (1, 0): "down", (0, 0): "all"}[len(below), len(above)]
    ends = {"below": below, "above": above}
    return words(f"slider.{key}", **{k: amount(v[0], words) for k, v in ends.items() if v})


def slider_data(verdict: Verdict, words: Words = ENGLISH) -> dict[str, object]:
    """Return everything that moves, as plain data.

    Parameters
    ----------
    verdict : Verdict
        One whose data gate passed.
    words : Words
        The words of its language.
    """
    effects, level = verdict.specifications[0], verdict.results[0].level
    ratios = ratios_offered(verdict.detection or Detection())
    both = effects.answers(NET)
    asked = [(1.0, 1.0 / k0) for k0 in ratios] + [(1.0, r) for r in TRIED]
    slanted = [_ends(answer) for answer in effects.intervals(asked, level)] if both else []
    there = [a for a in _SIDES if effects.answers(a)]
    ends = dict(zip(there, map(_ends, effects.intervals(there, level)), strict=True))
    borders = claim_borders(verdict.specifications, verdict.margin, ratios)
    return {
        "mean": _known(effects.mean),
        "observed": _known(effects.observed),
        "specifications": [_known(e.observed) for e in verdict.specifications],
        "votes": votes_needed(len(verdict.specifications)),
        "ratios": list(ratios),
        "sides": [ends.get(a) for a in _SIDES],
        "net": slanted[: len(ratios)],
        "tried": [[r, *ends] for r, ends in zip(TRIED, slanted[len(ratios) :], strict=False)],
        "claims": [[_claim(claim) for claim in ladder] for ladder in borders],
        "signs": {s: status_badge(s).sign for s in _STATUSES},
        "plane": plane_of(verdict, ratios, (_LEAST, _MOST)) if both else None,
        "names": list(_names(verdict, words)),
        "unit": unit_words(effects.unit, verdict.results[0].indicator, words),
        "words": _script_words(words),
    }


def _script_words(words: Words) -> dict[str, object]:
    """Return what the script says in this language: phrases, names, and signs of numbers."""
    return {
        **{key: words.text(f"slider.{key}") for key in _SAID},
        "ends": words.text("writing.ends"),
        "percent": words.text("writing.percent"),
        "every": words("set.every"),
        "point": words.written("."),
        "comma": words.written(","),
        "status": {status: words.status(status) for status in _STATUSES},
        "claim": dict(words.names("claim")),
        "sector": dict(words.names("sector")),
        "side": {side: words.known("side", side) for side in ("origin", "destination", "net")},
    }


def _names(verdict: Verdict, words: Words) -> tuple[str, str]:
    """Name origin and destination, each with its role."""
    origin, destination = verdict.results[0].paths.names
    return (
        with_side(place(origin, words), "origin", words) if origin else words("side.the_origin"),
        with_side(place(destination, words), "destination", words)
        if destination
        else words("side.the_destination"),
    )


def _controls(
    box: Detection, names: tuple[str, str], effects: Effects, words: Words
) -> tuple[Control, ...]:
    """Return a slider for each side that is studied, and one for the ratio where it is declared."""
    sides = (("origin", ORIGIN, box.origin), ("destination", DESTINATION, box.destination))
    ratios = ratios_offered(box)
    controls = [
        Control(
            key,
            words("slider.control", place=name),
            min(_LEAST, math.floor(100 * interval[0] - 100)),
            max(_MOST, math.ceil(100 * interval[1] - 100)),
            0,
            words("slider.as_before"),
        )
        for (key, a, interval), name in zip(sides, names, strict=True)
        if effects.answers(a)
    ]
    if len(ratios) > 1 and effects.answers(NET):
        label, start = words("slider.control_ratio"), ratios.index(1.0)
        controls.append(Control("ratio", label, 0, len(ratios) - 1, start, "1"))
    return tuple(controls)


def _declared(box: Detection, words: Words) -> str:
    """Say what is declared about detection."""
    intervals = {"origin": box.origin, "destination": box.destination, "ratio": box.ratio}
    said = [
        words(f"slider.declared_{key}", ends=limits(low, high, words))
        for key, (low, high) in intervals.items()
        if low < high
    ]
    return words.joined(said) or words("slider.undeclared")


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
