"""Fitting a curve: every combination of declared choices as a study of its own."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import DesignError, Problem, ShiftexpError, suggest
from shiftexp.panel import Panel
from shiftexp.result import Result
from shiftexp.robustness.combinations import Specification, combinations
from shiftexp.robustness.curve import CurveRow, SpecificationCurve
from shiftexp.robustness.posing import pose
from shiftexp.robustness.specifications import Specifications
from shiftexp.scalars import is_finite, no_workers, refuse
from shiftexp.verdict import Claim, weigh

_NOT_SERIES = {"shift", "integration"}


def specification_curve(
    source: Panel | Sequence[Panel],
    design: Design,
    *,
    axes: Specifications | None = None,
    detection: Detection | None = None,
    margin: float = 0.10,
    n_jobs: int = 1,
) -> SpecificationCurve:
    r"""Fit every combination of declared choices to one study, and keep all of them.

    .. math:: \{\hat\theta_s : s \in I \times W \times \tau \times S \times D \times E \times M
       \times R\}, \qquad \tilde\theta = \operatorname{median}_s \hat\theta_s

    over indicators, windows, onsets, scales, donor sets, effort models, error models and outlier
    rules, for net expansion, offset ratio, destination and origin.

    Parameters
    ----------
    source : Panel or sequence of Panel
        The data; each indicator is a choice on its axis.
    design : Design
        The study as declared.
    axes : Specifications, optional
        The choices; by default two error models, two scales and the onset one period earlier, as
        declared and one later.
    detection : Detection, optional
        As in ``weigh``.
    margin : float, default 0.10
        As in ``weigh``.
    n_jobs : int, default 1
        Workers, as joblib counts them; the numbers do not depend on it.

    Returns
    -------
    SpecificationCurve
        A row for each specification, refusals with their reasons among them.

    Raises
    ------
    TypeError
        When ``source`` holds no panels, or ``axes`` are none.
    DesignError
        When an indicator is named twice or unknown, the margin is not positive, ``n_jobs`` is
        none, a window ends outside the data, a donor is unknown, or there are more than 20,000
        combinations.

    Notes
    -----
    Specifications share their data, so that neither their number nor the share of small p-values is
    evidence by itself: see ``CurveTest``. Combinations that an estimator cannot tell apart (donors
    where it uses none, a scale where it has none) stand in the curve once.

    When not to use it: to pick the specification with the largest effect, which the object has no
    method for; to replace ``weigh``, whose specifications are few and named; with choices added
    after results were seen.

    References
    ----------
    Simonsohn, U., Simmons, J. P. & Nelson, L. D. (2020). Specification curve analysis. Nature Human
    Behaviour, 4, 1208-1214. https://doi.org/10.1038/s41562-020-0912-z

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=4, rng=1)
    >>> axes = sx.Specifications(
    ...     estimators=(sx.InterruptedTimeSeries(trend=False), sx.DifferenceInDifferences()),
    ...     scales=("level",),
    ...     onsets=(0,),
    ... )
    >>> curve = sx.specification_curve(panel, design, axes=axes)
    >>> len(curve.rows), round(curve.claim_shares()["destination grew"], 2)
    (2, 1.0)
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    axes = Specifications() if axes is None else axes
    panels = check_inputs(source, design, axes, verb="specification_curve")
    refuse(*_margin_problems(margin), *beyond_the_data(axes, panels), *no_workers(n_jobs))
    asked = combinations(axes, panels, design)
    work = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_answer)(each, panels, design, detection, margin) for each in asked
    )
    shown = tqdm(work, total=len(asked), desc="specifications", disable=None, leave=False)
    return SpecificationCurve(tuple(shown), design, axes, panels, detection, margin)


def beyond_the_data(axes: Specifications, panels: Mapping[str, Panel]) -> list[Problem]:
    """Return windows with an end, and donors, that no indicator has.

    Parameters
    ----------
    axes : Specifications
        The choices.
    panels : mapping of str to Panel
        The indicators by name.
    """
    calendars = [panel.calendar for panel in panels.values()]
    units = sorted({unit for panel in panels.values() for unit in panel.units})
    spans = ", ".join(dict.fromkeys(f"{c.labels[0]} to {c.labels[-1]}" for c in calendars))
    problems = [
        Problem(f"windows hold {end!r}", f"periods of the data, {spans}", "None takes all of it")
        for end in dict.fromkeys(end for window in axes.windows for end in window)
        if end is not None and not any(c.first <= c.ordinal(end) <= c.last for c in calendars)
    ]
    problems += [
        Problem(f"donors hold {unit!r}", "units of the panel", suggest(unit, units))
        for unit in dict.fromkeys(unit for _, named in axes.donors for unit in named)
        if unit not in units
    ]
    return problems


def _margin_problems(margin: object) -> list[Problem]:
    """Return the problem of a margin that is none."""
    if is_finite(margin) and margin > 0:
        return []
    return [Problem(f"margin = {margin!r}", "a positive share", "write 0.10")]


def check_inputs(source: object, design: object, axes: object, *, verb: str) -> dict[str, Panel]:
    """Return the indicators by name, after making sure that there is a study.

    Parameters
    ----------
    source, design, axes : object
        What should be panels, a design and specifications.
    verb : str
        Who asks.

    Raises
    ------
    TypeError
        When panels, design or axes are of another type.
    DesignError
        When an indicator is named twice or unknown.
    """
    given = (source,) if isinstance(source, Panel) else source
    if not isinstance(given, Sequence) or not given or not all(isinstance(p, Panel) for p in given):
        message = f"{verb} takes a Panel or several; given {type(source).__name__}"
        raise TypeError(message)
    for name, value, kind in (("design", design, Design), ("axes", axes, Specifications)):
        if not isinstance(value, kind):
            message = f"{name} is a {type(value).__name__}, not {kind.__name__}"
            raise TypeError(message)
    each = [(i.name, panel[i.name]) for panel in given for i in panel.indicators]
    names = [name for name, _ in each]
    wanted = axes.indicators if isinstance(axes, Specifications) else ()
    problems = [
        Problem(f"two indicators named {name!r}", "names used once", "rename one of them")
        for name in dict.fromkeys(n for n in names if names.count(n) > 1)
    ]
    problems += [
        Problem(f"indicators hold {name!r}", "an indicator that is given", suggest(name, names))
        for name in wanted
        if name not in names
    ]
    refuse(*problems)
    return {name: panel for name, panel in each if not wanted or name in wanted}


def fit_quietly(
    specification: Specification, panels: Mapping[str, Panel], design: Design
) -> tuple[Result, tuple[str, ...]]:
    """Return the fit of one specification, and its notes with the warnings among them.

    Raises
    ------
    ShiftexpError
        When the specification refuses.
    """
    if specification.estimator is None:
        raise DesignError(
            Problem(specification.contradiction, "settings that fit together", "drop the choice")
        )
    posed = pose(specification, panels, design)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = specification.estimator.fit(posed.panel, posed.design)
    said = dict.fromkeys(str(warning.message) for warning in caught)
    return result, (*posed.notes, *said)


def _answer(
    specification: Specification,
    panels: Mapping[str, Panel],
    design: Design,
    detection: Detection | None,
    margin: float,
) -> CurveRow:
    """Return what one specification says, or its refusal."""
    try:
        result, notes = fit_quietly(specification, panels, design)
        verdict = weigh([result], detection=detection, margin=margin)
        before = levels_before(result, panels[specification.indicator].calendar.per_year)
        found = result.estimates
        row = CurveRow(specification, found, before, verdict.state, notes=notes)
        claims = verdict.claims
        sectors = () if verdict.state == "gate failed" else verdict.sectors
    except ShiftexpError as error:
        return CurveRow(specification, refusal=str(error))
    return replace(row, sectors=sectors, claims=_of_series(claims))


def _of_series(claims: Sequence[Claim]) -> tuple[tuple[str, str], ...]:
    """Return the claims that series can carry; a curve has no other evidence."""
    return tuple((c.name, c.status) for c in claims if c.name not in _NOT_SERIES)


def levels_before(result: Result, per_year: int) -> tuple[float, float]:
    """Return the mean observed before the onset at both sides, per year where values add."""
    paths = result.paths
    annual = per_year if result.indicator.additive else 1
    means = [
        float(np.nanmean(values[paths.pre])) * annual if name else math.nan
        for values, name in zip(paths.observed, paths.names, strict=True)
    ]
    return means[0], means[1]
