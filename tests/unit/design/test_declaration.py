"""Unit tests of a declaration: what contradicts itself is refused before any data are seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shiftexp.design import Break, Design
from shiftexp.design.words import parse_breaks
from shiftexp.errors import DesignError
from tests.panels import pair_design


def refused(**changes: Any) -> DesignError:  # noqa: ANN401 - fields of the design, wrong ones too
    """Return the refusal of a design with these changes."""
    with pytest.raises(DesignError) as caught:
        pair_design(**changes)
    return caught.value


@pytest.mark.parametrize("make", [
    pair_design,
    lambda: pair_design(origin=None),
    lambda: pair_design(origin=("NL", "LU"), onset=("2012", "2015"), basis="observed"),
    lambda: pair_design(breaks=("2018:NL:dummy",), quality=("ok",), exclude=(2020, "2021")),
    lambda: pair_design(start=2002, end="2020", event="a raid", because="the law changed"),
])  # fmt: skip
def test_a_design_survives_its_own_repr(make: Callable[[], Design]) -> None:
    design = make()
    again = eval(repr(design))  # noqa: S307 - the claim under test: repr builds it again
    assert again == design
    assert hash(again) == hash(design)


def test_a_design_is_frozen() -> None:
    with pytest.raises(AttributeError):
        pair_design().origin = "BE"  # type: ignore[misc]  # the assignment is what must fail


def test_sides_are_tuples_whatever_was_given() -> None:
    assert pair_design(origin=("NL", "LU")).sides == (("NL", "LU"), ("BE",))
    assert pair_design(destination=None).sides == (("NL",), ())


def test_one_onset_is_a_range_of_one() -> None:
    assert pair_design(onset=2014).onset_range == (2014, 2014)
    assert pair_design(onset=(2012, 2015)).onset_range == (2012, 2015)


def test_exchanging_twice_is_nothing() -> None:
    design = pair_design(breaks=("2018:NL:dummy",))
    assert design.reversed().origin == "BE"
    assert design.reversed().reversed() == design


def test_one_side_keeps_its_own_breaks_only() -> None:
    design = pair_design(breaks=("2018:NL:dummy", "2016:BE:split"))
    assert design.only("origin") == pair_design(destination=None, breaks=("2018:NL:dummy",))
    assert design.only("destination").breaks == ("2016:BE:split",)
    assert design.only("destination").origin is None
    assert pair_design(breaks="dummy").only("origin").breaks == "dummy"


def test_breaks_of_units_with_colons() -> None:
    assert parse_breaks(("2018:BE:Antwerp:dummy",)) == (Break("2018", "BE:Antwerp", "dummy"),)


@pytest.mark.parametrize(
    ("onset", "remedy"),
    [
        ("2018 Q3", "write onset='2018Q3'"),
        ("2018q3 ", "write onset='2018Q3'"),
        ("later", "write onset=2012, '2012Q3' or '2012-03', or a range, onset=(2012, 2015)"),
    ],
)
def test_an_onset_that_is_none_gets_one_that_works(onset: str, remedy: str) -> None:
    assert refused(onset=onset).problems[0].remedy == remedy


@pytest.mark.parametrize("text", ["2018:NL", "2018:NL:ignore", "", "2018"])
def test_breaks_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(DesignError) as caught:
        parse_breaks((text, "2019:BE:dummy", "x"))
    assert f"break {text!r}" in str(caught.value)
    assert len(caught.value.problems) == 2


def test_nobody_to_study() -> None:
    assert "origin = None, destination = None" in str(refused(origin=None, destination=None))


def test_origin_equal_to_destination() -> None:
    assert "both hold 'NL'" in str(refused(destination="NL"))


def test_a_unit_on_both_sides_of_sums() -> None:
    said = str(refused(origin=("NL", "LU"), destination=("BE", "LU")))
    assert "both hold 'LU'" in said


@pytest.mark.parametrize("donor", ["NL", "BE"])
def test_the_suspect_is_no_control_even_when_allowed(donor: str) -> None:
    error = refused(donors=("AT", donor), allow=(donor,))
    assert f"donor {donor!r} is origin or destination" in str(error)


@pytest.mark.parametrize(
    ("origin", "donor"), [("NL", "NL:Limburg"), ("NL:Limburg", "NL")], ids=["part", "whole"]
)
def test_parts_and_wholes_of_the_pair_are_no_controls(origin: str, donor: str) -> None:
    error = refused(origin=origin, donors=("AT", donor))
    assert f"donor {donor!r} and {origin!r} are part of each other" in str(error)
    assert f"allow=({donor!r},)" in str(error)
    assert pair_design(origin=origin, donors=("AT", donor), allow=(donor,)).donors[1] == donor


@pytest.mark.parametrize(
    "changes", [{"donors": ("AT", "CZ", "AT")}, {"origin": ("NL", "AT", "AT"), "donors": ()}]
)
def test_a_unit_named_twice_is_not_counted_twice(changes: dict[str, tuple[str, ...]]) -> None:
    assert "'AT'" in str(refused(**changes))


def test_names_that_merely_begin_alike_are_not_related() -> None:
    assert pair_design(origin="NL", donors=("NLX", "N")).donors == ("NLX", "N")


def test_observed_onset_needs_a_range() -> None:
    error = refused(basis="observed")
    assert "onset = 2014 with basis = 'observed'" in str(error)
    assert "range" in str(error)
    assert refused(basis="observed", onset=(2014, 2014)).problems


def test_a_range_has_two_ends() -> None:
    assert "onset = (2012, 2013, 2014)" in str(refused(onset=(2012, 2013, 2014)))


def test_unknown_words() -> None:
    assert "did you mean 'event'" in str(refused(basis="evnt"))
    assert "breaks = 'dumy'" in str(refused(breaks="dumy"))


def test_unknown_flags_are_suggested() -> None:
    error = refused(quality=("ok", "aproximate"))
    assert "quality flag 'aproximate'" in str(error)
    assert "did you mean 'approximate'" in str(error)


def test_all_contradictions_are_named_at_once() -> None:
    error = refused(
        destination="NL", donors=("NL", "AT"), basis="observed", breaks="none", quality=("bad",)
    )
    said = str(error)
    assert len(error.problems) == 5
    for part in ("both hold 'NL'", "donor 'NL'", "basis = 'observed'", "'none'", "'bad'"):
        assert part in said


def test_a_row_of_a_table_is_a_design() -> None:
    row = {
        "origin": "NL", "destination": "BE+LU", "donors": "AT;DE", "onset_first": "2012",
        "onset_last": "2015", "basis": "observed", "event": "", "start": "2002", "end": "2023",
        "exclude": "2020;2021", "breaks": "2018:NL:dummy", "quality": "ok;break", "because": "why",
    }  # fmt: skip
    design = Design.from_row(row, near=("DE", "FR"))
    assert design == Design(
        origin="NL",
        destination=("BE", "LU"),
        onset=("2012", "2015"),
        basis="observed",
        start="2002",
        end="2023",
        exclude=("2020", "2021"),
        breaks=("2018:NL:dummy",),
        donors=("AT", "DE"),
        allow=("DE",),
        quality=("ok", "break"),
        because="why",
    )
    one = Design.from_row(row | {"origin": "", "onset_last": "2012", "basis": "event"})
    assert one.origin is None
    assert one.onset == "2012"


@pytest.mark.parametrize(
    ("name", "value"),
    [("donors", "D1"), ("exclude", "2005"), ("allow", "AT"), ("quality", "ok")],
)
def test_a_text_where_a_list_is_meant_is_refused(name: str, value: str) -> None:
    error = refused(**{name: value})
    assert [problem.given for problem in error.problems] == [f"{name} = {value!r}"]
    assert "a tuple of texts" in str(error)
    assert f"write {name}=({value!r},)" in str(error)
    assert getattr(pair_design(**{name: (value,)}), name) == (value,)


def test_all_texts_where_lists_are_meant_are_named_together() -> None:
    assert len(refused(donors="D1", quality="ok").problems) == 2


def test_a_window_that_ends_before_it_starts_is_refused_before_data_are_seen() -> None:
    with pytest.raises(DesignError, match=r"start = 2015, end = 2005.*exchange"):
        Design(origin="NL", destination="BE", onset=2012, start=2015, end=2005)
    with pytest.raises(DesignError, match="start <= end"):
        Design(origin="NL", destination="BE", onset="2012-03", start="2012-09", end="2012-08")
    kept = Design(origin="NL", destination="BE", onset="2012-03", start="2012-03", end=2012)
    assert (kept.start, kept.end) == ("2012-03", 2012)


def test_a_word_for_breaks_that_is_nearly_one_is_recognised() -> None:
    with pytest.raises(DesignError, match=r"breaks = 'dumy'.*did you mean 'dummy'\?"):
        pair_design(breaks="dumy")
    with pytest.raises(DesignError, match=r"did you mean 'split'\?"):
        _ = pair_design(breaks=("2018:NL:splt",)).declared_breaks


@pytest.mark.parametrize("given", ["2018", "none"])
def test_the_example_of_a_break_names_a_place_of_the_study(given: str) -> None:
    words = r'write for example breaks = \["2018:Arnhem:dummy"\]'
    with pytest.raises(DesignError, match=words):
        pair_design(origin="Arnhem", breaks=given)
    with pytest.raises(DesignError, match=words):
        _ = pair_design(origin="Arnhem", breaks=(given,)).declared_breaks
