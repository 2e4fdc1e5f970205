"""Prompts that are continued together in a batch."""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from seqkit.inference.language.growing_text import GrowingText
from seqkit.inference.language.token_stepper import take

# Tokens that are written before the next check for stop strings.
PIECE = 32
# Share of the rows that must still be running for all to stay where they are.
FULL_ENOUGH = 0.75


class Continuation(NamedTuple):
    """What a prompt was continued with.

    Attributes:
        text: The continuation alone; it ends before a stop string.
        score: The model's log-probability of `token_ids` and of the end token, if that
            was generated.
        token_ids: The tokens generated, including those that complete a stop string
            but not the end token.
        finished: True if the end token or a stop string came, False if the text was cut
            at `max_length`.
    """

    text: str
    score: float
    token_ids: list[int]
    finished: bool


class Batch:
    """B prompts with K continuations each."""

    def __init__(self, generator, contexts, stop, width):
        self.generator, self.contexts = generator, contexts
        stepper = generator.stepper
        unread = [ids[:-1] for ids in contexts]
        state = stepper.read(unread, stepper.initial_state(len(contexts)))
        self.state = [ops.repeat(leaf[:, None], width, axis=1) for leaf in state]
        self.last = np.array([ids[-1] for ids in contexts], "int32")
        self.texts = [
            [_Text(generator.tokenizer, ids, stop) for _ in range(width)]
            for ids in contexts
        ]

    def write(self, strategy, seeds, max_length) -> list[list[Continuation]]:
        """Continues piece by piece until all texts are done."""
        rows, state = np.arange(len(self.texts)), self.state
        token_ids = np.repeat(self.last[:, None], strategy.width, axis=1)
        # Elsewhere it is compiled for one number of rows.
        rows_may_leave = keras.backend.backend() == "tensorflow"
        for index in range(0, max_length, PIECE):
            running = [any(not t.done for t in self.texts[row]) for row in rows]
            if not any(running):
                break
            if rows_may_leave and sum(running) <= FULL_ENOUGH * len(rows):
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
                    new = ids[place, k, : lengths[place, k]].tolist()
                    text.add(new, ended[place, k], log_probs[place, k])
            places = np.maximum(lengths - 1, 0)[..., None]
            token_ids = np.take_along_axis(ids, places, axis=2)[..., 0]
        return [[text.result() for text in row] for row in self.texts]

    def search(self, strategy, max_length) -> list[list[Continuation]]:
        """Searches for whole texts, then cuts them at stop strings."""
        generator = self.generator
        decoded = generator.stepper.search(strategy, self.last, max_length, self.state)
        results, cut = [], []
        for row, texts in enumerate(self.texts):
            count = int(np.isfinite(decoded.scores[row]).sum())
            for k, text in enumerate(texts[:count]):
                ids = decoded.token_ids[row, k, : decoded.lengths[row, k]].tolist()
                text.add(ids, decoded.finished[row, k])
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
    """One continuation as it grows."""

    def __init__(self, tokenizer, context, stop):
        self.growing = GrowingText(tokenizer, context, stop)
        self.text, self.token_ids, self.score = "", [], 0.0
        self.done = False

    def add(self, token_ids, ended, log_probs=()):
        if self.done:
            return
        text, taken = self.growing.add(token_ids)
        self.text += text
        self.token_ids += token_ids[:taken]
        self.done = bool(ended) or self.growing.stopped
        count = taken if self.growing.stopped else len(token_ids) + int(ended)
        for one in log_probs[:count]:
            # In float64 and one by one, so that the pieces' lengths do not matter.
            self.score += float(one)

    def result(self):
        text = self.text + self.growing.end()
        return Continuation(text, self.score, self.token_ids, self.done)
