"""The target half of a recurrent encoder-decoder."""

from typing import Any

import keras
from keras import ops

from seqkit.models.copying import Copying
from seqkit.models.parts import dropout
from seqkit.models.recurrent_decoder import RecurrentDecoder, for_rows


class RecurrentTarget(Copying):
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
        logits, weights, read = self.decoded(
            decoder_token_ids, memory, mask, training=training
        )
        return self._with_copies(logits, weights, read, memory, mask), weights

    def decoded(
        self, decoder_token_ids: Any, memory: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, dict[str, Any]]:
        """Logits of the vocabulary, attention, and what decides about copying."""
        inputs = x = self._embed(
            self.embedding, self.known(decoder_token_ids), training
        )
        source = self.decoder.prepare(memory.get("sequence"), mask)
        rows = ops.shape(x)[0]
        states = keras.tree.map_structure(
            lambda state: for_rows(state, rows), memory["states"]
        )
        x, weights = self.decoder(x, states, source, training=training)
        x = self.dropout_layer(x, training=training)
        logits = self.embedding(x, reverse=True)
        return logits, weights, self._read(x, inputs, weights, memory.get("sequence"))

    def _read(self, x, inputs, weights, memory):
        """What `CopyMechanism` reads of a step, if there is one."""
        if self.copying is None:
            return {}
        context = ops.matmul(weights, ops.cast(memory, weights.dtype))
        return {"context": context, "state": x, "inputs": inputs}

    def initial_state(
        self, memory: Any, mask: Any, num_beams: int, max_length: int
    ) -> dict[str, Any]:
        source = self.decoder.prepare(memory.get("sequence"), mask)
        beams = self.decoder.initial_state(memory["states"], num_beams, source)
        if self.copying is not None:
            source["source_ids"] = memory["source_ids"]
        return {
            "beams": beams,
            "sentences": source,
            "shared": {"output_kernel": self.embedding.output_kernel()},
        }

    def step(self, token_ids: Any, state: Any, index: Any) -> tuple[Any, Any, Any]:
        source = state["sentences"]
        inputs = self._embed(self.embedding, self.known(token_ids))
        x, beams, weights = self.decoder.step(inputs, state["beams"], source)
        logits = self.embedding.score(x, state["shared"]["output_kernel"])
        if self.copying is not None:
            read = self._read(x, inputs, weights, source["memory"])
            logits = self._with_copies(logits, weights, read, source, source["mask"])
        return logits, {**state, "beams": beams}, weights

    def get_config(self) -> dict[str, Any]:
        attention = self.decoder.get_config()["attention"]
        return super().get_config() | {"attention": attention}
