"""Effects where nothing happened, estimated in one batch as the study is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.estimators.cautions import LEAST_AFTER, LEAST_BEFORE, quieter_donors
from shiftexp.inference.placebo_law import LogPlaceboLaw, PlaceboLaw
from shiftexp.inference.wrapping import Prepared
from shiftexp.kernels.cases import Booleans, Cases, Fit, Floats
from shiftexp.kernels.resampling import second_moments
from shiftexp.kernels.scale import logged, to_scale
from shiftexp.scalars import plural

Over: TypeAlias = Literal["units", "onsets"]
FEW = 19
_NOTHING = 1e-20


@dataclass(frozen=True, eq=False)
class PlaceboEffects:
    """What the model finds where nothing happened.

    Attributes
    ----------
    cases : Cases
        The placebos that could be estimated.
    effects : array of shape (n, 2)
        Their effects, in the study's level units per year, or in logs where the model is.
    moments : array of shape (n + 1, 2, 2)
        Mean products of the residuals before the onset, of the study first, in that unit squared.
    independent : int
        How many placebos do not share their data: donors, or onsets.
    left_out : int
        Placebos that could not be estimated.
    """

    cases: Cases
    effects: Floats
    moments: Floats
    independent: int
    left_out: int

    def law(self, wrapped: Prepared, *, studentized: bool = False) -> PlaceboLaw | LogPlaceboLaw:
        """Return the law that compares the study with its placebos."""
        if studentized:
            _refuse_still(self.moments)
        moments = self.moments if studentized else None
        return rank_law(wrapped, self.effects, self.independent, moments=moments)

    @property
    def quieter(self) -> tuple[str, ...]:
        """Say where the study varies more than the donors that take its place."""
        squares = np.diagonal(self.moments, axis1=1, axis2=2)
        return quieter_donors(squares[0], squares[1:])

    @property
    def notes(self) -> tuple[str, ...]:
        """Name what was left out."""
        if not self.left_out:
            return ()
        left = plural(self.left_out, "placebo")
        said = f"{left} with too few observed periods or without a value on the scale"
        return (f"{said}: left out",)


def check_over(over: str) -> None:
    """Refuse an unknown kind of placebo.

    Raises
    ------
    DesignError
        When ``over`` is neither "units" nor "onsets".
    """
    known = get_args(Over)
    if over not in known:
        raise DesignError(Problem(f"over = {over!r}", "units or onsets", suggest(str(over), known)))


def placebo_effects(wrapped: Prepared, over: Over) -> PlaceboEffects:
    """Return the effects of ordered pairs of donors, or of earlier onsets.

    Parameters
    ----------
    wrapped : Prepared
        The study.
    over : {"units", "onsets"}
        Where nothing happened.

    Notes
    -----
    A donor has the steps of the side whose place it takes: what they cost in precision, they cost
    the placebo too.

    Raises
    ------
    DesignError
        When the design yields no placebo, or none that can be estimated.
    """
    cases = placebo_cases(wrapped, over)
    kept, fit = solve_observed(wrapped, cases)
    return PlaceboEffects(
        cases=kept,
        effects=wrapped.effects_of(kept, fit),
        moments=moments_before(wrapped, kept, fit),
        independent=len(np.unique(kept.focal[:, wrapped.present]))
        if over == "units"
        else len(kept),
        left_out=len(cases) - len(kept),
    )


def placebo_cases(wrapped: Prepared, over: Over) -> Cases:
    """Return placebos that see the periods and the reporting breaks that the study sees.

    Parameters
    ----------
    wrapped : Prepared
        The study.
    over : {"units", "onsets"}
        Where nothing happened.

    Raises
    ------
    DesignError
        When the design yields no placebo.
    """
    study = wrapped.case
    cases = wrapped.design.placebos(wrapped.panel, over)
    after = cases.treated & study.used  # a model may use less of the window than the design
    return replace(
        cases,
        learn=cases.learn & study.used,
        treated=after,
        post=after,
        breaks=np.broadcast_to(study.breaks, (len(cases), *study.breaks.shape[1:])),
    )


def moments_before(wrapped: Prepared, cases: Cases, fit: Fit) -> Floats:
    """Return mean products of the residuals before the onset, of the study first, (n + 1, 2, 2)."""
    own = second_moments(wrapped.gaps(wrapped.case, wrapped.fit), wrapped.case.learn)
    return np.concatenate([own, second_moments(wrapped.gaps(cases, fit), cases.learn)])


def _refuse_still(moments: Floats) -> None:
    """Refuse to measure placebos by their own errors where none has any.

    Raises
    ------
    DesignError
        When no placebo varies before the onset.
    """
    own, *others = np.nanmax(np.abs(moments), axis=(1, 2), initial=0.0)
    if max(others) <= _NOTHING * own:
        given = f"{plural(len(others), 'placebo')}, none of which varies before the onset"
        needed = "placebos with errors of their own, to measure them by"
        raise DesignError(Problem(given, needed, "name other donors"))


def rank_law(
    wrapped: Prepared,
    effects: Floats,
    independent: int,
    *,
    moments: Floats | None = None,
    pairs: Floats | None = None,
) -> PlaceboLaw | LogPlaceboLaw:
    """Return the law that ranks the study among effects where nothing happened.

    Parameters
    ----------
    wrapped : Prepared
        The study.
    effects : array of shape (n, 2)
        Effects where nothing happened, in the unit of ``wrapped.compared``.
    independent : int
        How many of them do not share their data.
    moments, pairs : array, optional
        As in :class:`PlaceboLaw`.
    """
    ranks = PlaceboLaw(wrapped.compared, effects, independent, moments, pairs)
    if wrapped.scale == "level":
        return ranks
    fitted = wrapped.fitted(wrapped.case, wrapped.fit)
    observed = logged(wrapped.case.pair[0][:, wrapped.case.post[0]], wrapped.scale)
    still = observed * np.exp(fitted.mean(axis=-1, keepdims=True) - fitted)[0]
    unit = wrapped.annual
    return LogPlaceboLaw(ranks, observed.mean(axis=1) * unit, still.mean(axis=1) * unit)


def _refuse_endless(cases: Cases, lost: Booleans, present: Booleans) -> None:
    """Refuse placebos whose rise is endless, from nothing at all to something.

    Raises
    ------
    DesignError
        With how many there are.
    """
    before = np.where(cases.learn[:, None], cases.pair, 0.0)[:, present].sum(axis=2)
    count = int((lost & (before == 0).any(axis=1)).sum())
    if count:
        raise DesignError(
            Problem(
                f"{plural(count, 'placebo')} without a count before the onset",
                "placebos whose change has a ratio: one from nothing is larger than any",
                "leave those donors out and say so, or wrap "
                "DifferenceInDifferences(scale='log_count')",
            )
        )


def solve_observed(wrapped: Prepared, cases: Cases) -> tuple[Cases, Fit]:
    """Return the cases with enough periods and with values on the model's scale, solved at once.

    Raises
    ------
    DesignError
        When there is none.
    DesignError
        When some have no fit for want of a count before the onset: ranks without the largest rises
        would be too small.
    """
    study = wrapped.case
    before = min(LEAST_BEFORE, int(study.learn.sum()))
    after = min(LEAST_AFTER, int(study.treated.sum()))
    enough = (cases.learn.sum(axis=1) >= before) & (cases.treated.sum(axis=1) >= after)
    with np.errstate(divide="ignore", invalid="ignore"):  # a zero has no logarithm: left out
        z = to_scale(cases.pair, wrapped.scale)
        known = np.isfinite(z) | ~(cases.used[:, None, :] & wrapped.present[:, None])
        tried = cases.take(np.flatnonzero(enough & known.all(axis=(1, 2))))
        fit = wrapped.model.solve(tried) if len(tried) else None
    kept = np.zeros(0, dtype=int)
    if fit is not None:
        found = np.asarray(np.isfinite(fit.effect[:, wrapped.present]).all(axis=1))
        _refuse_endless(tried, np.logical_not(found), wrapped.present)
        kept = np.flatnonzero(found)
    if fit is None or not len(kept):
        raise DesignError(
            Problem(
                f"{plural(len(cases), 'placebo')}, none of which can be estimated",
                f"one with {before} periods before, {after} after, and values on the scale",
                "name donors that are observed throughout, or widen the window",
            )
        )
    answer = Fit(fit.path[kept], fit.effect[kept], fit.cov[kept], fit.df[kept])
    return tried.take(kept), answer
