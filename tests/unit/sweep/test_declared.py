"""Fits are numbered once and for all, each with a seed of its own, and made when asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.robustness.combinations import combinations
from shiftexp.sweep.declared import Fits
from tests.sweeps import AXES, DESIGN, PAIRS, panels


@pytest.fixture(scope="module")
def fits() -> Fits:
    """Return three specifications of three indicators of thirty pairs."""
    named = {panel.indicator.name: panel for panel in panels()}
    chosen = combinations(AXES, ["seizures"], DESIGN)
    return Fits(named, DESIGN, PAIRS, chosen, rng=1, intervals=False, size=100)


def test_the_pair_moves_fastest_then_the_indicator_then_the_specification(fits: Fits) -> None:
    assert len(fits) == 3 * 3 * 30
    assert [fits[k].pair for k in (0, 1, 30)] == [PAIRS[0], PAIRS[1], PAIRS[0]]
    told = [fits[k].specification for k in (0, 29, 30, 60, 90, 180)]
    assert [s.indicator for s in told] == [
        "seizures", "seizures", "arrests", "purity", "seizures", "seizures",
    ]  # fmt: skip
    assert [s.errors.partition("(")[0] for s in told[::2]] == [
        "InterruptedTimeSeries", "InterruptedTimeSeries", "Conformal",
    ]  # fmt: skip


def test_every_fit_has_a_seed_of_its_own_that_another_seed_changes(fits: Fits) -> None:
    seeds = [fits[k].seed for k in range(len(fits))]
    assert len(set(seeds)) == len(seeds)
    assert seeds == [fits[k].seed for k in range(len(fits))]
    assert not set(seeds) & {replace(fits, rng=2)[k].seed for k in range(len(fits))}


def test_the_seed_reaches_what_a_wrapper_wraps(fits: Fits) -> None:
    wrapped = fits[90]
    assert isinstance(wrapped.estimator, sx.Conformal)
    model = wrapped.estimator.model
    assert isinstance(model, sx.InterruptedTimeSeries)
    assert (wrapped.estimator.rng, model.rng) == (wrapped.seed, wrapped.seed)


def test_who_is_in_a_pair_is_no_donor_of_it(fits: Fits) -> None:
    compared = fits[180 + PAIRS.index(("AT", "NL"))]
    posed = compared.pose(fits.panels, fits.design)
    assert (posed.design.origin, posed.design.destination) == ("AT", "NL")
    assert posed.design.donors == ("CH", "DE", "FR")


def test_a_shard_has_the_panels_it_needs_and_the_last_is_shorter(fits: Fits) -> None:
    assert fits.shards == 3
    assert [fit.number for fit in fits.shard(1).fits] == list(range(100, 200))
    assert len(fits.shard(2).fits) == 70
    assert set(replace(fits, size=30).shard(1).panels) == {"arrests"}


@dataclass(frozen=True)
class _Other:
    """What may make a sweep another one."""

    name: str
    change: dict[str, object]


@pytest.mark.parametrize(
    "other",
    [
        _Other("seed", {"rng": 2}),
        _Other("intervals", {"intervals": True}),
        _Other("fits a shard", {"size": 7}),
        _Other("design", {"design": replace(DESIGN, onset=2013)}),
        _Other("pairs", {"pairs": (*PAIRS[1:], PAIRS[0])}),
    ],
    ids=lambda other: str(other.name),
)
def test_whatever_changes_the_table_changes_the_identity(fits: Fits, other: _Other) -> None:
    before, after = fits.identity(), replace(fits, **other.change).identity()  # type: ignore[arg-type]  # one field of several types
    assert {name for name in before if before[name] != after[name]} == {other.name}


def test_a_changed_value_changes_the_identity(fits: Fits) -> None:
    values = fits.panels["purity"].values.copy()
    values[0, 0, 0] += 1
    changed = {**fits.panels, "purity": replace(fits.panels["purity"], values=values)}
    before, after = fits.identity(), replace(fits, panels=changed).identity()
    assert {name for name in before if before[name] != after[name]} == {"indicators"}


def test_settings_that_contradict_each_other_are_refused_by_their_own_words(fits: Fits) -> None:
    chosen = replace(fits[0].specification, estimator=None, contradiction="no such setting")
    with pytest.raises(DesignError, match="no such setting"):
        _ = replace(fits[0], specification=chosen).estimator
