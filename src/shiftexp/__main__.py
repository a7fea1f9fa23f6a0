"""The command line as a module: ``python -m shiftexp`` is the command ``shiftexp``."""

from __future__ import annotations

import sys

from shiftexp.cli import main

if __name__ == "__main__":
    sys.exit(main())
