"""`events`: each dated event of a cell as a study of its own, in the direction it pushes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from shiftexp.datasets import Dataset
from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import (
    DesignError,
    Problem,
    QualityWarning,
    ShiftexpError,
    SmallSampleWarning,
    suggest,
)
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.inference.multiplicity import adjust
from shiftexp.panel import Panel
from shiftexp.policy.dating import Dated, onset_of, read_events
from shiftexp.policy.drifts import with_drift
from shiftexp.policy.leakage import Leak, leaks
from shiftexp.policy.places import direction_of, is_elsewhere, unplaced
from shiftexp.policy.policy_event import Direction, PolicyEvent
from shiftexp.policy.policy_events import PolicyEvents
from shiftexp.result import SIDES, Estimator, Model, Result, check_inputs
from shiftexp.scalars import no_seed, not_whole, plural, refuse
from shiftexp.specification import one_vote
from shiftexp.verdict import weigh
from shiftexp.verdict.checks import no_settings

_EITHER: tuple[Literal["origin", "destination"], ...] = ("origin", "destination")
_GENERAL = "all"
_MEASUREMENT = "measurement"
LEAST_DRAWS = 99
_RULE = (
    "onset: the period that holds the event where it surely began in the first half of it, the "
    "next one otherwise, the period between left out; changes of measurement are never an onset"
)


def events(
    source: Dataset | Panel,
    study: str | Design,
    *,
    table: object = None,
    estimator: Estimator | Sequence[Estimator] | None = None,
    third: Sequence[str] | None = None,
    detection: Detection | None = None,
    margin: float = 0.10,
    draws: int = 499,
    rng: int = 1,
) -> PolicyEvents:
    """Study every dated event of a cell, and say of each of the others why it cannot be studied.

    Each event stands in for the onset of the declared design: effects on both sides, the total net
    effect (their sum), the sectors left, third countries as further destinations, and the change of
    detection that alone would make the effect. A shock on the destination's side is studied in
    reverse: the destination as origin. Where the data do not carry both sides together, those they
    carry alone are shown.

    Parameters
    ----------
    source : Dataset or Panel
        A dataset with a table of events, or one indicator of any places.
    study : str or Design
        A declared design of the dataset (a cell's name is its primary one), or a design written
        out; its window, breaks, donors and flags are kept, its onset is replaced.
    table : DataFrame, mapping or iterable, optional
        Events: a frame with ``date`` (or ``date_start``, ``date_end``, ``precision``), ``event``,
        ``country``, ``kind``; names to dates; or dates. Without a country an event is on the side
        of the origin; "EU", "all" and their like are common to both. The
        dataset's own events of the cell's market and segment by default.
    estimator : Estimator or several, optional
        Specifications; the first that fits is shown, those that refuse are listed.
        ``InterruptedTimeSeries()`` by default.
    third : sequence of str, optional
        Third countries; the near donors of the panel by default.
    detection : Detection, optional
        What is declared about detection; that of the declared design by default, else a drift of
        .10. Its drift is in the verdict, and in every interval and p but that of max-T.
    margin : float, default 0.10
        Smallest effect of interest, as a share of the counterfactual level.
    draws : int, default 499
        Of the resampling behind max-T.
    rng : int, default 1
        Its seed.

    Returns
    -------
    PolicyEvents
        A row for each event; ``leakage`` has one for each event and third country.

    Raises
    ------
    TypeError
        When ``source`` is neither, or ``table`` no table.
    DesignError
        When ``study`` is unknown or no design, there are no events or unreadable dates, one ends
        before it starts, a column, a kind or every country is unknown, a third country is not in
        the panel or belongs to the pair, or a setting is none.

    Notes
    -----
    One test for each place and onset, Holm over all of them: events with the same onset share their
    test. Effects of events inside one window mix: the table names them, and no method here takes
    them apart. Leakage rests on the estimator's p, Holm over the named countries; max-T beside it
    rejects too often where errors persist (see :func:`max_t`). No leakage shown is not no leakage.
    Measured with 24 years and five onsets, no drift, autocorrelation 0 / .4 / .8: Holm rejects a
    true null in 0 / .5 / 3.5 % of tables (34 / 36 / 48 % hold a raw p of .05 or less); a step of 5
    standard deviations of a year is found in 97 %, one of 3 in 67 %, a third country's rise of 3 in
    81 %. At the default drift a rise of 20 / 40 / 60 % of the level is found in 0 / 64 / 100 %.

    When not to use it: to pick the event that fits best; an event chosen because the series turned
    there needs ``Design(basis="observed")``.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(periods=(14, 8), destination_effect=60, sd=2, rng=1)
    >>> model = sx.StructuralTimeSeries(draws=1000)
    >>> found = sx.events(panel, design, table={"ban": "2015-01"}, estimator=model, third=())
    >>> found.to_frame()[["onset", "studied", "total"]].to_numpy().tolist()
    [['2015', 'both sides', 'rose']]
    """
    refuse(
        *not_whole("draws", draws, LEAST_DRAWS, "leave it out: it is 499"),
        *no_seed(rng),
        *no_settings(detection=detection, margin=margin, gate=None, name=""),
    )
    panel, design, said, dated, name, unknown = _read(source, study, table)
    models = _estimators(estimator)
    panel.indicator  # noqa: B018 - refuses several indicators by name
    runner = _Runner(
        panel=panel,
        design=design,
        unknown=unknown,
        estimators=models,
        detection=said if detection is None else detection,
        margin=margin,
        third=_thirds(panel, design, third),
        draws=draws,
        rng=rng,
    )
    rows = runner.rows(dated)
    tests = {test: p for row in rows for test, p in row.tests().items()}
    fits = [fit for row in rows for side in SIDES if (fit := row.result(side))]
    return PolicyEvents(
        rows=rows,
        adjusted=adjust(tests) if tests else None,
        level=fits[0].level if fits else 0.95,
        unit=fits[0].effects.unit if fits else panel.indicator.unit_of_measure,
        name=name,
        notes=(*_notes(rows, len(tests), models[0]), *_shared(design, runner.third)),
    )


def _read(
    source: object, study: object, table: object
) -> tuple[Panel, Design, Detection | None, tuple[Dated, ...], str, dict[str, str]]:
    """Return panel, design, declared detection, events, the cell's name, and unknown places."""
    if isinstance(source, Dataset):
        if not isinstance(study, str):
            given = f"study = {type(study).__name__} with a dataset"
            remedy = "or give data.design_panel(name) as the source"
            raise DesignError(Problem(given, "the name of a declared design", remedy))
        dated = _of_cell(source, study) if table is None else read_events(table)
        places = (*source.near, *source.far, *source.events["country"])
        unknown = {} if table is None else unplaced(dated, places)
        known = source.design_panel(study), source.design(study), source.detection(study)
        return (*known, _in_order(dated), study.replace("_", " ").capitalize(), unknown)
    check_inputs(source, study)
    if table is None:
        raise DesignError(Problem("no events", "a table of them", "say table=['2012-05-01']"))
    panel, design = cast("Panel", source), cast("Design", study)
    dated = read_events(table)
    unknown = unplaced(dated, panel.units)
    return panel, design, None, _in_order(dated), panel.indicator.name, unknown


def _of_cell(data: Dataset, study: str) -> tuple[Dated, ...]:
    """Return the events of a cell's market and segment, general ones, and those declared for it."""
    cells = data.cells.set_index("cell")
    cell = cells.loc[data.design_row(study)["cell"]]
    table = data.events
    concerned = table["market"].isin([cell["market"], _GENERAL])
    concerned &= table["segment"].isin([cell["segment"], _GENERAL])
    designs = data.designs
    concerned |= table["event"].isin(designs.loc[designs["cell"] == cell.name, "event"])
    return read_events(table[concerned])


def _in_order(dated: tuple[Dated, ...]) -> tuple[Dated, ...]:
    """Return events by date, those without one last."""
    return tuple(sorted(dated, key=lambda event: event.date or "~"))


def _estimators(given: Estimator | Sequence[Estimator] | None) -> tuple[Estimator, ...]:
    """Return the specifications, the one shown first."""
    if given is None:
        return (InterruptedTimeSeries(),)
    found = tuple(given) if isinstance(given, list | tuple) else (cast("Estimator", given),)
    wrong = [e for e in found if isinstance(e, type) or not hasattr(e, "fit")]
    if wrong or not found:
        message = f"estimator = {wrong or given!r}: give an estimator, built, or several"
        raise TypeError(message)
    return found


def _thirds(panel: Panel, design: Design, given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the third countries: those named, or the near donors of the panel."""
    pair = {unit for units in design.sides for unit in units}
    if given is None:
        return tuple(unit for unit in panel.units if unit in panel.near - pair)
    named = (given,) if isinstance(given, str) else tuple(given)
    refuse(
        *(
            Problem(
                f"third country {unit!r}",
                "a unit of the panel outside the pair",
                suggest(unit, sorted(set(panel.units) - pair)),
            )
            for unit in named
            if unit not in panel.units or unit in pair
        )
    )
    return named


def _shared(design: Design, third: tuple[str, ...]) -> tuple[str, ...]:
    """Say which third countries are donors of the pair as well."""
    both = [unit for unit in third if unit in design.donors]
    if not both:
        return ()
    said = "a further destination and a donor of the pair at once; what it receives would lower"
    return (f"{', '.join(both)}: {said} the pair's effects: leave it out of one",)


def _notes(rows: tuple[PolicyEvent, ...], tests: int, model: Estimator) -> tuple[str, ...]:
    """Say how the table was made, and what it can and cannot say."""
    usable = [row for row in rows if row.studied]
    onsets = {(row.onset, row.partly) for row in usable}
    found = [_RULE, f"shown: {model!r}"]
    if usable:
        found.append(
            f"{plural(len(usable), 'event')} with {plural(len(onsets), 'onset')}: "
            f"{plural(tests, 'test')} of an effect, Holm over all of them"
        )
        found.append(
            "events inside one window mix: a row says what changed at its onset, not which event "
            "did it"
        )
        found.append(
            "detection: its drift is integrated in every interval and p but that of max-T; "
            "intervals declared with a design were declared for its own onset"
        )
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Runner:
    """One panel and declared design, with everything that each event's study needs."""

    panel: Panel
    design: Design
    unknown: dict[str, str]
    estimators: tuple[Estimator, ...]
    detection: Detection | None
    margin: float
    third: tuple[str, ...]
    draws: int
    rng: int

    def rows(self, dated: tuple[Dated, ...]) -> tuple[PolicyEvent, ...]:
        """Return every event, studied or not, then what else lies in the window of each."""
        from tqdm import tqdm

        studied: dict[Design, PolicyEvent] = {}
        bar = tqdm(dated, desc="events", disable=None, leave=False)
        rows = [self._row(event, studied) for event in bar]
        return tuple(self._among(row, rows) for row in rows)

    def _row(self, event: Dated, studied: dict[Design, PolicyEvent]) -> PolicyEvent:
        """Return one event; those of one onset and direction share one study."""
        direction = direction_of(event, self.design)
        blank = PolicyEvent(event, direction, self._names(direction))
        barred = self._barred(event)
        if barred or event.first is None or event.last is None:
            return replace(blank, reason=barred or "no date")
        onset = onset_of(event.first, event.last, self.panel.calendar)
        design = self._design(onset.period, onset.partly, direction)
        if design not in studied:
            dated = replace(blank, onset=onset.period, partly=onset.partly)
            studied[design] = self._studied(dated, design)
        return replace(studied[design], dated=event, direction=direction)

    def _names(self, direction: Direction) -> tuple[str, str]:
        """Return origin and destination of a study in one direction."""
        origin, destination = (" + ".join(units) for units in self.design.sides)
        return (destination, origin) if direction == "destination side" else (origin, destination)

    def _barred(self, event: Dated) -> str:
        """Say why an event is never studied, whatever the data."""
        if event.kind == _MEASUREMENT:
            return "a change of measurement, never an onset"
        if event.country in self.unknown:
            return self.unknown[event.country]
        if is_elsewhere(event, self.design):
            return f"in {event.country}, a third country: study it as an origin of its own"
        return ""

    def _design(self, onset: str, partly: tuple[str, ...], direction: Direction) -> Design:
        """Return the declared design with another onset, in reverse for a destination's shock."""
        calendar = self.panel.calendar
        declared = calendar.ordinal(self.design.onset_range[0])
        kept = {calendar.ordinal(period) for period in self.design.exclude}
        while declared - 1 in kept:  # left out for the declared event, which this one replaces
            declared -= 1
            kept.remove(declared)
        design = replace(
            self.design,
            onset=onset,
            basis="event",
            exclude=(*map(calendar.label, sorted(kept)), *partly),
            event="",
        )
        return design.reversed() if direction == "destination side" else design

    def _studied(self, event: PolicyEvent, design: Design) -> PolicyEvent:
        """Return an event with its study, or with the sides the data carry, and the reason."""
        whole = all(design.sides)
        found, refused = (
            self._fits(self.estimators, design) if whole else ((), ("one side declared",))
        )
        said = self.detection
        if said is not None and event.direction == "destination side":
            said = said.reversed()
        if found:
            verdict = weigh(found, detection=said, margin=self.margin)
            event = replace(event, verdict=verdict, primary=with_drift(found[0], said))
            return replace(event, leakage=self._leaks(design), refused=refused)
        alone = {
            side: with_drift(fits[0], said)
            for side, units in zip(_EITHER, design.sides, strict=True)
            if units and (fits := self._fits(self.estimators[:1], design.only(side))[0])
        }
        leakage = self._leaks(design) if alone else ()
        reason = refused[0].removeprefix(f"{self.estimators[0]!r}: ")
        return replace(event, alone=tuple(alone.items()), leakage=leakage, reason=reason)

    def _fits(
        self, estimators: Sequence[Estimator], design: Design
    ) -> tuple[tuple[Result, ...], tuple[str, ...]]:
        """Return what the estimators say of a study, and the reasons of those that refuse."""
        try:
            gate = design.gate(self.panel)
        except ShiftexpError as error:
            return (), (error.problems[0].given,)
        if not gate.passed:
            return (), (f"data gate: {', '.join(gate.reasons)}",)
        found, refused = [], []
        for estimator in estimators:
            try:
                found.append(self._fit(estimator, design))
            except ShiftexpError as error:
                refused.append(f"{estimator!r}: {error.problems[0].given}")
        kept, twice = one_vote(found)
        return kept, (*refused, *(f"{r.estimator}: {why}" for r, why in twice))

    def _fit(self, estimator: Estimator, design: Design) -> Result:
        """Fit without warnings: the notes of the result hold them."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SmallSampleWarning)
            warnings.simplefilter("ignore", QualityWarning)
            return estimator.fit(self.panel, design)

    def _leaks(self, design: Design) -> tuple[Leak, ...]:
        """Return third countries as further destinations, by the model that is shown first."""
        first = self.estimators[0]
        first = getattr(first, "model", first)
        model = cast("Model", first) if hasattr(first, "solve") else InterruptedTimeSeries()
        size = {"draws": self.draws, "rng": self.rng}
        return leaks(model, self.panel, design, self.third, detection=self.detection, **size)

    def _among(self, row: PolicyEvent, rows: list[PolicyEvent]) -> PolicyEvent:
        """Return an event with the names of others that share its onset or its window."""
        labels = row.labels
        if not labels:
            return row
        others = [other for other in rows if other is not row and other.onset]
        same = {o for o in others if o.onset == row.onset or set(o.tests()) & set(row.tests())}
        return replace(
            row,
            together=tuple(o.dated.name for o in others if o in same),
            inside=tuple(o.dated.name for o in others if o.onset in labels and o not in same),
        )
