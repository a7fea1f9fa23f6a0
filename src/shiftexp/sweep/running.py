"""Running a sweep: shards on any number of workers, written as they come, never done twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem, StudyError, suggest
from shiftexp.panel import Panel
from shiftexp.robustness.combinations import combinations
from shiftexp.robustness.fitting import beyond_the_data, check_inputs
from shiftexp.robustness.specifications import Specifications
from shiftexp.scalars import no_seed, no_workers, not_flag, not_whole, plural, refuse
from shiftexp.sweep.answering import answer
from shiftexp.sweep.declared import Fits, Pair, Shard, Side, units_of
from shiftexp.sweep.rows import encoded
from shiftexp.sweep.store import Store, open_store
from shiftexp.sweep.swept import Sweep

_NEEDED = ("pyarrow",)


def sweep(
    source: Panel | Sequence[Panel],
    design: Design,
    pairs: Iterable[tuple[Side, Side]],
    out: str | Path,
    *,
    axes: Specifications | None = None,
    intervals: bool = False,
    rng: int = 1,
    n_jobs: int = -1,
    shard: int = 1000,
) -> Sweep:
    r"""Fit every specification to every indicator of every pair, and keep all of it on disk.

    .. math:: \{\hat\Delta_{spi} : s \in S,\ i \in I,\ p = (O, D) \in P\}

    numbered once and for all: the pair moves fastest, then the indicator, then the specification.

    Parameters
    ----------
    source : Panel or sequence of Panel
        The data; each indicator is swept.
    design : Design
        What the studies of all pairs share: onset, window, donors, breaks; its own origin and
        destination are replaced. Who is in a pair is left out of that pair's donors.
    pairs : iterable of (origin, destination)
        Units, or tuples of units that are summed, such as
        ``itertools.permutations(panel.units, 2)``.
    out : str or Path
        The folder in which the sweep is kept. A sweep that was stopped goes on from what is there.
    axes : Specifications, optional
        The choices, as in ``specification_curve``; by default one specification, the design as
        declared under ``InterruptedTimeSeries(trend=False)`` in levels.
    intervals : bool, default False
        Whether confidence intervals are wanted beside p-values: they take some forty times as
        long.
    rng : int, default 1
        Seed of the sweep: each fit has its own, made of this one and its number.
    n_jobs : int, default -1
        Workers, as joblib counts them: -1 takes all cores, and all workers of a cluster under
        ``joblib.parallel_config("dask")``. The table does not depend on it.
    shard : int, default 1000
        Fits in a file: what a worker does at once, and the most that is lost with it.

    Returns
    -------
    Sweep
        The table, read from the folder piece by piece.

    Raises
    ------
    TypeError
        When ``source`` holds no panels, or ``design`` or ``axes`` are none.
    DesignError
        When a pair is none, is named twice or holds an unknown unit; an indicator is named twice or
        unknown; an estimator's repr does not make it again; ``intervals`` is no switch, ``rng`` no
        seed, ``n_jobs`` or ``shard`` no number of workers or fits; all are listed.
    StudyError
        When pyarrow is not installed (the extra ``scale``), or the folder holds
        another sweep or other files, or cannot be written to.

    Notes
    -----
    Every fit is a row: what a method refuses, and why, is counted and shown, never dropped. Fits in
    levels whose regression is fixed (interrupted time series, difference in differences, and
    ``Conformal`` around them, without intervals) are solved together, a shape at a time, and say
    what a fit alone says; all others are fitted one by one. The table has no notes on the single
    fits: ``Sweep.fit(number)`` makes any of them again, with all that it says and warns of.

    A shard is written to a temporary file, flushed to the disk and then renamed: a process that is
    killed leaves whole shards or none. At the next start the digest of each is compared with its
    name; a spoilt one is computed anew, and said. The same tables come of any number of workers,
    byte for byte, on one kind of processor with the same versions, which the manifest names;
    another processor may round the last digits otherwise.

    When not to use it: to look for the pair with the smallest p. Of 100,000 true nulls 5,000 have p
    below .05; adjust over the whole table (``adjust``), and weigh what was declared beforehand.

    References
    ----------
    Chernozhukov, V., Wuthrich, K. & Zhu, Y. (2021). An exact and robust conformal inference method
    for counterfactual and synthetic controls. Journal of the American Statistical Association, 116,
    1849-1864. https://doi.org/10.1080/01621459.2021.1920957

    Examples
    --------
    >>> import itertools, tempfile
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(donors=3, destination_effect=40, rng=1)
    >>> pairs = itertools.permutations(panel.units, 2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = sx.sweep(panel, design, pairs, folder, n_jobs=1)
    ...     print(found.counts, found.to_frame()["origin"].nunique())
    {'answered': 20} 5
    """
    axes = _default_axes() if axes is None else axes
    panels = check_inputs(source, design, axes, verb="sweep")
    chosen = _pairs(pairs)
    refuse(
        *beyond_the_data(axes, panels),
        *_pair_problems(chosen, panels.values()),
        *_nameless(axes),
        *not_flag(intervals=intervals),
        *no_seed(rng),
        *no_workers(n_jobs),
        *not_whole("shard", shard, 1, "leave it at 1000"),
    )
    _need_packages()
    asked = combinations(axes, list(panels)[:1], design)
    fits = Fits(panels, design, chosen, asked, int(rng), bool(intervals), int(shard))
    store = open_store(Path(out), fits.identity())
    computed, spoilt = _compute(fits, store, n_jobs)
    return Sweep(fits, store, computed, spoilt)


def _default_axes() -> Specifications:
    """Return one specification: the design as declared, each side against its own level."""
    from shiftexp.estimators.its import InterruptedTimeSeries

    estimators = (InterruptedTimeSeries(trend=False),)
    return Specifications(estimators=estimators, scales=(), onsets=(0,))


def _compute(fits: Fits, store: Store, n_jobs: int) -> tuple[int, tuple[int, ...]]:
    """Compute the shards that are not there; return how many, and which of them were spoilt."""
    from joblib import Parallel, delayed
    from tqdm import tqdm

    held, spoilt = store.held(), []
    for k, path in held.items():
        if not store.whole(k, path, len(fits.numbers(k))):
            path.unlink()
            spoilt.append(k)
    missing = [k for k in range(fits.shards) if k not in held or k in spoilt]
    work = Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)(
        delayed(_solved)(fits.shard(k), store) for k in missing
    )
    done = fits.shards - len(missing)
    with tqdm(
        total=fits.shards, initial=done, desc="shards", unit="shard", disable=None, leave=False
    ) as shown:
        for k, content in work:
            store.write(k, content)
            shown.update()
    return len(missing), tuple(spoilt)


def _solved(shard: Shard, store: Store) -> tuple[int, bytes]:
    """Return a shard as the bytes of its file; on one thread, for two may add up otherwise."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return shard.index, encoded(answer(shard), store.said(shard.index))


def _pairs(given: object) -> tuple[Pair, ...]:
    """Return pairs as tuples of names.

    Raises
    ------
    DesignError
        When they are none; all that are not are listed.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        remedy = "write [('BE', 'NL')], or itertools.permutations(panel.units, 2)"
        raise DesignError(Problem(f"pairs = {given!r}", "pairs of units", remedy))
    found = [_tuples(pair) for pair in given]
    wrong = tuple(repr(pair) for pair in found if not _is_pair(pair))
    if wrong or not found:
        given_words = f"{plural(len(wrong), 'pair')} that are none" if found else "no pair"
        remedy = "write [('BE', 'NL')]: the origin, then the destination"
        raise DesignError(
            Problem(given_words, "(origin, destination), one at least", remedy, wrong)
        )
    return tuple((pair[0], pair[1]) for pair in found)


def _tuples(value: object) -> tuple[Side, ...]:
    """Return a pair with its lists as tuples; what is no pair in a tuple of its own."""
    if not isinstance(value, list | tuple):
        return (str(value),)
    return tuple(tuple(side) if isinstance(side, list | tuple) else side for side in value)


def _is_pair(pair: tuple[object, ...]) -> bool:
    """Tell whether something is an origin and a destination, each a name or several."""

    def named(side: object) -> bool:
        units = side if isinstance(side, tuple) else (side,)
        return bool(units) and all(isinstance(unit, str) and unit for unit in units)

    return len(pair) == 2 and all(map(named, pair))


def _pair_problems(pairs: tuple[Pair, ...], panels: Iterable[Panel]) -> list[Problem]:
    """Return pairs that are named twice, or have a unit on both sides, and units unknown to all."""
    known = sorted({unit for panel in panels for unit in panel.units})
    seen: dict[Pair, int] = {}
    for pair in pairs:
        seen[pair] = seen.get(pair, 0) + 1
    twice = tuple(repr(pair) for pair, count in seen.items() if count > 1)
    both = tuple(repr(pair) for pair in seen if {*units_of(pair[0])} & {*units_of(pair[1])})
    named = dict.fromkeys(unit for pair in seen for side in pair for unit in units_of(side))
    problems = [
        Problem(f"pairs hold {unit!r}", "units of the panel", suggest(unit, known))
        for unit in named
        if unit not in set(known)
    ]
    if twice:
        given = f"{plural(len(twice), 'pair')} named more than once"
        problems.append(Problem(given, "each pair once", "name it once", twice))
    if both:
        given = f"{plural(len(both), 'pair')} with a unit on both sides"
        problems.append(Problem(given, "two different sides", "take it out of one", both))
    return problems


def _nameless(axes: Specifications) -> list[Problem]:
    """Return estimators whose repr is another at every start, so that no folder is theirs again."""
    return [
        Problem(f"estimators hold {each!r}", "one whose repr makes it again", "use a dataclass")
        for each in axes.estimators
        if " object at 0x" in repr(each)
    ]


def _need_packages() -> None:
    """Refuse to begin without the packages of the extra.

    Raises
    ------
    StudyError
        When one is not installed.
    """
    from importlib.util import find_spec

    lacking = [name for name in _NEEDED if find_spec(name) is None]
    if lacking:
        given = f"a sweep without {' and '.join(lacking)}"
        remedy = "pip install 'shiftexp[scale]'"
        raise StudyError(Problem(given, "the packages of the extra scale", remedy))
