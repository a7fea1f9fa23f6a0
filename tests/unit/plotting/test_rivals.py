"""Drawings of rival hypotheses: a mark for each weight, lines for what the prior moves."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.plotting.rivals import plot_rivals, rivals_data
from shiftexp.rivals.rival_models import CRITERIA

PANEL, DESIGN = sx.simulate_pair(flow=16, destination_effect=2, rng=3)
BOX = sx.Detection(drift=0.03, destination=(0.8, 1.25))
FOUND = sx.rival_models(PANEL, DESIGN, trend=False, detection=BOX)
NAMES = [fit.name for fit in FOUND.fits]


def test_the_numbers_drawn_are_weights_with_what_priors_make_of_them() -> None:
    data = sx.plot_data(FOUND)
    assert data.equals(rivals_data(FOUND))
    assert len(data) == len(NAMES) * len(CRITERIA)
    for criterion, weight in FOUND.weights.items():
        part = data[data["criterion"] == criterion]
        assert list(part["hypothesis"]) == NAMES
        assert part["weight"].to_numpy() == pytest.approx(weight, nan_ok=True)
    known = data.dropna()
    assert (known["weight_low"] <= known["weight"]).all()
    assert (known["weight"] <= known["weight_high"]).all()
    wide = known["weight_low"] < known["weight_high"]
    assert set(known.loc[wide, "criterion"]) == {"fractional Bayes", "sector Bayes"}
    assert set(data.loc[data["weight"].isna(), "hypothesis"]) == {"detection only"}


def test_every_criterion_has_marks_of_its_own_in_the_rows_of_hypotheses() -> None:
    ax = plot_rivals(FOUND)
    assert [label.get_text() for label in ax.get_yticklabels()] == NAMES
    marks = {str(line.get_label()): line for line in ax.lines if line.get_label() in CRITERIA}
    assert set(marks) == set(CRITERIA)
    for criterion, line in marks.items():
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        assert x == pytest.approx(FOUND.weights[criterion], nan_ok=True)
        assert np.array_equal(np.round(y), np.arange(len(NAMES)))
    assert len({line.get_marker() for line in marks.values()}) == len(CRITERIA)


def test_the_figure_says_that_weights_are_no_error_rates() -> None:
    texts = " ".join(text.get_text() for text in plot_rivals(FOUND).texts)
    assert "no error rates" in texts
    assert "no bound on a flow" in texts


def test_a_comparison_says_that_hypotheses_have_no_regions() -> None:
    its = sx.InterruptedTimeSeries(trend=False, errors="stationary").fit(PANEL, DESIGN)
    ax = sx.plot(sx.compare(its, FOUND))
    texts = " ".join(text.get_text() for text in ax.texts)  # type: ignore[union-attr]  # one Axes
    assert f"{len(NAMES)} hypotheses without regions" in texts
    assert ax.get_title(loc="left") == "One question, 1 model"  # type: ignore[union-attr]  # one Axes
