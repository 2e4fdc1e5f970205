"""A text that is yielded piece by piece while it is generated."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inference.language.growing_text import GrowingText
from seqkit.inference.language.token_stepper import row_seeds

# Tokens that a decoder must have seen to know its place in a character and a line.
REMEMBERED = 16


class StreamState(NamedTuple):
    """The point a stream has reached. Keep it, copy it, continue from it repeatedly.

    Attributes:
        model: The state of the model, a list of tensors `[1, ...]`. It has read all
            tokens but the last.
        token_ids: The last tokens.
        index: Number of tokens generated so far, on which the draw depends.
        seed: The seed of the draw.
        held: The end of the text that may be the beginning of a stop string.
        given: How many of its characters have been yielded.
        ended: Whether the end token came.
    """

    model: Any
    token_ids: tuple[int, ...]
    index: int
    seed: int
    held: str = ""
    given: int = 0
    ended: bool = False


class Stream:
    """Iterator of the pieces of a text; made by `Generator.stream`.

    Attributes:
        state: The `StreamState` after the pieces yielded so far. It includes what was
            generated but held back.
        finished: Whether the end token or a stop string came.
    """

    def __init__(
        self, generator, context, strategy, max_length, stop, seed, state, per_piece
    ):
        self._stepper, self._strategy = generator.stepper, strategy
        self._per_piece, self._left = per_piece, max_length
        self._first = ""
        if state is None:
            state = StreamState(self._stepper.initial_state(1), (), 0, 0)
        elif context:
            if state.ended:
                raise SeqkitError(
                    "state: expected a text that goes on, found one that ended with "
                    "the end token. Begin a new one, without a state."
                )
            # No stop string begins before a prompt and ends after it.
            self._first = state.held[state.given :]
            state = state._replace(held="", given=0)
        if seed is not None:
            state = state._replace(seed=int(seed))
        unread = [*state.token_ids[-1:], *context]
        seen = (*state.token_ids, *context)
        self._text = GrowingText(
            generator.tokenizer, seen, stop, state.held, state.given
        )
        self._state = state._replace(model=None, token_ids=seen[-REMEMBERED:])
        # In the form of a batch with one continuation.
        self._model = _widened(self._stepper.read([unread[:-1]], state.model))
        # Like the first prompt of `predict`.
        self._seeds = row_seeds(state.seed, 1)
        self._over = self.finished = state.ended

    @property
    def state(self) -> StreamState:
        stops = self._text.stops
        return self._state._replace(
            model=_narrowed(self._model), held=stops.held, given=stops.given
        )

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text, self._first = self._first, ""
        while not text:
            if self._over:
                raise StopIteration
            text = self._advance()
        return text

    def _advance(self):
        """Writes one piece; its text may be empty, or held back."""
        before = self._state
        limit = self._per_piece
        if self._left is not None:
            limit = min(limit, self._left)
        ids, lengths, _, ended, model = self._stepper.write(
            self._strategy,
            self._per_piece,
            np.array([before.token_ids[-1:]], "int32"),
            self._seeds,
            np.array([limit], "int32"),
            before.index,
            self._model,
        )
        ids, ended = ids[0, 0, : lengths[0, 0]].tolist(), bool(ended[0, 0])
        text, taken = self._text.add(ids)
        if self._text.stopped and (taken < len(ids) or ended):
            # What was generated after the stop string does not count.
            unread = [before.token_ids[-1], *ids[: taken - 1]]
            model = self._stepper.read([unread], _narrowed(self._model))
            model, ended = _widened(model), False
        self._model = model
        self._state = before._replace(
            token_ids=(*before.token_ids, *ids[:taken])[-REMEMBERED:],
            index=before.index + taken,
            ended=ended,
        )
        if self._left is not None:
            self._left -= taken
        self.finished = ended or self._text.stopped
        self._over = self.finished or self._left == 0
        return text + self._text.end() if self._over else text


def _widened(state):
    return [leaf[:, None] for leaf in state]


def _narrowed(state):
    return [leaf[:, 0] for leaf in state]
