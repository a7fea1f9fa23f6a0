"""Unit tests of donors one at a time: effects by hand, variances by size, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.inference.donors import ConleyTaber, FermanPinto
from shiftexp.inference.permutation import Permutation
from shiftexp.inference.placebo_law import PlaceboLaw
from shiftexp.kernels.cases import Floats
from tests.panels import long_frame, make_panel, read

DID = sx.DifferenceInDifferences()
WIGGLE, STEP = np.array([0.5, -0.5, 0.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0])
LEVELS = {"O": 16.0, "D": 4.0, "A": 1.0, "B": 4.0, "C": 9.0, "E": 25.0}
CHANGES = {"O": -1.0, "D": 9.0, "A": 1.0, "B": -2.0, "C": 3.0, "E": -5.0}
DESIGN = sx.Design(origin="O", destination="D", onset=2002, donors=("A", "B", "C", "E"))
SERIES = {unit: LEVELS[unit] + WIGGLE + by * STEP for unit, by in CHANGES.items()}
OWN = sx.WindowContrast()


def law_of(result: sx.Result) -> PlaceboLaw:
    """Return the law of a result, which ranks placebos."""
    assert isinstance(result.effects.law, PlaceboLaw)
    return result.effects.law


def against_the_rest() -> Floats:
    """Return each donor's change less the mean change of the other three."""
    changes = np.array([CHANGES[unit] for unit in DESIGN.donors])
    return np.asarray(changes - (changes.sum() - changes) / 3)


def test_each_donor_is_studied_against_the_others() -> None:
    result = ConleyTaber(DID).fit(make_panel(SERIES), replace(DESIGN, origin=None))
    law = law_of(result)
    assert law.placebos[:, 1] == pytest.approx(against_the_rest())
    assert law.centre[1] == pytest.approx(9 + 3 / 4)
    assert result["destination"].p_value == pytest.approx(1 / 5)


def test_both_sides_are_compared_with_pairs_that_share_their_controls_as_the_study_does() -> None:
    panel = make_panel(SERIES)
    result = ConleyTaber(DID).fit(panel, DESIGN)
    law, pairs = law_of(result), law_of(Permutation(DID).fit(panel, DESIGN)).placebos
    assert law.placebos[:, 0] == pytest.approx(against_the_rest())
    assert law.pairs == pytest.approx(pairs)
    assert law.independent == 4
    assert result["net"].p_value == Permutation(DID).fit(panel, DESIGN)["net"].p_value


def test_pairs_are_rescaled_as_their_donors_are() -> None:
    levels = {"O": 64.0, "D": 16.0, "A": 4.0, "B": 16.0, "C": 36.0, "E": 100.0}
    changes = {"O": -1.0, "D": 9.0, "A": 2.0, "B": -4.0, "C": 6.0, "E": -10.0}
    series = {unit: level + changes[unit] * STEP for unit, level in levels.items()}
    law = law_of(FermanPinto(OWN).fit(make_panel(series, unit_of_measure="count"), DESIGN))
    assert law.pairs is not None
    assert np.abs(law.pairs) == pytest.approx(np.full((12, 2), [8.0, 4.0]))


def test_many_donors_are_paired_as_they_are() -> None:
    rng = np.random.default_rng(1)
    names = tuple(f"C{k}" for k in range(19))
    series = {unit: 50 + rng.standard_normal(8) for unit in ("O", "D", *names)}
    design = sx.Design(origin="O", destination="D", onset=2005, donors=names)
    law = law_of(ConleyTaber(DID).fit(make_panel(series), design))
    assert law.pairs is not None
    assert law.pairs[0] == pytest.approx([law.placebos[0, 0], law.placebos[1, 1]])
    assert len(law.pairs) == 19 * 18


def test_two_donors_are_too_few_for_both_sides() -> None:
    with pytest.raises(sx.DesignError, match="2 donors; needed: at least 3"):
        ConleyTaber(DID).fit(make_panel(SERIES), replace(DESIGN, donors=("A", "B")))


def test_one_side_of_a_pair_is_tested_as_alone() -> None:
    pair = ConleyTaber(DID).fit(make_panel(SERIES), DESIGN)
    alone = ConleyTaber(DID).fit(make_panel(SERIES), replace(DESIGN, origin=None))
    for at in (-2.0, 0.0, 3.0, 6.0, 9.0):
        both = pair.effects.p_value((0.0, 1.0), at)
        assert both == pytest.approx(alone.effects.p_value((0.0, 1.0), at))


def test_variances_go_with_the_level() -> None:
    levels = {"O": 64.0, "D": 16.0, "A": 4.0, "B": 16.0, "C": 36.0, "E": 100.0}
    changes = {"O": -1.0, "D": 9.0, "A": 2.0, "B": -4.0, "C": 6.0, "E": -10.0}
    series = {unit: level + changes[unit] * STEP for unit, level in levels.items()}
    law = law_of(FermanPinto(OWN).fit(make_panel(series, unit_of_measure="count"), DESIGN))
    # each donor's effect is the root of its level, so A = 0, B = 1: rescaled, all are 8 and 4
    assert np.abs(law.placebos) == pytest.approx(np.full((4, 2), [8.0, 4.0]))


def test_donors_of_one_size_are_rescaled_by_nothing() -> None:
    series = {unit: values - LEVELS[unit] + 20 for unit, values in SERIES.items()}
    plain, scaled = (
        law_of(w.fit(make_panel(series), DESIGN)) for w in (ConleyTaber(DID), FermanPinto(DID))
    )
    assert scaled.placebos == pytest.approx(plain.placebos)


def test_variances_of_rates_fall_with_the_exposure() -> None:
    exposure = {"O": 16.0, "D": 4.0, "A": 1.0, "B": 4.0, "C": 16.0, "E": 64.0}
    changes = {"O": -1.0, "D": 9.0, "A": 8.0, "B": -4.0, "C": 2.0, "E": -1.0}
    frame = long_frame({unit: 20 + by * STEP for unit, by in changes.items()})
    frame["people"] = frame["country"].map(exposure)
    panel = read(frame, exposure="people", unit_of_measure="count", additive=False)
    law = law_of(FermanPinto(OWN, variance="exposure").fit(panel, DESIGN))
    # squared effects are 64 / M, so A = 0: the origin (M = 16) has 2, the destination (M = 4) 4
    assert np.abs(law.placebos) == pytest.approx(np.full((4, 2), [2.0, 4.0]))


@pytest.mark.parametrize("scale", ["level", "log"])
def test_one_side_alone_has_a_size_of_its_own(scale: Literal["level", "log"]) -> None:
    """With the origin absent nothing is divided by its size."""
    model, one = sx.DifferenceInDifferences(scale=scale), replace(DESIGN, origin=None)
    result = FermanPinto(model).fit(make_panel(SERIES), one)
    pair = FermanPinto(model).fit(make_panel(SERIES), DESIGN)
    assert result["destination"].p_value == pair["destination"].p_value


def test_a_unit_without_a_size_is_named() -> None:
    panel = make_panel(SERIES)
    with pytest.raises(sx.DesignError, match=r"6 units without a positive exposure.*\(O, D, A"):
        FermanPinto(DID, variance="exposure").fit(panel, DESIGN)
    below = SERIES | {"B": SERIES["B"] - 9}
    with pytest.raises(sx.DesignError, match=r"1 unit without a positive level.*\(B\)"):
        FermanPinto(DID).fit(make_panel(below), DESIGN)


def test_one_donor_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="1 donor; needed: at least 2"):
        ConleyTaber(DID).fit(make_panel(SERIES), replace(DESIGN, donors=("A",)))


def test_a_donor_with_gaps_is_left_out_and_counted() -> None:
    series = {unit: np.round(values) for unit, values in SERIES.items()}
    series["B"] = np.array([np.nan, np.nan, 4.0, 5.0])
    series["E"] += 9
    result = ConleyTaber(OWN).fit(make_panel(series, unit_of_measure="count"), DESIGN)
    assert law_of(result).independent == 3
    assert "1 donor with too few observed periods: not among the placebos" in result.notes


def test_an_unknown_variance_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="variance = 'size'; needed: level or exposure"):
        FermanPinto(DID, variance="size")  # type: ignore[arg-type]  # the point of the test


def test_fewer_than_nineteen_donors_are_warned_of() -> None:
    with pytest.warns(sx.SmallSampleWarning, match="4 donors: a test at 5 % needs at least 19"):
        result = ConleyTaber(DID).fit(make_panel(SERIES), DESIGN)
    assert result.notes[0].startswith("4 donors: the smallest p that can come out is 0.2")


def test_sizes_at_the_edge_of_the_donors_are_warned_of() -> None:
    with pytest.warns(sx.SmallSampleWarning, match="the origin is at the edge of the donors"):
        scaled = FermanPinto(DID).fit(make_panel(SERIES), DESIGN)
    assert len([note for note in scaled.notes if "at the edge of the donors in level" in note]) == 1


def louder(unit: str, by: float) -> Floats:
    """Return a series whose wiggle before the onset is larger."""
    return np.asarray(SERIES[unit] + (by - 1) * WIGGLE)


@pytest.mark.parametrize("wrapper", [ConleyTaber(OWN), FermanPinto(OWN)], ids=repr)
def test_donors_that_vary_less_are_warned_of(wrapper: ConleyTaber | FermanPinto) -> None:
    loud = {unit: 100 + np.round(2 * louder(unit, 4.0 if unit in "OD" else 1.0)) for unit in SERIES}
    like = {unit: 100 + np.round(2 * values) for unit, values in SERIES.items()}
    with pytest.warns(
        sx.SmallSampleWarning, match=r"at the origin [34]\S* and at the destination 4"
    ):
        wrapper.fit(make_panel(loud, unit_of_measure="count"), DESIGN)
    notes = wrapper.fit(make_panel(like, unit_of_measure="count"), DESIGN).notes
    assert not [note for note in notes if "median donor" in note]


def test_the_fitted_variance_is_said_and_when_nothing_is_rescaled() -> None:
    levels = {"O": 64.0, "D": 16.0, "A": 4.0, "B": 16.0, "C": 36.0, "E": 100.0}
    growing = {"A": 2.0, "B": 4.0, "C": 6.0, "E": 10.0}
    falling = {"A": 10.0, "B": 6.0, "C": 4.0, "E": 2.0}
    said = []
    for changes in (growing, falling):
        series = {unit: levels[unit] + changes.get(unit, 1.0) * STEP for unit in levels}
        notes = FermanPinto(OWN).fit(make_panel(series, unit_of_measure="count"), DESIGN).notes
        said += [note for note in notes if note.startswith("destination: V = ")]
    assert said[0] == "destination: V = 0 + 1 M, M the level of a unit"
    assert said[1] == (
        "destination: V = 39 + 0 M, M the level of a unit: squared effects of the donors do not "
        "grow with M, so nothing is rescaled"
    )
