"""Synthetic difference-in-differences of each side against the same clean donors."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import Law, SilentLaw, StudentLaw
from shiftexp.errors import DesignError, Problem, SmallSampleWarning
from shiftexp.estimators.assembling import CLEAN, UNCHANGED, Found, assemble, yearly
from shiftexp.estimators.cautions import (
    FAR_MORE_SPREAD,
    LEAST_BEFORE,
    flagged_values,
    not_used,
    quieter_donors,
    spread_beside_donors,
)
from shiftexp.estimators.contrasts import check_settings, post_mean, read_study, scaled_values
from shiftexp.estimators.synthetic import WeightedDonors, incomplete_donors
from shiftexp.kernels.cases import Cases, Fit, Floats, Integers
from shiftexp.kernels.scale import Scale, from_scale, level_effect, logged, to_scale
from shiftexp.kernels.synthetic import Weighting, complete_donors, double_weights
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Result, Weights
from shiftexp.scalars import not_whole, plural

_DONORS = WeightedDonors(Weighting(intercept=True, augment=np.inf, folds=1), anchored=True)
_LEAST, _NOTHING = 20, 1e-16
_WITHHELD = "withheld (placebo donors vary far less than the pair)"


@dataclass(frozen=True, kw_only=True)
class SyntheticDiD:
    r"""Compare changes of each side with those of weighted donors between weighted periods.

    .. math:: \hat\Delta_i = (\bar y_{i,post} - \hat\lambda' y_{i,pre}) - \sum_j \hat\omega_j (\bar
       y_{j,post} - \hat\lambda' y_{j,pre}), \quad i = O, D

    with unit weights :math:`\omega` that make the donors move as the side did before the onset, and
    time weights :math:`\lambda` that make the donors' periods before the onset predict those after
    it.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where changes are compared.
    placebos : int, default 200
        Ordered pairs of donors that stand in for origin and destination, at least 20; all of them
        where there are fewer. A one-unit study takes every donor once.
    level : float, default 0.95
        Confidence level of the sets shown.
    rng : int, default 1
        Seed of the choice of pairs.

    Raises
    ------
    DesignError
        When ``scale`` is unknown, ``level`` is not strictly between 0 and 1, ``placebos`` is no
        whole number from 20, or ``rng`` no seed; all are listed.

    Notes
    -----
    The covariance of the pair is that of placebo pairs of donors, each studied against the rest, as
    in algorithm 4 of the paper; the law is a bivariate t with one degree of freedom less than there
    are donors. It takes the errors of donors for like those of origin and destination, whatever
    their serial correlation. With one place on each side the paper's jackknife is not defined.
    Weights are exact: on the paper's example the effect is -15.605, where
    iterations that stop early give -15.604. On a log scale the mean effect in logs is carried to
    level units, and its covariance at the estimate. Which of many pairs are drawn depends on the
    order in which donors are named.

    When not to use it: fewer than 5 complete donors (refused); donors that vary less than origin
    and destination (warned of; with a third or less, p-values and intervals are withheld);
    reporting breaks fitted as steps (refused: split there); fewer than 6 periods before the onset
    (refused).

    References
    ----------
    Arkhangelsky, D., Athey, S., Hirshberg, D. A., Imbens, G. W. & Wager, S. (2021). Synthetic
    difference-in-differences. American Economic Review, 111, 4088-4118.
    https://doi.org/10.1257/aer.20190159

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=8, rng=2)
    >>> result = sx.SyntheticDiD().fit(panel, design)
    >>> result["destination"].conf_low < 40 < result["destination"].conf_high
    True
    """

    scale: Scale = "level"
    placebos: int = 200
    level: float = 0.95
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        placebos = not_whole("placebos", self.placebos, _LEAST, "leave it at 200")
        check_settings(self.scale, self.level, "any", self.rng, *placebos)

    def prepare(self, panel: Panel, design: Design) -> Cases:
        """Return the study as one case.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study, with donors.

        Raises
        ------
        DesignError
            When no donor is named, fewer than 5 are complete, the design does not fit the panel, or
            values do not fit the scale.
        DesignError
            When reporting breaks are fitted as steps, or there are fewer than 6 periods before the
            onset.
        """
        return self._read(panel, design)[1]

    def _read(self, panel: Panel, design: Design) -> tuple[Window, Cases]:
        """Return what the design sees, and that as one case.

        Raises
        ------
        DesignError
            As in :meth:`prepare`.
        """
        window, cases = read_study(self.scale, _DONORS, panel, design)
        before = int(cases.learn[0].sum())
        if before < LEAST_BEFORE:
            given = f"{plural(before, 'period')} before the onset"
            needed = f"at least {LEAST_BEFORE}"
            raise DesignError(Problem(given, needed, "widen the window, or use WindowContrast"))
        return window, cases

    def solve(self, cases: Cases) -> Fit:
        """Return counterfactuals and effects of a batch, in level units per period.

        Parameters
        ----------
        cases : Cases
            The batch.
        """
        values = scaled_values(self.scale, cases)
        path = np.full((len(cases), 2, values.shape[2]), np.nan)
        for case, focal in enumerate(cases.focal):
            donors = values[case][complete_donors(values, cases, case)]
            split, shared = (cases.learn[case], cases.post[case]), None
            for side in np.flatnonzero(focal >= 0):
                found = double_weights(donors, values[case, focal[side]], *split, shared)
                path[case, side], shared = found.path, found.periods
        gap = to_scale(cases.pair, self.scale) - path
        mean = post_mean(gap, cases)[:, :, None]  # in logs one effect: noise is no part of it
        effect = gap if self.scale == "level" else np.broadcast_to(mean, gap.shape)
        after = cases.treated[:, None, :]
        shifted = cases.pair - level_effect(cases.pair, effect, self.scale)
        levels = np.where(after, shifted, from_scale(path, self.scale))
        return Fit(
            path=levels,
            effect=post_mean(cases.pair - levels, cases),
            cov=np.full((len(cases), 2, 2), np.nan),
            df=np.full(len(cases), np.nan),
        )

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the pair of effects with the law of placebo donors.

        Parameters
        ----------
        panel : Panel
            One indicator, in its unit per period.
        design : Design
            The study, with donors.

        Raises
        ------
        DesignError
            As in :meth:`prepare`.
        """
        window, cases = self._read(panel, design)
        solved, annual = self.solve(cases), yearly(panel, cases)
        placebos, count = self._placebos(cases)
        around = self.solve(placebos)
        own, others = _squares(cases, solved, self.scale), _squares(placebos, around, self.scale)
        _refuse_still(own, others)
        cov = _pair_covariance(self._on_scale(placebos, around)) * self._slopes(cases, solved)
        told = not np.nanmax(spread_beside_donors(own[0], others)) > FAR_MORE_SPREAD
        law: Law = StudentLaw(solved.effect[0] * annual, cov * annual**2, count - 1.0)
        cautions = quieter_donors(own[0], others)
        for caution in cautions:
            warnings.warn(caution, SmallSampleWarning, stacklevel=2)
        blank = np.full(cases.pair[0].shape, np.nan)
        found = Found(
            law=law if told else SilentLaw(),
            counterfactual=solved.path[0],
            low=blank,
            high=blank,
            inference=(
                f"placebo donors ({len(placebos)} of them), t with {count - 1} df"
                if told
                else _WITHHELD
            ),
            notes=(
                *cautions,
                *incomplete_donors(scaled_values(self.scale, cases), cases, window),
                *flagged_values(window, donors=True, stacklevel=3),
                *not_used(panel, design),
            ),
            weights=self._weights(cases, window.donor_names, window.calendar.labels),
        )
        return assemble(
            found,
            panel,
            design,
            window,
            cases,
            estimator=self,
            name=f"Synthetic difference-in-differences ({self.scale} scale)",
            level=self.level,
            assumptions=(
                (
                    "without the event each side would have changed as its weighted donors did "
                    f"between its weighted periods ({self.scale} scale)"
                ),
                "errors of the donors are like those of origin and destination",
                CLEAN,
                UNCHANGED,
            ),
            donors=True,
        )

    def _placebos(self, cases: Cases) -> tuple[Cases, int]:
        """Return donors in place of both sides, and how many donors there are."""
        rows = complete_donors(scaled_values(self.scale, cases), cases, 0)
        pairs = _pairs(rows, cases.focal[0] >= 0, self.placebos, self.rng)
        every = np.arange(cases.y.shape[1])
        free = np.isin(every, rows) & ~(every == pairs[:, :1]) & ~(every == pairs[:, 1:])
        return replace(cases.repeat(len(pairs)), focal=pairs, donors=free), len(rows)

    def _on_scale(self, cases: Cases, fit: Fit) -> Floats:
        """Return effects on the model's scale, shape (C, 2)."""
        return post_mean(to_scale(cases.pair, self.scale) - to_scale(fit.path, self.scale), cases)

    def _slopes(self, cases: Cases, fit: Fit) -> Floats:
        """Return what carries a covariance on the model's scale to level units, shape (2, 2)."""
        if self.scale == "level":
            return np.ones((2, 2))
        slope = logged(post_mean(fit.path, cases)[0], self.scale)
        return np.outer(slope, slope)

    def _weights(self, cases: Cases, donors: tuple[str, ...], labels: tuple[str, ...]) -> Weights:
        """Return the weights of donors and periods of both sides."""
        values = scaled_values(self.scale, cases)
        rows = complete_donors(values, cases, 0)
        names = [donors[row - len(SIDES)] for row in rows]
        before = [labels[t] for t in np.flatnonzero(cases.learn[0])]
        listed = []
        for side in np.flatnonzero(cases.focal[0] >= 0):
            target = values[0, cases.focal[0, side]]
            periods = cases.learn[0], cases.post[0]
            found = double_weights(values[0][rows], target, *periods)
            kinds = (("donor", names, found.donors), ("period", before, found.periods))
            for kind, labelled, weights in kinds:
                listed += [
                    (SIDES[side], kind, name, float(weight))
                    for name, weight in zip(labelled, weights, strict=True)
                ]
        return Weights(tuple(listed))


def _refuse_still(own: Floats, others: Floats) -> None:
    """Refuse donors that do not vary against each other: they are no measure of errors.

    Raises
    ------
    DesignError
        When no placebo has an error before the onset.
    """
    if np.nanmax(others) <= _NOTHING * max(float(np.nanmax(own)), np.finfo(float).tiny):
        given = f"{len(others)} placebo donors, none of which varies before the onset"
        needed = "donors whose errors are like those of origin and destination"
        raise DesignError(Problem(given, needed, "name other donors"))


def _pairs(rows: Integers, present: np.ndarray, most: int, seed: int) -> Integers:
    """Return ordered pairs of donors, or single ones, shape (C, 2); -1 on an absent side."""
    if not present.all():
        singles = np.full((len(rows), 2), -1)
        singles[:, present] = rows[:, None]
        return singles
    first, second = np.nonzero(~np.eye(len(rows), dtype=bool))
    if len(first) > most:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
        chosen = np.sort(rng.choice(len(first), most, replace=False))
        first, second = first[chosen], second[chosen]
    return np.stack([rows[first], rows[second]], axis=1)


def _pair_covariance(effects: Floats) -> Floats:
    """Return the covariance of a pair of which either side may be either donor, shape (2, 2)."""
    present = np.isfinite(effects).all(axis=0)
    about = effects[:, present] - effects[:, present].mean()
    variance = float((about**2).mean())
    cov = np.full((2, 2), np.nan)
    cov[np.ix_(present, present)] = variance
    if present.all():
        cov[0, 1] = cov[1, 0] = float((about[:, 0] * about[:, 1]).mean())
    return cov


def _squares(cases: Cases, fit: Fit, scale: Scale) -> Floats:
    """Return mean squared gaps before the onset on the model's scale, shape (C, 2)."""
    gap = to_scale(cases.pair, scale) - to_scale(fit.path, scale)
    learn = cases.learn[:, None, :]
    gap = gap - np.where(learn, gap, 0.0).sum(axis=2, keepdims=True) / learn.sum(
        axis=2, keepdims=True
    )
    return np.asarray(np.where(learn, gap**2, 0.0).sum(axis=2) / learn.sum(axis=2))
