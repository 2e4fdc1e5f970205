"""A text as what its filters found."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Layer, no_mask
from seqkit.layers.sequence_pooling import SequencePooling


@keras.saving.register_keras_serializable(package="seqkit")
class ConvolutionalEncoder(Layer):
    """Filters over windows of words, and the greatest value that each found.

        max over i of relu(<x_{i} ... x_{i+w-1}, H> + b)

    (Kim 2014, arXiv:1408.5882, equations 2 and 3) for each width w of `kernel_sizes`
    and each of `hidden_dim` filters H, b. What a window holds outside of the text
    counts as 0, as in Kim's code, so a text may be shorter than a filter.
    """

    compute_mask = no_mask

    def __init__(
        self,
        hidden_dim: int,
        kernel_sizes: Sequence[int] = (3, 4, 5),
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        if not kernel_sizes:
            raise SeqkitError(
                f"kernel_sizes: expected one width or more, found {kernel_sizes!r}."
            )
        self.width = hidden_dim * len(kernel_sizes)
        self.convolutions = [
            keras.layers.Conv1D(
                hidden_dim, size, activation="relu", dtype=self.dtype_policy
            )
            for size in kernel_sizes
        ]
        self.pooling = SequencePooling("max", dtype=self.dtype_policy)

    def build(self, input_shape: Any) -> None:
        for convolution in self.convolutions:
            convolution.build((None, None, input_shape[-1]))
        self.pooling.build((None, None, self.hidden_dim))
        self.built = True

    def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
        if mask is None:
            mask = ops.ones_like(x[:, :, 0], dtype="bool")
        x = ops.where(mask[:, :, None], x, ops.zeros_like(x))
        found = [
            self._greatest(convolution, size - 1, x, mask)
            for convolution, size in zip(
                self.convolutions, self.kernel_sizes, strict=True
            )
        ]
        return ops.concatenate(found, axis=-1)

    def _greatest(self, convolution, beyond, x, mask):
        windows = convolution(ops.pad(x, ((0, 0), (beyond, beyond), (0, 0))))
        # A window begins `beyond` positions before the one that it ends with.
        mask = ops.concatenate([mask[:, :1]] * beyond + [mask], axis=1)
        # PyTorch's convolution on a CPU returns float32 for float16.
        return self.pooling(ops.cast(windows, self.compute_dtype), mask=mask)
