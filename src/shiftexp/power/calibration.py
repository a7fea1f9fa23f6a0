"""Calibrates an estimator, or the whole verdict, on data sets whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from shiftexp.effects import DIRECTIONS
from shiftexp.power.asking import AskFit, AskRule, Rule, identified
from shiftexp.power.chunks import Ask, chunks_of, run_chunks
from shiftexp.power.naming import named, seed_of
from shiftexp.power.rows import FitRow, VerdictRow, fit_row, fit_words, verdict_row, verdict_words
from shiftexp.power.tasks import check_calibration, check_kinds, listed
from shiftexp.result import Estimator
from shiftexp.simulate import Scenario
from shiftexp.table import Table


@dataclass(frozen=True)
class Calibration(Table):
    """Size, power, coverage and silence of a method, a row for each scenario and estimand.

    Attributes
    ----------
    method : str
        What was calibrated, as a repr without the defaults.
    rows : tuple of FitRow or of VerdictRow
        The numbers.
    level : float
        Confidence level of the sets; tests are at 1 minus it. NaN for a verdict.
    seed : int
        The seed: the same seed gives the same numbers whatever the number of workers.
    """

    method: str
    rows: tuple[FitRow, ...] | tuple[VerdictRow, ...]
    level: float
    seed: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each scenario and estimand."""
        return pd.DataFrame([asdict(row) for row in self.rows])

    def summary(self) -> str:
        """Return the numbers in sentences, silence among them."""
        words = [fit_words(r) if isinstance(r, FitRow) else verdict_words(r) for r in self.rows]
        return "\n".join([f"{self.method}, seed {self.seed}", *(f"- {w}" for w in words)])


def calibrate(
    method: Estimator | Rule,
    dgp: Scenario | Sequence[Scenario],
    n: int = 1000,
    *,
    estimands: str | Sequence[str] = tuple(DIRECTIONS),
    level: float = 0.95,
    rng: int | np.random.Generator = 1,
    n_jobs: int = 1,
    store: str | Path | None = None,
) -> Calibration:
    r"""Return how often a method is right, wrong and silent on data sets with a known truth.

    .. math:: \text{size or power} = P(p \le \alpha), \qquad \text{coverage} =
       P(\Delta \in C), \qquad \text{bias} = E\hat\Delta - \Delta

    Parameters
    ----------
    method : Estimator or Rule
        An estimator (wrappers are estimators), or the whole verdict as a ``Rule``.
    dgp : Scenario or sequence of Scenario
        The truths.
    n : int, default 1000
        Data sets for each truth.
    estimands : str or sequence of str, default ("origin", "destination", "net")
        Of an estimator: one or more of these, "offset_ratio", and "pair", the joint region. A
        verdict has none. Those without a meaning are left out: of rates, all but origin and
        destination.
    level : float, default 0.95
        Confidence level; tests are at 1 minus it.
    rng : int or numpy Generator, default 1
        Seed, or a source that one is drawn from.
    n_jobs : int, default 1
        Workers, as joblib counts them; ``joblib.parallel_config`` chooses what they are.
    store : str or Path, optional
        Folder in which finished chunks are kept, so that a task that was killed goes on from there.
        A method is known by its repr and the library's version.

    Returns
    -------
    Calibration
        A row for each scenario and estimand, or for each scenario.

    Raises
    ------
    TypeError
        When ``method`` is neither an estimator nor a ``Rule`` (a class is none), or ``dgp`` no
        scenario; all are listed.
    DesignError
        When there are no data sets, no scenario or no estimator, ``level`` is not strictly between
        0 and 1, ``rng`` is no seed, an estimand is unknown, or none has a meaning; all are listed.

    Notes
    -----
    Rejections are counted twice: among all data sets, where no answer is no rejection, and among
    those with an answer. The first is what a user of the method meets; the second shows whether the
    first is low because the method is right or because it is silent.

    Monte Carlo errors are binomial, with half a case added to either side. The truth is that of
    activity: where detection changes, a method that cannot know shows bias.

    When not to use it: to choose, among methods, the one that finds most in your own data.

    References
    ----------
    Morris, T. P., White, I. R. & Crowther, M. J. (2019). Using simulation studies to evaluate
    statistical methods. Statistics in Medicine, 38, 2074-2102. https://doi.org/10.1002/sim.8086

    Examples
    --------
    >>> import shiftexp as sx
    >>> nothing = sx.Scenario(periods=(9, 6))
    >>> found = sx.calibrate(
    ...     sx.InterruptedTimeSeries(trend=False), nothing, n=40, estimands=["net"]
    ... )
    >>> found.rows[0].rejected <= 0.2
    True
    """
    given = listed(dgp)
    check_kinds(method, given, rules=True)
    scenarios = tuple(s for s in given if isinstance(s, Scenario))
    asked = (estimands,) if isinstance(estimands, str) else tuple(estimands)
    running = {"n_jobs": n_jobs, "store": store}
    check_calibration(method, scenarios, n, asked, level, rng, running)
    seed = seed_of(rng)
    ask: Ask = AskRule(method) if isinstance(method, Rule) else AskFit(method, asked, level)
    records = run_chunks(
        chunks_of(scenarios, n, seed),
        ask,
        n_jobs=n_jobs,
        store=None if store is None else Path(store),
    )
    if isinstance(method, Rule):
        told = tuple(
            verdict_row(s, r, method.margin) for s, r in zip(scenarios, records, strict=True)
        )
        return Calibration(named(method), told, math.nan, seed)
    found = tuple(
        fit_row(scenario, estimand, of)
        for scenario, of in zip(scenarios, records, strict=True)
        for estimand in identified(scenario, asked)
    )
    return Calibration(named(method), found, level, seed)
