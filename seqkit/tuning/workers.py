"""Several processes that run trials of one study on this machine."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seqkit.cards import Card
from seqkit.errors import SeqkitError
from seqkit.tuning import studies

_PATIENCE = 60  # seconds in which an interrupted process may end by itself


def run_workers(
    study: Any,
    card: Card,
    dataset: Any,
    metric: str,
    trials: int,
    out: Any,
    storage: str | None,
    jobs: int,
    end: float,
    keep: bool,
    imports: Iterable[str],
) -> None:
    """Runs trials in processes until there are enough; `end` is a monotonic time."""
    folder = str(Path(out).absolute())
    request = {
        "card": {k: v for k, v in dataclasses.asdict(card).items() if v is not None},
        "dataset": _plain(dataset),
        "metric": metric,
        "direction": study.direction.name.lower(),
        "trials": trials,
        "out": folder,
        "storage": storage,
        "seconds": end - time.monotonic() if end < float("inf") else None,
        "keep": keep,
        "imports": list(imports),
    }
    workers = []
    try:
        workers = [_start(request) for _ in range(jobs)]
        while workers:
            time.sleep(0.2)
            for worker in [one for one in workers if one.poll() is not None]:
                workers.remove(worker)
                failure = worker.stdout.read().strip()
                worker.stdout.close()
                if failure:
                    raise SeqkitError(json.loads(failure))
                if worker.returncode:
                    studies.take_back(study, _how(worker.returncode))
                    if studies.count(study) < trials and time.monotonic() < end:
                        workers.append(_start(request))
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGINT)
        for worker in workers:
            try:
                worker.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            worker.stdout.close()
        studies.take_back(study)


def _start(request: dict[str, Any]) -> Any:
    place = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # Processes share a GPU only if none takes all of its memory at once.
    shared = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "0"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "seqkit.tuning.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**shared, **os.environ, **place},
        start_new_session=True,  # Ctrl-C comes from here, once
    )
    assert worker.stdin is not None
    with worker.stdin:
        worker.stdin.write(json.dumps(request))
    return worker


def _how(code: int) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        reason = ", as the system does if memory runs out" if name == "SIGKILL" else ""
        return f"the process was ended by {name}{reason}"
    return f"the process ended with code {code}"


def _plain(dataset: Any) -> Any:
    """A dataset as another process finds it, whatever its working folder."""
    if isinstance(dataset, dict):
        return {split: str(one) for split, one in dataset.items()}
    return None if dataset is None else str(dataset)
