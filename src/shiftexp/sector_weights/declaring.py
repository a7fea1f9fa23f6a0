"""How heavy sectors must be to be declared or left out: what was measured to keep errors rare."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from shiftexp.effects import Effects
from shiftexp.flow import flow_in
from shiftexp.kernels.cases import Floats
from shiftexp.result import Result

DECLARE, DECLARE_STRICTLY, DECLARE_SEVERAL = 0.85, 0.90, 0.80
LEVEL, LEVEL_STRICTLY = 0.95, 0.97
MANY_PERIODS = 40
SHIFT = "shift-compatible"
_SEVERAL, _FAR, _MORE = 3, 10.0, 0.05
# The least drift at which the lower bars of several indicators were measured: less of it widens
# the posterior by nothing, and lower bars would then be had for nothing.
_DRIFTING, _ROUNDING = 0.03, 1e-12


@dataclass(frozen=True, kw_only=True)
class Bars:
    """How heavy a sector must be to be declared, and how much the sectors left hold together.

    Attributes
    ----------
    strict : bool
        Whether wrong sectors are more frequent for such data, or their rate is not known.
    several : bool
        Whether three indicators or more were fitted together.
    drifting : bool
        Whether so much of their detection's drift is integrated that lower bars are enough.
    far : bool
        Whether an effect is larger than 10 m: there the neighbour of a sector's border is declared
        too often.
    """

    strict: bool
    several: bool = False
    drifting: bool = False
    far: bool = False

    @property
    def left(self) -> float:
        """Weight that the sectors left hold together: more where noise hides walks."""
        return LEVEL_STRICTLY if self.strict or (self.several and not self.drifting) else LEVEL

    def least(self, sector: str) -> float:
        """Return the weight at which a sector is declared.

        Parameters
        ----------
        sector : str
            Its name. Of several indicators a shift is declared later than others: the neighbour
            beyond its border of .75 looks much like it.

        Examples
        --------
        >>> Bars(strict=False, several=True, drifting=True).least("expansion")
        0.8
        """
        if self.strict:
            least = DECLARE_STRICTLY
        else:
            least = DECLARE_SEVERAL if self.several and self.drifting else DECLARE
            least += _MORE * (self.several and sector == SHIFT)
        return round(least + _MORE * self.far, 2)


def bars(
    *, strict: bool, indicators: int, drift: float, mean: Floats, smallest: tuple[float, float]
) -> Bars:
    """Return what is asked of sectors of some data.

    Parameters
    ----------
    strict : bool
        As in :class:`Bars`.
    indicators : int
        How many were fitted together.
    drift : float
        What the drift of their detection adds to the mean of them, as ``Detection.over`` says.
    mean : array of shape (2,)
        Effects, in level units per year.
    smallest : tuple of two float
        The smallest changes that matter.
    """
    return Bars(
        strict=strict,
        several=indicators >= _SEVERAL,
        drifting=drift * math.sqrt(indicators) >= _DRIFTING - _ROUNDING,
        far=bool((np.abs(mean) > _FAR * np.array(smallest)).any()),
    )


def is_strict(found: Result | Effects) -> bool:
    """Tell whether rates of wrong sectors were higher for such data, or are not known.

    Parameters
    ----------
    found : Result or Effects
        What is to be weighed; effects alone do not say how they came about.
    """
    if isinstance(found, Effects) or flow_in(found) is None:
        return True
    return bool(found.design.donors) or len(found.paths.labels) >= MANY_PERIODS
