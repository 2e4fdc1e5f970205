"""The target half of a recurrent encoder-decoder."""

from typing import Any

import keras
from keras import ops

from seqkit.models.parts import dropout
from seqkit.models.recurrent_decoder import RecurrentDecoder, for_rows


class RecurrentTarget:
    """Mixed in before a `Seq2Seq`: what decodes, from a dictionary of a memory."""

    def _make_decoder(self, attention, **more):
        """`decoder`, and `bridges`: a dense layer for each of its initial states."""
        # h lies between -1 and 1, the c of an LSTM has no bounds.
        activations = ["tanh", None] if self.cell == "lstm" else ["tanh"]
        self.bridges = [
            keras.layers.Dense(
                self.hidden_dim, activation=activation, dtype=self.dtype_policy
            )
            for _ in range(self.num_layers)
            for activation in activations
        ]
        self.decoder = RecurrentDecoder(
            self.hidden_dim,
            cell=self.cell,
            num_layers=self.num_layers,
            attention=attention,
            input_feeding=self.input_feeding,
            dropout=self.dropout,
            implementation=self.implementation,
            dtype=self.dtype_policy,
            **more,
        )
        self.dropout_layer = dropout(self, self.dropout)

    def _bridge(self, sources):
        """The decoder's initial states, from a tensor `[B, E]` for each bridge."""
        states = [
            bridge(source) for bridge, source in zip(self.bridges, sources, strict=True)
        ]
        size = len(states) // self.num_layers
        return [states[n : n + size] for n in range(0, len(states), size)]

    def _embed(self, embedding, token_ids, training=False):
        return self.dropout_layer(embedding(token_ids), training=training)

    def decode(
        self, decoder_token_ids: Any, memory: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any]:
        x = self._embed(self.embedding, decoder_token_ids, training)
        source = self.decoder.prepare(memory.get("sequence"), mask)
        rows = ops.shape(x)[0]
        states = keras.tree.map_structure(
            lambda state: for_rows(state, rows), memory["states"]
        )
        x, weights = self.decoder(x, states, source, training=training)
        x = self.dropout_layer(x, training=training)
        return self.embedding(x, reverse=True), weights

    def initial_state(
        self, memory: Any, mask: Any, num_beams: int, max_length: int
    ) -> dict[str, Any]:
        return {
            "beams": self.decoder.initial_state(memory["states"], num_beams),
            "sentences": self.decoder.prepare(memory.get("sequence"), mask),
            "shared": {"output_kernel": self.embedding.output_kernel()},
        }

    def step(self, token_ids: Any, state: Any, index: Any) -> tuple[Any, Any, Any]:
        x, beams, weights = self.decoder.step(
            self._embed(self.embedding, token_ids), state["beams"], state["sentences"]
        )
        logits = self.embedding.score(x, state["shared"]["output_kernel"])
        return logits, {**state, "beams": beams}, weights

    def get_config(self) -> dict[str, Any]:
        attention = self.decoder.get_config()["attention"]
        return super().get_config() | {"attention": attention}
