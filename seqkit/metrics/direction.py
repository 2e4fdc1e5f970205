"""Which figures are better when they are lower."""

_LOWER = frozenset(
    "loss perplexity perplexity_per_word bits_per_token bits_per_character log_loss "
    "calibration_error mse mae mase pinball_loss wer cer substitutions deletions "
    "insertions tour_gap tour_length invalid "
    "over_length repaired".split()
)


def lower_is_better(name: str) -> bool:
    """Whether a lower value of a figure is the better one.

    Args:
        name: A figure of `evaluate`, with or without `val_` before it.

    >>> from seqkit.metrics import lower_is_better
    >>> lower_is_better("val_loss"), lower_is_better("f1")
    (True, False)
    """
    return name.removeprefix("val_") in _LOWER
