"""From options to a plan of batches and to draws of subwords."""

from collections.abc import Callable
from typing import Any

from seqkit.errors import SeqkitError

_DRAWN = 2000  # rows that are drawn to see how much longer draws are


def bucket_plan(lengths: Any, options: Any, training: bool, **changes: Any) -> Any:
    """The `seqkit.data.BucketPlan` of rows by the options, or by `changes`."""
    from seqkit.data import BucketPlan, choose_bounds

    values = dict(options)
    width, bounds = values.get("bucket_width"), None
    if options.static_shapes and width is None:
        bounds = values.get("bucket_bounds")
        if not isinstance(bounds, list):  # there was no train to choose them by
            bounds = choose_bounds(lengths, bounds)
    plan = {
        "batch_size": options.batch_size,
        "batch_tokens": values.get("batch_tokens"),
        "bucket_width": width or 2,
        "bucket_bounds": bounds,
        "shuffle": training,
        "seed": options.seed,
    }
    return BucketPlan(lengths, **plan | changes)


def resampling(options: Any, training: bool, *tokenizers: Any) -> Callable | None:
    """A function of lists of texts, and a seed for each row, that draws other subwords.

    `None` where nothing is drawn.
    """
    alpha = dict(options).get("sampling_alpha") if training else None
    if alpha is None:
        return None

    def resample(*arguments):
        *texts, seeds = arguments
        found = [
            tokenizer.encode(
                some, sampling_alpha=alpha, seed=[int(seed) + number for seed in seeds]
            )
            for number, (tokenizer, some) in enumerate(
                zip(tokenizers, texts, strict=True)
            )
        ]
        return found if len(found) > 1 else found[0]

    return resample


def with_room(rows: Any, options: Any, resample: Callable | None) -> Any:
    """The lengths of tokenized rows, with room for what is drawn of nine in ten.

    So a draw seldom exceeds the static shape of its batch.
    """
    if resample is None or not options.static_shapes or not len(rows):
        return rows.lengths
    import numpy as np

    some = np.arange(0, len(rows), -(-len(rows) // _DRAWN))
    texts = rows.texts(some)
    several = isinstance(texts, tuple)
    drawn = resample(*texts, some) if several else [resample(texts, some)]
    lengths = np.reshape(rows.lengths, (len(rows), -1))
    counts = np.array([[len(ids) + 1 for ids in side] for side in drawn]).T
    longer = np.quantile(counts / lengths[some], 0.9, axis=0)
    wanted = np.ceil(lengths * np.maximum(longer, 1)).astype(np.int64)
    most = lengths.max() if rows.max_length is None else rows.max_length
    most = getattr(rows, "limits", most)  # one for each side
    return np.minimum(wanted, most).reshape(np.shape(rows.lengths))


def over_length(split: str, what: str, found: Any, options: Any, fate: str) -> str:
    """A line on the fate of examples beyond `max_length`, or ""; some must be left."""
    count, limit = found.over_length, f"max_length={options.max_length}"
    if not len(found):
        raise SeqkitError(
            f"{split}: expected {what} of at most {limit} tokens, found none among "
            f"{count}"
        )
    total = len(found) + (count if fate == "are left out" else 0)
    if not count:
        return ""
    return (
        f"{split}: {count} of {total} {what} have more than {limit} tokens and {fate}"
    )
