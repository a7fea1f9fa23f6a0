"""Whatever weights hypotheses have, they are no evidence, no bound, and cannot be weighed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shiftexp as sx
from shiftexp.rivals.hypotheses import SHIFT
from tests.pairs import fitted

PANEL, DESIGN = sx.simulate_pair(flow=20, sd=1, autocorrelation=0.0, rng=1)
RNG = np.random.default_rng(1)
X, Z = (np.column_stack([np.ones(20), RNG.standard_normal(20)]) for _ in range(2))
REGRESSIONS = sx.non_nested(X, Z, outcome=X.sum(axis=1) + RNG.standard_normal(20), bootstrap=0)


@cache
def _rivals() -> sx.RivalModels:
    """Return rival models of a pair."""
    return sx.rival_models(PANEL, DESIGN, trend=False)


def _fit() -> sx.Result:
    """Return a fit of a pair."""
    return fitted(-20.0, 20.0)


GIVEN: dict[str, Callable[[], object]] = {
    "alone": lambda: sx.weigh(_rivals()),  # type: ignore[arg-type]  # the point of the test
    "among results": lambda: sx.weigh([_fit(), _rivals()]),  # type: ignore[list-item]  # the point of the test
    "as evidence": lambda: sx.weigh(_fit(), evidence=[_rivals()]),  # type: ignore[list-item]  # the point of the test
    "in a comparison": lambda: sx.weigh(sx.compare(_fit(), _rivals())),
}


@pytest.mark.parametrize("case", GIVEN)
def test_rival_models_cannot_be_weighed(case: str) -> None:
    with pytest.raises(sx.DesignError, match=r"RivalModels; needed: .* no evidence and no bound"):
        GIVEN[case]()


def test_rival_regressions_cannot_be_weighed() -> None:
    with pytest.raises(sx.DesignError, match=r"NonNested; needed: .* no evidence and no bound"):
        sx.weigh(_fit(), evidence=[REGRESSIONS])  # type: ignore[list-item]  # the point of the test


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flow=st.floats(5, 60), sd=st.floats(0.5, 10), seed=st.integers(0, 2**16))
def test_full_offset_is_never_called_more_than_compatible(
    *, flow: float, sd: float, seed: int
) -> None:
    panel, design = sx.simulate_pair(flow=flow, sd=sd, rng=seed)
    found = sx.rival_models(panel, design, trend=False)
    assert not isinstance(found, sx.Evidence | sx.Bound | sx.Result)
    assert "shift" not in set(found.to_frame()["hypothesis"])
    assert SHIFT in set(found.to_frame()["hypothesis"])
    said = [line for line in found.summary().splitlines() if "shift" in line]
    assert all("compatible" in line for line in said)
