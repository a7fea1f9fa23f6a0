"""The phrases of one language: sentences, numbers, places and units, read from a small table."""

from __future__ import annotations

import decimal
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from shiftexp.scalars import not_among, refuse

LANGUAGES = ("en", "nl", "fr")
_SPAN = re.compile(r"(.*) per (year|quarter|month)$")
_BLANK = re.compile(" {2,}")
_HIGH = re.compile(r" (?=[;:?!%»])|(?<=«) ")
_ASIDE = " by the end of the window"
_SHORT = 3
Rounding: TypeAlias = Literal["nearest", "down", "up"]
_DIRECTED = {
    "down": decimal.Context(prec=_SHORT, rounding=decimal.ROUND_FLOOR),
    "up": decimal.Context(prec=_SHORT, rounding=decimal.ROUND_CEILING),
}


@dataclass(frozen=True)
class Phrases:
    """The phrases of one language.

    Attributes
    ----------
    language : str
        "en", "nl" or "fr".
    table : mapping
        Phrases by section and key.

    Examples
    --------
    >>> phrases("nl").number(-12345.6)
    '−12\u202f300'
    """

    language: str
    table: Mapping[str, Mapping[str, str]]

    def say(self, section: str, key: str, **fields: str) -> str:
        """Return a sentence with its blanks filled.

        Parameters
        ----------
        section, key : str
            Where it stands.
        **fields : str
            What fills its blanks.
        """
        said = self.table[section][key].format(**fields)
        return _BLANK.sub(" ", said).replace(" .", ".")

    def number(self, value: float, to: Rounding = "nearest") -> str:
        """Return a number with three digits, written as in this language.

        Parameters
        ----------
        value : float
            The number; it is finite.
        to : {"nearest", "down", "up"}, default "nearest"
            Down for a lower limit, up for an upper one: words claim no more than was found.
        """
        writing, short = self.table["writing"], rounded(value, to)
        text = f"{abs(short):,.0f}" if abs(short) >= 100 else f"{abs(short):.4g}"
        marks = {",": writing["thousands"], ".": writing["decimal"]}
        written = "".join(marks.get(sign, sign) for sign in text)
        return f"{writing['minus']}{written}" if short < 0 else written

    def counted(self, count: int, noun: str) -> str:
        """Return a count with its noun in the number it asks for.

        Parameters
        ----------
        count : int
            How many.
        noun : str
            A key of the nouns.
        """
        several, _, one = self.table["counts"][noun].partition("|")
        return f"{count} {one if self._is_one(count) and count else several}"

    def percent(self, share: float, *, least: bool = False) -> str:
        """Return a share in per cent, an upper one rounded up, a lower one (``least``) down.

        Parameters
        ----------
        share : float
            From 0 to 1.
        least : bool, default False
            Whether it is a lower limit.
        """
        value = round(100 * share, 6)
        return str(math.floor(value) if least else math.ceil(value))

    def listed(self, sectors: Sequence[str]) -> str:
        """Return sectors in a row.

        Parameters
        ----------
        sectors : sequence of str
            Their names.
        """
        said = [self.table["sectors"][name] for name in sectors]
        if len(said) == 1:
            return said[0]
        writing = self.table["writing"]
        return writing["between"].join(said[:-1]) + writing["last"] + said[-1]

    def place(self, side: str, name: str) -> str:
        """Return a side with the name of its place.

        Parameters
        ----------
        side : {"origin", "destination"}
            The side.
        name : str
            Its units, joined with " + "; "" where they are not known.
        """
        known, plain = self.table["places"], self.table["sides"][side]
        if not name or name in {"O", "D"}:
            return plain
        named = " + ".join(known.get(part, part) for part in name.split(" + "))
        return self.say("sides", "with_name", side=plain, name=named)

    def limit(self, value: float, to: Rounding, unit: str, indicator: str = "") -> tuple[str, str]:
        """Return a limit as it is written, and its unit in the number that asks for.

        Parameters
        ----------
        value : float
            The limit; it is finite.
        to : {"nearest", "down", "up"}
            Down for a lower one, up for an upper one.
        unit, indicator : str
            As in :meth:`unit`.
        """
        return self.number(value, to), self.unit(unit, indicator, of=rounded(value, to))

    def unit(self, unit: str, indicator: str = "", *, of: float = math.nan) -> str:
        """Return a unit in this language; one that it has no word for stays as it is.

        Parameters
        ----------
        unit : str
            Such as "kg per year".
        indicator : str
            What is counted, where the unit is a count.
        of : float, optional
            How much of it: below two is one in French, and one alone elsewhere.
        """
        text = unit.removesuffix(_ASIDE).replace("_", " ")
        found = _SPAN.match(text)
        base, span = (found[1], found[2]) if found else (text, "")
        base = indicator.replace("_", " ") if base == "count" and indicator else base
        several, _, one = self.table["units"].get(base, base).partition("|")
        word = one if one and self._is_one(of) else several
        return self.say("spans", span, unit=word) if span else word

    def _is_one(self, value: float) -> bool:
        """Tell whether an amount, as it is written, takes the singular."""
        written = abs(float(f"{value:.{_SHORT}g}"))
        return written < 2 if self.table["writing"]["one"] == "below two" else written == 1


def rounded(value: float, to: Rounding = "nearest") -> float:
    """Return a finite number to three digits; a limit to the side on which it claims less.

    Parameters
    ----------
    value : float
        The number.
    to : {"nearest", "down", "up"}, default "nearest"
        Down for a lower limit, up for an upper one.

    Examples
    --------
    >>> rounded(17.24), rounded(17.24, "up"), rounded(-17.24, "down")
    (17.2, 17.3, -17.3)
    """
    if value == 0:
        return 0.0
    if to == "nearest":
        return float(f"{value:.{_SHORT}g}")
    # Nine digits first, so that 12.3 written by a computer as 12.2999999999 stays what it is.
    return float(_DIRECTED[to].create_decimal(f"{value:.9g}"))


@cache
def phrases(language: str) -> Phrases:
    """Return the phrases of a language.

    Parameters
    ----------
    language : {"en", "nl", "fr"}
        English, Dutch or French.

    Raises
    ------
    DesignError
        When there are none of that language.
    """
    refuse(*not_among(language=(language, LANGUAGES)))
    text = files("shiftexp.verdict").joinpath("phrases", f"{language}.toml").read_text("utf-8")
    return Phrases(language, tomllib.loads(kept_together(text, language)))


def kept_together(text: str, language: str) -> str:
    r"""Return a text in which no line begins with a sign that French sets off by a space.

    Parameters
    ----------
    text : str
        The text.
    language : {"en", "nl", "fr"}
        Its language; others set off none.

    Examples
    --------
    >>> kept_together("quoi ? 62 %", "fr"), kept_together("62 %", "nl")
    ('quoi\xa0? 62\xa0%', '62 %')
    """
    return _HIGH.sub("\u00a0", text) if language == "fr" else text
