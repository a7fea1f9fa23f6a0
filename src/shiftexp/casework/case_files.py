"""Case files and interviews: counted cases with origin actors, and a stated link, make a Bound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shiftexp.errors import Problem
from shiftexp.evidence import Bound
from shiftexp.kernels.case_shares import (
    ShareLimits,
    clustered_limits,
    exact_limits,
    independent_limits,
)
from shiftexp.scalars import is_finite, is_whole, no_level, plural, refuse
from shiftexp.table import format_number

_JEFFREYS = (0.5, 0.5)
_NOT_KNOWN = (0.0, 1.0)
_PER_CENT = 10.0
_MOST = 1_000_000_000
_PRIOR = (1e-3, 1e6)


def case_files(
    k: int | Sequence[int],
    n: int | Sequence[int],
    *,
    link: tuple[float, float],
    arrived: tuple[float, float] = _NOT_KNOWN,
    what: str = "origin actors",
    source: str = "case files",
    level: float = 0.95,
    prior: tuple[float, float] = _JEFFREYS,
) -> Bound:
    r"""Return limits on the shift share from cases with actors, suppliers or buyers of the origin.

    .. math:: a_{low} \, l_{low} \, p_{low} \le S \le \min(1, a_{high} \, l_{high} \, p_{high})

    Parameters
    ----------
    k, n : int or sequence of int
        Cases of the destination that show it, of how many. One number each: cases are independent.
        A sequence has a number for each cluster of files (districts, investigations): shares differ
        between clusters, which a beta-binomial law integrates.
    link : tuple of two float
        How much of the destination's growth is a flow for each share of cases whose actors arrived:
        the analyst's own interval, printed with the limits. Below 1 where such a case would have
        come about without them too; above 1 where files are of all activity and only part of it is
        growth, or where actors hide behind local ones.
    arrived : tuple of two float, default (0, 1)
        Share of those cases whose actors came since the onset; who was there before is integration,
        not a shift. By default nothing is known, and the lower limit is 0.
    what : str, default "origin actors"
        What was counted: actors, suppliers, buyers of the origin.
    source : str, default "case files"
        Where it was counted: files, informants, detainees.
    level : float, default 0.95
        Posterior mass of the share of cases between its limits.
    prior : tuple of two float, default (0.5, 0.5)
        Beta prior of that share. The default is that of Jeffreys, with limits at least as wide as
        the exact ones of Clopper and Pearson; a prior of one's own has those of its posterior.

    Returns
    -------
    Bound
        On the shift share. Its lower end is 0 where no case shows it.

    Raises
    ------
    DesignError
        When counts are no whole numbers or above a billion, k exceeds n, clusters do not match, an
        interval or the prior is none, the link makes more than all of the growth a flow, or its
        lower end is 10 or more: per cent.

    Notes
    -----
    The sample is taken as drawn from the destination's activity. Files are opened where police
    look: when actors of the origin draw more attention than others, say so in the link. The
    interval of the share is measured (METHODS.md), the link is not: it is an assumption.

    Examples
    --------
    DISMARK read 59, 92 and 63 files on three markets. How many of them had actors of the origin is
    invented here, for illustration.

    >>> import shiftexp as sx
    >>> sx.case_files(20, 59, link=(0.5, 1.0)).low
    0.0
    >>> bound = sx.case_files(20, 59, link=(0.5, 1.0), arrived=(0.6, 1.0))
    >>> round(bound.low, 3), round(bound.high, 3)
    (0.066, 0.474)

    The same files from three districts that differ tell less.

    >>> bound = sx.case_files((2, 12, 6), (20, 19, 20), link=(0.5, 1.0), arrived=(0.6, 1.0))
    >>> round(bound.low, 2), round(bound.high, 2)
    (0.04, 0.7)
    """
    cases, totals = _as_list(k), _as_list(n)
    refuse(
        *_wrong_counts(cases, totals),
        *(_no_interval("link", link) or _per_cent(link)),
        *_no_interval("arrived", arrived, most=1.0),
        *_no_prior(prior),
        *no_level(level),
    )
    share = _share(cases, totals, prior, level)
    least, most = (arrived[i] * link[i] for i in (0, 1))
    low = share.low * least
    if low > 1:
        given = f"a link that makes at least {format_number(low)} of the growth a flow"
        refuse(Problem(given, "at most all of it", "lower the lower end of link"))
    return Bound(
        "shift_share",
        low=low,
        high=min(1.0, share.high * most),
        because=_words(cases, totals, share, link, arrived, what, source, level, prior),
        cases=sum(cases),
        assumed=(
            f"{_ends(arrived)} of those cases arrived since the onset",
            f"the share of growth that is a flow is {_ends(link)} times that of cases",
        ),
    )


def _share(
    cases: list[int], totals: list[int], prior: tuple[float, float], level: float
) -> ShareLimits:
    """Return limits of the share of cases; without a prior of one's own none narrower than exact.

    Those of Jeffreys miss a small share from above in 10 to 15 % where one case shows it.
    """
    if len(cases) == 1:
        found = independent_limits(cases[0], totals[0], prior, level)
    else:
        found = clustered_limits(np.array(cases), np.array(totals), prior, level)
    if tuple(prior) != _JEFFREYS:
        return found
    exact = exact_limits(sum(cases), sum(totals), level)
    return ShareLimits(min(found.low, exact.low), max(found.high, exact.high))


def _words(
    cases: list[int],
    totals: list[int],
    share: ShareLimits,
    link: tuple[float, float],
    arrived: tuple[float, float],
    what: str,
    source: str,
    level: float,
    prior: tuple[float, float],
) -> str:
    """Say the counted fact and the assumptions that turn it into limits."""
    counted = f"{sum(cases)} of {sum(totals)} cases with {what} ({source}"
    clusters = "" if len(cases) == 1 else f", {plural(len(cases), 'cluster')}"
    named = (
        "Jeffreys prior, none narrower than exact limits"
        if tuple(prior) == _JEFFREYS
        else f"beta prior ({prior[0]:g}, {prior[1]:g})"
    )
    return (
        f"{counted}{clusters}): share {share.low:.2g} to {share.high:.2g} at "
        f"{100 * level:g} %, {named}; of these {_ends(arrived)} arrived since the onset (assumed); "
        f"the share of growth that is a flow is {_ends(link)} times that of cases (assumed)"
    )


def _ends(pair: tuple[float, float]) -> str:
    """Write the ends of an interval."""
    return f"{pair[0]:g} to {pair[1]:g}"


def _as_list(given: object) -> list[int]:
    """Return a number or a sequence of numbers as a list."""
    if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str):
        return list(given)
    return [given]  # type: ignore[list-item]  # checked with the others, so that all is said at once


def _wrong_counts(cases: list[int], totals: list[int]) -> tuple[Problem, ...]:
    """Return everything that is wrong with the counts."""
    if len(cases) != len(totals) or not cases:
        given = f"{plural(len(cases), 'number')} in k, {plural(len(totals), 'number')} in n"
        return (
            Problem(given, "one of each for every cluster", "write k and n cluster by cluster"),
        )
    problems = [
        Problem(f"{name} = {value!r}", f"a whole number, {least} to {_MOST:,}", "count cases")
        for name, values, least in (("k", cases, 0), ("n", totals, 1))
        for value in values
        if not (is_whole(value) and least <= value <= _MOST)
    ]
    problems += [
        Problem(f"k = {k} of n = {n}", "k at most n", "count cases that show it among all of them")
        for k, n in zip(cases, totals, strict=True)
        if is_whole(k) and is_whole(n) and k > n
    ]
    return tuple(problems)


def _no_interval(name: str, given: object, most: float = np.inf) -> tuple[Problem, ...]:
    """Return the problem of an interval that is none."""
    pair = tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else ()
    if len(pair) == 2 and all(map(is_finite, pair)) and 0 <= pair[0] <= pair[1] <= most:
        return ()
    top = "" if np.isinf(most) else f" <= {most:g}"
    remedy = f"write {name}=(low, high)"
    return (Problem(f"{name} = {given!r}", f"0 <= low <= high{top}", remedy),)


def _per_cent(link: tuple[float, float]) -> tuple[Problem, ...]:
    """Return the problem of a link that was written in per cent."""
    if link[0] < _PER_CENT:
        return ()
    remedy = f"write link=({link[0] / 100:g}, {link[1] / 100:g}) where per cent is meant"
    given = f"link = {link!r}: a flow of at least {link[0]:g} times the share of cases"
    return (
        Problem(given, f"a multiple of that share, below {_PER_CENT:g} at its lower end", remedy),
    )


def _no_prior(given: object) -> tuple[Problem, ...]:
    """Return the problem of a beta prior that is none."""
    pair = tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else ()
    least, most = _PRIOR
    if len(pair) == 2 and all(is_finite(value) and least <= value <= most for value in pair):
        return ()
    needed = f"two numbers from {least:g} to {most:,.0f}"
    return (Problem(f"prior = {given!r}", needed, "leave it out for that of Jeffreys"),)
