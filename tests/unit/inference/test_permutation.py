"""Unit tests of permutation: placebo effects by hand, the count of donors, scales and gaps."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.inference.donors import ConleyTaber
from shiftexp.inference.end_of_sample import EndOfSample
from shiftexp.inference.permutation import Permutation
from shiftexp.inference.placebo_law import LogPlaceboLaw, PlaceboLaw
from shiftexp.kernels.cases import Floats
from shiftexp.result import Estimator
from tests.panels import annual_series, make_panel, pair_design

COUNTS, DID = sx.WindowContrast(), sx.DifferenceInDifferences()
CHANGES = {"O": -1.0, "D": 9.0, "A": 2.0, "B": 0.0, "C": -1.0, "E": 5.0}
WIGGLE = np.array([0.5, -0.5, 0.0, 0.0])


def tiny_series() -> dict[str, Floats]:
    """Return two years before and two after, each unit changing by a round number."""
    step = np.array([0.0, 0.0, 1.0, 1.0])
    return {unit: 10 + WIGGLE + by * step for unit, by in CHANGES.items()}


TINY = sx.Design(origin="O", destination="D", onset=2002, donors=("A", "B", "C", "E"))


def law_of(result: sx.Result) -> PlaceboLaw:
    """Return the law of a result, which ranks placebos; on a log scale, in logs."""
    law = result.effects.law
    ranks = law.ranks if isinstance(law, LogPlaceboLaw) else law
    assert isinstance(ranks, PlaceboLaw)
    return ranks


def test_placebos_by_hand() -> None:
    law = law_of(Permutation(DID).fit(make_panel(tiny_series()), TINY))
    donors = [CHANGES[unit] for unit in TINY.donors]
    expected = []
    for o, d in permutations(range(4), 2):
        rest = np.mean([donors[k] for k in range(4) if k not in {o, d}])
        expected.append((donors[o] - rest, donors[d] - rest))
    assert law.placebos == pytest.approx(np.array(expected))
    assert law.centre == pytest.approx([-1 - 1.5, 9 - 1.5])


def test_twelve_pairs_of_four_donors_count_as_four() -> None:
    result = Permutation(DID).fit(make_panel(tiny_series()), TINY)
    law = law_of(result)
    assert (len(law.placebos), law.independent) == (12, 4)
    assert result["destination"].p_value == pytest.approx(1 / 5)
    assert result["net"].p_value == pytest.approx((1 + 4 * 4 / 12) / 5)
    assert "4 donors: the smallest p that can come out is 0.2" in result.notes[0]
    assert "95% intervals are the whole line" in result.notes[0]


def test_a_placebo_has_the_reporting_break_of_the_side_whose_place_it_takes() -> None:
    rng = np.random.default_rng(1)
    series = {unit: 20 + rng.standard_normal(6) for unit in CHANGES}
    panel = make_panel(series, flags={("O", "2004"): "break"})
    design = replace(TINY, breaks="dummy")
    rest = (series["C"] + series["E"]) / 2
    o, d = series["A"] - rest, series["B"] - rest
    by_hand = (o[2:4].mean() - o[:2].mean(), d[2:].mean() - d[:2].mean())
    assert law_of(Permutation(DID).fit(panel, design)).placebos[0] == pytest.approx(by_hand)
    alone = law_of(ConleyTaber(DID).fit(panel, design)).placebos
    z = series["A"] - (series["B"] + series["C"] + series["E"]) / 3
    assert alone[0, 0] == pytest.approx(z[2:4].mean() - z[:2].mean())


def test_one_unit_alone_is_ranked_among_the_donors() -> None:
    law = law_of(Permutation(DID).fit(make_panel(tiny_series()), replace(TINY, origin=None)))
    donors = np.array([CHANGES[unit] for unit in TINY.donors])
    rest = (donors.sum() - donors) / 3
    assert law.placebos[:, 1] == pytest.approx(donors - rest)
    assert law.independent == 4


def counts(seed: int = 3, **changes: Any) -> dict[str, Floats]:  # noqa: ANN401 - passed on
    """Return whole numbers over 24 years, effects of 0 and 12 from 2014 on."""
    fields: dict[str, Any] = {"effects": (0.0, 12.0)} | changes
    return {unit: np.round(values) for unit, values in annual_series(seed, **fields).items()}


def count_panel(series: dict[str, Floats]) -> sx.Panel:
    """Return a panel of counts."""
    return make_panel(series, unit_of_measure="count")


def test_studentizing_takes_out_the_size_of_the_residuals() -> None:
    quiet = counts()
    loud = quiet | {unit: 5 * quiet[unit] for unit in pair_design().donors}
    p = {
        (name, studentized): Permutation(COUNTS, studentized=studentized)
        .fit(count_panel(values), pair_design())["destination"]
        .p_value
        for name, values in (("quiet", quiet), ("loud", loud))
        for studentized in (False, True)
    }
    assert p["quiet", True] == pytest.approx(p["loud", True])
    assert p["quiet", False] < p["loud", False]


def test_on_a_log_scale_the_size_of_donors_makes_no_difference() -> None:
    ten = {u: v * (10 if u in TINY.donors else 1) for u, v in tiny_series().items()}
    models = (sx.DifferenceInDifferences(scale="log"), DID)
    found = [
        [law_of(Permutation(m).fit(make_panel(s), TINY)).placebos for s in (tiny_series(), ten)]
        for m in models
    ]
    assert found[0][0] == pytest.approx(found[0][1])
    assert found[1][1] == pytest.approx(10 * found[1][0])
    a, c, e = (np.log(tiny_series()[unit]) for unit in "ACE")
    gap = a - (c + e) / 2
    assert found[0][0][0, 0] == pytest.approx(gap[2:].mean() - gap[:2].mean())


LOG = sx.DifferenceInDifferences(scale="log")
RANKS: list[Estimator] = [
    Permutation(LOG),
    ConleyTaber(LOG),
    Permutation(LOG, over="onsets"),
    EndOfSample(LOG),
]


def risen_by(factor: float, sign: float = 1.0) -> Floats:
    """Return 20 + 6 periods of 21 units; errors are large, and ``sign`` turns them over in logs."""
    noise = sign * 0.5 * np.random.default_rng(4).standard_normal((21, 26))
    noise[1, 20:] += math.log(factor)
    return np.asarray(40 * np.exp(noise))


@pytest.mark.parametrize("wrapper", RANKS, ids=repr)
def test_a_fall_is_as_easily_found_as_a_rise_by_the_same_factor(wrapper: Estimator) -> None:
    names = ("O", "D", *(f"C{k}" for k in range(19)))
    design = sx.Design(origin="O", destination="D", onset=2020, donors=names[2:])
    rise, fall = (
        wrapper.fit(make_panel(dict(zip(names, values, strict=True))), design)
        for values in (risen_by(6.0), risen_by(1 / 6.0, sign=-1.0))
    )
    assert rise["destination"].p_value < 0.1
    assert fall["destination"].p_value == pytest.approx(rise["destination"].p_value)
    factors = []
    for result in (rise, fall):
        found = result.effects.interval((0.0, 1.0), 0.9)
        observed = result.effects.observed[1]
        factors.append(np.log(observed / (observed - np.array([found.low, found.high]))))
    assert factors[0] == pytest.approx(-factors[1][::-1])


def test_donors_that_vary_less_are_warned_of_whatever_their_level() -> None:
    loud = counts(2)
    donors = pair_design().donors
    quiet = loud | {u: np.round(loud[u].mean() + 0.1 * (loud[u] - loud[u].mean())) for u in donors}
    with pytest.warns(sx.SmallSampleWarning, match="residuals at the origin .* median donor"):
        Permutation(COUNTS).fit(count_panel(quiet), pair_design())
    for series, studentized in ((quiet, True), (loud, False)):
        wrapper = Permutation(COUNTS, studentized=studentized)
        notes = wrapper.fit(count_panel(series), pair_design()).notes
        assert not [note for note in notes if "median donor" in note]


def test_donors_that_are_smaller_and_vary_as_much_are_no_fault() -> None:
    series = counts(2)
    lower = series | {unit: series[unit] - 60 for unit in pair_design().donors}
    notes = Permutation(COUNTS).fit(count_panel(lower), pair_design()).notes
    assert not [note for note in notes if "median donor" in note]


def test_donors_that_vary_less_in_logs_are_warned_of_although_they_are_larger() -> None:
    series = counts(2)
    larger = series | {unit: series[unit] + 1000 for unit in pair_design().donors}
    model = sx.InterruptedTimeSeries(scale="log", trend=False)
    with pytest.warns(sx.SmallSampleWarning, match="donors vary less, 15 to 20 % of true nulls"):
        Permutation(model).fit(count_panel(larger), pair_design())


def test_a_donor_with_a_gap_has_no_placebo() -> None:
    series = counts()
    series["CZ"] = np.where(np.arange(24) < 10, np.nan, series["CZ"])
    result = Permutation(COUNTS).fit(count_panel(series), pair_design())
    law = law_of(result)
    assert (len(law.placebos), law.independent) == (20, 5)
    assert any(note.startswith("10 placebos with too few observed") for note in result.notes)


def test_no_donor_that_can_be_estimated_is_refused() -> None:
    series = counts()
    gone = {u: np.where(np.arange(24) < 10, np.nan, series[u]) for u in pair_design().donors}
    with pytest.raises(sx.DesignError, match="30 placebos, none of which can be estimated"):
        Permutation(COUNTS).fit(count_panel(series | gone), pair_design())


def test_a_study_without_donors_is_refused() -> None:
    with pytest.raises(sx.DesignError, match=r"0 donors.*at least 3 for placebo units"):
        Permutation(COUNTS).fit(count_panel(counts()), pair_design(donors=()))


def test_onsets_are_ranked_among_onsets() -> None:
    panel = count_panel(counts())
    law = law_of(Permutation(COUNTS, over="onsets").fit(panel, pair_design()))
    y = panel.series("BE")
    by_hand = [y[k:14].mean() - y[:k].mean() for k in range(6, 12)]
    assert law.placebos[:, 1] == pytest.approx(by_hand)
    assert law.independent == 6


def test_an_unknown_kind_of_placebo_is_refused() -> None:
    with pytest.raises(sx.DesignError, match=r"over = 'unit'.*did you mean 'units'"):
        Permutation(DID, over="unit")  # type: ignore[arg-type]  # the point of the test


def test_nineteen_donors_are_enough_for_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    rng = np.random.default_rng(1)
    donors = tuple(f"C{k}" for k in range(19))
    series = {unit: np.round(50 + rng.standard_normal(8)) for unit in ("O", "D", *donors)}
    series["D"] = series["D"] + 30 * (np.arange(8) >= 5)
    design = sx.Design(origin="O", destination="D", onset=2005, donors=donors)
    result = Permutation(COUNTS).fit(count_panel(series), design)
    assert not recwarn.list
    assert result["destination"].p_value == pytest.approx(0.05)
    few = replace(design, donors=donors[:18])
    with pytest.warns(sx.SmallSampleWarning, match="18 donors: a test at 5 % needs at least 19"):
        Permutation(COUNTS).fit(count_panel(series), few)


def test_a_study_cut_at_a_break_has_placebos_of_its_own_periods() -> None:
    flags = {("BE", "2004"): "break"}
    panel = make_panel(counts(), flags=flags, unit_of_measure="count")
    law = law_of(Permutation(COUNTS).fit(panel, pair_design(breaks="dummy")))
    at = panel.series("AT")
    assert law.placebos[0, 0] == pytest.approx(at[14:].mean() - at[4:14].mean())


def test_donors_without_errors_are_no_measure() -> None:
    flat = tiny_series() | dict.fromkeys(TINY.donors, np.full(4, 7.0))
    still = Permutation(DID, studentized=True)
    with pytest.raises(sx.DesignError, match="12 placebos, none of which varies before the onset"):
        still.fit(make_panel(flat), TINY)
