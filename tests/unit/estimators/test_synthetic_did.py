"""Unit tests of synthetic DiD: effects, the covariance of placebo pairs, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import StudentLaw
from shiftexp.errors import DesignError
from tests.panels import make_panel
from tests.unit.estimators.test_synthetic import DESIGN, DONORS, series


def law_of(result: sx.Result) -> StudentLaw:
    """Return the law of a result, a bivariate t."""
    assert isinstance(result.effects.law, StudentLaw)
    return result.effects.law


def test_it_finds_the_effect_where_there_is_one() -> None:
    result = sx.SyntheticDiD().fit(make_panel(series()), DESIGN)
    assert result["destination"].estimate == pytest.approx(30, abs=3)
    assert result["destination"].p_value < 0.05 < result["origin"].p_value
    assert law_of(result).df == len(DONORS) - 1
    assert result.inference == "placebo donors (42 of them), t with 6 df"


def test_its_covariance_is_that_of_pairs_of_donors_by_hand() -> None:
    panel = make_panel(series())
    model = sx.SyntheticDiD()
    case = model.prepare(panel, DESIGN)
    effects = []
    for i in range(2, 9):
        for j in range(2, 9):
            if i != j:
                free = np.isin(np.arange(9), [k for k in range(2, 9) if k not in (i, j)])
                one = replace(case, focal=np.array([[i, j]]), donors=free[None])
                effects.append(model.solve(one).effect[0])
    about = np.array(effects) - np.mean(effects)
    cov = law_of(model.fit(panel, DESIGN)).cov
    assert cov[0, 0] == cov[1, 1] == pytest.approx((about**2).mean())
    assert cov[0, 1] == pytest.approx((about[:, 0] * about[:, 1]).mean())


def test_some_of_many_pairs_are_drawn_by_the_seed() -> None:
    panel = make_panel(series())
    found = [sx.SyntheticDiD(placebos=20, rng=rng).fit(panel, DESIGN) for rng in (1, 1, 2)]
    errors = [result["origin"].std_error for result in found]
    assert errors[0] == errors[1] != errors[2]
    assert "20 of them" in found[0].inference


def test_one_side_alone_takes_every_donor_once() -> None:
    result = sx.SyntheticDiD().fit(make_panel(series()), replace(DESIGN, origin=None))
    assert "7 of them" in result.inference
    assert np.isnan(law_of(result).cov[0]).all()
    assert result["destination"].p_value < 0.05


def test_on_a_log_scale_the_effect_stays_in_level_units() -> None:
    level, log = (
        sx.SyntheticDiD(scale=scale).fit(make_panel(series()), DESIGN)["destination"]
        for scale in ("level", "log")
    )
    assert log.estimate == pytest.approx(level.estimate, rel=0.15)
    assert log.std_error == pytest.approx(level.std_error, rel=0.8)


def test_donors_that_vary_less_are_warned_of() -> None:
    loud = series()
    rng = np.random.default_rng(9)
    for unit in "OX":
        loud[unit] = loud[unit] + 12 * rng.normal(size=18)
    with pytest.warns(sx.SmallSampleWarning, match="as large as those of the median donor"):
        sx.SyntheticDiD().fit(make_panel(loud), DESIGN)


def test_donors_that_hardly_vary_beside_the_pair_give_no_law() -> None:
    loud = {u: v * (8 if u in "OX" else 1) for u, v in series().items()}
    with pytest.warns(sx.SmallSampleWarning, match="as large as those of the median donor"):
        result = sx.SyntheticDiD().fit(make_panel(loud), DESIGN)
    assert result.inference == "withheld (placebo donors vary far less than the pair)"
    frame = result.tidy().set_index("estimand")
    assert frame.loc[["origin", "destination", "net"], "estimate"].notna().all()
    assert frame[["std_error", "p_value", "conf_low", "conf_high"]].isna().all(axis=None)


def test_few_periods_before_the_onset_are_refused() -> None:
    with pytest.raises(DesignError, match="5 periods before the onset"):
        sx.SyntheticDiD().fit(make_panel(series()), replace(DESIGN, start=2005))


def test_donors_that_do_not_vary_are_no_measure() -> None:
    still = series() | dict.fromkeys(DONORS, np.full(18, 70.0))
    with pytest.raises(DesignError, match="none of which varies before the onset"):
        sx.SyntheticDiD().fit(make_panel(still), DESIGN)


@pytest.mark.slow
def test_in_logs_noise_is_no_effect() -> None:
    """Mean effects of pure lognormal noise are centred at zero, as in difference-in-differences."""
    rng, found = np.random.default_rng(2), []
    for _ in range(60):
        noise = {u: 100 * np.exp(0.4 * rng.normal(size=18)) for u in (*DONORS, "O", "X")}
        result = sx.SyntheticDiD(scale="log").fit(make_panel(noise), DESIGN)
        found += [result["origin"].estimate, result["destination"].estimate]
    assert abs(np.mean(found)) < 2.5 * np.std(found) / len(found) ** 0.5


def test_a_donor_with_gaps_is_said_to_take_no_part() -> None:
    gaps = series()
    gaps["C"][3] = np.nan
    notes = sx.SyntheticDiD().fit(make_panel(gaps), DESIGN).notes
    assert "not among the donors, for their gaps: C" in notes


def test_weights_of_donors_and_periods_are_listed() -> None:
    weights = sx.SyntheticDiD().fit(make_panel(series()), DESIGN).weights.to_frame()
    sums = weights.groupby(["side", "kind"])["weight"].sum()
    assert sums.to_numpy() == pytest.approx(np.ones(4))
    assert set(weights[weights["kind"] == "period"]["name"]) == {str(y) for y in range(2000, 2010)}


def test_too_few_placebos_are_refused() -> None:
    with pytest.raises(DesignError, match="placebos = 5"):
        sx.SyntheticDiD(placebos=5)
