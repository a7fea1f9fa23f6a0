"""Prints the lowest declared version of every package that users install, as pins for pip."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
# Whatever only tests or builds need may be as new as it likes.
EXTRAS = ("cli", "scale")


def lowest(project: str) -> list[str]:
    """Return one pin for each requirement of the library and of its extras, at its lower limit."""
    declared = tomllib.loads(project)["project"]
    extras = declared["optional-dependencies"]
    texts = [*declared["dependencies"], *(text for name in EXTRAS for text in extras[name])]
    return sorted({_pin(Requirement(text)) for text in texts})


def _pin(requirement: Requirement) -> str:
    """Turn a lower limit into the one version."""
    limits = [one.version for one in requirement.specifier if one.operator == ">="]
    if len(limits) != 1:
        raise SystemExit(f"{requirement}: needs one lower limit, as in 'numpy>=2.0'")
    return f"{requirement.name}=={limits[0]}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lowest(PROJECT.read_text("utf-8"))) + "\n")
