"""What a passed pre-test of parallel trends is worth: the trends that it would have missed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.cases import Floats
from shiftexp.scalars import is_between, is_number, no_seed, not_whole, plural, refuse
from shiftexp.sensitivity.event_coefficients import EventCoefficients, check_study
from shiftexp.table import Table, format_number

_CRITICAL = 1.96
_BISECTIONS = 40
_LEAST_DRAWS = 1000


@dataclass(frozen=True)
class PretestRow:
    """A linear difference in trends that the pre-test finds with a stated probability.

    Attributes
    ----------
    power : float
        The probability.
    slope : float
        The difference in trends, in the unit of the effect per period; 0 where the pre-test rejects
        that often without any.
    bias : float
        What it adds to the estimate, in the unit of the effect.
    bias_if_passed : float
        What the estimate is off by on average when the pre-test has passed.
    share : float
        The larger of the two biases over the estimate, in absolute values.
    """

    power: float
    slope: float
    bias: float
    bias_if_passed: float
    share: float


@dataclass(frozen=True)
class PretestPower(Table):
    """The differences in trends that a pre-test would find, and the bias they leave.

    Attributes
    ----------
    rows : tuple of PretestRow
        A row for each power.
    estimate : float
        The effect under parallel trends.
    passed : bool
        Whether the pre-test passes on these coefficients.
    false_alarms : float
        How often it rejects under parallel trends.
    unit : str
        Unit of the effect.
    notes : tuple of str
        What the numbers rest on, and their resolution.
    """

    rows: tuple[PretestRow, ...]
    estimate: float
    passed: bool
    false_alarms: float
    unit: str
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each power."""
        return pd.DataFrame([asdict(row) for row in self.rows])

    def summary(self) -> str:
        """Return in words what the pre-test cannot see, and the notes."""
        outcome = "passes" if self.passed else "fails"
        head = (
            f"The pre-test (any |t| > {_CRITICAL:g} before the onset) {outcome}; under parallel "
            f"trends it rejects {100 * self.false_alarms:.1f} % of the time"
        )
        return "\n".join([head, *(f"- {self._words(row)}" for row in self.rows), *self.notes])

    def _words(self, row: PretestRow) -> str:
        """Return one row as a sentence."""
        unit = f" {self.unit}" if self.unit else ""
        size = "larger" if row.share > 1 else "no larger"
        return (
            f"found with {100 * row.power:g} % power: a difference in trends growing by "
            f"{format_number(row.slope)}{unit} from one period to the next; it leaves a bias of "
            f"{format_number(row.bias)}, and of {format_number(row.bias_if_passed)} when the "
            f"pre-test has passed: {size} than the effect ({format_number(self.estimate)}; share "
            f"{format_number(row.share)})"
        )


def pretest_power(
    study: EventCoefficients,
    *,
    power: Sequence[float] = (0.5, 0.8),
    draws: int = 20_000,
    rng: int | np.random.Generator = 1,
) -> PretestPower:
    r"""Return which linear differences in trends a pre-test would find, and the bias they leave.

    .. math:: \gamma_p : P(\max_{t < 0} |\hat\beta_t / s_t| > 1.96 \mid \delta_t = \gamma_p t) = p,
       \qquad \text{bias} = \gamma_p \, l't_{post}

    and given that the test has passed, :math:`\gamma_p l't_{post} + l'\Sigma_{21} \Sigma_{11}^{-1}
    (E[\hat\beta_{pre} \mid \text{passed}] - \gamma_p t_{pre})`.

    Parameters
    ----------
    study : EventCoefficients
        Coefficients with their covariance, given or built by :meth:`EventCoefficients.from_model`.
    power : sequence of float, default (0.5, 0.8)
        Powers of the pre-test, between 0 and 1.
    draws : int, default 20000
        Draws of the pre-period coefficients, at least 1000; each serves with its mirror image.
    rng : int or numpy Generator, default 1
        Seed or source of the draws.

    Returns
    -------
    PretestPower
        A row for each power; its summary says when the bias exceeds the effect.

    Raises
    ------
    TypeError
        When ``study`` is no EventCoefficients.
    DesignError
        When there is no power, or one not strictly between 0 and 1, fewer than 1000 draws, or
        ``rng`` is no seed; all are listed.
    DesignError
        When a power is no larger than the share in which the test rejects without any trend.

    Notes
    -----
    Slopes are given upwards; downwards the numbers are the same with the other sign. With the
    cautious covariance of :meth:`EventCoefficients.from_model` the test passes more easily than
    with the likeliest one, and the slopes it misses are larger. Where the method itself took a line
    off before the onset (a note says so) it passes by construction.

    When not to use it: as a licence. A trend that the test would have found may be absent, and one
    that bends after the onset present; see :func:`trend_sensitivity` for the effect itself.

    References
    ----------
    Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends.
    American Economic Review: Insights, 4, 305-322. https://doi.org/10.1257/aeri.20210236

    Examples
    --------
    >>> study = EventCoefficients(np.array([0.1, 1.0]), np.array([[1.0, 0.5], [0.5, 1.0]]), n_pre=1)
    >>> row = pretest_power(study, power=[0.5]).rows[0]
    >>> round(row.slope, 1), round(row.bias, 1), row.share > 1
    (2.0, 2.0, True)
    """
    check_study(study)
    powers = _checked(power, draws, rng)
    source = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    noise = _noise(study, draws // 2, source)
    alarms = 1 - float(_passes(study, noise, 0.0).mean())
    _refuse_below(powers, alarms)
    t = study.coef[: study.n_pre] / np.sqrt(np.diag(study.cov)[: study.n_pre])
    return PretestPower(
        rows=tuple(_row(study, noise, p) for p in powers),
        estimate=study.estimate,
        passed=bool(np.abs(t).max() <= _CRITICAL),
        false_alarms=alarms,
        unit=study.unit,
        notes=(*study.notes, *_notes(len(noise), study.df)),
    )


def _row(study: EventCoefficients, noise: Floats, power: float) -> PretestRow:
    """Return the row of one power."""
    slope = _slope(study, noise, power)
    n = study.n_post
    bias = slope * float(study.weights @ np.arange(1, n + 1))
    passed = noise[_passes(study, noise, slope)]
    shift = passed.mean(axis=0) if len(passed) else np.full(study.n_pre, math.nan)
    p = study.n_pre
    carried = study.weights @ study.cov[p:, :p] @ np.linalg.solve(study.cov[:p, :p], shift)
    passed = bias + float(carried)
    worst = max(abs(bias), abs(passed))
    share = worst / abs(study.estimate) if study.estimate else math.inf
    return PretestRow(power, slope, bias, passed, share)


def _noise(study: EventCoefficients, half: int, rng: np.random.Generator) -> Floats:
    """Return errors of the pre-period coefficients, each with its mirror image."""
    factor = np.linalg.cholesky(study.cov[: study.n_pre, : study.n_pre])
    draws = rng.standard_normal((half, study.n_pre)) @ factor.T
    return np.concatenate([draws, -draws])


def _passes(study: EventCoefficients, noise: Floats, slope: float) -> np.ndarray:
    """Return which draws pass the pre-test under a linear difference in trends."""
    sd = np.sqrt(np.diag(study.cov)[: study.n_pre])
    trend = slope * np.arange(-study.n_pre, 0)
    return np.asarray((np.abs(noise + trend) <= _CRITICAL * sd).all(axis=1))


def _slope(study: EventCoefficients, noise: Floats, power: float) -> float:
    """Return the slope at which the pre-test rejects so often, by bisection on the same draws."""
    low, high = 0.0, math.sqrt(study.cov[0, 0])
    while _passes(study, noise, high).mean() > 1 - power:
        low, high = high, 2 * high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        found = _passes(study, noise, middle).mean() <= 1 - power
        low, high = (low, middle) if found else (middle, high)
    return high


def _notes(count: int, df: float) -> tuple[str, ...]:
    """Say what the numbers rest on."""
    known = "known" if math.isinf(df) else "taken as known, although only its shape is likely"
    error = 0.5 / math.sqrt(count)
    return (
        "a passed pre-test is weak evidence of parallel trends, and selects on noise",
        f"{count:,} draws: powers are exact to {error:.1g} (one standard error)",
        f"coefficients normal, their covariance {known}",
    )


def _checked(power: object, draws: object, rng: object) -> tuple[float, ...]:
    """Return the powers asked for; refuse settings that are none, all at once."""
    listed = isinstance(power, Iterable) and not isinstance(power, str)
    given_powers = tuple(power) if isinstance(power, Iterable) and listed else (power,)
    powers = tuple(float(p) for p in given_powers if is_number(p) and is_between(p, 0, 1))
    problems = []
    if not powers or len(powers) < len(given_powers):
        given = f"power = {power!r}"
        problems.append(Problem(given, "numbers strictly between 0 and 1", "write [0.5, 0.8]"))
    seed = () if isinstance(rng, np.random.Generator) else no_seed(rng)
    refuse(*problems, *not_whole("draws", draws, _LEAST_DRAWS, "leave the default"), *seed)
    return powers


def _refuse_below(powers: Sequence[float], alarms: float) -> None:
    """Refuse powers that the test has without any trend."""
    low = tuple(f"{p:g}" for p in powers if p <= alarms)
    if low:
        given = (
            f"{plural(len(low), 'power')} that the pre-test has without any trend ({alarms:.3g})"
        )
        raise DesignError(Problem(given, f"powers above {alarms:.3g}", "ask for larger ones", low))
