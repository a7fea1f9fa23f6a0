"""Unit tests of declared drifts of detection: what is refused, and what effects are free of."""

from __future__ import annotations

import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.estimators.vessel_drifts import DeclaredDrift

NAMES = ("labs", "seizures", "wastewater")
DRIFTS = {"labs": 0.10, "seizures": 0.03, "wastewater": 0.0}


def test_settings_that_are_none_are_listed_together() -> None:
    with pytest.raises(DesignError) as caught:
        sx.CommunicatingVessels(detection_drift={"labs": -0.1, "dumps": 5}, detection_common=2)
    given = [problem.given for problem in caught.value.problems]
    assert given == [
        "detection_drift['labs'] = -0.1",
        "detection_drift['dumps'] = 5",
        "detection_common = 2",
    ]


@pytest.mark.parametrize("given", [True, "0.1", float("nan"), 1.5])
def test_a_drift_is_a_number_from_0_to_1(given: object) -> None:
    (problem,) = DeclaredDrift(given, 1.0).problems()  # type: ignore[arg-type]  # what is refused
    assert problem.given == f"detection_drift = {given!r}"


def test_every_indicator_is_named_and_no_other() -> None:
    unknown, silent = DeclaredDrift({"labs": 0.1, "seizure": 0, "wastewater": 0}, 1).misfits(NAMES)
    assert "'seizure'" in unknown.given
    assert "seizures" in unknown.remedy
    assert silent.given == "no drift of detection of 'seizures'"
    assert DeclaredDrift(DRIFTS, 1).misfits(NAMES) == DeclaredDrift(0.1, 1).misfits(NAMES) == []


def test_effects_are_free_of_the_largest_drift_of_a_mean_of_those_that_drift() -> None:
    assert DeclaredDrift(None, 1).integrated(NAMES) == 0
    assert DeclaredDrift(0.05, 1).integrated(NAMES) == pytest.approx(0.05)
    assert DeclaredDrift(DRIFTS, 1).integrated(NAMES) == pytest.approx(0.10)
    assert DeclaredDrift(DRIFTS, 0).integrated(NAMES) == pytest.approx(0.10 / 2**0.5)


def test_what_is_assumed_and_said_names_the_indicators() -> None:
    drift = DeclaredDrift(DRIFTS, 0.5)
    assumed = " ".join(drift.assumptions(NAMES))
    assert "labs 0.1, seizures 0.03, 50% of it country-wide" in assumed
    assert "effort leaves wastewater alone" in assumed
    assert "detection of before the onset" in drift.said(NAMES)[0]
    assert drift.said(("wastewater", "labs", "seizures")) == ()
    assert "no indicator is free of effort" in DeclaredDrift(0.1, 1).said(NAMES)[-1]
    assert DeclaredDrift(None, 1).said(NAMES) == ()
    assert "detection" in DeclaredDrift(None, 1).assumptions(NAMES)[0]
