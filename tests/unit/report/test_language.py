"""Every language has the same phrases and blanks, each phrase is used, numbers are the same."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import numpy as np
import pytest

import shiftexp
from shiftexp.errors import DesignError
from shiftexp.plane import sectors
from shiftexp.report import (
    further_references,
    inference_references,
    question_references,
    references,
)
from shiftexp.report.language import ENGLISH, Words, table
from shiftexp.report.reference import Reference
from shiftexp.report.writing import report
from shiftexp.verdict import LANGUAGES
from shiftexp.verdict.claims import LADDER, equivalences
from shiftexp.verdict.wording import phrases
from tests import report_pages

SOURCE = Path(shiftexp.__file__).parent
ROOM = SOURCE / "report"
BLANK = re.compile(r"\{(\w+)\}")
PLURAL = re.compile(r"s\d*")  # English alone needs it
OTHERS = [language for language in LANGUAGES if language != "en"]


def _entries(language: str) -> dict[str, str]:
    return {f"{s}.{k}": text for s, part in table(language).items() for k, text in part.items()}


def _blanks(text: str) -> set[str]:
    return {blank for blank in BLANK.findall(text) if not PLURAL.fullmatch(blank)}


def _sources() -> str:
    files = [*ROOM.glob("*.py"), *(ROOM / "templates").iterdir()]
    return "\n".join(path.read_text("utf-8") for path in files)


@pytest.mark.parametrize("language", OTHERS)
def test_phrases_have_the_same_keys_blanks_and_heads(language: str) -> None:
    english, other = _entries("en"), _entries(language)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert _blanks(text) == _blanks(other[key]), key
        assert text.count(" | ") == other[key].count(" | "), key
        assert text.count("|") == other[key].count("|"), key
        assert re.findall(r"</?\w+", text) == re.findall(r"</?\w+", other[key]), key


@pytest.mark.parametrize("language", OTHERS)
def test_hardly_a_phrase_is_left_in_english(language: str) -> None:
    english, other = _entries("en"), _entries(language)
    same = [k for k, text in english.items() if len(text.split()) > 3 and text == other[k]]
    assert same == []


def test_every_phrase_is_used() -> None:
    said = _sources()
    dynamic = set(re.findall(r"f[\"'](\w+)\.\{", said)) | set(
        re.findall(r"(?:known|names)\(\s*\"(\w+)\"", said)
    )
    tables = set(re.findall(r"phrased\(\s*\"(\w+)\"", said)) | {"growth", "growth_donors"}
    unused = []
    for key in _entries("en"):
        section, _, name = key.partition(".")
        at_once = f'"{key}"' in said or f"'{key}'" in said or section in dynamic
        part = section in tables and name in {"caption", "columns", "note"}
        markup = section == "markup" and (f'markup("{name}")' in said or name.startswith("how_"))
        markup |= section == "markup" and f'markup("{name}",' in said
        if not (at_once or part or markup or section in {"told", "seen", "Estimand", "flag"}):
            unused.append(key)
    assert unused == []


def test_what_is_told_of_other_rooms_is_what_they_say() -> None:
    rooms = [p for p in SOURCE.rglob("*.py") if p.parent != ROOM]
    written = [set(re.findall(r"[A-Za-z]+", room.read_text("utf-8"))) for room in rooms]
    for key, text in table("en")["told"].items():
        words = set(re.findall(r"[A-Za-z]{4,}", re.sub(r"\{\w+\}", " ", text)))
        missing = min((words - said for said in written), key=len)
        assert len(missing) <= (1 if len(words) > 2 else 0), (key, missing)


def test_what_is_told_is_told_with_its_numbers() -> None:
    dutch = Words("nl")
    assert dutch.told("no such text") == "no such text"
    assert ENGLISH.told("3 specifications") == "3 specifications"
    assert dutch.told("3 specifications") == "3 specificaties"
    assert dutch.told("1 specification") == "1 specificatie"
    assert Words("fr").told("1 of 3 specifications answer, 2 refuse.") == (
        "1 sur 3 spécifications répondent, 2 refusent."
    )
    assert dutch.told("1 of 1 specification answer, 0 refuse.") == (
        "1 van 1 specificatie antwoordt, 0 weigeren."
    )
    told = dutch.told("documented detection effort: a drift below 0.01 sharpens every claim")
    assert "0,01" in told
    assert dutch.told_parts("plants of BE across 2007 counted in one way") == (
        "planten van België over 2007 heen, op één manier geteld"
    )
    assert dutch.claim("some offset, contradicted") == "enige compensatie, weersproken"
    assert Words("fr").told_sectors("expansion or mixed 3%; null 1%") == (
        "expansion ou mixte 3%; dans la marge 1%"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_leaves_a_plural_open(language: str) -> None:
    for key, text in _entries(language).items():
        assert not re.search(r"\w\((s|e|en|sen|den|len)\)", text), key
        for blank in re.findall(r"\[(n\d*): ", text):
            assert f"{{{blank}}}" in text, key


@pytest.mark.parametrize(
    ("language", "gone"),
    [
        ("nl", ["Stand |", "te krijgen", "schone donoren", "beter zicht", "als nul lezen", "Cel "]),
        (
            "nl",
            ["pakkans", "keerpunt", "Keerpunt", "onderdrukking", "drie zinnen", "een land deed"],
        ),
        ("fr", ["trois phrases", "un pays a fait"]),
        ("nl", ["Rekening", "Het meeste dat zich", "in geen van {n}"]),
        (
            "fr",
            [
                "Et alors",
                "comparé à |",
                "meilleure vue",
                "n'a dû",
                "bien passé",
                "méthode a raison",
            ],
        ),
        ("fr", ["Par hasard seul", "à avoir", "donneurs sains", "ont l'air", "montré dans aucun"]),
    ],
)
def test_what_no_native_reader_would_write_is_gone(language: str, gone: list[str]) -> None:
    paragraphs = (text for keys in phrases(language).table.values() for text in keys.values())
    said = "\n".join([*_entries(language).values(), *paragraphs])
    assert [text for text in gone if text in said] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "an unnoticed change of about"),
        ("nl", "onopgemerkte verandering van ongeveer"),
        ("fr", "changement inaperçu d'environ"),
    ],
)
def test_a_drift_of_detection_is_explained_in_the_same_words(language: str, said: str) -> None:
    for key in ("glossary.drift", "markup.detection"):
        assert said in " ".join(Words(language).text(key).split()), key


def test_english_names_are_those_of_the_other_rooms() -> None:
    rungs = (*LADDER, *equivalences(np.array([1.0, 1.0]), 0.1))
    for rung in rungs:
        assert ENGLISH(f"claim_text.{rung.name}", share="10 %") == rung.text
    verdict = report_pages.passed().verdict
    for claim in verdict.claims:
        assert ENGLISH(f"claim_text.{claim.name}", share="10 %") == claim.text
    assert dict(ENGLISH.names("meaning")) == {s.name: s.meaning for s in sectors(1.0, 1.0)}
    rooms = (references, inference_references, question_references, further_references)
    found = [v for room in rooms for v in vars(room).values() if isinstance(v, Reference)]
    assert dict(ENGLISH.names("reference")) == {r.key: r.use for r in found}
    for section in ("sector", "claim", "status"):
        assert all(name == said for name, said in ENGLISH.names(section).items())


def test_an_unknown_language_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=r"language = 'de'.*en, fr, nl"):
        report(report_pages.passed().verdict, tmp_path / "x.md", language="de")
    assert list(tmp_path.iterdir()) == []


def test_words_and_pages_go_into_other_processes() -> None:
    words = Words("fr")
    assert pickle.loads(pickle.dumps(words)) == words  # noqa: S301 - our own bytes
    page = report_pages.study(report_pages.cell(report_pages.failed())).in_language("nl")
    assert {page.language, page.cells[0].language, page.cells[0].primary.language} == {"nl"}


def _numbers(page: str, language: str) -> list[str]:
    """Return what stands in the cells of numbers, as English writes it."""
    found = re.findall(r'<td class="number">([^<]*)</td>', page)
    english = Words("en")
    thousands, point = Words(language).written(","), Words(language).written(".")
    back = {thousands: english.written(","), point: english.written("."), "\u00a0": " "}
    plain = ["".join(back.get(sign, sign) for sign in cell) for cell in found]
    return [cell for cell in plain if not re.search("[a-zà-ÿ]", cell.replace("ratio", ""))]


@pytest.mark.parametrize("language", OTHERS)
def test_numbers_are_the_same_in_every_language(language: str) -> None:
    pages = report_pages.written()
    english, other = pages["en"], pages[language]
    assert f'<html lang="{language}">' in other
    assert len(_numbers(english, "en")) > 40
    assert _numbers(english, "en") == _numbers(other, language)
    assert re.findall(r'id="[^"]*"', english) == re.findall(r'id="[^"]*"', other)
    for heading in ("What the series say", "Keep in mind", "How to read this page", "So what"):
        assert heading in english
        assert heading not in other


def test_no_line_of_french_can_begin_with_a_sign_that_ends_something() -> None:
    broken = re.compile(r" [;:?!%»]|« ")
    assert not [key for key, text in _entries("fr").items() if broken.search(text)]
    page = re.sub(
        r"<(style|script|svg)\b.*?</\1>", "", report_pages.written()["fr"], flags=re.DOTALL
    )
    # What others wrote, and the paragraphs in other languages, are none of French.
    page = re.sub(
        r'<details class="spoken"[^>]*lang="(en|nl)".*?</details>', "", page, flags=re.DOTALL
    )
    page = re.sub(r'<span lang="en">.*?</span>', "", page, flags=re.DOTALL)
    assert broken.findall(re.sub(r"<[^>]*>", "", page)) == []
    assert page.count("\u00a0%") > 20


@pytest.mark.slow
def test_a_verdict_is_reported_in_the_language_asked_for(tmp_path: Path) -> None:
    verdict = report_pages.passed().verdict
    text = report(verdict, tmp_path / "x.md", language="fr").read_text("utf-8")
    assert "Ce que des travaux antérieurs" in text
    assert "Restent en anglais" in text
    assert "Claim" not in text
