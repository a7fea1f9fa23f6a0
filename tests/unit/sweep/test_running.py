"""Errors by name before anything is computed; what is finished is read and not computed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

import shiftexp as sx
from shiftexp.errors import StudyError
from tests.sweeps import DESIGN, PAIRS, files, panel


def run(out: Path, pairs: Any = PAIRS, **changes: Any) -> sx.Sweep:  # noqa: ANN401 - what is wrong is tried
    """Sweep one indicator."""
    return sx.sweep(panel("seizures"), DESIGN, pairs, out, **({"n_jobs": 1} | changes))


def test_a_finished_sweep_is_read_and_not_computed(tmp_path: Path) -> None:
    first, before = run(tmp_path), files(tmp_path)
    again = run(tmp_path)
    assert (first.computed, again.computed) == (1, 0)
    assert files(tmp_path) == before
    assert again.to_frame().equals(first.to_frame())


def test_the_seed_changes_only_what_is_drawn(tmp_path: Path) -> None:
    one, other = (run(tmp_path / str(seed), rng=seed) for seed in (1, 2))
    assert one.to_frame().equals(other.to_frame())  # solved together nothing is drawn
    assert one.fits[0].seed != other.fits[0].seed


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ("NL", "pairs = 'NL'"),
        (7, "pairs = 7"),
        ([], "no pair"),
        ([("NL", "BE", "DE")], "1 pair that are none"),
        (["NL"], "1 pair that are none"),
        ([("NL", None), ("BE", 3)], "2 pairs that are none"),
        ([("NL", ())], "1 pair that are none"),
        ([("NL", "BE"), ("NL", "BE")], "named more than once"),
        ([("NL", ("BE", "NL"))], "a unit on both sides"),
        ([("NL", "BEL")], "pairs hold 'BEL'.*did you mean 'BE'"),
    ],
)
def test_what_is_no_pair_is_refused_by_name(tmp_path: Path, pairs: object, said: str) -> None:
    with pytest.raises(sx.DesignError, match=said):
        run(tmp_path / "out", pairs)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "setting",
    [{"rng": -1}, {"rng": 1.5}, {"n_jobs": 0}, {"shard": 0}, {"shard": "all"}, {"intervals": 1}],
    ids=str,
)
def test_a_setting_that_is_none_is_refused_by_name(
    tmp_path: Path, setting: dict[str, object]
) -> None:
    with pytest.raises(sx.DesignError, match=next(iter(setting))):
        run(tmp_path, **setting)


def test_all_that_is_wrong_is_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(sx.DesignError) as refused:
        run(tmp_path, [("NL", "XX"), ("NL", "NL")], rng=-1, n_jobs=0, shard=0)
    assert len(refused.value.problems) == 5


@pytest.mark.parametrize("source", [None, [], "panel", [1]])
def test_what_is_no_panel_is_refused(tmp_path: Path, source: Any) -> None:  # noqa: ANN401 - what is wrong is tried
    with pytest.raises(TypeError, match="sweep takes a Panel or several"):
        sx.sweep(source, DESIGN, PAIRS, tmp_path)


class Unnamed:
    """An estimator whose repr is its address."""

    def fit(self, panel: sx.Panel, design: sx.Design) -> sx.Result:
        """Fit as another one does."""
        return sx.InterruptedTimeSeries(trend=False).fit(panel, design)


def test_an_estimator_without_a_repr_of_its_own_is_refused(tmp_path: Path) -> None:
    axes = sx.Specifications(estimators=(Unnamed(),), scales=(), onsets=(0,))
    with pytest.raises(sx.DesignError, match="one whose repr makes it again"):
        run(tmp_path, axes=axes)


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyarrow" else 1)
    with pytest.raises(StudyError, match=r"without pyarrow.*pip install 'shiftexp\[scale\]'"):
        run(tmp_path)


def test_sides_of_several_units_are_summed(tmp_path: Path) -> None:
    found = run(tmp_path, [(("NL", "DE"), "BE"), [["NL"], "FR"]])
    assert found.to_frame()["origin"].tolist() == ["NL + DE", "NL"]
