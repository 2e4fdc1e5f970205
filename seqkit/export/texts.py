"""Texts to the inputs of a model, and token ids to texts, inside a TensorFlow graph."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from seqkit.export.graph_tokenizer import GraphTokenizer
from seqkit.export.in_graph import in_graph_tokenizer
from seqkit.special_ids import END_ID

SOURCE_WORDS = "source_words"
_BLANK = r"\A[\p{Z}\p{Cc}\p{Cf}]+\z"


class TextReader(tf.Module):
    """The `read` of `text_signatures` for a model of token ids.

    Args:
        tokenizer: One of `seqkit.tokenizers`, or its twin of `in_graph_tokenizer`.
        name: The model's input, ids `[B, S]` int32, right-padded with 0.
        add_end: Whether each text ends with `</s>`; a twin has its own setting.
        max_length: Most tokens that are read of a text, its `</s>` included.
        blank_is_empty: Whether a text of spaces and control characters alone is read as
            an empty one.
        max_extra: Of a `TextWordTokenizer` whose unknown words a model copies, the most
            that it can; they are returned too, as `SOURCE_WORDS`.

    Attributes:
        tokenizer: The twin. Make a `TextWriter` of the same vocabulary with it, so that
            a SavedModel holds it once.

    >>> import tensorflow as tf, seqkit
    >>> from seqkit.tokenizers import ByteTokenizer
    >>> inputs = seqkit.export.TextReader(ByteTokenizer())(tf.constant(["hi"]))
    >>> inputs["encoder_token_ids"].numpy().tolist()
    [[108, 109, 3]]
    """

    def __init__(
        self,
        tokenizer: Any,
        name: str = "encoder_token_ids",
        add_end: bool = True,
        max_length: int | None = None,
        blank_is_empty: bool = False,
        max_extra: int | None = None,
    ):
        super().__init__()
        self.tokenizer, self._input = _twin(tokenizer, add_end), name
        self.max_extra = max_extra
        self._max_length, self._blank_is_empty = max_length, blank_is_empty

    def __call__(self, texts: tf.Tensor) -> dict[str, tf.Tensor]:
        if self._blank_is_empty:
            texts = tf.strings.regex_replace(texts, _BLANK, "")
        if self.max_extra is None:
            return {self._input: self.tokenizer.encode(texts, self._max_length)}
        ids, words = self.tokenizer.encode_open(texts, self.max_extra, self._max_length)
        return {self._input: ids, SOURCE_WORDS: words}

    def blank(self, inputs: Mapping[str, Any]) -> tf.Tensor:
        """Which of the texts `[B]` that were read have no tokens but `</s>`."""
        return inputs[self._input][:, 0] == END_ID


class TextWriter(tf.Module):
    """The `write` of `text_signatures` for a model with one vocabulary.

    Args:
        tokenizer: As for `TextReader`.
        read: The reader of the model's inputs, if a blank text has a blank result.
    """

    def __init__(self, tokenizer: Any, read: TextReader | None = None):
        super().__init__()
        self.tokenizer, self._read = _twin(tokenizer, False), read

    def __call__(self, token_ids: tf.Tensor, inputs: Mapping[str, Any]) -> tf.Tensor:
        if SOURCE_WORDS in inputs:
            texts = self.tokenizer.decode_open(token_ids, inputs[SOURCE_WORDS])
        else:
            texts = self.tokenizer.decode(token_ids)
        if self._read is None:
            return texts
        return tf.where(self._read.blank(inputs)[:, None], "", texts)


def _twin(tokenizer, add_end):
    if isinstance(tokenizer, GraphTokenizer):
        return tokenizer
    return in_graph_tokenizer(tokenizer, add_end=add_end)
