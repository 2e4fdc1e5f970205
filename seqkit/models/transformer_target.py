"""The target half of a Transformer that reads a memory."""

from keras import ops


class TransformerTarget:
    """Mixed in before a `Seq2Seq`: `decode`, `initial_state` and `step`.

    The model makes `embedding`, a `TiedEmbedding`; `positions`, a
    `SinusoidalPositionEncoding`; `embedding_dropout`; `decoder_blocks`, a list of
    `TransformerDecoder`; and `decoder_norm`. Its memory is a tensor `[B, S, D]`.
    """

    def _embed(self, embedding, token_ids, training=False):
        x = embedding(token_ids)
        x = ops.add(x, self.positions(x))
        return self.embedding_dropout(x, training=training)

    def decode(self, decoder_token_ids, memory, mask, training=False):
        x = self._embed(self.embedding, decoder_token_ids, training=training)
        for block in self.decoder_blocks:
            x, weights = block(
                x,
                memory,
                memory_mask=mask,
                return_attention_scores=True,
                training=training,
            )
        return self._logits(x), ops.mean(weights, axis=1)

    def _logits(self, x):
        return self.embedding(self.decoder_norm(x), reverse=True)

    def initial_state(self, memory, mask, num_beams, max_length):
        batch_size = ops.shape(memory)[0]
        slots = max_length * num_beams
        return {
            "beams": {
                # Which slot of step t the hypothesis descends from; -1: not reached.
                "ancestors": ops.full((batch_size, num_beams, max_length), -1, "int32")
            },
            "sentences": {
                "mask": mask[:, None, None, :],
                "memory": [
                    block.project_memory(memory) for block in self.decoder_blocks
                ],
                "caches": [
                    block.empty_cache(batch_size, slots)
                    for block in self.decoder_blocks
                ],
            },
            "shared": {"output_kernel": self.embedding.output_kernel()},
        }

    def step(self, token_ids, state, index):
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
        # All K hypotheses of a step stand at the same position.
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
