"""Words as vectors made from their characters."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.checks import check_choice
from seqkit.layers.configured import Layer, no_mask
from seqkit.layers.dropout import Dropout
from seqkit.layers.lstm import LSTM
from seqkit.special_ids import PAD_ID


@keras.saving.register_keras_serializable(package="seqkit")
class CharacterEncoder(Layer):
    """A vector for each word, from its characters alone: it has no unknown words.

    With c_1 ... c_n the embeddings of a word's n characters, E wide, the vector is

    - `"cnn"`: for each width w of `kernel_sizes` and each of `units` filters H, b

          max over i of f(<c_{i-l} ... c_{i+r}, H> + b),   l = (w-1)//2, r = w//2

      (Kim et al. 2016, arXiv:1508.06615, equations 1 and 2, with several widths and a
      tanh; Ma and Hovy 2016, arXiv:1603.01354, section 2.1, with the width 3 alone).
      There is a window around each character; what is outside the word counts as 0;
    - `"lstm"`: the last states of an LSTM that reads the word forwards and of one that
      reads it backwards (Lample et al. 2016, arXiv:1603.01360, section 4.1).

    A word's vector depends on that word alone: not on the length that words are padded
    to, nor on other words. If there is no word, it is 0.

    Args:
        vocabulary_size: Number of character ids, including padding.
        units: Filters of each width, or units of each direction.
        embedding_dim: Width of a character's embedding, E.
        kernel_sizes, activation: Widths of the filters in characters, and their f.
        dropout: Fraction dropped from the characters' embeddings in training.
        implementation: As in `seqkit.layers.LSTM`; used by `"lstm"`.

    Call arguments:
        character_ids: Integer tensor `[B, T, C]`: B sentences of T words of C
            characters. 0 is padding: after the characters of a word, and all of what
            is after the words of a sentence.

    Returns:
        Tensor `[B, T, D]`; D is `units` times the number of `kernel_sizes`, or twice
        `units` with `"lstm"`.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.CharacterEncoder(100, units=8, kernel_sizes=(2, 3))
    >>> words = layer(np.array([[[5, 6, 7], [8, 0, 0], [0, 0, 0]]]))
    >>> tuple(words.shape), float(np.abs(words[0, 2]).max())
    ((1, 3, 16), 0.0)
    """

    compute_mask = no_mask

    def __init__(
        self,
        vocabulary_size: int,
        units: int = 30,
        embedding_dim: int = 30,
        mode: str = "cnn",
        kernel_sizes: Sequence[int] = (3,),
        activation: Any = "tanh",
        dropout: float = 0.0,
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_choice("mode", mode, ("cnn", "lstm"))
        if mode == "cnn" and not kernel_sizes:
            raise SeqkitError(
                f"kernel_sizes: expected one width or more, found {kernel_sizes!r}."
            )
        self.kernel_sizes = tuple(kernel_sizes)
        # Ma and Hovy's: of a variance that does not depend on the width.
        limit = (3 / embedding_dim) ** 0.5
        self.embedding = keras.layers.Embedding(
            vocabulary_size,
            embedding_dim,
            embeddings_initializer=keras.initializers.RandomUniform(-limit, limit),
            dtype=self.dtype_policy,
        )
        self.dropout_layer = Dropout(dropout, dtype=self.dtype_policy)
        self.convolutions: list[Any] = []
        self.recurrent: Any = None
        if mode == "lstm":
            self.recurrent = Bidirectional(
                LSTM(
                    units, implementation=self.implementation, dtype=self.dtype_policy
                ),
                dtype=self.dtype_policy,
            )
        else:
            self.convolutions = [
                keras.layers.Conv1D(
                    units,
                    kernel_size,
                    padding="same",
                    activation=self.activation,
                    dtype=self.dtype_policy,
                )
                for kernel_size in self.kernel_sizes
            ]

    def build(self, input_shape: Any) -> None:
        self.embedding.build()
        characters = (None, None, self.embedding_dim)
        for layer in self.convolutions or [self.recurrent]:
            layer.build(characters)
        self.built = True

    def call(self, character_ids: Any, training: bool = False) -> Any:
        shape = ops.shape(character_ids)
        character_ids = ops.reshape(character_ids, (-1, shape[2]))  # [B T, C]
        mask = ops.not_equal(character_ids, PAD_ID)
        x = self.dropout_layer(self.embedding(character_ids), training=training)
        encode = self._lstm if self.mode == "lstm" else self._cnn
        # PyTorch's convolution on a CPU returns float32 for float16.
        x = ops.cast(encode(x, mask, training), self.compute_dtype)
        x = ops.where(mask[:, :1], x, ops.zeros_like(x))
        return ops.reshape(x, (shape[0], shape[1], x.shape[-1]))

    def _cnn(self, x, mask, training):
        mask = mask[:, :, None]
        x = ops.where(mask, x, ops.zeros_like(x))
        lowest = ops.cast(-6e4 if self.compute_dtype == "float16" else -1e9, x.dtype)
        found = [
            ops.max(ops.where(mask, convolution(x), lowest), axis=1)
            for convolution in self.convolutions
        ]
        return ops.concatenate(found, axis=-1) if len(found) > 1 else found[0]

    def _lstm(self, x, mask, training):
        # Without a word one step is read, since cuDNN requires one.
        first = ops.equal(ops.arange(ops.shape(mask)[1]), 0)[None]
        return self.recurrent(x, mask=ops.logical_or(mask, first), training=training)
