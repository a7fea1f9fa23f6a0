"""Small report pages for tests: a passed gate, a failed one, rates, hostile names."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache

import pandas as pd

from shiftexp.design import Design, Gate
from shiftexp.detection import Detection
from shiftexp.errors import SmallSampleWarning
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.estimators.windows import WindowContrast
from shiftexp.evidence import Bound, Evidence
from shiftexp.panel import Panel
from shiftexp.plotting import drawing_once, unshown
from shiftexp.report import CellPage, DesignPage, SideStudy, StudyPage, render
from shiftexp.result import Result
from shiftexp.simulate import simulate_pair
from shiftexp.verdict import LANGUAGES, Verdict, weigh

HOSTILE = "<script>alert(1)</script>"


@cache
def simulated(origin: float = 0.0, destination: float = 60.0) -> Result:
    """Return a fit of a quiet simulated pair whose effects are known."""
    panel, design = simulate_pair(
        origin_effect=origin, destination_effect=destination, sd=2, autocorrelation=0.0, rng=4
    )
    return InterruptedTimeSeries(trend=False).fit(panel, design)


def passed(result: Result | None = None, evidence: tuple[Evidence, ...] = ()) -> DesignPage:
    """Return a design whose gate passed and whose destination grew."""
    result = simulated() if result is None else result
    verdict = Verdict(
        (result,), evidence, detection=Detection(drift=0.01), gate=result.gate, name="made_up"
    )
    return DesignPage("made_up", "primary", result.design, result.gate, verdict, ())


def counts(size: int = 16, unit: str = "count", *, additive: bool = True) -> Panel:
    """Return a made-up panel of two places, rising at the destination from 2010 on."""
    rows = [
        (place, 2004 + t, level + (t % 3) + (20 if place == "BE" and t >= 6 else 0))
        for place, level in (("BE", 12), ("NL", 40))
        for t in range(size)
    ]
    return Panel.from_frame(
        pd.DataFrame(rows, columns=["unit", "period", "labs_dismantled"]),
        unit="unit",
        period="period",
        value="labs_dismantled",
        unit_of_measure=unit,
        additive=additive,
    )


def failed(*, rates: bool = False) -> DesignPage:
    """Return a design whose gate failed: one side alone, two windows, a counted flow."""
    panel = counts(unit="mg_per_day" if rates else "count", additive=not rates)
    design = Design(origin="NL", destination="BE", onset=2010)
    gate = Gate(3, 10, ("3 joint periods before",))
    bound = Bound("flow", low=0, high=900, unit="visits per year", because="counted fall, no caps")
    evidence = (Evidence(about="shift", bound=bound, source="survey of 2009"),)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        alone = InterruptedTimeSeries(trend=False).fit(panel, design.only("destination"))
        windows = [
            WindowContrast(overdispersion=phi).fit(panel, design)
            for phi in (() if rates else (1.0, 4.0))
        ]
    return DesignPage(
        "labs",
        "primary",
        design,
        gate,
        weigh(evidence=evidence, gate=gate, name="labs"),
        (SideStudy("destination", "BE", alone, "pass"),),
        contrasts=tuple(windows),
        refusals=(("InterruptedTimeSeries()", "too short"),),
        needed="labs dismantled of NL from 2002 on, counted the same way",
        conditional=pd.DataFrame({"q_plus_r": [0.0, 1.0], "shift": ["supported", "compatible"]}),
        data=panel.to_frame()[["unit", "period", "value", "quality"]].assign(source="nl_police"),
    )


def cell(page: DesignPage, conclusion: str = "shift") -> CellPage:
    """Return a cell with one design."""
    sources = pd.DataFrame({"source_id": ["s"], "url": ["https://example.org/report"]})
    return CellPage("labs", "Synthetic labs", page, conclusion=conclusion, sources=sources)


def study(*cells: CellPage) -> StudyPage:
    """Return a report of these cells."""
    return StudyPage("Made up", cells, {"shiftexp": "1.2.3", "inputs": {"a.csv": "abc"}})


@cache
def written() -> dict[str, str]:
    """Return a page of a passed and a failed cell in every language, its figures drawn once."""
    whole = study(cell(passed()), cell(failed()))
    with unshown(), drawing_once():
        return {language: render(whole.in_language(language)) for language in LANGUAGES}


def hostile() -> StudyPage:
    """Return a report in which every text that comes from data holds markup."""
    result = simulated()
    result = replace(
        result,
        paths=replace(result.paths, names=(HOSTILE, f"BE{HOSTILE}")),
        notes=(f"note {HOSTILE}",),
    )
    design = replace(result.design, because=HOSTILE, event=HOSTILE)
    data = pd.DataFrame({"unit": [HOSTILE], "period": ["2010"], "value": [1.0], HOSTILE: [HOSTILE]})
    page = replace(
        passed(result),
        name=HOSTILE,
        design=design,
        data=data,
        refusals=((HOSTILE, HOSTILE),),
        needed=HOSTILE,
    )
    sources = pd.DataFrame({"title": [HOSTILE], "url": ["javascript:alert(1)"]})
    whole = CellPage(
        HOSTILE, HOSTILE, page, (page,), conclusion=HOSTILE, limits=HOSTILE, sources=sources
    )
    return StudyPage(HOSTILE, (whole, whole), {HOSTILE: HOSTILE})
