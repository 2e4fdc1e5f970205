"""Continues texts with a language model."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from seqkit.decoding import Greedy, Strategy, text_suppress_ids
from seqkit.errors import SeqkitError
from seqkit.inference.language.continuation import Batch, Continuation
from seqkit.inference.language.growing_text import StopStrings
from seqkit.inference.language.scorer import Scorer
from seqkit.inference.language.stream import Stream, StreamState
from seqkit.inference.language.token_stepper import TokenStepper, row_seeds
from seqkit.inference.n_best import no_numbers
from seqkit.special_ids import END_ID, START_ID


class Generator:
    """Continues texts with a language model.

    The model reads `start_id` before the prompt: `<s>` if it models documents, the
    token that ends a line if it models a running text. So a prompt is the beginning of
    a document or line, and may be empty.

    Args:
        model: A `LanguageModel`, or any built model of that form.
        tokenizer: One of `seqkit.tokenizers`.
        start_id: Token that is read first, or None; then no prompt may be empty.
        end_id: Token that ends a text; None in a running text, which goes on until
            `max_length` or a stop string.
        suppress_ids: Tokens that are never generated; by default those of
            `seqkit.decoding.text_suppress_ids`.

    >>> from seqkit.inference import Generator
    >>> from seqkit.models import RecurrentLanguageModel
    >>> from seqkit.tokenizers import ByteTokenizer
    >>> tokenizer = ByteTokenizer()
    >>> model = RecurrentLanguageModel(tokenizer.vocabulary_size, hidden_dim=4)
    >>> model.build()
    >>> [[one]] = Generator(model, tokenizer).predict(["The dog"], max_length=3)
    >>> len(one.token_ids) <= 3
    True
    """

    def __init__(
        self,
        model: keras.Model,
        tokenizer: Any,
        *,
        start_id: int | None = START_ID,
        end_id: int | None = END_ID,
        suppress_ids: Sequence[int] | None = None,
    ):
        if suppress_ids is None:
            suppress_ids = text_suppress_ids(start_id, end_id)
        self.model, self.tokenizer = model, tokenizer
        self.start_id, self.end_id = start_id, end_id
        self.stepper = TokenStepper(model, end_id, suppress_ids)
        self._scorer = None

    def predict(
        self,
        prompts: Sequence[str],
        *,
        strategy: Strategy | None = None,
        max_length: int = 256,
        stop: str | Sequence[str] = (),
        seed: int | Sequence[int] = 0,
        batch_size: int = 32,
    ) -> list[list[Continuation]]:
        """Continues texts.

        The continuation of a prompt is a function of its text, of its number among the
        prompts (or its own seed) and of `seed`, not of its batch.

        Args:
            prompts: N strings.
            strategy: `seqkit.decoding.Greedy()` (the default), `Sampling(...)`, whose
                own seed is not used, or `BeamSearch(...)`. It says how many
                continuations a prompt has.
            max_length: Most tokens that are generated.
            stop: A string or strings; a text ends before the first of them. A beam
                search still runs to its end, and is cut there.
            seed: For the draw: an int, or N ints. A prompt with its own seed becomes
                what it would become alone.
            batch_size: Prompts per batch; changes the speed and nothing else.

        Returns:
            For each prompt a list of `Continuation`s: in the order they were drawn, or
            best first after a beam search.

        Raises:
            SeqkitError: An argument is out of range, or the model returns no numbers.
        """
        strategy = strategy or Greedy()
        if isinstance(prompts, str):
            raise SeqkitError(
                f"prompts: expected a list of strings, found one: {prompts[:40]!r}"
            )
        _check_counts(max_length=max_length, batch_size=batch_size)
        StopStrings(stop)  # raises before there is any work
        contexts = self._contexts(list(prompts))
        seeds = row_seeds(seed, len(contexts))
        results = []
        for first in range(0, len(contexts), batch_size):
            rows = slice(first, first + batch_size)
            batch = Batch(self, contexts[rows], stop, strategy.width)
            if isinstance(strategy, Greedy):
                results += batch.write(strategy, seeds[rows], max_length)
            else:
                results += batch.search(strategy, max_length)
        for number, row in enumerate(results):
            if not row or not all(np.isfinite(one.score) for one in row):
                raise no_numbers(f"prompts, row {number}")
        return results

    def stream(
        self,
        prompt: str = "",
        *,
        strategy: Strategy | None = None,
        max_length: int | None = None,
        stop: str | Sequence[str] = (),
        seed: int | None = None,
        state: StreamState | None = None,
        tokens_per_piece: int = 1,
    ) -> Stream:
        """Continues one text and yields each piece as soon as it is generated.

        The pieces together are what `predict([prompt])` returns for the same seed and
        arguments. Every token costs the same, and memory does not grow.

        Args:
            prompt: A string; with a `state`, what follows the text so far.
            strategy: `Greedy()` (the default) or `Sampling(...)`.
            max_length: Most tokens that are generated; None never ends.
            stop: As in `predict`. What may be the beginning of one is held back.
            seed: An int; by default that of the state, or 0 without a state.
            state: The `state` of an earlier stream. With it and no prompt, the text
                continues as if there had been no break.
            tokens_per_piece: Tokens that are generated at a time.

        Returns:
            A `Stream`: an iterator of strings, none of them empty.

        Raises:
            SeqkitError: An argument is out of range, or the strategy cannot stream.
        """
        strategy = strategy or Greedy()
        if not isinstance(strategy, Greedy) or strategy.width > 1:
            found = type(strategy).__name__
            if strategy.width > 1:
                found += f" with {strategy.width} texts side by side"
            raise SeqkitError(
                "strategy: expected Greedy() or Sampling(...) of one text, which work "
                f"token by token, found {found}. Use predict."
            )
        _check_counts(tokens_per_piece=tokens_per_piece)
        if max_length is not None:
            _check_counts(max_length=max_length)
        context = self._contexts([prompt], begins=state is None)[0]
        return Stream(
            self, context, strategy, max_length, stop, seed, state, tokens_per_piece
        )

    def score(
        self, contexts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]]
    ) -> list[float]:
        """Log-probabilities of token ids that follow others, one per pair."""
        if self._scorer is None:
            self._scorer = Scorer(self.model)
        pairs = list(zip(contexts, continuations, strict=True))
        log_probs = self._scorer.score_sequences([[*one, *two] for one, two in pairs])
        return [
            float(found[len(found) - len(two) :].sum())
            for found, (_, two) in zip(log_probs, pairs, strict=True)
        ]

    def _contexts(self, prompts, begins=True):
        start = [] if self.start_id is None or not begins else [self.start_id]
        contexts = [[*start, *ids] for ids in self.tokenizer.encode(prompts)]
        for row, context in enumerate(contexts):
            if not context and begins:
                raise SeqkitError(
                    f"prompts, row {row}: expected a text, found an empty one, and no "
                    "start_id to begin with."
                )
        return contexts


def _check_counts(**counts):
    for name, value in counts.items():
        if not isinstance(value, int | np.integer) or value < 1:
            raise SeqkitError(
                f"{name}: expected an int of at least 1, found {value!r}."
            )
