"""One vector for a whole sequence."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.checks import check_choice
from seqkit.layers.configured import Layer, no_mask
from seqkit.layers.projection import project


@keras.saving.register_keras_serializable(package="seqkit")
class SequencePooling(Layer):
    """Makes one vector `[B, D]` of the vectors h_1 ... h_n of each row, less padding.

    - `"max"`: the greatest value of each unit (Collobert et al. 2011, arXiv:1103.0398,
      section 3.3.2);
    - `"mean"`: their mean;
    - `"last"`: h_n. In a bidirectional layer that is the backward direction's first
      step, which has read one word; `return_sequences=False` of the layer itself
      returns what each direction has read at its end;
    - `"attention"`: a mean whose weights are learned,

          u_t = tanh(W h_t + b),   a = softmax over t of <u_t, v>,   sum_t a_t h_t

      (Lin et al. 2017, arXiv:1703.03130, equation 5; with the bias of Yang et al. 2016,
      "Hierarchical Attention Networks").

    Padding may hold anything. The vector of a row without any step is 0.

    Args:
        kernel_initializer: Initializer of W `[D, U]` and v `[U]`; b begins with zeros.

    Call arguments:
        sequences: Tensor `[B, T, D]`.
        mask: Boolean tensor `[B, T]`, right-padded, `True` = keep; all by default.

    >>> import numpy as np, seqkit
    >>> sequences = np.array([[[1.0, 5.0], [3.0, 1.0], [9.0, 9.0]]])
    >>> layer = seqkit.layers.SequencePooling("mean")
    >>> [float(x) for x in layer(sequences, mask=np.array([[True, True, False]]))[0]]
    [2.0, 3.0]
    """

    compute_mask = no_mask

    def __init__(
        self,
        mode: str = "max",
        units: int | None = None,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_choice("mode", mode, ("max", "mean", "last", "attention"))
        self.supports_masking = True

    def build(self, sequences_shape: Any) -> None:
        if self.mode == "attention":
            width = sequences_shape[-1]
            units = self.units or width
            self._add("kernel", (width, units))
            self._add("bias", (units,), "zeros")
            self._add("context", (units, 1))
        self.built = True

    def call(self, sequences: Any, mask: Any = None) -> Any:
        if mask is None:
            mask = ops.ones_like(sequences[:, :, 0], dtype="bool")
        mask = ops.cast(mask, "bool")
        sequences = self._kept(mask, sequences)
        return getattr(self, f"_{self.mode}")(sequences, mask)

    def attention_weights(self, sequences: Any, mask: Any = None) -> Any:
        """The weights a of `"attention"`: float32 `[B, T]`, 0 at padding."""
        seen = ops.tanh(project(sequences, self.kernel, self.bias))
        scores = project(seen, self.context)[:, :, 0]
        scores = ops.cast(scores, self._sum_dtype)
        if mask is None:
            mask = ops.ones_like(scores, dtype="bool")
        mask = ops.cast(mask, "bool")
        scores = ops.where(mask, scores, -1e9)
        # By hand: Keras's softmax warns if there is one step only.
        weights = ops.exp(scores - ops.max(scores, axis=1, keepdims=True))
        weights = weights / ops.sum(weights, axis=1, keepdims=True)
        return ops.where(mask, weights, ops.zeros_like(weights))

    @property
    def _sum_dtype(self):
        """Half precision is not enough for sums over a long text."""
        return keras.backend.result_type(self.compute_dtype, "float32")

    @staticmethod
    def _kept(mask, x, otherwise=0.0):
        return ops.where(mask[:, :, None], x, ops.cast(otherwise, x.dtype))

    def _max(self, sequences, mask):
        lowest = -6e4 if self.compute_dtype == "float16" else -1e9
        found = ops.max(self._kept(mask, sequences, lowest), axis=1)
        return ops.where(ops.any(mask, axis=1)[:, None], found, ops.zeros_like(found))

    def _mean(self, sequences, mask):
        count = ops.sum(ops.cast(mask, self._sum_dtype), axis=1)[:, None]
        total = ops.sum(ops.cast(sequences, self._sum_dtype), axis=1)
        return ops.cast(total / ops.maximum(count, 1), self.compute_dtype)

    def _last(self, sequences, mask):
        count = ops.cumsum(ops.cast(mask, "int32"), axis=1)
        last = ops.logical_and(mask, ops.equal(count, count[:, -1:]))
        return ops.sum(self._kept(last, sequences), axis=1)

    def _attention(self, sequences, mask):
        weights = self.attention_weights(sequences, mask)
        weights = ops.cast(weights, self.compute_dtype)
        return ops.matmul(weights[:, None], sequences)[:, 0]

    def compute_output_shape(self, sequences_shape: Any) -> Any:
        return (sequences_shape[0], sequences_shape[-1])
