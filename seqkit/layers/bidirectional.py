"""Both directions of a recurrent layer."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.recurrent import Recurrent, boolean_mask
from seqkit.layers.whole import run_both

_OF_KERAS = {keras.layers.LSTM, keras.layers.GRU}
_MERGE = {
    "concat": lambda y, z: ops.concatenate([y, z], axis=-1),
    "sum": lambda y, z: y + z,
    "mul": lambda y, z: y * z,
    "ave": lambda y, z: (y + z) / 2,
}


@keras.saving.register_keras_serializable(package="seqkit")
class Bidirectional(keras.layers.Bidirectional):
    """Runs a recurrent layer forwards and a copy of it backwards.

    A drop-in for `keras.layers.Bidirectional`, of Schuster and Paliwal, "Bidirectional
    Recurrent Neural Networks" (1997). With a mask the backward direction starts at the
    last real token of each row: a masked step leaves its state alone. On JAX and
    PyTorch both directions are one call of cuDNN, or of PyTorch's kernel, if it runs.

    Args:
        layer: A recurrent layer, such as `seqkit.layers.LSTM`. It is copied, not used.
        merge_mode: How outputs are joined: `"concat"`, `"sum"`, `"mul"`, `"ave"`; or
            `None`, which returns both.
        weights: Initial weights, forward layer first. Not kept in the configuration.
        backward_layer: A layer for the other direction (`go_backwards=True`); by
            default like `layer`.

    Call arguments:
        sequences: [B, T, D].
        initial_state: List: the forward layer's states, then the backward layer's.
        mask: [B, T] boolean, `True` = keep. Outputs at masked steps are 0 with
            `return_sequences`.

    Returns:
        [B, 2 H] (or [B, H], by `merge_mode`), or [B, T, 2 H] if the layer has
        `return_sequences`. With `return_state` a tuple of that, the forward states and
        the backward states.

    >>> import keras
    >>> from seqkit.layers import LSTM, Bidirectional
    >>> Bidirectional(LSTM(4))(keras.ops.ones((2, 5, 3))).shape[-1]
    8
    """

    def __init__(
        self,
        layer: Any,
        merge_mode: str = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(layer, merge_mode, weights, backward_layer, **kwargs)

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = None,
    ) -> Any:
        joint = self._joint(sequences, initial_state, boolean_mask(mask), training)
        if joint is None:
            options = {"mask": mask, "training": training}
            return super().call(sequences, initial_state, **options)
        *outputs, states = joint
        outputs = [ops.cast(y, self.compute_dtype) for y in outputs]
        if self.merge_mode is not None:
            outputs = [_MERGE[self.merge_mode](*outputs)]
        if not self.return_state:
            return outputs[0] if self.merge_mode else tuple(outputs)
        return (*outputs, *keras.tree.flatten(states))

    def _joint(self, sequences, initial_state, mask, training):
        """Outputs of both directions and their states, if one call can give them."""
        forward, backward = layers = self.forward_layer, self.backward_layer
        if not all(isinstance(layer, Recurrent) for layer in layers):
            return None
        states = initial_state
        if states is None:
            rows = ops.shape(sequences)[0]
            states = [s for layer in layers for s in layer.get_initial_state(rows)]
        half = len(forward.state_size)
        states = [list(states[:half]), list(states[half:])]
        joint = run_both(forward, backward, sequences, states, mask, training)
        if joint is None or self.return_sequences:
            return joint
        *_, states = joint
        ends = [h for h, *_ in states]
        if mask is not None:
            some = ops.any(mask, axis=1, keepdims=True)
            ends = [ops.where(some, h, ops.zeros_like(h)) for h in ends]
        return *ends, states

    # Keras would take cuDNN without asking `implementation`, with a half precision that
    # it lacks, and past what a subclass adds to the recurrence.

    def _call_fused_lstm(self, sequences, initial_state):
        self._refuse_unless_of_keras()
        return super()._call_fused_lstm(sequences, initial_state)

    def _call_fused_gru(self, sequences, initial_state):
        self._refuse_unless_of_keras()
        return super()._call_fused_gru(sequences, initial_state)

    def _refuse_unless_of_keras(self):
        if not {type(self.forward_layer), type(self.backward_layer)} <= _OF_KERAS:
            raise NotImplementedError  # upon which Keras runs one after the other

    def compute_mask(self, sequences: Any, mask: Any) -> Any:
        # Keras multiplies a generator (TypeError) if stateful with return_state.
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        masks = [mask if self.return_sequences else None]
        masks *= 2 if self.merge_mode is None else 1
        if self.return_state:
            masks += [None] * 2 * len(self.forward_layer.state_size)
        return tuple(masks) if len(masks) > 1 else masks[0]
