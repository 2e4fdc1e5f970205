"""The command `seqkit serve`, in a process of its own and in this one."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from seqkit import cli
from tests.serving.conftest import Shout

SERVE = """
import sys
from seqkit import cli
from seqkit.task import recipe
from tests.serving.conftest import Shout
recipe("shout")(Shout)
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture
def folder(registered, tmp_path):
    """The folder of a saved task."""
    registered(
        "shout", type("Shout", (Shout,), {"built": [], "__doc__": "S"})
    ).build().save(tmp_path / "run")
    return tmp_path / "run"


def ask(address, path, values=None):
    data = None if values is None else json.dumps(values).encode()
    with urllib.request.urlopen(address + path, data, timeout=30) as response:
        return json.loads(response.read())


def test_it_serves_reloads_at_sighup_and_ends_in_peace(folder, repository):
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", f"loud={folder}", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
    )
    try:
        line = process.stderr.readline()
        while "Serving loud at http://127.0.0.1:" not in line:
            assert line, "the server did not start"
            line = process.stderr.readline()
        address = line.split(" at ")[1].strip().rstrip("/")
        found = ask(address, "/predict", {"inputs": ["a"]})
        assert found["results"] == [{"answer": "A"}]
        process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 20
        while ask(address, "/health")["models"] != {"loud": 2}:
            assert time.monotonic() < until
            time.sleep(0.05)
        # What was begun is finished, although the server ends meanwhile.
        slow = {"inputs": "a", "max_length": 30}
        request = urllib.request.Request(
            f"{address}/stream", json.dumps(slow).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            response.readline()
            process.terminate()
            assert response.read().decode().endswith("event: done\ndata: {}\n\n")
        rest = process.communicate(timeout=30)[1]
        assert process.returncode == 128 + signal.SIGTERM
        assert "Traceback" not in rest
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("nonesuch --port 0", "nonesuch: expected a folder with task.json"),
        ("any --host 256.1.1.1", "256.1.1.1:8000: expected a free address"),
        ("a=nonesuch b=. --max-batch 0", "--max-batch: expected an integer from 1"),
        ("run --max-bach 3", "--max-bach: unknown option; did you mean --max-batch?"),
        ("x/run y/run", "expected another name than run"),
        ("run --port -1", "--port"),
        ("run --set timeout", "--set timeout: expected NAME=VALUE"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_loaded(words, message, capfd):
    assert cli.main(["serve", *words.split()]) == 2
    said = capfd.readouterr().err
    assert message in said and "Traceback" not in said


def test_the_help_has_every_limit(capfd):
    assert cli.main(["serve", "--help"]) == 0
    shown = capfd.readouterr().out
    from seqkit.serving import Limits

    for name in Limits.model_fields:
        assert f"--{name.replace('_', '-')} " in shown
    assert cli.main(["serve"]) == 2


def test_a_taken_port_is_one_message(capfd):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert cli.main(["serve", "any", "--port", port]) == 2
    assert f"127.0.0.1:{port}: expected a free address" in capfd.readouterr().err
