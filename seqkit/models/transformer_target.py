"""The target half of a Transformer that reads a memory."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.repeated import run_blocks
from seqkit.layers.sinusoidal_position_encoding import SinusoidalPositionEncoding
from seqkit.layers.transformer_decoder import TransformerDecoder
from seqkit.models.parts import dropout, norm


class TransformerTarget:
    """Mixed in before a `Seq2Seq`: what decodes, from a memory `[B, S, D]`."""

    def _make_positions(self):
        self.intermediate_dim = self.intermediate_dim or 4 * self.hidden_dim
        self.positions = SinusoidalPositionEncoding(dtype=self.dtype_policy)
        self.embedding_dropout = dropout(self, self.dropout)

    def _make_decoder(self):
        self.decoder_blocks = self._blocks(TransformerDecoder, self.num_layers)
        self.decoder_norm = norm(self)

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
        x = self._embed(self.embedding, decoder_token_ids, training=training)

        def call(block, x, _):
            return block(
                x,
                memory,
                memory_mask=mask,
                return_attention_scores=True,
                training=training,
            )

        x, weights = run_blocks(self.decoder_blocks, call, x)
        logits = self.embedding(self.decoder_norm(x), reverse=True)
        return logits, ops.mean(weights[-1], axis=1)

    def initial_state(
        self, memory: Any, mask: Any, num_beams: int, max_length: int
    ) -> dict[str, Any]:
        batch_size = ops.shape(memory)[0]
        slots = max_length * num_beams
        blocks = self.decoder_blocks
        return {
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
        x = self.embedding(token_ids)
        # All K hypotheses of a step are at the same position.
        x = ops.add(x, self.positions(x[:, :1], start=index))
        caches = []
        for block, cache, (keys, values) in zip(
            self.decoder_blocks, sentences["caches"], sentences["memory"], strict=True
        ):
            x, cache, weights = block.step(
                x, cache, index, mask, keys, values, sentences["mask"]
            )
            caches.append(cache)
        logits = self.embedding.score(
            self.decoder_norm(x), state["shared"]["output_kernel"]
        )
        state = {
            **state,
            "beams": {"ancestors": ancestors},
            "sentences": {**sentences, "caches": caches},
        }
        return logits, state, ops.mean(weights, axis=1)
