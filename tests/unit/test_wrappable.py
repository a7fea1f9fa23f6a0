"""What may be wrapped: a model with a batched solve, of one indicator."""

from __future__ import annotations

import pytest

import shiftexp as sx
from shiftexp.wrappable import refuse_wrapping


def test_a_model_of_one_indicator_may_be_wrapped() -> None:
    refuse_wrapping(sx.InterruptedTimeSeries(), "Conformal")


def test_a_wrapper_and_a_model_of_two_indicators_may_not() -> None:
    wrapper = sx.Conformal(sx.InterruptedTimeSeries())
    with pytest.raises(TypeError, match="is not a Model"):
        refuse_wrapping(wrapper, "Permutation")
    two = sx.RatioOfRatios(indicator="labs", control="thefts")
    with pytest.raises(TypeError, match="RatioOfRatios compares two; fit it as it is"):
        refuse_wrapping(two, "EventCoefficients.from_model")
