"""Calibrates an estimator, or the whole verdict, on data sets whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from shiftexp.effects import DIRECTIONS
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.kernels.cases import Floats
from shiftexp.plane import check_level
from shiftexp.power.asking import (
    ASKABLE,
    OFFSET_RATIO,
    PAIR,
    AskFit,
    AskRule,
    Rule,
    ratio,
    true_sector,
)
from shiftexp.power.chunks import Ask, Record, chunks_of, run_chunks
from shiftexp.result import Estimator
from shiftexp.simulate import Scenario
from shiftexp.table import Table

_EVERY_SECTOR = 9
_LARGEST_SEED = 2**63


@dataclass(frozen=True)
class FitRow:
    """How one estimand of an estimator does where the truth is known.

    Attributes
    ----------
    scenario : str
        What of the scenario differs from its defaults.
    estimand : str
        "origin", "destination", "net", "offset_ratio" or "pair".
    truth : float
        The true value, in level units per year; NaN for the pair, and for a ratio without growth.
    measure : str
        What ``rejected`` is: "size" where there is no effect, "power" elsewhere.
    n : int
        Data sets.
    refused, warned, silent : float
        Shares in which the method refused the data, warned of itself, or gave no p-value or set.
    rejected, rejected_error : float
        Share in which no effect is rejected, silence counted as not rejected, and its Monte Carlo
        standard deviation.
    covered, covered_error : float
        Share of the given sets that hold the truth.
    unbounded : float
        Share of the given sets that are not bounded on both sides.
    bias, bias_error, rmse : float
        Mean error of the estimates, its Monte Carlo standard deviation, and their root mean square
        error, in level units per year.
    length : float
        Median length of the given sets, in level units per year.
    """

    scenario: str
    estimand: str
    truth: float
    measure: str
    n: int
    refused: float
    warned: float
    silent: float
    rejected: float
    rejected_error: float
    covered: float
    covered_error: float
    unbounded: float
    bias: float
    bias_error: float
    rmse: float
    length: float


@dataclass(frozen=True)
class VerdictRow:
    """How the whole verdict does where the truth is known.

    Attributes
    ----------
    scenario : str
        What of the scenario differs from its defaults.
    true_sector : str
        The sector of the true effects.
    n : int
        Data sets.
    refused, warned : float
        Shares in which a method refused the data, or warned of itself.
    kept, kept_error : float
        Share in which the true sector is among those left, and its Monte Carlo standard deviation.
    declared_rightly, declared_wrongly : float
        Shares in which the true sector, or another one, is the only one left.
    undecided : float
        Share in which all nine are left, refusals among them: silence.
    sectors_left : float
        Mean number of sectors left.
    """

    scenario: str
    true_sector: str
    n: int
    refused: float
    warned: float
    kept: float
    kept_error: float
    declared_rightly: float
    declared_wrongly: float
    undecided: float
    sectors_left: float


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
        words = [_fit_words(r) if isinstance(r, FitRow) else _verdict_words(r) for r in self.rows]
        return "\n".join([f"{self.method}, seed {self.seed}", *(f"- {w}" for w in words)])


def calibrate(
    method: Estimator | Rule,
    dgp: Scenario | Sequence[Scenario],
    n: int = 1000,
    *,
    estimands: Sequence[str] = tuple(DIRECTIONS),
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
    estimands : sequence of str, default ("origin", "destination", "net")
        Of an estimator: these, "offset_ratio", and "pair", the joint region. A verdict has none.
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
        When ``method`` is neither an estimator nor a ``Rule``, or ``dgp`` no scenario.
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
    _check(method, scenarios, n, estimands, level)
    seed = seed_of(rng)
    ask: Ask = (
        AskRule(method) if isinstance(method, Rule) else AskFit(method, tuple(estimands), level)
    )
    records = run_chunks(
        chunks_of(scenarios, n, seed),
        ask,
        n_jobs=n_jobs,
        store=None if store is None else Path(store),
    )
    if isinstance(method, Rule):
        told = tuple(
            _verdict_row(s, r, method.margin) for s, r in zip(scenarios, records, strict=True)
        )
        return Calibration(named(method), told, math.nan, seed)
    found = tuple(
        _fit_row(scenario, estimand, of)
        for scenario, of in zip(scenarios, records, strict=True)
        for estimand in estimands
    )
    return Calibration(named(method), found, level, seed)


def seed_of(rng: int | np.random.Generator) -> int:
    """Return a seed: the number given, or one drawn from a source."""
    return int(rng.integers(_LARGEST_SEED)) if isinstance(rng, np.random.Generator) else int(rng)


def described(scenario: Scenario) -> str:
    """Return what of a scenario differs from its defaults, the errors in words.

    Examples
    --------
    >>> described(Scenario(flow=20.0, value=(0.8, 0.8))), described(Scenario())
    ('AR(1) 0.8/0.8, flow=20', 'the default scenario')
    """
    plain, told = vars(Scenario()), vars(scenario)
    errors = ("process", "value")
    differs = [name for name in told if told[name] != plain[name]]
    words = [f"{name}={_short(told[name])}" for name in differs if name not in errors]
    if set(errors) & set(differs):
        origin, destination = scenario.value
        words.insert(0, f"{scenario.process} {origin:g}/{destination:g}")
    return ", ".join(words) or "the default scenario"


def named(method: object) -> str:
    """Return the repr of frozen settings without those that are defaults; it evaluates to the same.

    Examples
    --------
    >>> from shiftexp.estimators.its import InterruptedTimeSeries
    >>> named(InterruptedTimeSeries(trend=False))
    'InterruptedTimeSeries(trend=False)'
    """
    if isinstance(method, tuple):
        inside = ", ".join(map(named, method))
        return f"({inside},)" if len(method) == 1 else f"({inside})"
    if not is_dataclass(method):
        return repr(method)
    given = [
        f"{f.name}={named(getattr(method, f.name))}"
        for f in fields(method)
        if f.default is MISSING or getattr(method, f.name) != f.default
    ]
    return f"{type(method).__name__}({', '.join(given)})"


def share_error(hits: float, n: int) -> float:
    """Return the Monte Carlo standard deviation of a share of n, half a case added to each side."""
    smoothed = (hits * n + 0.5) / (n + 1)
    return math.sqrt(smoothed * (1 - smoothed) / n)


def _fit_row(scenario: Scenario, estimand: str, records: list[Record]) -> FitRow:
    """Return the row of one estimand."""
    n = len(records)
    truth = _truth(scenario, estimand)
    rejects = _values(records, f"{estimand} rejects")
    covers, bounded, length, estimates = (
        _values(records, f"{estimand} {word}")
        for word in ("covers", "bounded", "length", "estimate")
    )
    errors = estimates - truth
    rejected = rejects.sum() / n
    covered = _mean(covers)
    return FitRow(
        scenario=described(scenario),
        estimand=estimand,
        truth=truth,
        measure="power" if _has_effect(scenario, estimand) else "size",
        n=n,
        refused=_share(records, "refused"),
        warned=float(sum(bool(r.get("warned")) for r in records) / n),
        silent=1 - len(rejects) / n,
        rejected=float(rejected),
        rejected_error=share_error(rejected, n),
        covered=covered,
        covered_error=share_error(covered, len(covers)) if covers.size else math.nan,
        unbounded=1 - _mean(bounded),
        bias=_mean(errors),
        bias_error=_spread(errors) / math.sqrt(max(errors.size, 1)),
        rmse=math.sqrt(_mean(errors**2)),
        length=_median(length, len(bounded)),
    )


def _verdict_row(scenario: Scenario, records: list[Record], margin: float) -> VerdictRow:
    """Return the row of one scenario."""
    n, true = len(records), true_sector(scenario, margin)
    told = [r for r in records if "left" in r]
    kept = (n - len(told) + sum(true in r["left"] for r in told)) / n
    left = [len(r["left"]) for r in told] + [_EVERY_SECTOR] * (n - len(told))
    declared = [r["declared"] for r in told if r["declared"] is not None]
    right = sum(d == true for d in declared)
    return VerdictRow(
        scenario=described(scenario),
        true_sector=true,
        n=n,
        refused=_share(records, "refused"),
        warned=float(sum(bool(r.get("warned")) for r in records) / n),
        kept=kept,
        kept_error=share_error(kept, n),
        declared_rightly=right / n,
        declared_wrongly=(len(declared) - right) / n,
        undecided=sum(size == _EVERY_SECTOR for size in left) / n,
        sectors_left=float(np.mean(left)),
    )


def _truth(scenario: Scenario, estimand: str) -> float:
    """Return the true value of an estimand."""
    if estimand == PAIR:
        return math.nan
    if estimand in DIRECTIONS:
        return float(np.dot(DIRECTIONS[estimand], scenario.truth))
    return ratio(scenario.truth)


def _has_effect(scenario: Scenario, estimand: str) -> bool:
    """Tell whether "no effect" is false: of the pair, either; of the ratio, a change of origin."""
    asked = DIRECTIONS.get("origin" if estimand == OFFSET_RATIO else estimand)
    return any(scenario.truth) if asked is None else bool(np.dot(asked, scenario.truth))


def _values(records: list[Record], name: str) -> Floats:
    """Return the values of a name in the records that have one."""
    return np.array([r[name] for r in records if r.get(name) is not None], dtype=float)


def _share(records: list[Record], name: str) -> float:
    """Return the share of records that have a name."""
    return sum(name in r for r in records) / len(records)


def _mean(values: Iterable[float] | Floats) -> float:
    """Return a mean; NaN of nothing."""
    some = np.asarray(values, dtype=float)
    return float(some.mean()) if some.size else math.nan


def _spread(values: Floats) -> float:
    """Return a standard deviation; NaN of fewer than two."""
    return float(values.std(ddof=1)) if values.size > 1 else math.nan


def _median(lengths: Floats, sets: int) -> float:
    """Return the median length of sets, those without a finite length counted as infinite."""
    if not sets:
        return math.nan
    return float(np.sort(np.append(lengths, [math.inf] * (sets - lengths.size)))[(sets - 1) // 2])


def _short(value: object) -> str:
    """Write numbers without trailing zeros, anything else as its repr."""
    if isinstance(value, tuple):
        return "/".join(map(_short, value))
    return f"{value:g}" if isinstance(value, float) else repr(value)


def _fit_words(row: FitRow) -> str:
    """Return one row as a sentence."""
    parts = [f"{row.measure} {row.rejected:.3f} ({row.rejected_error:.3f})"]
    if not math.isnan(row.covered):
        unbounded = f", {row.unbounded:.3f} unbounded" if row.unbounded else ""
        parts.append(f"coverage {row.covered:.3f} ({row.covered_error:.3f}){unbounded}")
    if not math.isnan(row.bias):
        parts.append(f"bias {row.bias:.3g} ({row.bias_error:.2g}), RMSE {row.rmse:.3g}")
    parts.append(f"refused {row.refused:.3f}, silent {row.silent:.3f}, warned {row.warned:.3f}")
    return f"{row.scenario}: {row.estimand}, n = {row.n:,}: {'; '.join(parts)}"


def _verdict_words(row: VerdictRow) -> str:
    """Return one row as a sentence."""
    return (
        f"{row.scenario}: truth {row.true_sector}, n = {row.n:,}: kept {row.kept:.3f} "
        f"({row.kept_error:.3f}), declared rightly {row.declared_rightly:.3f}, wrongly "
        f"{row.declared_wrongly:.3f}; all nine kept {row.undecided:.3f}, {row.sectors_left:.2g} "
        f"sectors left on average; refused {row.refused:.3f}"
    )


def _check(
    method: object, scenarios: tuple[object, ...], n: int, estimands: Sequence[str], level: float
) -> None:
    """Refuse a task that is none, all at once."""
    if not isinstance(method, Rule) and not callable(getattr(method, "fit", None)):
        message = f"{type(method).__name__} is neither an estimator nor a Rule"
        raise TypeError(message)
    for scenario in scenarios:
        if not isinstance(scenario, Scenario):
            message = f"{type(scenario).__name__} is no Scenario"
            raise TypeError(message)
    check_level(level)
    problems = [
        Problem(f"estimand {e!r}", "a known estimand", suggest(e, ASKABLE))
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
