"""What one page of the report holds: plain data, so that every format shows the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pandas as pd

from shiftexp.bounds import ShiftShareBounds
from shiftexp.design import Design, Gate
from shiftexp.detection import TippingPoint
from shiftexp.evidence import Evidence
from shiftexp.policy import PolicyEvents
from shiftexp.report.further import Further, PoolAnswer
from shiftexp.report.language import Words
from shiftexp.result import Result
from shiftexp.robustness import (
    CurveTestResult,
    NegativeControls,
    SpecificationCurve,
    control_of,
)
from shiftexp.verdict import Verdict


@dataclass(frozen=True, eq=False)
class SideStudy:
    """One side studied alone.

    Attributes
    ----------
    side : str
        "origin" or "destination".
    unit : str
        Its units, joined with " + ".
    result : Result or None
        Its own change; None when it was refused.
    gate : str
        Answer of the data gate for this side alone.
    refusal : str
        Why there is no result.
    """

    side: str
    unit: str
    result: Result | None
    gate: str
    refusal: str = ""


@dataclass(frozen=True, eq=False)
class TimingAnswer:
    """What one question of timing or integration was answered.

    Attributes
    ----------
    method : str
        The question.
    evidence : Evidence or None
        What goes into the verdict, never a bound; None where it was refused.
    said : tuple of str
        The finding in its own words.
    notes : tuple of str
        What to know before reading it.
    refusal : str
        Why there is no answer.
    """

    method: str
    evidence: Evidence | None = None
    said: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, eq=False)
class DesignPage:
    """Everything found under one declared design.

    Attributes
    ----------
    name, role : str
        Name of the design and its role: primary, secondary, reverse, one_unit or negative_control.
    design : Design
        The declaration.
    gate : Gate
        Answer of the data gate.
    verdict : Verdict
        What was weighed; without results where none could be fitted.
    sides : tuple of SideStudy
        Each side alone.
    contrasts : tuple of Result
        Two windows of counts, one result for each overdispersion tried.
    contrast_refusal : str
        Why there are none, where there could have been.
    refusals : tuple of (estimator, reason)
        Estimators that refused, with their words.
    described_bounds : tuple of (what it rests on, ShiftShareBounds)
        Limits where the gate failed: a description under the assumptions named.
    described_tipping : tuple of (what it rests on, TippingPoint)
        Detection changes that would explain the change of each side alone.
    needed : str
        The one series that would make the design decidable; empty when the gate is passed.
    conditional : pandas.DataFrame
        For bounds that rest on caps: for which caps a shift would be supported; empty when there
        are none.
    data : pandas.DataFrame
        The values seen: unit, period, value, quality, source.
    curve : SpecificationCurve or None
        The specification curve, where the study declares one.
    curve_tests : tuple of CurveTestResult
        Its tests.
    curve_refusals : tuple of str
        Why a test could not be run.
    quiet : NegativeControls or None
        What the study's rule says where nothing happened; of primary designs.
    timing : tuple of TimingAnswer
        Questions of timing and integration, in the order declared.
    events : PolicyEvents or None
        Dated events, where the study asks for them.
    further : Further
        A description, rival hypotheses, sector weights of posteriors.
    language : {"en", "nl", "fr"}
        What it is written in.
    """

    name: str
    role: str
    design: Design
    gate: Gate
    verdict: Verdict
    sides: tuple[SideStudy, ...]
    contrasts: tuple[Result, ...] = ()
    contrast_refusal: str = ""
    refusals: tuple[tuple[str, str], ...] = ()
    described_bounds: tuple[tuple[str, ShiftShareBounds], ...] = ()
    described_tipping: tuple[tuple[str, TippingPoint], ...] = ()
    needed: str = ""
    conditional: pd.DataFrame = field(default_factory=pd.DataFrame)
    data: pd.DataFrame = field(default_factory=pd.DataFrame)
    curve: SpecificationCurve | None = None
    curve_tests: tuple[CurveTestResult, ...] = ()
    curve_refusals: tuple[str, ...] = ()
    quiet: NegativeControls | None = None
    timing: tuple[TimingAnswer, ...] = ()
    events: PolicyEvents | None = None
    further: Further = field(default_factory=Further)
    language: str = "en"

    @property
    def words(self) -> Words:
        """The words of its language."""
        return Words(self.language)

    def in_language(self, language: str) -> DesignPage:
        """Return the design in another language."""
        return replace(self, language=language)


@dataclass(frozen=True, eq=False)
class CellPage:
    """One cell of the question: its primary design and what stands beside it.

    Attributes
    ----------
    name, title : str
        Short name and heading.
    primary : DesignPage
        The design that bears the cell's name.
    others : tuple of DesignPage
        Secondary, reverse, one-unit designs and negative controls.
    conclusion : str
        What earlier work concluded, in its own words.
    limits : str
        What these data can carry, by the data card.
    sources : pandas.DataFrame
        The sources behind the values: publisher, title, year, place, address, licence.
    language : {"en", "nl", "fr"}
        What it is written in.
    """

    name: str
    title: str
    primary: DesignPage
    others: tuple[DesignPage, ...] = ()
    conclusion: str = ""
    limits: str = ""
    sources: pd.DataFrame = field(default_factory=pd.DataFrame)
    language: str = "en"

    @property
    def words(self) -> Words:
        """The words of its language."""
        return Words(self.language)

    def in_language(self, language: str) -> CellPage:
        """Return the cell and all its designs in another language."""
        primary = self.primary.in_language(language)
        others = tuple(page.in_language(language) for page in self.others)
        return replace(self, language=language, primary=primary, others=others)

    @property
    def pages(self) -> tuple[DesignPage, ...]:
        """All designs of the cell, the primary first."""
        return (self.primary, *self.others)

    @property
    def controls(self) -> NegativeControls:
        """Negative controls: quiet onsets and donors, and the series declared to be untouched."""
        quiet = self.primary.quiet or NegativeControls(())
        series = tuple(
            control_of(page.verdict, [reason for _, reason in page.refusals], page.name)
            for page in self.others
            if page.role == "negative_control"
        )
        return replace(quiet, controls=(*quiet.controls, *series))


@dataclass(frozen=True, eq=False)
class StudyPage:
    """The whole report.

    Attributes
    ----------
    title : str
        Its heading.
    cells : tuple of CellPage
        One for each cell of the question.
    provenance : dict
        Versions, seed, input hashes.
    pools : tuple of PoolAnswer
        Cells that are pooled.
    language : {"en", "nl", "fr"}
        What it is written in.
    """

    title: str
    cells: tuple[CellPage, ...]
    provenance: dict[str, object]
    pools: tuple[PoolAnswer, ...] = ()
    language: str = "en"

    @property
    def words(self) -> Words:
        """The words of its language."""
        return Words(self.language)

    def in_language(self, language: str) -> StudyPage:
        """Return the report in another language: the same numbers, other words.

        Parameters
        ----------
        language : {"en", "nl", "fr"}
            English, Dutch or French.

        Raises
        ------
        DesignError
            When there are no phrases of that language.
        """
        words = Words(language)
        cells = tuple(cell.in_language(words.language) for cell in self.cells)
        return replace(self, language=words.language, cells=cells)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Verdicts of the primary designs, then of the negative controls."""
        controls = [p for c in self.cells for p in c.others if p.role == "negative_control"]
        return (*(c.primary.verdict for c in self.cells), *(p.verdict for p in controls))
