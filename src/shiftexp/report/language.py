"""The words of a report in one language: phrases by key, numbers, names, texts of other rooms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

from shiftexp.scalars import not_among, refuse
from shiftexp.verdict import LANGUAGES
from shiftexp.verdict.wording import kept_together, phrases

_BLANK = re.compile(r"\{(\w+)\}")
# Forms of a noun, and which blank counts it: "[n: test/tests]".
_PLURAL = re.compile(r"\[(n\d*): ([^/\]]*)/([^\]]*)\]")
_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")
_JOINT = re.compile(r"(; |, )")
_ROW = re.compile(r"(, |; | or | \d+ ?%(?:, |; )?)")
_TOLD = "told"
# Blanks that hold one of the names of a section.
_CLOSED = frozenset({"seen", "Estimand", "flag"})
# Blanks that hold several names or parts in a row.
_OPEN = frozenset({"claim", "sector", "told", "gate"})
_PAIR = 2


class InEnglish(str):
    """A text that stays English on a page of another language, and says so to a screen reader."""

    __slots__ = ()


@dataclass(frozen=True)
class Words:
    """The words of one language; a small frozen object, so that it goes into any process.

    Parameters
    ----------
    language : {"en", "nl", "fr"}
        English, Dutch or French.

    Raises
    ------
    DesignError
        When there are no phrases of that language.

    Examples
    --------
    >>> Words("nl")("status.supported"), Words("fr").sector("expansion")
    ('ondersteund', 'expansion')
    >>> Words("nl").written("12,345.6"), Words("fr").listed(["a", "b", "c"])
    ('12\u202f345,6', 'a, b et c')
    """

    language: str = "en"

    def __post_init__(self) -> None:
        """Refuse a language without phrases.

        Raises
        ------
        DesignError
            With the known ones.
        """
        refuse(*not_among(language=(self.language, LANGUAGES)))

    def __call__(self, key: str, **fields: object) -> str:
        """Return a phrase with its blanks filled.

        Parameters
        ----------
        key : str
            Section and name, with a full stop between.
        **fields : object
            What fills its blanks.
        """
        return self.text(key).format(**fields)

    def text(self, key: str) -> str:
        """Return a phrase with its blanks open.

        Parameters
        ----------
        key : str
            Section and name, with a full stop between.
        """
        section, _, name = key.partition(".")
        return table(self.language)[section][name]

    def names(self, section: str) -> Mapping[str, str]:
        """Return all words of a section by name."""
        return table(self.language)[section]

    def columns(self, key: str, **fields: object) -> tuple[str, ...]:
        """Return the heads of the columns of a table, which a phrase parts by bars."""
        return tuple(head.strip() for head in self(key, **fields).split("|"))

    def known(self, section: str, name: str) -> str:
        """Return the word for a name that comes from data or another room; itself without one.

        Parameters
        ----------
        section : str
            Where it stands.
        name : str
            The name, in English.
        """
        return table(self.language)[section].get(name, name)

    def sector(self, name: str) -> str:
        """Return the name of a sector."""
        return self.known("sector", name)

    def claim(self, name: str) -> str:
        """Return the name of a claim; one that is contradicted says so after a comma."""
        claim, comma, status = name.partition(", ")
        return f"{self.known('claim', claim)}{comma}{self.known('status', status)}"

    def status(self, status: str) -> str:
        """Return the status of a claim or a sector."""
        return self.known("status", status)

    def measured(self, name: str) -> str:
        """Return what is measured: the word that a paragraph to be read out has for it, if any."""
        if self.language == "en":
            return name
        several, _, _ = phrases(self.language).table["units"].get(name, name).partition("|")
        return several

    def listed(self, items: Sequence[str], last: str = "and") -> str:
        """Join words the way a sentence does.

        Parameters
        ----------
        items : sequence of str
            The words.
        last : {"and", "or"}
            What stands before the last of them.
        """
        if len(items) < _PAIR:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.text(f'writing.{last}')} {items[-1]}"

    def plural(self, count: int, noun: str) -> str:
        """Return a count with its noun in the number it asks for.

        Parameters
        ----------
        count : int
            How many.
        noun : str
            The noun in English.
        """
        one, _, several = self.text(f"noun.{noun}").partition("|")
        single = count < _PAIR and count != 0 if self.language == "fr" else count == 1
        return f"{count} {one if single else several}"

    def written(self, number: str) -> str:
        """Return a number that was written the English way in the signs of this language.

        Parameters
        ----------
        number : str
            Digits with a point before decimals and commas between thousands.
        """
        signs = phrases(self.language).table["writing"]
        marks = {",": signs["thousands"], ".": signs["decimal"]}
        return "".join(marks.get(sign, sign) for sign in number)

    def told(self, text: str) -> str:
        """Return a text of another room in this language; as it is where it has no phrase.

        Parameters
        ----------
        text : str
            The text, in English.
        """
        if self.language == "en" or not text:
            return text
        for key, pattern in _patterns():
            if found := pattern.fullmatch(text):
                fields = {name: self._field(name, v) for name, v in found.groupdict().items()}
                said = self.text(f"{_TOLD}.{key}")
                return _PLURAL.sub(partial(_in_number, found.groupdict()), said).format(**fields)
        return self.english(text)

    def english(self, text: str) -> str:
        """Return a text that has no other language, marked as English where the page is not."""
        return text if self.language == "en" or text in table("en")["claim"] else InEnglish(text)

    def told_sentences(self, text: str) -> str:
        """Return sentences of another room, each as told."""
        return " ".join(map(self.told, _SENTENCE.split(text)))

    def told_sectors(self, text: str) -> str:
        """Return sectors that another room joined by "or"; whatever is no sector is as told."""
        return self._each(lambda name: self.sector(self.told(name)), text)

    def told_parts(self, text: str) -> str:
        """Return a text of another room whose parts stand between semicolons, each as told."""
        return self.joined(map(self.told, text.split("; ")))

    def percent(self, number: str) -> str:
        """Return a number with a per cent sign, as this language sets it."""
        return self("writing.percent", number=number)

    def joined(self, parts: Iterable[str]) -> str:
        """Join parts by semicolons, as this language sets them."""
        return self.text("writing.semicolon").join(parts)

    def headed(self, head: str, text: str) -> str:
        """Return a text with its head before it and a colon between, as this language sets it."""
        return f"{head}{self.text('writing.colon')}{text}"

    def _field(self, name: str, text: str) -> str:
        """Return what fills a blank of a text of another room; its name says what that is."""
        kind = name.rstrip("0123456789")
        said: dict[str, Callable[[str], str]] = {
            "n": self.written,
            "told": self.told,
            "gate": lambda several: "".join(map(self.told, _JOINT.split(several))),
            "measure": self.measured,
            "unit": phrases(self.language).unit,
            "place": lambda units: self.listed(
                [self.known("place", unit) for unit in units.split(" and ")]
            ),
            "claim": lambda names: self._each(self.claim, names),
            "sector": self.told_sectors,
        }
        if kind in said:
            return said[kind](text)
        return self.known(kind, text) if kind in _CLOSED else text

    def _each(self, say: Callable[[str], str], names: str) -> str:
        """Return names that stand in a row, with a share behind each or none."""
        parts = _ROW.split(names)
        parts[::2] = map(say, parts[::2])
        return "".join(parts).replace(" or ", f" {self.text('writing.or')} ")


def _in_number(counts: Mapping[str, str], forms: re.Match[str]) -> str:
    """Return the form of a noun that the count beside it asks for."""
    return forms[2] if counts[forms[1]] == "1" else forms[3]


ENGLISH = Words("en")


@cache
def table(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return all phrases of a language by section and name.

    Parameters
    ----------
    language : {"en", "nl", "fr"}
        English, Dutch or French.
    """
    folder = files("shiftexp.report").joinpath("phrases", language)
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        found |= tomllib.loads(kept_together(file.read_text("utf-8"), language))
    return found


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what texts of other rooms look like in English, those with the most words first."""
    known = sorted(table("en")[_TOLD].items(), key=lambda item: -len(_BLANK.sub("", item[1])))
    return tuple((key, re.compile(_as_pattern(text), re.DOTALL)) for key, text in known)


def _as_pattern(text: str) -> str:
    """Return an English phrase as a pattern whose blanks are named groups.

    What may stand in a blank hangs on its name: a number, the "s" of a plural, one of the words of
    a section; of what else there is, nothing goes on over a semicolon but texts and names in a row.
    """
    parts = _BLANK.split(text)
    return "".join(
        f"(?P<{part}>{_may_be(part.rstrip('0123456789'))})" if i % 2 else re.escape(part)
        for i, part in enumerate(parts)
    )


def _may_be(kind: str) -> str:
    """Return a pattern of what may stand in a blank."""
    if kind in _CLOSED:
        return "|".join(map(re.escape, sorted(table("en")[kind], key=len, reverse=True)))
    if kind in _OPEN:
        return ".+?"
    return {"n": r"[-+−]?\d[\d.,/]*(?: ?%)?", "s": "s?"}.get(kind, "[^;]+?")
