"""Two windows of counts: each side's change from before to after, overdispersion stated."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import Effects, StudentLaw
from shiftexp.errors import DesignError, Problem, SmallSampleWarning
from shiftexp.estimators.assembling import UNCHANGED
from shiftexp.estimators.cautions import flagged_values
from shiftexp.kernels.cases import Booleans, Cases, Fit, Floats
from shiftexp.kernels.counts import propagate
from shiftexp.panel import Panel
from shiftexp.result import Fitted, Paths, Result, check_inputs
from shiftexp.scalars import check_level, refuse


@dataclass(frozen=True, kw_only=True)
class WindowContrast:
    r"""Compare the mean count after the onset with the mean count before it, on either side.

    .. math:: \hat\Delta_i = \bar y_{i,post} - \bar y_{i,pre}, \qquad
       \operatorname{Var}(\hat\Delta_i) = \phi_i \left(\bar y_{i,post} / n_1 + \bar y_{i,pre} /
       n_0\right)

    Parameters
    ----------
    overdispersion : float, optional
        Variance over mean, phi >= 1, the same on both sides. When it is not given it is the larger
        of 1 and Pearson's statistic over its degrees of freedom, with the t quantiles that go with
        it.
    level : float, default 0.95
        Confidence level of the sets shown.

    Raises
    ------
    DesignError
        When ``overdispersion`` is below 1, or ``level`` is not strictly between 0 and 1.

    Notes
    -----
    A description, for studies that cannot carry a model: it takes periods as independent and trends
    as flat, so its size is wrong by factors when they are not. Declared breaks cut the window to
    the regime of the onset.

    When not to use it: where 6 periods before and 3 after exist, use InterruptedTimeSeries.

    References
    ----------
    Wheeler, A. P. & Ratcliffe, J. H. (2018). A simple weighted displacement difference test to
    evaluate place based crime interventions. Crime Science, 7, 11.
    https://doi.org/10.1186/s40163-018-0085-5

    Examples
    --------
    >>> WindowContrast(overdispersion=2.0)
    WindowContrast(overdispersion=2.0, level=0.95)
    """

    overdispersion: float | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        check_level(self.level)
        if self.overdispersion is not None and not self.overdispersion >= 1:
            given = f"overdispersion = {self.overdispersion!r}"
            raise DesignError(Problem(given, "a number >= 1", "leave it out to have it estimated"))

    def prepare(self, panel: Panel, design: Design) -> Cases:
        """Return the study's one case: the regime that holds the onset.

        Parameters
        ----------
        panel : Panel
            One indicator, counts.
        design : Design
            The study.

        Raises
        ------
        DesignError
            When the indicator is no count, or the design does not fit the panel.
        """
        need_counts(panel, design)
        return _split(design).cases(panel)

    def solve(self, cases: Cases) -> Fit:
        """Return pre-window means and the changes, in counts per period, for a batch of cases.

        Parameters
        ----------
        cases : Cases
            The batch.
        """
        before, after = _mean(cases.pair, cases.learn), _mean(cases.pair, cases.post)
        return Fit(
            path=np.broadcast_to(before[:, :, None], cases.pair.shape),
            effect=after - before,
            cov=np.full((len(cases), 2, 2), np.nan),
            df=np.full(len(cases), np.nan),
        )

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return both changes with a Poisson law widened by the overdispersion.

        Parameters
        ----------
        panel : Panel
            One indicator, counts per period.
        design : Design
            The study; donors are not used.

        Raises
        ------
        DesignError
            When the indicator is no count, or the design does not fit the panel.
        DesignError
            When the overdispersion is to be estimated from fewer than 3 periods.
        """
        cases = self.prepare(panel, design)
        window = _split(design).window(panel)
        pair, learn, post = cases.pair[0], cases.learn[0], cases.post[0]
        annual = float(cases.seasons) if panel.indicators[0].additive else 1.0
        phi, df = dispersion(pair, learn, post, self.overdispersion)
        cov = np.diag(window_variance(pair, learn, post, phi))
        mean = self.solve(cases).effect[0]
        observed = _mean(cases.pair, cases.post)[0] * annual
        note = (
            f"two windows of {int(learn.sum())} and {int(post.sum())} periods taken as "
            "independent; overdispersion "
            + " and ".join(f"{value:.3g}" for value in phi if not math.isnan(value))
            + (" stated" if self.overdispersion is not None else " estimated (Pearson)")
        )
        warnings.warn(note, SmallSampleWarning, stacklevel=2)
        origin, destination = (" + ".join(units) for units in design.sides)
        blank = np.full(pair.shape, np.nan)
        # A period left out may count something else, so the mean before is no counterfactual of it.
        path = np.where(learn | post, self.solve(cases).path[0], np.nan)
        return Result(
            estimator=repr(self),
            fitted=Fitted(self, panel),
            name="Two windows of counts",
            inference="Poisson, widened by overdispersion",
            level=self.level,
            effects=Effects(
                law=StudentLaw(mean * annual, cov * annual**2, df),
                mean=mean * annual,
                base=observed - mean * annual,
                observed=observed,
                unit="count per year",
                additive=panel.indicators[0].additive,
                comparable=panel.indicators[0].comparable,
            ),
            paths=Paths(
                labels=window.calendar.labels,
                names=(origin, destination),
                observed=pair,
                counterfactual=path,
                effect=pair - path,
                conf_low=blank,
                conf_high=blank,
                pre=learn,
                post=post,
            ),
            design=design,
            gate=design.gate(panel),
            indicator=panel.indicators[0],
            assumptions=(
                "without the event each side would have stayed at its level before",
                "periods are independent, their variance is the overdispersion times their mean",
                UNCHANGED,
            ),
            notes=(note, *flagged_values(window, stacklevel=3)),
            dropped=(*window.dropped, *_other_regimes(design, window)),
        )


def need_counts(
    panel: object,
    design: object,
    remedy: str = "use InterruptedTimeSeries for amounts and rates",
) -> None:
    """Refuse what is no panel of counts, or no design.

    Parameters
    ----------
    panel, design : object
        What was given.
    remedy : str
        What to do where they are no counts.

    Raises
    ------
    TypeError
        When one of them is of another type.
    DesignError
        When the indicator is no count, or a side of several places is their average.
    """
    check_inputs(panel, design)
    indicator = panel.indicators[0] if isinstance(panel, Panel) else None
    if indicator and indicator.unit_of_measure != "count":
        given = f"{indicator.name!r} in {indicator.unit_of_measure!r}"
        raise DesignError(Problem(given, "counts", remedy))
    if indicator and isinstance(design, Design) and not indicator.additive:
        several = tuple(" + ".join(side) for side in design.sides if len(side) > 1)
        given = f"{indicator.name!r} averaged over places, because additive=False"
        remedy = "declare additive=True if counts of places add, or study each place"
        refuse(*([Problem(given, "counts that add", remedy, several)] if several else []))


def dispersion(
    rows: Floats, learn: Booleans, post: Booleans, stated: float | None
) -> tuple[Floats, float]:
    """Return phi of every row of counts (k, T), and the degrees of freedom behind it.

    Raises
    ------
    DesignError
        When it is to be estimated from fewer than 3 periods.
    """
    absent = np.where(np.isfinite(rows[:, post]).all(axis=1), 1.0, np.nan)
    if stated is not None:
        return absent * stated, math.inf
    df = int(learn.sum() + post.sum()) - 2
    if df < 1:
        raise DesignError(
            Problem(
                f"{int(learn.sum())} period before and {int(post.sum())} after",
                "at least 3 periods to estimate the overdispersion",
                "state it, as in overdispersion=2, and vary it",
            )
        )
    pearson = np.zeros(len(rows))
    for part in (learn, post):
        level = rows[:, part].mean(axis=1, keepdims=True)
        pearson += ((rows[:, part] - level) ** 2 / np.maximum(level, 1e-12)).sum(axis=1)
    return absent * np.maximum(1.0, pearson / df), float(df)


def window_variance(rows: Floats, learn: Booleans, post: Booleans, phi: Floats) -> Floats:
    """Return variances of the changes of rows of counts (k, T) per period; NaN on absent rows."""
    weights = (post / post.sum() - learn / learn.sum())[None, :]
    variance = np.full(len(rows), np.nan)
    for row in np.flatnonzero(np.isfinite(phi)):
        counts = np.where(learn | post, rows[row], 0.0)
        variance[row] = propagate(counts, weights, phi=float(phi[row]))[0, 0]
    return variance


def _mean(pair: Floats, periods: Booleans) -> Floats:
    """Return means over periods, shape (C, 2)."""
    inside = periods[:, None, :]
    return np.asarray(np.where(inside, pair, 0.0).sum(axis=2) / inside.sum(axis=2))


def _split(design: Design) -> Design:
    """Return the design with each named step turned into a cut: two windows carry no step."""
    if isinstance(design.breaks, str):
        return design if design.breaks == "refuse" else replace(design, breaks="split")
    cuts = tuple(f"{b.period}:{b.unit}:split" for b in design.declared_breaks)
    return replace(design, breaks=cuts)


def _other_regimes(design: Design, window: Window) -> tuple[str, ...]:
    """Say that declared breaks cut the window."""
    cuts = tuple(f"beyond the break of {b.unit} in {b.period}" for b in design.declared_breaks)
    return cuts if window.joint.any() else ()
