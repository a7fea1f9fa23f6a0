"""Unit tests of synthetic controls with touched donors: what they mend, say and refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from tests.panels import DONORS, make_panel, pair_design

DESIGN = pair_design(donors=(*DONORS, "SE", "SK"))
NAMES = ("NL", "BE", *DESIGN.donors)
Model: TypeAlias = sx.SpilloverSyntheticControl | sx.InclusiveSyntheticControl
TOUCHED = ("AT", "CZ")
SPILLOVER = sx.SpilloverSyntheticControl(exposed=TOUCHED)
INCLUSIVE = sx.InclusiveSyntheticControl(exposed=TOUCHED)
BOTH = pytest.mark.parametrize("model", [SPILLOVER, INCLUSIVE], ids=["spillover", "inclusive"])


def series(
    effects: dict[str, float] | None = None, seed: int = 4, noise: float = 1.0
) -> dict[str, Floats]:
    """Return units that move with two factors: sides and touched amid three pairs of twins."""
    rng = np.random.default_rng(seed)
    factors = 5 * rng.normal(size=(2, 24)).cumsum(axis=1)
    inner = [[0.3, 0.2], [-0.3, 0.3], [0.4, 0.1], [-0.2, 0.4]]
    outer = [[1, 0], [-0.5, 0.9], [-0.5, -0.9]]
    loadings = np.array([*inner, *outer, *outer])
    values = 100 + loadings @ factors + noise * rng.normal(size=(len(NAMES), 24))
    found = dict(zip(NAMES, values, strict=True))
    for name, size in (effects or {}).items():
        found[name] = found[name] + size * (np.arange(24) >= 14)
    return found


MOVED = series({"NL": -20.0, "BE": 25.0, "AT": 15.0, "CZ": 15.0})


def estimates(model: Model | sx.SyntheticControl, values: dict[str, Floats] = MOVED) -> Floats:
    """Return the estimates of the pair."""
    result = model.fit(make_panel(values), DESIGN)
    return np.array([result[side].estimate for side in ("origin", "destination")])


@BOTH
def test_touched_donors_are_told_from_the_effect(model: Model) -> None:
    assert estimates(model) == pytest.approx([-20, 25], abs=2.0)
    off = abs(estimates(sx.SyntheticControl(intercept=True)) - [-20, 25])
    assert off.max() > 4.0


def test_effects_on_exposed_units_are_shown() -> None:
    notes = SPILLOVER.fit(make_panel(MOVED), DESIGN).notes
    said = next(note for note in notes if note.startswith("mean effect on exposed units"))
    sizes = [float(part.split()[-1]) for part in said.split(": ")[1].split(", ")]
    assert sizes == pytest.approx([15, 15], abs=2.0)
    assert "AT" in said
    assert "CZ" in said


def test_an_effect_may_be_shared_or_decay() -> None:
    shared = replace(SPILLOVER, structure="shared")
    assert estimates(shared) == pytest.approx([-20, 25], abs=2.0)
    near = series({"NL": -20.0, "AT": 15.0, "CZ": 15.0 * np.exp(-1)})
    decaying = replace(SPILLOVER, structure="decaying", distances=(0.0, 300.0), reach=300.0)
    assert estimates(decaying, near) == pytest.approx([-20, 0], abs=2.0)
    notes = decaying.fit(make_panel(near), DESIGN).notes
    said = next(note for note in notes if note.startswith("mean effect on exposed units"))
    sizes = [float(part.split()[-1]) for part in said.split(": ")[1].split(", ")]
    assert sizes[1] / sizes[0] == pytest.approx(np.exp(-1), rel=1e-3)


def test_how_surely_effects_are_told_apart_does_not_depend_on_the_reach() -> None:
    one = sx.SpilloverSyntheticControl(exposed=("AT",), structure="shared")
    far = replace(one, structure="decaying", distances=(2500.0,), reach=300.0)
    panel = make_panel(MOVED)
    here, there = (model.fit(panel, DESIGN) for model in (one, far))
    assert there["destination"].estimate == pytest.approx(here["destination"].estimate)
    said = [next(n for n in r.notes if "told apart" in n) for r in (here, there)]
    assert said[0] == said[1]


@BOTH
def test_weights_sum_to_one_and_name_all_donors(model: Model) -> None:
    weights = model.fit(make_panel(MOVED), DESIGN).weights.to_frame()
    assert set(weights["name"]) == set(DESIGN.donors)


@BOTH
def test_one_side_alone(model: Model) -> None:
    result = model.fit(make_panel(MOVED), replace(DESIGN, origin=None))
    frame = result.tidy().set_index("estimand")
    assert frame.loc["destination", "estimate"] == pytest.approx(25, abs=2.0)
    assert frame.loc[["origin", "net"], "estimate"].isna().all()


@BOTH
def test_how_surely_effects_are_told_apart_is_said(model: Model) -> None:
    notes = model.fit(make_panel(MOVED), DESIGN).notes
    assert any("near 0 effects are not told apart" in note for note in notes)


@pytest.mark.slow
@BOTH
def test_what_cannot_serve_is_refused_all_at_once(model: Model) -> None:
    unknown = replace(model, exposed=("ATT", "PT"))
    broken = replace(DESIGN, breaks=("2007:BE:dummy",))
    with pytest.raises(sx.DesignError, match="2 problems") as caught:
        unknown.fit(make_panel(MOVED), broken)
    assert "exposed unit 'ATT'" in str(caught.value)
    assert "fitted as steps" in str(caught.value)
    few = replace(model, exposed=DESIGN.donors[:5])
    with pytest.raises(sx.DesignError, match="3 donors that are complete and not exposed"):
        few.fit(make_panel(MOVED), DESIGN)


def test_settings_that_are_none_are_refused_together() -> None:
    wrong: dict[str, Any] = {"scale": "ln", "exposed": "DE", "structure": "near", "reach": 3.0}
    with pytest.raises(sx.DesignError) as caught:
        sx.SpilloverSyntheticControl(level=95, **wrong)
    quoted = ("scale = 'ln'", "exposed = 'DE'", "structure = 'near'", "reach = 3.0", "level = 95")
    assert all(given in str(caught.value) for given in quoted)
    with pytest.raises(sx.DesignError, match="exposed = 3"):
        sx.SpilloverSyntheticControl(exposed=3, structure="decaying", distances=(1.0,))  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(sx.DesignError, match="beyond 14 times the reach"):
        sx.SpilloverSyntheticControl(
            exposed=("AT",), structure="decaying", distances=(1e6,), reach=300.0
        )
    with pytest.raises(sx.DesignError, match="2 distances and a reach"):
        sx.SpilloverSyntheticControl(exposed=TOUCHED, structure="decaying", distances=(1.0,))
    with pytest.raises(sx.DesignError, match="intercept = 'yes'"):
        sx.InclusiveSyntheticControl(intercept="yes")  # type: ignore[arg-type]  # the point of the test
