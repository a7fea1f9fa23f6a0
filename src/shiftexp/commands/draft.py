"""The text of a new study file: what was declared, and in comments what else can be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from shiftexp.commands.columns import Columns
from shiftexp.datasets.dataset import is_additive
from shiftexp.study import Source

SCHEMA_NAME = "study.schema.json"
_TEMPLATE = files("shiftexp.commands") / "templates" / "study.toml.j2"
# What a study asks, and what stands between its places, by language.
_TITLES = {
    "en": ("Did it move, or did it grow?", "to"),
    "nl": ("Verplaatst of gegroeid?", "naar"),
    "fr": ("Déplacement ou croissance ?", "vers"),
}

_MOST_NAMES, _POOLED = 40, 2
_PLAIN = Source()
_NAME_IT = (
    '  # write what a value counts, such as "count", "burglaries" or "kg": the report says it'
)


@dataclass(frozen=True)
class Declared:
    """What is declared of a new study.

    Attributes
    ----------
    file : str
        The data, relative to the study file.
    columns : Columns
        Which column is what.
    origin, destination : str
        Units; empty for a study of one.
    onset : tuple of str
        First treated period, or the ends of a range.
    donors : tuple of str
        Clean units.
    indicators : tuple of str
        A cell each; one empty name where the file has no such column.
    unit_of_measure : str
        What the values count.
    additive : bool or None
        Whether values add up; None leaves it to the unit of measure.
    positive : bool
        Whether all values are above zero.
    allow_gaps : bool
        Whether periods that no unit has are known to be missing.
    separator, decimal : str
        What sets cells apart, and what stands before decimals.
    others : tuple of str
        Units of the file that were not named, offered as donors where none were.
    breaks : tuple of str
        What would treat reporting breaks that are not treated.
    language : str
        Language of the title and the report; English where it is empty, and not written.
    """

    file: str
    columns: Columns
    origin: str
    destination: str
    onset: tuple[str, ...]
    donors: tuple[str, ...]
    indicators: tuple[str, ...]
    unit_of_measure: str
    additive: bool | None
    positive: bool
    allow_gaps: bool = False
    separator: str = _PLAIN.separator
    decimal: str = _PLAIN.decimal
    others: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    language: str = ""


def study_text(declared: Declared) -> str:
    """Return the study file.

    Parameters
    ----------
    declared : Declared
        What it says.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # noqa: S701 - what is filled in is TOML already, nothing is HTML
        trim_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    question, to = _TITLES[declared.language or "en"]
    where = f" {to} ".join(place for place in (declared.origin, declared.destination) if place)
    names = _cell_names(declared.indicators, declared.columns.value)
    return environment.from_string(_TEMPLATE.read_text("utf-8")).render(
        schema=SCHEMA_NAME,
        title=_toml(f"{question} {where}"),
        language=declared.language and _toml(declared.language),
        positive=declared.positive,
        donors=declared.donors,
        data=_data(declared),
        cells=[(_toml(name), indicator and _toml(indicator)) for name, indicator in names.items()],
        design=_design(declared),
        others=_row(declared.others) if not declared.donors else "",
        breaks=_row(declared.breaks),
        unit=_toml(_unit_of_flow(declared)),
        date=_period(declared.onset[0]),
        pooled=_row(tuple(names)[:_POOLED]) if len(names) >= _POOLED else "",
    )


def _row(names: tuple[str, ...]) -> str:
    """Return names as a list on one line; empty where there are none, or more than one can read."""
    return f"[{', '.join(map(_toml, names))}]" if 0 < len(names) <= _MOST_NAMES else ""


def _unit_of_flow(declared: Declared) -> str:
    """Return the unit of what can have moved: amounts that add up are counted over a year."""
    unit = declared.unit_of_measure
    additive = is_additive(unit) if declared.additive is None else declared.additive
    return f"{unit} per year" if additive else unit


def _data(declared: Declared) -> list[tuple[str, str]]:
    """Return the keys of [data] with their values."""
    columns = {part: column for part, column in vars(declared.columns).items() if column}
    said: dict[str, object] = {
        "file": declared.file,
        **columns,
        "unit_of_measure": declared.unit_of_measure,
    }
    signs = {"separator": declared.separator, "decimal": declared.decimal}
    said |= {key: sign for key, sign in signs.items() if sign != getattr(_PLAIN, key)}
    if declared.additive is not None:
        said["additive"] = declared.additive
    if declared.allow_gaps:
        said["allow_gaps"] = True
    lines = {key: _toml(value) for key, value in said.items()}
    if declared.unit_of_measure == _PLAIN.unit_of_measure:
        lines["unit_of_measure"] += _NAME_IT
    return list(lines.items())


def _design(declared: Declared) -> str:
    """Return the keys of a design, as they stand in braces."""
    onset = [_period(period) for period in declared.onset]
    said = {
        "origin": declared.origin and _toml(declared.origin),
        "destination": declared.destination and _toml(declared.destination),
        "onset": onset[0] if len(onset) == 1 else f"[{', '.join(onset)}]",
        "donors": declared.donors and f"[{', '.join(map(_toml, declared.donors))}]",
    }
    return ", ".join(f"{key} = {value}" for key, value in said.items() if value)


def _cell_names(indicators: tuple[str, ...], value: str) -> dict[str, str]:
    """Return a name for the cell of every indicator: letters, digits, _ and -, each once."""
    names: dict[str, str] = {}
    for indicator in indicators:
        plain = re.sub(r"[^\w-]+", "_", indicator or value).strip("_") or "main"
        name, number = plain, 1
        while name in names:
            number += 1
            name = f"{plain}_{number}"
        names[name] = indicator
    return names


def _period(period: str) -> str:
    """Return a period: a year as a number, anything else as a text."""
    return period if re.fullmatch(r"[1-9][0-9]{3}", period) else _toml(period)


def _toml(value: object) -> str:
    """Return a value as TOML, whatever it holds."""
    import tomli_w

    return tomli_w.dumps({"x": value}).removeprefix("x = ").rstrip("\n")
