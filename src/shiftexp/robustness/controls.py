"""Negative controls: what the same verdict says where nothing happened, false declarations counted.

A declaration here is that something happened to origin or destination: a claim of the verdict or
its opposite, at 5 % for all six of these questions together.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import pandas as pd

from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import DesignError, Problem, ShiftexpError
from shiftexp.inference.multiplicity import adjust
from shiftexp.inference.placebo import Placebo
from shiftexp.inference.placebo_effects import Over
from shiftexp.panel import Panel
from shiftexp.plane import SECTOR_NAMES
from shiftexp.result import SIDES, Estimator, Result, check_inputs
from shiftexp.robustness.combinations import settings_words, titled
from shiftexp.robustness.nulls import World, donor_pairs, earlier_onsets
from shiftexp.scalars import error_rate, plural
from shiftexp.specification import one_vote
from shiftexp.table import Table, format_number, one_line
from shiftexp.verdict import Claim, Verdict, weigh
from shiftexp.wrappable import of_two_indicators

Kind: TypeAlias = Literal["onset", "donors", "series"]
MOST = 4
_CHANGES = ("destination grew", "origin fell", "net expansion")
_QUIET = SECTOR_NAMES[0]
_LEVEL = 0.95
_TINY = 1e-300  # a p that underflows is small, not impossible


@dataclass(frozen=True, eq=False)
class NegativeControl:
    """One study in which nothing happened, and what was said of it.

    Attributes
    ----------
    kind : str
        "onset", "donors" or "series".
    label : str
        Which onset, pair or series.
    state : str
        State of its verdict; "refused" where there is none.
    sectors : tuple of str
        Sectors that it leaves; empty where it says nothing of them.
    declared : tuple of str
        Changes that it declares, at 5 % for all that it is asked together: each is false if nothing
        happened there.
    refusal : str
        Why it says nothing.
    left_out : tuple of str
        Why estimators refused beside others that answered.
    """

    kind: Kind
    label: str
    state: str
    sectors: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    refusal: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class NegativeControls(Table):
    """What a study's method says where nothing happened.

    Attributes
    ----------
    controls : tuple of NegativeControl
        One for each onset, pair of donors or series.
    missing : tuple of (kind, reason)
        Kinds of control that the study does not have, and why.
    ranks : tuple of (model, kind, side, share, placebos)
        Share of all placebos of a kind with an effect at least as large as the study's.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(donors=5, sd=1, rng=1)
    >>> found = sx.negative_controls(panel, design, [sx.InterruptedTimeSeries(trend=False)])
    >>> len(found.answered), found.false_declarations
    (4, 0)
    """

    controls: tuple[NegativeControl, ...]
    missing: tuple[tuple[Kind, str], ...] = ()
    ranks: tuple[tuple[str, Kind, str, float, int], ...] = ()

    @property
    def answered(self) -> tuple[NegativeControl, ...]:
        """Controls that got a verdict."""
        return tuple(c for c in self.controls if not c.refusal and c.state != "gate failed")

    @property
    def false_declarations(self) -> int:
        """Controls in which a change is declared."""
        return sum(bool(control.declared) for control in self.answered)

    def sentence(self) -> str:
        """Return how many controls declare a change, and what that can and cannot mean."""
        count, silent = len(self.answered), len(self.controls) - len(self.answered)
        unsaid = f" {plural(silent, 'control')} could not be answered." if silent else ""
        if not count:
            return f"No negative control could be answered.{unsaid}"
        said = (
            f"A change is declared in {self.false_declarations} of {plural(count, 'control')} in "
            f"which nothing is known to have happened.{unsaid} {self._by_chance()}"
        )
        if self.false_declarations:
            return (
                f"{said} Either it is such a chance, or something did happen there, or the method "
                "finds what is not so."
            )
        return f"{said} So few quiet controls do not prove the method right."

    def _by_chance(self) -> str:
        """Say how many controls declare a change by chance alone."""
        count, alpha = len(self.answered), error_rate(_LEVEL)
        expected = format_number(alpha * count)
        any_of_them = f", and at least one in up to {min(1.0, alpha * count):.0%} of studies"
        return (
            f"By chance alone up to {expected} of {count} are expected to (each at {alpha:.0%})"
            f"{any_of_them if count > 1 else ''}."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each control, and for each kind that the study does not have."""
        rows = [
            (c.kind, c.label, c.state, "; ".join(c.sectors), "; ".join(c.declared), refused)
            for c in self.controls
            for refused in (c.refusal or "; ".join(c.left_out),)
        ]
        rows += [(kind, "none", "refused", "", "", reason) for kind, reason in self.missing]
        columns = ["kind", "control", "state", "sectors", "declared", "refused"]
        return pd.DataFrame(rows, columns=columns)

    def ranks_frame(self) -> pd.DataFrame:
        """Return the share of placebos with effects as large as the study's, by model and side."""
        columns = ["model", "kind", "side", "share_as_large", "placebos"]
        return pd.DataFrame(self.ranks, columns=columns)

    def summary(self) -> str:
        """Return the controls in words."""
        return "\n".join([self.sentence(), "", str(self)])


def negative_controls(
    panel: Panel,
    design: Design,
    estimators: Sequence[Estimator] | Estimator,
    *,
    detection: Detection | None = None,
    margin: float = 0.10,
) -> NegativeControls:
    """Ask a study's own question, by its own rule, where nothing happened.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    estimators : Estimator or sequence of Estimator
        Its specifications.
    detection : Detection, optional
        As in ``weigh``.
    margin : float, default 0.10
        As in ``weigh``.

    Returns
    -------
    NegativeControls
        A verdict at up to 4 onsets inside the pre-period at which the data gate passes, spread
        evenly, and for up to 4 pairs of
        donors that share none, in the order in which the design names them; and, for each model
        that can be batched, where the study's effect ranks among all placebos of a kind.

    Raises
    ------
    TypeError
        When panel or design are of another type, or something else is among the estimators.
    DesignError
        When there is no estimator.

    Notes
    -----
    Donors are taken to be untouched, as the study itself takes them to be. Pairs are chosen by
    their order alone. A declaration is that the destination grew, the origin fell or both together
    grew, or the opposite of one of these, by p-values of the verdict adjusted for all six (Holm):
    where those hold their level, a control in which nothing happened declares a change with a
    chance of 5 % at most. A sector is told beside it only where a change is declared.

    When not to use it: as a test; 4 quiet controls leave room for an error rate of one half.

    References
    ----------
    Lipsitch, M., Tchetgen Tchetgen, E. & Cohen, T. (2010). Negative controls: a tool for detecting
    confounding and bias in observational studies. Epidemiology, 21, 383-388.
    https://doi.org/10.1097/EDE.0b013e3181d61eeb

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(rng=1)
    >>> found = sx.negative_controls(panel, design, [sx.InterruptedTimeSeries(trend=False)])
    >>> found.missing[0][0], len(found.controls)
    ('donors', 2)
    """
    check_inputs(panel, design)
    alone = tuple(e for e in _several(estimators) if not of_two_indicators(e))
    controls: list[NegativeControl] = []
    missing: list[tuple[Kind, str]] = []
    for kind in ("onset", "donors"):
        try:
            worlds = _worlds(kind, panel, design)
        except ShiftexpError as error:
            missing.append((kind, one_line(str(error))))
            continue
        controls += [_asked(kind, world, alone, detection, margin) for world in worlds]
    return NegativeControls(tuple(controls), tuple(missing), _ranks(panel, design, alone))


def _several(given: object) -> tuple[Estimator, ...]:
    """Return one estimator, or several, as a tuple.

    Raises
    ------
    TypeError
        When something else is among them.
    DesignError
        When there is none.
    """
    found: tuple[Any, ...] = tuple(given) if isinstance(given, list | tuple) else (given,)
    wrong = [e for e in found if isinstance(e, type) or not callable(getattr(e, "fit", None))]
    if wrong:
        message = f"estimators hold {wrong[0]!r}: build one, such as sx.InterruptedTimeSeries()"
        raise TypeError(message)
    if not found:
        raise DesignError(Problem("no estimator", "one at least", "give those of the study"))
    return found


def control_of(verdict: Verdict, refusals: Sequence[str], label: str) -> NegativeControl:
    """Return a series that is declared a negative control, with its own verdict.

    Parameters
    ----------
    verdict : Verdict
        What was weighed.
    refusals : sequence of str
        Why estimators refused.
    label : str
        Which series.
    """
    if not verdict.results and refusals:
        return NegativeControl("series", label, "refused", refusal=one_line(refusals[0]))
    return _said("series", label, verdict)


def _worlds(kind: Kind, panel: Panel, design: Design) -> tuple[World, ...]:
    """Return up to 4 studies in which nothing happened; onsets evenly spread.

    Raises
    ------
    ShiftexpError
        When there is none.
    """
    if kind == "donors":
        return donor_pairs(panel, design, apart=True)[:MOST]
    found = [w for w in earlier_onsets(panel, design) if w.design.gate(panel).passed]
    if not found:
        given = "no onset inside the pre-period at which the data gate passes"
        needed = "periods enough before and after one"
        raise DesignError(Problem(given, needed, "widen the window"))
    steps = [round(k * (len(found) - 1) / (MOST - 1)) for k in range(MOST)]
    return tuple(found[step] for step in dict.fromkeys(steps))


def _asked(
    kind: Kind,
    world: World,
    estimators: Sequence[Estimator],
    detection: Detection | None,
    margin: float,
) -> NegativeControl:
    """Return the verdict of one study in which nothing happened."""
    panel = next(iter(world.panels.values()))
    results, reasons = _fitted(estimators, panel, world.design)
    if not results:
        reason = one_line(reasons[0]) if reasons else "no estimator of one indicator"
        return NegativeControl(kind, world.label, "refused", refusal=reason)
    verdict = weigh(results, detection=detection, margin=margin)
    said = _said(kind, world.label, verdict)
    return replace(said, left_out=tuple(map(one_line, reasons)))


def _fitted(
    estimators: Sequence[Estimator], panel: Panel, design: Design
) -> tuple[list[Result], list[str]]:
    """Return the fits, and the reasons of those that refuse."""
    results, reasons = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the study itself stand on its page
        for estimator in estimators:
            try:
                results.append(estimator.fit(panel, design))
            except ShiftexpError as error:
                reasons.append(f"{settings_words(estimator)}: {error}")
    kept, twice = one_vote(results)
    return [*kept], [*reasons, *(f"{result.estimator}: {why}" for result, why in twice)]


def _said(kind: Kind, label: str, verdict: Verdict) -> NegativeControl:
    """Return what a verdict declares of a study in which nothing happened."""
    if verdict.state == "gate failed":
        gates = [verdict.gate] if verdict.gate else [r.gate for r in verdict.results]
        return NegativeControl(kind, label, verdict.state, refusal=str(gates[0]))
    declared = declarations(verdict.claims, verdict.sector)
    return NegativeControl(kind, label, verdict.state, verdict.sectors, declared)


def declarations(claims: Sequence[Claim], sector: str | None = None) -> tuple[str, ...]:
    """Return the changes, or opposites of changes, that hold for all of these questions at once.

    Parameters
    ----------
    claims : sequence of Claim
        Those of a verdict. A question without an answer stays in the family: it makes the others
        no easier.
    sector : str, optional
        The only sector that the verdict leaves: told beside a change, never alone.
    """
    asked = [claim for claim in claims if claim.name in _CHANGES]
    family = {claim.name: claim.p_value for claim in asked}
    family |= {f"opposite of: {claim.name}": claim.p_against for claim in asked}
    if not family:
        return ()
    possible = {name: p if math.isnan(p) else max(p, _TINY) for name, p in family.items()}
    found = adjust(possible, "holm", level=_LEVEL).rejected
    return (*found, f"sector {sector}") if found and sector not in {None, _QUIET} else found


def _ranks(
    panel: Panel, design: Design, estimators: Sequence[Estimator]
) -> tuple[tuple[str, Kind, str, float, int], ...]:
    """Return where the study's effect ranks among all placebos, for models that can be batched."""
    found: list[tuple[str, Kind, str, float, int]] = []
    kinds: tuple[tuple[Kind, Over], ...] = (("onset", "onsets"), ("donors", "units"))
    models: list[Any] = [e for e in estimators if hasattr(e, "solve") and hasattr(e, "prepare")]
    for model in models:
        for kind, over in kinds:
            try:
                check = Placebo(model, over=over).run(panel, design)
            except ShiftexpError:  # said of this kind among the controls
                continue
            shares = check.share_as_large
            found += [
                (titled(model), kind, side, shares[side], len(check.labels))
                for side, units in zip(SIDES, design.sides, strict=True)
                if units
            ]
    return tuple(found)
