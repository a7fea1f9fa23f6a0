"""Weighing: from results and evidence to a verdict, after making sure that they belong together."""

from __future__ import annotations

from collections.abc import Sequence

from shiftexp.comparison import Comparison
from shiftexp.design import Gate
from shiftexp.detection import Detection
from shiftexp.evidence import Evidence
from shiftexp.result import Result
from shiftexp.scalars import refuse
from shiftexp.verdict.checks import listed, no_settings, not_evidence, problems_of
from shiftexp.verdict.verdict import Verdict


def weigh(
    results: Sequence[Result] | Result | Comparison = (),
    *,
    evidence: Sequence[Evidence] | Evidence = (),
    detection: Detection | None = None,
    margin: float = 0.10,
    gate: Gate | None = None,
    name: str = "",
) -> Verdict:
    """Weigh results of one indicator and other evidence into a verdict.

    Parameters
    ----------
    results : sequence of Result
        Specifications of the same indicator, units and design; the first is the primary one. A
        statement needs four in five of them. None are needed where the data carry no model.
    evidence : Evidence, or sequence of Evidence
        What was found besides the series; a Bound with a lower end above zero supports a shift, and
        nothing else does. That of a model of the flow is brought as ``result.flow.bound()``.
    detection : Detection, optional
        What is declared about detection. Without it a drift of .10 is integrated and named;
        ``Detection(drift=0)`` says that detection stayed the same.
    margin : float, default 0.10
        Smallest effect of interest, as a share of the counterfactual level of either side.
    gate : Gate, optional
        Answer of the data gate for the study as declared; that of each result has to pass as well.
    name : str, default ""
        The cell this verdict is about.

    Returns
    -------
    Verdict
        Sectors not excluded, claims, bounds, tipping points, cautions, what would change it.

    Raises
    ------
    DesignError
        When there is nothing to weigh.
    DesignError
        When what is given is no result or no evidence, or a setting is none; ``margin`` is a number
        above 0 and below 1.
    DesignError
        When results are of different indicators or units, or one specification is given twice.
    DesignError
        When rival hypotheses are among them: their weights are no evidence.

    Notes
    -----
    Tested laws exclude sectors by half-plane tests at 5 %, Bonferroni over the half-planes of a
    sector; posterior laws (``CommunicatingVessels``) those outside of the smallest set that holds a
    weight of .95 (:func:`shiftexp.sector_weights`, with this drift and margin) and of that which
    holds .99 of the mass. A sector is excluded when four in five specifications exclude it. Tests
    declare the only one that is left; posteriors one of weight .85 (.90 with donors or 40 periods)
    and half of the mass, null nine tenths of it.
    When every sector is excluded none is dropped: such data contradict the specifications, not the
    world. How often all of this is right and wrong stands in METHODS.md, *Verdict*.

    Examples
    --------
    >>> import shiftexp as sx
    >>> bound = sx.Bound(
    ...     "flow", low=0, high=1000, unit="visits per year", because="counted, no caps"
    ... )
    >>> verdict = sx.weigh(evidence=[sx.Evidence(about="shift", bound=bound, source="survey")])
    >>> [c.status for c in verdict.claims if c.name == "shift"]
    ['compatible']
    """
    found, pieces = listed(results), listed(evidence)
    refuse(
        *not_evidence(results, evidence),
        *problems_of(found, pieces, gate),
        *no_settings(detection=detection, margin=margin, gate=gate, name=name),
    )
    fits = tuple(item for item in found if isinstance(item, Result))
    brought = tuple(item for item in pieces if isinstance(item, Evidence))
    return Verdict(fits, brought, detection, margin, gate, name)
