"""The small words of the report: places, amounts, intervals, and a sign for every label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shiftexp.panel import Indicator
from shiftexp.plane import SECTOR_NAMES, ConfidenceSet
from shiftexp.report.page import DesignPage
from shiftexp.verdict import Verdict, status_words

NO_VALUE = "–"
ALL_SECTORS = f"all {len(SECTOR_NAMES)}"
_COUNTRIES = {"BE": "Belgium", "NL": "the Netherlands"}
NO_DRIFT = "without detection drift"
_PLACE_PARTS = 2
_STATES = {
    "declared": ("●", "Declared"),
    "narrowed": ("◐", "Narrowed"),
    "undecided": ("○", "Undecided: no sector is excluded"),
    "gate failed": ("⊘", "Data gate failed: no model-based claim"),
    "no result": ("⊘", "No result: no model could be fitted"),
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
_ROLES = {
    "primary": "primary design",
    "secondary": "another design",
    "reverse": "the reverse direction",
    "one_unit": "one side alone",
    "negative_control": "negative control: no shift is claimed; undecided, it tests nothing",
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
    sign, text = _STATES[state]
    left = page.verdict.sectors
    if state == "declared":
        text = f"{text}: {page.verdict.sector}"
    elif state == "narrowed":
        text = f"{text}: {len(left)} of {len(SECTOR_NAMES)} sectors left"
    return Badge(state.replace(" ", "-"), sign, text)


def status_badge(status: str) -> Badge:
    """Return the status of a claim as shape and words."""
    return Badge(status.replace(" ", "-"), _STATUSES.get(status, "·"), status)


def claim_badge(verdict: Verdict, name: str, status: str) -> Badge:
    """Return the status of a claim as the verdict says it: a shift may be contradicted as well."""
    said = status_words(name, status, disputed=bool(verdict.disputes))
    return status_badge(status) if said == status else Badge("disputed", "△", said)


def maturity_badge(maturity: str) -> Badge:
    """Return how well a method is tried as shape and words."""
    return Badge(maturity, "△", f"{maturity} method")


def role_words(role: str) -> str:
    """Say the role of a design."""
    return _ROLES.get(role, plain(role))


_UNITS = {"mg_per_1000_day": "mg per 1,000 inhabitants a day"}


def plain(name: str) -> str:
    """Write a name from the data as words.

    Examples
    --------
    >>> plain("labs_dismantled")
    'labs dismantled'
    """
    return _UNITS.get(name, name.replace("_", " ").strip())


def place(unit: str) -> str:
    """Write the units of one side the way a reader would.

    Examples
    --------
    >>> place("BE"), place("NL:rotterdam_port"), place("NL:utrecht + NL:eindhoven")
    ('Belgium', 'Rotterdam port (NL)', 'Utrecht + Eindhoven (NL)')
    """
    parts = [part.split(":", 1) for part in unit.split(" + ")]
    wholes = {part[0] for part in parts}
    if all(len(part) == _PLACE_PARTS for part in parts) and len(wholes) == 1:
        names = " + ".join(capital(plain(part[1])) for part in parts)
        return f"{names} ({parts[0][0]})"
    return " + ".join(_COUNTRIES.get(whole, whole) for whole in unit.split(" + "))


def side_place(page: DesignPage, side: str) -> str:
    """Name one side of a design; "the origin" where the study has none."""
    units = page.design.origin_units if side == "origin" else page.design.destination_units
    return place(" + ".join(units)) if units else f"the {side}"


def with_side(name: str, side: str) -> str:
    """Write a place with its side in one pair of brackets.

    Examples
    --------
    >>> with_side("Belgium", "destination"), with_side("Brussels (BE)", "destination")
    ('Belgium (destination)', 'Brussels (BE, destination)')
    """
    return f"{name[:-1]}, {side})" if name.endswith(")") else f"{name} ({side})"


def gate_words(reasons: Sequence[str], sides: int = 2) -> str:
    """Say why a data gate failed; periods of one side alone are not observed jointly."""
    observed = "jointly observed" if sides > 1 else "observed"
    return "; ".join(reasons).replace("joint period", f"{observed} period")


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


def amount(value: float, *, signed: bool = False) -> str:
    """Write an amount with three significant digits, thousands separated, and a true minus sign.

    Examples
    --------
    >>> amount(12345.6), amount(-0.12345), amount(12.0, signed=True)
    ('12,300', '−0.123', '+12')
    """
    if math.isnan(value):
        return NO_VALUE
    plus = "+" if signed and value > 0 else ""
    if math.isinf(value):
        return f"{plus}∞" if value > 0 else "−∞"
    rounded = float(f"{value:.3g}")
    text = f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:g}"
    return f"{plus}{text}".replace("-", "−")


def percent(share: float, *, least: bool = False) -> str:
    """Write a limit as a percentage: an upper one rounded up, a lower one (``least``) down.

    Examples
    --------
    >>> percent(0.6149), percent(0.6149, least=True)
    ('62 %', '61 %')
    """
    value = round(100 * share, 6)
    return f"{math.floor(value) if least else math.ceil(value)} %"


def probability(p: float) -> str:
    """Write a p-value with three digits."""
    if math.isnan(p):
        return NO_VALUE
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def unit_words(unit: str, indicator: Indicator | None) -> str:
    """Say a unit so that a count names what is counted.

    Examples
    --------
    >>> unit_words("count per year", Indicator("labs_dismantled", "count"))
    'labs dismantled per year'
    """
    if indicator is not None and (unit == "count" or unit.startswith("count ")):
        return plain(indicator.name) + unit.removeprefix("count")
    return plain(unit)


def set_words(answer: ConfidenceSet, level: float) -> str:
    """Say a confidence set of an effect in words."""
    if answer.kind == "none":
        return "no interval, too few periods for one"
    head = f"{100 * level:g} % interval"
    if answer.kind == "line" or (math.isinf(answer.low) and math.isinf(answer.high)):
        return f"{head}: every value"
    if answer.kind == "complement":
        return f"{head}: everything outside {amount(answer.low)} to {amount(answer.high)}"
    if math.isinf(answer.high):
        return f"{head}: {amount(answer.low, signed=True)} and more, without upper limit"
    if math.isinf(answer.low):
        return f"{head}: {amount(answer.high, signed=True)} and less, without lower limit"
    return f"{head} {amount(answer.low, signed=True)} to {amount(answer.high, signed=True)}"


def drift_words(drift: float) -> str:
    """Say whether a limit has room for a drift of detection.

    Examples
    --------
    >>> drift_words(0.1), drift_words(0.0)
    ('detection drift of 0.1 included', 'without detection drift')
    """
    return f"detection drift of {drift:g} included" if drift else NO_DRIFT


def set_cell(answer: ConfidenceSet) -> str:
    """Write a confidence set inside a table."""
    if answer.kind == "none":
        return NO_VALUE
    if answer.kind == "line":
        return "every value"
    ends = f"{amount(answer.low)} to {amount(answer.high)}"
    return f"outside {ends}" if answer.kind == "complement" else ends


def span_words(labels: Sequence[str]) -> str:
    """Say which periods: first to last.

    Examples
    --------
    >>> span_words(("2002", "2003")), span_words(("2011",))
    ('2002–2003', '2011')
    """
    if not labels:
        return "no period"
    return labels[0] if labels[0] == labels[-1] else f"{labels[0]}–{labels[-1]}"


def period_noun(label: str, count: int) -> str:
    """Say year, quarter or month, in the number asked for."""
    noun = "quarter" if "Q" in label else "month" if "-" in label else "year"
    return noun if count == 1 else f"{noun}s"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Join words the way a sentence does.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(items) < _PLACE_PARTS:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def sectors_words(page: DesignPage) -> str:
    """Say which sectors are not excluded, and that all are where nothing could be tested."""
    verdict = page.verdict
    if verdict.state == "gate failed":
        return f"{ALL_SECTORS} (none can be tested)"
    if verdict.conflicting:
        return "none: the specifications contradict each other"
    if verdict.state == "undecided":
        return f"{ALL_SECTORS} (none excluded)"
    return ", ".join(verdict.sectors)
