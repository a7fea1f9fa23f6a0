"""Calibrates an estimator, or the whole verdict, on data sets whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from shiftexp.effects import DIRECTIONS
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.plane import check_level
from shiftexp.power.asking import ASKABLE, AskFit, AskRule, Rule, check_estimator
from shiftexp.power.chunks import Ask, chunks_of, run_chunks
from shiftexp.power.naming import named, seed_of
from shiftexp.power.rows import FitRow, VerdictRow, fit_row, fit_words, verdict_row, verdict_words
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
        verdict has none.
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
        scenario.
    DesignError
        When there are no data sets, no scenario or no estimator, or an estimand is unknown; all are
        listed.
    DesignError
        When ``level`` is not strictly between 0 and 1.

    Notes
    -----
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
    scenarios = (dgp,) if isinstance(dgp, Scenario) else tuple(dgp)
    estimands = (estimands,) if isinstance(estimands, str) else tuple(estimands)
    _check(method, scenarios, n, estimands, level)
    seed = seed_of(rng)
    ask: Ask = AskRule(method) if isinstance(method, Rule) else AskFit(method, estimands, level)
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
        for estimand in estimands
    )
    return Calibration(named(method), found, level, seed)


def _check(
    method: object, scenarios: tuple[object, ...], n: int, estimands: Sequence[str], level: float
) -> None:
    """Refuse a task that is none, all at once."""
    if not isinstance(method, Rule):
        check_estimator(method)
    for scenario in scenarios:
        if not isinstance(scenario, Scenario):
            message = f"{type(scenario).__name__} is no Scenario"
            raise TypeError(message)
    check_level(level)
    problems = [
        Problem(f"estimand {e!r}", "a known estimand", suggest(str(e), ASKABLE))
        for e in estimands
        if e not in ASKABLE
    ]
    if n < 1:
        problems.append(Problem(f"n = {n!r}", "at least one data set", "write 1000"))
    if not scenarios:
        problems.append(Problem("no scenario", "at least one", "give sx.Scenario()"))
    if isinstance(method, Rule) and not method.estimators:
        problems.append(Problem("a Rule without estimators", "at least one", "name one"))
    if not isinstance(method, Rule) and not estimands:
        problems.append(Problem("no estimand", "at least one", "leave the default"))
    if problems:
        raise DesignError(problems)
