"""Any tokenizer inside a TensorFlow graph."""

from typing import Any

from seqkit.errors import SeqkitError
from seqkit.export.graph_tokenizer import GraphTokenizer
from seqkit.export.in_graph_pieces import InGraphBytes, InGraphCharacters, InGraphWords
from seqkit.export.in_graph_text_words import InGraphTextWords
from seqkit.export.text import InGraphTokenizer
from seqkit.tokenizers import (
    ByteTokenizer,
    CharacterTokenizer,
    SentencePieceTokenizer,
    TextWordTokenizer,
    WordTokenizer,
)

TWINS = {
    ByteTokenizer: lambda one, end: InGraphBytes(end),
    CharacterTokenizer: lambda one, end: InGraphCharacters(one.characters, end),
    SentencePieceTokenizer: lambda one, end: InGraphTokenizer(one.proto, end),
    TextWordTokenizer: lambda one, end: InGraphTextWords(one, end),
    WordTokenizer: lambda one, end: InGraphWords(one.words, end),
}


def in_graph_tokenizer(tokenizer: Any, *, add_end: bool = False) -> GraphTokenizer:
    """The twin of a tokenizer in TensorFlow operations.

    Letters: B texts of at most S tokens, N sequences for each of at most L tokens.

    Args:
        tokenizer: One of `seqkit.tokenizers`.
        add_end: Whether each text ends with `</s>`. A whole text does; a prompt that a
            language model continues does not.

    Returns:
        A `tf.Module` with `encode(texts [B]) -> [B, S]` int32, right-padded with 0, and
        `decode(token_ids [B, N, L], lengths [B, N]) -> [B, N]` strings, which leaves
        out ids outside the vocabulary. A `Signature` must name it as a resource.

    Raises:
        SeqkitError: The tokenizer has no twin, or it is SentencePiece and
            tensorflow-text is not installed.

    >>> import tensorflow as tf
    >>> from seqkit.export import in_graph_tokenizer
    >>> from seqkit.tokenizers import CharacterTokenizer
    >>> tokenizer = in_graph_tokenizer(CharacterTokenizer("abc"), add_end=True)
    >>> tokenizer.encode(tf.constant(["cab", "a"])).numpy().tolist()
    [[6, 4, 5, 3], [4, 3, 0, 0]]
    """
    for kind, make in TWINS.items():
        if isinstance(tokenizer, kind):
            return make(tokenizer, add_end)
    raise SeqkitError(
        f"tokenizer: expected one of {', '.join(kind.__name__ for kind in TWINS)}, "
        f"found {type(tokenizer).__name__}"
    )
