"""`describe`: what the series of a panel are like, and with a design what the pair is like."""

from __future__ import annotations

from dataclasses import replace

from shiftexp.datasets import Dataset
from shiftexp.description.breaking import (
    BreakSettings,
    breaks_of,
    series_problems,
    testable_date,
)
from shiftexp.description.dating import Errors
from shiftexp.description.description import Description, SeriesDescription
from shiftexp.description.growth import GROWTH_METHOD, mean_growth
from shiftexp.description.observed import NOT_EVIDENCE, Observed
from shiftexp.description.pairs import describe_pair
from shiftexp.design import Design
from shiftexp.errors import Problem, suggest
from shiftexp.panel import Panel
from shiftexp.scalars import refuse

_RANGE = "the onset is a range: no Chow test, whose date must be known beforehand"


def describe(
    data: Panel | Dataset,
    design: Design | str | None = None,
    *,
    indicator: str | None = None,
    trend: bool = True,
    errors: Errors = "persistent",
    trimming: float = 0.15,
    level: float = 0.95,
    simulations: int = 999,
    rng: int = 1,
) -> Description:
    r"""Return what series are like: growth, breaks, and with a design shares and exact accounts.

    .. math:: \log y_t = a + b t + u_t, \qquad \text{growth} = 100 (e^b - 1) \text{ per cent a year}

    Parameters
    ----------
    data : Panel or Dataset
        A panel of one indicator or more, or a data set, which is read with ``indicator``, or with
        the name of a declared design.
    design : Design or str, optional
        The study, or the name of one that a data set declares: its origin, destination and donors
        are described, in its window; without it all units.
    indicator : str, optional
        Which indicator, where there are several.
    trend : bool, default True
        Whether breaks are those of a line with a slope.
    errors : {"autoregressive", "persistent", "independent"}, default "persistent"
        Errors under which p-values of breaks are simulated, as in `structural_breaks`.
    trimming : float, default 0.15
        Share of the observations that a segment must have.
    level : float, default 0.95
        Level of the limits.
    simulations : int, default 999
        Series that each p is counted in.
    rng : int, default 1
        Seed of these.

    Returns
    -------
    Description
        A row for each series: values, first and last, mean growth, breaks. With both sides of a
        design also ``pair``: share D / (O + D), log ratio and log total by period, shift-share and
        LMDI-I of the change. All of it is labelled as description or accounting.

    Raises
    ------
    DesignError
        When settings are none, there is no panel or data set, the indicator is missing or unknown,
        or a design is named that there is none of; all are listed.
    DesignError
        When the design does not fit the panel.
    PanelError
        When a data set has no such series, or several.

    Notes
    -----
    Growth is that of a log-linear trend; its limits invert the nearly optimal test EMW-LL, which
    holds its level under autocorrelated and drifting errors. Breaks as in `structural_breaks`, on
    a log scale where all values are above zero. A series with too few values has neither, and says
    so.

    When not to use it: to say that anything moved. Growth here and decline there, breaks in one
    year and relative shifts are what a shift, growth of its own and a change of detection all look
    like; `weigh` says what the data exclude.

    References
    ----------
    Elliott, G., Mueller, U. K. & Watson, M. W. (2015). Nearly optimal tests when a nuisance
    parameter is present under the null hypothesis. Econometrica, 83, 771-811.
    https://doi.org/10.3982/ECTA10535

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(flow=30, sd=1, rng=1)
    >>> found = sx.describe(panel, design)
    >>> found["D"].breaks.dates[0].period, design.onset
    ('2013', 2013)
    >>> found.pair.accounts_frame()["reads_as"].unique().tolist()
    ['accounting']
    """
    settings = BreakSettings(
        scale="log", trend=trend, errors=errors, trimming=trimming, level=level,
        simulations=simulations, rng=rng,
    )  # fmt: skip
    refuse(*settings.problems(), *_not_asked(data, design, indicator))
    panel, study = _read(data, design, indicator)
    if study is None:
        calendar = panel.calendar
        every = [
            Observed.of(u, v, calendar) for u, v in zip(panel.units, panel.values[0], strict=True)
        ]
        return _description(panel, every, None, settings)
    return _of_design(panel, study, settings)


def _not_asked(data: object, design: object, indicator: object) -> list[Problem]:
    """Return what keeps data, design and indicator from being described."""
    problems = []
    if not isinstance(data, Panel | Dataset):
        needed = "a Panel or a Dataset"
        problems.append(Problem(f"data = a {type(data).__name__}", needed, "read it as a Panel"))
    if isinstance(design, str) and not isinstance(data, Dataset):
        problems.append(Problem(f"design = {design!r}", "a Design", "only a Dataset knows names"))
    elif design is not None and not isinstance(design, Design | str):
        given = f"design = a {type(design).__name__}"
        problems.append(Problem(given, "a Design, or the name of a declared one", "leave it out"))
    if isinstance(data, Panel):
        problems += _not_indicator(data, indicator)
    elif isinstance(data, Dataset) and indicator is None and not isinstance(design, str):
        needed = "an indicator, or the name of a declared design"
        problems.append(Problem("a data set alone", needed, "or give data.panel(...)"))
    return problems


def _not_indicator(panel: Panel, indicator: object) -> list[Problem]:
    """Return the problem of an indicator that is missing or unknown."""
    names = [known.name for known in panel.indicators]
    if indicator is None and len(names) > 1:
        given = f"a panel of {len(names)} indicators ({', '.join(names)})"
        return [Problem(given, "one of them", f"say indicator={names[0]!r}")]
    if indicator is not None and indicator not in names:
        given = f"indicator = {indicator!r}"
        return [Problem(given, "an indicator of the panel", suggest(str(indicator), names))]
    return []


def _read(
    data: Panel | Dataset, design: Design | str | None, indicator: str | None
) -> tuple[Panel, Design | None]:
    """Return the panel of one indicator, and the design."""
    if isinstance(data, Panel):
        study = design if isinstance(design, Design) else None
        return (data if indicator is None else data[indicator]), study
    if isinstance(design, str):
        return data.design_panel(design), data.design(design)
    return data.panel(indicator=indicator), design


def _of_design(panel: Panel, design: Design, settings: BreakSettings) -> Description:
    """Return what the design sees: both sides, donors, and the pair."""
    window = design.window(panel)
    sides = tuple(" + ".join(units) for units in design.sides)
    rows = [(name, values) for name, values in zip(sides, window.pair, strict=True) if name]
    rows += list(zip(window.donor_names, window.donors, strict=True))
    every = [Observed.of(name, values, window.calendar) for name, values in rows]
    known = int(window.onsets[0]) if len(window.onsets) == 1 else None
    found = _description(panel, every, known, settings)
    onset = window.calendar.labels[window.onsets[-1]]
    notes = found.notes if known is not None else (*found.notes, _RANGE)
    pair = None
    if all(sides):
        names = (sides[0], sides[1])
        pair = describe_pair(window, names, panel.indicator, known, settings)
    return replace(found, pair=pair, onset=onset, notes=(*notes, *window.dropped))


def _description(
    panel: Panel, every: list[Observed], known: int | None, settings: BreakSettings
) -> Description:
    """Return what is said of each series by itself."""
    return Description(
        indicator=panel.indicator.name,
        unit=panel.indicator.unit_of_measure,
        series=tuple(_series(series, known, settings) for series in every),
        pair=None,
        onset="",
        level=settings.level,
        notes=(
            NOT_EVIDENCE,
            f"growth: {GROWTH_METHOD}",
            f"sup-F: {settings.said}; break_order asks of levels without one: another p",
        ),
    )


def _series(series: Observed, known: int | None, settings: BreakSettings) -> SeriesDescription:
    """Return growth and breaks of one series, or why it has none."""
    growth = mean_growth(series, settings.level)
    notes = [growth.missing] if growth.missing else []
    own = settings if series.positive else replace(settings, scale="level")
    problems = series_problems(series, None, own)
    notes += [f"{p.given}; needed: {p.needed}: no breaks" for p in problems]
    breaks = None if problems else breaks_of(series, testable_date(series, known, own), own)
    return SeriesDescription(series, growth, breaks, tuple(dict.fromkeys(notes)))
