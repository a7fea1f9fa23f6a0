"""What operating characteristics are to reach, and whether they do: computed from their rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tests.recovery.characteristics_designs import BORDERS, CORE, DONATED, HAD, ONE, TRUTHS, WALKS
from tests.recovery.measure_characteristics import CLAIMS, holds

Line = dict[str, str]
MET, WITHIN, MISSED, UNKNOWN = "met", "missed by under two errors", "missed", "-"
POSTERIOR, TESTED = "operating-characteristics", "tested-characteristics"
WEIGHED = "weighed-characteristics"
RULES = {POSTERIOR: "posterior", TESTED: "tested", WEIGHED: "verdict on vessels"}
_STEPS = tuple(name for name in TRUTHS if "detection x" in name)
_DECLARED = (*CORE, *_STEPS, *BORDERS)
_THREE, _THREE_03, _THREE_05 = (name for name in HAD if name.startswith("3"))
_ONE_05 = "1 indicator, drift .05"
# Right declarations asked for: noise r3, 20 years.
_RIGHT: dict[str, dict[str, float]] = {
    ONE: {
        "null": 0.80,
        "shift": 0.35,
        "expansion": 0.45,
        "mixed": 0.80,
        "partial": 0.85,
        "common growth": 0.95,
    },
    DONATED: {"shift": 0.50, "expansion": 0.55, "mixed": 0.80},
    _THREE_05: {"expansion": 0.15, "mixed": 0.60},
    _THREE_03: {"expansion": 0.45, "mixed": 0.75},
    _THREE: {"expansion": 0.65, "mixed": 0.85},
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """A number that every one of some cells is to reach.

    Attributes
    ----------
    words : str
        What is asked.
    column : str
        Which number.
    rule : str
        Of which rule.
    truths, had, noise, lengths : tuple of str
        In which cells; empty for all.
    least, most : float
        The bounds.
    """

    words: str
    column: str
    rule: str = POSTERIOR
    truths: tuple[str, ...] = ()
    had: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()
    least: float = -math.inf
    most: float = math.inf

    def holds_for(self, row: Line) -> bool:
        """Tell whether a row is asked of."""
        asked = (("truth", self.truths), ("had", self.had), ("noise", self.noise))
        named = all(not names or row[key] in names for key, names in asked)
        return named and row["rule"] == self.rule and (row["T"] in self.lengths or not self.lengths)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The worst cell beside its target, and how many cells miss it.

    Attributes
    ----------
    value, error : float
        Its number, and the Monte Carlo error.
    cell : str
        Which one.
    verdict : str
        Whether the target is met.
    missing, clearly, cells : int
        Cells beyond the bound, beyond it by over two errors, and all of them.
    chance : float
        How many would be beyond it by over two errors if all of them were exactly on it; NaN where
        the number is no share.
    """

    value: float
    error: float
    cell: str
    verdict: str
    missing: int
    clearly: int
    cells: int
    chance: float


def judged(target: Target, rows: Iterable[Line]) -> Judged:
    """Return the cell that is farthest beyond its target, in errors, or nearest to it."""
    asked = [row for row in rows if target.holds_for(row)]
    if not asked:
        return Judged(
            value=math.nan,
            error=math.nan,
            cell="",
            verdict=UNKNOWN,
            missing=0,
            clearly=0,
            cells=0,
            chance=math.nan,
        )
    beyond = [_beyond(target, row) for row in asked]
    worst = max(range(len(asked)), key=lambda k: (beyond[k][0] / beyond[k][1], beyond[k][0]))
    row, (far, error) = asked[worst], beyond[worst]
    clearly = sum(b > 2 * e for b, e in beyond)
    return Judged(
        value=float(row[target.column]),
        error=error,
        cell=f"T = {row['T']}, {row['had']}, {row['noise']}, {row['truth']}",
        verdict=MISSED if clearly else WITHIN if far > 0 else MET,
        missing=sum(b > _ROUNDING for b, _ in beyond),
        clearly=clearly,
        cells=len(asked),
        chance=sum(_by_chance(target, int(row["draws"])) for row in asked),
    )


_ROUNDING = 1e-9


def _beyond(target: Target, row: Line) -> tuple[float, float]:
    """Return how far a row lies beyond a target, with its Monte Carlo error at the bound."""
    value, draws = float(row[target.column]), int(row["draws"])
    bound = target.least if math.isfinite(target.least) else target.most
    far = bound - value if math.isfinite(target.least) else value - bound
    share = min(max(bound, 0.5 / draws), 1 - 0.5 / draws) if 0 <= bound <= 1 else 0.5
    return far, math.sqrt(share * (1 - share) / draws)


@lru_cache
def _by_chance(target: Target, draws: int) -> float:
    """Return how often a cell exactly on its bound is beyond it by over two errors."""
    from scipy.stats import binom

    at_least = math.isfinite(target.least)
    bound = 1 - target.least if at_least else target.most
    if not 0 <= bound <= 1:
        return math.nan
    error = math.sqrt(bound * (1 - bound) / draws)
    return float(binom.sf(math.floor(draws * (bound + 2 * error) + _ROUNDING), draws, bound))


def _targets() -> Iterator[Target]:
    """Yield the targets in the order shown."""
    for words, truths in (("off the borders", CORE), ("on and beside borders", BORDERS)):
        yield Target(
            words=f"tested set keeps the truth, {words}",
            column="kept",
            rule=TESTED,
            truths=tuple(truths),
            least=0.95,
        )
    calm = tuple(r for r in ("r1", "r2", "r3", "r4") if r != WALKS)
    yield Target(
        words="posterior set keeps the truth",
        column="kept",
        truths=_DECLARED,
        noise=calm,
        least=0.94,
    )
    yield Target(
        words="posterior set keeps the truth, walks dominate",
        column="kept",
        truths=_DECLARED,
        noise=(WALKS,),
        least=0.86,
    )
    yield Target(
        words="declared wrongly, off the borders", column="wrong", truths=tuple(CORE), most=0.05
    )
    yield Target(
        words="declared wrongly, a step of detection", column="wrong", truths=_STEPS, most=0.05
    )
    yield Target(
        words="declared wrongly, on and beside borders",
        column="wrong",
        truths=tuple(BORDERS),
        most=0.10,
    )
    yield Target(
        words="tested: declared wrongly, off the borders",
        column="wrong",
        rule=TESTED,
        truths=tuple(CORE),
        most=0.05,
    )
    yield Target(
        words="tested: declared wrongly, a step of detection",
        column="wrong",
        rule=TESTED,
        truths=_STEPS,
        most=0.05,
    )
    for words, named, most in (
        ("off the borders", tuple(CORE), 0.05),
        ("a step of detection", _STEPS, 0.05),
        ("on and beside borders", tuple(BORDERS), 0.10),
    ):
        for walks, noise, least in (("", calm, 0.94), (", walks dominate", (WALKS,), 0.86)):
            yield Target(
                words=f"verdict on vessels keeps the truth, {words}{walks}",
                column="kept",
                rule=WEIGHED,
                truths=named,
                noise=noise,
                least=least,
            )
        yield Target(
            words=f"verdict on vessels: declared wrongly, {words}",
            column="wrong",
            rule=WEIGHED,
            truths=named,
            most=most,
        )
    for had, asked in _RIGHT.items():
        for truth, least in asked.items():
            yield Target(
                words=f"{had}: {truth} declared rightly",
                column="right",
                truths=(truth,),
                had=(had,),
                noise=("r3",),
                lengths=("20",),
                least=least,
            )
    for had, least in ((ONE, 0.90), (_ONE_05, 0.45)):
        yield Target(
            words=f'{had}: "not mainly shift" under expansion',
            column="not mainly shift",
            truths=("expansion",),
            had=(had,),
            noise=("r3",),
            lengths=("20",),
            least=least,
        )
    yield Target(
        words="sectors in the posterior set, r3, 20 years",
        column="sectors",
        truths=tuple(CORE),
        noise=("r3",),
        lengths=("20",),
        had=(ONE, DONATED, _THREE, _THREE_03, _THREE_05),
        most=2.5,
    )


def _claims() -> Iterator[Target]:
    """Yield for every weak claim its rate where it does not hold."""
    for rule, claim in ((r, c) for r in RULES for c in CLAIMS):
        directions, alpha = CLAIMS[claim]
        for words, truths in (("", tuple(CORE)), (", a step of detection", _STEPS)):
            untrue = tuple(t for t in truths if not holds(directions, TRUTHS[t].effects))
            yield Target(
                words=f"{RULES[rule]}: {claim}{words}",
                column=claim,
                rule=rule,
                truths=untrue,
                most=alpha,
            )


TARGETS, CLAIM_TARGETS = tuple(_targets()), tuple(_claims())
