"""Token ids in, token ids out: a sequence-to-sequence model with its decoding."""

import keras
import numpy as np
from keras import ops

from seqkit.data import pad
from seqkit.decoding import decode
from seqkit.models import with_steps


class Translator:
    """Runs a model with a decoding strategy as one compiled function.

    A sentence of n source tokens gets at most `min(max_length, 2·n + 10)` tokens, a limit
    of its own, so that what it becomes does not depend on what stands beside it.

    Args:
        model: A `Seq2Seq`, or any model of that form.
        strategy: A `seqkit.decoding.Strategy`.
        max_length: Most tokens of a translation.
    """

    def __init__(self, model, strategy, max_length=256):
        self.model, self.strategy, self.max_length = model, strategy, max_length
        self._compiled = None

    def decode(self, encoder_token_ids):
        """What `seqkit.decoding.decode` returns for ids `[B, S]`; traceable."""
        model = with_steps(self.model)
        memory, mask = model.encode(encoder_token_ids)
        lengths = ops.sum(ops.cast(mask, "int32"), axis=1)
        limits = ops.minimum(2 * lengths + 10, self.max_length)
        if keras.backend.backend() == "tensorflow":
            longest = ops.max(limits)
        else:
            longest = min(2 * encoder_token_ids.shape[1] + 10, self.max_length)
        state = model.initial_state(memory, mask, self.strategy.width, longest)

        def step(token_ids, state, index):
            logits, state, attention = model.step(token_ids, state, index)
            return (logits, state) if attention is None else (logits, state, attention)

        return decode(
            step,
            state,
            ops.shape(encoder_token_ids)[0],
            strategy=self.strategy,
            max_length=longest,
            max_lengths=limits,
            source_mask=mask,
        )

    def __call__(self, encoder_token_ids):
        """The same, compiled; takes and gives NumPy arrays."""
        if self._compiled is None:
            self._compiled = _compile(self.decode, self.model)
        return self._compiled(encoder_token_ids)

    def translate(self, sequences, batch_size=64):
        """Decodes sequences of any length, in batches of like length.

        Args:
            sequences: N sequences of source ids, each with its `</s>`.
            batch_size: Sentences a batch.

        Returns:
            For each sequence, in the order given, its n-best list of pairs
            (token ids, score), best first.
        """
        order = np.argsort([-len(ids) for ids in sequences], kind="stable")
        results = [None] * len(sequences)
        static = keras.backend.backend() != "tensorflow"
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            # Compiled shapes are few where every shape is compiled anew.
            batch = pad([sequences[i] for i in rows], multiple=16 if static else 1)
            if static and len(rows) < batch_size:
                fill = np.repeat(batch[:1], batch_size - len(rows), axis=0)
                batch = np.concatenate([batch, fill])
            decoded = self(batch)
            for row, i in enumerate(rows):
                results[i] = [
                    (ids[:length].tolist(), float(score))
                    for ids, length, score in zip(
                        decoded.token_ids[row],
                        decoded.lengths[row],
                        decoded.scores[row],
                        strict=True,
                    )
                    if np.isfinite(score)
                ]
        return results


def _compile(function, model):
    """Compiles a function of ids `[B, S]` for the backend in use."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        signature = [tf.TensorSpec((None, None), tf.int32)]
        compiled = tf.function(function, signature, autograph=False)
    elif backend == "jax":
        import jax

        def stateless(values, encoder_token_ids):
            mapping = list(zip(model.variables, values, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                return function(encoder_token_ids)

        jitted = jax.jit(stateless)

        def compiled(encoder_token_ids):
            return jitted([v.value for v in model.variables], encoder_token_ids)
    else:
        compiled = function

    def run(encoder_token_ids):
        return keras.tree.map_structure(
            ops.convert_to_numpy, compiled(ops.convert_to_tensor(encoder_token_ids))
        )

    return run
