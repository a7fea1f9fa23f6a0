"""Where the series agree with what earlier work concluded, disagree, or cannot tell."""

from __future__ import annotations

from shiftexp.report.page import CellPage, DesignPage
from shiftexp.report.wording import gate_words, listed, sentence
from shiftexp.verdict import Verdict

_MOVED = frozenset({"shift-compatible", "partial displacement"})
_GREW = frozenset({"expansion", "common growth"})
_PATTERNS = {
    "shift": _MOVED,
    "displacement": _MOVED,
    "expansion": _GREW,
    "growth": _GREW,
    "mixed": frozenset({"mixed"}),
    "suppression": frozenset({"suppression", "diffusion of benefits"}),
}
_NETWORKS = (
    "Integration of actors and networks cannot be seen in series of amounts: it is compatible with "
    "every pattern here, and these data speak neither for nor against it."
)


def agreement(page: CellPage) -> str:
    """Return where and why the series agree with earlier work, disagree, or cannot tell.

    Parameters
    ----------
    page : CellPage
        The cell; its conclusion is read for the names of patterns only.

    Returns
    -------
    str
        Begins with "Agree", "Agree in part", "Disagree", "Compatible, not decided", "Cannot tell"
        or "Not comparable".
    """
    if not page.conclusion.strip():
        return "No earlier conclusion was given for this cell."
    parts = [_pattern_words(page)]
    if "integration" in page.conclusion.lower():
        parts.append(_NETWORKS)
    return " ".join(parts)


def _pattern_words(page: CellPage) -> str:
    """Compare the sectors that are left with those the conclusion names."""
    primary, verdict = page.primary, page.primary.verdict
    if verdict.state == "gate failed":
        return _failed_words(primary)
    if verdict.state == "undecided":
        return (
            "Cannot tell: the series exclude no sector, neither the one concluded nor its rivals. "
            + _held_words(verdict)
        )
    concluded = _concluded(page.conclusion)
    if not concluded:
        return (
            "Not comparable: the conclusion names no pattern of the two effects. Left by the "
            f"series: {listed(verdict.sectors)}."
        )
    return f"{_compared(verdict.sectors, concluded)} {_held_words(verdict)}"


def _compared(sectors: tuple[str, ...], concluded: frozenset[str]) -> str:
    """Compare the sectors left with those concluded."""
    left, kept = set(sectors), listed(sectors)
    fitting, other = sorted(left & concluded), sorted(left - concluded)
    if not other:
        return f"Agree: every pattern the series leave ({kept}) is one of those concluded."
    if fitting:
        fit, do = "fits" if len(fitting) == 1 else "fit", "does" if len(other) == 1 else "do"
        return (
            f"Compatible, not decided: the series leave {kept}, of which {listed(fitting)} {fit} "
            f"the conclusion and {listed(other)} {do} not."
        )
    if "mixed" in left and concluded & (_MOVED | _GREW):
        return (
            f"Agree in part: left are {kept}; in the mixed pattern growth of its own stands beside "
            "a fall at the origin, the conclusion names one of the two."
        )
    return (
        "Disagree: the series exclude every pattern that the conclusion names "
        f"({listed(sorted(concluded))}); left are {kept}."
    )


def _failed_words(page: DesignPage) -> str:
    """Say why the series cannot speak to the conclusion."""
    why = (
        f"the data gate failed ({gate_words(page.gate.reasons, page.gate.sides)})"
        if page.gate.reasons
        else "no model could be fitted to them"
    )
    return (
        f"Cannot tell: {why}, so these series neither support nor contradict the conclusion, which "
        "rests on other sources."
    )


def _concluded(text: str) -> frozenset[str]:
    """Return the sectors that a conclusion names; a denied word is not read as a claim."""
    lowered = text.lower()
    found = [
        sectors
        for word, sectors in _PATTERNS.items()
        if word in lowered and f"no {word}" not in lowered and f"not {word}" not in lowered
    ]
    both = _MOVED | _GREW
    named = frozenset().union(*found)
    return named | {"mixed"} if both <= named else named


def _held_words(verdict: Verdict) -> str:
    """Say which weaker claims the series support or contradict."""
    said = []
    for status in ("supported", "contradicted"):
        texts = [c.text for c in verdict.claims if c.status == status]
        if texts:
            said.append(f"{status}: {'; '.join(texts)}")
    if not said:
        return "None of the weaker claims is supported or contradicted either."
    return sentence(f"of the weaker claims, {'; '.join(said)}")
