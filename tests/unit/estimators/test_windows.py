"""Unit tests of two windows of counts: closed forms by hand, overdispersion, breaks, refusals."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import StudentLaw
from tests.panels import make_panel, pair_design

BEFORE = {"NL": (100.0, 110.0, 90.0, 100.0), "BE": (10.0, 14.0, 6.0, 10.0)}
AFTER = {"NL": (70.0, 80.0, 90.0), "BE": (40.0, 50.0, 60.0)}
SERIES = {unit: (*BEFORE[unit], *AFTER[unit]) for unit in BEFORE}
DESIGN = pair_design(onset=2004, donors=())


def panel_of(
    series: Mapping[str, Sequence[float]] = SERIES,
    **options: Any,  # noqa: ANN401 - passed on as they are
) -> sx.Panel:
    """Return a panel of counts from 2000 on."""
    return make_panel(series, **({"unit_of_measure": "count"} | options))


def fit(
    panel: sx.Panel | None = None,
    design: sx.Design = DESIGN,
    overdispersion: float | None = None,
) -> sx.Result:
    """Return the fit, its warning expected."""
    with pytest.warns(sx.SmallSampleWarning, match="two windows of"):
        return sx.WindowContrast(overdispersion=overdispersion).fit(panel or panel_of(), design)


def pearson(unit: str) -> float:
    """Return Pearson's statistic over its degrees of freedom, by hand."""
    parts = (np.array(BEFORE[unit]), np.array(AFTER[unit]))
    total = sum(((part - part.mean()) ** 2).sum() / part.mean() for part in parts)
    return float(total) / (7 - 2)


def test_effects_are_differences_of_means() -> None:
    effects = fit().effects
    assert effects.mean.tolist() == [-20.0, 40.0]
    assert effects.base.tolist() == [100.0, 10.0]
    assert effects.observed.tolist() == [80.0, 50.0]
    assert effects.unit == "count per year"


def test_poisson_variance_by_hand() -> None:
    result = fit(overdispersion=1.0)
    by_hand = [80 / 3 + 100 / 4, 50 / 3 + 10 / 4]
    assert np.allclose(result.effects.cov, np.diag(by_hand))
    assert result["destination"].std_error == pytest.approx(math.sqrt(by_hand[1]))
    assert result["net"].std_error == pytest.approx(math.sqrt(sum(by_hand)))


def test_stated_overdispersion_multiplies_the_variance() -> None:
    plain, wide = fit(overdispersion=1.0), fit(overdispersion=2.5)
    assert np.allclose(wide.effects.cov, 2.5 * plain.effects.cov)
    assert any("overdispersion 2.5 and 2.5 stated" in note for note in wide.notes)
    assert isinstance(wide.effects.law, StudentLaw)
    assert math.isinf(wide.effects.law.df)


def test_pearson_overdispersion_by_hand_with_its_t_quantile() -> None:
    result = fit()
    phi = [max(1.0, pearson("NL")), max(1.0, pearson("BE"))]
    assert phi[0] == 1.0
    assert phi[1] > 1.0
    by_hand = [phi[0] * (80 / 3 + 100 / 4), phi[1] * (50 / 3 + 10 / 4)]
    assert np.allclose(np.diag(result.effects.cov), by_hand)
    assert isinstance(result.effects.law, StudentLaw)
    assert result.effects.law.df == 5
    assert any(f"overdispersion 1 and {phi[1]:.3g} estimated" in note for note in result.notes)


def test_sides_are_independent() -> None:
    assert fit().effects.cov[0, 1] == 0.0


def test_months_are_scaled_to_a_year() -> None:
    series = {"NL": [5.0, 7.0] * 12, "BE": [2.0] * 12 + [4.0, 6.0] * 6}
    panel = make_panel(series, 12, unit_of_measure="count")
    design = pair_design(onset="2001-01", donors=())
    effects = fit(panel, design, overdispersion=1.0).effects
    assert effects.mean.tolist() == pytest.approx([0.0, 36.0])
    assert effects.cov[1, 1] == pytest.approx(144 * (5 / 12 + 2 / 12))


@pytest.mark.parametrize("estimand", ["net", "offset_ratio"])
def test_counts_that_may_not_be_summed_have_no_net_effect(estimand: str) -> None:
    result = fit(panel_of(additive=False))
    with pytest.raises(sx.EstimandNotIdentified, match="additive=False"):
        result[estimand]
    assert result["destination"].estimate == 40.0
    assert fit()[estimand].estimate == {"net": 20.0, "offset_ratio": 0.5}[estimand]


def test_months_that_may_not_be_summed_are_not_scaled_to_a_year() -> None:
    series = {"NL": [5.0, 7.0] * 12, "BE": [2.0] * 12 + [4.0, 6.0] * 6}
    panel = make_panel(series, 12, unit_of_measure="count", additive=False)
    effects = fit(panel, pair_design(onset="2001-01", donors=()), overdispersion=1.0).effects
    assert effects.mean.tolist() == pytest.approx([0.0, 3.0])
    assert effects.cov[1, 1] == pytest.approx(5 / 12 + 2 / 12)


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="'amount' in 'kg'; needed: counts"):
        sx.WindowContrast().fit(panel_of(unit_of_measure="kg"), DESIGN)


@pytest.mark.parametrize("treatment", ["dummy", "split"])
def test_a_break_cuts_the_window_to_the_regime_of_the_onset(treatment: str) -> None:
    panel = panel_of(flags={("BE", "2001"): "break"})
    result = fit(panel, replace(DESIGN, breaks=(f"2001:BE:{treatment}",)), 1.0)
    assert result.effects.base[1] == pytest.approx(10.0)
    assert result.effects.base[0] == pytest.approx(100.0)
    assert result.effects.cov[1, 1] == pytest.approx(50 / 3 + 10 / 3)
    assert result.paths.pre.sum() == 3
    assert "beyond the break of BE in 2001" in result.dropped


def test_all_breaks_at_once_are_cut_too() -> None:
    panel = panel_of(flags={("BE", "2002"): "break"})
    result = fit(panel, replace(DESIGN, breaks="dummy"), 1.0)
    assert result.effects.base.tolist() == [95.0, 8.0]


def test_an_untreated_break_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="a reporting break of BE in 2001"):
        sx.WindowContrast().fit(panel_of(flags={("BE", "2001"): "break"}), DESIGN)


def test_too_few_periods_to_estimate_the_overdispersion() -> None:
    panel = panel_of({unit: values[3:5] for unit, values in SERIES.items()})
    design = replace(DESIGN, onset=2001)
    with pytest.raises(sx.DesignError, match="1 period before and 1 after") as caught:
        sx.WindowContrast().fit(panel, design)
    assert "overdispersion=2" in str(caught.value)
    assert fit(panel, design, overdispersion=2.0).effects.mean.tolist() == [-30.0, 30.0]


def test_a_side_without_any_event_is_refused() -> None:
    panel = panel_of(SERIES | {"BE": (0.0,) * 7})
    with pytest.raises(sx.DesignError, match="'BE' is constant at 0 count"):
        sx.WindowContrast(overdispersion=1.0).fit(panel, DESIGN)


def test_two_windows_without_an_event_are_refused() -> None:
    panel = panel_of(SERIES | {"BE": (0.0, 0.0, 0.0, 7.0, 9.0, 0.0, 0.0)})
    with pytest.raises(sx.DesignError, match="'BE' is constant at 0 count"):
        sx.WindowContrast(overdispersion=1.0).fit(panel, replace(DESIGN, onset=(2003, 2005)))


def test_zeros_in_one_window_are_counts_like_others() -> None:
    panel = panel_of(SERIES | {"BE": (0.0, 0.0, 0.0, 0.0, 2.0, 4.0, 3.0)})
    effects = fit(panel, overdispersion=1.0).effects
    assert effects.mean[1] == 3.0
    assert effects.cov[1, 1] == pytest.approx(3 / 3)


@pytest.mark.parametrize("value", [0.0, 0.99, -1.0, math.nan])
def test_overdispersion_below_one_is_refused(value: float) -> None:
    with pytest.raises(sx.DesignError, match=f"overdispersion = {value!r}"):
        sx.WindowContrast(overdispersion=value)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(sx.DesignError, match=f"level = {level!r}"):
        sx.WindowContrast(level=level)


def test_one_side_alone() -> None:
    result = fit(design=replace(DESIGN, origin=None), overdispersion=1.0)
    assert np.isnan(result.effects.mean[0])
    assert result["destination"].std_error == pytest.approx(math.sqrt(50 / 3 + 10 / 4))
    with pytest.raises(sx.EstimandNotIdentified):
        result["net"]


def test_a_range_of_onsets_leaves_the_range_out() -> None:
    result = fit(design=replace(DESIGN, onset=(2003, 2005)), overdispersion=1.0)
    assert result.paths.pre.tolist() == [True] * 3 + [False] * 4
    assert result.paths.post.tolist() == [False] * 5 + [True] * 2
    used = result.paths.pre | result.paths.post
    assert np.array_equal(np.isfinite(result.paths.counterfactual), np.stack([used, used]))
    assert result.effects.mean.tolist() == [85.0 - 100.0, 55.0 - 10.0]


def test_interval_and_p_are_those_of_the_normal_law() -> None:
    row = fit(overdispersion=1.0)["destination"]
    half = 1.959963984540054 * row.std_error
    assert (row.conf_low, row.conf_high) == pytest.approx((40 - half, 40 + half))
    assert row.p_value < 1e-6


def test_it_says_what_it_takes_for_granted() -> None:
    result = fit()
    assert any("periods are independent" in text for text in result.assumptions)
    assert any("4 and 3 periods taken as independent" in note for note in result.notes)


def test_fitting_changes_nothing() -> None:
    panel, model = panel_of(), sx.WindowContrast()
    before = panel.digest()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        first, second = model.fit(panel, DESIGN), model.fit(panel, DESIGN)
    assert first.tidy().equals(second.tidy())
    assert panel.digest() == before
    assert model == sx.WindowContrast()
