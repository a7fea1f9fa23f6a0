"""So what: what may and may not be concluded from a claim as it stands, and done about it."""

from __future__ import annotations

from shiftexp.evidence import Bound, lifting
from shiftexp.report.page import DesignPage
from shiftexp.report.wording import (
    amount,
    general,
    percent,
    said_status,
    sentence,
    side_place,
    unit_words,
)
from shiftexp.verdict import Claim

_NO_ANSWER = "not identified"


def so_what_words(page: DesignPage, claim: Claim) -> str:
    """Say what a reader may and may not conclude from a claim as it stands.

    A shift is never told without its lower limit, and what is not supported is never told as no
    effect.

    Parameters
    ----------
    page : DesignPage
        The design it was found under.
    claim : Claim
        One of its claims.
    """
    words, known = page.words, page.words.names("so_what")
    key = f"{claim.name}, {said_status(page.verdict, claim.name, claim.status)}"
    if key not in known:
        key = _NO_ANSWER
    said = words(
        f"so_what.{key}",
        origin=side_place(page, "origin"),
        destination=side_place(page, "destination"),
        share=f"{general(100 * page.verdict.margin, words)} %",
        least=words.listed([_least(page, bound) for bound in lifting(page.verdict.evidence)]),
    )
    return sentence(said)


def _least(page: DesignPage, bound: Bound) -> str:
    """Say the lower limit of a bound that supports a shift."""
    if bound.quantity == "flow":
        unit = unit_words(bound.unit, None, page.words)
        return f"{amount(bound.low, page.words)} {unit}"
    return page.words("so_what_table.least", share=percent(bound.low, least=True))
