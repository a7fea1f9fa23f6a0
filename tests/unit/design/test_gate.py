"""Unit tests of the data gate: counts of joint periods, breaks, and the borders of the rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from shiftexp.design import Gate
from shiftexp.errors import DesignError
from shiftexp.panel import Panel
from tests.panels import make_panel, pair_design

Flags = Mapping[tuple[str, str], str]


def panel(
    size: int = 24,
    gaps: Mapping[str, tuple[int, ...]] | None = None,
    flags: Flags | None = None,
) -> Panel:
    """Return NL and BE from 2000 on, with gaps at the positions named."""
    rng = np.random.default_rng(1)
    series = {unit: 50 + rng.normal(size=size) for unit in ("NL", "BE")}
    for unit, positions in (gaps or {}).items():
        series[unit][list(positions)] = np.nan
    return make_panel(series, flags=flags)


def gate(onset: object, data: Panel | None = None, **changes: Any) -> Gate:  # noqa: ANN401 - fields
    """Return the gate of a design without donors."""
    return pair_design(onset=onset, donors=(), **changes).gate(data or panel())


@pytest.mark.parametrize(
    ("onset", "passed"), [(2007, False), (2008, True), (2021, True), (2022, False)]
)
def test_eight_before_and_three_after(onset: int, passed: bool) -> None:  # noqa: FBT001 - a table of cases
    found = gate(onset)
    assert found.passed is passed
    assert (found.before, found.after) == (onset - 2000, 2024 - onset)


def test_reasons_name_the_counts() -> None:
    assert gate(2007).reasons == ("7 joint periods before",)
    assert gate(2022).reasons == ("2 joint periods after",)
    assert str(gate(2022)) == "fail: 2 joint periods after"
    assert str(gate(2010)) == "pass"


def test_a_range_counts_from_its_two_ends() -> None:
    found = gate((2008, 2021))
    assert (found.before, found.after, found.passed) == (8, 3, True)
    assert not gate((2007, 2022)).passed
    assert len(gate((2007, 2022)).reasons) == 2


def test_only_joint_periods_count() -> None:
    data = panel(gaps={"NL": (0, 1), "BE": (2, 23)})
    found = gate(2011, data)
    assert (found.before, found.after) == (8, 12)


def test_donors_with_gaps_do_not_count() -> None:
    rng = np.random.default_rng(2)
    series = {u: rng.normal(size=24) for u in ("NL", "BE", "AT")}
    series["AT"][:5] = np.nan
    assert pair_design(donors=("AT",)).gate(make_panel(series)).before == 14


def test_excluded_periods_and_the_window_count() -> None:
    assert gate(2014, start=2003, end=2020, exclude=(2010, 2016)).before == 10
    assert gate(2014, start=2003, end=2020, exclude=(2010, 2016)).after == 6


def test_flags_that_are_not_allowed_count_as_missing() -> None:
    data = panel(flags={("NL", "2003"): "suspect", ("BE", "2004"): "approximate"})
    assert gate(2014, data).before == 13
    assert gate(2014, data, quality=("ok", "suspect")).before == 13
    assert gate(2014, data, quality=("ok",)).before == 12


def test_a_break_before_the_onset_costs_a_period() -> None:
    data = panel(flags={("NL", "2004"): "break"})
    assert gate(2009, data, breaks="dummy").passed
    failed = gate(2008, data, breaks="dummy")
    assert failed.reasons == ("8 joint periods before less 1 for breaks",)


def test_a_split_leaves_out_the_other_regime_and_costs_nothing_more() -> None:
    data = panel(flags={("NL", "2007"): "break"})
    split = gate(2015, data, breaks=("2007:NL:split",))
    assert (split.before, split.after, split.reasons) == (8, 9, ())
    dummy = gate(2015, data, breaks=("2007:NL:dummy",))
    assert (dummy.before, dummy.after, dummy.reasons) == (15, 9, ())
    assert gate(2014, data, breaks=("2007:NL:split",)).reasons == ("7 joint periods before",)
    assert gate(2009, data, breaks=("2007:NL:dummy",)).before == 9


@pytest.mark.parametrize("onset", [2014, 2015, 2016])
def test_a_split_counts_like_a_window_that_starts_there(onset: int) -> None:
    data = panel(flags={("NL", "2007"): "break"}, gaps={"BE": (3, 10)})
    split = gate(onset, data, breaks="split")
    assert split == gate(onset, data, start=2007)
    window = pair_design(onset=onset, donors=(), breaks="split").window(data)
    assert split.before == window.joint[: onset - 2000].sum()


def test_a_split_after_the_onset_leaves_out_what_follows() -> None:
    data = panel(flags={("BE", "2017"): "break"})
    found = gate(2014, data, breaks="split")
    assert (found.before, found.after, found.passed) == (14, 3, True)
    short = gate(2015, data, breaks="split")
    assert short.reasons == (
        "2 joint periods after",
        "2 joint periods between the onset and the break 2017 of BE",
    )


def test_of_a_split_and_a_dummy_only_the_dummy_costs_a_period() -> None:
    data = panel(flags={("NL", "2004"): "break", ("BE", "2007"): "break"})
    treated = ("2004:NL:split", "2007:BE:dummy")
    assert gate(2012, data, breaks=treated).reasons == ("8 joint periods before less 1 for breaks",)
    assert gate(2013, data, breaks=treated).passed


def test_an_untreated_break_fails_the_gate() -> None:
    data = panel(flags={("NL", "2006"): "break"})
    assert gate(2014, data).reasons == ("break 2006 of NL not treated",)
    assert gate(2014, data, breaks=("2006:NL:dummy",)).passed


def test_the_gate_says_what_treats_a_break_that_is_not() -> None:
    data = panel(flags={("NL", "2006"): "break", ("BE", "2014"): "break"})
    found = gate(2014, data)
    assert found.treatable == ("2006:NL:dummy",)
    assert found.remedy.startswith('say breaks = ["2006:NL:dummy"] in the design')
    assert gate(2014, data, breaks=found.treatable).treatable == ()
    assert gate(2014, data, breaks="dummy").remedy == ""


def test_a_break_at_the_first_period_is_none() -> None:
    assert gate(2014, panel(flags={("NL", "2000"): "break"})).passed


@pytest.mark.parametrize("year", ["2012", "2013"])
def test_a_break_within_the_onset_range_fails_even_when_treated(year: str) -> None:
    data = panel(flags={("BE", year): "break"})
    found = gate((2012, 2013), data, breaks="dummy")
    assert f"break {year} of BE at the onset" in found.reasons


@pytest.mark.parametrize(
    ("year", "passed"), [(2011, True), (2012, False), (2016, False), (2017, True)]
)
def test_three_periods_between_onset_and_break(year: int, passed: bool) -> None:  # noqa: FBT001 - a table of cases
    data = panel(flags={("BE", str(year)): "break"})
    assert gate(2014, data, breaks="dummy").passed is passed


def test_unknown_units_are_refused_with_a_suggestion() -> None:
    with pytest.raises(DesignError, match="did you mean"):
        pair_design(origin="NLX", donors=()).gate(panel())
