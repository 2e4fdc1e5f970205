"""Token ids in, token ids out: a sequence-to-sequence model with its decoding."""

import copy
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
from keras import ops

from seqkit.data import pad
from seqkit.decoding import decode
from seqkit.models import with_steps
from seqkit.recipes._compiled import compiled

# Of the ids [B, S] and the seeds [B].
_SIGNATURE = [((None, None), "int32"), ((None,), "uint32")]


class Translator:
    """Runs a model with a decoding strategy as one compiled function.

    A sentence of n source tokens gets at most `min(max_length, 2·n + 10)` tokens, a
    limit of its own, so that what it becomes does not depend on what stands beside it.

    Args:
        model: A `Seq2Seq`, or any model of that form.
        strategy: A `seqkit.decoding.Strategy`.
        max_length: Most tokens of a translation.
    """

    def __init__(self, model, strategy, max_length=256):
        self.model, self.strategy, self.max_length = model, strategy, max_length
        self._compiled = None

    def decode(self, encoder_token_ids, seeds=None):
        """What `seqkit.decoding.decode` returns for ids `[B, S]`; traceable.

        A strategy that draws takes the seeds `[B]`, uint32, of the sentences.
        """
        strategy = self.strategy
        if seeds is not None:
            strategy = copy.copy(strategy)
            strategy.seed = seeds
        model = with_steps(self.model)
        memory, mask = model.encode(encoder_token_ids)
        lengths = ops.sum(ops.cast(mask, "int32"), axis=1)
        limits = ops.minimum(2 * lengths + 10, self.max_length)
        if keras.backend.backend() == "tensorflow":
            longest = ops.max(limits)
        else:
            longest = min(2 * encoder_token_ids.shape[1] + 10, self.max_length)
        state = model.initial_state(memory, mask, strategy.width, longest)

        def step(token_ids, state, index):
            logits, state, attention = model.step(token_ids, state, index)
            return (logits, state) if attention is None else (logits, state, attention)

        return decode(
            step,
            state,
            ops.shape(encoder_token_ids)[0],
            strategy=strategy,
            max_length=longest,
            max_lengths=limits,
            source_mask=mask,
        )

    def __call__(self, encoder_token_ids, seeds=None):
        """The same, compiled; takes and gives NumPy arrays."""
        arguments = [encoder_token_ids] + ([] if seeds is None else [seeds])
        if self._compiled is None:
            signature = _SIGNATURE[: len(arguments)]
            self._compiled = compiled(self.decode, self.model, signature)
        decoded = self._compiled(*arguments)
        return keras.tree.map_structure(ops.convert_to_numpy, decoded)

    def translate(self, sequences, batch_size=64, seed=None):
        """Decodes sequences of any length, in batches of like length.

        Args:
            sequences: N sequences of source ids, each with its `</s>`.
            batch_size: Sentences a batch.
            seed: For a strategy that draws: what a sentence gets is a function of this
                and of its number, not of the batch it falls in.

        Returns:
            For each sequence, in the order given, its n-best list of pairs
            (token ids, score), best first.
        """
        order = np.argsort([-len(ids) for ids in sequences], kind="stable")
        results = [None] * len(sequences)
        if seed is not None:
            draw = np.random.SeedSequence(seed % (1 << 64))
            seeds = draw.generate_state(len(sequences), np.uint32)
        static = keras.backend.backend() != "tensorflow"

        def run(start):
            rows = order[start : start + batch_size]
            # Compiled shapes are few where every shape is compiled anew.
            batch = pad([sequences[i] for i in rows], multiple=16 if static else 1)
            chosen = rows
            if static and len(rows) < batch_size:
                fill = batch_size - len(rows)
                batch = np.pad(batch, [(0, fill), (0, 0)], mode="edge")
                chosen = np.pad(rows, (0, fill), mode="edge")
            decoded = self(batch, None if seed is None else seeds[chosen])
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

        # Two batches at a time: many operations of a step are too small to be shared
        # out, and one batch alone leaves half of two cores idle.
        starts = range(0, len(order), batch_size)
        for start in starts[:1]:
            run(start)  # alone, since it compiles
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(run, starts[1:]))
        return results
