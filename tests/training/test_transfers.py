"""What `fit` reads from the device: figures now and then, and never the weights."""

import contextlib

import keras
import numpy as np
import pytest

from seqkit.recipes import language_modeling
from seqkit.task import training
from tests import tiny


@contextlib.contextmanager
def reads(monkeypatch):
    """A context that notes the sizes of tensors that become arrays or numbers."""
    sizes = []
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        kind = type(jax.numpy.ones(()))
    elif backend == "tensorflow":
        import tensorflow as tf

        kind = type(tf.ones(()))
    else:
        pytest.skip("tensors of PyTorch are counted nowhere")
    with monkeypatch.context() as patch:

        def noting(owner, name):
            plain = getattr(owner, name)

            def noted(one, *arguments, **options):
                # Of TensorFlow, Keras asks after each step whether there was one.
                if isinstance(one, kind) and "float" in str(one.dtype):
                    sizes.append(int(np.prod(one.shape)))
                return plain(one, *arguments, **options)

            patch.setattr(owner, name, noted)

        for name in ("asarray", "array"):
            noting(np, name)
        for name in ("__array__", "__float__", "__bool__", "__int__", "numpy"):
            if hasattr(kind, name):
                noting(kind, name)
        yield sizes


def test_weights_stay_on_the_device(tmp_path, monkeypatch):
    """In an epoch a loss is read now and then, and after it the figures alone."""
    options = tiny.LANGUAGE_MODELING | {"average_momentum": 0.9, "patience": 5}
    task = language_modeling.build(
        tiny.language_modeling_folder(tmp_path), architecture="lstm", **options
    )
    monkeypatch.setattr("seqkit.training.accelerated", lambda: True)
    steps, in_epochs = len(task.train), []
    assert steps >= 2 * training.CALLS_AHEAD
    task.fit(1, verbose=0)  # compiles
    with reads(monkeypatch) as sizes:

        class Note(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                self.before = len(sizes)

            def on_epoch_end(self, epoch, logs=None):
                in_epochs.append(len(sizes) - self.before)

        task.fit(3, callbacks=[Note()], verbose=0)
    assert max(sizes) == 1
    assert len(in_epochs) == 3
    # Losses, and those of validation; then each figure of either.
    assert max(in_epochs) <= 2 * (steps // training.CALLS_AHEAD) + 20
    assert len(sizes) > 3
