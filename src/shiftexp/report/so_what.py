"""So what: what may and may not be concluded from a claim as it stands, and done about it."""

from __future__ import annotations

from shiftexp.evidence import Bound, lifting
from shiftexp.report.page import DesignPage
from shiftexp.report.wording import general, least_words, said_status, sentence, side_place
from shiftexp.verdict import Claim

_NO_ANSWER = "not identified"
_WITHOUT_B1 = ", without B1"


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

    Raises
    ------
    KeyError
        When a claim has an answer that no line was written for.
    """
    words, known = page.words, page.words.names("so_what")
    key = f"{claim.name}, {said_status(page.verdict, claim.name, claim.status)}"
    if key not in known and claim.status == _NO_ANSWER:
        key = _NO_ANSWER
    if f"{key}{_WITHOUT_B1}" in known and _b1_contradicted(page):
        key += _WITHOUT_B1
    said = words(
        f"so_what.{key}",
        origin=side_place(page, "origin"),
        destination=side_place(page, "destination"),
        share=words.percent(general(100 * page.verdict.margin, words)),
        limits=_limits(page),
    )
    return sentence(said)


def _b1_contradicted(page: DesignPage) -> bool:
    """Whether the origin grew, so that no share of the growth may be quoted under B1."""
    return any(
        claim.b1_contradicted or (claim.name, claim.status) == ("origin fell", "contradicted")
        for claim in page.verdict.claims
    )


def _limits(page: DesignPage) -> str:
    """Say each lower limit that supports a shift in a sentence: limits on one move do not add."""
    said = [_least(page, bound) for bound in lifting(page.verdict.evidence)]
    said = list(dict.fromkeys(said))
    return " ".join(said if len(said) < 2 else [*said, page.words("so_what_least.several")])


def _least(page: DesignPage, bound: Bound) -> str:
    """Say the lower limit of a bound that supports a shift, and whether a model gave it."""
    words = page.words
    fields = {
        "least": least_words(bound, words),
        "origin": side_place(page, "origin"),
        "destination": side_place(page, "destination"),
    }
    if bound.model:
        return words("so_what_least.by_model", model=words.told(bound.model), **fields)
    return words("so_what_least.by_evidence", **fields)
