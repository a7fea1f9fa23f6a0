"""The recovery study: flows, shares and effects found against those that were put in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_engines import Engine, Grid
from shiftexp.kernels.vessel_flow import (
    FEWEST_KEPT,
    FlowDraws,
    FlowModel,
    OwnChanges,
    flow_model,
    free_draws,
    share_of_growth,
)
from shiftexp.kernels.vessel_grid import fixed_terms, nodes_of_changes, walks_dominate
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior
from shiftexp.kernels.vessel_terms import VesselTerms
from tests.recovery.measure import COVERAGE, Cell, Rate, average, share
from tests.recovery.recovery_data import added, growth, own_growth, regressors, series
from tests.recovery.recovery_designs import (
    DESIGNS,
    DRAWN,
    FIXED,
    GROUPS,
    TRUTHS,
    UNSEEN_STEP,
    Design,
    Setting,
    Truth,
    settings,
)

TABLE, METHOD = "recovery", "CommunicatingVessels, lag known"
FLAG = "walks flag on"
SHARED = ("flow proved", "signs rejected", FLAG)
EFFECTS, TOTALS = "effects covered", "totals covered"
COVERED = ("flow covered", "share covered", "excess covered", EFFECTS, TOTALS)
_TAIL, _DETECTION, _MARGIN = 0.025, 0.1, 0.1
# Draws: as many as ship where own changes rarely have the signs of a push that goes off; fewer for
# each of several scales, of which the draws are put together.
_DRAWS, _SHIPPED, _EACH = 2000, 5000, 700
_SIDES = np.eye(2)
Found = dict[tuple[str, str], Floats]  # (measure, belief) -> a value for each data set


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells of the table: every truth of every design, fixed and drawn."""
    for name, design in DESIGNS.items():
        before, after = (years * design.seasons for years in design.years)
        for truth in design.truths:
            for half in (FIXED, DRAWN):
                yield Cell(
                    table=TABLE,
                    method=METHOD,
                    before=before,
                    after=after,
                    process=name,
                    rho=(0.0,),
                    setting=f"{truth}; {half}",
                    draws=design.draws,
                    seed=seed,
                )


def recovery(cell: Cell) -> tuple[Rate, ...]:
    """Measure every group of a cell's data sets, and put the groups together."""
    name, half = cell.setting.split("; ")
    design, truth, rng = DESIGNS[cell.process], TRUTHS[name], cell.random()
    count = cell.draws // GROUPS
    groups = [_group(design, s, truth, count, rng) for s in settings(cell.process, half)]
    whole = {key: np.concatenate([group[key] for group in groups]) for key in groups[0]}
    rates = [rate for key, values in whole.items() for rate in _rates(name, *key, values)]
    flagged = whole[FLAG, ""] > 0
    for (measure, belief), values in whole.items():
        if measure in {"flow covered", EFFECTS}:
            held = values[flagged].ravel() > 0
            rates.append(share(f"{measure}, {FLAG}", held, effect=name, given=belief))
    return tuple(rates)


@dataclass(frozen=True, eq=False)
class _Asked:
    """One group of data sets with what is fitted to it once."""

    design: Design
    setting: Setting
    truth: Truth
    y: Floats
    terms: VesselTerms
    few: Engine
    free: NodePosterior

    @property
    def level(self) -> Floats:
        """Mean levels of both sides before the onset."""
        return np.asarray(np.abs(self.y[:, :2, : self.setting.before].mean(axis=(0, 2))))

    @property
    def fixed(self) -> Floats:
        """What every place has besides its drift."""
        return fixed_terms(np.zeros((self.y.shape[2], 0)), drift=False)

    @property
    def nothing(self) -> Floats:
        """No nuisance."""
        return np.zeros((*self.y.shape[1:], 0))

    def model(self, own: OwnChanges, detection: float) -> FlowModel:
        """Return the model of one kind of own changes."""
        return flow_model(
            self.few,
            self.terms,
            own,
            fixed=self.fixed,
            nuisance=self.nothing,
            span=self.setting.after,
            detection=detection * self.level,
        )


def _group(
    design: Design, setting: Setting, truth: Truth, count: int, rng: np.random.Generator
) -> Found:
    """Return what is found in the data sets of one setting."""
    y = series(design, setting, truth, count, rng)
    asked = _ask(design, setting, truth, y)
    found: Found = {
        (FLAG, ""): walks_dominate(y[:, :2], setting.before, design.seasons).astype(float)
    }
    if truth.detection == 1 and (design.push == "step" or not (truth.left or truth.grown)):
        found |= _effects(asked)
    highest = _highest(asked, rng)
    models: dict[tuple[object, ...], FlowModel] = {}
    for words in design.beliefs:
        own, detection = _belief(words, asked), 0.0 if words == UNSEEN_STEP else _DETECTION
        key = (own.kind, detection)
        models[key] = models.get(key) or asked.model(own, detection)
        drawn = models[key].draws(own, _count(design, own), rng)
        found |= {(m, words): v for m, v in _limits(asked, drawn, highest, words).items()}
    return found


def _ask(design: Design, setting: Setting, truth: Truth, y: Floats) -> _Asked:
    """Fit what does not depend on beliefs: both effects free, and the nodes that matter."""
    terms = regressors(design, setting)
    line = fixed_terms(np.zeros((y.shape[2], 0)), drift=True)
    engine = Grid(y, nodes_of_changes(y[:, :2], setting.before, design.seasons))
    flat = np.full(2, FLAT)
    few = engine.heaviest(engine.fit(terms.free, line).coefficients(flat).weight)
    free = few.fit(terms.free, line).coefficients(flat)
    return _Asked(design, setting, truth, y, terms, few, free)


def _count(design: Design, own: OwnChanges) -> int:
    """Return how many draws there are for every scale of own changes."""
    if len(own.scales) > 1:
        return _EACH
    return _SHIPPED if "pulse" in design.push else _DRAWS


def _belief(words: str, asked: _Asked) -> OwnChanges:
    """Return a belief in own changes; stated scales are in sizes of the flow."""
    if words.startswith("like donors"):
        return OwnChanges.like_donors(_MARGIN * float(asked.level[1]), wave="wave" in words)
    scale = float(words.removeprefix("s = ").split(",")[0])
    return OwnChanges.stated(scale * asked.setting.size)


def _effects(asked: _Asked) -> Found:
    """Return whether intervals hold mean effects after the onset, and totals: (count, 2) each.

    They differ where the shape of what was added is not quite that of the push and its lag.
    """
    post = slice(asked.setting.before, None)
    what = added(asked.design, asked.setting, asked.truth)[:2]
    shape = asked.terms.free[[0, 1], :, [0, 1]]
    exact = {
        EFFECTS: what[:, post].mean(axis=1) / shape[:, post].mean(axis=1),
        TOTALS: what[:, -1] / shape[:, -1],
    }
    low, high = (
        np.stack([asked.free.quantile(side, p) for side in _SIDES], axis=1)
        for p in (_TAIL, 1 - _TAIL)
    )
    return {
        (measure, ""): ((low <= value) & (value <= high)).astype(float)
        for measure, value in exact.items()
    }


def _highest(asked: _Asked, rng: np.random.Generator) -> dict[str, Floats]:
    """Return upper limits of the flow and its shares, by the signs of own changes alone."""
    ends = [asked.free.quantile(side, 1 - _TAIL) for side in _SIDES]
    whole = free_draws(
        asked.few,
        asked.terms,
        fixed=asked.fixed,
        nuisance=asked.nothing,
        span=asked.setting.after,
        count=_DRAWS,
        rng=rng,
    )
    return {
        "flow": np.maximum(0, np.min(ends, axis=0)),
        "share": whole.quantile(whole.total_share, 1 - _TAIL),
        "excess": whole.quantile(whole.excess_share, 1 - _TAIL),
    }


def _limits(
    asked: _Asked, drawn: FlowDraws, highest: dict[str, Floats], words: str
) -> dict[str, Floats]:
    """Return whether limits hold, how wide they are, and how far the medians are off.

    Where nothing else is believed to have changed, limits are the two ends of the posterior;
    elsewhere the upper ones are those of signs alone. Flows are in sizes of the flow.
    """
    design, setting, truth = asked.design, asked.setting, asked.truth
    flow = truth.flow * setting.size
    exact = {
        "flow": np.array(flow),
        "share": share_of_growth(np.array(flow), np.array(growth(design, setting, truth))),
        "excess": share_of_growth(np.array(flow), np.array(own_growth(design, setting, truth))),
    }
    values = {"flow": drawn.flow, "share": drawn.total_share, "excess": drawn.excess_share}
    conserved = words == "s = 0"
    found: dict[str, Floats] = {"signs rejected": (drawn.kept < FEWEST_KEPT).astype(float)}
    for name, each in values.items():
        if name == "excess" and conserved:  # all excess growth is flow there, by assumption
            continue
        unit = setting.size if name == "flow" else 1.0
        low, high = drawn.quantile(each, _TAIL), highest[name]
        if conserved:
            high = drawn.quantile(each, 1 - _TAIL)
        else:
            low = np.maximum(np.nan_to_num(low), 0.0)
        held = (low <= exact[name]) & (exact[name] <= high)
        found[f"{name} covered"] = held.astype(float)
        if name != "excess":
            found[f"{name} width"] = np.maximum(high - low, 0) / unit
            found[f"{name} error"] = (drawn.quantile(each, 0.5) - exact[name]) / unit
        if name == "flow":
            found["flow proved"] = (low > 0).astype(float)
    return found


def _rates(truth: str, measure: str, belief: str, values: Floats) -> Iterator[Rate]:
    """Yield the rates of one measure: a share, a mean, or bias and root mean square."""
    if measure in SHARED:
        yield share(measure, values > 0, effect=truth, given=belief)
    elif measure in COVERED:
        yield share(measure, values.ravel() > 0, effect=truth, nominal=COVERAGE, given=belief)
    elif measure.endswith("width"):
        yield average(measure, values, effect=truth, given=belief)
    else:
        known = values[np.isfinite(values)]
        name = measure.removesuffix(" error")
        yield average(f"{name} bias", known, effect=truth, given=belief)
        yield _root_mean_square(f"{name} RMSE", known, truth, belief)


def _root_mean_square(measure: str, errors: Floats, truth: str, belief: str) -> Rate:
    """Return the root of the mean squared error, its own error by the delta method."""
    square = average(measure, errors**2, effect=truth, given=belief)
    root = float(np.sqrt(square.value))
    return Rate(
        measure=measure,
        effect=truth,
        value=root,
        error=square.error / (2 * root) if root else 0.0,
        condition=belief,
    )
