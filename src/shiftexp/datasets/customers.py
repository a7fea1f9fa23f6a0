"""Counted cross-border customers: visits, foreign shares and falls make an interval per place."""

from __future__ import annotations

import pandas as pd

from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.evidence import CountedFall

_A_YEAR = {"per_year": 1.0, "persons_per_year": 1.0, "per_week": 52.0, "per_day": 365.0}
_CHANGE = "_change"


def counted_fall(flows: pd.DataFrame, place: str) -> CountedFall:
    """Return the counted fall in cross-border customers at a place: visits x foreign share x fall.

    Parameters
    ----------
    flows : pandas.DataFrame
        Counted facts as intervals.
    place : str
        A place with a base and a change of the same quantity, the change counted there in the same
        year or the next ones.

    Raises
    ------
    DesignError
        When the place is unknown, or has no base or no change to multiply.
    """
    rows = flows[flows["place"] == place]
    if rows.empty:
        known = suggest(place, sorted(set(flows["place"])))
        raise DesignError(Problem(f"place {place!r}", "a place with counted customers", known))
    changes = rows[rows["quantity"].str.endswith(_CHANGE)]
    pairs = [
        (base, change)
        for change in changes.to_dict("records")
        for base in rows.to_dict("records")
        if base["quantity"] + _CHANGE == change["quantity"] and base["period"] <= change["period"]
    ]
    if not pairs:
        raise DesignError(
            Problem(
                f"{place!r}: {', '.join(rows['quantity'])}",
                "a number of customers and its counted change at the same place",
                "use a place that has both; a share without a fall bounds nothing",
            )
        )
    base, change = max(pairs, key=lambda pair: pair[0]["period"])
    years = _A_YEAR[base["unit"]]
    low, high = (
        float(base[f"value_{end}"])
        * years
        * float(base[f"foreign_share_{end}"])
        * -float(change[f"value_{other}"])
        / 100
        for end, other in (("low", "high"), ("high", "low"))
    )
    shared = "together" in base["note"]
    return CountedFall(
        place=place,
        low=low,
        high=high,
        unit="visits per year",
        who="foreign customers of several countries" if shared else "foreign customers",
        part=0.0 if shared else 1.0,
        source=str(change["source_id"]),
    )
