"""The model that assigns a text one label or several."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.checks import check_choice
from seqkit.layers.dropout import Dropout
from seqkit.layers.sequence_pooling import SequencePooling
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.models.embedded_model import EmbeddedModel, as_float
from seqkit.registries import encoders, pooled_encoders
from seqkit.registry import accepted
from seqkit.special_ids import PAD_ID, UNKNOWN_ID


@keras.saving.register_keras_serializable(package="seqkit")
class TextClassifier(EmbeddedModel):
    """A text's tokens, a network over them, one vector of it all, and its classes.

        x_t    = E[token_t]
        h      = recurrent stack or Transformer of x, pooled over t;
                 or `"cnn"`, what filters found in x (Kim 2014, arXiv:1408.5882)
        logits = W h + b

    The logits `[B, K]` are float32. `compile` takes a loss from them: of class numbers
    `[B]`, or with `multi_label` of 0 and 1 for each class, `[B, K]`.

    Args:
        vocabulary_size: Number of token ids, including padding.
        num_classes: Number of classes, K.
        architecture: `"lstm"`, `"gru"`, `"rnn"`, `"cnn"` or `"transformer"`, or another
            name of `seqkit.registries.encoders` or `seqkit.registries.pooled_encoders`.
        hidden_dim: Units of each direction, filters of each width (Kim: 100), or the
            Transformer's width.
        embedding_dim: Width of the token vectors E (Kim: 300).
        bidirectional: Whether recurrent layers read both ways.
        pooling: What makes one vector of all steps: `"max"`, `"mean"`, `"last"` or
            `"attention"`, as in `seqkit.layers.SequencePooling`; `"last"` of a
            recurrent network is what each direction has read at its end. By default
            `"mean"` for a Transformer, else `"max"`, the only one of a CNN.
        kernel_sizes: Widths of a CNN's filters in tokens.
        num_layers, num_heads, intermediate_dim, dropout: As in `Tagger`.
        token_dropout: Fraction of the tokens that become `<unk>` in training, so that
            unknown tokens are learned.
        embedding_dropout: Fraction of the vocabulary dropped per batch, as in
            `seqkit.layers.TiedEmbedding`.
        input_dropout, output_dropout: Fractions dropped from x (Kim: 0) and from h;
            `dropout` by default.
        variational: Whether `input_dropout`, and `dropout` of recurrent layers, drop
            the same units at all tokens of a text.
        multi_label: Whether a text may have any number of the classes.
        implementation: What runs recurrent layers, as in `seqkit.layers.LSTM`.

    Call arguments:
        inputs: Dictionary of `"token_ids"` `[B, T]` int32, right-padded with 0, or
            these alone.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.TextClassifier(100, 2, architecture="cnn", hidden_dim=8)
    >>> logits = model(np.array([[5, 6, 7, 8], [9, 0, 0, 0]]))
    >>> tuple(logits.shape), round(float(sum(model.probabilities(logits)[1])), 3)
    ((2, 2), 1.0)
    """

    def __init__(
        self,
        vocabulary_size: int,
        num_classes: int,
        *,
        architecture: str = "lstm",
        num_layers: int = 1,
        hidden_dim: int = 128,
        embedding_dim: int = 128,
        bidirectional: bool = True,
        pooling: str | None = None,
        kernel_sizes: Sequence[int] = (3, 4, 5),
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        token_dropout: float = 0.0,
        embedding_dropout: float = 0.0,
        input_dropout: float | None = None,
        dropout: float = 0.5,
        output_dropout: float | None = None,
        variational: bool = True,
        multi_label: bool = False,
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_choice("architecture", architecture, (*encoders, *pooled_encoders))
        pooled = architecture in pooled_encoders
        encoder = (pooled_encoders if pooled else encoders)[architecture]
        if pooled and pooling not in (None, "max"):
            raise SeqkitError(
                f"pooling: expected 'max' or None with architecture={architecture!r}, "
                f"found {pooling!r}. This encoder pools by itself"
            )
        if pooling is None:
            of = encoder.func if isinstance(encoder, partial) else encoder
            self.pooling = "max" if pooled else getattr(of, "default_pooling", "max")
        self.input_dropout = dropout if input_dropout is None else input_dropout
        self.output_dropout = dropout if output_dropout is None else output_dropout
        dtype = self.dtype_policy
        self.token_dropout_layer = Dropout(token_dropout, dtype=dtype)
        self.embedding = TiedEmbedding(
            vocabulary_size,
            embedding_dim,
            embedding_dropout=embedding_dropout,
            name="embedding",
            dtype=dtype,
        )
        more = {"bidirectional": bidirectional, "kernel_sizes": kernel_sizes}
        # A recurrent network knows by itself what each direction has read at its end.
        if self.pooling == "last" and accepted(encoder, {"return_sequences": False}):
            more["return_sequences"], pooled = False, True
        self.encoder = self._make_encoder(encoder, **more)
        self.pooling_layer = None
        if not pooled:
            self.pooling_layer = SequencePooling(self.pooling, dtype=dtype)
        self.output_dropout_layer = Dropout(self.output_dropout, dtype=dtype)
        self.classes = keras.layers.Dense(num_classes, name="classes", dtype=dtype)

    def build(self, input_shape: Any = None) -> None:
        self.embedding.build()
        self.encoder.build((None, None, self.embedding_dim))
        if self.pooling_layer is not None:
            self.pooling_layer.build((None, None, self.encoder.width))
        self.classes.build((None, self.encoder.width))
        self.built = True

    def embed(self, inputs: Any, training: bool = False) -> Any:
        """The vectors of tokens, x `[B, T, E]`."""
        token_ids = ops.cast(self._input(inputs, "token_ids"), "int32")
        if training and self.token_dropout:
            kept = ops.ones(ops.shape(token_ids), dtype=self.compute_dtype)
            kept = ops.not_equal(self.token_dropout_layer(kept, training=True), 0)
            kept = ops.logical_or(kept, ops.equal(token_ids, PAD_ID))
            token_ids = ops.where(kept, token_ids, UNKNOWN_ID)
        return self.embedding(token_ids, training=training)

    def call_embedded(self, embedded: Any, mask: Any, training: bool = False) -> Any:
        """The outputs, from x `[B, T, E]` and a mask `[B, T]`."""
        pooled = self._encode(embedded, mask, training)
        if self.pooling_layer is not None:
            pooled = self.pooling_layer(pooled, mask=mask)
        pooled = self.output_dropout_layer(pooled, training=training)
        return as_float(self.classes(pooled))

    def probabilities(self, logits: Any) -> Any:
        """Of each class `[B, K]`, from logits: with `multi_label` each by itself."""
        return ops.sigmoid(logits) if self.multi_label else ops.softmax(logits, axis=-1)
