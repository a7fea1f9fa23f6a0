"""Signs of quantities, prices and purity: which explanations of growth they leave standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from shiftexp.errors import Problem
from shiftexp.evidence import About, Direction, Evidence
from shiftexp.scalars import is_finite, is_number, refuse
from shiftexp.table import Table

Sign: TypeAlias = Literal["up", "down", "flat", "unknown"]
Signal: TypeAlias = Sign | tuple[float, float]
UP, DOWN, FLAT = frozenset({"up"}), frozenset({"down"}), frozenset({"flat"})
ANY = UP | DOWN | FLAT
_WORDS: Mapping[object, frozenset[str]] = {"up": UP, "down": DOWN, "flat": FLAT, "unknown": ANY}
# What each explanation, were it the only one, would do to each signal; what is left out may move
# either way.
SIGNS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "shift": {
        "quantity_o": DOWN,
        "quantity_d": UP,
        "price_o": UP,
        "price_d": DOWN,
        "purity_d": UP,
    },
    "supply expansion": {"quantity_d": UP, "price_o": FLAT | DOWN, "price_d": DOWN},
    "demand expansion": {"quantity_d": UP, "price_d": UP},
    "enforcement only": {"quantity_d": UP, "price_d": UP | FLAT},
    "integration": {"price_gap": DOWN},
}
_RIVALS = tuple(name for name in SIGNS if name != "integration")
_EXPANSIONS = frozenset({"supply expansion", "demand expansion"})


@dataclass(frozen=True)
class PriceSigns(Table):
    """What signs of quantities, prices and purity leave standing.

    Attributes
    ----------
    signals : mapping of str to frozenset of str
        The directions that each signal may have taken, as observed.
    """

    signals: Mapping[str, frozenset[str]]

    @property
    def compatible(self) -> tuple[str, ...]:
        """Explanations that no signal contradicts."""
        return tuple(name for name in SIGNS if not self.contradicting(name))

    def contradicting(self, name: str) -> tuple[str, ...]:
        """Return the signals that contradict an explanation.

        Parameters
        ----------
        name : str
            "shift", "supply expansion", "demand expansion", "enforcement only" or "integration".
        """
        return tuple(key for key, signs in SIGNS[name].items() if not signs & self.signals[key])

    def agreeing(self, name: str) -> tuple[str, ...]:
        """Return the signals that can only be as an explanation says.

        Parameters
        ----------
        name : str
            As for ``contradicting``.
        """
        return tuple(key for key, signs in SIGNS[name].items() if self.signals[key] <= signs)

    def evidence(self, *, source: str) -> tuple[Evidence, ...]:
        """Return the signs as evidence: directions alone, never a bound.

        Parameters
        ----------
        source : str
            Where prices and quantities stand.

        Returns
        -------
        tuple of Evidence
            Against what is contradicted; for a shift or an expansion only where no rival is left
            besides it; for integration where the price gap can only have narrowed.
        """
        left = {name for name in _RIVALS if not self.contradicting(name)}
        found: list[tuple[About, Direction | None]] = [
            ("shift", _direction(left, frozenset({"shift"}))),
            ("expansion", _direction(left, _EXPANSIONS)),
            ("integration", self._integration()),
        ]
        said = f"{source}: {self._words()}"
        return tuple(
            Evidence(about=about, direction=direction, source=said)
            for about, direction in found
            if direction is not None
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each explanation."""
        rows = [
            (
                name,
                not self.contradicting(name),
                ", ".join(self.agreeing(name)),
                ", ".join(self.contradicting(name)),
            )
            for name in SIGNS
        ]
        return pd.DataFrame(rows, columns=["explanation", "compatible", "agree", "contradict"])

    def summary(self) -> str:
        """Return the signals, the table, and what it does not say."""
        lines = [
            f"signals: {self._words() or 'none'}",
            "",
            str(self),
            "",
            "each explanation is taken as the only one: two at once may hide each other's signs",
            "effects on prices are small and slow: signs, not magnitudes, and never a bound",
        ]
        return "\n".join(lines)

    def _integration(self) -> Direction | None:
        """Return what the price gap says of integration."""
        if self.contradicting("integration"):
            return "against"
        return "for" if self.agreeing("integration") else None

    def _words(self) -> str:
        """Say the signals that were observed."""
        return ", ".join(
            f"{name} {' or '.join(sorted(signs))}"
            for name, signs in self.signals.items()
            if signs != ANY
        )


def price_signs(
    *,
    quantity_o: Signal | None = None,
    quantity_d: Signal | None = None,
    price_o: Signal | None = None,
    price_d: Signal | None = None,
    purity_d: Signal | None = None,
    price_gap: Signal | None = None,
    margin: float = 0.0,
) -> PriceSigns:
    """Return which explanations of growth the signs of quantities, prices and purity leave.

    Parameters
    ----------
    quantity_o, quantity_d : str or tuple of two float, optional
        Change of the quantity at origin and destination: "up", "down", "flat" or "unknown", or an
        interval of the change. Finds are a quantity seen through detection.
    price_o, price_d : str or tuple of two float, optional
        Change of the price.
    purity_d : str or tuple of two float, optional
        Change of purity at the destination.
    price_gap : str or tuple of two float, optional
        Change of the absolute difference of the two prices; "down" where it narrowed.
    margin : float, default 0
        Smallest change that counts, in the unit of the intervals: an interval within it is flat,
        one that reaches beyond it on one side only may be flat or that.

    Returns
    -------
    PriceSigns
        Which of shift, supply expansion, demand expansion, enforcement only and integration are
        compatible, and why the others are not.

    Raises
    ------
    DesignError
        When a signal is neither a known word nor an interval, or the margin is negative.

    Notes
    -----
    ================  ==========  ==========  ============  ==========  ========  =========
    explanation       quantity_o  quantity_d  price_o       price_d     purity_d  price_gap
    ================  ==========  ==========  ============  ==========  ========  =========
    shift             down        up          up            down        up
    supply expansion              up          flat or down  down
    demand expansion              up                        up
    enforcement only              up                        up or flat
    integration                                                                   down
    ================  ==========  ==========  ============  ==========  ========  =========

    A change that is not significant is not flat: write its interval, with a margin. "flat" is a
    claim, to be made where the whole interval is small.

    Examples
    --------
    >>> import shiftexp as sx
    >>> signs = sx.price_signs(quantity_d="up", price_o="up", price_d=(-12.0, -3.0))
    >>> signs.compatible
    ('shift', 'integration')
    >>> [(e.about, e.direction, e.bound) for e in signs.evidence(source="price survey")]
    [('shift', 'for', None), ('expansion', 'against', None)]
    """
    given = {
        "quantity_o": quantity_o,
        "quantity_d": quantity_d,
        "price_o": price_o,
        "price_d": price_d,
        "purity_d": purity_d,
        "price_gap": price_gap,
    }
    problems = [
        Problem(
            f"{name} = {value!r}",
            "'up', 'down', 'flat', 'unknown', or an interval (low, high) with low <= high",
            "leave it out if unknown",
        )
        for name, value in given.items()
        if not _is_signal(value)
    ]
    if not (is_finite(margin) and margin >= 0):
        remedy = "leave it out to count every change"
        problems.append(Problem(f"margin = {margin!r}", "a number >= 0", remedy))
    refuse(*problems)
    return PriceSigns({name: _directions(value, margin) for name, value in given.items()})


def _direction(left: set[str], own: frozenset[str]) -> Direction | None:
    """Return what the explanations left say of one's own: the only ones, none of them, or open."""
    if not left & own:
        return "against"
    return "for" if left <= own else None


def _is_signal(value: object) -> bool:
    """Tell whether a value is a signal: none, a known word or an interval."""
    if value is None or isinstance(value, str):
        return value is None or value in _WORDS
    pair = tuple(value) if isinstance(value, Sequence) else ()
    return len(pair) == 2 and all(map(is_number, pair)) and bool(pair[0] <= pair[1])


def _directions(value: Signal | None, margin: float) -> frozenset[str]:
    """Return the directions that a signal may have taken."""
    if value is None or isinstance(value, str):
        return ANY if value is None else _WORDS[value]
    low, high = value
    allowed = {
        "up": high > margin,
        "down": low < -margin,
        "flat": low <= margin and high >= -margin,
    }
    return frozenset(name for name, holds in allowed.items() if holds)
