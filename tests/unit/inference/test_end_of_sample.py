"""Unit tests of end-of-sample tests: P and R by hand, block means, scales, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.inference.end_of_sample import EndOfSample, EndOfSampleTests
from shiftexp.inference.placebo_law import LogPlaceboLaw, PlaceboLaw
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

COUNTS = sx.WindowContrast()
WRAPPER = EndOfSample(COUNTS)
DESIGN = sx.Design(origin="O", destination="D", onset=2008)
ORIGIN = np.array([9.0, 11, 10, 9, 11, 10, 12, 8, 10, 11])
DESTINATION = np.array([5.0, 3, 4, 5, 6, 4, 3, 4, 9, 13])


def panel_of(origin: Floats = ORIGIN, destination: Floats = DESTINATION) -> sx.Panel:
    """Return eight years before the onset and two after."""
    return make_panel({"O": origin, "D": destination}, unit_of_measure="count")


def test_block_means_by_hand_learn_without_the_first_half() -> None:
    law = WRAPPER.fit(panel_of(), DESIGN).effects.law
    assert isinstance(law, PlaceboLaw)
    before = DESTINATION[:8]
    by_hand = [before[j : j + 2].mean() - np.delete(before, j).mean() for j in range(7)]
    assert law.placebos[:, 1] == pytest.approx(by_hand)
    assert law.centre[1] == pytest.approx(11 - before.mean())
    assert law.resolution == 1 / 8


def test_p_and_r_by_hand() -> None:
    tests = WRAPPER.run(panel_of(), DESIGN)
    before = DESTINATION[:8]
    u = DESTINATION[8:] - before.mean()
    spread = ((before - before.mean()) ** 2).mean()
    assert tests.observed[1] == pytest.approx(
        [(u**2).sum() / spread, (u.sum() ** 2 + u[1] ** 2) / spread]
    )
    v = before[2:4] - np.delete(before, 2).mean()
    assert tests.blocks[1, 1, 2] == pytest.approx((v.sum() ** 2 + v[1] ** 2) / spread)


def test_the_pair_adds_both_sides() -> None:
    tests = WRAPPER.run(panel_of(), DESIGN)
    assert tests.sides == ("origin", "destination", "pair")
    assert tests.observed[2] == pytest.approx(tests.observed[:2].sum(axis=0))
    assert tests.blocks[2] == pytest.approx(tests.blocks[:2].sum(axis=0))


def test_shares_count_the_study_among_the_blocks() -> None:
    tests = EndOfSampleTests(
        ("origin",), ("P", "R"), np.array([[2.0, 5.0]]), np.array([[[1.0, 2.0, 3.0], [1, 2, 3]]])
    )
    assert tests.p_values.tolist() == [[3 / 4, 1 / 4]]
    assert tests.to_frame()["largest_block"].tolist() == [3.0, 3.0]


def test_a_step_at_the_destination_is_found_there_alone() -> None:
    origin, destination, pair = WRAPPER.run(panel_of(), DESIGN).p_values
    assert destination.tolist() == pair.tolist() == [1 / 8, 1 / 8]
    assert origin.min() > 1 / 8


def test_one_side_alone_has_no_pair() -> None:
    tests = WRAPPER.run(panel_of(), replace(DESIGN, origin=None))
    assert tests.sides == ("destination",)


def test_an_effect_that_grows_has_an_interval() -> None:
    """P inverted over constant shifts would reject every one of them here."""
    rng = np.random.default_rng(1)
    ramp = np.round(40 + rng.standard_normal(30) + 10 * np.maximum(np.arange(30) - 23, 0))
    design = replace(DESIGN, origin=None, onset=2024)
    model = sx.WindowContrast(level=0.8)
    still = np.round(40 + rng.standard_normal(30))
    row = EndOfSample(model).fit(panel_of(still, ramp), design)["destination"]
    assert row.conf_kind == "interval"
    assert row.conf_low < row.estimate < row.conf_high


def test_on_a_log_scale_block_means_are_means_of_logs() -> None:
    model = sx.DifferenceInDifferences(scale="log")  # against a donor that never changes
    panel = make_panel({"O": ORIGIN, "D": DESTINATION, "C": np.full(10, 7.0)})
    law = EndOfSample(model).fit(panel, replace(DESIGN, donors=("C",))).effects.law
    assert isinstance(law, LogPlaceboLaw)
    z = np.log(DESTINATION)
    assert law.ranks.placebos[0, 1] == pytest.approx(z[:2].mean() - z[1:8].mean())
    assert law.ranks.centre[1] == pytest.approx(z[8:].mean() - z[:8].mean())


def test_long_windows_after_the_onset_are_refused() -> None:
    with pytest.raises(sx.DesignError, match="at most half as many after") as caught:
        WRAPPER.fit(panel_of(), replace(DESIGN, onset=2006))
    assert len(caught.value.problems) == 2
    with pytest.raises(sx.DesignError, match="5 blocks of 3 periods before the onset; needed: at"):
        WRAPPER.fit(panel_of(), replace(DESIGN, onset=2007))


def test_notes_give_both_statistics_of_every_side() -> None:
    notes = WRAPPER.fit(panel_of(), DESIGN).notes
    assert notes[0].startswith("7 blocks before the onset: the smallest p that can come out is")
    assert "destination: P of no effect at all has p = 0.125" in notes
    assert len([note for note in notes if "of no effect at all" in note]) == 6


def test_it_warns_of_its_size() -> None:
    with pytest.warns(sx.SmallSampleWarning, match="7 overlapping blocks"):
        WRAPPER.fit(panel_of(), DESIGN)
