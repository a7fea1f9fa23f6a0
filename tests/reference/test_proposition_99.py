"""California's Proposition 99 through the synthetic family: published numbers.

Abadie, A., Diamond, A. & Hainmueller, J. (2010). Synthetic control methods for comparative case
studies. JASA, 105, 493-505: 39 states, 1970-2000, packs a head, 31 years, California from 1989.
Arkhangelsky et al. (2021). Synthetic difference-in-differences. AER, 111, 4088-4118, R package
synthdid: DiD -27.349111, SDID -15.603829, SC -19.619665 with a ridge. Chernozhukov, Wuthrich & Zhu,
R package scinference: debiased t with K = 3 -17.991121, own recomputation of its SE 1.563158. The
data are those of the package synthdid-py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.estimators.contrasts import prepare_series
from shiftexp.estimators.synthetic import SyntheticControl
from shiftexp.kernels.simplex import stationarity
from shiftexp.kernels.spillover import Spillover, unmixed


@pytest.fixture(scope="module")
def study() -> tuple[sx.Panel, sx.Design]:
    """Return packs a head by state and year, and California as a one-unit study."""
    import synthdid

    frame = synthdid.load_california_prop99()
    panel = sx.Panel.from_frame(
        frame,
        unit="State",
        period="Year",
        value="PacksPerCapita",
        unit_of_measure="packs per head",
        additive=False,
    )
    donors = tuple(unit for unit in panel.units if unit != "California")
    assert (len(donors), panel.calendar.size) == (38, 31)
    return panel, sx.Design(origin=None, destination="California", onset=1989, donors=donors)


def test_difference_in_differences(study: tuple[sx.Panel, sx.Design]) -> None:
    for growing in (False, True):
        result = sx.DifferenceInDifferences(growing=growing).fit(*study)
        assert result["destination"].estimate == pytest.approx(-27.349111, abs=1e-6)


def test_synthetic_control(study: tuple[sx.Panel, sx.Design]) -> None:
    """MUST SHOW: the effect in [-19.65, -19.45], weights sum to 1 to 1e-10, KKT under 1e-8."""
    result = SyntheticControl(debias=False).fit(*study)
    assert -19.65 <= result["destination"].estimate <= -19.45
    assert result["destination"].estimate == pytest.approx(-19.513630, abs=1e-5)
    weights = result.weights.to_frame().set_index("name")["weight"]
    assert abs(weights.sum() - 1) <= 1e-10
    assert weights.min() >= 0
    panel, design = study
    rows = [panel.units.index(unit) for unit in design.donors]
    before = panel.values[0][:, :19]
    a, b = before[rows].T, before[panel.units.index("California")]
    assert stationarity(a, b, weights[list(design.donors)].to_numpy()) < 1e-8
    assert list(weights.index[:3]) == ["Utah", "Montana", "Nevada"]


def test_spillover_effects_are_those_of_a_peer(study: tuple[sx.Panel, sx.Design]) -> None:
    """California and Nevada by Cao & Dowd (2019): package mlsynth 1.0.0 gives these two means."""
    model = sx.SpilloverSyntheticControl(exposed=("Nevada",))
    cases = prepare_series(model._spec(), *study)
    how = Spillover(inclusive=False, shared=False, intercept=True, folds=1)
    found = unmixed(cases.y, cases, 0, cases.learn[0], how)
    after = found.effects(cases.y[0])[:, 19:].mean(axis=1)
    assert after == pytest.approx([-5.366799, 8.232887], abs=1e-6)


def test_debiased_t(study: tuple[sx.Panel, sx.Design]) -> None:
    with pytest.warns(sx.SmallSampleWarning, match="blocks before the onset"):
        found = sx.DebiasedT(SyntheticControl(debias=False)).fit(*study)["destination"]
    assert found.estimate == pytest.approx(-17.991121, abs=1e-5)
    assert found.std_error == pytest.approx(1.563158, abs=1e-5)


def test_synthetic_did(study: tuple[sx.Panel, sx.Design]) -> None:
    """The published -15.603829 is where iterations stop; run on, they end at our exact -15.6054."""
    found = sx.SyntheticDiD().fit(*study)
    assert found["destination"].estimate == pytest.approx(-15.603829, abs=2e-3)
    assert found["destination"].estimate == pytest.approx(-15.6054, abs=1e-4)
    weights = found.weights.to_frame()
    assert weights.groupby("kind")["weight"].sum().to_numpy() == pytest.approx([1, 1])


@pytest.mark.slow
def test_synthetic_did_with_the_published_weights(
    study: tuple[sx.Panel, sx.Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    """MUST SHOW: -15.603829 to 1e-3. With the reference's weights ours is that number to 1e-5.

    What differs is where the search for weights ends: with the exact ones it is -15.6054.
    """
    import synthdid

    setup = synthdid.panel_matrices(synthdid.load_california_prop99())
    published: Any = synthdid.synthdid_estimate(setup.Y, setup.N0, setup.T0)
    weights = published.weights
    panel, design = study
    order = [list(setup.units).index(unit) for unit in design.donors]
    found = {38: np.asarray(weights.omega)[order], 19: np.asarray(weights.lambda_)}
    monkeypatch.setattr(
        "shiftexp.kernels.synthetic.simplex_weights", lambda a, *_: found[a.shape[1]]
    )
    model = sx.SyntheticDiD()
    effect = model.solve(model.prepare(panel, design)).effect[0, 1]
    assert effect == pytest.approx(-15.603829, abs=1e-5)


@pytest.mark.slow
def test_iterations_that_run_on_end_at_the_exact_weights(study: tuple[sx.Panel, sx.Design]) -> None:
    import synthdid

    found = sx.SyntheticDiD().fit(*study)["destination"].estimate
    setup = synthdid.panel_matrices(synthdid.load_california_prop99())
    early = synthdid.synthdid_estimate(setup.Y, setup.N0, setup.T0)
    late = synthdid.synthdid_estimate(
        setup.Y, setup.N0, setup.T0, min_decrease=1e-6, max_iter=1_000_000, sparsify=None
    )
    assert float(early) == pytest.approx(-15.603829, abs=1e-5)
    assert float(late) == pytest.approx(found, abs=1e-4)
    assert not np.isclose(float(early), float(late), atol=1e-3)
