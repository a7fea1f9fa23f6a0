"""Unit tests of links: the same words lead somewhere in the repository and on the site."""

from __future__ import annotations

import pytest

from tools.site.links import relink


@pytest.mark.parametrize(
    ("source", "page", "before", "after"),
    [
        ("docs/vessels.md", "vessels.md", "(recovery.md#targets)", "(recovery.md#targets)"),
        ("docs/howto/a.md", "howto/a.md", "(../../METHODS.md#timing)", "(../methods/timing.md)"),
        ("docs/vessels.md", "vessels.md", "(../METHODS.md)", "(methods/index.md)"),
        ("METHODS.md", "methods/verdict.md", "(docs/recovery.md)", "(../recovery.md)"),
        ("docs/a.md", "a.md", "(../notebooks/04_x.ipynb)", "(notebooks/04_x.md)"),
        ("ARCHITECTURE.md", "house/architecture.md", "(README.md)", "(../index.md)"),
        ("docs/a.md", "a.md", "(https://doi.org/1)", "(https://doi.org/1)"),
        ("docs/a.md", "a.md", "(#here)", "(#here)"),
    ],
)
def test_a_link_is_turned(source: str, page: str, before: str, after: str) -> None:
    assert relink(f"see [words]{before}.", source, page) == f"see [words]{after}."


def test_what_is_not_on_the_site_keeps_its_words() -> None:
    assert relink("by [MIT](LICENSE), ![a](a.png)", "README.md", "x.md") == "by MIT, ![a](a.png)"
