"""One matrix for the tokens that go in and for those that come out."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Layer, no_mask
from seqkit.layers.dropout import Dropout
from seqkit.layers.projection import project


@keras.saving.register_keras_serializable(package="seqkit")
class TiedEmbedding(Layer):
    """Embeds tokens, and in reverse scores every token of the vocabulary.

        x_t      = E[token_t]          times sqrt(D) with `scale`
        logits_t = E h_t               plus b with `use_bias`

    Input and output share E `[V, D]` (Press and Wolf 2017, arXiv:1608.05859; Inan,
    Khosravi and Socher 2017, arXiv:1611.01462); `scale` is that of Vaswani et al. 2017,
    arXiv:1706.03762, section 3.4.

    With `embedding_dropout` p, whole rows of E are dropped for the input: a dropped
    token is 0 everywhere in the batch, and the others are divided by 1 - p (Gal and
    Ghahramani 2016, arXiv:1512.05287; Merity, Keskar and Socher 2018, arXiv:1708.02182,
    section 4.3). The output keeps all rows.

    Args:
        vocabulary_size, hidden_dim: Number of tokens, V, and width, D.
        tie_weights: `False` gives the output a matrix of its own, `[D, V]`.
        embeddings_initializer: Initializer of the matrices; by default normal with the
            standard deviation D^-1/2, which makes logits of the order of 1.
        output_dim: Width of what is scored, D by default; any other requires
            `tie_weights=False`.

    Call arguments:
        inputs: Integer tensor `[B, T]` of tokens; in reverse a tensor `[B, T, D]`. The
            leading axes may be any.
        reverse: Whether to score instead of to embed.

    Returns:
        Embeddings `[B, T, D]`; in reverse logits `[B, T, V]`, float32 in mixed
        precision too. No token is masked.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.TiedEmbedding(100, 16, scale=True)
    >>> x = layer(np.array([[5, 6, 7]]))
    >>> tuple(x.shape), tuple(layer(x, reverse=True).shape)
    ((1, 3, 16), (1, 3, 100))
    """

    compute_mask = no_mask

    def __init__(
        self,
        vocabulary_size: int,
        hidden_dim: int,
        tie_weights: bool = True,
        scale: bool = False,
        use_bias: bool = False,
        embedding_dropout: float = 0.0,
        embeddings_initializer: Any = None,
        output_dim: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        self.output_dim = output_dim or hidden_dim
        if tie_weights and self.output_dim != hidden_dim:
            raise SeqkitError(
                f"output_dim: expected hidden_dim={hidden_dim} with tie_weights=True, "
                f"found {output_dim}. Give tie_weights=False"
            )
        if embeddings_initializer is None:
            self.embeddings_initializer = keras.initializers.RandomNormal(
                stddev=hidden_dim**-0.5
            )
        self.dropout_layer = Dropout(embedding_dropout, dtype=self.dtype_policy)

    def build(self, input_shape: Any = None) -> None:
        shape = (self.vocabulary_size, self.hidden_dim)
        # Rows are cast when they are taken; of the whole matrix it would be a copy.
        initializer, options = self.embeddings_initializer, {"autocast": False}
        self._add("embeddings", shape, initializer.clone(), **options)
        self.reverse_embeddings = self.bias = None
        if not self.tie_weights:
            shape = (self.output_dim, self.vocabulary_size)
            self._add("reverse_embeddings", shape, initializer.clone(), **options)
        if self.use_bias:
            self._add("bias", (self.vocabulary_size,), "zeros")
        self.built = True

    def call(self, inputs: Any, reverse: bool = False, training: bool = False) -> Any:
        return self._score(inputs) if reverse else self._embed(inputs, training)

    def _embed(self, token_ids, training):
        token_ids = ops.cast(token_ids, "int32")
        x = ops.cast(ops.take(self.embeddings, token_ids, axis=0), self.compute_dtype)
        factor = self.hidden_dim**0.5 if self.scale else 1.0
        if training and self.embedding_dropout:
            rows = ops.ones((self.vocabulary_size, 1), dtype=self.compute_dtype)
            rows = self.dropout_layer(rows, training=True)
            x = x * ops.take(rows, token_ids, axis=0)
        return x if factor == 1.0 else x * ops.cast(factor, x.dtype)

    def _score(self, hidden):
        if hidden.shape[-1] != self.output_dim:
            raise SeqkitError(
                f"{self.name}: expected inputs of width {self.output_dim} with "
                f"reverse=True, found {hidden.shape[-1]}. Put a "
                f"Dense({self.output_dim}) before it."
            )
        return self.score(hidden, self.output_kernel())

    def output_kernel(self) -> Any:
        """The matrix `[D, V]` that scores; computed once for all steps of a decoder."""
        if self.tie_weights:
            return ops.transpose(ops.cast(self.embeddings, self.compute_dtype))
        return ops.cast(self.reverse_embeddings, self.compute_dtype)

    def score(self, hidden: Any, kernel: Any) -> Any:
        """Float32 logits `[..., V]` of `hidden` `[..., D]`, by an `output_kernel`."""
        logits = project(ops.cast(hidden, kernel.dtype), kernel, self.bias)
        dtype = keras.backend.standardize_dtype(logits.dtype)
        return ops.cast(logits, keras.backend.result_type(dtype, "float32"))
