"""What SimpleRNN, LSTM and GRU share: masks and the choice of an implementation.

Only the inner loop of Keras's layer is replaced: `"cudnn"` is cuDNN, on TensorFlow by
Keras's own path to it; `"fused"` TensorFlow with a hand-written gradient or PyTorch's
kernels, first derivatives only; and `"loop"` Keras's loop over one step in `keras.ops`.
All compute the same numbers.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.implementation import (
    IMPLEMENTATIONS,
    LoadsFormerName,
    take_former_name,
)
from seqkit.layers.loop import scan_steps
from seqkit.layers.whole import cudnn_obstacles, run_whole, working_dtype


class Recurrent(LoadsFormerName):
    """Mixed in before a Keras recurrent layer; the subclass adds the equations.

    A subclass defines `step(recurrent_kernel, bias, projected, states)`, one step after
    the input's projection; `fused(kernels)`, the equations for `fused_tensorflow`, or
    `None` if it lacks them; and `project(kernel, bias, sequences)`, if another.
    """

    def __init__(self, *args: Any, implementation: str | int = "auto", **kwargs: Any):
        former = take_former_name(kwargs)
        super().__init__(*args, **kwargs)
        self._implementation_in_use: str | None = None
        self.implementation = former.get("implementation", implementation)

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        initializer = self.cell.recurrent_initializer

        def wide(shape: Any, dtype: Any = None) -> Any:
            # Not every backend can make an orthogonal matrix of a half precision.
            return ops.cast(initializer(shape, dtype=working_dtype(dtype)), dtype)

        self.cell.recurrent_initializer = wide
        try:
            super().build(sequences_shape, initial_state_shape)
        finally:
            self.cell.recurrent_initializer = initializer

    @property
    def implementation(self) -> str | int:
        """As it was given. May be set at any time, for what is traced later."""
        return self._implementation

    @implementation.setter
    def implementation(self, value: str | int) -> None:
        of_keras = (0, 1, 2) if hasattr(self.cell, "implementation") else ()
        if value not in (*IMPLEMENTATIONS, *of_keras):
            raise SeqkitError(
                f"{self.name}: expected implementation to be one of {IMPLEMENTATIONS}, "
                f"found {value!r}"
            )
        use_cudnn = getattr(self, "use_cudnn", "auto")
        if (use_cudnn is True and value in ("fused", "loop")) or (
            use_cudnn is False and value == "cudnn"
        ):
            raise SeqkitError(
                f"{self.name}: implementation={value!r} contradicts use_cudnn="
                f"{use_cudnn}. Give implementation alone"
            )
        self._implementation = value
        if of_keras:
            one = value == 1 or self.cell.recurrent_dropout
            self.cell.implementation = 1 if one else 2
        if value in ("fused", "loop"):
            self.supports_jit = True  # Keras sets it to False on a GPU

    @property
    def implementation_in_use(self) -> str | None:
        """What the last trace (or eager call) took; `None` before."""
        return self._implementation_in_use

    def inner_loop(
        self,
        sequences: Any,
        initial_state: Any,
        mask: Any,
        training: bool = False,
    ) -> tuple[Any, Any, list]:
        """Runs the recurrence; called by Keras's `call`."""
        states = initial_state if isinstance(initial_state, list) else [initial_state]
        mask = boolean_mask(mask)
        candidates = self._candidates()
        for name in candidates:
            run = getattr(self, f"_run_{name}")
            result = run(sequences, states, mask, training)
            if result is not None:
                self.note(name)
                outputs, states = result
                return self._finish(outputs, states, mask)
        raise SeqkitError(
            f"{self.name}: implementation={candidates[0]!r} cannot run here: "
            f"{self._obstacles(candidates[0], sequences)}. Use implementation='auto'"
        )

    def _candidates(self):
        """Implementations to try, the first that can run is taken."""
        use_cudnn = getattr(self, "use_cudnn", False)
        chosen = str(self.implementation)
        if chosen in ("auto", "0", "1", "2"):
            chosen = "cudnn" if use_cudnn is True else "auto"
        if chosen != "auto":
            return [chosen]
        return (["cudnn"] if use_cudnn == "auto" else []) + ["fused", "loop"]

    def _obstacles(self, name, sequences):
        if name == "cudnn":
            return "; ".join(cudnn_obstacles(self, sequences))
        return f"expected {_FUSED}"

    def whole(self, sequences: Any) -> str | None:
        """Whether one call of a library runs it here: `"cudnn"`, `"fused"` or `None`.

        Of TensorFlow `None`, where Keras decides.
        """
        for name in self._candidates():
            if self._runs_whole(name, sequences):
                return name
        return None

    def _runs_whole(self, name, sequences):
        backend = keras.backend.backend()
        if name == "cudnn":
            return backend != "tensorflow" and not cudnn_obstacles(self, sequences)
        if backend != "torch" or name != "fused" or self.unroll:
            return False
        from seqkit.layers import fused_torch

        equations = self._projects_once() and self.fused(fused_torch)
        return bool(equations) and fused_torch.runs_here(sequences)

    @property
    def joins(self) -> bool:
        """Whether nothing was added around the recurrence of the class."""
        return type(self).inner_loop is Recurrent.inner_loop

    def note(self, name: str) -> None:
        """Takes down what ran, for `implementation_in_use`."""
        self._implementation_in_use = name

    def project(self, kernel: Any, bias: Any, sequences: Any) -> Any:
        """The projected input, and what is left of the bias for `step`."""
        projected = ops.matmul(sequences, kernel)
        return (projected if bias is None else projected + bias), None

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config["implementation"] = self.implementation
        # Keras's own get_config forgets these, the seed in a SimpleRNN alone.
        config["seed"] = self.cell.seed
        if hasattr(self, "use_cudnn"):
            config["use_cudnn"] = self.use_cudnn
        return config

    # Each returns `(outputs, states)`, or None if it cannot run. Outputs are
    # [B, T, H] or None; at a masked step they repeat the state before.

    def _run_cudnn(self, sequences, states, mask, training):
        if keras.backend.backend() != "tensorflow":
            return self._run_whole("cudnn", sequences, states, mask, training)
        if not hasattr(self, "use_cudnn"):
            return None
        before, self.use_cudnn = self.use_cudnn, True
        try:
            last, outputs, states = super().inner_loop(
                sequences, states, mask, training=training
            )
        except ValueError as error:
            if "use_cudnn=True was specified" not in str(error):
                raise
            return None
        finally:
            self.use_cudnn = before
        if not self.return_sequences:
            return None, states
        if mask is not None and not self.go_backwards:
            # cuDNN's outputs are zeros after the end of a row.
            outputs = ops.where(mask[:, :, None], outputs, last[:, None])
        return outputs, states

    def _run_whole(self, name, sequences, states, mask, training):
        if not self._runs_whole(name, sequences):
            return None
        sequences, mask = self._in_reading_order(sequences, mask, training)
        outputs, (states,) = run_whole(name, [self], sequences, [states], mask)
        return (outputs if self.return_sequences else None), states

    def _in_reading_order(self, sequences, mask, training):
        """With dropout, and flipped if read backwards."""
        sequences = self._dropped(sequences, training)
        if self.go_backwards:
            sequences = ops.flip(sequences, axis=1)
            mask = None if mask is None else ops.flip(mask, axis=1)
        return sequences, mask

    def _run_fused(self, sequences, states, mask, training):
        if keras.backend.backend() != "tensorflow":
            return self._run_whole("fused", sequences, states, mask, training)
        if self.unroll or not self._projects_once():
            return None
        from seqkit.layers import fused_tensorflow

        equations = self.fused(fused_tensorflow)
        if equations is None:
            return None
        kernel, recurrent_kernel, bias = self.kernel_weights()
        sequences, mask = self._in_reading_order(sequences, mask, training)
        projected, bias = self.project(
            kernel, bias, ops.transpose(sequences, (1, 0, 2))
        )
        outputs, states = fused_tensorflow.recurrence(
            equations,
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
        if not self._projects_once():
            _, outputs, states = keras.layers.RNN.inner_loop(
                self, sequences, states, mask, training=training
            )
            return (outputs if self.return_sequences else None), states
        kernel, recurrent_kernel, bias = self.kernel_weights()
        sequences = self._dropped(sequences, training)
        sequences, bias = self.project(kernel, bias, sequences)

        def step(projected, states):
            states = self.step(recurrent_kernel, bias, projected, states)
            return states[0], states

        outputs, states = scan_steps(
            step,
            sequences,
            states,
            mask,
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
            unroll=self.unroll,
        )
        return (outputs if self.return_sequences else None), states

    def _projects_once(self):
        """Whether one projection serves all steps, as no step has its own dropout."""
        return (
            self.cell.recurrent_dropout == 0
            and getattr(self.cell, "implementation", 2) == 2
        )

    def kernel_weights(self) -> Any:
        """Kernel, recurrent kernel and bias (or `None`), in the compute dtype."""
        cell = self.cell
        return tuple(
            None if w is None else ops.cast(w, self.compute_dtype)
            for w in (cell.kernel, cell.recurrent_kernel, cell.bias)
        )

    def _dropped(self, sequences, training):
        """Input dropout: one mask per row, the same at every step (Keras's)."""
        if not (training and self.cell.dropout):
            return sequences
        return sequences * self.cell.get_dropout_mask(sequences[:, 0])[:, None]

    def _finish(self, outputs, states, mask):
        """Outputs at masked steps as Keras returns them on TensorFlow."""
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


_FUSED = (
    "TensorFlow, or PyTorch outside its tracers; tanh (in a SimpleRNN relu too, and on "
    "TensorFlow linear) and sigmoid; no recurrent_dropout; not unrolled; reset_after "
    "in a GRU"
)


def boolean_mask(mask: Any) -> Any:
    """A mask as Keras passes it, as `[B, T]` booleans, or `None`."""
    if isinstance(mask, list | tuple):
        mask = mask[0]
    if mask is None:
        return None
    mask = ops.cast(mask, "bool")
    return ops.squeeze(mask, -1) if len(mask.shape) == 3 else mask


@contextlib.contextmanager
def without_cudnn(model: Any) -> Iterator[Any]:
    """Within this context no cuDNN is traced: for machines without a GPU."""
    found = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, Recurrent | keras.layers.RNN)
    ]
    names = ("_implementation", "use_cudnn", "supports_jit")
    before = [{n: getattr(a, n) for n in names if hasattr(a, n)} for a in found]
    try:
        for layer in found:
            if hasattr(layer, "use_cudnn"):
                layer.use_cudnn = False
            if getattr(layer, "_implementation", None) == "cudnn":
                layer._implementation = "auto"
            layer.supports_jit = True
        yield model
    finally:
        for layer, values in zip(found, before, strict=True):
            for name, value in values.items():
                setattr(layer, name, value)
