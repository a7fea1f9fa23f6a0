"""What `import shiftexp` costs beside `import pandas`, in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

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


def sentence() -> str:
    """Return the medians of several runs in words."""
    measure()  # the first run reads the files from disk; it is not counted
    runs = [measure() for _ in range(REPEATS)]
    pandas, beyond, names = (median(run[k] for run in runs) for k in range(3))
    return (
        f"`import pandas` takes {pandas:.3f} s, `import shiftexp` {beyond:.3f} s beyond it, and "
        f"the first use of every public name {names:.3f} s: all together "
        f"{(pandas + beyond + names) / pandas:.2f} times the import of pandas."
    )
