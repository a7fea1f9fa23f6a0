"""Unit tests of the displacement measures: signs, windows, phantom effects, refusals."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shiftexp.errors import DesignError
from shiftexp.estimators import displacement as dp

COLUMNS = [
    "estimand", "estimate", "std_error", "statistic", "p_value",
    "conf_low", "conf_high", "conf_kind", "inference", "unit",
]  # fmt: skip

BATTERY = [
    dp.wdd((308, 318), (207, 110), (150, 140), (178, 157)),
    dp.wdd_harm([(130, 150)], [(120, 100)], harm=[2.0]),
    dp.tne((308, 318), (207, 110), (178, 157)),
    dp.wdq((308, 318), (207, 110), (178, 157)),
    dp.rirr((308, 318), (207, 110)),
    dp.e_test(10, 5),
]


@pytest.mark.parametrize("found", BATTERY, ids=lambda found: found.measure)
def test_every_measure_writes_the_same_columns(found: dp.CountEffects) -> None:
    frame = found.to_frame()
    assert list(frame.columns) == COLUMNS
    assert frame["estimand"].is_unique
    assert set(frame["conf_kind"]) <= {"interval", "complement", "line", "none"}
    assert found.notes
    assert found.rows[0].estimand in found.to_markdown()


@pytest.mark.parametrize("found", BATTERY, ids=lambda found: found.measure)
def test_covariance_agrees_with_the_standard_errors(found: dp.CountEffects) -> None:
    labelled = found.covariance()
    assert tuple(labelled.index) == tuple(labelled.columns) == found.cov_names
    from_rows = [found[name].std_error for name in found.cov_names]
    assert np.sqrt(np.diagonal(labelled.to_numpy())).tolist() == pytest.approx(from_rows)
    with pytest.raises(ValueError, match="read-only"):
        found.cov[0, 0] = 0.0


def test_an_unknown_row_is_suggested() -> None:
    with pytest.raises(KeyError, match="did you mean 'total'"):
        BATTERY[0]["totl"]


def test_wdq_is_minus_the_re_emergence_ratio() -> None:
    # flat control: effects are plain changes, and W = -Delta_D / Delta_O
    delta_o, delta_d = 50 - 100, 130 - 100
    found = dp.wdq((200, 200), (100, 50), (100, 130))
    assert found["wdq"].estimate == pytest.approx(delta_d / delta_o)
    assert -found["wdq"].estimate == pytest.approx(0.6)


def test_tne_is_minus_the_net_expansion() -> None:
    net = (50 - 100) + (130 - 100)
    found = dp.tne((200, 200), (100, 50), (100, 130))
    assert found["total"].estimate == pytest.approx(-net)
    assert found["target"].estimate > 0 > found["buffer"].estimate


def test_unequal_windows_need_time_weights_in_wdd_only() -> None:
    # the same rate in every area all along, but the window before is twice as long
    control, treated, near = (200, 100), (80, 40), (60, 30)
    assert dp.wdd(control, treated)["total"].estimate == 60
    assert dp.wdd(control, treated, time_weights=(2, 1))["total"].estimate == 0
    assert dp.tne(control, treated, near)["total"].estimate == 0
    assert dp.wdq(control, treated, near)["buffer"].estimate == 0
    assert dp.rirr(control, treated)["log_rirr"].estimate == pytest.approx(0)


def test_phantom_effect_returns_an_unbounded_set_and_says_so() -> None:
    found = dp.wdq((100, 101), (100, 99), (100, 140))
    quotient = found["wdq"]
    assert quotient.conf_kind == "complement"
    assert any(note.startswith("Phantom effect") for note in found.notes)
    assert any("unbounded" in note for note in found.notes)


def test_quotient_of_two_zeros_is_the_whole_line() -> None:
    found = dp.wdq((100, 100), (100, 100), (100, 100))
    assert math.isnan(found["wdq"].estimate)
    assert found["wdq"].conf_kind == "line"
    assert (found["wdq"].conf_low, found["wdq"].conf_high) == (-math.inf, math.inf)
    assert any("no value" in note for note in found.notes)


def test_growth_at_the_target_is_no_success_though_the_set_is_bounded() -> None:
    found = dp.wdq((1000, 1000), (400, 900), (100, 150))
    assert found["wdq"].conf_kind == "interval"
    assert any(note.startswith("Phantom effect") for note in found.notes)


def test_clear_success_carries_no_phantom_note() -> None:
    found = dp.wdq((1000, 1000), (900, 400), (100, 150))
    assert found["wdq"].conf_kind == "interval"
    assert not any("Phantom" in note for note in found.notes)


def test_quotient_test_and_set_agree() -> None:
    for near in ((100, 104), (100, 190)):
        row = dp.wdq((1000, 1000), (900, 400), near)["wdq"]
        assert (row.p_value > 0.05) == (row.conf_low <= 0 <= row.conf_high)


def test_overdispersion_widens_by_its_root() -> None:
    plain, wide = dp.wdd((130, 150), (120, 100)), dp.wdd((130, 150), (120, 100), overdispersion=4)
    assert wide["total"].std_error == pytest.approx(2 * plain["total"].std_error)
    assert "overdispersion 4" in wide["total"].inference


def test_without_displacement_the_total_is_local() -> None:
    found = dp.wdd((130, 150), (120, 100))
    assert [row.estimand for row in found.rows] == ["local", "total"]
    assert found["local"].estimate == found["total"].estimate


def test_harm_covariance_replaces_independence() -> None:
    control, treated = [(133, 91), (388, 305)], [(130, 74), (327, 202)]
    alone = dp.wdd_harm(control, treated, harm=(3, 2))
    variances = [133 + 91 + 130 + 74, 388 + 305 + 327 + 202]
    same = dp.wdd_harm(control, treated, harm=(3, 2), covariance=np.diag(variances))
    joint = dp.wdd_harm(control, treated, harm=(3, 2), covariance=[[428, 100], [100, 1222]])
    assert same["harm"].std_error == pytest.approx(alone["harm"].std_error)
    assert joint["harm"].std_error ** 2 == pytest.approx(9 * 428 + 2 * 6 * 100 + 4 * 1222)


def test_harm_of_one_outcome_is_its_weight_times_the_difference() -> None:
    areas = ((130, 150), (120, 100), (30, 25), (40, 25))
    harm = dp.wdd_harm(*([area] for area in areas), harm=[2.5])["harm"]
    total = dp.wdd(*areas)["total"]
    assert harm.estimate == pytest.approx(2.5 * total.estimate)
    assert harm.std_error == pytest.approx(2.5 * total.std_error)


def test_half_counts_are_asked_for_and_noted() -> None:
    found = dp.rirr((0, 5), (10, 4), add_half=True)
    expected = math.log(4.5 / 10.5) - math.log(5.5 / 0.5)
    assert found["log_rirr"].estimate == pytest.approx(expected)
    assert any("0.5 was added" in note for note in found.notes)


@pytest.mark.parametrize(
    "call",
    [
        lambda: dp.rirr((0, 5), (10, 4)),
        lambda: dp.wdq((5, 5), (10, 0), (3, 3)),
        lambda: dp.tne((5, 0), (10, 4), (3, 3)),
        lambda: dp.tne((5, 5), (10, 4), (0, 0)),
    ],
    ids=["rirr", "wdq", "tne control", "tne empty area"],
)
def test_zeros_are_refused_with_the_remedy(call: Callable[[], Any]) -> None:
    with pytest.raises(DesignError, match="add_half=True"):
        call()


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(DesignError) as caught:
        dp.wdd((130, -1), (120, 100.5), time_weights=(0, 1), overdispersion=0, level=95)
    text = str(caught.value)
    assert len(caught.value.problems) == 5
    for quoted in ("(130, -1)", "(120, 100.5)", "(0, 1)", "overdispersion=0", "level=95"):
        assert quoted in text


@pytest.mark.parametrize(
    "bad",
    [(1, 2, 3), 7, ("3", "4"), (True, False), (None, 2), (1, float("nan")), (1, float("inf"))],
    ids=str,
)
def test_what_is_no_pair_of_counts_is_refused_by_name(bad: Any) -> None:  # noqa: ANN401 - faults
    with pytest.raises(DesignError, match="treated="):
        dp.wdd((130, 150), bad)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dp.wdd((1, 2), (3, 4), (5, 6)), "displacement_control without displacement"),
        (lambda: dp.rirr((1, 2), (3, 4), None, (5, 6)), "displacement without"),
        (lambda: dp.wdd((0, 0), (0, 0)), "control and treated are 0"),
        (lambda: dp.wdd((1, 2), (3, 4), (0, 0), (0, 0)), "displacement are 0"),
        (lambda: dp.wdd((1, 2), (3, 4), area_weights=(1, 1)), "4 positive"),
        (lambda: dp.wdd_harm([(1, 2)], [(3, 4)], harm=[0.0]), "harm other than 0"),
        (lambda: dp.wdd_harm([(1, 2)], [(3, 4), (5, 6)], harm=[1.0]), "treated="),
        (lambda: dp.wdd_harm([(1, 2)], [(3, 4)], harm=1.0), "harm=1.0"),
        (lambda: dp.e_test(0, 0), "at least one event"),
        (lambda: dp.e_test(1, -2, exposure=(1, 0)), "2 problems"),
    ],
    ids=range(10),
)
def test_refusals(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(DesignError, match=words):
        call()


@pytest.mark.parametrize(
    ("covariance", "words"),
    [
        ([[1.0, 2.0], [2.0, 1.0]], "positive semidefinite"),
        ([[1.0, 2.0], [0.0, 9.0]], "symmetric"),
        ([[0.0, 0.0], [0.0, 0.0]], "no variance"),
        ([[1.0]], r"shape \(2, 2\)"),
    ],
    ids=["indefinite", "asymmetric", "zero", "shape"],
)
def test_harm_refuses_what_is_no_covariance(covariance: list[list[float]], words: str) -> None:
    with pytest.raises(DesignError, match=words):
        dp.wdd_harm([(1, 2), (3, 4)], [(5, 6), (7, 8)], harm=(1, 1), covariance=covariance)


def test_harm_refuses_two_sources_of_variance() -> None:
    with pytest.raises(DesignError, match="one source of variance"):
        dp.wdd_harm([(1, 2)], [(5, 6)], harm=(1,), covariance=[[4.0]], overdispersion=2.0)
