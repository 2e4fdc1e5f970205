"""The target half of a Transformer that reads a memory."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.attention import Attention
from seqkit.layers.repeated import run_blocks
from seqkit.layers.sinusoidal_position_encoding import SinusoidalPositionEncoding
from seqkit.layers.transformer_decoder import TransformerDecoder
from seqkit.models.copying import Copying
from seqkit.models.parts import dropout, norm


class TransformerTarget(Copying):
    """Mixed in before a `Seq2Seq`: what decodes, from a memory `[B, S, D]`.

    With copying, one more attention layer over the memory, the `pointer`, chooses what
    is copied, and its weights are those that are returned.
    """

    pointer: Attention | None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.pointer = None  # as in `Copying`

    def _make_positions(self):
        self.intermediate_dim = self.intermediate_dim or 4 * self.hidden_dim
        self.positions = SinusoidalPositionEncoding(dtype=self.dtype_policy)
        self.embedding_dropout = dropout(self, self.dropout)

    def _make_decoder(self):
        self.decoder_blocks = self._blocks(TransformerDecoder, self.num_layers)
        self.decoder_norm = norm(self)

    def _make_pointer(self, coverage):
        self.pointer = Attention(
            score="general", coverage=coverage, name="pointer", dtype=self.dtype_policy
        )

    def _blocks(self, block: type, number: int) -> list[keras.layers.Layer]:
        return [
            block(
                self.num_heads,
                self.intermediate_dim,
                dropout=self.dropout,
                attention_dropout=self.attention_dropout,
                dtype=self.dtype_policy,
            )
            for _ in range(number)
        ]

    def _embed(self, embedding, token_ids, training=False):
        x = embedding(token_ids)
        x = ops.add(x, self.positions(x))
        return self.embedding_dropout(x, training=training)

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
        memory = memory["sequence"] if self.copying is not None else memory
        inputs = x = self._embed(
            self.embedding, self.known(decoder_token_ids), training=training
        )

        def call(block, x, _):
            return block(
                x,
                memory,
                memory_mask=mask,
                return_attention_scores=True,
                training=training,
            )

        x, weights = run_blocks(self.decoder_blocks, call, x)
        x, weights = self.decoder_norm(x), ops.mean(weights[-1], axis=1)
        logits = self.embedding(x, reverse=True)
        if self.pointer is None:
            return logits, weights, {}
        context, weights = self.pointer(x, memory, memory_mask=mask)
        return logits, weights, {"context": context, "state": x, "inputs": inputs}

    def initial_state(
        self, memory: Any, mask: Any, num_beams: int, max_length: int
    ) -> dict[str, Any]:
        source_ids = None
        if self.copying is not None:
            memory, source_ids = memory["sequence"], memory["source_ids"]
        batch_size = ops.shape(memory)[0]
        slots = max_length * num_beams
        blocks = self.decoder_blocks
        state = {
            "beams": {
                # Which slot of step t the hypothesis descends from; -1: not reached.
                "ancestors": ops.full((batch_size, num_beams, max_length), -1, "int32")
            },
            "sentences": {
                "mask": mask[:, None, None, :],
                "memory": [block.project_memory(memory) for block in blocks],
                "caches": [block.empty_cache(batch_size, slots) for block in blocks],
            },
            "shared": {"output_kernel": self.embedding.output_kernel()},
        }
        if self.pointer is not None:
            state["sentences"] |= {
                "source_ids": source_ids,
                "pointed": memory,
                "pointer_keys": self.pointer.prepare(memory),
            }
            if self.pointer.coverage:
                nothing = ops.zeros_like(mask[:, None, :], dtype="float32")
                state["beams"]["coverage"] = ops.repeat(nothing, num_beams, axis=1)
        return state

    def _point(self, x, inputs, logits, sentences, coverage):
        """The log-probabilities and the weights of one step, K hypotheses."""
        mask = sentences["mask"][:, 0, 0]
        context, weights = self.pointer.attend(
            x, sentences["pointer_keys"], sentences["pointed"], mask, coverage
        )
        read = {"context": context, "state": x, "inputs": inputs}
        return self._with_copies(logits, weights, read, sentences, mask), weights

    def step(self, token_ids: Any, state: Any, index: Any) -> tuple[Any, Any, Any]:
        sentences, ancestors = state["sentences"], state["beams"]["ancestors"]
        batch_size, num_beams = ops.shape(token_ids)[0], token_ids.shape[1]
        # Each hypothesis writes its keys and values into the slot of its own number.
        own = ops.arange(num_beams, dtype="int32")[None, :, None]
        here = ops.arange(ops.shape(ancestors)[2], dtype="int32") == index
        ancestors = ops.where(here, own, ancestors)
        # [B, K, L, K'] to [B, 1, K, L·K']: the slots in the order of the cache.
        mask = ops.equal(
            ancestors[..., None], ops.arange(num_beams, dtype="int32")[None, None, None]
        )
        mask = ops.reshape(mask, (batch_size, 1, num_beams, -1))
        x = self.embedding(self.known(token_ids))
        # All K hypotheses of a step are at the same position.
        inputs = x = ops.add(x, self.positions(x[:, :1], start=index))
        caches = []
        for block, cache, (keys, values) in zip(
            self.decoder_blocks, sentences["caches"], sentences["memory"], strict=True
        ):
            x, cache, weights = block.step(
                x, cache, index, mask, keys, values, sentences["mask"]
            )
            caches.append(cache)
        x = self.decoder_norm(x)
        logits = self.embedding.score(x, state["shared"]["output_kernel"])
        weights, beams = ops.mean(weights, axis=1), {"ancestors": ancestors}
        if self.pointer is not None:
            coverage = state["beams"].get("coverage")
            logits, weights = self._point(x, inputs, logits, sentences, coverage)
            if coverage is not None:
                beams["coverage"] = coverage + ops.cast(weights, "float32")
        state = {
            **state,
            "beams": beams,
            "sentences": {**sentences, "caches": caches},
        }
        return logits, state, weights
