"""Next year: a verdict weighed again on longer data, against the interval issued before."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeAlias, get_args

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem, QualityWarning, SmallSampleWarning
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Panel
from shiftexp.prediction import Prediction, predict
from shiftexp.result import Fitted, Result
from shiftexp.scalars import not_among, plural, refuse
from shiftexp.verdict.update import Revision, Update, V

Revisions: TypeAlias = Literal["refuse", "accept"]
# What a verdict reads of a panel: it changes with every one of them.
_READ = {"values": "", "std_error": ", standard error", "exposure": ", exposure"}
_ONE_LOOK = (
    "the p-values are those of one look: asked again every year, a true null is sooner or later "
    "rejected more often than at the nominal rate"
)


def primary(results: tuple[Result, ...]) -> Result:
    """Return the primary result, or refuse a verdict that has none.

    Raises
    ------
    DesignError
        When nothing was fitted, so that nothing can be expected or fitted again.
    """
    if not results:
        given = "a verdict without results"
        remedy = "weigh results; where the data gate fails no interval can be issued"
        raise DesignError(Problem(given, "one that rests on a model", remedy))
    return results[0]


def updated(
    verdict: V,
    panel: Panel,
    *,
    end: int | str | None,
    revisions: Revisions,
    issued: Prediction | None,
) -> Update[V]:
    """Return a verdict on longer data beside the one before.

    Parameters
    ----------
    verdict : Verdict
        What was said before.
    panel : Panel
        The longer data.
    end : int, str or None
        Last period to take in; None for all.
    revisions : {"refuse", "accept"}
        What to do where earlier values have changed.
    issued : Prediction or None
        What was issued before; None to take it from the verdict.

    Raises
    ------
    TypeError
        When ``panel`` is none, or ``issued`` no prediction.
    DesignError
        When nothing was fitted, the panel is of another kind, adds nothing, or changes values,
        ``end`` is outside the panel, or ``issued`` is of another study.
    """
    if not isinstance(panel, Panel):
        message = f"update takes a Panel; given {type(panel).__name__}"
        raise TypeError(message)
    refuse(*not_among(revisions=(revisions, get_args(Revisions))))
    first = primary(verdict.results)
    study = _Study(verdict, panel)
    refuse(*study.other_kind(), *_of_another_study(issued, first))
    old, new = first.paths.labels[-1], study.last(end)
    coming = study.coming(old, new)
    changed = study.revised(old)
    if changed and revisions == "refuse":
        raise DesignError(_refused(changed))
    expected = predict(first, len(coming)) if issued is None else issued.over(coming)
    after = study.weighed(new)
    return Update(
        before=verdict,
        after=after,
        restated=study.weighed(old) if changed else None,
        issued=expected,
        observed=_observed(after.results[0], coming),
        revisions=changed,
        notes=(
            expected.rests_on,
            *study.known_before(coming, given=issued is not None),
            *study.filled_back(),
            *((f"{plural(len(changed), 'earlier value')} changed: see revisions",) * bool(changed)),
            _ONE_LOOK,
        ),
    )


@dataclass(frozen=True, eq=False)
class _Study(Generic[V]):
    """A verdict and the longer panel."""

    verdict: V
    panel: Panel

    @property
    def design(self) -> Design:
        """The study as declared."""
        return self.verdict.results[0].design

    @property
    def fits(self) -> tuple[Fitted, ...]:
        """What was fitted to what.

        Raises
        ------
        DesignError
            When a result does not hold it.
        """
        found = tuple(r.fitted for r in self.verdict.results if r.fitted is not None)
        if len(found) < len(self.verdict.results):
            given = "results that do not hold their panel"
            raise DesignError(Problem(given, "results as fitted", "fit them again"))
        return found

    def other_kind(self) -> tuple[Problem, ...]:
        """Return how the panel differs in kind from what was fitted."""
        known = {i.name: i for i in self.panel.indicators}
        asked = {i.name: i for fit in self.fits for i in fit.panel.indicators}
        problems = [
            Problem(f"a panel without {name!r}", "the indicators of the verdict", "add it", (name,))
            for name in asked
            if name not in known
        ]
        problems += [
            Problem(
                f"{name} in {known[name].unit_of_measure}",
                f"{indicator.unit_of_measure}, as before",
                "convert it",
                (name,),
            )
            for name, indicator in asked.items()
            if name in known and known[name] != indicator
        ]
        if self.panel.calendar.frequency != self.fits[0].panel.calendar.frequency:
            given = f"periods of a {self.panel.calendar.frequency}"
            needed = f"of a {self.fits[0].panel.calendar.frequency}, as before"
            problems.append(Problem(given, needed, "aggregate it"))
        return tuple(problems)

    def last(self, end: int | str | None) -> str:
        """Return the label of the last period to take in.

        Raises
        ------
        DesignError
            When the panel does not reach so far.
        """
        calendar = self.panel.calendar
        if end is None:
            return calendar.labels[-1]
        label = calendar.label(calendar.ordinal(end))
        if label not in calendar.labels:
            needed = f"a period from {calendar.labels[0]} to {calendar.labels[-1]}"
            raise DesignError(Problem(f"end = {end!r}", needed, "leave it out for all of them"))
        return label

    def until(self, fit: Fitted, end: str) -> Design:
        """Return the declared design with another end, from the first period seen before on."""
        start = fit.panel.calendar.labels[0] if self.design.start is None else self.design.start
        return replace(self.design, start=start, end=end)

    def coming(self, old: str, new: str) -> tuple[str, ...]:
        """Return the labels after the earlier window, up to the last one taken in.

        Raises
        ------
        DesignError
            When no such period has a value of every side.
        """
        calendar = self.panel.calendar
        first = calendar.ordinal(old) + 1
        labels = tuple(map(calendar.label, range(first, calendar.ordinal(new) + 1)))
        own = self.panel[self.verdict.results[0].indicator.name]
        window = self.until(self.fits[0], new).window(own)
        known = dict(zip(window.calendar.labels, window.joint, strict=True))
        if not any(known.get(label, False) for label in labels):
            given = f"a panel to {new}, the verdict already reaching to {old}"
            needed = "a later period in which every side is observed with an allowed flag"
            raise DesignError(Problem(given, needed, "wait for the next value"))
        return labels

    def revised(self, old: str) -> tuple[Revision, ...]:
        """Return the values of the declared units that are no longer what they were."""
        design = self.design
        units = (*design.origin_units, *design.destination_units, *design.donors)
        panels = {
            indicator.name: fit.panel[indicator.name]
            for fit in self.fits
            for indicator in fit.panel.indicators
        }
        return tuple(
            revision
            for earlier in panels.values()
            for unit in units
            for revision in _revisions(earlier, self.panel[earlier.indicator.name], unit, old)
        )

    def weighed(self, end: str) -> V:
        """Return the verdict of the same study with another end."""
        with warnings.catch_warnings():  # the notes of the results hold them
            warnings.simplefilter("ignore", SmallSampleWarning)
            warnings.simplefilter("ignore", QualityWarning)
            results = tuple(
                fit.estimator.fit(self._seen(fit), self.until(fit, end)) for fit in self.fits
            )
        own = self.panel[results[0].indicator.name]
        gate = None if self.verdict.gate is None else self.until(self.fits[0], end).gate(own)
        return replace(self.verdict, results=results, gate=gate)

    def known_before(self, coming: tuple[str, ...], *, given: bool) -> tuple[str, ...]:
        """Say which of the new periods the earlier panel already held."""
        earlier = self.fits[0].panel
        held = [
            label
            for label in coming
            if label in earlier.calendar.labels
            and any(
                np.isfinite(earlier.values[0, earlier.position(u), earlier.calendar.index(label)])
                for units in self.design.sides
                for u in units
            )
        ]
        if not held or given:
            return ()
        return (f"{', '.join(held)}: values were at hand when the interval was issued",)

    def filled_back(self) -> tuple[str, ...]:
        """Say which periods the new panel has before the first one seen, and that they are out."""
        first = self.fits[0].panel.calendar.labels[0]
        calendar = self.panel.calendar
        early = [k for k in calendar.ordinals.tolist() if k < calendar.ordinal(first)]
        if not early or self.design.start is not None:
            return ()
        ends = f"{calendar.label(early[0])} to {calendar.label(early[-1])}"
        said = f"{plural(len(early), 'earlier period')} filled back ({ends})"
        return (f"{said}: left out, as the window starts in {first} as before",)

    def _seen(self, fit: Fitted) -> Panel:
        """Return the new panel with the indicators an estimator was given."""
        return Panel.stack(*(self.panel[i.name] for i in fit.panel.indicators))


def _of_another_study(issued: object, first: Result) -> tuple[Problem, ...]:
    """Return how an issued interval is not one of this study.

    Raises
    ------
    TypeError
        When it is no prediction.
    """
    if issued is None:
        return ()
    if not isinstance(issued, Prediction):
        message = f"issued = {type(issued).__name__}: give what verdict.predict(periods) returned"
        raise TypeError(message)
    asked = {
        "of": (" to ".join(issued.names), " to ".join(first.paths.names)),
        "in": (issued.unit, first.indicator.unit_of_measure),
    }
    return tuple(
        Problem(f"issued {how} {given}", f"{how} {needed}, as the verdict", "leave it out")
        for how, (given, needed) in asked.items()
        if given != needed
    )


def _revisions(earlier: Panel, later: Panel, unit: str, last: str) -> list[Revision]:
    """Return the values of one unit, up to a period, that have changed."""
    labels = earlier.calendar.labels[: earlier.calendar.index(last) + 1]
    return [
        Revision(earlier.indicator.name + said, unit, label, *pair)
        for label in labels
        for what, said in _READ.items()
        if (pair := _changed(_value(earlier, unit, label, what), _value(later, unit, label, what)))
    ]


def _changed(
    then: tuple[float, str], now: tuple[float, str]
) -> tuple[float, float, str, str] | None:
    """Return two values and both flags where either has changed."""
    if np.isclose(then[0], now[0], rtol=1e-9, atol=0, equal_nan=True) and then[1] == now[1]:
        return None
    return then[0], now[0], then[1], now[1]


def _value(panel: Panel, unit: str, label: str, what: str) -> tuple[float, str]:
    """Return what is read of a period, and the flag of a value; NaN where there is none."""
    at = panel.calendar.ordinal(label) - panel.calendar.first
    if unit not in panel.units or not 0 <= at < panel.calendar.size:
        return float("nan"), ""
    row = panel.position(unit)
    flag = str(panel.quality[0, row, at]) if what == "values" else ""
    return float(getattr(panel, what)[0, row, at]), flag


def _refused(changed: tuple[Revision, ...]) -> Problem:
    """Return the refusal of a panel that changes earlier values."""
    return Problem(
        f"{plural(len(changed), 'value')} of earlier periods changed",
        "the values the verdict rests on",
        "check them; revisions='accept' takes them and shows what they alone change",
        tuple(map(str, changed)),
    )


def _observed(result: Result, coming: tuple[str, ...]) -> Floats:
    """Return the values of both sides in the new periods, shape (2, h)."""
    at = [result.paths.labels.index(label) for label in coming]
    return np.asarray(result.paths.observed[:, at])
