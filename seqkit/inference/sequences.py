"""Rows in, token ids out: an encoder-decoder model with its decoding."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.decoding import Decoded, Strategy, decode
from seqkit.inference.rows import RowRunner
from seqkit.inference.strategies import with_seeds
from seqkit.models import with_steps


class SequenceDecoder:
    """Runs an encoder-decoder model and a decoding strategy as one compiled function.

    What a row becomes does not depend on the other rows of its batch.

    Args:
        model: A `seqkit.models.Seq2Seq` or any model of that form: it needs
            `encode_inputs(inputs) -> (memory, mask)`, `initial_state` and `step`, or
            must be one that `seqkit.models.with_steps` accepts.
        strategy: A `seqkit.decoding.Strategy`.
        specs: From the name of each input of `encode_inputs` to its (shape, dtype),
            with None in a shape for any size.
        max_length: Most tokens of a result.
        relative_length: Two numbers (a, b) that limit the result of a row of n
            positions, by its mask, to `min(max_length, a·n + b)` tokens. By default
            `max_length` is the only limit.
        suppress: Ids that are never generated, besides `<pad>` and `<s>`. Unlike the
            latter they have probability 0, and the others share theirs.

    >>> from seqkit.data import pad
    >>> from seqkit.decoding import BeamSearch
    >>> from seqkit.inference import SequenceDecoder
    >>> from seqkit.models import RecurrentSeq2Seq
    >>> model = RecurrentSeq2Seq(9, hidden_dim=4)
    >>> model.build()
    >>> decoder = SequenceDecoder(
    ...     model, BeamSearch(3),
    ...     {"encoder_token_ids": ((None, None), "int32")}, max_length=5)
    >>> ids = [[4, 3], [4, 5, 6, 3]]
    >>> n_best = decoder.run([2, 4], lambda rows, length: {
    ...     "encoder_token_ids": pad([ids[row] for row in rows], length)})
    >>> [len(row) for row in n_best]  # of pairs (token ids, score)
    [1, 1]
    """

    def __init__(
        self,
        model: keras.Model,
        strategy: Strategy,
        specs: dict[str, tuple],
        *,
        max_length: int,
        relative_length: tuple[int, int] | None = None,
        suppress: Sequence[int] = (),
    ):
        self.model, self.strategy, self.specs = model, strategy, dict(specs)
        self.max_length, self.relative_length = max_length, relative_length
        self.suppress = tuple(suppress)
        self._runners: dict[bool, RowRunner] = {}

    def decode(self, inputs: dict[str, Any], seeds: Any = None) -> Decoded:
        """What `seqkit.decoding.decode` returns for B rows; traceable.

        Args:
            inputs: Dictionary of tensors, those of `specs`.
            seeds: `[B]` uint32, one per row, for a strategy that draws.
        """
        strategy = self.strategy
        if seeds is not None:
            strategy = with_seeds(strategy, seeds)
        model = with_steps(self.model)
        memory, mask = model.encode_inputs(inputs)
        limits, longest = self._limits(mask)
        state = model.initial_state(memory, mask, strategy.width, longest)

        def step(token_ids, state, index):
            logits, state, attention = model.step(token_ids, state, index)
            for token_id in self.suppress:
                found = ops.arange(logits.shape[-1]) == token_id
                never = ops.cast(-float("inf"), logits.dtype)
                logits = ops.where(found, never, logits)
            return (logits, state) if attention is None else (logits, state, attention)

        return decode(
            step,
            state,
            ops.shape(mask)[0],
            strategy=strategy,
            max_length=longest,
            max_lengths=limits,
            source_mask=mask,
        )

    def _limits(self, mask):
        """The most tokens of each row `[B]`, or `None`, and of all together."""
        if self.relative_length is None:
            return None, self.max_length
        factor, extra = self.relative_length
        lengths = ops.sum(ops.cast(mask, "int32"), axis=1)
        limits = ops.minimum(factor * lengths + extra, self.max_length)
        if keras.backend.backend() == "tensorflow":
            return limits, ops.max(limits)
        return limits, min(factor * mask.shape[1] + extra, self.max_length)

    def __call__(self, inputs: dict[str, Any], seeds: Any = None) -> Decoded:
        """`decode`, compiled; takes and returns NumPy arrays."""
        runner = self._runner(seeds is not None)
        return Decoded(**runner.run_batch({**inputs, "seeds": seeds}))

    def _runner(self, seeded):
        if seeded not in self._runners:
            specs = dict(self.specs)
            if seeded:
                specs["seeds"] = (None,), "uint32"

            def function(inputs):
                inputs = dict(inputs)
                return self.decode(inputs, inputs.pop("seeds", None))._asdict()

            # Two batches at a time: many operations of a step are too small to be split
            # across cores, and one batch alone leaves half of two cores idle.
            runner = RowRunner(self.model, function, specs, threads=2)
            self._runners[seeded] = runner
        return self._runners[seeded]

    def run(
        self,
        lengths: Sequence[int] | np.ndarray,
        batch: Callable[[np.ndarray, int], dict[str, Any]],
        batch_size: int = 64,
        seed: int | None = None,
    ) -> list[list[tuple[list[int], float]]]:
        """Decodes rows of any length, in batches of similar length.

        Args:
            lengths: The length of each of N rows. Rows of one length keep their order.
            batch: `batch(rows, length)` returns the inputs of some rows as arrays,
                padded to `length`.
            batch_size: Rows per batch; changes the speed and nothing else.
            seed: For a strategy that draws: what a row becomes is a function of this
                and of its number.

        Returns:
            For each row, in order, its n-best list of pairs (token ids, score), best
            first. It is empty if no score is finite.
        """
        seeds = np.zeros(len(lengths), np.uint32)
        if seed is not None:
            draw = np.random.SeedSequence(seed % (1 << 64))
            seeds = draw.generate_state(len(lengths), np.uint32)
        found = self._runner(seed is not None)(
            lengths,
            lambda rows, length: {**batch(rows, length), "seeds": seeds[rows]},
            batch_size,
        )
        return [
            [
                (ids[:length].tolist(), float(score))
                for ids, length, score in zip(
                    row["token_ids"], row["lengths"], row["scores"], strict=True
                )
                if np.isfinite(score)
            ]
            for row in found
        ]
