"""The commands of the command line, one a file: each adds its parser, and answers in two forms."""

from __future__ import annotations

from shiftexp.commands import calibrate, check, datasets, demo, init, power, report, run
from shiftexp.commands.answer import Answer, refusal
from shiftexp.commands.offering import EXIT_CODES, Commands

__all__ = ["COMMANDS", "EXIT_CODES", "Answer", "Commands", "refusal"]

COMMANDS = (
    demo.offer,
    init.offer,
    check.offer,
    run.offer,
    report.offer,
    power.offer,
    calibrate.offer,
    datasets.offer,
)
