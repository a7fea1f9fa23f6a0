"""Models and rival hypotheses of one question side by side in one table, refusals among them."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.panel import Panel
from shiftexp.result import Estimator, Result
from shiftexp.rivals import RivalModels
from shiftexp.scalars import plural, refuse
from shiftexp.specification import one_fit
from shiftexp.table import Table
from shiftexp.wrappable import of_two_indicators

_SETS = ("origin", "destination", "net", "offset_ratio")
_WEIGHTS = ("aicc_weight", "bic_weight", "bayes_weight", "sector_weight")
_OF_HYPOTHESES = ("constraint", "parameters", "log_likelihood", *_WEIGHTS)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Table):
    """Results and hypotheses of one question, a row for each.

    Attributes
    ----------
    results : tuple of Result
        What the models say.
    names : tuple of str
        What each is called in the table.
    refused : tuple of (str, str)
        Models that refused the study, and why.
    hypotheses : tuple of RivalModels
        Rival hypotheses of the same question; their weights are no estimates and no evidence.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=6, rng=1)
    >>> models = [sx.InterruptedTimeSeries(trend=False), sx.DifferenceInDifferences()]
    >>> found = sx.compare_models(models, panel, design)
    >>> len(found.to_frame())
    2
    """

    results: tuple[Result, ...]
    names: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()
    hypotheses: tuple[RivalModels, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each model: estimates with the ends of their sets, and refusals.

        Beside hypotheses a column ``kind`` tells them from models; theirs are constrained maxima,
        without intervals, with their weights.
        """
        rows = [self._row(*pair) for pair in zip(self.names, self.results, strict=True)]
        rows += [{"model": name, "refused": reason} for name, reason in self.refused]
        ends = [column for name in _SETS for column in (name, f"{name}_low", f"{name}_high")]
        columns = ["model", *ends, "unit", "window", "inference", "refused"]
        if not self.hypotheses:
            return pd.DataFrame(rows, columns=columns)
        rows = [row | {"kind": "model"} for row in rows]
        rows += [row for found in self.hypotheses for row in _hypothesis_rows(found)]
        return pd.DataFrame(rows, columns=["kind", *columns, *_OF_HYPOTHESES])

    def tidy(self) -> pd.DataFrame:
        """Return the tidy rows of all results, with the model's name in front; no hypotheses."""
        named = zip(self.names, self.results, strict=True)
        return pd.concat([r.tidy().assign(model=name) for name, r in named], ignore_index=True)[
            ["model", *self.results[0].tidy().columns]
        ]

    @staticmethod
    def _row(name: str, result: Result) -> dict[str, object]:
        """Return one row of the table."""
        found: dict[str, object] = {"model": name}
        for row in result.tidy().itertuples():
            known = row.conf_kind in {"interval", "hull"}
            found[str(row.estimand)] = row.estimate
            found[f"{row.estimand}_low"] = row.conf_low if known else float("nan")
            found[f"{row.estimand}_high"] = row.conf_high if known else float("nan")
        first, last = result.design.onset_range
        onset = str(first) if first == last else f"{first} to {last}"
        labels = result.paths.labels
        return found | {
            "unit": result.effects.unit,
            "window": f"{labels[0]} to {labels[-1]}, onset {onset}",
            "inference": result.inference,
            "refused": "",
        }


def compare(*results: Result | RivalModels) -> Comparison:
    """Put several results and rival hypotheses of one question into one table.

    Parameters
    ----------
    *results : Result or RivalModels
        At least one result; all of one origin and destination, one indicator and one unit. Windows
        and donors may differ, and stand in the table.

    Returns
    -------
    Comparison
        A row for each result and each hypothesis; ``plot`` draws the results on one plane.

    Raises
    ------
    DesignError
        When there is no result, or they ask different questions; all differences are listed.
    DesignError
        When one result is given twice.
    TypeError
        When something else than a result or rival hypotheses is given.

    Notes
    -----
    Results of one indicator are specifications, not independent evidence: they are not averaged,
    and the narrowest of them is not the best. Hypotheses have weights against one another, which
    are no error rates; ``weigh`` takes the results alone.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=6, rng=1)
    >>> did = sx.DifferenceInDifferences().fit(panel, design)
    >>> its = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    >>> list(sx.compare(did, its).to_frame()["unit"])
    ['units per year', 'units per year']
    >>> rivals = sx.rival_models(panel, design, trend=False)
    >>> sx.compare(its, rivals).to_frame()["kind"].value_counts().to_dict()
    {'hypothesis': 8, 'model': 1}
    """
    for result in results:
        if not isinstance(result, Result | RivalModels):
            message = (
                "compare takes results and rival hypotheses, as in compare(a, b, "
                f"rival_models(panel, design)); given {type(result).__name__}"
            )
            raise TypeError(message)
    models = tuple(result for result in results if isinstance(result, Result))
    if not models:
        raise DesignError(Problem("no result", "at least one", "fit a model first"))
    hypotheses = tuple(found for found in results if isinstance(found, RivalModels))
    refuse(*_other_questions(models, hypotheses), *_given_twice(models))
    return Comparison(models, _distinct_names(models), hypotheses=hypotheses)


def _given_twice(models: tuple[Result, ...]) -> list[Problem]:
    """Return the problem of one result that is given more than once."""
    twice = [
        other.name
        for k, other in enumerate(models)
        if any(one_fit(one, other) for one in models[:k])
    ]
    needed = "results that differ"
    return [
        Problem(f"the same result more than once: {name}", needed, "give it once")
        for name in dict.fromkeys(twice)
    ]


def _hypothesis_rows(found: RivalModels) -> list[dict[str, object]]:
    """Return a row for each hypothesis."""
    rows = []
    for row in found.to_frame().to_dict("records"):
        origin, destination = row["origin"], row["destination"]
        ratio = 0.0 - origin / destination if destination else float("nan")
        kept = {name: row[name] for name in _OF_HYPOTHESES}
        rows.append(
            {
                "kind": "hypothesis",
                "model": row["hypothesis"],
                "origin": origin,
                "destination": destination,
                "net": origin + destination,
                "offset_ratio": ratio,
                "unit": found.unit,
                "window": found.window,
                "inference": f"maximum likelihood, {found.errors}",
                "refused": "",
                **kept,
            }
        )
    return rows


def compare_models(models: Iterable[Estimator], panel: Panel, design: Design) -> Comparison:
    """Fit several models to one study, and list those that refuse it.

    Parameters
    ----------
    models : iterable of Estimator
        Models and wrappers.
    panel : Panel
        One indicator, in its unit per period; beside RatioOfRatios all that it reads, of which the
        other models see the one it asks about.
    design : Design
        The study.

    Returns
    -------
    Comparison
        A row for each model that answers, and the reason of each that does not.

    Raises
    ------
    DesignError
        When no model is given, or all refuse; with every reason.
    TypeError
        When something that cannot be fitted is among the models.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=3, rng=1)
    >>> found = sx.compare_models([sx.EventStudy(), sx.SyntheticControl()], panel, design)
    >>> found.refused[0][1][:40]
    '3 donors observed in every used period; '
    """
    given = _fittable(models)
    results, refused = [], []
    cautions: dict[tuple[type[Warning], str], list[str]] = {}
    for model in given:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                results.append(model.fit(_seen_by(model, given, panel), design))
            except DesignError as error:
                refused.append((repr(model), str(error)))
        for warning in caught:
            named = cautions.setdefault((warning.category, str(warning.message)), [])
            named.append(type(model).__name__)
    for (category, message), named in cautions.items():
        warnings.warn(f"{', '.join(dict.fromkeys(named))}: {message}", category, stacklevel=2)
    if not results:
        _refuse_all(refused)
    return Comparison(tuple(results), _distinct_names(results), tuple(refused))


def _seen_by(model: Estimator, models: tuple[Estimator, ...], panel: Panel) -> Panel:
    """Return the panel, or beside a model of two indicators the one that it asks about."""
    asked = {str(getattr(m, "indicator", "")) for m in models if of_two_indicators(m)}
    if of_two_indicators(model) or len(asked) != 1 or not isinstance(panel, Panel):
        return panel
    known = {indicator.name for indicator in panel.indicators}
    return panel[asked.pop()] if len(known) > 1 and asked <= known else panel


def _refuse_all(refused: list[tuple[str, str]]) -> None:
    """Refuse a study that no model answers; once, where all say the same of it.

    Raises
    ------
    DesignError
        With every reason.
    """
    reasons = tuple(dict.fromkeys(reason for _, reason in refused))
    rows = reasons if len(reasons) == 1 else tuple(f"{n}: {reason}" for n, reason in refused)
    given = f"{plural(len(refused), 'model')}, none of which answers"
    remedy = "mend the study, or name models that can answer it"
    raise DesignError(Problem(given, "at least one that does", remedy, rows))


def _fittable(models: object) -> tuple[Estimator, ...]:
    """Return models after making sure that each can be fitted.

    Raises
    ------
    TypeError
        When one cannot, or they are not several.
    """
    given = tuple(models) if isinstance(models, Iterable) else ()
    wrong = [m for m in given if isinstance(m, type) or not hasattr(m, "fit")]
    if wrong or not isinstance(models, Iterable) or isinstance(models, str):
        what = repr(wrong[0]) if wrong else repr(models)
        first = wrong[0] if wrong else None
        build = f": build it, as in {first.__name__}()" if isinstance(first, type) else ""
        message = f"compare_models takes a list of models; given {what}{build}"
        raise TypeError(message)
    return given


def _other_questions(
    results: tuple[Result, ...], hypotheses: tuple[RivalModels, ...]
) -> list[Problem]:
    """Return how results and hypotheses differ in what they ask."""
    names = [(r.paths.names, r.indicator.name, r.effects.unit) for r in results]
    names += [(h.names, h.indicator, h.unit) for h in hypotheses]
    asked = {
        "sides": [" to ".join(sides) for sides, _, _ in names],
        "indicators": [indicator for _, indicator, _ in names],
        "units of effects": [unit for _, _, unit in names],
    }
    return [
        Problem(
            f"results of {len(set(found))} {what}",
            "one question",
            "compare them apart, or pool evidence of several indicators in weigh",
            tuple(dict.fromkeys(found)),
        )
        for what, found in asked.items()
        if len(set(found)) > 1
    ]


def _distinct_names(results: Iterable[Result]) -> tuple[str, ...]:
    """Return names in words, with the settings that tell models of one name apart."""
    found = list(results)
    alike = {r.name: [o.estimator for o in found if o.name == r.name] for r in found}
    names = [r.name + _telling(r.estimator, alike[r.name]) for r in found]
    return tuple(
        name if names.count(name) == 1 else f"{name}, number {names[: k + 1].count(name)}"
        for k, name in enumerate(names)
    )


def _telling(estimator: str, several: list[str]) -> str:
    """Return the settings of an estimator in which several of one name differ."""
    every = [_settings(text) for text in several]
    mine = _settings(estimator)
    telling = [
        f"{name}={value}"
        for name, value in mine.items()
        if any(other.get(name) != value for other in every)
    ]
    return "".join(f", {setting}" for setting in telling)


def _settings(estimator: str) -> dict[str, str]:
    """Return the settings of an estimator as its repr writes them."""
    call = ast.parse(estimator, mode="eval").body
    keywords = call.keywords if isinstance(call, ast.Call) else []
    return {str(keyword.arg): ast.unparse(keyword.value) for keyword in keywords}
