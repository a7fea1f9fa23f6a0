"""The words of the report, explained to a reader who is no statistician."""

from __future__ import annotations

from shiftexp.plane import sectors

_WORDS = {
    "counterfactual": "what would have been seen without the event, by the method named",
    "data gate": (
        "at least 8 periods observed in both places before the onset and 3 after it, "
        "counted in one way; below that no model is trusted"
    ),
    "95 % interval": "the values that these data do not contradict",
    "specification": (
        "one way of working out the counterfactual; a statement needs four in five of them"
    ),
    "offset ratio": (
        "how much of the destination's growth the origin's fall could account for: 0 none, 1 all"
    ),
    "B1": "the assumption that the origin would not have grown by itself",
    "B2": "the assumption that the destination would not have shrunk by itself",
    "own changes": (
        "what either place would have done at the onset without any flow; two of them look like one"
    ),
    "scale s*": "the largest scale of own changes at which a model still proves a flow",
    "emerging": "of a method: its error rates are measured for few kinds of data only",
    "detection": (
        "the share of what goes on that is found or recorded; finds are activity times detection"
    ),
    "drift of detection": (
        "how far detection may have changed unnoticed: .10 allows for about 20 % either way"
    ),
    "tipping point": (
        "the change of detection that would overturn a statement: 0.9 means that a tenth "
        "less was found, 2 that twice as much was"
    ),
    "overdispersion": (
        "how much more counts vary than pure chance would make them; 1 is pure chance"
    ),
    "caps, q and r": ("the most that stopped buying (q) and that went elsewhere in the origin (r)"),
}


def glossary() -> tuple[tuple[str, str], ...]:
    """Return words with their meaning: the general ones, then the nine sectors.

    Examples
    --------
    >>> dict(glossary())["expansion"]
    'sector: the destination grew, the origin hardly moved'
    """
    patterns = ((s.name, f"sector: {s.meaning}") for s in sectors(1.0, 1.0))
    return (*_WORDS.items(), *patterns)
