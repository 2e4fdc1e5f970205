"""Tokens drawn from the model's distribution, or from its likeliest part."""

import random
from typing import Any

import keras
from keras import ops

from seqkit.decoding.candidates import log_normalizer, top_candidates
from seqkit.decoding.greedy import Greedy
from seqkit.decoding.noise import mix, uniform
from seqkit.decoding.strategy import Request, Search
from seqkit.decoding.tensors import take_per_sentence
from seqkit.errors import SeqkitError

NEVER = -float("inf")


class Sampling(Greedy):
    """Draws every token at random; `scores` are the model's own log-probabilities.

    In this order: logits are divided by `temperature`; the `top_k` likeliest tokens
    are kept; of those, the fewest whose probabilities reach `top_p` (the nucleus of
    Holtzman et al. 2020) are kept; one is drawn.

    The hypotheses of a sentence come in the order they were drawn, not best first.

    Args:
        temperature: Above 0. Below 1 sharpens the distribution, above 1 flattens it.
        top_k: Number of tokens to choose from, None for all.
        top_p: Share of the probability to choose from, in (0, 1]; None for all.
        num_return_sequences: Independent hypotheses per sentence.
        seed: An int or a scalar int tensor (such as an input of an exported graph): the
            output is a function of it and of each sentence's place in the batch. With
            a `[B]` int tensor, one seed per sentence, the place does not matter
            either. A `keras.random.SeedGenerator` draws a new seed at every call.
            `None` chooses a seed once, when the object is made.
        no_repeat_ngram, min_length: As in `BeamSearch`.

    >>> from keras import ops
    >>> from seqkit.decoding import Sampling, decode
    >>> def step(token_ids, state, index):
    ...     logits = ops.array([0.0, 0.0, 0.0, -9.0, 2.0, 2.0, 0.0])
    ...     return ops.broadcast_to(logits, (*token_ids.shape, 7)), state
    >>> strategy = Sampling(top_k=2, seed=1)
    >>> drawn = decode(step, {}, 1, strategy=strategy, max_length=50).token_ids
    >>> sorted(set(ops.convert_to_numpy(drawn).ravel().tolist()))
    [4, 5]
    """

    def __init__(
        self,
        temperature: Any = 1.0,
        *,
        top_k: int | None = None,
        top_p: float | None = None,
        num_return_sequences: int = 1,
        seed: Any = None,
        no_repeat_ngram: int = 0,
        min_length: int = 0,
    ):
        super().__init__(no_repeat_ngram=no_repeat_ngram, min_length=min_length)
        if isinstance(temperature, (int, float)) and not temperature > 0:
            raise SeqkitError(
                f"temperature: expected a number above 0, found {temperature}. "
                "Use Greedy() for the likeliest token."
            )
        if top_k is not None and top_k < 1:
            raise SeqkitError(f"top_k: expected at least 1 or None, found {top_k}.")
        if top_p is not None and not 0 < top_p <= 1:
            raise SeqkitError(
                f"top_p: expected a share above 0 and at most 1 or None, found {top_p}."
            )
        if num_return_sequences < 1:
            raise SeqkitError(
                "num_return_sequences: expected at least 1, "
                f"found {num_return_sequences}."
            )
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p
        self.num_return_sequences = num_return_sequences
        self.seed = random.getrandbits(32) if seed is None else seed

    @property
    def width(self) -> int:
        return self.num_return_sequences

    def start(self, request: Request) -> Search:
        # A seed generator may be drawn from only outside the loop.
        seeds = self._sentence_seeds(request.batch_size)
        return {**super().start(request), "seeds": seeds}

    def pick(
        self, logits: Any, search: Search, index: Any, request: Request
    ) -> tuple[Any, Any]:
        rows = ops.reshape(logits, (-1, 1, ops.shape(logits)[-1]))
        log_probs, token_ids = self._candidates(rows, request.suppress_ids)
        samples = ops.arange(self.width, dtype="int32")
        position = index + request.first_index
        noise = uniform(search["seeds"][:, None], samples, position)
        place = _draw(self.weights(log_probs), ops.reshape(noise, (-1, 1)))
        log_probs = take_per_sentence(log_probs, place)
        if token_ids is not None:
            place = take_per_sentence(token_ids, place)
        shape = (-1, self.width)
        return ops.reshape(place, shape), ops.reshape(log_probs, shape)

    def weights(self, log_probs: Any) -> Any:
        """The weights, 0 or more, of candidates with log-probabilities `[B * K, C]`."""
        tempered = log_probs / self.temperature
        weights = ops.exp(tempered - ops.max(tempered, axis=-1, keepdims=True))
        return weights if self.top_p is None else nucleus(weights, self.top_p)

    def _candidates(self, rows, suppress_ids):
        """`[B * K, C]` log-probabilities, and token ids unless those are 0 to C - 1."""
        # Sorted by id, so that a draw does not depend on how they are found.
        vocabulary_size = ops.shape(rows)[-1]
        if self.top_k is not None:
            count = self.top_k
            if rows.shape[-1] is not None:
                count = min(count, vocabulary_size - len(set(suppress_ids)))
            nothing = ops.zeros_like(rows[..., 0], dtype="float32")
            log_probs, _, token_ids = top_candidates(rows, nothing, count, suppress_ids)
            order = ops.cast(ops.argsort(token_ids, axis=-1), "int32")
            return (
                take_per_sentence(log_probs, order),
                take_per_sentence(token_ids, order),
            )
        rows = ops.cast(rows[:, 0], "float32")
        log_probs = rows - log_normalizer(rows)
        ids = ops.arange(vocabulary_size, dtype="int32")
        for suppressed in suppress_ids:
            log_probs = ops.where(ids == suppressed, NEVER, log_probs)
        return log_probs, None

    def _sentence_seeds(self, batch_size):
        seed = self.seed
        if isinstance(seed, keras.random.SeedGenerator):
            state = ops.cast(seed.next(), "uint32")
            seed = mix(state[0], state[1])
        elif isinstance(seed, int):
            seed = seed % 2**32
        seed = ops.cast(ops.convert_to_tensor(seed), "uint32")
        if len(seed.shape) == 1:
            return seed
        return mix(seed, ops.arange(batch_size, dtype="int32"))


def _draw(weights, noise):
    """Places `[R, 1]` drawn by `weights` `[R, C]` with `noise` `[R, 1]` in [0, 1)."""
    below = ops.cumsum(weights, axis=-1)
    total = below[:, -1:]
    # The product may be rounded up to the total, after which there is nothing.
    passed = ops.logical_and(below <= noise * total, below < total)
    return ops.sum(ops.cast(passed, "int32"), axis=-1, keepdims=True)


def nucleus(weights: Any, share: Any) -> Any:
    """Zeroes all but the largest `weights` `[B, C]` that reach `share` of their sum."""
    wanted = share * ops.sum(weights, axis=-1, keepdims=True)
    low = ops.zeros_like(wanted)
    high = ops.max(weights, axis=-1, keepdims=True)
    for _ in range(24):
        middle = (low + high) / 2
        above = ops.sum(ops.where(weights > middle, weights, 0.0), -1, keepdims=True)
        enough = above >= wanted
        low = ops.where(enough, middle, low)
        high = ops.where(enough, high, middle)
    return ops.where(weights > low, weights, 0.0)
