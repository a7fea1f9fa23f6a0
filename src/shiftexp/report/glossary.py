"""The words of the report, explained to a reader who is no statistician."""

from __future__ import annotations

from shiftexp.plane import SECTOR_NAMES
from shiftexp.report.language import ENGLISH, Words


def glossary(words: Words = ENGLISH) -> tuple[tuple[str, str], ...]:
    """Return words with their meaning: the general ones, then the nine sectors.

    Parameters
    ----------
    words : Words
        The words of a language; sectors are named in English too, as figures name them.

    Examples
    --------
    >>> dict(glossary())["expansion"]
    'sector: the destination grew, the origin hardly moved'
    """
    pairs = (text.partition(" | ") for text in words.names("glossary").values())
    terms = ((word, meaning) for word, _, meaning in pairs)
    sectors = ((_named(n, words), words.known("meaning", n)) for n in SECTOR_NAMES)
    return (*terms, *((name, words("html.sector", meaning=said)) for name, said in sectors))


def _named(name: str, words: Words) -> str:
    """Name a sector, with its name in the figures where that is another."""
    said = words.sector(name)
    return said if said == name else f"{said} ({name})"
