"""The page's part on the communicating vessels: limits on a flow, and when one is proved."""

from __future__ import annotations

from tests.recovery.page_words import Line, select, table, unique, values

_MEASURES = ("flow covered", "share covered", "share width", "flow proved")


def vessels(rows: list[Line]) -> list[str]:
    """Say how limits on flows do under every truth and belief."""
    lines = ["", "## Communicating vessels (`vessels.csv`)", ""]
    lines.append(
        "400 data sets a cell, 10 years before and 10 after, a flow of 20 units a year that builds "
        "up by the end, own changes of 20, levels of 100 and 40 with drifts of 1 and 2. Base "
        "noise: own and common walks of sd 1.5 a year, noise of 4; drawn at random: walks of .3 "
        "to 2, noise of 1 to 5. s: the scale of own changes that is believed in; at s = 0 nothing "
        "else changed. Coverage of limits at 95 %, width of the limits of the share of all growth, "
        "and how often the lower limit is above zero, in percent. An own fall and own growth "
        "together are, on the plane, a shift: a flow is called proved there as often as s is too "
        "small."
    )
    body = []
    for setting in dict.fromkeys(r["setting"] for r in rows):
        mine = select(rows, setting=setting)
        effects = values(select(mine, measure="effects covered"), measure="effects covered")
        for (belief,) in unique([r for r in mine if r["condition"]], "condition"):
            cell = select(mine, condition=belief)
            numbers = [values(cell, measure=m) for m in _MEASURES]
            truth, place = setting.split("; ")
            body.append([place, truth, belief, *numbers, effects or "-"])
    head = ("data", "truth", "belief", *_MEASURES, "effects covered")
    return [*lines, *table(head, body)]
