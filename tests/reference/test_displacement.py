"""Published and independently recomputed numbers for the displacement measures on counts.

Main table: Wheeler and Ratcliffe (2018), https://doi.org/10.1186/s40163-018-0085-5; the further
cases are those of the authors' packages ptools and crimepy and of A. Wheeler's note of 2021-03-18
on Wilson's rate ratio; quotient and net effect follow the Problem-Oriented Policing guide no. 10.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest

from shiftexp.estimators import displacement as dp

CONTROL, TREATED = (308, 318), (207, 110)
CONTROL_NEAR, NEAR = (150, 140), (178, 157)
HARM_CONTROL = [(133, 91), (388, 305), (148, 97), (86, 64), (94, 67)]
HARM_TREATED = [(130, 74), (327, 202), (398, 190), (144, 92), (183, 96)]
HARM = (3, 2, 5, 7, 10)


def interaction(link: str) -> tuple[float, float]:
    """Fit the saturated Poisson model of control and treated counts; return the interaction."""
    import statsmodels.api as sm

    links = {"log": sm.families.links.Log(), "identity": sm.families.links.Identity()}
    after, treated = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1])
    design = np.column_stack([np.ones(4), after, treated, after * treated])
    with warnings.catch_warnings():
        # the model is saturated on purpose: no residual freedom, perfect prediction
        warnings.simplefilter("ignore")
        family = sm.families.Poisson(links[link])
        fit = sm.GLM(np.array([*CONTROL, *TREATED], dtype=float), design, family=family).fit()
    return float(fit.params[3]), float(fit.bse[3])


def test_wheeler_ratcliffe_table() -> None:
    found = dp.wdd(CONTROL, TREATED, CONTROL_NEAR, NEAR)
    total = found["total"]
    assert total.estimate == -118
    assert total.std_error**2 == pytest.approx(1568, abs=1e-9)
    assert total.std_error == pytest.approx(39.59798, abs=5e-6)
    assert total.statistic == pytest.approx(-2.97995, abs=5e-6)
    assert (total.conf_low, total.conf_high) == pytest.approx((-195.611, -40.389), abs=5e-4)
    assert (round(total.conf_low), round(total.conf_high)) == (-196, -40)


def test_wheeler_ratcliffe_parts() -> None:
    found = dp.wdd(CONTROL, TREATED, CONTROL_NEAR, NEAR)
    assert found["local"].estimate == -107
    assert found["local"].std_error == pytest.approx(30.70831, abs=5e-6)
    assert found["displacement"].estimate == -11
    assert found["displacement"].std_error == pytest.approx(25.0, abs=1e-12)


def test_rate_ratios_of_the_same_table() -> None:
    found = dp.rirr(CONTROL, TREATED, CONTROL_NEAR, NEAR)
    local, near = found["log_rirr"], found["log_rirr_displacement"]
    assert local.estimate == pytest.approx(-0.6641900, abs=5e-8)
    assert local.std_error == pytest.approx(0.1425245, abs=5e-8)
    assert found["rirr"].estimate == pytest.approx(0.5146902, abs=5e-8)
    assert 1 / found["rirr"].estimate == pytest.approx(1.9429162, abs=5e-8)
    assert near.estimate == pytest.approx(-0.0565449, abs=5e-8)
    assert near.std_error == pytest.approx(0.1606142, abs=5e-8)


def test_poisson_regression_on_the_log_link_is_the_rate_ratio() -> None:
    coef, std_error = interaction("log")
    ours = dp.rirr(CONTROL, TREATED)["log_rirr"]
    assert coef == pytest.approx(-0.6641900, abs=5e-8)
    assert std_error == pytest.approx(0.1425243, abs=5e-7)
    assert ours.estimate == pytest.approx(coef, abs=1e-6)
    assert ours.std_error == pytest.approx(std_error, abs=1e-6)


def test_poisson_regression_on_the_identity_link_is_the_local_difference() -> None:
    coef, std_error = interaction("identity")
    ours = dp.wdd(CONTROL, TREATED)["local"]
    assert coef == pytest.approx(-107, abs=1e-6)
    assert std_error == pytest.approx(30.70831, abs=5e-6)
    assert ours.estimate == pytest.approx(coef, abs=1e-6)
    assert ours.std_error == pytest.approx(std_error, abs=1e-6)


def test_displacement_quotient_of_the_same_table() -> None:
    found = dp.wdq(CONTROL, TREATED, NEAR)
    assert found["success"].estimate == pytest.approx(-0.3261660, abs=5e-8)
    assert found["buffer"].estimate == pytest.approx(-0.0842114, abs=5e-8)
    assert found["wdq"].estimate == pytest.approx(0.2581857, abs=5e-8)
    assert found["wdq"].std_error == pytest.approx(0.2100133, abs=5e-8)


def test_total_net_effect_of_the_same_table() -> None:
    total = dp.tne(CONTROL, TREATED, NEAR)["total"]
    assert total.estimate == pytest.approx(130.5, abs=1e-9)
    assert total.std_error == pytest.approx(41.07661, abs=5e-6)


def test_ptools_small_table() -> None:
    total = dp.wdd((20, 20), (20, 10), level=0.9)["total"]
    assert total.estimate == -10
    assert total.std_error == pytest.approx(8.366600, abs=5e-7)
    assert total.statistic == pytest.approx(-1.195229, abs=5e-7)
    assert (total.conf_low, total.conf_high) == pytest.approx((-23.76183, 3.761833), abs=5e-6)


@pytest.mark.parametrize(
    ("areas", "weights", "expected"),
    [
        (((130, 150), (120, 100)), {}, (-40, 22.4, -76.8, -3.2)),
        (((130, 150), (120, 100), (30, 25), (40, 25)), {}, (-50, 24.9, -91.0, -9.0)),
        (((200, 100), (100, 20)), {"time_weights": (2, 1)}, (-30, 14.0, -53.0, -7.0)),
        (
            ((400, 200), (200, 100), (80, 40), (40, 20)),
            {"area_weights": (2, 1, 2, 1)},
            (0, 23.2, -38.2, 38.2),
        ),
    ],
    ids=["local", "with displacement", "time weights", "area weights"],
)
def test_crimepy_examples(
    areas: tuple[tuple[int, int], ...], weights: dict[str, Any], expected: tuple[float, ...]
) -> None:
    total = dp.wdd(*areas, level=0.9, **weights)["total"]
    shown = (total.estimate, total.std_error, total.conf_low, total.conf_high)
    assert shown == pytest.approx(expected, abs=0.0501)


def test_time_weights_divide_counts_and_variance() -> None:
    total = dp.wdd((100, 50), (80, 20), time_weights=(2, 1))["total"]
    assert total.estimate == pytest.approx(-20)
    assert total.std_error == pytest.approx(math.sqrt(115), rel=1e-12)


def test_harm_weights_over_five_crimes() -> None:
    harm = dp.wdd_harm(HARM_CONTROL, HARM_TREATED, harm=HARM)["harm"]
    assert harm.estimate == -1721
    assert harm.std_error == pytest.approx(304.10360, abs=5e-6)
    assert harm.statistic == pytest.approx(-5.65926, abs=5e-6)
    assert (harm.conf_low, harm.conf_high) == pytest.approx((-2317.0321, -1124.9679), abs=5e-5)


def test_wilson_against_the_difference() -> None:
    difference = dp.wdd((60, 55), (50, 30))["total"]
    ratio = dp.rirr((60, 55), (50, 30))
    assert difference.estimate == -15
    assert difference.std_error == pytest.approx(13.96424, abs=5e-6)
    assert ratio["log_rirr"].estimate == pytest.approx(-0.4238142, abs=5e-8)
    assert ratio["log_rirr"].std_error == pytest.approx(0.2969542, abs=5e-8)
    assert ratio["rirr"].estimate == pytest.approx(0.6545455, abs=5e-8)


@pytest.mark.parametrize(
    ("near", "buffer", "quotient", "net"),
    [((100, 150), 0.5, -1.0, 0.0), ((100, 75), -0.25, 0.5, 75.0)],
    ids=["full displacement", "diffusion of benefits"],
)
def test_hand_cases_of_the_guide(
    near: tuple[int, int], buffer: float, quotient: float, net: float
) -> None:
    found = dp.wdq((100, 100), (100, 50), near)
    assert found["success"].estimate == -0.5
    assert found["buffer"].estimate == buffer
    assert found["wdq"].estimate == quotient
    assert dp.tne((100, 100), (100, 50), near)["total"].estimate == net


@pytest.mark.parametrize(
    ("first", "second", "exposure", "p_value"),
    [
        (10, 5, (1, 1), 0.2061644),
        (0, 3, (1, 1), 0.0883791),
        (15, 5, (1, 1), 0.0250351),
        (100, 25, (10, 5), 0.0015381),
    ],
)
def test_e_test_of_the_notebook(
    first: int, second: int, exposure: tuple[float, float], p_value: float
) -> None:
    row = dp.e_test(first, second, exposure=exposure)["rate_difference"]
    # the source cuts the table of counts elsewhere: its last digit may differ by one
    assert row.p_value == pytest.approx(p_value, abs=1.1e-7)
