"""Planted faults: each refused by class, quoted, with its rows, and together with a second."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from shiftexp.errors import DesignError
from shiftexp.panel import Panel
from tests.panels import annual_series, make_panel, pair_design

SERIES = annual_series()
PLAIN = make_panel(SERIES)


def refused(panel: Panel = PLAIN, **changes: Any) -> DesignError:  # noqa: ANN401 - fields of the design
    """Return the refusal of a panel by a design with these changes."""
    with pytest.raises(DesignError) as caught:
        pair_design(**changes).window(panel)
    return caught.value


def flagged(*places: tuple[str, str, str]) -> Panel:
    """Return the panel with flags at (unit, year)."""
    return make_panel(SERIES, flags={(unit, year): flag for unit, year, flag in places})


@pytest.mark.parametrize("field", ["origin", "destination"])
def test_unknown_unit(field: str) -> None:
    error = refused(PLAIN, **{field: "NLL"})
    assert f"{field} 'NLL'" in str(error)
    assert "did you mean 'NL'" in str(error)
    assert error.rows == ("NLL",)


def test_unknown_donors_are_all_named() -> None:
    error = refused(donors=("AT", "DKK", "Finland"))
    assert len(error.problems) == 2
    assert error.rows == ("DKK", "Finland")
    assert "donor 'DKK'" in str(error)
    assert "did you mean 'DK'" in str(error)


def test_near_donor_that_is_not_allowed_by_name() -> None:
    panel = make_panel(SERIES, near=("DK", "FI"))
    error = refused(panel, allow=("FI",))
    assert "donor 'DK' is a near donor" in str(error)
    assert "allow=('DK',)" in str(error)
    assert error.rows == ("DK",)
    assert len(pair_design(allow=("DK", "FI")).window(panel).donors) == 6


@pytest.mark.parametrize("onset", [1999, 2000, 2024, "2030"])
def test_onset_outside_the_range(onset: object) -> None:
    error = refused(onset=onset)
    where = "at the start of" if onset == 2000 else "outside"
    assert f"onset {onset!r} {where} the window 2000 to 2023" in str(error)


def test_onset_outside_a_window_cut_by_hand() -> None:
    assert "outside the window 2000 to 2012" in str(refused(end=2012))
    assert "at the start of the window 2014 to 2023" in str(refused(start=2014))


def test_one_end_of_an_onset_range_outside() -> None:
    error = refused(onset=(2012, 2030))
    assert "onset 2030 outside" in str(error)
    assert len(error.problems) == 1


def test_reversed_onset_range() -> None:
    error = refused(onset=(2015, 2012))
    assert "onset = (2015, 2012)" in str(error)
    assert "first <= last" in str(error)


def test_reversed_window() -> None:
    assert "start = 2020, end = 2010" in str(refused(start=2020, end=2010))


def test_window_beside_the_data() -> None:
    assert "start = 2030" in str(refused(start=2030))


def test_no_period_before_is_left() -> None:
    series = SERIES | {"NL": np.where(np.arange(24) < 14, math.nan, SERIES["NL"])}
    error = refused(make_panel(series))
    assert "0 jointly observed periods before the onset 2014" in str(error)


def test_no_period_after_is_left() -> None:
    error = refused(exclude=tuple(range(2014, 2024)))
    assert "0 jointly observed periods after the onset 2014" in str(error)


@pytest.mark.parametrize("flag", ["suspect", "recalled"])
def test_doubtful_values_without_permission(flag: str) -> None:
    panel = flagged(("NL", "2005", flag), ("AT", "2007", flag))
    error = refused(panel)
    assert "2 values flagged suspect or recalled" in str(error)
    assert error.rows == (f"NL, 2005: {flag}", f"AT, 2007: {flag}")
    assert pair_design(quality=("ok", flag)).window(panel).joint.all()
    assert not pair_design(quality=("ok",)).window(panel).joint[5]


def test_doubtful_values_outside_the_window_do_no_harm() -> None:
    assert pair_design(start=2006).window(flagged(("NL", "2005", "suspect"))).joint.all()


def test_untreated_break() -> None:
    error = refused(flagged(("BE", "2006", "break")))
    assert "a reporting break of BE in 2006" in str(error)
    assert 'breaks = ["2006:BE:dummy"]' in str(error)
    assert error.rows == ("BE, 2006",)


def test_a_treatment_for_another_break_does_not_help() -> None:
    error = refused(flagged(("BE", "2006", "break")), breaks=("2007:BE:dummy",))
    assert "a reporting break of BE in 2006" in str(error)


@pytest.mark.parametrize("treatment", ["dummy", "split"])
def test_definition_break_at_the_onset(treatment: str) -> None:
    error = refused(flagged(("BE", "2014", "break")), breaks=treatment)
    assert "the reporting break of BE in 2014 lies at the onset 2014" in str(error)
    assert error.rows == ("BE, 2014",)


def test_definition_break_inside_the_onset_range() -> None:
    error = refused(flagged(("BE", "2013", "break")), breaks="dummy", onset=(2012, 2015))
    assert "lies at the onset (2012, 2015)" in str(error)


def test_break_named_for_a_unit_that_is_not_in_the_study() -> None:
    error = refused(breaks=("2006:XX:dummy",))
    assert "'XX'" in str(error) or "XX" in " ".join(error.rows)


def test_break_named_for_a_donor() -> None:
    assert "AT" in str(refused(breaks=("2006:AT:dummy",)))


@pytest.mark.parametrize("year", ["2001", "2022"])
def test_break_named_outside_the_window_fits_no_step(year: str) -> None:
    design = pair_design(breaks=(f"{year}:NL:dummy",), start=2003, end=2020)
    assert not design.cases(PLAIN).breaks.any()


def test_constant_series() -> None:
    error = refused(make_panel(SERIES | {"BE": np.full(24, 7.0)}))
    assert "'BE' is constant at 7 kg" in str(error)
    assert error.rows == ("BE",)


def test_unit_without_any_value_in_the_window() -> None:
    series = SERIES | {"NL": np.where(np.arange(24) == 0, 5.0, math.nan)}
    error = refused(make_panel(series), start=2002)
    assert "'NL' has no usable value in the window" in str(error)
    assert "NL" in error.rows


def test_several_indicators() -> None:
    frame = make_panel(SERIES).to_frame().assign(country=lambda f: f["unit"])
    both = Panel.stack(
        *(
            Panel.from_frame(
                frame.rename(columns={"value": name})[["country", "period", name]],
                unit="country",
                period="period",
                value=name,
                unit_of_measure="kg",
            )
            for name in ("seized", "produced")
        )
    )
    error = refused(both)
    assert "a panel of 2 indicators (seized, produced)" in str(error)
    assert "panel['seized']" in str(error)


def test_period_of_another_frequency() -> None:
    with pytest.raises(ValueError, match="2014-05"):
        pair_design(onset="2014-05").window(PLAIN)


PAIRS = [
    (PLAIN, {"origin": "NLL", "onset": 2030}, ("'NLL'", "2030")),
    (PLAIN, {"donors": ("XY",), "onset": (2015, 2012)}, ("'XY'", "(2015, 2012)")),
    (make_panel(SERIES, near=("DK",)), {"destination": "BEL"}, ("'BEL'", "'DK' is a near donor")),
    (
        flagged(("NL", "2005", "suspect"), ("BE", "2007", "break")),
        {},
        ("NL, 2005: suspect", "break of BE in 2007"),
    ),
    (
        flagged(("NL", "2014", "break"), ("BE", "2007", "break")),
        {"breaks": ("2014:NL:dummy",)},
        ("NL in 2014 lies at the onset", "break of BE in 2007"),
    ),
    (
        make_panel(SERIES | {"NL": np.full(24, 3.0), "BE": np.full(24, 7.0)}),
        {},
        ("'NL' is constant at 3", "'BE' is constant at 7"),
    ),
    (
        make_panel(SERIES | {"NL": np.full(24, 3.0)}, flags={("BE", "2003"): "recalled"}),
        {},
        ("'NL' is constant", "BE, 2003: recalled"),
    ),
]


@pytest.mark.parametrize(("panel", "changes", "parts"), PAIRS)
def test_two_faults_are_named_in_one_error(
    panel: Panel, changes: dict[str, Any], parts: tuple[str, str]
) -> None:
    error = refused(panel, **changes)
    assert len(error.problems) >= 2
    for part in parts:
        assert part in str(error)
