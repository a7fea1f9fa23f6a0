"""The small words of the report: places, amounts, intervals, and a sign for every label."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from shiftexp.evidence import Bound
from shiftexp.panel import Indicator
from shiftexp.plane import SECTOR_NAMES, ConfidenceSet
from shiftexp.report.language import ENGLISH, Words
from shiftexp.report.page import DesignPage
from shiftexp.verdict import Claim, Verdict, status_words
from shiftexp.verdict.wording import Rounding, phrases, rounded

NO_VALUE = "–"
_PLACE_PARTS = 2
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d.])")
_MINUS = re.compile(r"(?<![\w)])-(?=\d)")
_PERCENT = re.compile(r"(?<=\d)%")
_STATES = {
    "declared": "●",
    "narrowed": "◐",
    "undecided": "○",
    "gate failed": "⊘",
    "no result": "⊘",
}
_STATUSES = {
    "supported": "✔",
    "contradicted": "✘",
    "inconclusive": "?",
    "compatible": "≈",
    "not identified": "⊘",
    "declared": "●",
    "excluded": "✘",
    "kept": "○",
    "failed": "⊘",
}


@dataclass(frozen=True)
class Badge:
    """A label that can be read without colour.

    Attributes
    ----------
    key : str
        The label as a short key, for styling.
    sign : str
        Its shape.
    text : str
        Its words.
    """

    key: str
    sign: str
    text: str

    def __str__(self) -> str:
        """Write shape and words."""
        return f"{self.sign} {self.text}"


def state_badge(page: DesignPage) -> Badge:
    """Return the state of a design; a passed gate without any fit is not a failed gate."""
    state: str = page.verdict.state
    if state == "gate failed" and page.gate.passed and not page.verdict.results:
        state = "no result"
    said = {
        "sector": page.words.sector(page.verdict.sector or ""),
        "left": len(page.verdict.sectors),
        "all": len(SECTOR_NAMES),
    }
    return Badge(state.replace(" ", "-"), _STATES[state], page.words(f"state.{state}", **said))


def status_badge(status: str, words: Words = ENGLISH) -> Badge:
    """Return the status of a claim as shape and words."""
    key = status.replace(" ", "-")
    return Badge(key, _STATUSES.get(status, "·"), words.status(status))


def claim_badge(page: DesignPage, name: str, status: str) -> Badge:
    """Return the status of a claim as the verdict says it: a shift may be contradicted as well."""
    said = said_status(page.verdict, name, status)
    if said == status:
        return status_badge(status, page.words)
    return Badge("disputed", "△", page.words.status(said))


def said_status(verdict: Verdict, name: str, status: str) -> str:
    """Return the status of a claim in the words of the verdict, in English."""
    return status_words(name, status, disputed=bool(verdict.disputes))


def maturity_badge(maturity: str, words: Words = ENGLISH) -> Badge:
    """Return how well a method is tried as shape and words."""
    return Badge(maturity, "△", words.known("maturity", maturity))


def role_words(role: str, words: Words = ENGLISH) -> str:
    """Say the role of a design."""
    return words.known("role", role) if role in words.names("role") else plain(role, words)


def plain(name: str, words: Words = ENGLISH) -> str:
    """Write a name from the data as words.

    Examples
    --------
    >>> plain("labs_dismantled"), plain("labs_dismantled", Words("nl"))
    ('labs dismantled', 'ontmantelde laboratoria')
    """
    if name in words.names("unit"):
        return words.known("unit", name)
    return words.measured(name.replace("_", " ").strip())


def place(unit: str, words: Words = ENGLISH) -> str:
    """Write the units of one side the way a reader would.

    Examples
    --------
    >>> place("BE"), place("NL:rotterdam_port"), place("NL:utrecht + NL:eindhoven")
    ('Belgium', 'Rotterdam port (NL)', 'Utrecht + Eindhoven (NL)')
    >>> place("BE", Words("fr"))
    'la Belgique'
    """
    parts = [part.split(":", 1) for part in unit.split(" + ")]
    wholes = {part[0] for part in parts}
    if all(len(part) == _PLACE_PARTS for part in parts) and len(wholes) == 1:
        names = " + ".join(capital(plain(part[1])) for part in parts)
        return f"{names} ({parts[0][0]})"
    return " + ".join(words.known("place", whole) for whole in unit.split(" + "))


def side_place(page: DesignPage, side: str) -> str:
    """Name one side of a design; "the origin" where the study has none."""
    units = page.design.origin_units if side == "origin" else page.design.destination_units
    return place(" + ".join(units), page.words) if units else page.words(f"side.the_{side}")


def with_side(name: str, side: str, words: Words = ENGLISH) -> str:
    """Write a place with its side in one pair of brackets.

    Examples
    --------
    >>> with_side("Belgium", "destination"), with_side("Brussels (BE)", "destination")
    ('Belgium (destination)', 'Brussels (BE, destination)')
    """
    named = words.known("side", side)
    return f"{name[:-1]}, {named})" if name.endswith(")") else f"{name} ({named})"


def gate_words(reasons: Sequence[str], sides: int = 2, words: Words = ENGLISH) -> str:
    """Say why a data gate failed; periods of one side alone are not observed jointly."""
    observed = "jointly observed" if sides > 1 else "observed"
    said = (reason.replace("joint period", f"{observed} period") for reason in reasons)
    return words.joined(map(words.told, said))


def capital(text: str) -> str:
    """Return a text with a capital at its start."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop.

    Examples
    --------
    >>> sentence("both grew")
    'Both grew.'
    """
    text = capital(text.strip())
    return text if text.endswith((".", "?", "!")) else f"{text}."


def amount(
    value: float, words: Words = ENGLISH, *, signed: bool = False, to: Rounding = "nearest"
) -> str:
    """Write an amount with three significant digits, thousands separated, and a true minus sign.

    A lower limit is rounded down and an upper one up: words claim no more than was found.

    Examples
    --------
    >>> amount(12345.6), amount(-0.12345), amount(12.0, signed=True)
    ('12,300', '−0.123', '+12')
    >>> amount(0.5, Words("fr")), amount(12.36, to="down"), amount(12.31, to="up")
    ('0,5', '12.3', '12.4')
    """
    if math.isnan(value):
        return NO_VALUE
    plus = "+" if signed and value > 0 else ""
    if math.isinf(value):
        return f"{plus}∞" if value > 0 else "−∞"
    short = rounded(value, to)
    text = f"{short:,.0f}" if abs(short) >= 100 else f"{short:g}"
    return words.written(f"{plus}{text}").replace("-", "−")


def limits(low: float, high: float, words: Words = ENGLISH, *, signed: bool = False) -> str:
    """Write both ends of a range of amounts, each rounded outwards."""
    ends = (
        amount(low, words, signed=signed, to="down"),
        amount(high, words, signed=signed, to="up"),
    )
    return words("writing.ends", **dict(zip(("low", "high"), ends, strict=True)))


def _gap(low: float, high: float, words: Words) -> str:
    """Write both ends of what a set leaves out, each rounded inwards: the set is no smaller."""
    ends = {"low": amount(low, words, to="up"), "high": amount(high, words, to="down")}
    return words("writing.ends", **ends)


def general(value: float, words: Words = ENGLISH) -> str:
    """Write a number with no more digits than it has.

    Examples
    --------
    >>> general(0.5), general(95.0, Words("nl"))
    ('0.5', '95')
    """
    return words.written(f"{value:g}")


def percent(share: float, words: Words = ENGLISH, *, least: bool = False) -> str:
    """Write a limit as a percentage: an upper one rounded up, a lower one (``least``) down.

    A lower one above nothing is never written as nothing.

    Examples
    --------
    >>> percent(0.6149), percent(0.6149, least=True), percent(0.0045, Words("nl"), least=True)
    ('62 %', '61 %', '0,45 %')
    """
    value = round(100 * share, 6)
    if least and 0 < 100 * share < 1:
        return words.percent(amount(100 * share, words, to="down"))
    return words.percent(str(math.floor(value) if least else math.ceil(value)))


def typeset(text: str) -> str:
    """Write the numbers of an English sentence of another room as the page writes its own.

    Examples
    --------
    >>> typeset("median -20,810, 81% of all; 2009-2011")
    'median −20,800, 81 % of all; 2009-2011'
    """
    thousands = _THOUSANDS.sub(lambda n: amount(float(n[0].replace(",", ""))), text)
    return _PERCENT.sub(" %", _MINUS.sub("−", thousands))


def probability(p: float, words: Words = ENGLISH) -> str:
    """Write a p-value with three digits."""
    if math.isnan(p):
        return NO_VALUE
    return words.written("< 0.001" if p < 0.001 else f"{p:.3f}")


def unit_words(unit: str, indicator: Indicator | None, words: Words = ENGLISH) -> str:
    """Say a unit so that a count names what is counted.

    Examples
    --------
    >>> unit_words("count per year", Indicator("labs_dismantled", "count"))
    'labs dismantled per year'
    >>> unit_words("kg per year", None, Words("fr"))
    'kilos par an'
    """
    if words != ENGLISH and unit not in words.names("unit"):
        return phrases(words.language).unit(unit, "" if indicator is None else indicator.name)
    if indicator is not None and (unit == "count" or unit.startswith("count ")):
        return plain(indicator.name) + unit.removeprefix("count")
    return plain(unit, words)


def most_words(most: float, unit: str, indicator: Indicator | None, words: Words = ENGLISH) -> str:
    """Say an upper limit on an amount, rounded up.

    Examples
    --------
    >>> most_words(7.9912, "kg per year", None)
    '8 kg per year'
    """
    return f"{amount(most, words, to='up')} {unit_words(unit, indicator, words)}"


def least_words(bound: Bound, words: Words = ENGLISH) -> str:
    """Say the lower limit of a bound from outside the series, rounded down.

    Examples
    --------
    >>> least_words(Bound("flow", low=7.996, high=9, unit="kg per year", because="counted"))
    '7.99 kg per year'
    """
    if bound.quantity == "flow":
        least = amount(bound.low, words, to="down")
        return f"{least} {unit_words(bound.unit, None, words)}"
    return words("so_what_table.least", share=percent(bound.low, words, least=True))


def set_words(answer: ConfidenceSet, level: float, words: Words = ENGLISH) -> str:
    """Say a confidence set of an effect in words."""
    if answer.kind == "none":
        return words("set.none")
    head = {"level": general(100 * level, words)}
    low, high = answer.low, answer.high
    if answer.kind == "line" or (math.isinf(low) and math.isinf(high)):
        return words("set.line", **head)
    if answer.kind == "complement":
        return words("set.outside", **head, ends=_gap(low, high, words))
    if math.isinf(high):
        return words("set.no_upper", **head, low=amount(low, words, signed=True, to="down"))
    if math.isinf(low):
        return words("set.no_lower", **head, high=amount(high, words, signed=True, to="up"))
    return words("set.between", **head, ends=limits(low, high, words, signed=True))


def drift_words(drift: float, words: Words = ENGLISH) -> str:
    """Say whether a limit has room for a drift of detection.

    Examples
    --------
    >>> drift_words(0.1), drift_words(0.0)
    ('detection drift of 0.1 included', 'without detection drift')
    """
    return words("drift.included", drift=general(drift, words)) if drift else words("drift.none")


def set_cell(answer: ConfidenceSet, words: Words = ENGLISH) -> str:
    """Write a confidence set inside a table."""
    if answer.kind == "none":
        return NO_VALUE
    if answer.kind == "line":
        return words("set.every")
    if answer.kind == "complement":
        return words("set.outside_cell", ends=_gap(answer.low, answer.high, words))
    return limits(answer.low, answer.high, words)


def span_words(labels: Sequence[str], words: Words = ENGLISH) -> str:
    """Say which periods: first to last.

    Examples
    --------
    >>> span_words(("2002", "2003")), span_words(("2011",))
    ('2002–2003', '2011')
    """
    if not labels:
        return words("period.none")
    return labels[0] if labels[0] == labels[-1] else f"{labels[0]}–{labels[-1]}"


def periods_words(label: str, count: int, words: Words = ENGLISH) -> str:
    """Say how many years, quarters or months.

    Examples
    --------
    >>> periods_words("2010", 9), periods_words("2010Q1", 1, Words("nl"))
    ('9 years', '1 kwartaal')
    """
    return words.plural(count, "quarter" if "Q" in label else "month" if "-" in label else "year")


def sectors_words(page: DesignPage) -> str:
    """Say which sectors are not excluded, and that all are where nothing could be tested."""
    verdict, words, every = page.verdict, page.words, {"all": len(SECTOR_NAMES)}
    if verdict.state == "gate failed":
        return words("sectors.untested", **every)
    if verdict.conflicting:
        return words("sectors.conflicting")
    if verdict.state == "undecided":
        return words("sectors.kept", **every)
    return ", ".join(map(words.sector, verdict.sectors))


def claim_words(page: DesignPage, claim: Claim) -> str:
    """Say a claim in words."""
    share = page.words.percent(general(100 * page.verdict.margin, page.words))
    return page.words(f"claim_text.{claim.name}", share=share)
