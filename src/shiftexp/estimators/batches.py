"""Many data sets of one study at once: estimates, p-values and intervals, without a Result each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.estimators.cautions import BENDS
from shiftexp.estimators.contrasts import (
    FAMILIES,
    SeriesSpec,
    donors_path,
    series_study,
    solve_series,
)
from shiftexp.estimators.error_laws import SeriesPosterior
from shiftexp.kernels.cases import Answers, Booleans, Floats
from shiftexp.kernels.optimal_interval import intervals
from shiftexp.kernels.optimal_store import null_table
from shiftexp.kernels.optimal_test import TableKey, effect_p
from shiftexp.kernels.series_design import Evidence, evidence, posterior_moments
from shiftexp.kernels.stochastic_slope import slope_evidence
from shiftexp.panel import Panel


def answer_series(
    spec: SeriesSpec,
    panel: Panel,
    design: Design,
    y: Floats,
    a: Floats,
    level: float,
    *,
    sets: bool,
) -> Answers:
    """Return what one estimator on contrast series says of many data sets of a study.

    Parameters
    ----------
    spec : SeriesSpec
        The estimator, on the level scale.
    panel, design : Panel and Design
        The study; its own values only say what is observed.
    y : array of shape (B, U, T)
        Other values for origin, destination and donors, in units per period.
    a : array of shape (m, 2)
        Directions.
    level : float
        Confidence level; the p-values are those of tests at 1 minus it.
    sets : bool
        Whether intervals are wanted.

    Raises
    ------
    DesignError
        When the scale is not the level one, the study has one side, or it does not fit the panel.
    """
    batch = _batch(spec, panel, design, y)
    silent = np.full((len(y), len(a)), np.nan)
    if batch.said is None:
        return Answers(batch.estimates @ a.T, silent, silent, silent)
    key = TableKey(family=FAMILIES[spec.errors], error=1 - level)
    found = [batch.said.ask(key, batch.told, each, sets=sets) for each in a]
    parts = [silent.copy() for _ in range(3)]
    for part, columns in zip(parts, zip(*found, strict=True), strict=True):
        part[batch.told] = np.stack(columns, axis=1)
    return Answers(batch.estimates @ a.T, *parts)


def estimate_series(
    spec: SeriesSpec, panel: Panel, design: Design, y: Floats
) -> tuple[Floats, Booleans]:
    """Return the estimates (B, 2) of many data sets, and whether their trend lets them be tested.

    Parameters
    ----------
    spec : SeriesSpec
        The estimator, on the level scale.
    panel, design : Panel and Design
        The study; its own values only say what is observed.
    y : array of shape (B, U, T)
        Other values for origin, destination and donors, in units per period.

    Raises
    ------
    DesignError
        As in :func:`answer_series`.
    """
    batch = _batch(spec, panel, design, y)
    return batch.estimates, batch.told


@dataclass(frozen=True, eq=False)
class _Batch:
    """Many data sets of a study: estimates, whether each is tested, and what its series say."""

    estimates: Floats
    told: Booleans
    said: _Said | None


def _batch(spec: SeriesSpec, panel: Panel, design: Design, y: Floats) -> _Batch:
    """Return many data sets of a study before any test."""
    if spec.scale != "level" or not all(design.sides):
        given = f"{spec.estimator!r} for many data sets at once"
        raise DesignError(Problem(given, "scale='level' and both sides", "fit them one by one"))
    study = series_study(spec, panel, design)
    case, law = study.cases, study.posterior
    cases = case.repeat(len(y)).with_values(np.where(np.isfinite(case.y), y, np.nan))
    effects = study.annual * solve_series(spec, cases).effect
    told = np.ones(len(y), dtype=bool)
    if law is None:
        return _Batch(effects, told, None)
    contrast = study.annual * (cases.pair - donors_path(spec, cases))
    said = _Said(law, contrast[:, :, case.used[0]])
    if not spec.least_squares:
        effects = np.stack([said.mean(side) for side in np.eye(2)], axis=1)
    return _Batch(effects, told & ~_bends(law, said.series) if spec.trend else told, said)


@dataclass(frozen=True, eq=False)
class _Said:
    """What many pairs of series (B, 2, n) say in any direction, worked out once for each."""

    law: SeriesPosterior
    series: Floats

    @cached_property
    def _known(self) -> dict[bytes, Evidence]:
        """What was asked for before."""
        return {}

    def evidence(self, a: Floats) -> Evidence:
        """Return what the series a . z say."""
        if a.tobytes() not in self._known:
            combined = np.einsum("s,bst->bt", a, self.series)
            self._known[a.tobytes()] = evidence(self.law.design_of(a), combined)
        return self._known[a.tobytes()]

    def mean(self, a: Floats) -> Floats:
        """Return posterior means of the effect, shape (B,)."""
        return posterior_moments(self.law.design_of(a), self.evidence(a))[0]

    def ask(
        self, key: TableKey, told: Booleans, a: Floats, *, sets: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Return p-values and ends of intervals of the data sets whose test is told."""
        design, found = self.law.design_of(a), self.evidence(a).take(told)
        table, zero = null_table(design, key), np.zeros(len(found.rss))
        p = effect_p(design, key, table, found, zero)
        if not sets:
            return p, np.full(len(p), np.nan), np.full(len(p), np.nan)
        inside = intervals(design, key, table, found)
        return p, inside.low, inside.high


def _bends(law: SeriesPosterior, series: Floats) -> Booleans:
    """Tell for which pairs (B, 2, n) a fit would withhold its test: the trend bends by itself."""
    found = [
        slope_evidence(design, law.time, each, evidence(design, each)) > BENDS
        for design, each in zip(law.designs[:2], np.swapaxes(series, 0, 1), strict=True)
    ]
    return np.asarray(np.any(found, axis=0))
