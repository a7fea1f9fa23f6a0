"""Difference-in-differences of each side against clean donors, both together."""

from __future__ import annotations

from dataclasses import dataclass

from shiftexp.estimators.contrasts import Errors, SeriesSpec, check_settings
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.kernels.scale import Scale


@dataclass(frozen=True, kw_only=True)
class DifferenceInDifferences(SeriesModel):
    r"""Compare each side with clean donors, so that neither side is ever the control of the other.

    .. math:: \hat\Delta_i = (\bar y_{i,post} - \bar y_{i,pre})
       - (\bar y_{donors,post} - \bar y_{donors,pre}), \quad i = O, D

    on the level scale, with the donors' period effects of a unit-and-period fit where donors have
    gaps; on a log scale the same for log y, and :math:`\operatorname{mean}_t\, y_{it} (1 - e^{-\hat
    d_i})` in level units.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where trends are taken to be parallel. They cannot be parallel on two scales: run both,
        report both.
    level : float, default 0.95
        Confidence level of the sets shown.
    errors : {"any", "stationary"}, default "any"
        Errors under which p-values and intervals hold their level: AR(1) and levels that drift, or
        stationary AR(1) errors alone, which finds more where it is true and errs where it is not.
    rng : int, default 1
        Seed of the posterior draws.

    Raises
    ------
    DesignError
        When ``scale`` or ``errors`` is unknown, ``level`` is not strictly between 0 and 1, or
        ``rng`` is no seed; all are listed.

    Notes
    -----
    With donors observed throughout the estimate is the two-way fixed-effects one. With one origin
    and one destination there is no cross-section to sample from: inference is serial, the EMW-LL
    test of the contrast with the donors, as in InterruptedTimeSeries. With fewer than 6 periods
    before or 3 after there is none, and standard errors, p-values and intervals are NaN.

    When not to use it: no donors (a DiD of the destination against the origin counts displacement
    twice); donors that may have received the flow; donors on another trend.

    References
    ----------
    Donald, S. G. & Lang, K. (2007). Inference with difference-in-differences and other panel data.
    Review of Economics and Statistics, 89, 221-233. https://doi.org/10.1162/rest.89.2.221

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=5, rng=2)
    >>> result = sx.DifferenceInDifferences().fit(panel, design)
    >>> result["destination"].conf_low < 40 < result["destination"].conf_high
    True
    """

    scale: Scale = "level"
    level: float = 0.95
    errors: Errors = "any"
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        check_settings(self.scale, self.level, self.errors, self.rng)

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        return SeriesSpec(
            estimator=repr(self),
            title=f"Difference-in-differences ({self.scale} scale, against donors)",
            scale=self.scale,
            trend=False,
            seasonal=False,
            against_donors=True,
            least_squares=True,
            level=self.level,
            errors=self.errors,
            rng=self.rng,
            assumptions=(
                (
                    "without the event each side would have moved in parallel with the donors "
                    f"({self.scale} scale)"
                ),
                "the donors received none of the activity and lost none of it",
                (
                    "nothing else changed in either place at the onset, detection and recording "
                    "included"
                ),
            ),
        )
