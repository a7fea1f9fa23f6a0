"""Sector weights: what a posterior says of the nine sectors, each as likely before the data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd

from shiftexp.detection import DEFAULT_DRIFT
from shiftexp.effects import Effects, MixtureLaw, mixture_of
from shiftexp.errors import DesignError, EstimandNotIdentified, Problem
from shiftexp.flow import flow_in
from shiftexp.identification import JUMP
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.sector_weights import (
    Piece,
    SectorMasses,
    prior_masses,
    sector_masses,
    smallest_set,
    under_prior,
)
from shiftexp.plane import NET, SECTOR_NAMES, sectors
from shiftexp.result import Result
from shiftexp.scalars import is_between, is_finite, is_whole, not_flag, not_whole, refuse
from shiftexp.sector_weights.declaring import Bars, bars, is_strict
from shiftexp.table import Table, format_number

LEAST_MASS = 0.5
PRIOR_SCALE = 8.0
# Priors half and twice as wide, to see what hangs on the choice.
PRIOR_TIMES = (0.5, 1.0, 2.0)
_CHOSEN = PRIOR_TIMES.index(1.0)
_SMALLEST_SHARE = 0.1
_SIDES = 2


@dataclass(frozen=True, eq=False, repr=False)
class SectorWeights(Table):
    """What a posterior says of the nine sectors of the plane.

    Attributes
    ----------
    posteriors, priors : arrays of shape (3, 9)
        Posterior and prior mass of every sector, with prior standard deviations of half, once and
        twice ``prior_scale``; detection drift integrated.
    smallest : tuple of two float
        The smallest change that matters, m, of origin and destination, in level units per year.
    drift : float
        Standard deviation of the change in log detection that is integrated.
    prior_scale : float
        Prior standard deviation of either effect, in m.
    bars : Bars
        How heavy a sector must be to be declared, and how much the sectors left hold together.
    unit : str
        Unit of the effects.

    Examples
    --------
    >>> import numpy as np
    >>> from shiftexp.effects import Effects, MixtureLaw
    >>> law = MixtureLaw(np.ones(1), np.array([[-1.0, 20.0]]), np.diag([2.0, 2.0])[None])
    >>> effects = Effects(
    ...     law, law.means[0], np.array([100.0, 40.0]), np.array([99.0, 60.0]), "plants per year"
    ... )
    >>> found = sector_weights(effects, drift=0)
    >>> found.sectors, found.declared
    (('expansion',), 'expansion')
    """

    posteriors: Floats
    priors: Floats
    smallest: tuple[float, float]
    drift: float
    prior_scale: float
    bars: Bars
    unit: str

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def posterior(self) -> Floats:
        """Posterior mass of the sectors, shape (9,)."""
        return np.asarray(self.posteriors[_CHOSEN])

    @cached_property
    def weight(self) -> Floats:
        """Weights of the sectors, shape (9,): posterior over prior mass, summing to one."""
        return np.asarray(self.weights[_CHOSEN])

    @cached_property
    def weights(self) -> Floats:
        """Weights under priors half, once and twice as wide, shape (3, 9)."""
        rows = zip(self.posteriors, self.priors, strict=True)
        return np.array([SectorMasses(*row).weight for row in rows])

    @property
    def sectors(self) -> tuple[str, ...]:
        """The smallest set of sectors that holds the weight of ``level``, the heaviest first."""
        return self._set(_CHOSEN)

    @property
    def declared(self) -> str | None:
        """The sector that is declared: heavy enough, and with half of the posterior mass."""
        return self._declared(_CHOSEN)

    @property
    def threshold(self) -> float:
        """The weight at which the heaviest sector is declared."""
        return self.bars.least(SECTOR_NAMES[int(self.weight.argmax())])

    @property
    def level(self) -> float:
        """The weight that the sectors left hold together, .95 or .97."""
        return self.bars.left

    @property
    def sensitive(self) -> tuple[str, ...]:
        """Sectors that a prior half or twice as wide puts in or out of the set, or declares."""
        found = [(set(left), declared) for _, left, declared in self.by_scale]
        some, every = set(SECTOR_NAMES), set[str]()
        for left, _ in found:
            some, every = some & left, every | left
        declared = {name for _, name in found}
        moved = (every - some) | (declared if len(declared) > 1 else set())
        return tuple(name for name in SECTOR_NAMES if name in moved)

    @property
    def by_scale(self) -> tuple[tuple[float, tuple[str, ...], str | None], ...]:
        """For each prior scale, in m: that scale, the set, and the sector declared."""
        return tuple(
            (times * self.prior_scale, self._set(k), self._declared(k))
            for k, times in enumerate(PRIOR_TIMES)
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each sector."""
        kept = self.sectors
        return pd.DataFrame(
            {
                "sector": SECTOR_NAMES,
                "posterior": self.posterior,
                "prior": self.priors[_CHOSEN],
                "weight": self.weight,
                "kept": [name in kept for name in SECTOR_NAMES],
                "declared": [name == self.declared for name in SECTOR_NAMES],
            }
            | {
                f"weight_{times * self.prior_scale:g}m": self.weights[k]
                for k, times in enumerate(PRIOR_TIMES)
                if k != _CHOSEN
            }
        )

    def summary(self) -> str:
        """Return what is left, what is declared, and what hangs on the prior, in words."""
        m = " and ".join(format_number(value) for value in dict.fromkeys(self.smallest))
        lines = [
            f"sectors left (weight {self.level:g}): {', '.join(self.sectors)}",
            f"declared (weight {self.threshold:g}, mass {LEAST_MASS:g}): {self.declared or 'none'}",
            f"smallest change that matters, m: {m} {self.unit}",
            f"prior sd of either effect {self.prior_scale:g} m; detection drift {self.drift:.3g}",
        ]
        lines += [
            f"with a prior sd of {scale:g} m: left {', '.join(left)}; declared {name or 'none'}"
            for scale, left, name in self.by_scale
            if scale != self.prior_scale
        ]
        return "\n".join(lines)

    def _set(self, k: int) -> tuple[str, ...]:
        """Return the set under the k-th prior, the heaviest first."""
        weight = self.weights[k]
        kept = smallest_set(weight, self.level)
        return tuple(SECTOR_NAMES[i] for i in np.argsort(-weight, kind="stable") if kept[i])

    def _declared(self, k: int) -> str | None:
        """Return the sector declared under the k-th prior."""
        weight = self.weights[k]
        best = int(weight.argmax())
        least = self.bars.least(SECTOR_NAMES[best])
        sure = weight[best] >= least and self.posteriors[k, best] >= LEAST_MASS
        return SECTOR_NAMES[best] if sure else None


def sector_weights(
    found: Result | Effects,
    *,
    smallest: float | tuple[float, float] | None = None,
    drift: float = DEFAULT_DRIFT,
    prior_scale: float = PRIOR_SCALE,
    strict: bool | None = None,
    indicators: int | None = None,
    totals: bool = False,
) -> SectorWeights:
    r"""Return the weight of every sector of the plane under a posterior, and the set that is left.

    .. math:: q_k \propto P(\Delta \in k \mid \text{data}) \,/\, P(\Delta \in k), \qquad
       \Delta_i \sim N(0, (8 m_i)^2) \text{ before the data}

    Parameters
    ----------
    found : Result or Effects
        Of a model with a posterior, such as ``CommunicatingVessels``.
    smallest : float or tuple of two float, optional
        The smallest change that matters, m, in level units per year; two for origin and
        destination. By default that of the model's flow, or a tenth of the destination's
        counterfactual level.
    drift : float, default 0.10
        Standard deviation of the change in log detection over the post window, on either side; it
        is added to the posterior. See :class:`Detection`.
    prior_scale : float, default 8
        Prior standard deviation of either effect, in m: what makes all sectors as likely before.
    strict : bool, optional
        Whether a sector is declared at a weight of .90 instead of .85 and the sectors left hold .97
        instead of .95. By default with donors, with 40 periods or more, and for effects without a
        result.
    indicators : int, optional
        How many indicators of one level were fitted together, as the result says by default. From 3
        on, unless strict, .80 is enough where each drifts by .03 or more, and where they do not the
        sectors left hold .97; a shift asks .05 more. Their drift is ``Detection.over(indicators)``.
    totals : bool, default False
        Whether to weigh ``found.totals``, changes by the end of the window freed of a step of
        detection, of a result that has them: the rule that docs/operating-characteristics.md
        measures.

    Returns
    -------
    SectorWeights
        Masses, weights, the set of sectors left and the one declared, if any.

    Raises
    ------
    EstimandNotIdentified
        When the law is no posterior (a test has no masses; ask ``weigh``), or the effects cannot be
        added or compared.
    DesignError
        When a setting is none, the data gate failed, or the data of a model whose changes grow jump
        at the onset.

    Notes
    -----
    Masses are integrals, not draws: the same law gives the same numbers, to about 1e-4. A sector
    is declared only with half of the posterior mass as well.

    What the data cannot tell: a ramp of detection by a quarter, unknown to the analyst, misleads
    this rule as any other with power, and so does a step under large effects; near the borders of
    sectors the neighbour is declared more often than elsewhere. Measured rates stand in METHODS.md;
    without drift the set kept the true sector in 89 % of noisy data sets, in 83 % of random walks.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=60, sd=2, autocorrelation=0.0, rng=4)
    >>> result = sx.CommunicatingVessels(draws=1000).fit(panel, design)
    >>> sx.sector_weights(result, totals=True, smallest=5).weight.sum().round(6)
    np.float64(1.0)
    """
    _check(found, smallest, drift, prior_scale, strict, indicators)
    refuse(*_without_totals(found, totals))
    effects = _effects(found, totals=totals)
    effects.estimate(NET)
    law = _posterior(effects.drifted(drift))
    m = _margins(found, effects, smallest)
    parts = pieces(*m)
    sds = [times * prior_scale * np.array(m) for times in PRIOR_TIMES]
    laws = [under_prior(law.weight, law.means, law.covs, sd) for sd in sds]
    return SectorWeights(
        posteriors=np.stack([sector_masses(*one, parts) for one in laws]),
        priors=np.stack([prior_masses(sd, parts) for sd in sds]),
        smallest=m,
        drift=float(drift),
        prior_scale=float(prior_scale),
        bars=bars(
            strict=is_strict(found) if strict is None else strict,
            indicators=_read(found) if indicators is None else indicators,
            drift=drift,
            mean=effects.mean,
            smallest=m,
        ),
        unit=effects.unit,
    )


def pieces(origin: float, destination: float) -> tuple[tuple[Piece, ...], ...]:
    """Return the nine sectors as arrays.

    Parameters
    ----------
    origin, destination : float
        The smallest change that matters on either side, in level units per year.
    """
    return tuple(
        tuple(
            Piece(np.array([h.a for h in piece]), np.array([h.at for h in piece]))
            for piece in sector.pieces
        )
        for sector in sectors(origin, destination)
    )


def _effects(found: Result | Effects, *, totals: bool) -> Effects:
    """Return the effects to weigh."""
    if isinstance(found, Effects):
        return found
    if totals:
        return cast("Effects", vars(found)["totals"])
    if (flow := flow_in(found)) is not None and JUMP in flow.flags:
        given = "a model of changes that grow, of data that jump at the onset"
        remedy = 'write push="pulse" with until=the onset, or say totals=True, which takes the '
        remedy += "jump for a step of detection"
        raise DesignError(Problem(given, "effects of the shape that the data have", remedy))
    return found.effects


def _without_totals(found: Result | Effects, totals: object) -> Iterator[Problem]:
    """Yield the problems of asking for totals where there are none."""
    yield from not_flag(totals=totals)
    if totals is True and "totals" not in vars(found):
        given = f"totals=True of {type(found).__name__}"
        remedy = "fit CommunicatingVessels and give what it returns, or leave totals out"
        yield Problem(given, "a result that has totals", remedy)


def _read(found: Result | Effects) -> int:
    """Return how many indicators of one level were fitted together."""
    return found.indicators if isinstance(found, Result) else 1


def _posterior(effects: Effects) -> MixtureLaw:
    """Return the law of effects that has masses, or refuse it."""
    law = mixture_of(effects.law)
    if law is None:
        given = "effects without a posterior: they answer with tests, which give no masses"
        remedy = "fit CommunicatingVessels, or ask weigh(result).sectors"
        raise EstimandNotIdentified(Problem(given, "a posterior law of the pair", remedy))
    return law


def _margins(
    found: Result | Effects, effects: Effects, smallest: float | tuple[float, float] | None
) -> tuple[float, float]:
    """Return the smallest change that matters on either side."""
    if smallest is None:
        flow = flow_in(found)
        smallest = _SMALLEST_SHARE * abs(float(effects.base[1])) if flow is None else flow.smallest
    origin, destination = smallest if isinstance(smallest, tuple) else (smallest, smallest)
    return float(origin), float(destination)


def _check(
    found: object,
    smallest: object,
    drift: object,
    prior_scale: object,
    strict: object,
    indicators: object,
) -> None:
    """Refuse what cannot be weighed."""
    if not isinstance(found, Result | Effects):
        given = f"sector_weights({type(found).__name__})"
        remedy = "fit CommunicatingVessels and give what it returns"
        raise DesignError(Problem(given, "a Result or Effects", remedy))
    problems = []
    if isinstance(found, Result) and not found.gate.passed:
        given = f"data gate {found.gate}"
        problems.append(Problem(given, "data that pass it", "widen the window, or treat breaks"))
    ends = smallest if isinstance(smallest, tuple) else (smallest, smallest)
    if smallest is not None and not (
        len(ends) == _SIDES and all(is_between(m, 0, math.inf) for m in ends)
    ):
        given = f"smallest = {smallest!r}"
        needed = "a positive number of level units per year, or one for either side"
        problems.append(Problem(given, needed, "leave it out for the model's own"))
    if not (is_finite(drift) and drift >= 0):
        needed = "a standard deviation of log detection, >= 0"
        problems.append(Problem(f"drift = {drift!r}", needed, "leave it at 0.10"))
    if not is_between(prior_scale, 0, math.inf):
        given = f"prior_scale = {prior_scale!r}"
        problems.append(Problem(given, "a positive number of m", "leave it at 8"))
    if not (strict is None or isinstance(strict, bool)):
        given = f"strict = {strict!r}"
        problems.append(Problem(given, "True, False or None", "leave it out"))
    if indicators is not None:
        problems += not_whole("indicators", indicators, 1, "leave it out")
    if is_whole(indicators) and indicators > _read(found) and isinstance(found, Result):
        given = f"indicators = {indicators} of a fit to {found.indicators}"
        needed = "no more than were fitted: each makes a sector easier to declare"
        problems.append(Problem(given, needed, "leave it out"))
    refuse(*problems)
