"""From options to a plan of batches and to draws of subwords."""

from collections.abc import Callable
from typing import Any

from seqkit.errors import SeqkitError


def bucket_plan(lengths: Any, options: Any, training: bool, **changes: Any) -> Any:
    """The `seqkit.data.BucketPlan` of rows by the options, or by `changes`."""
    from seqkit.data import BucketPlan

    values = dict(options)
    plan = {
        "batch_size": options.batch_size,
        "batch_tokens": values.get("batch_tokens"),
        "bucket_width": values.get("bucket_width")
        or (16 if options.static_shapes else 2),
        "shuffle": training,
        "seed": options.seed,
    }
    return BucketPlan(lengths, **plan | changes)


def resampling(options: Any, training: bool, *tokenizers: Any) -> Callable | None:
    """A function of lists of texts and a seed that draws other subwords, or `None`."""
    alpha = dict(options).get("sampling_alpha") if training else None
    if alpha is None:
        return None

    def resample(*arguments):
        *texts, seed = arguments
        found = [
            tokenizer.encode(some, sampling_alpha=alpha, seed=seed + number)
            for number, (tokenizer, some) in enumerate(
                zip(tokenizers, texts, strict=True)
            )
        ]
        return found if len(found) > 1 else found[0]

    return resample


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
