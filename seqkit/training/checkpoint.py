"""The state of training, kept so that it can be taken up again."""

import json
import os
import zipfile
import zlib
from pathlib import Path

import keras
import numpy as np

from seqkit.errors import SeqkitError

# What NumPy, zipfile and json raise for files that are none of theirs.
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


class EpochOrder(keras.callbacks.Callback):
    """Tells the training batches which epoch comes, so that a resumed run fits on.

    Args:
        batches: An object with the attribute `next_epoch`.
    """

    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch, logs=None):
        self.batches.next_epoch = epoch


class Checkpoint(keras.callbacks.Callback):
    """Writes all that training rests on at the end of each epoch, in one file.

    Weights, the random generators of dropout, the optimizer, the epoch, the history and
    whatever other callbacks keep: a run taken up from it ends as one without a break.
    The file is written beside and then renamed, so a crash leaves the one before.

    Args:
        folder: Where `checkpoint.npz` is kept.
        callbacks: Callbacks of the run; those with `state()` and `restore()` are kept.
        history: Dictionary from name to a list with a figure an epoch, kept up to date.
    """

    def __init__(self, folder, callbacks=(), history=None):
        super().__init__()
        self.file = Path(folder) / "checkpoint.npz"
        self.stateful = [c for c in callbacks if hasattr(c, "restore")]
        self.history = {} if history is None else history

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            self.history.setdefault(name, [])[epoch:] = [float(value)]
        arrays = {
            f"variables/{i}": keras.ops.convert_to_numpy(variable)
            for i, variable in enumerate(_variables(self.model))
        }
        for i, callback in enumerate(self.stateful):
            for name, array in callback.state().items():
                arrays[f"callbacks/{i}/{name}"] = array
        text = json.dumps({"epoch": epoch + 1, "history": self.history})
        arrays["document"] = np.frombuffer(text.encode(), dtype=np.uint8)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        partial = self.file.with_suffix(".partial")
        with open(partial, "wb") as stream:
            np.savez(stream, **arrays)
        os.replace(partial, self.file)

    def restore(self, model):
        """Puts the model, its optimizer and the callbacks where the file has them.

        Returns:
            The number of epochs already trained; 0 where there is no file.

        Raises:
            SeqkitError: The file is damaged, or of another model or other callbacks.
        """
        if not self.file.exists():
            return 0
        try:
            with open(self.file, "rb") as stream:
                arrays = dict(np.load(stream, allow_pickle=False))
            document = json.loads(arrays.pop("document").tobytes())
            epochs, history = document["epoch"], document["history"]
        except _UNREADABLE as error:
            raise SeqkitError(
                f"{self.file}: expected a checkpoint, found a file that cannot be read "
                f"as one ({error}). Start anew, without it."
            ) from error
        model.optimizer.build(model.trainable_variables)
        variables = _variables(model)
        kept = [a for name, a in arrays.items() if name.startswith("variables/")]
        states = {}
        for name, array in arrays.items():
            if name.startswith("callbacks/"):
                _, number, name = name.split("/", 2)
                states.setdefault(int(number), {})[name] = array
        if [tuple(v.shape) for v in variables] != [a.shape for a in kept] or list(
            states
        ) != list(range(len(self.stateful))):
            raise SeqkitError(
                f"{self.file}: expected the state of this model and its callbacks, "
                "found that of others. Build the task with the same arguments, or "
                "start anew."
            )
        for variable, array in zip(variables, kept, strict=True):
            variable.assign(array)
        for i, callback in enumerate(self.stateful):
            callback.restore(states[i])
        self.history.clear()
        self.history.update(history)
        return epochs


def _variables(model):
    """Weights, random generators and the optimizer's variables; not the metrics'."""
    metrics = {id(v) for v in model.metrics_variables}
    own = [v for v in model.variables if id(v) not in metrics]
    return own + list(model.optimizer.variables)
