"""Runs the code of a page, block by block, and shows below each what it printed and drew."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
_FENCED = re.compile(r"^```(python|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block, the line of the page it starts on, and where in the text it ends."""

    language: str
    line: int
    text: str
    end: int


@dataclass(frozen=True)
class Ran:
    """A block that has run: what it printed, and the pictures it left in the folder."""

    block: Block
    printed: str
    pictures: tuple[Path, ...]


@dataclass(frozen=True)
class Shown:
    """A page with its outputs below its blocks, and the pictures these show."""

    text: str
    pictures: dict[str, bytes]


def read_blocks(text: str) -> list[Block]:
    """Find every block fenced as python or console."""
    return [
        Block(m.group(1), text.count("\n", 0, m.start(2)) + 1, m.group(2), m.end())
        for m in _FENCED.finditer(text)
    ]


def run_page(text: str, name: str, *, commands: bool = True) -> list[Ran]:
    """Run a page's blocks in one namespace and in this folder.

    Blocks with ``>>>`` must print what they show. Of a console block the commands of shiftexp are
    run, unless ``commands`` is False, and must end well.
    """
    namespace: dict[str, object] = {"__name__": "__page__"}
    done = []
    for block in read_blocks(text):
        before = set(Path().glob("*.png"))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            if block.language == "python":
                _run_python(block, name, namespace)
            elif commands:
                _run_commands(block)
        new = sorted(set(Path().glob("*.png")) - before)
        done.append(Ran(block, printed.getvalue(), tuple(new)))
    return done


def _run_python(block: Block, name: str, namespace: dict[str, object]) -> None:
    """Run a block of Python; one that shows a session is compared with what it shows."""
    if block.text.lstrip().startswith(">>>"):
        parser = doctest.DocTestParser()
        example = parser.get_doctest(block.text, namespace, name, name, block.line - 1)
        doctest.DebugRunner(optionflags=FLAGS).run(example, clear_globs=False)
        namespace.update(example.globs)
    else:
        # The empty lines in front make a traceback point at the line of the page.
        code = compile("\n" * (block.line - 1) + block.text, name, "exec")
        exec(code, namespace)  # noqa: S102 - running the page's own code is what it is for


def _run_commands(block: Block) -> None:
    """Run the lines of a console block that are commands of shiftexp."""
    from shiftexp.cli import main

    for line in block.text.replace("\\\n", " ").splitlines():
        if line.startswith("shiftexp "):
            code = main(shlex.split(line)[1:])
            if code:
                raise RuntimeError(f"`{line}` ended with {code}")


def show(text: str, name: str) -> Shown:
    """Run a page in an empty folder and put what it prints and draws below its blocks."""
    from shiftexp.errors import SmallSampleWarning

    pieces: list[str] = []
    pictures: dict[str, bytes] = {}
    end = 0
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SmallSampleWarning)
            done = run_page(text, name)
        for ran in done:
            pieces += [text[end : ran.block.end], _output(ran)]
            end = ran.block.end
            pictures |= {picture.name: picture.read_bytes() for picture in ran.pictures}
    return Shown("".join([*pieces, text[end:]]), pictures)


def _output(ran: Ran) -> str:
    """Write what a block printed and drew as Markdown."""
    printed = ran.printed.rstrip()
    shown = [f'```text title="It prints"\n{printed}\n```'] if printed else []
    for picture in ran.pictures:
        name = picture.stem.replace("-", " ")
        shown.append(f"![{name}, drawn by the code above]({picture.name})")
    return "".join(f"\n\n{each}" for each in shown)
