"""Unit tests of capture and recapture as users call it: answers, notes, refusals, detection."""

from __future__ import annotations

import math
from typing import Any

import pytest

import shiftexp as sx
from shiftexp.capture import CaptureRecapture, Method

LISTS: dict[str, Any] = {"first": 50, "second": 40, "both": 10}
BEFORE = sx.capture_recapture(frequencies=(200, 60, 20), method="chao")
AFTER = sx.capture_recapture(frequencies=(180, 80, 40), method="chao")


def test_detection_is_what_was_counted_over_all_of_them() -> None:
    found = sx.capture_recapture(**LISTS, method="lincoln-petersen")
    assert found.detection == pytest.approx(80 / 200)
    assert found.detection_limits == pytest.approx((80 / found.high, 80 / found.low))
    police = sx.capture_recapture(**LISTS, method="lincoln-petersen", counted=50)
    assert police.detection == pytest.approx(50 / 200)
    assert police.size == found.size
    assert police.detection_limits == pytest.approx((50 / found.high, 50 / found.low))


@pytest.mark.parametrize("counted", [1, 80])
def test_from_one_person_to_all_of_those_found_may_be_counted(counted: int) -> None:
    found = sx.capture_recapture(**LISTS, method="lincoln-petersen", counted=counted)
    assert found.counted == counted
    assert found.detection == pytest.approx(counted / 200)


def test_limits_of_two_lists_are_those_of_lincoln_petersen_by_hand() -> None:
    found = sx.capture_recapture(**LISTS)
    assert found.size == pytest.approx(51 * 41 / 11 - 1)
    spread = math.sqrt(math.log(1 + 50 * 40 * 40 * 30 / 10**3 / (200 - 80) ** 2))
    times = math.exp(1.959963985 * spread)
    assert found.low == pytest.approx(80 + 120 / times)
    assert found.high == pytest.approx(80 + 120 * times)


def test_the_table_has_a_row_for_the_number_and_one_for_detection() -> None:
    frame = sx.capture_recapture(**LISTS).to_frame()
    assert frame["quantity"].tolist() == ["population size", "detection"]
    assert (frame["low"] < frame["estimate"]).all()
    assert (frame["estimate"] < frame["high"]).all()
    assert set(frame["method"]) == {"chapman"}


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("chao", "N is a lower bound"),
        ("chao bias-corrected", "N is a lower bound"),
        ("zelterman", "N may be too small or too large"),
    ],
)
def test_notes_say_what_persons_unlike_each_other_do(method: Method, said: str) -> None:
    notes = " ".join(sx.capture_recapture(frequencies=(100, 30, 20), method=method).notes)
    assert said in notes
    assert "closed population" in notes
    assert "one-inflation" in notes


def test_few_on_both_lists_are_warned_of() -> None:
    few = sx.capture_recapture(first=30, second=30, both=3)
    assert "only 3 on both lists" in few.summary()
    assert "on both lists, fewer" not in sx.capture_recapture(**LISTS).summary()
    for both, said in ((6, True), (7, False)):
        found = sx.capture_recapture(first=30, second=30, both=both)
        assert ("on both lists, fewer than 7" in found.summary()) == said


REFUSED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "more on both than on either": (
        {"first": 5, "second": 9, "both": 6},
        ("both = 6 with first = 5 and second = 9",),
    ),
    "nobody on both": ({"first": 5, "second": 9, "both": 0}, ("both = 0",)),
    "one list inside the other": (
        {"first": 5, "second": 9, "both": 5},
        ("an estimate of 9, the number found",),
    ),
    "negative, fractional and missing counts, and frequencies": (
        {"first": -1, "second": 2.5, "frequencies": (1, 2)},
        ("frequencies with method", "first = -1", "second = 2.5", "both = None"),
    ),
    "no frequencies but lists": (
        {"method": "chao", "first": 3},
        ("first with method 'chao'", "frequencies = None"),
    ),
    "negative and fractional frequencies": (
        {"method": "chao", "frequencies": (-3, 2.5, 1)},
        ("f1 = -3", "f2 = 2.5"),
    ),
    "nobody found twice": ({"method": "chao", "frequencies": (20, 0, 3)}, ("f2 = 0",)),
    "nobody found once or twice": (
        {"method": "zelterman", "frequencies": (0, 0, 3)},
        ("f2 = 0", "f1 = 0"),
    ),
    "nobody found again": (
        {"method": "chao bias-corrected", "frequencies": (20, 0)},
        ("f1 = 20 alone",),
    ),
    "one found once": (
        {"method": "chao bias-corrected", "frequencies": (1, 4)},
        ("an estimate of 5, the number found",),
    ),
    "more counted than found": (LISTS | {"counted": 81}, ("counted = 81",)),
    "a method that is none and a level that is none": (
        LISTS | {"method": "chaos", "level": 95},
        ("method = 'chaos'", "level = 95"),
    ),
}


@pytest.mark.parametrize(("given", "quoted"), REFUSED.values(), ids=REFUSED)
def test_all_that_is_wrong_is_quoted_at_once(
    given: dict[str, Any], quoted: tuple[str, ...]
) -> None:
    with pytest.raises(sx.DesignError) as caught:
        sx.capture_recapture(**given)
    assert len(caught.value.problems) == len(quoted)
    for words in quoted:
        assert words in str(caught.value)


def test_nobody_found_twice_is_answered_by_the_corrected_form_alone() -> None:
    with pytest.raises(sx.DesignError, match="write method='chao bias-corrected'"):
        sx.capture_recapture(frequencies=(20, 0, 3), method="chao")
    found = sx.capture_recapture(frequencies=(20, 0, 3), method="chao bias-corrected")
    assert found.size == 23 + 20 * 19 / 2


def test_a_change_of_detection_goes_into_detection_as_box_and_drift() -> None:
    change = sx.detection_change(BEFORE, AFTER)
    assert change.ratio == pytest.approx(AFTER.detection / BEFORE.detection)
    assert change.low < change.ratio < change.high
    assert change.drift == pytest.approx(math.hypot(math.log(change.ratio), change.error))
    detection = sx.Detection(drift=change.drift, origin=change.box, because=change.because)
    assert detection.origin == (change.low, change.high)
    assert "280 of" in detection.because
    assert change.to_frame().loc[0, "drift"] == change.drift


def test_the_error_of_a_change_is_that_of_a_normal_law_as_wide() -> None:
    change = sx.DetectionChange(1.2, 1.2 / 1.5, 1.2 * 1.5, level=0.95, because="counted")
    assert change.error == pytest.approx(math.log(1.5) / 1.959964, rel=1e-6)
    assert change.error < change.drift


def test_the_change_back_is_the_inverse_of_the_change() -> None:
    there, back = sx.detection_change(BEFORE, AFTER), sx.detection_change(AFTER, BEFORE)
    assert (back.low, back.ratio, back.high) == pytest.approx(
        (1 / there.high, 1 / there.ratio, 1 / there.low)
    )
    assert back.drift == pytest.approx(there.drift)


def test_what_cannot_be_compared_is_refused() -> None:
    other = sx.capture_recapture(frequencies=(180, 80, 40), method="zelterman", level=0.9)
    with pytest.raises(sx.DesignError) as caught:
        sx.detection_change(BEFORE, other)
    assert len(caught.value.problems) == 2
    wrong: Any = 0.4
    with pytest.raises(sx.DesignError, match=r"after = 0\.4"):
        sx.detection_change(BEFORE, wrong)


def test_answers_compare() -> None:
    assert isinstance(BEFORE, CaptureRecapture)
    assert sx.capture_recapture(frequencies=(200, 60, 20), method="chao") == BEFORE


@pytest.mark.parametrize("given", [5, "12", {1: 5, 2: 3}])
def test_frequencies_that_are_no_list_are_refused_by_name(given: Any) -> None:  # noqa: ANN401 - wrong
    with pytest.raises(sx.DesignError, match="at least the numbers found once and twice") as caught:
        sx.capture_recapture(frequencies=given, method="chao")
    assert f"frequencies = {given!r}" in str(caught.value)


def test_counts_beyond_all_measure_are_refused_by_name() -> None:
    huge = 10**400
    with pytest.raises(sx.DesignError, match=r"first = 1000.*a whole number, 0 to 1,000,000,"):
        sx.capture_recapture(first=huge, second=20, both=5)
    with pytest.raises(sx.DesignError, match="f1 = 1000"):
        sx.capture_recapture(frequencies=(huge, 1), method="chao")
