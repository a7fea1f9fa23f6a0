"""What the verdict rule says under known truths: sectors kept, labels, claims supported."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import AUTOREGRESSIVE
from shiftexp.panel import Panel
from shiftexp.plane import OFFSET_FULL_HIGH, OFFSET_MOST, sectors
from shiftexp.simulate import simulate_pair
from shiftexp.verdict import Verdict, weigh
from tests.recovery.measure import BAYES, COVERAGE, NOMINAL, Cell, Rate, average, panel_of, share
from tests.recovery.measure_fits import quiet_fit

BASE = (100.0, 40.0)
MARGIN = 0.10
DRIFTS = (0.0, 0.10)
TRUTHS = {
    "null": (0.0, 0.0),
    "shift": (-20.0, 20.0),
    "expansion": (0.0, 20.0),
    "mixed": (-10.0, 20.0),
    "partial": (-42.0, 20.0),
    "common": (20.0, 20.0),
}
STEP, RAMP = "detection step x1.25 at the destination", "detection ramp to x1.25 at the destination"
FACTOR = 1.25
EDGE = 1e-9
ONE = "weigh(InterruptedTimeSeries(trend=False))"
THREE = "weigh(InterruptedTimeSeries: log level, log trend, level trend)"
SPECIFICATIONS = {
    ONE: ("InterruptedTimeSeries(trend=False)",),
    THREE: (
        "InterruptedTimeSeries(scale='log', trend=False)",
        "InterruptedTimeSeries(scale='log', trend=True)",
        "InterruptedTimeSeries(trend=True)",
    ),
}


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What one verdict said: sectors left, the one declared, its claims, the limits of a shift.

    ``status`` holds the claims that have a p; ``share`` and ``flow`` are upper limits, taken down
    where no drift is declared: with one they are wider, and take as long as all the rest.
    """

    sectors: tuple[str, ...]
    declared: str | None
    undecided: bool
    status: Mapping[str, str]
    share: float
    flow: float


def truth_of(setting: str) -> tuple[float, float]:
    """Return the true effects of a setting such as "shift, detection step ..."."""
    return TRUTHS[setting.split(",", maxsplit=1)[0]]


def true_sector(truth: tuple[float, float]) -> str:
    """Return the sector of the plane that holds the truth."""
    margins = (MARGIN * BASE[0], MARGIN * BASE[1])
    return next(s.name for s in sectors(*margins) if s.contains(*truth))


def detection_path(cell: Cell) -> Floats:
    """Return what part of the destination's activity is found, relative to before the onset."""
    found = np.ones(cell.periods)
    if STEP in cell.setting:
        found[cell.before :] = FACTOR
    if RAMP in cell.setting:
        found[cell.before :] = np.linspace(1, FACTOR, cell.after + 1)[1:]
    return found


def verdicts(cell: Cell) -> tuple[Rate, ...]:
    """Measure the verdict rule in one cell, with and without a drift of detection declared."""
    rng, truth = cell.random(), truth_of(cell.setting)
    said: dict[float, list[_Said]] = {drift: [] for drift in DRIFTS}
    for _ in range(cell.draws):
        panel, design = _drawn(cell, truth, rng)
        results = [quiet_fit(BAYES[m], panel, design)[0] for m in SPECIFICATIONS[cell.method]]
        for drift in DRIFTS:
            verdict = weigh(results, detection=Detection(drift=drift))
            said[drift].append(_listen(verdict, drift))
    return tuple(r for d in DRIFTS for r in _rates(said[d], truth, f"drift {d:.2f} declared"))


def _drawn(
    cell: Cell, truth: tuple[float, float], rng: np.random.Generator
) -> tuple[Panel, Design]:
    """Return one data set; detection that changes changes what is found of the true activity."""
    panel, design = simulate_pair(
        origin_effect=truth[0],
        destination_effect=truth[1],
        periods=(cell.before, cell.after),
        base=BASE,
        sd=cell.sd,
        autocorrelation=cell.rho[0],
        rng=rng,
    )
    found = detection_path(cell)
    if (found == 1).all():
        return panel, design
    values = panel.values[0] * np.where(np.array(panel.units)[:, None] == "D", found, 1.0)
    return panel_of(values, panel.units, cell.years), design


def _listen(verdict: Verdict, drift: float) -> _Said:
    """Write down what a verdict says."""
    status = {c.name: c.status for c in verdict.claims if not math.isnan(c.p_value)}
    limits = verdict.bounds if drift == 0 else None
    return _Said(
        sectors=verdict.sectors,
        declared=verdict.sector,
        undecided=verdict.state == "undecided",
        status=status,
        share=limits.high if limits else math.nan,
        flow=limits.flow_high if limits else math.nan,
    )


def _rates(said: list[_Said], truth: tuple[float, float], given: str) -> list[Rate]:
    """Return the rates of many verdicts under one truth."""
    sector = true_sector(truth)
    effect = f"O {truth[0]:g}, D {truth[1]:g} ({sector})"
    kept = np.array([sector in s.sectors for s in said])
    declared = np.array([s.declared is not None for s in said])
    right = np.array([s.declared == sector for s in said])
    undecided = np.array([s.undecided for s in said])
    left = np.array([len(s.sectors) for s in said], float)
    rates = [
        share("truth kept", kept, effect=effect, nominal=COVERAGE, given=given),
        share("declared rightly", right, effect=effect, given=given),
        share("declared wrongly", declared & ~right, effect=effect, nominal=NOMINAL, given=given),
        share("undecided, all nine kept", undecided, effect=effect, given=given),
        average("sectors left", left, effect=effect, given=given),
        *_limits(said, truth, effect, given),
    ]
    names = tuple(dict.fromkeys(name for s in said for name in s.status))
    for name in names:
        holds = claim_is_true(name, truth)
        words = f"claim '{name}' supported, {'true' if holds else 'untrue'}"
        hits = np.array([s.status.get(name) == "supported" for s in said])
        level = math.nan if holds else 0.025 if name == "net expansion" else NOMINAL
        rates.append(share(words, hits, effect=effect, nominal=level, given=given))
    true = [name for name in names if claim_is_true(name, truth)]
    against = np.array([any(s.status.get(name) == "contradicted" for name in true) for s in said])
    return [*rates, share("a true claim contradicted", against, effect=effect, given=given)]


def _limits(
    said: list[_Said], truth: tuple[float, float], effect: str, given: str
) -> tuple[Rate, ...]:
    """Return how often the upper limits lie above the largest shift the truth allows, and help."""
    if all(math.isnan(s.flow) for s in said):
        return ()
    flow = max(0.0, min(-truth[0], truth[1]))
    fraction = flow / truth[1] if truth[1] > 0 else 0.0
    # where a test is withheld there is no limit: it holds, and says nothing
    above = np.array([not (s.flow < flow or s.share < fraction - EDGE) for s in said])
    below_one = np.array([s.share < 1 - EDGE for s in said])
    return (
        share("limits of the shift hold", above, effect=effect, nominal=COVERAGE, given=given),
        share("limit of the share below 1", below_one, effect=effect, given=given),
    )


def claim_is_true(name: str, truth: tuple[float, float]) -> bool:
    """Tell whether a claim of the ladder holds for the true pair of effects."""
    origin, destination = truth
    grew = destination > 0
    holds = {
        "destination grew": grew,
        "origin fell": origin < 0,
        "net expansion": origin + destination > 0,
        "not mainly shift": origin + OFFSET_MOST * destination > 0 and grew,
        "some offset": -origin > 0.25 * destination and grew,
        "mostly offset": -origin > OFFSET_MOST * destination and grew,
        "origin unchanged": abs(origin) < MARGIN * BASE[0],
        "destination unchanged": abs(destination) < MARGIN * BASE[1],
        "full offset": OFFSET_MOST * destination < -origin < OFFSET_FULL_HIGH * destination,
    }
    return holds[name]


def cells(seed: int) -> Iterator[Cell]:
    """Yield the verdict rule for six truths, and for detection that changes unknown to anyone."""
    changed = [f"{t}, {how}" for t in ("null", "shift") for how in (STEP, RAMP)]
    for method, setting, sd in itertools.product(
        SPECIFICATIONS, (*TRUTHS, *changed), (1.0, 2.0, 4.0)
    ):
        if setting in TRUTHS or sd == 2.0 or (method == ONE and sd == 1.0):
            yield Cell(
                table="verdicts",
                method=method,
                before=12,
                after=8,
                process=AUTOREGRESSIVE,
                rho=(0.4,),
                setting=setting,
                sd=sd,
                draws=150 if method == ONE else 100,
                seed=seed,
            )
