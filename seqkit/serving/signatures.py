"""What a model answers in TensorFlow Serving's form: named functions of tensors."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seqkit.errors import SeqkitError
from seqkit.serving.refusals import Refused
from seqkit.task import Task
from seqkit.task.quiet import import_backend


class Function(NamedTuple):
    """One signature of a model.

    Attributes:
        call: Takes arrays by name, and returns tensors by name.
        inputs: Name to `tf.TensorSpec`.
        outputs: Returns the same of what it returns; a task's is traced for it.
    """

    call: Callable[..., Mapping[str, Any]]
    inputs: Mapping[str, Any]
    outputs: Callable[[], Mapping[str, Any]]


def functions_of(task: Any) -> dict[str, Function]:
    """The signatures that an export of a task would have, text in and out.

    Raises:
        Refused: The task does not export, or not on this backend.
    """
    if type(task).signatures is Task.signatures:
        raise Refused(404, f"{task.recipe} has no exported form; ask /predict")
    import keras

    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise Refused(
            404, f"TensorFlow Serving's form needs TensorFlow, and this is {backend}"
        )
    import tensorflow as tf

    signatures = task.signatures(True)

    def function(signature):
        run = tf.function(
            signature.function, input_signature=signature.inputs, autograph=False
        )
        names = [spec.name for spec in signature.inputs]
        return Function(
            # What the function holds, such as tables, lives as long as it does.
            lambda held=signature, **given: run(*(given[name] for name in names)),
            {spec.name: spec for spec in signature.inputs},
            lambda: run.get_concrete_function().structured_outputs,
        )

    # Two names of one signature are one function.
    made = {id(one): function(one) for one in signatures.values()}
    return {name: made[id(one)] for name, one in signatures.items()}


def functions_in(folder: Path) -> dict[str, Function]:
    """The signatures of a SavedModel."""
    import_backend()  # without the notes that TensorFlow writes
    import tensorflow as tf

    try:
        import tensorflow_text  # noqa: F401  (operations that it may have)
    except ImportError:
        pass
    try:
        loaded: Any = tf.saved_model.load(str(folder))
    except Exception as error:  # TensorFlow raises anything for broken folders
        reason = str(error).partition("\n")[0]
        raise SeqkitError(
            f"{folder}: expected a SavedModel, found: {reason}"
        ) from error

    def function(signature):
        _, inputs = signature.structured_input_signature
        return Function(
            lambda held=loaded, **given: signature(**given),
            inputs,
            lambda: signature.structured_outputs,
        )

    return {name: function(one) for name, one in loaded.signatures.items()}
