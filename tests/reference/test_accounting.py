"""Decompositions against numbers worked in exact arithmetic.

LMDI-I: Ang, B. W. (2005), Energy Policy 33, 867-871, https://doi.org/10.1016/j.enpol.2003.10.010;
shift-share: Dunn, E. S. (1960), Papers in Regional Science 6, 97-112,
https://doi.org/10.1111/j.1435-5597.1960.tb01705.x. Cases of the project, worked apart from this
code.
"""

from __future__ import annotations

import pytest

import shiftexp as sx


def test_activity_structure_and_intensity() -> None:
    found = sx.lmdi(
        {"activity": 10, "structure": [0.5, 0.5], "intensity": [4, 2]},
        {"activity": 15, "structure": [0.6, 0.4], "intensity": [3, 2]},
    )
    assert (found.before, found.after) == pytest.approx((30, 39))
    assert found.effects == pytest.approx([13.9053574, 1.8048848, -6.7102422], abs=5e-8)
    assert found.residual == pytest.approx(0, abs=1e-12)


def test_two_countries_and_two_segments() -> None:
    found = sx.shift_share([[100, 50], [20, 30]], [[90, 60], [50, 40]])
    assert found.national.sum(axis=1) == pytest.approx([30, 10])
    assert found.mix.sum(axis=1) == pytest.approx([-0.8333333, 0.8333333], abs=5e-8)
    shifts = found.relative_shift
    assert shifts.sum(axis=1) == pytest.approx([-29.1666667, 29.1666667], abs=5e-8)
    assert shifts.sum(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert (found.after - found.before).sum(axis=1) == pytest.approx([0, 40])
