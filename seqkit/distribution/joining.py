"""Joining several processes that train together, by `jax.distributed`."""

import functools
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from seqkit.distribution.ending import JOINING, ending, watch
from seqkit.distribution.processes import process_count
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

    # JAX's service would take SIGTERM for a notice, and train on until killed.
    jax.config.update("jax_enable_preemption_service", False)
    sys.excepthook = ending(sys.excepthook)
    join = functools.partial(
        jax.distributed.initialize,
        options.coordinator,
        options.num_processes,
        options.process_id,
        initialization_timeout=_DAY,  # after which JAX would end the process
        heartbeat_timeout_seconds=HEARTBEAT,
        # A process that is done waits for the others, which heartbeats watch.
        shutdown_timeout_seconds=_DAY,
    )
    try:
        _within(timeout, join)
    except TimeoutError:
        raise SeqkitError(
            _not_met(options, f"within {timeout} seconds, found fewer")
        ) from None
    except Exception as error:
        if refused := _refused(error, options):
            raise SeqkitError(refused) from error
        missing = ", ".join(name for name, value in given.items() if value is None)
        found = "none"
        if "defined" not in str(error):
            found = f"a cluster that does not tell: {type(error).__name__}: {error}"
        raise ArgumentError(
            [f"{missing}: expected a value, found {found}. {_CLUSTER}"]
        ) from error
    if process_count() > 1:
        watch()


def _within(seconds: float, run: Callable[[], Any]) -> None:
    """Runs, in a thread, what signals could not interrupt, within a time limit.

    Raises:
        TimeoutError: It is not done in time.
    """
    errors: list[Exception] = []

    def caught():
        try:
            run()
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=caught, name=JOINING, daemon=True)
    thread.start()
    end = time.monotonic() + seconds
    while thread.is_alive():
        if time.monotonic() > end:
            raise TimeoutError
        thread.join(0.1)
    for error in errors:
        raise error


def _refused(error: Exception, options: Any) -> str:
    """What an error of JAX's own means; "" for others, as of a cluster's software."""
    from jax.errors import JaxRuntimeError

    text = str(error)
    if "only be called once" in text:
        return "initialize: expected one call, found a second one"
    if "before any JAX" in text:
        return (
            "initialize: expected it to be called before JAX is used, found devices "
            "that are in use. Call it first, before anything is built"
        )
    if not isinstance(error, JaxRuntimeError):
        return ""
    return _not_met(options, f"in time, found an error ({text.splitlines()[0][:200]})")


def _not_met(options: Any, what: str) -> str:
    return (
        f"coordinator: expected {options.num_processes or 'all'} processes to meet at "
        f"{options.coordinator or 'the coordinator'} {what}. Check the address, the "
        "port and the process with process_id 0"
    )
