"""Unit tests of writing a study: reading what is written gives the same study."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace

import pytest

import shiftexp as sx
from shiftexp.study import Cell, Fall, Source, Study, StudySpec
from shiftexp.study.known import WRAPPERS, Wrapper
from shiftexp.study.spec import Indicator

MODEL = sx.InterruptedTimeSeries(trend=False, rng=3)
BOUND = sx.Bound(
    "shift_share", low=0.2, high=0.9, because="interviews", cases=12, assumed=("a link",), model="m"
)
OPEN = sx.Bound("flow", low=3.0, high=math.inf, unit="kg per year", because="weighed")
FULL = Cell(
    name="trade",
    title='Trade "by hand"',
    role="secondary",
    conclusion="moved, \u00fcber alles",
    design=sx.Design(
        origin=("NL:a", "NL:b"),
        destination="BE",
        onset=("2012-03", "2013-06"),
        basis="observed",
        start="2008-01",
        exclude=("2010-01", "2010-02"),
        breaks=("2011-01:BE:dummy",),
        donors=("AT", "CH"),
        allow=("CH",),
        quality=("ok", "approximate"),
        event="a law",
        because="declared first",
    ),
    indicators=(Indicator(indicator="kg"),),
    estimators=(
        sx.InterruptedTimeSeries(scale="log", trend=False, rng=3),
        sx.Conformal(sx.InterruptedTimeSeries(trend=False, rng=3), rng=3),
        sx.Conformal(sx.DifferenceInDifferences(level=0.9), rng=3),
        sx.DifferenceInDifferences(scale="log"),
        sx.WindowContrast(overdispersion=2.0),
        sx.WindowContrast(),
    ),
    detection=sx.Detection(
        drift=0.03, common=0.25, ratio=(0.5, 2.0), origin=(0.9, 1.1), because="papers"
    ),
    margin=0.25,
    evidence=(
        sx.Evidence(about="shift", bound=OPEN, source="scales"),
        sx.Evidence(about="shift", direction="against", bound=BOUND),
        sx.Evidence(about="integration", p_value=0.01, power=0.8),
    ),
)
SOURCE = Source(
    file="values.csv",
    unit="country",
    quality="flag",
    additive=False,
    allow_gaps=True,
    decimal=",",
    separator=";",
)
SPEC = StudySpec(title="By hand", seed=3, source=SOURCE, margin=0.05, cells=(FULL,))


def again(study: Study) -> Study:
    """Return the study that its own file says."""
    return Study.from_text(study.to_toml(), folder=study.folder)


def test_the_bundled_study_survives() -> None:
    study = Study.demo()
    assert again(study) == study
    assert again(study).to_toml() == study.to_toml()


def test_a_written_out_study_survives() -> None:
    study = Study(SPEC)
    assert again(study) == study


@pytest.mark.parametrize(
    "changes",
    [
        {"design": sx.Design(origin=None, destination="BE", onset=2012)},
        {"design": sx.Design(origin="NL", destination=None, onset="2012Q3", breaks="split")},
        {"design": sx.Design(origin="NL", destination="BE", onset=(2012, 2015), quality=())},
        {
            "estimators": (
                sx.SpilloverSyntheticControl(
                    exposed=("A",), structure="decaying", distances=(9.5,), reach=20.0
                ),
                sx.InclusiveSyntheticControl(exposed=("A", "C"), intercept=True),
            )
        },
        {"detection": sx.Detection(drift=0)},
        {"detection": sx.Detection()},
        {"detection": None, "evidence": (), "estimators": (), "indicators": (), "margin": None},
        {"falls": (Fall(place="NL:terneuzen", quitting=0.3, rerouting=0.1),)},
        {"falls": (Fall(place="NL:terneuzen", part=0.5), Fall(place="NL:maastricht"))},
    ],
    ids=[
        "no origin",
        "no destination",
        "no flags",
        "lists",
        "still",
        "default",
        "bare",
        "falls",
        "parts",
    ],
)
def test_any_part_survives(changes: dict[str, object]) -> None:
    source = Source(dataset="benelux") if "falls" in changes else SOURCE
    cells = (replace(FULL, **changes),)  # type: ignore[arg-type]  # fields of Cell
    study = Study(replace(SPEC, source=source, cells=cells))
    assert again(study) == study


@pytest.mark.parametrize(
    ("wrapper", "fields"),
    [
        (sx.Conformal(MODEL, points=31, rng=3), {"points": 31}),
        (
            sx.Permutation(MODEL, over="onsets", studentized=True, rng=3),
            {"over": "onsets", "studentized": True},
        ),
        (sx.Placebo(MODEL, over="units", rng=3), {"over": "units"}),
        (sx.BlockBootstrap(MODEL, block=2, draws=199, rng=3), {"block": 2, "draws": 199}),
        (sx.ConleyTaber(MODEL, rng=3), {}),
        (sx.FermanPinto(MODEL, variance="exposure", rng=3), {"variance": "exposure"}),
        (sx.EndOfSample(MODEL, rng=3), {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_wrapper_survives_with_its_settings(
    wrapper: Wrapper, fields: dict[str, object]
) -> None:
    study = Study(replace(SPEC, cells=(replace(FULL, estimators=(wrapper,)),)))
    assert again(study) == study
    (written,) = tomllib.loads(study.to_toml())["cell"][0]["estimators"]
    assert written["inference"] == {"name": type(wrapper).__name__, "rng": 3} | fields


def test_every_public_wrapper_can_stand_in_a_file() -> None:
    door = [getattr(sx, name) for name in sx.__all__]
    fitted = [kind for kind in door if isinstance(kind, type) and hasattr(kind, "fit")]
    wrapping = {kind.__name__ for kind in fitted if "model" in getattr(kind, "__annotations__", {})}
    assert set(WRAPPERS) == wrapping


def test_pages_survive() -> None:
    study = Study(replace(SPEC, cells=(FULL, replace(FULL, name="other", page="trade"))))
    assert again(study) == study


def test_what_has_its_default_is_not_written() -> None:
    bare = Cell(name="a", design=sx.Design(origin="O", destination="D", onset=2013))
    table = tomllib.loads(Study(StudySpec(source=Source(file="v.csv"), cells=(bare,))).to_toml())
    assert table == {
        "title": "Study",
        "seed": 1,
        "margin": 0.1,
        "data": {"file": "v.csv"},
        "cell": [{"name": "a", "design": {"origin": "O", "destination": "D", "onset": 2013}}],
    }


def test_the_language_survives_and_english_is_not_written() -> None:
    french = Study(replace(SPEC, language="fr"))
    assert 'language = "fr"' in french.to_toml()
    assert again(french) == french
    assert "language" not in Study(SPEC).to_toml()
