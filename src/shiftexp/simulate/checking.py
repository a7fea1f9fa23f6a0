"""Checks what is written into a scenario: shapes first, then numbers, everything at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, get_args

import numpy as np

from shiftexp.errors import Problem, suggest
from shiftexp.kernels.error_draws import COUNTED, LUMPY, Marginal, Process
from shiftexp.scalars import is_finite, is_whole

FREQUENCY = {1: "A", 4: "Q", 12: "M"}
_AUTOREGRESSIVE = "AR(1)"
_STATIONARY = ("AR(1)", "AR(2)")
_NUMBERS = (
    *("origin_effect", "destination_effect", "flow", "slope", "correlation"),
    *("detection", "break_size", "sampling"),
)
_WHOLE = ("per_year", "donors")
_FLAGS = ("detection_ramp", "additive", "comparable")
_PAIRS = ("base", "sd", "value")
_SIDES = 2


class _Described(Protocol):
    """What is read of a scenario; its fields are explained there."""

    @property
    def process(self) -> Process: ...

    @property
    def marginal(self) -> Marginal: ...

    @property
    def periods(self) -> tuple[int, int]: ...

    @property
    def per_year(self) -> int: ...

    @property
    def sd(self) -> tuple[float, float]: ...

    @property
    def value(self) -> tuple[float, float]: ...

    @property
    def correlation(self) -> float: ...

    @property
    def donors(self) -> int: ...

    @property
    def detection(self) -> float: ...

    @property
    def sampling(self) -> float: ...

    @property
    def missing(self) -> tuple[int, ...]: ...

    @property
    def break_at(self) -> int | None: ...

    @property
    def break_size(self) -> float: ...

    @property
    def additive(self) -> bool: ...

    def least_level(self) -> float:
        """Return the lowest expected value."""


def plain(value: object) -> object:
    """Return lists and arrays as tuples, and their numbers as Python's own: they hash.

    Examples
    --------
    >>> import numpy as np
    >>> plain([np.float64(4), 4.0])
    (4.0, 4.0)
    """
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return tuple(map(plain, value))
    return value.item() if isinstance(value, np.generic) else value


def scenario_problems(scenario: _Described) -> list[Problem]:
    """Return everything that describes no study.

    Parameters
    ----------
    scenario : Scenario
        What was given.
    """
    given = vars(scenario)
    found = {**_misshapen(given), **_unknown_words(given)}
    return [*found.values(), *_impossible(scenario, set(found))]


def _misshapen(given: Mapping[str, object]) -> dict[str, Problem]:
    """Return what has the wrong shape or type, by name."""
    rules: list[tuple[tuple[str, ...], Callable[[object], bool], str, str]] = [
        (_NUMBERS, is_finite, "a finite number", "1.0"),
        (_WHOLE, is_whole, "a whole number", "1"),
        (_FLAGS, lambda v: isinstance(v, bool), "True or False", "True"),
        (_PAIRS, _is_pair_of(is_finite), "two finite numbers, for each side one", "(0.5, 0.5)"),
        (
            ("periods",),
            _is_pair_of(is_whole),
            "two whole numbers, before the onset and after",
            "(12, 8)",
        ),
        (("missing",), _is_tuple_of(is_whole), "positions of periods", "(4,)"),
        (("break_at",), lambda v: v is None or is_whole(v), "a position or None", "6"),
        (("unit",), lambda v: isinstance(v, str), "text", "'kg'"),
    ]
    return {
        name: Problem(f"{name} = {given[name]!r}", needed, f"write for example {name}={example}")
        for names, fits, needed, example in rules
        for name in names
        if not fits(given[name])
    }


def _unknown_words(given: Mapping[str, object]) -> dict[str, Problem]:
    """Return names that are not known."""
    words = (("process", get_args(Process)), ("marginal", get_args(Marginal)))
    return {
        name: Problem(
            f"{name} = {given[name]!r}", f"a known {name}", suggest(str(given[name]), known)
        )
        for name, known in words
        if given[name] not in known
    }


def _impossible(s: _Described, broken: set[str]) -> list[Problem]:
    """Return numbers that describe no study, of the fields that can be read at all."""
    checks = (*_simple_checks(s), *_positions(s), *_skewed(s))
    return [
        Problem(f"{names[0]} = {getattr(s, names[0])!r}", needed, remedy)
        for names, holds, needed, remedy in checks
        if not broken & set(names) and not holds()
    ]


_Check = tuple[tuple[str, ...], Callable[[], bool], str, str]


def _simple_checks(s: _Described) -> list[_Check]:
    """Return what each number must be on its own; the first name is the one that is told."""
    first_order = s.process == _AUTOREGRESSIVE

    def least_correlation() -> float:
        return -1 / (1 + max(s.donors, 0))

    return [
        (("periods",), lambda: min(s.periods) >= 1, "at least one on each side of the onset",
         "give more periods"),
        (("per_year",), lambda: s.per_year in FREQUENCY, "1, 4 or 12",
         "choose years, quarters or months"),
        (("sd",), lambda: min(s.sd) > 0, "positive numbers", "write 1e-9 for hardly any error"),
        (("donors",), lambda: s.donors >= 0, "0 or more", "leave it out for none"),
        (("detection",), lambda: s.detection > 0, "a positive ratio",
         "write 1.25 for a quarter more"),
        (("sampling",), lambda: s.sampling >= 0, "0 or more", "leave it out for none"),
        (("value", "process"), lambda: first_order or min(s.value) >= 0, "numbers from 0 on",
         "take their size"),
        (("value", "process"), lambda: not first_order or max(map(abs, s.value)) < 1,
         "autocorrelations between -1 and 1",
         "write 0.95, or process='random walk'"),
        (("correlation", "donors"), lambda: least_correlation() < s.correlation < 1,
         f"a number above {_least_words(s)} and below 1",
         "bring it nearer to 0: units cannot all differ from each other more than that"),
    ]  # fmt: skip


def _least_words(s: _Described) -> str:
    """Say the correlation that so many units must exceed."""
    units = _SIDES + s.donors if is_whole(s.donors) and s.donors > 0 else _SIDES
    return "-1" if units == _SIDES else f"-1/{units - 1}"


def _positions(s: _Described) -> list[_Check]:
    """Return which positions exist."""
    size = sum(s.periods) if _is_pair_of(is_whole)(s.periods) else 0
    return [
        (("missing", "periods"), lambda: all(0 <= t < size for t in s.missing),
         f"positions from 0 to {size - 1}", "count the periods from 0"),
        (("missing", "periods"), lambda: _reported(s),
         "a period that is reported before the onset, and one from it on", "name fewer periods"),
        (("break_at", "periods"), lambda: s.break_at is None or 0 < s.break_at < size,
         f"a position from 1 to {size - 1}", "count the periods from 0"),
    ]  # fmt: skip


def _reported(s: _Described) -> bool:
    """Tell whether the destination reports a period on each side of the onset, if there are any."""
    before, after = s.periods
    gone = set(s.missing)
    sides = (range(before), range(before, before + after))
    return all(not side or not set(side) <= gone for side in sides)


def _skewed(s: _Described) -> list[_Check]:
    """Return what counts and amounts ask of the rest."""
    skewed, counted = s.marginal in {COUNTED, LUMPY}, s.marginal == COUNTED
    levels = ("base", "slope", "origin_effect", "destination_effect", "flow", "periods")
    return [
        (("marginal", "process"), lambda: not skewed or s.process in _STATIONARY,
         "a stationary process beneath counts and amounts", "write process='AR(1)'"),
        ((*levels, "donors", "per_year"), lambda: not skewed or s.least_level() > 0,
         "levels above zero, with every effect", "raise the base, or lower the fall"),
        (("marginal", "sampling", "break_size"),
         lambda: not counted or not (s.sampling or s.break_size % 1),
         "counts without sampling errors, and a break of a whole number",
         "leave them out, or round the break"),
        (("marginal", "additive"), lambda: not counted or s.additive,
         "counts that may be summed", "write additive=True, or another marginal"),
    ]  # fmt: skip


def _is_tuple_of(kind: Callable[[object], bool]) -> Callable[[object], bool]:
    """Return a test for a tuple of some kind."""
    return lambda value: isinstance(value, tuple) and all(map(kind, value))


def _is_pair_of(kind: Callable[[object], bool]) -> Callable[[object], bool]:
    """Return a test for two of some kind."""
    some = _is_tuple_of(kind)
    return lambda value: isinstance(value, tuple) and len(value) == _SIDES and some(value)
