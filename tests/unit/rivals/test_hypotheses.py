"""Hypotheses: the effects they allow, their words and their cost."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.effect_regions import nearest
from shiftexp.rivals.hypotheses import (
    COMMON,
    DETECTION,
    DIFFUSION,
    EXPANSION,
    MIXED,
    NULL,
    PARTIAL,
    SHARED,
    SHIFT,
    Hypothesis,
    has_box,
    rival_hypotheses,
)

BASE = np.array([100.0, 40.0])


def named(
    kappa: tuple[float, float] = (1.0, 1.0),
    detection: sx.Detection | None = None,
    *,
    donors: bool = False,
) -> dict[str, Hypothesis]:
    """Return hypotheses by name."""
    return {h.name: h for h in rival_hypotheses(kappa, detection, BASE, donors=donors)}


def allows(hypothesis: Hypothesis, origin: float, destination: float) -> bool:
    """Tell whether a pair of effects is in a hypothesis."""
    pair = np.array([origin, destination])
    return bool(np.allclose(nearest(hypothesis.region, pair, np.eye(2)), pair))


# A pair of effects, and the hypotheses that allow it, borders among them.
PAIRS = {
    (0.0, 0.0): {NULL, SHIFT, EXPANSION, MIXED, PARTIAL, COMMON, DIFFUSION},
    (-20.0, 20.0): {SHIFT, MIXED, PARTIAL},
    (0.0, 20.0): {EXPANSION, MIXED, COMMON},
    (-10.0, 20.0): {MIXED},
    (-30.0, 20.0): {PARTIAL},
    (5.0, 20.0): {COMMON},
    (-5.0, -20.0): {DIFFUSION},
    (20.0, -20.0): set(),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_hypotheses_allow_the_effects_that_their_words_say(pair: tuple[float, float]) -> None:
    assert {name for name, h in named().items() if allows(h, *pair)} == PAIRS[pair]


def test_free_effects_are_counted() -> None:
    free = {name: h.free for name, h in named(donors=True).items()}
    assert free == {
        NULL: 0,
        SHIFT: 1,
        EXPANSION: 1,
        MIXED: 2,
        PARTIAL: 2,
        COMMON: 2,
        SHARED: 3,
        DIFFUSION: 2,
    }


def test_retention_turns_the_ray_and_limits_make_it_a_cone() -> None:
    assert allows(named((0.5, 0.5))[SHIFT], -20, 10)
    assert not allows(named((0.5, 0.5))[SHIFT], -20, 20)
    between = named((0.5, 1.0))
    assert between[SHIFT].free == 2
    assert "kappa = 0.5 to 1" in between[SHIFT].constraint
    assert all(allows(between[SHIFT], -20, d) for d in (10, 15, 20))
    assert not allows(between[MIXED], -20, 15)
    assert not allows(between[PARTIAL], -20, 15)
    assert between[PARTIAL].constraint == "Delta_O < 0, 0 < Delta_D < -0.5 Delta_O"


def test_shift_is_called_compatible_at_most() -> None:
    assert SHIFT == "shift-compatible (full offset)"


def test_detection_alone_is_a_box_around_what_it_multiplies() -> None:
    box = sx.Detection(origin=(0.9, 1.1), destination=(0.8, 1.25))
    found = named(detection=box)[DETECTION]
    assert found.free == 2
    assert allows(found, -10, 10)
    assert not allows(found, -10.1, 10)
    assert not allows(found, 0, 10.1)
    one_side = named(detection=sx.Detection(destination=(0.8, 1.25)))[DETECTION]
    assert one_side.free == 1
    assert allows(one_side, 0, -8)
    assert not allows(one_side, 1, 0)


def test_without_a_box_detection_alone_is_no_hypothesis() -> None:
    assert DETECTION not in named()
    assert DETECTION not in named(detection=sx.Detection(drift=0.05))
    assert not has_box(None)
    assert has_box(sx.Detection(origin=(0.9, 0.9)))


def test_examples_lie_inside_and_have_a_larger_effect_of_their_own() -> None:
    for kappa in ((1.0, 1.0), (0.5, 0.8)):
        for h in named(kappa).values():
            if h.example is not None:
                assert allows(h, *h.example)
                assert np.abs(h.example).max() >= 1
