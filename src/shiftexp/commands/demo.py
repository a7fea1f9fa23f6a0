"""``shiftexp demo``: run the bundled study."""

from __future__ import annotations

import argparse

from shiftexp.commands.answer import Answer
from shiftexp.commands.offering import Commands, offer_command
from shiftexp.commands.run import finish, offer_output
from shiftexp.study import Study


def offer(commands: Commands) -> None:
    """Add the command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    """
    parser = offer_command(
        commands,
        "demo",
        _demo,
        does="run the bundled Belgian-Dutch study",
        description="Run the bundled study of illegal drug markets in Belgium and the "
        "Netherlands: every design that was declared in advance. Open report.html in the output "
        "folder.",
        example="shiftexp demo --out results/demo --cell cocaine_wholesale",
    )
    offer_output(parser, out="results/demo", cell="cocaine_wholesale")


def _demo(options: argparse.Namespace) -> Answer:
    """Run the bundled study, say one cell, write everything."""
    return finish(Study.demo(), options)
