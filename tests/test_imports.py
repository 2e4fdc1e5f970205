"""Who may import whom, read from the source itself, functions included."""

import ast
import graphlib
import re

import pytest

# Open to all, and importing one another alone.
OPEN = {
    "_public": set(),
    "errors": set(),
    "special_ids": set(),
    "registry": {"errors"},
    "registries": {"registry"},
}
ROOMS = {"layers", "tokenizers", "data", "samples", "decoding", "metrics", "training"}
# What of seqkit each may import beside itself and what is open.
ALLOWED = {room: set() for room in (*ROOMS, "token_scores", "replicas", "options")}
ALLOWED |= {"metrics": {"token_scores"}, "training": {"token_scores", "replicas"}}
ALLOWED |= {
    "layers": {"replicas"},
    "models": {"layers", "replicas"},
    "distribution": {"options"},
}
ANY_ROOM = {*ROOMS, "models", "token_scores"}
ALLOWED |= {"checks": {"data"}, "drafts": {"data", "checks"}}
ALLOWED |= {"inference": ANY_ROOM, "results": {"inspect"}}
ALLOWED |= {"export": ANY_ROOM | {"inspect"}, "inspect": ANY_ROOM}
ALLOWED |= {"reports": {"metrics", "inspect"}}
# These join the rooms, each knowing only what comes before it.
JOINED = ANY_ROOM | {"inference", "results", "export", "inspect", "options"}
JOINED |= {"checks", "drafts", "reports", "distribution"}
ALLOWED |= {"task": JOINED, "recipes": JOINED | {"task"}}
ALLOWED |= {
    "cards": {"options", "task"},
    "cli": {"options", "cards", "runs", "_lines", "serving", "distribution", ""},
}
ALLOWED |= {
    "runs": {"cards", "task", "distribution"},
    "serving": {"task", "options", ""},
}
ALLOWED |= {"tuning": {"options", "cards", "runs", "metrics"}}
ALLOWED |= {
    "__init__": {"task", "tuning"},
    "demo": {"recipes", "inspect"},
    "_lines": set(),
}
FREE = {"testing"}
# Names the parts of all rooms as text, so that none is imported before it is used.
NAMES_PARTS = "registries"
# Written in keras.ops, but for the modules of kernels.
EVERY_BACKEND = ("layers", "models", "decoding", "token_scores")
BACKENDS = {"tensorflow", "tensorflow_text", "jax", "torch"}
KERNELS = {
    f"seqkit/layers/{name}.py"
    for name in ("fused_tensorflow", "fused_torch", "cudnn_jax", "compiled_jax")
}


def imported_modules(source, package):
    """Full names of all modules that a source file imports, at any depth in it.

    Args:
        source: Text of the file.
        package: Full name of the package the file lies in, for relative imports.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            parent = package.split(".")
            parent = parent[: len(parent) - node.level + 1] if node.level else []
            base = ".".join([*parent, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{base}.{alias.name}"
        elif isinstance(node, ast.Call):
            function = ast.unparse(node.func)
            if function.split(".")[-1] in ("import_module", "__import__"):
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant):
                        yield argument.value


def room_of(path):
    """The room a file belongs to, or its own name beside the rooms."""
    return path.parts[1] if len(path.parts) > 2 else path.stem


def mistakes(path, source):
    """What a file imports and should not, as text."""
    room = room_of(path)
    for name in imported_modules(source, ".".join(path.parent.parts)):
        top, _, inner = name.partition(".")
        if room in EVERY_BACKEND and top in BACKENDS and path.as_posix() not in KERNELS:
            yield f"{path} imports {name}: {room} is written in keras.ops"
        if top != "seqkit" or room in FREE:
            continue
        target = inner.partition(".")[0]
        allowed = OPEN.get(room, {*ALLOWED.get(room, ()), *OPEN})
        if target != room and target not in allowed:
            yield f"{path} imports {name}: not open to {room}"


def package_files(repository):
    for path in sorted(repository.glob("seqkit/**/*.py")):
        yield path.relative_to(repository), path.read_text(encoding="utf-8")


def test_rooms_import_only_what_is_open_to_them(repository):
    found = [one for file in package_files(repository) for one in mistakes(*file)]
    assert not found, "\n".join(found)


def edges(path, source):
    """Other rooms that a file imports, at any depth in it, or names as text."""
    room = room_of(path)
    names = list(imported_modules(source, ".".join(path.parent.parts)))
    if room != NAMES_PARTS:
        names += re.findall(r'"(seqkit\.[\w.]+):\w[\w.]*"', source)
    for name in names:
        top, _, inner = name.partition(".")
        target = inner.partition(".")[0] or "__init__"
        if top == "seqkit" and target != room:
            yield room, target


def cycle(files):
    """Rooms that import each other in a circle, or `None`."""
    graph = graphlib.TopologicalSorter()
    for path, source in files:
        for room, target in edges(path, source):
            graph.add(room, target)
    try:
        graph.prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return None


def test_no_circle_of_imports(repository):
    assert cycle(package_files(repository)) is None


@pytest.mark.parametrize(
    "sources",
    [
        {"data/a.py": "from seqkit import models", "models/a.py": "import seqkit.data"},
        {
            "data/a.py": "def f():\n    from seqkit.layers import b",
            "layers/b.py": "import importlib\nimportlib.import_module('seqkit.models')",
            "models/c.py": "from ..data import a",
        },
        {
            "task/a.py": 'load = asset("x", "seqkit.recipes.a:A.load")',
            "recipes/a.py": "from seqkit.task import a",
        },
        {"data/a.py": "import seqkit", "__init__.py": "from seqkit import data"},
    ],
)
def test_a_circle_is_found(tmp_path, sources):
    path = tmp_path.__class__("seqkit")
    assert cycle([(path / name, source) for name, source in sources.items()])


def test_every_file_has_a_rule(repository):
    known = {*ALLOWED, *OPEN, *FREE}
    assert {room_of(path) for path, _ in package_files(repository)} <= known


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("seqkit/layers/a.py", "from seqkit.data import readers"),
        ("seqkit/layers/a.py", "import seqkit.task"),
        ("seqkit/layers/a.py", "def f():\n    from ..models import transformer"),
        ("seqkit/layers/a.py", "import importlib\nimportlib.import_module('jax')"),
        ("seqkit/models/a.py", "import tensorflow as tf"),
        ("seqkit/decoding/a.py", "def f():\n    from tensorflow import math"),
        ("seqkit/decoding/a.py", "from seqkit import models"),
        ("seqkit/data/a.py", "from seqkit.tokenizers import SentencePiece"),
        ("seqkit/samples/a.py", "from seqkit.data import load_pairs"),
        ("seqkit/export/a.py", "from seqkit.recipes import translation"),
        ("seqkit/inspect/a.py", "from seqkit import task"),
        ("seqkit/inference/language/a.py", "from seqkit.export import reading"),
        ("seqkit/results.py", "from seqkit import inference"),
        ("seqkit/errors.py", "from seqkit import data"),
        ("seqkit/errors.py", "from seqkit.registry import Registry"),
        ("seqkit/registry.py", "from seqkit import registries"),
        ("seqkit/options/a.py", "def f():\n    from seqkit import task"),
        ("seqkit/options/groups/a.py", "from seqkit.token_scores import x"),
        ("seqkit/task/a.py", "from seqkit.recipes import translation"),
        ("seqkit/task/a.py", "from seqkit import samples, cards"),
        ("seqkit/task/a.py", "import seqkit.cli"),
        ("seqkit/task/a.py", "import seqkit"),
        ("seqkit/recipes/a.py", "from seqkit import cards"),
        ("seqkit/recipes/a.py", "def f():\n    from seqkit.cli import main"),
        ("seqkit/cards.py", "from seqkit.recipes import translation"),
        ("seqkit/inspect/a.py", "from seqkit import export"),
    ],
)
def test_a_wrong_import_is_found(tmp_path, path, source):
    assert list(mistakes(tmp_path.__class__(path), source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("seqkit/layers/a.py", "from seqkit.layers.b import B\nimport keras"),
        ("seqkit/layers/fused_tensorflow.py", "import tensorflow as tf"),
        ("seqkit/models/a.py", "from seqkit.layers import LSTM"),
        ("seqkit/data/a.py", "from seqkit.errors import DataError\nimport tensorflow"),
        ("seqkit/inference/a.py", "from seqkit import decoding, models"),
        ("seqkit/recipes/a.py", "from seqkit import data, models, task"),
        ("seqkit/task/a.py", "from seqkit.options import groups\nimport seqkit.data"),
        ("seqkit/options/a.py", "from seqkit import errors, registries, special_ids"),
        (
            "seqkit/cli/a.py",
            "def f():\n    import seqkit\n    import seqkit.cards",
        ),
    ],
)
def test_a_right_import_is_not(tmp_path, path, source):
    assert not list(mistakes(tmp_path.__class__(path), source))


HEAVY = {"keras", "tensorflow", "jax", "torch", "numpy", "datasets", "matplotlib"}


def test_import_seqkit_is_light(run_python):
    code = "import seqkit, sys; seqkit.recipes; print(*sys.modules)"
    assert not HEAVY & set(run_python(code).split())


@pytest.mark.parametrize(
    "imports, load",
    [
        ("import keras, seqkit", "keras.saving.load_model"),
        ("import seqkit", "seqkit.load_model"),
        ("from seqkit.layers import LSTM; import keras", "keras.saving.load_model"),
        ("import seqkit.metrics; import keras", "keras.saving.load_model"),
        ("import seqkit, keras", "keras.saving.load_model"),
        ("import seqkit; seqkit.layers; import keras", "keras.saving.load_model"),
    ],
)
def test_a_keras_file_loads_after_import_seqkit(run_python, tmp_path, imports, load):
    import keras

    import seqkit

    model = keras.Sequential([keras.Input((None, 3)), seqkit.layers.LSTM(2)])
    rate = seqkit.training.InverseSquareRoot(1e-3, 10)
    metrics = [seqkit.metrics.Perplexity()]
    model.compile(keras.optimizers.AdamW(rate), loss="mse", metrics=metrics)
    model.save(tmp_path / "model.keras")
    file = str(tmp_path / "model.keras")
    found = run_python(f"{imports}; print({load}({file!r}).layers)")
    assert "LSTM" in found


def test_layers_import_no_tensorflow_on_another_backend(run_python):
    code = (
        "import seqkit, sys; seqkit.layers, seqkit.models, seqkit.decoding;"
        "print(*sys.modules)"
    )
    assert "tensorflow" not in run_python(code, KERAS_BACKEND="jax").split()
