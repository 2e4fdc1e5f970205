"""The state of training, saved so that it can be resumed."""

import json
import os
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from seqkit.errors import SeqkitError
from seqkit.training.optimizers import build_optimizer

# What NumPy, zipfile and json raise for damaged files.
_UNREADABLE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


class EpochOrder(keras.callbacks.Callback):
    """Sets `batches.next_epoch` at the beginning of each epoch, for resumed runs."""

    def __init__(self, batches: Any):
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.batches.next_epoch = epoch


class Checkpoint(keras.callbacks.Callback):
    """Writes the whole state of training at the end of each epoch, in one file.

    It holds the weights, the random generators of dropout, the optimizer, the epoch,
    the history and the state of other callbacks: a run resumed from it ends like an
    uninterrupted one. A crash leaves the file of the epoch before.

    Args:
        folder: The folder of `checkpoint.npz`.
        callbacks: Callbacks of the run; those with `state()` and `restore()` are kept.
        history: Name to a list with one figure per epoch, kept up to date.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        callbacks: Iterable[Any] = (),
        history: dict[str, list[float]] | None = None,
    ):
        super().__init__()
        self.file = Path(folder) / "checkpoint.npz"
        self.stateful = [c for c in callbacks if hasattr(c, "restore")]
        self.history = {} if history is None else history

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._keep_figures(epoch, logs)
        arrays = {
            f"variables/{i}": keras.ops.convert_to_numpy(variable)
            for i, variable in enumerate(_variables(self.model))
        }
        arrays |= self._callback_arrays()
        text = json.dumps({"epoch": epoch + 1, "history": self.history})
        arrays["document"] = np.frombuffer(text.encode(), dtype=np.uint8)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        partial = self.file.with_suffix(".partial")
        with open(partial, "wb") as stream:
            np.savez(stream, **arrays)
        os.replace(partial, self.file)

    def close(self) -> None:
        """Waits until what was begun is written."""

    def _keep_figures(self, epoch: int, logs: dict | None) -> None:
        for name, value in (logs or {}).items():
            self.history.setdefault(name, [])[epoch:] = [float(value)]

    def _callback_arrays(self) -> dict[str, np.ndarray]:
        return {
            f"callbacks/{i}/{name}": array
            for i, callback in enumerate(self.stateful)
            for name, array in callback.state().items()
        }

    def restore(self, model: keras.Model) -> int:
        """Puts model, optimizer and callbacks in the state of the file, if any.

        Returns the number of epochs trained. A damaged file, or one of another model or
        other callbacks, is a SeqkitError.
        """
        if not self.file.exists():
            return 0
        try:
            with open(self.file, "rb") as stream:
                arrays = dict(np.load(stream, allow_pickle=False))
            document = json.loads(arrays.pop("document").tobytes())
            for name, array in arrays.items():
                if array.dtype.kind not in "biufV":  # V is bfloat16
                    raise ValueError(f"{name} holds no numbers")
                if name.startswith("variables/") and array.dtype.kind == "f":
                    if not np.isfinite(array).all():
                        raise ValueError(f"{name} holds numbers that are not finite")
        except _UNREADABLE as error:
            raise self._damaged(error) from error
        return self._put_back(model, document, arrays)

    def _put_back(
        self, model: keras.Model, document: dict[str, Any], arrays: dict[str, Any]
    ) -> int:
        """Takes over what a checkpoint holds; returns the number of epochs trained."""
        try:
            epochs, history = document["epoch"], document["history"]
            if type(epochs) is not int or {len(v) for v in history.values()} != {
                epochs
            }:
                raise ValueError(f"{epochs!r} epochs with another number of figures")
            history = {name: [float(v) for v in row] for name, row in history.items()}
            kept = [a for name, a in arrays.items() if name.startswith("variables/")]
            states: dict[int, dict[str, np.ndarray]] = {}
            for name, array in arrays.items():
                if name.startswith("callbacks/"):
                    _, number, name = name.split("/", 2)
                    states.setdefault(int(number), {})[name] = array
        except _UNREADABLE as error:
            raise self._damaged(error) from error
        build_optimizer(model)
        variables = _variables(model)
        same_shapes = [tuple(v.shape) for v in variables] == [a.shape for a in kept]
        if not same_shapes or list(states) != list(range(len(self.stateful))):
            raise self._of_others()
        for variable, array in zip(variables, kept, strict=True):
            variable.assign(array)
        try:
            for i, callback in enumerate(self.stateful):
                callback.restore(states[i])
        except _UNREADABLE as error:
            raise self._damaged(error) from error
        self.history.clear()
        self.history.update(history)
        return epochs

    def _of_others(self) -> SeqkitError:
        return SeqkitError(
            f"{self.file}: expected the state of this model and its callbacks, "
            "found that of others. Build the task with the same arguments, or "
            "start again."
        )

    def _damaged(self, error: Exception) -> SeqkitError:
        return SeqkitError(
            f"{self.file}: expected a checkpoint, found a file that cannot be read "
            f"as one ({str(error)[:200]}). Start again, without it."
        )


def _variables(model):
    """Weights, random generators and the optimizer's variables.

    Not what replicas have each for itself: metrics, and the states of their rows, which
    the first batch of an epoch resets.
    """
    own = [v for v in model.variables if v.synchronization != "on_read"]
    return own + list(model.optimizer.variables)
