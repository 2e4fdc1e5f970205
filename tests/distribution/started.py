"""Starts `program.py` in one process or several, and reads what comes out."""

import dataclasses
import json
import os
import socket
import subprocess
import sys

WITHIN = 7200
"""Seconds after which processes that have not ended are ended, on a busy machine."""
JAX = {
    "KERAS_BACKEND": "jax",
    "JAX_PLATFORMS": "cpu",
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
}


def start(repository, folder, runs, count=1, **environment):
    """Starts so many processes that do the same runs, and train together."""
    words = [
        "-m",
        "tests.distribution.program",
        str(folder),
        json.dumps([dataclasses.asdict(one) for one in runs]),
    ]
    return _started(repository, words, count, environment)


def start_code(repository, code, *arguments, count, **environment):
    """Starts so many processes that do the same code."""
    return _started(repository, ["-c", code, *arguments], count, environment)


def _started(repository, words, count, environment):
    environment = os.environ | environment
    if count > 1:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment["JAX_COORDINATOR_ADDRESS"] = f"127.0.0.1:{port}"
        environment["JAX_NUM_PROCESSES"] = str(count)
    return [
        subprocess.Popen(
            [sys.executable, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=repository,
            env=environment | ({"JAX_PROCESS_ID": str(number)} if count > 1 else {}),
        )
        for number in range(count)
    ]


def ended(processes):
    """Of each process the exit code, and what it wrote."""
    try:
        found = [one.communicate(timeout=WITHIN) for one in processes]
    finally:
        for one in processes:
            one.kill()
    return [(one.returncode, *two) for one, two in zip(processes, found, strict=True)]


def told(processes):
    """What each process tells of its runs, and what the first one wrote as errors.

    They have ended well, and only the first one speaks besides.
    """
    found = ended(processes)
    for code, _, errors in found:
        assert code == 0, errors[-4000:]
    for _, written, errors in found[1:]:
        assert "epoch 1" not in written and "read as" not in errors
    lines = [written.splitlines() for _, written, _ in found]
    runs = [[json.loads(x) for x in some if x.startswith("{")] for some in lines]
    return runs, found[0][2]
