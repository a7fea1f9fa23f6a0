"""Files drawn from a strategy, always the same ones, each checked and those that differ counted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.internal.constants_ast import Constants

File = TypeVar("File")

# Hypothesis also draws the constants of every module that happens to be imported, so that files
# would depend on which tests ran before in the same process, and change with any line of the code.
_CONSTANTS = "hypothesis.internal.conjecture.providers._get_local_constants"


def each_file(
    files: st.SearchStrategy[File],
    check: Callable[[File], None],
    examples: int,
    raw: Callable[[File], bytes],
) -> int:
    """Draw files, check each, and return how many differ.

    Parameters
    ----------
    files : SearchStrategy
        What is drawn.
    check : callable
        What each must do.
    examples : int
        How many are drawn.
    raw : callable
        The bytes of a file, by which it differs.
    """
    seen = set()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(files)
    def every(file: File) -> None:
        seen.add(hashlib.sha256(raw(file)).hexdigest())
        check(file)

    with mock.patch(_CONSTANTS, Constants, create=True):
        every()
    return len(seen)
