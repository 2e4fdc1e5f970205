"""Texts from what a CTC model says of each step: greedy and prefix beam search."""

from collections.abc import Callable
from typing import Any, NamedTuple

from keras import ops, tree

from seqkit.decoding.strategy import Decoded
from seqkit.decoding.tensors import take_per_sentence

_NEVER = -1e9  # a logarithm; of infinities differences would be no numbers


class Fusion(NamedTuple):
    """A language model that takes part in a search: shallow fusion.

    A text y is ranked by `log p(y | sound) + weight log p(y) + bonus |y|` (Gulcehre et
    al. 2015, arXiv:1503.03535, section 4.1), its end included if there is an `end_id`.

    Attributes:
        step: `step(token_ids [N], state) -> (logits [N, W], state)`.
        initial_state: From a number of rows to the state, nested tensors `[N, ...]`.
        token_ids: `[V]` int32, what the language model calls each token.
        weight, bonus: How much it counts, and what each token adds.
        start_id, end_id: What it reads first, and what ends a text, or `None`.
    """

    step: Callable[..., Any]
    initial_state: Callable[[Any], Any]
    token_ids: Any
    weight: float = 0.5
    bonus: float = 0.0
    start_id: int = 2
    end_id: int | None = None


def ctc_greedy(logits: Any, blank_id: int = 0) -> Decoded:
    """The text of the likeliest path: repeated tokens are one, then blanks go.

    Args:
        logits: `[B, T, V]`, normalised or not.
        blank_id: The blank.

    Returns:
        `seqkit.decoding.Decoded` of one text per row, of at most T tokens, padded with
        0; `scores` and `log_probs` are the path's.

    >>> import numpy as np
    >>> from seqkit.decoding import ctc_greedy
    >>> path = np.array([[0, 4, 4, 0, 4, 5, 0]])
    >>> logits = 9.0 * (path[:, :, None] == np.arange(6))
    >>> np.array(ctc_greedy(logits).token_ids)[0, 0, :3].tolist()
    [4, 4, 5]
    """
    log_probs = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    path = ops.cast(ops.argmax(log_probs, axis=-1), "int32")
    before = ops.concatenate([path[:, :1] * 0 - 1, path[:, :-1]], axis=1)
    kept = (path != blank_id) & (path != before)
    # Those that are kept come first, in their order.
    places = ops.arange(ops.shape(path)[1], dtype="int32")
    order = ops.argsort(ops.where(kept, places, places + ops.shape(path)[1]), axis=1)
    token_ids = ops.take_along_axis(ops.where(kept, path, 0), order, axis=1)
    lengths = ops.sum(ops.cast(kept, "int32"), axis=1)
    score = ops.sum(ops.max(log_probs, axis=-1), axis=1)
    return _decoded(
        token_ids[:, None], lengths[:, None], score[:, None], score[:, None]
    )


def ctc_beam_search(
    logits: Any,
    num_beams: int,
    *,
    fusion: Fusion | None = None,
    blank_id: int = 0,
    num_return_sequences: int | None = None,
) -> Decoded:
    """The likeliest texts by a prefix beam search, which adds up the paths of a text.

    For each step and each of the K best prefixes there are two sums: of the paths that
    end in a blank, and of those that end in the prefix's last token (Graves 2012,
    "Sequence Transduction with Recurrent Neural Networks", algorithm 1; Hannun et al.
    2014, arXiv:1408.2873). With as many beams as there are prefixes it is exact. It is
    one `keras.ops.while_loop`, in a graph too.

    Args:
        logits: `[B, T, V]`, normalised or not.
        num_beams: K.
        fusion: A language model.
        blank_id: The blank, which is also the padding of texts.
        num_return_sequences: Texts per row, at most K, which is the default.

    Returns:
        `seqkit.decoding.Decoded`, best first: `log_probs` are those of texts, as sums
        over the paths that were kept, and `scores` those with the language model.

    >>> import numpy as np
    >>> from seqkit.decoding import ctc_beam_search
    >>> logits = np.log([[[0.6, 0.4], [0.6, 0.4]]])  # a blank is likelier, each step
    >>> found = ctc_beam_search(logits, num_beams=2)
    >>> np.array(found.token_ids)[0, 0].tolist(), round(float(found.log_probs[0, 0]), 3)
    ([1, 0], -0.446)
    """
    log_probs = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    # Steps before rows: each is looked up once.
    log_probs = ops.transpose(log_probs, (1, 0, 2))
    steps, rows, _ = ops.shape(log_probs)
    beams = num_beams
    empty = ops.zeros((rows, beams), "int32")
    first = ops.cast(ops.arange(beams) > 0, "float32") * _NEVER + ops.zeros(
        (rows, beams)
    )
    carry = {
        "blank": first,
        "token": ops.full((rows, beams), _NEVER, "float32"),
        "last": empty,
        "lengths": empty,
        "prefixes": ops.zeros((rows, beams, steps), "int32"),
        "fused": ops.zeros((rows, beams), "float32"),
        "language": () if fusion is None else _begin(fusion, rows, beams),
    }

    def advance(index, *leaves):
        here = tree.pack_sequence_as(carry, leaves)
        new = _advance(here, ops.take(log_probs, index, axis=0), fusion, blank_id)
        tree.assert_same_structure(here, new)
        new = [
            ops.reshape(after, ops.shape(before))
            for before, after in zip(leaves, tree.flatten(new), strict=True)
        ]
        return index + 1, *new

    index = ops.convert_to_tensor(0, dtype="int32")
    _, *leaves = ops.while_loop(
        lambda index, *_: index < steps, advance, (index, *tree.flatten(carry))
    )
    found = tree.pack_sequence_as(carry, leaves)
    total = ops.logaddexp(found["blank"], found["token"])
    scores = total + found["fused"]
    if fusion is not None and fusion.end_id is not None:
        scores = scores + fusion.weight * found["language"]["log_probs"][..., -1]
    scores, order = ops.top_k(scores, num_return_sequences or beams)
    prefixes, lengths, total = (
        take_per_sentence(x, order)
        for x in (found["prefixes"], found["lengths"], total)
    )
    none = total < _NEVER / 2
    minus = ops.full_like(scores, float("-inf"))
    return _decoded(
        prefixes, lengths, ops.where(none, minus, scores), ops.where(none, minus, total)
    )


def _decoded(token_ids, lengths, scores, log_probs):
    return Decoded(token_ids, lengths, scores, log_probs, ops.ones_like(lengths) > 0)


def _advance(here, log_probs, fusion, blank_id):
    """One step for prefixes `[B, K]`, by the log-probabilities `[B, V]` of it."""
    blank, token = here["blank"], here["token"]
    last, lengths, prefixes = here["last"], here["lengths"], here["prefixes"]
    rows, beams, room = ops.shape(prefixes)
    beams, size = blank.shape[1], log_probs.shape[-1]
    total = ops.logaddexp(blank, token)
    here_log_probs = ops.take_along_axis(log_probs, last, axis=1)
    stay_blank = total + log_probs[:, blank_id, None]
    stay_token = ops.where(lengths > 0, token + here_log_probs, _NEVER)
    # A token after itself needs a blank between.
    ids = ops.arange(size, dtype="int32")
    same = ids[None, None] == ops.where(lengths > 0, last, -1)[:, :, None]
    longer = ops.where(same, blank[:, :, None], total[:, :, None]) + log_probs[:, None]
    longer = ops.where(ids == blank_id, _NEVER, longer)
    # A prefix that grows into one that is there already is that one.
    places = ops.arange(room, dtype="int32")
    shorter = ops.where(places == lengths[:, :, None] - 1, 0, prefixes)
    parent = ops.all(prefixes[:, :, None] == shorter[:, None], axis=-1)
    parent = parent & (lengths[:, :, None] == lengths[:, None] - 1)
    alive = total > _NEVER / 2
    parent = parent & alive[:, :, None] & alive[:, None]  # [B, K before, K after]
    grown = ops.take_along_axis(
        longer, ops.broadcast_to(last[:, None], (rows, beams, beams)), axis=2
    )
    grown = ops.logsumexp(ops.where(parent, grown, _NEVER), axis=1)
    stay_token = ops.logaddexp(stay_token, grown)
    taken = ops.any(
        parent[..., None] & (ids == last[:, None, :, None]), axis=2
    )  # [B, K, V]
    longer = ops.where(taken, _NEVER, longer)
    # K prefixes as they are, then those that grow.
    fused_longer = here["fused"][:, :, None] + ops.zeros_like(longer)
    if fusion is not None:
        known = here["language"]["log_probs"][..., :-1]
        fused_longer = fused_longer + fusion.weight * known + fusion.bonus
    stay = ops.logaddexp(stay_blank, stay_token)
    flat = (rows, beams * size)
    ranks = ops.concatenate(
        [stay + here["fused"], ops.reshape(longer + fused_longer, flat)], axis=1
    )
    _, chosen = ops.top_k(ranks, beams)
    chosen = ops.cast(chosen, "int32")
    grows = chosen >= beams
    chosen_longer = ops.maximum(chosen - beams, 0)
    origin = ops.where(grows, chosen_longer // size, ops.minimum(chosen, beams - 1))
    new_token = ops.where(grows, chosen_longer % size, take_per_sentence(last, origin))

    def pick(stays, grown):
        grown = ops.take_along_axis(ops.reshape(grown, flat), chosen_longer, axis=1)
        return ops.where(grows, grown, take_per_sentence(stays, origin))

    before = take_per_sentence(lengths, origin)
    prefixes = take_per_sentence(prefixes, origin)
    writes = grows[:, :, None] & (places == before[:, :, None])
    new = {
        "blank": ops.where(grows, _NEVER, take_per_sentence(stay_blank, origin)),
        "token": pick(stay_token, longer),
        "last": new_token,
        "lengths": before + ops.cast(grows, "int32"),
        "prefixes": ops.where(writes, new_token[:, :, None], prefixes),
        "fused": pick(here["fused"], fused_longer),
        "language": (),
    }
    if fusion is not None:
        language = tree.map_structure(
            lambda x: take_per_sentence(x, origin), here["language"]
        )
        new["language"] = _read(fusion, language, new_token, grows)
    return new


def _begin(fusion, rows, beams):
    """The language model's state `[B, K, ...]` after the start of a text."""
    state = fusion.initial_state(rows * beams)
    ids = ops.full((rows * beams,), fusion.start_id, "int32")
    logits, state = fusion.step(ids, state)
    leaves = [logits, *tree.flatten(state)]
    leaves = [ops.reshape(x, (rows, beams, *ops.shape(x)[1:])) for x in leaves]
    return {"log_probs": _known(fusion, leaves[0]), "state": leaves[1:]}


def _known(fusion, logits):
    """Log-probabilities `[B, K, V + 1]` of our tokens, and of the end."""
    log_probs = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    end = 0 if fusion.end_id is None else fusion.end_id
    ids = ops.concatenate(
        [ops.convert_to_tensor(fusion.token_ids, "int32"), ops.full((1,), end, "int32")]
    )
    return ops.take(log_probs, ids, axis=-1)


def _read(fusion, language, token_ids, grows):
    """The language model reads the tokens of prefixes that grew."""
    rows, beams = ops.shape(token_ids)
    ids = ops.take(ops.convert_to_tensor(fusion.token_ids, "int32"), token_ids, axis=0)
    structure = fusion.initial_state(1)
    flat = [ops.reshape(x, (-1, *ops.shape(x)[2:])) for x in language["state"]]
    logits, state = fusion.step(
        ops.reshape(ids, (-1,)), tree.pack_sequence_as(structure, flat)
    )

    def kept(old, new):
        new = ops.cast(ops.reshape(new, ops.shape(old)), old.dtype)
        return ops.where(
            ops.reshape(grows, (rows, beams, *[1] * (len(old.shape) - 2))), new, old
        )

    logits = ops.reshape(logits, (rows, beams, logits.shape[-1]))
    return {
        "log_probs": kept(language["log_probs"], _known(fusion, logits)),
        "state": [
            kept(old, new)
            for old, new in zip(language["state"], tree.flatten(state), strict=True)
        ],
    }
