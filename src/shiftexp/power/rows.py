"""Rows of a calibration: what is counted over data sets, and the sentence it makes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from shiftexp.effects import DIRECTIONS
from shiftexp.kernels.cases import Floats
from shiftexp.power.asking import OFFSET_RATIO, PAIR, ratio, true_sector
from shiftexp.power.chunks import Record
from shiftexp.power.naming import described
from shiftexp.simulate import Scenario

_EVERY_SECTOR = 9


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
    warned : float
        Share in which the method warned of itself.
    refused, withheld, silent : float
        Shares in which the method refused the data, fitted them but gave no p-value, and the sum of
        both: no answer.
    rejected, rejected_error : float
        Share of all data sets in which no effect is rejected, silence counted as not rejected, and
        its Monte Carlo standard deviation.
    rejected_told, rejected_told_error : float
        The same share of the data sets with an answer alone; NaN where there is none.
    covered, covered_error : float
        Share of the given sets that hold the truth.
    unbounded : float
        Share of the given sets that are not bounded on both sides.
    bias, bias_error, rmse : float
        Mean error of the estimates, its Monte Carlo standard deviation, and their root mean square
        error, in level units per year.
    length : float
        Median length of the given sets, in level units per year.
    refusal : str
        What the method said when it first refused a data set; empty where it refused none.
    """

    scenario: str
    estimand: str
    truth: float
    measure: str
    n: int
    refused: float
    warned: float
    withheld: float
    silent: float
    rejected: float
    rejected_error: float
    rejected_told: float
    rejected_told_error: float
    covered: float
    covered_error: float
    unbounded: float
    bias: float
    bias_error: float
    rmse: float
    length: float
    refusal: str


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


def fit_row(scenario: Scenario, estimand: str, records: list[Record]) -> FitRow:
    """Return the row of one estimand."""
    n = len(records)
    truth = _truth(scenario, estimand)
    rejects = _values(records, f"{estimand} rejects")
    covers, bounded, length, estimates = (
        _values(records, f"{estimand} {word}")
        for word in ("covers", "bounded", "length", "estimate")
    )
    errors = estimates - truth
    rejected, told = rejects.sum() / n, _mean(rejects)
    refused, silent = _share(records, "refused"), 1 - len(rejects) / n
    covered = _mean(covers)
    return FitRow(
        scenario=described(scenario),
        estimand=estimand,
        truth=truth,
        measure="power" if _has_effect(scenario, estimand) else "size",
        n=n,
        refused=refused,
        warned=float(sum(bool(r.get("warned")) for r in records) / n),
        withheld=silent - refused,
        silent=silent,
        rejected=float(rejected),
        rejected_error=share_error(rejected, n),
        rejected_told=told,
        rejected_told_error=share_error(told, len(rejects)) if rejects.size else math.nan,
        covered=covered,
        covered_error=share_error(covered, len(covers)) if covers.size else math.nan,
        unbounded=1 - _mean(bounded),
        bias=_mean(errors),
        bias_error=_spread(errors) / math.sqrt(max(errors.size, 1)),
        rmse=math.sqrt(_mean(errors**2)),
        length=_median(length, len(bounded)),
        refusal=first_refusal(records),
    )


def verdict_row(scenario: Scenario, records: list[Record], margin: float) -> VerdictRow:
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


def first_refusal(records: Iterable[Record]) -> str:
    """Return the words of the first refusal among records; empty where there is none."""
    return next((str(r["refused"]) for r in records if "refused" in r), "")


def share_error(hits: float, n: int) -> float:
    """Return the Monte Carlo standard deviation of a share of n, half a case added to each side."""
    smoothed = (hits * n + 0.5) / (n + 1)
    return math.sqrt(smoothed * (1 - smoothed) / n)


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


def fit_words(row: FitRow) -> str:
    """Return one row as a sentence."""
    told = "" if math.isnan(row.rejected_told) else f", {row.rejected_told:.3f} of those answered"
    of_all = f" of all{told}" if row.silent else ""
    parts = [f"{row.measure} {row.rejected:.3f} ({row.rejected_error:.3f}){of_all}"]
    if not math.isnan(row.covered):
        unbounded = f", {row.unbounded:.3f} unbounded" if row.unbounded else ""
        parts.append(f"coverage {row.covered:.3f} ({row.covered_error:.3f}){unbounded}")
    if not math.isnan(row.bias):
        parts.append(f"bias {row.bias:.3g} ({row.bias_error:.2g}), RMSE {row.rmse:.3g}")
    parts.append(f"refused {row.refused:.3f}, withheld {row.withheld:.3f}, warned {row.warned:.3f}")
    if row.refusal:
        parts.append(f'the first refusal: "{row.refusal}"')
    return f"{row.scenario}: {row.estimand}, n = {row.n:,}: {'; '.join(parts)}"


def verdict_words(row: VerdictRow) -> str:
    """Return one row as a sentence."""
    return (
        f"{row.scenario}: truth {row.true_sector}, n = {row.n:,}: kept {row.kept:.3f} "
        f"({row.kept_error:.3f}), declared rightly {row.declared_rightly:.3f}, wrongly "
        f"{row.declared_wrongly:.3f}; all nine kept {row.undecided:.3f}, {row.sectors_left:.2g} "
        f"sectors left on average; refused {row.refused:.3f}"
    )
