"""Joining processes, and what is wrong of the arguments."""

import os
import signal
import sys
import threading

import pytest

from seqkit.distribution import initialize, is_primary, on_primary, process_count
from seqkit.distribution.processes import unlike
from seqkit.errors import SeqkitError
from tests.distribution.started import JAX, ended, start_code

pytest.importorskip("jax")


def test_one_process_is_the_first_and_writes():
    assert process_count() == 1 and is_primary()
    assert on_primary("number", lambda: 3) == 3 and not unlike("options", {"a": 1})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coordinator": "there"}, "coordinator: expected HOST:PORT, such as"),
        ({"coordinator": "a:99999"}, "found 'a:99999'"),
        ({"num_processes": 2, "process_id": 2}, "expected an id from 0 to 1, found 2"),
        ({"num_processes": 0}, "expected an integer from 1 or null, found 0"),
        ({"process_id": "x"}, "process_id: expected an integer from 0 or null"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(SeqkitError, match=message):
        initialize(**arguments)


def test_other_backends_are_sent_to_jax():
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        pytest.skip("it is JAX")
    with pytest.raises(SeqkitError, match="the variable KERAS_BACKEND=jax"):
        initialize("127.0.0.1:1", 2, 0)


SLURM = {
    "SLURM_JOB_ID": "7",
    "SLURM_STEP_NODELIST": "node[03,05-09]",
    "SLURM_NTASKS": "12",
    "SLURM_PROCID": "5",
    "SLURM_LOCALID": "1",
}
OPEN_MPI = {
    "OMPI_MCA_orte_hnp_uri": "4096.0;tcp://10.0.0.4:3491",
    "OMPI_COMM_WORLD_SIZE": "3",
    "OMPI_COMM_WORLD_RANK": "2",
    "OMPI_COMM_WORLD_LOCAL_RANK": "0",
}
VARIABLES = {
    "JAX_COORDINATOR_ADDRESS": "10.0.0.1:1234",
    "JAX_NUM_PROCESSES": "4",
    "JAX_PROCESS_ID": "3",
}


@pytest.fixture
def joined(monkeypatch):
    """`joined(environment, **arguments)` -> coordinator, number and rank, by JAX."""
    jax = pytest.importorskip("jax")
    from jax._src.clusters import ClusterEnv

    calls = []
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    monkeypatch.setattr(jax.distributed, "initialize", lambda *a, **_: calls.append(a))
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def join(environment, **arguments):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        initialize(**arguments)
        found = ClusterEnv.auto_detect_unset_distributed_params(
            *calls[-1], None, None, 1
        )
        return found[:3]

    return join


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (SLURM, ("node03:61447", 12, 5)),
        (OPEN_MPI, ("10.0.0.4:61441", 3, 2)),
        (VARIABLES, ("10.0.0.1:1234", 4, 3)),
        (SLURM | VARIABLES, ("10.0.0.1:1234", 4, 3)),
    ],
)
def test_processes_of_a_cluster(joined, environment, expected):
    assert joined(environment) == expected


def test_arguments_come_before_a_cluster(joined):
    assert joined(SLURM, process_id=2) == ("node03:61447", 12, 2)


def test_a_variable_that_is_no_number(joined):
    with pytest.raises(SeqkitError, match="process_id: expected an integer"):
        joined(VARIABLES | {"JAX_PROCESS_ID": "first"})


def test_a_cluster_that_does_not_tell(joined, monkeypatch):
    def fail(*_, **__):
        raise OSError("Service host is not set.")

    monkeypatch.setattr("jax.distributed.initialize", fail)
    with pytest.raises(SeqkitError, match="does not tell: OSError: Service host"):
        joined({"KUBERNETES_SERVICE_HOST": "10.0.0.1"})


def test_a_cluster_that_refuses(joined, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("Kubernetes API Error: 403 - Forbidden")

    monkeypatch.setattr("jax.distributed.initialize", fail)
    with pytest.raises(SeqkitError, match="does not tell: RuntimeError: Kubernetes"):
        joined({})


@pytest.fixture
def nobody(monkeypatch):
    """JAX waits for others that do not come."""
    ended = threading.Event()
    monkeypatch.setattr("jax.distributed.initialize", lambda *_, **__: ended.wait())
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    yield
    ended.set()


def test_nobody_else_comes(nobody):
    with pytest.raises(SeqkitError, match="2 processes to meet at a:1 within 0.2 sec"):
        initialize("a:1", 2, 1, timeout=0.2)


def test_ctrl_c_is_heard_while_it_waits(nobody):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    press = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    try:
        with pytest.raises(KeyboardInterrupt):
            press.start()
            initialize("a:1", 2, 1)
    finally:
        signal.signal(signal.SIGINT, before)


def test_nothing_found(run_python):
    code = """
from seqkit.distribution import initialize
from seqkit.distribution.ending import leave
def tried(*arguments, **more):
    try: initialize(*arguments, **more)
    except ValueError as error: print(error)
tried()
tried("127.0.0.1:9", 2, 1, timeout=1)  # where JAX would abort the process
leave(0)
"""
    found = run_python(code, KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")
    assert "coordinator, num_processes, process_id: expected a value" in found
    assert "SLURM" in found
    assert "2 processes to meet at 127.0.0.1:9 within 1 seconds, found fewer" in found


FAILS = """
import os, sys, time
from seqkit.distribution import initialize, process_index
initialize(timeout=100)
if process_index() == int(sys.argv[1]):
    raise SystemError("no data")
time.sleep(100)
"""


@pytest.mark.parametrize("who", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_an_error_of_one_ends_the_other_with_a_message(repository, who):
    processes = start_code(repository, FAILS, str(who), count=2, **JAX)
    found = ended(processes)
    assert [code for code, *_ in found] == [1 if who == n else 2 for n in range(2)]
    assert "SystemError: no data" in found[who][2]
    (told,) = found[1 - who][2].strip().splitlines()[-1:]
    assert f"error: process {who} has ended; what it printed last says why" in told
    assert "stack trace" not in found[1 - who][2]
