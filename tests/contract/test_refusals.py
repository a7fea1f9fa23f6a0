"""What every estimator refuses by name, whatever its method: never a number, never a crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.design import Design
from shiftexp.panel import Panel
from shiftexp.result import Estimator
from tests.contract.estimators import MODELS, OTHERS, VARIANTS, WRAPPERS
from tests.panels import annual_series, make_panel, pair_design

SERIES = {unit: np.round(v) for unit, v in annual_series(level=(300.0, 200.0)).items()}
PANEL, DESIGN = make_panel(SERIES, unit_of_measure="count"), pair_design()
every_estimator = pytest.mark.parametrize(
    "model", [*MODELS, *OTHERS, *WRAPPERS, *VARIANTS], ids=repr
)

Study = tuple[Panel, Design]
# What is wrong with a study, and what the error must quote.
BROKEN: dict[str, tuple[Callable[[], Study], str]] = {
    "an unknown unit": (lambda: (PANEL, replace(DESIGN, destination="XX")), "XX"),
    "an unknown donor": (lambda: (PANEL, replace(DESIGN, donors=("AT", "YY"))), "YY"),
    "an onset outside the data": (lambda: (PANEL, replace(DESIGN, onset=2060)), "2060"),
    "nothing before the onset": (
        lambda: (PANEL, replace(DESIGN, onset=2000)),
        "with periods before it",
    ),
    "several indicators": (lambda: (two_indicators(), DESIGN), "2 indicators"),
    "a side without values": (lambda: (without_values(), DESIGN), "0 jointly observed periods"),
}
# Those that compare with donors, by a word of their repr.
OWN_PAST = (
    "InterruptedTimeSeries",
    "StructuralTimeSeries",
    "WindowContrast",
    "own_changes='auto'",
)
SEVERAL = "CommunicatingVessels"  # takes several indicators


def two_indicators() -> Panel:
    """Return a panel of two indicators."""
    return Panel.stack(PANEL, replace(PANEL, indicators=(replace(PANEL.indicators[0], name="b"),)))


def without_values() -> Panel:
    """Return a panel in which the destination is never observed before the onset."""
    gone = SERIES | {"BE": np.where(np.arange(24) < 14, np.nan, SERIES["BE"])}
    return make_panel(gone, unit_of_measure="count")


@every_estimator
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_study_is_refused_by_name(model: Estimator, broken: str) -> None:
    if broken == "several indicators" and SEVERAL in repr(model):
        pytest.skip("several indicators are what it is for")
    make, quoted = BROKEN[broken]
    panel, design = make()
    with pytest.raises(sx.ShiftexpError) as caught:
        model.fit(panel, design)
    assert quoted in str(caught.value)


@every_estimator
def test_what_is_no_panel_and_no_design_is_refused(model: Estimator) -> None:
    wrong: Any = "a panel"
    with pytest.raises(TypeError, match="str"):
        model.fit(wrong, DESIGN)
    with pytest.raises(TypeError, match="str"):
        model.fit(PANEL, wrong)


@every_estimator
def test_a_study_without_donors_is_refused_by_those_that_need_them(model: Estimator) -> None:
    by_itself = any(word in repr(model) for word in OWN_PAST) and "donors='mean'" not in repr(model)
    if by_itself and "over='units'" not in repr(model):
        return
    with pytest.raises(sx.DesignError, match="donors"):
        model.fit(PANEL, replace(DESIGN, donors=()))


@every_estimator
def test_values_that_do_not_fit_a_log_scale_are_listed(model: Estimator) -> None:
    if "scale='log'" not in repr(model):
        return
    zero = SERIES | {"BE": np.where(np.arange(24) == 3, 0.0, SERIES["BE"])}
    with pytest.raises(sx.DesignError, match="BE, 2003: 0"):
        model.fit(make_panel(zero, unit_of_measure="count"), DESIGN)
