"""Unit tests of the plane: nine sectors, the compass, half-planes and Fieller's three shapes."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shiftexp.errors import DesignError
from shiftexp.plane import (
    NO_SET,
    SECTOR_NAMES,
    ConfidenceSet,
    HalfPlane,
    compass,
    fieller,
    sectors,
)

amounts = st.floats(-1e4, 1e4, allow_nan=False)
margins = st.floats(0.1, 1e3)


def names_at(origin: float, destination: float, m_o: float = 5.0, m_d: float = 5.0) -> list[str]:
    """Return the sectors that hold a point."""
    return [s.name for s in sectors(m_o, m_d) if s.contains(origin, destination)]


def on_a_border(origin: float, destination: float, m_o: float, m_d: float) -> bool:
    """Tell whether a point is (nearly) on a line that separates sectors."""
    lines = [abs(origin) - m_o, abs(destination) - m_d]
    lines += [origin + r * destination for r in (-0.25, 0.25, 0.75, 4 / 3)]
    return any(abs(line) < 1e-6 * (1 + abs(origin) + abs(destination)) for line in lines)


@given(amounts, amounts, margins, margins)
def test_every_point_off_the_borders_lies_in_one_sector(
    origin: float, destination: float, m_o: float, m_d: float
) -> None:
    assume(not on_a_border(origin, destination, m_o, m_d))
    assert len(names_at(origin, destination, m_o, m_d)) == 1


def test_no_point_of_a_grid_with_borders_is_left_out() -> None:
    for origin, destination in itertools.product(range(-30, 31), repeat=2):
        assert names_at(origin, destination)


@pytest.mark.parametrize(
    ("origin", "destination", "name"),
    [
        (0, 0, "null"),
        (4, -4, "null"),
        (-2, 40, "expansion"),
        (2, 40, "expansion"),
        (-9, 40, "expansion"),
        (-11, 40, "mixed"),
        (-29, 40, "mixed"),
        (-31, 40, "shift-compatible"),
        (-40, 40, "shift-compatible"),
        (-53, 40, "shift-compatible"),
        (-54, 40, "partial displacement"),
        (11, 40, "common growth"),
        (40, 2, "origin growth"),
        (40, -40, "origin growth"),
        (-40, -40, "diffusion of benefits"),
        (-40, 2, "suppression"),
        (2, -40, "suppression"),
    ],
)
def test_known_patterns_have_known_names(origin: float, destination: float, name: str) -> None:
    assert names_at(origin, destination) == [name]


def test_there_are_nine_sectors_with_their_own_names_and_meanings() -> None:
    assert len(set(SECTOR_NAMES)) == len(SECTOR_NAMES) == 9
    assert len({sector.meaning for sector in sectors(1, 1)}) == 9


def test_margins_belong_to_their_own_sides() -> None:
    assert names_at(8, 1, m_o=10, m_d=2) == ["null"]
    assert names_at(8, 1, m_o=2, m_d=10) == ["origin growth"]


@given(amounts, amounts)
def test_exchanging_the_sides_mirrors_the_compass_at_the_diagonal(x: float, y: float) -> None:
    assume(math.hypot(x, y) > 1e-3)
    turned = (compass(x, y) + compass(y, x) - 90) % 360
    assert min(turned, 360 - turned) == pytest.approx(0, abs=1e-9)


@given(amounts, amounts, margins)
def test_sectors_without_growth_are_their_own_mirror_image(x: float, y: float, m: float) -> None:
    assume(x < m and y < m and not on_a_border(x, y, m, m))
    assert names_at(x, y, m, m) == names_at(y, x, m, m)


@pytest.mark.parametrize(
    ("origin", "destination", "degrees"),
    [(0, 5, 90), (-5, 5, 135), (5, 5, 45), (-5, 0, 180), (-5, -5, 225), (5, 0, 0), (0, -5, 270)],
)
def test_compass_points(origin: float, destination: float, degrees: float) -> None:
    assert compass(origin, destination) == pytest.approx(degrees)


def test_half_planes_hold_their_border() -> None:
    half = HalfPlane((1.0, 2.0), 4.0)
    assert half.contains(0, 2)
    assert not half.contains(0, 2.001)


def test_sets_contain_what_they_say() -> None:
    assert ConfidenceSet("complement", -1, 2).contains(-1)
    assert not ConfidenceSet("complement", -1, 2).contains(0)
    assert not ConfidenceSet("interval", -1, 2).contains(2.1)
    assert ConfidenceSet("line", -math.inf, math.inf).contains(1e300)
    assert not NO_SET.contains(0)


def test_only_finite_intervals_are_bounded() -> None:
    assert ConfidenceSet("interval", 0, 1).bounded
    assert not ConfidenceSet("interval", 0, math.inf).bounded
    assert not ConfidenceSet("complement", 0, 1).bounded


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (ConfidenceSet("interval", 0.2, 0.8), "[0.2, 0.8]"),
        (ConfidenceSet("complement", -1, 2), "outside (-1, 2)"),
        (ConfidenceSet("line", -math.inf, math.inf), "every number"),
        (NO_SET, "not available"),
    ],
)
def test_sets_in_words(shown: ConfidenceSet, text: str) -> None:
    assert str(shown) == text


@given(amounts, amounts, st.floats(0.1, 50), st.floats(0.1, 50), st.floats(-0.9, 0.9))
def test_fieller_holds_exactly_the_ratios_that_a_test_keeps(
    x: float, y: float, s1: float, s2: float, c: float
) -> None:
    cov = ((s1**2, c * s1 * s2), (c * s1 * s2, s2**2))
    found = fieller(x, y, cov)
    for r in (-3.0, -0.5, 0.0, 0.25, 1.0, 7.0):
        variance = s1**2 - 2 * r * c * s1 * s2 + r**2 * s2**2
        distance = abs(x - r * y) / math.sqrt(variance)
        if abs(distance - 1.959964) > 1e-3:
            assert found.contains(r) == (distance < 1.959964)


def test_fewer_degrees_of_freedom_make_wider_sets() -> None:
    normal, few = (fieller(20, 40, ((16, -4), (-4, 25)), df=df) for df in (math.inf, 5))
    assert few.low < normal.low < normal.high < few.high


def test_levels_outside_the_unit_interval_are_refused() -> None:
    with pytest.raises(DesignError, match="strictly between 0 and 1"):
        fieller(1, 1, ((1, 0), (0, 1)), level=95.0)
