"""The table of a sweep, whole or a shard at a time, in words, and its fits again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pyarrow import dataset, parquet

import shiftexp as sx
from shiftexp.errors import StudyError
from tests.sweeps import AXES, DESIGN, PAIRS, panels


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> sx.Sweep:
    """Return 270 fits in seven shards."""
    out = tmp_path_factory.mktemp("sweep")
    return sx.sweep(panels(), DESIGN, PAIRS, out, axes=AXES, n_jobs=1, shard=40)


def test_the_frame_is_the_frames_in_order(found: sx.Sweep) -> None:
    frame = found.to_frame()
    assert frame["number"].tolist() == list(range(270))
    assert len(found) == 270
    assert [len(each) for each in found.frames()] == [40, 40, 40, 40, 40, 40, 30]
    assert pd.concat(found.frames(), ignore_index=True).equals(frame)


def test_columns_are_chosen_by_name(found: sx.Sweep) -> None:
    assert list(next(found.frames(["net_p", "number"])).columns) == ["net_p", "number"]
    with pytest.raises(sx.DesignError, match=r"column 'net_q'.*did you mean 'net_p'"):
        next(found.frames(["number", "net_q"]))


def test_one_file_has_the_same_bytes_every_time(found: sx.Sweep, tmp_path: Path) -> None:
    first, second = (found.to_parquet(tmp_path / f"{k}.parquet") for k in (1, 2))
    assert first.read_bytes() == second.read_bytes()
    assert parquet.read_table(first).to_pandas().equals(found.to_frame())
    with pytest.raises(StudyError, match="a folder that exists"):
        found.to_parquet(tmp_path / "none" / "there.parquet")


def test_the_folder_is_a_data_set_to_others(found: sx.Sweep) -> None:
    table = dataset.dataset(found.store.folder / "shards").to_table(columns=["number"])
    assert table["number"].to_pylist() == list(range(270))


def test_words_count_what_was_swept(found: sx.Sweep) -> None:
    assert found.counts == {"answered": 270}
    assert found.reasons == {}
    assert found.summary().splitlines() == [
        "Sweep: 270 fits, of 3 specifications, 3 indicators and 30 pairs",
        "answered 270.",
    ]
    assert repr(found) == f"<Sweep: {found.summary().splitlines()[0]}>"


def test_only_the_first_rows_are_shown(found: sx.Sweep) -> None:
    assert str(found).splitlines()[0] == f"{found.summary().splitlines()[0]}; the first:"
    assert len(str(found).splitlines()) == 22
    assert found._repr_html_().count("<tr>") == 21


@pytest.mark.parametrize("number", [-1, 270, 1.5, "0"])
def test_a_number_that_is_none_is_refused(found: sx.Sweep, number: int) -> None:
    with pytest.raises(sx.DesignError, match="a whole number from 0 to 269"):
        found.fit(number)


def test_a_fit_again_has_its_own_seed(found: sx.Sweep) -> None:
    with pytest.warns(sx.SmallSampleWarning):
        again = found.fit(5)
    assert again.estimator == repr(found.fits[5].estimator)
    assert f"rng={found.fits[5].seed}" in again.estimator
