"""Sweeps in a process of their own, for tests: killed again and again, on a cluster, weighed."""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import shiftexp as sx
from tests.panels import long_frame, read
from tests.sweeps import AXES, DESIGN, PAIRS, digests, files, panel, panels

KILLS = 20
_MOST_SHARDS = 4  # that a process may finish before it is killed
_PATIENCE = 120.0


def small(out: Path, n_jobs: int) -> sx.Sweep:
    """Sweep 270 fits in 45 shards."""
    return sx.sweep(panels(), DESIGN, PAIRS, out, axes=AXES, n_jobs=n_jobs, shard=6)


def single(out: Path) -> sx.Sweep:
    """Sweep 90 fits in 90 shards, on one worker."""
    return sx.sweep(panel("seizures"), DESIGN, PAIRS, out, axes=AXES, n_jobs=1, shard=1)


def killed(out: Path, seed: int) -> dict[str, object]:
    """Start a sweep, kill it at a random time, 20 times; say what each process found and left."""
    rng = np.random.default_rng(seed)
    repeated, left = [], []
    for _ in range(KILLS):
        before = files(out) if out.exists() else {}
        enough = len(before) + int(rng.integers(0, _MOST_SHARDS))
        process = os.fork()
        if process == 0:
            single(out)
            os._exit(0)
        _wait_for(out, enough)
        time.sleep(rng.uniform(0, 0.05))
        os.kill(process, signal.SIGKILL)
        ended = os.waitpid(process, 0)[1]
        after = files(out) if out.exists() else {}
        repeated += [name for name, file in before.items() if after.get(name) != file]
        left.append((os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else 0, len(after)))
    last = single(out)
    return {
        "repeated": repeated,
        "left": left,
        "computed last": last.computed,
        "spoilt": last.spoilt,
        "digests": digests(out),
    }


def _wait_for(out: Path, shards: int) -> None:
    """Wait until so many shards are there."""
    begun = time.monotonic()
    while shards and (not out.exists() or len(list((out / "shards").glob("shard-*"))) < shards):
        time.sleep(0.001)
        if time.monotonic() - begun > _PATIENCE:
            raise TimeoutError(f"{shards} shards never came")


def on_dask(out: Path) -> dict[str, object]:
    """Sweep on a cluster of two worker processes of one thread each."""
    import joblib
    from distributed import Client, LocalCluster

    with (
        LocalCluster(  # type: ignore[no-untyped-call]  # distributed declares no types here
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]  # nor here
        joblib.parallel_config("dask"),
    ):
        found = small(out, n_jobs=-1)
        tasks = client.run(_executed)
    return {"computed": found.computed, "tasks": list(tasks.values()), "digests": digests(out)}


def _executed(dask_worker: Any) -> int:  # noqa: ANN401 - distributed declares no types here
    """Return how many tasks a worker has done."""
    return int(dask_worker.state.executed_count)


def weighed(out: Path, indicators: int) -> dict[str, object]:
    """Sweep 1,260 fits for each indicator; say how much memory the process held at most."""
    rng = np.random.default_rng(1)
    units = [f"U{k:02d}" for k in range(36)]
    several = [
        read(
            long_frame({u: 100 + rng.standard_normal(20) for u in units}).assign(i=f"I{i}"),
            indicator="i",
        )
        for i in range(indicators)
    ]
    design = sx.Design(origin="U00", destination="U01", onset=2012)
    found = sx.sweep(several, design, itertools.permutations(units, 2), out, n_jobs=1, shard=200)
    rows = sum(len(frame) for frame in found.frames())
    found.to_parquet(out.with_suffix(".parquet"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "counts": found.counts, "peak MB": peak}


def main(what: str, out: str, number: str) -> None:
    """Run one of them and write what it found to the standard output."""
    folder, given = Path(out), int(number)
    runs: dict[str, Callable[[], dict[str, object]]] = {
        "killed": lambda: killed(folder, given),
        "dask": lambda: on_dask(folder),
        "small": lambda: {"digests": digests(small(folder, given).store.folder)},
        "weighed": lambda: weighed(folder, given),
    }
    sys.stdout.write(json.dumps(runs[what]()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
