"""What every model promises: frozen, pure, deterministic, blind to labels and to units.

Every class keeps every promise here; further variants of its settings are slow tests.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import numpy as np
import pandas as pd
import pytest

from shiftexp.design import Design
from shiftexp.kernels.cases import Cases, Fit
from shiftexp.panel import Panel
from shiftexp.result import Estimator, Model, Result
from tests.contract.estimators import (
    COUNTS,
    MODEL_VARIANTS,
    MODELS,
    OTHERS,
    RATIOS,
    VARIANTS,
    WITHOUT_STEPS,
    WRAPPERS,
)
from tests.panels import annual_series, long_frame, make_panel, pair_design, read

FAST = (*MODELS, *OTHERS, *WRAPPERS)


def each(fast: Sequence[Estimator], slow: Sequence[Estimator]) -> pytest.MarkDecorator:
    """Return a test for each estimator; the further variants are left to the slow tests."""
    variants = (pytest.param(model, marks=pytest.mark.slow) for model in slow)
    return pytest.mark.parametrize("model", [*fast, *variants], ids=repr)


every_estimator = each(FAST, VARIANTS)
every_model = each(MODELS, MODEL_VARIANTS)

COLUMNS = [
    "estimand", "estimate", "std_error", "statistic", "p_value",
    "conf_low", "conf_high", "conf_kind", "inference", "unit",
]  # fmt: skip
NUMBERS = COLUMNS[1:7]
SERIES = {unit: np.round(values) for unit, values in annual_series(level=(300.0, 200.0)).items()}
FLAGS = {("BE", "2002"): "break", ("NL", "2003"): "approximate"}
PANEL = make_panel(SERIES, flags=FLAGS, unit_of_measure="count")
DESIGN = pair_design(onset=(2013, 2014), breaks="dummy", exclude=(2009,))
STEPLESS = replace(DESIGN, breaks="split")


def design_of(model: Estimator) -> Design:
    """Return the shared study; without a step for those that weigh donors."""
    return STEPLESS if any(word in repr(model) for word in WITHOUT_STEPS) else DESIGN


def same(first: pd.DataFrame, second: pd.DataFrame, rtol: float = 1e-9) -> None:
    """Assert that two tidy tables hold the same answers."""
    assert list(first["estimand"]) == list(second["estimand"])
    assert list(first["conf_kind"]) == list(second["conf_kind"])
    left, right = first[NUMBERS].to_numpy(float), second[NUMBERS].to_numpy(float)
    assert np.allclose(left, right, rtol=rtol, atol=1e-12, equal_nan=True)


def fit(model: Estimator, panel: Panel = PANEL) -> Result:
    """Return a fresh fit of the shared study."""
    return model.fit(panel, design_of(model))


FITTED: dict[str, Result] = {}


def fitted(model: Estimator) -> Result:
    """Return the fit of the shared study, made once for the tests that only read it."""
    key = repr(model)
    if key not in FITTED:
        FITTED[key] = fit(model)
    return FITTED[key]


def test_every_class_is_in_the_fast_tests() -> None:
    assert {type(model) for model in VARIANTS} <= {type(model) for model in FAST}


@every_estimator
def test_settings_are_frozen(model: Estimator) -> None:
    assert is_dataclass(model)
    for field in fields(model):
        with pytest.raises(FrozenInstanceError):
            setattr(model, field.name, getattr(model, field.name))


@every_estimator
def test_settings_are_keyword_only_and_compare(model: Estimator) -> None:
    assert is_dataclass(model)
    assert all(field.kw_only or field.name == "model" for field in fields(model))
    assert replace(model) == model
    assert hash(replace(model)) == hash(model)


@every_estimator
def test_survives_its_own_repr(model: Estimator) -> None:
    names = {type(known).__name__: type(known) for known in FAST}
    assert eval(repr(model), names) == model  # noqa: S307 - the claim under test
    assert fitted(model).estimator == repr(model)


@every_estimator
def test_survives_pickling_and_so_does_its_result(model: Estimator) -> None:
    assert pickle.loads(pickle.dumps(model)) == model  # noqa: S301 - our own bytes
    result = fitted(model)
    again: Result = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own bytes
    same(again.tidy(), result.tidy())
    assert again.design == design_of(model)


@every_estimator
def test_tidy_has_the_columns_of_the_contract(model: Estimator) -> None:
    result = fitted(model)
    frame = result.tidy()
    assert list(frame.columns) == COLUMNS
    assert list(frame["estimand"]) == ["origin", "destination", "net", "offset_ratio"]
    assert set(frame["conf_kind"]) <= {"interval", "hull", "complement", "line", "none"}
    assert list(frame["unit"]) == ["count per year"] * 3 + ["ratio"]
    for row in frame.itertuples():
        assert result[str(row.estimand)].estimate == row.estimate
    pd.testing.assert_frame_equal(result.to_frame(), frame)


@every_estimator
def test_glance_and_augment_have_their_rows(model: Estimator) -> None:
    result = fitted(model)
    assert len(result.glance()) == 1
    frame = result.augment()
    shared = [
        "side", "unit", "period", "role", "observed", "counterfactual", "effect",
        "conf_low", "conf_high",
    ]  # fmt: skip
    assert list(frame.columns[: len(shared)]) == shared
    assert set(frame.columns[len(shared) :]) <= {"joint_low", "joint_high"}
    assert len(frame) == 2 * 24
    assert set(frame["role"]) == {"pre", "post", "left out"}


@every_estimator
def test_intervals_hold_their_estimates(model: Estimator) -> None:
    result = fitted(model)
    for row in (result[name] for name in result.tidy()["estimand"]):
        if row.conf_kind == "interval":
            assert row.conf_low <= row.estimate <= row.conf_high


@every_estimator
def test_two_fits_are_one(model: Estimator) -> None:
    first, second = fitted(model), fit(model)
    pd.testing.assert_frame_equal(first.tidy(), second.tidy())
    pd.testing.assert_frame_equal(first.augment(), second.augment())


@every_estimator
def test_a_result_can_be_fitted_again(model: Estimator) -> None:
    result = fitted(model)
    assert result.fitted is not None
    assert result.fitted.estimator == model
    assert result.fitted.panel.digest() == PANEL.digest()
    again = result.fitted.estimator.fit(result.fitted.panel, result.design)
    pd.testing.assert_frame_equal(again.tidy(), result.tidy())


@every_estimator
def test_global_randomness_plays_no_part(model: Estimator) -> None:
    state = np.random.get_state()  # noqa: NPY002 - the global generator is what must not be used
    first = fitted(model).tidy()
    np.random.seed(99)  # noqa: NPY002 - as above
    second = fit(model).tidy()
    np.random.set_state(state)  # noqa: NPY002 - as above
    pd.testing.assert_frame_equal(first, second)


@every_model
def test_nothing_given_is_changed(model: Model) -> None:
    panel, before = PANEL, PANEL.digest()
    settings, design = repr(model), repr(design_of(model))
    fit(model, panel)
    cases = model.prepare(panel, design_of(model))
    held = [np.array(getattr(cases, f.name)) for f in fields(cases)]
    model.solve(cases)
    assert panel.digest() == before
    assert (repr(model), repr(design_of(model))) == (settings, design)
    for field, was in zip(fields(cases), held, strict=True):
        assert np.array_equal(getattr(cases, field.name), was, equal_nan=was.dtype.kind == "f")


@every_estimator
def test_arrays_of_a_result_are_read_only(model: Estimator) -> None:
    result = fitted(model)
    for owner in (result.effects, result.paths):
        for name, array in vars(owner).items():
            if isinstance(array, np.ndarray):
                assert not array.flags.writeable, name


@every_estimator
def test_order_of_rows_does_not_matter(model: Estimator) -> None:
    frame = long_frame(SERIES, flags=FLAGS)
    shuffled = frame.sample(frac=1, random_state=3)
    same(fit(model, read(shuffled, unit_of_measure="count")).tidy(), fitted(model).tidy())


@every_estimator
def test_names_do_not_matter(model: Estimator) -> None:
    new = {unit: f"{chr(122 - i)}{unit.lower()}" for i, unit in enumerate(SERIES)}
    renamed = make_panel(
        {new[u]: v for u, v in SERIES.items()},
        flags={(new[u], year): flag for (u, year), flag in FLAGS.items()},
        unit_of_measure="count",
    )
    design = replace(
        design_of(model), origin=new["NL"], destination=new["BE"],
        donors=tuple(new[u] for u in design_of(model).donors),
    )  # fmt: skip
    same(model.fit(renamed, design).tidy(), fitted(model).tidy())


PLAIN: dict[str, pd.DataFrame] = {}


def plain(model: Estimator) -> pd.DataFrame:
    """Return the answers in the unit of the series, which is no count; asked for once."""
    key = repr(model)
    if key not in PLAIN:
        PLAIN[key] = fit(model, make_panel(SERIES, flags=FLAGS)).tidy()
    return PLAIN[key]


def scaled(factor: float) -> Mapping[str, np.ndarray]:
    """Return the series in another unit."""
    return {unit: values * factor for unit, values in SERIES.items()}


@pytest.mark.parametrize("factor", [1000, 0.001])
@every_estimator
def test_units_rescale_effects_and_leave_the_rest(model: Estimator, factor: float) -> None:
    if any(word in repr(model) for word in COUNTS):
        pytest.skip("counts have no other unit")
    there, here = fit(model, make_panel(scaled(factor), flags=FLAGS)).tidy(), plain(model).copy()
    amounts = ["estimate", "std_error", "conf_low", "conf_high"]
    here.loc[:2, amounts] *= factor
    same(there, here, rtol=1e-6)


@every_model
def test_a_batch_equals_one_by_one(model: Model) -> None:
    study, placebos = model.prepare(PANEL, design_of(model)), design_of(model).placebos(PANEL)
    for cases in (study, placebos):
        together = model.solve(cases)
        assert together.effect.shape == (len(cases), 2)
        assert together.path.shape == (len(cases), 2, 24)
        for case in range(len(cases)):
            agree(together, case, model.solve(cases.take(np.array([case]))))


def agree(together: Fit, case: int, alone: Fit) -> None:
    """Assert that a case of a batch is the same as the case alone."""
    for name in ("path", "effect", "cov", "df"):
        batch, one = getattr(together, name)[case], getattr(alone, name)[0]
        assert np.allclose(batch, one, rtol=1e-12, atol=1e-10, equal_nan=True)


@every_model
def test_copies_of_a_case_have_one_answer(model: Model) -> None:
    cases: Cases = model.prepare(PANEL, design_of(model)).take(np.array([0]))
    fit_once, many = model.solve(cases), model.solve(cases.repeat(3))
    assert np.allclose(many.effect, np.repeat(fit_once.effect, 3, axis=0), rtol=1e-12)


@every_model
def test_an_imposed_null_is_taken_off(model: Model) -> None:
    cases = model.prepare(PANEL, design_of(model)).take(np.array([0]))
    effect = model.solve(cases).effect
    moved = cases.pair + np.where(cases.treated[:, None, :], 7.0, 0.0)
    shifted = model.solve(cases.with_pair(moved)).effect
    assert np.all(shifted > effect)
    if not any(word in repr(model) for word in RATIOS):
        assert np.allclose(shifted, effect + 7)


@every_estimator
def test_a_design_survives_its_own_repr(model: Estimator) -> None:
    again = eval(repr(fitted(model).design), {"Design": type(design_of(model))})  # noqa: S307 - as above
    assert again == design_of(model)
