"""What every test has: a quiet TensorFlow, caches of its own, settled seeds."""

import atexit
import gc
import importlib.util
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

# A package of its own, which would add its recipe to those of seqkit.
collect_ignore = ["outside"]

# Set before anything imports TensorFlow or datasets. Nothing is fetched, and nothing
# that an earlier run cached is read.
_CACHE = tempfile.mkdtemp(prefix="seqkit-tests-")
atexit.register(shutil.rmtree, _CACHE, ignore_errors=True)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = os.environ["XDG_CACHE_HOME"] = _CACHE
os.environ["MPLBACKEND"] = "Agg"
# What XLA compiles runs once, on small shapes: compiling is what takes the time.
os.environ["XLA_FLAGS"] = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=1"
)


# What takes minutes, so that no process is left alone with it in the end.
LONGEST = [
    "test_notebooks.py",
    "test_task_conformance.py",
    "test_readme.py",
    "test_backends.py",
    "test_demo.py",
]


def pytest_collection_modifyitems(items):
    def order(item):
        name = item.path.name
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)

    items.sort(key=order)


@pytest.fixture(autouse=True)
def _seeds():
    """Keras draws its default seeds from `random`, so that this settles weights.

    `keras.utils.set_random_seed` is not called: it destroys the SentencePiece
    tokenizers that TensorFlow holds.
    """
    random.seed(1)


@pytest.fixture(autouse=True, scope="module")
def _frozen():
    """What a test file leaves behind is not looked at by the garbage collector again.

    There are a million objects in the end, and a pass over them and over TensorFlow's
    functions can take most of a minute.
    """
    yield
    gc.freeze()


@pytest.fixture
def registered(monkeypatch):
    """`registered(name, cls)` makes a `Task` a recipe for the time of a test."""
    from seqkit.registries import recipes
    from seqkit.task import recipe

    monkeypatch.setattr(
        recipes, "_parts", {name: recipes._parts[name] for name in recipes}
    )
    return lambda name, cls: recipe(name)(cls)


@pytest.fixture
def fake(registered):
    """The class of the recipe `fake`; `fake.built` are the tasks that were built."""
    from tests.fake import FakeTask

    class Fake(FakeTask):
        __doc__ = FakeTask.__doc__
        built = []

    return registered("fake", Fake)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A server in the place of the Hugging Face Hub, a token and an empty cache."""
    from tests.hub_server import HubServer, point_at

    server = HubServer()
    point_at(monkeypatch, server.url, tmp_path / "cache")
    monkeypatch.setenv("HF_TOKEN", server.token)
    monkeypatch.chdir(tmp_path)
    yield server
    server.close()


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


@pytest.fixture(scope="session")
def run_tests_on():
    """Run tests again on another backend, in a process of their own.

    `run_tests_on("jax", *tests)`, or `"torch"`; skips where it is not installed.
    """

    def run(backend, *tests):
        if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
            pytest.skip("already another backend")
        if importlib.util.find_spec(backend) is None:
            pytest.skip(f"{backend} is not installed")
        more = {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}
        more["JAX_DISABLE_MOST_OPTIMIZATIONS"] = "1"  # as in XLA_FLAGS, above
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
            + [str(test) for test in tests],
            env=os.environ | more,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

    return run
