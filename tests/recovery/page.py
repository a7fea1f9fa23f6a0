"""The page of docs/calibration: what the tables say, in words whose numbers are read from them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.recovery import page_engines
from tests.recovery.page_words import (
    Line,
    Tables,
    mean,
    percent,
    select,
    table,
    unique,
    values,
    worst,
)

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
        *page_engines.engines(tables.get("engines", [])),
        *page_engines.bounds(tables.get("power_bounds", [])),
        *page_engines.extensions(tables.get("extensions", [])),
        *_one_series(tables.get("one_series", [])),
        *_pairs(tables.get("pairs", []), tables.get("joint_sets", [])),
        *_onsets(tables.get("onset_range", [])),
        *_logs(tables.get("log_scale", [])),
        *_counts(tables.get("counts", []), tables.get("closed_forms", [])),
        *_conformal(tables.get("conformal", [])),
        *page_engines.wrappers(tables.get("wrappers", [])),
        *page_engines.synthetic(tables.get("synthetic", [])),
        *page_engines.spillover(tables.get("spillover", [])),
        *page_engines.structural(tables.get("structural", [])),
        *page_engines.count_did(tables.get("count_did", [])),
        *page_engines.effort(tables.get("effort", [])),
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
        and r["condition"] in {"", SHIPPED}
        and r["nominal"]
        and r["value"]
        and float(r["value"]) > LIMIT * float(r["nominal"])
    ]


def always_warned(rows: Iterable[Line], row: Line) -> bool:
    """Tell whether the method warns of every data set of a row's cell."""
    told = _same_cell(rows, row, "warned")
    return bool(told) and all(float(r["value"]) == 1 for r in told)


def _beside(rows: Iterable[Line], row: Line, measure: str) -> str:
    """Return another measure of the same cell, in percent."""
    same = _same_cell(rows, row, measure)
    return percent(same[0]["value"]) if same else ""


def _same_cell(rows: Iterable[Line], row: Line, measure: str) -> list[Line]:
    """Return the rows of a row's cell that hold another measure."""
    keys = ("method", "T", "n_pre", "process", "rho", "sd", "setting", "condition")
    return [r for r in rows if r["measure"] == measure and all(r[k] == row[k] for k in keys)]


def _stamp(tables: Tables) -> str:
    """Say which code, seed and date the tables have."""
    rows = [r for table in tables.values() for r in table]
    words = unique(rows, "version", "source", "seed", "date")
    made = "; ".join(f"version {v} (source {s}), seed {seed}, {day}" for v, s, seed, day in words)
    return f"\nMeasured: {made}. {len(rows)} numbers in {len(tables)} tables."


def _one_series(rows: list[Line]) -> list[str]:
    """Say what one series gives, and where the size is above its limit."""
    lines = ["", "## One series (`one_series.csv`)", ""]
    lines.append("In percent; columns AR(1) with rho 0/.4/.8/.9, then local level with q .1/1.")
    body = []
    for method, periods in unique(rows, "method", "T"):
        cell = select(rows, method=method, T=periods)
        numbers = [
            f"{values(cell, measure=m, process='AR(1)')} ; "
            f"{values(cell, measure=m, process='local level')}"
            for m in ("size", "coverage", "power")
        ]
        body.append([_SHORT[method], periods, *numbers])
    lines += table(("method", "T", "size (5)", "coverage (95)", "power at 2.8 sd of GLS"), body)
    held = [float(r["value"]) for r in select(rows, measure="withheld")]
    noted = [float(r["value"]) for r in select(rows, measure="persistence noted")]
    lines.append(
        "With a trend the test is withheld where the data speak for a slope that wanders: in up "
        f"to {100 * max(held, default=0.0):.1f} % of these data sets, none of which has one. Size "
        "and power count them as not found, coverage leaves them out. Persistent errors are noted "
        f"in up to {100 * max(noted, default=0.0):.1f} %."
    )
    over = too_large(rows)
    silent = [r for r in over if not always_warned(rows, r)]
    cells = len(select(rows, measure="size"))
    lines.append(
        f"**Above 1.5 times nominal: {len(over)} of {cells} cells**, {len(over) - len(silent)} of "
        "them warned of in every data set: "
        + "; ".join(
            f"{_SHORT[r['method']]}, T = {r['T']}, {r['process']} {r['rho']}: "
            f"{percent(r['value'])} %"
            for r in over
        )
        + "."
    )
    return lines


def _pairs(rows: list[Line], sets: list[Line]) -> list[str]:
    """Say what a pair gives."""
    lines = ["", "## Pairs (`pairs.csv`, `joint_sets.csv`)", ""]
    lines.append("Shocks correlated .6; size in percent, nominal 5.")
    measures = [m for (m,) in unique(rows, "measure") if m not in {"warned", "withheld"}]
    body = [
        [
            _SHORT[m],
            t,
            f"{p} {rho}",
            *(values(rows, method=m, T=t, process=p, rho=rho, measure=k) for k in measures),
        ]
        for m, t, p, rho in unique(rows, "method", "T", "process", "rho")
    ]
    heads = [m.removeprefix("size, ") for m in measures]
    lines += table(("method", "T", "errors O/D", *heads), body)
    lines.append("The joint region (octagon) and the set of the offset ratio, T = 20, level:")
    names = [m for (m,) in unique(sets, "measure")]
    body = [
        [rho, *(values(sets, rho=rho, measure=k) for k in names)] for (rho,) in unique(sets, "rho")
    ]
    return [*lines, *table(("rho O/D", *names), body)]


def _onsets(rows: list[Line]) -> list[str]:
    """Say what an onset that is a range costs."""
    lines = ["", "## An onset that is a range (`onset_range.csv`)", ""]
    lines.append(
        "Four candidate years, the second one true, T = 20; rejections in percent at nominal 5 for "
        "rho 0/.4/.8. The rule that ships leaves the candidate years out; the others are computed "
        "for comparison. No analyst knows the onset in such a study."
    )
    tests = [r for r in rows if r["measure"] != "warned"]
    effects = [e for (e,) in unique(tests, "effect")]
    body = [
        [_SHORT[m], given, *(values(tests, method=m, condition=given, effect=e) for e in effects)]
        for m, given in unique(tests, "method", "condition")
    ]
    lines += table(("method", "rule", *(f"effect {e}" for e in effects)), body)
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
    chosen = select(rows, condition=given, effect=effect)
    return worst([r for r in chosen if r["measure"] != "warned"])


def _logs(rows: list[Line]) -> list[str]:
    """Say what a log scale gives."""
    lines = ["", "## Effects in level units from logs (`log_scale.csv`)", ""]
    lines.append("T = 20, sd .2 in logs; percent for rho 0/.4/.8.")
    keys = [(k, e) for k, e in unique(rows, "measure", "effect") if k != "warned"]
    body = [
        [_SHORT[m], *(values(rows, method=m, measure=k, effect=e) for k, e in keys)]
        for (m,) in unique(rows, "method")
    ]
    return [*lines, *table(("method", *(f"{k}, effect {e}" for k, e in keys)), body)]


def _counts(rows: list[Line], closed: list[Line]) -> list[str]:
    """Say what counts in two windows give."""
    lines = ["", "## Counts (`counts.csv`, `closed_forms.csv`)", ""]
    lines.append("Size in percent, nominal 5; closed forms with overdispersion left at 1.")
    processes = unique(rows, "process", "rho")
    body = []
    for some in (rows, closed):
        for method, before, after in unique(some, "method", "n_pre", "n_post"):
            chosen = select(some, method=method, n_pre=before, measure="size")
            sizes = [values(chosen, process=p, rho=rho) for p, rho in processes]
            body.append([f"`{method}`", f"{before}+{after}", *sizes])
    heads = [f"{p}, rho {rho}" if rho != "0" else p for p, rho in processes]
    lines += table(("method", "periods", *heads), body)
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
        "period; coverage and bounded intervals for effects of 0, 3 and 30 sd (30 sd at T = 20 "
        "only); the smallest p that came out, and the one that the notes of the result state."
    )
    body = []
    for method, before, after, process, rho in unique(
        rows, "method", "n_pre", "n_post", "process", "rho"
    ):
        cell = select(rows, method=method, n_pre=before, n_post=after, process=process, rho=rho)
        numbers = [
            values(cell, measure=m) for m in ("size", "power", "coverage", "interval bounded")
        ]
        smallest = [
            f"{float(select(cell, measure=f'smallest p {m}')[0]['value']):.3f}"
            for m in ("met", "stated")
        ]
        errors = f"{process} {rho}"
        body.append([f"`{method}`", f"{before}+{after}", errors, *numbers, *smallest])
    head = (
        "method",
        "periods",
        "errors",
        "size",
        "power",
        "coverage",
        "bounded",
        "p met",
        "p stated",
    )
    lines += table(head, body)
    if not rows:
        return lines
    worst = max(select(rows, measure="size"), key=lambda r: float(r["value"]))
    least = min(select(rows, measure="coverage"), key=lambda r: float(r["value"]))
    told = min(float(r["value"]) for r in select(rows, measure="warned"))
    weak = [
        float(r["value"])
        for r in select(rows, measure="power", effect="3 sd of a period")
        if "trend=True" in r["method"]
    ]
    lines.append(
        f"**Bad news:** size reaches {percent(worst['value'])} % ({worst['process']} "
        f"{worst['rho']}), coverage falls to {percent(least['value'])} %; the wrapper "
        f"warns in {100 * told:.0f} % of these data sets. An interval covers without saying "
        "anything where it is the whole line, as it "
        "is where no p below .10 can come out. With a trend a shift of 3 sd is found in "
        f"{100 * min(weak):.0f} to {100 * max(weak):.0f} %."
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
    for method, given, setting in unique(rows, "method", "condition", "setting"):
        cell = select(rows, method=method, condition=given, setting=setting)
        left = "/".join(f"{float(r['value']):.1f}" for r in select(cell, measure="sectors left"))
        numbers = [values(cell, measure=m) or "-" for m in names]
        drift = given.removeprefix("drift ").removesuffix(" declared")
        body.append([_SHORT[method], drift, setting, *numbers, left])
    body.sort(key=lambda cells: (cells[0], cells[1]))
    lines += table(("specifications", "drift", "truth", *names, "sectors left"), body)
    lines += _silence(rows)
    return [*lines, *_claims(rows)]


def _silence(rows: list[Line]) -> list[str]:
    """Say how often the default drift leaves everything undecided, and what a ramp does."""
    still = [r for r in rows if "detection" not in r["setting"]]
    lines = []
    for method, given in unique(still, "method", "condition"):
        cell = select(still, method=method, condition=given)
        silent, right, wrong = (
            mean(select(cell, measure=m))
            for m in ("undecided, all nine kept", "declared rightly", "declared wrongly")
        )
        lines.append(
            f"- {_SHORT[method]} specification{'s' if _SHORT[method] == 'three' else ''}, {given}: "
            f"mean over six truths and three sds: undecided {silent} %, declared rightly {right} "
            f"%, declared wrongly {wrong} %."
        )
    null = select(still, setting="null", measure="undecided, all nine kept")
    for given in sorted({r["condition"] for r in null}):
        silent = mean(select(null, condition=given))
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
    worst = min(select(rows, measure=measure), key=lambda r: float(r["value"]), default=None)
    if worst is None:
        return []
    nominal = f", promised {percent(worst['nominal'])} %" if worst["nominal"] else ""
    where = f"{worst['setting']}, sd {worst['sd']}, {worst['condition']}"
    found = f"{percent(worst['value'])} %{nominal} ({where}, {_SHORT[worst['method']]})"
    return [f"- {words} in as few as {found}."]


def _claims(rows: list[Line]) -> list[str]:
    """Say how often each claim is supported when true, and at worst when untrue."""
    lines = ["", "Claims, all truths and sds together; errors as declared, then detection changed:"]
    body = []
    claims = [m for (m,) in unique(rows, "measure") if m.startswith("claim")]
    names = list(dict.fromkeys(m.split("'")[1] for m in claims))
    still = [r for r in rows if "detection" not in r["setting"]]
    moved = [r for r in rows if "detection" in r["setting"]]
    for name in names:
        for (given,) in unique(rows, "condition"):
            true = f"claim '{name}' supported, true"
            false = f"claim '{name}' supported, untrue"
            body.append(
                [
                    name,
                    given.removeprefix("drift ").removesuffix(" declared"),
                    mean(select(still, measure=true, condition=given)),
                    worst(select(still, measure=false, condition=given)),
                    worst(select(moved, measure=false, condition=given)),
                ]
            )
    head = (
        "claim",
        "drift",
        "supported when true (mean)",
        "when untrue (largest)",
        "untrue, detection changed (largest)",
    )
    return [*lines, *table(head, body)]
