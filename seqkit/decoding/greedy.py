"""The likeliest token at every step."""

from typing import Any

from keras import ops

from seqkit.decoding.candidates import given_all, top_candidates
from seqkit.decoding.constraints import Constraints
from seqkit.decoding.strategy import Decoded, Request, Search, Strategy
from seqkit.decoding.tensors import write_token


class Greedy(Strategy):
    """Takes the likeliest token at every step; `scores` are log-probabilities.

    Args:
        no_repeat_ngram, min_length: As in `BeamSearch`.

    >>> from keras import ops
    >>> from seqkit.decoding import Greedy, decode
    >>> word = ops.array([7, 5, 6, 3])  # spelled by the model below; 3 is the end
    >>> def step(token_ids, state, index):
    ...     logits = 9.0 * ops.one_hot(ops.take(word, index), 8)
    ...     return ops.broadcast_to(logits, (*token_ids.shape, 8)), state
    >>> decoded = decode(step, {}, 1, strategy=Greedy(), max_length=5)
    >>> ops.convert_to_numpy(decoded.token_ids).tolist()
    [[[7, 5, 6, 0, 0]]]
    """

    def __init__(self, *, no_repeat_ngram: int = 0, min_length: int = 0):
        self.constraints = Constraints(no_repeat_ngram, min_length).checked()

    def pick(
        self, logits: Any, search: Search, index: Any, request: Request
    ) -> tuple[Any, Any]:
        """Returns the `[B, K]` next tokens and their log-probabilities."""
        nothing = ops.zeros_like(logits[..., 0], dtype="float32")
        log_probs, _, token_ids = top_candidates(
            logits, nothing, 1, request.suppress_ids
        )
        return token_ids, log_probs

    def start(self, request: Request) -> Search:
        shape = (request.batch_size, self.width)
        history = (*shape, request.max_length)
        search = {
            "token_ids": ops.full(history, request.pad_id, dtype="int32"),
            "lengths": ops.zeros(shape, dtype="int32"),
            "log_probs": ops.zeros(shape, dtype="float32"),
            "finished": ops.zeros(shape, dtype="bool"),
            "done": ops.broadcast_to(request.limits[:, None] <= 0, shape),
        }
        if request.keep_log_probs:
            search["token_log_probs"] = ops.zeros(history, dtype="float32")
        return search

    def advance(
        self, logits: Any, attention: Any, search: Search, index: Any, request: Request
    ) -> tuple[Any, Any, Search]:
        allowed = logits
        if any(self.constraints):
            allowed = self.constraints.allowed(
                logits, search["token_ids"], index, request
            )
        token_ids, log_probs = self.pick(allowed, search, index, request)
        if any(self.constraints):
            log_probs = log_probs + given_all(allowed, logits)
        active = ops.logical_not(search["done"])
        ended = ops.logical_and(active, token_ids == request.end_id)
        written = ops.logical_and(active, token_ids != request.end_id)
        done = ops.logical_or(search["done"], ended)
        log_probs = ops.where(active, log_probs, 0.0)
        if request.keep_log_probs:
            kept = write_token(search["token_log_probs"], log_probs, index)
            search = {**search, "token_log_probs": kept}
        search = {
            **search,
            "token_ids": write_token(
                search["token_ids"],
                ops.where(written, token_ids, request.pad_id),
                index,
            ),
            "lengths": search["lengths"] + ops.cast(written, "int32"),
            "log_probs": search["log_probs"] + log_probs,
            "finished": ops.logical_or(search["finished"], ended),
            "done": ops.logical_or(done, index + 1 >= request.limits[:, None]),
        }
        return ops.where(done, request.end_id, token_ids), None, search

    def finish(self, search: Search, request: Request) -> Decoded:
        return Decoded(
            token_ids=search["token_ids"],
            lengths=search["lengths"],
            scores=search["log_probs"],
            log_probs=search["log_probs"],
            finished=search["finished"],
        )
