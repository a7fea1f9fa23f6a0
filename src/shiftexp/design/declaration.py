"""What is declared of a study, checked for contradictions before any data are seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from shiftexp.design.kinds import kind_problems, plain
from shiftexp.design.words import Break, example_of_breaks, parse_breaks
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.panel.calendar import Moment, read_period

Units: TypeAlias = str | tuple[str, ...] | None
Period: TypeAlias = int | str
Basis: TypeAlias = Literal["event", "observed"]
_MAY_BE_LISTS = (
    "origin",
    "destination",
    "onset",
    "exclude",
    "donors",
    "allow",
    "quality",
    "breaks",
)
_TREATMENTS = ("dummy", "split", "refuse")
_FLAGS = ("ok", "approximate", "break", "suspect", "recalled")


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The fields of a design and the contradictions that they must not hold; see Design."""

    origin: Units
    destination: Units
    onset: Period | tuple[Period, Period]
    basis: Basis = "event"
    start: Period | None = None
    end: Period | None = None
    exclude: tuple[Period, ...] = ()
    breaks: str | tuple[str, ...] = "refuse"
    donors: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    quality: tuple[str, ...] | None = None
    event: str = ""
    because: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself, all contradictions at once."""
        for name in _MAY_BE_LISTS:
            object.__setattr__(self, name, plain(getattr(self, name)))
        wrong = kind_problems(vars(self))
        named = not {"origin", "destination", "donors", "allow"} & set(wrong)
        problems = [
            *wrong.values(),
            *(self._unit_problems() if named else ()),
            *self._word_problems(set(wrong)),
            *(() if {"start", "end"} & set(wrong) else self._window_problems()),
        ]
        if problems:
            raise DesignError(problems)

    @property
    def origin_units(self) -> tuple[str, ...]:
        """Units of the origin; empty in a one-unit study without one."""
        return _units(self.origin)

    @property
    def destination_units(self) -> tuple[str, ...]:
        """Units of the destination; empty in a one-unit study without one."""
        return _units(self.destination)

    @property
    def sides(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Units of origin and destination."""
        return self.origin_units, self.destination_units

    @property
    def onset_range(self) -> tuple[Period, Period]:
        """First and last candidate for the onset."""
        return self.onset if isinstance(self.onset, tuple) else (self.onset, self.onset)

    @property
    def declared_breaks(self) -> tuple[Break, ...]:
        """Breaks that are treated by name."""
        if isinstance(self.breaks, str):
            return ()
        return parse_breaks(self.breaks, (*self.origin_units, *self.destination_units))

    def _unit_problems(self) -> list[Problem]:
        """Return what is wrong with the units."""
        problems = []
        focal = (*self.origin_units, *self.destination_units)
        if not focal:
            problems.append(
                Problem("origin = None, destination = None", "at least one side", "name a unit")
            )
        problems += [
            Problem(
                f"origin = {self.origin!r}, destination = {self.destination!r}: both hold {unit!r}",
                "two different units",
                "take it out of one side",
            )
            for unit in sorted(set(self.origin_units) & set(self.destination_units))
        ]
        roles = ("origin", "destination", "donors")
        for role, units in zip(roles, (*self.sides, self.donors), strict=True):
            problems += [
                Problem(f"{role} names {unit!r} more than once", "each unit once", "name it once")
                for unit in dict.fromkeys(units)
                if units.count(unit) > 1
            ]
        for donor in self.donors:
            if donor in focal:
                problems.append(
                    Problem(
                        f"donor {donor!r} is origin or destination",
                        "donors outside the pair: the suspect cannot be the control",
                        "take it out of the donors",
                    )
                )
            elif donor not in self.allow and (whole := _related(donor, focal)):
                problems.append(
                    Problem(
                        f"donor {donor!r} and {whole!r} are part of each other",
                        "donors outside the pair",
                        f"take it out of the donors, or say allow=({donor!r},) if it is meant",
                    )
                )
        return problems

    def _window_problems(self) -> list[Problem]:
        """Return what is wrong with a window that ends before it starts."""
        if self.start is None or self.end is None:
            return []
        first, last = read_period(self.start), read_period(self.end)
        if first.frequency != last.frequency or _day(first) <= _day(last):
            return []
        given = f"start = {self.start!r}, end = {self.end!r}"
        return [Problem(given, "start <= end", "exchange the two ends")]

    def _word_problems(self, wrong: set[str]) -> list[Problem]:
        """Return what is wrong with the words of the fields that can be read."""
        problems = []
        if self.basis not in get_args(Basis):
            problems.append(
                Problem(
                    f"basis = {self.basis!r}",
                    "'event' or 'observed'",
                    suggest(str(self.basis), get_args(Basis)),
                )
            )
        if (
            "onset" not in wrong
            and self.basis == "observed"
            and self.onset_range[0] == self.onset_range[1]
        ):
            problems.append(
                Problem(
                    f"onset = {self.onset!r} with basis = 'observed'",
                    "a range of candidates, because the onset was read off the series",
                    "give onset=(first, last), or basis='event' if a dated event fixes it",
                )
            )
        if isinstance(self.breaks, str) and self.breaks not in _TREATMENTS:
            problems.append(
                Problem(
                    f"breaks = {self.breaks!r}",
                    "'refuse', 'dummy', 'split' or a list of 'period:unit:treatment'",
                    _meant(self.breaks, focal=(*self.origin_units, *self.destination_units)),
                )
            )
        flags = () if "quality" in wrong else self.quality or ()
        unknown = [flag for flag in flags if flag not in _FLAGS]
        problems += [
            Problem(f"quality flag {flag!r}", "a known flag", suggest(flag, _FLAGS))
            for flag in unknown
        ]
        return problems


def _meant(word: str, focal: tuple[str, ...]) -> str:
    """Say which word for breaks is meant, or how one break of a place of the study is named."""
    near = suggest(word, _TREATMENTS)
    return near if near.startswith("did you mean") else example_of_breaks(focal)


def _units(side: Units) -> tuple[str, ...]:
    """Return the units of a side as a tuple."""
    return () if side is None else (side,) if isinstance(side, str) else tuple(side)


def _day(moment: Moment) -> tuple[int, int, int]:
    """Return the first day of a period, to be compared."""
    return moment.year, moment.month, moment.day


def _related(donor: str, focal: tuple[str, ...]) -> str:
    """Return the focal unit that a donor is part of, or that is part of it; "" when there is none.

    Parts are named ``whole:part``.
    """
    wholes = (u for u in focal if donor.startswith(f"{u}:") or u.startswith(f"{donor}:"))
    return next(wholes, "")
