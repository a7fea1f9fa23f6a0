"""Two series that break once each: how far apart the breaks may lie, by likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.breaks import BreakDesign
from shiftexp.kernels.cases import Floats, Integers, lock
from shiftexp.kernels.resampling import upper_p

_BURN_IN = 50
_TINY, _ROUNDING = 1e-24, 1e-9


@dataclass(frozen=True, eq=False)
class BrokenPair:
    """Two series, seasons taken out, with all lines that break once.

    Attributes
    ----------
    design : BreakDesign
        Regression and candidate dates.
    series : array of shape (2, T)
        The series.
    lines : array of shape (2, P, T)
        Their lines broken at every candidate.
    best : array of shape (2,)
        Positions of the likeliest breaks among the candidates.
    """

    design: BreakDesign
    series: Floats
    lines: Floats
    best: Integers

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @classmethod
    def fit(cls, design: BreakDesign, series: Floats) -> BrokenPair:
        """Return the pair of shape (2, T) with its lines."""
        flat = series @ design.basis @ design.basis.T
        steps = np.einsum("pkt,it->ipk", design.directions, series)
        lines = flat[:, None] + np.einsum("ipk,pkt->ipt", steps, design.directions)
        best = log_likelihoods(design, series).argmax(axis=1)
        return cls(design, series, lines, best)

    @property
    def gap(self) -> int:
        """Periods from the first break to the second."""
        starts = self.design.positions[self.best]
        return int(starts[1] - starts[0])

    @property
    def fitted(self) -> Floats:
        """The likeliest lines, shape (2, T)."""
        return self.lines[[0, 1], self.best]


@dataclass(frozen=True, eq=False)
class GapTests:
    """What is said of the periods between two breaks.

    Attributes
    ----------
    gaps : array of shape (G,)
        Every gap that the candidates allow.
    p_values : array of shape (G,)
        p of each.
    p_not_after : float
        p of the null that the second break is not after the first.
    power : float
        How often a second break so many periods after the first is found after it.
    """

    gaps: Integers
    p_values: Floats
    p_not_after: float
    power: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def log_likelihoods(design: BreakDesign, series: Floats) -> Floats:
    """Return log likelihoods of a break at every candidate, shape (..., P), of series (..., T).

    Errors are taken for independent: what they are is left to the series that are drawn.

    Parameters
    ----------
    design : BreakDesign
        Regression and candidate dates.
    series : array of shape (..., T)
        Series without seasons.
    """
    periods = series.shape[-1]
    residual = series - series @ design.basis @ design.basis.T
    steps = np.tensordot(residual, design.directions, axes=([-1], [2]))
    rss = (residual**2).sum(axis=-1)[..., None] - (steps**2).sum(axis=-1)
    floor = _TINY * ((series**2).sum(axis=-1)[..., None] + np.finfo(float).tiny)
    return np.asarray(-periods / 2 * np.log(np.maximum(rss, floor)))


def joint_errors(
    innovations: Floats, autocorrelations: Floats, draws: int, rng: np.random.Generator
) -> Floats:
    """Return AR(1) errors whose innovations are drawn together, shape (draws, 2, T).

    Parameters
    ----------
    innovations : array of shape (2, n)
        What is new in both series; T = n + 1.
    autocorrelations : array of shape (2,)
        Of the errors.
    draws : int
        How many.
    rng : numpy Generator
        Source of the draws.
    """
    count = innovations.shape[1]
    periods = count + 1 + _BURN_IN
    errors = innovations[:, rng.integers(count, size=(draws, periods))].swapaxes(0, 1).copy()
    for t in range(1, periods):
        errors[:, :, t] += autocorrelations * errors[:, :, t - 1]
    return errors[:, :, _BURN_IN:]


def date_p(pair: BrokenPair, errors: Floats) -> Floats:
    r"""Return p of every candidate for the break of each series, shape (2, P).

    .. math:: LR(\tau) = \max_s \ell(s) - \ell(\tau)

    p is the share of series drawn about the line broken there whose ratio is as large.

    Parameters
    ----------
    pair : BrokenPair
        The series.
    errors : array of shape (B, 2, T)
        Errors about their lines.
    """
    observed = log_likelihoods(pair.design, pair.series)
    ratios = observed.max(axis=1, keepdims=True) - observed
    p_values = np.empty(observed.shape)
    for k in range(observed.shape[1]):
        drawn = _drawn(pair, errors, k, k)
        under = drawn.max(axis=2) - drawn[:, :, k]
        p_values[:, k] = upper_p(ratios[:, k] - _ROUNDING, under.T)
    return p_values


def gap_tests(pair: BrokenPair, errors: Floats, later: int, error: float) -> GapTests:
    r"""Return the tests of every gap between two breaks.

    .. math:: LR(\delta) = \max_{\tau_1, \tau_2} \ell - \max_{\tau_2 = \tau_1 + \delta} \ell

    p is the share of series drawn about the likeliest lines with that gap whose ratio is as large.

    Parameters
    ----------
    pair : BrokenPair
        The series.
    errors : array of shape (B, 2, T)
        Errors about their lines.
    later : int
        Periods after the first break of a second one whose power is counted.
    error : float
        Size of the test that it is counted for.

    References
    ----------
    Eo, Y., & Morley, J. (2015). Likelihood-ratio-based confidence sets for the timing of structural
    breaks. Quantitative Economics, 6(2), 463-497. https://doi.org/10.3982/QE186
    """
    candidates = len(pair.design.positions)
    gaps = range(1 - candidates, candidates)
    observed = log_likelihoods(pair.design, pair.series)
    held = [_constrained(observed, gap) for gap in gaps]
    full = observed.max(axis=1).sum()
    p_values = np.empty(len(gaps))
    for k, (gap, (best, at)) in enumerate(zip(gaps, held, strict=True)):
        drawn = _drawn(pair, errors, int(at), int(at) + gap)
        ratios = drawn.max(axis=2).sum(axis=1) - _constrained(drawn, gap)[0]
        p_values[k] = upper_p(full - best - _ROUNDING, ratios)
    early = max(range(candidates), key=lambda k: float(held[k][0]))
    first = int(held[early][1])
    null = _later_ratio(_drawn(pair, errors, first, first + gaps[early]))
    ratio = _later_ratio(observed[None])[0]
    late = max(min(int(pair.best[0]), candidates - 1 - later), 0)
    under = _later_ratio(_drawn(pair, errors, late, min(late + later, candidates - 1)))
    critical = np.sort(null)[-max(int(error * (len(null) + 1)), 1)]
    return GapTests(
        gaps=np.array(gaps),
        p_values=p_values,
        p_not_after=float(upper_p(ratio - _ROUNDING, null)) if ratio > 0 else 1.0,
        power=float(((under >= critical) & (under > 0)).mean()),
    )


def _drawn(pair: BrokenPair, errors: Floats, first: int, second: int) -> Floats:
    """Return log likelihoods of series drawn about two lines, (B, 2, P)."""
    lines = np.stack([pair.lines[0, first], pair.lines[1, second]])
    return log_likelihoods(pair.design, lines + errors)


def _constrained(likelihoods: Floats, gap: int) -> tuple[Floats, Integers]:
    """Return the largest sum of two log likelihoods so far apart, and where the first one lies."""
    candidates = likelihoods.shape[-1]
    first = np.arange(max(0, -gap), min(candidates, candidates - gap))
    sums = likelihoods[..., 0, first] + likelihoods[..., 1, first + gap]
    return sums.max(axis=-1), first[sums.argmax(axis=-1)]


def _later_ratio(likelihoods: Floats) -> Floats:
    """Return the likelihood ratios against a second break that is not after the first, (B,)."""
    # the best first break at or after each candidate for the second
    after = np.maximum.accumulate(likelihoods[:, 0, ::-1], axis=1)[:, ::-1]
    early = (after + likelihoods[:, 1]).max(axis=1)
    return np.asarray(likelihoods.max(axis=2).sum(axis=1) - early)
