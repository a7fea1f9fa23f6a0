"""Unit tests of equivalence: margins, the two tests, the interval, ratios without division."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import stats

import shiftexp as sx
from shiftexp.effects import DrawnLaw, Effects, SilentLaw, StudentLaw
from shiftexp.inference.equivalence import EquivalenceRow, equivalence

BASE = np.array([100.0, 40.0])


def pair(
    mean: tuple[float, float], sd: tuple[float, float] = (3.0, 3.0), df: float = math.inf
) -> Effects:
    """Return a pair of independent effects on counterfactual levels of 100 and 40."""
    law = StudentLaw(np.array(mean), np.diag(np.square(sd)), df)
    return Effects(law, law.mean, BASE, BASE + law.mean, "plants per year")


def test_two_one_sided_tests_by_hand() -> None:
    row = equivalence(pair((-2.0, 0.0), df=12), estimand="origin")["origin"]
    below, above = stats.t.sf((-2 + 10) / 3, 12), stats.t.cdf((-2 - 10) / 3, 12)
    assert row.p_equivalence == pytest.approx(max(below, above))
    assert row.p_difference == pytest.approx(2 * stats.t.sf(2 / 3, 12))
    assert row.answer == "equivalent to none"


def test_the_interval_has_twice_the_error_of_one_test() -> None:
    row = equivalence(pair((-2.0, 0.0), df=12), estimand="origin")["origin"]
    reach = 3 * stats.t.ppf(0.95, 12)
    assert (row.conf_low, row.conf_high) == pytest.approx((-2 - reach, -2 + reach))
    assert row.smallest_margin == pytest.approx(2 + reach)


def test_the_smallest_margin_is_where_the_answer_turns() -> None:
    effects = pair((-2.0, 6.0))
    for name in ("origin", "destination", "net"):
        least = equivalence(effects)[name].smallest_margin
        for factor, within in ((0.999, False), (1.001, True)):
            row = equivalence(effects, margin=factor * least, margin_kind="level")[name]
            assert (row.p_equivalence <= 0.05) is within


def test_margins_are_shares_of_their_own_levels() -> None:
    found = equivalence(pair((0.0, 0.0)))
    assert [found[n].margin_high for n in ("origin", "destination", "net")] == [10, 4, 14]
    assert [found[n].margin_low for n in ("origin", "destination", "net")] == [-10, -4, -14]
    assert found["origin"].margin == "10 plants per year (10 % of its counterfactual level)"
    wider = equivalence(pair((0.0, 0.0)), margin=0.25)
    assert wider["net"].margin.endswith("(25 % of the sum of both counterfactual levels)")
    level = equivalence(pair((0.0, 0.0)), margin=7, margin_kind="level")
    assert level["net"].margin == "7 plants per year"


@pytest.mark.parametrize(
    ("origin", "sd", "answer"),
    [
        (0.0, 1.0, "equivalent to none"),
        (5.0, 1.0, "supported, but within the margin"),
        (20.0, 1.0, "supported"),
        (9.5, 1.0, "supported"),
        (2.0, 9.0, "inconclusive"),
        (-20.0, 30.0, "inconclusive"),
    ],
)
def test_the_answers(origin: float, sd: float, answer: str) -> None:
    assert equivalence(pair((origin, 0.0), (sd, 1.0)))["origin"].answer == answer


def test_a_large_p_is_never_no_effect() -> None:
    row = equivalence(pair((0.0, 0.0), (60.0, 60.0)))["origin"]
    assert row.p_difference == 1.0
    assert row.answer == "inconclusive"
    summary = equivalence(pair((0.0, 0.0), (60.0, 60.0))).summary()
    assert "difference not shown (p = 1), which is no evidence of none" in summary
    assert "no effect" not in summary


@pytest.mark.parametrize(
    ("mean", "none", "full"),
    [
        ((-2.0, 60.0), "equivalent to no offset", "difference from full offset supported"),
        ((-60.0, 60.0), "difference from no offset supported", "equivalent to full offset"),
        (
            (-30.0, 60.0),
            "difference from no offset supported",
            "difference from full offset supported",
        ),
        (
            (-8.0, 60.0),
            "difference from no offset supported, but within the margin",
            "difference from full offset supported",
        ),
        ((-2.0, 3.0), "inconclusive", "inconclusive"),
        ((-40.0, -40.0), "inconclusive", "inconclusive"),
    ],
)
def test_the_offset_ratio(mean: tuple[float, float], none: str, full: str) -> None:
    found = equivalence(pair(mean), estimand="offset_ratio")
    assert [row.estimand for row in found.rows] == ["no offset", "full offset"]
    assert (found["no offset"].answer, found["full offset"].answer) == (none, full)


def test_the_ratio_is_tested_as_half_planes() -> None:
    effects = pair((-50.0, 60.0))
    row = equivalence(effects)["full offset"]

    def p(a: tuple[float, float]) -> float:
        return float(stats.norm.cdf(-(a[0] * -50 + a[1] * 60) / (3 * math.hypot(*a))))

    assert row.p_equivalence == pytest.approx(max(p((-1, -0.75)), p((1, 4 / 3)), p((0, 1))))
    assert row.p_difference == pytest.approx(2 * p((1, 1)))


def test_without_growth_there_is_no_offset_to_speak_of() -> None:
    row = equivalence(pair((0.0, 4.0), (0.01, 3.0)))["no offset"]
    grew = stats.norm.sf(4 / 3)
    assert row.p_equivalence >= grew > 0.05
    assert row.smallest_margin == math.inf
    assert "smallest margin the data support none" in equivalence(pair((0.0, 1.0))).summary()


def test_the_smallest_bands_of_the_ratio_are_where_the_answers_turn() -> None:
    effects = pair((-50.0, 60.0))
    found = equivalence(effects)
    least, factor = found["no offset"].smallest_margin, found["full offset"].smallest_margin
    for scale, within in ((0.999, False), (1.001, True)):
        f = factor * scale
        again = equivalence(effects, no_offset=least * scale, full_offset=(1 / f, f))
        assert (again["no offset"].p_equivalence <= 0.05) is within
        assert (again["full offset"].p_equivalence <= 0.05) is within
    assert f"{1 / factor:.4g} to {factor:.4g}" in found.summary()


def test_every_sentence_names_its_margin() -> None:
    found = equivalence(pair((-30.0, 40.0)))
    sentences = found.summary().splitlines()[1:]
    assert len(sentences) == 5
    for sentence, row in zip(sentences, found.rows, strict=True):
        assert f"margin {row.margin}" in sentence
        assert row.answer in sentence


def test_silent_laws_give_no_answer() -> None:
    mean = np.array([-2.0, 6.0])
    found = equivalence(Effects(SilentLaw(), mean, BASE, BASE + mean, "kg per year"))
    assert {row.answer for row in found.rows} == {"no answer"}
    assert all(math.isnan(row.p_equivalence) for row in found.rows)
    assert found.summary().count("no answer") == 5


def test_one_unit_studies_answer_for_their_unit() -> None:
    law = StudentLaw(np.array([np.nan, 1.0]), np.diag([np.nan, 1.0]))
    base = np.array([np.nan, 40.0])
    effects = Effects(law, law.mean, base, base, "kg per year")
    answers = {row.estimand: row.answer for row in equivalence(effects).rows}
    assert answers.pop("destination") == "equivalent to none"
    assert set(answers.values()) == {"no answer"}
    with pytest.raises(sx.EstimandNotIdentified, match="origin"):
        equivalence(effects, estimand="offset_ratio")


def test_draws_answer_with_their_resolution() -> None:
    draws = np.random.default_rng(1).normal([-2.0, 0.0], 0.5, size=(999, 2))
    effects = Effects(DrawnLaw(draws), draws.mean(axis=0), BASE, BASE, "kg per year")
    assert equivalence(effects)["origin"].p_equivalence == pytest.approx(1 / 1000)


def test_results_bring_their_cautions_along() -> None:
    panel, design = sx.simulate_pair(destination_effect=40, rng=2)
    with pytest.warns(sx.SmallSampleWarning):
        result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    found = equivalence(result)
    assert found.inference == result.inference
    assert set(result.notes) <= set(found.notes)
    assert found["destination"].answer == "supported"
    assert found["destination"].p_difference == result["destination"].p_value
    assert list(found.to_frame()["estimand"]) == [
        "origin", "destination", "net", "no offset", "full offset",
    ]  # fmt: skip


def test_inverted_two_sided_tests_agree_with_their_set() -> None:
    panel, design = sx.simulate_pair(periods=(25, 16), sd=1.0, autocorrelation=0.0, rng=5)
    result = sx.Conformal(sx.InterruptedTimeSeries(trend=False), points=31).fit(panel, design)
    row = equivalence(result, estimand="origin")["origin"]
    whole = result.effects.interval((1.0, 0.0), 0.95)
    assert (row.conf_low, row.conf_high) == (whole.low, whole.high)
    inside = -row.margin_high < row.conf_low and row.conf_high < row.margin_high
    assert (row.p_equivalence <= 0.05) is inside is True


@pytest.fixture(scope="module")
def fitted() -> sx.Result:
    """Return a fit whose two-sided test is another one than two one-sided ones."""
    panel, design = sx.simulate_pair(rng=4, sd=3.0, autocorrelation=0.4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        return sx.InterruptedTimeSeries(trend=False).fit(panel, design)


@pytest.mark.parametrize("level", [0.90, 0.95])
@pytest.mark.parametrize("name", ["origin", "destination", "net"])
def test_the_interval_ends_where_the_one_sided_tests_turn(
    fitted: sx.Result, name: str, level: float
) -> None:
    least = equivalence(fitted, estimand=name, level=level)[name].smallest_margin
    for factor, within in ((0.99, False), (1.01, True)):
        row = equivalence(
            fitted, margin=factor * least, margin_kind="level", estimand=name, level=level
        )[name]
        assert (row.p_equivalence <= 1 - level) is within
        assert (-row.margin_high < row.conf_low <= row.conf_high < row.margin_high) is within


@pytest.mark.parametrize("level", [0.90, 0.95])
def test_a_difference_is_tested_at_the_level_asked_for(fitted: sx.Result, level: float) -> None:
    found = equivalence(fitted, level=level)
    for name, a in (("origin", (1.0, 0.0)), ("destination", (0.0, 1.0)), ("net", (1.0, 1.0))):
        assert found[name].p_difference == fitted.effects.two_sided_p(a, level)
    grew = float(fitted.effects.p_value((0.0, 1.0))[0])
    full = max(grew, fitted.effects.two_sided_p((1.0, 1.0), level))
    assert found["full offset"].p_difference == full
    other = fitted.effects.two_sided_p((1.0, 0.0), 1.85 - level)
    assert found["origin"].p_difference != other


@pytest.mark.parametrize("wrong", ["0.1", "", True, math.nan, math.inf, -1, 0, [0.1], 1j])
def test_margins_of_odd_kinds_are_refused_by_name(wrong: Any) -> None:  # noqa: ANN401 - any type
    with pytest.raises(sx.DesignError) as caught:
        equivalence(pair((0.0, 0.0)), margin=wrong, no_offset=wrong, full_offset=wrong, level=wrong)
    assert len(caught.value.problems) == 4
    for name in ("margin", "no_offset", "full_offset", "level"):
        assert f"{name} = {wrong!r}; needed: " in str(caught.value)


@pytest.mark.parametrize("wrong", [(0.5,), (0.5, "2"), (True, 2), "ab", (2, 0.5), None, 1.0])
def test_bands_of_odd_kinds_are_refused_by_name(wrong: Any) -> None:  # noqa: ANN401 - any type
    with pytest.raises(sx.DesignError, match="two numbers, 0 < low < 1 < high"):
        equivalence(pair((0.0, 0.0)), full_offset=wrong)


def test_words_of_odd_kinds_are_refused_by_name() -> None:
    with pytest.raises(sx.DesignError) as caught:
        equivalence(pair((0.0, 0.0)), estimand=3, margin_kind=None)  # type: ignore[arg-type]  # wrong on purpose
    assert [p.given for p in caught.value.problems] == ["estimand = 3", "margin_kind = None"]


def test_numbers_of_numpy_are_numbers() -> None:
    row = equivalence(pair((0.0, 0.0)), margin=np.float64(0.25), level=np.float64(0.9))["origin"]
    assert row.margin_high == 25


def test_a_row_is_asked_for_by_name() -> None:
    with pytest.raises(KeyError, match="did you mean 'no offset'"):
        equivalence(pair((0.0, 0.0)))["no_offset"]
    assert isinstance(equivalence(pair((0.0, 0.0)))["net"], EquivalenceRow)


def test_wrong_settings_are_refused_all_at_once() -> None:
    with pytest.raises(sx.DesignError) as caught:
        equivalence(
            pair((0.0, 0.0)),
            margin=-1,
            margin_kind="shares",  # type: ignore[arg-type]  # the wrong word is the point
            estimand="orign",
            no_offset=0,
            full_offset=(1.1, 1.3),
            level=0.4,
        )
    assert len(caught.value.problems) == 6
    assert "did you mean 'origin'" in str(caught.value)
    with pytest.raises(sx.DesignError, match="not given"):
        equivalence(pair((0.0, 0.0)), margin_kind="level")
    with pytest.raises(TypeError, match="float is neither"):
        equivalence(3.0)  # type: ignore[arg-type]  # no effects: the point of the test
