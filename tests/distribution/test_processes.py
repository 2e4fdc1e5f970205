"""Joining processes, and what is wrong of the arguments."""

import os

import pytest

from seqkit.distribution import initialize, is_primary, on_primary, process_count
from seqkit.distribution.processes import unlike
from seqkit.errors import SeqkitError

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


def test_nothing_found(run_python):
    code = (
        "from seqkit.distribution import initialize\n"
        "try: initialize()\n"
        "except ValueError as error: print(error)"
    )
    found = run_python(code, KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")
    assert "coordinator, num_processes, process_id: expected a value" in found
    assert "SLURM" in found
