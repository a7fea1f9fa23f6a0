"""Conformal inference for any Model: impose each null, learn from all periods, shift residuals."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field, replace

import numpy as np

from shiftexp.design import Design
from shiftexp.effects import EnvelopeLaw, Law, ShiftedLaw
from shiftexp.errors import SmallSampleWarning
from shiftexp.kernels.cases import Booleans, Cases, Floats
from shiftexp.kernels.conformal import share_as_large, shifted_sums
from shiftexp.kernels.scale import Scale, from_scale, level_effect, to_scale
from shiftexp.panel import Panel
from shiftexp.result import Model, Result, refuse_wrapping

_MARGIN = 1.25
_REACH = 8.0
_SHORT = 40


@dataclass(frozen=True)
class Conformal:
    r"""Test every pair of effects: impose it and see whether the post-onset residuals stand out.

    .. math:: p_a(\delta) = \frac{1}{n} \#\{\text{shifts } \pi : |S_\pi| \ge |S|\}, \qquad
       S = \textstyle\sum_{t \in post} a \cdot u_t(\delta)

    where u are the residuals of both sides, the model fitted on all periods with the null
    :math:`\delta` imposed; the p of a half-plane in direction a is the largest over its nulls.

    Parameters
    ----------
    model : Model
        What gives the counterfactual, such as ``InterruptedTimeSeries(trend=False)``.
    points : int, default 61
        Nulls on each axis of the grid.
    rng : int, default 1
        Every wrapper takes a seed; here all n shifts are enumerated, so nothing is drawn.

    Raises
    ------
    TypeError
        When ``model`` has no batched ``solve``, such as another wrapper.

    Notes
    -----
    The statistic is the signed sum, never the sum of absolute residuals: with a level fitted on all
    periods the latter has power below its size in balanced windows. The smallest p is 1/n, 2/n when
    n_pre = n_post; where it exceeds the error allowed the interval is the whole line.

    When not to use it: as the main test at n <= 40 (measured size at nominal 10 %: 6 to 13 %, and
    little power under autocorrelation); with a trend (even the signed sum is weak: .47 at 10 % for
    a shift of 4 sd).

    References
    ----------
    Chernozhukov, V., Wuthrich, K. & Zhu, Y. (2021). An exact and robust conformal inference method
    for counterfactual and synthetic controls. Journal of the American Statistical Association, 116,
    1849-1864. https://doi.org/10.1080/01621459.2021.1920957

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, autocorrelation=0.0, rng=3)
    >>> result = sx.Conformal(sx.InterruptedTimeSeries(trend=False)).fit(panel, design)
    >>> bool(result["destination"].p_value <= 0.1)
    True
    """

    model: Model
    points: int = field(default=61, kw_only=True)
    rng: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be wrapped."""
        refuse_wrapping(self.model, "Conformal")

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the model's estimate with the conformal law of the pair.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study; for a range of onsets every p is the largest over the candidates.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SmallSampleWarning)
            plain = self.model.fit(panel, design)
        cases = self.model.prepare(panel, design)
        annual = float(cases.seasons) if plain.effects.additive else 1.0
        on_level = getattr(self.model, "scale", "level") == "level"
        slope = np.full(2, annual) if on_level else plain.effects.base
        each = (cases.take(np.array([c])) for c in range(len(cases)))
        laws = tuple(self._law(case, annual, slope) for case in each)
        periods = int(cases.used[0].sum())
        blank = np.full_like(plain.paths.conf_low, np.nan)
        return replace(
            plain,
            estimator=repr(self),
            name=f"{plain.name}, conformal",
            inference=f"conformal, moving block, signed sum; smallest p {1 / periods:.3g}",
            effects=replace(plain.effects, law=laws[0] if len(laws) == 1 else EnvelopeLaw(laws)),
            paths=replace(plain.paths, conf_low=blank, conf_high=blank),
            notes=(*self._notes(periods), *plain.notes),
        )

    def _law(self, case: Cases, annual: float, slope: Floats) -> Law:
        """Return the inverted test of one candidate onset."""
        scale: Scale = getattr(self.model, "scale", "level")
        used, treated = case.used[0], case.treated[0]
        z = to_scale(case.pair[0], scale)
        present = np.isfinite(case.pair[0][:, used]).all(axis=1)
        nulls = self._nulls(z, used, treated, present)
        imposed = from_scale(z - np.nan_to_num(nulls)[:, :, None] * treated, scale)
        null_cases = case.with_pair(imposed).learn_from_all()
        path = self.model.solve(null_cases).path
        residuals = (to_scale(imposed, scale) - to_scale(path, scale))[:, :, used]
        sums = shifted_sums(residuals, treated[used])
        post = case.post[0]
        observed = case.pair[0][:, post]
        levels = level_effect(observed, nulls[:, :, None], scale).mean(axis=2) * annual
        return ShiftedLaw(levels, sums, slope, self._far(sums[:, present]))

    def _nulls(self, z: Floats, used: Booleans, treated: Booleans, present: Booleans) -> Floats:
        """Return the grid of nulls on the model's scale, shape (g, 2), NaN on an absent side."""
        before, after = used & ~treated, used & treated
        axes = []
        for series, there in zip(z, present, strict=True):
            if not there:
                axes.append(np.array([np.nan]))
                continue
            centre = series[after].mean() - series[before].mean()
            spread = max(series[after].std(), series[before].std(), 1e-12)
            reach = _REACH * spread * math.sqrt(1 / before.sum() + 1 / after.sum())
            reach = max(reach, _MARGIN * abs(centre))
            half = np.linspace(-reach, reach, self.points)
            axes.append(np.unique(np.append(centre + half, 0.0)))
        first, second = np.meshgrid(*axes, indexing="ij")
        return np.stack([first.ravel(), second.ravel()], axis=1)

    def _far(self, sums: Floats) -> float:
        """Return the p of a null far from the data, whose residuals are a step with tied shifts."""
        return float(share_as_large(sums[-1] - sums[0]).max())

    def _notes(self, periods: int) -> tuple[str, ...]:
        """Say where the method is known to be weak."""
        notes = [f"{periods} periods: the smallest p a shift can give is {1 / periods:.3g}"]
        if periods <= _SHORT:
            notes.append("a wrapper to compare with, not the main test, at 40 periods or fewer")
        if getattr(self.model, "trend", False):
            notes.append("with a trend fitted the signed sum has little power")
        return tuple(notes)
