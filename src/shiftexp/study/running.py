"""Running a study: the file's cells become panels, designs, results and verdicts, page by page."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from shiftexp.datasets import Dataset, load_dataset
from shiftexp.design import Design, Gate
from shiftexp.detection import Detection
from shiftexp.errors import (
    DesignError,
    PanelError,
    Problem,
    ShiftexpError,
    StudyError,
)
from shiftexp.panel import Panel
from shiftexp.policy import PolicyEvents
from shiftexp.report.page import CellPage, DesignPage
from shiftexp.robustness import CurveTestResult, SpecificationCurve
from shiftexp.study.describing import described_bounds, described_tipping
from shiftexp.study.files import read_panel, series_of
from shiftexp.study.fitting import (
    DEFAULT_ESTIMATORS,
    Case,
    contrasts_of,
    fit_all,
    study_sides,
)
from shiftexp.study.further import run_further
from shiftexp.study.needed import needed_series
from shiftexp.study.questions import run_events, run_timing
from shiftexp.study.robustness import of_the_study, run_controls, run_curve
from shiftexp.study.spec import Cell, Curve, Events, Indicator, StudySpec
from shiftexp.verdict import weigh

_CAPS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
_PARTS = (0.0, 0.5, 1.0)


@dataclass(frozen=True, eq=False)
class Runner:
    """One study with its data.

    Attributes
    ----------
    spec : StudySpec
        The study.
    folder : Path
        Where the user's file is looked for.
    """

    spec: StudySpec
    folder: Path

    def design_page(self, case: Case) -> DesignPage:
        """Return what is found under one cell's design; the curve and dated events come apart."""
        cell = case.cell
        results, refusals = fit_all(case) if case.gate.passed else ((), ())
        timing = run_timing(cell.timing, case.panel, case.design, self.spec.seed)
        verdict = weigh(
            results,
            evidence=(*case.evidence, *(a.evidence for a in timing if a.evidence is not None)),
            detection=case.detection,
            margin=case.margin,
            gate=case.gate,
            name=cell.title or _title(cell.name),
        )
        contrasts, contrast_refusal = ((), "") if case.gate.passed else contrasts_of(case)
        sides = () if case.gate.passed else study_sides(case)
        role = cell.role or case.row.get("role", "primary")
        return DesignPage(
            name=cell.name,
            role=role,
            design=case.design,
            gate=case.gate,
            verdict=verdict,
            sides=sides,
            contrasts=contrasts,
            contrast_refusal=contrast_refusal,
            refusals=refusals,
            described_bounds=described_bounds(sides, contrasts),
            described_tipping=described_tipping(sides),
            needed=needed_series(case.design, case.panel, case.gate),
            conditional=self._conditional(case),
            data=self._data(case),
            quiet=run_controls(case.declared) if role == "primary" else None,
            timing=timing,
            further=run_further(case, verdict, self.spec.seed),
        )

    def cell_page(self, name: str, pages: tuple[DesignPage, ...]) -> CellPage:
        """Return the page of one cell from those of its designs, the primary one first."""
        primary = next((p for p in pages if p.role == "primary"), pages[0])
        cell = next(c for c in self.spec.cells if c.name == primary.name)
        facts = self._facts(name)
        used = [source for page in pages for source in page.data.get("source_id", ())]
        return CellPage(
            name=name,
            title=cell.title or _title(name),
            primary=primary,
            others=tuple(p for p in pages if p is not primary),
            conclusion=cell.conclusion or facts.get("dismark_conclusion", ""),
            limits="; ".join(facts[k] for k in ("data_adequacy", "reason") if facts.get(k)),
            sources=self._sources(used),
        )

    def gates(self) -> dict[str, Gate]:
        """Return the answer of the data gate for every cell; nothing is fitted.

        Raises
        ------
        StudyError
            With everything that is wrong with the data, or with any cell.
        """
        if not self.spec.source.dataset:
            self._read_data()
        gates: dict[str, Gate] = {}
        problems: list[Problem] = []
        for cell in self.spec.cells:
            try:
                gates[cell.name] = self.case(cell).gate
            except StudyError as error:
                problems += [replace(p, key=p.key or error.key) for p in error.problems]
        if problems:
            raise StudyError(list(dict.fromkeys(problems)), key=problems[0].key)
        return gates

    def _read_data(self) -> Panel:
        """Return all of the user's file, once.

        Raises
        ------
        StudyError
            When it cannot be read, or is no panel.
        """
        try:
            return read_panel(self.spec.source, self.folder)
        except PanelError as error:
            file = self.spec.source.file
            found = [replace(p, given=f"{file}: {p.given}", key="data") for p in error.problems]
            raise StudyError(found, key="data") from error

    @property
    def dataset(self) -> Dataset | None:
        """The bundled dataset, if the study uses one."""
        return load_dataset(self.spec.source.dataset) if self.spec.source.dataset else None

    def case(self, cell: Cell) -> Case:
        """Return a cell with its data, design and declarations; nothing is fitted.

        Parameters
        ----------
        cell : Cell
            A cell of the study.

        Raises
        ------
        StudyError
            When the design, the series or the file cannot be had.
        """
        data = self.dataset
        try:
            row, design = _declaration(cell, data)
            panel, whole = self._panels(cell, row)
            gate = design.gate(panel)
            _refuse_onset_outside(design, panel)
            falls = data.counted_fall if data else None
            counted = [
                falls(f.place).evidence(quitting=f.quitting, rerouting=f.rerouting, part=f.part)
                for f in cell.falls
                if falls
            ]
        except StudyError:
            raise
        except ShiftexpError as error:
            raise StudyError(
                [
                    Problem(f"cell {cell.name!r}: {p.given}", p.needed, p.remedy, p.rows)
                    for p in error.problems
                ],
                key=f"cell.{cell.name}",
            ) from error
        return Case(
            cell=cell,
            panel=panel,
            whole=whole,
            design=design,
            row=row,
            gate=gate,
            estimators=cell.estimators or self.spec.estimators or DEFAULT_ESTIMATORS,
            detection=cell.detection or Detection.from_row(row),
            margin=self.spec.margin if cell.margin is None else cell.margin,
            evidence=(*cell.evidence, *counted),
        )

    def _panels(self, cell: Cell, row: Mapping[str, str]) -> tuple[Panel, Panel]:
        """Return the panel of a cell, and that of all indicators of a user's file."""
        if self.dataset is None:
            whole = self._read_data()
            return series_of(whole, cell), whole
        panel = self._of_dataset(self.dataset, cell, row)
        return panel, panel

    @staticmethod
    def _of_dataset(data: Dataset, cell: Cell, row: Mapping[str, str]) -> Panel:
        """Return the panel of a cell of a bundled dataset."""
        if not cell.indicators and row:
            return data.design_panel(row["design"])
        if not cell.indicators:
            problem = Problem(
                "a design written out, without indicators",
                "the series it is about",
                "write indicators = [{ market = ..., indicator = ... }], or name a declared design",
            )
            raise StudyError(problem, key=f"cell.{cell.name}.indicators")
        asked = cell.indicators[0]
        names = ("market", "segment", "indicator", "substance", "unit")
        wanted = {n: getattr(asked, n) or None for n in names}
        return data.panel(**wanted, level=asked.level or "country")

    def curve(
        self, cell: Cell, curve: Curve
    ) -> tuple[SpecificationCurve, tuple[CurveTestResult, ...], tuple[str, ...]]:
        """Return the curve that a cell declares, with its tests, and why tests could not be run."""
        case, data = self.case(cell), self.dataset

        def series(asked: Indicator) -> Panel:
            if data is None:
                return series_of(case.whole, replace(cell, indicators=(asked,)))
            return self._of_dataset(data, replace(cell, indicators=(asked,)), case.row)

        try:
            declared = cell.estimators or self.spec.estimators
            return run_curve(of_the_study(curve, declared), case.declared, series)
        except ShiftexpError as error:
            raise StudyError(error.problems, key=f"cell.{cell.name}.curve") from error

    def events(self, cell: Cell, asked: Events) -> PolicyEvents:
        """Return the dated events of a cell, each as a study of its own."""
        try:
            return run_events(asked, self.case(cell), self.dataset, self.spec.seed)
        except ShiftexpError as error:
            raise StudyError(error.problems, key=f"cell.{cell.name}.events") from error

    def _facts(self, name: str) -> dict[str, str]:
        """Return what the dataset says of a cell of the question."""
        if self.dataset is None:
            return {}
        cells = self.dataset.cells
        found = cells[cells["cell"] == name]
        return {} if found.empty else {str(k): str(v) for k, v in found.iloc[0].items()}

    def _data(self, case: Case) -> pd.DataFrame:
        """Return the values of origin and destination in the window, with flags and sources."""
        units = (*case.design.origin_units, *case.design.destination_units)
        if self.dataset is None or not case.row:
            frame = case.panel.to_frame()
            return frame[frame["unit"].isin(units)].reset_index(drop=True)
        values, row = self.dataset.indicators, case.row
        chosen = values["region"].isin(units) & values["period"].between(row["start"], row["end"])
        for column in ("market", "segment", "indicator", "substance", "unit"):
            chosen &= values[column] == row[column]
        columns = ["region", "period", "value", "unit", "quality", "source_id", "note"]
        return values.loc[chosen, columns].reset_index(drop=True)

    def _sources(self, used: list[str]) -> pd.DataFrame:
        """Return the sources behind the values of a page."""
        if self.dataset is None:
            return pd.DataFrame()
        sources = self.dataset.sources
        return sources[sources["source_id"].isin(used)].reset_index(drop=True)

    def _conditional(self, case: Case) -> pd.DataFrame:
        """Return for which caps, and part from the destination, a shift would be supported."""
        data = self.dataset
        if data is None or not case.cell.falls:
            return pd.DataFrame()
        rows = []
        for fall in case.cell.falls:
            counted = data.counted_fall(fall.place)
            for part, cap in itertools.product(_PARTS, _CAPS):
                evidence = counted.evidence(quitting=cap, part=part)
                claims = weigh(evidence=[evidence], gate=case.gate).claims
                status = next(c.status for c in claims if c.name == "shift")
                limits = (evidence.bound.low, evidence.bound.high) if evidence.bound else (0.0, 0.0)
                rows.append((fall.place, part, cap, *limits, counted.unit, status))
        columns = ["place", "part_from_destination", "q_plus_r"]
        return pd.DataFrame(rows, columns=[*columns, "flow_low", "flow_high", "unit", "shift"])


def _title(name: str) -> str:
    """Return the name of a cell as a title."""
    return name.replace("_", " ").capitalize()


def _declaration(cell: Cell, data: Dataset | None) -> tuple[Mapping[str, str], Design]:
    """Return the declared row behind a cell's design, empty without one, and the design.

    Raises
    ------
    StudyError
        When a design is named and there is no bundled dataset.
    DesignError
        When the dataset has no design of that name.
    """
    if isinstance(cell.design, Design):
        return {}, cell.design
    if data is None:
        problem = Problem(
            f"design {cell.design!r}",
            "a design written out",
            "only bundled datasets have named ones",
        )
        raise StudyError(problem, key=f"cell.{cell.name}.design")
    return data.design_row(cell.design), data.design(cell.design)


def _refuse_onset_outside(design: Design, panel: Panel) -> None:
    """Refuse an onset that lies beyond the data: no gate can say more."""
    calendar = panel.calendar
    for period in design.onset_range:
        if not 0 <= calendar.ordinal(period) - calendar.first < calendar.size:
            problem = Problem(
                f"onset {period!r} outside the data {calendar.labels[0]} to {calendar.labels[-1]}",
                "an onset inside the data",
                "check the onset",
            )
            raise DesignError(problem)
