"""Words of texts, and the padded inputs of a model that reads words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError

WORD_INPUTS = {
    "word_ids": ((None, None), "int32"),
    "character_ids": ((None, None, None), "int32"),
    "shape_ids": ((None, None), "int32"),
}
"""Inputs of `seqkit.models.Tagger`, as `RowRunner` takes them."""


def words_of(
    text: Any, row: int, splitter: Any
) -> tuple[str, list[str], list[tuple[int, int]]]:
    """The text, words and spans of a string, or of a list of words."""
    if isinstance(text, str):
        found = splitter.split(text)
        return text, [word for word, *_ in found], [(s, e) for _, s, e in found]
    words, spans, start = list(text), [], 0
    for word in words:
        if not isinstance(word, str) or not word:
            raise SeqkitError(
                f"texts, row {row}: expected a string or a list of words, "
                f"found {word!r} among the words"
            )
        spans.append((start, start + len(word)))
        start += len(word) + 1
    return " ".join(words), words, spans


def word_inputs(
    encoder: Any, sentences: list[list[str]], length: int | None = None
) -> dict[str, np.ndarray]:
    """The inputs of a model for N lists of words, right-padded with 0."""
    lengths = np.array([len(words) for words in sentences], np.int64)
    longest = lengths.max(initial=1) if length is None else length
    encoded = encoder.encode([word for words in sentences for word in words])
    used = max(1, int((encoded["character_ids"] != 0).any(axis=0).sum()))
    encoded["character_ids"] = encoded["character_ids"][:, :used]
    is_word = np.arange(longest) < lengths[:, None]
    inputs = {}
    for name, ids in encoded.items():
        inputs[name] = np.zeros(is_word.shape + ids.shape[1:], np.int32)
        inputs[name][is_word] = ids
    return inputs


def read_tags(
    results: list[dict],
    sentences: list[list[str]],
    tag_names: list[str],
    label_names: Sequence[str] | None = None,
) -> list[tuple]:
    """Tags, their scores, label and its score, for each of N lists of words.

    `results` holds what `Tagger.predict_tags` returned for each, padded.
    """
    made = []
    for words, found in zip(sentences, results, strict=True):
        tags = [tag_names[tag_id] for tag_id in found["tag_ids"][: len(words)]]
        scores = [float(score) for score in found["scores"][: len(words)]]
        label = score = None
        if label_names is not None:
            best = int(found["label_probabilities"].argmax())
            label = label_names[best]
            score = float(found["label_probabilities"][best])
        made.append((tags, scores, label, score))
    return made
