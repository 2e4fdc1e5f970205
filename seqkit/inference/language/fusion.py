"""A language model as part of a search by another model."""

from typing import Any

import numpy as np

from seqkit.decoding import Fusion
from seqkit.errors import SeqkitError
from seqkit.special_ids import FIRST_TEXT_ID, UNKNOWN_ID


def fusion_of(
    model: Any,
    tokenizer: Any,
    language_tokenizer: Any,
    *,
    start_id: int,
    end_id: int | None,
    weight: float,
    bonus: float,
) -> Fusion:
    """The `seqkit.decoding.Fusion` of a `seqkit.models.LanguageModel`.

    Args:
        model: The language model.
        tokenizer: The tokenizer of the model that searches.
        language_tokenizer: That of the language model: the same, or another one of
            characters if the first is one.
        start_id, end_id: What the language model reads first, and what ends a text.
        weight, bonus: As in `Fusion`.

    Raises:
        SeqkitError: The language model has other tokens.
    """
    return Fusion(
        model.step,
        model.initial_state,
        _token_ids(tokenizer, language_tokenizer),
        weight,
        bonus,
        start_id,
        end_id,
    )


def _token_ids(tokenizer: Any, other: Any) -> np.ndarray:
    """What the language model calls each token, `[V]`."""
    size = tokenizer.vocabulary_size
    if tokenizer.fingerprint == other.fingerprint:
        return np.arange(size, dtype=np.int32)
    kinds = getattr(tokenizer, "kind", None), getattr(other, "kind", None)
    if kinds != ("characters", "characters"):
        raise SeqkitError(
            "language_model: expected one with the same tokenizer, or of characters "
            "for a recognizer of characters, found another. Build either with "
            "tokenizer_type='character', or give both one tokenizer="
        )
    found = np.full(size, UNKNOWN_ID, np.int32)
    texts = list(tokenizer.characters)
    for place, ids in enumerate(other.encode(texts), FIRST_TEXT_ID):
        found[place] = ids[0]
    if missing := [
        c for c, i in zip(texts, found[FIRST_TEXT_ID:], strict=True) if i == UNKNOWN_ID
    ]:
        raise SeqkitError(
            "language_model: expected one that knows all characters of the "
            f"recognizer, found none for {' '.join(map(repr, missing[:10]))}. Learn it "
            "from texts that have them, or build with another tokenizer="
        )
    return found
