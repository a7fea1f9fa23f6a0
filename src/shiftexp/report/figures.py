"""The figures of a cell as inline SVG, at most three, each captioned with what it rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shiftexp.flow import Flow
from shiftexp.plotting import drawn, unshown
from shiftexp.policy import PolicyEvents
from shiftexp.report.changes import counts_words, is_windows
from shiftexp.report.language import ENGLISH, Words
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.report.wording import capital, drift_words, place
from shiftexp.result import Result
from shiftexp.robustness import SpecificationCurve

if TYPE_CHECKING:
    from shiftexp.verdict import Verdict

MOST = 3
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    Attributes
    ----------
    svg : str
        The drawing, an SVG element.
    caption : str
        What it shows and what it rests on.
    """

    svg: str
    caption: str

    def __html__(self) -> str:
        """Stand in a template unescaped: the drawing is our own, and its words are paths."""
        return self.svg


def matrix_figure(study: StudyPage) -> Figure | None:
    """Return verdicts against sectors; None for a study without cells."""
    verdicts = list(study.verdicts)
    if not verdicts:
        return None
    return _figure(verdicts, study.words("figure.matrix"))


def design_figures(page: DesignPage) -> tuple[Figure, ...]:
    """Return plane and series where the gate passed, else each side alone and two windows.

    Parameters
    ----------
    page : DesignPage
        One design.
    """
    verdict, words = page.verdict, page.words
    if verdict.state != "gate failed" and verdict.results:
        first = verdict.results[0]
        series = _figure(first, _series_caption(first, words))
        return (_figure(verdict, _plane_caption(page)), series)
    alone = [study.result for study in page.sides if study.result is not None]
    found = [_figure(result, _alone_caption(result, words)) for result in alone]
    if page.contrasts and len(alone) < len(page.sides):
        windows = page.contrasts[0]
        found.append(_figure(windows, _windows_caption(windows, words)))
    return tuple(found[:MOST])


def flow_figure(flow: Flow, words: Words = ENGLISH) -> Figure:
    """Return limits on a flow by the own changes that are believed in.

    Parameters
    ----------
    flow : Flow
        What a model of the flow says.
    words : Words
        The words of its language.
    """
    marked = f" {words('figure.flow_donors')}" if flow.like_donors else ""
    return _figure(flow, words("figure.flow") + marked)


def curve_figure(curve: SpecificationCurve, estimand: str, words: Words = ENGLISH) -> Figure:
    """Return a whole specification curve above its choices.

    Parameters
    ----------
    curve : SpecificationCurve
        The curve.
    estimand : str
        What is drawn.
    words : Words
        The words of its language.
    """
    refused = words("figure.curve_refused") if curve.refused else ""
    return _figure(curve, words("figure.curve", refused=refused), estimand=estimand)


def events_figure(found: PolicyEvents, words: Words = ENGLISH) -> Figure:
    """Return the effects of dated events on either side, one below the other.

    Parameters
    ----------
    found : PolicyEvents
        A table with at least one estimate.
    words : Words
        The words of its language.
    """
    return _figure(found, words("figure.events"))


def _figure(
    shown: Result | Flow | PolicyEvents | SpecificationCurve | Verdict | Sequence[Verdict],
    caption: str,
    **options: str,
) -> Figure:
    """Return a drawing with its caption."""
    with unshown():
        return Figure(_METADATA.sub("", drawn(shown, **options).text()), caption)


def _plane_caption(page: DesignPage) -> str:
    """Say what the plane shows."""
    verdict, words = page.verdict, page.words
    result = verdict.results[0]
    drift = drift_words(verdict.drift_of(result), words)
    paired = all(result.paths.names) and result.effects.answers((1.0, 1.0))
    return words("figure.plane" if paired else "figure.no_plane", drift=drift)


def _series_caption(result: Result, words: Words) -> str:
    """Say what the series show."""
    return words(
        "figure.series",
        names=words.listed([place(name, words) for name in result.paths.names if name]),
        counts=counts_words(result, words),
        model=result.name,
    )


def _windows_caption(result: Result, words: Words) -> str:
    """Say what two windows show."""
    return words("figure.windows", counts=counts_words(result, words))


def _alone_caption(result: Result, words: Words) -> str:
    """Say what one side alone shows."""
    if is_windows(result):
        return _windows_caption(result, words)
    name = capital(place(next(name for name in result.paths.names if name), words))
    counted = counts_words(result, words)
    return words("figure.alone", name=name, counts=counted, model=result.name)
