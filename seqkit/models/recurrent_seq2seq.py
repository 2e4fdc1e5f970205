"""The recurrent network that translates, with attention or without."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.projection import position_wise
from seqkit.layers.recurrent_stack import RecurrentStack
from seqkit.models.parts import build_all
from seqkit.models.recurrent_target import RecurrentTarget
from seqkit.models.seq2seq import Seq2Seq


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentSeq2Seq(RecurrentTarget, Seq2Seq):
    """Bidirectional recurrent encoder, recurrent decoder, attention between the two.

    The encoder reads both ways (Bahdanau et al. 2015, arXiv:1409.0473); its output at
    position s, projected to D, is m_s. Its final states, both directions of each layer,
    go through a dense layer and become the initial states of the decoder's layers. With
    `attention=None` nothing else connects the two (Sutskever et al. 2014,
    arXiv:1409.3215). The decoder is that of Luong et al. 2015, arXiv:1508.04025,
    equations 5 and 6, h_t being the output of its last layer:

        c_t      = sum over s of softmax_s(score(h_t, m_s)) m_s
        a_t      = tanh(W [c_t; h_t] + b)        without attention: tanh(W h_t + b)
        logits_t = E a_t

    E is the embedding, shared: between source and target if they have one vocabulary,
    and with the output layer. The query h_t is the state after step t, not the one
    before it, so in training the whole target runs through the recurrent layers at
    once. With `input_feeding` (section 3.3 there) it cannot: a_{t-1} is an input of
    step t.

    Args:
        vocabulary_size: Number of target tokens, V.
        source_vocabulary_size: Number of source tokens, if the source has a vocabulary
            of its own; by default both sides share one embedding.
        cell, implementation: As in `seqkit.layers.RecurrentStack`.
        num_layers, hidden_dim: Layers of the encoder, and as many of the decoder; units
            of each (in the encoder of each direction) and width of the embedding, D.
        attention: The score, as in `seqkit.layers.Attention`, or `None`.
        dropout: Fraction dropped from embeddings, between layers and before the output.
        copy, max_extra: Whether words of the source can be copied (See et al. 2017,
            arXiv:1704.04368), by the weights of the attention; and the most unknown
            words of a source that can be.
        coverage: Whether attention sees what it has attended to before (there,
            equation 11), which has a loss of its own, see
            `seqkit.training.CoverageSchedule`.

    Inputs and outputs are those of `Seq2Seq`. The memory is a dictionary: `"states"`,
    the decoder's initial ones, and with attention `"sequence"` `[B, S, D]`.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.RecurrentSeq2Seq(100, cell="gru", hidden_dim=16)
    >>> ids = {"encoder_token_ids": np.array([[5, 6, 3]]),
    ...        "decoder_token_ids": np.array([[2, 7]])}
    >>> tuple(model(ids).shape)
    (1, 2, 100)
    """

    def __init__(
        self,
        vocabulary_size: int,
        source_vocabulary_size: int | None = None,
        cell: str = "lstm",
        num_layers: int = 1,
        hidden_dim: int = 256,
        attention: Any = "additive",
        input_feeding: bool = False,
        dropout: float = 0.1,
        tie_embeddings: bool = True,
        implementation: str | int = "auto",
        copy: bool = False,
        max_extra: int = 0,
        coverage: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals(), but=("attention",))
        if copy and attention is None:
            raise SeqkitError("attention: expected a score with copy=True, found None.")
        dtype = self.dtype_policy
        self._make_embeddings(tie_embeddings)
        self.encoder_stack = RecurrentStack(
            hidden_dim,
            num_layers,
            cell=cell,
            bidirectional=True,
            dropout=dropout,
            variational=False,
            return_sequences=True,
            return_state=True,
            implementation=self.implementation,
            name="encoder_stack",
            dtype=dtype,
        )
        self.memory_projection = None
        if attention is not None:
            self.memory_projection = keras.layers.Dense(hidden_dim, dtype=dtype)
        self._make_decoder(attention, coverage=coverage)
        self._make_copying(copy, max_extra, coverage)

    def build(self, input_shape: Any = None) -> None:
        size = self.hidden_dim
        read, encoded = (None, None, size), (None, 2 * size)
        build_all(read, self.embedding, self.source_embedding, self.encoder_stack)
        build_all(encoded, self.memory_projection, *self.bridges)
        self.decoder.build(read)
        self._build_copying()
        self.built = True

    def encode(
        self, encoder_token_ids: Any, training: bool = False
    ) -> tuple[dict[str, Any], Any]:
        mask = self.padding_mask(encoder_token_ids)
        embedding = self.source_embedding or self.embedding
        x = self._embed(embedding, encoder_token_ids, training)
        x, last = self.encoder_stack(x, mask=mask, training=training)
        both = []
        for layer in last:
            half = len(layer) // 2
            directions = zip(layer[:half], layer[half:], strict=True)
            both += [ops.concatenate(states, axis=-1) for states in directions]
        memory = {"states": self._bridge(both)}
        if self.memory_projection is not None:
            memory["sequence"] = position_wise(self.memory_projection, x)
        return memory, mask
