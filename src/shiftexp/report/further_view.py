"""Description, rival hypotheses and sector weights of a design, ready to be shown."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from shiftexp.description import (
    Description,
    PairDescription,
    SeriesDescription,
    StructuralBreaks,
)
from shiftexp.report.changes import indicator_of
from shiftexp.report.further import Further
from shiftexp.report.language import InEnglish, Words
from shiftexp.report.page import DesignPage
from shiftexp.report.sheet import Sheet, phrased, sheet
from shiftexp.report.wording import (
    NO_VALUE,
    amount,
    capital,
    general,
    place,
    plain,
    probability,
    sentence,
    unit_words,
)
from shiftexp.rivals import RivalModels
from shiftexp.rivals.fitting import MUCH_LIKELIER, likelier
from shiftexp.sector_weights import PRIOR_TIMES, SectorWeights
from shiftexp.table import format_number

_SPAN = re.compile(r"([\d.]+) to ([\d.]+)")
_DECIMAL = re.compile(r"\d+\.\d+")
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
        found.append(_described(further.description, page))
    if further.rivals:
        found.append(_rivals(further.rivals, page))
    if further.weights:
        found.append(_weighed(further, page))
    if further.refusals:
        found.append(_refused(further, page.words))
    return tuple(found)


def _described(found: Description, page: DesignPage) -> Section:
    """Return growth, breaks, shares and accounts, labelled as a description."""
    pair, name, words = found.pair, page.name, page.words
    own = [
        words.headed(place(s.series.name, words), words.told(note))
        for s in found.series
        for note in s.notes
    ]
    count = len(pair.names) if pair else len(found.series)
    both = [_break_row(part, words) for part in (pair.breaks if pair else ())]
    shown = [*(_series_row(series, words) for series in found.series[:count]), *both]
    donors = [_series_row(series, words) for series in found.series[count:]]
    return Section(
        heading=words("description.heading"),
        sentence=words("description.sentence"),
        tables=_filled(_series_sheet("growth", found, shown, page)),
        folded=_filled(
            _series_sheet("growth_donors", found, donors, page),
            _accounts_sheet(pair, name, words),
            _shares_sheet(pair, name, words),
        ),
        notes=tuple(
            dict.fromkeys(
                (
                    *map(words.told, found.notes),
                    *own,
                    *map(words.told, pair.notes if pair else ()),
                )
            )
        ),
    )


def _unit(unit: str, page: DesignPage) -> str:
    """Say a unit in the language of the page; a count names what is counted."""
    return unit_words(unit, indicator_of(page), page.words)


def _filled(*tables: Sheet) -> tuple[Sheet, ...]:
    """Return the tables that have rows."""
    return tuple(table for table in tables if table)


def _series_sheet(
    section: str, found: Description, rows: list[tuple[str, ...]], page: DesignPage
) -> Sheet:
    """Return a row for each series: values, growth a year, breaks with their dates."""
    return phrased(
        section,
        page.words,
        rows,
        name=page.name,
        numeric=(1, 3, 4, 6),
        wide=(5,),
        unit=_unit(found.unit, page),
        level=general(100 * found.level, page.words),
    )


def _series_row(found: SeriesDescription, words: Words) -> tuple[str, ...]:
    """Return one series."""
    row, growth = found.row(), found.growth
    ends = (
        f"{amount(float(str(row['first'])), words)} ({row['first_period']}) → "
        f"{amount(float(str(row['last'])), words)} ({row['last_period']})"
    )
    span = words("writing.ends", low=_rate(growth.low, words), high=_rate(growth.high, words))
    none = words("description.none_found" if found.breaks else "description.not_asked")
    return (
        capital(place(found.series.name, words)),
        str(row["observed"]),
        ends if row["observed"] else NO_VALUE,
        _rate(growth.percent, words),
        NO_VALUE if math.isnan(growth.low) else span,
        _dates(found.breaks, words) or none,
        probability(float(str(row["sup_f_p"])), words),
    )


def _break_row(found: StructuralBreaks, words: Words) -> tuple[str, ...]:
    """Return the breaks of a combination of both sides."""
    said = _dates(found, words) or words("description.none_found")
    name = capital(words.told(found.series.name))
    return name, *((NO_VALUE,) * 4), said, probability(found["sup-F"].p_value, words)


def _dates(found: StructuralBreaks | None, words: Words) -> str:
    """Say when a series breaks, with the limits of each date; "" where it does not."""
    dates = found.dates if found else ()
    spans = ((d.period, words("writing.ends", low=d.low, high=d.high)) for d in dates)
    return ", ".join(f"{period} ({ends})" for period, ends in spans)


def _rate(value: float, words: Words) -> str:
    """Write a growth rate in per cent with one decimal."""
    if math.isnan(value):
        return NO_VALUE
    return words.percent(words.written(f"{value:+,.1f}").replace("-", "−"))


def _accounts_sheet(pair: PairDescription | None, name: str, words: Words) -> Sheet:
    """Return shift-share and LMDI-I of the change, labelled as accounting."""
    rows = [] if pair is None else pair.accounts_frame().to_dict("records")
    cells = [
        (
            capital(words.told(str(row["account"]))),
            capital(place(str(row["unit"]), words)),
            words.told(str(row["part"])),
            amount(float(row["amount"]), words, signed=True),
        )
        for row in rows
    ]
    return phrased("accounts", words, cells, name=name, numeric=(3,))


def _shares_sheet(pair: PairDescription | None, name: str, words: Words) -> Sheet:
    """Return both sides by period, with the destination's share."""
    rows = [] if pair is None else pair.to_frame().to_dict("records")
    keys = ("origin", "destination", "total", "share", "log_ratio")
    cells = [
        (str(row["period"]), *(amount(float(row[key]), words) for key in keys))
        for row in rows
        if math.isfinite(row["origin"])
    ]
    return phrased("by_period", words, cells, name=name, numeric=range(1, 1 + len(keys)))


def _rivals(found: tuple[tuple[str, RivalModels], ...], page: DesignPage) -> Section:
    """Return rival hypotheses with their weights, a table for each set of assumptions."""
    words = page.words
    notes = [
        words.headed(_assumed(label, words), words.told(note))
        if len(found) > 1
        else words.told(note)
        for label, models in found
        for note in models.notes
    ]
    general_notes = [
        words.told(note) for _, m in found for note in m.remarks if note not in m.notes
    ]
    return Section(
        heading=words("rivals_said.heading"),
        sentence=f"{_likelier(found, words)}{words('rivals_said.sentence')}",
        tables=(
            _heaviest_sheet(found, page.name, words),
            *(_rivals_sheet(label, models, page) for label, models in found),
        ),
        notes=tuple(dict.fromkeys((*notes, *general_notes))),
    )


def _assumed(label: str, words: Words) -> str:
    """Say the assumptions of a table, which stand between commas."""
    return ", ".join(map(words.told, label.split(", ")))


def _heaviest_sheet(found: tuple[tuple[str, RivalModels], ...], name: str, words: Words) -> Sheet:
    """Return the heaviest hypothesis by every criterion, a row for each set of assumptions."""
    rows = [
        (
            capital(_assumed(label, words)),
            *(
                f"{words.sector(words.told(models.best[criterion]))} "
                f"({_share(float(np.nanmax(weight)), words)})"
                for criterion, weight in models.weights.items()
            ),
        )
        for label, models in found
    ]
    criteria = (words("heaviest.by", criterion=_criterion(c, words)) for c in found[0][1].weights)
    caption = words("heaviest.caption", name=plain(name))
    columns = (words("heaviest.assumed"), *criteria)
    return sheet(caption, columns, rows, note=words("heaviest.note"))


def _criterion(name: str, words: Words) -> str:
    """Say what weighs hypotheses: an abbreviation is the same in every language."""
    return words.told(name) if " " in name else name


def _likelier(found: tuple[tuple[str, RivalModels], ...], words: Words) -> str:
    """Say which assumptions make the data much likelier; "" where none does."""
    heights = sorted(((m.free.log_likelihood, label) for label, m in found), reverse=True)
    if len(heights) == 1 or heights[0][0] - heights[1][0] <= MUCH_LIKELIER:
        return ""
    gain = likelier(heights[0][0] - heights[1][0])
    times = words.written(gain) if gain[0].isdigit() else words.told(gain)
    return words("rivals_said.likelier", label=_assumed(heights[0][1], words), times=times) + " "


def _rivals_sheet(label: str, found: RivalModels, page: DesignPage) -> Sheet:
    """Return a row for each hypothesis, each weight with what hangs on its prior."""
    name, words = page.name, page.words
    tested = any(not math.isnan(fit.p_value) for fit in found.fits)
    rows = []
    for k, fit in enumerate(found.fits):
        bayes, sector = found.bayes_weights[:, k], found.weights_of_sectors[:, k]
        weights = (found.akaike_weights[k], found.bic_weights[k])
        cells = (
            capital(words.sector(words.told(fit.name))),
            _constraint(fit.constraint, words),
            amount(fit.origin, words, signed=True),
            amount(fit.destination, words, signed=True),
            _shares(weights, words),
            _shares(bayes, words),
            NO_VALUE if math.isnan(sector[0]) else _shares(sector, words),
        )
        chances = (fit.p_value, fit.power) if tested else ()
        rows.append((*cells, *(probability(value, words) for value in chances)))
    scale = found.sector_weights.prior_scale
    columns = (
        *words.columns("rivals.columns"),
        *(words.columns("rivals.tested") if tested else ()),
    )
    note = words(
        "rivals.note",
        unit=_unit(found.unit, page),
        window=words.told(found.window),
        fraction=words.written(format_number(found.fraction, 2)),
        scales=", ".join(general(times * scale, words) for times in PRIOR_TIMES),
    )
    caption = words("rivals.caption", label=_assumed(label, words), name=plain(name))
    return sheet(caption, columns, rows, numeric=range(2, len(columns)), wide=(1,), note=note)


def _constraint(text: str, words: Words) -> str:
    """Write what a hypothesis says of both effects; a formula is the same in every language."""
    said = words.told(text)
    if isinstance(said, InEnglish):
        spans = _SPAN.sub(lambda ends: words("writing.ends", low=ends[1], high=ends[2]), text)
        said = _DECIMAL.sub(lambda number: words.written(number[0]), spans)
    return said.replace("Delta_", "Δ").replace("-", "−")


def _share(weight: float, words: Words) -> str:
    """Write a weight with two digits."""
    return words.written(f"{weight:.2f}")


def _shares(weights: Iterable[float], words: Words) -> str:
    """Write several weights of one hypothesis."""
    return " / ".join(_share(float(weight), words) for weight in weights)


def _weighed(further: Further, page: DesignPage) -> Section:
    """Return sector weights of posteriors, under priors half, once and twice as wide."""
    words = page.words
    doubts = (
        words("weights_said.doubtful", model=model, why=words.told(why))
        for model, _, whys in further.weights
        for why in whys
    )
    return Section(
        heading=words("weights_said.heading"),
        sentence=" ".join(_weights_words(m, found, words) for m, found, _ in further.weights),
        tables=tuple(_weights_sheet(m, found, page) for m, found, _ in further.weights),
        notes=(*doubts, words("weights_said.prior"), words("weights_said.both")),
    )


def _weights_words(model: str, found: SectorWeights, words: Words) -> str:
    """Say what is left, what is declared, and what hangs on the prior."""
    moved = ", ".join(map(words.sector, found.sensitive))
    said = words(
        "weights_said.left",
        model=model,
        count=len(found.sectors),
        left=", ".join(map(words.sector, found.sectors)),
        declared=words.sector(found.declared) if found.declared else words("weights_said.none"),
        hangs=words("weights_said.moves", moved=moved) if moved else words("weights_said.still"),
    )
    return sentence(said)


def _weights_sheet(model: str, found: SectorWeights, page: DesignPage) -> Sheet:
    """Return a row for each sector."""
    words = page.words
    frame = found.to_frame()
    rows = [
        (
            capital(words.sector(str(row["sector"]))),
            _share(row["posterior"], words),
            _share(row["prior"], words),
            *(_share(found.weights[i, k], words) for i in range(len(PRIOR_TIMES))),
            words(f"weights.{'declared' if row['declared'] else 'left' if row['kept'] else 'out'}"),
        )
        for k, row in enumerate(frame.to_dict("records"))
    ]
    scales = [f"{general(times * found.prior_scale, words)} m" for times in PRIOR_TIMES]
    columns = (
        *words.columns("weights.columns"),
        *(words("weights.weight", scale=scale) for scale in scales),
        words("weights.once", scale=scales[_ONCE]),
    )
    note = words(
        "weights.note",
        smallest=words.listed([amount(value, words) for value in dict.fromkeys(found.smallest)]),
        unit=_unit(found.unit, page),
        drift=words.written(f"{found.drift:.2g}"),
    )
    caption = words("weights.caption", model=model, name=plain(page.name))
    return sheet(caption, columns, rows, numeric=(1, 2, 3, 4, 5), note=note)


def _refused(further: Further, words: Words) -> Section:
    """Return what was asked and not had."""
    asked = ", ".join(dict.fromkeys(words.told(what) for what, _ in further.refusals))
    return Section(
        heading=words("not_had.heading"),
        sentence=words("not_had.sentence", asked=asked),
        notes=tuple(words.headed(words.told(what), why) for what, why in further.refusals),
    )
