"""Which tag may follow which, by the scheme that the tags are written in."""

from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.layers.checks import check_choice

# The prefixes before the type in the tags of each scheme.
PREFIXES = {"IOB1": "BIO", "BIO": "BIO", "BIOES": "BIOES"}
OUTSIDE = ("O", "")


def tagging_constraints(tags: Any, scheme: str = "BIO") -> dict[str, np.ndarray]:
    """What a tagging scheme allows, as arguments for `seqkit.layers.CRF`.

    - `"IOB1"` (Ramshaw and Marcus 1995, arXiv:cmp-lg/9505040): a span starts with `I-`;
      with `B-` only if it follows a span of the same type directly.
    - `"BIO"` (also known as IOB2): a span starts with `B-` and goes on with `I-` of the
      same type.
    - `"BIOES"`: as BIO, but the last token of a span is `E-`, and a span of one token
      is `S-`. No sequence ends within a span.

    Args:
        tags: Names of the tags in the order of their ids, such as `["O", "B-PER",
            "I-PER"]`; `"B"` and `"I"` alone if there is one type.

    Returns:
        Dictionary of boolean arrays: `"allowed_transitions"` `[N, N]`, from the row's
        tag to the column's; `"allowed_start"` and `"allowed_end"`, `[N]`.

    Raises:
        SeqkitError: The scheme is unknown, or a tag is not of the scheme.

    >>> import seqkit
    >>> tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    >>> allowed = seqkit.layers.tagging_constraints(tags, "BIO")
    >>> [t for t, ok in zip(tags, allowed["allowed_transitions"][3]) if ok]
    ['O', 'B-PER', 'B-LOC', 'I-LOC']
    """
    check_choice("scheme", scheme, PREFIXES)
    parts = [_parse(tag, scheme) for tag in tags]
    # Both ends of a sentence are like a neighbour outside of any span.
    return {
        "allowed_transitions": np.array(
            [[_may_follow(scheme, a, b) for b in parts] for a in parts], bool
        ),
        "allowed_start": np.array([_may_follow(scheme, OUTSIDE, b) for b in parts]),
        "allowed_end": np.array([_may_follow(scheme, a, OUTSIDE) for a in parts]),
    }


def _parse(tag, scheme):
    """`"B-PER"` to `("B", "PER")`."""
    prefix, dash, kind = tag.partition("-")
    known = len(prefix) == 1 and prefix in PREFIXES[scheme]
    if not known or (prefix == "O" and dash):
        raise SeqkitError(
            f"tags: expected O or one of {', '.join(PREFIXES[scheme].replace('O', ''))}"
            f" with a type after a dash, as in scheme={scheme!r}, "
            f"found {tag!r}. Convert the tags, or name their scheme."
        )
    return prefix, kind


def _may_follow(scheme, left, right):
    (prefix, kind), (next_prefix, next_kind) = left, right
    if scheme == "BIOES":
        is_open, goes_on = prefix in "BI", next_prefix in "IE"
        return is_open == goes_on and (not is_open or kind == next_kind)
    # One prefix of each scheme requires a span of the same type right before it.
    bound = "B" if scheme == "IOB1" else "I"
    return next_prefix != bound or (prefix != "O" and kind == next_kind)
