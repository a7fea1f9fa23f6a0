"""The page's part on engines: the default beside rivals, bounds on power, extensions, wrappers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shiftexp.kernels.power_bounds import BOUND_AT
from tests.recovery.measure_engines import BOUNDS, EMW_AR, EMW_LL
from tests.recovery.page_words import Line, mean, percent, rates, select, table, unique, values

_COLUMNS = (
    ("AR(1)", "0"),
    ("AR(1)", "0.4"),
    ("AR(1)", "0.8"),
    ("AR(1)", "0.9"),
    ("local level", "0.1"),
    ("local level", "1"),
    ("AR(2)", "0"),
    ("random walk", "0"),
    ("stochastic slope", "0.1"),
)
# Near-bounds on power measured by the project's inference study, section 1, for autocorrelation 0,
# .4 and .8: what the default has to come near.
STUDY = {
    ("level shift", "15"): (0.51, 0.55, 0.72),
    ("level shift", "20"): (0.50, 0.60, 0.74),
    ("level shift", "40"): (0.54, 0.62, 0.77),
    ("ITS mean effect", "15"): (0.41, 0.40, 0.70),
    ("ITS mean effect", "20"): (0.45, 0.38, 0.67),
    ("ITS mean effect", "40"): (0.48, 0.51, 0.57),
}
_SMALL, _USUAL = "2 sd of GLS", "2.8 sd of GLS"
_BENDS = "stochastic slope"


def engines(rows: list[Line]) -> list[str]:
    """Say how the default compares with other engines, and which of them are unusable where."""
    lines = ["", "## The default beside other engines (`engines.csv`)", ""]
    lines.append(
        "One annual series; ten windows (two breaks for each T), nine error processes, three "
        "marginals (normal, t5, negative binomial counts), 2,000 series each. In percent, means "
        "over breaks and marginals; in brackets the largest single cell. Columns: AR(1) with rho "
        "0, .4, .8, .9; local level with q .1, 1; AR(2) (.5, .3); random walk; a slope that "
        "wanders (sd .1). Coverage is 100 less size for every engine: none changes when the effect "
        "is added to the data and to the null."
    )
    for kind, periods in unique(rows, "method", "T"):
        cell = select(rows, method=kind, T=periods)
        lines += ["", f"**{kind}, T = {periods}**"]
        body = []
        for (engine,) in unique(cell, "condition"):
            mine = select(cell, condition=engine)
            for words, measure, effect in (("size", "size", "0"), ("power", "power", _USUAL)):
                shown = [
                    _cell(select(mine, measure=measure, effect=effect, process=p, rho=rho))
                    for p, rho in _COLUMNS
                ]
                body.append([engine if words == "size" else "", words, *shown])
        heads = [f"{p} {rho}" if p in {"AR(1)", "local level"} else p for p, rho in _COLUMNS]
        lines += table(("engine", "", *heads), body)
    return [*lines, *_unusable(rows), *_limits(rows)]


def bounds(rows: list[Line]) -> list[str]:
    """Say how much power the default leaves on the table, and what robustness costs."""
    lines = ["", "## How near the default comes to what any test can find (`power_bounds.csv`)", ""]
    lines.append(
        "Power in percent against 2.8 sd of GLS at 5 %, break at 60 % of T. A bound is the power "
        "of the test made for that one process that keeps its size under all the others; it moves "
        "by about 3 points with its draws, and no one test can reach all of them at once. The "
        "study's bounds allowed sizes of 5.5 and 8 %, ours 5.7 and 8.5 %. The last column is the "
        "price of not knowing that errors are AR(1)."
    )
    names = [c for (c,) in unique(rows, "condition")]
    body = []
    for cell in bounds_cells(rows):
        found = [f"{100 * cell.power[name]:.1f}" for name in names]
        shares = [f"{100 * share:.0f}" for share in (cell.of_bound, cell.of_study)]
        study = f"{100 * cell.study:.0f}"
        body.append([cell.kind, cell.periods, cell.rho, *found, study, *shares, cell.price])
    head = ("", "T", "rho", *names, "bound, study", "default / bound", "default / study's")
    lines += table((*head, "price of robustness"), body)
    told: tuple[tuple[str, Callable[[BoundsCell], float]], ...] = (
        ("bounds", lambda c: c.of_bound),
        ("study's bounds", lambda c: c.of_study),
    )
    for words, share in told:
        some = [share(c) for c in bounds_cells(rows) if c.periods != "15"]
        if some:
            lines.append(
                f"- At T = 20 and 40 the default reaches {100 * min(some):.0f} to "
                f"{100 * max(some):.0f} % of the {words}, {100 * sum(some) / len(some):.1f} % on "
                "average."
            )
    return lines


@dataclass(frozen=True)
class BoundsCell:
    """Power of one design under one process, and how near it comes to its bounds."""

    kind: str
    periods: str
    rho: str
    power: dict[str, float]
    study: float

    @property
    def of_bound(self) -> float:
        """Power of the default over the bound measured in the same run."""
        return self.power[EMW_LL] / self.power[BOUNDS[EMW_LL]]

    @property
    def of_study(self) -> float:
        """Power of the default over the bound of the study."""
        return self.power[EMW_LL] / self.study

    @property
    def price(self) -> str:
        """What not knowing that the errors are AR(1) costs, in points."""
        return f"{100 * (self.power[BOUNDS[EMW_AR]] - self.power[BOUNDS[EMW_LL]]):.1f}"


def bounds_cells(rows: list[Line]) -> list[BoundsCell]:
    """Return the cells of the table of bounds."""
    cells = []
    for kind, periods, rho in unique(rows, "method", "T", "rho"):
        chosen = select(rows, method=kind, T=periods, rho=rho)
        power = {r["condition"]: float(r["value"]) for r in chosen}
        study = STUDY[kind, periods][BOUND_AT.index(float(rho))]
        cells.append(BoundsCell(kind, periods, rho, power, study))
    return cells


def extensions(rows: list[Line]) -> list[str]:
    """Say what the default gives where the data are not one complete annual series."""
    lines = ["", "## Gaps, sampling errors, seasons, breaks, other levels (`extensions.csv`)", ""]
    lines.append(
        "Percent for AR(1) with rho 0/.4/.8/.9, then local level with q .1/1; annual data are T = "
        "20 (12 + 8), quarterly T = 40, monthly T = 120. Power is for 2.8 sd of GLS."
    )
    body = []
    for setting, kind in unique(rows, "setting", "method"):
        cell = select(rows, setting=setting, method=kind)
        nominal = select(cell, measure="size")[0]["nominal"]
        numbers = [
            f"{values(cell, measure=m, process='AR(1)')} ; "
            f"{values(cell, measure=m, process='local level')}"
            for m in ("size", "power")
        ]
        body.append([setting, kind, f"{100 * float(nominal):g}", *numbers])
    return [*lines, *table(("data", "", "nominal", "size", "power"), body)]


def wrappers(rows: list[Line]) -> list[str]:
    """Say what the wrappers give, and that they warn where they reject too often."""
    lines = ["", "## Permutation, placebo, bootstrap, donors, end of sample (`wrappers.csv`)", ""]
    lines.append(
        "Tests at 10 %, 500 data sets; size at the destination and of the net effect, power for "
        "2.8 sd of GLS, in percent (in logs: for a rise, then for a fall by the same factor); the "
        "smallest p that can come out, as the notes state it."
    )
    body = []
    for method, setting, periods in unique(rows, "method", "setting", "T"):
        for (rho,) in unique(select(rows, method=method, setting=setting, T=periods), "rho"):
            cell = select(rows, method=method, setting=setting, T=periods, rho=rho)
            size, net, power, fall, warned = (
                values(cell, measure=m)
                for m in ("size", "size, net", "power", "power of a fall", "warned")
            )
            numbers = [size, net, f"{power}/{fall}" if fall else power, warned]
            smallest = float(select(cell, measure="smallest p stated")[0]["value"])
            body.append([f"`{method}`", setting, periods, rho, *numbers, f"{smallest:.3f}"])
    head = ("wrapper", "donors", "T", "rho", "size", "net", "power", "warned", "smallest p")
    return [*lines, *table(head, body)]


def synthetic(rows: list[Line]) -> list[str]:
    """Say what methods that weight donors give, beside difference-in-differences."""
    lines = ["", "## Weighted donors, on a common random walk (`synthetic.csv`)", ""]
    lines.append(
        "Tests at 5 %, 200 data sets, AR(1) errors with rho 0/.4/.8; donors load .7 to 1.3 on a "
        "random walk that both sides load 1 on. Size at the destination and of the net effect, "
        "power for a step of 2.8 sd of GLS against the donors' mean, coverage of an effect that "
        "grows to the same mean, in percent. A refusal counts as warned, and as nothing else."
    )
    named = {"method": "method", "setting": "donors", "T": "T"}
    measures = {
        "size": "size", "size, net": "net", "power": "power", "coverage": "coverage, growing",
        "warned": "warned",
    }  # fmt: skip
    return [*lines, *rates(rows, named, measures)]


def spillover(rows: list[Line]) -> list[str]:
    """Say what synthetic controls give whose donors the event reaches."""
    lines = ["", "## Donors that the event reaches (`spillover.csv`)", ""]
    lines.append(
        "Tests at 5 %, 200 data sets on a common random walk, AR(1) errors with rho 0/.4/.8. Size "
        "at the destination and of the net effect and power for a step, without spillover; then an "
        "effect that grows at the destination and is twice as large on a donor: coverage at the "
        "destination, and how often an effect is found at the origin, where there is none; percent."
    )
    named = {"method": "method", "setting": "donors", "T": "T"}
    measures = {
        "size": "size", "size, net": "net", "power": "power", "coverage": "coverage",
        "size, origin": "false at origin", "refused": "refused",
    }  # fmt: skip
    return [*lines, *rates(rows, named, measures)]


def structural(rows: list[Line]) -> list[str]:
    """Say what the structural model gives, beside the default."""
    lines = ["", "## Trends that wander (`structural.csv`)", ""]
    lines.append(
        "Tests at 5 %, 200 data sets. Size at the destination and of the net effect, power for a "
        "step of 2.8 sd of GLS at the destination, in percent. Every period has an effect of its "
        "own in the structural model, so that one minus the size covers effects of any shape."
    )
    body = []
    for method, periods in unique(rows, "method", "T"):
        mine = select(rows, method=method, T=periods)
        for process, rho in unique(mine, "process", "rho"):
            cell = select(mine, process=process, rho=rho)
            numbers = [values(cell, measure=m) for m in ("size", "size, net", "power", "warned")]
            name = f"{process} {rho}" if rho != "0" else process
            body.append([f"`{method}`", periods, name, *numbers])
    head = ("method", "T", "errors", "size", "net", "power", "warned")
    return [*lines, *table(head, body)]


def count_did(rows: list[Line]) -> list[str]:
    """Say what regressions of counts give, beside difference-in-differences of log counts."""
    lines = ["", "## Regressions of counts (`count_did.csv`)", ""]
    lines.append(
        "Tests at 5 %, 200 data sets. Negative binomial counts (alpha .1) around intensities with "
        "AR(1) errors of sd .2 in logs, rho 0/.4/.8, or a local level with q = .1; 5 donors of .6 "
        "to 1.6 times the size, all on one random walk of .1 a period. For ratios the walk is that "
        "of a country's effort, shared by both indicators. Size at the destination and of the net "
        "effect, power for a log ratio of 2.8 sd of GLS, coverage of the effect in counts, in "
        "percent. A refusal (periods without a single count) counts as warned, and as nothing else."
    )
    named = {"method": "method", "setting": "counts", "T": "T", "process": "errors"}
    measures = {
        "size": "size", "size, net": "net", "power": "power", "coverage": "coverage",
        "warned": "warned", "refused": "refused",
    }  # fmt: skip
    return [*lines, *rates(rows, named, measures)]


def effort(rows: list[Line]) -> list[str]:
    """Say what is found where the power of effort is estimated."""
    lines = ["", "## Effort with an estimated power (`effort.csv`)", ""]
    lines.append(
        "Tests at 5 % at the destination, 100 data sets. Poisson counts of mean 20 that go with "
        "effort to the power .7, around intensities with AR(1) errors of sd .2 in logs; log effort "
        "varies by .2 in every place, and in one setting doubles at the destination's onset, where "
        "it can hardly be told from the event. 5 donors. Power for a rate that grows by half."
    )
    named = {"method": "method", "setting": "effort", "rho": "rho"}
    measures = {name: name for name in ("size", "power", "coverage", "warned")}
    return [*lines, *rates(rows, named, measures)]


def _cell(rows: list[Line]) -> str:
    """Write the mean of some cells, and the largest of them."""
    if not rows:
        return "-"
    return f"{mean(rows)} ({percent(max(r['value'] for r in rows))})"


def _unusable(rows: list[Line]) -> list[str]:
    """List the engines whose power at 2 sd is below twice their size, with the cells."""
    words = "engines whose power at 2 sd of GLS is below twice their size, with the cells"
    lines = ["", f"**Unusable**: {words}.", ""]
    size = {_name(r): float(r["value"]) for r in rows if r["measure"] == "size"}
    power = {_name(r): float(r["value"]) for r in rows if r["effect"] == _SMALL}
    for kind, engine in unique(rows, "method", "condition"):
        mine = [n for n in size if n[0] == kind and n[-1] == engine]
        bad = [n for n in mine if power[n] < 2 * size[n]]
        if bad:
            where = ", ".join(_places(bad))
            share = f"{len(bad)} of {len(mine)} cells"
            lines.append(f"- {engine} ({kind}): {share}: {where}.")
    return lines


def _name(row: Line) -> tuple[str, ...]:
    """Return what names a cell and the engine in it."""
    keys = ("method", "T", "n_pre", "process", "rho", "setting", "condition")
    return tuple(row[k] for k in keys)


def _places(names: Iterable[tuple[str, ...]]) -> list[str]:
    """Write error processes with the lengths at which something happens under them."""
    found: dict[str, set[int]] = {}
    for name in names:
        found.setdefault(f"{name[3]} {name[4]}" if name[4] != "0" else name[3], set()).add(
            int(name[1])
        )
    return [f"{process} (T = {'/'.join(map(str, sorted(t)))})" for process, t in found.items()]


def _limits(rows: list[Line]) -> list[str]:
    """Say the largest size of the default under each kind of errors."""
    mine = [r for r in select(rows, measure="size") if r["condition"] == EMW_LL]
    lines = ["", "Largest size of the default in any cell:"]
    for process in dict.fromkeys(p for p, _ in _COLUMNS):
        cells = select(mine, process=process)
        if cells:
            top = max(cells, key=lambda r: float(r["value"]))
            lines.append(
                f"- {process}: {percent(top['value'])} % ({top['method']}, T = {top['T']}, "
                f"{top['setting']})"
            )
    return lines
