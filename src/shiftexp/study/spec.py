"""What a study file says, as Python: frozen, comparable, and nothing that the file cannot say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import Problem, StudyError
from shiftexp.evidence import Evidence
from shiftexp.result import Estimator
from shiftexp.robustness import CurveTest, Specifications
from shiftexp.study.spec_further import Pool, Rivals

A_MARGIN = "a positive share of the level, below 1"
LONGEST_NAME = 100  # bytes: with what a run appends it stays below what file systems take
SEPARATORS = {",": ",", ";": ";", "tab": "\t", "|": "|"}  # as declared, and as they stand in a file
DECIMALS = (".", ",")
ROLES = ("primary", "secondary", "reverse", "one_unit", "negative_control")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the values come from: a bundled dataset, or a file of the user's with its columns.

    Parameters
    ----------
    dataset : str
        Name of a bundled dataset; empty when a file is given.
    file : str
        CSV file, relative to the study file.
    unit, period, value : str
        Columns of the file.
    indicator, quality, std_error, exposure : str
        Further columns; empty when there are none.
    unit_of_measure : str
        What the values count, or the column that says so.
    separator : {",", ";", "tab", "|"}
        What sets the cells of a row apart.
    decimal : {".", ","}
        What stands before decimals.
    additive : bool or None
        Whether values add up; must be said where the unit reads like a rate or a price.
    comparable : bool
        Whether levels may be compared between units.
    allow_gaps : bool
        Whether a period that no unit has is accepted.
    """

    dataset: str = ""
    file: str = ""
    unit: str = "unit"
    period: str = "period"
    value: str = "value"
    indicator: str = ""
    quality: str = ""
    std_error: str = ""
    exposure: str = ""
    unit_of_measure: str = "units"
    separator: str = ","
    decimal: str = "."
    additive: bool | None = None
    comparable: bool = True
    allow_gaps: bool = False

    def __post_init__(self) -> None:
        """Refuse signs that no file is read with.

        Raises
        ------
        StudyError
            With the key that is wrong.
        """
        for key, known in (("separator", SEPARATORS), ("decimal", DECIMALS)):
            given = getattr(self, key)
            if given not in known:
                listed = f"one of {', '.join(map(repr, known))}"
                problem = Problem(f"{key} = {given!r}", listed, f"write {listed}")
                raise StudyError(problem, key=f"data.{key}")


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """Which series of the source a cell is about.

    Parameters
    ----------
    market, segment, indicator, substance, unit, level : str
        Names in the dataset; for a user's file only ``indicator`` counts. Empty means any.
    role : str
        "primary", for now the only one that is read.
    """

    market: str = ""
    segment: str = ""
    indicator: str = ""
    substance: str = ""
    unit: str = ""
    level: str = ""
    role: str = "primary"


def indicator_line(name: str) -> str:
    """Return the line of a [[cell]] that says which series it is about.

    Parameters
    ----------
    name : str
        The indicator.

    Examples
    --------
    >>> indicator_line("seizures")
    'indicators = [{ indicator = "seizures" }]'
    """
    return f"indicators = [{{ indicator = {json.dumps(name, ensure_ascii=False)} }}]"


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A counted fall in the dataset's cross-border customers, with caps on those who did not move.

    Parameters
    ----------
    place : str
        A place of the dataset's flows.
    quitting, rerouting : float
        Caps on the shares that stopped buying and that went elsewhere in the origin.
    part : float or None
        Least share of the customers who came from the destination; by default as counted.
    """

    place: str
    quitting: float = 1.0
    rerouting: float = 0.0
    part: float | None = None


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A specification curve declared in advance, and the tests of it.

    Parameters
    ----------
    axes : Specifications
        The choices of every axis.
    named : bool
        Whether the file names the curve's estimators; otherwise those of the cell or the study take
        their place, where it declares some.
    indicators : tuple of Indicator
        Further series of the bundled dataset beside the cell's own: choices of the first axis.
    tests : tuple of CurveTest
        Permutation tests of the whole curve.
    """

    axes: Specifications = field(default_factory=Specifications)
    named: bool = False
    indicators: tuple[Indicator, ...] = ()
    tests: tuple[CurveTest, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Event:
    """One dated event, written out.

    Parameters
    ----------
    date : str
        A year, a month or a day.
    event : str
        What happened; the date by default.
    country : str
        On whose side; that of the origin by default.
    kind : str
        Such as policy or enforcement; "measurement" is never an onset.
    """

    date: str
    event: str = ""
    country: str = ""
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Events:
    """Dated events of a cell, each a study of its own.

    Parameters
    ----------
    third : tuple of str or None
        Third countries as further destinations; by default the near donors of the panel.
    draws : int
        Of the resampling behind max-T.
    estimators : tuple of Estimator
        Specifications, the first is shown; by default those of the cell.
    table : tuple of Event
        Events; by default those of the dataset's cell.
    """

    third: tuple[str, ...] | None = None
    draws: int = 499
    estimators: tuple[Estimator, ...] = ()
    table: tuple[Event, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Timing:
    """One question of timing or integration that is put to the series of a cell.

    Parameters
    ----------
    name : str
        A name of ``TIMING``.
    settings : tuple of (name, value)
        Settings that differ from the defaults.
    """

    name: str
    settings: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One study of the file.

    Parameters
    ----------
    name : str
        Its name, unique in the file.
    design : str or Design
        A declared design of the dataset, or one written out.
    page : str
        The cell on whose page it is shown; its own by default.
    title : str
        Heading of the page.
    role : str
        Its role on the page; by default that of the declared design.
    indicators : tuple of Indicator
        The series; by default that of the declared design.
    estimators : tuple of Estimator
        Specifications, the first the primary one; by default those of the study.
    detection : Detection or None
        What is declared about detection; by default the intervals of the declared design.
    margin : float or None
        Smallest effect of interest; by default that of the study.
    evidence : tuple of Evidence
        Evidence written out.
    falls : tuple of Fall
        Counted customers of the dataset.
    curve : Curve or None
        A specification curve; without one none is run.
    events : Events or None
        Dated events; without it none is studied.
    timing : tuple of Timing
        Questions of timing and integration.
    describe : bool
        Whether the series are described.
    rivals : tuple of Rivals
        Rival hypotheses, a table for each; without any none are compared.
    conclusion : str
        What earlier work concluded; by default as in the dataset.
    """

    name: str
    design: str | Design
    page: str = ""
    title: str = ""
    role: str = ""
    indicators: tuple[Indicator, ...] = ()
    estimators: tuple[Estimator, ...] = ()
    detection: Detection | None = None
    margin: float | None = None
    evidence: tuple[Evidence, ...] = ()
    falls: tuple[Fall, ...] = ()
    curve: Curve | None = None
    events: Events | None = None
    timing: tuple[Timing, ...] = ()
    describe: bool = False
    rivals: tuple[Rivals, ...] = ()
    conclusion: str = ""

    def __post_init__(self) -> None:
        """Refuse names that cannot name a file, and a margin that is none.

        Raises
        ------
        StudyError
            With everything that is wrong.
        """
        wrong = wrong_fields(self.name, self.page, self.margin)
        if wrong:
            raise StudyError(
                [Problem(f"{key} = {v!r}", needed, remedy) for key, v, needed, remedy in wrong],
                key="cell",
            )


def wrong_fields(
    name: str, page: str, margin: float | None
) -> list[tuple[str, str | float | None, str, str]]:
    """Return the fields of a cell that are wrong: key, value, what is needed and what to do.

    Parameters
    ----------
    name, page : str
        The cell, and the cell on whose page it is shown; each names a file.
    margin : float or None
        Smallest effect of interest.

    Examples
    --------
    >>> wrong_fields("../a", "", None)
    [('name', '../a', 'letters, digits, _ and -', 'rename the cell')]
    """
    wrong: list[tuple[str, str | float | None, str, str]] = [
        (key, text, "letters, digits, _ and -", "rename the cell")
        for key, text in (("name", name), ("page", page))
        if not re.fullmatch(r"[\w-]+", text) and (text or key == "name")
    ]
    wrong += [
        (key, text, f"at most {LONGEST_NAME} of them, since it names files", "shorten the name")
        for key, text in (("name", name), ("page", page))
        if len(text.encode("utf-8", "replace")) > LONGEST_NAME
    ]
    if margin is not None and not 0 < margin < 1:
        wrong.append(("margin", margin, A_MARGIN, "write 0.10 for 10 %"))
    return wrong


@dataclass(frozen=True, kw_only=True)
class StudySpec:
    """The whole file.

    Parameters
    ----------
    title : str
        Heading of the report.
    seed : int
        Seed of every draw.
    source : Source
        Where the values come from.
    margin : float
        Smallest effect of interest, as a share of the counterfactual level.
    estimators : tuple of Estimator
        Specifications of cells that name none of their own.
    cells : tuple of Cell
        The studies.
    pools : tuple of Pool
        Cells that are pooled.
    language : {"en", "nl", "fr"}
        What the report is written in; the numbers are the same in each.
    """

    title: str = "Study"
    seed: int = 1
    source: Source = Source()
    margin: float = 0.10
    estimators: tuple[Estimator, ...] = ()
    cells: tuple[Cell, ...] = ()
    pools: tuple[Pool, ...] = ()
    language: str = "en"
