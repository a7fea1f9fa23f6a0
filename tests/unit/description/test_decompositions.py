"""Shift-share and LMDI-I as users call them: names, labels, references, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError

BEFORE = pd.DataFrame({"cocaine": [100.0, 20.0], "mdma": [50.0, 30.0]}, index=["NL", "BE"])
AFTER = pd.DataFrame({"cocaine": [90.0, 50.0], "mdma": [60.0, 40.0]}, index=["NL", "BE"])


def test_rows_are_named_add_up_and_are_labelled_as_accounting() -> None:
    frame = sx.shift_share(BEFORE, AFTER).to_frame()
    assert frame["unit"].tolist() == ["NL", "NL", "BE", "BE"]
    assert frame["segment"].tolist() == ["cocaine", "mdma"] * 2
    parts = frame["national"] + frame["mix"] + frame["relative_shift"]
    assert parts.to_numpy() == pytest.approx(frame["change"].to_numpy())
    assert set(frame["reads_as"]) == {"accounting"}


def test_relative_shifts_add_up_to_zero_only_where_the_units_are_their_own_reference() -> None:
    own = sx.shift_share(BEFORE, AFTER)
    free = sx.shift_share(BEFORE, AFTER, reference=([10, 10], [11, 10]))
    assert own.relative_shift.sum(axis=0) == pytest.approx([0, 0], abs=1e-9)
    assert free.relative_shift.sum(axis=0) == pytest.approx([140 - 120 * 1.1, 100 - 80])
    assert "zero by construction" in own.note
    assert "whatever its cause" in free.note


def test_effects_and_total_are_rows_labelled_as_accounting() -> None:
    found = sx.lmdi({"n": 100, "kg each": [1.0, 3.0]}, {"n": 120, "kg each": [2.0, 3.0]})
    frame = found.to_frame()
    assert frame["factor"].tolist() == ["n", "kg each", "total"]
    assert frame["effect"].iloc[:2].sum() == pytest.approx(frame["effect"].iloc[2])
    assert found.change == pytest.approx(600 - 400)
    assert set(frame["reads_as"]) == {"accounting"}


@pytest.mark.parametrize(
    ("before", "after", "reference", "said"),
    [
        ([[1, 2]], [[1, 2], [3, 4]], None, ("shape (1, 2)", "shape (2, 2)")),
        ([1, 2], [1, 2], None, ("shape (2,)",)),
        ([["a", 2]], [[1, 2]], None, ("shape (0,)",)),
        ([[-1, 2]], [[1, np.nan]], None, ("before holds", "after holds")),
        ([[0, 2]], [[1, 2]], None, ("a reference of [0.0, 2.0]",)),
        ([[1, 2]], [[1, 2]], ([1], [2]), ("shapes (1,) and (1,)",)),
        ([[-1, 2]], [[1, 2]], ([0, 1], [2, 2]), ("before holds", "a reference of [0.0, 1.0]")),
        (BEFORE, AFTER.iloc[::-1], None, ("that differ",)),
    ],
)
def test_amounts_that_are_none_are_refused_together(
    before: object, after: object, reference: object, said: tuple[str, ...]
) -> None:
    with pytest.raises(DesignError) as caught:
        sx.shift_share(before, after, reference=reference)  # type: ignore[arg-type]  # the point of the test
    assert len(caught.value.problems) == len(said) or len(said) == 2
    for words in said:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([1, 2], {}, ("before = [1, 2]", "after = {}")),
        ({"a": 1}, {"b": 1}, ("factors ['a'] before and ['b'] after",)),
        ({"a": 0, "b": "x"}, {"a": 1, "b": 1}, ("before['a'] = 0", "before['b'] = 'x'")),
        ({"a": [1, 2], "b": [1, 2, 3]}, {"a": 1, "b": 1}, ("shapes [(2,), (3,)]",)),
    ],
)
def test_factors_that_are_none_are_refused_together(
    before: object, after: object, said: tuple[str, ...]
) -> None:
    with pytest.raises(DesignError) as caught:
        sx.lmdi(before, after)  # type: ignore[arg-type]  # the point of the test
    for words in said:
        assert words in str(caught.value)
