"""Evidence that is not a fitted series, and the Bound: limits on the flow from outside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, cast, get_args

from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.scalars import is_finite, is_number, is_whole, plural, refuse

Quantity: TypeAlias = Literal["flow", "shift_share"]
About: TypeAlias = Literal["shift", "expansion", "integration", "own changes"]
Direction: TypeAlias = Literal["for", "against"]


@dataclass(frozen=True)
class Bound:
    r"""Limits on the flow from origin to destination that come from outside the series.

    .. math:: low \le F \le high

    Parameters
    ----------
    quantity : {"flow", "shift_share"}
        What is bounded: the flow in units per year, or the shift share as a fraction of destination
        growth.
    low, high : float
        The limits; ``low = 0`` says that nothing may have moved.
    unit : str
        Unit of a flow, such as "visits per year"; a share has none.
    because : str
        The counted fact and the assumptions that turn it into a limit.
    cases : int, optional
        How many cases showed it, where cases were counted: a limit on few of them is a caution.
    assumed : tuple of str
        Links between the counted fact and the flow that are stated, not measured.
    model : str
        The model that a limit was read off; "" where it comes from outside the series.

    Raises
    ------
    DesignError
        When the quantity is unknown, a limit is not a number, low exceeds high, or a limit is
        negative; or ``cases`` is no whole number.
    DesignError
        When the lower limit is above zero although no case was counted.
    DesignError
        When a flow has no unit, so that nothing can be set beside it, or a share has one.
    DesignError
        When the reason is empty: a bound without a reason is an opinion.
    DesignError
        When ``unit``, ``because`` or ``model`` is no text, or ``assumed`` no tuple of texts.

    Examples
    --------
    >>> Bound("flow", low=0, high=100, unit="kg per year", because="seized on the route").low
    0
    """

    quantity: Quantity
    low: float = field(kw_only=True)
    high: float = field(kw_only=True)
    unit: str = field(default="", kw_only=True)
    because: str = field(default="", kw_only=True)
    cases: int | None = field(default=None, kw_only=True)
    assumed: tuple[str, ...] = field(default=(), kw_only=True)
    model: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Refuse limits that are none."""
        problems, known = [], get_args(Quantity)
        if self.quantity not in known:
            given, remedy = f"quantity = {self.quantity!r}", suggest(str(self.quantity), known)
            problems.append(Problem(given, "'flow' or 'shift_share'", remedy))
        problems += _not_limits(self.low, self.high)
        if not problems and self.quantity == "shift_share" and self.high > 1:
            given = f"a shift share up to {self.high!r}"
            problems.append(Problem(given, "a share of at most 1", "give a fraction, 0.5 for half"))
        if self.cases == 0 and is_number(self.low) and self.low > 0:
            given = f"cases = {self.cases!r} with low = {self.low!r}"
            remedy = "write low=0: what nobody saw lifts no lower limit"
            problems.append(Problem(given, "a counted case behind a lower limit", remedy))
        if self.cases is not None and not (is_whole(self.cases) and self.cases >= 0):
            given = f"cases = {self.cases!r}"
            problems.append(Problem(given, "a whole number of cases", "count those that show it"))
        refuse(*problems, *self._wrong_words())

    def _wrong_words(self) -> list[Problem]:
        """Return the problems of unit, reason and stated links."""
        texts = {name: getattr(self, name) for name in ("unit", "because", "model")}
        problems, links = _no_texts(**texts), cast("object", self.assumed)
        if not (isinstance(links, tuple) and all(isinstance(link, str) for link in links)):
            given = f"assumed = {links!r}"
            problems.append(Problem(given, "a tuple of texts", "write assumed=('...',)"))
        if self.quantity == "flow" and not str(self.unit).strip():
            given = f"a flow with unit = {self.unit!r}"
            remedy = 'write unit="kg per year", or whatever the series are in'
            problems.append(Problem(given, "the unit that its limits are in", remedy))
        if self.quantity == "shift_share" and self.unit:
            given = f"a shift share in {self.unit!r}"
            remedy = "leave unit out, or write quantity='flow'"
            problems.append(Problem(given, "a share, which has no unit", remedy))
        if not str(self.because).strip():
            given, needed = f"because = {self.because!r}", "the fact and the assumptions behind it"
            problems.append(Problem(given, needed, "say where the limits come from"))
        return problems

    @property
    def informative(self) -> bool:
        """Tell whether the lower limit is above zero."""
        return self.low > 0

    @property
    def rests_on(self) -> str:
        """Say what the limits rest on: counted cases, stated links, a model, or a stated fact."""
        parts = [] if self.cases is None else [plural(self.cases, "counted case")]
        parts += [f"a model of the flow, {self.model}"] if self.model else []
        parts += [f"assumed: {'; '.join(self.assumed)}"] if self.assumed else []
        return "; ".join(parts)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One finding from outside the fitted series.

    Parameters
    ----------
    about : {"shift", "expansion", "integration", "own changes"}
        The hypothesis it speaks to. Evidence against own changes is an argument, with its source,
        that nothing but the push changed at the onset on either side.
    direction : {"for", "against"}, default "for"
        The way it points.
    p_value : float or None
        Its p-value, if it is a test; a p-value alone lifts nothing above compatible.
    power : float or None
        Power of that test at this sample size.
    bound : Bound or None
        Limits on the flow or the shift share.
    source : str
        Where the fact stands.

    Raises
    ------
    DesignError
        When ``about`` or ``direction`` is unknown, p-value or power lie outside [0, 1], or evidence
        about own changes names no source.
    DesignError
        When it carries nothing: no p-value, no power, no bound and no source.

    Examples
    --------
    >>> Evidence(about="shift", p_value=0.01, source="case files").bound is None
    True
    """

    about: About
    direction: Direction = "for"
    p_value: float | None = None
    power: float | None = None
    bound: Bound | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse unknown words and impossible probabilities."""
        problems = [
            Problem(
                f"{name} = {value!r}", " or ".join(map(repr, known)), suggest(str(value), known)
            )
            for name, value, known in (
                ("about", self.about, get_args(About)),
                ("direction", self.direction, get_args(Direction)),
            )
            if value not in known
        ]
        problems += [
            Problem(f"{name} = {value!r}", "a number from 0 to 1", "leave it out if unknown")
            for name, value in (("p_value", self.p_value), ("power", self.power))
            if value is not None and not (is_number(value) and 0 <= value <= 1)
        ]
        problems += _no_texts(source=self.source)
        if problems:
            raise DesignError(problems)
        if self.about == "own changes" and not self.source.strip():
            given = "evidence about own changes without a source"
            problems.append(Problem(given, "where the argument stands", "write source=..."))
        elif self._empty:
            given = f"evidence about {self.about} with nothing in it"
            remedy = "write p_value=..., bound=... or source=..., or leave it out"
            problems.append(Problem(given, "a finding, or where it stands", remedy))
        if self.bound is not None and not isinstance(self.bound, Bound):
            given = f"bound = {self.bound!r}"
            problems.append(Problem(given, "a Bound", "write Bound('flow', low=..., high=...)"))
        if problems:
            raise DesignError(problems)

    @property
    def _empty(self) -> bool:
        """Whether it carries nothing at all."""
        found = (self.p_value, self.power, self.bound)
        return not self.source.strip() and all(value is None for value in found)


def lifts(bound: Bound | None) -> bool:
    """Tell whether a bound supports a shift: its own lower limit, whatever else it says of itself.

    Parameters
    ----------
    bound : Bound or None
        That of a piece of evidence.
    """
    return type(bound) is Bound and bound.low > 0


def lifting(evidence: Sequence[Evidence]) -> tuple[Bound, ...]:
    """Return the bounds that support a shift.

    Parameters
    ----------
    evidence : sequence of Evidence
        What was brought.
    """
    speaking = (e.bound for e in evidence if (e.about, e.direction) == ("shift", "for"))
    return tuple(bound for bound in speaking if bound is not None and lifts(bound))


def _no_texts(**texts: object) -> list[Problem]:
    """Return the problems of words that are none."""
    return [
        Problem(f"{name} = {given!r}", "a text", f'write {name}="..."')
        for name, given in texts.items()
        if not isinstance(given, str)
    ]


def _not_limits(low: object, high: object) -> list[Problem]:
    """Return the problem of limits that are no numbers, or in no order."""
    given = f"low = {low!r}, high = {high!r}"
    if not (is_number(low) and is_number(high)):
        return [Problem(given, "two numbers", "write low=0 or high=math.inf for an open end")]
    if 0 <= low <= high and not math.isinf(low):
        return []
    remedy = "give the limits in this order, 0 where nothing is known from below"
    return [Problem(given, "0 <= low <= high", remedy)]


def flow_from_visitors(
    fall: tuple[float, float], quitting: float, rerouting: float
) -> tuple[float, float]:
    r"""Return the flow that a counted fall in cross-border customers allows.

    .. math:: (1 - q - r) V \le F \le V

    Parameters
    ----------
    fall : tuple of two floats
        The fall V as an interval, in visits per year.
    quitting, rerouting : float
        Caps on the shares that stopped buying (q) and that went elsewhere in the origin (r), from 0
        to 1.

    Returns
    -------
    tuple of two floats
        Lower and upper limit of the flow, in visits per year; the lower one is 0 when q + r = 1.

    Raises
    ------
    DesignError
        When the interval is reversed or negative, or a cap or their sum lies outside [0, 1].

    Examples
    --------
    >>> flow_from_visitors((800.0, 1000.0), 0.3, 0.2)
    (400.0, 1000.0)
    """
    problems = [] if _is_interval(fall) else [_not_ordered(f"fall = {fall!r}")]
    caps = (quitting, rerouting)
    if not (all(is_finite(cap) and cap >= 0 for cap in caps) and sum(caps) <= 1 + 1e-12):
        problems.append(
            Problem(
                f"quitting = {quitting!r}, rerouting = {rerouting!r}",
                "shares whose sum is at most 1",
                "use 1 and 0 when nothing is known",
            )
        )
    refuse(*problems)
    return max(0.0, round(1 - quitting - rerouting, 12)) * fall[0], fall[1]


def _not_part(part: object) -> tuple[Problem, ...]:
    """Return the problem of a part that is no share."""
    if is_finite(part) and 0 <= part <= 1:
        return ()
    given, needed = f"part = {part!r}", "a share from 0 to 1"
    return (Problem(given, needed, "use 0 where it is not stated"),)


def _ordered(low: object, high: object) -> bool:
    """Tell whether two ends are numbers in order, none below zero."""
    return is_finite(low) and is_number(high) and 0 <= low <= high


def _is_interval(given: object) -> bool:
    """Tell whether something is a pair of ends in order, none below zero."""
    pair = tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else ()
    return len(pair) == 2 and _ordered(*pair)


def _not_ordered(given: str) -> Problem:
    """Return the problem of ends that are in no order."""
    return Problem(given, "0 <= low <= high", "order the interval")


@dataclass(frozen=True, kw_only=True)
class CountedFall:
    """A counted fall V in cross-border customers: visits before x foreign share x fall.

    Parameters
    ----------
    place : str
        Where they were counted.
    low, high : float
        The fall, in ``unit``.
    unit : str
        Such as "visits per year".
    who : str
        Whose visits were counted.
    part : float
        Least share of them who came from the destination: 0 where the source counts several
        countries together.
    source : str
        Where the facts stand.

    Raises
    ------
    DesignError
        When the interval is reversed, negative or none, or ``part`` no share.

    Examples
    --------
    >>> fall = CountedFall(
    ...     place="a town", low=800.0, high=1000.0, unit="visits per year", who="Belgians"
    ... )
    >>> fall.evidence(quitting=0.3, rerouting=0.2).bound.low
    400.0
    """

    place: str
    low: float
    high: float
    unit: str
    who: str
    part: float = 1.0
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a fall that is none."""
        given = f"low = {self.low!r}, high = {self.high!r}"
        ends = [] if _ordered(self.low, self.high) else [_not_ordered(given)]
        refuse(*ends, *_not_part(self.part))

    def evidence(
        self, *, quitting: float = 1.0, rerouting: float = 0.0, part: float | None = None
    ) -> Evidence:
        """Return the fall as evidence for a shift, under caps on those who did not follow.

        Parameters
        ----------
        quitting, rerouting : float
            Caps on the shares that stopped buying and that went elsewhere in the origin; by default
            nothing is known, and the lower limit is 0.
        part : float, optional
            Least share of the customers who came from the destination, if it is to be other than
            counted.

        Raises
        ------
        DesignError
            When a cap or their sum, or the part, lies outside [0, 1].
        """
        own = self.part if part is None else part
        refuse(*_not_part(own))
        low, high = flow_from_visitors((self.low * own, self.high), quitting, rerouting)
        given = "" if part is None else " (assumed)"
        because = (
            f"counted fall of {self.low:,.0f} to {self.high:,.0f} {self.unit} of {self.who} at "
            f"{self.place}; at least {100 * own:g} % of them from the destination{given}; at most "
            f"{100 * (quitting + rerouting):g} % stopped buying or went elsewhere in the origin "
            "(assumed)"
        )
        capped = quitting + rerouting < 1
        links = (f"at most {100 * (quitting + rerouting):g} % stopped or went elsewhere",) * capped
        links += (f"at least {100 * own:g} % from the destination",) * (part is not None)
        bound = Bound("flow", low=low, high=high, unit=self.unit, because=because, assumed=links)
        return Evidence(about="shift", bound=bound, source=self.source)
