"""A SavedModel on disk, whole or not at all."""

import shutil
import uuid
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.saved_model.pywrap_saved_model.fingerprinting import (
    CreateFingerprintDef,
)

from seqkit.errors import SeqkitError
from seqkit.export.signatures import Signature
from seqkit.layers.recurrent import without_cudnn

# Operations that need a GPU, this Python process, or XLA, which TF Serving switches
# off; and what to do about them.
FORBIDDEN = {
    "Cudnn": "Give that layer use_cudnn=False.",
    "PyFunc": "Write that layer in keras.ops or TensorFlow operations.",
    "EagerPyFunc": "Write that layer in keras.ops or TensorFlow operations.",
    "Xla": "Write keras.ops.slice_update as keras.ops.where or scatter_update.",
}


def save_model(
    path: str | PathLike[str], model: keras.Model, signatures: Mapping[str, Signature]
) -> None:
    """Writes a SavedModel that TensorFlow alone can run, and TF Serving too.

    It runs on machines with and without a GPU, wherever it was written: recurrent
    layers are traced without cuDNN, and keep their own setting. The folder is written
    whole or not at all.

    Args:
        path: The folder, such as `exports/en-de/1`; it must not exist or be empty.
        model: The `keras.Model` whose variables the functions use.
        signatures: Name to `Signature`. TF Serving calls `"serving_default"` by
            default.

    Raises:
        SeqkitError: The path is taken, the backend is not TensorFlow, or a function
            holds an operation that runs only in this process or on a GPU.

    >>> import tempfile, keras, tensorflow as tf
    >>> from seqkit.export import Signature, save_model
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> spec = tf.TensorSpec([None, 2], tf.float32, name="x")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(folder, model, {
    ...         "serving_default": Signature(lambda x: {"y": model(x)}, (spec,))})
    ...     loaded = tf.saved_model.load(folder)
    ...     loaded.signatures["serving_default"](x=tf.zeros([3, 2]))["y"].shape[0]
    3
    """
    _check_backend()
    _check_free(path)
    # An absolute path without links has a name and a parent.
    target = Path(path).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        _write(partial, model, signatures)
        _keep_what_serves(partial)
        try:
            partial.rename(target)
        except OSError:  # something was put there since
            _check_free(path)
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(folder, model, signatures):
    module: Any = tf.Module()
    with without_cudnn(model):
        # Two names of one signature are one function in the file, too.
        traced = {
            id(signature): tf.function(
                signature.function, autograph=False
            ).get_concrete_function(*signature.inputs)
            for signature in signatures.values()
        }
        functions = {name: traced[id(s)] for name, s in signatures.items()}
    # Only the variables: layers, optimizer and training functions are not needed.
    module.weights = [variable.value for variable in model.variables]
    module.resources = [r for s in signatures.values() for r in s.resources]
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    tf.saved_model.save(module, str(folder), signatures=functions, options=options)


def _check_backend():
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise SeqkitError(
            f"export: expected the TensorFlow backend, found {backend}. A model "
            "trained on one backend loads on every other: save the task, load it with "
            "KERAS_BACKEND=tensorflow and export it there."
        )


def _check_free(path):
    path, found = Path(path), "a file"
    if path.is_dir():
        held = sorted(entry.name for entry in path.iterdir())
        found = f"a folder that holds {', '.join(held[:3])}" if held else None
    elif not path.exists() and not path.is_symlink():
        found = None
    if found is None:
        return
    raise SeqkitError(
        f"{path}: expected a new or an empty folder, found {found}. Nothing was "
        "overwritten; choose another path, such as the next version number."
    )


def _keep_what_serves(folder):
    """Refuses operations that cannot, and drops names of gradients.

    Their functions are not saved, of which each load would warn for each name.
    """
    file = folder / "saved_model.pb"
    document = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    for meta_graph in document.meta_graphs:
        graph = meta_graph.graph_def
        bodies = [graph.node, *(f.node_def for f in graph.library.function)]
        for node in (node for body in bodies for node in body):
            node.attr.pop("_gradient_op_type", None)
            for beginning, advice in FORBIDDEN.items():
                if node.op.startswith(beginning):
                    raise SeqkitError(
                        "export: expected operations that run wherever TensorFlow "
                        f"does, found {node.op} in {node.name}. {advice}"
                    )
    file.write_bytes(document.SerializeToString(deterministic=True))
    (folder / "fingerprint.pb").write_bytes(CreateFingerprintDef(str(folder)))
