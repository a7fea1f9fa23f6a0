"""A measurement in a process of its own: its time, its memory, its words."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.alone import Usage, tell, used


def test_time_and_memory_of_the_work_are_what_it_took() -> None:
    def work() -> dict[str, int]:
        held = np.ones(2_000_000)
        end = time.process_time() + 0.1
        while time.process_time() < end:
            held += 1
        return {"done": len(held)}

    usage = used(work)
    assert usage.counts == {"done": 2_000_000}
    assert usage.processor >= 0.1
    assert usage.seconds >= 0.05
    assert usage.own_mb > 16


def test_what_is_told_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    usage = Usage(1.5, 2.5, 100.0, 200.0, {"fits": 3})
    tell(usage)
    assert Usage(**json.loads(capsys.readouterr().out)) == usage
