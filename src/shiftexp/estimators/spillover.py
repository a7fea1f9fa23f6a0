"""Synthetic controls with donors that may be touched: effects on all affected units, jointly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from shiftexp.errors import Problem
from shiftexp.estimators.assembling import UNCHANGED
from shiftexp.estimators.contrasts import Errors, SeriesSpec
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.estimators.synthetic import FOLDS
from shiftexp.estimators.touched_donors import TouchedDonors
from shiftexp.kernels.scale import Scale
from shiftexp.kernels.spillover import Spillover
from shiftexp.scalars import is_between, no_level, no_seed, not_among, not_flag, refuse

_LEAST_SIZE = 1e-6
Structure: TypeAlias = Literal["own", "shared", "decaying"]
_FURTHER = "units that are not named as exposed received none of the activity and lost none of it"


@dataclass(frozen=True, kw_only=True)
class SpilloverSyntheticControl(SeriesModel):
    r"""Estimate effects on both sides and on exposed units from the synthetic controls of all.

    .. math:: \hat\gamma_t = (A'MA)^{-1} A'(I - \hat B)'[(I - \hat B) Y_t - \hat a], \quad
       M = (I - \hat B)'(I - \hat B), \qquad \hat\Delta_i = \bar\gamma_{i,post} -
       \bar\gamma_{i,pre}, \quad i = O, D

    with every unit's synthetic control on all the others in a and B, and A saying which units an
    effect reaches: a column for the origin, one for the destination, and the exposed units.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where units are weighted, and effects on exposed units are alike.
    exposed : tuple of str, default ()
        Donors that the event may have reached. Origin and destination always may.
    structure : {"own", "shared", "decaying"}, default "own"
        Effects on exposed units: one for each, one for all, or one that decays with distance.
    distances : tuple of float, default ()
        For ``decaying``: the distance of every exposed unit from the origin, in km.
    reach : float, optional
        For ``decaying``: the distance, in km, over which an effect falls to 37 %.
    level : float, default 0.95
        Confidence level of the sets shown.
    errors : {"any", "stationary"}, default "any"
        Errors under which p-values and intervals hold their level, as in InterruptedTimeSeries.
    rng : int, default 1
        Seed of the posterior draws.

    Raises
    ------
    DesignError
        When a setting is unknown, ``exposed`` holds no names, ``distances`` and ``reach`` do not go
        with ``structure``, ``level`` is not strictly between 0 and 1, or ``rng`` is no seed; all
        are listed.

    Notes
    -----
    Elsewhere origin and destination are kept out of each other's donors, because what one lost the
    other may have gained. Here they stay in, and that is solved for. Each third of the periods
    before the onset has the effects of weights that were fitted to the other two, as in
    SyntheticControl, and the two series of effects go through the EMW-LL test of an effect that may
    grow or shrink along a line. Placebo donors are taken as unexposed.

    When not to use it: clean donors are named and enough (SyntheticControl without the others is
    simpler, and as sharp); exposed units unknown (what is left out biases both effects); fewer than
    5 complete donors that are not exposed, effects that the structure cannot tell apart, donors
    that miss a side by half as much again as its own mean does, reporting breaks fitted as steps
    (all refused).

    References
    ----------
    Cao, J. & Dowd, C. (2019). Estimation and inference for synthetic control methods with spillover
    effects. https://doi.org/10.48550/arXiv.1902.07343

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=8, rng=2)
    >>> model = sx.SpilloverSyntheticControl(exposed=design.donors[:1])
    >>> result = model.fit(panel, design)
    >>> result["destination"].conf_low < 40 < result["destination"].conf_high
    True
    """

    scale: Scale = "level"
    exposed: tuple[str, ...] = ()
    structure: Structure = "own"
    distances: tuple[float, ...] = ()
    reach: float | None = None
    level: float = 0.95
    errors: Errors = "any"
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        refuse(
            *not_among(
                scale=(self.scale, get_args(Scale)),
                structure=(self.structure, get_args(Structure)),
                errors=(self.errors, get_args(Errors)),
            ),
            *_no_names(self.exposed),
            *self._distance_problems(),
            *no_level(self.level),
            *no_seed(self.rng),
        )

    def _distance_problems(self) -> list[Problem]:
        """Return what is wrong with distances and reach."""
        given = f"distances = {self.distances!r}, reach = {self.reach!r}"
        if self.structure != "decaying":
            if self.distances == () and self.reach is None:
                return []
            remedy = "write structure='decaying', or leave them out"
            return [Problem(given, "distances only where effects decay", remedy)]
        told: object = self.distances
        if not isinstance(self.exposed, tuple):
            return []  # that is refused itself
        if (
            isinstance(told, tuple)
            and len(told) == len(self.exposed) > 0
            and all(d == 0 or is_between(d, 0, math.inf) for d in told)
            and is_between(self.reach, 0, math.inf)
        ):
            return self._too_far()
        needed = f"{len(self.exposed)} distances and a reach, in km, for the exposed units"
        remedy = "write distances=(200.0, ...) in the order of exposed, and reach=300.0"
        return [Problem(given, needed, remedy)]

    def _too_far(self) -> list[Problem]:
        """Return exposed units that lie so far off that nothing of an effect would reach them."""
        far = [
            name
            for name, size in zip(self.exposed, self._sizes(), strict=True)
            if size < _LEAST_SIZE
        ]
        if not far:
            return []
        given = f"{len(far)} exposed units beyond {-math.log(_LEAST_SIZE):.0f} times the reach"
        needed = "units that some of an effect reaches"
        return [Problem(given, needed, "leave them out of exposed, or widen the reach", tuple(far))]

    def _sizes(self) -> Sequence[float]:
        """Return how much of an effect each exposed unit receives."""
        if self.structure != "decaying" or self.reach is None:
            return [1.0] * len(self.exposed)
        return [math.exp(-distance / self.reach) for distance in self.distances]

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        told = {"own": "each its own", "shared": "one for all", "decaying": "decaying"}
        rest = f", exposed units {told[self.structure]}" if self.exposed else ""
        return _spillover_spec(
            self,
            f"Spillover synthetic control ({self.scale} scale{rest})",
            TouchedDonors(
                tuple(zip(self.exposed, self._sizes(), strict=True)),
                Spillover(
                    inclusive=False, shared=self.structure != "own", intercept=True, folds=FOLDS
                ),
            ),
        )


@dataclass(frozen=True, kw_only=True)
class InclusiveSyntheticControl(SeriesModel):
    r"""Solve the gaps of the affected units, which serve each other as donors, for their effects.

    .. math:: \hat\theta_t = \hat\Omega^{-1} \hat g_t, \quad \hat\Omega = I - \hat W_{affected},
       \qquad \hat\Delta_i = \bar\theta_{i,post} - \bar\theta_{i,pre}, \quad i = O, D

    with g the gaps between affected units - origin, destination, exposed ones - and their synthetic
    controls on all other units, and W the weights that affected units give each other.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where units are weighted.
    exposed : tuple of str, default ()
        Donors that the event may have reached, beside origin and destination.
    intercept : bool, default True
        Whether a constant gap before the onset is allowed: changes are fitted, not levels.
    level : float, default 0.95
        Confidence level of the sets shown.
    errors : {"any", "stationary"}, default "any"
        Errors under which p-values and intervals hold their level, as in InterruptedTimeSeries.
    rng : int, default 1
        Seed of the posterior draws.

    Raises
    ------
    DesignError
        When ``scale`` or ``errors`` is unknown, ``exposed`` holds no names, ``intercept`` is no
        truth value, ``level`` is not strictly between 0 and 1, or ``rng`` is no seed; all are
        listed.

    Notes
    -----
    It uses the equations of the affected units alone, where SpilloverSyntheticControl uses those of
    all units. Where affected units give each other no weight, it is the synthetic control with an
    intercept. Inference is that of SpilloverSyntheticControl.

    When not to use it: as SpilloverSyntheticControl; affected units whose controls consist of each
    other (a determinant near zero, refused).

    References
    ----------
    Di Stefano, R. & Mellace, G. (2024). The inclusive synthetic control method.
    https://doi.org/10.48550/arXiv.2403.17624

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=8, rng=2)
    >>> result = sx.InclusiveSyntheticControl().fit(panel, design)
    >>> result["destination"].conf_low < 40 < result["destination"].conf_high
    True
    """

    scale: Scale = "level"
    exposed: tuple[str, ...] = ()
    intercept: bool = True
    level: float = 0.95
    errors: Errors = "any"
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        refuse(
            *not_among(scale=(self.scale, get_args(Scale)), errors=(self.errors, get_args(Errors))),
            *_no_names(self.exposed),
            *not_flag(intercept=self.intercept),
            *no_level(self.level),
            *no_seed(self.rng),
        )

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        how = "with intercept" if self.intercept else "levels matched"
        return _spillover_spec(
            self,
            f"Inclusive synthetic control ({self.scale} scale, {how})",
            TouchedDonors(
                tuple((name, 1.0) for name in self.exposed),
                Spillover(inclusive=True, shared=False, intercept=self.intercept, folds=FOLDS),
            ),
        )


def _no_names(exposed: object) -> tuple[Problem, ...]:
    """Return the problem of exposed units that are no names, or named twice."""
    fine = isinstance(exposed, tuple) and all(isinstance(name, str) and name for name in exposed)
    if fine and isinstance(exposed, tuple) and len(set(exposed)) == len(exposed):
        return ()
    needed = "a tuple of different donors"
    return (Problem(f"exposed = {exposed!r}", needed, "write exposed=('DE', 'FR')"),)


def _spillover_spec(
    model: SpilloverSyntheticControl | InclusiveSyntheticControl,
    title: str,
    controls: TouchedDonors,
) -> SeriesSpec:
    """Return what either method asks of the shared machinery."""
    return SeriesSpec(
        estimator=model,
        title=title,
        scale=model.scale,
        trend=False,
        seasonal=False,
        growing=True,
        controls=controls,
        exposed=controls.exposed,
        least_squares=True,
        level=model.level,
        errors=model.errors,
        rng=model.rng,
        assumptions=(
            (
                "without the event every unit would have moved as its weighted others did "
                f"({model.scale} scale)"
            ),
            _FURTHER,
            UNCHANGED,
        ),
    )
