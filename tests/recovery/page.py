"""The page of docs/calibration: what the tables say, in words whose numbers are read from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

Line = dict[str, str]
Tables = dict[str, list[Line]]
START, END = "<!-- found: written by make calibration -->", "<!-- end of found -->"
LIMIT = 1.5
_SHORT = {
    "InterruptedTimeSeries(trend=False)": "ITS, level",
    "InterruptedTimeSeries(trend=True)": "ITS, trend",
    "InterruptedTimeSeries(scale='log', trend=False)": "ITS, log level",
    "InterruptedTimeSeries(scale='log', trend=True)": "ITS, log trend",
    "DifferenceInDifferences()": "DiD, 5 donors",
    "weigh(InterruptedTimeSeries(trend=False))": "one",
    "weigh(InterruptedTimeSeries: log level, log trend, level trend)": "three",
}


def write(path: Path, tables: Tables) -> None:
    """Replace what stands between the markers of a page by what the tables say."""
    text = path.read_text("utf-8") if path.exists() else f"{START}\n{END}\n"
    before, after = text.split(START)[0], text.split(END)[1]
    path.write_text(before + found(tables) + after, "utf-8")


def found(tables: Tables) -> str:
    """Return the generated part of the page, markers included."""
    parts = [
        START,
        _stamp(tables),
        *_one_series(tables.get("one_series", [])),
        *_pairs(tables.get("pairs", []), tables.get("joint_sets", [])),
        *_onsets(tables.get("onset_range", [])),
        *_logs(tables.get("log_scale", [])),
        *_counts(tables.get("counts", []), tables.get("closed_forms", [])),
        *_conformal(tables.get("conformal", [])),
        *_verdicts(tables.get("verdicts", [])),
        END,
    ]
    return "\n".join(parts)


def too_large(rows: Iterable[Line], rho: float = 0.8) -> list[Line]:
    """Return rows of AR(1) errors up to a rho whose size exceeds 1.5 times the nominal one."""
    return [
        r
        for r in rows
        if r["measure"].startswith("size")
        and "warned" not in r["measure"]
        and r["process"] == "AR(1)"
        and max(map(float, r["rho"].split("/"))) <= rho
        and r["nominal"]
        and float(r["value"]) > LIMIT * float(r["nominal"])
    ]


def beside(rows: Iterable[Line], row: Line, measure: str) -> str:
    """Return another measure of the same cell, in percent."""
    keys = ("method", "T", "n_pre", "process", "rho", "sd", "setting", "condition")
    same = [r for r in rows if r["measure"] == measure and all(r[k] == row[k] for k in keys)]
    return _percent(same[0]["value"]) if same else ""


def _percent(value: str) -> str:
    """Write a share in percent; a dash where no data set qualified."""
    return f"{100 * float(value):.1f}" if value else "-"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["", *(f"| {' | '.join(cells)} |" for cells in lines), ""]


def _unique(rows: Iterable[Line], *keys: str) -> list[tuple[str, ...]]:
    """Return the distinct values of some columns in the order of the table."""
    return list(dict.fromkeys(tuple(r[k] for k in keys) for r in rows))


def _select(rows: Iterable[Line], **columns: str) -> list[Line]:
    """Return rows whose columns have these values."""
    return [r for r in rows if all(r[k] == v for k, v in columns.items())]


def _values(rows: Iterable[Line], **columns: str) -> str:
    """Return values in percent, separated by slashes."""
    return "/".join(_percent(r["value"]) for r in _select(rows, **columns))


def _stamp(tables: Tables) -> str:
    """Say which code, seed and date the tables have."""
    rows = [r for table in tables.values() for r in table]
    words = _unique(rows, "version", "source", "seed", "date")
    made = "; ".join(f"version {v} (source {s}), seed {seed}, {day}" for v, s, seed, day in words)
    return f"\nMeasured: {made}. {len(rows)} numbers in {len(tables)} tables."


def _one_series(rows: list[Line]) -> list[str]:
    """Say what one series gives, and where the size is above its limit."""
    lines = ["", "## One series (`one_series.csv`)", ""]
    lines.append("In percent; columns AR(1) with rho 0/.4/.8/.9, then local level with q .1/1.")
    body = []
    for method, periods in _unique(rows, "method", "T"):
        cell = _select(rows, method=method, T=periods)
        numbers = [
            f"{_values(cell, measure=m, process='AR(1)')} ; "
            f"{_values(cell, measure=m, process='local level')}"
            for m in ("size", "coverage", "power")
        ]
        body.append([_SHORT[method], periods, *numbers])
    lines += _table(("method", "T", "size (5)", "coverage (95)", "power at 2.8 sd of GLS"), body)
    over = too_large(rows)
    lines.append(
        f"**Above 1.5 times nominal at rho <= .8: {len(over)} of "
        f"{len(_select(rows, measure='size', process='AR(1)')) * 3 // 4} cells.** The warning of "
        "persistent errors does not find these data sets: false positives come from data that "
        "look less persistent than they are."
    )
    body = [
        [
            _SHORT[r["method"]],
            r["T"],
            r["rho"],
            _percent(r["value"]),
            beside(rows, r, "warned"),
            beside(rows, r, "size where not warned"),
            beside(rows, r, "size where warned"),
        ]
        for r in over
    ]
    head = ("method", "T", "rho", "size", "warned", "size, not warned", "size, warned")
    return [*lines, *_table(head, body)]


def _pairs(rows: list[Line], sets: list[Line]) -> list[str]:
    """Say what a pair gives."""
    lines = ["", "## Pairs (`pairs.csv`, `joint_sets.csv`)", ""]
    lines.append("Shocks correlated .6; size in percent, nominal 5.")
    measures = [m for (m,) in _unique(rows, "measure")]
    body = [
        [_SHORT[m], t, rho, *(_values(rows, method=m, T=t, rho=rho, measure=k) for k in measures)]
        for m, t, rho in _unique(rows, "method", "T", "rho")
    ]
    lines += _table(("method", "T", "rho O/D", *measures), body)
    lines.append("The joint region (octagon) and the set of the offset ratio, T = 20, level:")
    names = [m for (m,) in _unique(sets, "measure")]
    body = [
        [rho, *(_values(sets, rho=rho, measure=k) for k in names)]
        for (rho,) in _unique(sets, "rho")
    ]
    return [*lines, *_table(("rho O/D", *names), body)]


def _onsets(rows: list[Line]) -> list[str]:
    """Say what an onset that is a range costs."""
    lines = ["", "## An onset that is a range (`onset_range.csv`)", ""]
    lines.append(
        "Four candidate years, the second one true, T = 20; rejections in percent at nominal 5 for "
        "rho 0/.4/.8. The rule that ships takes the largest p over the candidates."
    )
    body = [
        [_SHORT[m], given, *(_values(rows, method=m, condition=given, effect=e) for e in effects)]
        for effects in [[e for (e,) in _unique(rows, "effect")]]
        for m, given in _unique(rows, "method", "condition")
    ]
    heads = [f"effect {e}" for (e,) in _unique(rows, "effect")]
    lines += _table(("method", "rule", *heads), body)
    shipped = [r for r in rows if "shipped" in r["condition"] and r["measure"] == "power"]
    best = max((float(r["value"]) for r in shipped), default=0.0)
    lines.append(
        f"**Bad news:** the shipped rule finds at most {100 * best:.1f} % of these effects: a step "
        "put in the wrong year looks like persistent errors, and the widest law decides. Leaving "
        "the candidate years out is valid for every candidate and keeps much of the power."
    )
    return lines


def _logs(rows: list[Line]) -> list[str]:
    """Say what a log scale gives."""
    lines = ["", "## Effects in level units from logs (`log_scale.csv`)", ""]
    lines.append("T = 20, sd .2 in logs; percent for rho 0/.4/.8.")
    keys = _unique(rows, "measure", "effect")
    body = [
        [_SHORT[m], *(_values(rows, method=m, measure=k, effect=e) for k, e in keys)]
        for (m,) in _unique(rows, "method")
    ]
    return [*lines, *_table(("method", *(f"{k}, effect {e}" for k, e in keys)), body)]


def _counts(rows: list[Line], closed: list[Line]) -> list[str]:
    """Say what counts in two windows give."""
    lines = ["", "## Counts (`counts.csv`, `closed_forms.csv`)", ""]
    lines.append("Size in percent, nominal 5; closed forms with overdispersion left at 1.")
    processes = _unique(rows, "process", "rho")
    body = []
    for table in (rows, closed):
        for method, before, after in _unique(table, "method", "n_pre", "n_post"):
            chosen = _select(table, method=method, n_pre=before, measure="size")
            sizes = [_values(chosen, process=p, rho=rho) for p, rho in processes]
            body.append([f"`{method}`", f"{before}+{after}", *sizes])
    heads = [f"{p}, rho {rho}" if rho != "0" else p for p, rho in processes]
    lines += _table(("method", "periods", *heads), body)
    lines.append(
        "`WindowContrast` warns every time it is fitted. The closed forms do not warn: with counts "
        "that are overdispersed or autocorrelated they are wrong by factors unless "
        "`overdispersion` is stated."
    )
    return lines


def _conformal(rows: list[Line]) -> list[str]:
    """Say what the conformal wrapper gives."""
    lines = ["", "## Conformal (`conformal.csv`)", ""]
    lines.append("Nominal 10 %, shift of 2 sd of a period; size and power in percent.")
    body = []
    for method, before, after, rho in _unique(rows, "method", "n_pre", "n_post", "rho"):
        cell = _select(rows, method=method, n_pre=before, rho=rho)
        smallest = _select(cell, measure="smallest p met")[0]["value"]
        numbers = [_values(cell, measure=m) for m in ("size", "power")]
        body.append([f"`{method}`", f"{before}+{after}", rho, *numbers, f"{float(smallest):.2f}"])
    lines += _table(("method", "periods", "rho", "size", "power", "smallest p met"), body)
    sizes = sorted(_select(rows, measure="size"), key=lambda r: float(r["value"]))
    if sizes:
        worst = f"{_percent(sizes[-1]['value'])} % at rho {sizes[-1]['rho']}"
        lines.append(
            f"**Bad news:** size reaches {worst}, with "
            "a note but no warning; where the smallest p met lies above .10 it can never reject."
        )
    return lines


def _verdicts(rows: list[Line]) -> list[str]:
    """Say how often the verdict is right, wrong and silent."""
    lines = ["", "## Verdicts (`verdicts.csv`)", ""]
    lines.append(
        "Base 100 at the origin and 40 at the destination, 12 + 8 years, rho .4; shares in percent "
        "for errors of sd 1/2/4 (2 only, where one number stands); last column: mean number of "
        "the nine sectors left."
    )
    names = ("truth kept", "declared rightly", "declared wrongly", "undecided, all nine kept")
    body = []
    for method, given, setting in _unique(rows, "method", "condition", "setting"):
        cell = _select(rows, method=method, condition=given, setting=setting)
        left = "/".join(f"{float(r['value']):.1f}" for r in _select(cell, measure="sectors left"))
        numbers = [_values(cell, measure=m) for m in names]
        drift = given.removeprefix("drift ").removesuffix(" declared")
        body.append([_SHORT[method], drift, setting, *numbers, left])
    body.sort(key=lambda cells: (cells[0], cells[1]))
    lines += _table(("specifications", "drift", "truth", *names, "sectors left"), body)
    lines += _silence(rows)
    return [*lines, *_claims(rows)]


def _silence(rows: list[Line]) -> list[str]:
    """Say how often the default drift leaves everything undecided, and what a ramp does."""
    still = [r for r in rows if "detection" not in r["setting"]]
    lines = []
    for method, given in _unique(still, "method", "condition"):
        cell = _select(still, method=method, condition=given)
        silent, right, wrong = (
            _mean(_select(cell, measure=m))
            for m in ("undecided, all nine kept", "declared rightly", "declared wrongly")
        )
        lines.append(
            f"- {_SHORT[method]} specification{'s' if _SHORT[method] == 'three' else ''}, {given}: "
            f"mean over six truths and three sds: undecided {silent} %, declared rightly {right} "
            f"%, declared wrongly {wrong} %."
        )
    null = _select(still, setting="null", measure="undecided, all nine kept")
    for given in sorted({r["condition"] for r in null}):
        silent = _mean(_select(null, condition=given))
        lines.append(f"- When nothing happened, {given}: all nine sectors are kept in {silent} %.")
    moved = [r for r in rows if "detection" in r["setting"] and r["measure"] == "truth kept"]
    worst = min(moved, key=lambda r: float(r["value"]), default=None)
    if worst is not None:
        lines.append(
            f"- Detection that changes unknown to the analyst: the truth is kept in as few as "
            f"{_percent(worst['value'])} % ({worst['setting']}, sd {worst['sd']}, "
            f"{worst['condition']}, {_SHORT[worst['method']]})."
        )
    return lines


def _claims(rows: list[Line]) -> list[str]:
    """Say how often each claim is supported when true, and at worst when untrue."""
    lines = ["", "Claims, all truths and sds together; errors as declared, then detection changed:"]
    body = []
    claims = [m for (m,) in _unique(rows, "measure") if m.startswith("claim")]
    names = list(dict.fromkeys(m.split("'")[1] for m in claims))
    still = [r for r in rows if "detection" not in r["setting"]]
    moved = [r for r in rows if "detection" in r["setting"]]
    for name in names:
        for (given,) in _unique(rows, "condition"):
            true = f"claim '{name}' supported, true"
            false = f"claim '{name}' supported, untrue"
            body.append(
                [
                    name,
                    given.removeprefix("drift ").removesuffix(" declared"),
                    _mean(_select(still, measure=true, condition=given)),
                    _worst(_select(still, measure=false, condition=given)),
                    _worst(_select(moved, measure=false, condition=given)),
                ]
            )
    head = (
        "claim",
        "drift",
        "supported when true (mean)",
        "when untrue (largest)",
        "untrue, detection changed (largest)",
    )
    return [*lines, *_table(head, body)]


def _mean(rows: list[Line]) -> str:
    """Return the mean of the values in percent."""
    return f"{100 * sum(float(r['value']) for r in rows) / len(rows):.1f}" if rows else "-"


def _worst(rows: list[Line]) -> str:
    """Return the largest value in percent."""
    return f"{100 * max(float(r['value']) for r in rows):.1f}" if rows else "-"
