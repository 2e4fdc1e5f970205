"""The interface between the loop and a strategy."""

from typing import Any, NamedTuple

Search = dict[str, Any]


class Decoded(NamedTuple):
    """The result of `decode`, with its letters.

    Attributes:
        token_ids: `[B, N, L]` int32 without the start and end tokens, right-padded.
        lengths: `[B, N]` int32, how many of `token_ids` are real.
        scores: `[B, N]` float32, by which the strategy ranks; `-inf` if no hypothesis
            was found for a place.
        log_probs: `[B, N]` float32, the sum of the model's log-probabilities of the
            tokens and, if it was generated, the end token.
        finished: `[B, N]` bool, False if the hypothesis was cut at the limit before it
            generated the end token.
    """

    token_ids: Any
    lengths: Any
    scores: Any
    log_probs: Any
    finished: Any


class Request(NamedTuple):
    """The part of `decode`'s arguments that a strategy may need.

    `batch_size` and `max_length` are ints or scalar tensors, `limits` `[B]` int32 at
    most that. An `end_id` below 0 is equal to none. Random draws depend on
    `first_index`, the number of tokens before this loop. `keep_log_probs` is whether to
    keep that of each token, not only their sum.
    """

    batch_size: Any
    max_length: Any
    limits: Any
    end_id: int
    pad_id: int
    suppress_ids: tuple[int, ...]
    source_mask: Any
    first_index: Any = 0
    keep_log_probs: bool = False


class Strategy:
    """Chooses the tokens; `decode` owns the loop and the model's state.

    A strategy keeps its own tensors in `search`, a flat dictionary whose shapes do not
    change over the loop. It must hold the key `done`, a boolean tensor of any shape:
    the loop stops when all of it is True.

    Subclasses implement `start`, `advance` and `finish`.
    """

    @property
    def uses_attention(self) -> bool:
        """Whether `advance` needs the attention of each step."""
        return False

    @property
    def width(self) -> int:
        """K, the hypotheses that a sentence has in the model's state."""
        return 1

    def start(self, request: Request) -> Search:
        """Returns the `search` before the first step."""
        raise NotImplementedError

    def advance(
        self, logits: Any, attention: Any, search: Search, index: Any, request: Request
    ) -> tuple[Any, Any, Search]:
        """Takes one step.

        Args:
            logits: `[B, K, V]` in any float type.
            attention: `[B, K, S]`, or `None` unless `uses_attention`.
            search: From `start` or the step before.
            index: Scalar int32, how many tokens were generated before this step.

        Returns:
            `(token_ids, parents, search)`: the `[B, K]` tokens to continue with, and
            the `[B, K]` hypothesis that each continues, `None` if all stay in place.
        """
        raise NotImplementedError

    def finish(self, search: Search, request: Request) -> Decoded:
        """Returns the `Decoded` after the last step."""
        raise NotImplementedError
