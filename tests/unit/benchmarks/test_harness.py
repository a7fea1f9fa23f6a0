"""The harness of the benchmarks compares equal work only, and skips what is not installed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.harness import (
    Answer,
    Contender,
    Outcome,
    Runs,
    Task,
    Timing,
    compare,
    profile,
)


def contender(name: str, answer: Answer, differs: str = "") -> Contender:
    return Contender(name, lambda: Runs(lambda: answer), differs)


def absent() -> Runs:
    raise ImportError("No module named 'absent'")


def task(*peers: Contender) -> Task:
    return Task("a task", "", "", 20, contender("ours", Answer(1.0, 20)), peers)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(1.00001, 20), "1e-05 away"),
        (Answer(float("nan"), 20), "away"),
        (Answer(1.0, 19), "19"),
    ],
)
def test_unequal_work_is_not_compared(answer: Answer, said: str) -> None:
    with pytest.raises(RuntimeError, match=said):
        compare(task(contender("peer", answer)))


def test_a_reason_given_beforehand_lets_another_model_in() -> None:
    found = compare(task(contender("peer", Answer(2.0, 7), "another model")))
    assert [timing.answer.estimate for timing in found.timings] == [1.0, 2.0]
    assert found.ratio == found.timings[0].seconds / found.timings[1].seconds


@pytest.mark.parametrize(
    ("target", "most_seconds", "met"),
    [(0.2, None, True), (0.05, None, False), (0.2, 0.01, True), (0.2, 0.009, False)],
)
def test_a_target_is_met_in_the_peers_time_and_in_seconds(
    target: float, most_seconds: float | None, *, met: bool
) -> None:
    asked = replace(task(), target=target, most_seconds=most_seconds)
    own, peer = (
        Timing(name, taken, taken, taken, taken, taken, Answer(1.0), "")
        for name, taken in (("ours", 0.01), ("peer", 0.1))
    )
    assert Outcome(asked, (own, peer), ()).met == met


def test_a_missing_peer_is_skipped_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    here = contender("here", Answer(1.0, 20))
    found = compare(task(Contender("gone", absent), here))
    assert [timing.name for timing in found.timings] == ["ours", "here"]
    assert "gone: skipped, No module named 'absent'" in capsys.readouterr().out
    with pytest.raises(ImportError, match="no peer"):
        compare(task(Contender("gone", absent)))


def test_a_profile_names_our_own_functions() -> None:
    from shiftexp.simulate import simulate_pair

    def work() -> Answer:
        simulate_pair(rng=1)
        return Answer(0.0)

    assert "pair.simulate_pair" in dict(profile(work))
