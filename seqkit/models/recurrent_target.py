"""The target half of a recurrent encoder-decoder."""

import keras
from keras import ops

from seqkit.models.recurrent_decoder import for_rows


class RecurrentTarget:
    """Mixed in before a `Seq2Seq`: `decode`, `initial_state` and `step`.

    The model makes `embedding`, a `TiedEmbedding`; `bridges` by `_make_bridges`;
    `decoder`, a `RecurrentDecoder`; and `dropout_layer`. Its memory is a dictionary:
    `"states"`, the decoder's initial states, and with attention `"sequence"`
    `[B, S, D]`.
    """

    def _make_bridges(self, cell, num_layers, units):
        """A dense layer for each initial state of the decoder."""
        # h lies between -1 and 1, the c of an LSTM in no bounds.
        activations = ["tanh", None] if cell == "lstm" else ["tanh"]
        return [
            keras.layers.Dense(units, activation=activation, dtype=self.dtype_policy)
            for _ in range(num_layers)
            for activation in activations
        ]

    def _bridge(self, sources):
        """The decoder's initial states, of a tensor `[B, E]` for each bridge."""
        states = [
            bridge(source) for bridge, source in zip(self.bridges, sources, strict=True)
        ]
        size = len(states) // self.num_layers
        return [states[n : n + size] for n in range(0, len(states), size)]

    def _embed(self, embedding, token_ids, training=False):
        return self.dropout_layer(embedding(token_ids), training=training)

    def decode(self, decoder_token_ids, memory, mask, training=False):
        x = self._embed(self.embedding, decoder_token_ids, training)
        source = self.decoder.prepare(memory.get("sequence"), mask)
        rows = ops.shape(x)[0]
        states = keras.tree.map_structure(
            lambda state: for_rows(state, rows), memory["states"]
        )
        x, weights = self.decoder(x, states, source, training=training)
        x = self.dropout_layer(x, training=training)
        return self.embedding(x, reverse=True), weights

    def initial_state(self, memory, mask, num_beams, max_length):
        return {
            "beams": self.decoder.initial_state(memory["states"], num_beams),
            "sentences": self.decoder.prepare(memory.get("sequence"), mask),
            "shared": {"output_kernel": self.embedding.output_kernel()},
        }

    def step(self, token_ids, state, index):
        x, beams, weights = self.decoder.step(
            self._embed(self.embedding, token_ids), state["beams"], state["sentences"]
        )
        logits = self.embedding.score(x, state["shared"]["output_kernel"])
        return logits, {**state, "beams": beams}, weights

    def get_config(self):
        attention = self.decoder.get_config()["attention"]
        return super().get_config() | {"attention": attention}
