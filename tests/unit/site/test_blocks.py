"""Unit tests of the pages that run their own code and show what it prints and draws."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site.blocks import read_blocks, run_page, show

PAGE = """# A page

```python
print("one")
```

Between.

```python
from pathlib import Path

Path("x.png").write_bytes(b"png")
```

```toml
no = "code"
```
"""


def test_blocks_are_found_with_their_lines() -> None:
    assert [(block.language, block.line) for block in read_blocks(PAGE)] == [
        ("python", 4),
        ("python", 10),
    ]


def test_what_a_block_prints_and_draws_stands_below_it() -> None:
    shown = show(PAGE, "page.md")
    first, between = shown.text.index('"It prints"\none\n'), shown.text.index("Between.")
    assert first < between < shown.text.index("](x.png)") < shown.text.index("toml")
    assert shown.pictures == {"x.png": b"png"}
    assert not Path("x.png").exists()


def test_a_command_that_ends_badly_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = "```console\npip install .\nshiftexp check nothing.csv\n```\n"
    with pytest.raises(RuntimeError, match=r"nothing\.csv` ended with 1"):
        run_page(page, "page.md")
    assert run_page(page, "page.md", commands=False)[0].printed == ""


def test_a_command_that_ends_well_prints() -> None:
    (ran,) = run_page("```console\nshiftexp datasets\n```\n", "page.md")
    assert "benelux" in ran.printed
