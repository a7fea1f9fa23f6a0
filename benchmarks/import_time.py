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
imported = time.perf_counter()
for name in shiftexp.__all__:
    getattr(shiftexp, name)
print(middle - start, imported - middle, time.perf_counter() - imported)
"""


def measure() -> tuple[float, float, float]:
    """Time a fresh interpreter: seconds for pandas, beyond it, and for every name of ours."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    pandas, beyond, names = answer.stdout.split()
    return float(pandas), float(beyond), float(names)


def main() -> None:
    """Print the best of several runs."""
    measure()  # the first run reads the files from disk; it is not counted
    runs = [measure() for _ in range(REPEATS)]
    pandas, beyond, names = (min(run[k] for run in runs) for k in range(3))
    print(f"import pandas             {pandas:6.3f} s")
    print(f"import shiftexp beyond it {beyond:6.3f} s")
    print(f"first use of every name   {names:6.3f} s")
    print(f"all, over import pandas   {(pandas + beyond + names) / pandas:6.2f}")


if __name__ == "__main__":
    main()
