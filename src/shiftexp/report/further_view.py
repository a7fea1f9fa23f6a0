"""Description, rival hypotheses and sector weights of a design, ready to be shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from shiftexp.description import (
    Description,
    PairDescription,
    SeriesDescription,
    StructuralBreaks,
)
from shiftexp.report.further import Further
from shiftexp.report.page import DesignPage
from shiftexp.report.sheet import Sheet, sheet
from shiftexp.report.wording import NO_VALUE, amount, capital, place, plain, probability, sentence
from shiftexp.rivals import RivalModels
from shiftexp.rivals.fitting import MUCH_LIKELIER, likelier
from shiftexp.sector_weights import PRIOR_TIMES, SectorWeights
from shiftexp.table import format_number

_BOTH_NOTE = "a verdict declares a sector only where its tests and its posteriors both declare it"
_PRIOR_NOTE = (
    "all sectors are as likely before the data under the middle prior; what a prior half or twice "
    "as wide changes rests on the prior, not on the data"
)
_ONCE = PRIOR_TIMES.index(1.0)


@dataclass(frozen=True, eq=False)
class Section:
    """One section of the page.

    Attributes
    ----------
    heading, sentence : str
        Its heading, and what it says in short.
    tables, folded : tuple of Sheet
        Tables that are shown, and those that unfold.
    notes : tuple of str
        How to read it.
    """

    heading: str
    sentence: str
    tables: tuple[Sheet, ...] = ()
    folded: tuple[Sheet, ...] = ()
    notes: tuple[str, ...] = ()


def further_sections(page: DesignPage) -> tuple[Section, ...]:
    """Return what a design was asked beside its effects, section by section.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    further = page.further
    found: list[Section] = []
    if further.description is not None:
        found.append(_described(further.description, page.name))
    if further.rivals:
        found.append(_rivals(further.rivals, page.name))
    if further.weights:
        found.append(_weighed(further, page.name))
    if further.refusals:
        found.append(_refused(further))
    return tuple(found)


def _described(found: Description, name: str) -> Section:
    """Return growth, breaks, shares and accounts, labelled as a description."""
    pair = found.pair
    own = [f"{place(s.series.name)}: {note}" for s in found.series for note in s.notes]
    notes = dict.fromkeys((*found.notes, *own, *(pair.notes if pair else ())))
    count = len(pair.names) if pair else len(found.series)
    both = [_break_row(part) for part in (pair.breaks if pair else ())]
    shown = [*map(_series_row, found.series[:count]), *both]
    donors = list(map(_series_row, found.series[count:]))
    return Section(
        heading="What the series look like: a description, no evidence",
        sentence=(
            "Growth, breaks, shares and accounts describe what was counted; a shift, growth of its "
            "own and a change of detection can all look like this."
        ),
        tables=_filled(_series_sheet(f"Growth and breaks, described: {plain(name)}", found, shown)),
        folded=_filled(
            _series_sheet(f"Growth and breaks of the donors: {plain(name)}", found, donors),
            _accounts_sheet(pair, name),
            _shares_sheet(pair, name),
        ),
        notes=tuple(notes),
    )


def _filled(*tables: Sheet) -> tuple[Sheet, ...]:
    """Return the tables that have rows."""
    return tuple(table for table in tables if table)


def _series_sheet(caption: str, found: Description, rows: list[tuple[str, ...]]) -> Sheet:
    """Return a row for each series: values, growth a year, breaks with their dates."""
    columns = (
        "Series",
        "Values",
        "First and last",
        "Growth a year",
        f"{100 * found.level:g} % limits",
        "Breaks, with limits of the date",
        "p of any break",
    )
    note = (
        f"In {plain(found.unit)}. Growth is that of a log-linear trend. A break says when a line "
        "bends or jumps, not why: another way of counting does as well; p is the sup-F test's."
    )
    return sheet(caption, columns, rows, numeric=(1, 3, 4, 6), wide=(5,), note=note)


def _series_row(found: SeriesDescription) -> tuple[str, ...]:
    """Return one series."""
    row, growth = found.row(), found.growth
    ends = (
        f"{amount(float(str(row['first'])))} ({row['first_period']}) → "
        f"{amount(float(str(row['last'])))} ({row['last_period']})"
    )
    return (
        capital(place(found.series.name)),
        str(row["observed"]),
        ends if row["observed"] else NO_VALUE,
        _rate(growth.percent),
        NO_VALUE if math.isnan(growth.low) else f"{_rate(growth.low)} to {_rate(growth.high)}",
        str(row["breaks"]) or ("none found" if found.breaks else "not asked: see the notes"),
        probability(float(str(row["sup_f_p"]))),
    )


def _break_row(found: StructuralBreaks) -> tuple[str, ...]:
    """Return the breaks of a combination of both sides."""
    dates = ", ".join(f"{d.period} ({d.low} to {d.high})" for d in found.dates) or "none found"
    empty = (NO_VALUE,) * 4
    return capital(found.series.name), *empty, dates, probability(found["sup-F"].p_value)


def _rate(value: float) -> str:
    """Write a growth rate in per cent with one decimal."""
    return NO_VALUE if math.isnan(value) else f"{value:+,.1f} %".replace("-", "−")


def _accounts_sheet(pair: PairDescription | None, name: str) -> Sheet:
    """Return shift-share and LMDI-I of the change, labelled as accounting."""
    rows = [] if pair is None else pair.accounts_frame().to_dict("records")
    cells = [
        (
            capital(str(row["account"])),
            capital(place(str(row["unit"]))),
            str(row["part"]),
            amount(float(row["amount"]), signed=True),
        )
        for row in rows
    ]
    note = (
        "Accounting: exact parts of the change of means from before the onset to after it. A "
        "relative shift is arithmetic on shares, whatever made them change."
    )
    columns = ("Account", "Side", "Part", "Amount")
    return sheet(f"Accounts of the change: {plain(name)}", columns, cells, numeric=(3,), note=note)


def _shares_sheet(pair: PairDescription | None, name: str) -> Sheet:
    """Return both sides by period, with the destination's share."""
    rows = [] if pair is None else pair.to_frame().to_dict("records")
    keys = ("origin", "destination", "total", "share", "log_ratio")
    cells = [
        (str(row["period"]), *(amount(float(row[key])) for key in keys))
        for row in rows
        if math.isfinite(row["origin"])
    ]
    columns = ("Period", "Origin", "Destination", "Total", "Destination's share", "Log ratio")
    caption = f"Both sides by period: {plain(name)}"
    return sheet(caption, columns, cells, numeric=range(1, len(columns)))


def _rivals(found: tuple[tuple[str, RivalModels], ...], name: str) -> Section:
    """Return rival hypotheses with their weights, a table for each set of assumptions."""
    notes = [
        f"{label}: {note}" if len(found) > 1 else note
        for label, models in found
        for note in models.notes
    ]
    general = [note for _, m in found for note in m.remarks if note not in m.notes]
    return Section(
        heading="Rival hypotheses on one likelihood",
        sentence=(
            f"{_likelier(found)}Weights compare the hypotheses of a table with one another: they "
            "are no error rates and no evidence, and one is heaviest even where none is true."
        ),
        tables=(
            _heaviest_sheet(found, name),
            *(_rivals_sheet(label, models, name) for label, models in found),
        ),
        notes=tuple(dict.fromkeys((*notes, *general))),
    )


def _heaviest_sheet(found: tuple[tuple[str, RivalModels], ...], name: str) -> Sheet:
    """Return the heaviest hypothesis by every criterion, a row for each set of assumptions."""
    rows = [
        (
            capital(label),
            *(
                f"{models.best[criterion]} ({_share(float(np.nanmax(weight)))})"
                for criterion, weight in models.weights.items()
            ),
        )
        for label, models in found
    ]
    columns = ("Assumed", *(f"By {criterion}" for criterion in found[0][1].weights))
    note = "None of the criteria decides alone; shift-compatible is never shown to be a shift."
    return sheet(f"Heaviest hypothesis (its weight): {plain(name)}", columns, rows, note=note)


def _likelier(found: tuple[tuple[str, RivalModels], ...]) -> str:
    """Say which assumptions make the data much likelier; "" where none does."""
    heights = sorted(((m.free.log_likelihood, label) for label, m in found), reverse=True)
    if len(heights) == 1 or heights[0][0] - heights[1][0] <= MUCH_LIKELIER:
        return ""
    times = likelier(heights[0][0] - heights[1][0])
    return (
        f"Read first: {heights[0][1]}, where the data are {times} times as likely; under the "
        "wrong assumptions an effect may read as null. "
    )


def _rivals_sheet(label: str, found: RivalModels, name: str) -> Sheet:
    """Return a row for each hypothesis, each weight with what hangs on its prior."""
    tested = any(not math.isnan(fit.p_value) for fit in found.fits)
    rows = []
    for k, fit in enumerate(found.fits):
        bayes, sector = found.bayes_weights[:, k], found.weights_of_sectors[:, k]
        cells = (
            capital(fit.name),
            fit.constraint.replace("Delta_", "Δ").replace("-", "−"),
            amount(fit.origin, signed=True),
            amount(fit.destination, signed=True),
            f"{_share(found.akaike_weights[k])} / {_share(found.bic_weights[k])}",
            " / ".join(map(_share, bayes)),
            NO_VALUE if math.isnan(sector[0]) else " / ".join(map(_share, sector)),
        )
        chances = (probability(fit.p_value), probability(fit.power)) if tested else ()
        rows.append((*cells, *chances))
    scale = found.sector_weights.prior_scale
    columns = (
        "Hypothesis",
        "Says of the effects",
        "Origin",
        "Destination",
        "AICc / BIC",
        "Bayes",
        "Sector Bayes",
        *(("p", "Power") if tested else ()),
    )
    note = (
        f"Effects (ΔO, ΔD) at the maximum, in {plain(found.unit)}; {found.window}. The other "
        f"numbers are weights: Bayes with fractions b = {format_number(found.fraction, 2)}, 2b and "
        f"3b of the data as prior; sector Bayes with prior standard deviations of "
        f"{', '.join(f'{times * scale:g}' for times in PRIOR_TIMES)} m, over all nine sectors; "
        "hypotheses that are no sector have none."
    )
    caption = f"Rival hypotheses, {label}: {plain(name)}"
    return sheet(caption, columns, rows, numeric=range(2, len(columns)), wide=(1,), note=note)


def _share(weight: float) -> str:
    """Write a weight with two digits."""
    return f"{weight:.2f}"


def _weighed(further: Further, name: str) -> Section:
    """Return sector weights of posteriors, under priors half, once and twice as wide."""
    return Section(
        heading="How heavy the sectors are under a posterior, and under other priors",
        sentence=" ".join(_weights_words(model, found) for model, found, _ in further.weights),
        tables=tuple(_weights_sheet(model, found, name) for model, found, _ in further.weights),
        notes=(
            *(f"{model}: doubtful, {why}" for model, _, whys in further.weights for why in whys),
            _PRIOR_NOTE,
            _BOTH_NOTE,
        ),
    )


def _weights_words(model: str, found: SectorWeights) -> str:
    """Say what is left, what is declared, and what hangs on the prior."""
    left = ", ".join(found.sectors)
    moved = ", ".join(found.sensitive)
    hangs = f"a prior half or twice as wide moves {moved}" if moved else "no prior tried moves any"
    return sentence(
        f"{model}: {len(found.sectors)} of 9 sectors left ({left}); declared: "
        f"{found.declared or 'none'}; {hangs}"
    )


def _weights_sheet(model: str, found: SectorWeights, name: str) -> Sheet:
    """Return a row for each sector."""
    frame = found.to_frame()
    rows = [
        (
            capital(str(row["sector"])),
            _share(row["posterior"]),
            _share(row["prior"]),
            *(_share(found.weights[i, k]) for i in range(len(PRIOR_TIMES))),
            "declared" if row["declared"] else "left" if row["kept"] else "out",
        )
        for k, row in enumerate(frame.to_dict("records"))
    ]
    scales = [f"{times * found.prior_scale:g} m" for times in PRIOR_TIMES]
    columns = (
        "Sector",
        "Posterior mass",
        "Prior mass",
        *(f"Weight, prior sd {scale}" for scale in scales),
        f"With prior sd {scales[_ONCE]}",
    )
    m = " and ".join(amount(value) for value in dict.fromkeys(found.smallest))
    note = (
        f"Weight is posterior over prior mass. m, the smallest change that matters: {m} "
        f"{plain(found.unit)}; detection drift {found.drift:.2g} integrated."
    )
    caption = f"Sector weights of {model}: {plain(name)}"
    return sheet(caption, columns, rows, numeric=(1, 2, 3, 4, 5), note=note)


def _refused(further: Further) -> Section:
    """Return what was asked and not had."""
    asked = ", ".join(dict.fromkeys(what for what, _ in further.refusals))
    return Section(
        heading="Asked for, and not to be had",
        sentence=f"Not to be had here: {asked}.",
        notes=tuple(f"{what}: {why}" for what, why in further.refusals),
    )
