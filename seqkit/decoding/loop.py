"""The one decoding loop: runs the model step by step until the strategy is done."""

import numbers
from collections.abc import Callable, Collection, Mapping
from typing import Any

import keras
from keras import ops, tree

from seqkit.decoding.dropping import all_searches, can_drop, drop_done, number_rows
from seqkit.decoding.greedy import Greedy
from seqkit.decoding.strategy import Decoded, Request, Search, Strategy
from seqkit.decoding.tensors import take_per_sentence
from seqkit.errors import SeqkitError
from seqkit.special_ids import END_ID, PAD_ID, START_ID

# The entries of a model's state, see `decode`.
ENTRIES = ("beams", "sentences", "shared")
# Equal to no token.
NO_END = -1


def decode(
    step: Callable[..., Any],
    state: Mapping[str, Any],
    batch_size: Any,
    *,
    strategy: Strategy | None = None,
    max_length: Any,
    max_lengths: Any = None,
    source_mask: Any = None,
    start_id: Any = START_ID,
    end_id: int | None = END_ID,
    pad_id: int = PAD_ID,
    suppress_ids: Collection[int] = (PAD_ID, START_ID),
) -> Decoded:
    """Generates token ids with a model that is given as a function of one step.

    The loop is one `keras.ops.while_loop`, so it runs eagerly, inside `tf.function`
    (batch size and lengths may be unknown when it is traced, autograph is not needed),
    in a SavedModel and under `jax.jit`. It stops when all sentences are done. The
    result of a sentence does not depend on the others in its batch.

    Letters: B sentences, K = `strategy.width` hypotheses each while decoding, N
    returned, V tokens in the vocabulary, S source tokens, L = `max_length`.

    Args:
        step: `step(token_ids, state, index) -> (logits, state)`: takes the `[B, K]`
            int32 tokens at position `index` (a scalar int32 tensor, 0 for the start
            token) and returns `[B, K, V]` logits for the next position. V may depend on
            the batch, such as the positions of its longest source. A
            strategy with `uses_attention` needs `(logits, state, attention)`, the
            last one `[B, K, S]`; others take that form too and ignore the attention.
        state: Dictionary with up to three entries, nested structures of tensors whose
            shapes and dtypes `step` leaves as they are. `"beams"`: tensors
            `[B, K, ...]` that belong to hypotheses and are gathered along the second
            axis when a beam is reordered. `"sentences"`: tensors `[B, ...]` that
            all hypotheses of a sentence share. `"shared"`: anything else; carried along
            and never reordered. If `"sentences"` is given, nothing else that `step`
            uses may have an axis of B: rows of sentences that are done may then leave
            the computation, and on TensorFlow do.
        batch_size: B, an int or a scalar tensor.
        strategy: `Greedy()` (the default), `BeamSearch(...)` or `Sampling(...)`.
        max_length: Most tokens to generate, which is the number of steps: the end
            token needs one too. An int, or on TensorFlow a scalar tensor, so that a
            batch of short sentences allocates little.
        max_lengths: `[B]` int, a limit for each sentence, if lower than `max_length`.
        source_mask: `[B, S]` bool, True for real source tokens; for strategies with
            `uses_attention`.
        start_id: The token to begin with: an int, or a `[B]` int tensor with one per
            sentence (the last token of a prompt, for example).
        end_id: Token that ends a hypothesis; `None` if only its length does.
        pad_id, suppress_ids: Token that fills the output; tokens never generated.

    Raises:
        SeqkitError: An argument, the state or what `step` returned is not as above.

    >>> from keras import ops
    >>> from seqkit.decoding import BeamSearch, decode
    >>> def step(token_ids, state, index):  # counts up to 7, then ends
    ...     following = ops.where(token_ids < 4, 4, token_ids + 1)
    ...     following = ops.where(token_ids == 7, 3, following)
    ...     return 9.0 * ops.one_hot(following, 8), state
    >>> decoded = decode(step, {}, 2, strategy=BeamSearch(3), max_length=6)
    >>> ops.convert_to_numpy(decoded.token_ids[:, 0]).tolist()
    [[4, 5, 6, 7, 0, 0], [4, 5, 6, 7, 0, 0]]
    """
    strategy = Greedy() if strategy is None else strategy
    if strategy.uses_attention and source_mask is None:
        raise SeqkitError(
            "source_mask: expected a [B, S] mask, as the strategy uses attention, "
            "found None."
        )
    request = make_request(
        batch_size,
        max_length,
        max_lengths,
        end_id=end_id,
        pad_id=pad_id,
        suppress_ids=tuple(suppress_ids),
        source_mask=source_mask,
    )
    start_ids = ops.cast(ops.convert_to_tensor(start_id), "int32")
    start_ids = ops.broadcast_to(
        ops.reshape(start_ids, (-1, 1)), (batch_size, strategy.width)
    )
    search, _ = run_loop(step, state, start_ids, strategy, request)
    return strategy.finish(search, request)


def make_request(
    batch_size: Any,
    max_length: Any,
    max_lengths: Any,
    *,
    end_id: int | None,
    **others: Any,
) -> Request:
    """The `Request` for these arguments of `decode`, checked."""
    max_length = _checked_max_length(max_length)
    limits = ops.zeros((batch_size,), dtype="int32") + max_length
    if max_lengths is not None:
        limits = ops.minimum(limits, ops.cast(max_lengths, "int32"))
    return Request(
        batch_size=batch_size,
        max_length=max_length,
        limits=ops.maximum(limits, 0),
        end_id=NO_END if end_id is None else end_id,
        **others,
    )


def run_loop(
    step: Callable[..., Any],
    state: Mapping[str, Any],
    token_ids: Any,
    strategy: Strategy,
    request: Request,
    rows_may_leave: bool = True,
) -> tuple[Search, dict[str, Any]]:
    """Runs model and strategy until it is done: its own tensors, and the state."""
    unknown = sorted(set(state) - set(ENTRIES))
    if unknown:
        raise SeqkitError(
            f"state: expected the entries {', '.join(map(repr, ENTRIES))}, found "
            f"{unknown}. Put what belongs to a hypothesis in 'beams', what belongs to "
            "a sentence in 'sentences', everything else in 'shared'."
        )
    source_mask = request.source_mask
    entries = {name: state.get(name, ()) for name in ENTRIES}
    entries = tree.map_structure(ops.convert_to_tensor, entries)
    carry = {
        **entries,
        "token_ids": token_ids,
        "search": strategy.start(request),
        "limits": request.limits,
        "source_mask": () if source_mask is None else source_mask,
    }
    dropping = rows_may_leave and "sentences" in state and can_drop(entries)
    if dropping:
        carry = number_rows(carry)

    def running(index, *leaves):
        search = tree.pack_sequence_as(carry, leaves)["search"]
        unfinished = ops.logical_not(ops.all(search["done"]))
        return ops.logical_and(index < request.max_length, unfinished)

    def advance(index, *leaves):
        here = tree.pack_sequence_as(carry, leaves)
        state = {name: here[name] for name in ENTRIES}
        position = index + request.first_index
        output = step(here["token_ids"], state, position)
        logits, state, attention = _checked(output, state, strategy)
        now = request._replace(
            batch_size=ops.shape(here["token_ids"])[0],
            limits=here["limits"],
            source_mask=None if source_mask is None else here["source_mask"],
        )
        token_ids, parents, search = strategy.advance(
            logits, attention, here["search"], index, now
        )
        if parents is not None:
            state["beams"] = tree.map_structure(
                lambda x: take_per_sentence(x, parents), state["beams"]
            )
        if request.end_id == NO_END:
            # What is done continues with any token that a model can look up.
            token_ids = ops.maximum(token_ids, 0)
        new = _like(here, {**here, **state, "token_ids": token_ids, "search": search})
        if dropping:
            new = drop_done(new)
        return index + 1, *tree.flatten(new)

    index = ops.convert_to_tensor(0, dtype="int32")
    # Flat, since TensorFlow expects the very same containers back and models differ.
    _, *leaves = ops.while_loop(running, advance, (index, *tree.flatten(carry)))
    carry = tree.pack_sequence_as(carry, leaves)
    search = all_searches(carry) if dropping else carry["search"]
    return search, {name: carry[name] for name in state}


def _checked(output, state, strategy):
    """The output of `step` in one form."""
    if not isinstance(output, (tuple, list)) or len(output) not in (2, 3):
        raise SeqkitError(
            "step: expected it to return (logits, state) or (logits, state, "
            f"attention), found {type(output).__name__}."
        )
    logits, new_state, *attention = output
    if strategy.uses_attention and not attention:
        raise SeqkitError(
            "step: expected (logits, state, attention), as the strategy uses "
            "attention, found no attention. Return it, or set coverage_penalty=0."
        )
    if len(logits.shape) != 3:
        raise SeqkitError(
            f"step: expected logits [B, K, V], found the shape {tuple(logits.shape)}."
        )
    logits = ops.reshape(logits, (-1, strategy.width, ops.shape(logits)[-1]))
    new_state = {name: new_state.get(name, state[name]) for name in state}
    return logits, new_state, attention[0] if attention else None


def _like(old, new):
    """`new` with the static shapes of `old`, which TensorFlow loses, and requires."""
    try:
        tree.assert_same_structure(old, new)
    except ValueError as error:
        raise SeqkitError(
            f"step: expected the state back in the structure it came in. {error}"
        ) from error

    def like(before, after):
        after = ops.convert_to_tensor(after)
        kinds = [keras.backend.standardize_dtype(x.dtype) for x in (before, after)]
        if len(before.shape) != len(after.shape) or kinds[0] != kinds[1]:
            raise SeqkitError(
                "step: expected the state's tensors back as they came, "
                f"{tuple(before.shape)} {before.dtype}, "
                f"found {tuple(after.shape)} {after.dtype}."
            )
        if tuple(before.shape) == tuple(after.shape):
            return after
        return ops.reshape(after, ops.shape(before))

    pairs = zip(tree.flatten(old), tree.flatten(new), strict=True)
    return tree.pack_sequence_as(old, [like(*pair) for pair in pairs])


def _checked_max_length(max_length):
    if isinstance(max_length, numbers.Integral):
        if max_length < 1:
            raise SeqkitError(f"max_length: expected at least 1, found {max_length}.")
        return int(max_length)
    if keras.backend.backend() != "tensorflow":
        raise SeqkitError(
            f"max_length: expected a Python int on {keras.backend.backend()}, found "
            f"{type(max_length).__name__}. Limit single sentences with max_lengths."
        )
    return ops.cast(max_length, "int32")
