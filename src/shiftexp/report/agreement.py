"""Where the series agree with what earlier work concluded, disagree, or cannot tell."""

from __future__ import annotations

from collections.abc import Iterable

from shiftexp.report.language import Words
from shiftexp.report.page import CellPage, DesignPage
from shiftexp.report.wording import claim_words, gate_words, sentence

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
    words = page.words
    if not page.conclusion.strip():
        return words("agreement.none_given")
    parts = [_pattern_words(page)]
    if "integration" in page.conclusion.lower():
        parts.append(words("agreement.networks"))
    return " ".join(parts)


def agreed_words(page: CellPage) -> str:
    """Return in a few words whether the series agree with what was concluded earlier.

    Parameters
    ----------
    page : CellPage
        The cell.
    """
    return agreement(page).partition(":")[0].partition(".")[0].strip()


def _pattern_words(page: CellPage) -> str:
    """Compare the sectors that are left with those the conclusion names."""
    primary, verdict, words = page.primary, page.primary.verdict, page.words
    if verdict.state == "gate failed":
        return _failed_words(primary)
    held = _held_words(primary)
    if verdict.state == "undecided":
        return f"{words('agreement.undecided')} {held}"
    concluded = _concluded(page.conclusion)
    if not concluded:
        return words("agreement.no_pattern", kept=_listed(verdict.sectors, words))
    return f"{_compared(verdict.sectors, concluded, words)} {held}"


def _listed(sectors: Iterable[str], words: Words) -> str:
    """Name sectors in a row."""
    return words.listed([*map(words.sector, sectors)])


def _compared(sectors: tuple[str, ...], concluded: frozenset[str], words: Words) -> str:
    """Compare the sectors left with those concluded."""
    left, kept = set(sectors), _listed(sectors, words)
    fitting, other = sorted(left & concluded), sorted(left - concluded)
    if not other:
        return words("agreement.agree", kept=kept)
    if fitting:
        return words(
            "agreement.compatible",
            kept=kept,
            fitting=_listed(fitting, words),
            fits=words("agreement.fits_one" if len(fitting) == 1 else "agreement.fits_more"),
            other=_listed(other, words),
            does=words("agreement.does_one" if len(other) == 1 else "agreement.does_more"),
        )
    if "mixed" in left and concluded & (_MOVED | _GREW):
        return words("agreement.in_part", kept=kept)
    return words("agreement.disagree", concluded=_listed(sorted(concluded), words), kept=kept)


def _failed_words(page: DesignPage) -> str:
    """Say why the series cannot speak to the conclusion."""
    words, gate = page.words, page.gate
    reasons = gate_words(gate.reasons, gate.sides, words)
    why = words("agreement.gate", why=reasons) if gate.reasons else words("moved.no_model")
    return words("agreement.failed", why=why)


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


def _held_words(page: DesignPage) -> str:
    """Say which weaker claims the series support or contradict."""
    said, words = [], page.words
    for status in ("supported", "contradicted"):
        texts = [claim_words(page, c) for c in page.verdict.claims if c.status == status]
        if texts:
            said.append(words.headed(words.status(status), words.joined(texts)))
    if not said:
        return words("agreement.none_held")
    return sentence(words("agreement.held", said=words.joined(said)))
