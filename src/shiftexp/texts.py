"""What a text of a user's may hold: nothing that hides, turns, or replaces what is read."""

from __future__ import annotations

import re
import unicodedata

from shiftexp.errors import Problem

LONGEST_NAME = 200
# Unicode's default-ignorable characters, which no font shows and which can make two names look like
# one: soft hyphens, fillers, marks without width, marks that turn the direction of what follows.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    "\U000e01f0-\U000e0fff"
)
# Those of them that are letters' own: joiners, and selectors of the shape of the letter before.
_JOINING = "\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
# Beside the former: control characters but for tabs and line breaks, separators of lines that no
# editor shows, and what a wrong decoding leaves behind.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffd\ufffe\uffff\ud800-\udfff"
    f"{_IGNORABLE}]"
)
_UNSEEN = re.compile(f"[{_IGNORABLE}{_JOINING}]")
_BREAKS = re.compile("[\t\r\n]")
# Cyrillic and Greek letters that fonts draw as they draw a Latin one (from Unicode's confusables,
# UTS 39), written as numbers: on the page nobody could tell which they are.
_CYRILLIC = (
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u04ae\u051a\u051c"
    "\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0445\u0443\u04bb\u04cf\u0501\u051b\u051d\u0475"
)
_GREEK = (
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b9\u03bd\u03bf\u03c1\u03c5"
)
_LATIN = str.maketrans(
    _CYRILLIC + _GREEK,
    "ABESIJKMHOPCTXYYQW" + "aesijopcxyhldqwv" + "ABEZHIKMNOPTYX" + "aivopu",
)


def hidden_character(text: str) -> tuple[int, str] | None:
    r"""Return place and name of the first character that no reader would see, None without one.

    Parameters
    ----------
    text : str
        Any text.

    Examples
    --------
    >>> hidden_character("BE\u202e")
    (2, 'U+202E (RIGHT-TO-LEFT OVERRIDE)')
    >>> hidden_character("Liège")
    """
    found = _HIDDEN.search(text)
    if found is None:
        return None
    character = found[0]
    name = unicodedata.name(character, "a control character")
    return found.start(), f"U+{ord(character):04X} ({name})"


def name_problem(what: str, name: str, rows: tuple[str, ...] = ()) -> Problem | None:
    r"""Find what keeps a text from being a name: too long, line breaks, hidden characters.

    Parameters
    ----------
    what : str
        What it names, such as "unit".
    name : str
        The text.
    rows : tuple of str
        The rows that hold it.

    Examples
    --------
    >>> name_problem("unit", "B\x00E").given
    "unit 'B\\x00E' holds U+0000 (a control character)"
    >>> name_problem("unit", "BE")
    """
    if len(name) > LONGEST_NAME:
        given = f"{what} {name[:20]!r}... of {len(name):,} characters"
        return Problem(given, f"a name of at most {LONGEST_NAME}", "shorten the name", rows)
    if hidden := hidden_character(name):
        given, needed = f"{what} {name!r} holds {hidden[1]}", "a name that is what it looks like"
        return Problem(given, needed, "take the character out, or decode the file anew", rows)
    if _BREAKS.search(name):
        given = f"{what} {name!r} holds a tab or a line break"
        return Problem(given, "a name on one line", "is a quotation mark not closed?", rows)
    return None


def likeness(name: str) -> str:
    """Return what names that a reader takes for one have in common.

    It has no case, one way to write é, and no character that nobody sees, joiners among them.
    Letters of two alphabets that look alike stay two: see `looks`.

    Parameters
    ----------
    name : str
        A name.

    Examples
    --------
    >>> likeness("Liège") == likeness("LIE\u0300GE")
    True
    """
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", name)).casefold()


def looks(name: str) -> str:
    r"""Return what names have in common that a reader cannot tell apart, whatever their alphabet.

    Cyrillic and Greek letters as the Latin ones that they are drawn like; marks above them and
    capitals are kept, which a reader does see.

    Parameters
    ----------
    name : str
        A name.

    Examples
    --------
    >>> looks("BE") == looks("\u0412\u0415"), likeness("BE") == likeness("\u0412\u0415")
    (True, False)
    """
    apart = unicodedata.normalize("NFKD", _UNSEEN.sub("", name))
    return unicodedata.normalize("NFKC", apart.translate(_LATIN))


def alphabets(name: str) -> tuple[str, ...]:
    """Return the alphabets of a name's letters, in order of appearance, as Unicode calls them.

    Parameters
    ----------
    name : str
        A name.

    Examples
    --------
    >>> alphabets("Li\u00e8ge 2")
    ('Latin',)
    """
    told = (unicodedata.name(c, "").partition(" ")[0] for c in name if c.isalpha())
    return tuple(dict.fromkeys(word.capitalize() for word in told if word))
