"""The three sentences say what grew, what can have moved and what to collect, and no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from shiftexp.design import Gate
from shiftexp.detection import Detection
from shiftexp.effects import SilentLaw
from shiftexp.evidence import Bound, Evidence
from shiftexp.plane import DESTINATION
from shiftexp.report import agreement, three_sentences
from shiftexp.report.changes import changes
from shiftexp.report.language import ENGLISH, InEnglish, Words
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.report.sentences import destination_grew, headings
from shiftexp.report.sheets import bounds_sheet, changes_sheet, claims_sheet, share_words
from shiftexp.report.weighing import matrix_table, reasons_sheet
from shiftexp.report.wording import amount, set_words
from shiftexp.verdict import LANGUAGES, Verdict, weigh
from tests import report_pages
from tests.pairs import normal_pair


@pytest.mark.slow
def test_sentences_always_come_in_the_order_grew_moved_collect() -> None:
    for page in (report_pages.passed(), report_pages.failed(), report_pages.failed(rates=True)):
        grew, moved, collect = three_sentences(report_pages.cell(page))
        assert "rose from" in grew
        assert "came from" in moved or "come from" in moved
        assert collect.startswith(("Needed first", "The verdict would become sharper"))
    assert [heading.split()[0] for heading in headings(ENGLISH)] == ["What", "How", "What"]


def test_first_sentence_gives_means_own_change_interval_and_unit() -> None:
    page = report_pages.passed()
    effects = page.verdict.results[0].effects
    grew = three_sentences(report_pages.cell(page))[0]
    destination = next(c for c in changes(page) if c.side == "destination")
    assert destination.after == pytest.approx(effects.observed[1])
    assert f"to {effects.observed[1]:.3g} units per year" in grew
    assert f"which is {effects.mean[1]:.3g} more than its own counterfactual" in grew
    answer = page.verdict.specifications[0].interval(DESTINATION, 0.90)
    assert f"({set_words(answer, 0.90)}, detection drift of 0.01 included" in grew
    assert grew.count(", detection drift of 0.01 included") == 2
    assert "[both sides together, 12 years before and 8 after;" in grew
    assert grew.index("(destination)") < grew.index("(origin)")


def test_each_side_is_labelled_with_what_it_rests_on() -> None:
    grew = three_sentences(report_pages.cell(report_pages.failed()))[0]
    assert "labs dismantled per year" in grew
    assert "[Belgium alone, 6 years before and 10 after;" in grew
    assert "the Netherlands" not in grew.split("[")[1]
    assert "overdispersion tried: 1, 4; shown: 4" in grew
    assert "two windows of counts taken as independent" in grew


def test_observed_means_stand_where_no_counterfactual_does() -> None:
    page = replace(report_pages.failed(), sides=(), contrasts=())
    by_side = {change.side: change for change in changes(page)}
    assert by_side["destination"].basis == "seen"
    assert by_side["destination"].before == pytest.approx(13.0)
    assert by_side["destination"].after == pytest.approx(32.9)
    grew = three_sentences(report_pages.cell(page))[0]
    assert "observed values only (6 before, 10 after)" in grew
    assert "counterfactual (95" not in grew


def test_no_series_at_all_is_said_and_is_not_nothing() -> None:
    page = report_pages.failed()
    page = replace(page, sides=(), contrasts=(), data=page.data.iloc[:0])
    grew = three_sentences(report_pages.cell(page))[0]
    assert "No series is long enough on either side" in grew
    assert "does not mean that nothing happened" in grew


def test_failed_gate_bounds_nothing_but_does_not_deny_anything() -> None:
    moved = three_sentences(report_pages.cell(report_pages.failed()))[1]
    assert "cannot be claimed from these series" in moved
    assert "3 jointly observed periods before" in moved
    assert "This does not mean that nothing happened" in moved
    assert "nor that the Netherlands had no part in it" in moved
    assert "At most" not in moved


def test_counted_evidence_gives_its_own_limits_when_the_gate_failed() -> None:
    moved = three_sentences(report_pages.cell(report_pages.failed()))[1]
    assert "between 0 and 900 visits per year: counted fall, no caps" in moved
    assert "between (1 − q − r) V and V" in moved


@pytest.mark.slow
def test_share_is_bounded_in_percent_and_in_units_with_its_assumptions() -> None:
    page = report_pages.passed(report_pages.simulated(origin=-20.0, destination=60.0))
    bounds = page.verdict.bounds
    assert bounds is not None
    assert 0 < bounds.high < 1
    moved = three_sentences(report_pages.cell(page))[1]
    assert f"{amount(bounds.flow_high, to='up')} units per year, can have come from" in moved
    assert "(B1)" in moved
    assert "(B2)" in moved
    assert (
        "More than the fall of O only if O was growing by itself, more than the growth of D "
        "only if D was shrinking by itself" in moved
    )
    assert "Detection after the onset" in moved
    share = int(moved.split("At most ")[1].split(" %")[0])
    assert share - 1 < 100 * bounds.high <= share


@pytest.mark.slow
def test_an_origin_that_grew_is_not_one_without_a_part() -> None:
    page = report_pages.passed(report_pages.simulated(origin=30.0, destination=60.0))
    assert next(c.status for c in page.verdict.claims if c.name == "shift") == "compatible"
    moved = three_sentences(report_pages.cell(page))[1]
    assert "The series alone do not prove that any of it moved, nor that O had no part" in moved
    assert "(B1) is contradicted and was not used" in moved


@pytest.mark.parametrize(
    ("language", "said", "told"),
    [
        ("en", "That D grew at all against its counterfactual is not shown", "if D grew at all, "),
        ("nl", "Dat D ten opzichte van het verwachte verloop groeide, is niet", "als D al groeide"),
        ("fr", "Que la destination (D) ait augmenté par rapport", "si tant est que la destination"),
    ],
)
def test_a_growth_that_is_not_shown_is_no_growth(language: str, said: str, told: str) -> None:
    grown = report_pages.passed().in_language(language)
    for page, shown in ((grown, True), (_little_grown().in_language(language), False)):
        moved = three_sentences(report_pages.cell(page).in_language(language))[1]
        assert destination_grew(page) == shown
        assert (said not in moved) == shown
        assert (told not in share_words(page)) == shown


def _little_grown() -> DesignPage:
    """Return a design whose destination has a little more than expected, not settled."""
    page = report_pages.passed(report_pages.simulated(origin=-20.0, destination=0.9))
    effects = page.verdict.effects
    assert effects is not None
    assert effects.mean[1] > 0
    return page


def test_supported_shift_names_its_lower_limit() -> None:
    bound = Bound("flow", low=5, high=20, unit="kg per year", because="seized on the route")
    page = report_pages.passed(evidence=(Evidence(about="shift", bound=bound, source="police"),))
    moved = three_sentences(report_pages.cell(page))[1]
    assert "That some of it moved, at least 5 kg per year, is supported by evidence" in moved
    assert "between 5 and 20 kg per year: seized on the route. [police]" in moved


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_below_one_per_cent_is_not_told_as_none(language: str) -> None:
    bound = Bound("shift_share", low=0.0045, high=1.0, because="they acted alone", cases=2)
    evidence = (Evidence(about="shift", bound=bound, source="police"),)
    page = report_pages.passed(evidence=evidence).in_language(language)
    moved = three_sentences(report_pages.cell(page).in_language(language))[1]
    assert moved.count(Words(language).percent(Words(language).written("0.45"))) == 2
    assert "they acted alone" in moved


def test_a_reason_stays_in_the_words_of_its_writer() -> None:
    bound = Bound("flow", low=7.996, high=20, unit="kg per year", because="they acted alone")
    page = report_pages.passed(evidence=(Evidence(about="shift", bound=bound),))
    row = bounds_sheet(page.in_language("nl")).rows[-1]
    assert isinstance(row[-1], InEnglish)
    assert row[-1] == "they acted alone"
    assert row[1] == "7,99"


def test_rates_get_no_share() -> None:
    moved = three_sentences(report_pages.cell(report_pages.failed(rates=True)))[1]
    assert "These are rates (mg per day), not amounts" in moved
    assert "there is no share of the growth" in moved


def test_levels_that_are_not_comparable_get_no_share() -> None:
    result = report_pages.simulated()
    result = replace(result, effects=replace(result.effects, comparable=False))
    moved = three_sentences(report_pages.cell(report_pages.passed(result)))[1]
    assert "under different rules" in moved
    assert "no share of the growth can be given" in moved


def test_what_to_collect_begins_with_the_one_series_that_is_needed() -> None:
    collect = three_sentences(report_pages.cell(report_pages.failed()))[2]
    assert collect.startswith("Needed first: labs dismantled of NL from 2002 on")
    assert "data that pass the gate" not in collect


@pytest.mark.parametrize(
    ("origin", "conclusion", "begins"),
    [
        (30.0, "shift", "Disagree"),
        (30.0, "expansion and integration", "Agree"),
        (30.0, "nobody knows", "Not comparable"),
        (30.0, "", "No earlier conclusion"),
    ],
)
def test_agreement_is_computed_from_the_sectors_left(
    origin: float, conclusion: str, begins: str
) -> None:
    page = report_pages.passed(report_pages.simulated(origin=origin, destination=60.0))
    said = agreement(report_pages.cell(page, conclusion))
    assert said.startswith(begins)
    assert ("Integration of actors" in said) == ("integration" in conclusion)


def test_a_mixed_pattern_agrees_in_part_with_either_and_wholly_with_both() -> None:
    page = report_pages.passed(report_pages.simulated(origin=-20.0, destination=60.0))
    assert page.verdict.sector == "mixed"
    for conclusion, begins in (
        ("expansion", "Agree in part"),
        ("shift", "Agree in part"),
        ("expansion and shift", "Agree: "),
        ("suppression", "Disagree"),
    ):
        assert agreement(report_pages.cell(page, conclusion)).startswith(begins)


def test_agreement_cannot_tell_without_a_verdict() -> None:
    assert agreement(report_pages.cell(report_pages.failed())).startswith(
        "Cannot tell: the data gate failed"
    )
    open_page = report_pages.passed()
    undecided = Verdict(open_page.verdict.results, detection=Detection(drift=1.0))
    assert undecided.state == "undecided"
    said = agreement(report_pages.cell(replace(open_page, verdict=undecided)))
    assert said.startswith("Cannot tell: the series exclude no sector")


def test_a_denied_word_is_not_a_conclusion() -> None:
    page = report_pages.passed(report_pages.simulated(origin=30.0))
    assert agreement(report_pages.cell(page, "no shift")).startswith("Not comparable")


def test_every_cell_of_the_bundled_study_has_its_three_sentences(demo_page: StudyPage) -> None:
    for cell in demo_page.cells:
        grew, moved, collect = three_sentences(cell)
        assert "per year" in grew or "mg per" in grew
        assert "nothing happened" in moved or "can have come from" in moved
        assert len(collect) > 20
        assert "nan" not in f"{grew} {moved} {collect}".split()


@pytest.mark.slow
def test_the_upper_end_of_evidence_against_is_told() -> None:
    def said(bound: Bound) -> str:
        piece = Evidence(about="shift", direction="against", bound=bound, source="police")
        return three_sentences(report_pages.cell(report_pages.passed(evidence=(piece,))))[1]

    flow = Bound("flow", low=0, high=12, unit="kg per year", because="seized on the route")
    told = "at most 12 kg per year can have moved: seized on the route. [police]"
    assert told in said(flow)
    assert "what moved is between" not in said(flow)
    share = Bound("shift_share", low=0, high=0.3, because="files")
    assert "at most 30 % of the growth can have moved: files. [police]" in said(share)
    assert "outside the series" not in said(replace(share, high=1.0))


def test_a_failed_gate_of_one_side_is_told_of_that_side() -> None:
    page = report_pages.failed()
    design = page.design.only("destination")
    gate = Gate(3, 10, page.gate.reasons, sides=1)
    verdict = weigh(gate=gate, name="labs")
    page = replace(page, design=design, gate=gate, verdict=verdict, conditional=pd.DataFrame())
    moved = three_sentences(report_pages.cell(page))[1]
    assert "Whether Belgium changed beyond what was to be expected cannot be claimed" in moved
    assert "3 observed periods before" in moved
    assert "the other side was not studied" in moved
    assert "jointly" not in moved
    assert "came from" not in moved
    assert "had no part" not in moved


@pytest.mark.slow
def test_the_limit_says_its_level_and_whether_detection_has_room() -> None:
    page = report_pages.passed()
    still = replace(page, verdict=replace(page.verdict, detection=Detection(drift=0)))
    for shown, words in ((page, "detection drift of 0.01 included"), (still, "without detection")):
        moved = three_sentences(report_pages.cell(shown))[1]
        assert f"(95 % confidence, {words}" in moved


@pytest.mark.slow
def test_a_supported_shift_that_is_contradicted_says_so_everywhere() -> None:
    low, high = (
        Evidence(about="shift", bound=Bound("shift_share", low=a, high=b, because=said))
        for a, b, said in ((0.01, 0.03, "files"), (0.04, 0.06, "informants"))
    )
    alone, both = (report_pages.passed(evidence=pieces) for pieces in ((low,), (low, high)))
    assert not alone.verdict.disputes
    assert len(both.verdict.disputes) == 1
    for page, status in ((alone, "supported"), (both, "supported, but contradicted")):
        cell = report_pages.cell(page)
        for sheet in (claims_sheet(page), reasons_sheet(page)):
            found = {str(row[1])[2:] for row in sheet.rows if row[0] == "shift"}
            assert found == {status}
        assert matrix_table(report_pages.study(cell))["shift"].iloc[0] == status
        said = three_sentences(cell)[1]
        assert ("But this is contradicted: evidence from outside" in said) is (page is both)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_that_four_in_five_contradict_is_not_told(language: str) -> None:
    first = report_pages.passed()
    pairs = [normal_pair(-10.0, -3.0, sd=2.0), *(normal_pair(-10.0, 20.0 + k) for k in range(5))]
    results = tuple(
        replace(first.verdict.results[0], effects=pair, estimator=f"Estimator({k})")
        for k, pair in enumerate(pairs)
    )
    verdict = replace(first.verdict, results=results, detection=Detection(drift=0))
    page = replace(first, verdict=verdict).in_language(language)
    destination = next(c for c in changes(page) if c.side == "destination")
    assert destination.settled
    assert np.isnan(destination.own)
    words = Words(language)
    grew = three_sentences(report_pages.cell(page).in_language(language))[0]
    assert words("grew.grew_untold", count=6) in grew
    assert words("rests.untold", count=6) in grew
    assert words("grew.unsettled") not in grew


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_table_and_paragraph_tell_one_number_for_a_side(language: str) -> None:
    several = report_pages.passed()
    other = replace(report_pages.simulated(destination=50.0), estimator="Another()")
    verdict = replace(several.verdict, results=(*several.verdict.results, other))
    page = replace(several, verdict=verdict).in_language(language)
    words, own = Words(language), verdict.specifications[0]
    estimate, answer = own.mean[1], own.interval(DESTINATION, 0.90)
    low, high = amount(answer.low, words, to="down"), amount(answer.high, words, to="up")
    grew = three_sentences(report_pages.cell(page).in_language(language))[0]
    assert amount(estimate, words) in grew
    assert words("writing.ends", low=f"+{low}", high=f"+{high}") in grew
    row = next(row for row in changes_sheet(page).rows if "D" in str(row[0]))
    ends = words("writing.ends", low=low, high=high)
    assert row[3:5] == (f"+{amount(estimate, words)}", ends)
    said = verdict.paragraph(language)
    assert all(number in said for number in (amount(estimate, words), low, high))


@pytest.mark.slow
def test_a_limit_of_several_specifications_says_whose_it_is() -> None:
    page = report_pages.passed()
    other = replace(report_pages.simulated(destination=50.0), estimator="Another()")
    verdict = replace(page.verdict, results=(*page.verdict.results, other))
    said = "as four in five of 2 specifications keep it"
    assert said not in three_sentences(report_pages.cell(page))[1]
    assert said in three_sentences(report_pages.cell(replace(page, verdict=verdict)))[1]


def test_limits_in_words_are_rounded_outwards() -> None:
    page = report_pages.passed(report_pages.simulated(origin=-20.0, destination=60.0))
    bounds = page.verdict.bounds
    assert bounds is not None
    exact = replace(bounds, flow_high=17.2401, flow_low=3.0099, high=0.28001)
    verdict = replace(page.verdict)
    vars(verdict)["bounds"] = exact
    page = replace(page, verdict=verdict)
    assert "at most 17.3 units per year" in three_sentences(report_pages.cell(page))[1]
    assert "at most 17.3 units per year" in share_words(page)
    assert [row[1:3] for row in bounds_sheet(page).rows] == [("0 %", "29 %"), ("3", "17.3")]
    assert "At most 17.3 units a year" in verdict.paragraph()


def test_an_interval_that_cannot_be_given_is_not_called_one_of_too_few_periods() -> None:
    page = report_pages.passed()
    result = replace(
        page.verdict.results[0], effects=replace(page.verdict.results[0].effects, law=SilentLaw())
    )
    grew = three_sentences(report_pages.cell(report_pages.passed(result)))[0]
    assert "(no interval can be given; the direction is not settled)" in grew
