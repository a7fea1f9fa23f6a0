"""What the page says of descriptions, rival hypotheses, sector weights and pools."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.report import report
from shiftexp.report.further import Further, PoolAnswer
from shiftexp.report.further_view import Section, further_sections
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.report.pools_view import pools_section
from shiftexp.report.references import references
from tests.studies import STILL, small_study, write_values

ASKED = "describe = true\nrivals = [{}, { bootstrap = 99 }]\n"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyPage:
    """Return the page of a small study that asks."""
    folder = tmp_path_factory.mktemp("asked")
    write_values(folder)
    return small_study(folder, cells=STILL + ASKED).run()


@pytest.fixture
def page(study: StudyPage) -> DesignPage:
    """Return its design."""
    return study.cells[0].primary


def sections(page: DesignPage) -> dict[str, Section]:
    """Return the sections of a design by the first words of their headings."""
    return {" ".join(s.heading.split()[:2]): s for s in further_sections(page)}


def test_a_description_is_labelled_and_has_both_sides_then_their_sum_and_ratio(
    page: DesignPage,
) -> None:
    found = sections(page)["What the"]
    assert "no evidence" in found.heading
    assert [str(row[0]) for row in found.tables[0].rows] == [
        "O",
        "D",
        "Log total, O + D",
        "Log ratio, D over O",
    ]
    assert str(found.tables[0].rows[1][3]).startswith("+")
    assert any("no evidence that anything moved" in note for note in found.notes)
    accounts, shares = found.folded
    assert accounts.note.startswith("Accounting")
    assert len(shares.rows) == len(page.verdict.results[0].paths.labels)


def test_rivals_show_all_weights_and_what_hangs_on_the_prior(page: DesignPage) -> None:
    found = sections(page)["Rival hypotheses"]
    heaviest, plain, drawn = found.tables
    assert len(heaviest.rows) == 2
    assert "no error rates and no evidence" in found.sentence
    assert len(plain.rows) == len(page.further.rivals[0][1].fits)
    assert [str(row[5]).count("/") for row in plain.rows] == [2] * len(plain.rows)
    assert drawn.columns[-2:] == ("p", "Power")
    assert plain.columns[-1] == "Sector Bayes"


def test_the_likelier_shape_is_named_first() -> None:
    panel, design = sx.simulate_pair(destination_effect=60, sd=0.5, autocorrelation=0.0, rng=3)
    shapes = [sx.rival_models(panel, design, effect=effect) for effect in ("ramp", "step")]
    named = tuple(zip(("ramp", "step"), shapes, strict=True))
    found = further_sections(_beside(Further(rivals=named)))[0]
    assert "Read first: step, where the data are over a million times as likely" in found.sentence


def _in(page: DesignPage, language: str) -> str:
    """Return what all sections of a page say in one language."""
    return str(further_sections(page.in_language(language)))


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_no_english_is_left_in_translated_sentences(page: DesignPage, language: str) -> None:
    said = _in(page, language)
    for english in ("per year", "Log total", "fractional Bayes", "sector Bayes", " to 2"):
        assert english not in said, english
    assert {"nl": "Log-totaal, O + D", "fr": "Total logarithmique, O + D"}[language] in said


def test_a_gain_without_measure_and_limits_in_formulas_are_said_in_each_language() -> None:
    panel, design = sx.simulate_pair(destination_effect=60, sd=0.5, autocorrelation=0.0, rng=3)
    shapes = [sx.rival_models(panel, design, effect=e, kappa=(0.5, 2)) for e in ("ramp", "step")]
    named = tuple(zip(("ramp", "step"), shapes, strict=True))
    page = _beside(Further(rivals=named))
    assert "meer dan een miljoen keer zo waarschijnlijk" in _in(page, "nl")
    assert "sont plus d'un million de fois plus vraisemblables" in _in(page, "fr")
    assert "kappa = 0,5 tot 2" in _in(page, "nl")
    assert "kappa = 0.5 to 2" in _in(page, "en")


def test_breaks_have_limits_in_the_words_of_the_page() -> None:
    panel, design = sx.simulate_pair(destination_effect=90, sd=1, autocorrelation=0.0, rng=3)
    page = _beside(Further(description=sx.describe(panel, design)))
    assert re.search(r"\d{4} \(\d{4} to \d{4}\)", _in(page, "en"))
    assert re.search(r"\d{4} \(\d{4} tot \d{4}\)", _in(page, "nl"))
    assert " to " not in _in(page, "nl")


def _beside(further: Further) -> DesignPage:
    """Return a page of a design with nothing but what stands beside it."""
    panel, design = sx.simulate_pair(rng=1)
    result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    verdict = sx.weigh(result, name="made up")
    return DesignPage("made_up", "primary", design, result.gate, verdict, (), further=further)


def test_sector_weights_stand_under_three_priors() -> None:
    panel, design = sx.simulate_pair(destination_effect=60, sd=2, autocorrelation=0.0, rng=4)
    vessels = sx.CommunicatingVessels(draws=1000).fit(panel, design)
    found = sx.sector_weights(vessels, totals=True, smallest=5)
    shown = further_sections(_beside(Further(weights=(("vessels", found, ("walks",)),))))[0]
    assert len(shown.tables[0].rows) == 9
    assert shown.tables[0].columns[3:6] == tuple(
        f"Weight, prior sd {scale:g} m" for scale, _, _ in found.by_scale
    )
    assert "vessels: doubtful, walks" in shown.notes
    states = {str(row[0]).lower(): row[6] for row in shown.tables[0].rows}
    assert {name for name, state in states.items() if state != "out"} == set(found.sectors)


def test_what_was_asked_and_not_had_says_why() -> None:
    found = further_sections(_beside(Further(refusals=(("description", "because"),))))[0]
    assert (found.tables, found.notes) == ((), ("description: because",))
    assert further_sections(_beside(Further())) == ()


def pooled() -> PoolAnswer:
    """Return two pooled indicators, one cell left out."""
    results = {}
    for k, name in enumerate(("labs", "dumps")):
        panel, design = sx.simulate_pair(destination_effect=20, rng=k)
        results[name] = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    left_out = (("kilos", "data gate fail"),)
    return PoolAnswer("p", "Both", (*results, "kilos"), sx.pool(results), left_out)


def test_pools_show_heterogeneity_and_refusals_their_own_words(study: StudyPage) -> None:
    refused = PoolAnswer("q", "One", ("a", "b"), refusal="1 result; needed: at least two")
    found = pools_section(replace(study, pools=(pooled(), refused)))
    assert found is not None
    assert found.sentence.startswith("1 of 2 declared pools can be had; the others refuse")
    assert "standard deviation" in found.tables[0].note
    assert found.tables[0].rows[-1][1] == "net expansion, in common"
    assert found.folded[0].rows[0][-1] == "1 result; needed: at least two"
    assert any("kilos is left out: data gate fail" in note for note in found.notes)
    none = pools_section(replace(study, pools=(refused,)))
    assert none is not None
    assert none.sentence.startswith("None of 1 declared pool can be had: each refuses")
    assert pools_section(study) is None


@pytest.mark.slow
def test_html_and_markdown_show_them_and_cite_them(study: StudyPage, tmp_path: Path) -> None:
    whole = replace(study, pools=(pooled(),))
    for suffix in ("html", "md"):
        text = report(whole, tmp_path / f"page.{suffix}").read_text("utf-8")
        for words in ("What the series look like", "Rival hypotheses on one", "What cells say"):
            assert words in text
    cited = {reference.key for reference in references(whole)}
    assert {"bai2003", "gu2018", "higgins2009"} <= cited
    assert "higgins2009" not in {reference.key for reference in references(study)}
