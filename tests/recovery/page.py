"""The page of docs/calibration: what the tables say, in words whose numbers are read from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

Line = dict[str, str]
Tables = dict[str, list[Line]]
START, END = "<!-- found: written by make calibration -->", "<!-- end of found -->"
LIMIT = 1.5
SHIPPED = "candidate years left out (shipped)"
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


def too_large(rows: Iterable[Line]) -> list[Line]:
    """Return rows of what ships whose size exceeds 1.5 times the nominal one, any error process."""
    return [
        r
        for r in rows
        if r["measure"].startswith("size")
        and "persistence" not in r["measure"]
        and "it is not" not in r["measure"]
        and r["condition"] in {"", SHIPPED}
        and r["nominal"]
        and r["value"]
        and float(r["value"]) > LIMIT * float(r["nominal"])
    ]


def always_warned(rows: Iterable[Line], row: Line) -> bool:
    """Tell whether the method warns of every data set of a row's cell."""
    told = _same_cell(rows, row, "warned")
    return bool(told) and all(float(r["value"]) == 1 for r in told)


def beside(rows: Iterable[Line], row: Line, measure: str) -> str:
    """Return another measure of the same cell, in percent."""
    same = _same_cell(rows, row, measure)
    return _percent(same[0]["value"]) if same else ""


def _same_cell(rows: Iterable[Line], row: Line, measure: str) -> list[Line]:
    """Return the rows of a row's cell that hold another measure."""
    keys = ("method", "T", "n_pre", "process", "rho", "sd", "setting", "condition")
    return [r for r in rows if r["measure"] == measure and all(r[k] == row[k] for k in keys)]


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
    silent = [r for r in over if not always_warned(rows, r)]
    cells = len(_select(rows, measure="size"))
    lines.append(
        f"**Above 1.5 times nominal: {len(over)} of {cells} cells; {len(over) - len(silent)} of "
        f"them are warned of in every data set, {len(silent)} are not.** The warning goes by "
        "length. It does not go by the mass on persistent errors that a fit finds (noted when "
        "above one half), because false positives come from data that look less persistent than "
        "they are:"
    )
    body = [
        [
            _SHORT[r["method"]],
            r["T"],
            f"{r['process']}, {r['rho']}",
            _percent(r["value"]),
            beside(rows, r, "warned"),
            beside(rows, r, "persistence noted"),
            beside(rows, r, "size where persistence is noted"),
            beside(rows, r, "size where it is not"),
        ]
        for r in over
    ]
    head = ("method", "T", "errors", "size", "warned", "noted", "size, noted", "size, not noted")
    lines += _table(head, body)
    if silent:
        named = "; ".join(
            f"{_SHORT[r['method']]}, T = {r['T']}, {r['process']} {r['rho']}: "
            f"{_percent(r['value'])} %"
            for r in silent
        )
        lines.append(f"**Bad news:** too large, and not always warned of: {named}.")
    return lines


def _pairs(rows: list[Line], sets: list[Line]) -> list[str]:
    """Say what a pair gives."""
    lines = ["", "## Pairs (`pairs.csv`, `joint_sets.csv`)", ""]
    lines.append("Shocks correlated .6; size in percent, nominal 5.")
    measures = [m for (m,) in _unique(rows, "measure") if m != "warned"]
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
        "rho 0/.4/.8. The rule that ships leaves the candidate years out; the others are computed "
        "for comparison. No analyst knows the onset in such a study."
    )
    tests = [r for r in rows if r["measure"] != "warned"]
    effects = [e for (e,) in _unique(tests, "effect")]
    body = [
        [_SHORT[m], given, *(_values(tests, method=m, condition=given, effect=e) for e in effects)]
        for m, given in _unique(tests, "method", "condition")
    ]
    lines += _table(("method", "rule", *(f"effect {e}" for e in effects)), body)
    if not rows:
        return lines
    known = _best(rows, "onset known", effects[1])
    lines.append(
        f"**Bad news:** not knowing the onset costs power: of effects of {effects[1]} the shipped "
        f"rule finds at most {_best(rows, SHIPPED, effects[1])} %, a known onset up to {known} %. "
        f"The largest p over the candidates finds at most "
        f"{_best(rows, 'largest p over the candidates', effects[1])} %: a step put in the wrong "
        "year looks like persistent errors, and the widest law decides. Picking the candidate that "
        f"tells most finds effects that are not there in up to "
        f"{_best(rows, 'most telling candidate picked', effects[0])} %."
    )
    return lines


def _best(rows: list[Line], given: str, effect: str) -> str:
    """Return the largest share of rejections under a rule, in percent."""
    chosen = _select(rows, condition=given, effect=effect)
    return _worst([r for r in chosen if r["measure"] != "warned"])


def _logs(rows: list[Line]) -> list[str]:
    """Say what a log scale gives."""
    lines = ["", "## Effects in level units from logs (`log_scale.csv`)", ""]
    lines.append("T = 20, sd .2 in logs; percent for rho 0/.4/.8.")
    keys = [(k, e) for k, e in _unique(rows, "measure", "effect") if k != "warned"]
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
    lines.append(
        "Test at 10 % and interval of 90 %, in percent; power for shifts of 3 and 30 sd of a "
        "period; coverage and bounded intervals for effects of 0, 3 and 30 sd; the smallest p "
        "that came out, and the one that the notes of the result state."
    )
    body = []
    for method, before, after, rho in _unique(rows, "method", "n_pre", "n_post", "rho"):
        cell = _select(rows, method=method, n_pre=before, rho=rho)
        numbers = [
            _values(cell, measure=m) for m in ("size", "power", "coverage", "interval bounded")
        ]
        smallest = [
            f"{float(_select(cell, measure=f'smallest p {m}')[0]['value']):.3f}"
            for m in ("met", "stated")
        ]
        body.append([f"`{method}`", f"{before}+{after}", rho, *numbers, *smallest])
    head = ("method", "periods", "rho", "size", "power", "coverage", "bounded", "p met", "p stated")
    lines += _table(head, body)
    if not rows:
        return lines
    worst = max(_select(rows, measure="size"), key=lambda r: float(r["value"]))
    least = min(_select(rows, measure="coverage"), key=lambda r: float(r["value"]))
    told = min(float(r["value"]) for r in _select(rows, measure="warned"))
    weak = [r for r in _select(rows, measure="power") if "trend=True" in r["method"]]
    lines.append(
        f"**Bad news:** size reaches {_percent(worst['value'])} % at rho {worst['rho']}, coverage "
        f"falls to {_percent(least['value'])} %; the wrapper warns in {100 * told:.0f} % of these "
        "data sets. An interval covers without saying anything where it is the whole line, as it "
        "is where no p below .10 can come out. With a trend a shift of 3 sd is found in "
        f"{_values([r for r in weak if r['effect'].startswith('3 ')], measure='power')} % (12 + 8 "
        "and 10 + 10 periods)."
    )
    return lines


def _verdicts(rows: list[Line]) -> list[str]:
    """Say how often the verdict is right, wrong and silent."""
    lines = ["", "## Verdicts (`verdicts.csv`)", ""]
    lines.append(
        "Base 100 at the origin and 40 at the destination, 12 + 8 years, rho .4; shares in percent "
        "for errors of sd 1/2/4 (1/2 or 2 only, where fewer stand); last column: mean number of "
        "the nine sectors left. The upper limits of flow and share hold when neither lies below "
        "the largest shift that the true effects allow; they are measured where no drift is "
        "declared."
    )
    names = (
        "truth kept",
        "declared rightly",
        "declared wrongly",
        "undecided, all nine kept",
        "limits of the shift hold",
        "limit of the share below 1",
        "a true claim contradicted",
    )
    body = []
    for method, given, setting in _unique(rows, "method", "condition", "setting"):
        cell = _select(rows, method=method, condition=given, setting=setting)
        left = "/".join(f"{float(r['value']):.1f}" for r in _select(cell, measure="sectors left"))
        numbers = [_values(cell, measure=m) or "-" for m in names]
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
    moved = [r for r in rows if "detection" in r["setting"]]
    return [
        *lines,
        *_fewest(still, "limits of the shift hold", "Detection as it was: the limits hold"),
        *_fewest(moved, "limits of the shift hold", "Detection changed, unknown: the limits hold"),
        *_fewest(moved, "truth kept", "Detection changed, unknown: the truth is kept"),
    ]


def _fewest(rows: list[Line], measure: str, words: str) -> list[str]:
    """Say in how few data sets something holds, and where."""
    worst = min(_select(rows, measure=measure), key=lambda r: float(r["value"]), default=None)
    if worst is None:
        return []
    nominal = f", promised {_percent(worst['nominal'])} %" if worst["nominal"] else ""
    where = f"{worst['setting']}, sd {worst['sd']}, {worst['condition']}"
    found = f"{_percent(worst['value'])} %{nominal} ({where}, {_SHORT[worst['method']]})"
    return [f"- {words} in as few as {found}."]


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
