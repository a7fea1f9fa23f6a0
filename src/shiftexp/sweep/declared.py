"""What a sweep is made of: a lazy, numbered product of specifications, indicators and pairs."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.panel import Panel
from shiftexp.result import Estimator
from shiftexp.robustness.combinations import Specification
from shiftexp.robustness.posing import Posed, pose

Side: TypeAlias = str | tuple[str, ...]
Pair: TypeAlias = tuple[Side, Side]


def units_of(side: Side) -> tuple[str, ...]:
    """Return the units of a side of a pair."""
    return (side,) if isinstance(side, str) else side


@dataclass(frozen=True)
class Fit:
    """One fit of a sweep, before its data.

    Attributes
    ----------
    number : int
        Its place in the whole sweep.
    position : int
        Which specification it is of.
    specification : Specification
        The choices.
    pair : tuple of origin and destination
        Whom they are applied to.
    seed : int
        Its own seed: no other fit of the sweep has it but by chance.
    """

    number: int
    position: int
    specification: Specification
    pair: Pair
    seed: int

    @property
    def estimator(self) -> Estimator:
        """The estimator with the seed of this fit, in whatever it wraps too.

        Raises
        ------
        DesignError
            When the settings of the specification contradict each other.
        """
        given = self.specification.estimator
        if given is None:
            said = self.specification.contradiction
            raise DesignError(Problem(said, "settings that fit together", "drop the choice"))
        return _seeded(given, self.seed)

    def pose(self, panels: Mapping[str, Panel], design: Design) -> Posed:
        """Return the study of this pair; who is in it is not among its donors.

        Parameters
        ----------
        panels : mapping of str to Panel
            The indicators by name.
        design : Design
            What the studies of all pairs share.

        Raises
        ------
        ShiftexpError
            When the pair does not fit the design.
        """
        origin, destination = self.pair
        inside = {*units_of(origin), *units_of(destination)}
        others = tuple(unit for unit in design.donors if unit not in inside)
        own = replace(design, origin=origin, destination=destination, donors=others)
        left = tuple(unit for unit in self.specification.units if unit not in inside)
        return pose(replace(self.specification, units=left), panels, own)


@dataclass(frozen=True)
class Shard:
    """Fits that are done by one worker and kept in one file, with all that they need.

    Attributes
    ----------
    index : int
        Which shard of the sweep.
    fits : tuple of Fit
        The fits, in order.
    panels : mapping of str to Panel
        The indicators that they are about.
    design : Design
        What all pairs share.
    intervals : bool
        Whether intervals are wanted.
    """

    index: int
    fits: tuple[Fit, ...]
    panels: Mapping[str, Panel]
    design: Design
    intervals: bool


@dataclass(frozen=True, eq=False)
class Fits:
    """All fits of a sweep; none is made before it is asked for.

    The pair moves fastest, then the indicator, then the specification: fits of one shape lie
    side by side, and are solved together.

    Attributes
    ----------
    panels : mapping of str to Panel
        The indicators by name.
    design : Design
        What all pairs share.
    pairs : tuple of Pair
        Origins and destinations.
    specifications : tuple of Specification
        The choices, said of the first indicator.
    rng : int
        Seed of the sweep.
    intervals : bool
        Whether intervals are wanted.
    size : int
        Fits in a shard.
    """

    panels: Mapping[str, Panel]
    design: Design
    pairs: tuple[Pair, ...]
    specifications: tuple[Specification, ...]
    rng: int
    intervals: bool
    size: int

    def __len__(self) -> int:
        """Return how many fits there are."""
        return len(self.specifications) * len(self.panels) * len(self.pairs)

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return -(-len(self) // self.size)

    def __getitem__(self, number: int) -> Fit:
        """Return one fit by its number."""
        rest, pair = divmod(number, len(self.pairs))
        position, row = divmod(rest, len(self.panels))
        seed = np.random.SeedSequence(self.rng, spawn_key=(number,)).generate_state(1)[0]
        chosen = replace(self.specifications[position], indicator=tuple(self.panels)[row])
        return Fit(number, position, chosen, self.pairs[pair], int(seed))

    def numbers(self, shard: int) -> range:
        """Return the numbers of the fits of a shard."""
        return range(shard * self.size, min((shard + 1) * self.size, len(self)))

    def shard(self, index: int) -> Shard:
        """Return one shard, with no panel that it does not need.

        Parameters
        ----------
        index : int
            Which one.
        """
        fits = tuple(self[number] for number in self.numbers(index))
        needed = dict.fromkeys(fit.specification.indicator for fit in fits)
        panels = {name: self.panels[name] for name in needed}
        return Shard(index, fits, panels, self.design, self.intervals)

    def identity(self) -> dict[str, Any]:
        """Return what makes this sweep another one than others, as JSON can hold it."""
        axes = {
            "design": repr(self.design),
            "pairs": repr(self.pairs),
            "specifications": repr(self.specifications),
        }
        return {
            "fits": len(self),
            "seed": self.rng,
            "fits a shard": self.size,
            "intervals": self.intervals,
            "indicators": {name: panel.digest() for name, panel in self.panels.items()},
            **{name: hashlib.sha256(said.encode()).hexdigest() for name, said in axes.items()},
        }


def _seeded(estimator: Estimator, seed: int) -> Estimator:
    """Return an estimator, and what it wraps, with another seed where they take one."""
    if not dataclasses.is_dataclass(estimator) or isinstance(estimator, type):
        return estimator
    changes: dict[str, Any] = {}
    names = {field.name for field in dataclasses.fields(estimator)}
    if "rng" in names:
        changes["rng"] = seed
    if "model" in names:
        changes["model"] = _seeded(estimator.model, seed)
    return dataclasses.replace(estimator, **changes)
