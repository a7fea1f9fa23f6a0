"""Effects: the joint law of the changes at origin and destination, in level units per year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects import inversion
from shiftexp.effects.critical import critical_values
from shiftexp.effects.laws import DriftedLaw, Law, questions
from shiftexp.errors import EstimandNotIdentified, Problem
from shiftexp.kernels.cases import Floats, lock
from shiftexp.plane import DESTINATION, NET, ORIGIN, ConfidenceSet
from shiftexp.scalars import check_level

_SIDES = ("origin", "destination")


@dataclass(frozen=True, eq=False)
class Effects:
    r"""The pair of effects of one fit, with its law.

    .. math:: \Delta_i = \operatorname{mean}_{t \in post}\,[\,y_{it} - y_{it}(0)\,], \quad i = O, D

    Parameters
    ----------
    law : Law
        Answers the one-sided p of H0: a . Delta <= at.
    mean, base, observed : array of shape (2,)
        Effect, counterfactual mean and observed mean over the post periods in which both sides are
        observed (origin, destination), in level units per year; NaN on the side a one-unit study
        does not have.
    unit : str
        The unit of all of these, such as "kg per year".
    additive : bool, default True
        False for rates, prices and purity: sums of the two sides mean nothing.
    comparable : bool, default True
        False when levels cannot be compared between the sides: only the sign of each effect counts.
    integrated : float, default 0
        The drift of detection that the law holds already, as of :meth:`drifted`.

    Examples
    --------
    >>> import numpy as np
    >>> from shiftexp.effects import Effects, StudentLaw
    >>> law = StudentLaw(np.array([-20.0, 40.0]), np.diag([16.0, 25.0]))
    >>> effects = Effects(
    ...     law, law.mean, np.array([100.0, 40.0]), np.array([80.0, 80.0]), "plants per year"
    ... )
    >>> round(effects.offset_ratio, 2), round(float(effects.p_value([(1, 1)])[0]), 4)
    (0.5, 0.0009)
    >>> moved = effects.under(origin=0.9, destination=1.25)
    >>> round(moved.offset_ratio, 3)
    0.463
    """

    law: Law
    mean: Floats
    base: Floats
    observed: Floats
    unit: str
    additive: bool = True
    comparable: bool = True
    integrated: float = 0.0

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for name in ("mean", "base", "observed"):
            object.__setattr__(self, name, np.array(getattr(self, name), dtype=float))
        lock(self)

    def __repr__(self) -> str:
        """Write the pair in one line; a law is named and its arrays are not."""
        mean, base = (np.array2string(x, precision=4) for x in (self.mean, self.base))
        law = type(self.law).__name__
        return f"Effects(mean={mean}, base={base}, unit={self.unit!r}, law={law})"

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the one-sided p of H0: a . Delta <= at; small when data speak for a . Delta > at.

        Parameters
        ----------
        a : array of shape (m, 2) or (2,)
            Directions (origin, destination), without unit.
        at : float or array of shape (m,), default 0
            Thresholds, in level units per year.

        Raises
        ------
        EstimandNotIdentified
            When a direction asks for both sides and the study has one.
        EstimandNotIdentified
            When a direction adds sides whose values cannot be added or compared.
        """
        directions, thresholds = questions(a, at)
        self._check(directions)
        asked = list(map(tuple, np.column_stack([directions, thresholds]).tolist()))
        new = [question for question in dict.fromkeys(asked) if question not in self._p_values]
        if new:
            every = np.array(new)
            found = self.law.p_value(every[:, :2], every[:, 2])
            self._p_values.update(zip(new, found.tolist(), strict=True))
        return np.array([self._p_values[question] for question in asked])

    @cached_property
    def _p_values(self) -> dict[tuple[float, ...], float]:
        """What was asked for before: claims, sectors and readings share most of their questions."""
        return {}

    def answers(self, a: tuple[float, float]) -> bool:
        """Tell whether a question in this direction has a meaning here."""
        try:
            self._check(np.array([a]))
        except EstimandNotIdentified:
            return False
        return True

    def estimate(self, a: tuple[float, float]) -> float:
        """Return the estimate of a . Delta, in level units per year."""
        self._check(np.array([a]))
        return float(sum(c * v for c, v in zip(a, self.mean, strict=True) if c))

    def interval(self, a: tuple[float, float], level: float = 0.95) -> ConfidenceSet:
        """Return the two-sided interval of a . Delta, in level units per year."""
        return self.intervals([a], level)[0]

    def intervals(
        self, directions: Sequence[tuple[float, float]], level: float = 0.95
    ) -> list[ConfidenceSet]:
        """Return the two-sided intervals of several a . Delta, found in one search.

        Parameters
        ----------
        directions : sequence of tuple of two floats
            Directions (origin, destination), without unit.
        level : float, default 0.95
            Confidence level of each.
        """
        asked = {a: ("interval", a, check_level(level)) for a in directions}
        new = [a for a, question in asked.items() if question not in self._known]
        if new:
            estimates = [self.estimate(a) for a in new]
            found = inversion.intervals(self.law, new, estimates, level)
            self._known.update((asked[a], one) for a, one in zip(new, found, strict=True))
        return [self._known[asked[a]] for a in directions]

    def two_sided_p(self, a: tuple[float, float], level: float = 0.95) -> float:
        """Return the two-sided p of H0: a . Delta = 0.

        Parameters
        ----------
        a : tuple of two floats
            The direction.
        level : float, default 0.95
            The level whose interval the p agrees with: a test made for another error has other
            limits on its size, and its p another value.
        """
        return self.two_sided_ps([a], level)[0]

    def two_sided_ps(
        self, directions: Sequence[tuple[float, float]], level: float = 0.95
    ) -> list[float]:
        """Return the two-sided p of several H0: a . Delta = 0, asked at once.

        Parameters
        ----------
        directions : sequence of tuple of two floats
            The directions.
        level : float, default 0.95
            The level whose intervals they agree with.
        """
        new = [a for a in dict.fromkeys(directions) if (a, level) not in self._two_sided]
        if new:
            self._check(np.array(new))
            found = inversion.two_sided_p(self.law, new, 1 - check_level(level))
            self._two_sided.update(zip(((a, level) for a in new), found.tolist(), strict=True))
        return [self._two_sided[a, level] for a in directions]

    @cached_property
    def _two_sided(self) -> dict[tuple[tuple[float, float], float], float]:
        """Two-sided p that were asked for before."""
        return {}

    @property
    def net(self) -> float:
        """Net expansion Delta_O + Delta_D, in level units per year."""
        return self.estimate(NET)

    @property
    def offset_ratio(self) -> float:
        """Offset ratio -Delta_O / Delta_D: the share of growth that the origin's fall matches."""
        self._check(np.array([NET]))
        origin, destination = self.mean
        return float(-origin / destination) if destination else float("nan")

    def offset_ratio_set(self, level: float = 0.95) -> ConfidenceSet:
        """Return the offset ratios not rejected: an interval, a complement, or the line."""
        self._check(np.array([NET]))
        asked = ("offset ratio", NET, check_level(level))
        if asked not in self._known:
            self._known[asked] = inversion.offset_ratio_set(self.law, self.offset_ratio, level)
        return self._known[asked]

    @cached_property
    def _known(self) -> dict[tuple[str, tuple[float, float], float], ConfidenceSet]:
        """Sets that were asked for before: a page asks for the same one many times."""
        return {}

    def region(self, level: float = 0.95) -> Floats:
        """Return corners of the joint region of the pair, shape (k, 2), in level units per year."""
        self._check(np.array([NET]))
        if check_level(level) not in self._regions:
            self._regions[level] = inversion.octagon(self.law, self.mean, level)
        return self._regions[level].copy()

    @cached_property
    def _regions(self) -> dict[float, Floats]:
        """Regions that were asked for before: a figure and the slider draw the same one."""
        return {}

    def critical_values(self, asked: Sequence[tuple[float, tuple[float, float]]]) -> list[float]:
        """Return for each level and direction the largest c at which a . Delta <= c is rejected.

        Parameters
        ----------
        asked : sequence of (alpha, (origin, destination))
            One-sided levels with directions, without unit.
        """
        new = [one for one in dict.fromkeys(asked) if one not in self._critical]
        if new:
            levels, directions = zip(*new, strict=True)
            start = [self.estimate(a) for a in directions]
            found = critical_values(self.law, directions, start, levels)
            self._critical.update(zip(new, found.tolist(), strict=True))
        return [self._critical[one] for one in asked]

    @cached_property
    def _critical(self) -> dict[tuple[float, tuple[float, float]], float]:
        """Critical values that were asked for before: each is a search of its own."""
        return {}

    def under(self, k0: float = 1.0, origin: float = 1.0, destination: float = 1.0) -> Effects:
        """Return the effects of true activity if detection had changed.

        Delta_O -> Delta_O + y_O (1/r_O - 1) and Delta_D -> [Delta_D + y_D (1/r_D - 1)] / k0.

        Parameters
        ----------
        k0 : float, default 1
            Detection at the destination over detection at the origin, before the onset.
        origin, destination : float, default 1
            Detection after the onset over detection before it, on either side.

        Raises
        ------
        EstimandNotIdentified
            When a ratio is not positive: no activity gives such finds.
        """
        ratios = np.array([origin, destination], dtype=float)
        if not (np.all(ratios > 0) and k0 > 0):
            given = f"detection k0 = {k0!r}, origin = {origin!r}, destination = {destination!r}"
            raise EstimandNotIdentified(
                Problem(given, "positive ratios", "write 1 where detection stayed the same")
            )
        unit = np.array([1.0, 1.0 / k0])
        offset = self.observed * (1 / ratios - 1) * unit
        return replace(
            self,
            law=self.law.affine(np.diag(unit), offset),
            mean=self.mean * unit + offset,
            base=self.base * unit,
            observed=self.observed * unit / ratios,
        )

    def drifted(self, sd: float) -> Effects:
        """Return the effects with a detection drift of unknown sign integrated into their law.

        Parameters
        ----------
        sd : float
            Standard deviation of the change in log detection over the post window, on either side.

        Notes
        -----
        The drift acts on the larger of the counterfactual and the observed level of each side, so
        that it is never smaller than what the affine map of :meth:`under` would do. What the law
        holds already is not integrated a second time: only variance beyond it is added, and a
        smaller drift than that changes nothing.
        """
        more = self.beyond(sd)
        if more == 0:
            return self
        if sd not in self._drifts:
            level = np.maximum(np.maximum(self.base, 0.0), np.abs(self.observed))
            law = DriftedLaw(self.law, more * level)
            self._drifts[sd] = replace(self, law=law, integrated=sd)
        return self._drifts[sd]

    def beyond(self, sd: float) -> float:
        r"""Return what of a drift of detection is not integrated yet.

        .. math:: \sqrt{\max(\delta^2 - \delta_0^2, 0)}

        Parameters
        ----------
        sd : float
            Standard deviation of the change in log detection over the post window.
        """
        if self.integrated == 0:
            return sd
        return math.sqrt(max(sd**2 - self.integrated**2, 0.0))

    @cached_property
    def _drifts(self) -> dict[float, Effects]:
        """Drifts that were asked for before: what was learnt of one is kept with it."""
        return {}

    @property
    def cov(self) -> Floats:
        """Covariance of the pair, shape (2, 2), where the law has one.

        Raises
        ------
        EstimandNotIdentified
            When the law has no covariance; none is borrowed from elsewhere.
        """
        return self._of_law("cov")

    @property
    def draws(self) -> Floats:
        """Draws of the pair, shape (n, 2), where the law has them.

        Raises
        ------
        EstimandNotIdentified
            When the law is not known by draws.
        """
        return self._of_law("draws")

    def _of_law(self, name: str) -> Floats:
        """Return an attribute that only some laws have."""
        value = getattr(self.law, name, None)
        if value is None:
            raise EstimandNotIdentified(
                Problem(
                    f"{name} of a {type(self.law).__name__}",
                    f"a law with {name}",
                    "ask p_value or interval, which every law answers",
                )
            )
        return np.asarray(value)

    def _check(self, directions: Floats) -> None:
        """Refuse directions that have no meaning for these data."""
        absent = np.isnan(self.mean)
        if self.additive and self.comparable and not absent.any():
            return
        asked = directions != 0
        missing = [s for s, gone in zip(_SIDES, absent & asked.any(axis=0), strict=True) if gone]
        problems = []
        if missing:
            problems.append(
                Problem(
                    f"a question about the {missing[0]} in a study without one",
                    "both sides",
                    f"declare a design with an {missing[0]}"
                    if missing[0] == "origin"
                    else f"declare a design with a {missing[0]}",
                )
            )
        mixed = bool(asked.all(axis=1).any())
        if mixed and not self.additive:
            problems.append(
                Problem(
                    f"a sum or ratio of two effects in {self.unit!r}, which do not add "
                    "(additive=False)",
                    "totals",
                    "ask for the origin or the destination alone, or give exposure that turns "
                    "rates into totals",
                )
            )
        if mixed and self.additive and not self.comparable:
            problems.append(
                Problem(
                    f"a comparison of levels in {self.unit!r} that are not comparable "
                    "(comparable=False)",
                    "levels counted alike on both sides",
                    "ask for the sign of each effect alone",
                )
            )
        if problems:
            raise EstimandNotIdentified(problems)


DIRECTIONS = {"origin": ORIGIN, "destination": DESTINATION, "net": NET}
