"""What SimpleRNN, LSTM and GRU share: the choice of a kernel, and masks.

Keras's layer keeps its constructor, weights, states and `call`; only its inner loop is
replaced. Every kernel gives the same numbers:

- `"cudnn"`: Keras's own path to cuDNN;
- `"fused"`: TensorFlow with a hand-written gradient (`kernels_tensorflow.py`), first
  derivatives only;
- `"loop"`: Keras's generic loop over one step written in `keras.ops`, any backend.
"""

import contextlib

import keras
from keras import ops

from seqkit.errors import SeqkitError

KERNELS = ("auto", "cudnn", "fused", "loop")


class Recurrent:
    """Mixed in before a Keras recurrent layer; the subclass gives the equations.

    A subclass defines `step(recurrent_kernel, bias, projected, states)`, one step after
    the input's projection; `project(kernel, bias, sequences)`; and `fused_kernel()`.
    """

    def __init__(self, *args, kernel="auto", **kwargs):
        super().__init__(*args, **kwargs)
        self._kernel_in_use = None
        self.kernel = kernel

    @property
    def kernel(self):
        """The kernel asked for: `"auto"`, `"cudnn"`, `"fused"` or `"loop"`.

        May be set at any time; a function traced before keeps the kernel it has.
        """
        return self._kernel

    @kernel.setter
    def kernel(self, value):
        if value not in KERNELS:
            raise SeqkitError(
                f"{self.name}: expected kernel to be one of {KERNELS}, found {value!r}"
            )
        wanted = getattr(self, "use_cudnn", "auto")
        if (wanted is True and value in ("fused", "loop")) or (
            wanted is False and value == "cudnn"
        ):
            raise SeqkitError(
                f"{self.name}: kernel={value!r} contradicts use_cudnn={wanted}. "
                "Give kernel alone"
            )
        self._kernel = value
        if value in ("fused", "loop"):
            self.supports_jit = True  # Keras says no where there is a GPU

    @property
    def kernel_in_use(self):
        """The kernel that the last trace (or eager call) took; `None` before."""
        return self._kernel_in_use

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Runs the recurrence; called by Keras's `call`."""
        states = initial_state if isinstance(initial_state, list) else [initial_state]
        mask = _boolean_mask(mask)
        wanted_cudnn = getattr(self, "use_cudnn", False)
        kernel = "cudnn" if self.kernel == "auto" and wanted_cudnn is True else (
            self.kernel
        )  # fmt: skip
        result = None
        if kernel == "cudnn" or (kernel == "auto" and wanted_cudnn == "auto"):
            result = self._run_cudnn(sequences, states, mask, training)
            used = "cudnn"
        if result is None and kernel in ("auto", "fused"):
            result = self._run_fused(sequences, states, mask, training)
            used = "fused"
        if result is None and kernel in ("auto", "loop"):
            result = self._run_loop(sequences, states, mask, training)
            used = "loop"
        if result is None:
            raise SeqkitError(
                f"{self.name}: kernel={kernel!r} cannot run here. Expected "
                f"{self._conditions(kernel)}. Use kernel='auto'"
            )
        self._kernel_in_use = used
        outputs, states = result
        return self._finish(outputs, states, mask)

    def get_config(self):
        config = super().get_config()
        config["kernel"] = self.kernel
        # Keras's own get_config forgets these, the seed in a SimpleRNN alone.
        config["seed"] = self.cell.seed
        if hasattr(self, "use_cudnn"):
            config["use_cudnn"] = self.use_cudnn
        if hasattr(self.cell, "implementation"):
            config["implementation"] = self.cell.implementation
        return config

    # Kernels. Each returns `(outputs, states)` or None where it cannot run. Outputs
    # are [B, T, H] or None; at a masked step they repeat the state before.

    def _run_cudnn(self, sequences, states, mask, training):
        if not hasattr(self, "use_cudnn"):
            return None
        wanted, self.use_cudnn = self.use_cudnn, True
        try:
            last, outputs, states = super().inner_loop(
                sequences, states, mask, training=training
            )
        except ValueError as error:
            if "use_cudnn=True was specified" not in str(error):
                raise
            return None
        finally:
            self.use_cudnn = wanted
        if not self.return_sequences:
            return None, states
        if mask is not None and not self.go_backwards:
            # cuDNN gives zeros after the end of a row.
            outputs = ops.where(mask[:, :, None], outputs, last[:, None])
        return outputs, states

    def _run_fused(self, sequences, states, mask, training):
        if keras.backend.backend() != "tensorflow" or self.unroll:
            return None
        if not self._projects_once():
            return None
        from seqkit.layers import kernels_tensorflow

        kernel = self.fused_kernel(kernels_tensorflow)
        if kernel is None:
            return None
        kernel_weight, recurrent_kernel, bias = self._weights()
        sequences = self._dropped(sequences, training)
        if self.go_backwards:
            sequences = ops.flip(sequences, axis=1)
            mask = None if mask is None else ops.flip(mask, axis=1)
        projected, bias = self.project(
            kernel_weight, bias, ops.transpose(sequences, (1, 0, 2))
        )
        outputs, states = kernels_tensorflow.recurrence(
            kernel,
            projected,
            recurrent_kernel,
            bias,
            tuple(states),
            None if mask is None else ops.transpose(mask),
            outputs=self.return_sequences,
            save=bool(training),
        )
        if outputs is not None:
            outputs = ops.transpose(outputs, (1, 0, 2))
        return outputs, list(states)

    def _run_loop(self, sequences, states, mask, training):
        if self._projects_once():
            kernel, recurrent_kernel, bias = self._weights()
            sequences = self._dropped(sequences, training)
            sequences, bias = self.project(kernel, bias, sequences)
            cell = _Step(self, recurrent_kernel, bias)
            loop = keras.layers.RNN(
                cell,
                return_sequences=self.return_sequences,
                go_backwards=self.go_backwards,
                unroll=self.unroll,
                dtype=self.dtype_policy,
            )
            run = loop.inner_loop
        else:

            def run(*args):
                return keras.layers.RNN.inner_loop(self, *args, training=training)

        _, outputs, states = run(sequences, states, mask)
        return (outputs if self.return_sequences else None), states

    def _projects_once(self):
        """Whether one projection serves all steps, as no step drops by itself."""
        return (
            self.cell.recurrent_dropout == 0
            and getattr(self.cell, "implementation", 2) == 2
        )

    def _weights(self):
        """Kernel, recurrent kernel and bias (or `None`), in the compute dtype."""
        cell = self.cell
        return tuple(
            None if w is None else ops.cast(w, self.compute_dtype)
            for w in (cell.kernel, cell.recurrent_kernel, cell.bias)
        )

    def _dropped(self, sequences, training):
        """Input dropout: one mask a row, the same at every step (Keras's)."""
        if not (training and self.cell.dropout):
            return sequences
        return sequences * self.cell.get_dropout_mask(sequences[:, 0])[:, None]

    def _conditions(self, kernel):
        if kernel == "cudnn":
            return (
                "an LSTM or a GRU, a GPU, tanh and sigmoid, use_bias, no "
                "recurrent_dropout, not unrolled, reset_after in a GRU"
            )
        return (
            "the TensorFlow backend, tanh (a SimpleRNN: also relu or linear) and "
            "sigmoid, no recurrent_dropout, implementation 2, not unrolled, "
            "reset_after in a GRU"
        )

    def _finish(self, outputs, states, mask):
        """Outputs at masked steps as Keras gives them on TensorFlow."""
        last = states[0]
        if mask is not None:
            if self.go_backwards:
                mask = ops.flip(mask, axis=1)
            keep = mask
            if not self.zero_output_for_mask:
                # Zeros before the first step that is kept, then the output before.
                keep = ops.cumsum(ops.cast(mask, "int32"), axis=1) > 0
            last = ops.where(keep[:, -1:], last, ops.zeros_like(last))
            if outputs is not None:
                zeros = ops.zeros_like(outputs)
                outputs = ops.where(keep[:, :, None], outputs, zeros)
        if outputs is None:
            outputs = last[:, None]
        return last, outputs, states


class _Step:
    """A cell for `keras.layers.RNN` whose input is projected already."""

    def __init__(self, layer, recurrent_kernel, bias):
        self.state_size = layer.cell.state_size
        self.output_size = layer.units
        self._layer, self._weights = layer, (recurrent_kernel, bias)

    def call(self, projected, states):
        states = self._layer.step(*self._weights, projected, states)
        return states[0], states

    __call__ = call


def _boolean_mask(mask):
    if isinstance(mask, list | tuple):
        mask = mask[0]
    if mask is None:
        return None
    mask = ops.cast(mask, "bool")
    return ops.squeeze(mask, -1) if len(mask.shape) == 3 else mask


@contextlib.contextmanager
def without_cudnn(model):
    """Within this context no recurrent layer of `model` takes cuDNN.

    A function traced here, such as the signatures of a SavedModel, runs on a machine
    without a GPU too; a function traced before keeps what it has.

    Args:
        model: A `keras.Model` or a layer, however deep its recurrent layers lie.

    Yields:
        `model`.

    Example:

    >>> import keras
    >>> from seqkit.layers.lstm import LSTM
    >>> from seqkit.layers.recurrent import without_cudnn
    >>> model = keras.Sequential([keras.Input((None, 3)), LSTM(2)])
    >>> with without_cudnn(model):
    ...     _ = model(keras.ops.zeros((1, 4, 3)))
    >>> model.layers[0].kernel_in_use in ("fused", "loop")
    True
    """
    found = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, Recurrent | keras.layers.RNN)
    ]
    names = ("_kernel", "use_cudnn", "supports_jit")
    before = [{n: getattr(a, n) for n in names if hasattr(a, n)} for a in found]
    try:
        for layer in found:
            if hasattr(layer, "use_cudnn"):
                layer.use_cudnn = False
            if getattr(layer, "kernel", None) == "cudnn":
                layer.kernel = "auto"
            layer.supports_jit = True
        yield model
    finally:
        for layer, values in zip(found, before, strict=True):
            for name, value in values.items():
                setattr(layer, name, value)
