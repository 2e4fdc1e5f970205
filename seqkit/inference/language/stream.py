"""One text that is written while somebody reads it."""

from typing import Any, NamedTuple

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inference.language.growing_text import GrowingText, StopStrings
from seqkit.inference.language.token_stepper import row_seeds
from seqkit.tokenizers import IncrementalDecoder

# Tokens that a decoder must have seen to know where it is in a character and a line.
REMEMBERED = 16


class StreamState(NamedTuple):
    """Where a stream stands. Keep it, copy it, go on from it as often as you like.

    Attributes:
        model: The state of the model, a list of tensors `[1, ...]`. It has read all
            tokens but the last.
        token_ids: The last tokens.
        index: Number of tokens generated so far: where the draw stands.
        seed: The seed of the draw.
        held: The end of the text that may be the beginning of a stop string.
        given: How many of its characters have been given out.
        ended: Whether the end token came.
    """

    model: Any
    token_ids: tuple
    index: int
    seed: int
    held: str = ""
    given: int = 0
    ended: bool = False


class Stream:
    """Iterator of the pieces of a text; made by `Generator.stream`.

    Attributes:
        state: The `StreamState` behind the pieces given so far. What is generated but
            held back is in it.
        finished: Whether the end token or a stop string came.
    """

    def __init__(
        self,
        generator,
        context,
        *,
        strategy,
        max_length,
        stops,
        seed,
        state,
        tokens_per_piece,
    ):
        stepper = generator.stepper
        self._stepper, self._strategy = stepper, strategy
        self._per_piece, self._left = tokens_per_piece, max_length
        self._first = ""
        if state is None:
            before = ()
            state = StreamState(stepper.initial_state(1), (), 0, 0)
        elif context and state.ended:
            raise SeqkitError(
                "state: expected a text that goes on, found one that ended with the "
                "end token. Begin a new one, without a state."
            )
        else:
            before = state.token_ids
            if context:
                # Nothing goes across what somebody else wrote.
                self._first = state.held[state.given :]
                state = state._replace(held="", given=0)
        unread = [*before[-1:], *context]
        if seed is not None:
            state = state._replace(seed=int(seed))
        remembered = (*before, *context)
        self._text = GrowingText(
            IncrementalDecoder(generator.tokenizer, prefix_ids=remembered),
            StopStrings(stops, state.held, state.given),
        )
        self._state = state._replace(model=None, token_ids=remembered[-REMEMBERED:])
        # In the form that a batch of one continuation each has.
        self._model = _widened(stepper.read([unread[:-1]], state.model))
        # As `predict` has it for the first of its prompts.
        self._seeds = row_seeds(self._state.seed, 1)
        self._over = state.ended
        self.finished = state.ended

    @property
    def state(self):
        stops = self._text.stops
        return self._state._replace(
            model=_narrowed(self._model), held=stops.held, given=stops.given
        )

    def __iter__(self):
        return self

    def __next__(self):
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
            # What came behind the stop string has not been written.
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
