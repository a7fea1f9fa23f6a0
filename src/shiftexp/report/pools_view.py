"""Pooled cells on the overview: what they say together, how far they differ, why some refuse."""

from __future__ import annotations

from shiftexp.plane import NET
from shiftexp.pooling import Pooled
from shiftexp.report.further import PoolAnswer
from shiftexp.report.further_view import Section
from shiftexp.report.language import Words
from shiftexp.report.page import StudyPage
from shiftexp.report.sheet import Sheet, phrased
from shiftexp.report.wording import NO_VALUE, amount, general, limits, plain, set_cell


def pools_section(study: StudyPage) -> Section | None:
    """Return what cells say together; None where a study pools none.

    Parameters
    ----------
    study : StudyPage
        The report.
    """
    if not study.pools:
        return None
    pooled = [(answer, answer.found) for answer in study.pools if answer.found is not None]
    refused = [answer for answer in study.pools if answer.found is None]
    words = study.words
    some = "pools_said.some" if refused else "pools_said.all"
    return Section(
        heading=words("pools_said.heading"),
        sentence=words(
            some if pooled else "pools_said.none",
            count=len(pooled),
            declared=words.plural(len(study.pools), "declared pool"),
        ),
        tables=tuple(_pool_sheet(answer, found, words) for answer, found in pooled),
        folded=(_refused_sheet(refused, words),) if refused else (),
        notes=tuple(
            words.headed(answer.title, note)
            for answer, found in pooled
            for note in _notes(answer, found, words)
        ),
    )


def _pool_sheet(answer: PoolAnswer, found: Pooled, words: Words) -> Sheet:
    """Return every cell alone, all together and one more of the kind, with the spread below."""
    level = words.percent(general(100 * found.level, words))
    rows = [
        (
            words.told(plain(str(row["indicator"]), words)),
            f"{words.known('side', row['side'])}, {words.told(row['kind'])}",
            amount(row["estimate"], words, signed=True),
            limits(row["conf_low"], row["conf_high"], words, signed=True),
            NO_VALUE if row["weight"] != row["weight"] else words.written(f"{row['weight']:.2f}"),
        )
        for row in found.to_frame().to_dict("records")
    ]
    if found.plane == "offset":
        net = set_cell(found.effects.interval(NET, found.level), words)
        estimate = amount(found.effects.estimate(NET), words, signed=True)
        rows.append((words("pool.pooled"), words("pool.net"), estimate, net, NO_VALUE))
    spread, noun = found.heterogeneity, words.known("pool_noun", found.noun)
    return phrased(
        "pool",
        words,
        rows,
        numeric=(2, 3, 4),
        title=answer.title,
        noun=noun.capitalize(),
        level=level,
        unit=words(f"pool.{found.plane}"),
        several=words.known("pool_nouns", f"{found.noun}s"),
        sd=amount(spread.median, words),
        ends=limits(spread.low, spread.high, words),
        scale=amount(found.scale, words),
    )


def _refused_sheet(refused: list[PoolAnswer], words: Words) -> Sheet:
    """Return pools that refuse, with what they lack."""
    rows = [
        (
            answer.title,
            ", ".join(map(plain, answer.cells)),
            words.joined(f"{plain(name)}, {why}" for name, why in answer.left_out) or NO_VALUE,
            answer.refusal,
        )
        for answer in refused
    ]
    return phrased("pools_refused", words, rows, wide=(0, 1, 2, 3))


def _notes(answer: PoolAnswer, found: Pooled, words: Words) -> tuple[str, ...]:
    """Return what the numbers rest on, and who is left out."""
    out = (words("pool.left_out", name=plain(name), why=why) for name, why in answer.left_out)
    return (*map(words.told, found.notes), *out)
