"""Placebo: the study run where nothing happened, as a table and as a rank."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.effects import DIRECTIONS
from shiftexp.effects.laws import along
from shiftexp.inference.permutation import rank_assumptions, rank_cautions
from shiftexp.inference.placebo_effects import Over, PlaceboEffects, check_over, placebo_effects
from shiftexp.inference.settings import check_model
from shiftexp.inference.wrapping import Wrapped, resolution_note, unwrap, wrap
from shiftexp.kernels.cases import Floats, lock
from shiftexp.panel import Panel
from shiftexp.result import Model, Result
from shiftexp.scalars import no_seed, refuse
from shiftexp.table import Table


@dataclass(frozen=True, eq=False, repr=False)
class PlaceboCheck(Table):
    """The study beside the same study where nothing happened.

    Attributes
    ----------
    over : str
        "units" or "onsets".
    study : array of shape (2,)
        Effects of origin and destination as the placebos are estimated, in level units per year,
        or in logs where the model is; NaN on an absent side.
    labels : tuple of str
        What each placebo is: a pair of donors, or a period.
    effects : array of shape (n, 2)
        Effects of the placebos, in the same unit.
    unit : str
        That unit; "logs" on a log scale.
    adds : bool, default True
        Whether the two sides can be summed: not in logs, nor where values do not add up.

    Examples
    --------
    >>> import numpy as np
    >>> effects = np.array([[1.0, -2.0], [3.0, 0.5], [-1.0, 1.0]])
    >>> check = PlaceboCheck("onsets", np.array([-2.0, 4.0]), ("a", "b", "c"), effects, "kg")
    >>> check.share_as_large["origin"], check.share_as_large["destination"]
    (0.3333333333333333, 0.0)
    >>> check.to_frame()["destination_rank"].tolist()
    [1, 2, 4, 3]
    """

    over: Over
    study: Floats
    labels: tuple[str, ...]
    effects: Floats
    unit: str
    adds: bool = True

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def share_as_large(self) -> dict[str, float]:
        """Share of placebos at least as large as the study in absolute value, by estimand.

        The net effect is one where values add up and both sides are there; NaN where not.
        """
        shares = {}
        for name, a in DIRECTIONS.items():
            if name == "net" and not self.adds:
                shares[name] = math.nan
                continue
            own, others = (np.abs(along(np.array(a), x)) for x in (self.study, self.effects))
            shares[name] = math.nan if np.isnan(own) else float((others >= own).mean())
        return shares

    def to_frame(self) -> pd.DataFrame:
        """Return a row for the study and each placebo; rank 1 is the largest absolute effect."""
        every = np.vstack([self.study, self.effects])
        frame = pd.DataFrame(
            {
                "placebo": ["study", *self.labels],
                "over": self.over,
                "origin": every[:, 0],
                "destination": every[:, 1],
                "unit": self.unit,
            }
        )
        for side in ("origin", "destination"):
            ranks = frame[side].abs().rank(ascending=False, method="min")
            frame[f"{side}_rank"] = ranks.astype("Int64")
        return frame


@dataclass(frozen=True)
class Placebo:
    r"""Run the study where nothing happened and see whether the model finds effects there too.

    .. math:: s = \frac{1}{n} \#\{j : |\hat\Delta_{ij}| \ge |\hat\Delta_i|\}, \quad i = O, D

    with :math:`\hat\Delta_{ij}` the effect at side i of placebo j.

    Parameters
    ----------
    model : Model
        What gives the counterfactual.
    over : {"onsets", "units"}, default "onsets"
        Onsets inside the pre-period, or ordered pairs of donors at the onset.
    rng : int, default 1
        Every wrapper takes a seed; here all placebos are enumerated, so nothing is drawn.

    Raises
    ------
    TypeError
        When ``model`` is a class, or has no batched ``solve``, such as another wrapper.
    DesignError
        When ``over`` is unknown, or ``rng`` is no seed.

    Notes
    -----
    A model that finds effects in quiet times as large as the study's is refuted for this study;
    one that finds none is not proved, for with few periods such a check has little power. ``run``
    gives the distribution, ``fit`` the rank of the study in it: the law of :class:`Permutation`
    over the same placebos.

    When not to use it: as the main p-value; to choose among models until one passes.

    References
    ----------
    Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends.
    American Economic Review: Insights, 4, 305-322. https://doi.org/10.1257/aeri.20210236

    Examples
    --------
    >>> import shiftexp as sx
    >>> from shiftexp.inference.placebo import Placebo
    >>> panel, design = sx.simulate_pair(destination_effect=40, rng=1)
    >>> check = Placebo(sx.InterruptedTimeSeries(trend=False)).run(panel, design)
    >>> check.labels, check.share_as_large["destination"]
    (('2007', '2008', '2009', '2010'), 0.0)
    """

    model: Model
    over: Over = field(default="onsets", kw_only=True)
    rng: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be wrapped."""
        check_model(self.model, "Placebo")
        check_over(self.over)
        refuse(*no_seed(self.rng))

    def run(self, panel: Panel, design: Design) -> PlaceboCheck:
        """Return the effects where nothing happened beside those of the study.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study; with donors for ``over="units"``.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design.
        DesignError
            When there are too few donors, or periods, for a single placebo.
        """
        wrapped = wrap(self.model, panel, design)
        return self._check(wrapped, placebo_effects(wrapped, self.over))

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the least-squares estimate with the law of its rank among the placebos.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study; with donors for ``over="units"``.

        Raises
        ------
        DesignError
            When the wrapped model refuses the panel or the design.
        DesignError
            When there are too few donors, or periods, for a single placebo.
        """
        wrapped = wrap(self.model, panel, design)
        placebos = placebo_effects(wrapped, self.over)
        law = placebos.law(wrapped)
        shares = self._check(wrapped, placebos).share_as_large
        what = "donors" if self.over == "units" else "placebo onsets"
        return unwrap(
            wrapped,
            self,
            law=law,
            inference=f"placebo {self.over}, rank of the absolute effect",
            notes=(
                resolution_note(placebos.independent, what, law.resolution, wrapped.plain.level),
                *(
                    f"{shares[side]:.0%} of {len(placebos.effects)} placebos have an effect at the "
                    f"{side} as large as the study's"
                    for side in ("origin", "destination")
                    if np.isfinite(shares[side])
                ),
                *placebos.notes,
            ),
            cautions=rank_cautions(placebos, self.over),
            serial=self.over == "onsets",
            assumptions=rank_assumptions(self.over, studentized=False),
        )

    def _check(self, wrapped: Wrapped, placebos: PlaceboEffects) -> PlaceboCheck:
        """Return the table of placebos."""
        told, on_level = wrapped.plain.effects, wrapped.scale == "level"
        return PlaceboCheck(
            over=self.over,
            study=wrapped.compared,
            labels=_labels(wrapped, placebos, self.over),
            effects=placebos.effects,
            unit=told.unit if on_level else "logs",
            adds=on_level and told.additive and told.comparable,
        )


def _labels(wrapped: Wrapped, placebos: PlaceboEffects, over: Over) -> tuple[str, ...]:
    """Name each placebo: donors in the roles of origin and destination, or the onset."""
    if over == "onsets":
        periods = wrapped.window.calendar.labels
        return tuple(periods[t] for t in placebos.cases.treated.argmax(axis=1))
    names = wrapped.window.donor_names
    return tuple(
        " > ".join(names[row] for row in pair if row >= 0) for pair in placebos.cases.focal
    )
