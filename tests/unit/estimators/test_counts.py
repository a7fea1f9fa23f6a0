"""Unit tests of CountDiD: laws, effort, refusals, notes, settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import shiftexp as sx
from shiftexp.effects import LogSeriesLaw, StudentLaw
from shiftexp.errors import DesignError
from shiftexp.kernels.cases import Floats
from tests.panels import long_frame, make_panel, read

DESIGN = sx.Design(origin="O", destination="D", onset=2012, donors=("A", "B", "C"))
T, BEFORE = 20, 12
AFTER = np.arange(T) >= BEFORE
pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def counts(seed: int = 2, factor: float = 1.8) -> dict[str, Floats]:
    """Return counts of two sides and three donors; the destination's rate changes."""
    rng = np.random.default_rng(seed)
    means = {"O": 30.0, "D": 40.0, "A": 20.0, "B": 60.0, "C": 90.0}
    rates = {u: m * np.where(AFTER & (u == "D"), factor, 1.0) for u, m in means.items()}
    return {u: rng.poisson(rate * np.ones(T)).astype(float) for u, rate in rates.items()}


def panel(series: dict[str, Floats]) -> sx.Panel:
    """Return a panel of counts."""
    return make_panel(series, unit_of_measure="count")


def exposed(power: float, seed: int = 5) -> sx.Panel:
    """Return counts that go with an exposure to some power."""
    rng, parts = np.random.default_rng(seed), []
    for unit, values in counts().items():
        controls = rng.uniform(0.3, 3, T)
        frame = long_frame({unit: rng.poisson(values * 10 * controls**power).astype(float)})
        parts.append(frame.assign(controls=controls))
    return read(pd.concat(parts), unit_of_measure="count", exposure="controls")


def test_the_effect_is_the_count_without_the_change_of_the_donors() -> None:
    series = counts()
    result = sx.CountDiD().fit(panel(series), DESIGN)
    assert result.inference == "EMW-LL"
    donors = np.sum([series[u] for u in "ABC"], axis=0)
    ratio = donors[AFTER].sum() / donors[~AFTER].sum()
    for side, unit in (("origin", "O"), ("destination", "D")):
        expected = (series[unit][AFTER].sum() - series[unit][~AFTER].sum() * ratio) / AFTER.sum()
        assert result[side].estimate == pytest.approx(expected)
    truth = series["D"][AFTER].mean() * (1 - 1 / 1.8)
    found = result["destination"]
    assert found.conf_low < truth < found.conf_high
    assert found.p_value < 0.05 < result["origin"].p_value
    after = result.augment()[lambda f: (f["side"] == "destination") & (f["role"] == "post")]
    assert after["effect"].mean() == pytest.approx(found.estimate)


def test_zeros_are_no_obstacle() -> None:
    series = counts()
    series["D"][[1, 4, 14]] = 0
    result = sx.CountDiD().fit(panel(series), DESIGN)
    assert np.isfinite(result.tidy()["p_value"][:3]).all()
    frame = result.augment()
    zeros = frame[(frame["observed"] == 0) & (frame["role"] == "post")]
    assert (zeros["effect"] == 0).all()


def test_independent_counts_warn_and_share_their_donors() -> None:
    model = sx.CountDiD(variance="counts", family="poisson")
    with pytest.warns(sx.SmallSampleWarning, match="20 periods taken as independent counts"):
        result = model.fit(panel(counts()), DESIGN)
    assert result.inference == "Poisson regression, independent counts"
    cov = result.effects.cov
    assert cov[0, 1] > 0
    assert result["net"].std_error == pytest.approx(np.sqrt(cov.sum()))
    assert np.isnan(result.paths.conf_low).all()
    assert not any("power of this design" in note for note in result.notes)
    wide = replace(model, family="quasi", dispersion=4.0).fit(panel(counts()), DESIGN)
    assert wide.effects.cov == pytest.approx(4 * cov)


def test_few_periods_have_the_law_of_counts_or_none() -> None:
    short = replace(DESIGN, start=2008, end=2013)
    result = sx.CountDiD().fit(panel(counts()), short)
    assert result.inference == "quasi-Poisson regression, independent counts"
    with pytest.raises(DesignError, match="4 periods before and 2 after"):
        sx.CountDiD(variance="series").fit(panel(counts()), short)


@pytest.mark.parametrize(
    "model",
    [
        sx.CountDiD(),
        sx.CountDiD(family="negative_binomial"),
        sx.CountDiD(trend=True, growing=True),
        sx.CountDiD(effort="coefficient"),
    ],
    ids=repr,
)
def test_a_dispersion_without_a_degree_of_freedom_has_no_law(model: sx.CountDiD) -> None:
    more = model.trend + (model.effort == "coefficient")
    short = replace(DESIGN, start=2011 - more, end=2012 + model.growing)
    with pytest.warns(sx.SmallSampleWarning, match="leave no degree of freedom for the dispersion"):
        result = model.fit(exposed(1.0), short)
    assert result.inference == "none (dispersion unknown)"
    assert np.isfinite(result["destination"].estimate)
    assert np.isnan([result[side].p_value for side in ("origin", "destination", "net")]).all()
    assert not any("nan" in note for note in result.notes)
    stated = replace(model, dispersion=1.5).fit(exposed(1.0), short)
    assert stated["destination"].p_value > 0
    known = replace(model, family="poisson").fit(exposed(1.0), short)
    assert known["destination"].std_error > 0


def test_one_degree_of_freedom_has_the_tails_of_a_cauchy_law() -> None:
    short = replace(DESIGN, start=2011, end=2013, origin=None)
    result = sx.CountDiD().fit(panel(counts()), short)
    law = result.effects.law
    assert isinstance(law, LogSeriesLaw)
    logs = law.law
    assert isinstance(logs, StudentLaw)
    assert logs.df == 1
    quantile = stats.t.ppf(0.975, 1) * np.sqrt(logs.cov[1, 1])
    ends = law.level(1, logs.mean[1] + np.array([-quantile, quantile]))
    found = result["destination"]
    assert [found.conf_low, found.conf_high] == pytest.approx(ends, rel=1e-3)


def test_families_say_their_dispersion() -> None:
    for family, said in (
        ("poisson", "their variance is taken to be their mean"),
        ("quasi", r"contrast with the controls estimated: \d[.\d]* at the origin and"),
        ("negative_binomial", r"estimated, alpha [.\d]+ \(moments of both contrasts"),
    ):
        result = sx.CountDiD(family=family).fit(panel(counts()), DESIGN)  # type: ignore[arg-type]  # a loop's word
        assert any(re.search(said, note) for note in result.notes)
    factor = next(n for n in result.notes if n.startswith("rates went by the factor"))
    assert 1.5 < float(factor.split(" and ")[1].split(" at the destination")[0]) < 2.1


def test_exposures_are_used_when_asked_for_and_named_when_not() -> None:
    data = exposed(1.0)
    plain = sx.CountDiD().fit(data, DESIGN)
    assert any("exposures are carried along but not used" in n for n in plain.notes)
    offset = sx.CountDiD(effort="offset").fit(data, DESIGN)
    assert not any("carried along" in note for note in offset.notes)
    share = offset["destination"].estimate / offset.effects.observed[1]
    assert -np.log1p(-share) == pytest.approx(np.log(1.8), abs=0.15)
    wrapped = sx.Permutation(sx.CountDiD(effort="offset")).fit(data, DESIGN)
    assert not any("carried along" in note for note in wrapped.notes)
    width = [r["destination"].conf_high - r["destination"].conf_low for r in (plain, offset)]
    assert width[1] < width[0] / 2


@pytest.mark.parametrize(("power", "outside"), [(0.5, False), (1.6, True)])
def test_the_power_of_effort_is_estimated_and_judged(power: float, outside: bool) -> None:  # noqa: FBT001 - a case
    result = sx.CountDiD(effort="coefficient").fit(exposed(power), DESIGN)
    notes = [n for n in result.notes if "counts go with exposure to the power" in n]
    assert len(notes) == 2
    for note in notes:
        assert float(note.split("power ")[1].split(" ")[0]) == pytest.approx(power, abs=0.15)
        assert ("outside 0 to 1" in note) == outside


def test_what_the_power_of_effort_is_not_known_to_widens_the_law() -> None:
    rng, parts = np.random.default_rng(7), []
    for unit, values in counts(factor=1.0).items():
        doubled = np.where(AFTER & (unit in "OD"), 2.0, 1.0) * rng.uniform(0.9, 1.1, T)
        frame = long_frame({unit: rng.poisson(values * 10 * doubled**0.7).astype(float)})
        parts.append(frame.assign(controls=doubled))
    data = read(pd.concat(parts), unit_of_measure="count", exposure="controls")
    free = sx.CountDiD(effort="coefficient").fit(data, DESIGN)
    stated = sx.CountDiD(effort="offset", exponent=0.7).fit(data, DESIGN)
    widths = [r["destination"].conf_high - r["destination"].conf_low for r in (free, stated)]
    assert widths[0] > 2 * widths[1]  # an exposure that steps with the onset speaks of both
    assert any("exposures vary too little beside the other terms" in n for n in free.notes)


def test_a_stated_dispersion_is_said_to_be_idle_where_the_series_speak() -> None:
    stated = sx.CountDiD(dispersion=3.0)
    plain, idle = (m.fit(panel(counts()), DESIGN) for m in (sx.CountDiD(), stated))
    assert idle["net"].p_value == plain["net"].p_value
    assert any("the stated dispersion is not used" in note for note in idle.notes)
    used = replace(stated, variance="counts").fit(panel(counts()), DESIGN)
    assert not any("is not used" in note for note in used.notes)


@pytest.mark.slow
def test_a_power_is_outside_only_where_its_interval_is() -> None:
    notes = [
        note
        for seed in range(12)
        for note in sx.CountDiD(effort="coefficient", variance="counts")
        .fit(exposed(1.0, seed), DESIGN)
        .notes
        if "to the power" in note
    ]
    above = [n for n in notes if float(n.split("power ")[1].split(" ")[0]) > 1]
    assert len(above) >= 5
    assert sum("outside 0 to 1" in n for n in above) <= 2


def test_the_title_and_the_assumption_say_how_effort_enters() -> None:
    data = exposed(1.0)
    models = [sx.CountDiD(effort=e, variance="counts") for e in ("none", "offset", "coefficient")]
    found = [m.fit(data, DESIGN) for m in models]
    assert len({r.name for r in found}) == 3
    assert ["at equal exposure" in r.assumptions[0] for r in found] == [False, True, True]


def test_a_panel_without_exposures_is_told_how_to_read_one() -> None:
    with pytest.raises(DesignError, match=r"exposure='its column'"):
        sx.CountDiD(effort="offset").fit(panel(counts()), DESIGN)


def test_effort_that_never_varies_has_no_power() -> None:
    frame = long_frame(counts()).assign(controls=2.0)
    flat = read(frame, unit_of_measure="count", exposure="controls")
    with pytest.raises(DesignError, match="no maximum that tells the effect apart") as caught:
        sx.CountDiD(effort="coefficient").fit(flat, DESIGN)
    assert len(caught.value.problems) == 2


def test_missing_exposures_are_listed() -> None:
    frame = long_frame(counts()).assign(controls=2.0)
    frame.loc[(frame["country"] == "A") & (frame["period"] == "2003"), "controls"] = np.nan
    bare = read(frame, unit_of_measure="count", exposure="controls")
    with pytest.raises(DesignError, match="1 value without exposure") as caught:
        sx.CountDiD(effort="offset").fit(bare, DESIGN)
    assert caught.value.rows == ("A, 2003",)


def test_donors_with_gaps_take_part() -> None:
    series = counts()
    whole = sx.CountDiD().fit(panel(series), DESIGN)
    series["A"][[2, 15]] = np.nan
    gaps = sx.CountDiD().fit(panel(series), DESIGN)
    assert gaps["destination"].estimate == pytest.approx(whole["destination"].estimate, rel=0.1)
    assert sum("donor A not observed" in text for text in gaps.dropped) == 2


def test_a_trend_of_its_own_has_no_change_of_slope() -> None:
    series = counts(factor=1.0)
    series["D"] = np.round(300 * np.exp(0.06 * np.arange(T)))
    trend = sx.CountDiD(trend=True, variance="counts").fit(panel(series), DESIGN)
    plain = sx.CountDiD(variance="counts").fit(panel(series), DESIGN)
    assert abs(trend["destination"].estimate) < 60 < plain["destination"].estimate
    assert "trend of their own" in " ".join(trend.assumptions)
    effect = trend.augment()[lambda f: (f["side"] == "destination") & (f["role"] == "post")]
    share = effect["effect"] / effect["observed"]
    assert np.ptp(share) == pytest.approx(0, abs=1e-9)


def test_what_has_no_ratio_is_refused() -> None:
    series = counts()
    nothing = {**series, "O": np.where(AFTER, series["O"], 0)}
    with pytest.raises(DesignError, match="O: not one count before the onset") as caught:
        sx.CountDiD().fit(panel(nothing), replace(DESIGN, exclude=(2003,)))
    assert caught.value.rows == ("O",)
    silent = {u: np.where(np.arange(T) == 3, 0, v) for u, v in series.items()}
    with pytest.raises(DesignError, match="period without a single count") as caught:
        sx.CountDiD().fit(panel(silent), DESIGN)
    assert len(caught.value.problems) == 2
    assert caught.value.problems[0].rows == ("2003",)
    with pytest.raises(DesignError, match="in 'kg'; needed: counts"):
        sx.CountDiD().fit(make_panel(series), DESIGN)
    with pytest.raises(DesignError, match="counted twice"):
        sx.CountDiD().fit(panel(series), replace(DESIGN, donors=()))


def test_one_side_alone_is_the_same() -> None:
    both = sx.CountDiD().fit(panel(counts()), DESIGN)
    alone = sx.CountDiD().fit(panel(counts()), replace(DESIGN, origin=None))
    assert alone["destination"].estimate == pytest.approx(both["destination"].estimate)
    assert alone["destination"].p_value == pytest.approx(both["destination"].p_value)


@pytest.mark.slow
def test_wrappers_take_it() -> None:
    conformal = sx.Conformal(sx.CountDiD(), points=21).fit(panel(counts()), DESIGN)
    assert conformal["destination"].p_value <= 0.1
    placebo = sx.Permutation(sx.CountDiD()).fit(panel(counts()), DESIGN)
    assert np.isfinite(placebo["destination"].p_value)


@pytest.mark.parametrize(
    "wrapper",
    [
        sx.Permutation,
        *(pytest.param(w, marks=pytest.mark.slow) for w in (sx.ConleyTaber, sx.FermanPinto)),
    ],
)
def test_a_placebo_that_lost_every_count_has_lost_its_counterfactual(
    wrapper: Callable[[sx.CountDiD], sx.Estimator],
) -> None:
    rng, names = np.random.default_rng(3), tuple(f"C{k}" for k in range(11))
    series = {u: rng.poisson(20.0, T).astype(float) for u in ("O", "D", *names)}
    series["D"][BEFORE:] = rng.poisson(26.0, T - BEFORE)
    design = replace(DESIGN, donors=names)
    plain = wrapper(sx.CountDiD()).fit(panel(series), design)["destination"]
    emptied = {u: v * ~AFTER if u in names[:3] else v for u, v in series.items()}
    fallen = wrapper(sx.CountDiD()).fit(panel(emptied), design)["destination"]
    assert fallen.p_value >= plain.p_value + 2 / 12  # three falls as large as can be are counted
    unborn = {u: v * AFTER if u in names[:3] else v for u, v in series.items()}
    with pytest.raises(DesignError, match="placebos without a count before the onset"):
        wrapper(sx.CountDiD()).fit(panel(unborn), design)


def test_many_data_sets_at_once_are_for_levels() -> None:
    with pytest.raises(DesignError, match="fit them one by one"):
        sx.CountDiD().answers(
            panel(counts()), DESIGN, np.ones((2, 5, T)), np.eye(2), 0.95, sets=False
        )


def test_settings_that_are_none_are_listed_together() -> None:
    with pytest.raises(DesignError) as caught:
        sx.CountDiD(family="quasi", dispersion=0.5, effort="half", exponent=2, variance="x")  # type: ignore[arg-type]  # the point of the test
    assert len(caught.value.problems) == 4
    with pytest.raises(DesignError, match=r"exponent = 0.5; needed: effort='offset'"):
        sx.CountDiD(exponent=0.5)
    with pytest.raises(DesignError, match="Poisson counts have none"):
        sx.CountDiD(family="poisson", dispersion=2.0)
    with pytest.raises(DesignError, match="family = 'gamma'"):
        sx.CountDiD(family="gamma")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(DesignError, match="trend = 'no'"):
        sx.CountDiD(trend="no")  # type: ignore[arg-type]  # the point of the test


def test_exposures_of_a_side_are_summed_like_its_counts() -> None:
    data = exposed(1.0)
    design = replace(DESIGN, origin=("O", "A"), donors=("B", "C"))
    window, cases = design.window(data), design.cases(data)
    rows = [data.units.index(unit) for unit in ("O", "A", "D", "B", "C")]
    given = data.exposure[0, rows]
    expected = np.vstack([given[:2].sum(axis=0), given[2:]])
    assert np.array_equal(window.exposure, expected)
    assert cases.exposure is not None
    assert np.array_equal(cases.exposure[0], expected)
    placebos = DESIGN.placebos(data)
    donors = data.exposure[0, [data.units.index(unit) for unit in "ABC"]]
    assert placebos.exposure is not None
    assert np.array_equal(placebos.exposure[1], donors)
    early = DESIGN.placebos(data, over="onsets")
    assert early.exposure is not None
    assert early.exposure.shape == early.y.shape
