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


class Translator:
    """Runs a model with a decoding strategy as one compiled function.

    A sentence of n source tokens gets at most `min(max_length, 2·n + 10)` tokens, a
    limit of its own, so that what it becomes does not depend on what stands beside it.

    Args:
        model: A `Seq2Seq`, or any model of that form.
        strategy: A `seqkit.decoding.Strategy`.
        max_length: Most tokens of a translation.
    """

    # Of the source [B, S] and the seeds [B].
    signature = [((None, None), "int32"), ((None,), "uint32")]

    def __init__(self, model, strategy, max_length=256):
        self.model, self.strategy, self.max_length = model, strategy, max_length
        self._compiled = None

    def limits(self, source, mask):
        """The most tokens of each row `[B]`, or `None`, and of all together."""
        lengths = ops.sum(ops.cast(mask, "int32"), axis=1)
        limits = ops.minimum(2 * lengths + 10, self.max_length)
        if keras.backend.backend() == "tensorflow":
            return limits, ops.max(limits)
        return limits, min(2 * source.shape[1] + 10, self.max_length)

    def allowed(self, logits):
        """The logits `[N, V]` of a step, with -inf where a token may not be written."""
        return logits

    def decode(self, source, seeds=None):
        """What `seqkit.decoding.decode` returns for a source `[B, S]`; traceable.

        A strategy that draws takes the seeds `[B]`, uint32, of the sentences.
        """
        strategy = self.strategy
        if seeds is not None:
            strategy = copy.copy(strategy)
            strategy.seed = seeds
        model = with_steps(self.model)
        memory, mask = model.encode(source)
        limits, longest = self.limits(source, mask)
        state = model.initial_state(memory, mask, strategy.width, longest)

        def step(token_ids, state, index):
            logits, state, attention = model.step(token_ids, state, index)
            logits = self.allowed(logits)
            return (logits, state) if attention is None else (logits, state, attention)

        return decode(
            step,
            state,
            ops.shape(source)[0],
            strategy=strategy,
            max_length=longest,
            max_lengths=limits,
            source_mask=mask,
        )

    def __call__(self, source, seeds=None):
        """The same, compiled; takes and gives NumPy arrays."""
        arguments = [source] + ([] if seeds is None else [seeds])
        if self._compiled is None:
            signature = self.signature[: len(arguments)]
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
        static = keras.backend.backend() != "tensorflow"

        def batch(rows):
            # Compiled shapes are few where every shape is compiled anew.
            return pad([sequences[i] for i in rows], multiple=16 if static else 1)

        order = np.argsort([-len(ids) for ids in sequences], kind="stable")
        return self.run(order, batch, batch_size, seed)

    def run(self, order, batch, batch_size, seed):
        """Decodes rows in an order, where `batch(rows)` gives their sources."""
        results = [None] * len(order)
        if seed is not None:
            draw = np.random.SeedSequence(seed % (1 << 64))
            seeds = draw.generate_state(len(order), np.uint32)
        static = keras.backend.backend() != "tensorflow"

        def decode_batch(start):
            rows = order[start : start + batch_size]
            source, chosen = batch(rows), rows
            if static and len(rows) < batch_size:
                fill = [(0, batch_size - len(rows))]
                source = np.pad(source, fill + [(0, 0)] * (source.ndim - 1), "edge")
                chosen = np.pad(rows, fill, mode="edge")
            decoded = self(source, None if seed is None else seeds[chosen])
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
            decode_batch(start)  # alone, since it compiles
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(decode_batch, starts[1:]))
        return results
