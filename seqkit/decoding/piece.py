"""Decoding in pieces: state in, some tokens and the state out."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from keras import ops

from seqkit.decoding.greedy import Greedy
from seqkit.decoding.loop import make_request, run_loop
from seqkit.decoding.strategy import Strategy
from seqkit.errors import SeqkitError
from seqkit.special_ids import END_ID, PAD_ID, START_ID


class Piece(NamedTuple):
    """The result of `decode_piece`, with the letters of `decode`.

    Attributes:
        token_ids: `[B, K, L]` int32 without the end token, right-padded.
        lengths: `[B, K]` int32, how many of `token_ids` are real.
        log_probs: `[B, K, L]` float32, the model's log-probability of each token and,
            if it was generated, of the end token after them; 0 elsewhere.
        finished: `[B, K]` bool, True where the end token was generated.
        state: The state to continue with, in the form it came in. The model has not
            read the last token yet. That of a finished hypothesis has no meaning.
    """

    token_ids: Any
    lengths: Any
    log_probs: Any
    finished: Any
    state: Any


def decode_piece(
    step: Callable[..., Any],
    state: Mapping[str, Any],
    token_ids: Any,
    *,
    strategy: Strategy | None = None,
    max_length: Any,
    max_lengths: Any = None,
    first_index: Any = 0,
    end_id: int | None = END_ID,
    pad_id: int = PAD_ID,
    suppress_ids: Collection[int] = (PAD_ID, START_ID),
) -> Piece:
    """Generates the next tokens of longer texts, and returns the state.

    The pieces, whatever their lengths, together hold the tokens that `decode` returns
    at once. So text can be shown or sent while it grows, and may be endless.

    Args:
        step, state, max_lengths, end_id, pad_id, suppress_ids: As in `decode`, except
            that all rows stay to the end.
        token_ids: `[B, K]` int32, the last token of each hypothesis, which the model
            has not read yet.
        strategy: `Greedy()` (the default) or `Sampling(...)`; a beam search may still
            change any earlier token.
        max_length: Most tokens of this piece, L; an int, or on TensorFlow a scalar.
        first_index: Number of tokens that the pieces before this one generated, an int
            or a scalar tensor. A draw is a function of seed and position.

    >>> from keras import ops
    >>> from seqkit.decoding import decode_piece
    >>> def step(token_ids, state, index):  # counts, modulo 10
    ...     return 9.0 * ops.one_hot((token_ids + 1) % 10, 10), state
    >>> options = {"max_length": 3, "end_id": None, "suppress_ids": ()}
    >>> piece = decode_piece(step, {}, ops.array([[8]]), **options)
    >>> ops.convert_to_numpy(piece.token_ids[0, 0]).tolist()
    [9, 0, 1]
    """
    strategy = Greedy() if strategy is None else strategy
    if not isinstance(strategy, Greedy):
        raise SeqkitError(
            "strategy: expected Greedy() or Sampling(...), which go token by token, "
            f"found {type(strategy).__name__}. Decode whole texts with it instead."
        )
    token_ids = ops.convert_to_tensor(token_ids, "int32")
    request = make_request(
        ops.shape(token_ids)[0],
        max_length,
        max_lengths,
        end_id=end_id,
        pad_id=pad_id,
        suppress_ids=tuple(suppress_ids),
        source_mask=None,
        first_index=first_index,
        keep_log_probs=True,
    )
    search, state = run_loop(
        step, state, token_ids, strategy, request, rows_may_leave=False
    )
    return Piece(
        token_ids=search["token_ids"],
        lengths=search["lengths"],
        log_probs=search["token_log_probs"],
        finished=search["finished"],
        state=state,
    )
