"""Texts to the inputs of a model, and token ids to texts, inside a TensorFlow graph."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from seqkit.export.graph_tokenizer import GraphTokenizer
from seqkit.export.in_graph import in_graph_tokenizer


class TextReader(tf.Module):
    """The `read` of `text_signatures` for a model of token ids.

    Args:
        tokenizer: One of `seqkit.tokenizers`, or its twin of `in_graph_tokenizer`.
        name: The model's input, ids `[B, S]` int32, right-padded with 0.
        add_end: Whether each text ends with `</s>`; a twin has its own setting.

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
        self, tokenizer: Any, name: str = "encoder_token_ids", add_end: bool = True
    ):
        super().__init__()
        self.tokenizer, self._input = _twin(tokenizer, add_end), name

    def __call__(self, texts: tf.Tensor) -> dict[str, tf.Tensor]:
        return {self._input: self.tokenizer.encode(texts)}


class TextWriter(tf.Module):
    """The `write` of `text_signatures` for a model with one vocabulary."""

    def __init__(self, tokenizer: Any):
        super().__init__()
        self.tokenizer = _twin(tokenizer, False)

    def __call__(self, token_ids: tf.Tensor, inputs: Mapping[str, Any]) -> tf.Tensor:
        return self.tokenizer.decode(token_ids)


def _twin(tokenizer, add_end):
    if isinstance(tokenizer, GraphTokenizer):
        return tokenizer
    return in_graph_tokenizer(tokenizer, add_end=add_end)
