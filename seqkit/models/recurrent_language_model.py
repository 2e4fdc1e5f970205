"""The recurrent network that continues a text."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.recurrent_stack import RecurrentStack
from seqkit.models import parts
from seqkit.models.language_model import LanguageModel


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentLanguageModel(LanguageModel):
    """Embedding, recurrent layers, softmax (Mikolov et al. 2010; Zaremba et al. 2014).

        x_t      = E[token_t]
        h_t      = stack(x_1, …, x_t)
        logits_t = E h_t + b

    with one matrix E for both ends (Press and Wolf 2017, arXiv:1608.05859), or with
    `tie_embeddings=False` two. The regularisation is that of AWD-LSTM (Merity et al.
    2017, arXiv:1708.02182, section 4), all of it off by default:

    - `embedding_dropout` drops whole words, `input_dropout` from the embeddings,
      `dropout` between layers and `output_dropout` from the last one, each with one
      mask per row (with `variational=False` the fresh masks of Zaremba et al.,
      arXiv:1409.2329), `weight_drop` from the recurrent kernels;
    - `activation_regularization` α adds `α · mean((dropped h_t)²)` to the loss, and
      `temporal_activation_regularization` β adds `β · mean((h_{t+1} - h_t)²)`.

    Args:
        vocabulary_size, batch_size: As in `LanguageModel`.
        cell, num_layers, implementation: As in `seqkit.layers.RecurrentStack`.
        hidden_dim: Units of each layer.
        embedding_dim: Width of the embeddings; `hidden_dim` by default. If they are
            tied, the last layer has that many units.
        initializer_range: All weights begin uniformly between minus this and this,
            biases too (0.05 for the medium model of Zaremba et al.); by default
            glorot, orthogonal for the recurrent kernels, 0 for biases and 1 for that of
            a forget gate.

    Inputs and outputs are those of `LanguageModel`, the state that of `RecurrentStack`:
    for each layer a list, `[h]` or of an LSTM `[h, c]`, `[B, H]` each.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.RecurrentLanguageModel(100, hidden_dim=16)
    >>> logits = model(np.array([[5, 6, 7]]))
    >>> last, state = model.step(np.array([5]), model.initial_state(1))
    >>> tuple(logits.shape), tuple(last.shape)
    ((1, 3, 100), (1, 100))
    """

    def __init__(
        self,
        vocabulary_size: int,
        cell: str = "lstm",
        num_layers: int = 2,
        hidden_dim: int = 256,
        embedding_dim: int | None = None,
        tie_embeddings: bool = True,
        input_dropout: float = 0.0,
        dropout: float = 0.0,
        output_dropout: float = 0.0,
        embedding_dropout: float = 0.0,
        weight_drop: float = 0.0,
        variational: bool = True,
        activation_regularization: float = 0.0,
        temporal_activation_regularization: float = 0.0,
        initializer_range: float | None = None,
        implementation: str | int = "auto",
        batch_size: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(vocabulary_size, batch_size, **kwargs)
        self.keep(locals())
        self.embedding_dim = embedding_dim or hidden_dim
        dtype = self.dtype_policy
        uniform = self._uniform() if initializer_range else None
        units = [hidden_dim] * num_layers
        if tie_embeddings:
            units[-1] = self.embedding_dim
        self._make_embedding(
            self.embedding_dim,
            output_dim=units[-1],
            use_bias=True,
            embedding_dropout=embedding_dropout,
            embeddings_initializer=uniform,
        )
        self.stack = RecurrentStack(
            units,
            cell=cell,
            input_dropout=input_dropout,
            dropout=dropout,
            variational=variational,
            weight_drop=weight_drop,
            kernel_initializer=uniform or "glorot_uniform",
            recurrent_initializer=uniform or "orthogonal",
            return_sequences=True,
            return_state=True,
            implementation=self.implementation,
            name="stack",
            dtype=dtype,
        )
        # Outside the stack, since one of the penalties is of what is not dropped.
        self.output_dropout_layer = parts.dropout(self, output_dropout, variational)

    def build(self, input_shape: Any = None) -> None:
        self.embedding.build()
        self.stack.build((self.batch_size, None, self.embedding_dim))
        if self.initializer_range:
            # Biases too, of the forget gate as well: with the usual 1 there, rates as
            # high as those of Zaremba et al. throw the first steps far off.
            for weight in (*self.stack.weights, self.embedding.bias):
                if weight.name == "bias":
                    weight.assign(self._uniform()(weight.shape))
        self._build_carried()
        self.built = True

    def _uniform(self):
        limit = self.initializer_range
        return keras.initializers.RandomUniform(-limit, limit)

    def initial_state(self, batch_size: Any) -> Any:
        return self.stack.get_initial_state(batch_size)

    def run(self, token_ids: Any, state: Any, training: bool = False) -> Any:
        x = self.embedding(token_ids, training=training)
        x, state = self.stack(x, initial_state=state, training=training)
        dropped = self.output_dropout_layer(x, training=training)
        if training:
            self._regularize(x, dropped)
        return dropped, state

    def _regularize(self, hidden, dropped):
        if self.activation_regularization:
            penalty = ops.mean(ops.square(ops.cast(dropped, "float32")))
            self.add_loss(self.activation_regularization * penalty)
        if self.temporal_activation_regularization:
            hidden = ops.cast(hidden, "float32")
            penalty = ops.mean(ops.square(hidden[:, 1:] - hidden[:, :-1]))
            self.add_loss(self.temporal_activation_regularization * penalty)

    def step(self, token_ids: Any, state: Any) -> Any:
        x, state = self.stack.step(self.embedding(token_ids), state)
        return self.logits(x), state
