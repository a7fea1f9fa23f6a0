"""How cost grows with periods, units, draws and specifications: the exponent of a power law."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import linear_regression

import shiftexp as sx

NAME = "How cost grows"
_REPEATS = 5
_LEAST, _MOST = 0.2, 10.0  # seconds: what is fast is measured longer, what is slow less often


@dataclass(frozen=True)
class Growth:
    """Seconds of one kind of work at several sizes.

    Attributes
    ----------
    work : str
        What is done.
    size : str
        What grows.
    sizes : tuple of int
        How large it is.
    prepare : callable
        Makes what is given for a size, and returns the work that is timed.
    """

    work: str
    size: str
    sizes: tuple[int, ...]
    prepare: Callable[[int], Callable[[], object]]

    def seconds(self) -> list[float]:
        """Return the least seconds at every size."""
        return [_time(self.prepare(size)) for size in self.sizes]


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return b of seconds = a size^b, by least squares in logs over the upper half of the sizes.

    Fixed costs hide the law at small sizes; what is asked is how the large ones grow.

    Parameters
    ----------
    sizes : sequence of int
        At least two, increasing.
    seconds : sequence of float
        One for each.
    """
    upper = len(sizes) // 2 if len(sizes) > 2 else 0
    log = [(math.log(n), math.log(s)) for n, s in zip(sizes, seconds, strict=True)][upper:]
    return linear_regression(*zip(*log, strict=True)).slope


def _time(work: Callable[[], object]) -> float:
    """Return the least seconds of several runs, after one that is not counted.

    The least, since what others do on the machine would bend the line.
    """
    work()
    end = time.perf_counter() + _LEAST
    taken: list[float] = []
    while len(taken) < _REPEATS or time.perf_counter() < end:
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
        if sum(taken[:_REPEATS]) > _MOST:
            break
    return min(taken)


def _fit(estimator: sx.Estimator, *, periods: int = 20, donors: int = 0) -> Callable[[], object]:
    """Return one fit up to its table."""
    before = periods * 2 // 3
    panel, design = sx.simulate_pair(
        periods=(before, periods - before), destination_effect=10, donors=donors
    )
    return lambda: estimator.fit(panel, design).tidy()


def _curve(count: int) -> Callable[[], object]:
    """Return a curve of so many specifications."""
    panel, design = sx.simulate_pair(destination_effect=30, donors=10, periods=(16, 8))
    start = int(panel.calendar.labels[0])
    axes = sx.Specifications(
        estimators=tuple(
            sx.SyntheticControl(intercept=True, augment=1.0 + k) for k in range(count // 10)
        ),
        scales=("level",),
        onsets=(0,),
        windows=tuple((str(start + k), None) for k in range(10)),
    )
    return lambda: sx.specification_curve(panel, design, axes=axes)


# What a window needs simulated is simulated in the run that is not counted.
GROWTHS = (
    Growth(
        "`InterruptedTimeSeries(trend=False)`, one fit and its table",
        "periods",
        (30, 60, 120, 240),
        lambda n: _fit(sx.InterruptedTimeSeries(trend=False), periods=n),
    ),
    Growth(
        "`CommunicatingVessels()`, one fit and its table",
        "periods",
        (30, 60, 120, 240),
        lambda n: _fit(sx.CommunicatingVessels(), periods=n),
    ),
    Growth(
        "`DifferenceInDifferences()`, one fit and its table",
        "donors",
        (10, 100, 1000, 4000),
        lambda n: _fit(sx.DifferenceInDifferences(), donors=n),
    ),
    Growth(
        "`SyntheticControl(intercept=True)`, one fit with all placebos, and its table",
        "donors",
        (10, 40, 160, 640),
        # Long: hundreds of donors mix into any place exactly over few years, which is refused.
        lambda n: _fit(sx.SyntheticControl(intercept=True), donors=n, periods=120),
    ),
    Growth(
        "`BlockBootstrap(InterruptedTimeSeries(trend=False))`, one fit and its table",
        "draws",
        (500, 2000, 8000, 32_000),
        lambda n: _fit(sx.BlockBootstrap(sx.InterruptedTimeSeries(trend=False), draws=n)),
    ),
    Growth(
        "`specification_curve` of synthetic controls, one worker",
        "specifications",
        (10, 40, 160),
        _curve,
    ),
)


def section() -> str:
    """Return the table of all, under a heading."""
    lines = [
        f"## {NAME}",
        "",
        (
            "Least seconds of several runs in one thread, and the exponent b of "
            "seconds = a size^b over the larger sizes; below 1 fixed costs still lead."
        ),
        "",
        "| work | what grows | sizes | seconds | exponent |",
        "| --- | --- | --- | --- | --- |",
    ]
    for growth in GROWTHS:
        seconds = growth.seconds()
        sizes = ", ".join(f"{size:,}" for size in growth.sizes)
        told = ", ".join(f"{value:.3g}" for value in seconds)
        power = exponent(growth.sizes, seconds)
        lines.append(f"| {growth.work} | {growth.size} | {sizes} | {told} | {power:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    warnings.simplefilter("ignore", sx.SmallSampleWarning)
    print(section())
