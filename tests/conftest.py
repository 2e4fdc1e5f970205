"""What every test has: a quiet TensorFlow, caches of its own, settled seeds."""

import atexit
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

# Set before anything imports TensorFlow or datasets. Nothing is fetched, and nothing
# that an earlier run cached is read.
_CACHE = tempfile.mkdtemp(prefix="seqkit-tests-")
atexit.register(shutil.rmtree, _CACHE, ignore_errors=True)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = os.environ["XDG_CACHE_HOME"] = _CACHE
os.environ["MPLBACKEND"] = "Agg"


@pytest.fixture(autouse=True)
def _seeds():
    """Keras draws its default seeds from `random`, so that this settles weights.

    `keras.utils.set_random_seed` is not called: it destroys the SentencePiece
    tokenizers that TensorFlow holds.
    """
    random.seed(1)


@pytest.fixture(scope="session")
def repository():
    """The folder that holds `pyproject.toml`."""
    return REPOSITORY


@pytest.fixture(scope="session")
def multi30k():
    """The Multi30k folder beside the repository, for tests that want real text."""
    folder = REPOSITORY.parent / "shared" / "data" / "multi30k"
    if not folder.is_dir():
        pytest.skip("the Multi30k folder does not lie beside the repository")
    return folder


@pytest.fixture(scope="session")
def run_python():
    """Run code in a new process: `run_python(code, **environment)` -> its output."""

    def run(code, **environment):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            cwd=REPOSITORY,
            env={**os.environ, **environment},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
