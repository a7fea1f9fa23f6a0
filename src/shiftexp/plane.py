"""The geometry of the shift-expansion plane: half-planes, nine sectors, ratio confidence sets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from shiftexp.kernels.ratio import COMPLEMENT, LINE, fieller_set
from shiftexp.kernels.tails import t_quantile
from shiftexp.scalars import check_level

SetKind: TypeAlias = Literal["interval", "hull", "complement", "line", "none"]

OFFSET_SOME = 0.25
OFFSET_MOST = 0.75
OFFSET_FULL_HIGH = 4 / 3

ORIGIN = (1.0, 0.0)
DESTINATION = (0.0, 1.0)
NET = (1.0, 1.0)


@dataclass(frozen=True)
class ConfidenceSet:
    """All values of a quantity that the data do not reject.

    Parameters
    ----------
    kind : {"interval", "hull", "complement", "line", "none"}
        ``interval`` is [low, high]; ``hull`` the same where some values between the ends are
        rejected, so that the set lies in pieces; ``complement`` everything outside (low, high);
        ``line`` every number; ``none`` when the method yields no set.
    low, high : float
        The ends, in the unit of the quantity; infinite for a line, NaN for none.

    Examples
    --------
    >>> ConfidenceSet("interval", 0.2, 0.8).contains(0.5)
    True
    """

    kind: SetKind
    low: float
    high: float

    def contains(self, value: float) -> bool:
        """Tell whether a value is in the set."""
        if self.kind == "complement":
            return value <= self.low or value >= self.high
        return self.kind == "line" or (self._between and self.low <= value <= self.high)

    @property
    def bounded(self) -> bool:
        """Tell whether the set has two finite ends and nothing beyond them."""
        return self._between and math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def _between(self) -> bool:
        """Tell whether the set lies between its ends."""
        return self.kind in {"interval", "hull"}

    def __str__(self) -> str:
        """Write the set the way a paper would."""
        if self.kind == "none":
            return "not available"
        if self.kind == "line":
            return "every number"
        ends = f"{self.low:.3g}, {self.high:.3g}"
        shown = {"interval": f"[{ends}]", "hull": f"within [{ends}], in pieces"}
        return shown.get(self.kind, f"outside ({ends})")


NO_SET = ConfidenceSet("none", math.nan, math.nan)


def fieller(
    x: float,
    y: float,
    cov: tuple[tuple[float, float], tuple[float, float]],
    level: float = 0.95,
    df: float = math.inf,
) -> ConfidenceSet:
    r"""Return Fieller's confidence set of the ratio x / y of two estimates.

    The set is :math:`\{r : (x - r y)^2 \le q^2 (v_{11} - 2 r v_{12} + r^2 v_{22})\}`.

    Parameters
    ----------
    x, y : float
        Estimates of numerator and denominator, in one unit.
    cov : nested sequence of shape (2, 2)
        Their covariance, in that unit squared.
    level : float, default 0.95
        Confidence level, strictly between 0 and 1.
    df : float, default infinity
        Degrees of freedom of the t quantile; infinity takes the normal one.

    Returns
    -------
    ConfidenceSet
        An interval, the complement of one, or the whole line.

    Raises
    ------
    DesignError
        When ``level`` is not strictly between 0 and 1.

    Notes
    -----
    The shape is part of the answer: where the denominator could be zero no interval has the level
    asked for, and a delta-method interval would be wrong without notice.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical
    Society B, 16, 175-185. https://doi.org/10.1111/j.2517-6161.1954.tb00159.x

    Examples
    --------
    >>> print(fieller(20, 40, ((16, -4), (-4, 25))))
    [0.28, 0.804]
    >>> fieller(1, 1, ((0.5625, 0), (0, 0.5625))).kind
    'line'
    """
    tail = (1 + check_level(level)) / 2
    critical = t_quantile(df, tail)
    (v11, v12), (_, v22) = cov
    answer = fieller_set(x, y, v11, v22, v12, critical=critical)
    names: dict[int, SetKind] = {COMPLEMENT: "complement", LINE: "line"}
    kind = names.get(int(answer.kind), "interval")
    return ConfidenceSet(kind, float(answer.low), float(answer.high))


@dataclass(frozen=True)
class HalfPlane:
    """All pairs with a . Delta <= at: the shape of every question the library asks.

    Parameters
    ----------
    a : tuple of two floats
        Direction (origin, destination), without unit.
    at : float
        Threshold, in level units per year.
    """

    a: tuple[float, float]
    at: float = 0.0

    def contains(self, origin: float, destination: float) -> bool:
        """Tell whether a pair lies in the half-plane."""
        return self.a[0] * origin + self.a[1] * destination <= self.at


@dataclass(frozen=True)
class Sector:
    """A named part of the plane: a union of convex pieces, each a conjunction of half-planes.

    Parameters
    ----------
    name : str
        The sector's name.
    meaning : str
        The pattern in one sentence.
    pieces : tuple of tuples of HalfPlane
        The pair lies in the sector when it lies in all half-planes of one piece.
    """

    name: str
    meaning: str
    pieces: tuple[tuple[HalfPlane, ...], ...]

    def contains(self, origin: float, destination: float) -> bool:
        """Tell whether a pair of effects lies in the sector, borders included."""
        return any(all(h.contains(origin, destination) for h in piece) for piece in self.pieces)


def _offset(low: float | None, high: float | None) -> tuple[HalfPlane, ...]:
    """Return the half-planes of low <= -O/D <= high, for a positive D."""
    below = () if high is None else (HalfPlane((-1.0, -high)),)
    above = () if low is None else (HalfPlane((1.0, low)),)
    return below + above


def sectors(margin_origin: float, margin_destination: float) -> tuple[Sector, ...]:
    """Return the nine sectors that partition the plane.

    Parameters
    ----------
    margin_origin, margin_destination : float
        Smallest effect of interest on either side, in level units per year.

    Returns
    -------
    tuple of Sector
        In the order null, five with destination growth, three without.

    Examples
    --------
    >>> [s.name for s in sectors(10, 4) if s.contains(-20, 40)]
    ['mixed']
    """
    m_o, m_d = margin_origin, margin_destination
    small_o = (HalfPlane((1.0, 0.0), m_o), HalfPlane((-1.0, 0.0), m_o))
    small_d = (HalfPlane((0.0, 1.0), m_d), HalfPlane((0.0, -1.0), m_d))
    grew = (HalfPlane((0.0, -1.0), -m_d),)
    not_grew = (HalfPlane((0.0, 1.0), m_d),)
    o_fell, o_grew = (HalfPlane((1.0, 0.0), -m_o),), (HalfPlane((-1.0, 0.0), -m_o),)
    d_fell = (HalfPlane((0.0, 1.0), -m_d),)
    some, most, full = OFFSET_SOME, OFFSET_MOST, OFFSET_FULL_HIGH
    return (
        Sector("null", "neither side changed by more than the margin", (small_o + small_d,)),
        Sector(
            "expansion",
            "the destination grew, the origin hardly moved",
            (grew + _offset(-some, some),),
        ),
        Sector(
            "mixed",
            "the destination grew and the origin fell by a good part of it",
            (grew + _offset(some, most),),
        ),
        Sector(
            "shift-compatible",
            "the origin fell by about what the destination gained (full offset)",
            (grew + _offset(most, full),),
        ),
        Sector(
            "partial displacement",
            "the origin fell by more than the destination gained (displacement with suppression)",
            (grew + _offset(full, None),),
        ),
        Sector("common growth", "both sides grew", (grew + _offset(None, -some),)),
        Sector("origin growth", "the origin grew, the destination did not", (not_grew + o_grew,)),
        Sector("diffusion of benefits", "both sides fell", (o_fell + d_fell,)),
        Sector(
            "suppression",
            "one side fell and the other did not gain",
            (o_fell + small_d, small_o + d_fell),
        ),
    )


SECTOR_NAMES = tuple(sector.name for sector in sectors(1.0, 1.0))


def compass(origin: float, destination: float) -> float:
    """Return the displacement compass of a pair of effects, in degrees from 0 to 360.

    90 is pure expansion, 135 a full shift, 45 equal common growth, 180 pure suppression, 225 equal
    diffusion of benefits.

    Parameters
    ----------
    origin, destination : float
        The two effects, in level units per year.

    Examples
    --------
    >>> compass(-20, 20), compass(0, 5)
    (135.0, 90.0)
    """
    return math.degrees(math.atan2(destination, origin)) % 360
