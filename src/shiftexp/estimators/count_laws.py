"""Where methods of counts take their law from: the series, or counts as independent."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from shiftexp.design import Design
from shiftexp.effects import Law
from shiftexp.errors import DesignError, Problem, SmallSampleWarning, suggest
from shiftexp.estimators.contrasts import SeriesSpec, SeriesStudy
from shiftexp.estimators.series import fit_study
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Panel
from shiftexp.result import Result
from shiftexp.scalars import plural

Variance: TypeAlias = Literal["auto", "series", "counts"]


@dataclass(frozen=True, eq=False)
class CountsLaw:
    """The law of a fit whose periods are taken as independent.

    Attributes
    ----------
    of : callable
        The law, from the estimates in level units per year, shape (2,).
    inference : str
        Its name.
    note : str
        What is said, and warned, of it.
    """

    of: Callable[[Floats], Law]
    inference: str
    note: str


def not_variance(variance: object) -> tuple[Problem, ...]:
    """Return the problem of a word that names no variance."""
    known = get_args(Variance)
    if isinstance(variance, str) and variance in known:
        return ()
    return (Problem(f"variance = {variance!r}", "a known variance", suggest(str(variance), known)),)


def by_series(variance: Variance, study: SeriesStudy) -> bool:
    """Tell whether the law comes from the series.

    Raises
    ------
    DesignError
        When that is asked for and there are too few periods.
    """
    if variance == "series" and study.posterior is None:
        before, after = study.counts
        given = f"{plural(before, 'period')} before and {after} after"
        raise DesignError(Problem(given, "6 and 3 for a series", "write variance='counts'"))
    return variance != "counts" and study.posterior is not None


def independent_counts(
    spec: SeriesSpec, study: SeriesStudy, panel: Panel, design: Design, law: CountsLaw
) -> Result:
    """Return the result whose law takes periods as independent counts; it always warns.

    Parameters
    ----------
    spec, study : SeriesSpec and SeriesStudy
        The estimator and its fit in the making.
    panel, design : Panel and Design
        The study.
    law : CountsLaw
        The law.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)  # that there is no law yet
        plain = fit_study(spec, replace(study, posterior=None), panel, design)
    warnings.warn(law.note, SmallSampleWarning, stacklevel=3)
    return replace(
        plain,
        inference=law.inference,
        effects=replace(plain.effects, law=law.of(plain.effects.mean)),
        notes=(law.note, *(n for n in plain.notes if "law of serial errors" not in n)),
    )
