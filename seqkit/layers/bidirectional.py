"""Both directions of a recurrent layer."""

from typing import Any

import keras

from seqkit.layers.gru import GRU
from seqkit.layers.lstm import LSTM

_CUDNN = ("auto", "cudnn", 1, 2)


@keras.saving.register_keras_serializable(package="seqkit")
class Bidirectional(keras.layers.Bidirectional):
    """Runs a recurrent layer forwards and a copy of it backwards.

    A drop-in for `keras.layers.Bidirectional`, of Schuster and Paliwal, "Bidirectional
    Recurrent Neural Networks" (1997). With a mask the backward direction starts at the
    last real token of each row: a masked step leaves its state alone.

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

    # On JAX and PyTorch with a GPU Keras runs both directions in one call of cuDNN,
    # which knows neither `implementation` nor what a subclass adds to the recurrence.

    def _can_attempt_fused_lstm(self, mask, initial_state=None):
        return self._may_join() and super()._can_attempt_fused_lstm(mask, initial_state)

    def _can_attempt_fused_gru(self, mask, initial_state=None):
        return self._may_join() and super()._can_attempt_fused_gru(mask, initial_state)

    def _may_join(self):
        joint = (LSTM, GRU, keras.layers.LSTM, keras.layers.GRU)
        return all(
            type(layer) in joint and getattr(layer, "implementation", "auto") in _CUDNN
            for layer in (self.forward_layer, self.backward_layer)
        )

    def _call_fused_lstm(self, sequences, initial_state):
        return self._note(super()._call_fused_lstm(sequences, initial_state))

    def _call_fused_gru(self, sequences, initial_state):
        return self._note(super()._call_fused_gru(sequences, initial_state))

    def _note(self, outputs):
        for layer in (self.forward_layer, self.backward_layer):
            layer._implementation_in_use = "cudnn"
        return outputs

    def compute_mask(self, sequences: Any, mask: Any) -> Any:
        # Keras multiplies a generator (TypeError) if stateful with return_state.
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        masks = [mask if self.return_sequences else None]
        masks *= 2 if self.merge_mode is None else 1
        if self.return_state:
            masks += [None] * 2 * len(self.forward_layer.state_size)
        return tuple(masks) if len(masks) > 1 else masks[0]
