"""Text in, its continuation out: what a language model writes."""

import copy
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from seqkit.decoding import BeamSearch, Greedy, text_suppress_ids
from seqkit.errors import SeqkitError
from seqkit.inference.language.growing_text import GrowingText, StopStrings
from seqkit.inference.language.stream import Stream
from seqkit.inference.language.token_stepper import TokenStepper, row_seeds, take
from seqkit.tokenizers import IncrementalDecoder

# Tokens that are written before somebody looks whether there is a stop string.
PIECE = 32
# Share of the rows that must still be running for all to stay where they are.
FULL_ENOUGH = 0.75


class Continuation(NamedTuple):
    """What a prompt was continued with.

    Attributes:
        text: The continuation alone; it ends before a stop string.
        score: The model's log-probability of `token_ids` and, where it was generated,
            of the end token.
        token_ids: The tokens generated, those that complete a stop string included,
            without the end token.
        finished: True where the end token or a stop string came, False where the text
            was cut at `max_length`.
    """

    text: str
    score: float
    token_ids: list
    finished: bool


class Generator:
    """Lets a language model write.

    Every text begins with `start_id`, which the model reads before the prompt: `<s>`
    for a model of documents, for one of a running text the token that ends a line. So a
    prompt stands at the beginning of a text or line, and may be empty.

    Args:
        model: A `LanguageModel`, or any built model of that form.
        tokenizer: One of `seqkit.tokenizers`.
        start_id: Token that is read first; None for none, then no prompt may be empty.
        end_id: Token that ends a text; None in a running text, which goes on until
            `max_length` or a stop string.
        suppress_ids: Tokens that are never generated; by default those of
            `seqkit.decoding.text_suppress_ids`.
    """

    def __init__(self, model, tokenizer, *, start_id=2, end_id=3, suppress_ids=None):
        if suppress_ids is None:
            suppress_ids = text_suppress_ids(start_id, end_id)
        self.model, self.tokenizer = model, tokenizer
        self.start_id, self.end_id = start_id, end_id
        self.stepper = TokenStepper(model, end_id, suppress_ids)
        self._scorer = None

    def predict(
        self,
        prompts,
        *,
        strategy=None,
        max_length=256,
        num_return_sequences=None,
        stop=(),
        seed=0,
        batch_size=32,
    ):
        """Continues texts.

        What a prompt gets is a function of its text, of its number among the prompts
        (or its own seed) and of `seed`, not of the batch it falls in.

        Args:
            prompts: N strings.
            strategy: `seqkit.decoding.Greedy()` (the default), `Sampling(...)`, whose
                own seed is left out of account, or `BeamSearch(...)`.
            max_length: Most tokens that are generated.
            num_return_sequences: Continuations of each prompt; by default what the
                strategy says.
            stop: A string or strings before the first of which a text ends. A beam
                search goes on to its end all the same, and is cut there.
            seed: Of the draw: an int, or N ints. A prompt with a seed of its own gets
                what it gets alone.
            batch_size: Prompts a batch; changes the speed and nothing else.

        Returns:
            For each prompt a list of `Continuation`s: those drawn in their order, those
            of a beam search best first.

        Raises:
            SeqkitError: An argument is out of its range, or the model gives no numbers.
        """
        strategy = _strategy(strategy, num_return_sequences)
        if isinstance(prompts, str):
            raise SeqkitError(
                f"prompts: expected a list of strings, found one: {prompts[:40]!r}"
            )
        _check_count("max_length", max_length)
        _check_count("batch_size", batch_size)
        StopStrings(stop)  # raises before there is any work
        contexts = self._contexts(list(prompts))
        seeds = row_seeds(seed, len(contexts))
        results = []
        for first in range(0, len(contexts), batch_size):
            rows = slice(first, first + batch_size)
            batch = _Batch(self, contexts[rows], stop, strategy.width)
            if isinstance(strategy, Greedy):
                batch.write(strategy, seeds[rows], max_length)
                results += batch.results()
            else:
                results += batch.search(strategy, max_length)
        for number, row in enumerate(results):
            if not row or not all(np.isfinite(one.score) for one in row):
                raise SeqkitError(
                    f"prompts, row {number}: expected a finite score, found none. The "
                    "model gives no numbers: its training has diverged."
                )
        return results

    def stream(
        self,
        prompt="",
        *,
        strategy=None,
        max_length=None,
        stop=(),
        seed=None,
        state=None,
        tokens_per_piece=1,
    ):
        """Continues one text, and gives each piece of it as soon as it is there.

        The pieces, put together, are what `predict([prompt])` gives for the same seed
        and arguments. A token costs the same wherever it stands, and the memory does
        not grow.

        Args:
            prompt: A string; with a `state`, what follows the text so far.
            strategy: `Greedy()` (the default) or `Sampling(...)`.
            max_length: Most tokens that are generated; None goes on for ever.
            stop: As in `predict`. What may be the beginning of one is held back.
            seed: An int; by default that of the state, without one 0.
            state: The `state` of an earlier stream. With it and no prompt, the text
                goes on as if there had been no break.
            tokens_per_piece: Tokens that are generated at a time.

        Returns:
            A `Stream`: an iterator of strings, none of them empty.

        Raises:
            SeqkitError: An argument is out of its range, or the strategy cannot stream.
        """
        strategy = _strategy(strategy, None)
        if not isinstance(strategy, Greedy) or strategy.width > 1:
            found = type(strategy).__name__
            if strategy.width > 1:
                found += f" with {strategy.width} texts side by side"
            raise SeqkitError(
                "strategy: expected Greedy() or Sampling(...) of one text, which go on "
                f"token by token, found {found}. Use predict."
            )
        if max_length is not None:
            _check_count("max_length", max_length)
        _check_count("tokens_per_piece", tokens_per_piece)
        context = self._contexts([prompt], begins=state is None)[0]
        return Stream(
            self,
            context,
            strategy=strategy,
            max_length=max_length,
            stops=stop,
            seed=seed,
            state=state,
            tokens_per_piece=tokens_per_piece,
        )

    def score(self, contexts, continuations):
        """Log-probabilities of token ids behind others, a float for each pair."""
        from seqkit.inference.language.scorer import Scorer

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


class _Batch:
    """Prompts that are continued together."""

    def __init__(self, generator, contexts, stop, width):
        self.generator, self.contexts = generator, contexts
        stepper = generator.stepper
        state = stepper.read(
            [ids[:-1] for ids in contexts], stepper.initial_state(len(contexts))
        )
        self.state = [ops.repeat(leaf[:, None], width, axis=1) for leaf in state]
        self.last = np.array([ids[-1] for ids in contexts], "int32")
        self.texts = [
            [_Text(generator.tokenizer, ids, stop) for _ in range(width)]
            for ids in contexts
        ]

    def write(self, strategy, seeds, max_length):
        """Goes on piece by piece until all texts are done."""
        rows, state = np.arange(len(self.texts)), self.state
        token_ids = np.repeat(self.last[:, None], strategy.width, axis=1)
        for index in range(0, max_length, PIECE):
            running = [any(not t.done for t in self.texts[row]) for row in rows]
            if not any(running):
                break
            if _can_leave() and sum(running) <= FULL_ENOUGH * len(rows):
                places = np.flatnonzero(running)
                state, token_ids = take(state, places), token_ids[places]
                rows, running = rows[places], [True] * len(places)
            limits = np.where(running, min(PIECE, max_length - index), 0)
            ids, lengths, log_probs, ended, state = self.generator.stepper.write(
                strategy,
                PIECE,
                token_ids,
                seeds[rows],
                limits.astype("int32"),
                index,
                state,
            )
            for place, row in enumerate(rows):
                for k, text in enumerate(self.texts[row]):
                    length = lengths[place, k]
                    text.add(
                        ids[place, k, :length].tolist(),
                        log_probs[place, k],
                        ended[place, k],
                    )
            places = np.maximum(lengths - 1, 0)[..., None]
            token_ids = np.take_along_axis(ids, places, axis=2)[..., 0]

    def results(self):
        return [[text.result() for text in row] for row in self.texts]

    def search(self, strategy, max_length):
        """Goes on by whole texts, cuts them, and returns the results."""
        generator = self.generator
        decoded = generator.stepper.search(strategy, self.last, max_length, self.state)
        results, cut = [], []
        for row, texts in enumerate(self.texts):
            count = int(np.isfinite(decoded.scores[row]).sum())
            for k, text in enumerate(texts[:count]):
                ids = decoded.token_ids[row, k, : decoded.lengths[row, k]].tolist()
                text.add(ids, None, decoded.finished[row, k])
                text.score = float(decoded.log_probs[row, k])
                if text.growing.stopped:
                    cut.append((self.contexts[row], text))
            results.append(texts[:count])
        if cut:
            contexts, texts = zip(*cut, strict=True)
            scores = generator.score(contexts, [text.token_ids for text in texts])
            for text, score in zip(texts, scores, strict=True):
                text.score = score
        return [[text.result() for text in row] for row in results]


class _Text:
    """One continuation, as it grows."""

    def __init__(self, tokenizer, context, stop):
        decoder = IncrementalDecoder(tokenizer, prefix_ids=context)
        self.growing = GrowingText(decoder, StopStrings(stop))
        self.text, self.token_ids, self.score = "", [], 0.0
        self.done = False

    def add(self, token_ids, log_probs, ended):
        if self.done:
            return
        text, taken = self.growing.add(token_ids)
        self.text += text
        self.token_ids += token_ids[:taken]
        self.done = bool(ended) or self.growing.stopped
        if log_probs is not None:
            # In float64, so that the pieces' lengths are no matter.
            count = taken if self.growing.stopped else len(token_ids) + int(ended)
            for one in log_probs[:count].tolist():
                self.score += one

    def result(self):
        text = self.text + self.growing.end()
        return Continuation(text, self.score, self.token_ids, self.done)


def _strategy(strategy, num_return_sequences):
    strategy = Greedy() if strategy is None else strategy
    if num_return_sequences is None:
        return strategy
    _check_count("num_return_sequences", num_return_sequences)
    most = 1
    if hasattr(strategy, "num_return_sequences"):
        most = strategy.num_beams if isinstance(strategy, BeamSearch) else None
        strategy = copy.copy(strategy)
        strategy.num_return_sequences = num_return_sequences
    if most is not None and num_return_sequences > most:
        raise SeqkitError(
            f"num_return_sequences: expected at most {most} of "
            f"{type(strategy).__name__}, found {num_return_sequences}. Draw them with "
            "Sampling(...), or widen the beam."
        )
    return strategy


def _check_count(name, value):
    if not isinstance(value, int | np.integer) or value < 1:
        raise SeqkitError(f"{name}: expected an int of at least 1, found {value!r}.")


def _can_leave():
    """Whether the number of rows may change; elsewhere it is compiled for one."""
    return keras.backend.backend() == "tensorflow"
