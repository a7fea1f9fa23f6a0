"""How heavy a sector must be to be declared: what was measured to keep wrong ones rare."""

from __future__ import annotations

import numpy as np

from shiftexp.effects import Effects
from shiftexp.flow import flow_in
from shiftexp.kernels.cases import Floats
from shiftexp.result import Result

DECLARE, DECLARE_STRICTLY, DECLARE_SEVERAL = 0.85, 0.90, 0.80
MANY_PERIODS = 40
_SEVERAL, _FAR, _MORE = 3, 10.0, 0.05
_WALKS = "walks-dominate"


def declaring_weight(*, strict: bool, several: bool, far: bool) -> float:
    """Return the weight at which a sector is declared.

    Parameters
    ----------
    strict : bool
        Whether wrong sectors are more frequent for such data, or their rate is not known.
    several : bool
        Whether three indicators or more drift each by itself.
    far : bool
        Whether an effect is larger than 10 m: there the neighbour of a sector's border is declared
        too often.

    Examples
    --------
    >>> declaring_weight(strict=False, several=True, far=True)
    0.85
    """
    least = DECLARE_STRICTLY if strict else DECLARE_SEVERAL if several else DECLARE
    return round(least + _MORE * far, 2)


def is_several(indicators: int, drift: float) -> bool:
    """Tell whether so many indicators drift each by itself.

    Parameters
    ----------
    indicators : int
        How many.
    drift : float
        Their drift.
    """
    return indicators >= _SEVERAL and drift > 0


def is_far(mean: Floats, smallest: tuple[float, float]) -> bool:
    """Tell whether an effect is larger than 10 of the smallest changes that matter.

    Parameters
    ----------
    mean : array of shape (2,)
        Effects, in level units per year.
    smallest : tuple of two float
        The smallest changes that matter.
    """
    return bool((np.abs(mean) > _FAR * np.array(smallest)).any())


def is_strict(found: Result | Effects) -> bool:
    """Tell whether rates of wrong sectors were higher for such data, or are not known.

    Parameters
    ----------
    found : Result or Effects
        What is to be weighed; effects alone do not say how they came about.
    """
    if isinstance(found, Effects):
        return True
    flow = flow_in(found)
    many = len(found.paths.labels) >= MANY_PERIODS
    return bool(found.design.donors) or many or flow is None or _WALKS in flow.flags
