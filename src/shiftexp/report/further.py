"""What stands beside the effects of a design on its page, and pools beside cells: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from shiftexp.description import Description
from shiftexp.pooling import Pooled
from shiftexp.rivals import RivalModels
from shiftexp.sector_weights import SectorWeights

Weighed: TypeAlias = tuple[str, SectorWeights, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Further:
    """What a design was asked besides its effects; none of it is evidence or enters the verdict.

    Attributes
    ----------
    description : Description or None
        What the series are like, where the study asks for it.
    rivals : tuple of (assumptions, RivalModels)
        Rival hypotheses on one likelihood, a table for each set of assumptions.
    weights : tuple of (name, SectorWeights, doubts)
        Sector weights of each specification whose posterior the verdict weighs, with what makes the
        fit doubtful.
    refusals : tuple of (what, why)
        What was asked and not had, in its own words; posteriors that are silent in the verdict.
    """

    description: Description | None = None
    rivals: tuple[tuple[str, RivalModels], ...] = ()
    weights: tuple[Weighed, ...] = ()
    refusals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class PoolAnswer:
    """Cells that a study pools.

    Attributes
    ----------
    name, title : str
        Its name and heading.
    cells : tuple of str
        The cells declared.
    found : Pooled or None
        What they say together; None where they refuse.
    left_out : tuple of (cell, why)
        Cells without a result.
    refusal : str
        Why there is nothing pooled.
    """

    name: str
    title: str
    cells: tuple[str, ...]
    found: Pooled | None = None
    left_out: tuple[tuple[str, str], ...] = ()
    refusal: str = ""
