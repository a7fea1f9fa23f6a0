"""Where a file of the repository is found on the site, so that one link serves readers of both."""

from __future__ import annotations

import posixpath
import re

# What lies outside docs/ and is shown on the site all the same: the hook makes these pages.
HOUSE = {
    "ARCHITECTURE.md": "house/architecture.md",
    "CHANGELOG.md": "house/changelog.md",
    "benchmarks/RESULTS.md": "house/benchmarks.md",
}
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?://|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")


def relink(text: str, source: str, page: str) -> str:
    """Turn the links of a file of the repository into links of a page of the site.

    What is not on the site keeps its words and loses its link.
    """

    def turned(found: re.Match[str]) -> str:
        """Return one link as the site has it."""
        words, target, anchor = found.group(1), found.group(2), found.group(3) or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        place, rest = _place(path, anchor)
        if not place:
            return words
        return f"[{words}]({posixpath.relpath(place, posixpath.dirname(page) or '.')}{rest})"

    return _LINK.sub(turned, text)


def _place(path: str, anchor: str) -> tuple[str, str]:
    """Return a file's page on the site and the anchor there; no page where there is none."""
    if path == "METHODS.md":
        return (f"methods/{anchor[1:]}.md" if anchor else "methods/index.md"), ""
    if path == "README.md":
        return "index.md", ""
    if path.startswith("notebooks/"):
        return path.replace(".ipynb", ".md"), anchor
    if path in {"docs/decisions", "docs/calibration"}:
        return "", ""
    return path.removeprefix("docs/") if path.startswith("docs/") else HOUSE.get(path, ""), anchor
