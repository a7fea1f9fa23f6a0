"""Andrews' end-of-sample tests: is what follows the onset unlike any block of periods before it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.inference.placebo_effects import rank_law
from shiftexp.inference.settings import check_model
from shiftexp.inference.wrapping import (
    Prepared,
    prepare,
    resolution_note,
    unwrap,
    wrap,
)
from shiftexp.kernels.cases import Fit, Floats, lock
from shiftexp.kernels.end_of_sample import (
    Blocks,
    pre_blocks,
    sum_of_partial_sums,
    sum_of_squares,
)
from shiftexp.kernels.scale import to_scale
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Model, Result
from shiftexp.scalars import no_seed, plural, refuse
from shiftexp.table import Table

_LEAST_BLOCKS = 6
_STATISTICS = {"P": sum_of_squares, "R": sum_of_partial_sums}


@dataclass(frozen=True, eq=False, repr=False)
class EndOfSampleTests(Table):
    """The statistics P and R after the onset against the same statistics of blocks before it.

    Attributes
    ----------
    sides : tuple of str
        "origin", "destination", "pair"; those the study has.
    statistics : tuple of str
        "P", the sum of squared residuals, and "R", that of their sums from each period to the end.
    observed : array of shape (sides, statistics)
        After the onset, in mean squared residuals before it (the pair: the sum of both sides).
    blocks : array of shape (sides, statistics, n)
        Of each block before the onset, in the same unit.
    """

    sides: tuple[str, ...]
    statistics: tuple[str, ...]
    observed: Floats
    blocks: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def p_values(self) -> Floats:
        """(1 + blocks at least as large) / (1 + blocks), shape (sides, statistics)."""
        larger = (self.blocks >= self.observed[:, :, None]).sum(axis=2)
        return np.asarray((1 + larger) / (1 + self.blocks.shape[2]))

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each side and statistic."""
        p = self.p_values
        return pd.DataFrame(
            [
                {
                    "side": side,
                    "statistic": name,
                    "value": self.observed[i, k],
                    "largest_block": self.blocks[i, k].max(),
                    "blocks": self.blocks.shape[2],
                    "p_value": p[i, k],
                }
                for i, side in enumerate(self.sides)
                for k, name in enumerate(self.statistics)
            ]
        )


@dataclass(frozen=True)
class EndOfSample:
    r"""Compare the residuals after the onset with every block of as many periods before it.

    .. math:: P = \sum_{t \in post} u_t^2, \quad
       R = \sum_{t \in post} \Big(\sum_{s \ge t} u_s\Big)^2, \quad
       p = \frac{1 + \#\{j : P_j \ge P\}}{1 + (n_0 - n_1 + 1)}

    with u observed minus counterfactual and the coefficients of block j learnt without its first
    half. ``run`` gives P and R; the law of ``fit`` inverts the signed sum of u, whose p-values
    belong to shifts of one size.

    Parameters
    ----------
    model : Model
        What gives the counterfactual.
    rng : int, default 1
        Every wrapper takes a seed; here all blocks are enumerated, so nothing is drawn.

    Raises
    ------
    TypeError
        When ``model`` is a class, or has no batched ``solve``, such as another wrapper.
    DesignError
        When ``rng`` is no seed.

    Notes
    -----
    P and R ask whether anything changed, whatever its path. Inverted over constant shifts they give
    an empty set wherever an effect grows, so intervals rest on the signed sum, the third member of
    the family; on a log scale u is in logs. No law of the errors is assumed beyond stationarity,
    but blocks overlap and share their coefficients with the rest.

    When not to use it: more periods after the onset than half of those before (refused), fewer than
    6 blocks (refused); a test at 5 % with fewer than 19 blocks.

    References
    ----------
    Andrews, D. W. K. (2003). End-of-sample instability tests. Econometrica, 71, 1661-1694.
    https://doi.org/10.1111/1468-0262.00466 Andrews, D. W. K. & Kim, J.-Y. (2006). Tests for
    cointegration breakdown over a short time period. Journal of Business & Economic Statistics, 24,
    379-394. https://doi.org/10.1198/073500106000000297

    Examples
    --------
    >>> import shiftexp as sx
    >>> from shiftexp.inference.end_of_sample import EndOfSample
    >>> panel, design = sx.simulate_pair(destination_effect=40, periods=(14, 6), rng=1)
    >>> wrapper = EndOfSample(sx.InterruptedTimeSeries(trend=False))
    >>> round(wrapper.fit(panel, design)["destination"].p_value, 3)
    0.1
    >>> wrapper.run(panel, design).sides
    ('origin', 'destination', 'pair')
    """

    model: Model
    rng: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be wrapped."""
        check_model(self.model, "EndOfSample")
        refuse(*no_seed(self.rng))

    def run(self, panel: Panel, design: Design) -> EndOfSampleTests:
        """Return P and R of each side and of the pair against the blocks before.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design.
        DesignError
            When the periods after the onset are more than half of those before, or there are fewer
            than 6 blocks.
        """
        study = prepare(self.model, panel, design)
        return _tests(study, *_block_fits(study))

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the least-squares estimate with the law of the blocks' mean residuals.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design.
        DesignError
            When the periods after the onset are more than half of those before, or there are fewer
            than 6 blocks.
        """
        wrapped = wrap(self.model, panel, design)
        blocks, fits = _block_fits(wrapped)
        tests = _tests(wrapped, blocks, fits)
        count = len(blocks.inside)
        law = rank_law(wrapped, _block_means(wrapped, blocks, fits), count)
        return unwrap(
            wrapped,
            self,
            law=law,
            inference="end-of-sample, signed sum against blocks before, two-sided",
            notes=(
                resolution_note(
                    count, "blocks before the onset", law.resolution, wrapped.plain.level
                ),
                *(
                    f"{row.side}: {row.statistic} of no effect at all has p = {row.p_value:.3g}"
                    for row in tests.to_frame().itertuples()
                ),
            ),
            cautions=(_caution(count),),
            assumptions=(
                (
                    "errors are stationary: without the event the periods after the onset would "
                    "have looked like some block of as many periods before it"
                ),
            ),
        )


def _caution(count: int) -> str:
    """Say how many true nulls are rejected."""
    return (
        f"{count} overlapping blocks: over 20 to 40 periods 19 to 30 % of true nulls are rejected "
        "at nominal 10 % where errors are autocorrelated by .4, 34 to 45 % at .8; no main test"
    )


def _block_fits(study: Prepared) -> tuple[Blocks, Fit]:
    """Return the blocks and what the model says when it has not seen their first halves.

    Raises
    ------
    DesignError
        When there are too many periods after the onset, or too few blocks.
    """
    case = study.case
    before, after = int(case.learn[0].sum()), int(case.post[0].sum())
    problems = []
    if 2 * after > before:
        problems.append(
            Problem(
                f"{plural(after, 'period')} after the onset and {before} before",
                "at most half as many after as before",
                "end the window earlier, start it earlier, or use Conformal",
            )
        )
    if before - after + 1 < _LEAST_BLOCKS:
        problems.append(
            Problem(
                f"{plural(max(before - after + 1, 0), 'block')} of {plural(after, 'period')} "
                "before the onset",
                f"at least {_LEAST_BLOCKS}",
                "start the window earlier, or end it earlier",
            )
        )
    if problems:
        raise DesignError(problems)
    blocks = pre_blocks(case.learn[0], after)
    cases = replace(
        case.repeat(len(blocks.inside)),
        learn=case.learn & ~blocks.left_out,
        treated=blocks.left_out,
        post=blocks.left_out,
    )
    return blocks, study.model.solve(cases)


def _block_means(study: Prepared, blocks: Blocks, fits: Fit) -> Floats:
    """Return mean residuals of the blocks, shape (n, 2), in level units per year, or in logs."""
    gaps = study.gaps(study.case, fits)
    return np.asarray(np.take_along_axis(gaps, blocks.inside[:, None, :], axis=2).mean(axis=2))


def _tests(study: Prepared, blocks: Blocks, fits: Fit) -> EndOfSampleTests:
    """Return both statistics of each side, and of the pair where there are two."""
    case, scale = study.case, study.scale
    z = to_scale(case.pair[0], scale)
    own = z - to_scale(study.fit.path[0], scale)
    every = z - to_scale(fits.path, scale)
    spread = np.sqrt((own[:, case.learn[0]] ** 2).mean(axis=1))[:, None]
    after = own[:, case.post[0]] / spread
    before = np.take_along_axis(every, blocks.inside[:, None, :], axis=2) / spread
    present = study.present
    observed = np.stack([f(after) for f in _STATISTICS.values()], axis=-1)[present]
    others = np.stack([f(before) for f in _STATISTICS.values()], axis=-1)[:, present]
    sides = [side for side, there in zip(SIDES, present, strict=True) if there]
    if present.all():
        sides.append("pair")
        observed = np.vstack([observed, observed.sum(axis=0)])
        others = np.concatenate([others, others.sum(axis=1, keepdims=True)], axis=1)
    return EndOfSampleTests(tuple(sides), tuple(_STATISTICS), observed, np.moveaxis(others, 0, -1))
