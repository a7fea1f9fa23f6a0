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
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.report.wording import drift_words, listed, place
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
    caption = (
        "Verdicts against the nine sectors, the patterns of the two effects: which are excluded, "
        "which are not, and where the data carry no claim. Negative controls come last. The "
        "primary designs are written out in the table above."
    )
    return _figure(verdicts, caption)


def design_figures(page: DesignPage) -> tuple[Figure, ...]:
    """Return plane and series where the gate passed, else each side alone and two windows.

    Parameters
    ----------
    page : DesignPage
        One design.
    """
    verdict = page.verdict
    if verdict.state != "gate failed" and verdict.results:
        first = verdict.results[0]
        return (_figure(verdict, _plane_caption(verdict)), _figure(first, _series_caption(first)))
    alone = [study.result for study in page.sides if study.result is not None]
    found = [_figure(result, _alone_caption(result)) for result in alone]
    if page.contrasts and len(alone) < len(page.sides):
        found.append(_figure(page.contrasts[0], _windows_caption(page.contrasts[0])))
    return tuple(found[:MOST])


def flow_figure(flow: Flow) -> Figure:
    """Return limits on a flow by the own changes that are believed in.

    Parameters
    ----------
    flow : Flow
        What a model of the flow says.
    """
    marked = " The bar is where donors say that own changes lie." if flow.like_donors else ""
    caption = (
        "How much can have flowed, by how large own changes of both places at the onset are "
        "believed to be. The most rests on their signs alone; the least is a statement about that "
        f"belief.{marked}"
    )
    return _figure(flow, caption)


def curve_figure(curve: SpecificationCurve, estimand: str) -> Figure:
    """Return a whole specification curve above its choices.

    Parameters
    ----------
    curve : SpecificationCurve
        The curve.
    estimand : str
        What is drawn.
    """
    refused = "; those that refuse stand at the right" if curve.refused else ""
    caption = (
        "Every specification that was declared, by its estimate, with its choices below"
        f"{refused}. The median is the statistic of the curve, not either of its ends."
    )
    return _figure(curve, caption, estimand=estimand)


def events_figure(found: PolicyEvents) -> Figure:
    """Return the effects of dated events on either side, one below the other.

    Parameters
    ----------
    found : PolicyEvents
        A table with at least one estimate.
    """
    caption = (
        "What changed at the onset of each dated event that can be studied, on either side, by the "
        "first specification. Events inside one window mix: a row says what changed then, not "
        "which event did it."
    )
    return _figure(found, caption)


def _figure(
    shown: Result | Flow | PolicyEvents | SpecificationCurve | Verdict | Sequence[Verdict],
    caption: str,
    **options: str,
) -> Figure:
    """Return a drawing with its caption."""
    with unshown():
        return Figure(_METADATA.sub("", drawn(shown, **options).text()), caption)


def _plane_caption(verdict: Verdict) -> str:
    """Say what the plane shows."""
    result, drift = verdict.results[0], drift_words(verdict.drift_of(verdict.results[0]))
    if not all(result.paths.names) or not result.effects.answers((1.0, 1.0)):
        return (
            f"The effect of each side with its 95 % interval, {drift}. There is no "
            "plane of both effects: they cannot be added here."
        )
    return (
        "The pair of effects on the shift-expansion plane: origin to the right, destination "
        "upwards. The region holds the pairs that the first specification does not reject at "
        f"95 %, {drift}. Sectors are tested one by one, by four in five specifications: one that "
        "the region just reaches may be excluded all the same, and a note in the figure says so."
    )


def _series_caption(result: Result) -> str:
    """Say what the series show."""
    names = listed([place(name) for name in result.paths.names if name])
    return (
        f"Observed values of {names} and what each would have been by its own counterfactual: "
        "before the onset the fitted path, from then on the observed value less the estimated "
        "effect, so that the ups and downs of a year stay in; "
        f"{counts_words(result)}; {result.name}."
    )


def _windows_caption(result: Result) -> str:
    """Say what two windows show."""
    return (
        f"Two windows of counts, {counts_words(result)}: observed values and the mean before. A "
        "description, no model of what would have been."
    )


def _alone_caption(result: Result) -> str:
    """Say what one side alone shows."""
    if is_windows(result):
        return _windows_caption(result)
    name = place(next(name for name in result.paths.names if name))
    return (
        f"{name[:1].upper()}{name[1:]} alone against its own past, {counts_words(result)}; "
        f"{result.name}. It says nothing of where a change came from."
    )
