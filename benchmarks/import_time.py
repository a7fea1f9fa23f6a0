"""Prints what `import shiftexp` costs beside `import pandas`, in fresh processes."""

from __future__ import annotations

import subprocess
import sys

REPEATS = 5
PROGRAM = """
import time
start = time.perf_counter()
import pandas
middle = time.perf_counter()
import shiftexp
print(middle - start, time.perf_counter() - middle)
"""


def measure() -> tuple[float, float]:
    """Time both imports once in a fresh interpreter: seconds for pandas, seconds beyond it."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    pandas, beyond = answer.stdout.split()
    return float(pandas), float(beyond)


def main() -> None:
    """Print the best of several runs."""
    measure()  # the first run reads the files from disk; it is not counted
    runs = [measure() for _ in range(REPEATS)]
    pandas = min(run[0] for run in runs)
    beyond = min(run[1] for run in runs)
    print(f"import pandas             {pandas:6.3f} s")
    print(f"import shiftexp beyond it {beyond:6.3f} s")
    print(f"ratio to import pandas    {(pandas + beyond) / pandas:6.2f}")


if __name__ == "__main__":
    main()
