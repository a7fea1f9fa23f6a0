"""Settings of the wrong kind: refused before any number, quoted, all of one call at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from tests.panels import annual_series, make_panel, pair_design

DID = sx.DifferenceInDifferences()
LEVEL = sx.InterruptedTimeSeries(trend=False)
PANEL, DESIGN = make_panel(annual_series(2)), pair_design(onset=2012)
PLAIN: dict[str, Any] = {"origin": "NL", "destination": "BE", "onset": 2012}
STUDY = sx.EventCoefficients(np.array([0.1, 0.2, 1.0]), 0.04 * np.eye(3), n_pre=2)

# What is called, and everything that its one error must quote.
REFUSED: Mapping[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "text for a switch": (
        lambda: sx.InterruptedTimeSeries(scale="ln", trend="no", level=95, rng=-1),  # type: ignore[arg-type]  # the point of the test
        ("scale = 'ln'", "trend = 'no'", "level = 95", "rng = -1"),
    ),
    "words and numbers of a count regression": (
        lambda: sx.CountDiD(family="x", effort=None, exponent=-1, variance=1, level=2, trend="no"),  # type: ignore[arg-type]  # the point of the test
        (
            *("family = 'x'", "effort = None", "exponent = -1"),
            *("variance = 1", "level = 2", "trend = 'no'"),
        ),
    ),
    "names of a ratio": (
        lambda: sx.RatioOfRatios(indicator=3, control="", dispersion="a", rng=-1),  # type: ignore[arg-type]  # the point of the test
        ("indicator = 3", "control = ''", "dispersion = 'a'", "rng = -1"),
    ),
    "counts that are weighed": (
        lambda: sx.WeightedDisplacementDifference(overdispersion=0.5, variance="x", level=2),  # type: ignore[arg-type]  # the point of the test
        ("overdispersion = 0.5", "variance = 'x'", "level = 2"),
    ),
    "draws of an event study": (
        lambda: sx.EventStudy(draws=1, scale="ln"),  # type: ignore[arg-type]  # the point of the test
        ("draws = 1", "scale = 'ln'"),
    ),
    "placebos of synthetic difference-in-differences": (
        lambda: sx.SyntheticDiD(placebos=0, rng=-1),
        ("placebos = 0", "rng = -1"),
    ),
    "penalty of a synthetic control": (
        lambda: sx.SyntheticControl(augment=-1, debias="no"),  # type: ignore[arg-type]  # the point of the test
        ("augment = -1", "debias = 'no'"),
    ),
    "seed of an estimator": (lambda: sx.DifferenceInDifferences(rng=1.5), ("rng = 1.5",)),  # type: ignore[arg-type]  # the point of the test
    "switch of a wrapper": (
        lambda: sx.Permutation(DID, studentized="yes", rng="a"),  # type: ignore[arg-type]  # the point of the test
        ("studentized = 'yes'", "rng = 'a'"),
    ),
    "kinds in a design": (
        lambda: sx.Design(
            origin=5, destination="BE", onset=None, donors=3, allow=1, exclude=2010, start="a"  # type: ignore[arg-type]  # the point of the test
        ),
        ("origin = 5", "onset = None", "donors = 3", "allow = 1", "exclude = 2010", "start = 'a'"),
    ),
    "words and kinds in a design": (
        lambda: sx.Design(**PLAIN | {"basis": "seen", "breaks": "foo", "quality": "good"}),
        ("basis = 'seen'", "breaks = 'foo'", "quality = 'good'"),
    ),
    "a set of donors": (lambda: sx.Design(**PLAIN | {"donors": {"AT"}}), ("donors = {'AT'}",)),
    "a frozen set": (lambda: sx.Design(**PLAIN | {"donors": frozenset("A")}), ("frozenset",)),
    "an array for a word": (
        lambda: sx.InterruptedTimeSeries(scale=np.array(["a", "b"])),  # type: ignore[arg-type]  # the point of the test
        ("scale = array",),
    ),
    "a net fall below nothing": (
        lambda: sx.power(LEVEL, sx.Scenario(), estimand="net", effects=[-60]),
        ("1 effect on the net that leave less than nothing (-60)",),
    ),
    "half a year": (lambda: sx.Design(**PLAIN | {"onset": 2014.5}), ("onset = 2014.5",)),
    "numbers of an event study": (
        lambda: sx.EventCoefficients([1, "a"], np.eye(2), n_pre="1", df="x"),  # type: ignore[arg-type]  # the point of the test
        ("coef = [1, 'a']", "n_pre = '1'", "df = 'x'"),
    ),
    "powers of a pre-test": (
        lambda: sx.pretest_power(STUDY, power=1.5, draws=None, rng="x"),  # type: ignore[arg-type]  # the point of the test
        ("power = 1.5", "draws = None", "rng = 'x'"),
    ),
    "limits of trends": (
        lambda: sx.trend_sensitivity(STUDY, smoothness=[-1], relative=1, level=5),  # type: ignore[arg-type]  # the point of the test
        ("smoothness = [-1]", "relative = 1", "level = 5"),
    ),
    "workers and store": (
        lambda: sx.power(LEVEL, sx.Scenario(), n_jobs=0, store=3),  # type: ignore[arg-type]  # the point of the test
        ("n_jobs = 0", "store = 3"),
    ),
    "workers of a calibration": (
        lambda: sx.calibrate(LEVEL, sx.Scenario(), n_jobs=1.5),  # type: ignore[arg-type]  # the point of the test
        ("n_jobs = 1.5",),
    ),
    "falls below nothing": (
        lambda: sx.power(LEVEL, sx.Scenario(), estimand="origin", effects=[-10, -500]),
        ("1 effect on the origin that leave less than nothing (-500)",),
    ),
    "draws of a scenario": (
        lambda: sx.Scenario().draw(0, "a"),  # type: ignore[arg-type]  # the point of the test
        ("count = 0", "rng = 'a'"),
    ),
    "values of a scenario": (lambda: sx.Scenario().study(np.ones(3)), ("values of shape (3,)",)),
    "a switch of a likeness": (
        lambda: sx.Scenario.like(PANEL, DESIGN, trend="no"),  # type: ignore[arg-type]  # the point of the test
        ("trend = 'no'",),
    ),
    "blocks of a window": (
        lambda: sx.max_t(LEVEL, PANEL, DESIGN, block=100), ("block = 100 in a window of",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "quoted"), REFUSED.values(), ids=REFUSED)
def test_all_of_one_call_are_quoted(call: Callable[[], Any], quoted: tuple[str, ...]) -> None:
    with pytest.raises(sx.DesignError) as caught:
        call()
    assert len(caught.value.problems) == len(quoted)
    for words in quoted:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: sx.Scenario.like(pd.DataFrame(), DESIGN),  # type: ignore[arg-type]  # the point of the test
        lambda: sx.Scenario.like(PANEL, "x"),  # type: ignore[arg-type]  # the point of the test
        lambda: sx.EventCoefficients.from_model(sx.Permutation(DID), PANEL, DESIGN),  # type: ignore[arg-type]  # the point of the test
        lambda: sx.EventCoefficients.from_model(LEVEL, PANEL, "x"),  # type: ignore[arg-type]  # the point of the test
        lambda: sx.max_t(LEVEL, pd.DataFrame({"a": [1]}), DESIGN),  # type: ignore[arg-type]  # the point of the test
    ],
)
def test_another_kind_of_object_is_named(call: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"(is|holds) an? \w+, not a|is not a Model"):
        call()


@pytest.mark.parametrize(
    "given", [["AT", "CH"], np.array(["AT", "CH"]), pd.Series(["AT", "CH"]), pd.Index(["AT", "CH"])]
)
def test_lists_of_every_kind_are_taken(given: Any) -> None:  # noqa: ANN401 - the point of the test
    assert sx.Design(**PLAIN, donors=given).donors == ("AT", "CH")


def test_what_a_message_proposes_is_taken() -> None:
    """The example of a refused pair or number is itself no refusal."""
    for name, wrong in (("value", 0.4), ("detection", "a"), ("sd", 1), ("base", "b")):
        with pytest.raises(sx.DesignError) as caught:
            sx.Scenario(**{name: wrong})  # type: ignore[arg-type]  # the point of the test
        proposed = caught.value.problems[0].remedy.removeprefix("write for example ")
        assert eval(f"sx.Scenario({proposed})")  # noqa: S307 - our own words


def test_a_store_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("")
    with pytest.raises(sx.DesignError, match="a folder that can be written to"):
        sx.calibrate(LEVEL, sx.Scenario(), n=1, store=tmp_path / "kept")


def test_a_method_that_can_never_reject_is_said_to_be_one() -> None:
    few = sx.Scenario(donors=8, destination_effect=30)
    found = sx.power(sx.Permutation(DID), few, n=4)
    assert len(found.rows) == 1
    assert "the smallest p that can come out is 0.111: no effect of any size" in found.summary()


def test_all_problems_of_a_refusal_are_quoted_by_a_calibration() -> None:
    found = sx.calibrate(DID, sx.Scenario(), n=3, estimands="origin")
    assert "no donors" in found.rows[0].refusal  # type: ignore[union-attr]  # a fit has FitRows
    assert "the first refusal" in found.summary()
    fine = sx.calibrate(LEVEL, sx.Scenario(), n=3, estimands="origin").to_frame()
    assert fine["refusal"].tolist() == [""]
