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
from shiftexp.kernels.vessel_push import far_turns
from shiftexp.kernels.vessel_room import FlowRoom, ShareRoom, flow_room, share_room
from shiftexp.kernels.vessel_terms import Cuts, VesselTerms
from tests.recovery.measure import COVERAGE, NOMINAL, Cell, Rate, average, share
from tests.recovery.recovery_data import added, growth, own_growth, pushed, regressors, series
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
    found: Found = {(FLAG, ""): walks_dominate(y[:, :2], _cuts(design, setting)).astype(float)}
    alike = design.push == "step" or not (truth.left or truth.grown)
    if truth.detection == 1 and alike and not truth.jumped:
        found |= _effects(asked)
    rooms = _rooms(asked, rng)
    models: dict[tuple[object, ...], FlowModel] = {}
    for words in design.beliefs:
        own, detection = _belief(words, asked), 0.0 if words == UNSEEN_STEP else _DETECTION
        key = (own.kind, detection)
        models[key] = models.get(key) or asked.model(own, detection)
        drawn = models[key].draws(own, _count(design, own), rng)
        limits = _limits(asked, own, drawn, rooms)
        found |= {(measure, words): values for measure, values in limits.items()}
    return found


def _ask(design: Design, setting: Setting, truth: Truth, y: Floats) -> _Asked:
    """Fit what does not depend on beliefs: both effects free, and the nodes that matter."""
    terms = regressors(design, setting)
    line = fixed_terms(np.zeros((y.shape[2], 0)), drift=True)
    engine = Grid(y, nodes_of_changes(y[:, :2], _cuts(design, setting)))
    flat = np.full(2, FLAT)
    few = engine.heaviest(engine.fit(terms.free, line).coefficients(flat).weight)
    free = few.fit(terms.free, line).coefficients(flat)
    return _Asked(design, setting, truth, y, terms, few, free)


def _cuts(design: Design, setting: Setting) -> Cuts:
    """Return where changes are cut: at the onset, and where the push turns."""
    turns = far_turns(pushed(design, setting), setting.before)
    return Cuts(setting.before, design.seasons, turns)


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


def _scale(own: OwnChanges, drawn: FlowDraws) -> Floats:
    """Return the largest scale of own changes that a belief leaves room for, shape (C,).

    That of donors is the posterior mean; a change shared with them may be of any size.
    """
    if own.wave:
        return np.full(len(drawn.flow), np.inf)
    mass = drawn.weight.reshape(len(drawn.flow), len(own.scales), -1).sum(axis=2)
    return np.asarray(mass @ own.scales)


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


def _rooms(asked: _Asked, rng: np.random.Generator) -> tuple[FlowRoom, ShareRoom]:
    """Return what effects of both sides leave room for, by the signs of own changes alone."""
    onsets = asked.terms.breaks.shape[3]
    room = flow_room(asked.free, NOMINAL, onsets)
    whole = free_draws(
        asked.few,
        asked.terms,
        fixed=asked.fixed,
        nuisance=asked.nothing,
        span=asked.setting.after,
        detection=_DETECTION * asked.level,
        count=_DRAWS,
        rng=rng,
    )
    return room, share_room(whole, room, NOMINAL)


def _exact(asked: _Asked) -> dict[str, Floats]:
    """Return the flow that was put in, and its shares of growth."""
    design, setting, truth = asked.design, asked.setting, asked.truth
    flow = np.array(truth.flow * setting.size)
    return {
        "flow": flow,
        "excess": share_of_growth(flow, np.array(own_growth(design, setting, truth))),
        "share": share_of_growth(flow, np.array(growth(design, setting, truth))),
    }


def _limits(
    asked: _Asked, own: OwnChanges, drawn: FlowDraws, rooms: tuple[FlowRoom, ShareRoom]
) -> dict[str, Floats]:
    """Return whether limits hold, how wide they are, and how far the medians are off.

    Where nothing else is believed to have changed, limits are the two ends of the posterior;
    elsewhere the upper ones are those of signs alone, and what data contradict proves nothing.
    Flows are in sizes of the flow.
    """
    room, shares = rooms
    values = {"flow": drawn.flow, "excess": drawn.excess_share, "share": drawn.total_share}
    flow = drawn.quantile(drawn.flow, _TAIL)
    conserved = not own.kind[0]
    if conserved:
        low = {name: drawn.quantile(each, _TAIL) for name, each in values.items()}
        high = {name: drawn.quantile(each, 1 - _TAIL) for name, each in values.items()}
    else:
        flow = room.proved(flow, _scale(own, drawn))
        low = dict(zip(values, (flow, *shares.proved(drawn, flow, NOMINAL)), strict=True))
        high = dict(zip(values, (room.highest, shares.excess[1], shares.total[1]), strict=True))
    found: dict[str, Floats] = {
        "signs rejected": (drawn.kept < FEWEST_KEPT).astype(float),
        "flow proved": (flow > 0).astype(float),
    }
    for name, exact in _exact(asked).items():
        if name == "excess" and conserved:  # all excess growth is flow there, by assumption
            continue
        unit = asked.setting.size if name == "flow" else 1.0
        found[f"{name} covered"] = ((low[name] <= exact) & (exact <= high[name])).astype(float)
        if name != "excess":
            found[f"{name} width"] = np.maximum(high[name] - low[name], 0) / unit
            found[f"{name} error"] = (drawn.quantile(values[name], 0.5) - exact) / unit
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
