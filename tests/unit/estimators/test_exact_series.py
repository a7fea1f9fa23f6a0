"""Series that leave no errors: refused by name, or told as what they are, never a small p."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from tests.panels import make_panel

_NOISY = 100 + 5 * np.random.default_rng(3).standard_normal(24)
_DESIGN = sx.Design(origin="BE", destination="NL", onset=2014)


def test_exact_growth_has_no_test_on_the_log_scale() -> None:
    panel = make_panel({"BE": _NOISY, "NL": 100 * np.exp(0.03 * np.arange(24.0))})
    with pytest.raises(sx.DesignError, match="the destination's series, which level, trend"):
        sx.InterruptedTimeSeries(scale="log").fit(panel, _DESIGN)


def test_a_curve_of_multiples_answers() -> None:
    panel = make_panel({"BE": _NOISY, "NL": 2 * _NOISY})
    model = sx.InterruptedTimeSeries(trend=False)
    axes = sx.Specifications(estimators=(model,), scales=("level",), onsets=(0,))
    curve = sx.specification_curve(panel, _DESIGN, axes=axes)
    assert [row.refusal for row in curve.rows] == [""]


@pytest.mark.parametrize(
    ("factor", "said"), [(1e200, "in larger units"), (1e-200, "in smaller units")]
)
def test_values_whose_squares_are_no_numbers_are_refused(factor: float, said: str) -> None:
    with pytest.raises(sx.PanelError, match=said):
        make_panel({"BE": _NOISY * factor, "NL": _NOISY * factor})


def test_zeros_alone_are_not_too_small() -> None:
    assert len(make_panel({"BE": [0.0, 0.0]})) == 2


def test_a_donor_that_is_a_multiple_of_a_side_is_doubted() -> None:
    rng = np.random.default_rng(4)
    other, far = 80 + 5 * rng.standard_normal((2, 24))
    panel = make_panel({"BE": _NOISY, "NL": other, "FR": far, "DE": 2 * _NOISY})
    design = sx.Design(origin="BE", destination="NL", onset=2014, donors=("FR", "DE"))
    doubts = [n for n in sx.DifferenceInDifferences().fit(panel, design).notes if "multiple" in n]
    assert len(doubts) == 1
    assert doubts[0].startswith("donor DE is an exact multiple of the origin")
    clean = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    assert not any("multiple" in note for note in clean.notes)


def test_sides_that_are_multiples_are_doubted() -> None:
    panel = make_panel({"BE": _NOISY, "NL": 2 * _NOISY})
    found = sx.InterruptedTimeSeries(trend=False).fit(panel, _DESIGN)
    assert any("destination and origin are exact multiples" in note for note in found.notes)
