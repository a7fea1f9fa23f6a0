"""The type of what is said of a series' structural breaks: tests, dates and partitions."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import pandas as pd

from shiftexp.description.observed import Observed, Scale
from shiftexp.kernels.cases import Floats, lock
from shiftexp.table import Table


@dataclass(frozen=True)
class BreakTest:
    """One test of the null that nothing breaks.

    Attributes
    ----------
    test : str
        Its name.
    statistic : float
        Its value; sup-F, exp-F and ave-F are k times the usual F, for k coefficients that change.
    period : str
        First period after the break that is tested or found; "" where there is none.
    p_value : float
        Simulated under the errors that were chosen.
    p_asymptotic : float
        Of the law for independent errors (Chow: exact under normal ones); NaN where none is known.
    """

    test: str
    statistic: float
    period: str
    p_value: float
    p_asymptotic: float


@dataclass(frozen=True)
class BreakDate:
    """One break of a series.

    Attributes
    ----------
    period : str
        First period of the new regime.
    low, high : str
        Limits of that period, within the observed ones.
    jump : float
        How far the series jumps there: in its unit, or as a factor on a log scale.
    """

    period: str
    low: str
    high: str
    jump: float


@dataclass(frozen=True)
class Partition:
    """The best partition with a number of breaks.

    Attributes
    ----------
    breaks : int
        How many.
    periods : tuple of str
        First periods of the new regimes.
    rss, bic, lwz : float
        Residual sum of squares, and the criteria of Schwarz and of Liu, Wu and Zidek.
    """

    breaks: int
    periods: tuple[str, ...]
    rss: float
    bic: float
    lwz: float


@dataclass(frozen=True, eq=False, repr=False)
class StructuralBreaks(Table):
    """Tests for breaks of one series, and where they are: a description, no evidence of a shift.

    Attributes
    ----------
    series : Observed
        The series in its own unit.
    scale : {"level", "log"}
        Where the line is fitted.
    trend : bool
        Whether that line has a slope.
    errors : {"autoregressive", "persistent", "independent"}
        Errors under which p-values are simulated.
    autocorrelation : float
        Of these errors.
    tests : tuple of BreakTest
        A test each.
    dates : tuple of BreakDate
        Breaks with limits of their dates; none unless sup-F rejects at 1 - level, then as many as
        LWZ says and at least one.
    partitions : tuple of Partition
        The best partitions by the number of breaks.
    fitted : array of shape (T,)
        The broken line in the series' unit.
    level : float
        Level of the limits.
    simulations : int
        Series that each p is counted in.
    notes : tuple of str
        What to know before reading them.
    """

    series: Observed
    scale: Scale
    trend: bool
    errors: str
    autocorrelation: float
    tests: tuple[BreakTest, ...]
    dates: tuple[BreakDate, ...]
    partitions: tuple[Partition, ...]
    fitted: Floats
    level: float
    simulations: int
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def __getitem__(self, test: str) -> BreakTest:
        """Return one test by its name."""
        known = {found.test: found for found in self.tests}
        if test not in known:
            message = f"no test {test!r}; there are: {', '.join(known)}"
            raise KeyError(message)
        return known[test]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each test, every one labelled as description."""
        rows = [{"series": self.series.name} | asdict(test) for test in self.tests]
        return pd.DataFrame(rows).assign(reads_as="description")

    def dates_frame(self) -> pd.DataFrame:
        """Return one row for each break, with the limits of its date."""
        columns = ["series", "period", "conf_low", "conf_high", "jump", "reads_as"]
        rows = [
            (self.series.name, d.period, d.low, d.high, d.jump, "description") for d in self.dates
        ]
        return pd.DataFrame(rows, columns=columns)

    def partitions_frame(self) -> pd.DataFrame:
        """Return one row for each number of breaks, with both criteria."""
        rows = [
            {"series": self.series.name} | asdict(p) | {"periods": ", ".join(p.periods)}
            for p in self.partitions
        ]
        return pd.DataFrame(rows).assign(reads_as="description")
