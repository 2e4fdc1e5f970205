"""Beam search."""

from typing import Any, Literal

from keras import ops

from seqkit.decoding.candidates import given_all, top_candidates
from seqkit.decoding.constraints import Constraints
from seqkit.decoding.penalties import coverage_penalty, length_penalty
from seqkit.decoding.strategy import Decoded, Request, Search, Strategy
from seqkit.decoding.tensors import take_per_sentence, write_token
from seqkit.errors import SeqkitError

NEVER = -float("inf")


class BeamSearch(Strategy):
    """Keeps the `num_beams` likeliest beginnings of a sentence; returns n-best.

    Hypotheses that have generated the end token leave the beam and are frozen, with the
    score of Wu et al. 2016, equation 14:

        score = log P(Y | X) / ((5 + n) / 6) ** alpha
                + beta * sum_s log(min(attention that source token s got, 1))

    where n counts the generated tokens, including the end token. At every step the beam
    is filled from the `2 * num_beams` best continuations, of which at most `num_beams`
    end, so that it is never short of live ones. A continuation that ends counts if it
    is among the `num_beams` best.

    A sentence is done at its length limit, or earlier by the rule of `early_stopping`.
    Hypotheses still live then are cut: they rank after all finished ones, and are
    returned only in the places left over.

    Args:
        num_beams: Hypotheses kept per sentence.
        length_penalty: alpha, 0 or more; 0 ranks by log-probability, which favours
            short outputs.
        coverage_penalty: beta, 0 or more. Above 0, the step must return attention as
            its third value and `decode` needs `source_mask`. It ranks finished
            hypotheses and does not affect the search among live ones.
        num_return_sequences: Hypotheses returned, best first; at most `num_beams`.
        early_stopping: When a sentence is done, with the values of Hugging Face.
            `"never"`: when no live hypothesis can beat the worst of the finished ones
            to return. (log P only falls, and is divided at most by the penalty of the
            length limit.) The result is that of a search to the limit. `False`: when
            `num_beams` hypotheses have finished and no live one, scored at its current
            length, beats the worst to return. It may miss results that would win by
            their length; with a `length_penalty` of 0 it is exact too. `True`: as soon
            as `num_beams` hypotheses have finished, however much better a live one is
            (as in fairseq; Kasai et al. 2022, arXiv:2204.05424). If a model is sure of
            its tokens, poor hypotheses that end early get into the beam, and finish
            first.
        no_repeat_ngram: N: no hypothesis has the same N tokens in a row twice (Paulus
            et al. 2017, arXiv:1705.04304); 0 allows it. What is left out keeps its
            share of the probability.
        min_length: Tokens that are written before the end token, at least.

    >>> from keras import ops
    >>> from seqkit.decoding import BeamSearch, decode
    >>> table = ops.array([  # probabilities of ids 3 (the end), 4 and 5 after 2 and 4
    ...     [0.0, 0.6, 0.4], [0.4, 0.3, 0.3], [0.9, 0.1, 0.0]])
    >>> def step(token_ids, state, index):
    ...     seen = ops.take(table, ops.maximum(token_ids - 3, 0), axis=0)
    ...     return ops.pad(ops.log(seen + 1e-9), [(0, 0), (0, 0), (3, 0)],
    ...                    constant_values=-99.0), state
    >>> strategy = BeamSearch(2, length_penalty=0.0)
    >>> decoded = decode(step, {}, 1, strategy=strategy, max_length=4)
    >>> ops.convert_to_numpy(decoded.token_ids).tolist()  # greedy would choose 4
    [[[5, 0, 0, 0]]]
    """

    def __init__(
        self,
        num_beams: int = 5,
        *,
        length_penalty: float = 0.6,
        coverage_penalty: float = 0.0,
        num_return_sequences: int = 1,
        early_stopping: bool | Literal["never"] = "never",
        no_repeat_ngram: int = 0,
        min_length: int = 0,
    ):
        if num_beams < 1:
            raise SeqkitError(f"num_beams: expected at least 1, found {num_beams}.")
        if not 1 <= num_return_sequences <= num_beams:
            raise SeqkitError(
                f"num_return_sequences: expected 1 to num_beams={num_beams}, "
                f"found {num_return_sequences}. Raise num_beams."
            )
        for name, value in (
            ("length_penalty", length_penalty),
            ("coverage_penalty", coverage_penalty),
        ):
            if not value >= 0:
                raise SeqkitError(f"{name}: expected 0 or more, found {value}.")
        if early_stopping not in (True, False, "never"):
            raise SeqkitError(
                "early_stopping: expected True, False or 'never', found "
                f"{early_stopping!r}."
            )
        self.constraints = Constraints(no_repeat_ngram, min_length).checked()
        self.num_beams = num_beams
        self.length_penalty = length_penalty
        self.coverage_penalty = coverage_penalty
        self.num_return_sequences = num_return_sequences
        self.early_stopping = early_stopping

    @property
    def width(self) -> int:
        return self.num_beams

    @property
    def uses_attention(self) -> bool:
        return self.coverage_penalty > 0

    def start(self, request: Request) -> Search:
        batch_size, pad_id = request.batch_size, request.pad_id
        live = (batch_size, self.num_beams)
        kept = (batch_size, self.num_return_sequences)
        # All hypotheses begin alike, so only the first may continue.
        first = ops.where(ops.arange(self.num_beams, dtype="int32") == 0, 0.0, NEVER)
        search = {
            "done": request.limits <= 0,
            "num_finished": ops.zeros((batch_size,), dtype="int32"),
            "live_ids": ops.full((*live, request.max_length), pad_id, dtype="int32"),
            "live_log_probs": ops.broadcast_to(ops.cast(first, "float32"), live),
            "kept_ids": ops.full((*kept, request.max_length), pad_id, dtype="int32"),
            "kept_lengths": ops.zeros(kept, dtype="int32"),
            "kept_scores": ops.full(kept, NEVER, dtype="float32"),
            "kept_log_probs": ops.full(kept, NEVER, dtype="float32"),
        }
        if self.uses_attention:
            source_length = ops.shape(request.source_mask)[1]
            search["coverage"] = ops.zeros((*live, source_length), dtype="float32")
        return search

    def advance(
        self, logits: Any, attention: Any, search: Search, index: Any, request: Request
    ) -> tuple[Any, Any, Search]:
        width = self.num_beams
        done = search["done"]
        search = dict(search)
        before = search["live_log_probs"]
        if any(self.constraints):
            allowed = self.constraints.allowed(
                logits, search["live_ids"], index, request
            )
            before = before + given_all(allowed, logits)
            logits = allowed
        totals, parents, token_ids = top_candidates(
            logits, before, 2 * width, request.suppress_ids
        )
        ends = token_ids == request.end_id
        penalty = 0.0
        if self.uses_attention:
            seen = ops.cast(attention, "float32")
            seen = ops.where(done[:, None, None], 0.0, seen)
            search["coverage"] = search["coverage"] + seen
            penalty = take_per_sentence(
                self._coverage_penalty(search, request), parents
            )
        scores = totals / length_penalty(index + 1, self.length_penalty) + penalty
        ending = ops.logical_and(ends, ops.logical_not(done)[:, None])
        scores = ops.where(ending, scores, NEVER)
        finished = (values[:, :width] for values in (scores, totals, parents))
        self._keep_finished(search, index, *finished)
        totals, chosen = ops.top_k(ops.where(ends, NEVER, totals), width)
        chosen = ops.cast(chosen, "int32")
        token_ids = take_per_sentence(token_ids, chosen)
        parents = take_per_sentence(parents, chosen)
        # The hypotheses of a done sentence stay, since cut ones are returned.
        still, beams = done[:, None], ops.arange(width, dtype="int32")
        totals = ops.where(still, search["live_log_probs"], totals)
        parents = ops.where(still, beams, parents)
        written = ops.where(still, request.pad_id, token_ids)
        live_ids = take_per_sentence(search["live_ids"], parents)
        search["live_ids"] = write_token(live_ids, written, index)
        search["live_log_probs"] = totals
        if self.uses_attention:
            search["coverage"] = take_per_sentence(search["coverage"], parents)
        search["done"] = self._done(search, index, request)
        # Places without a hypothesis get a harmless token.
        empty = ops.logical_or(still, totals == NEVER)
        token_ids = ops.where(empty, request.end_id, token_ids)
        return token_ids, None if width == 1 else parents, search

    def _keep_finished(self, search, index, scores, log_probs, parents):
        """Merges newly finished hypotheses, all `[B, K]`, into the N best."""
        kept = self.num_return_sequences
        # On equal scores top_k takes the lower place: what finished earlier stays.
        together = ops.concatenate([search["kept_scores"], scores], axis=1)
        search["kept_scores"], chosen = ops.top_k(together, kept)
        chosen = ops.cast(chosen, "int32")

        def choose(old, new):
            together = ops.concatenate([old, new], axis=1)
            return take_per_sentence(together, chosen)

        places = ops.broadcast_to(
            ops.arange(kept, dtype="int32"), ops.shape(search["kept_lengths"])
        )
        ids = ops.concatenate([search["kept_ids"], search["live_ids"]], axis=1)
        search["kept_ids"] = take_per_sentence(ids, choose(places, kept + parents))
        search["kept_log_probs"] = choose(search["kept_log_probs"], log_probs)
        search["kept_lengths"] = choose(
            search["kept_lengths"], ops.zeros_like(parents) + index
        )
        ended = ops.cast(scores > NEVER, "int32")
        search["num_finished"] = search["num_finished"] + ops.sum(ended, axis=1)

    def _done(self, search, index, request):
        """Which sentences are done, `[B]`."""
        worst, best = search["kept_scores"][:, -1], search["live_log_probs"][:, 0]

        def reached(length):
            return worst >= best / length_penalty(length, self.length_penalty)

        done = ops.logical_or(search["done"], index + 1 >= request.limits)
        done = ops.logical_or(done, reached(request.limits))
        if self.early_stopping == "never":
            return done
        enough = search["num_finished"] >= self.num_beams
        if not self.early_stopping:
            enough = ops.logical_and(enough, reached(index + 1))
        return ops.logical_or(done, enough)

    def _coverage_penalty(self, search, request):
        return coverage_penalty(
            search["coverage"], request.source_mask, self.coverage_penalty
        )

    def finish(self, search: Search, request: Request) -> Decoded:
        kept = self.num_return_sequences
        limits = request.limits[:, None]
        cut = search["live_log_probs"] / length_penalty(limits, self.length_penalty)
        if self.uses_attention:
            cut = cut + self._coverage_penalty(search, request)
        live = {
            "scores": cut,
            "ids": search["live_ids"],
            "lengths": ops.zeros_like(cut, dtype="int32") + limits,
            "log_probs": search["live_log_probs"],
        }
        every = {
            name: ops.concatenate([search[f"kept_{name}"], values], axis=1)
            for name, values in live.items()
        }
        # Two keys in one: finished before cut, then by score.
        is_cut = ops.arange(kept + self.num_beams, dtype="int32") >= kept
        order = _order(every["scores"], is_cut)[:, :kept]
        best = {name: take_per_sentence(x, order) for name, x in every.items()}
        found = best["scores"] > NEVER
        return Decoded(
            token_ids=ops.where(found[..., None], best["ids"], request.pad_id),
            lengths=ops.where(found, best["lengths"], 0),
            scores=best["scores"],
            log_probs=best["log_probs"],
            finished=ops.logical_and(found, order < kept),
        )


def _order(scores, is_cut):
    """Places, sorted by found or not, cut or not, score; `[B, N + K]` int32."""
    _, by_score = ops.top_k(scores, scores.shape[1])
    by_score = ops.cast(by_score, "int32")
    sorted_scores = take_per_sentence(scores, by_score)
    group = ops.cast(ops.take(is_cut, by_score), "int32")
    group = ops.where(sorted_scores > NEVER, group, 2)
    # No two keys are equal: on PyTorch top_k does not keep the order of equal ones.
    size = scores.shape[1]
    key = group * size + ops.arange(size, dtype="int32")
    _, order = ops.top_k(-key, size)
    return take_per_sentence(by_score, ops.cast(order, "int32"))
