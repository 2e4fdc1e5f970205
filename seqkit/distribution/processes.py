"""Several processes that train together: joining them, and what one does for all.

`jax.distributed` does the work. Without it there is one process, number 0.
"""

import itertools
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from seqkit.errors import ArgumentError, SeqkitError
from seqkit.options import groups

HEARTBEAT = 30
"""Seconds without a sign of life after which a process counts as dead."""
_DAY = 24 * 60 * 60
_CLUSTER = (
    "Several processes are found in SLURM, Kubernetes (with the package kubernetes), "
    "Open MPI and on TPUs; elsewhere give coordinator, num_processes and process_id, "
    "or the variables JAX_COORDINATOR_ADDRESS, JAX_NUM_PROCESSES and JAX_PROCESS_ID"
)
_VARIABLES = {
    "coordinator": "JAX_COORDINATOR_ADDRESS",
    "num_processes": "JAX_NUM_PROCESSES",
    "process_id": "JAX_PROCESS_ID",
}
_calls: dict[str, Iterator[int]] = defaultdict(itertools.count)


def initialize(
    coordinator: str | None = None,
    num_processes: int | None = None,
    process_id: int | None = None,
    *,
    timeout: int = 300,
) -> None:
    """Joins this process with others, on this machine or others; JAX only.

    Call it in each of them, before anything is built. Each then runs the same program:
    `fit` trains one model on the devices of all, and each process reads its own rows of
    every batch. Only process 0 prints, saves and writes checkpoints, so that folders
    for these should be ones that all processes see. A process that dies ends the
    others.

    What is not given comes from the variables `JAX_COORDINATOR_ADDRESS`,
    `JAX_NUM_PROCESSES` and `JAX_PROCESS_ID`, or from SLURM, Kubernetes, Open MPI or the
    TPU, as `jax.distributed.initialize` finds it.

    Args:
        coordinator: Address and free port of process 0, `"HOST:PORT"`.
        num_processes: How many there are; 1 joins nothing.
        process_id: Which of them this one is, from 0.
        timeout: Seconds to wait for the others.

    Raises:
        ArgumentError: An argument is wrong, or missing where no cluster is found.
        SeqkitError: The backend is another than JAX, JAX has been used already, or the
            others have not come in time.

    Example, on the second of two machines:

        seqkit.distribution.initialize("10.0.0.1:1234", num_processes=2, process_id=1)
        task = seqkit.recipes.translation.build("data")
        task.fit()
    """
    given = {
        "coordinator": coordinator,
        "num_processes": num_processes,
        "process_id": process_id,
    }
    for name, variable in _VARIABLES.items():
        if given[name] is None and (found := os.environ.get(variable)):
            given[name] = int(found) if found.isdecimal() else found
    options = groups.Processes.settle(given)
    if options.num_processes == 1:
        return
    import keras

    if keras.backend.backend() != "jax":
        raise SeqkitError(
            "num_processes: expected 1 on the backend "
            f"{keras.backend.backend()}, found several processes. They need JAX, with "
            "the variable KERAS_BACKEND=jax"
        )
    import jax

    try:
        jax.distributed.initialize(
            options.coordinator,
            options.num_processes,
            options.process_id,
            initialization_timeout=timeout,
            heartbeat_timeout_seconds=HEARTBEAT,
            # A process that is done waits for the others, which heartbeats watch.
            shutdown_timeout_seconds=_DAY,
        )
    except RuntimeError as error:
        raise SeqkitError(_refused(error, options, timeout)) from error
    except Exception as error:  # of the cluster's own software, too
        missing = ", ".join(name for name, value in given.items() if value is None)
        found = "none"
        if "defined" not in str(error):
            found = f"a cluster that does not tell: {type(error).__name__}: {error}"
        raise ArgumentError(
            [f"{missing}: expected a value, found {found}. {_CLUSTER}"]
        ) from error
    sys.excepthook = _ending(sys.excepthook)


def _refused(error: RuntimeError, options: Any, timeout: int) -> str:
    text = str(error)
    if "only be called once" in text:
        return "initialize: expected one call, found a second one"
    if "before any JAX" in text:
        return (
            "initialize: expected it to be called before JAX is used, found devices "
            "that are in use. Call it first, before anything is built"
        )
    return (
        f"coordinator: expected {options.num_processes or 'all'} processes to meet at "
        f"{options.coordinator or 'the coordinator'} within {timeout} seconds, found "
        f"fewer ({text.splitlines()[0][:200]}). See to the address, the port and the "
        "process with process_id 0"
    )


def process_count() -> int:
    """How many processes train together.

    >>> from seqkit.distribution import process_count
    >>> process_count()
    1
    """
    state = _joined()
    return 1 if state is None else state.num_processes


def process_index() -> int:
    """Which of the processes this one is, from 0."""
    state = _joined()
    return 0 if state is None else state.process_id


def is_primary() -> bool:
    """Whether this is process 0, which prints and writes for all."""
    return process_index() == 0


def _joined() -> Any:
    """JAX's state of the processes, or `None` if there is one."""
    if "jax" not in sys.modules:
        return None
    # Of which all is public but the store of keys and values.
    from jax._src.distributed import global_state

    joined = global_state.client is not None and global_state.num_processes > 1
    return global_state if joined else None


def on_primary(name: str, run: Callable[[], Any]) -> Any:
    """What `run()` returns in process 0; the other processes wait for it.

    A SeqkitError there is raised in all. Every process has to call it as often, under
    the same name; process 0 waits for none.

    Args:
        name: What is done, to match the calls.
        run: Returns something that JSON can hold.

    >>> from seqkit.distribution import on_primary
    >>> on_primary("sum", lambda: 1 + 1)
    2
    """
    state = _joined()
    if state is None:
        return run()
    key = f"seqkit/{name}/{next(_calls[name])}"
    if state.process_id:
        told = json.loads(_wait_for(state.client, key))
        if "error" in told:
            raise SeqkitError(told["error"])
        return told["result"]
    try:
        result = run()
    except Exception as error:
        known = isinstance(error, SeqkitError | OSError)
        text = str(error) if known else f"process 0: {type(error).__name__}: {error}"
        state.client.key_value_set(key, json.dumps({"error": text}))
        raise
    state.client.key_value_set(key, json.dumps({"result": result}))
    return result


def unlike(name: str, values: dict[str, Any]) -> list[str]:
    """What of `values`, which JSON can hold, is another in process 0, in words.

    Every process has to call it.
    """
    mine, theirs = json.loads(json.dumps(values)), on_primary(name, lambda: values)
    number = process_index()
    return [
        f"{one}: {theirs.get(one)} in process 0, {mine.get(one)} in process {number}"
        for one in {**theirs, **mine}
        if theirs.get(one) != mine.get(one)
    ]


def _wait_for(client: Any, key: str) -> str:
    """A value that another process sets; Ctrl-C is heard every few seconds."""
    while True:
        try:
            return client.blocking_key_value_get(key, 5_000)
        except Exception as error:
            if "DEADLINE_EXCEEDED" not in str(error):
                raise lost(error) from error


def lost(error: BaseException) -> SeqkitError:
    """The error of a process whose connection to the others is broken."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return SeqkitError(
        f"process {process_index()} of {process_count()}: the others cannot be reached "
        f"any more ({first}), probably because one of them has ended; what it printed "
        "last says why. Start all of them again; a run with checkpoints goes on from "
        "its last whole epoch with resume"
    )


def is_lost(error: BaseException) -> bool:
    """Whether an error of JAX is that of a broken connection to other processes."""
    signs = "gloo nccl connection heartbeat coordination unavailable barrier"
    text = str(error).lower()
    if isinstance(error, TimeoutError):  # Orbax, which waits for the others' parts
        return process_count() > 1
    return process_count() > 1 and any(sign in text for sign in signs.split())


def leave(code: int) -> None:
    """Ends this process at once if it is one of several, so that the others end, too.

    Otherwise it would wait at its end for the others, and they for it.
    """
    if process_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _ending(hook: Callable) -> Callable:
    """A hook of uncaught errors that shows them as before, and ends the process."""

    def ended(*error):
        hook(*error)
        leave(1)

    return ended
