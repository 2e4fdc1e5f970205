"""From options to a plan of batches and to draws of subwords."""

from collections.abc import Callable
from typing import Any

from seqkit.errors import SeqkitError


def bucket_plan(lengths: Any, options: Any, training: bool, **changes: Any) -> Any:
    """The `seqkit.data.BucketPlan` of rows of some lengths.

    Args:
        lengths: Length of each row.
        options: Of a task.
        training: Whether to shuffle.
        changes: Arguments of the plan in place of the options.
    """
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
    """A function that draws other subwords, or `None` without `sampling_alpha`.

    It takes a list of texts for each tokenizer and a seed.
    """
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
    """A line on examples with more than `max_length` tokens, or an empty one.

    Args:
        split: Name of the split.
        what: What an example is called.
        found: Tokenized examples, with `over_length`.
        options: With `max_length`.
        fate: What became of those that are too long: `"are left out"` or `"are cut"`.

    Raises:
        SeqkitError: None is left.
    """
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
