"""One publication behind a method, in words and as BibTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shiftexp.report.language import Words

_IN = {"article": "journal", "book": "publisher", "misc": "howpublished"}
_COMMANDS = re.compile(r"[&%$#_]")


@dataclass(frozen=True)
class Reference:
    """One publication behind a method.

    Attributes
    ----------
    key : str
        BibTeX key.
    use : str
        What the report takes from it.
    authors, title, journal, year, volume, pages, doi : str
        The publication; ``journal`` is the publisher of a book and the archive of a preprint.
    kind : {"article", "book", "misc"}
        What BibTeX calls it; a preprint is "misc".
    """

    key: str
    use: str
    authors: str
    title: str
    journal: str
    year: str
    volume: str
    pages: str
    doi: str
    kind: Literal["article", "book", "misc"] = "article"

    def use_in(self, words: Words) -> str:
        """Say in a language what the report takes from it."""
        return words.names("reference").get(self.key, self.use)

    @property
    def address(self) -> str:
        """The permanent address of the publication."""
        return f"https://doi.org/{self.doi}"

    @property
    def words(self) -> str:
        """The publication the way a list of references shows it."""
        names = self.authors.replace(" and ", "; ")
        where = ", ".join(filter(None, (self.journal, self.volume, self.pages)))
        return f"{names} ({self.year}). {self.title}. {where}."

    @property
    def bibtex(self) -> str:
        """The publication as a BibTeX entry."""
        fields = {
            "author": _escaped(self.authors),
            "title": f"{{{_escaped(self.title)}}}",
            _IN[self.kind]: _escaped(self.journal),
            "year": self.year,
            "volume": self.volume,
            "pages": self.pages.replace("–", "--"),
            "doi": self.doi,
        }
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        return f"@{self.kind}{{{self.key},\n{body}\n}}\n"


def _escaped(text: str) -> str:
    """Write what TeX reads as a command as itself, an ampersand with a backslash before it."""
    return _COMMANDS.sub(r"\\\g<0>", text)
