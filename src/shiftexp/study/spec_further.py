"""What a study file asks for beside effects, as Python: rival hypotheses, and what to pool."""

from __future__ import annotations

from dataclasses import dataclass

from shiftexp.kernels.rival_likelihood import Errors
from shiftexp.pooling.asked import Correlation
from shiftexp.pooling.pooled import Plane
from shiftexp.rivals.study import Shape

Ends = float | tuple[float, float]
_ERRORS: dict[Errors, str] = {"ar1": "AR(1) errors", "local level": "local-level errors"}


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """Rival hypotheses as constraints on one likelihood: the settings of ``rival_models``.

    Parameters
    ----------
    errors : {"ar1", "local level"}
        Family of the errors.
    effect : {"step", "ramp"}
        Shape of the effect.
    trend, seasonal : bool
        Whether either side has a trend, and seasons.
    donors : bool
        Whether an index of the design's donors is a third series.
    kappa : float or tuple of two float
        Share of what leaves that arrives, or its limits.
    smallest : float, tuple of two float, or None
        The smallest change that matters, in level units per year; by default the cell's margin of
        the levels of its first specification.
    bootstrap : int
        Data sets drawn for p-values and their power; 0 for none.
    """

    errors: Errors = "ar1"
    effect: Shape = "step"
    trend: bool = True
    seasonal: bool = True
    donors: bool = True
    kappa: Ends = 1.0
    smallest: Ends | None = None
    bootstrap: int = 0

    @property
    def label(self) -> str:
        """The assumptions that differ between tables, in words."""
        without = [n for n in ("trend", "seasonal", "donors") if not getattr(self, n)]
        said = [f"effect as a {self.effect}", _ERRORS[self.errors]]
        return ", ".join((*said, *(f"no {name}" for name in without)))


# The shape of the effect is assumed, and under the wrong one an effect may read as none.
BOTH_SHAPES = (Rivals(), Rivals(effect="ramp"))


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Cells whose first specifications are pooled: indicators of a segment, segments of a market.

    Parameters
    ----------
    name : str
        Its name, unique among the pools.
    title : str
        Heading; by default the name.
    cells : tuple of str
        Cells of the study, at least two.
    plane : str
        "offset" or "percent"; by default "offset", and "percent" where sides cannot be added or
        compared.
    correlation : float or "auto"
        Of the errors of a side between cells.
    heterogeneity : float
        Scale of the prior on the standard deviation between cells, in percent.
    """

    name: str
    title: str = ""
    cells: tuple[str, ...] = ()
    plane: Plane | None = None
    correlation: Correlation = "auto"
    heterogeneity: float = 25.0
