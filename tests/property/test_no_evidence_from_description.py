"""Whatever is described, nothing of it is evidence, a bound, or can be weighed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shiftexp as sx
from shiftexp import description
from shiftexp.errors import DesignError
from tests.panels import make_panel

FORBIDDEN = (sx.Evidence, sx.Bound, sx.CountedFall, sx.Result, sx.Effects, sx.Verdict, sx.Claim)
LABELS = {"description", "accounting"}
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def parts(found: object) -> Iterator[object]:
    """Yield an object and everything in it."""
    yield found
    if dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            yield from parts(getattr(found, field.name))
    elif isinstance(found, tuple | list):
        for item in found:
            yield from parts(item)


@pytest.mark.slow
@few
@given(
    flow=st.floats(-60, 60),
    sd=st.floats(0.5, 20),
    additive=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_nothing_described_is_evidence_or_can_be_weighed(
    *, flow: float, sd: float, additive: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    late = flow * (np.arange(20) >= 12)
    y = np.maximum(80 + sd * rng.standard_normal((2, 20)) + np.array([-1, 1])[:, None] * late, 0)
    panel = make_panel({"NL": y[0], "BE": y[1]}, additive=additive)
    found = sx.describe(panel, sx.Design(origin="NL", destination="BE", onset=2012), simulations=99)
    assert not [part for part in parts(found) if isinstance(part, FORBIDDEN)]
    assert found.pair is not None
    frames = [found.to_frame(), found.tests_frame(), found.dates_frame()]
    frames += [found.pair.to_frame(), found.pair.accounts_frame()]
    for frame in frames:
        assert set(frame.get("reads_as", [])) <= LABELS
        assert not len(frame) or "reads_as" in frame
    for thing in (found, found.pair, *found.breaks, *found.pair.shares, *found.pair.effects):
        with pytest.raises(DesignError):
            sx.weigh(evidence=[thing])  # type: ignore[list-item]  # the point of the test


def test_the_room_of_descriptions_knows_neither_evidence_nor_verdicts() -> None:
    folder = Path(str(description.__file__)).parent
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    for room in ("evidence", "verdict", "bounds", "effects"):
        assert f"shiftexp.{room}" not in text
