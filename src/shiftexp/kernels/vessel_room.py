"""How much of a flow the effects of both sides leave room for, whatever is believed of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.tails import t_quantile
from shiftexp.kernels.vessel_flow import FlowDraws, share_of_growth
from shiftexp.kernels.vessel_nodes import NodePosterior

LEFT, ARRIVED = np.array([1.0, 0.0]), np.array([0.0, 1.0])
SURPLUS = ARRIVED - LEFT


@dataclass(frozen=True, eq=False)
class FlowRoom:
    """What is left for a flow by effects that have a coefficient for either side, for C cases.

    Attributes
    ----------
    lowest : array of shape (C,)
        The smaller of the lower limits of what left and of what arrived: the most that is proved.
    highest : array of shape (C,)
        The smaller of their upper limits: the most that signs of own changes allow.
    least_scale : array of shape (C,)
        The smallest scale of own changes that the surplus does not contradict.
    """

    lowest: Floats
    highest: Floats
    least_scale: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def may_prove(self, scale: Floats | float) -> Booleans:
        """Tell where a belief in own changes of a scale may prove a flow, shape (C,)."""
        return np.asarray((self.lowest > 0) & (scale >= self.least_scale))

    def contradicted(self, low: Floats) -> Booleans:
        """Tell where lower limits (C,) of a belief contradict the upper ones, shape (C,)."""
        return np.asarray(low > self.highest)

    def proved(self, low: Floats, scale: Floats | float) -> Floats:
        """Return what is proved of a flow, shape (C,).

        Parameters
        ----------
        low : array of shape (C,)
            Lower limits under a belief in own changes; NaN where hardly a draw has their signs.
        scale : float or array of shape (C,)
            The scale of those.

        Returns
        -------
        array of shape (C,)
            Not more than is proved to have left and to have arrived, and 0 where the belief
            contradicts the data.
        """
        holds = (low > 0) & self.may_prove(scale) & ~self.contradicted(low)
        return np.where(holds, np.minimum(low, self.lowest), 0.0)


@dataclass(frozen=True, eq=False)
class ShareRoom:
    """What is left for the shares of the destination's growth that are a flow, for C cases.

    Attributes
    ----------
    excess, total : arrays of shape (2, C)
        The most that is proved and the most that is possible, of growth beyond drift and of all.
    """

    excess: Floats
    total: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def proved(self, found: FlowDraws, flow: Floats, error: float) -> tuple[Floats, Floats]:
        """Return what is proved of both shares under a belief in own changes, each (C,).

        Parameters
        ----------
        found : FlowDraws
            Draws under that belief.
        flow : array of shape (C,)
            What is proved of the flow: nothing of its shares without.
        error : float
            Error rate of limits.
        """
        pairs = ((found.excess_share, self.excess), (found.total_share, self.total))
        lows = (np.minimum(found.quantile(v, error / 2), ends.min(axis=0)) for v, ends in pairs)
        excess, total = (np.where(flow > 0, low, 0.0) for low in lows)
        return excess, total


def share_room(free: FlowDraws, room: FlowRoom, error: float) -> ShareRoom:
    """Return what is left for the shares: as of the flow, of what left or of what arrived.

    Parameters
    ----------
    free : FlowDraws
        Draws in which all that left is the flow.
    room : FlowRoom
        What is left for the flow itself: without any there is none for its shares.
    error : float
        Error rate of limits.
    """
    arrived = free.flow + free.own[..., 1]
    whole = free.total_share, share_of_growth(arrived, arrived + free.drift)
    ends = error, 1 - error / 2
    excess = [free.quantile(free.excess_share, p) for p in ends]
    total = [np.min([free.quantile(v, p) for v in whole], axis=0) for p in ends]
    some = room.highest > 0
    return ShareRoom(np.where(some, excess, 0.0), np.where(some, total, 0.0))


def flow_room(totals: NodePosterior, error: float, onsets: int) -> FlowRoom:
    """Return what effects of both sides leave room for.

    A flow leaves and arrives: it is proved only where either is, so that growth of the destination
    alone that is larger than believed is no flow. Both have to hold, so each is tested at the whole
    error rate (Berger 1982). Own changes of opposite signs differ by the surplus: the destination
    grew by itself by as much at least, or in a deficit the origin fell; and of a half-normal only
    the error rate lies beyond a number of scales.

    Parameters
    ----------
    totals : NodePosterior
        What left and what arrived by the end, each with a coefficient.
    error : float
        Error rate of limits.
    onsets : int
        At how many periods places may change by themselves: each may bring a part of the surplus.
    """
    tail = error / 2
    lowest, highest = (
        np.maximum(np.min([totals.quantile(side, p) for side in (LEFT, ARRIVED)], axis=0), 0.0)
        for p in (error, 1 - tail)
    )
    surplus, deficit = totals.quantile(SURPLUS, tail), -totals.quantile(SURPLUS, 1 - tail)
    beyond = np.maximum(np.maximum(surplus, deficit), 0.0)
    return FlowRoom(lowest, highest, beyond / (onsets * t_quantile(np.inf, 1 - tail)))
